/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

Server *
server_start_option (const char *option, const char *value)
{
  const char *const options[] = { option, value, NULL };

  return server_start_with (options);
}

World *
world_new (gboolean with_team)
{
  return world_new_at (server_start (NULL, FALSE), with_team);
}

World *
world_new_at (Server *server, gboolean with_team)
{
  World *world = g_new0 (World, 1);

  world->server = server;
  world->ann_phone = person_new (world->server, "ann", "Ann");
  world->bob_phone = person_new (world->server, "bob", "Bob");
  if (with_team)
    person_found (world->ann_phone, "team", "Team", "bob", NULL);
  world->ann = visitor_new (NULL);
  world->bob = visitor_new (NULL);
  visitor_login (world->ann, world->server, "ann");
  visitor_login (world->bob, world->server, "bob");

  return world;
}

void
world_free (World *world)
{
  visitor_leave (world->ann);
  visitor_leave (world->bob);
  person_free (world->ann_phone);
  person_free (world->bob_phone);
  server_stop (world->server);
  g_free (world);
}

void
person_does (Person *person, const char *path, const char *body)
{
  JsonNode *data = person_call (person, path, "%s", body);

  g_clear_pointer (&data, json_node_unref);
}

void
person_reaches (Person *from, Visitor *visitor, const char *user)
{
  g_autofree char *text = g_uuid_string_random ();

  person_connect (from);
  person_say (from, user, text);
  openim_pb_free (visitor_hear (visitor, EVENT (RecvNewMessage), message_says, text));
  person_disconnect (from);
}

OpenimMessage *
visitor_make_text (Visitor *visitor, const char *text)
{
  Openim__Sdk__Message__CreateTextMessageReq request = OPENIM__SDK__MESSAGE__CREATE_TEXT_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateTextMessageResp *response;
  OpenimMessage *message;

  request.text = (char *) text;
  response = visitor_call (visitor, FUNCTION (CreateTextMessage), &request);
  message = g_steal_pointer (&response->message);
  openim_pb_free (response);
  return message;
}

OpenimMessage *
visitor_send (
    Visitor *visitor, OpenimMessage *message, const char *user, const char *group, gboolean online_only)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__SendMessageResp *response;
  OpenimMessage *sent;

  request.message = message;
  request.recvid = (char *) user;
  request.groupid = (char *) group;
  request.isonlineonly = online_only;
  response = visitor_call (visitor, FUNCTION (SendMessage), &request);
  sent = g_steal_pointer (&response->message);
  openim_pb_free (response);
  return sent;
}

char *
visitor_say (Visitor *visitor, const char *user, const char *group, const char *text)
{
  g_autoptr (OpenimMessage) message = visitor_make_text (visitor, text);
  g_autoptr (OpenimMessage) sent = visitor_send (visitor, message, user, group, FALSE);

  return g_strdup (sent->clientmsgid);
}

OpenimConversation *
visitor_conversation (Visitor *visitor, const char *conversation_id)
{
  Openim__Sdk__Conversation__GetConversationReq request =
      OPENIM__SDK__CONVERSATION__GET_CONVERSATION_REQ__INIT;
  Openim__Sdk__Conversation__GetConversationResp *response;
  OpenimConversation *conversation;

  request.conversationid = (char *) conversation_id;
  response = visitor_call (visitor, FUNCTION (GetConversation), &request);
  conversation = g_steal_pointer (&response->conversation);
  openim_pb_free (response);
  return conversation;
}

char *
visitor_history (Visitor *visitor, const char *conversation_id)
{
  Openim__Sdk__Message__GetAdvancedHistoryMessageListParams params =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_PARAMS__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListReq request =
      OPENIM__SDK__MESSAGE__GET_ADVANCED_HISTORY_MESSAGE_LIST_REQ__INIT;
  Openim__Sdk__Message__GetAdvancedHistoryMessageListResp *response;
  const Openim__Sdk__Message__GetAdvancedHistoryMessageListCallback *page;
  GString *texts = g_string_new (NULL);

  params.conversationid = (char *) conversation_id;
  params.count = 20;
  request.getadvancedhistorymessagelistparams = &params;
  response = visitor_call (visitor, FUNCTION (GetAdvancedHistoryMessageList), &request);
  page = response->getadvancedhistorymessagelistcallback;
  for (size_t i = 0; i < page->n_messagelist; i++) {
    const OpenimMessage *message = page->messagelist[i];

    g_string_append_printf (texts, "%s%s", i > 0 ? "|" : "",
                            message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_TEXT_ELEM
                                ? message->textelem->content
                                : "?");
  }
  openim_pb_free (response);
  return g_string_free (texts, FALSE);
}

static gboolean
has_name (gconstpointer data, gconstpointer name)
{
  const Openim__Event__EventOnConversationChangedData *list = data;

  return list->n_conversationlist == 1 && g_str_equal (list->conversationlist[0]->showname, name);
}

void
visitor_learns_name (Visitor *visitor, const char *name)
{
  openim_pb_free (visitor_hear (visitor, EVENT (ConversationChanged), has_name, name));
}

/* The data of all events about one message are alike. */
gboolean
message_says (gconstpointer data, gconstpointer text)
{
  const OpenimMessage *message = ((const Openim__Event__EventOnRecvNewMessageData *) data)->message;

  return message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_TEXT_ELEM &&
         g_str_equal (message->textelem->content, text);
}
