/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* libpurple's list of blocked people and the server's are one. The server knows no other kind of privacy, so
 * the account always has that mode; in any other one libpurple would empty the list before it blocks anybody.
 */

#include "purple/commands.h"

G_BEGIN_DECLS

void openim_privacy_start (OpenimConnection *self); /* before the account is connected */
void openim_privacy_connect_signals (PurplePlugin *plugin);

/* Members of the prpl. */
void openim_privacy_block (PurpleConnection *gc, const char *who);
void openim_privacy_unblock (PurpleConnection *gc, const char *who);
void openim_privacy_mode_changed (PurpleConnection *gc);

/* Commands. */
void openim_privacy_run_block (OpenimConnection *self, OpenimCommandLine *command);
void openim_privacy_run_unblock (OpenimConnection *self, OpenimCommandLine *command);
void openim_privacy_run_list (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
