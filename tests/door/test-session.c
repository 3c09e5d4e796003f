/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Start, login, logout; the connection and how it ends. */

#include <string.h>

#include "world.h"

#define SECRET "openIM123" /* of the local server */

static int
login_status (Visitor *visitor)
{
  g_autofree Openim__Init__GetLoginStatusResp *response =
      visitor_call (visitor, FUNCTION (GetLoginStatus), NULL);

  return response->status;
}

static int
init_refused (Visitor *visitor, const char *api, const char *ws, const char *directory, int platform)
{
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq request = OPENIM__INIT__INIT_SDKREQ__INIT;

  config.platform = platform;
  config.apiaddr = (char *) api;
  config.wsaddr = (char *) ws;
  config.datadir = (char *) directory;
  request.config = &config;
  return visitor_refused (visitor, FUNCTION (InitSDK), &request);
}

static int
login_refused (Visitor *visitor, const char *user_id, const char *token)
{
  Openim__Init__LoginReq request = OPENIM__INIT__LOGIN_REQ__INIT;

  request.userid = (char *) user_id;
  request.token = (char *) token;
  return visitor_refused (visitor, FUNCTION (Login), &request);
}

static void
test_init (void)
{
  const char *api = "http://127.0.0.1:10002", *ws = "ws://127.0.0.1:10001";
  Visitor *visitor = visitor_new (NULL);

  g_assert_cmpint (login_status (visitor), ==, OPENIM__INIT__LOGIN_STATUS__Default);
  g_assert_cmpint (visitor_refused (visitor, FUNCTION (InitSDK), NULL), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (init_refused (visitor, "", ws, "/tmp", 7), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (init_refused (visitor, "ftp://host", ws, "/tmp", 7), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (init_refused (visitor, api, "", "/tmp", 7), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (init_refused (visitor, api, "http://127.0.0.1:10001", "/tmp", 7), ==,
                   OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (init_refused (visitor, api, ws, "", 7), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (init_refused (visitor, api, ws, "/tmp", 0), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (login_refused (visitor, "ann", "token"), ==, OPENIM_ERROR_NOT_INIT);

  visitor_init (visitor, api, ws);
  g_assert_cmpint (login_refused (visitor, "", "token"), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (login_refused (visitor, "ann", ""), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (login_refused (visitor, "two words", "token"), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (login_status (visitor), ==, OPENIM__INIT__LOGIN_STATUS__Default);
  visitor_do (visitor, FUNCTION (NetworkStatusChanged), NULL);
  visitor_do (visitor, FUNCTION (Log), NULL);

  visitor_leave (visitor);
  proves_functions (FUNCTION (InitSDK), FUNCTION (GetLoginStatus), FUNCTION (Log), 0);
}

/* A folder that cannot be made: the login fails, and another one is possible. */
static void
test_no_store (void)
{
  Visitor *visitor = visitor_new ("/dev/null/nowhere");

  visitor_init (visitor, "http://127.0.0.1:10002", "ws://127.0.0.1:10001");
  g_assert_cmpint (login_refused (visitor, "ann", "token"), ==, OPENIM_ERROR_INTERNAL);
  g_assert_cmpint (login_status (visitor), ==, OPENIM__INIT__LOGIN_STATUS__Default);
  visitor_leave (visitor);
}

/* The numbers @first… come in this order, others may stand between. */
static void
assert_order (Visitor *visitor, int first, ...)
{
  const GArray *order = visitor_order (visitor);
  int number = first;
  va_list numbers;

  va_start (numbers, first);
  for (guint i = 0; i < order->len && number != 0; i++) {
    if (g_array_index (order, int, i) == number)
      number = va_arg (numbers, int);
  }
  va_end (numbers);
  if (number != 0)
    story_fail ("%s does not come in its turn", openim_event_get_name (number));
}

static gboolean
is_whole (gconstpointer data, gconstpointer what)
{
  return ((const Openim__Event__EventOnSyncServerProgressData *) data)->progress == 100;
}

static void
test_login (void)
{
  Server *server = server_start (NULL, FALSE);
  Person *ann = person_new (server, "ann", "Ann");
  Visitor *visitor = visitor_new (NULL);
  g_autofree char *token = server_token (server, "ann", PLATFORM_LINUX);
  g_autofree Openim__Event__EventOnSyncServerStartData *start = NULL;
  g_autofree Openim__Event__EventOnSyncServerFinishData *finish = NULL;

  visitor_enter (visitor, server, "ann", token);
  g_assert_cmpint (login_status (visitor), ==, OPENIM__INIT__LOGIN_STATUS__Logged);
  g_assert_cmpint (login_refused (visitor, "ann", token), ==, OPENIM_ERROR_LOGIN_REPEAT);
  g_assert_cmpint (init_refused (visitor, server->api, server->ws, "/tmp", 7), ==, OPENIM_ERROR_LOGIN_REPEAT);

  /* The first login of this user here. */
  start = visitor_hear (visitor, EVENT (SyncServerStart), NULL, NULL);
  openim_pb_free (visitor_hear (visitor, EVENT (SyncServerProgress), is_whole, NULL));
  finish = visitor_hear (visitor, EVENT (SyncServerFinish), NULL, NULL);
  g_assert_true (start->reinstalled);
  g_assert_true (finish->reinstalled);
  assert_order (visitor, FUNCTION (Login), EVENT (Connecting), EVENT (ConnectSuccess),
                EVENT (SyncServerStart), EVENT (SyncServerProgress), EVENT (SyncServerFinish), 0);
  proves_events (EVENT (Connecting), EVENT (ConnectSuccess), EVENT (SyncServerStart),
                 EVENT (SyncServerProgress), EVENT (SyncServerFinish), 0);

  /* Out, and in again: what was synchronised stays. */
  visitor_do (visitor, FUNCTION (Logout), NULL);
  g_assert_cmpint (login_status (visitor), ==, OPENIM__INIT__LOGIN_STATUS__Default);
  visitor_enter (visitor, server, "ann", token);
  g_clear_pointer (&start, g_free);
  start = visitor_hear (visitor, EVENT (SyncServerStart), NULL, NULL);
  g_assert_false (start->reinstalled);
  visitor_heard (visitor, EVENT (SyncServerFinish));

  /* A new network. */
  visitor_do (visitor, FUNCTION (NetworkStatusChanged), NULL);
  visitor_heard (visitor, EVENT (ConnectSuccess));
  visitor_heard (visitor, EVENT (ConnectSuccess));
  visitor_heard (visitor, EVENT (ConnectSuccess));

  visitor_leave (visitor);
  person_free (ann);
  server_stop (server);
  proves_functions (FUNCTION (Login), FUNCTION (Logout), FUNCTION (NetworkStatusChanged), 0);
}

/* What is outstanding at a logout is answered, before the logout. */
static void
test_logout_with_calls (void)
{
  Server *server = server_start (NULL, FALSE);
  Fault *fault = fault_start (server, 1);
  Person *ann = person_new (server, "ann", "Ann");
  Visitor *visitor = visitor_new (NULL);
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  g_autofree char *token = server_token (server, "ann", PLATFORM_LINUX);
  char *ids[] = { (char *) "nobody" };
  guint64 question, logout;
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;

  visitor_init (visitor, fault->api, fault->ws);
  login.userid = (char *) "ann";
  login.token = token;
  visitor_do (visitor, FUNCTION (Login), &login);
  visitor_heard (visitor, EVENT (SyncServerFinish));

  fault_set (fault, "api half-open 1");
  request.n_userids = 1;
  request.userids = ids;
  question = visitor_ask (visitor, FUNCTION (GetUsersInfo), &request);
  logout = visitor_ask (visitor, FUNCTION (Logout), NULL);
  g_assert_cmpint (visitor_answer (visitor, question, FUNCTION (GetUsersInfo), NULL), ==,
                   OPENIM_ERROR_LOGIN_OUT);
  g_assert_cmpint (visitor_answer (visitor, logout, FUNCTION (Logout), NULL), ==, 0);
  assert_order (visitor, FUNCTION (GetUsersInfo), FUNCTION (Logout), 0);

  visitor_leave (visitor);
  person_free (ann);
  fault_stop (fault);
  server_stop (server);
}

static gboolean
on_time (gpointer past)
{
  *(gboolean *) past = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
is_past (gpointer past)
{
  return *(gboolean *) past;
}

/* Tokens of one second are the same token, and live for whole seconds. */
static void
wait_for_second (guint seconds)
{
  gint64 rest = seconds * G_USEC_PER_SEC - g_get_real_time () % G_USEC_PER_SEC;
  gboolean past = FALSE;

  g_timeout_add (rest / 1000 + 1, on_time, &past);
  g_assert_true (story_wait (is_past, &past, 0));
}

static void
test_kick (void)
{
  Server *server = server_start (NULL, FALSE);
  Person *ann = person_new (server, "ann", "Ann");
  Visitor *visitor = visitor_new (NULL), *other = visitor_new (NULL);

  visitor_login (visitor, server, "ann");
  wait_for_second (1);
  visitor_login (other, server, "ann"); /* the same platform */
  visitor_heard (visitor, EVENT (KickedOffline));
  g_assert_cmpint (login_status (visitor), ==, OPENIM__INIT__LOGIN_STATUS__Default);
  g_assert_cmpint (visitor_refused (visitor, FUNCTION (GetFriends), NULL), ==, OPENIM_ERROR_NOT_LOGIN);

  /* That was no end: */
  wait_for_second (1);
  visitor_login (visitor, server, "ann");
  visitor_heard (other, EVENT (KickedOffline));

  visitor_leave (visitor);
  visitor_leave (other);
  person_free (ann);
  server_stop (server);
  proves_events (EVENT (KickedOffline), 0);
}

static void
test_bad_token (void)
{
  Server *server = server_start (NULL, FALSE);
  Person *ann = person_new (server, "ann", "Ann");
  Visitor *visitor = visitor_new (NULL);
  Openim__Event__EventOnUserTokenInvalidData *data;

  visitor_enter (visitor, server, "ann", "no.token.atall");
  data = visitor_hear (visitor, EVENT (UserTokenInvalid), NULL, NULL);
  g_assert_cmpstr (data->errmsg, !=, "");
  openim_pb_free (data);
  g_assert_cmpint (login_status (visitor), ==, OPENIM__INIT__LOGIN_STATUS__Default);

  visitor_leave (visitor);
  person_free (ann);
  server_stop (server);
  proves_events (EVENT (UserTokenInvalid), 0);
}

/* Base64 as in a token. (transfer full) */
static char *
encode (const void *data, gsize length)
{
  char *text = g_base64_encode (data, length);

  g_strdelimit (g_strdelimit (text, "+", '-'), "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

/* A token of Ann's that the server has signed and that is no longer good. (transfer full) */
static char *
make_old_token (void)
{
  const char *head = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  gint64 end = g_get_real_time () / G_USEC_PER_SEC - 60;
  g_autofree char *claims = g_strdup_printf ("{\"UserID\":\"ann\",\"PlatformID\":7,\"exp\":%" G_GINT64_FORMAT
                                             ",\"iat\":%" G_GINT64_FORMAT "}",
                                             end, end - 60);
  g_autofree char *first = encode (head, strlen (head));
  g_autofree char *second = encode (claims, strlen (claims));
  g_autofree char *both = g_strdup_printf ("%s.%s", first, second);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) SECRET, strlen (SECRET));
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autofree char *third = NULL;

  g_hmac_update (hmac, (const guchar *) both, -1);
  g_hmac_get_digest (hmac, digest, &length);
  third = encode (digest, length);
  return g_strdup_printf ("%s.%s", both, third);
}

static void
test_old_token (void)
{
  Server *server = server_start (NULL, FALSE);
  Visitor *visitor = visitor_new (NULL);
  g_autofree char *token = make_old_token ();

  person_free (person_new (server, "ann", "Ann"));
  visitor_enter (visitor, server, "ann", token);
  visitor_heard (visitor, EVENT (UserTokenExpired));
  g_assert_cmpint (login_status (visitor), ==, OPENIM__INIT__LOGIN_STATUS__Default);

  visitor_leave (visitor);
  server_stop (server);
  proves_events (EVENT (UserTokenExpired), 0);
}

/* Nobody there, then somebody: the login holds, and the connection comes by itself. */
static void
test_connection (void)
{
  Server *server = server_start (NULL, FALSE);
  Fault *fault = fault_start (server, 1);
  Person *ann = person_new (server, "ann", "Ann");
  Visitor *visitor = visitor_new (NULL);
  Openim__Init__LoginReq request = OPENIM__INIT__LOGIN_REQ__INIT;
  Openim__Event__EventOnConnectFailedData *data;
  g_autofree char *token = server_token (server, "ann", PLATFORM_LINUX);

  fault_set (fault, "ws refuse 1");
  visitor_init (visitor, fault->api, fault->ws);
  request.userid = (char *) "ann";
  request.token = token;
  visitor_do (visitor, FUNCTION (Login), &request);
  data = visitor_hear (visitor, EVENT (ConnectFailed), NULL, NULL);
  g_assert_cmpint (data->errcode, ==, OPENIM_ERROR_NETWORK);
  g_assert_cmpstr (data->errmsg, !=, "");
  openim_pb_free (data);
  g_assert_cmpint (login_status (visitor), ==, OPENIM__INIT__LOGIN_STATUS__Logged);

  fault_set (fault, "ws refuse 0");
  visitor_do (visitor, FUNCTION (NetworkStatusChanged), NULL);
  visitor_heard (visitor, EVENT (ConnectSuccess));
  visitor_heard (visitor, EVENT (SyncServerStart));
  visitor_heard (visitor, EVENT (SyncServerFinish));
  proves_events (EVENT (ConnectFailed), 0);

  /* A sync that is cut off says so, and the next one makes up for it. */
  visitor_do (visitor, FUNCTION (Logout), NULL);
  fault_set (fault, "api half-open 1");
  visitor_do (visitor, FUNCTION (Login), &request);
  visitor_heard (visitor, EVENT (SyncServerStart));
  fault_set (fault, "ws reset");
  visitor_heard (visitor, EVENT (SyncServerFailed));
  fault_set (fault, "clear");
  visitor_heard (visitor, EVENT (SyncServerFinish));
  proves_events (EVENT (SyncServerFailed), 0);

  visitor_leave (visitor);
  person_free (ann);
  fault_stop (fault);
  server_stop (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/session/init", test_init);
  g_test_add_func ("/door/session/no-store", test_no_store);
  g_test_add_func ("/door/session/login", test_login);
  g_test_add_func ("/door/session/logout-with-calls", test_logout_with_calls);
  g_test_add_func ("/door/session/kick", test_kick);
  g_test_add_func ("/door/session/bad-token", test_bad_token);
  g_test_add_func ("/door/session/old-token", test_old_token);
  g_test_add_func ("/door/session/connection", test_connection);

  return g_test_run ();
}
