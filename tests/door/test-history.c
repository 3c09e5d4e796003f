/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Conversations, what was said in them before, and messages of all kinds. */

#include "world.h"

/* ---- conversations */

static OpenimConversation *
one_conversation (Visitor *visitor, int session_type, const char *source_id)
{
  Openim__Sdk__Conversation__GetOneConversationReq request =
      OPENIM__SDK__CONVERSATION__GET_ONE_CONVERSATION_REQ__INIT;
  Openim__Sdk__Conversation__GetOneConversationResp *response;
  OpenimConversation *conversation;

  request.sessiontype = session_type;
  request.sourceid = (char *) source_id;
  response = visitor_call (visitor, FUNCTION (GetOneConversation), &request);
  conversation = g_steal_pointer (&response->conversation);
  openim_pb_free (response);
  return conversation;
}

static int
one_refused (Visitor *visitor, int session_type, const char *source_id)
{
  Openim__Sdk__Conversation__GetOneConversationReq request =
      OPENIM__SDK__CONVERSATION__GET_ONE_CONVERSATION_REQ__INIT;

  request.sessiontype = session_type;
  request.sourceid = (char *) source_id;
  return visitor_refused (visitor, FUNCTION (GetOneConversation), &request);
}

static void
test_one (void)
{
  World *world = world_new (TRUE);
  OpenimConversation *conversation = one_conversation (world->ann, OPENIM_SESSION_SINGLE, "bob");

  g_assert_cmpstr (conversation->conversationid, ==, CHAT);
  g_assert_cmpstr (conversation->userid, ==, "bob");
  g_assert_cmpstr (conversation->showname, ==, "Bob");
  g_assert_cmpint (conversation->conversationtype, ==, OPENIM_SESSION_SINGLE);
  g_assert_cmpint (conversation->latestmsgsendtime, ==, 0);
  openim_pb_free (conversation);

  conversation = one_conversation (world->bob, OPENIM_SESSION_GROUP, "team");
  g_assert_cmpstr (conversation->conversationid, ==, TEAM);
  g_assert_cmpstr (conversation->groupid, ==, "team");
  g_assert_cmpstr (conversation->showname, ==, "Team");
  openim_pb_free (conversation);

  g_assert_cmpint (one_refused (world->ann, OPENIM_SESSION_SINGLE, "nobody"), ==,
                   OPENIM_ERROR_USER_NOT_FOUND);
  g_assert_cmpint (one_refused (world->ann, OPENIM_SESSION_GROUP, "nowhere"), ==,
                   OPENIM_ERROR_GROUP_NOT_FOUND);
  g_assert_cmpint (one_refused (world->ann, 2, "bob"), ==, OPENIM_ERROR_NOT_SUPPORT_TYPE);
  g_assert_cmpint (one_refused (world->ann, 0, "bob"), ==, OPENIM_ERROR_NOT_SUPPORT_TYPE);
  g_assert_cmpint (one_refused (world->ann, OPENIM_SESSION_SINGLE, ""), ==, OPENIM_ERROR_SDK_ARGS);

  world_free (world);
  proves_functions (FUNCTION (GetOneConversation), 0);
}

