/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Being friends, and not wanting to be: the list of friends and the blacklist, as those who act and those who
 * are acted upon hear of it. */

#include "world.h"

#define assert_order(visitor, first, second)                                                                 \
  g_assert_cmpuint (visitor_place (visitor, first), <, visitor_place (visitor, second))

/* ---- friends */

static gboolean
is_friend (gconstpointer data, gconstpointer id)
{
  return g_str_equal (((const Openim__Event__EventOnFriendAddedData *) data)->friend_->frienduserid, id);
}

/* (transfer full) IDs with blanks between. */
static char *
specified (Visitor *visitor, gboolean filter, char *first, char *second, char *third)
{
  Openim__Sdk__Relation__GetSpecifiedFriendsReq request =
      OPENIM__SDK__RELATION__GET_SPECIFIED_FRIENDS_REQ__INIT;
  Openim__Sdk__Relation__GetSpecifiedFriendsResp *response;
  char *ids[] = { first, second, third };
  GString *found = g_string_new (NULL);

  request.n_frienduserids = G_N_ELEMENTS (ids);
  request.frienduserids = ids;
  request.filterblack = filter;
  response = visitor_call (visitor, FUNCTION (GetSpecifiedFriends), &request);
  for (size_t i = 0; i < response->n_friends; i++)
    g_string_append_printf (found, "%s%s", i > 0 ? " " : "", response->friends[i]->frienduserid);
  openim_pb_free (response);
  return g_string_free (found, FALSE);
}

static void
check_specified (
    Visitor *visitor, gboolean filter, const char *a, const char *b, const char *c, const char *expected)
{
  g_autofree char *found = specified (visitor, filter, (char *) a, (char *) b, (char *) c);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_specified (void)
{
  World *world = world_new (FALSE);
  Person *carl = person_new (world->server, "carl", "Carl");
  Openim__Sdk__Relation__GetSpecifiedFriendsReq empty =
      OPENIM__SDK__RELATION__GET_SPECIFIED_FRIENDS_REQ__INIT;

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetSpecifiedFriends), &empty), ==,
                   OPENIM_ERROR_SDK_ARGS);
  check_specified (world->ann, FALSE, "bob", "carl", "nobody", "");

  /* Also those of whom nobody has told yet. */
  person_befriend (world->ann_phone, "bob");
  check_specified (world->ann, FALSE, "carl", "bob", "bob", "bob bob");
  person_befriend (world->ann_phone, "carl");
  check_specified (world->ann, FALSE, "carl", "nobody", "bob", "carl bob");
  openim_pb_free (visitor_hear (world->ann, EVENT (FriendAdded), is_friend, "bob"));
  openim_pb_free (visitor_hear (world->ann, EVENT (FriendAdded), is_friend, "carl"));

  person_does (world->ann_phone, "/friend/add_black", "{'ownerUserID':'ann','blackUserID':'carl'}");
  visitor_heard (world->ann, EVENT (BlackAdded));
  check_specified (world->ann, TRUE, "carl", "nobody", "bob", "bob");
  check_specified (world->ann, FALSE, "carl", "nobody", "bob", "carl bob");
  person_reaches (carl, world->bob, "bob");
  g_assert_cmpuint (visitor_count (world->ann, EVENT (FriendAdded)), ==, 2);

  person_free (carl);
  world_free (world);
  proves_functions (FUNCTION (GetSpecifiedFriends), 0);
}

static gboolean
is_named (gconstpointer data, gconstpointer name)
{
  const Openim__Event__EventOnConversationChangedData *list = data;

  for (size_t i = 0; i < list->n_conversationlist; i++) {
    if (g_str_equal (list->conversationlist[i]->conversationid, CHAT) &&
        g_str_equal (list->conversationlist[i]->showname, name))
      return TRUE;
  }
  return FALSE;
}

