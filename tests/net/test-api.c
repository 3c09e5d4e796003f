/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/gate.h"
#include "net/api-private.h"
#include "server.h"

#define JSON_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

typedef struct {
  int done; /* callbacks; more than one is a bug */
  int code;
  char *message;
  JsonObject *data;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_free (outcome->message);
  g_clear_pointer (&outcome->data, json_object_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;
  g_autoptr (GError) error = NULL;

  outcome->data = openim_api_call_finish (OPENIM_API (source), result, &error);
  outcome->code = openim_error_code (error);
  outcome->message = g_strdup (error != NULL ? error->message : "");
  g_assert_true ((outcome->data != NULL) == (error == NULL));
  outcome->done++;
}

static OpenimApi *
api_for (TestServer *server, const char *path)
{
  g_autofree char *url = test_server_url (server, "http", path);
  g_autoptr (GError) error = NULL;
  OpenimApi *api = openim_api_new (url, NULL, &error);
  g_assert_no_error (error);
  return api;
}

/* One call to a server with that script. */
static void
call_once (TestScript script, gconstpointer data, guint deadline, Outcome *outcome)
{
  g_autoptr (TestServer) server = test_server_new (script, data);
  g_autoptr (OpenimApi) api = api_for (server, "");

  openim_api_set_deadline (api, deadline);
  openim_api_call_async (api, "/some/route", NULL, NULL, on_done, outcome);
  g_assert_cmpint (outcome->done, ==, 0);
  test_until (outcome->done > 0);
  test_run_for (10);
  g_assert_cmpint (outcome->done, ==, 1);
}

static void
test_addresses (void)
{
  static const char *const bad[] = { "",          "host",           "host:10002",    "ws://h",
                                     "ftp://h/x", "http://",        "http://u@h",    "http://h?x",
                                     "http://h#", "http://h:99999", "file:///etc/x", "javascript:x" };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (openim_api_new (bad[i], NULL, &error));
    g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS);
  }
  static const char *const good[][2] = { { "http://h:10002", "http://h:10002" },
                                         { " https://h/api/ ", "https://h/api" },
                                         { "http://[::1]:10002/", "http://[::1]:10002" },
                                         { "HTTP://Host", "http://host" } };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (OpenimApi) api = openim_api_new (good[i][0], NULL, &error);
    g_assert_no_error (error);
    g_autofree char *lower = g_ascii_strdown (openim_api_get_base_url (api), -1);
    g_assert_cmpstr (lower, ==, good[i][1]);
  }
}

