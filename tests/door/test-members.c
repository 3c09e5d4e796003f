/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Who is in a group: invited, let in, put out, muted, changed and looked up, as those who act and those who
 * are acted upon hear of it. The server is one that answers 1001 after it has let somebody in. */

#include "groups.h"

enum {
  LINE_KICKED = 1508,
  LINE_INVITED = 1509,
  LINE_MEMBER_MUTED = 1512,
  LINE_MEMBER_UNMUTED = 1513,
};

#define OWNER 100
#define ADMINISTRATOR 60
#define ORDINARY 20

/* ---- InviteUserToGroup */

static int
invite_refused (Visitor *visitor, const char *group, const char *first, const char *second)
{
  Openim__Sdk__Group__InviteUserToGroupReq request = OPENIM__SDK__GROUP__INVITE_USER_TO_GROUP_REQ__INIT;
  char *ids[] = { (char *) first, (char *) second };

  request.groupid = (char *) group;
  request.userids = ids;
  request.n_userids = (first != NULL) + (second != NULL);
  return visitor_refused (visitor, FUNCTION (InviteUserToGroup), &request);
}

static void
test_invite (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  Person *dora = person_new (trio->world->server, "dora", "Dora");
  OpenimGroup *group;
  OpenimGroupMember *member;
  Openim__Sdk__Group__InviteUserToGroupReq request = OPENIM__SDK__GROUP__INVITE_USER_TO_GROUP_REQ__INIT;
  char *both[] = { (char *) "carl", (char *) "dora" };

  invite (trio->bob, "team", "carl");
  assert_order (trio->bob, EVENT (GroupMemberAdded), EVENT (GroupInfoChanged));
  assert_order (trio->bob, EVENT (GroupInfoChanged), FUNCTION (InviteUserToGroup));
  member = hear_member (trio->bob, EVENT (GroupMemberAdded), "carl");
  g_assert_cmpstr (member->groupid, ==, "team");
  g_assert_cmpstr (member->nickname, ==, "Carl");
  g_assert_cmpstr (member->inviteruserid, ==, "bob");
  g_assert_cmpint (member->joinsource, ==, 2);
  g_assert_cmpint (member->rolelevel, ==, ORDINARY);
  openim_pb_free (member);
  hear_team_of (trio->bob, 3);
  hear_line (trio->bob, LINE_INVITED);

  openim_pb_free (hear_member (trio->ann, EVENT (GroupMemberAdded), "carl"));
  hear_team_of (trio->ann, 3);
  hear_line (trio->ann, LINE_INVITED);
  group = hear_group (trio->carl, EVENT (JoinedGroupAdded), "team");
  g_assert_cmpint (group->membercount, ==, 3);
  openim_pb_free (group);
  hear_line (trio->carl, LINE_INVITED);
  assert_order (trio->carl, EVENT (JoinedGroupAdded), EVENT (RecvNewMessage));
  visitor_heard (trio->carl, EVENT (NewConversation));
  assert_members (trio->carl, "team", "ann bob carl");

  /* Who is in already is left out, also if there is nobody else. */
  invite (trio->ann, "team", "carl");
  request.groupid = (char *) "team";
  request.userids = both;
  request.n_userids = G_N_ELEMENTS (both);
  visitor_do (trio->ann, FUNCTION (InviteUserToGroup), &request);
  openim_pb_free (hear_member (trio->carl, EVENT (GroupMemberAdded), "dora"));
  assert_members (trio->ann, "team", "ann bob carl dora");

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (JoinedGroupAdded)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (GroupMemberAdded)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupMemberAdded)), ==, 2);

  person_free (dora);
  trio_free (trio);
  proves_functions (FUNCTION (InviteUserToGroup), 0);
  proves_events (EVENT (GroupMemberAdded), EVENT (JoinedGroupAdded), 0);
}

