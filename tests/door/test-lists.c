/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Friends, blacklist, groups, members, users, and who is online: what the functions answer, and what is heard
 * of changes that others make. Ann's and Bob's telephones make them. */

#include "world.h"

/* ---- friends */

static gboolean
is_friend (gconstpointer data, gconstpointer id)
{
  return g_str_equal (((const Openim__Event__EventOnFriendAddedData *) data)->friend_->frienduserid, id);
}

static void
test_friends (void)
{
  World *world = world_new (FALSE);
  Person *carl = person_new (world->server, "carl", "Carl");
  Openim__Event__EventOnFriendAddedData *added;
  Openim__Event__EventOnFriendInfoChangedData *changed;
  Openim__Sdk__Relation__GetFriendsReq all = OPENIM__SDK__RELATION__GET_FRIENDS_REQ__INIT;
  Openim__Sdk__Relation__GetFriendsResp *friends;
  Openim__Sdk__Relation__GetFriendsPageReq part = OPENIM__SDK__RELATION__GET_FRIENDS_PAGE_REQ__INIT;
  Openim__Sdk__Common__RequestPagination pagination = OPENIM__SDK__COMMON__REQUEST_PAGINATION__INIT;
  Openim__Sdk__Relation__GetFriendsPageResp *page;

  friends = visitor_call (world->ann, FUNCTION (GetFriends), &all);
  g_assert_cmpuint (friends->n_friends, ==, 0);
  openim_pb_free (friends);

  person_befriend (world->ann_phone, "bob");
  added = visitor_hear (world->ann, EVENT (FriendAdded), is_friend, "bob");
  g_assert_cmpstr (added->friend_->nickname, ==, "Bob");
  g_assert_cmpstr (added->friend_->owneruserid, ==, "ann");
  g_assert_cmpint (added->friend_->createtime, >, G_GINT64_CONSTANT (1000000000000)); /* ms */
  openim_pb_free (added);
  openim_pb_free (visitor_hear (world->bob, EVENT (FriendAdded), is_friend, "ann"));
  person_befriend (world->ann_phone, "carl");
  openim_pb_free (visitor_hear (world->ann, EVENT (FriendAdded), is_friend, "carl"));

  person_does (world->ann_phone, "/friend/update_friends",
               "{'ownerUserID':'ann','friendUserIDs':['carl'],'remark':'Aaron'}");
  changed = visitor_hear (world->ann, EVENT (FriendInfoChanged), is_friend, "carl");
  g_assert_cmpstr (changed->friend_->remark, ==, "Aaron");
  openim_pb_free (changed);

  /* By shown name. */
  friends = visitor_call (world->ann, FUNCTION (GetFriends), &all);
  g_assert_cmpuint (friends->n_friends, ==, 2);
  g_assert_cmpstr (friends->friends[0]->frienduserid, ==, "carl");
  g_assert_cmpstr (friends->friends[1]->frienduserid, ==, "bob");
  openim_pb_free (friends);

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetFriendsPage), &part), ==, OPENIM_ERROR_SDK_ARGS);
  part.pagination = &pagination;
  pagination.pagenumber = 0;
  pagination.shownumber = 1;
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetFriendsPage), &part), ==, OPENIM_ERROR_SDK_ARGS);
  pagination.pagenumber = 2;
  page = visitor_call (world->ann, FUNCTION (GetFriendsPage), &part);
  g_assert_cmpuint (page->n_friends, ==, 1);
  g_assert_cmpstr (page->friends[0]->frienduserid, ==, "bob");
  openim_pb_free (page);

  person_does (world->ann_phone, "/friend/delete_friend", "{'ownerUserID':'ann','friendUserID':'carl'}");
  openim_pb_free (visitor_hear (world->ann, EVENT (FriendDeleted), is_friend, "carl"));
  friends = visitor_call (world->ann, FUNCTION (GetFriends), &all);
  g_assert_cmpuint (friends->n_friends, ==, 1);
  openim_pb_free (friends);

  person_free (carl);
  world_free (world);
  proves_functions (FUNCTION (GetFriends), FUNCTION (GetFriendsPage), 0);
  proves_events (EVENT (FriendAdded), EVENT (FriendInfoChanged), EVENT (FriendDeleted), 0);
}