static void
test_lists (void)
{
  World *world = world_new (TRUE);
  Openim__Sdk__Conversation__GetAllConversationListResp *all;
  Openim__Sdk__Conversation__GetConversationListReq some =
      OPENIM__SDK__CONVERSATION__GET_CONVERSATION_LIST_REQ__INIT;
  Openim__Sdk__Conversation__GetConversationListResp *list;
  Openim__Sdk__Conversation__GetConversationListSplitReq part =
      OPENIM__SDK__CONVERSATION__GET_CONVERSATION_LIST_SPLIT_REQ__INIT;
  Openim__Sdk__Conversation__GetConversationListSplitResp *split;
  Openim__Sdk__Conversation__GetMultipleConversationReq many =
      OPENIM__SDK__CONVERSATION__GET_MULTIPLE_CONVERSATION_REQ__INIT;
  Openim__Sdk__Conversation__GetMultipleConversationResp *multiple;
  Openim__Sdk__Conversation__GetConversationReq one = OPENIM__SDK__CONVERSATION__GET_CONVERSATION_REQ__INIT;
  Openim__Sdk__Conversation__GetConversationResp *found;
  char *ids[] = { (char *) TEAM, (char *) "si_not_there", (char *) CHAT };

  /* The notice of the group's making was the first. */
  g_free (visitor_say (world->ann, "bob", "", "the newest"));
  all = visitor_call (world->ann, FUNCTION (GetAllConversationList), NULL);
  g_assert_cmpuint (all->n_conversationlist, ==, 2);
  g_assert_cmpstr (all->conversationlist[0]->conversationid, ==, CHAT);
  g_assert_cmpstr (all->conversationlist[0]->latestmsg->textelem->content, ==, "the newest");
  g_assert_cmpint (all->conversationlist[0]->latestmsgsendtime, ==,
                   all->conversationlist[0]->latestmsg->sendtime);
  g_assert_cmpstr (all->conversationlist[1]->conversationid, ==, TEAM);
  openim_pb_free (all);

  list = visitor_call (world->ann, FUNCTION (GetConversationList), &some);
  g_assert_cmpuint (list->n_conversationlist, ==, 2);
  openim_pb_free (list);
  some.count = -1;
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetConversationList), &some), ==,
                   OPENIM_ERROR_SDK_ARGS);

  part.offset = 1;
  part.count = 5;
  split = visitor_call (world->ann, FUNCTION (GetConversationListSplit), &part);
  g_assert_cmpuint (split->n_conversationlist, ==, 1);
  g_assert_cmpstr (split->conversationlist[0]->conversationid, ==, TEAM);
  openim_pb_free (split);
  part.offset = 2;
  split = visitor_call (world->ann, FUNCTION (GetConversationListSplit), &part);
  g_assert_cmpuint (split->n_conversationlist, ==, 0);
  openim_pb_free (split);
  part.count = 0;
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetConversationListSplit), &part), ==,
                   OPENIM_ERROR_SDK_ARGS);

  many.n_conversationidlist = G_N_ELEMENTS (ids);
  many.conversationidlist = ids;
  multiple = visitor_call (world->ann, FUNCTION (GetMultipleConversation), &many);
  g_assert_cmpuint (multiple->n_conversationlist, ==, 2);
  g_assert_cmpstr (multiple->conversationlist[0]->conversationid, ==, TEAM);
  g_assert_cmpstr (multiple->conversationlist[1]->conversationid, ==, CHAT);
  openim_pb_free (multiple);

  one.conversationid = (char *) CHAT;
  found = visitor_call (world->ann, FUNCTION (GetConversation), &one);
  g_assert_cmpstr (found->conversation->userid, ==, "bob");
  openim_pb_free (found);
  one.conversationid = (char *) "si_not_there";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetConversation), &one), ==,
                   OPENIM_ERROR_NOT_FOUND);
  one.conversationid = (char *) "";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetConversation), &one), ==, OPENIM_ERROR_SDK_ARGS);

  world_free (world);
  proves_functions (FUNCTION (GetAllConversationList), FUNCTION (GetConversationList),
                    FUNCTION (GetConversationListSplit), FUNCTION (GetMultipleConversation),
                    FUNCTION (GetConversation), 0);
}

static void
check_id (Visitor *visitor, int session_type, const char *source, const char *expected)
{
  Openim__Sdk__Conversation__GetConversationIDBySessionTypeReq request =
      OPENIM__SDK__CONVERSATION__GET_CONVERSATION_IDBY_SESSION_TYPE_REQ__INIT;
  Openim__Sdk__Conversation__GetConversationIDBySessionTypeResp *response;

  request.sessiontype = session_type;
  request.sourceid = (char *) source;
  response = visitor_call (visitor, FUNCTION (GetConversationIDBySessionType), &request);
  g_assert_cmpstr (response->conversationid, ==, expected);
  openim_pb_free (response);
}

static void
test_ids (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Conversation__GetAtAllTagResp *tag = visitor_call (world->ann, FUNCTION (GetAtAllTag), NULL);

  check_id (world->bob, 1, "ann", CHAT);
  check_id (world->ann, 1, "bob", CHAT);
  check_id (world->ann, 2, "old", "g_old");
  check_id (world->ann, 3, "team", TEAM);
  check_id (world->ann, 4, "Zoe", "sn_Zoe_ann");
  check_id (world->ann, 9, "bob", "");
  g_assert_cmpstr (tag->tag, ==, "AtAllTag");
  openim_pb_free (tag);

  world_free (world);
  proves_functions (FUNCTION (GetConversationIDBySessionType), FUNCTION (GetAtAllTag), 0);
}

