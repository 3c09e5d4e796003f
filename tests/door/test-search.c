/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Searching among the messages that are stored here. */

#include "world.h"

typedef Openim__Sdk__Conversation__SearchLocalMessagesParams Params;

/* (transfer full) */
static Openim__Sdk__Conversation__SearchLocalMessagesCallback *
search (Visitor *visitor, const Params *params)
{
  Openim__Sdk__Conversation__SearchLocalMessagesReq request =
      OPENIM__SDK__CONVERSATION__SEARCH_LOCAL_MESSAGES_REQ__INIT;
  Openim__Sdk__Conversation__SearchLocalMessagesResp *response;
  Openim__Sdk__Conversation__SearchLocalMessagesCallback *result;

  request.searchparam = (Params *) params;
  response = visitor_call (visitor, FUNCTION (SearchLocalMessages), &request);
  result = g_steal_pointer (&response->searchresult);
  openim_pb_free (response);
  return result;
}

static int
search_refused (Visitor *visitor, const Params *params)
{
  Openim__Sdk__Conversation__SearchLocalMessagesReq request =
      OPENIM__SDK__CONVERSATION__SEARCH_LOCAL_MESSAGES_REQ__INIT;

  request.searchparam = (Params *) params;
  return visitor_refused (visitor, FUNCTION (SearchLocalMessages), &request);
}

/* What is found: "conversation: text, text; conversation: …"; "?" for what is no text. */
static void
expect (Visitor *visitor, const Params *params, const char *expected)
{
  Openim__Sdk__Conversation__SearchLocalMessagesCallback *result = search (visitor, params);
  g_autoptr (GString) found = g_string_new (NULL);
  int total = 0;

  for (size_t i = 0; i < result->n_searchresultitems; i++) {
    const Openim__Sdk__Conversation__SearchByConversationResult *item = result->searchresultitems[i];

    g_string_append_printf (found, "%s%s:", i > 0 ? "; " : "", item->conversationid);
    g_assert_cmpstr (item->showname, ==, g_str_equal (item->conversationid, TEAM) ? "Team" : "Bob");
    g_assert_cmpint (item->latestmsgsendtime, >, 0);
    g_assert_cmpuint (item->n_messagelist, ==, item->messagecount);
    for (size_t k = 0; k < item->n_messagelist; k++) {
      const OpenimMessage *message = item->messagelist[k];

      g_string_append_printf (found, "%s%s", k > 0 ? ", " : " ",
                              message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_TEXT_ELEM
                                  ? message->textelem->content
                                  : "?");
    }
    total += item->messagecount;
  }
  g_assert_cmpint (result->totalcount, ==, total);
  openim_pb_free (result);
  g_assert_cmpstr (found->str, ==, expected);
}

static Params
words (char **list, size_t n)
{
  Params params = OPENIM__SDK__CONVERSATION__SEARCH_LOCAL_MESSAGES_PARAMS__INIT;

  params.keywordlist = list;
  params.n_keywordlist = n;
  return params;
}

static gboolean
is_picture (gconstpointer data, gconstpointer what)
{
  const OpenimMessage *message = ((const Openim__Event__EventOnRecvNewMessageData *) data)->message;

  return message->contenttype == OPENIM__SDK__COMMON__CONTENT_TYPE__Picture;
}

/* A visitor with everything that is to be found: Ann, to whom Bob has written. */
static World *
make_world (void)
{
  World *world = world_new (TRUE);

  g_free (visitor_say (world->ann, "", "team", "the weather in the team"));
  g_free (visitor_say (world->ann, "bob", "", "Weather today?"));
  g_free (visitor_say (world->bob, "ann", "", "今天天气很好"));
  person_connect (world->bob_phone);
  person_send (world->bob_phone, "ann", NULL, 102,
               "{\"sourcePicture\":{\"url\":\"http://127.0.0.1/weather.png\",\"width\":640}}");
  openim_pb_free (visitor_hear (world->ann, EVENT (RecvNewMessage), is_picture, NULL));
  g_free (visitor_say (world->bob, "ann", "", "goodbye, weather"));
  openim_pb_free (visitor_hear (world->ann, EVENT (RecvNewMessage), message_says, "goodbye, weather"));
  return world;
}

static void
test_words (void)
{
  World *world = make_world ();
  char *weather[] = { (char *) " WEATHER " };
  char *chinese[] = { (char *) "天气" };
  char *two[] = { (char *) "today", (char *) "weather" };
  char *numbers[] = { (char *) "640" };
  Params params = words (weather, 1);

  /* The conversation with the newest message first, in it the newest message. */
  expect (world->ann, &params, CHAT ": goodbye, weather, Weather today?; " TEAM ": the weather in the team");
  params = words (chinese, 1);
  expect (world->ann, &params, CHAT ": 今天天气很好");
  params = words (two, 2);
  params.keywordlistmatchtype = 1;
  expect (world->ann, &params, CHAT ": Weather today?");
  params.keywordlistmatchtype = 0;
  params.conversationid = (char *) TEAM;
  params.pageindex = 1;
  params.count = 10;
  expect (world->ann, &params, TEAM ": the weather in the team");
  params = words (numbers, 1);
  expect (world->ann, &params, "");

  world_free (world);
  proves_functions (FUNCTION (SearchLocalMessages), 0);
}