static void
script_echo (TestPeer *peer, guint number, gconstpointer data)
{
  for (;;) {
    g_autofree char *request = test_peer_read_request (peer);
    if (request == NULL)
      return;
    test_note (test_peer_server (peer), "%s", request);
    test_peer_answer (
        peer, 200,
        "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":{\"version\":18446744073709551615}}");
  }
}

static void
test_success (void)
{
  g_autoptr (TestServer) server = test_server_new (script_echo, NULL);
  g_autoptr (OpenimApi) api = api_for (server, "/api/");
  g_auto (Outcome) first = { 0 }, second = { 0 };

  openim_api_set_token (api, "a.b\r\nevil: yes");
  openim_api_call_async (api, "/user/get", openim_json_build ("userID", 's', "u\"1", NULL), NULL, on_done,
                         &first);
  test_until (first.done);
  g_assert_cmpint (first.code, ==, 0);
  g_assert_cmpuint (openim_json_uint (first.data, "version"), ==, G_MAXUINT64);
  openim_api_set_token (api, NULL);
  openim_api_call_async (api, "/user/get", NULL, NULL, on_done, &second);
  test_until (second.done);
  g_assert_cmpuint (openim_api_get_call_count (api), ==, 2);
  g_assert_cmpuint (test_server_connections (server), ==, 1);

  g_autofree char *request = test_next_note (server);
  g_autofree char *other = test_next_note (server);
  g_assert_true (g_str_has_prefix (request, "POST /api/user/get HTTP/1.1\n"));
  g_autofree char *operation = test_header (request, "operationID");
  g_autofree char *other_operation = test_header (other, "operationID");
  g_autofree char *token = test_header (request, "token");
  g_autofree char *evil = test_header (request, "evil");
  g_autofree char *type = test_header (request, "Content-Type");
  g_assert_cmpstr (operation, !=, "");
  g_assert_cmpstr (operation, !=, other_operation);
  g_assert_cmpstr (token, ==, "a.bevil:yes");
  g_assert_cmpstr (evil, ==, "");
  g_assert_cmpstr (type, ==, "application/json");
  g_assert_cmpstr (test_body (request), ==, "{\"userID\":\"u\\\"1\"}");
  g_assert_cmpstr (test_body (other), ==, "{}");
  g_assert_null (strstr (other, "\ntoken:"));
}

typedef struct {
  const char *name;
  guint status;
  const char *body;
  int code;
  const char *says; /* part of the message */
} Answer;

static const Answer answers[] = {
  { "no-data", 200, "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"}", 0, "" },
  { "null-data", 200, "{\"errCode\":0,\"data\":null}", 0, "" },
  { "error", 200, "{\"errCode\":1004,\"errMsg\":\"RecordNotFoundError\",\"errDlt\":\"no such user\"}", 1004,
    "RecordNotFoundError: no such user" },
  { "same-detail", 200, "{\"errCode\":20001,\"errMsg\":\"PasswordError\",\"errDlt\":\"PasswordError\"}",
    20001, "PasswordError" },
  { "no-text", 200, "{\"errCode\":1001}", 1001, "" },
  { "bad-request", 400, "{\"errCode\":1001,\"errMsg\":\"ArgsError\",\"errDlt\":\"x\"}", 1001,
    "ArgsError: x" },
  { "negative", 200, "{\"errCode\":-1,\"errMsg\":\"x\"}", 10005, "-1 x" },
  { "big", 200, "{\"errCode\":99999999999,\"errMsg\":\"x\"}", 10005, "x" },
  { "html", 200, "<!DOCTYPE html><html></html>", 10000, "not as an OpenIM server" },
  { "no-envelope", 200, "{\"hello\":1}", 10000, "not as an OpenIM server" },
  { "array", 200, "[1]", 10000, "not as an OpenIM server" },
  { "empty", 200, "", 10000, "not as an OpenIM server" },
  { "two", 200, "{\"errCode\":0}{\"errCode\":0}", 10000, "not as an OpenIM server" },
  { "half", 200, "{\"errCode\":0,", 10000, "not as an OpenIM server" },
  { "not-utf8", 200, "{\"errCode\":0,\"data\":{\"a\":\"\xff\"}}", 10000, "not as an OpenIM server" },
  { "route", 404, "404 page not found", 10000, "HTTP 404" },
  { "panic", 500, "", 10000, "HTTP 500" },
  { "proxy", 502, "<html>Bad Gateway</html>", 10000, "HTTP 502" },
  { "often", 429, "slow down", 10000, "HTTP 429" },
};

static void
script_answer (TestPeer *peer, guint number, gconstpointer data)
{
  const Answer *answer = data;
  g_autofree char *request = test_peer_read_request (peer);
  if (request != NULL)
    test_peer_answer (peer, answer->status, answer->body);
}

static void
test_answer (gconstpointer data)
{
  const Answer *answer = data;
  g_auto (Outcome) outcome = { 0 };

  call_once (script_answer, answer, 10000, &outcome);
  g_assert_cmpint (outcome.code, ==, answer->code);
  g_assert_nonnull (strstr (outcome.message, answer->says));
}

static void
script_deep (TestPeer *peer, guint number, gconstpointer data)
{
  g_autofree char *request = test_peer_read_request (peer);
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autofree char *body = g_strconcat ("{\"errCode\":0,\"data\":{\"a\":", deep, NULL);
  if (request != NULL)
    test_peer_answer (peer, 200, body);
}

static void
test_deep (void)
{
  g_auto (Outcome) outcome = { 0 };
  call_once (script_deep, NULL, 10000, &outcome);
  g_assert_cmpint (outcome.code, ==, 10000);
}

static void
script_secret (TestPeer *peer, guint number, gconstpointer data)
{
  g_autofree char *request = test_peer_read_request (peer);
  if (request != NULL)
    test_peer_answer (
        peer, 200,
        "{\"errCode\":1503,\"errMsg\":\"TokenMalformedError\",\"errDlt\":\"1503 TokenMalformedError "
        "jwt parse error, token=not.a.token\"}");
}

typedef struct {
  Outcome *outcome;
  int calls;
  int code;
} Watch;

static void
on_token (gpointer owner, const GError *error)
{
  Watch *watch = owner;
  watch->calls++;
  watch->code = error->code;
  g_assert_cmpint (watch->outcome->done, ==, 0);
}

static void
test_token (void)
{
  g_autoptr (TestServer) server = test_server_new (script_secret, NULL);
  g_autoptr (OpenimApi) api = api_for (server, "");
  g_auto (Outcome) outcome = { 0 };
  Watch watch = { &outcome, 0, 0 };

  openim_api_set_token (api, "not.a.token");
  openim_api_set_token_func (api, on_token, &watch);
  openim_api_call_async (api, "/x", NULL, NULL, on_done, &outcome);
  test_until (outcome.done);
  g_assert_cmpint (outcome.code, ==, 1503);
  g_assert_cmpint (watch.calls, ==, 1);
  g_assert_cmpint (watch.code, ==, 1503);
  g_assert_null (strstr (outcome.message, "not.a.token"));
}

static void
script_redirect (TestPeer *peer, guint number, gconstpointer data)
{
  g_autofree char *request = test_peer_read_request (peer);
  g_autofree char *target = test_server_url (test_peer_server (peer), "http", "/elsewhere");
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 %s Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n",
                                             (const char *) data, target);
  if (request == NULL)
    return;
  test_peer_write (peer, answer, -1);
  g_autofree char *next = test_peer_read_request (peer);
  g_assert_null (next);
}

