/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What one says of oneself, the commands that one keeps at the server, and what phones are told. */

#include "world.h"

#define assert_order(visitor, first, second)                                                                 \
  g_assert_cmpuint (visitor_place (visitor, first), <, visitor_place (visitor, second))

/* ---- oneself */

static gboolean
is_ann (gconstpointer data, gconstpointer name)
{
  const OpenimFriend *person = ((const Openim__Event__EventOnFriendInfoChangedData *) data)->friend_;

  return g_str_equal (person->frienduserid, "ann") && g_str_equal (person->nickname, name);
}

static gboolean
is_member_named (gconstpointer data, gconstpointer name)
{
  const OpenimGroupMember *member = ((const Openim__Event__EventOnGroupMemberInfoChangedData *) data)->member;

  return g_str_equal (member->userid, "ann") && g_str_equal (member->nickname, name);
}

/* (transfer full) the name that a message of the chat shows. */
static char *
sender_name (Visitor *visitor, const char *client_msg_id)
{
  Openim__Sdk__Conversation__FindMessageListReq request =
      OPENIM__SDK__CONVERSATION__FIND_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Conversation__ConversationArgs arguments = OPENIM__SDK__CONVERSATION__CONVERSATION_ARGS__INIT;
  Openim__Sdk__Conversation__ConversationArgs *list[] = { &arguments };
  Openim__Sdk__Conversation__FindMessageListResp *response;
  char *ids[] = { (char *) client_msg_id };
  char *name;

  arguments.conversationid = (char *) CHAT;
  arguments.n_clientmsgidlist = 1;
  arguments.clientmsgidlist = ids;
  request.n_conversationsargs = 1;
  request.conversationsargs = list;
  response = visitor_call (visitor, FUNCTION (FindMessageList), &request);
  name = g_strdup (response->findresultitems[0]->messagelist[0]->sendernickname);
  openim_pb_free (response);
  return name;
}

static void
test_set_self (void)
{
  World *world = world_new (TRUE);
  Openim__Sdk__User__SetSelfInfoReq request = OPENIM__SDK__USER__SET_SELF_INFO_REQ__INIT;
  Openim__Event__EventOnSelfInfoUpdatedData *updated;
  Openim__Sdk__User__GetSelfUserInfoResp *self;
  g_autofree char *id = visitor_say (world->ann, "bob", "", "who am I?");
  g_autofree char *name = NULL;

  person_befriend (world->ann_phone, "bob");
  visitor_heard (world->ann, EVENT (FriendAdded));
  visitor_heard (world->bob, EVENT (FriendAdded));

  request.userid = (char *) "bob"; /* is not looked at */
  request._nickname_case = OPENIM__SDK__USER__SET_SELF_INFO_REQ___NICKNAME_NICKNAME;
  request.nickname = (char *) "Anna";
  request._face_url_case = OPENIM__SDK__USER__SET_SELF_INFO_REQ___FACE_URL_FACE_URL;
  request.faceurl = (char *) "http://127.0.0.1/anna.png";
  visitor_do (world->ann, FUNCTION (SetSelfInfo), &request);
  assert_order (world->ann, EVENT (SelfInfoUpdated), FUNCTION (SetSelfInfo));
  updated = visitor_hear (world->ann, EVENT (SelfInfoUpdated), NULL, NULL);
  g_assert_cmpstr (updated->user->userid, ==, "ann");
  g_assert_cmpstr (updated->user->nickname, ==, "Anna");
  g_assert_cmpstr (updated->user->faceurl, ==, "http://127.0.0.1/anna.png");
  openim_pb_free (updated);
  openim_pb_free (visitor_hear (world->bob, EVENT (FriendInfoChanged), is_ann, "Anna"));
  openim_pb_free (visitor_hear (world->bob, EVENT (GroupMemberInfoChanged), is_member_named, "Anna"));
  name = sender_name (world->ann, id);
  g_assert_cmpstr (name, ==, "Anna");

  /* The rest stays. */
  request._nickname_case = OPENIM__SDK__USER__SET_SELF_INFO_REQ___NICKNAME__NOT_SET;
  request._face_url_case = OPENIM__SDK__USER__SET_SELF_INFO_REQ___FACE_URL__NOT_SET;
  request._ex_case = OPENIM__SDK__USER__SET_SELF_INFO_REQ___EX_EX;
  request.ex = (char *) "about me";
  request._global_recv_msg_opt_case =
      OPENIM__SDK__USER__SET_SELF_INFO_REQ___GLOBAL_RECV_MSG_OPT_GLOBAL_RECV_MSG_OPT;
  request.globalrecvmsgopt = OPENIM__SDK__COMMON__GLOBAL_RECV_MSG_OPT__NotNotify;
  visitor_do (world->ann, FUNCTION (SetSelfInfo), &request);
  updated = visitor_hear (world->ann, EVENT (SelfInfoUpdated), NULL, NULL);
  g_assert_cmpstr (updated->user->nickname, ==, "Anna");
  g_assert_cmpstr (updated->user->ex, ==, "about me");
  g_assert_cmpint (updated->user->globalrecvmsgopt, ==, OPENIM__SDK__COMMON__GLOBAL_RECV_MSG_OPT__NotNotify);
  openim_pb_free (updated);
  self = visitor_call (world->ann, FUNCTION (GetSelfUserInfo), NULL);
  g_assert_cmpstr (self->user->ex, ==, "about me");
  openim_pb_free (self);

  /* What changes nothing is no event, and each change was one. */
  visitor_do (world->ann, FUNCTION (SetSelfInfo), &request);
  person_reaches (world->bob_phone, world->ann, "ann");
  g_assert_cmpuint (visitor_count (world->ann, EVENT (SelfInfoUpdated)), ==, 2);
  g_assert_cmpuint (visitor_count (world->bob, EVENT (SelfInfoUpdated)), ==, 0);
  g_assert_cmpuint (visitor_count (world->bob, EVENT (FriendInfoChanged)), ==, 1);

  world_free (world);
  proves_functions (FUNCTION (SetSelfInfo), 0);
  proves_events (EVENT (SelfInfoUpdated), 0);
}

