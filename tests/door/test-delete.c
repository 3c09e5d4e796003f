/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is deleted, emptied or taken back, here and as others see it. */

#include "world.h"

#define PHONE 2 /* Android */

/* ---- helpers */

static gboolean
is_total (gconstpointer data, gconstpointer what)
{
  return ((const Openim__Event__EventOnTotalUnreadMessageCountChangedData *) data)->totalunreadcount ==
         GPOINTER_TO_INT (what);
}

static void
hear_total (Visitor *visitor, int total)
{
  openim_pb_free (
      visitor_hear (visitor, EVENT (TotalUnreadMessageCountChanged), is_total, GINT_TO_POINTER (total)));
}

/* The list has a conversation whose newest message says that; "" for none. */
static gboolean
has_latest (gconstpointer data, gconstpointer text)
{
  const Openim__Event__EventOnConversationChangedData *list = data;

  for (size_t i = 0; i < list->n_conversationlist; i++) {
    const OpenimMessage *latest = list->conversationlist[i]->latestmsg;

    if (latest == NULL || latest->content_case != OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_TEXT_ELEM
            ? *(const char *) text == '\0'
            : g_str_equal (latest->textelem->content, text))
      return TRUE;
  }
  return FALSE;
}

static void
hear_latest (Visitor *visitor, const char *text)
{
  openim_pb_free (visitor_hear (visitor, EVENT (ConversationChanged), has_latest, text));
}

static void
check_history (Visitor *visitor, const char *conversation_id, const char *expected)
{
  g_autofree char *texts = visitor_history (visitor, conversation_id);

  g_assert_cmpstr (texts, ==, expected);
}

static void
hear_text (Visitor *visitor, const char *text)
{
  openim_pb_free (visitor_hear (visitor, EVENT (RecvNewMessage), message_says, text));
}

static int
total_unread (Visitor *visitor)
{
  Openim__Sdk__Conversation__GetTotalUnreadMsgCountResp *response =
      visitor_call (visitor, FUNCTION (GetTotalUnreadMsgCount), NULL);
  int total = response->totalunreadcount;

  openim_pb_free (response);
  return total;
}

/* DeleteMessage and its local kin have requests of the same shape, and so has RevokeMessage. */
static Openim__Sdk__Message__DeleteMessageReq
about (const char *conversation_id, const char *client_msg_id)
{
  Openim__Sdk__Message__DeleteMessageReq request = OPENIM__SDK__MESSAGE__DELETE_MESSAGE_REQ__INIT;

  request.conversationid = (char *) conversation_id;
  request.clientmsgid = (char *) client_msg_id;
  return request;
}

/* The server has told the number of the visitor's own message. */
static void
wait_for_seq (Visitor *visitor, const char *conversation_id, const char *client_msg_id)
{
  for (;;) {
    Openim__Sdk__Conversation__FindMessageListReq request =
        OPENIM__SDK__CONVERSATION__FIND_MESSAGE_LIST_REQ__INIT;
    Openim__Sdk__Conversation__ConversationArgs wanted = OPENIM__SDK__CONVERSATION__CONVERSATION_ARGS__INIT;
    Openim__Sdk__Conversation__ConversationArgs *list[] = { &wanted };
    char *ids[] = { (char *) client_msg_id };
    Openim__Sdk__Conversation__FindMessageListResp *response;
    gint64 seq;

    wanted.conversationid = (char *) conversation_id;
    wanted.n_clientmsgidlist = 1;
    wanted.clientmsgidlist = ids;
    request.n_conversationsargs = 1;
    request.conversationsargs = list;
    response = visitor_call (visitor, FUNCTION (FindMessageList), &request);
    g_assert_cmpint (response->totalcount, ==, 1);
    seq = response->findresultitems[0]->messagelist[0]->seq;
    openim_pb_free (response);
    if (seq > 0)
      return;
  }
}

/* ---- one message */

