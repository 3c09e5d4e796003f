/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Friend requests: made, answered, repeated, withdrawn by the server, and heard of by everybody whom they
 * concern. */

#include <sqlite3.h>

#include "world.h"

#define assert_order(visitor, first, second)                                                                 \
  g_assert_cmpuint (visitor_place (visitor, first), <, visitor_place (visitor, second))

static const int request_events[] = { EVENT (FriendApplicationAdded), EVENT (FriendApplicationDeleted),
                                      EVENT (FriendApplicationAccepted), EVENT (FriendApplicationRejected) };

typedef struct {
  const char *from;
  const char *to;
} Pair;

/* The data of the four events are alike. */
static gboolean
is_request (gconstpointer data, gconstpointer what)
{
  const OpenimFriendRequest *request =
      ((const Openim__Event__EventOnFriendApplicationAddedData *) data)->request;
  const Pair *pair = what;

  return g_str_equal (request->fromuserid, pair->from) && g_str_equal (request->touserid, pair->to);
}

static gboolean
is_friend (gconstpointer data, gconstpointer id)
{
  return g_str_equal (((const Openim__Event__EventOnFriendAddedData *) data)->friend_->frienduserid, id);
}

/* (transfer full) */
static OpenimFriendRequest *
hear_request (Visitor *visitor, int event, const char *from, const char *to)
{
  const Pair pair = { from, to };
  Openim__Event__EventOnFriendApplicationAddedData *data = visitor_hear (visitor, event, is_request, &pair);
  OpenimFriendRequest *request = g_steal_pointer (&data->request);

  openim_pb_free (data);
  return request;
}

static void
check_request (const OpenimFriendRequest *request, const char *text, int result, const char *answer)
{
  g_assert_cmpstr (request->reqmsg, ==, text);
  g_assert_cmpint (request->handleresult, ==, result);
  g_assert_cmpstr (request->handlemsg, ==, answer);
  g_assert_cmpint (request->createtime, >, G_GINT64_CONSTANT (1000000000000)); /* ms */
}

static void
ask (Visitor *visitor, const char *user, const char *text)
{
  Openim__Sdk__Relation__AddFriendReq request = OPENIM__SDK__RELATION__ADD_FRIEND_REQ__INIT;

  request.userid = (char *) user;
  request.reqmsg = (char *) text;
  request.ex = (char *) "{\"from\":\"a list\"}";
  visitor_do (visitor, FUNCTION (AddFriend), &request);
}

static int
ask_refused (Visitor *visitor, const char *user)
{
  Openim__Sdk__Relation__AddFriendReq request = OPENIM__SDK__RELATION__ADD_FRIEND_REQ__INIT;

  request.userid = (char *) user;
  return visitor_refused (visitor, FUNCTION (AddFriend), &request);
}

static void
handle (Visitor *visitor, const char *user, int status, const char *text)
{
  Openim__Sdk__Relation__HandleFriendRequestReq request =
      OPENIM__SDK__RELATION__HANDLE_FRIEND_REQUEST_REQ__INIT;

  request.userid = (char *) user;
  request.status = status;
  request.handlemsg = (char *) text;
  visitor_do (visitor, FUNCTION (HandlerFriendRequest), &request);
}

static int
handle_refused (Visitor *visitor, const char *user, int status)
{
  Openim__Sdk__Relation__HandleFriendRequestReq request =
      OPENIM__SDK__RELATION__HANDLE_FRIEND_REQUEST_REQ__INIT;

  request.userid = (char *) user;
  request.status = status;
  return visitor_refused (visitor, FUNCTION (HandlerFriendRequest), &request);
}

/* (transfer full) */
static Openim__Sdk__Relation__GetFriendRequestsResp *
requests (Visitor *visitor, gboolean sent)
{
  Openim__Sdk__Relation__GetFriendRequestsReq request = OPENIM__SDK__RELATION__GET_FRIEND_REQUESTS_REQ__INIT;

  request.send = sent;
  return visitor_call (visitor, FUNCTION (GetFriendRequests), &request);
}