/* ---- commands */

/* @value, @ex: NULL when not given. */
static int
add (Visitor *visitor, int type, const char *uuid, const char *value, const char *ex)
{
  Openim__Sdk__User__ProcessUserCommandAddReq request = OPENIM__SDK__USER__PROCESS_USER_COMMAND_ADD_REQ__INIT;

  request.userid = (char *) "bob"; /* is not looked at */
  request.type = type;
  request.uuid = (char *) uuid;
  if (value != NULL) {
    request._value_case = OPENIM__SDK__USER__PROCESS_USER_COMMAND_ADD_REQ___VALUE_VALUE;
    request.value = (char *) value;
  }
  if (ex != NULL) {
    request._ex_case = OPENIM__SDK__USER__PROCESS_USER_COMMAND_ADD_REQ___EX_EX;
    request.ex = (char *) ex;
  }
  return visitor_answer (visitor, visitor_ask (visitor, FUNCTION (ProcessUserCommandAdd), &request),
                         FUNCTION (ProcessUserCommandAdd), NULL);
}

static int
update (Visitor *visitor, int type, const char *uuid, const char *value, const char *ex)
{
  Openim__Sdk__User__ProcessUserCommandUpdateReq request =
      OPENIM__SDK__USER__PROCESS_USER_COMMAND_UPDATE_REQ__INIT;

  request.type = type;
  request.uuid = (char *) uuid;
  if (value != NULL) {
    request._value_case = OPENIM__SDK__USER__PROCESS_USER_COMMAND_UPDATE_REQ___VALUE_VALUE;
    request.value = (char *) value;
  }
  if (ex != NULL) {
    request._ex_case = OPENIM__SDK__USER__PROCESS_USER_COMMAND_UPDATE_REQ___EX_EX;
    request.ex = (char *) ex;
  }
  return visitor_answer (visitor, visitor_ask (visitor, FUNCTION (ProcessUserCommandUpdate), &request),
                         FUNCTION (ProcessUserCommandUpdate), NULL);
}