static void
test_delete (void)
{
  World *world = world_new (FALSE);
  g_autofree char *one = visitor_say (world->ann, "bob", "", "one");
  g_autofree char *two = visitor_say (world->ann, "bob", "", "two");
  g_autofree char *three = visitor_say (world->ann, "bob", "", "three");
  Openim__Sdk__Message__DeleteMessageReq request = about (CHAT, "not there");
  Openim__Event__EventOnMessageDeletedData *deleted;
  Visitor *again;

  hear_text (world->bob, "three");
  hear_total (world->bob, 3);
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (DeleteMessage), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);

  /* The newest one, which nobody has read. */
  request.clientmsgid = three;
  visitor_do (world->bob, FUNCTION (DeleteMessage), &request);
  hear_latest (world->bob, "two");
  hear_total (world->bob, 2);
  deleted = visitor_hear (world->bob, EVENT (MessageDeleted), NULL, NULL);
  g_assert_cmpstr (deleted->message->clientmsgid, ==, three);
  g_assert_cmpstr (deleted->message->textelem->content, ==, "three");
  openim_pb_free (deleted);
  g_assert_cmpuint (visitor_place (world->bob, EVENT (ConversationChanged)), <,
                    visitor_place (world->bob, EVENT (TotalUnreadMessageCountChanged)));
  g_assert_cmpuint (visitor_place (world->bob, EVENT (TotalUnreadMessageCountChanged)), <,
                    visitor_place (world->bob, EVENT (MessageDeleted)));
  g_assert_cmpuint (visitor_place (world->bob, EVENT (MessageDeleted)), <,
                    visitor_place (world->bob, FUNCTION (DeleteMessage)));
  check_history (world->bob, CHAT, "one|two");
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (DeleteMessage), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);

  /* An own one in the middle; the other one keeps all of them. */
  wait_for_seq (world->ann, CHAT, two);
  request.clientmsgid = two;
  visitor_do (world->ann, FUNCTION (DeleteMessage), &request);
  deleted = visitor_hear (world->ann, EVENT (MessageDeleted), NULL, NULL);
  g_assert_cmpstr (deleted->message->clientmsgid, ==, two);
  openim_pb_free (deleted);
  check_history (world->ann, CHAT, "one|three");
  check_history (world->bob, CHAT, "one|two");

  /* It stays away after another login, and where the store begins anew. */
  visitor_leave (world->bob);
  world->bob = visitor_new (NULL);
  visitor_login (world->bob, world->server, "bob");
  check_history (world->bob, CHAT, "one|two");
  again = visitor_new (NULL);
  visitor_do (world->ann, FUNCTION (Logout), NULL);
  visitor_login (again, world->server, "ann");
  check_history (again, CHAT, "one|three");
  visitor_leave (again);
  visitor_login (world->ann, world->server, "ann");
  check_history (world->ann, CHAT, "one|three");

  world_free (world);
  proves_functions (FUNCTION (DeleteMessage), 0);
  proves_events (EVENT (MessageDeleted), 0);
}

/* What the server does not have, or shall keep. */
static void
test_delete_local (void)
{
  World *world = world_new (FALSE);
  g_autofree char *kept = visitor_say (world->ann, "bob", "", "kept");
  g_autofree char *only = visitor_say (world->ann, "bob", "", "only here");
  g_autoptr (OpenimMessage) failed = visitor_make_text (world->ann, "refused");
  Openim__Sdk__Message__SendMessageReq send = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__DeleteMessageReq request = about (CHAT, "not there");
  Visitor *again = visitor_new (NULL);

  hear_text (world->bob, "only here");
  hear_total (world->bob, 2);
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (DeleteMessageFromLocalStorage), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);
  request.conversationid = (char *) "si_bob_nobody";
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (DeleteMessageFromLocalStorage), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);
  request = about (CHAT, only);
  visitor_do (world->bob, FUNCTION (DeleteMessageFromLocalStorage), &request);
  openim_pb_free (visitor_hear (world->bob, EVENT (MessageDeleted), message_says, "only here"));
  hear_total (world->bob, 1);
  check_history (world->bob, CHAT, "kept");
  visitor_do (world->bob, FUNCTION (Logout), NULL);
  visitor_login (world->bob, world->server, "bob");
  check_history (world->bob, CHAT, "kept");
  g_assert_cmpint (total_unread (world->bob), ==, 1);
  visitor_do (world->bob, FUNCTION (Logout), NULL);
  visitor_login (again, world->server, "bob");
  check_history (again, CHAT, "kept|only here");
  visitor_leave (again);
  visitor_login (world->bob, world->server, "bob");

  /* One that the server has refused is known to nobody else. */
  person_does (world->bob_phone, "/friend/add_black", "{'ownerUserID':'bob','blackUserID':'ann'}");
  send.message = failed;
  send.recvid = (char *) "bob";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (SendMessage), &send), ==, 1302);
  check_history (world->ann, CHAT, "kept|only here|refused");
  request = about (CHAT, failed->clientmsgid);
  visitor_do (world->ann, FUNCTION (DeleteMessage), &request);
  openim_pb_free (visitor_hear (world->ann, EVENT (MessageDeleted), message_says, "refused"));
  check_history (world->ann, CHAT, "kept|only here");

  world_free (world);
  proves_functions (FUNCTION (DeleteMessageFromLocalStorage), 0);
}