static void
test_redirect (void)
{
  static const char *const statuses[] = { "301", "302", "303", "307", "308" };
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++) {
    g_auto (Outcome) outcome = { 0 };
    call_once (script_redirect, statuses[i], 10000, &outcome);
    g_assert_cmpint (outcome.code, ==, 10000);
    g_assert_nonnull (strstr (outcome.message, "another address"));
  }
}

static void
script_silent (TestPeer *peer, guint number, gconstpointer data)
{
  test_peer_until_closed (peer);
}

/* A byte now and then, never done. */
static void
script_drip (TestPeer *peer, guint number, gconstpointer data)
{
  g_autofree char *request = test_peer_read_request (peer);
  if (request == NULL || !test_peer_write (peer, data, -1))
    return;
  while (test_peer_write (peer, " ", 1))
    g_usleep (5000);
}

static void
test_timeout (void)
{
  static const char *const heads[] = { "HTTP/1.1 200 OK\r\nX-Long:",
                                       JSON_HEAD "Content-Length: 100000\r\n\r\n", JSON_HEAD "\r\n" };
  g_auto (Outcome) silent = { 0 };
  call_once (script_silent, NULL, 100, &silent);
  g_assert_cmpint (silent.code, ==, OPENIM_ERROR_TIMEOUT);
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++) {
    g_auto (Outcome) drip = { 0 };
    call_once (script_drip, heads[i], 100, &drip);
    g_assert_cmpint (drip.code, ==, OPENIM_ERROR_TIMEOUT);
  }
}

static void
script_raw (TestPeer *peer, guint number, gconstpointer data)
{
  g_autofree char *request = test_peer_read_request (peer);
  if (request != NULL)
    test_peer_write (peer, data, -1);
}

static void
test_broken (void)
{
  static const char *const raws[] = {
    "",
    "\x16\x03\x01 what",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/1.1 200",
    JSON_HEAD "Content-Length: 1000\r\n\r\n{\"errCode\":0}",
    JSON_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"err\r\n",
    JSON_HEAD "Transfer-Encoding: chunked\r\n\r\nzzz\r\n",
    JSON_HEAD "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nnozip",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (raws); i++) {
    g_auto (Outcome) outcome = { 0 };
    call_once (script_raw, raws[i], 10000, &outcome);
    g_assert_cmpint (outcome.code, ==, OPENIM_ERROR_NETWORK);
    g_assert_cmpstr (outcome.message, !=, "");
  }
}