static void
test_invite_refused (void)
{
  Trio *trio = trio_new (NULL, TRUE);

  g_assert_cmpint (invite_refused (trio->ann, "team", NULL, NULL), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (invite_refused (trio->ann, "team", "carl", "carl"), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (invite_refused (trio->ann, "team", "nobody", NULL), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (invite_refused (trio->ann, "nowhere", "carl", NULL), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (invite_refused (trio->carl, "team", "carl", NULL), ==, OPENIM_ERROR_NOT_FOUND);
  person_does (trio->world->ann_phone, "/group/dismiss_group", "{'groupID':'team','deleteMember':true}");
  g_assert_cmpint (invite_refused (trio->bob, "team", "carl", NULL), ==, 1204);

  trio_free (trio);
}

/* (transfer full) user IDs, and the users. */
static GPtrArray *
make_users (Server *server, guint n)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) users = g_string_new (NULL);
  g_autoptr (JsonNode) data = NULL;

  for (guint i = 0; i < n; i++) {
    char *id = g_strdup_printf ("user%04u", i);

    g_string_append_printf (users, "%s{'userID':'%s','nickname':'U %u'}", i > 0 ? "," : "", id, i);
    g_ptr_array_add (ids, id);
  }
  data = server_call (server, "/user/user_register", "{'users':[%s]}", users->str);
  return ids;
}

/* More than the server takes at once. */
static void
test_invite_many (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  g_autoptr (GPtrArray) ids = make_users (trio->world->server, 120);
  Openim__Sdk__Group__InviteUserToGroupReq request = OPENIM__SDK__GROUP__INVITE_USER_TO_GROUP_REQ__INIT;
  Openim__Sdk__Group__GetUsersInGroupReq question = OPENIM__SDK__GROUP__GET_USERS_IN_GROUP_REQ__INIT;
  Openim__Sdk__Group__GetUsersInGroupResp *answer;

  request.groupid = question.groupid = (char *) "team";
  request.userids = question.userids = (char **) ids->pdata;
  request.n_userids = question.n_userids = ids->len;
  visitor_do (trio->ann, FUNCTION (InviteUserToGroup), &request);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupMemberAdded)), ==, 120);
  answer = visitor_call (trio->ann, FUNCTION (GetUsersInGroup), &question);
  g_assert_cmpuint (answer->n_userids, ==, 120);
  openim_pb_free (answer);
  for (guint i = 0; i < ids->len; i++)
    openim_pb_free (hear_member (trio->bob, EVENT (GroupMemberAdded), ids->pdata[i]));

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupMemberAdded)), ==, 120);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupMemberAdded)), ==, 120);

  trio_free (trio);
}

/* Releases that answer as they should. */
static void
test_other_server (void)
{
  Trio *trio = trio_new (server_start_option ("--behave", "main"), TRUE);

  invite (trio->ann, "team", "carl");
  assert_order (trio->ann, EVENT (GroupMemberAdded), FUNCTION (InviteUserToGroup));
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupAdded), "team"));
  openim_pb_free (hear_member (trio->bob, EVENT (GroupMemberAdded), "carl"));

  trio_free (trio);
}

/* ---- KickGroupMember */

static int
kick_refused (Visitor *visitor, const char *group, const char *first, const char *second)
{
  Openim__Sdk__Group__KickGroupMemberReq request = OPENIM__SDK__GROUP__KICK_GROUP_MEMBER_REQ__INIT;
  char *ids[] = { (char *) first, (char *) second };

  request.groupid = (char *) group;
  request.kickeduserids = ids;
  request.n_kickeduserids = (first != NULL) + (second != NULL);
  return visitor_refused (visitor, FUNCTION (KickGroupMember), &request);
}

static void
kick (Visitor *visitor, const char *group, const char *user)
{
  Openim__Sdk__Group__KickGroupMemberReq request = OPENIM__SDK__GROUP__KICK_GROUP_MEMBER_REQ__INIT;

  request.groupid = (char *) group;
  request.kickeduserids = (char **) &user;
  request.n_kickeduserids = 1;
  request.reason = (char *) "too loud";
  visitor_do (visitor, FUNCTION (KickGroupMember), &request);
}