static void
test_update (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Relation__UpdatesFriendsReq request = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ__INIT;
  Openim__Event__EventOnFriendInfoChangedData *changed;
  guint before;

  person_befriend (world->ann_phone, "bob");
  openim_pb_free (visitor_hear (world->ann, EVENT (FriendAdded), is_friend, "bob"));
  openim_pb_free (visitor_hear (world->bob, EVENT (FriendAdded), is_friend, "ann"));
  g_free (visitor_say (world->ann, "bob", "", "so that there is a conversation"));

  request.userid = (char *) "bob";
  request.__remark_case = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ____REMARK_REMARK;
  request.remark = (char *) "Robert";
  visitor_do (world->ann, FUNCTION (UpdateFriends), &request);
  assert_order (world->ann, EVENT (FriendInfoChanged), FUNCTION (UpdateFriends));
  openim_pb_free (visitor_hear (world->ann, EVENT (ConversationChanged), is_named, "Robert"));
  assert_order (world->ann, EVENT (FriendInfoChanged), EVENT (ConversationChanged));
  changed = visitor_hear (world->ann, EVENT (FriendInfoChanged), is_friend, "bob");
  g_assert_cmpstr (changed->friend_->remark, ==, "Robert");
  g_assert_cmpstr (changed->friend_->nickname, ==, "Bob");
  g_assert_false (changed->friend_->ispinned);
  openim_pb_free (changed);

  /* The rest stays. */
  request.__remark_case = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ____REMARK__NOT_SET;
  request._pinned_case = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ___PINNED_PINNED;
  request.pinned = TRUE;
  request._ex_case = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ___EX_EX;
  request.ex = (char *) "note";
  visitor_do (world->ann, FUNCTION (UpdateFriends), &request);
  changed = visitor_hear (world->ann, EVENT (FriendInfoChanged), is_friend, "bob");
  g_assert_cmpstr (changed->friend_->remark, ==, "Robert");
  g_assert_cmpstr (changed->friend_->ex, ==, "note");
  g_assert_true (changed->friend_->ispinned);
  openim_pb_free (changed);

  request._ex_case = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ___EX__NOT_SET;
  request.pinned = FALSE;
  request.__remark_case = OPENIM__SDK__RELATION__UPDATES_FRIENDS_REQ____REMARK_REMARK;
  request.remark = (char *) "";
  visitor_do (world->ann, FUNCTION (UpdateFriends), &request);
  changed = visitor_hear (world->ann, EVENT (FriendInfoChanged), is_friend, "bob");
  g_assert_cmpstr (changed->friend_->remark, ==, "");
  g_assert_cmpstr (changed->friend_->ex, ==, "note");
  g_assert_false (changed->friend_->ispinned);
  openim_pb_free (changed);
  openim_pb_free (visitor_hear (world->ann, EVENT (ConversationChanged), is_named, "Bob"));

  /* Nobody's friend is left alone, and nothing of it is anybody else's business. */
  before = visitor_count (world->ann, EVENT (FriendInfoChanged));
  request.userid = (char *) "nobody";
  visitor_do (world->ann, FUNCTION (UpdateFriends), &request);
  person_reaches (world->bob_phone, world->ann, "ann");
  g_assert_cmpuint (visitor_count (world->ann, EVENT (FriendInfoChanged)), ==, before);
  g_assert_cmpuint (before, ==, 3);
  person_reaches (world->ann_phone, world->bob, "bob");
  g_assert_cmpuint (visitor_count (world->bob, EVENT (FriendInfoChanged)), ==, 0);

  world_free (world);
  proves_functions (FUNCTION (UpdateFriends), 0);
  proves_events (EVENT (FriendInfoChanged), 0);
}

static void
test_delete (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Relation__DeleteFriendReq request = OPENIM__SDK__RELATION__DELETE_FRIEND_REQ__INIT;
  Openim__Event__EventOnFriendDeletedData *deleted;
  Openim__Sdk__Relation__GetFriendsResp *friends;

  person_befriend (world->ann_phone, "bob");
  openim_pb_free (visitor_hear (world->ann, EVENT (FriendAdded), is_friend, "bob"));
  openim_pb_free (visitor_hear (world->bob, EVENT (FriendAdded), is_friend, "ann"));
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (DeleteFriend), &request), ==, OPENIM_ERROR_ARGS);

  request.userid = (char *) "bob";
  visitor_do (world->ann, FUNCTION (DeleteFriend), &request);
  assert_order (world->ann, EVENT (FriendDeleted), FUNCTION (DeleteFriend));
  deleted = visitor_hear (world->ann, EVENT (FriendDeleted), is_friend, "bob");
  g_assert_cmpstr (deleted->friend_->nickname, ==, "Bob");
  openim_pb_free (deleted);
  visitor_do (world->ann, FUNCTION (DeleteFriend), &request); /* once more is no error */

  /* The other one keeps his, and hears nothing. */
  person_reaches (world->ann_phone, world->bob, "bob");
  g_assert_cmpuint (visitor_count (world->bob, EVENT (FriendDeleted)), ==, 0);
  friends = visitor_call (world->bob, FUNCTION (GetFriends), NULL);
  g_assert_cmpuint (friends->n_friends, ==, 1);
  openim_pb_free (friends);
  g_assert_cmpuint (visitor_count (world->ann, EVENT (FriendDeleted)), ==, 1);

  world_free (world);
  proves_functions (FUNCTION (DeleteFriend), 0);
  proves_events (EVENT (FriendDeleted), 0);
}

