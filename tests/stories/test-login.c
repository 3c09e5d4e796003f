/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <string.h>

/* Getting in, and being sent away. */

#define PASSWORD "correct horse"

static void
expect_in (Scene *scene, const char *account, gboolean by_password)
{
  g_autofree char *first = g_strdup_printf ("%s: progress 0/3 \"Logging in at the chat server\"", account);
  g_autofree char *second = g_strdup_printf ("%s: progress 1/3 \"Connecting\"", account);
  g_autofree char *third = g_strdup_printf ("%s: progress 2/3 \"Fetching people and groups\"", account);
  g_autofree char *last = g_strdup_printf ("%s: connected", account);

  if (by_password)
    host_expect (scene->host, first, NULL);
  host_expect (scene->host, second, third, last, NULL);
}

/* Logs in with what stands for a name at the chat server and out again; nothing else happens. */
static void
log_in_as (Scene *scene, const char *account)
{
  g_autofree char *out = g_strdup_printf ("%s: disconnected", account);

  scene_account (scene->host, scene->server, account, PASSWORD, NULL);
  host_login (scene->host, account);
  expect_in (scene, account, TRUE);
  host_logout (scene->host, account);
  host_expect (scene->host, out, NULL);
  host_expect_nothing (scene->host);
}

static void
run_names (Stage *stage)
{
  Scene scene = { 0 };
  g_autofree char *id = NULL;
  g_autofree char *other = NULL;

  scene_open (&scene, stage);
  id = server_register (scene.server, "alice", "Alice", PASSWORD, "+49 15112345678", NULL);
  other = server_register (scene.server, NULL, "Bob", PASSWORD, NULL, "bob@example.org");
  log_in_as (&scene, "alice");
  log_in_as (&scene, "+49 15112345678");
  log_in_as (&scene, "bob@example.org");
  story_proves_function (4);
  story_proves_function (5);
  story_proves_function (106);
  scene_close (&scene);
}

static void
run_token (Stage *stage)
{
  Scene scene = { 0 };

  scene_open (&scene, stage);
  scene_alice (&scene);
  host_login (scene.host, "alice");
  expect_in (&scene, "alice", FALSE);
  host_logout (scene.host, "alice");
  host_expect (scene.host, "alice: disconnected", NULL);
  scene_close (&scene);
}

/* Where people type a token into the password field. */
static void
run_token_as_password (Stage *stage)
{
  Scene scene = { 0 };
  Person *alice = NULL;
  g_autofree char *token = NULL;

  scene_open (&scene, stage);
  alice = person_new (scene.server, "alice", "Alice");
  token = server_token (scene.server, "alice", PLATFORM_LINUX);
  scene_account (scene.host, scene.server, "alice", token, NULL);
  host_login (scene.host, "alice");
  expect_in (&scene, "alice", FALSE);
  person_free (alice);
  scene_close (&scene);
}

static void
run_again (Stage *stage)
{
  Scene scene = { 0 };

  scene_open (&scene, stage);
  scene_alice (&scene);
  for (guint i = 0; i < 3; i++) {
    host_login (scene.host, "alice");
    expect_in (&scene, "alice", FALSE);
    host_logout (scene.host, "alice");
    host_expect (scene.host, "alice: disconnected", NULL);
  }
  scene_close (&scene);
}

/* --- who is not let in --- */

static void
run_wrong_password (Stage *stage)
{
  Scene scene = { 0 };
  g_autofree char *id = NULL;

  scene_open (&scene, stage);
  id = server_register (scene.server, "alice", "Alice", PASSWORD, "+49 15112345678", NULL);
  scene_account (scene.host, scene.server, "alice", "wrong", NULL);
  scene_account (scene.host, scene.server, "nobody", PASSWORD, NULL);
  host_login (scene.host, "alice");
  host_expect (scene.host, "alice: progress 0/3 \"Logging in at the chat server\"",
               "alice: error AUTHENTICATION_FAILED fatal \"*password*\"", "alice: disconnected", NULL);
  host_login (scene.host, "nobody");
  host_expect (scene.host, "nobody: progress 0/3 \"Logging in at the chat server\"",
               "nobody: error INVALID_USERNAME fatal \"?*\"", "nobody: disconnected", NULL);
  host_expect_nothing (scene.host);
  scene_close (&scene);
}

static void
run_bad_token (Stage *stage)
{
  Scene scene = { 0 };
  g_autofree char *token = NULL;
  gsize last = 0;

  scene_open (&scene, stage);
  scene_alice (&scene);

  /* Signed by somebody else. */
  token = server_token (scene.server, "alice", PLATFORM_LINUX);
  last = strlen (token) - 5;
  token[last] = token[last] == 'A' ? 'B' : 'A';
  host_account_option (scene.host, "alice", "token", token);
  host_login (scene.host, "alice");
  host_expect (scene.host, "alice: progress 1/3 \"Connecting\"",
               "alice: error AUTHENTICATION_FAILED fatal \"*token*\"", "alice: disconnected", NULL);
  host_expect_nothing (scene.host);

  /* No token at all. */
  host_account_option (scene.host, "alice", "token", "swordfish");
  host_login (scene.host, "alice");
  host_expect (scene.host, "alice: error INVALID_SETTINGS fatal \"*token*\"", "alice: disconnected", NULL);
  host_expect_nothing (scene.host);
  scene_close (&scene);
}