static void
test_kick (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  OpenimGroup *group;
  OpenimGroupMember *member;

  invite (trio->ann, "team", "carl");
  openim_pb_free (hear_member (trio->ann, EVENT (GroupMemberAdded), "carl"));
  hear_team_of (trio->ann, 3);
  openim_pb_free (hear_member (trio->bob, EVENT (GroupMemberAdded), "carl"));
  hear_team_of (trio->bob, 3);
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupAdded), "team"));

  g_assert_cmpint (kick_refused (trio->ann, "team", NULL, NULL), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (kick_refused (trio->ann, "team", "carl", "carl"), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (kick_refused (trio->ann, "team", "ann", NULL), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (kick_refused (trio->bob, "team", "ann", NULL), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (kick_refused (trio->ann, "team", "nobody", NULL), ==, 1101);
  g_assert_cmpint (kick_refused (trio->bob, "team", "carl", NULL), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (kick_refused (trio->ann, "nowhere", "carl", NULL), ==, OPENIM_ERROR_NOT_FOUND);

  kick (trio->ann, "team", "carl");
  assert_order (trio->ann, EVENT (GroupMemberDeleted), EVENT (GroupInfoChanged));
  assert_order (trio->ann, EVENT (GroupInfoChanged), FUNCTION (KickGroupMember));
  member = hear_member (trio->ann, EVENT (GroupMemberDeleted), "carl");
  g_assert_cmpstr (member->nickname, ==, "Carl");
  openim_pb_free (member);
  hear_team_of (trio->ann, 2);
  hear_line (trio->ann, LINE_KICKED);
  openim_pb_free (hear_member (trio->bob, EVENT (GroupMemberDeleted), "carl"));
  hear_team_of (trio->bob, 2);
  hear_line (trio->bob, LINE_KICKED);
  group = hear_group (trio->carl, EVENT (JoinedGroupDeleted), "team");
  g_assert_cmpint (group->membercount, ==, 0);
  openim_pb_free (group);
  hear_line (trio->carl, LINE_KICKED);
  assert_members (trio->carl, "team", "");
  assert_members (trio->bob, "team", "ann bob");

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupMemberDeleted)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupMemberDeleted)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (JoinedGroupDeleted)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (GroupMemberDeleted)), ==, 0);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (GroupDismissed)), ==, 0);

  trio_free (trio);
  proves_functions (FUNCTION (KickGroupMember), 0);
  proves_events (EVENT (GroupMemberDeleted), EVENT (JoinedGroupDeleted), 0);
}

/* While nothing is stored in the group's chat the server says 1001 of it too. */
static void
test_kick_from_silent_group (void)
{
  Trio *trio = trio_new (NULL, FALSE);

  person_does (trio->world->ann_phone, "/group/create_group",
               "{'ownerUserID':'ann','memberUserIDs':['bob','carl'],'groupInfo':{'groupID':'quiet',"
               "'groupType':2},'sendMessage':false}");
  openim_pb_free (hear_group (trio->ann, EVENT (JoinedGroupAdded), "quiet"));
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupAdded), "quiet"));
  assert_members (trio->ann, "quiet", "ann bob carl");
  kick (trio->ann, "quiet", "carl");
  assert_order (trio->ann, EVENT (GroupMemberDeleted), FUNCTION (KickGroupMember));
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupDeleted), "quiet"));

  trio_free (trio);
}

/* ---- ChangeGroupMemberMute */

static void
mute (Visitor *visitor, const char *user, guint seconds)
{
  Openim__Sdk__Group__ChangeGroupMemberMuteReq request =
      OPENIM__SDK__GROUP__CHANGE_GROUP_MEMBER_MUTE_REQ__INIT;

  request.groupid = (char *) "team";
  request.userid = (char *) user;
  request.mutedseconds = seconds;
  visitor_do (visitor, FUNCTION (ChangeGroupMemberMute), &request);
}

static int
mute_refused (Visitor *visitor, const char *group, const char *user, guint seconds)
{
  Openim__Sdk__Group__ChangeGroupMemberMuteReq request =
      OPENIM__SDK__GROUP__CHANGE_GROUP_MEMBER_MUTE_REQ__INIT;

  request.groupid = (char *) group;
  request.userid = (char *) user;
  request.mutedseconds = seconds;
  return visitor_refused (visitor, FUNCTION (ChangeGroupMemberMute), &request);
}

static void
hear_mute (Visitor *visitor, gboolean muted)
{
  OpenimGroupMember *member = hear_member (visitor, EVENT (GroupMemberInfoChanged), "bob");
  gint64 now = g_get_real_time () / 1000;

  if (muted) {
    g_assert_cmpint (member->muteendtime, >, now + 590 * 1000);
    g_assert_cmpint (member->muteendtime, <=, now + 600 * 1000);
  } else {
    g_assert_cmpint (member->muteendtime, <=, now);
  }
  openim_pb_free (member);
  hear_line (visitor, muted ? LINE_MEMBER_MUTED : LINE_MEMBER_UNMUTED);
}