static void
test_request_approved (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Relation__GetFriendRequestsResp *list;
  Openim__Event__EventOnFriendAddedData *added;
  OpenimFriendRequest *request;

  g_assert_cmpint (ask_refused (world->ann, "ann"), ==, OPENIM_ERROR_YOURSELF);
  g_assert_cmpint (ask_refused (world->ann, "nobody"), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (ask_refused (world->ann, ""), ==, OPENIM_ERROR_ARGS);

  ask (world->ann, "bob", "Let me in");
  assert_order (world->ann, EVENT (FriendApplicationAdded), FUNCTION (AddFriend));
  request = hear_request (world->ann, EVENT (FriendApplicationAdded), "ann", "bob");
  check_request (request, "Let me in", 0, "");
  g_assert_cmpstr (request->tonickname, ==, "Bob");
  openim_pb_free (request);
  request = hear_request (world->bob, EVENT (FriendApplicationAdded), "ann", "bob");
  check_request (request, "Let me in", 0, "");
  g_assert_cmpstr (request->fromnickname, ==, "Ann");
  g_assert_cmpstr (request->ex, ==, "{\"from\":\"a list\"}");
  openim_pb_free (request);

  list = requests (world->ann, TRUE);
  g_assert_cmpuint (list->n_requests, ==, 1);
  g_assert_cmpstr (list->requests[0]->touserid, ==, "bob");
  openim_pb_free (list);
  list = requests (world->ann, FALSE);
  g_assert_cmpuint (list->n_requests, ==, 0);
  openim_pb_free (list);

  g_assert_cmpint (handle_refused (world->bob, "ann", 0), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (handle_refused (world->bob, "ann", 7), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (handle_refused (world->bob, "nobody", 1), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (handle_refused (world->ann, "bob", 1), ==, OPENIM_ERROR_NOT_FOUND); /* it is hers */

  handle (world->bob, "ann", 1, "Welcome");
  assert_order (world->bob, EVENT (FriendAdded), EVENT (FriendApplicationAccepted));
  assert_order (world->bob, EVENT (FriendApplicationAccepted), FUNCTION (HandlerFriendRequest));
  request = hear_request (world->bob, EVENT (FriendApplicationAccepted), "ann", "bob");
  check_request (request, "Let me in", 1, "Welcome");
  g_assert_cmpstr (request->handleruserid, ==, "bob");
  g_assert_cmpint (request->handletime, >=, request->createtime);
  openim_pb_free (request);
  added = visitor_hear (world->bob, EVENT (FriendAdded), is_friend, "ann");
  g_assert_cmpstr (added->friend_->nickname, ==, "Ann");
  openim_pb_free (added);

  request = hear_request (world->ann, EVENT (FriendApplicationAccepted), "ann", "bob");
  check_request (request, "Let me in", 1, "Welcome");
  openim_pb_free (request);
  openim_pb_free (visitor_hear (world->ann, EVENT (FriendAdded), is_friend, "bob"));
  assert_order (world->ann, EVENT (FriendAdded), EVENT (FriendApplicationAccepted));

  list = requests (world->bob, FALSE);
  g_assert_cmpuint (list->n_requests, ==, 1);
  check_request (list->requests[0], "Let me in", 1, "Welcome");
  openim_pb_free (list);

  g_assert_cmpint (handle_refused (world->bob, "ann", 1), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (handle_refused (world->bob, "ann", -1), ==, 1305);
  g_assert_cmpint (ask_refused (world->ann, "bob"), ==, 1304);

  /* Everything once, whatever was told twice. */
  person_reaches (world->bob_phone, world->ann, "ann");
  person_reaches (world->ann_phone, world->bob, "bob");
  for (guint i = 0; i < 2; i++) {
    Visitor *visitor = i == 0 ? world->ann : world->bob;

    g_assert_cmpuint (visitor_count (visitor, EVENT (FriendApplicationAdded)), ==, 1);
    g_assert_cmpuint (visitor_count (visitor, EVENT (FriendApplicationAccepted)), ==, 1);
    g_assert_cmpuint (visitor_count (visitor, EVENT (FriendAdded)), ==, 1);
  }

  world_free (world);
  proves_functions (FUNCTION (AddFriend), FUNCTION (GetFriendRequests), FUNCTION (HandlerFriendRequest), 0);
  proves_events (EVENT (FriendApplicationAdded), EVENT (FriendApplicationAccepted), EVENT (FriendAdded), 0);
}

static void
test_request_rejected (void)
{
  World *world = world_new (FALSE);
  OpenimFriendRequest *request;

  ask (world->ann, "bob", "Let me in");
  openim_pb_free (hear_request (world->bob, EVENT (FriendApplicationAdded), "ann", "bob"));
  handle (world->bob, "ann", -1, "No");
  assert_order (world->bob, EVENT (FriendApplicationRejected), FUNCTION (HandlerFriendRequest));
  request = hear_request (world->bob, EVENT (FriendApplicationRejected), "ann", "bob");
  check_request (request, "Let me in", -1, "No");
  openim_pb_free (request);
  request = hear_request (world->ann, EVENT (FriendApplicationRejected), "ann", "bob");
  check_request (request, "Let me in", -1, "No");
  openim_pb_free (request);
  g_assert_cmpint (handle_refused (world->bob, "ann", -1), ==, 1305);
  g_assert_cmpint (handle_refused (world->bob, "ann", 1), ==, OPENIM_ERROR_ARGS);

  /* Asked again it is open again. */
  ask (world->ann, "bob", "Please");
  openim_pb_free (hear_request (world->ann, EVENT (FriendApplicationAdded), "ann", "bob"));
  request = hear_request (world->ann, EVENT (FriendApplicationAdded), "ann", "bob");
  check_request (request, "Please", 0, "");
  openim_pb_free (request);
  request = hear_request (world->bob, EVENT (FriendApplicationAdded), "ann", "bob");
  check_request (request, "Please", 0, "");
  openim_pb_free (request);
  handle (world->bob, "ann", -1, "No, again");
  request = hear_request (world->ann, EVENT (FriendApplicationRejected), "ann", "bob");
  check_request (request, "Please", -1, "No, again");
  openim_pb_free (request);

  person_reaches (world->bob_phone, world->ann, "ann");
  g_assert_cmpuint (visitor_count (world->ann, EVENT (FriendApplicationRejected)), ==, 2);
  g_assert_cmpuint (visitor_count (world->ann, EVENT (FriendApplicationAdded)), ==, 2);
  g_assert_cmpuint (visitor_count (world->ann, EVENT (FriendAdded)), ==, 0);

  world_free (world);
  proves_functions (FUNCTION (HandlerFriendRequest), 0);
  proves_events (EVENT (FriendApplicationRejected), 0);
}

/* One of them settles both. */
static void
test_requests_cross (void)
{
  World *world = world_new (FALSE);

  ask (world->ann, "bob", "You and I");
  openim_pb_free (hear_request (world->bob, EVENT (FriendApplicationAdded), "ann", "bob"));
  ask (world->bob, "ann", "I and you");
  openim_pb_free (hear_request (world->ann, EVENT (FriendApplicationAdded), "bob", "ann"));
  handle (world->bob, "ann", 1, "");
  assert_order (world->bob, EVENT (FriendApplicationAccepted), FUNCTION (HandlerFriendRequest));
  g_assert_cmpuint (visitor_count (world->bob, EVENT (FriendApplicationAccepted)), ==, 2);
  g_assert_cmpuint (visitor_count (world->bob, EVENT (FriendAdded)), ==, 1);
  openim_pb_free (hear_request (world->ann, EVENT (FriendApplicationAccepted), "bob", "ann"));
  g_assert_cmpuint (visitor_count (world->ann, EVENT (FriendAdded)), ==, 1);

  world_free (world);
}

/* Another device of one's own asks and answers. */
static void
test_request_elsewhere (void)
{
  World *world = world_new (FALSE);

  person_does (world->ann_phone, "/friend/add_friend",
               "{'fromUserID':'ann','toUserID':'bob','reqMsg':'from the telephone'}");
  openim_pb_free (hear_request (world->ann, EVENT (FriendApplicationAdded), "ann", "bob"));
  openim_pb_free (hear_request (world->bob, EVENT (FriendApplicationAdded), "ann", "bob"));
  person_does (world->bob_phone, "/friend/add_friend_response",
               "{'fromUserID':'ann','toUserID':'bob','handleResult':1}");
  openim_pb_free (hear_request (world->bob, EVENT (FriendApplicationAccepted), "ann", "bob"));
  assert_order (world->bob, EVENT (FriendAdded), EVENT (FriendApplicationAccepted));
  openim_pb_free (hear_request (world->ann, EVENT (FriendApplicationAccepted), "ann", "bob"));
  assert_order (world->ann, EVENT (FriendAdded), EVENT (FriendApplicationAccepted));

  world_free (world);
}

/* What older servers tell has no request in it. */
static void
test_request_of_old_server (void)
{
  World *world = world_new_at (server_start_option ("--behave", "3.8.3"), FALSE);
  OpenimFriendRequest *request;

  ask (world->ann, "bob", "Let me in");
  request = hear_request (world->bob, EVENT (FriendApplicationAdded), "ann", "bob");
  check_request (request, "Let me in", 0, "");
  openim_pb_free (request);
  handle (world->bob, "ann", -1, "No");
  request = hear_request (world->ann, EVENT (FriendApplicationRejected), "ann", "bob");
  check_request (request, "Let me in", -1, "No");
  openim_pb_free (request);

  world_free (world);
}

/* Of what happens while one is away one hears at the next login, once and in order. */
static void
test_requests_while_away (void)
{
  g_autofree char *directory = g_dir_make_tmp ("openim-away-XXXXXX", NULL);
  Server *server = server_start (NULL, FALSE);
  Person *bob = person_new (server, "bob", "Bob"), *carl = person_new (server, "carl", "Carl"),
         *dora = person_new (server, "dora", "Dora");
  Visitor *visitor;
  OpenimFriendRequest *request;

  visitor = visitor_new (directory);
  visitor_login (visitor, server, "bob");
  ask (visitor, "carl", "It is me");
  ask (visitor, "dora", "It is me");
  visitor_leave (visitor);

  person_does (carl, "/friend/add_friend_response",
               "{'fromUserID':'bob','toUserID':'carl','handleResult':1,'handleMsg':'Hello'}");
  person_does (dora, "/friend/add_friend_response",
               "{'fromUserID':'bob','toUserID':'dora','handleResult':-1,'handleMsg':'Who?'}");
  person_does (dora, "/friend/add_friend", "{'fromUserID':'dora','toUserID':'bob','reqMsg':'Ah, it is you'}");

  visitor = visitor_new (directory);
  visitor_login (visitor, server, "bob");
  request = hear_request (visitor, EVENT (FriendApplicationAdded), "dora", "bob");
  check_request (request, "Ah, it is you", 0, "");
  openim_pb_free (request);
  request = hear_request (visitor, EVENT (FriendApplicationAccepted), "bob", "carl");
  check_request (request, "It is me", 1, "Hello");
  openim_pb_free (request);
  request = hear_request (visitor, EVENT (FriendApplicationRejected), "bob", "dora");
  check_request (request, "It is me", -1, "Who?");
  openim_pb_free (request);
  assert_order (visitor, EVENT (FriendAdded), EVENT (FriendApplicationAccepted));
  for (guint i = 0; i < G_N_ELEMENTS (request_events); i++) {
    const int event = request_events[i];

    g_assert_cmpuint (visitor_count (visitor, event), ==, event != EVENT (FriendApplicationDeleted));
    if (event != EVENT (FriendApplicationDeleted)) {
      assert_order (visitor, EVENT (SyncServerStart), event);
      assert_order (visitor, event, EVENT (SyncServerFinish));
    }
  }
  visitor_leave (visitor);

  /* Nothing has happened since. */
  visitor = visitor_new (directory);
  visitor_login (visitor, server, "bob");
  for (guint i = 0; i < G_N_ELEMENTS (request_events); i++)
    g_assert_cmpuint (visitor_count (visitor, request_events[i]), ==, 0);
  visitor_leave (visitor);

  folder_remove (directory);
  person_free (bob);
  person_free (carl);
  person_free (dora);
  server_stop (server);
}

/* The keeper of the server takes a request away, which no program of a user can. */
static void
test_request_vanishes (void)
{
  g_autofree char *directory = g_dir_make_tmp ("openim-data-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (directory, "server.db", NULL);
  World *world = world_new_at (server_start_option ("--data", file), FALSE);
  Openim__Sdk__Relation__GetFriendRequestsResp *list;
  OpenimFriendRequest *request;
  sqlite3 *db = NULL;

  ask (world->ann, "bob", "Let me in");
  openim_pb_free (hear_request (world->bob, EVENT (FriendApplicationAdded), "ann", "bob"));

  g_assert_cmpint (sqlite3_open_v2 (file, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000);
  g_assert_cmpint (sqlite3_exec (db, "DELETE FROM friend_requests", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  list = requests (world->bob, FALSE);
  g_assert_cmpuint (list->n_requests, ==, 0);
  openim_pb_free (list);
  assert_order (world->bob, EVENT (FriendApplicationDeleted), FUNCTION (GetFriendRequests));
  request = hear_request (world->bob, EVENT (FriendApplicationDeleted), "ann", "bob");
  check_request (request, "Let me in", 0, "");
  openim_pb_free (request);

  world_free (world);
  folder_remove (directory);
  proves_events (EVENT (FriendApplicationDeleted), 0);
}

/* Without a network there is still what is known. */
static void
test_requests_offline (void)
{
  Server *server = server_start (NULL, FALSE);
  Person *ann = person_new (server, "ann", "Ann"), *bob = person_new (server, "bob", "Bob");
  Fault *fault = fault_start (server, 1);
  Visitor *visitor = visitor_new (NULL);
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  Openim__Sdk__Relation__GetFriendRequestsResp *list;
  g_autofree char *token = server_token (server, "bob", PLATFORM_LINUX);

  visitor_init (visitor, fault->api, fault->ws);
  login.userid = (char *) "bob";
  login.token = token;
  visitor_do (visitor, FUNCTION (Login), &login);
  visitor_heard (visitor, EVENT (SyncServerFinish));
  person_does (ann, "/friend/add_friend", "{'fromUserID':'ann','toUserID':'bob','reqMsg':'Hello'}");
  openim_pb_free (hear_request (visitor, EVENT (FriendApplicationAdded), "ann", "bob"));

  fault_set (fault, "api refuse 1");
  fault_set (fault, "api reset");
  list = requests (visitor, FALSE);
  g_assert_cmpuint (list->n_requests, ==, 1);
  g_assert_cmpstr (list->requests[0]->reqmsg, ==, "Hello");
  openim_pb_free (list);
  g_assert_cmpint (ask_refused (visitor, "ann"), ==, OPENIM_ERROR_NETWORK);

  visitor_leave (visitor);
  fault_stop (fault);
  person_free (ann);
  person_free (bob);
  server_stop (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/requests/approved", test_request_approved);
  g_test_add_func ("/door/requests/rejected", test_request_rejected);
  g_test_add_func ("/door/requests/cross", test_requests_cross);
  g_test_add_func ("/door/requests/elsewhere", test_request_elsewhere);
  g_test_add_func ("/door/requests/of-old-server", test_request_of_old_server);
  g_test_add_func ("/door/requests/while-away", test_requests_while_away);
  g_test_add_func ("/door/requests/vanishes", test_request_vanishes);
  g_test_add_func ("/door/requests/offline", test_requests_offline);

  return g_test_run ();
}
