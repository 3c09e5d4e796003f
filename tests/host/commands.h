/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "ui.h"

/* One function a command. @args: NULL-terminated, the command's name left out, their number checked; what is
 * appended to @answer goes back. */
typedef gboolean (*CommandRun) (char **args, GString *answer, GError **error);

PurplePluginProtocolInfo *ui_protocol_of (PurpleConnection *connection);

gboolean command_im (char **args, GString *answer, GError **error);
gboolean command_say (char **args, GString *answer, GError **error);
gboolean command_html (char **args, GString *answer, GError **error);
gboolean command_join (char **args, GString *answer, GError **error);
gboolean command_open_room (char **args, GString *answer, GError **error);
gboolean command_close (char **args, GString *answer, GError **error);
gboolean command_focus (char **args, GString *answer, GError **error);
gboolean command_unseen (char **args, GString *answer, GError **error);
gboolean command_typing (char **args, GString *answer, GError **error);
gboolean command_invite (char **args, GString *answer, GError **error);
gboolean command_whisper (char **args, GString *answer, GError **error);
gboolean command_topic (char **args, GString *answer, GError **error);
gboolean command_members (char **args, GString *answer, GError **error);
gboolean command_conversations (char **args, GString *answer, GError **error);
gboolean command_roster (char **args, GString *answer, GError **error);
gboolean command_add (char **args, GString *answer, GError **error);
gboolean command_remove (char **args, GString *answer, GError **error);
gboolean command_alias (char **args, GString *answer, GError **error);
gboolean command_move (char **args, GString *answer, GError **error);
gboolean command_public_alias (char **args, GString *answer, GError **error);
gboolean command_info (char **args, GString *answer, GError **error);
gboolean command_block (char **args, GString *answer, GError **error);
gboolean command_unblock (char **args, GString *answer, GError **error);
gboolean command_rooms (char **args, GString *answer, GError **error);
gboolean command_buddy_menu (char **args, GString *answer, GError **error);
gboolean command_room_menu (char **args, GString *answer, GError **error);
gboolean command_account_menu (char **args, GString *answer, GError **error);