static int delete (Visitor *visitor, int type, const char *uuid)
{
  Openim__Sdk__User__ProcessUserCommandDeleteReq request =
      OPENIM__SDK__USER__PROCESS_USER_COMMAND_DELETE_REQ__INIT;

  request.type = type;
  request.uuid = (char *) uuid;
  return visitor_answer (visitor, visitor_ask (visitor, FUNCTION (ProcessUserCommandDelete), &request),
                         FUNCTION (ProcessUserCommandDelete), NULL);
}

/* The data of the three events are alike. */
static void
check_command (Visitor *visitor, int event, int type, const char *uuid, const char *value, const char *ex)
{
  Openim__Event__EventOnUserCommandAddData *data = visitor_hear (visitor, event, NULL, NULL);

  g_assert_cmpstr (data->command->userid, ==, "ann");
  g_assert_cmpint (data->command->type, ==, type);
  g_assert_cmpstr (data->command->uuid, ==, uuid);
  g_assert_cmpstr (data->command->value, ==, value);
  g_assert_cmpstr (data->command->ex, ==, ex);
  g_assert_cmpint (data->command->createtime, >, G_GINT64_CONSTANT (1000000000000)); /* ms */
  openim_pb_free (data);
}

/* All of them as "type uuid value ex;". */
static void
check_commands (Visitor *visitor, const char *expected)
{
  Openim__Sdk__User__ProcessUserCommandGetAllResp *all =
      visitor_call (visitor, FUNCTION (ProcessUserCommandGetAll), NULL);
  g_autoptr (GString) found = g_string_new (NULL);

  for (size_t i = 0; i < all->n_commands; i++)
    g_string_append_printf (found, "%d %s %s %s;", all->commands[i]->type, all->commands[i]->uuid,
                            all->commands[i]->value, all->commands[i]->ex);
  g_assert_cmpstr (found->str, ==, expected);
  openim_pb_free (all);
}

