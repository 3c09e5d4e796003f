/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* F_SETPIPE_SZ */

#include "ui.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>

/* openim-test-host: the real libpurple under a user interface without a screen, told what to do on standard
 * input. A story drives it through host.h; a person can do so by hand (try "help"). */

#define PIPE_BYTES (1024 * 1024) /* a story that is busy must not stop the host's main loop */

Ui ui;

static GHashTable *
on_ui_info (void)
{
  static GHashTable *info = NULL;

  if (info == NULL) {
    info = g_hash_table_new (g_str_hash, g_str_equal);
    g_hash_table_insert (info, (gpointer) "name", (gpointer) ui.persona->ui_name);
    g_hash_table_insert (info, (gpointer) "version", (gpointer) "2.14.12");
    if (ui.persona->full_info) {
      g_hash_table_insert (info, (gpointer) "website", (gpointer) "https://pidgin.im");
      g_hash_table_insert (info, (gpointer) "client_type", (gpointer) ui.persona->client_type);
    }
  }
  return info;
}

static void
on_debug (PurpleDebugLevel level, const char *category, const char *text)
{
  fprintf (stderr, "%s: %s", category != NULL ? category : "purple", text);
}

static gboolean
is_debug_enabled (PurpleDebugLevel level, const char *category)
{
  return ui.debug;
}

static void
on_debug_init (void)
{
  static PurpleDebugUiOps ops = { .print = on_debug, .is_enabled = is_debug_enabled };

  purple_debug_set_ui_ops (&ops);
}

static void
on_ui_init (void)
{
  ui_connections_init ();
  ui_conversations_init ();
  ui_roster_init ();
  ui_requests_init ();
  ui_notices_init ();
  ui_transfers_init ();
  ui_rooms_init ();
}

static gboolean
on_input (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  g_autofree char *line = NULL;
  gsize end = 0;

  switch (g_io_channel_read_line (channel, &line, NULL, &end, NULL)) {
  case G_IO_STATUS_NORMAL:
    line[end] = '\0';
    ui_commands_run (line);
    return G_SOURCE_CONTINUE;
  case G_IO_STATUS_AGAIN:
    return G_SOURCE_CONTINUE;
  case G_IO_STATUS_EOF:
  case G_IO_STATUS_ERROR:
  default:
    g_main_loop_quit (ui.loop);
    return G_SOURCE_REMOVE;
  }
}

static gboolean
on_terminate (gpointer data)
{
  g_main_loop_quit (ui.loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
start_purple (const char *directory)
{
  static PurpleCoreUiOps core = {
    .debug_ui_init = on_debug_init,
    .ui_init = on_ui_init,
    .get_ui_info = on_ui_info,
  };

  g_autofree char *plugins = g_build_filename (directory, "plugins", NULL);

  purple_util_set_user_dir (directory);
  /* Where Pidgin and Finch look, too; it must be known before accounts are read, or those of a protocol that
   * comes later stay without a presence. */
  purple_plugins_add_search_path (plugins);
  purple_debug_set_enabled (FALSE);
  purple_core_set_ui_ops (&core);
  purple_eventloop_set_ui_ops (ui_loop_ops ());
  if (!purple_core_init (ui.persona->ui_id))
    return FALSE;
  purple_set_blist (purple_blist_new ());
  if (ui.persona->keeps) {
    purple_blist_load ();
    purple_prefs_load ();
  }
  purple_network_force_online ();
  /* Accounts log in one by one when a command says so, not because they did last time. */
  for (GList *l = purple_accounts_get_all (); l != NULL; l = l->next)
    purple_account_set_enabled (l->data, ui.persona->ui_id, FALSE);
  purple_savedstatus_activate (purple_savedstatus_new (NULL, PURPLE_STATUS_AVAILABLE));
  ui_signals_init ();
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autofree char *persona = NULL;
  g_autofree char *directory = NULL;
  g_autofree char *end = NULL;
  GOptionEntry entries[] = {
    { "persona", 'p', 0, G_OPTION_ARG_STRING, &persona, "pidgin, finch or bitlbee", "NAME" },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &directory, "folder for everything that libpurple keeps",
      "FOLDER" },
    { "debug", 'd', 0, G_OPTION_ARG_NONE, &ui.debug,
      "hidden effects and libpurple's debug lines on standard error", NULL },
    { "end", 'e', 0, G_OPTION_ARG_STRING, &end,
      "disconnect, disable, reconnect or quit in that turn of the main loop", "ACTION@TURN" },
    { NULL },
  };
  g_autoptr (GOptionContext) options = g_option_context_new ("- libpurple without a screen");
  g_autoptr (GError) error = NULL;
  GIOChannel *input = NULL;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  ui.persona = persona_find (persona != NULL ? persona : "pidgin");
  if (ui.persona == NULL || directory == NULL || (end != NULL && !ui_ending_plan (end))) {
    g_printerr ("--persona is pidgin, finch or bitlbee; --config is needed; --end is an action and a turn\n");
    return 2;
  }
  signal (SIGPIPE, SIG_IGN);
  fcntl (STDOUT_FILENO, F_SETPIPE_SZ, PIPE_BYTES);

  ui.loop = g_main_loop_new (NULL, FALSE);
  if (!start_purple (directory)) {
    g_printerr ("libpurple does not start\n");
    return 1;
  }
  ui_loop_watch ();
  g_unix_signal_add (SIGTERM, on_terminate, NULL);
  g_unix_signal_add (SIGINT, on_terminate, NULL);
  input = g_io_channel_unix_new (STDIN_FILENO);
  g_io_channel_set_encoding (input, NULL, NULL);
  g_io_channel_set_buffered (input, TRUE);
  g_io_channel_set_flags (input, g_io_channel_get_flags (input) | G_IO_FLAG_NONBLOCK, NULL);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, NULL);

  g_main_loop_run (ui.loop);

  g_io_channel_unref (input);
  g_slist_free_full (ui.room_lists, (GDestroyNotify) purple_roomlist_unref);
  purple_core_quit ();
  ui_accounts_free ();
  g_main_loop_unref (ui.loop);
  ui_sanitizer_settle ();
  return 0;
}