static void
script_huge (TestPeer *peer, guint number, gconstpointer data)
{
  g_autofree char *request = test_peer_read_request (peer);
  g_autofree char *chunk = g_strnfill (1024 * 1024, ' ');
  guint megabytes = 0;

  if (request == NULL || !test_peer_write (peer, data, -1))
    return;
  while (megabytes < 500 && test_peer_write (peer, chunk, 1024 * 1024))
    megabytes++;
  test_note (test_peer_server (peer), "%u", megabytes);
}

/* It is broken off near the limit, or before the first byte when the server says how much will come. */
static void
test_huge (void)
{
  static const struct {
    const char *head;
    guint at_most;
  } cases[] = { { JSON_HEAD "\r\n", OPENIM_GATE_BODY_MAX / 1024 / 1024 + 16 },
                { JSON_HEAD "Content-Length: 500000000\r\n\r\n", 16 } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (TestServer) server = test_server_new (script_huge, cases[i].head);
    g_autoptr (OpenimApi) api = api_for (server, "");
    g_auto (Outcome) outcome = { 0 };

    openim_api_call_async (api, "/x", NULL, NULL, on_done, &outcome);
    test_until (outcome.done);
    g_assert_cmpint (outcome.code, ==, OPENIM_ERROR_NETWORK);
    g_assert_nonnull (strstr (outcome.message, "too big"));
    g_autofree char *megabytes = test_next_note (server);
    g_assert_cmpuint (g_ascii_strtoull (megabytes, NULL, 10), <=, cases[i].at_most);
  }
}

static void
script_big (TestPeer *peer, guint number, gconstpointer data)
{
  g_autofree char *request = test_peer_read_request (peer);
  g_autofree char *text = g_strnfill (5000000, 'x');
  g_autofree char *body = g_strconcat ("{\"errCode\":0,\"data\":{\"text\":\"", text, "\"}}", NULL);
  if (request != NULL)
    test_peer_answer (peer, 200, body);
}

static void
test_big (void)
{
  g_auto (Outcome) outcome = { 0 };
  call_once (script_big, NULL, 10000, &outcome);
  g_assert_cmpint (outcome.code, ==, 0);
  g_assert_cmpuint (strlen (openim_json_string (outcome.data, "text")), ==, 5000000);
}

static void
test_cancel (void)
{
  g_autoptr (TestServer) server = test_server_new (script_silent, NULL);
  g_autoptr (OpenimApi) api = api_for (server, "");
  g_autoptr (GCancellable) before = g_cancellable_new ();
  g_autoptr (GCancellable) in_flight = g_cancellable_new ();
  g_auto (Outcome) first = { 0 }, second = { 0 };

  g_cancellable_cancel (before);
  openim_api_call_async (api, "/x", NULL, before, on_done, &first);
  openim_api_call_async (api, "/x", NULL, in_flight, on_done, &second);
  g_assert_cmpint (first.done, ==, 0);
  test_until (first.done && test_server_connections (server) >= 1);
  g_cancellable_cancel (in_flight);
  g_assert_cmpint (second.done, ==, 0);
  test_until (second.done);
  g_assert_cmpint (first.code, ==, OPENIM_ERROR_LOGIN_OUT);
  g_assert_cmpint (second.code, ==, OPENIM_ERROR_LOGIN_OUT);
}

/* Cancelled after so many turns of the main loop, whatever goes on then: exactly one callback. */
static void
test_cancel_anywhere (void)
{
  for (guint turns = 0; turns < 40; turns++) {
    g_autoptr (TestServer) server = test_server_new (turns % 2 ? script_big : script_echo, NULL);
    g_autoptr (OpenimApi) api = api_for (server, "");
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_auto (Outcome) outcome = { 0 };

    openim_api_call_async (api, "/x", NULL, cancellable, on_done, &outcome);
    for (guint i = 0; i < turns; i++)
      g_main_context_iteration (NULL, FALSE);
    g_cancellable_cancel (cancellable);
    test_until (outcome.done);
    g_cancellable_cancel (cancellable);
    while (g_main_context_iteration (NULL, FALSE))
      ;
    g_assert_cmpint (outcome.done, ==, 1);
  }
}