/* ---- history */

typedef Openim__Sdk__Message__GetAdvancedHistoryMessageListCallback Page;

/* (transfer full) */
static Page *
page (Visitor *visitor, const char *conversation_id, const char *start, int count, gboolean reverse)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  Page *result;

  params.conversationid = (char *) conversation_id;
  params.startclientmsgid = (char *) start;
  params.count = count;
  if (reverse) {
    Openim__Sdk__Message__GetAdvancedHistoryMessageListReverseReq request =
        OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REVERSE_REQ__INIT;
    Openim__Sdk__Message__GetAdvancedHistoryMessageListReverseResp *response;

    request.getadvancedhistorymessagelistparams = &params;
    response = visitor_call (visitor, FUNCTION (GetAdvancedHistoryMessageListReverse), &request);
    result = g_steal_pointer (&response->getadvancedhistorymessagelistcallback);
    openim_pb_free (response);
  } else {
    Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
        OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
    Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *response;

    request.conversationid = (char *) conversation_id;
    request.getadvancedhistorymessagelistparams = &params;
    response = visitor_call (visitor, FUNCTION (GetAdvancedHistoryMessageList), &request);
    result = g_steal_pointer (&response->getadvancedhistorymessagelistcallback);
    openim_pb_free (response);
  }
  return result;
}

#define MANY 130

/* What was said before the first login, page by page; @reverse: from the oldest on. */
static void
walk (Visitor *visitor, gboolean reverse)
{
  g_autofree char *start = g_strdup ("");
  int next = reverse ? 1 : MANY;
  gboolean is_end = FALSE;

  while (!is_end) {
    Page *part = page (visitor, CHAT, start, 30, reverse);
    size_t n = part->n_messagelist;

    g_assert_cmpint (part->errcode, ==, 0);
    g_assert_cmpuint (n, <=, 30);
    for (size_t i = 0; i < n; i++) {
      const OpenimMessage *message = part->messagelist[reverse ? i : n - 1 - i];
      g_autofree char *expected = g_strdup_printf ("number %d", next);

      g_assert_cmpstr (message->textelem->content, ==, expected);
      next += reverse ? 1 : -1;
    }
    is_end = part->isend;
    if (n > 0) {
      g_free (start);
      start = g_strdup (part->messagelist[reverse ? n - 1 : 0]->clientmsgid);
    } else {
      g_assert_true (is_end);
    }
    openim_pb_free (part);
  }
  g_assert_cmpint (next, ==, reverse ? MANY + 1 : 0);
}

static void
test_history (void)
{
  Server *server = server_start (NULL, FALSE);
  Person *ann = person_new (server, "ann", "Ann"), *bob = person_new (server, "bob", "Bob");
  Visitor *visitor = visitor_new (NULL), *again = visitor_new (NULL);

  person_connect (ann);
  for (int i = 1; i <= MANY; i++) {
    g_autofree char *text = g_strdup_printf ("number %d", i);

    person_say (ann, "bob", text);
  }

  visitor_login (visitor, server, "bob");
  walk (visitor, FALSE);
  walk (visitor, TRUE);
  visitor_leave (visitor);
  visitor_login (again, server, "bob");
  walk (again, TRUE);
  walk (again, FALSE);
  visitor_leave (again);

  person_free (ann);
  person_free (bob);
  server_stop (server);
  proves_functions (FUNCTION (GetAdvancedHistoryMessageList), FUNCTION (GetAdvancedHistoryMessageListReverse),
                    0);
}

static void
test_history_refused (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  Page *nothing;

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetAdvancedHistoryMessageList), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  params.conversationid = (char *) CHAT;
  request.getadvancedhistorymessagelistparams = &params;
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetAdvancedHistoryMessageList), &request), ==,
                   OPENIM_ERROR_SDK_ARGS); /* no count */
  params.count = 10;
  request.conversationid = (char *) "si_ann_other";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetAdvancedHistoryMessageList), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.conversationid = (char *) CHAT;
  params.startclientmsgid = (char *) "not there";
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (GetAdvancedHistoryMessageList), &request), ==,
                   OPENIM_ERROR_NOT_FOUND);

  nothing = page (world->ann, CHAT, "", 10, FALSE);
  g_assert_cmpuint (nothing->n_messagelist, ==, 0);
  g_assert_true (nothing->isend);
  openim_pb_free (nothing);

  world_free (world);
}