/* --- what is no OpenIM server --- */

/* alice at @api and @gateway with a token, or (when @chat is given) with a password. */
static void
expect_sent_away (Host *host,
                  const char *account,
                  const char *api,
                  const char *gateway,
                  const char *chat,
                  const char *reason)
{
  g_autofree char *error = g_strdup_printf ("%s: error %s \"?*\"", account, reason);
  g_autofree char *out = g_strdup_printf ("%s: disconnected", account);
  g_autofree char *progress = g_strdup_printf ("%s: progress *", account);

  host_account_new (host, account, OPENIM, PASSWORD);
  host_account_option (host, account, "api", api);
  host_account_option (host, account, "gateway", gateway);
  host_account_option (host, account, "chat-server", chat != NULL ? chat : "");
  if (chat == NULL)
    /* "UserID":"alice","PlatformID":7, good until the year 2100, signed by nobody */
    host_account_option (
        host, account, "token",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
        "eyJVc2VySUQiOiJhbGljZSIsIlBsYXRmb3JtSUQiOjcsImV4cCI6NDEwMjQ0NDgwMCwiaWF0IjoxNzAwMDAwMDAwfQ."
        "c2lnbmF0dXJl");
  host_ignore (host, progress);
  host_login (host, account);
  host_run_until (host, error, 60000);
  host_expect (host, out, NULL);
  host_expect_nothing (host);
}

static char *
closed_port (const char *scheme)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);
  return g_strdup_printf ("%s://127.0.0.1:%u", scheme, port);
}

static void
run_nowhere (Stage *stage)
{
  g_autofree char *plugin = scene_plugin ();
  Host *host = host_new (stage, "alice", plugin);
  g_autofree char *http = closed_port ("http");
  g_autofree char *ws = closed_port ("ws");

  expect_sent_away (host, "refused", http, ws, http, "NETWORK_ERROR");
  expect_sent_away (host, "refused-gateway", http, ws, NULL, "NETWORK_ERROR");
  expect_sent_away (host, "no-host", "http://no-such-host.invalid:10002", "ws://no-such-host.invalid:10001",
                    "http://no-such-host.invalid:10008", "NETWORK_ERROR");
  expect_sent_away (host, "no-host-gateway", "http://no-such-host.invalid:10002",
                    "ws://no-such-host.invalid:10001", NULL, "NETWORK_ERROR");
  expect_sent_away (host, "no-address", "somewhere", "ws://127.0.0.1:1", NULL, "INVALID_SETTINGS fatal");
  expect_sent_away (host, "wrong-scheme", "http://127.0.0.1:1", "http://127.0.0.1:1", NULL,
                    "INVALID_SETTINGS fatal");
  host_free (host);
}

static void
run_another_service (Stage *stage)
{
  g_autofree char *plugin = scene_plugin ();
  Host *host = host_new (stage, "alice", plugin);
  Crook *ssh = crook_new_mute ("SSH-2.0-OpenSSH_9.2\r\n");
  Crook *web = crook_new ();

  expect_sent_away (host, "ssh", crook_http (ssh), crook_ws (ssh), crook_http (ssh), "NETWORK_ERROR");
  expect_sent_away (host, "ssh-gateway", crook_http (ssh), crook_ws (ssh), NULL, "NETWORK_ERROR");
  crook_answer (web, 200, "text/html", "<html><body>It works!</body></html>", TRUE);
  expect_sent_away (host, "web", crook_http (web), crook_ws (web), crook_http (web), "*");
  expect_sent_away (host, "web-gateway", crook_http (web), crook_ws (web), NULL, "*");
  crook_answer (web, 404, "text/plain", "404 page not found", TRUE);
  expect_sent_away (host, "not-found", crook_http (web), crook_ws (web), crook_http (web), "*");
  expect_sent_away (host, "not-found-gateway", crook_http (web), crook_ws (web), NULL, "*");
  crook_answer (web, 502, "text/html", "<html><body>Bad Gateway</body></html>", TRUE);
  expect_sent_away (host, "proxy", crook_http (web), crook_ws (web), crook_http (web), "NETWORK_ERROR");
  expect_sent_away (host, "proxy-gateway", crook_http (web), crook_ws (web), NULL, "NETWORK_ERROR");
  host_free (host);
  crook_free (web);
  crook_free (ssh);
}

