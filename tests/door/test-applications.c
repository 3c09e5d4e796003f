/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Applications to come into a group: made, listed and answered, as all who have to do with them hear of it.
 * The server is one that answers 1001 after it has let somebody in. */

#include "groups.h"

enum {
  LINE_INVITED = 1509,
  LINE_ENTERED = 1510,
};

/* (transfer full) who wants in where, as the list tells it. */
static char *
requests (Visitor *visitor, gboolean sent)
{
  Openim__Sdk__Group__GetGroupRequestReq request = OPENIM__SDK__GROUP__GET_GROUP_REQUEST_REQ__INIT;
  Openim__Sdk__Group__GetGroupRequestResp *response;
  GString *text = g_string_new (NULL);

  request.send = sent;
  response = visitor_call (visitor, FUNCTION (GetGroupRequest), &request);
  for (size_t i = 0; i < response->n_requests; i++)
    g_string_append_printf (text, "%s%s>%s %d %s", i > 0 ? ", " : "", response->requests[i]->userid,
                            response->requests[i]->groupid, response->requests[i]->handleresult,
                            response->requests[i]->handledmsg);
  openim_pb_free (response);
  return g_string_free (text, FALSE);
}

static void
assert_requests (Visitor *visitor, gboolean sent, const char *expected)
{
  g_autofree char *text = requests (visitor, sent);

  g_assert_cmpstr (text, ==, expected);
}

static int
handle_refused (Visitor *visitor, const char *group, const char *user, int status)
{
  Openim__Sdk__Group__HandlerGroupRequestReq request = OPENIM__SDK__GROUP__HANDLER_GROUP_REQUEST_REQ__INIT;

  request.groupid = (char *) group;
  request.fromuserid = (char *) user;
  request.status = status;
  return visitor_refused (visitor, FUNCTION (HandlerGroupRequest), &request);
}

static void
check_request (OpenimGroupRequest *request, int result, const char *answer)
{
  g_assert_cmpstr (request->userid, ==, "carl");
  g_assert_cmpstr (request->nickname, ==, "Carl");
  g_assert_cmpstr (request->groupid, ==, "team");
  g_assert_cmpstr (request->groupname, ==, "Team");
  g_assert_cmpstr (request->owneruserid, ==, "ann");
  g_assert_cmpstr (request->reqmsg, ==, "Let me in");
  g_assert_cmpstr (request->ex, ==, "{\"from\":\"a poster\"}");
  g_assert_cmpint (request->joinsource, ==, 3);
  g_assert_cmpint (request->reqtime, >, G_GINT64_CONSTANT (1000000000000)); /* ms */
  g_assert_cmpint (request->handleresult, ==, result);
  g_assert_cmpstr (request->handledmsg, ==, answer);
  g_assert_cmpstr (request->handleuserid, ==, result != 0 ? "ann" : "");
  g_assert_cmpint (request->handledtime != 0, ==, result != 0);
  openim_pb_free (request);
}

static void
test_accepted (void)
{
  Trio *trio = trio_new (NULL, TRUE);

  join (trio->carl, "team", "Let me in");
  assert_order (trio->carl, EVENT (GroupApplicationAdded), FUNCTION (JoinGroup));
  check_request (hear_request (trio->carl, EVENT (GroupApplicationAdded), "carl"), 0, "");
  check_request (hear_request (trio->ann, EVENT (GroupApplicationAdded), "carl"), 0, "");
  assert_requests (trio->carl, TRUE, "carl>team 0 ");
  assert_requests (trio->carl, FALSE, "");
  assert_requests (trio->ann, FALSE, "carl>team 0 ");
  assert_requests (trio->ann, TRUE, "");
  assert_requests (trio->bob, FALSE, "");

  g_assert_cmpint (handle_refused (trio->bob, "team", "carl", 1), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (handle_refused (trio->carl, "team", "carl", 1), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (handle_refused (trio->ann, "team", "nobody", 1), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (handle_refused (trio->ann, "nowhere", "carl", 1), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (handle_refused (trio->ann, "team", "carl", 0), ==, OPENIM_ERROR_ARGS);

  handle (trio->ann, "team", "carl", 1, "Welcome");
  check_request (hear_request (trio->ann, EVENT (GroupApplicationAccepted), "carl"), 1, "Welcome");
  check_request (hear_request (trio->carl, EVENT (GroupApplicationAccepted), "carl"), 1, "Welcome");
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupAdded), "team"));
  hear_line (trio->carl, LINE_ENTERED);
  openim_pb_free (hear_member (trio->ann, EVENT (GroupMemberAdded), "carl"));
  hear_team_of (trio->ann, 3);
  openim_pb_free (hear_member (trio->bob, EVENT (GroupMemberAdded), "carl"));
  hear_team_of (trio->bob, 3);
  g_assert_cmpint (handle_refused (trio->ann, "team", "carl", 1), ==, 1206);

  /* The server's lists do not know the answer. */
  assert_requests (trio->carl, TRUE, "carl>team 1 Welcome");
  assert_requests (trio->ann, FALSE, "carl>team 1 Welcome");

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupApplicationAdded)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (GroupApplicationAdded)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupApplicationAccepted)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (GroupApplicationAccepted)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupApplicationAdded)), ==, 0);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupApplicationAccepted)), ==, 0);

  trio_free (trio);
  proves_functions (FUNCTION (JoinGroup), FUNCTION (HandlerGroupRequest), FUNCTION (GetGroupRequest), 0);
  proves_events (EVENT (GroupApplicationAdded), EVENT (GroupApplicationAccepted), 0);
}

