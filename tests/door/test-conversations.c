/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Conversations: hidden, with drafts, with settings, read all at once, searched for. */

#include "world.h"

#define PHONE 2 /* Android */

typedef Openim__Event__EventOnConversationChangedData Changed;

static void
hear_text (Visitor *visitor, const char *text)
{
  openim_pb_free (visitor_hear (visitor, EVENT (RecvNewMessage), message_says, text));
}

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

/* The conversations of the list, as IDs with '|' between them. */
static void
check_list (Visitor *visitor, const char *expected)
{
  Openim__Sdk__Conversation__GetAllConversationListResp *all =
      visitor_call (visitor, FUNCTION (GetAllConversationList), NULL);
  g_autoptr (GString) ids = g_string_new (NULL);

  for (size_t i = 0; i < all->n_conversationlist; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? "|" : "", all->conversationlist[i]->conversationid);
  openim_pb_free (all);
  g_assert_cmpstr (ids->str, ==, expected);
}

/* All that a question without an event leaves behind. */
static guint
count_changes (Visitor *visitor)
{
  return visitor_count (visitor, EVENT (NewConversation)) +
         visitor_count (visitor, EVENT (ConversationChanged)) +
         visitor_count (visitor, EVENT (TotalUnreadMessageCountChanged));
}

/* ---- hiding */

static gboolean
has_latest (gconstpointer data, gconstpointer text)
{
  const Changed *list = data;

  return list->n_conversationlist == 1 && list->conversationlist[0]->latestmsg != NULL &&
         list->conversationlist[0]->latestmsg->content_case ==
             OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_TEXT_ELEM &&
         g_str_equal (list->conversationlist[0]->latestmsg->textelem->content, text);
}

static void
test_hide (void)
{
  World *world = world_new (TRUE);
  Openim__Sdk__Conversation__HideConversationReq request =
      OPENIM__SDK__CONVERSATION__HIDE_CONVERSATION_REQ__INIT;
  guint changes;

  g_free (visitor_say (world->ann, "bob", "", "one"));
  g_free (visitor_say (world->ann, "bob", "", "two"));
  hear_text (world->bob, "two");
  g_free (visitor_say (world->bob, "ann", "", "three"));
  check_list (world->bob, CHAT "|" TEAM);

  request.conversationid = (char *) "si_bob_nobody";
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (HideConversation), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);
  hear_text (world->ann, "three");
  hear_total (world->ann, 1);
  visitor_learns_name (world->ann, "Bob");
  changes = count_changes (world->ann);
  request.conversationid = (char *) CHAT;
  visitor_do (world->ann, FUNCTION (HideConversation), &request);
  check_list (world->ann, TEAM);
  visitor_do (world->ann, FUNCTION (HideAllConversations), NULL);
  check_list (world->ann, "");
  g_assert_cmpuint (count_changes (world->ann), ==, changes);

  /* The messages are still there, and a new one brings the conversation back. */
  g_free (visitor_say (world->bob, "ann", "", "four"));
  openim_pb_free (visitor_hear (world->ann, EVENT (NewConversation), has_latest, "four"));
  check_list (world->ann, CHAT);

  world_free (world);
  proves_functions (FUNCTION (HideConversation), FUNCTION (HideAllConversations), 0);
}

/* What happens to a hidden conversation besides does not bring it back, nor does another login. */
static void
test_stays_hidden (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Conversation__HideConversationReq hide =
      OPENIM__SDK__CONVERSATION__HIDE_CONVERSATION_REQ__INIT;
  OpenimConversation *conversation;

  g_free (visitor_say (world->ann, "bob", "", "one"));
  hear_text (world->bob, "one");
  hear_total (world->bob, 1);
  hide.conversationid = (char *) CHAT;
  visitor_do (world->bob, FUNCTION (HideConversation), &hide);
  conversation = visitor_conversation (world->bob, CHAT);
  g_assert_cmpint (conversation->latestmsgsendtime, ==, 0);
  g_assert_null (conversation->latestmsg);
  g_assert_cmpint (conversation->unreadcount, ==, 0);
  openim_pb_free (conversation);

  person_does (world->bob_phone, "/conversation/set_conversations",
               "{'userIDs':['bob'],'conversation':{'conversationID':'" CHAT
               "','conversationType':1,'userID':'ann','ex':'theirs'}}");
  visitor_do (world->bob, FUNCTION (Logout), NULL);
  visitor_login (world->bob, world->server, "bob");
  check_list (world->bob, "");
  conversation = visitor_conversation (world->bob, CHAT);
  g_assert_cmpstr (conversation->ex, ==, "theirs");
  openim_pb_free (conversation);

  g_free (visitor_say (world->bob, "ann", "", "from here"));
  openim_pb_free (visitor_hear (world->bob, EVENT (NewConversation), has_latest, "from here"));
  check_list (world->bob, CHAT);

  world_free (world);
}

