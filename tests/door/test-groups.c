/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The life of groups: made, entered, left, dissolved and found, as those who act and those who are acted upon
 * hear of it. The server is one that answers 1001 after it has let somebody in. */

#include <sqlite3.h>

#include "groups.h"

enum {
  LINE_CREATED = 1501,
  LINE_QUIT = 1504,
  LINE_ENTERED = 1510,
  LINE_DISMISSED = 1511,
  LINE_ANNOUNCEMENT = 1519,
};

/* ---- CreateGroup */

static int
create_refused (Visitor *visitor, const char *group, const char *first, const char *second)
{
  Openim__Sdk__Group__CreateGroupReq request = OPENIM__SDK__GROUP__CREATE_GROUP_REQ__INIT;
  OpenimGroup info = OPENIM__SDK__SHARED__IMGROUP__INIT;
  char *ids[] = { (char *) first, (char *) second };

  info.groupid = (char *) group;
  request.groupinfo = &info;
  request.memberuserids = ids;
  request.n_memberuserids = second != NULL ? 2 : 1;
  return visitor_refused (visitor, FUNCTION (CreateGroup), &request);
}

static void
check_club (const OpenimGroup *group)
{
  g_assert_cmpstr (group->groupid, ==, "club");
  g_assert_cmpstr (group->groupname, ==, "The club");
  g_assert_cmpstr (group->introduction, ==, "For all of us");
  g_assert_cmpstr (group->faceurl, ==, "http://example.org/club.png");
  g_assert_cmpstr (group->ex, ==, "{}");
  g_assert_cmpstr (group->owneruserid, ==, "ann");
  g_assert_cmpstr (group->creatoruserid, ==, "ann");
  g_assert_cmpint (group->membercount, ==, 3);
  g_assert_cmpint (group->needverification, ==, 1);
  g_assert_cmpint (group->lookmemberinfo, ==, 1);
  g_assert_cmpint (group->applymemberfriend, ==, 1);
  g_assert_cmpint (group->status, ==, OPENIM__SDK__SHARED__GROUP_STATUS__Default);
  g_assert_cmpint (group->createtime, >, G_GINT64_CONSTANT (1000000000000)); /* ms */
}

static gboolean
lists_group (gconstpointer data, gconstpointer group)
{
  const Openim__Event__EventOnNewConversationData *list = data;

  for (size_t i = 0; i < list->n_conversationlist; i++)
    if (g_str_equal (list->conversationlist[i]->groupid, group))
      return TRUE;
  return FALSE;
}