/* Another device of the same user, or somebody who deletes for all. */
static void
test_deleted_elsewhere (void)
{
  World *world = world_new (FALSE);
  Openim__Event__EventOnMessageDeletedData *deleted;

  g_free (visitor_say (world->ann, "bob", "", "one"));
  g_free (visitor_say (world->ann, "bob", "", "two"));
  hear_text (world->bob, "two");
  hear_total (world->bob, 2);
  person_does (world->bob_phone, "/msg/delete_msgs",
               "{'conversationID':'" CHAT "','userID':'bob','seqs':[2],'deleteSyncOpt':{'IsSyncSelf':true}}");
  hear_latest (world->bob, "one");
  hear_total (world->bob, 1);
  openim_pb_free (visitor_hear (world->bob, EVENT (MessageDeleted), message_says, "two"));
  check_history (world->bob, CHAT, "one");
  check_history (world->ann, CHAT, "one|two");

  /* Also when it is heard of later. */
  visitor_do (world->bob, FUNCTION (Logout), NULL);
  person_does (world->ann_phone, "/msg/delete_msgs",
               "{'conversationID':'" CHAT
               "','userID':'ann','seqs':[1],'deleteSyncOpt':{'IsSyncOther':true}}");
  visitor_login (world->bob, world->server, "bob");
  deleted = visitor_hear (world->bob, EVENT (MessageDeleted), message_says, "one");
  g_assert_cmpstr (deleted->message->sendid, ==, "ann");
  openim_pb_free (deleted);
  check_history (world->bob, CHAT, "");
  g_assert_cmpuint (visitor_count (world->bob, EVENT (MessageDeleted)), ==, 2);

  world_free (world);
}

/* ---- conversations */

/* The place, from 1, of the first of that number behind @place. What the server says later of the same change
 * may follow at any time. */
static guint
place_after (Visitor *visitor, guint place, int number)
{
  const GArray *order = visitor_order (visitor);

  while (place < order->len && g_array_index (order, int, place) != number)
    place++;
  g_assert_cmpuint (place, <, order->len);
  return place + 1;
}