static void
test_blacks (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Relation__GetBlacksResp *blacks;
  Openim__Sdk__Relation__GetFriendsReq all = OPENIM__SDK__RELATION__GET_FRIENDS_REQ__INIT;
  Openim__Sdk__Relation__GetFriendsResp *friends;
  Openim__Sdk__Relation__CheckFriendReq check = OPENIM__SDK__RELATION__CHECK_FRIEND_REQ__INIT;
  Openim__Sdk__Relation__CheckFriendResp *checked;
  Openim__Sdk__Relation__SearchFriendsReq search = OPENIM__SDK__RELATION__SEARCH_FRIENDS_REQ__INIT;
  Openim__Sdk__Relation__SearchFriendsResp *found;
  char *ids[] = { (char *) "bob", (char *) "nobody" };

  person_befriend (world->ann_phone, "bob");
  openim_pb_free (visitor_hear (world->ann, EVENT (FriendAdded), is_friend, "bob"));
  check.n_frienduserids = G_N_ELEMENTS (ids);
  check.frienduserids = ids;
  checked = visitor_call (world->ann, FUNCTION (CheckFriend), &check);
  g_assert_cmpuint (checked->n_result, ==, 2);
  g_assert_cmpint (checked->result[0]->result, ==, OPENIM__SDK__RELATION__CHECK_FRIEND_RESULT__IsFriend);
  g_assert_cmpint (checked->result[1]->result, ==, OPENIM__SDK__RELATION__CHECK_FRIEND_RESULT__NotFriend);
  openim_pb_free (checked);

  person_does (world->ann_phone, "/friend/add_black", "{'ownerUserID':'ann','blackUserID':'bob'}");
  visitor_heard (world->ann, EVENT (BlackAdded));
  blacks = visitor_call (world->ann, FUNCTION (GetBlacks), NULL);
  g_assert_cmpuint (blacks->n_blacks, ==, 1);
  g_assert_cmpstr (blacks->blacks[0]->blockuserid, ==, "bob");
  openim_pb_free (blacks);
  all.filterblack = TRUE;
  friends = visitor_call (world->ann, FUNCTION (GetFriends), &all);
  g_assert_cmpuint (friends->n_friends, ==, 0);
  openim_pb_free (friends);
  checked = visitor_call (world->ann, FUNCTION (CheckFriend), &check);
  g_assert_cmpint (checked->result[0]->result, ==, OPENIM__SDK__RELATION__CHECK_FRIEND_RESULT__NotFriend);
  openim_pb_free (checked);

  search.keyword = (char *) "bo";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (SearchFriends), &search), ==,
                   OPENIM_ERROR_SDK_ARGS);
  search.searchnickname = TRUE;
  found = visitor_call (world->ann, FUNCTION (SearchFriends), &search);
  g_assert_cmpuint (found->n_friends, ==, 1);
  g_assert_cmpint (found->friends[0]->relationship, ==, OPENIM__SDK__RELATION__RELATIONSHIP__Black);
  openim_pb_free (found);

  person_does (world->ann_phone, "/friend/remove_black", "{'ownerUserID':'ann','blackUserID':'bob'}");
  visitor_heard (world->ann, EVENT (BlackDeleted));

  world_free (world);
  proves_functions (FUNCTION (GetBlacks), FUNCTION (CheckFriend), FUNCTION (SearchFriends), 0);
  proves_events (EVENT (BlackAdded), EVENT (BlackDeleted), 0);
}

/* ---- users */

static void
test_users (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__User__GetSelfUserInfoResp *self = visitor_call (world->ann, FUNCTION (GetSelfUserInfo), NULL);
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  Openim__Sdk__User__GetUsersInfoResp *users;
  Openim__Event__EventOnSelfInfoUpdatedData *updated;
  char *ids[] = { (char *) "bob", (char *) "nobody", (char *) "ann" };

  g_assert_cmpstr (self->user->userid, ==, "ann");
  g_assert_cmpstr (self->user->nickname, ==, "Ann");
  openim_pb_free (self);

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetUsersInfo), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.n_userids = G_N_ELEMENTS (ids);
  request.userids = ids;
  users = visitor_call (world->ann, FUNCTION (GetUsersInfo), &request);
  g_assert_cmpuint (users->n_users, ==, 2);
  g_assert_cmpstr (users->users[0]->userid, ==, "bob");
  g_assert_cmpstr (users->users[0]->nickname, ==, "Bob");
  g_assert_cmpstr (users->users[1]->userid, ==, "ann");
  openim_pb_free (users);

  person_does (world->ann_phone, "/user/update_user_info_ex",
               "{'userInfo':{'userID':'ann','nickname':'Anna'}}");
  updated = visitor_hear (world->ann, EVENT (SelfInfoUpdated), NULL, NULL);
  g_assert_cmpstr (updated->user->nickname, ==, "Anna");
  openim_pb_free (updated);
  self = visitor_call (world->ann, FUNCTION (GetSelfUserInfo), NULL);
  g_assert_cmpstr (self->user->nickname, ==, "Anna");
  openim_pb_free (self);

  world_free (world);
  proves_functions (FUNCTION (GetSelfUserInfo), FUNCTION (GetUsersInfo), 0);
  proves_events (EVENT (SelfInfoUpdated), 0);
}