/* Without the server a page is what is stored, and says so. */
static void
test_history_offline (void)
{
  Server *server = server_start (NULL, FALSE);
  Fault *fault = fault_start (server, 1);
  Person *ann = person_new (server, "ann", "Ann"), *bob = person_new (server, "bob", "Bob");
  Visitor *visitor = visitor_new (NULL);
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  g_autofree char *token = server_token (server, "bob", PLATFORM_LINUX);
  Page *part;

  person_connect (ann);
  for (int i = 1; i <= MANY; i++) {
    g_autofree char *text = g_strdup_printf ("number %d", i);

    person_say (ann, "bob", text);
  }
  visitor_init (visitor, fault->api, fault->ws);
  login.userid = (char *) "bob";
  login.token = token;
  visitor_do (visitor, FUNCTION (Login), &login);
  visitor_heard (visitor, EVENT (SyncServerFinish));
  fault_set (fault, "ws refuse 1");
  fault_set (fault, "ws reset");
  visitor_heard (visitor, EVENT (ConnectFailed));

  part = page (visitor, CHAT, "", MANY, FALSE);
  g_assert_cmpuint (part->n_messagelist, >, 0);
  g_assert_cmpuint (part->n_messagelist, <, MANY);
  g_assert_cmpint (part->errcode, ==, 100);
  g_assert_cmpstr (part->errmsg, !=, "");
  g_assert_false (part->isend);
  openim_pb_free (part);

  visitor_leave (visitor);
  person_free (ann);
  person_free (bob);
  fault_stop (fault);
  server_stop (server);
}

static void
test_find (void)
{
  World *world = world_new (FALSE);
  g_autofree char *first = visitor_say (world->ann, "bob", "", "one");
  g_autofree char *second = visitor_say (world->ann, "bob", "", "two");
  char *ids[] = { second, (char *) "not there", first };
  Openim__Sdk__Conversation__ConversationArgs chat = OPENIM__SDK__CONVERSATION__CONVERSATION_ARGS__INIT;
  Openim__Sdk__Conversation__ConversationArgs nowhere = OPENIM__SDK__CONVERSATION__CONVERSATION_ARGS__INIT;
  Openim__Sdk__Conversation__ConversationArgs *both[] = { &nowhere, &chat };
  Openim__Sdk__Conversation__FindMessageListReq request =
      OPENIM__SDK__CONVERSATION__FIND_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Conversation__FindMessageListResp *response;

  chat.conversationid = (char *) CHAT;
  chat.n_clientmsgidlist = G_N_ELEMENTS (ids);
  chat.clientmsgidlist = ids;
  nowhere.conversationid = (char *) "si_not_there";
  nowhere.n_clientmsgidlist = 1;
  nowhere.clientmsgidlist = ids;
  request.n_conversationsargs = G_N_ELEMENTS (both);
  request.conversationsargs = both;
  response = visitor_call (world->ann, FUNCTION (FindMessageList), &request);
  g_assert_cmpint (response->totalcount, ==, 2);
  g_assert_cmpuint (response->n_findresultitems, ==, 1);
  g_assert_cmpstr (response->findresultitems[0]->conversationid, ==, CHAT);
  g_assert_cmpstr (response->findresultitems[0]->messagelist[0]->textelem->content, ==, "two");
  g_assert_cmpstr (response->findresultitems[0]->messagelist[1]->textelem->content, ==, "one");
  openim_pb_free (response);

  world_free (world);
  proves_functions (FUNCTION (FindMessageList), 0);
}

/* ---- messages of all kinds: made, sent, received as they were */

/* Their responses are alike. (transfer full) */
static OpenimMessage *
made (Visitor *visitor, int function, gconstpointer request)
{
  Openim__Sdk__Message__CreateTextMessageResp *response = visitor_call (visitor, function, request);
  OpenimMessage *message = g_steal_pointer (&response->message);

  openim_pb_free (response);
  return message;
}

static gboolean
is_from_ann (gconstpointer data, gconstpointer what)
{
  const OpenimMessage *message = ((const Openim__Event__EventOnRecvNewMessageData *) data)->message;

  return g_str_equal (message->clientmsgid, what);
}