static void
test_clear (void)
{
  World *world = world_new (FALSE);
  Person *phone = person_device (world->server, "bob", PHONE);
  Openim__Sdk__Conversation__ClearConversationAndDeleteAllMsgReq request =
      OPENIM__SDK__CONVERSATION__CLEAR_CONVERSATION_AND_DELETE_ALL_MSG_REQ__INIT;
  OpenimConversation *conversation;
  Visitor *again = visitor_new (NULL);
  guint changes, before, changed, total;

  person_connect (phone);
  g_free (visitor_say (world->ann, "bob", "", "one"));
  g_free (visitor_say (world->ann, "bob", "", "two"));
  hear_text (world->bob, "two");
  hear_total (world->bob, 2);
  visitor_learns_name (world->bob, "Ann");
  request.conversationid = (char *) "si_bob_nobody";
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (ClearConversationAndDeleteAllMsg), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);

  request.conversationid = (char *) CHAT;
  before = visitor_order (world->bob)->len;
  visitor_do (world->bob, FUNCTION (ClearConversationAndDeleteAllMsg), &request);
  hear_latest (world->bob, "");
  hear_total (world->bob, 0);
  changed = place_after (world->bob, before, EVENT (ConversationChanged));
  total = place_after (world->bob, before, EVENT (TotalUnreadMessageCountChanged));
  g_assert_cmpuint (changed, <, total);
  g_assert_cmpuint (total, <, place_after (world->bob, before, FUNCTION (ClearConversationAndDeleteAllMsg)));
  changes = visitor_count (world->bob, EVENT (ConversationChanged));
  check_history (world->bob, CHAT, "");
  conversation = visitor_conversation (world->bob, CHAT);
  g_assert_null (conversation->latestmsg);
  g_assert_cmpint (conversation->latestmsgsendtime, >, 0); /* it is in the list */
  g_assert_cmpint (conversation->unreadcount, ==, 0);
  openim_pb_free (conversation);
  g_assert_cmpuint (visitor_count (world->bob, EVENT (MessageDeleted)), ==, 0);

  /* Other devices hear of it, this one makes nothing of its own echo. */
  person_hear (phone, "bob", 1300, "*");
  person_hear (phone, "bob", 2200, "*hasReadSeq*2}*");
  g_free (visitor_say (world->ann, "bob", "", "three"));
  hear_latest (world->bob, "three");
  g_assert_cmpuint (visitor_count (world->bob, EVENT (ConversationChanged)), ==, changes + 1);

  /* The other one keeps everything, new ones come, old ones stay away. */
  check_history (world->ann, CHAT, "one|two|three");
  check_history (world->bob, CHAT, "three");
  visitor_do (world->bob, FUNCTION (Logout), NULL);
  visitor_login (again, world->server, "bob");
  check_history (again, CHAT, "three");
  visitor_leave (again);
  visitor_login (world->bob, world->server, "bob");
  check_history (world->bob, CHAT, "three");

  person_free (phone);
  world_free (world);
  proves_functions (FUNCTION (ClearConversationAndDeleteAllMsg), 0);
}

static void
test_delete_conversation (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Conversation__DeleteConversationAndDeleteAllMsgReq request =
      OPENIM__SDK__CONVERSATION__DELETE_CONVERSATION_AND_DELETE_ALL_MSG_REQ__INIT;
  Openim__Sdk__Conversation__GetAllConversationListResp *all;
  guint changes;

  g_free (visitor_say (world->ann, "bob", "", "one"));
  hear_text (world->bob, "one");
  hear_total (world->bob, 1);
  openim_pb_free (visitor_hear (world->bob, EVENT (NewConversation), NULL, NULL));
  visitor_learns_name (world->bob, "Ann");
  request.conversationid = (char *) "si_bob_nobody";
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (DeleteConversationAndDeleteAllMsg), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);

  changes = visitor_count (world->bob, EVENT (ConversationChanged));
  request.conversationid = (char *) CHAT;
  visitor_do (world->bob, FUNCTION (DeleteConversationAndDeleteAllMsg), &request);
  hear_total (world->bob, 0);
  all = visitor_call (world->bob, FUNCTION (GetAllConversationList), NULL);
  g_assert_cmpuint (all->n_conversationlist, ==, 0);
  openim_pb_free (all);
  g_assert_cmpuint (visitor_count (world->bob, EVENT (ConversationChanged)), ==, changes);

  /* A new message brings it back, alone. */
  g_free (visitor_say (world->ann, "bob", "", "two"));
  openim_pb_free (visitor_hear (world->bob, EVENT (NewConversation), has_latest, "two"));
  check_history (world->bob, CHAT, "two");
  check_history (world->ann, CHAT, "one|two");

  world_free (world);
  proves_functions (FUNCTION (DeleteConversationAndDeleteAllMsg), 0);
}

/* Asked for on another device of the same user. */
static void
test_cleared_elsewhere (void)
{
  World *world = world_new (FALSE);

  g_free (visitor_say (world->ann, "bob", "", "one"));
  hear_text (world->bob, "one");
  hear_total (world->bob, 1);
  /* Without a word to the other devices what is stored there stays. */
  person_does (world->bob_phone, "/msg/clear_conversation_msg",
               "{'conversationIDs':['" CHAT "'],'userID':'bob'}");
  person_does (world->bob_phone, "/msg/set_conversation_has_read_seq",
               "{'conversationID':'" CHAT "','userID':'bob','hasReadSeq':1}");
  hear_total (world->bob, 0);
  check_history (world->bob, CHAT, "one");

  person_does (world->bob_phone, "/msg/clear_conversation_msg",
               "{'conversationIDs':['" CHAT "'],'userID':'bob','deleteSyncOpt':{'IsSyncSelf':true}}");
  hear_latest (world->bob, "");
  check_history (world->bob, CHAT, "");
  check_history (world->ann, CHAT, "one");

  world_free (world);
}

