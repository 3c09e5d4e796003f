/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The rules of calls and events, inside one process: when answers come, in which order, and that each comes.
 */

#include <glib/gstdio.h>
#include <string.h>

#include "init.pb-c.h"
#include "message.pb-c.h"
#include "relation.pb-c.h"
#include "user.pb-c.h"

#include "sdk/sdk.h"

#define FUNCTION(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name
#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOn##name

typedef struct {
  OpenimSdk *sdk;
  char *directory;
  GString *told; /* what came, in order: "name:code " */
  guint answers;
} Fixture;

static void
on_answer (
    OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true ((error == NULL) != (response == NULL));
  g_assert_cmpuint (handle, !=, 0);
  if (error != NULL)
    g_assert_true (error->domain == OPENIM_ERROR);
  g_string_append_printf (fixture->told, "%d ", error == NULL ? 0 : error->code);
  fixture->answers++;
}

static void
on_event (
    OpenimSdk *sdk, OpenimFunction event, guint64 handle, const ProtobufCMessage *data, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpuint (handle, !=, 0);
  g_assert_true (data->descriptor == openim_event_get_descriptor (event));
  g_string_append_printf (fixture->told, "%s ", openim_event_get_name (event) + strlen ("EventOn"));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->sdk = openim_sdk_new ();
  fixture->told = g_string_new (NULL);
  fixture->directory = g_dir_make_tmp ("openim-sdk-XXXXXX", NULL);
  openim_sdk_listen (fixture->sdk, on_event, fixture);
}

