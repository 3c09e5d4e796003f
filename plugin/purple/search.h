/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Looking for what was said, in everything that is stored here. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* What the last searches have found, one list for each place where a person has searched. */
OpenimHits *openim_hits_new (void);
void openim_hits_free (OpenimHits *hits);

/* The dialog of the account's menu. */
void openim_search_ask (OpenimConnection *self);

/* Handlers of commands. */
void openim_search_run (OpenimConnection *self, OpenimCommandLine *command);
void openim_search_around (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