static gboolean
has_two (gconstpointer data, gconstpointer what)
{
  return ((const Openim__Event__EventOnConversationChangedData *) data)->n_conversationlist == 2;
}

/* @function: with or without the server. */
static void
check_delete_all (int function, const char *later)
{
  World *world = world_new (TRUE);
  Openim__Event__EventOnConversationChangedData *changed;
  Visitor *again = visitor_new (NULL);
  OpenimConversation *conversation;

  g_free (visitor_say (world->ann, "bob", "", "to you"));
  g_free (visitor_say (world->ann, "", "team", "to all"));
  hear_text (world->bob, "to you");
  hear_text (world->bob, "to all");
  g_assert_cmpint (total_unread (world->bob), >, 1);

  visitor_do (world->bob, function, NULL);
  changed = visitor_hear (world->bob, EVENT (ConversationChanged), has_two, NULL);
  for (size_t i = 0; i < changed->n_conversationlist; i++) {
    g_assert_null (changed->conversationlist[i]->latestmsg);
    g_assert_cmpint (changed->conversationlist[i]->unreadcount, ==, 0);
  }
  openim_pb_free (changed);
  hear_total (world->bob, 0);
  g_assert_cmpuint (visitor_place (world->bob, EVENT (TotalUnreadMessageCountChanged)), <,
                    visitor_place (world->bob, function));
  check_history (world->bob, CHAT, "");
  check_history (world->bob, TEAM, "");
  conversation = visitor_conversation (world->bob, TEAM);
  g_assert_cmpint (conversation->latestmsgsendtime, >, 0);
  openim_pb_free (conversation);
  check_history (world->ann, CHAT, "to you");

  visitor_do (world->bob, FUNCTION (Logout), NULL);
  visitor_login (world->bob, world->server, "bob");
  check_history (world->bob, CHAT, "");
  g_assert_cmpint (total_unread (world->bob), ==, 0);
  visitor_do (world->bob, FUNCTION (Logout), NULL);
  visitor_login (again, world->server, "bob");
  check_history (again, CHAT, later);
  g_assert_cmpint (total_unread (again), ==, 0);
  visitor_leave (again);

  world_free (world);
  proves_functions (function, 0);
}

static void
test_delete_all (void)
{
  check_delete_all (FUNCTION (DeleteAllMsgFromLocalAndServer), "");
}

static void
test_delete_all_local (void)
{
  check_delete_all (FUNCTION (DeleteAllMessageFromLocalStorage), "to you");
}

/* ---- taking back */

static gboolean
is_revoked (gconstpointer data, gconstpointer id)
{
  return g_str_equal (((const Openim__Event__EventOnNewRecvMessageRevokedData *) data)->revoked->clientmsgid,
                      id);
}

static void
check_revoked (Visitor *visitor, const char *id, const char *revoker, const char *sender, int role)
{
  Openim__Event__EventOnNewRecvMessageRevokedData *data =
      visitor_hear (visitor, EVENT (NewRecvMessageRevoked), is_revoked, id);
  const Openim__Sdk__Shared__RevokedTips *tips = data->revoked;

  g_assert_cmpstr (tips->revokerid, ==, revoker);
  g_assert_cmpint (tips->revokerrole, ==, role);
  g_assert_cmpstr (tips->revokernickname, ==, g_str_equal (revoker, "ann") ? "Ann" : "Bob");
  g_assert_cmpstr (tips->sourcemessagesendid, ==, sender);
  g_assert_cmpstr (tips->sourcemessagesendernickname, ==, g_str_equal (sender, "ann") ? "Ann" : "Bob");
  g_assert_cmpint (tips->sourcemessagesendtime, >, G_GINT64_CONSTANT (1000000000000));
  g_assert_cmpint (tips->revoketime, >, G_GINT64_CONSTANT (1000000000000));
  g_assert_cmpint (tips->seq, >, 0);
  g_assert_cmpint (tips->sessiontype, ==, role != 0 ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE);
  openim_pb_free (data);
}

