/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages that carry others, lines that nobody has sent, and messages that change on their way. */

#include <string.h>

#include "world.h"

typedef Openim__Event__EventOnRecvNewMessageData Received;

static gboolean
has_type (gconstpointer data, gconstpointer type)
{
  return (int) ((const Received *) data)->message->contenttype == GPOINTER_TO_INT (type);
}

/* (transfer full) */
static OpenimMessage *
hear_type (Visitor *visitor, int type)
{
  Received *received = visitor_hear (visitor, EVENT (RecvNewMessage), has_type, GINT_TO_POINTER (type));
  OpenimMessage *message = g_steal_pointer (&received->message);

  openim_pb_free (received);
  return message;
}

static void
hear_text (Visitor *visitor, const char *text)
{
  openim_pb_free (visitor_hear (visitor, EVENT (RecvNewMessage), message_says, text));
}

/* (transfer full) */
static OpenimMessage *
get_message (Visitor *visitor, const char *conversation_id, const char *client_msg_id)
{
  Openim__Sdk__Conversation__FindMessageListReq request =
      OPENIM__SDK__CONVERSATION__FIND_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Conversation__ConversationArgs wanted = OPENIM__SDK__CONVERSATION__CONVERSATION_ARGS__INIT;
  Openim__Sdk__Conversation__ConversationArgs *list[] = { &wanted };
  char *ids[] = { (char *) client_msg_id };
  Openim__Sdk__Conversation__FindMessageListResp *response;
  OpenimMessage *message;

  wanted.conversationid = (char *) conversation_id;
  wanted.n_clientmsgidlist = 1;
  wanted.clientmsgidlist = ids;
  request.n_conversationsargs = 1;
  request.conversationsargs = list;
  response = visitor_call (visitor, FUNCTION (FindMessageList), &request);
  g_assert_cmpint (response->totalcount, ==, 1);
  message = openim_pb_copy (response->findresultitems[0]->messagelist[0]);
  openim_pb_free (response);
  return message;
}

/* All answers with one message have it in the same place. */
static OpenimMessage *
make (Visitor *visitor, int function, gconstpointer request)
{
  Openim__Sdk__Message__CreateTextMessageResp *response = visitor_call (visitor, function, request);
  OpenimMessage *message = g_steal_pointer (&response->message);

  openim_pb_free (response);
  g_assert_cmpuint (strlen (message->clientmsgid), ==, 32);
  g_assert_cmpint (message->seq, ==, 0);
  return message;
}

static OpenimMessage *
make_quote (Visitor *visitor, OpenimMessage *quoted, const char *text)
{
  Openim__Sdk__Message__CreateQuoteMessageReq request = OPENIM__SDK__MESSAGE__CREATE_QUOTE_MESSAGE_REQ__INIT;

  request.text = (char *) text;
  request.quotemessage = quoted;
  return make (visitor, FUNCTION (CreateQuoteMessage), &request);
}

/* ---- quotes */