/* ---- drafts */

static gboolean
has_draft (gconstpointer data, gconstpointer text)
{
  const Changed *list = data;

  return list->n_conversationlist == 1 && g_str_equal (list->conversationlist[0]->drafttext, text);
}

static void
test_draft (void)
{
  World *world = world_new (TRUE);
  Openim__Sdk__Conversation__SetConversationDraftReq request =
      OPENIM__SDK__CONVERSATION__SET_CONVERSATION_DRAFT_REQ__INIT;
  OpenimConversation *conversation;
  Changed *changed;
  guint changes;

  g_free (visitor_say (world->ann, "bob", "", "the newest"));
  check_list (world->ann, CHAT "|" TEAM);
  request.conversationid = (char *) "si_bob_nobody";
  request.drafttext = (char *) "to nobody";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (SetConversationDraft), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);

  request.conversationid = (char *) TEAM;
  request.drafttext = (char *) "not yet";
  visitor_do (world->ann, FUNCTION (SetConversationDraft), &request);
  changed = visitor_hear (world->ann, EVENT (ConversationChanged), has_draft, "not yet");
  g_assert_cmpstr (changed->conversationlist[0]->conversationid, ==, TEAM);
  g_assert_cmpint (changed->conversationlist[0]->drafttexttime, >,
                   changed->conversationlist[0]->latestmsgsendtime);
  openim_pb_free (changed);
  g_assert_cmpuint (visitor_place (world->ann, EVENT (ConversationChanged)), <,
                    visitor_place (world->ann, FUNCTION (SetConversationDraft)));
  check_list (world->ann, TEAM "|" CHAT);

  /* It is there after another login, and without it the conversation is where it was. */
  visitor_do (world->ann, FUNCTION (Logout), NULL);
  visitor_login (world->ann, world->server, "ann");
  conversation = visitor_conversation (world->ann, TEAM);
  g_assert_cmpstr (conversation->drafttext, ==, "not yet");
  openim_pb_free (conversation);
  request.drafttext = (char *) "";
  visitor_do (world->ann, FUNCTION (SetConversationDraft), &request);
  openim_pb_free (visitor_hear (world->ann, EVENT (ConversationChanged), has_draft, ""));
  check_list (world->ann, CHAT "|" TEAM);

  changes = count_changes (world->ann);
  visitor_do (world->ann, FUNCTION (SetConversationDraft), &request);
  g_assert_cmpuint (count_changes (world->ann), ==, changes);

  world_free (world);
  proves_functions (FUNCTION (SetConversationDraft), 0);
}

/* ---- settings */

#define SET(request, member, stem, STEM, value)                                                              \
  ((request)._##stem##_case = OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ___##STEM##_##STEM,             \
   (request).member = (value))

static gboolean
is_pinned (gconstpointer data, gconstpointer what)
{
  const Changed *list = data;

  return list->n_conversationlist == 1 && list->conversationlist[0]->ispinned;
}

static gboolean
is_muted (gconstpointer data, gconstpointer what)
{
  const Changed *list = data;

  return list->n_conversationlist == 1 && (int) list->conversationlist[0]->recvmsgopt == 2;
}

static gboolean
is_private (gconstpointer data, gconstpointer what)
{
  const Changed *list = data;

  return list->n_conversationlist == 1 && list->conversationlist[0]->isprivatechat;
}