static void
test_revoke (void)
{
  World *world = world_new (FALSE);
  g_autofree char *id = visitor_say (world->ann, "bob", "", "a slip");
  g_autofree char *bobs = NULL;
  g_autoptr (OpenimMessage) failed = visitor_make_text (world->ann, "refused");
  Openim__Sdk__Message__SendMessageReq send = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__DeleteMessageReq request = about (CHAT, "not there");

  hear_text (world->bob, "a slip");
  bobs = visitor_say (world->bob, "ann", "", "an answer");
  hear_text (world->ann, "an answer");
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (RevokeMessage), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);
  request = about (CHAT, bobs);
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (RevokeMessage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);

  /* Its number may still be on its way: that is waited for. */
  request = about (CHAT, id);
  visitor_do (world->ann, FUNCTION (RevokeMessage), &request);
  check_revoked (world->ann, id, "ann", "ann", 0);
  g_assert_cmpuint (visitor_place (world->ann, EVENT (NewRecvMessageRevoked)), <,
                    visitor_place (world->ann, FUNCTION (RevokeMessage)));
  check_revoked (world->bob, id, "ann", "ann", 0);
  check_history (world->ann, CHAT, "?|an answer");
  check_history (world->bob, CHAT, "?|an answer");
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (RevokeMessage), &request), ==, 1404);

  /* The newest one: the list shows it first. */
  request = about (CHAT, bobs);
  visitor_do (world->bob, FUNCTION (RevokeMessage), &request);
  check_revoked (world->ann, bobs, "bob", "bob", 0);
  hear_latest (world->ann, "");
  g_assert_cmpuint (visitor_place (world->ann, EVENT (ConversationChanged)), <,
                    visitor_place (world->ann, EVENT (NewRecvMessageRevoked)));

  /* Once for each, although the server tells everybody. */
  person_reaches (world->ann_phone, world->bob, "bob");
  g_assert_cmpuint (visitor_count (world->bob, EVENT (NewRecvMessageRevoked)), ==, 2);

  person_does (world->bob_phone, "/friend/add_black", "{'ownerUserID':'bob','blackUserID':'ann'}");
  send.message = failed;
  send.recvid = (char *) "bob";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (SendMessage), &send), ==, 1302);
  request = about (CHAT, failed->clientmsgid);
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (RevokeMessage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);

  world_free (world);
  proves_functions (FUNCTION (RevokeMessage), 0);
  proves_events (EVENT (NewRecvMessageRevoked), 0);
}

/* The owner takes back what others have said, an ordinary member does not. */
static void
test_revoke_in_group (void)
{
  World *world = world_new (TRUE);
  g_autofree char *bobs = visitor_say (world->bob, "", "team", "from Bob");
  g_autofree char *anns = visitor_say (world->ann, "", "team", "from Ann");
  Openim__Sdk__Message__DeleteMessageReq request = about (TEAM, anns);

  hear_text (world->ann, "from Bob");
  hear_text (world->bob, "from Ann");
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (RevokeMessage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request = about (TEAM, bobs);
  visitor_do (world->ann, FUNCTION (RevokeMessage), &request);
  check_revoked (world->ann, bobs, "ann", "bob", 100);
  check_revoked (world->bob, bobs, "ann", "bob", 100);

  world_free (world);
}

/* Administrators take back what ordinary members have said, not what the owner has. */
static void
test_revoke_as_administrator (void)
{
  World *world = world_new (TRUE);
  g_autofree char *anns = visitor_say (world->ann, "", "team", "from the owner");
  Openim__Sdk__Message__DeleteMessageReq request = about (TEAM, anns);

  person_does (world->ann_phone, "/group/set_group_member_info",
               "{'members':[{'groupID':'team','userID':'bob','roleLevel':60}]}");
  visitor_heard (world->bob, EVENT (GroupMemberInfoChanged));
  hear_text (world->bob, "from the owner");
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (RevokeMessage), &request), ==, 1002);
  check_history (world->ann, TEAM, "?|from the owner");

  world_free (world);
}

