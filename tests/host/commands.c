/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands.h"

#include <dirent.h>
#include <string.h>

#include <json-glib/json-glib.h>

/* What the host can be told. One line of standard input is one command: words as in a shell, or a JSON list
 * of strings when it begins with "[". Each is answered by one line, after the record lines of everything that
 * happened while it ran. */

typedef gboolean (*Run) (char **args,
                         GString *answer,
                         GError **error); /* @args: NULL-terminated, the command's name left out */

typedef struct {
  const char *name;
  guint min;
  int max; /* -1: any number */
  CommandRun run;
  const char *help;
} Command;

static gboolean
run_load (char **args, GString *answer, GError **error)
{
  PurplePlugin *plugin = NULL;

  for (GList *l = purple_plugins_get_all (); l != NULL && plugin == NULL; l = l->next)
    if (g_strcmp0 (((PurplePlugin *) l->data)->path, args[0]) == 0)
      plugin = l->data;
  if (plugin == NULL || plugin->unloadable || plugin->info == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", args[0],
                 plugin != NULL && plugin->error != NULL ? plugin->error : "no plugin");
    return FALSE;
  }
  /* Protocol plugins are loaded by the first account's login otherwise; then a refusal could not be told from
   * a failed login. */
  if (!purple_plugin_load (plugin)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s",
                 plugin->error != NULL ? plugin->error : "does not load");
    return FALSE;
  }
  g_string_append (answer, purple_plugin_get_id (plugin));
  return TRUE;
}

static gboolean
run_unload (char **args, GString *answer, GError **error)
{
  PurplePlugin *plugin = purple_plugins_find_with_id (args[0]);

  if (plugin == NULL || !purple_plugin_unload (plugin)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s does not unload", args[0]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
run_signals (char **args, GString *answer, GError **error)
{
  PurplePlugin *plugin = purple_plugins_find_with_id (args[0]);

  for (guint i = 1; args[i] != NULL; i++)
    if (plugin == NULL || !ui_signals_watch (plugin, args[i])) {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s has no signal %s", args[0], args[i]);
      return FALSE;
    }
  return TRUE;
}

static gboolean
run_signals_off (char **args, GString *answer, GError **error)
{
  PurplePlugin *plugin = purple_plugins_find_with_id (args[0]);

  for (guint i = 1; args[i] != NULL && plugin != NULL; i++)
    ui_signals_unwatch (plugin, args[i]);
  return TRUE;
}

static gboolean
run_account (char **args, GString *answer, GError **error)
{
  return ui_account_add (args[0], args[1], args[2], error);
}

static gboolean
run_option (char **args, GString *answer, GError **error)
{
  return ui_account_option (args[0], args[1], args[2], args[3], error);
}

static gboolean
run_password (char **args, GString *answer, GError **error)
{
  return ui_account_password (args[0], args[1], error);
}

static gboolean
run_change_password (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);

  if (account == NULL)
    return FALSE;
  purple_account_change_password (account, args[1], args[2]);
  return TRUE;
}

static void
on_registered (PurpleAccount *account, gboolean done, void *data)
{
  ui_record (account, "%s", done ? "registered" : "not registered");
}

static gboolean
run_register (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);

  if (account == NULL)
    return FALSE;
  purple_account_set_register_callback (account, on_registered, NULL);
  purple_account_register (account);
  return TRUE;
}

static gboolean
run_login (char **args, GString *answer, GError **error)
{
  return ui_account_login (args[0], error);
}

static gboolean
run_logout (char **args, GString *answer, GError **error)
{
  return ui_account_logout (args[0], error);
}

static gboolean
run_state (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);

  if (account == NULL)
    return FALSE;
  g_string_append (answer, purple_account_is_connected (account)    ? "connected"
                           : purple_account_is_connecting (account) ? "connecting"
                                                                    : "offline");
  return TRUE;
}

static gboolean
run_status (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);

  if (account == NULL)
    return FALSE;
  if (args[2] != NULL)
    purple_account_set_status (account, args[1], TRUE, "message", args[2], NULL);
  else
    purple_account_set_status (account, args[1], TRUE, NULL);
  return TRUE;
}