static void
test_set (void)
{
  World *world = world_new (TRUE);
  Person *phone = person_device (world->server, "bob", PHONE);
  Openim__Sdk__Conversation__SetConversationReq request =
      OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;
  OpenimConversation *conversation;
  guint changes;

  person_connect (phone);
  g_free (visitor_say (world->ann, "bob", "", "one"));
  hear_text (world->bob, "one");
  g_free (visitor_say (world->bob, "ann", "", "two"));
  hear_text (world->ann, "two");

  request.conversationid = (char *) "si_bob_nobody";
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (SetConversation), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);
  request.conversationid = (char *) CHAT;
  SET (request, recvmsgopt, recv_msg_opt, RECV_MSG_OPT, 3);
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (SetConversation), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);

  SET (request, recvmsgopt, recv_msg_opt, RECV_MSG_OPT, 0);
  SET (request, ispinned, is_pinned, IS_PINNED, TRUE);
  SET (request, ex, ex, EX, (char *) "more");
  SET (request, burnduration, burn_duration, BURN_DURATION, 30);
  visitor_do (world->bob, FUNCTION (SetConversation), &request);
  openim_pb_free (visitor_hear (world->bob, EVENT (ConversationChanged), is_pinned, NULL));
  g_assert_cmpuint (visitor_place (world->bob, EVENT (ConversationChanged)), <,
                    visitor_place (world->bob, FUNCTION (SetConversation)));
  person_hear (phone, "bob", 1300, "*" CHAT "*");
  conversation = visitor_conversation (world->bob, CHAT);
  g_assert_true (conversation->ispinned);
  g_assert_cmpstr (conversation->ex, ==, "more");
  g_assert_cmpint (conversation->burnduration, ==, 30);
  g_assert_false (conversation->isprivatechat);
  openim_pb_free (conversation);
  conversation = visitor_conversation (world->ann, CHAT);
  g_assert_false (conversation->ispinned);
  openim_pb_free (conversation);

  /* The same again is no news, and neither is the echo. */
  changes = count_changes (world->bob);
  visitor_do (world->bob, FUNCTION (SetConversation), &request);
  g_assert_cmpuint (count_changes (world->bob), ==, changes);

  /* Muting changes the total. */
  g_free (visitor_say (world->ann, "bob", "", "three"));
  hear_text (world->bob, "three");
  hear_total (world->bob, 2); /* with the notice in the group */
  request =
      (Openim__Sdk__Conversation__SetConversationReq) OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;
  request.conversationid = (char *) CHAT;
  SET (request, recvmsgopt, recv_msg_opt, RECV_MSG_OPT, 2);
  visitor_do (world->bob, FUNCTION (SetConversation), &request);
  openim_pb_free (visitor_hear (world->bob, EVENT (ConversationChanged), is_muted, NULL));
  hear_total (world->bob, 1);

  /* Both sides of a chat are private together, a group never is. */
  request =
      (Openim__Sdk__Conversation__SetConversationReq) OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;
  request.conversationid = (char *) TEAM;
  SET (request, isprivatechat, is_private_chat, IS_PRIVATE_CHAT, TRUE);
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (SetConversation), &request), ==,
                   OPENIM_ERROR_NOT_SUPPORT_TYPE);
  request.conversationid = (char *) CHAT;
  visitor_do (world->bob, FUNCTION (SetConversation), &request);
  openim_pb_free (visitor_hear (world->bob, EVENT (ConversationChanged), is_private, NULL));
  openim_pb_free (visitor_hear (world->ann, EVENT (ConversationChanged), is_private, NULL));

  /* All of it is still there after another login. */
  visitor_do (world->bob, FUNCTION (Logout), NULL);
  visitor_login (world->bob, world->server, "bob");
  conversation = visitor_conversation (world->bob, CHAT);
  g_assert_true (conversation->ispinned);
  g_assert_true (conversation->isprivatechat);
  g_assert_cmpint (conversation->recvmsgopt, ==, 2);
  openim_pb_free (conversation);

  person_free (phone);
  world_free (world);
  proves_functions (FUNCTION (SetConversation), 0);
}

/* What the server refuses changes nothing here. */
static void
test_set_refused (void)
{
  World *world = world_new (TRUE);
  Openim__Sdk__Conversation__SetConversationReq request =
      OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;
  OpenimConversation *conversation;

  person_does (world->ann_phone, "/group/dismiss_group", "{'groupID':'team'}");
  visitor_heard (world->bob, EVENT (GroupDismissed));
  request.conversationid = (char *) TEAM;
  SET (request, ispinned, is_pinned, IS_PINNED, TRUE);
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (SetConversation), &request), ==, 1204);
  conversation = visitor_conversation (world->bob, TEAM);
  g_assert_false (conversation->ispinned);
  openim_pb_free (conversation);

  world_free (world);
}

/* Nobody has written yet. */
static void
test_set_early (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Conversation__GetOneConversationReq one =
      OPENIM__SDK__CONVERSATION__GET_ONE_CONVERSATION_REQ__INIT;
  Openim__Sdk__Conversation__SetConversationReq request =
      OPENIM__SDK__CONVERSATION__SET_CONVERSATION_REQ__INIT;
  OpenimConversation *conversation;

  one.sessiontype = OPENIM_SESSION_SINGLE;
  one.sourceid = (char *) "bob";
  visitor_do (world->ann, FUNCTION (GetOneConversation), &one);
  request.conversationid = (char *) CHAT;
  SET (request, ispinned, is_pinned, IS_PINNED, TRUE);
  visitor_do (world->ann, FUNCTION (SetConversation), &request);
  conversation = visitor_conversation (world->ann, CHAT);
  g_assert_true (conversation->ispinned);
  openim_pb_free (conversation);
  g_assert_cmpuint (visitor_count (world->ann, EVENT (ConversationChanged)), ==, 0);

  world_free (world);
}

/* ---- reading everything */