static void
test_rejected (void)
{
  Trio *trio = trio_new (NULL, TRUE);

  join (trio->carl, "team", "Let me in");
  check_request (hear_request (trio->carl, EVENT (GroupApplicationAdded), "carl"), 0, "");
  check_request (hear_request (trio->ann, EVENT (GroupApplicationAdded), "carl"), 0, "");
  handle (trio->ann, "team", "carl", -1, "Not now");
  check_request (hear_request (trio->ann, EVENT (GroupApplicationRejected), "carl"), -1, "Not now");
  check_request (hear_request (trio->carl, EVENT (GroupApplicationRejected), "carl"), -1, "Not now");
  assert_requests (trio->carl, TRUE, "carl>team -1 Not now");

  /* Once more. */
  join (trio->carl, "team", "Let me in");
  check_request (hear_request (trio->carl, EVENT (GroupApplicationAdded), "carl"), 0, "");
  check_request (hear_request (trio->ann, EVENT (GroupApplicationAdded), "carl"), 0, "");
  assert_requests (trio->ann, FALSE, "carl>team 0 ");

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupApplicationAdded)), ==, 2);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupApplicationRejected)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (GroupApplicationRejected)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupApplicationRejected)), ==, 0);

  trio_free (trio);
  proves_functions (FUNCTION (HandlerGroupRequest), 0);
  proves_events (EVENT (GroupApplicationAdded), EVENT (GroupApplicationRejected), 0);
}

/* An invitation that owner or administrators must allow. */
static void
test_by_invitation (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  OpenimGroupRequest *request;

  trio_set_team (trio, "'needVerification':1");
  openim_pb_free (hear_group (trio->bob, EVENT (GroupInfoChanged), "team"));
  openim_pb_free (hear_group (trio->ann, EVENT (GroupInfoChanged), "team"));
  invite (trio->bob, "team", "carl");
  for (Visitor *const *visitor = (Visitor *const[]){ trio->ann, trio->bob, NULL }; *visitor != NULL;
       visitor++) {
    request = hear_request (*visitor, EVENT (GroupApplicationAdded), "carl");
    g_assert_cmpstr (request->groupid, ==, "team");
    g_assert_cmpstr (request->inviteruserid, ==, "bob");
    g_assert_cmpint (request->joinsource, ==, 2);
    g_assert_cmpint (request->handleresult, ==, 0);
    openim_pb_free (request);
  }
  assert_members (trio->bob, "team", "ann bob");
  assert_requests (trio->ann, FALSE, "carl>team 0 ");
  assert_requests (trio->bob, FALSE, "");
  assert_requests (trio->bob, TRUE, "");

  handle (trio->ann, "team", "carl", 1, "");
  openim_pb_free (hear_request (trio->ann, EVENT (GroupApplicationAccepted), "carl"));
  openim_pb_free (hear_request (trio->carl, EVENT (GroupApplicationAccepted), "carl"));
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupAdded), "team"));
  hear_line (trio->carl, LINE_INVITED);
  openim_pb_free (hear_member (trio->bob, EVENT (GroupMemberAdded), "carl"));

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupApplicationDeleted)), ==, 0);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupApplicationAccepted)), ==, 0);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (GroupApplicationAdded)), ==, 0);

  trio_free (trio);
}

/* Who hands the group on has nothing to do with its applications any more. */
static void
test_vanishes (void)
{
  Trio *trio = trio_new (NULL, TRUE);

  join (trio->carl, "team", "Let me in");
  check_request (hear_request (trio->ann, EVENT (GroupApplicationAdded), "carl"), 0, "");
  person_does (trio->world->ann_phone, "/group/transfer_group",
               "{'groupID':'team','oldOwnerUserID':'ann','newOwnerUserID':'bob'}");
  assert_requests (trio->ann, FALSE, "");
  assert_order (trio->ann, EVENT (GroupApplicationDeleted), FUNCTION (GetGroupRequest));
  check_request (hear_request (trio->ann, EVENT (GroupApplicationDeleted), "carl"), 0, "");
  assert_requests (trio->bob, FALSE, "carl>team 0 ");

  trio_free (trio);
  proves_events (EVENT (GroupApplicationDeleted), 0);
}

