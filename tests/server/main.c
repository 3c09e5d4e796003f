/* SPDX-License-Identifier: GPL-3.0-or-later */

/* openim-test-server: a small OpenIM server for tests and the demo. It listens on 127.0.0.1 alone, says where
 * in one line of JSON, and ends at SIGTERM, SIGINT or the end of its standard input. */

#include <gio/gunixinputstream.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "admin.h"
#include "applications.h"
#include "auth.h"
#include "blacks.h"
#include "chat.h"
#include "conversations.h"
#include "demo.h"
#include "fill.h"
#include "friend-applications.h"
#include "friends.h"
#include "jssdk.h"
#include "marks.h"
#include "members.h"
#include "objects.h"
#include "presence.h"
#include "pull.h"
#include "roles.h"
#include "storage.h"
#include "third.h"
#include "users.h"

static const Route *const api_routes[] = {
  auth_routes,
  user_routes,
  presence_routes,
  friend_routes,
  friend_application_routes,
  black_routes,
  group_routes,
  member_routes,
  role_routes,
  application_routes,
  conversation_routes,
  pull_routes,
  mark_routes,
  jssdk_routes,
  admin_routes,
  third_routes,
  object_routes,
  NULL,
};

static const Route *const account_routes[] = { chat_routes, NULL };

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
input_ended (int fd, GIOCondition condition, gpointer loop)
{
  char ignored[256];

  if (read (fd, ignored, sizeof ignored) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
start (Server *server, GError **error)
{
  const Options *options = server->options;
  gboolean fresh;

  server->db = db_open (options->data, &fresh, error);
  if (!server->db)
    return FALSE;
  server->blobs = blobs_new (options->data);
  server->api = http_listen (server, options->api_port, auth_check, storage_serve, api_routes, error);
  if (!server->api)
    return FALSE;
  storage_listen (server);
  server->chat = http_listen (server, options->chat_port, auth_check_chat, NULL, account_routes, error);
  if (!server->chat)
    return FALSE;
  server->gateway = gateway_new (server, options->ws_port, error);
  if (!server->gateway)
    return FALSE;
  if (fresh) {
    user_create (server, SERVER_ADMIN, SERVER_ADMIN, "", 2);
    if (options->demo)
      demo_fill (server);
    if (!fill (server, options->fill, error))
      return FALSE;
  }
  if (options->demo)
    demo_listen (server);
  return TRUE;
}

static void
stop (Server *server)
{
  g_clear_object (&server->api);
  g_clear_object (&server->chat);
  g_clear_object (&server->ws);
  gateway_free (server->gateway); /* which its connections still look up */
  server->gateway = NULL;
  presence_clear (server);
  g_clear_pointer (&server->db, db_close);
  g_clear_pointer (&server->blobs, blobs_free);
  g_clear_pointer (&server->detail, g_free);
}

/* libsoup warns of whoever hangs up before it has looked who that was. Nothing is wrong with that, so it does
 * not end the server where warnings shall be fatal; ours do. */
static void
spare_libsoup (void)
{
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);

  g_log_set_always_fatal (fatal & ~G_LOG_LEVEL_WARNING);
  g_log_set_fatal_mask (G_LOG_DOMAIN, fatal);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Options) options = NULL;
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Server server = { .operation = "" };
  gboolean started;

  setlocale (LC_ALL, "");
  spare_libsoup ();
  signal (SIGPIPE, SIG_IGN);
  options = options_parse (&argc, &argv, &error);
  if (!options) {
    g_printerr ("openim-test-server: %s\n", error->message);
    return 2;
  }
  server.options = options;
  server.behave = options->behave;
  started = start (&server, &error);
  if (started) {
    g_unix_signal_add (SIGTERM, quit, loop);
    g_unix_signal_add (SIGINT, quit, loop);
    g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, input_ended, loop);
    printf (
        "{\"api\":\"http://127.0.0.1:%d\",\"ws\":\"ws://127.0.0.1:%d\",\"chat\":\"http://127.0.0.1:%d\"}\n",
        http_port (server.api), http_port (server.ws), http_port (server.chat));
    fflush (stdout);
    g_main_loop_run (loop);
  } else {
    g_printerr ("openim-test-server: %s\n", error->message);
  }
  stop (&server);
  return started ? 0 : 1;
}