static void
test_mute (void)
{
  Trio *trio = trio_new (NULL, TRUE);

  mute (trio->ann, "bob", 600);
  hear_mute (trio->ann, TRUE);
  hear_mute (trio->bob, TRUE);
  mute (trio->ann, "bob", 0);
  hear_mute (trio->ann, FALSE);
  hear_mute (trio->bob, FALSE);

  for (guint seconds = 0; seconds <= 60; seconds += 60) {
    g_assert_cmpint (mute_refused (trio->bob, "team", "ann", seconds), ==, OPENIM_ERROR_NO_PERMISSION);
    g_assert_cmpint (mute_refused (trio->bob, "team", "bob", seconds), ==, OPENIM_ERROR_NO_PERMISSION);
    g_assert_cmpint (mute_refused (trio->ann, "team", "carl", seconds), ==, OPENIM_ERROR_NOT_FOUND);
    g_assert_cmpint (mute_refused (trio->carl, "team", "bob", seconds), ==, OPENIM_ERROR_NOT_FOUND);
    g_assert_cmpint (mute_refused (trio->ann, "nowhere", "bob", seconds), ==, OPENIM_ERROR_NOT_FOUND);
  }

  trio_free (trio);
  proves_functions (FUNCTION (ChangeGroupMemberMute), 0);
  proves_events (EVENT (GroupMemberInfoChanged), 0);
}

/* ---- SetGroupMemberInfo */

static void
prepare (Openim__Sdk__Group__SetGroupMemberInfoReq *request, const char *group, const char *user)
{
  openim__sdk__group__set_group_member_info_req__init (request);
  request->groupid = (char *) group;
  request->userid = (char *) user;
}

static void
set_nickname (Openim__Sdk__Group__SetGroupMemberInfoReq *request, const char *nickname)
{
  request->_nickname_case = OPENIM__SDK__GROUP__SET_GROUP_MEMBER_INFO_REQ___NICKNAME_NICKNAME;
  request->nickname = (char *) nickname;
}

static void
set_role (Openim__Sdk__Group__SetGroupMemberInfoReq *request, int role)
{
  request->_role_level_case = OPENIM__SDK__GROUP__SET_GROUP_MEMBER_INFO_REQ___ROLE_LEVEL_ROLE_LEVEL;
  request->rolelevel = role;
}

static int
role_refused (Visitor *visitor, const char *group, const char *user, int role)
{
  Openim__Sdk__Group__SetGroupMemberInfoReq request;

  prepare (&request, group, user);
  set_role (&request, role);
  return visitor_refused (visitor, FUNCTION (SetGroupMemberInfo), &request);
}

static void
check_bob (OpenimGroupMember *member, int role)
{
  g_assert_cmpstr (member->nickname, ==, "Bobby");
  g_assert_cmpstr (member->faceurl, ==, "http://example.org/bob.png");
  g_assert_cmpstr (member->ex, ==, "x");
  g_assert_cmpint (member->rolelevel, ==, role);
  openim_pb_free (member);
}

/* (transfer full) who has sent the newest message of the team, by name. */
static char *
latest_sender (Visitor *visitor)
{
  Openim__Sdk__Conversation__GetOneConversationReq request =
      OPENIM__SDK__CONVERSATION__GET_ONE_CONVERSATION_REQ__INIT;
  Openim__Sdk__Conversation__GetOneConversationResp *response;
  char *name;

  request.sessiontype = OPENIM_SESSION_GROUP;
  request.sourceid = (char *) "team";
  response = visitor_call (visitor, FUNCTION (GetOneConversation), &request);
  name = g_strdup (response->conversation->latestmsg->sendernickname);
  openim_pb_free (response);
  return name;
}

