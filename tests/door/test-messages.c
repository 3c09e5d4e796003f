/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Making, sending, receiving, reading and finding messages. Ann and Bob come through a door each. */

#include <string.h>

#include "world.h"

static int
send_refused (Visitor *visitor, OpenimMessage *message, const char *user, const char *group)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  request.message = message;
  request.recvid = (char *) user;
  request.groupid = (char *) group;
  return visitor_refused (visitor, FUNCTION (SendMessage), &request);
}

/* The newest message of a conversation in the list has this status. */
typedef struct {
  const char *conversation_id;
  int status;
} Latest;

static gboolean
is_latest (gconstpointer data, gconstpointer what)
{
  const Openim__Event__EventOnConversationChangedData *list = data;
  const Latest *latest = what;

  for (size_t i = 0; i < list->n_conversationlist; i++) {
    const OpenimConversation *conversation = list->conversationlist[i];

    if (g_str_equal (conversation->conversationid, latest->conversation_id) &&
        conversation->latestmsg != NULL && (int) conversation->latestmsg->status == latest->status)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_total (gconstpointer data, gconstpointer what)
{
  return ((const Openim__Event__EventOnTotalUnreadMessageCountChangedData *) data)->totalunreadcount ==
         GPOINTER_TO_INT (what);
}

/* ---- sending */

static void
test_send (void)
{
  World *world = world_new (FALSE);
  g_autoptr (OpenimMessage) message = visitor_make_text (world->ann, "Grüße & <b>Küsse</b> 🙂");
  g_autoptr (OpenimMessage) sent = NULL;
  Openim__Event__EventOnRecvNewMessageData *received;
  const Latest sending = { CHAT, OPENIM_STATUS_SENDING }, done = { CHAT, OPENIM_STATUS_SENT };

  g_assert_cmpint (strlen (message->clientmsgid), ==, 32);
  g_assert_cmpstr (message->sendid, ==, "ann");
  g_assert_cmpstr (message->sendernickname, ==, "Ann");
  g_assert_cmpint (message->contenttype, ==, OPENIM__SDK__COMMON__CONTENT_TYPE__Text);
  g_assert_cmpint (message->status, ==, OPENIM_STATUS_SENDING);
  g_assert_cmpint (message->senderplatformid, ==, PLATFORM_LINUX);
  g_assert_cmpint (message->createtime, >, 0);

  sent = visitor_send (world->ann, message, "bob", "", FALSE);
  g_assert_cmpstr (sent->clientmsgid, ==, message->clientmsgid);
  g_assert_cmpstr (sent->servermsgid, !=, "");
  g_assert_cmpint (sent->status, ==, OPENIM_STATUS_SENT);
  g_assert_cmpint (sent->sendtime, >, 0);
  g_assert_cmpstr (sent->textelem->content, ==, "Grüße & <b>Küsse</b> 🙂");

  /* First it is in the list as on its way, then as sent. */
  openim_pb_free (visitor_hear (world->ann, EVENT (NewConversation), is_latest, &sending));
  openim_pb_free (visitor_hear (world->ann, EVENT (ConversationChanged), is_latest, &done));
  g_assert_cmpuint (visitor_place (world->ann, EVENT (NewConversation)), <,
                    visitor_place (world->ann, FUNCTION (SendMessage)));

  received = visitor_hear (world->bob, EVENT (RecvNewMessage), message_says, "Grüße & <b>Küsse</b> 🙂");
  g_assert_cmpstr (received->message->clientmsgid, ==, message->clientmsgid);
  g_assert_cmpstr (received->message->servermsgid, ==, sent->servermsgid);
  g_assert_cmpint (received->message->sendtime, ==, sent->sendtime);
  g_assert_cmpint (received->message->seq, ==, 1);
  g_assert_cmpstr (received->message->sendid, ==, "ann");
  g_assert_cmpstr (received->message->recvid, ==, "bob");
  g_assert_cmpint (received->message->sessiontype, ==, OPENIM_SESSION_SINGLE);
  openim_pb_free (received);
  openim_pb_free (visitor_hear (world->bob, EVENT (NewConversation), is_latest, &done));
  openim_pb_free (
      visitor_hear (world->bob, EVENT (TotalUnreadMessageCountChanged), is_total, GINT_TO_POINTER (1)));
  g_assert_cmpuint (visitor_place (world->bob, EVENT (RecvNewMessage)), <,
                    visitor_place (world->bob, EVENT (NewConversation)));
  g_assert_cmpuint (visitor_place (world->bob, EVENT (NewConversation)), <,
                    visitor_place (world->bob, EVENT (TotalUnreadMessageCountChanged)));

  /* The same message again. */
  g_assert_cmpint (send_refused (world->ann, message, "bob", ""), ==, OPENIM_ERROR_MSG_REPEAT);

  world_free (world);
  proves_functions (FUNCTION (CreateTextMessage), FUNCTION (SendMessage), 0);
  proves_events (EVENT (NewConversation), EVENT (ConversationChanged), EVENT (RecvNewMessage),
                 EVENT (TotalUnreadMessageCountChanged), 0);
}

static void
test_send_to_group (void)
{
  World *world = world_new (TRUE);
  g_autofree char *id = visitor_say (world->bob, "", "team", "to all");
  Openim__Event__EventOnRecvNewMessageData *received =
      visitor_hear (world->ann, EVENT (RecvNewMessage), message_says, "to all");
  g_autoptr (OpenimMessage) message = visitor_make_text (world->bob, "to nobody");

  g_assert_cmpstr (received->message->groupid, ==, "team");
  g_assert_cmpstr (received->message->clientmsgid, ==, id);
  g_assert_cmpint (received->message->sessiontype, ==, OPENIM_SESSION_GROUP);
  g_assert_cmpstr (received->message->sendernickname, ==, "Bob");
  openim_pb_free (received);
  g_assert_cmpint (send_refused (world->bob, message, "", "no_such_team"), ==, OPENIM_ERROR_GROUP_NOT_FOUND);

  world_free (world);
}

static void
test_send_refused (void)
{
  World *world = world_new (TRUE);
  g_autoptr (OpenimMessage) message = visitor_make_text (world->ann, "to whom?");
  g_autofree char *much = g_strnfill (60000, 'x');
  g_autoptr (OpenimMessage) long_message = visitor_make_text (world->ann, much);
  Openim__Sdk__Message__CreateTextMessageReq empty = OPENIM__SDK__MESSAGE__CREATE_TEXT_MESSAGE_REQ__INIT;
  const Latest failed = { CHAT, OPENIM_STATUS_FAILED };

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (CreateTextMessage), &empty), ==,
                   OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (send_refused (world->ann, NULL, "bob", ""), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (send_refused (world->ann, message, "", ""), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (send_refused (world->ann, message, "bob", "team"), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (send_refused (world->ann, long_message, "bob", ""), ==, OPENIM_ERROR_SDK_ARGS);
  message->contenttype = OPENIM__SDK__COMMON__CONTENT_TYPE__Typing;
  g_assert_cmpint (send_refused (world->ann, message, "bob", ""), ==, OPENIM_ERROR_CONTENT_TYPE);
  message->contenttype = OPENIM__SDK__COMMON__CONTENT_TYPE__Picture; /* whose body is missing */
  g_assert_cmpint (send_refused (world->ann, message, "bob", ""), ==, OPENIM_ERROR_SDK_ARGS);
  message->contenttype = OPENIM__SDK__COMMON__CONTENT_TYPE__Text;

  /* What the server refuses is there, as failed, and can be sent again. */
  person_does (world->bob_phone, "/friend/add_black", "{'ownerUserID':'bob','blackUserID':'ann'}");
  g_assert_cmpint (send_refused (world->ann, message, "bob", ""), ==, 1302);
  openim_pb_free (visitor_hear (world->ann, EVENT (ConversationChanged), is_latest, &failed));
  person_does (world->bob_phone, "/friend/remove_black", "{'ownerUserID':'bob','blackUserID':'ann'}");
  openim_pb_free (visitor_send (world->ann, message, "bob", "", FALSE));
  openim_pb_free (visitor_hear (world->bob, EVENT (RecvNewMessage), message_says, "to whom?"));

  world_free (world);
}

/* Kept by nobody. */
static void
test_online_only (void)
{
  World *world = world_new (FALSE);
  g_autoptr (OpenimMessage) message = visitor_make_text (world->ann, "now or never");
  Openim__Event__EventOnRecvOnlineOnlyMessageData *received;
  Openim__Sdk__Conversation__GetAllConversationListResp *all;

  openim_pb_free (visitor_send (world->ann, message, "bob", "", TRUE));
  received = visitor_hear (world->bob, EVENT (RecvOnlineOnlyMessage), message_says, "now or never");
  g_assert_cmpint (received->message->seq, ==, 0);
  openim_pb_free (received);
  all = visitor_call (world->bob, FUNCTION (GetAllConversationList), NULL);
  for (size_t i = 0; i < all->n_conversationlist; i++)
    g_assert_cmpstr (all->conversationlist[i]->conversationid, !=, CHAT);
  openim_pb_free (all);

  world_free (world);
  proves_events (EVENT (RecvOnlineOnlyMessage), 0);
}

static void
test_background (void)
{
  World *world = world_new (FALSE);
  Openim__Init__SetAppBackgroundStatusReq request = OPENIM__INIT__SET_APP_BACKGROUND_STATUS_REQ__INIT;

  request.isbackground = TRUE;
  visitor_do (world->bob, FUNCTION (SetAppBackgroundStatus), &request);
  g_free (visitor_say (world->ann, "bob", "", "are you there?"));
  openim_pb_free (visitor_hear (world->bob, EVENT (RecvOfflineNewMessage), message_says, "are you there?"));

  request.isbackground = FALSE;
  visitor_do (world->bob, FUNCTION (SetAppBackgroundStatus), &request);
  g_free (visitor_say (world->ann, "bob", "", "ah"));
  openim_pb_free (visitor_hear (world->bob, EVENT (RecvNewMessage), message_says, "ah"));

  world_free (world);
  proves_functions (FUNCTION (SetAppBackgroundStatus), 0);
  proves_events (EVENT (RecvOfflineNewMessage), 0);
}

/* From another device of one's own. */
static void
test_other_device (void)
{
  World *world = world_new (FALSE);
  Openim__Event__EventOnRecvNewMessageData *received;

  person_connect (world->ann_phone);
  person_say (world->ann_phone, "bob", "from my telephone");
  received = visitor_hear (world->ann, EVENT (RecvNewMessage), message_says, "from my telephone");
  g_assert_cmpstr (received->message->sendid, ==, "ann");
  openim_pb_free (received);
  openim_pb_free (visitor_hear (world->bob, EVENT (RecvNewMessage), message_says, "from my telephone"));

  world_free (world);
}

/* ---- typing */

static gboolean
is_typing (gconstpointer data, gconstpointer platform)
{
  const Openim__Event__EventOnConversationUserInputStatusChangedData *state = data;

  g_assert_cmpstr (state->userid, ==, "ann");
  if (platform == NULL)
    return state->n_platformids == 0;
  return state->n_platformids == 1 && state->platformids[0] == GPOINTER_TO_INT (platform);
}

static gsize
input_states (Visitor *visitor, const char *conversation_id, const char *user)
{
  Openim__Sdk__Internal__GetInputStatesReq request = OPENIM__SDK__INTERNAL__GET_INPUT_STATES_REQ__INIT;
  Openim__Sdk__Internal__GetInputStatesResp *response;
  gsize n;

  request.conversationid = (char *) conversation_id;
  request.userid = (char *) user;
  response = visitor_call (visitor, OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__GetInputStates, &request);
  n = response->n_platforms;
  openim_pb_free (response);
  return n;
}

static void
test_typing (void)
{
  World *world = world_new (TRUE);
  Openim__Sdk__Message__TypingStatusUpdateReq request = OPENIM__SDK__MESSAGE__TYPING_STATUS_UPDATE_REQ__INIT;
  Openim__Sdk__Internal__ChangeInputStatesReq input = OPENIM__SDK__INTERNAL__CHANGE_INPUT_STATES_REQ__INIT;
  gpointer desk = GINT_TO_POINTER (PLATFORM_LINUX);

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (TypingStatusUpdate), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.recvid = (char *) "bob";
  request.msgtip = (char *) "yes";
  visitor_do (world->ann, FUNCTION (TypingStatusUpdate), &request);
  openim_pb_free (visitor_hear (world->bob, EVENT (ConversationUserInputStatusChanged), is_typing, desk));
  g_assert_cmpuint (input_states (world->bob, CHAT, "ann"), ==, 1);
  request.msgtip = (char *) "no";
  visitor_do (world->ann, FUNCTION (TypingStatusUpdate), &request);
  openim_pb_free (visitor_hear (world->bob, EVENT (ConversationUserInputStatusChanged), is_typing, NULL));
  g_assert_cmpuint (input_states (world->bob, CHAT, "ann"), ==, 0);

  /* In a group, by its conversation. */
  input.conversationid = (char *) "sg_nowhere";
  g_assert_cmpint (
      visitor_refused (world->ann, OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__ChangeInputStates, &input), ==,
      OPENIM_ERROR_NOT_FOUND);
  input.conversationid = (char *) TEAM;
  input.focus = TRUE;
  visitor_do (world->ann, OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__ChangeInputStates, &input);
  openim_pb_free (visitor_hear (world->bob, EVENT (ConversationUserInputStatusChanged), is_typing, desk));
  g_assert_cmpuint (input_states (world->bob, TEAM, "ann"), ==, 1);
  input.focus = FALSE;
  visitor_do (world->ann, OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__ChangeInputStates, &input);
  openim_pb_free (visitor_hear (world->bob, EVENT (ConversationUserInputStatusChanged), is_typing, NULL));

  world_free (world);
  proves_functions (FUNCTION (TypingStatusUpdate),
                    OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__ChangeInputStates,
                    OPENIM__SDK__INTERNAL__INTERNAL_FUNCTION__GetInputStates, 0);
  proves_events (EVENT (ConversationUserInputStatusChanged), 0);
}

/* ---- reading */

static int
total_unread (Visitor *visitor)
{
  g_autofree Openim__Sdk__Conversation__GetTotalUnreadMsgCountResp *response =
      visitor_call (visitor, FUNCTION (GetTotalUnreadMsgCount), NULL);

  return response->totalunreadcount;
}

static void
test_read (void)
{
  World *world = world_new (FALSE);
  g_autofree char *id = visitor_say (world->ann, "bob", "", "read this");
  Openim__Sdk__Conversation__MarkConversationMessageAsReadReq request =
      OPENIM__SDK__CONVERSATION__MARK_CONVERSATION_MESSAGE_AS_READ_REQ__INIT;
  Openim__Event__EventOnRecvC2CReadReceiptData *receipt;
  int before;

  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (MarkConversationMessageAsRead), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.conversationid = (char *) "si_bob_nobody";
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (MarkConversationMessageAsRead), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);

  openim_pb_free (visitor_hear (world->bob, EVENT (RecvNewMessage), message_says, "read this"));
  openim_pb_free (
      visitor_hear (world->bob, EVENT (TotalUnreadMessageCountChanged), is_total, GINT_TO_POINTER (1)));
  g_assert_cmpint (total_unread (world->bob), ==, 1);
  request.conversationid = (char *) CHAT;
  visitor_do (world->bob, FUNCTION (MarkConversationMessageAsRead), &request);
  openim_pb_free (
      visitor_hear (world->bob, EVENT (TotalUnreadMessageCountChanged), is_total, GINT_TO_POINTER (0)));
  g_assert_cmpuint (visitor_place (world->bob, EVENT (TotalUnreadMessageCountChanged)), <,
                    visitor_place (world->bob, FUNCTION (MarkConversationMessageAsRead)));
  g_assert_cmpint (total_unread (world->bob), ==, 0);

  receipt = visitor_hear (world->ann, EVENT (RecvC2CReadReceipt), NULL, NULL);
  g_assert_cmpuint (receipt->n_msgreceiptlist, ==, 1);
  g_assert_cmpstr (receipt->msgreceiptlist[0]->userid, ==, "bob");
  g_assert_cmpuint (receipt->msgreceiptlist[0]->n_msgidlist, ==, 1);
  g_assert_cmpstr (receipt->msgreceiptlist[0]->msgidlist[0], ==, id);
  g_assert_cmpint (receipt->msgreceiptlist[0]->sessiontype, ==, OPENIM_SESSION_SINGLE);
  g_assert_cmpint (receipt->msgreceiptlist[0]->readtime, >, 0);
  openim_pb_free (receipt);

  /* Nothing is unread: nothing happens. */
  visitor_learns_name (world->bob, "Ann");
  before = (int) visitor_order (world->bob)->len;
  visitor_do (world->bob, FUNCTION (MarkConversationMessageAsRead), &request);
  g_assert_cmpint ((int) visitor_order (world->bob)->len, ==, before + 1);

  world_free (world);
  proves_functions (FUNCTION (MarkConversationMessageAsRead), FUNCTION (GetTotalUnreadMsgCount), 0);
  proves_events (EVENT (RecvC2CReadReceipt), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/messages/send", test_send);
  g_test_add_func ("/door/messages/send-to-group", test_send_to_group);
  g_test_add_func ("/door/messages/send-refused", test_send_refused);
  g_test_add_func ("/door/messages/online-only", test_online_only);
  g_test_add_func ("/door/messages/background", test_background);
  g_test_add_func ("/door/messages/other-device", test_other_device);
  g_test_add_func ("/door/messages/typing", test_typing);
  g_test_add_func ("/door/messages/read", test_read);

  return g_test_run ();
}