/* --- dialogs and transfers --- */

static gboolean
run_answer (char **args, GString *answer, GError **error)
{
  return ui_request_answer ((guint) g_ascii_strtoull (args[0], NULL, 10), args + 1, error);
}

static gboolean
run_cancel (char **args, GString *answer, GError **error)
{
  return ui_request_cancel ((guint) g_ascii_strtoull (args[0], NULL, 10), error);
}

static gboolean
run_send_file (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);

  if (connection == NULL)
    return FALSE;
  ui.sending_file = TRUE;
  serv_send_file (connection, args[1], args[2]);
  ui.sending_file = FALSE;
  return TRUE;
}

/* Pidgin alone does this. */
static gboolean
run_chat_send_file (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  PurplePluginProtocolInfo *info = connection != NULL ? ui_protocol_of (connection) : NULL;
  PurpleConversation *conversation = NULL;
  int id = 0;

  if (connection == NULL)
    return FALSE;
  conversation = purple_find_conversation_with_account (PURPLE_CONV_TYPE_CHAT, args[1],
                                                        purple_connection_get_account (connection));
  if (conversation != NULL)
    id = purple_conv_chat_get_id (purple_conversation_get_chat_data (conversation));
  if (conversation == NULL || info->chat_can_receive_file == NULL ||
      !info->chat_can_receive_file (connection, id)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no files can be sent there");
    return FALSE;
  }
  info->chat_send_file (connection, id, args[2]);
  return TRUE;
}

/* What somebody puts into an entry or chooses as an own picture. */
static gboolean
run_picture (char **args, GString *answer, GError **error)
{
  g_autofree char *data = NULL;
  g_autofree char *name = g_path_get_basename (args[0]);
  gsize length = 0;
  int id = 0;

  if (!g_file_get_contents (args[0], &data, &length, error))
    return FALSE;
  id = purple_imgstore_add_with_id (g_steal_pointer (&data), length, name);
  g_string_append_printf (answer, "%d", id);
  return TRUE;
}

static gboolean
run_picture_gone (char **args, GString *answer, GError **error)
{
  purple_imgstore_unref_by_id ((int) g_ascii_strtoll (args[0], NULL, 10));
  return TRUE;
}

static gboolean
run_own_icon (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);
  char *data = NULL;
  gsize length = 0;

  if (account == NULL || (args[1] != NULL && !g_file_get_contents (args[1], &data, &length, error)))
    return FALSE;
  purple_buddy_icons_set_account_icon (account, (guchar *) data, length);
  return TRUE;
}

static gboolean
run_icon (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);
  PurpleBuddy *buddy = account != NULL ? purple_find_buddy (account, args[1]) : NULL;
  PurpleChat *chat = account != NULL && buddy == NULL ? purple_blist_find_chat (account, args[1]) : NULL;
  PurpleBuddyIcon *icon = buddy != NULL ? purple_buddy_get_icon (buddy) : NULL;
  PurpleStoredImage *image =
      chat != NULL ? purple_buddy_icons_node_find_custom_icon ((PurpleBlistNode *) chat) : NULL;
  gsize length = 0;

  if (account == NULL)
    return FALSE;
  if (icon != NULL)
    purple_buddy_icon_get_data (icon, &length);
  else if (image != NULL)
    length = purple_imgstore_get_size (image);
  g_string_append_printf (answer, "%" G_GSIZE_FORMAT, length);
  if (image != NULL)
    purple_imgstore_unref (image);
  return TRUE;
}

static gboolean
run_transfer (char **args, GString *answer, GError **error)
{
  return ui_transfer_do ((guint) g_ascii_strtoull (args[0], NULL, 10), args[1], args[2], error);
}

/* --- the process itself --- */

static guint
count_entries (const char *directory)
{
  DIR *dir = opendir (directory);
  guint count = 0;

  if (dir == NULL)
    return 0;
  while (readdir (dir) != NULL)
    count++;
  closedir (dir);
  return count;
}