static void
run_certificate (Stage *stage)
{
  const char *before = g_getenv ("ASAN_OPTIONS");
  g_autofree char *options = g_strconcat (before != NULL ? before : "", ":detect_leaks=0", NULL);
  g_autofree char *plugin = scene_plugin ();
  Host *host = NULL;
  Crook *crook = crook_new_tls ();

  /* LeakSanitizer crashes at the end of a process that has loaded GnuTLS. */
  g_setenv ("ASAN_OPTIONS", options, TRUE);
  host = host_new (stage, "alice", plugin);
  expect_sent_away (host, "tls", crook_http (crook), crook_ws (crook), crook_http (crook),
                    "CERT_UNTRUSTED fatal");
  expect_sent_away (host, "tls-gateway", crook_http (crook), crook_ws (crook), NULL, "CERT_UNTRUSTED fatal");
  host_free (host);
  crook_free (crook);
}

static void
run_garbled (Stage *stage)
{
  static const char *const bodies[] = {
    "",
    "{",
    "[]",
    "null",
    "{\"errCode\":\"none\"}",
    "{\"errCode\":0}",
    "{\"errCode\":0,\"data\":[]}",
    "{\"errCode\":0,\"data\":{\"imToken\":7,\"chatToken\":null,\"userID\":{}}}",
    "{\"errCode\":0,\"data\":{\"imToken\":\"\",\"chatToken\":\"\",\"userID\":\"\"}}",
    "{\"errCode\":0,\"errMsg\":\"\xff\xfe\"}",
  };
  g_autofree char *plugin = scene_plugin ();
  Host *host = host_new (stage, "alice", plugin);
  Crook *crook = crook_new ();
  g_autofree char *deep = g_strnfill (200000, '[');

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autofree char *account = g_strdup_printf ("garbled-%u", i);

    crook_answer (crook, 200, "application/json", bodies[i], TRUE);
    expect_sent_away (host, account, crook_http (crook), crook_ws (crook), crook_http (crook), "*");
  }
  crook_answer (crook, 200, "application/json", deep, TRUE);
  expect_sent_away (host, "deep", crook_http (crook), crook_ws (crook), crook_http (crook), "*");
  expect_sent_away (host, "deep-gateway", crook_http (crook), crook_ws (crook), NULL, "*");
  host_free (host);
  crook_free (crook);
}

/* The gateway lets in and then talks nonsense. */
static void
expect_nonsense (Host *host, const char *account, gboolean text, GBytes *frame)
{
  Crook *crook = crook_new ();

  crook_answer (crook, 200, "application/json", "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"}", FALSE);
  crook_frame (crook, text, frame);
  expect_sent_away (host, account, crook_http (crook), crook_ws (crook), NULL, "*");
  crook_free (crook);
}

static GBytes *
static_frame (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static void
run_nonsense (Stage *stage)
{
  /* What a server before 3.8.2 sends: gob, whose first bytes are a length and a type. */
  static const char gob[] =
      "\x7f\xff\x81\x03\x01\x01\x04Resp\x01\xff\x82\x00\x01\x06\x01\x0dReqIdentifier\x01\x04\x00";
  g_autofree char *plugin = scene_plugin ();
  Host *host = host_new (stage, "alice", plugin);

  expect_nonsense (host, "silent", FALSE, NULL);
  expect_nonsense (host, "old", FALSE, g_bytes_new_static (gob, sizeof gob - 1));
  expect_nonsense (host, "text", TRUE, static_frame ("hello"));
  expect_nonsense (host, "empty", FALSE, static_frame (""));
  expect_nonsense (host, "cut", FALSE, static_frame ("{\"reqIdentifier\":1001,"));
  expect_nonsense (host, "list", FALSE, static_frame ("[]"));
  expect_nonsense (host, "base64", FALSE,
                   static_frame ("{\"reqIdentifier\":2001,\"msgIncr\":\"\",\"errCode\":0,\"data\":\"@@@\"}"));
  expect_nonsense (host, "utf8", FALSE, static_frame ("{\"reqIdentifier\":2001,\"errMsg\":\"\xff\xfe\"}"));
  expect_nonsense (host, "deep", FALSE, g_bytes_new_take (g_strnfill (200000, '['), 200000));
  expect_nonsense (host, "big", FALSE, g_bytes_new_take (g_strnfill (20 << 20, ' '), 20 << 20));
  host_free (host);
}

static const Story stories[] = {
  { "names", run_names, STORY_ALL },
  { "token", run_token, STORY_ALL },
  { "token-as-password", run_token_as_password, STORY_ALL },
  { "again", run_again, STORY_PIDGIN },
  { "wrong-password", run_wrong_password, STORY_ALL },
  { "bad-token", run_bad_token, STORY_ALL },
  { "nowhere", run_nowhere, STORY_PIDGIN },
  { "another-service", run_another_service, STORY_PIDGIN, 240000 },
  { "certificate", run_certificate, STORY_PIDGIN },
  { "garbled", run_garbled, STORY_PIDGIN, 240000 },
  { "nonsense", run_nonsense, STORY_PIDGIN, 400000 },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