static void
test_quote (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Message__CreateQuoteMessageReq empty = OPENIM__SDK__MESSAGE__CREATE_QUOTE_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateAdvancedQuoteMessageReq advanced =
      OPENIM__SDK__MESSAGE__CREATE_ADVANCED_QUOTE_MESSAGE_REQ__INIT;
  Openim__Sdk__Shared__MessageEntity entity = OPENIM__SDK__SHARED__MESSAGE_ENTITY__INIT;
  Openim__Sdk__Shared__MessageEntity *entities[] = { &entity };
  g_autoptr (OpenimMessage) text = visitor_make_text (world->ann, "a question");
  g_autoptr (OpenimMessage) question = visitor_send (world->ann, text, "bob", "", FALSE);
  g_autoptr (OpenimMessage) quote = NULL;
  g_autoptr (OpenimMessage) sent = NULL;
  g_autoptr (OpenimMessage) received = NULL;
  g_autoptr (OpenimMessage) again = NULL;
  Openim__Sdk__Message__RevokeMessageReq revoke = OPENIM__SDK__MESSAGE__REVOKE_MESSAGE_REQ__INIT;

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (CreateQuoteMessage), &empty), ==,
                   OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (CreateAdvancedQuoteMessage), &advanced), ==,
                   OPENIM_ERROR_SDK_ARGS);

  /* Sent at once: the number of what is quoted may not be known yet, and is waited for. */
  g_assert_cmpint (question->seq, ==, 0);
  quote = make_quote (world->ann, question, "think of it");
  g_assert_cmpint (quote->contenttype, ==, OPENIM__SDK__COMMON__CONTENT_TYPE__Quote);
  g_assert_cmpstr (quote->quoteelem->text, ==, "think of it");
  sent = visitor_send (world->ann, quote, "bob", "", FALSE);
  g_assert_cmpint (sent->quoteelem->quotemessage->seq, ==, 1);
  received = hear_type (world->bob, OPENIM__SDK__COMMON__CONTENT_TYPE__Quote);
  g_assert_cmpstr (received->quoteelem->text, ==, "think of it");
  g_assert_cmpstr (received->quoteelem->quotemessage->clientmsgid, ==, question->clientmsgid);
  g_assert_cmpstr (received->quoteelem->quotemessage->textelem->content, ==, "a question");
  g_assert_cmpint (received->quoteelem->quotemessage->seq, ==, 1);

  /* A quote of a quote is one of its text. */
  entity.type = (char *) "bold";
  entity.length = 4;
  advanced.text = (char *) "both";
  advanced.quotemessage = received;
  advanced.n_messageentities = 1;
  advanced.messageentities = entities;
  again = make (world->bob, FUNCTION (CreateAdvancedQuoteMessage), &advanced);
  g_assert_cmpuint (again->quoteelem->n_messageentitylist, ==, 1);
  g_assert_cmpstr (again->quoteelem->messageentitylist[0]->type, ==, "bold");
  g_assert_cmpint (again->quoteelem->quotemessage->contenttype, ==, OPENIM__SDK__COMMON__CONTENT_TYPE__Text);
  g_assert_cmpstr (again->quoteelem->quotemessage->textelem->content, ==, "think of it");

  /* What is taken back is not in its quotes either. */
  revoke.conversationid = (char *) CHAT;
  revoke.clientmsgid = question->clientmsgid;
  visitor_do (world->ann, FUNCTION (RevokeMessage), &revoke);
  visitor_heard (world->bob, EVENT (NewRecvMessageRevoked));
  for (guint i = 0; i < 2; i++) {
    g_autoptr (OpenimMessage) kept = get_message (i == 0 ? world->ann : world->bob, CHAT, quote->clientmsgid);
    const OpenimMessage *quoted = kept->quoteelem->quotemessage;

    g_assert_cmpstr (kept->quoteelem->text, ==, "think of it");
    g_assert_cmpint (quoted->contenttype, ==, OPENIM_CONTENT_REVOKED);
    g_assert_cmpint (quoted->content_case, ==, OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_REVOKED_TIPS);
    g_assert_cmpstr (quoted->revokedtips->revokerid, ==, "ann");
  }

  world_free (world);
  proves_functions (FUNCTION (CreateQuoteMessage), FUNCTION (CreateAdvancedQuoteMessage), 0);
}

/* What the server does not have cannot be quoted. */
static void
test_quote_unsent (void)
{
  World *world = world_new (FALSE);
  g_autoptr (OpenimMessage) never = visitor_make_text (world->ann, "never sent");
  g_autoptr (OpenimMessage) quote = make_quote (world->ann, never, "what?");
  Openim__Sdk__Message__SendMessageReq send = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  send.message = quote;
  send.recvid = (char *) "bob";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (SendMessage), &send), ==, OPENIM_ERROR_NO_SEQ);

  world_free (world);
}

/* ---- mergers and forwards */