/* Servers whose notifications lack the application: it is asked for. */
static void
test_of_old_server (void)
{
  Trio *trio = trio_new (server_start_option ("--behave", "3.8.3"), TRUE);

  join (trio->carl, "team", "Let me in");
  check_request (hear_request (trio->carl, EVENT (GroupApplicationAdded), "carl"), 0, "");
  check_request (hear_request (trio->ann, EVENT (GroupApplicationAdded), "carl"), 0, "");
  handle (trio->ann, "team", "carl", 1, "Welcome");
  openim_pb_free (hear_request (trio->ann, EVENT (GroupApplicationAccepted), "carl"));
  openim_pb_free (hear_request (trio->carl, EVENT (GroupApplicationAccepted), "carl"));
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupAdded), "team"));
  assert_members (trio->carl, "team", "ann bob carl");

  trio_free (trio);
}

/* A request that fits many functions: the group is "team", the user Carl. */
static int
refused_offline (Visitor *visitor, int function)
{
  const ProtobufCMessageDescriptor *descriptor = openim_function_get_request (function);
  gpointer request = openim_pb_new (descriptor);
  static const char *const users[] = { "userID", "ownerUserID", "fromUserID" };
  static const char *const lists[] = { "userIDs", "kickedUserIDs" };
  int code;

  openim_pb_set ((char **) ((char *) request + openim_pb_field (descriptor, "groupID")->offset), "team");
  for (guint i = 0; i < G_N_ELEMENTS (users); i++) {
    const ProtobufCFieldDescriptor *field = openim_pb_field (descriptor, users[i]);

    if (field != NULL)
      openim_pb_set ((char **) ((char *) request + field->offset), "carl");
  }
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    const ProtobufCFieldDescriptor *field = openim_pb_field (descriptor, lists[i]);

    if (field != NULL)
      openim_pb_append_string ((size_t *) ((char *) request + field->quantifier_offset),
                               (char ***) ((char *) request + field->offset), "carl");
  }
  code = visitor_refused (visitor, function, request);
  openim_pb_free (request);
  return code;
}

static void
test_offline (void)
{
  static const int functions[] = {
    FUNCTION (JoinGroup),          FUNCTION (QuitGroup),           FUNCTION (DismissGroup),
    FUNCTION (ChangeGroupMute),    FUNCTION (SetGroupInfo),        FUNCTION (ChangeGroupMemberMute),
    FUNCTION (TransferGroupOwner), FUNCTION (KickGroupMember),     FUNCTION (SetGroupMemberInfo),
    FUNCTION (InviteUserToGroup),  FUNCTION (HandlerGroupRequest),
  };
  Server *server = server_start (NULL, FALSE);
  Person *ann = person_new (server, "ann", "Ann"), *carl = person_new (server, "carl", "Carl");
  Fault *fault = fault_start (server, 1);
  Visitor *visitor = visitor_new (NULL);
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  Openim__Sdk__Group__CreateGroupReq create = OPENIM__SDK__GROUP__CREATE_GROUP_REQ__INIT;
  OpenimGroup info = OPENIM__SDK__SHARED__IMGROUP__INIT;
  g_autofree char *token = server_token (server, "ann", PLATFORM_LINUX);

  person_found (ann, "team", "Team", NULL, NULL);
  visitor_init (visitor, fault->api, fault->ws);
  login.userid = (char *) "ann";
  login.token = token;
  visitor_do (visitor, FUNCTION (Login), &login);
  visitor_heard (visitor, EVENT (SyncServerFinish));
  person_does (carl, "/group/join_group",
               "{'groupID':'team','reqMessage':'Let me in','joinSource':3,'inviterUserID':'carl'}");
  openim_pb_free (hear_request (visitor, EVENT (GroupApplicationAdded), "carl"));

  fault_set (fault, "api refuse 1");
  fault_set (fault, "api reset");
  assert_requests (visitor, FALSE, "carl>team 0 "); /* what is known will do */
  create.groupinfo = &info;
  g_assert_cmpint (visitor_refused (visitor, FUNCTION (CreateGroup), &create), ==, OPENIM_ERROR_NETWORK);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    g_assert_cmpint (refused_offline (visitor, functions[i]), ==, OPENIM_ERROR_NETWORK);

  visitor_leave (visitor);
  fault_stop (fault);
  person_free (ann);
  person_free (carl);
  server_stop (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/applications/accepted", test_accepted);
  g_test_add_func ("/door/applications/rejected", test_rejected);
  g_test_add_func ("/door/applications/by-invitation", test_by_invitation);
  g_test_add_func ("/door/applications/vanishes", test_vanishes);
  g_test_add_func ("/door/applications/of-old-server", test_of_old_server);
  g_test_add_func ("/door/applications/offline", test_offline);

  return g_test_run ();
}