static void
test_abort (void)
{
  g_autoptr (TestServer) server = test_server_new (script_silent, NULL);
  OpenimApi *api = api_for (server, "");
  gpointer gone = api;
  Outcome outcomes[20] = { 0 };

  g_object_add_weak_pointer (G_OBJECT (api), &gone);
  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    openim_api_call_async (api, "/x", NULL, NULL, on_done, &outcomes[i]);
  test_until (test_server_connections (server) >= 4);
  test_run_for (50);
  g_assert_cmpuint (test_server_most_at_once (server), <=, 6);
  openim_api_abort (api);
  g_object_unref (api);
  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++) {
    test_until (outcomes[i].done);
    g_assert_cmpint (outcomes[i].code, ==, OPENIM_ERROR_LOGIN_OUT);
    outcome_clear (&outcomes[i]);
  }
  test_until (gone == NULL);
}

static void
test_nobody_there (void)
{
  g_autoptr (TestServer) server = test_server_new (script_silent, NULL);
  g_autoptr (OpenimApi) api = api_for (server, "");
  g_auto (Outcome) outcome = { 0 };

  g_clear_pointer (&server, test_server_free);
  openim_api_call_async (api, "/x", NULL, NULL, on_done, &outcome);
  test_until (outcome.done);
  g_assert_cmpint (outcome.code, ==, OPENIM_ERROR_NETWORK);
  g_assert_nonnull (strstr (outcome.message, "Nothing answers"));
}

static void
script_tls (TestPeer *peer, guint number, gconstpointer data)
{
  g_autofree char *request = test_peer_read_request (peer);
  g_assert_null (request); /* the token must not be there */
}

static void
test_certificate (void)
{
  g_autoptr (TestServer) server = test_server_new_tls (script_tls, NULL);
  g_autofree char *url = test_server_url (server, "https", "");
  g_autoptr (OpenimApi) api = openim_api_new (url, NULL, NULL);
  g_auto (Outcome) outcome = { 0 };
  GTlsCertificateFlags flags = 0;

  openim_api_call_async (api, "/x", NULL, NULL, on_done, &outcome);
  test_until (outcome.done);
  g_assert_true (openim_error_get_certificate (outcome.code, &flags));
  g_assert_cmpuint (flags, ==, G_TLS_CERTIFICATE_UNKNOWN_CA | G_TLS_CERTIFICATE_BAD_IDENTITY);
  g_assert_nonnull (strstr (outcome.message, "certificate"));
  g_assert_nonnull (strstr (outcome.message, "another name"));
  g_assert_nonnull (strstr (outcome.message, "nobody"));
}

static void
test_no_tls (void)
{
  g_autoptr (TestServer) server = test_server_new (script_raw, "HTTP/1.1 400 Bad Request\r\n\r\n");
  g_autofree char *url = test_server_url (server, "https", "");
  g_autoptr (OpenimApi) api = openim_api_new (url, NULL, NULL);
  g_auto (Outcome) outcome = { 0 };

  openim_api_set_deadline (api, 2000);
  openim_api_call_async (api, "/x", NULL, NULL, on_done, &outcome);
  test_until (outcome.done);
  g_assert_true (outcome.code == OPENIM_ERROR_NETWORK || outcome.code == OPENIM_ERROR_TIMEOUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api/addresses", test_addresses);
  g_test_add_func ("/api/success", test_success);
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *name = g_strconcat ("/api/answer/", answers[i].name, NULL);
    g_test_add_data_func (name, &answers[i], test_answer);
  }
  g_test_add_func ("/api/deep", test_deep);
  g_test_add_func ("/api/token", test_token);
  g_test_add_func ("/api/redirect", test_redirect);
  g_test_add_func ("/api/timeout", test_timeout);
  g_test_add_func ("/api/broken", test_broken);
  g_test_add_func ("/api/huge", test_huge);
  g_test_add_func ("/api/big", test_big);
  g_test_add_func ("/api/cancel", test_cancel);
  g_test_add_func ("/api/cancel-anywhere", test_cancel_anywhere);
  g_test_add_func ("/api/abort", test_abort);
  g_test_add_func ("/api/nobody-there", test_nobody_there);
  g_test_add_func ("/api/certificate", test_certificate);
  g_test_add_func ("/api/no-tls", test_no_tls);
  return g_test_run ();
}