static gboolean
on_deadline (gpointer over)
{
  *(gboolean *) over = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Fixture *fixture, guint answers)
{
  gboolean over = FALSE;
  guint timer = g_timeout_add_seconds (20, on_deadline, &over);

  while (fixture->answers < answers) {
    g_assert_false (over);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (timer);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = NULL;
  gboolean over = FALSE;
  guint timer = g_timeout_add_seconds (20, on_deadline, &over);
  const char *name;

  /* A store that is still being opened keeps it a little longer; nothing keeps it for good. */
  g_object_add_weak_pointer (G_OBJECT (fixture->sdk), (gpointer *) &fixture->sdk);
  openim_sdk_close (fixture->sdk);
  g_object_unref (fixture->sdk);
  while (fixture->sdk != NULL) {
    g_assert_false (over);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (timer);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  dir = g_dir_open (fixture->directory, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (fixture->directory, name, NULL);

    g_remove (path);
  }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
  g_string_free (fixture->told, TRUE);
}

static guint64
ask (Fixture *fixture, OpenimFunction function, gconstpointer request)
{
  return openim_sdk_call (fixture->sdk, function, request, on_answer, fixture);
}

static guint64
init (Fixture *fixture)
{
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq request = OPENIM__INIT__INIT_SDKREQ__INIT;

  config.platform = OPENIM__SDK__COMMON__PLATFORM__Linux;
  config.apiaddr = (char *) "http://127.0.0.1:9"; /* where nobody listens */
  config.wsaddr = (char *) "ws://127.0.0.1:9";
  config.datadir = fixture->directory;
  request.config = &config;
  return ask (fixture, FUNCTION (InitSDK), &request);
}

static guint64
login (Fixture *fixture)
{
  Openim__Init__LoginReq request = OPENIM__INIT__LOGIN_REQ__INIT;

  request.userid = (char *) "ann";
  request.token = (char *) "a.b.c";
  return ask (fixture, FUNCTION (Login), &request);
}

/* Also what could be answered at once is answered later, in the order of the questions. */
static void
test_later (Fixture *fixture, gconstpointer data)
{
  ask (fixture, FUNCTION (Version), NULL);
  ask (fixture, FUNCTION (GetFriends), NULL);
  init (fixture);
  ask (fixture, FUNCTION (GetFriends), NULL);
  ask (fixture, 4711, NULL);
  g_assert_cmpstr (fixture->told->str, ==, "");
  wait_for (fixture, 5);
  g_assert_cmpstr (fixture->told->str, ==, "0 10008 0 10009 10007 ");
}

static void
test_handles (Fixture *fixture, gconstpointer data)
{
  guint64 first = ask (fixture, FUNCTION (Version), NULL);
  guint64 chosen =
      openim_sdk_call_with_handle (fixture->sdk, 77, FUNCTION (Version), NULL, on_answer, fixture);
  guint64 again =
      openim_sdk_call_with_handle (fixture->sdk, 77, FUNCTION (Version), NULL, on_answer, fixture);
  guint64 none = openim_sdk_call_with_handle (fixture->sdk, 0, FUNCTION (Version), NULL, NULL, NULL);

  g_assert_cmpuint (first, !=, 0);
  g_assert_cmpuint (chosen, ==, 77);
  g_assert_cmpuint (again, !=, 0);
  g_assert_cmpuint (again, !=, 77);
  g_assert_cmpuint (none, !=, 0);
  wait_for (fixture, 3);

  /* Free again. */
  g_assert_cmpuint (
      openim_sdk_call_with_handle (fixture->sdk, 77, FUNCTION (Version), NULL, on_answer, fixture), ==, 77);
  wait_for (fixture, 4);
}

static void
test_wrong_request (Fixture *fixture, gconstpointer data)
{
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  static const guint8 garbage[] = { 0xff, 0xff };

  ask (fixture, FUNCTION (Version), &request);
  openim_sdk_call_bytes (fixture->sdk, 0, FUNCTION (Version), garbage, sizeof garbage, on_answer, fixture);
  openim_sdk_call_bytes (fixture->sdk, 0, FUNCTION (Version), NULL, 0, on_answer, fixture);
  wait_for (fixture, 3);
  g_assert_cmpstr (fixture->told->str, ==, "10002 10002 0 ");
}

/* A login needs no server: what is stored can be read. */
static void
test_login (Fixture *fixture, gconstpointer data)
{
  Openim__Sdk__Message__CreateTextMessageReq text = OPENIM__SDK__MESSAGE__CREATE_TEXT_MESSAGE_REQ__INIT;

  init (fixture);
  login (fixture);
  login (fixture);
  wait_for (fixture, 3);
  g_assert_cmpstr (fixture->told->str, ==, "0 10102 0 ");
  g_string_truncate (fixture->told, 0);

  text.text = (char *) "hello";
  openim_sdk_listen (fixture->sdk, NULL, NULL);
  ask (fixture, FUNCTION (GetFriends), NULL);
  ask (fixture, FUNCTION (CreateTextMessage), &text);
  ask (fixture, FUNCTION (GetTotalUnreadMsgCount), NULL);
  wait_for (fixture, 6);
  g_assert_cmpstr (fixture->told->str, ==, "0 0 0 ");
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  guint64 handle;

  init (fixture);
  login (fixture);
  wait_for (fixture, 2);
  openim_sdk_listen (fixture->sdk, NULL, NULL);
  g_string_truncate (fixture->told, 0);

  handle = ask (fixture, FUNCTION (GetFriends), NULL);
  openim_sdk_cancel (fixture->sdk, handle);
  openim_sdk_cancel (fixture->sdk, handle);
  openim_sdk_cancel (fixture->sdk, 123456);
  g_assert_cmpstr (fixture->told->str, ==, "");
  wait_for (fixture, 3);
  g_assert_cmpstr (fixture->told->str, ==, "10101 ");

  /* What was given up does not come after all. */
  ask (fixture, FUNCTION (GetFriends), NULL);
  wait_for (fixture, 4);
  g_assert_cmpstr (fixture->told->str, ==, "10101 0 ");
}

static void
on_status (
    OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer user_data)
{
  *(int *) user_data = ((const Openim__Init__GetLoginStatusResp *) response)->status;
}

/* A login that is given up lets another one in. */
static void
test_cancel_login (Fixture *fixture, gconstpointer data)
{
  int status = 0;
  gboolean over = FALSE;
  guint timer = g_timeout_add_seconds (20, on_deadline, &over);

  init (fixture);
  openim_sdk_cancel (fixture->sdk, login (fixture));
  wait_for (fixture, 2);
  g_assert_cmpstr (fixture->told->str, ==, "0 10101 ");

  while (status != OPENIM__INIT__LOGIN_STATUS__Default) {
    g_assert_false (over);
    openim_sdk_call (fixture->sdk, FUNCTION (GetLoginStatus), NULL, on_status, &status);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (timer);
  login (fixture);
  wait_for (fixture, 3);
  g_assert_cmpstr (fixture->told->str, ==, "0 10101 0 ");
}

static void
test_logout (Fixture *fixture, gconstpointer data)
{
  init (fixture);
  login (fixture);
  wait_for (fixture, 2);
  openim_sdk_listen (fixture->sdk, NULL, NULL);
  g_string_truncate (fixture->told, 0);

  /* In, out, in: each waits for what was before. */
  ask (fixture, FUNCTION (GetFriends), NULL);
  ask (fixture, FUNCTION (Logout), NULL);
  ask (fixture, FUNCTION (GetFriends), NULL);
  login (fixture);
  wait_for (fixture, 6);
  g_assert_cmpstr (fixture->told->str, ==, "10101 10009 0 0 ");
  ask (fixture, FUNCTION (GetFriends), NULL);
  wait_for (fixture, 7);
  g_assert_cmpstr (fixture->told->str, ==, "10101 10009 0 0 0 ");
}

/* Everything is answered from inside, and nothing after it. */
static void
test_close (Fixture *fixture, gconstpointer data)
{
  init (fixture);
  login (fixture);
  wait_for (fixture, 2);
  g_string_truncate (fixture->told, 0);

  ask (fixture, FUNCTION (Version), NULL);
  ask (fixture, FUNCTION (GetFriends), NULL);
  openim_sdk_close (fixture->sdk);
  g_assert_cmpstr (fixture->told->str, ==, "0 10101 ");
  g_assert_cmpuint (ask (fixture, FUNCTION (Version), NULL), ==, 0);
  openim_sdk_close (fixture->sdk);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (fixture->told->str, ==, "0 10101 ");
}

static void
test_close_while_logging_in (Fixture *fixture, gconstpointer data)
{
  init (fixture);
  login (fixture);
  openim_sdk_close (fixture->sdk);
  g_assert_cmpstr (fixture->told->str, ==, "0 10101 ");
}

static void
close_inside (
    OpenimSdk *sdk, guint64 handle, const GError *error, const ProtobufCMessage *response, gpointer user_data)
{
  on_answer (sdk, handle, error, response, user_data);
  openim_sdk_close (sdk);
}

static void
test_close_inside_answer (Fixture *fixture, gconstpointer data)
{
  openim_sdk_call (fixture->sdk, FUNCTION (Version), NULL, close_inside, fixture);
  ask (fixture, FUNCTION (GetFriends), NULL);
  wait_for (fixture, 2);
  g_assert_cmpstr (fixture->told->str, ==, "0 10008 ");
}

/* The first thing that is heard of a connection that does not come about. */
static void
test_events (Fixture *fixture, gconstpointer data)
{
  gboolean over = FALSE;
  guint timer = g_timeout_add_seconds (20, on_deadline, &over);

  init (fixture);
  login (fixture);
  while (strstr (fixture->told->str, "ConnectFailed") == NULL) {
    g_assert_false (over);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (timer);
  g_assert_true (g_str_has_prefix (fixture->told->str, "0 0 Connecting ConnectFailed "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/sdk/calls/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("later", test_later);
  ADD ("handles", test_handles);
  ADD ("wrong-request", test_wrong_request);
  ADD ("login", test_login);
  ADD ("cancel", test_cancel);
  ADD ("cancel-login", test_cancel_login);
  ADD ("logout", test_logout);
  ADD ("close", test_close);
  ADD ("close-while-logging-in", test_close_while_logging_in);
  ADD ("close-inside-answer", test_close_inside_answer);
  ADD ("events", test_events);

  return g_test_run ();
}