static void
test_conditions (void)
{
  World *world = make_world ();
  char *weather[] = { (char *) "weather" };
  char *bob[] = { (char *) "bob" };
  int pictures[] = { OPENIM__SDK__COMMON__CONTENT_TYPE__Picture };
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  Params params = words (weather, 1);

  params.n_senderuseridlist = 1;
  params.senderuseridlist = bob;
  expect (world->ann, &params, CHAT ": goodbye, weather");
  params.n_senderuseridlist = 0;
  params.searchtimeperiod = 3600;
  expect (world->ann, &params, CHAT ": goodbye, weather, Weather today?; " TEAM ": the weather in the team");
  params.searchtimeposition = now - 3600;
  expect (world->ann, &params, "");
  params.searchtimeposition = now + 3600;
  params.searchtimeperiod = 0;
  params.conversationid = (char *) CHAT;
  params.count = 1;
  params.pageindex = 1;
  expect (world->ann, &params, CHAT ": goodbye, weather");
  params.pageindex = 2;
  expect (world->ann, &params, CHAT ": Weather today?");
  params.pageindex = 3;
  expect (world->ann, &params, "");

  /* Pictures are found as such, and never by their name or size. */
  params = words (NULL, 0);
  params.n_messagetypelist = 1;
  params.messagetypelist = pictures;
  expect (world->ann, &params, CHAT ": ?");
  params.n_keywordlist = 1;
  params.keywordlist = weather;
  expect (world->ann, &params, "");

  world_free (world);
}

static void
test_refused (void)
{
  World *world = world_new (FALSE);
  char *weather[] = { (char *) "weather" };
  char *blank[] = { (char *) "  ", (char *) "" };
  Params params = words (weather, 1);

  g_assert_cmpint (search_refused (world->ann, NULL), ==, OPENIM_ERROR_SDK_ARGS);
  params.conversationid = (char *) CHAT;
  g_assert_cmpint (search_refused (world->ann, &params), ==, OPENIM_ERROR_SDK_ARGS); /* no page */
  params.pageindex = 1;
  params.count = 5;
  g_assert_cmpint (search_refused (world->ann, &params), ==, OPENIM_ERROR_NOT_FOUND);
  params = words (weather, 1);
  params.keywordlistmatchtype = 2;
  g_assert_cmpint (search_refused (world->ann, &params), ==, OPENIM_ERROR_SDK_ARGS);
  params.keywordlistmatchtype = 0;
  params.searchtimeperiod = -1;
  g_assert_cmpint (search_refused (world->ann, &params), ==, OPENIM_ERROR_SDK_ARGS);
  params = words (blank, 2);
  g_assert_cmpint (search_refused (world->ann, &params), ==, OPENIM_ERROR_SDK_ARGS);
  params = words (weather, 1);
  expect (world->ann, &params, "");

  world_free (world);
}

/* What is deleted or taken back is not found. */
static void
test_gone (void)
{
  World *world = make_world ();
  char *weather[] = { (char *) "weather" };
  Params params = words (weather, 1);
  Openim__Sdk__Conversation__SearchLocalMessagesCallback *found = search (world->ann, &params);
  Openim__Sdk__Message__DeleteMessageReq delete = OPENIM__SDK__MESSAGE__DELETE_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__RevokeMessageReq revoke = OPENIM__SDK__MESSAGE__REVOKE_MESSAGE_REQ__INIT;
  Openim__Sdk__Conversation__ClearConversationAndDeleteAllMsgReq clear =
      OPENIM__SDK__CONVERSATION__CLEAR_CONVERSATION_AND_DELETE_ALL_MSG_REQ__INIT;

  delete.conversationid = (char *) CHAT;
  delete.clientmsgid = found->searchresultitems[0]->messagelist[0]->clientmsgid;
  visitor_do (world->ann, FUNCTION (DeleteMessage), &delete);
  expect (world->ann, &params, CHAT ": Weather today?; " TEAM ": the weather in the team");
  revoke.conversationid = (char *) CHAT;
  revoke.clientmsgid = found->searchresultitems[0]->messagelist[1]->clientmsgid;
  visitor_do (world->ann, FUNCTION (RevokeMessage), &revoke);
  expect (world->ann, &params, TEAM ": the weather in the team");
  clear.conversationid = (char *) TEAM;
  visitor_do (world->ann, FUNCTION (ClearConversationAndDeleteAllMsg), &clear);
  expect (world->ann, &params, "");
  openim_pb_free (found);

  world_free (world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/search/words", test_words);
  g_test_add_func ("/door/search/conditions", test_conditions);
  g_test_add_func ("/door/search/refused", test_refused);
  g_test_add_func ("/door/search/gone", test_gone);

  return g_test_run ();
}