static void
test_create (void)
{
  Trio *trio = trio_new (NULL, FALSE);
  Openim__Sdk__Group__CreateGroupReq request = OPENIM__SDK__GROUP__CREATE_GROUP_REQ__INIT;
  Openim__Sdk__Group__CreateGroupResp *response;
  OpenimGroup info = OPENIM__SDK__SHARED__IMGROUP__INIT;
  OpenimGroup *group;
  char *members[] = { (char *) "bob" }, *admins[] = { (char *) "carl" };

  g_assert_cmpint (visitor_refused (trio->ann, FUNCTION (CreateGroup), &request), ==, OPENIM_ERROR_SDK_ARGS);

  info.groupid = (char *) "club";
  info.groupname = (char *) "The club";
  info.introduction = (char *) "For all of us";
  info.faceurl = (char *) "http://example.org/club.png";
  info.ex = (char *) "{}";
  info.needverification = info.lookmemberinfo = info.applymemberfriend = 1;
  request.groupinfo = &info;
  request.memberuserids = members;
  request.n_memberuserids = G_N_ELEMENTS (members);
  request.adminuserids = admins;
  request.n_adminuserids = G_N_ELEMENTS (admins);
  response = visitor_call (trio->ann, FUNCTION (CreateGroup), &request);
  check_club (response->groupinfo);
  openim_pb_free (response);
  assert_order (trio->ann, EVENT (JoinedGroupAdded), FUNCTION (CreateGroup));
  group = hear_group (trio->ann, EVENT (JoinedGroupAdded), "club");
  check_club (group);
  openim_pb_free (group);
  assert_members (trio->ann, "club", "ann carl bob");

  group = hear_group (trio->bob, EVENT (JoinedGroupAdded), "club");
  check_club (group);
  openim_pb_free (group);
  hear_line (trio->bob, LINE_CREATED);
  assert_order (trio->bob, EVENT (JoinedGroupAdded), EVENT (RecvNewMessage));
  openim_pb_free (visitor_hear (trio->bob, EVENT (NewConversation), lists_group, "club"));
  assert_members (trio->bob, "club", "ann carl bob");
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupAdded), "club"));
  assert_members (trio->carl, "club", "ann carl bob");
  hear_line (trio->ann, LINE_CREATED);

  /* A number of the server's choice, nobody else. */
  info.groupid = (char *) "";
  request.n_memberuserids = request.n_adminuserids = 0;
  info.notification = (char *) "Be kind";
  response = visitor_call (trio->ann, FUNCTION (CreateGroup), &request);
  g_assert_cmpstr (response->groupinfo->groupid, !=, "");
  g_assert_cmpstr (response->groupinfo->notification, ==, "Be kind");
  group = hear_group (trio->ann, EVENT (JoinedGroupAdded), response->groupinfo->groupid);
  openim_pb_free (group);
  openim_pb_free (response);
  hear_line (trio->ann, LINE_ANNOUNCEMENT);

  g_assert_cmpint (create_refused (trio->ann, "club", "bob", NULL), ==, 1202);
  g_assert_cmpint (create_refused (trio->ann, "other", "bob", "bob"), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (create_refused (trio->ann, "other", "ann", NULL), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (create_refused (trio->ann, "other", "nobody", NULL), ==, 1101);

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (JoinedGroupAdded)), ==, 2);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (JoinedGroupAdded)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupMemberAdded)), ==, 0);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupMemberAdded)), ==, 0);

  trio_free (trio);
  proves_functions (FUNCTION (CreateGroup), 0);
  proves_events (EVENT (JoinedGroupAdded), 0);
}

/* ---- JoinGroup */

static int
join_refused (Visitor *visitor, const char *group, int source)
{
  Openim__Sdk__Group__JoinGroupReq request = OPENIM__SDK__GROUP__JOIN_GROUP_REQ__INIT;

  request.groupid = (char *) group;
  request.joinsource = source;
  return visitor_refused (visitor, FUNCTION (JoinGroup), &request);
}

static gboolean
has_members (gconstpointer data, gconstpointer count)
{
  return ((const Openim__Event__EventOnGroupInfoChangedData *) data)->group->membercount ==
         GPOINTER_TO_INT (count);
}

static void
test_join_at_once (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  OpenimGroup *group;
  OpenimGroupMember *member;

  trio_set_team (trio, "'needVerification':2");
  join (trio->carl, "team", "");
  assert_order (trio->carl, EVENT (JoinedGroupAdded), FUNCTION (JoinGroup));
  group = hear_group (trio->carl, EVENT (JoinedGroupAdded), "team");
  g_assert_cmpint (group->membercount, ==, 3);
  openim_pb_free (group);
  assert_members (trio->carl, "team", "ann bob carl");
  hear_line (trio->carl, LINE_ENTERED);

  member = hear_member (trio->bob, EVENT (GroupMemberAdded), "carl");
  g_assert_cmpstr (member->groupid, ==, "team");
  g_assert_cmpstr (member->nickname, ==, "Carl");
  g_assert_cmpint (member->rolelevel, ==, 20);
  g_assert_cmpint (member->jointime, >, G_GINT64_CONSTANT (1000000000000));
  openim_pb_free (member);
  hear_line (trio->bob, LINE_ENTERED);
  openim_pb_free (hear_member (trio->ann, EVENT (GroupMemberAdded), "carl"));
  openim_pb_free (visitor_hear (trio->ann, EVENT (GroupInfoChanged), has_members, GINT_TO_POINTER (3)));
  assert_order (trio->ann, EVENT (GroupMemberAdded), EVENT (GroupInfoChanged));

  /* In already. */
  g_assert_cmpint (join_refused (trio->carl, "team", 3), ==, OPENIM_ERROR_ARGS);

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (JoinedGroupAdded)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->carl, EVENT (GroupMemberAdded)), ==, 0);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupMemberAdded)), ==, 1);

  trio_free (trio);
  proves_functions (FUNCTION (JoinGroup), 0);
  proves_events (EVENT (GroupMemberAdded), 0);
}

