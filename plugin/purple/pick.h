/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages that a person names by their numbers. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* @messages: in the order of their numbers, at least one, valid during the call. */
typedef void (*OpenimPickFunc) (OpenimConnection *self,
                                OpenimCommandLine *command,
                                OpenimMessage *const *messages,
                                gsize n);

/* @text: "7", or with @many also "3-7" and "3,5,7". What cannot be found is said, and @func does not run. */
void openim_pick (
    OpenimConnection *self, OpenimCommandLine *command, const char *text, gboolean many, OpenimPickFunc func);

/* The last @count of those that have a number, as far as they are still there. */
void openim_pick_last (OpenimConnection *self, OpenimCommandLine *command, guint count, OpenimPickFunc func);

G_END_DECLS