static void
test_read_all (void)
{
  World *world = world_new (TRUE);
  Openim__Event__EventOnRecvC2CReadReceiptData *receipt;
  guint before;

  g_free (visitor_say (world->ann, "bob", "", "to you"));
  g_free (visitor_say (world->ann, "", "team", "to all"));
  hear_text (world->bob, "to you");
  hear_text (world->bob, "to all");
  hear_total (world->bob, 3);
  visitor_do (world->bob, FUNCTION (MarkAllConversationMessageAsRead), NULL);
  hear_total (world->bob, 0);
  g_assert_cmpuint (visitor_place (world->bob, EVENT (TotalUnreadMessageCountChanged)), <,
                    visitor_place (world->bob, FUNCTION (MarkAllConversationMessageAsRead)));
  receipt = visitor_hear (world->ann, EVENT (RecvC2CReadReceipt), NULL, NULL);
  g_assert_cmpuint (receipt->msgreceiptlist[0]->n_msgidlist, ==, 1);
  openim_pb_free (receipt);

  visitor_learns_name (world->bob, "Ann");
  before = visitor_order (world->bob)->len;
  visitor_do (world->bob, FUNCTION (MarkAllConversationMessageAsRead), NULL);
  g_assert_cmpuint (visitor_order (world->bob)->len, ==, before + 1);
  visitor_do (world->bob, FUNCTION (Logout), NULL);
  visitor_login (world->bob, world->server, "bob");
  visitor_do (world->bob, FUNCTION (MarkAllConversationMessageAsRead), NULL);
  g_assert_cmpuint (visitor_count (world->ann, EVENT (RecvC2CReadReceipt)), ==, 1);

  world_free (world);
  proves_functions (FUNCTION (MarkAllConversationMessageAsRead), 0);
}

/* Who answers has read what came before at the server, but nobody has told the other one. */
static void
test_read_after_answer (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Conversation__MarkConversationMessageAsReadReq request =
      OPENIM__SDK__CONVERSATION__MARK_CONVERSATION_MESSAGE_AS_READ_REQ__INIT;
  g_autofree char *question = visitor_say (world->ann, "bob", "", "a question");
  Openim__Event__EventOnRecvC2CReadReceiptData *receipt;

  hear_text (world->bob, "a question");
  g_free (visitor_say (world->bob, "ann", "", "an answer"));
  hear_text (world->ann, "an answer");
  hear_total (world->bob, 0);
  request.conversationid = (char *) CHAT;
  visitor_do (world->bob, FUNCTION (MarkConversationMessageAsRead), &request);
  receipt = visitor_hear (world->ann, EVENT (RecvC2CReadReceipt), NULL, NULL);
  g_assert_cmpstr (receipt->msgreceiptlist[0]->msgidlist[0], ==, question);
  openim_pb_free (receipt);

  world_free (world);
}

/* ---- searching */

static void
check_search (Visitor *visitor, const char *text, const char *expected)
{
  Openim__Sdk__Conversation__SearchConversationReq request =
      OPENIM__SDK__CONVERSATION__SEARCH_CONVERSATION_REQ__INIT;
  Openim__Sdk__Conversation__SearchConversationResp *response;
  g_autoptr (GString) ids = g_string_new (NULL);

  request.searchparam = (char *) text;
  response = visitor_call (visitor, FUNCTION (SearchConversation), &request);
  for (size_t i = 0; i < response->n_conversationlist; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? "|" : "", response->conversationlist[i]->conversationid);
  openim_pb_free (response);
  g_assert_cmpstr (ids->str, ==, expected);
}

static void
test_search (void)
{
  World *world = world_new (TRUE);
  Openim__Sdk__Conversation__SearchConversationReq nothing =
      OPENIM__SDK__CONVERSATION__SEARCH_CONVERSATION_REQ__INIT;

  g_free (visitor_say (world->bob, "ann", "", "the newest"));
  check_search (world->bob, "TEA", TEAM);
  check_search (world->bob, "a", CHAT "|" TEAM);
  check_search (world->bob, "nobody", "");
  g_assert_cmpint (visitor_refused (world->bob, FUNCTION (SearchConversation), &nothing), ==,
                   OPENIM_ERROR_SDK_ARGS);
  visitor_do (world->bob, FUNCTION (HideAllConversations), NULL);
  check_search (world->bob, "a", CHAT "|" TEAM);

  world_free (world);
  proves_functions (FUNCTION (SearchConversation), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/conversations/hide", test_hide);
  g_test_add_func ("/door/conversations/stays-hidden", test_stays_hidden);
  g_test_add_func ("/door/conversations/draft", test_draft);
  g_test_add_func ("/door/conversations/set", test_set);
  g_test_add_func ("/door/conversations/set-refused", test_set_refused);
  g_test_add_func ("/door/conversations/set-early", test_set_early);
  g_test_add_func ("/door/conversations/read-all", test_read_all);
  g_test_add_func ("/door/conversations/read-after-answer", test_read_after_answer);
  g_test_add_func ("/door/conversations/search", test_search);

  return g_test_run ();
}