static void
test_join_refused (void)
{
  Trio *trio = trio_new (NULL, TRUE);

  g_assert_cmpint (join_refused (trio->carl, "nowhere", 3), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (join_refused (trio->carl, "team", 9), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (join_refused (trio->bob, "team", 3), ==, OPENIM_ERROR_ARGS);
  person_does (trio->world->ann_phone, "/group/dismiss_group", "{'groupID':'team','deleteMember':true}");
  g_assert_cmpint (join_refused (trio->carl, "team", 3), ==, 1204);

  trio_free (trio);
}

/* ---- QuitGroup */

static int
quit_refused (Visitor *visitor, const char *group)
{
  Openim__Sdk__Group__QuitGroupReq request = OPENIM__SDK__GROUP__QUIT_GROUP_REQ__INIT;

  request.groupid = (char *) group;
  return visitor_refused (visitor, FUNCTION (QuitGroup), &request);
}

static void
quit (Visitor *visitor, const char *group)
{
  Openim__Sdk__Group__QuitGroupReq request = OPENIM__SDK__GROUP__QUIT_GROUP_REQ__INIT;

  request.groupid = (char *) group;
  visitor_do (visitor, FUNCTION (QuitGroup), &request);
}

static void
test_quit (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  OpenimGroup *group;
  OpenimGroupMember *member;

  g_assert_cmpint (quit_refused (trio->ann, "team"), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (quit_refused (trio->carl, "team"), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (quit_refused (trio->bob, "nowhere"), ==, OPENIM_ERROR_NOT_FOUND);

  quit (trio->bob, "team");
  assert_order (trio->bob, EVENT (JoinedGroupDeleted), FUNCTION (QuitGroup));
  group = hear_group (trio->bob, EVENT (JoinedGroupDeleted), "team");
  g_assert_cmpstr (group->groupname, ==, "Team");
  g_assert_cmpint (group->membercount, ==, 0);
  openim_pb_free (group);
  hear_line (trio->bob, LINE_QUIT);
  assert_members (trio->bob, "team", "");

  member = hear_member (trio->ann, EVENT (GroupMemberDeleted), "bob");
  g_assert_cmpstr (member->groupid, ==, "team");
  g_assert_cmpstr (member->nickname, ==, "Bob");
  openim_pb_free (member);
  group = hear_group (trio->ann, EVENT (GroupInfoChanged), "team");
  g_assert_cmpint (group->membercount, ==, 1);
  openim_pb_free (group);
  assert_order (trio->ann, EVENT (GroupMemberDeleted), EVENT (GroupInfoChanged));
  hear_line (trio->ann, LINE_QUIT);

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (JoinedGroupDeleted)), ==, 1);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupMemberDeleted)), ==, 0);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupDismissed)), ==, 0);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupMemberDeleted)), ==, 1);

  trio_free (trio);
  proves_functions (FUNCTION (QuitGroup), 0);
  proves_events (EVENT (JoinedGroupDeleted), EVENT (GroupMemberDeleted), 0);
}