static void
test_commands (void)
{
  World *world = world_new (FALSE);

  check_commands (world->ann, "");
  g_assert_cmpint (add (world->ann, 0, "one", "1", NULL), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (add (world->ann, 1, "", "1", NULL), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (update (world->ann, 1, "one", "1", NULL), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (delete (world->ann, 1, ""), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (delete (world->ann, 1, "one"), ==, 0);

  g_assert_cmpint (add (world->ann, 1, "one", "1", "first"), ==, 0);
  assert_order (world->ann, EVENT (UserCommandAdd), FUNCTION (ProcessUserCommandAdd));
  check_command (world->ann, EVENT (UserCommandAdd), 1, "one", "1", "first");
  g_assert_cmpint (add (world->ann, 2, "one", NULL, NULL), ==, 0);
  check_command (world->ann, EVENT (UserCommandAdd), 2, "one", "", "");
  check_commands (world->ann, "1 one 1 first;2 one  ;");

  /* The same again is an update, also when another device has made it. */
  g_assert_cmpint (add (world->ann, 1, "one", "eins", NULL), ==, 0);
  assert_order (world->ann, EVENT (UserCommandUpdate), FUNCTION (ProcessUserCommandAdd));
  check_command (world->ann, EVENT (UserCommandUpdate), 1, "one", "eins", "first");
  person_does (world->ann_phone, "/user/process_user_command_add",
               "{'userID':'ann','type':1,'uuid':'two','value':'2'}");
  g_assert_cmpint (add (world->ann, 1, "two", "zwei", "second"), ==, 0);
  check_command (world->ann, EVENT (UserCommandAdd), 1, "two", "zwei", "second");
  check_commands (world->ann, "1 one eins first;1 two zwei second;2 one  ;");

  g_assert_cmpint (update (world->ann, 1, "one", "un", "premier"), ==, 0);
  assert_order (world->ann, EVENT (UserCommandUpdate), FUNCTION (ProcessUserCommandUpdate));
  check_command (world->ann, EVENT (UserCommandUpdate), 1, "one", "un", "premier");
  /* The ex alone is stored and not told. */
  g_assert_cmpint (update (world->ann, 1, "two", NULL, "deuxième"), ==, 0);
  check_commands (world->ann, "1 one un premier;1 two zwei deuxième;2 one  ;");

  g_assert_cmpint (delete (world->ann, 1, "one"), ==, 0);
  assert_order (world->ann, EVENT (UserCommandDelete), FUNCTION (ProcessUserCommandDelete));
  check_command (world->ann, EVENT (UserCommandDelete), 1, "one", "un", "premier");
  check_commands (world->ann, "1 two zwei deuxième;2 one  ;");

  g_assert_cmpuint (visitor_count (world->ann, EVENT (UserCommandAdd)), ==, 3);
  g_assert_cmpuint (visitor_count (world->ann, EVENT (UserCommandUpdate)), ==, 2);
  g_assert_cmpuint (visitor_count (world->ann, EVENT (UserCommandDelete)), ==, 1);

  world_free (world);
  proves_functions (FUNCTION (ProcessUserCommandGetAll), FUNCTION (ProcessUserCommandAdd),
                    FUNCTION (ProcessUserCommandUpdate), FUNCTION (ProcessUserCommandDelete), 0);
  proves_events (EVENT (UserCommandAdd), EVENT (UserCommandUpdate), EVENT (UserCommandDelete), 0);
}

/* Nobody tells of commands: what another device does is heard at the next login. The first load is no news.
 */
static void
test_commands_while_away (void)
{
  g_autofree char *directory = g_dir_make_tmp ("openim-away-XXXXXX", NULL);
  Server *server = server_start (NULL, FALSE);
  Person *ann = person_new (server, "ann", "Ann");
  Visitor *visitor;

  person_does (ann, "/user/process_user_command_add", "{'userID':'ann','type':1,'uuid':'a','value':'1'}");
  person_does (ann, "/user/process_user_command_add", "{'userID':'ann','type':1,'uuid':'b','value':'2'}");
  visitor = visitor_new (directory);
  visitor_login (visitor, server, "ann");
  check_commands (visitor, "1 a 1 ;1 b 2 ;");
  g_assert_cmpuint (visitor_count (visitor, EVENT (UserCommandAdd)), ==, 0);
  g_assert_cmpuint (visitor_count (visitor, EVENT (SelfInfoUpdated)), ==, 0);
  visitor_leave (visitor);

  person_does (ann, "/user/process_user_command_delete", "{'userID':'ann','type':1,'uuid':'a'}");
  person_does (ann, "/user/process_user_command_update", "{'userID':'ann','type':1,'uuid':'b','value':'3'}");
  person_does (ann, "/user/process_user_command_add", "{'userID':'ann','type':2,'uuid':'a','value':'4'}");
  person_does (ann, "/user/update_user_info_ex", "{'userInfo':{'userID':'ann','nickname':'Anna'}}");
  visitor = visitor_new (directory);
  visitor_login (visitor, server, "ann");
  check_command (visitor, EVENT (UserCommandDelete), 1, "a", "1", "");
  check_command (visitor, EVENT (UserCommandUpdate), 1, "b", "3", "");
  check_command (visitor, EVENT (UserCommandAdd), 2, "a", "4", "");
  g_assert_cmpuint (visitor_count (visitor, EVENT (SelfInfoUpdated)), ==, 1);
  visitor_leave (visitor);

  folder_remove (directory);
  person_free (ann);
  server_stop (server);
}

/* ---- push services */

static void
test_push (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Third__UpdateFcmTokenReq token = OPENIM__SDK__THIRD__UPDATE_FCM_TOKEN_REQ__INIT;
  Openim__Sdk__Third__SetAppBadgeReq badge = OPENIM__SDK__THIRD__SET_APP_BADGE_REQ__INIT;

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (UpdateFcmToken), &token), ==, OPENIM_ERROR_ARGS);
  token.fcmtoken = (char *) "a token of a push service";
  token.expiretime = 3600;
  visitor_do (world->ann, FUNCTION (UpdateFcmToken), &token);
  badge.appunreadcount = 3;
  visitor_do (world->ann, FUNCTION (SetAppBadge), &badge);
  badge.appunreadcount = 0;
  visitor_do (world->ann, FUNCTION (SetAppBadge), &badge);

  world_free (world);
  proves_functions (FUNCTION (UpdateFcmToken), FUNCTION (SetAppBadge), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/users/set-self", test_set_self);
  g_test_add_func ("/door/users/commands", test_commands);
  g_test_add_func ("/door/users/commands-while-away", test_commands_while_away);
  g_test_add_func ("/door/users/push", test_push);

  return g_test_run ();
}
