/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages with their numbers, and a person's own words about them. Handlers of commands. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* "7  10:31 Bob: hello" (transfer full) */
char *openim_message_describe (OpenimConnection *self, const OpenimMessage *message);

void openim_message_run_list (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_annotate (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_remember (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