/* Who is called otherwise is so everywhere. */
static void
test_renamed (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  Openim__Sdk__User__GetUsersInfoResp *users;
  Openim__Event__EventOnFriendInfoChangedData *changed;
  char *ids[] = { (char *) "bob" };

  person_befriend (world->ann_phone, "bob");
  openim_pb_free (visitor_hear (world->ann, EVENT (FriendAdded), is_friend, "bob"));
  g_free (visitor_say (world->ann, "bob", "", "so that there is a conversation"));
  request.n_userids = 1;
  request.userids = ids;
  openim_pb_free (visitor_call (world->ann, FUNCTION (GetUsersInfo), &request));

  person_does (world->bob_phone, "/user/update_user_info_ex",
               "{'userInfo':{'userID':'bob','nickname':'Bobby'}}");
  openim_pb_free (visitor_hear (world->ann, EVENT (ConversationChanged), is_named, "Bobby"));
  assert_order (world->ann, EVENT (FriendInfoChanged), EVENT (ConversationChanged));
  changed = visitor_hear (world->ann, EVENT (FriendInfoChanged), is_friend, "bob");
  g_assert_cmpstr (changed->friend_->nickname, ==, "Bobby");
  openim_pb_free (changed);
  users = visitor_call (world->ann, FUNCTION (GetUsersInfo), &request);
  g_assert_cmpstr (users->users[0]->nickname, ==, "Bobby");
  openim_pb_free (users);

  world_free (world);
}

/* ---- blacklist */

static void
test_blacklist (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Relation__AddBlackReq add = OPENIM__SDK__RELATION__ADD_BLACK_REQ__INIT;
  Openim__Sdk__Relation__DeleteBlackReq remove = OPENIM__SDK__RELATION__DELETE_BLACK_REQ__INIT;
  Openim__Event__EventOnBlackAddedData *added;
  Openim__Event__EventOnBlackDeletedData *deleted;
  g_autoptr (OpenimMessage) message = NULL;
  Openim__Sdk__Message__SendMessageReq send = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  add.userid = (char *) "ann";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (AddBlack), &add), ==, OPENIM_ERROR_YOURSELF);
  add.userid = (char *) "nobody";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (AddBlack), &add), ==, OPENIM_ERROR_NOT_FOUND);
  add.userid = (char *) "";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (AddBlack), &add), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (DeleteBlack), &remove), ==, OPENIM_ERROR_ARGS);

  add.userid = (char *) "bob";
  add.ex = (char *) "too loud";
  visitor_do (world->ann, FUNCTION (AddBlack), &add);
  assert_order (world->ann, EVENT (BlackAdded), FUNCTION (AddBlack));
  added = visitor_hear (world->ann, EVENT (BlackAdded), NULL, NULL);
  g_assert_cmpstr (added->black->blockuserid, ==, "bob");
  g_assert_cmpstr (added->black->owneruserid, ==, "ann");
  g_assert_cmpstr (added->black->nickname, ==, "Bob");
  g_assert_cmpstr (added->black->ex, ==, "too loud");
  g_assert_cmpint (added->black->createtime, >, G_GINT64_CONSTANT (1000000000000));
  openim_pb_free (added);
  visitor_do (world->ann, FUNCTION (AddBlack), &add); /* once more is no error */

  /* He cannot write, and is not told why before he tries. */
  message = visitor_make_text (world->bob, "let me through");
  send.message = message;
  send.recvid = (char *) "ann";
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (SendMessage), &send), ==, 1302);

  remove.userid = (char *) "bob";
  visitor_do (world->ann, FUNCTION (DeleteBlack), &remove);
  assert_order (world->ann, EVENT (BlackDeleted), FUNCTION (DeleteBlack));
  deleted = visitor_hear (world->ann, EVENT (BlackDeleted), NULL, NULL);
  g_assert_cmpstr (deleted->black->blockuserid, ==, "bob");
  g_assert_cmpstr (deleted->black->ex, ==, "too loud");
  openim_pb_free (deleted);
  visitor_do (world->ann, FUNCTION (DeleteBlack), &remove);
  remove.userid = (char *) "nobody";
  visitor_do (world->ann, FUNCTION (DeleteBlack), &remove);

  person_reaches (world->ann_phone, world->bob, "bob");
  g_assert_cmpuint (visitor_count (world->bob, EVENT (BlackAdded)), ==, 0);
  g_assert_cmpuint (visitor_count (world->bob, EVENT (BlackDeleted)), ==, 0);
  person_reaches (world->bob_phone, world->ann, "ann");
  g_assert_cmpuint (visitor_count (world->ann, EVENT (BlackAdded)), ==, 1);
  g_assert_cmpuint (visitor_count (world->ann, EVENT (BlackDeleted)), ==, 1);

  world_free (world);
  proves_functions (FUNCTION (AddBlack), FUNCTION (DeleteBlack), 0);
  proves_events (EVENT (BlackAdded), EVENT (BlackDeleted), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/friends/specified", test_specified);
  g_test_add_func ("/door/friends/update", test_update);
  g_test_add_func ("/door/friends/delete", test_delete);
  g_test_add_func ("/door/friends/renamed", test_renamed);
  g_test_add_func ("/door/friends/blacklist", test_blacklist);

  return g_test_run ();
}