/* Numbers are given out in order. */
static guint
count_pictures (void)
{
  int last = purple_imgstore_add_with_id (g_strdup ("x"), 1, NULL);
  guint count = 0;

  for (int id = 1; id < last; id++)
    count += purple_imgstore_find_by_id (id) != NULL;
  purple_imgstore_unref_by_id (last);
  return count;
}

static gboolean
run_measure (char **args, GString *answer, GError **error)
{
  if (g_str_equal (args[0], "turn"))
    g_string_append_printf (answer, "%" G_GINT64_FORMAT, ui_loop_longest ());
  else if (g_str_equal (args[0], "work"))
    g_string_append_printf (answer, "%" G_GINT64_FORMAT, ui_loop_hardest ());
  else if (g_str_equal (args[0], "sources"))
    g_string_append_printf (answer, "%u", ui_loop_sources ());
  else if (g_str_equal (args[0], "files"))
    g_string_append_printf (answer, "%u", count_entries ("/proc/self/fd"));
  else if (g_str_equal (args[0], "pictures"))
    g_string_append_printf (answer, "%u", count_pictures ());
  else if (g_str_equal (args[0], "threads"))
    g_string_append_printf (answer, "%u", count_entries ("/proc/self/task"));
  else {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "cannot measure %s", args[0]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
run_quit (char **args, GString *answer, GError **error)
{
  g_main_loop_quit (ui.loop);
  return TRUE;
}

static gboolean run_help (char **args, GString *answer, GError **error);

static const Command commands[] = {
  { "help", 0, 0, run_help, "" },
  { "load", 1, 1, run_load, "FILE: a plugin that libpurple has found at the start" },
  { "unload", 1, 1, run_unload, "PLUGIN-ID" },
  { "signals", 2, -1, run_signals, "PLUGIN-ID SIGNAL…: record them" },
  { "signals-off", 2, -1, run_signals_off, "PLUGIN-ID SIGNAL…: no longer" },
  { "account", 2, 3, run_account, "ACCOUNT PROTOCOL-ID [PASSWORD]" },
  { "option", 4, 4, run_option, "ACCOUNT string|int|bool KEY VALUE" },
  { "password", 2, 2, run_password, "ACCOUNT PASSWORD" },
  { "change-password", 3, 3, run_change_password, "ACCOUNT CURRENT NEW: as its dialog does" },
  { "register", 1, 1, run_register, "ACCOUNT: as the box in the account's window does" },
  { "login", 1, 1, run_login, "ACCOUNT" },
  { "logout", 1, 1, run_logout, "ACCOUNT" },
  { "state", 1, 1, run_state, "ACCOUNT" },
  { "status", 2, 3, run_status, "ACCOUNT STATUS-ID [MESSAGE]" },
  { "im", 2, 3, command_im, "ACCOUNT WHO [TEXT]: open a window, and type into it" },
  { "say", 3, 3, command_say, "ACCOUNT CONVERSATION TEXT: type into an open window" },
  { "html", 3, 3, command_html, "ACCOUNT CONVERSATION HTML: as a rich text entry sends it" },
  { "join", 2, -1, command_join, "ACCOUNT NAME | ACCOUNT KEY=VALUE…" },
  { "open-room", 2, 2, command_open_room, "ACCOUNT ALIAS: double-click a chat of the buddy list" },
  { "close", 2, 2, command_close, "ACCOUNT CONVERSATION" },
  { "focus", 2, 3, command_focus, "ACCOUNT CONVERSATION [off]" },
  { "unseen", 2, 2, command_unseen, "ACCOUNT CONVERSATION: how many lines nobody has looked at" },
  { "typing", 3, 3, command_typing, "ACCOUNT WHO on|typed|off" },
  { "invite", 3, 4, command_invite, "ACCOUNT CHAT WHO [MESSAGE]" },
  { "whisper", 4, 4, command_whisper, "ACCOUNT CHAT MEMBER HTML: to that one alone" },
  { "topic", 3, 3, command_topic, "ACCOUNT CHAT TEXT" },
  { "members", 2, 2, command_members, "ACCOUNT CHAT" },
  { "conversations", 1, 1, command_conversations, "ACCOUNT" },
  { "roster", 1, 1, command_roster, "ACCOUNT" },
  { "add", 2, 5, command_add, "ACCOUNT WHO [ALIAS [GROUP [MESSAGE]]]" },
  { "remove", 2, 2, command_remove, "ACCOUNT WHO" },
  { "alias", 3, 3, command_alias, "ACCOUNT WHO ALIAS" },
  { "move", 3, 3, command_move, "ACCOUNT WHO GROUP" },
  { "public-alias", 2, 2, command_public_alias, "ACCOUNT NAME: what everybody sees" },
  { "info", 2, 2, command_info, "ACCOUNT WHO" },
  { "block", 2, 2, command_block, "ACCOUNT WHO" },
  { "unblock", 2, 2, command_unblock, "ACCOUNT WHO" },
  { "rooms", 1, 1, command_rooms, "ACCOUNT" },
  { "buddy-menu", 2, 3, command_buddy_menu, "ACCOUNT WHO [LABEL]" },
  { "room-menu", 2, 3, command_room_menu, "ACCOUNT ALIAS [LABEL]" },
  { "account-menu", 1, 2, command_account_menu, "ACCOUNT [LABEL]" },
  { "answer", 1, -1, run_answer, "REQUEST [TEXT | BUTTON | FILE | FIELD=VALUE…]" },
  { "cancel", 1, 1, run_cancel, "REQUEST" },
  { "send-file", 3, 3, run_send_file, "ACCOUNT WHO FILE" },
  { "chat-send-file", 3, 3, run_chat_send_file, "ACCOUNT CHAT FILE" },
  { "picture", 1, 1, run_picture, "FILE: put it into libpurple's store; its number" },
  { "picture-gone", 1, 1, run_picture_gone, "NUMBER" },
  { "own-icon", 1, 2, run_own_icon, "ACCOUNT [FILE]: as the account's window does" },
  { "icon", 2, 2, run_icon, "ACCOUNT WHO | GROUP: how many bytes its picture has" },
  { "transfer", 2, 3, run_transfer, "TRANSFER accept|deny|cancel [FILE]" },
  { "measure", 1, 1, run_measure,
    "turn|sources|files|threads|pictures: longest turn of the main loop in µs, or a count" },
  { "quit", 0, 0, run_quit, "" },
};

static gboolean
run_help (char **args, GString *answer, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (answer, "%s%s %s", i > 0 ? "\n" : "", commands[i].name, commands[i].help);
  return TRUE;
}

static GStrv
split (const char *line, GError **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GStrvBuilder) words = NULL;
  JsonArray *array = NULL;
  char **argv = NULL;

  if (*line != '[')
    return g_shell_parse_argv (line, NULL, &argv, error) ? argv : NULL;
  parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, line, -1, error))
    return NULL;
  words = g_strv_builder_new ();
  array = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_strv_builder_add (words, json_array_get_string_element (array, i));
  return g_strv_builder_end (words);
}

void
ui_commands_run (const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) answer = g_string_new (NULL);
  g_auto (GStrv) words = split (line, &error);
  guint count = words != NULL ? g_strv_length (words) : 0;

  if (count == 0) {
    ui_answer (FALSE, error != NULL ? error->message : "an empty command");
    return;
  }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    const Command *command = &commands[i];

    if (!g_str_equal (command->name, words[0]))
      continue;
    if (count - 1 < command->min || (command->max >= 0 && count - 1 > (guint) command->max)) {
      ui_answer (FALSE, command->help);
      return;
    }
    if (command->run (words + 1, answer, &error))
      ui_answer (TRUE, answer->str);
    else
      ui_answer (FALSE, error != NULL ? error->message : "failed");
    return;
  }
  ui_answer (FALSE, "no such command; try help");
}