/* While nothing is stored in the group's chat the server says 1001 of it too. */
static void
test_quit_silent_group (void)
{
  Trio *trio = trio_new (NULL, FALSE);

  person_does (trio->world->ann_phone, "/group/create_group",
               "{'ownerUserID':'ann','memberUserIDs':['bob','carl'],'groupInfo':{'groupID':'quiet',"
               "'groupType':2},'sendMessage':false}");
  openim_pb_free (hear_group (trio->bob, EVENT (JoinedGroupAdded), "quiet"));
  openim_pb_free (hear_group (trio->ann, EVENT (JoinedGroupAdded), "quiet"));
  assert_members (trio->ann, "quiet", "ann bob carl");
  g_assert_cmpint (person_try (trio->carl_phone, "/group/quit_group", "{'groupID':'quiet'}"), ==,
                   OPENIM_ERROR_ARGS);
  openim_pb_free (hear_member (trio->ann, EVENT (GroupMemberDeleted), "carl"));

  person_does (trio->world->ann_phone, "/group/create_group",
               "{'ownerUserID':'ann','memberUserIDs':['bob'],'groupInfo':{'groupID':'still','groupType':2},"
               "'sendMessage':false}");
  openim_pb_free (hear_group (trio->bob, EVENT (JoinedGroupAdded), "still"));
  quit (trio->bob, "still");
  assert_order (trio->bob, EVENT (JoinedGroupDeleted), FUNCTION (QuitGroup));
  openim_pb_free (hear_group (trio->bob, EVENT (JoinedGroupDeleted), "still"));

  trio_free (trio);
}

/* ---- DismissGroup */

static int
dismiss_refused (Visitor *visitor, const char *group)
{
  Openim__Sdk__Group__DismissGroupReq request = OPENIM__SDK__GROUP__DISMISS_GROUP_REQ__INIT;

  request.groupid = (char *) group;
  return visitor_refused (visitor, FUNCTION (DismissGroup), &request);
}

static void
hear_end (Visitor *visitor)
{
  OpenimGroup *group = hear_group (visitor, EVENT (GroupDismissed), "team");

  g_assert_cmpint (group->status, ==, OPENIM__SDK__SHARED__GROUP_STATUS__Dismissed);
  g_assert_cmpstr (group->groupname, ==, "Team");
  openim_pb_free (group);
  group = hear_group (visitor, EVENT (JoinedGroupDeleted), "team");
  g_assert_cmpint (group->membercount, ==, 0);
  openim_pb_free (group);
  assert_order (visitor, EVENT (GroupDismissed), EVENT (JoinedGroupDeleted));
}