/* Without the server what it has to do is not done, and the rest is. */
static void
test_offline (void)
{
  Server *server = server_start (NULL, FALSE);
  Fault *fault = fault_start (server, 1);
  Person *ann = person_new (server, "ann", "Ann"), *bob = person_new (server, "bob", "Bob");
  Visitor *visitor = visitor_new (NULL);
  g_autofree char *token = server_token (server, "bob", PLATFORM_LINUX);
  g_autofree char *first = NULL;
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  Openim__Sdk__Message__DeleteMessageReq request;

  person_connect (ann);
  first = g_strdup (person_say (ann, "bob", "first"));
  person_say (ann, "bob", "second");
  visitor_init (visitor, fault->api, fault->ws);
  login.userid = (char *) "bob";
  login.token = token;
  visitor_do (visitor, FUNCTION (Login), &login);
  visitor_heard (visitor, EVENT (SyncServerFinish));
  check_history (visitor, CHAT, "first|second");
  fault_stop (fault);

  request = about (CHAT, first);
  g_assert_cmpint (visitor_refused (visitor, FUNCTION (DeleteMessage), &request), ==, OPENIM_ERROR_NETWORK);
  g_assert_cmpint (visitor_refused (visitor, FUNCTION (ClearConversationAndDeleteAllMsg), &request), ==,
                   OPENIM_ERROR_NETWORK);
  g_assert_cmpint (visitor_refused (visitor, FUNCTION (DeleteAllMsgFromLocalAndServer), NULL), ==,
                   OPENIM_ERROR_NETWORK);
  g_assert_cmpint (visitor_refused (visitor, FUNCTION (MarkAllConversationMessageAsRead), NULL), ==,
                   OPENIM_ERROR_NETWORK);
  check_history (visitor, CHAT, "first|second");
  visitor_do (visitor, FUNCTION (DeleteMessageFromLocalStorage), &request);
  check_history (visitor, CHAT, "second");
  visitor_do (visitor, FUNCTION (DeleteAllMessageFromLocalStorage), NULL);
  check_history (visitor, CHAT, "");

  visitor_leave (visitor);
  person_free (ann);
  person_free (bob);
  server_stop (server);
}

/* What the server has never heard of has no number. */
static void
test_revoke_unsent (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Message__InsertSingleMessageToLocalStorageReq insert =
      OPENIM__SDK__MESSAGE__INSERT_SINGLE_MESSAGE_TO_LOCAL_STORAGE_REQ__INIT;
  Openim__Sdk__Message__InsertSingleMessageToLocalStorageResp *inserted;
  g_autoptr (OpenimMessage) message = visitor_make_text (world->ann, "a note");
  Openim__Sdk__Message__DeleteMessageReq request;

  insert.msg = message;
  insert.sendid = (char *) "ann";
  insert.recvid = (char *) "bob";
  inserted = visitor_call (world->ann, FUNCTION (InsertSingleMessageToLocalStorage), &insert);
  request = about (CHAT, inserted->msg->clientmsgid);
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (RevokeMessage), &request), ==, OPENIM_ERROR_NO_SEQ);
  openim_pb_free (inserted);

  world_free (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/delete/message", test_delete);
  g_test_add_func ("/door/delete/local", test_delete_local);
  g_test_add_func ("/door/delete/elsewhere", test_deleted_elsewhere);
  g_test_add_func ("/door/delete/clear", test_clear);
  g_test_add_func ("/door/delete/conversation", test_delete_conversation);
  g_test_add_func ("/door/delete/cleared-elsewhere", test_cleared_elsewhere);
  g_test_add_func ("/door/delete/all", test_delete_all);
  g_test_add_func ("/door/delete/all-local", test_delete_all_local);
  g_test_add_func ("/door/delete/revoke", test_revoke);
  g_test_add_func ("/door/delete/revoke-in-group", test_revoke_in_group);
  g_test_add_func ("/door/delete/revoke-as-administrator", test_revoke_as_administrator);
  g_test_add_func ("/door/delete/revoke-unsent", test_revoke_unsent);
  g_test_add_func ("/door/delete/offline", test_offline);

  return g_test_run ();
}
