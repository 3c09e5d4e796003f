/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The commands about groups: handlers of rows in commands.def. */

#include "purple/commands.h"

G_BEGIN_DECLS

void openim_group_commands_create (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_join (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_invite (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_kick (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_quit (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_dismiss (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_owner (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_admin (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_noadmin (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_mute (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_unmute (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_topic (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_name (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_nickname (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_members (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_whois (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_applications (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_admit (OpenimConnection *self, OpenimCommandLine *command);
void openim_group_commands_refuse (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