static void
test_dismiss (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  Openim__Sdk__Group__DismissGroupReq request = OPENIM__SDK__GROUP__DISMISS_GROUP_REQ__INIT;

  person_try (trio->world->ann_phone, "/group/invite_user_to_group",
              "{'groupID':'team','invitedUserIDs':['carl']}");
  openim_pb_free (hear_group (trio->carl, EVENT (JoinedGroupAdded), "team"));
  openim_pb_free (hear_member (trio->ann, EVENT (GroupMemberAdded), "carl"));
  g_assert_cmpint (dismiss_refused (trio->bob, "team"), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (dismiss_refused (trio->ann, "nowhere"), ==, OPENIM_ERROR_NOT_FOUND);

  visitor_do (trio->carl, FUNCTION (Logout), NULL);
  request.groupid = (char *) "team";
  visitor_do (trio->ann, FUNCTION (DismissGroup), &request);
  hear_end (trio->ann);
  hear_line (trio->ann, LINE_DISMISSED);
  hear_end (trio->bob);
  hear_line (trio->bob, LINE_DISMISSED);
  assert_members (trio->bob, "team", "");
  g_assert_cmpint (dismiss_refused (trio->ann, "team"), ==, OPENIM_ERROR_NOT_FOUND);

  /* Who was away learns the same. */
  visitor_login (trio->carl, trio->world->server, "carl");
  hear_end (trio->carl);

  trio_settle (trio);
  for (Visitor *const *visitor = (Visitor *const[]){ trio->ann, trio->bob, trio->carl, NULL };
       *visitor != NULL; visitor++) {
    g_assert_cmpuint (visitor_count (*visitor, EVENT (GroupDismissed)), ==, 1);
    g_assert_cmpuint (visitor_count (*visitor, EVENT (JoinedGroupDeleted)), ==, 1);
    g_assert_cmpuint (visitor_count (*visitor, EVENT (GroupMemberDeleted)), ==, 0);
  }

  trio_free (trio);
  proves_functions (FUNCTION (DismissGroup), 0);
  proves_events (EVENT (GroupDismissed), EVENT (JoinedGroupDeleted), 0);
}

/* The same for one who has to read all his lists anew, since the server began new ones. */
static void
test_dismiss_with_new_lists (void)
{
  g_autofree char *directory = g_dir_make_tmp ("openim-server-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (directory, "server.db", NULL);
  Trio *trio = trio_new (server_start_option ("--data", file), TRUE);
  sqlite3 *db = NULL;

  visitor_do (trio->bob, FUNCTION (Logout), NULL);
  person_does (trio->world->ann_phone, "/group/dismiss_group", "{'groupID':'team','deleteMember':true}");
  g_assert_cmpint (sqlite3_open_v2 (file, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 5000);
  g_assert_cmpint (sqlite3_exec (db, "UPDATE logs SET id = '0123456789abcdef01234567'", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sqlite3_close (db);
  visitor_login (trio->bob, trio->world->server, "bob");
  hear_end (trio->bob);

  trio_free (trio);
  folder_remove (directory);
}

/* ---- SearchGroups */

static void
assert_found (Visitor *visitor, const char *keyword, gboolean by_id, const char *expected)
{
  Openim__Sdk__Group__SearchGroupsReq request = OPENIM__SDK__GROUP__SEARCH_GROUPS_REQ__INIT;
  Openim__Sdk__Group__SearchGroupsResp *response;
  g_autoptr (GString) ids = g_string_new (NULL);

  request.keyword = (char *) keyword;
  request.searchgroupid = by_id;
  request.searchgroupname = !by_id;
  response = visitor_call (visitor, FUNCTION (SearchGroups), &request);
  for (size_t i = 0; i < response->n_groups; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", response->groups[i]->groupid);
  g_assert_cmpstr (ids->str, ==, expected);
  openim_pb_free (response);
}

static void
test_search (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  Openim__Sdk__Group__SearchGroupsReq request = OPENIM__SDK__GROUP__SEARCH_GROUPS_REQ__INIT;

  person_found (trio->world->ann_phone, "second", "Another TEAM 足球队", NULL, NULL);
  openim_pb_free (hear_group (trio->ann, EVENT (JoinedGroupAdded), "second"));

  request.keyword = (char *) "team";
  g_assert_cmpint (visitor_refused (trio->ann, FUNCTION (SearchGroups), &request), ==, OPENIM_ERROR_SDK_ARGS);
  request.keyword = (char *) "";
  request.searchgroupid = request.searchgroupname = TRUE;
  g_assert_cmpint (visitor_refused (trio->ann, FUNCTION (SearchGroups), &request), ==, OPENIM_ERROR_SDK_ARGS);

  assert_found (trio->ann, "team", FALSE, "second team"); /* the latest first */
  assert_found (trio->ann, "足球", FALSE, "second");
  assert_found (trio->ann, "ea", TRUE, "team");
  assert_found (trio->ann, "%", FALSE, "");
  assert_found (trio->carl, "team", FALSE, "");

  trio_free (trio);
  proves_functions (FUNCTION (SearchGroups), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/groups/create", test_create);
  g_test_add_func ("/door/groups/join-at-once", test_join_at_once);
  g_test_add_func ("/door/groups/join-refused", test_join_refused);
  g_test_add_func ("/door/groups/quit", test_quit);
  g_test_add_func ("/door/groups/quit-silent-group", test_quit_silent_group);
  g_test_add_func ("/door/groups/dismiss", test_dismiss);
  g_test_add_func ("/door/groups/dismiss-with-new-lists", test_dismiss_with_new_lists);
  g_test_add_func ("/door/groups/search", test_search);

  return g_test_run ();
}