static void
test_set_info (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  Openim__Sdk__Group__SetGroupMemberInfoReq request;
  g_autofree char *id = visitor_say (trio->bob, "", "team", "Bob is my name");
  g_autofree char *before = NULL, *after = NULL, *own = NULL;

  openim_pb_free (visitor_hear (trio->ann, EVENT (RecvNewMessage), message_says, "Bob is my name"));
  before = latest_sender (trio->ann);
  g_assert_cmpstr (before, ==, "Bob");

  prepare (&request, "team", "bob");
  set_nickname (&request, "Bobby");
  request._face_url_case = OPENIM__SDK__GROUP__SET_GROUP_MEMBER_INFO_REQ___FACE_URL_FACE_URL;
  request.faceurl = (char *) "http://example.org/bob.png";
  request._ex_case = OPENIM__SDK__GROUP__SET_GROUP_MEMBER_INFO_REQ___EX_EX;
  request.ex = (char *) "x";
  visitor_do (trio->bob, FUNCTION (SetGroupMemberInfo), &request);
  assert_order (trio->bob, EVENT (GroupMemberInfoChanged), FUNCTION (SetGroupMemberInfo));
  check_bob (hear_member (trio->bob, EVENT (GroupMemberInfoChanged), "bob"), ORDINARY);
  check_bob (hear_member (trio->ann, EVENT (GroupMemberInfoChanged), "bob"), ORDINARY);
  after = latest_sender (trio->ann); /* what he said before carries it too */
  g_assert_cmpstr (after, ==, "Bobby");
  own = latest_sender (trio->bob);
  g_assert_cmpstr (own, ==, "Bobby");

  prepare (&request, "team", "bob");
  set_role (&request, ADMINISTRATOR);
  visitor_do (trio->ann, FUNCTION (SetGroupMemberInfo), &request);
  check_bob (hear_member (trio->ann, EVENT (GroupMemberInfoChanged), "bob"), ADMINISTRATOR);
  check_bob (hear_member (trio->bob, EVENT (GroupMemberInfoChanged), "bob"), ADMINISTRATOR);
  set_role (&request, ORDINARY);
  visitor_do (trio->ann, FUNCTION (SetGroupMemberInfo), &request);
  check_bob (hear_member (trio->bob, EVENT (GroupMemberInfoChanged), "bob"), ORDINARY);

  g_assert_cmpint (role_refused (trio->bob, "team", "bob", ADMINISTRATOR), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (role_refused (trio->bob, "team", "ann", ORDINARY), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (role_refused (trio->ann, "team", "bob", OWNER), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (role_refused (trio->carl, "team", "bob", ORDINARY), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (role_refused (trio->ann, "team", "bob", 50), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (role_refused (trio->ann, "team", "ann", ORDINARY), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (role_refused (trio->ann, "team", "carl", ORDINARY), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (role_refused (trio->ann, "nowhere", "bob", ORDINARY), ==, OPENIM_ERROR_ARGS);

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupMemberInfoChanged)), ==, 3);

  trio_free (trio);
  proves_functions (FUNCTION (SetGroupMemberInfo), 0);
  proves_events (EVENT (GroupMemberInfoChanged), 0);
}

/* ---- GetSpecifiedGroupMembersInfo, SearchGroupMembers */

/* (transfer full) */
static char *
specified (Visitor *visitor, const char *group, char *const *ids, gsize n)
{
  Openim__Sdk__Group__GetSpecifiedGroupMembersInfoReq request =
      OPENIM__SDK__GROUP__GET_SPECIFIED_GROUP_MEMBERS_INFO_REQ__INIT;
  Openim__Sdk__Group__GetSpecifiedGroupMembersInfoResp *response;
  GString *text = g_string_new (NULL);

  request.groupid = (char *) group;
  request.userids = (char **) ids;
  request.n_userids = n;
  response = visitor_call (visitor, FUNCTION (GetSpecifiedGroupMembersInfo), &request);
  for (size_t i = 0; i < response->n_members; i++)
    g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", response->members[i]->userid,
                            response->members[i]->nickname);
  openim_pb_free (response);
  return g_string_free (text, FALSE);
}

static void
assert_found (
    Visitor *visitor, const char *keyword, gboolean by_id, int number, int count, const char *expected)
{
  Openim__Sdk__Group__SearchGroupMembersReq request = OPENIM__SDK__GROUP__SEARCH_GROUP_MEMBERS_REQ__INIT;
  Openim__Sdk__Common__RequestPagination pagination = OPENIM__SDK__COMMON__REQUEST_PAGINATION__INIT;
  Openim__Sdk__Group__SearchGroupMembersResp *response;
  g_autoptr (GString) ids = g_string_new (NULL);

  request.groupid = (char *) "team";
  request.keyword = (char *) keyword;
  request.searchuserid = by_id;
  request.searchmembernickname = !by_id;
  request.pagination = &pagination;
  pagination.pagenumber = number;
  pagination.shownumber = count;
  response = visitor_call (visitor, FUNCTION (SearchGroupMembers), &request);
  for (size_t i = 0; i < response->n_members; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", response->members[i]->userid);
  g_assert_cmpstr (ids->str, ==, expected);
  openim_pb_free (response);
}

static void
test_find (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  char *ids[] = { (char *) "bob", (char *) "carl", (char *) "ann" };
  g_autofree char *members = specified (trio->ann, "team", ids, G_N_ELEMENTS (ids));
  g_autofree char *none = specified (trio->carl, "team", ids, G_N_ELEMENTS (ids));
  Openim__Sdk__Group__SearchGroupMembersReq search = OPENIM__SDK__GROUP__SEARCH_GROUP_MEMBERS_REQ__INIT;
  Openim__Sdk__Common__RequestPagination pagination = OPENIM__SDK__COMMON__REQUEST_PAGINATION__INIT;

  g_assert_cmpstr (members, ==, "bob=Bob ann=Ann");
  g_assert_cmpstr (none, ==, "");

  search.groupid = (char *) "team";
  search.keyword = (char *) "b";
  search.pagination = &pagination;
  pagination.pagenumber = pagination.shownumber = 1;
  g_assert_cmpint (visitor_refused (trio->ann, FUNCTION (SearchGroupMembers), &search), ==,
                   OPENIM_ERROR_SDK_ARGS);
  search.searchuserid = TRUE;
  search.keyword = (char *) "";
  g_assert_cmpint (visitor_refused (trio->ann, FUNCTION (SearchGroupMembers), &search), ==,
                   OPENIM_ERROR_SDK_ARGS);
  search.keyword = (char *) "b";
  pagination.pagenumber = 0;
  g_assert_cmpint (visitor_refused (trio->ann, FUNCTION (SearchGroupMembers), &search), ==,
                   OPENIM_ERROR_SDK_ARGS);

  invite (trio->ann, "team", "carl");
  assert_found (trio->ann, "BO", FALSE, 1, 10, "bob");
  assert_found (trio->ann, "a", TRUE, 1, 10, "ann carl");
  assert_found (trio->ann, "a", TRUE, 2, 1, "carl");
  assert_found (trio->ann, "a", TRUE, 3, 1, "");
  assert_found (trio->ann, "_", FALSE, 1, 10, "");

  trio_free (trio);
  proves_functions (FUNCTION (GetSpecifiedGroupMembersInfo), FUNCTION (SearchGroupMembers), 0);
}

/* Of more than a thousand only the first are kept here, the others are fetched when somebody asks. */
static void
test_large_group (void)
{
  Trio *trio = trio_new (NULL, FALSE);
  g_autoptr (GPtrArray) ids = make_users (trio->world->server, 1010);
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *body = NULL;
  char *some[] = { (char *) "user1009", (char *) "nobody", (char *) "ann" };
  g_autofree char *page = NULL, *found = NULL;

  for (guint i = 0; i < 999; i++)
    g_string_append_printf (list, "%s'%s'", i > 0 ? "," : "", (char *) ids->pdata[i]);
  body = g_strdup_printf ("{'ownerUserID':'ann','memberUserIDs':[%s],'groupInfo':{'groupID':'crowd',"
                          "'groupType':2}}",
                          list->str);
  person_does (trio->world->ann_phone, "/group/create_group", body);
  g_string_truncate (list, 0);
  for (guint i = 999; i < ids->len; i++)
    g_string_append_printf (list, "%s'%s'", i > 999 ? "," : "", (char *) ids->pdata[i]);
  person_try (trio->world->ann_phone, "/group/invite_user_to_group",
              "{'groupID':'crowd','invitedUserIDs':[%s]}", list->str);
  invite (trio->ann, "crowd", "bob");
  openim_pb_free (hear_group (trio->bob, EVENT (JoinedGroupAdded), "crowd"));

  page = members_of (trio->bob, "crowd", 101, 10);
  g_assert_cmpstr (
      page, ==, "user0999 user1000 user1001 user1002 user1003 user1004 user1005 user1006 user1007 user1008");
  found = specified (trio->bob, "crowd", some, G_N_ELEMENTS (some));
  g_assert_cmpstr (found, ==, "user1009=U 1009 ann=Ann");

  trio_free (trio);
  proves_functions (FUNCTION (GetGroupMembers), FUNCTION (GetSpecifiedGroupMembersInfo), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/members/invite", test_invite);
  g_test_add_func ("/door/members/invite-refused", test_invite_refused);
  g_test_add_func ("/door/members/invite-many", test_invite_many);
  g_test_add_func ("/door/members/other-server", test_other_server);
  g_test_add_func ("/door/members/kick", test_kick);
  g_test_add_func ("/door/members/kick-from-silent-group", test_kick_from_silent_group);
  g_test_add_func ("/door/members/mute", test_mute);
  g_test_add_func ("/door/members/set-info", test_set_info);
  g_test_add_func ("/door/members/find", test_find);
  g_test_add_func ("/door/members/large-group", test_large_group);

  return g_test_run ();
}