typedef struct {
  const char *user_id;
  gsize platforms;
} Presence;

static gboolean
is_present (gconstpointer data, gconstpointer what)
{
  const Openim__Event__EventOnUserStatusChangedData *state = data;
  const Presence *presence = what;

  return g_str_equal (state->userid, presence->user_id) && state->n_platformids == presence->platforms;
}

static void
test_presence (void)
{
  World *world = world_new (FALSE);
  Person *carl = person_new (world->server, "carl", "Carl"),
         *dora = person_new (world->server, "dora", "Dora");
  const int subscribe = OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__SubscribeUsersOnlineStatus;
  const int unsubscribe = OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__UnsubscribeUsersOnlineStatus;
  Openim__Sdk__Internal__SubscribeUsersOnlineStatusReq request =
      OPENIM__SDK__INTERNAL__SUBSCRIBE_USERS_ONLINE_STATUS_REQ__INIT;
  Openim__Sdk__Internal__SubscribeUsersOnlineStatusResp *response;
  Openim__Sdk__Internal__UnsubscribeUsersOnlineStatusReq enough =
      OPENIM__SDK__INTERNAL__UNSUBSCRIBE_USERS_ONLINE_STATUS_REQ__INIT;
  const Presence carl_online = { "carl", 1 }, carl_offline = { "carl", 0 }, dora_online = { "dora", 1 };
  char *ids[] = { (char *) "bob", (char *) "carl", (char *) "dora" };

  g_assert_cmpint (visitor_refused (world->ann, subscribe, &request), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (visitor_refused (world->ann, unsubscribe, &enough), ==, OPENIM_ERROR_SDK_ARGS);
  request.n_userids = G_N_ELEMENTS (ids);
  request.userids = ids;
  response = visitor_call (world->ann, subscribe, &request);
  g_assert_cmpuint (response->n_status, ==, 3);
  g_assert_cmpstr (response->status[0]->userid, ==, "bob");
  g_assert_cmpuint (response->status[0]->n_platforms, ==, 1);
  g_assert_cmpint (response->status[0]->platforms[0], ==, PLATFORM_LINUX);
  g_assert_cmpstr (response->status[1]->userid, ==, "carl");
  g_assert_cmpuint (response->status[1]->n_platforms, ==, 0);
  openim_pb_free (response);
  openim_pb_free (visitor_hear (world->ann, EVENT (UserStatusChanged), is_present, &carl_offline));

  person_connect (carl);
  openim_pb_free (visitor_hear (world->ann, EVENT (UserStatusChanged), is_present, &carl_online));
  person_disconnect (carl);
  openim_pb_free (visitor_hear (world->ann, EVENT (UserStatusChanged), is_present, &carl_offline));

  /* A new connection has the old subscriptions. */
  visitor_do (world->ann, FUNCTION (NetworkStatusChanged), NULL);
  visitor_heard (world->ann, EVENT (ConnectSuccess));
  visitor_heard (world->ann, EVENT (ConnectSuccess));
  person_connect (carl);
  openim_pb_free (visitor_hear (world->ann, EVENT (UserStatusChanged), is_present, &carl_online));

  enough.n_userids = 1;
  enough.userids = ids + 1;
  visitor_do (world->ann, unsubscribe, &enough);
  person_disconnect (carl);
  person_connect (dora);
  openim_pb_free (visitor_hear (world->ann, EVENT (UserStatusChanged), is_present, &dora_online));

  person_free (carl);
  person_free (dora);
  world_free (world);
  proves_functions (subscribe, unsubscribe, 0);
  proves_events (EVENT (UserStatusChanged), 0);
}

/* ---- groups */

static gboolean
is_group (gconstpointer data, gconstpointer id)
{
  return g_str_equal (((const Openim__Event__EventOnJoinedGroupAddedData *) data)->group->groupid, id);
}

static gboolean
is_member (gconstpointer data, gconstpointer id)
{
  return g_str_equal (((const Openim__Event__EventOnGroupMemberAddedData *) data)->member->userid, id);
}

/* (transfer full) user IDs of a page, with blanks between. */
static char *
members (Visitor *visitor, int filter, int number, int count)
{
  Openim__Sdk__Group__GetGroupMembersReq request = OPENIM__SDK__GROUP__GET_GROUP_MEMBERS_REQ__INIT;
  Openim__Sdk__Common__RequestPagination pagination = OPENIM__SDK__COMMON__REQUEST_PAGINATION__INIT;
  Openim__Sdk__Group__GetGroupMembersResp *response;
  GString *ids = g_string_new (NULL);

  request.groupid = (char *) "team";
  request.filter = filter;
  request.pagination = &pagination;
  pagination.pagenumber = number;
  pagination.shownumber = count;
  response = visitor_call (visitor, FUNCTION (GetGroupMembers), &request);
  for (size_t i = 0; i < response->n_members; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", response->members[i]->userid);
  openim_pb_free (response);
  return g_string_free (ids, FALSE);
}

static void
check_members (Visitor *visitor, int filter, int number, int count, const char *expected)
{
  g_autofree char *ids = members (visitor, filter, number, count);

  g_assert_cmpstr (ids, ==, expected);
}

static void
test_groups (void)
{
  World *world = world_new (FALSE);
  Openim__Event__EventOnJoinedGroupAddedData *added;
  Openim__Event__EventOnGroupInfoChangedData *changed;
  Openim__Sdk__Group__GetJoinedGroupsResp *joined;
  Openim__Sdk__Group__GetJoinedGroupsPageReq part = OPENIM__SDK__GROUP__GET_JOINED_GROUPS_PAGE_REQ__INIT;
  Openim__Sdk__Group__GetJoinedGroupsPageResp *page;
  Openim__Sdk__Common__RequestPagination pagination = OPENIM__SDK__COMMON__REQUEST_PAGINATION__INIT;
  Openim__Sdk__Group__GetSpecifiedGroupsInfoReq some =
      OPENIM__SDK__GROUP__GET_SPECIFIED_GROUPS_INFO_REQ__INIT;
  Openim__Sdk__Group__GetSpecifiedGroupsInfoResp *specified;
  Openim__Sdk__Group__IsJoinGroupReq question = OPENIM__SDK__GROUP__IS_JOIN_GROUP_REQ__INIT;
  Openim__Sdk__Group__IsJoinGroupResp *is_joined;
  char *ids[] = { (char *) "nowhere", (char *) "others", (char *) "team" };

  joined = visitor_call (world->bob, FUNCTION (GetJoinedGroups), NULL);
  g_assert_cmpuint (joined->n_groups, ==, 0);
  openim_pb_free (joined);

  person_found (world->ann_phone, "team", "Team", "bob", NULL);
  person_found (world->ann_phone, "others", "Others", NULL, NULL);
  added = visitor_hear (world->bob, EVENT (JoinedGroupAdded), is_group, "team");
  g_assert_cmpstr (added->group->groupname, ==, "Team");
  g_assert_cmpstr (added->group->owneruserid, ==, "ann");
  g_assert_cmpint (added->group->membercount, ==, 2);
  openim_pb_free (added);

  joined = visitor_call (world->bob, FUNCTION (GetJoinedGroups), NULL);
  g_assert_cmpuint (joined->n_groups, ==, 1);
  g_assert_cmpstr (joined->groups[0]->groupid, ==, "team");
  openim_pb_free (joined);
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (GetJoinedGroupsPage), &part), ==,
                   OPENIM_ERROR_SDK_ARGS);
  part.pagination = &pagination;
  pagination.pagenumber = 1;
  pagination.shownumber = 10;
  page = visitor_call (world->bob, FUNCTION (GetJoinedGroupsPage), &part);
  g_assert_cmpuint (page->n_groups, ==, 1);
  openim_pb_free (page);
  pagination.pagenumber = 2;
  page = visitor_call (world->bob, FUNCTION (GetJoinedGroupsPage), &part);
  g_assert_cmpuint (page->n_groups, ==, 0);
  openim_pb_free (page);

  /* Also one that Bob is not in, which does not make it one of his. */
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (GetSpecifiedGroupsInfo), &some), ==,
                   OPENIM_ERROR_SDK_ARGS);
  some.n_groupids = G_N_ELEMENTS (ids);
  some.groupids = ids;
  specified = visitor_call (world->bob, FUNCTION (GetSpecifiedGroupsInfo), &some);
  g_assert_cmpuint (specified->n_groups, ==, 2);
  g_assert_cmpstr (specified->groups[0]->groupname, ==, "Others");
  g_assert_cmpstr (specified->groups[1]->groupname, ==, "Team");
  openim_pb_free (specified);
  question.groupid = (char *) "others";
  is_joined = visitor_call (world->bob, FUNCTION (IsJoinGroup), &question);
  g_assert_false (is_joined->joined);
  openim_pb_free (is_joined);
  question.groupid = (char *) "team";
  is_joined = visitor_call (world->bob, FUNCTION (IsJoinGroup), &question);
  g_assert_true (is_joined->joined);
  openim_pb_free (is_joined);

  person_does (world->ann_phone, "/group/set_group_info_ex", "{'groupID':'team','groupName':'The team'}");
  changed = visitor_hear (world->bob, EVENT (GroupInfoChanged), is_group, "team");
  g_assert_cmpstr (changed->group->groupname, ==, "The team");
  openim_pb_free (changed);

  person_does (world->ann_phone, "/group/dismiss_group", "{'groupID':'team','deleteMember':false}");
  openim_pb_free (visitor_hear (world->bob, EVENT (GroupDismissed), is_group, "team"));
  openim_pb_free (visitor_hear (world->bob, EVENT (JoinedGroupDeleted), is_group, "team"));
  joined = visitor_call (world->bob, FUNCTION (GetJoinedGroups), NULL);
  g_assert_cmpuint (joined->n_groups, ==, 0);
  openim_pb_free (joined);

  world_free (world);
  proves_functions (FUNCTION (GetJoinedGroups), FUNCTION (GetJoinedGroupsPage),
                    FUNCTION (GetSpecifiedGroupsInfo), FUNCTION (IsJoinGroup), 0);
  proves_events (EVENT (JoinedGroupAdded), EVENT (GroupInfoChanged), EVENT (GroupDismissed),
                 EVENT (JoinedGroupDeleted), 0);
}