/* (transfer full) what Bob gets; takes the message. */
static OpenimMessage *
passed_on (World *world, OpenimMessage *message)
{
  g_autoptr (OpenimMessage) taken = message;
  Openim__Event__EventOnRecvNewMessageData *event;
  OpenimMessage *received;

  openim_pb_free (visitor_send (world->ann, message, "bob", "", FALSE));
  event = visitor_hear (world->bob, EVENT (RecvNewMessage), is_from_ann, message->clientmsgid);
  received = g_steal_pointer (&event->message);
  openim_pb_free (event);
  g_assert_cmpint (received->contenttype, ==, message->contenttype);
  g_assert_cmpint (received->content_case, ==, message->content_case);
  return received;
}

static void
test_kinds (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Message__CreateLocationMessageReq location =
      OPENIM__SDK__MESSAGE__CREATE_LOCATION_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateCustomMessageReq custom = OPENIM__SDK__MESSAGE__CREATE_CUSTOM_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateFaceMessageReq face = OPENIM__SDK__MESSAGE__CREATE_FACE_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateCardMessageReq card = OPENIM__SDK__MESSAGE__CREATE_CARD_MESSAGE_REQ__INIT;
  Openim__Sdk__Shared__CardElem elem = OPENIM__SDK__SHARED__CARD_ELEM__INIT;
  Openim__Sdk__Message__CreateAdvancedTextMessageReq advanced =
      OPENIM__SDK__MESSAGE__CREATE_ADVANCED_TEXT_MESSAGE_REQ__INIT;
  Openim__Sdk__Shared__MessageEntity entity = OPENIM__SDK__SHARED__MESSAGE_ENTITY__INIT;
  Openim__Sdk__Shared__MessageEntity *entities[] = { &entity };
  OpenimMessage *received;

  location.description = (char *) "here";
  location.longitude = -74.006;
  location.latitude = 40.7127;
  received = passed_on (world, made (world->ann, FUNCTION (CreateLocationMessage), &location));
  g_assert_cmpstr (received->locationelem->description, ==, "here");
  g_assert_cmpfloat_with_epsilon (received->locationelem->longitude, location.longitude, 1e-9);
  g_assert_cmpfloat_with_epsilon (received->locationelem->latitude, location.latitude, 1e-9);
  openim_pb_free (received);

  custom.data = (char *) "{\"a\":1}";
  custom.description = (char *) "a custom one";
  custom.extension = (char *) "more";
  received = passed_on (world, made (world->ann, FUNCTION (CreateCustomMessage), &custom));
  g_assert_cmpstr (received->customelem->data, ==, custom.data);
  g_assert_cmpstr (received->customelem->description, ==, custom.description);
  g_assert_cmpstr (received->customelem->extension, ==, custom.extension);
  openim_pb_free (received);

  face.index = -1;
  face.data = (char *) "smile";
  received = passed_on (world, made (world->ann, FUNCTION (CreateFaceMessage), &face));
  g_assert_cmpint (received->faceelem->index, ==, -1);
  g_assert_cmpstr (received->faceelem->data, ==, "smile");
  openim_pb_free (received);

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (CreateCardMessage), &card), ==,
                   OPENIM_ERROR_SDK_ARGS);
  elem.userid = (char *) "zoe";
  elem.nickname = (char *) "Zoë";
  card.card = &elem;
  received = passed_on (world, made (world->ann, FUNCTION (CreateCardMessage), &card));
  g_assert_cmpstr (received->cardelem->userid, ==, "zoe");
  g_assert_cmpstr (received->cardelem->nickname, ==, "Zoë");
  openim_pb_free (received);

  entity.type = (char *) "bold";
  entity.offset = 2;
  entity.length = 4;
  advanced.text = (char *) "a bold word";
  advanced.n_messageentities = 1;
  advanced.messageentities = entities;
  received = passed_on (world, made (world->ann, FUNCTION (CreateAdvancedTextMessage), &advanced));
  g_assert_cmpstr (received->advancedtextelem->text, ==, "a bold word");
  g_assert_cmpuint (received->advancedtextelem->n_messageentitylist, ==, 1);
  g_assert_cmpstr (received->advancedtextelem->messageentitylist[0]->type, ==, "bold");
  g_assert_cmpint (received->advancedtextelem->messageentitylist[0]->offset, ==, 2);
  openim_pb_free (received);

  world_free (world);
  proves_functions (FUNCTION (CreateLocationMessage), FUNCTION (CreateCustomMessage),
                    FUNCTION (CreateFaceMessage), FUNCTION (CreateCardMessage),
                    FUNCTION (CreateAdvancedTextMessage), 0);
}

