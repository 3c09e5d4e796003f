/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Changing the password at the chat server. The server then ends every login of that person; ours logs in
 * anew by itself. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* Member of the prpl. */
void openim_password_change (PurpleConnection *gc, const char *current, const char *wanted);

/* A command. */
void openim_password_run (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