/* Newer servers of 3.8.3 add people and answer that they have not. */
static void
test_members (void)
{
  World *world = world_new_at (server_start_option ("--behave", "3.8.3"), TRUE);
  Person *carl = person_new (world->server, "carl", "Carl");
  Openim__Sdk__Group__GetGroupMembersReq bad = OPENIM__SDK__GROUP__GET_GROUP_MEMBERS_REQ__INIT;
  Openim__Sdk__Common__RequestPagination pagination = OPENIM__SDK__COMMON__REQUEST_PAGINATION__INIT;
  Openim__Event__EventOnGroupMemberInfoChangedData *changed;
  Openim__Event__EventOnGroupMemberAddedData *added;
  Openim__Sdk__Group__GetGroupMemberOwnerAndAdminReq chiefs_req =
      OPENIM__SDK__GROUP__GET_GROUP_MEMBER_OWNER_AND_ADMIN_REQ__INIT;
  Openim__Sdk__Group__GetGroupMemberOwnerAndAdminResp *chiefs;
  Openim__Sdk__Group__GetGroupMembersByJoinTimeFilterReq time_req =
      OPENIM__SDK__GROUP__GET_GROUP_MEMBERS_BY_JOIN_TIME_FILTER_REQ__INIT;
  Openim__Sdk__Group__GetGroupMembersByJoinTimeFilterResp *by_time;
  Openim__Sdk__Group__GetUsersInGroupReq filter = OPENIM__SDK__GROUP__GET_USERS_IN_GROUP_REQ__INIT;
  Openim__Sdk__Group__GetUsersInGroupResp *filtered;
  char *ids[] = { (char *) "nobody", (char *) "carl", (char *) "ann" };

  bad.groupid = (char *) "team";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetGroupMembers), &bad), ==, OPENIM_ERROR_SDK_ARGS);
  bad.pagination = &pagination;
  pagination.pagenumber = pagination.shownumber = 1;
  bad.filter = 77;
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetGroupMembers), &bad), ==, OPENIM_ERROR_SDK_ARGS);
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__All, 1, 100, "ann bob");

  person_does (world->ann_phone, "/group/invite_user_to_group",
               "{'groupID':'team','invitedUserIDs':['carl']}");
  added = visitor_hear (world->bob, EVENT (GroupMemberAdded), is_member, "carl");
  g_assert_cmpstr (added->member->groupid, ==, "team");
  g_assert_cmpstr (added->member->nickname, ==, "Carl");
  g_assert_cmpint (added->member->rolelevel, ==, 20);
  openim_pb_free (added);
  visitor_heard (world->bob, EVENT (GroupInfoChanged)); /* how many they are */

  person_does (world->ann_phone, "/group/set_group_member_info",
               "{'members':[{'groupID':'team','userID':'carl','roleLevel':60}]}");
  changed = visitor_hear (world->bob, EVENT (GroupMemberInfoChanged), is_member, "carl");
  g_assert_cmpint (changed->member->rolelevel, ==, 60);
  openim_pb_free (changed);

  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__All, 1, 100, "ann carl bob");
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__All, 2, 2, "bob");
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__All, 3, 2, "");
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__Owner, 1, 9, "ann");
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__Admin, 1, 9, "carl");
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__OrdinaryUsers, 1, 9, "bob");
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__AdminAndOrdinaryUsers, 1, 9, "carl bob");
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__OwnerAndAdmin, 2, 1, "carl");

  chiefs_req.groupid = (char *) "team";
  chiefs = visitor_call (world->bob, FUNCTION (GetGroupMemberOwnerAndAdmin), &chiefs_req);
  g_assert_cmpuint (chiefs->n_members, ==, 2);
  g_assert_cmpstr (chiefs->members[0]->userid, ==, "carl"); /* who came last */
  openim_pb_free (chiefs);

  time_req.groupid = (char *) "team";
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (GetGroupMembersByJoinTimeFilter), &time_req), ==,
                   OPENIM_ERROR_SDK_ARGS);
  time_req.pagination = &pagination;
  pagination.shownumber = 10;
  by_time = visitor_call (world->bob, FUNCTION (GetGroupMembersByJoinTimeFilter), &time_req);
  g_assert_cmpuint (by_time->n_members, ==, 3);
  g_assert_cmpstr (by_time->members[0]->userid, ==, "carl");
  openim_pb_free (by_time);

  filter.groupid = (char *) "team";
  filter.n_userids = G_N_ELEMENTS (ids);
  filter.userids = ids;
  filtered = visitor_call (world->bob, FUNCTION (GetUsersInGroup), &filter);
  g_assert_cmpuint (filtered->n_userids, ==, 2);
  g_assert_cmpstr (filtered->userids[0], ==, "carl");
  g_assert_cmpstr (filtered->userids[1], ==, "ann");
  openim_pb_free (filtered);

  person_does (world->ann_phone, "/group/kick_group", "{'groupID':'team','kickedUserIDs':['carl']}");
  openim_pb_free (visitor_hear (world->bob, EVENT (GroupMemberDeleted), is_member, "carl"));
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__All, 1, 100, "ann bob");
  person_does (world->ann_phone, "/group/kick_group", "{'groupID':'team','kickedUserIDs':['bob']}");
  openim_pb_free (visitor_hear (world->bob, EVENT (JoinedGroupDeleted), is_group, "team"));
  check_members (world->bob, OPENIM__SDK__GROUP__GROUP_FILTER__All, 1, 100, "");

  person_free (carl);
  world_free (world);
  proves_functions (FUNCTION (GetGroupMembers), FUNCTION (GetGroupMemberOwnerAndAdmin),
                    FUNCTION (GetGroupMembersByJoinTimeFilter), FUNCTION (GetUsersInGroup), 0);
  proves_events (EVENT (GroupMemberAdded), EVENT (GroupMemberDeleted), EVENT (GroupMemberInfoChanged), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/lists/friends", test_friends);
  g_test_add_func ("/door/lists/blacks", test_blacks);
  g_test_add_func ("/door/lists/users", test_users);
  g_test_add_func ("/door/lists/presence", test_presence);
  g_test_add_func ("/door/lists/groups", test_groups);
  g_test_add_func ("/door/lists/members", test_members);

  return g_test_run ();
}