static void
test_merger (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Message__CreateMergerMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_MERGER_MESSAGE_REQ__INIT;
  g_autoptr (OpenimMessage) first = visitor_make_text (world->ann, "first");
  g_autoptr (OpenimMessage) second = visitor_make_text (world->ann, "second");
  OpenimMessage *both[] = { first, second };
  char *summaries[] = { (char *) "Ann: first", (char *) "Ann: second" };
  g_autoptr (OpenimMessage) merger = NULL;
  g_autoptr (OpenimMessage) sent = NULL;
  g_autoptr (OpenimMessage) received = NULL;

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (CreateMergerMessage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.title = (char *) "Two of them";
  request.n_messages = 2;
  request.messages = both;
  request.n_summaries = 2;
  request.summaries = summaries;
  merger = make (world->ann, FUNCTION (CreateMergerMessage), &request);
  g_assert_cmpint (merger->contenttype, ==, OPENIM__SDK__COMMON__CONTENT_TYPE__Merge);
  sent = visitor_send (world->ann, merger, "bob", "", FALSE);
  received = hear_type (world->bob, OPENIM__SDK__COMMON__CONTENT_TYPE__Merge);
  g_assert_cmpstr (received->mergeelem->title, ==, "Two of them");
  g_assert_cmpuint (received->mergeelem->n_abstractlist, ==, 2);
  g_assert_cmpstr (received->mergeelem->abstractlist[1], ==, "Ann: second");
  g_assert_cmpuint (received->mergeelem->n_multimessage, ==, 2);
  g_assert_cmpstr (received->mergeelem->multimessage[1]->textelem->content, ==, "second");

  world_free (world);
  proves_functions (FUNCTION (CreateMergerMessage), 0);
}

static void
test_forward (void)
{
  World *world = world_new (TRUE);
  Openim__Sdk__Message__CreateForwardMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_FORWARD_MESSAGE_REQ__INIT;
  g_autoptr (OpenimMessage) original = NULL;
  g_autoptr (OpenimMessage) forward = NULL;
  g_autoptr (OpenimMessage) sent = NULL;
  g_autoptr (OpenimMessage) unsent = visitor_make_text (world->bob, "not sent");
  Received *received;

  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (CreateForwardMessage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.message = unsent;
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (CreateForwardMessage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);

  person_connect (world->ann_phone);
  person_send (world->ann_phone, "bob", NULL, 102,
               "{\"sourcePicture\":{\"url\":\"http://127.0.0.1/x.png\",\"width\":640,\"height\":480}}");
  original = hear_type (world->bob, OPENIM__SDK__COMMON__CONTENT_TYPE__Picture);
  request.message = original;
  forward = make (world->bob, FUNCTION (CreateForwardMessage), &request);
  g_assert_cmpstr (forward->clientmsgid, !=, original->clientmsgid);
  g_assert_cmpstr (forward->servermsgid, ==, "");
  g_assert_cmpstr (forward->sendid, ==, "bob");
  g_assert_cmpstr (forward->sendernickname, ==, "Bob");
  g_assert_cmpstr (forward->recvid, ==, "");
  g_assert_cmpint (forward->status, ==, OPENIM_STATUS_SENT);
  g_assert_cmpint (forward->createtime, >=, original->sendtime);
  sent = visitor_send (world->bob, forward, "", "team", FALSE);
  received = visitor_hear (world->ann, EVENT (RecvNewMessage), has_type, GINT_TO_POINTER (102));
  /* Her own picture came from her telephone first. */
  if (!g_str_equal (received->message->sendid, "bob")) {
    openim_pb_free (received);
    received = visitor_hear (world->ann, EVENT (RecvNewMessage), has_type, GINT_TO_POINTER (102));
  }
  g_assert_cmpstr (received->message->groupid, ==, "team");
  g_assert_cmpstr (received->message->pictureelem->sourcepicture->url, ==, "http://127.0.0.1/x.png");
  g_assert_cmpint (received->message->pictureelem->sourcepicture->width, ==, 640);
  openim_pb_free (received);

  world_free (world);
  proves_functions (FUNCTION (CreateForwardMessage), 0);
}

/* ---- lines that nobody has sent */

static void
test_insert_single (void)
{
  World *world = world_new (FALSE);
  Person *carl = person_new (world->server, "carl", "Carl");
  Openim__Sdk__Message__InsertSingleMessageToLocalStorageReq request =
      OPENIM__SDK__MESSAGE__INSERT_SINGLE_MESSAGE_TO_LOCAL_STORAGE_REQ__INIT;
  Openim__Sdk__Message__InsertSingleMessageToLocalStorageResp *response;
  Openim__Event__EventOnNewConversationData *appeared;
  g_autoptr (OpenimMessage) line = visitor_make_text (world->ann, "remember the milk");

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (InsertSingleMessageToLocalStorage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.msg = line;
  request.sendid = (char *) "ann";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (InsertSingleMessageToLocalStorage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.recvid = (char *) "nobody";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (InsertSingleMessageToLocalStorage), &request), ==,
                   OPENIM_ERROR_USER_NOT_FOUND);

  request.recvid = (char *) "bob";
  response = visitor_call (world->ann, FUNCTION (InsertSingleMessageToLocalStorage), &request);
  g_assert_cmpstr (response->msg->clientmsgid, !=, line->clientmsgid);
  g_assert_cmpint (response->msg->status, ==, OPENIM_STATUS_SENT);
  g_assert_cmpint (response->msg->seq, ==, 0);
  openim_pb_free (response);
  appeared = visitor_hear (world->ann, EVENT (NewConversation), NULL, NULL);
  g_assert_cmpstr (appeared->conversationlist[0]->conversationid, ==, CHAT);
  g_assert_cmpstr (appeared->conversationlist[0]->showname, ==, "Bob");
  g_assert_cmpstr (appeared->conversationlist[0]->latestmsg->textelem->content, ==, "remember the milk");
  openim_pb_free (appeared);
  g_assert_cmpuint (visitor_place (world->ann, EVENT (NewConversation)), <,
                    visitor_place (world->ann, FUNCTION (InsertSingleMessageToLocalStorage)));

  /* As if somebody else had said it. */
  request.sendid = (char *) "carl";
  request.recvid = (char *) "ann";
  response = visitor_call (world->ann, FUNCTION (InsertSingleMessageToLocalStorage), &request);
  g_assert_cmpstr (response->msg->sendernickname, ==, "Carl");
  openim_pb_free (response);
  appeared = visitor_hear (world->ann, EVENT (NewConversation), NULL, NULL);
  g_assert_cmpstr (appeared->conversationlist[0]->conversationid, ==, "si_ann_carl");
  openim_pb_free (appeared);

  /* It stays, and it stays here. */
  g_free (visitor_say (world->ann, "bob", "", "hello"));
  hear_text (world->bob, "hello");
  visitor_do (world->ann, FUNCTION (Logout), NULL);
  visitor_login (world->ann, world->server, "ann");
  {
    g_autofree char *here = visitor_history (world->ann, CHAT);
    g_autofree char *there = visitor_history (world->bob, CHAT);

    g_assert_cmpstr (here, ==, "remember the milk|hello");
    g_assert_cmpstr (there, ==, "hello");
  }

  person_free (carl);
  world_free (world);
  proves_functions (FUNCTION (InsertSingleMessageToLocalStorage), 0);
}

static void
test_insert_group (void)
{
  World *world = world_new (TRUE);
  Openim__Sdk__Message__InsertGroupMessageToLocalStorageReq request =
      OPENIM__SDK__MESSAGE__INSERT_GROUP_MESSAGE_TO_LOCAL_STORAGE_REQ__INIT;
  Openim__Sdk__Message__InsertGroupMessageToLocalStorageResp *response;
  g_autoptr (OpenimMessage) line = visitor_make_text (world->ann, "remember the milk");
  g_autofree char *here = NULL;

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (InsertGroupMessageToLocalStorage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.msg = line;
  request.sendid = (char *) "bob";
  request.groupid = (char *) "no_such_team";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (InsertGroupMessageToLocalStorage), &request), ==,
                   OPENIM_ERROR_GROUP_NOT_FOUND);
  request.groupid = (char *) "team";
  response = visitor_call (world->ann, FUNCTION (InsertGroupMessageToLocalStorage), &request);
  g_assert_cmpstr (response->msg->groupid, ==, "team");
  g_assert_cmpstr (response->msg->sendid, ==, "bob");
  g_assert_cmpint (response->msg->sessiontype, ==, OPENIM_SESSION_GROUP);
  openim_pb_free (response);
  visitor_heard (world->ann, EVENT (ConversationChanged));
  here = visitor_history (world->ann, TEAM);
  g_assert_true (g_str_has_suffix (here, "|remember the milk"));

  world_free (world);
  proves_functions (FUNCTION (InsertGroupMessageToLocalStorage), 0);
}

static gboolean
has_local_ex (gconstpointer data, gconstpointer text)
{
  const Openim__Event__EventOnConversationChangedData *list = data;

  return list->n_conversationlist == 1 && list->conversationlist[0]->latestmsg != NULL &&
         g_str_equal (list->conversationlist[0]->latestmsg->localex, text);
}

static void
test_local_ex (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Conversation__SetMessageLocalExReq request =
      OPENIM__SDK__CONVERSATION__SET_MESSAGE_LOCAL_EX_REQ__INIT;
  Openim__Sdk__Conversation__SetMessageLocalExResp *response;
  g_autofree char *id = visitor_say (world->ann, "bob", "", "hello");
  g_autoptr (OpenimMessage) here = NULL;
  g_autoptr (OpenimMessage) there = NULL;

  hear_text (world->bob, "hello");
  request.conversationid = (char *) CHAT;
  request.clientmsgid = (char *) "not there";
  request.localex = (char *) "shown";
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (SetMessageLocalEx), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);
  request.clientmsgid = id;
  response = visitor_call (world->bob, FUNCTION (SetMessageLocalEx), &request);
  g_assert_true (response->success);
  openim_pb_free (response);
  openim_pb_free (visitor_hear (world->bob, EVENT (ConversationChanged), has_local_ex, "shown"));
  here = get_message (world->bob, CHAT, id);
  g_assert_cmpstr (here->localex, ==, "shown");
  there = get_message (world->ann, CHAT, id);
  g_assert_cmpstr (there->localex, ==, "");

  world_free (world);
  proves_functions (FUNCTION (SetMessageLocalEx), 0);
}