static gboolean
is_kind (gconstpointer data, gconstpointer type)
{
  const OpenimMessage *message = ((const Openim__Event__EventOnRecvNewMessageData *) data)->message;

  return (int) message->contenttype == GPOINTER_TO_INT (type);
}

/* (transfer full) what Bob gets of something that Ann's telephone sends. */
static OpenimMessage *
incoming (World *world, int type, const char *content)
{
  Openim__Event__EventOnRecvNewMessageData *event;
  OpenimMessage *message;

  person_send (world->ann_phone, "bob", NULL, type, content);
  event = visitor_hear (world->bob, EVENT (RecvNewMessage), is_kind, GINT_TO_POINTER (type));
  message = g_steal_pointer (&event->message);
  openim_pb_free (event);
  return message;
}

/* What the SDK cannot send itself yet, or does not know, or cannot read. */
static void
test_incoming (void)
{
  World *world = world_new (FALSE);
  g_autoptr (OpenimMessage) picture = NULL;
  g_autoptr (OpenimMessage) unknown = NULL;
  g_autofree char *text = NULL;

  person_connect (world->ann_phone);
  picture = incoming (world, 102, "{\"sourcePicture\":{\"url\":\"http://x/a.png\",\"width\":640}}");
  g_assert_cmpstr (picture->pictureelem->sourcepicture->url, ==, "http://x/a.png");
  g_assert_cmpint (picture->pictureelem->sourcepicture->width, ==, 640);

  /* The content comes along, beside the fields of the interface. */
  unknown = incoming (world, 777, "{\"anything\":[1,null]}");
  g_assert_cmpint (unknown->content_case, ==, OPENIM__SDK__SHARED__IMMESSAGE__CONTENT__NOT_SET);
  g_assert_cmpuint (unknown->base.n_unknown_fields, ==, 1);
  g_assert_cmpuint (unknown->base.unknown_fields[0].tag, ==, 14);
  text = openim_message_get_text (unknown, "bob");
  g_assert_cmpstr (text, ==, "[message of an unknown kind: 777]");

  world_free (world);
}

static void
test_mention (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Message__CreateTextAtMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_TEXT_AT_MESSAGE_REQ__INIT;
  Openim__Sdk__Shared__AtInfo info = OPENIM__SDK__SHARED__AT_INFO__INIT;
  Openim__Sdk__Shared__AtInfo *infos[] = { &info };
  char *ids[11];
  OpenimMessage *received;
  g_autoptr (OpenimMessage) quoted = visitor_make_text (world->ann, "quoted");

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    ids[i] = (char *) "bob";
  request.useridlist = ids;
  request.n_useridlist = 1;
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (CreateTextAtMessage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);
  request.text = (char *) "@bob look";
  request.n_useridlist = 11;
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (CreateTextAtMessage), &request), ==,
                   OPENIM_ERROR_SDK_ARGS);

  request.n_useridlist = 1;
  info.atuserid = (char *) "bob";
  info.groupnickname = (char *) "Robert";
  request.n_usersinfo = 1;
  request.usersinfo = infos;
  request.quotemessage = quoted;
  received = passed_on (world, made (world->ann, FUNCTION (CreateTextAtMessage), &request));
  g_assert_cmpstr (received->attextelem->text, ==, "@bob look");
  g_assert_true (received->attextelem->isatself);
  g_assert_cmpuint (received->attextelem->n_atuserlist, ==, 1);
  g_assert_cmpstr (received->attextelem->atusersinfo[0]->groupnickname, ==, "Robert");
  g_assert_cmpstr (received->attextelem->quotemessage->textelem->content, ==, "quoted");
  openim_pb_free (received);

  world_free (world);
  proves_functions (FUNCTION (CreateTextAtMessage), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/conversations/one", test_one);
  g_test_add_func ("/door/conversations/lists", test_lists);
  g_test_add_func ("/door/conversations/ids", test_ids);
  g_test_add_func ("/door/history/pages", test_history);
  g_test_add_func ("/door/history/refused", test_history_refused);
  g_test_add_func ("/door/history/offline", test_history_offline);
  g_test_add_func ("/door/history/find", test_find);
  g_test_add_func ("/door/messages/kinds", test_kinds);
  g_test_add_func ("/door/messages/incoming", test_incoming);
  g_test_add_func ("/door/messages/mention", test_mention);

  return g_test_run ();
}