/* ---- on the way */

static void
test_altered (void)
{
  World *world = world_new_at (server_start_option ("--alter", "damn=d***"), FALSE);
  g_autoptr (OpenimMessage) message = visitor_make_text (world->ann, "a damn fine day");
  g_autoptr (OpenimMessage) sent = visitor_send (world->ann, message, "bob", "", FALSE);
  Openim__Event__EventOnMessageEditedData *edited;
  g_autofree char *history = NULL;

  g_assert_cmpstr (sent->textelem->content, ==, "a d*** fine day");
  edited = visitor_hear (world->ann, EVENT (MessageEdited), NULL, NULL);
  g_assert_cmpstr (edited->message->clientmsgid, ==, message->clientmsgid);
  g_assert_cmpstr (edited->message->textelem->content, ==, "a d*** fine day");
  openim_pb_free (edited);
  hear_text (world->bob, "a d*** fine day");
  history = visitor_history (world->ann, CHAT);
  g_assert_cmpstr (history, ==, "a d*** fine day");

  /* What nobody has changed is not told of. */
  g_free (visitor_say (world->ann, "bob", "", "a fine day"));
  hear_text (world->bob, "a fine day");
  g_assert_cmpuint (visitor_count (world->ann, EVENT (MessageEdited)), ==, 1);

  world_free (world);
  proves_events (EVENT (MessageEdited), 0);
}

/* The operator's own kind of message: to a program, not to a person. */
static void
test_business (void)
{
  World *world = world_new (FALSE);
  Openim__Event__EventOnRecvCustomBusinessMessageData *heard;
  JsonNode *answer =
      server_call (world->server, "/msg/send_business_notification",
                   "{'key':'order','data':'{\\'number\\':7}','sendUserID':'ann','recvUserID':'bob'}");

  g_clear_pointer (&answer, json_node_unref);
  for (guint i = 0; i < 2; i++) {
    g_autoptr (JsonNode) root = NULL;

    heard = visitor_hear (i == 0 ? world->bob : world->ann, EVENT (RecvCustomBusinessMessage), NULL, NULL);
    root = json_from_string (heard->businessmessage, NULL);
    g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "key"), ==, "order");
    g_assert_cmpstr (json_object_get_string_member (json_node_get_object (root), "data"), ==,
                     "{\"number\":7}");
    openim_pb_free (heard);
  }
  g_assert_cmpuint (visitor_count (world->bob, EVENT (RecvNewMessage)), ==, 0);

  world_free (world);
  proves_events (EVENT (RecvCustomBusinessMessage), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/compose/quote", test_quote);
  g_test_add_func ("/door/compose/quote-unsent", test_quote_unsent);
  g_test_add_func ("/door/compose/merger", test_merger);
  g_test_add_func ("/door/compose/forward", test_forward);
  g_test_add_func ("/door/compose/insert-single", test_insert_single);
  g_test_add_func ("/door/compose/insert-group", test_insert_group);
  g_test_add_func ("/door/compose/local-ex", test_local_ex);
  g_test_add_func ("/door/compose/altered", test_altered);
  g_test_add_func ("/door/compose/business", test_business);

  return g_test_run ();
}
