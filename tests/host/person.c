/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "person.h"

#include <stdarg.h>
#include <string.h>

#include <libsoup/soup.h>

#include "sdkws.pb-c.h"

#define CONTENT_TEXT 101
#define CONTENT_TYPING 113
#define REQUEST_SEND 1003
#define PUSH_MESSAGES 2001
#define PUSH_KICKED 2002

struct _Person {
  Server *server;
  char *id;
  char *name;
  int platform;
  char *token;
  SoupWebsocketConnection *socket; /* NULL: offline */
  GHashTable *answers;             /* msgIncr → JsonObject, the envelope */
  GPtrArray *heard;                /* Openim__Sdkws__MsgData, not taken yet */
  gboolean kicked;
  gboolean closed;
  guint counter;
  char *last; /* clientMsgID of the last message sent */
};

/* --- HTTP --- */

/* The whole envelope. */
static JsonNode *
ask (const char *base, const char *path, const char *token, const char *body)
{
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autofree char *operation = g_uuid_string_random ();
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  soup_session_set_proxy_resolver (session, NULL);
  soup_message_headers_append (soup_message_get_request_headers (message), "operationID", operation);
  if (token != NULL)
    soup_message_headers_append (soup_message_get_request_headers (message), "token", token);
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  reply = soup_session_send_and_read (session, message, NULL, &error);
  if (reply == NULL)
    story_fail ("%s: %s", path, error->message);
  if (!json_parser_load_from_data (parser, g_bytes_get_data (reply, NULL), (gssize) g_bytes_get_size (reply),
                                   NULL) ||
      !JSON_NODE_HOLDS_OBJECT (json_parser_get_root (parser)))
    story_fail ("%s: answered %u and no JSON object", path, soup_message_get_status (message));
  return json_parser_steal_root (parser);
}

static gint64
error_code (JsonNode *envelope)
{
  return json_object_get_int_member_with_default (json_node_get_object (envelope), "errCode", -1);
}

static JsonNode *
post (const char *base, const char *path, const char *token, const char *body)
{
  g_autoptr (JsonNode) envelope = ask (base, path, token, body);
  JsonNode *data = json_object_get_member (json_node_get_object (envelope), "data");

  if (error_code (envelope) != 0)
    story_fail ("%s %s: %" G_GINT64_FORMAT " %s", path, body, error_code (envelope),
                json_object_get_string_member_with_default (json_node_get_object (envelope), "errDlt", ""));
  return data != NULL ? json_node_copy (data) : NULL;
}

static char *
fill_in (const char *body, va_list args)
{
  return g_strdelimit (g_strdup_vprintf (body, args), "'", '"');
}

static char *
take_string (JsonNode *data, const char *member)
{
  g_autoptr (JsonNode) owned = data;

  if (data == NULL || !JSON_NODE_HOLDS_OBJECT (data))
    story_fail ("the answer has no %s", member);
  return g_strdup (json_object_get_string_member (json_node_get_object (data), member));
}

JsonNode *
server_call (Server *server, const char *path, const char *body, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, body);
  text = fill_in (body, args);
  va_end (args);
  if (server->admin == NULL)
    server->admin = take_string (post (server->api, "/auth/get_admin_token", NULL,
                                       "{\"secret\":\"openIM123\",\"userID\":\"imAdmin\"}"),
                                 "token");
  return post (server->api, path, server->admin, text);
}

char *
server_token (Server *server, const char *user, int platform)
{
  return take_string (
      server_call (server, "/auth/get_user_token", "{'platformID':%d,'userID':'%s'}", platform, user),
      "token");
}

char *
server_register (Server *server,
                 const char *account,
                 const char *nickname,
                 const char *password,
                 const char *phone,
                 const char *email)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, password, -1);
  g_auto (GStrv) parts = g_strsplit (phone != NULL ? phone : "", " ", 2);
  g_autofree char *body = g_strdup_printf (
      "{\"verifyCode\":\"666666\",\"platform\":%d,\"autoLogin\":false,\"user\":{\"nickname\":\"%s\","
      "\"account\":\"%s\","
      "\"password\":\"%s\",\"areaCode\":\"%s\",\"phoneNumber\":\"%s\",\"email\":\"%s\"}}",
      PLATFORM_LINUX, nickname, account != NULL ? account : "", hash, phone != NULL ? parts[0] : "",
      phone != NULL ? parts[1] : "", email != NULL ? email : "");

  return take_string (post (server->chat, "/account/register", NULL, body), "userID");
}

/* --- people --- */

static void
free_message (gpointer message)
{
  openim__sdkws__msg_data__free_unpacked (message, NULL);
}

Person *
person_device (Server *server, const char *id, int platform)
{
  Person *person = g_new0 (Person, 1);

  person->server = server;
  person->id = g_strdup (id);
  person->name = g_strdup (id);
  person->platform = platform;
  person->answers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) json_object_unref);
  person->heard = g_ptr_array_new_with_free_func (free_message);
  return person;
}

Person *
person_new (Server *server, const char *id, const char *name)
{
  Person *person = person_device (server, id, PLATFORM_ANDROID);
  g_autoptr (JsonNode) data =
      server_call (server, "/user/user_register", "{'users':[{'userID':'%s','nickname':'%s'}]}", id, name);

  g_free (person->name);
  person->name = g_strdup (name);
  return person;
}

void
person_free (Person *person)
{
  person_disconnect (person);
  g_hash_table_unref (person->answers);
  g_ptr_array_unref (person->heard);
  g_free (person->last);
  g_free (person->token);
  g_free (person->name);
  g_free (person->id);
  g_free (person);
}

const char *
person_id (Person *person)
{
  return person->id;
}

static const char *
own_token (Person *person)
{
  if (person->token == NULL)
    person->token = server_token (person->server, person->id, person->platform);
  return person->token;
}

JsonNode *
person_call (Person *person, const char *path, const char *body, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, body);
  text = fill_in (body, args);
  va_end (args);
  return post (person->server->api, path, own_token (person), text);
}

gint64
person_try (Person *person, const char *path, const char *body, ...)
{
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) envelope = NULL;
  va_list args;

  va_start (args, body);
  text = fill_in (body, args);
  va_end (args);
  envelope = ask (person->server->api, path, own_token (person), text);
  return error_code (envelope);
}

void
person_befriend (Person *person, const char *other)
{
  g_autoptr (JsonNode) data = server_call (person->server, "/friend/import_friend",
                                           "{'ownerUserID':'%s','friendUserIDs':['%s']}", person->id, other);
}

void
person_found (Person *person, const char *group, const char *name, const char *first, ...)
{
  g_autoptr (GString) members = g_string_new (NULL);
  g_autoptr (JsonNode) data = NULL;
  va_list args;

  va_start (args, first);
  for (const char *member = first; member != NULL; member = va_arg (args, const char *))
    g_string_append_printf (members, "%s'%s'", members->len > 0 ? "," : "", member);
  va_end (args);
  data =
      person_call (person, "/group/create_group",
                   "{'ownerUserID':'%s','adminUserIDs':[],'memberUserIDs':[%s],'groupInfo':{'groupID':'%s',"
                   "'groupName':'%s','groupType':2}}",
                   person->id, members->str, group, name);
}

/* --- the gateway --- */

static void
keep_heard (Person *person, const Openim__Sdkws__PullMsgs *batch)
{
  for (gsize i = 0; batch != NULL && i < batch->n_msgs; i++) {
    gsize size = openim__sdkws__msg_data__get_packed_size (batch->msgs[i]);
    g_autofree guint8 *bytes = g_malloc (size);

    openim__sdkws__msg_data__pack (batch->msgs[i], bytes);
    g_ptr_array_add (person->heard, openim__sdkws__msg_data__unpack (NULL, size, bytes));
  }
}

static void
read_push (Person *person, JsonObject *envelope)
{
  gsize length = 0;
  g_autofree guchar *bytes =
      g_base64_decode (json_object_get_string_member_with_default (envelope, "data", ""), &length);
  Openim__Sdkws__PushMessages *push = openim__sdkws__push_messages__unpack (NULL, length, bytes);

  if (push == NULL)
    story_fail ("%s was sent a push that nobody can read", person->id);
  for (gsize i = 0; i < push->n_msgs; i++)
    keep_heard (person, push->msgs[i]->value);
  for (gsize i = 0; i < push->n_notificationmsgs; i++)
    keep_heard (person, push->notificationmsgs[i]->value);
  openim__sdkws__push_messages__free_unpacked (push, NULL);
}

static void
on_frame (SoupWebsocketConnection *socket, int type, GBytes *bytes, gpointer data)
{
  Person *person = data;
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonObject *envelope = NULL;
  const char *number = NULL;

  if (!json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                   NULL))
    story_fail ("%s was sent a frame that is no JSON", person->id);
  envelope = json_node_get_object (json_parser_get_root (parser));
  number = json_object_get_string_member_with_default (envelope, "msgIncr", "");
  if (*number != '\0')
    g_hash_table_replace (person->answers, g_strdup (number), json_object_ref (envelope));
  else if (json_object_get_int_member (envelope, "reqIdentifier") == PUSH_MESSAGES)
    read_push (person, envelope);
  else if (json_object_get_int_member (envelope, "reqIdentifier") == PUSH_KICKED)
    person->kicked = TRUE;
}

static void
on_closed (SoupWebsocketConnection *socket, gpointer data)
{
  ((Person *) data)->closed = TRUE;
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Person *person = data;

  person->socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (person->socket == NULL)
    story_fail ("%s does not get to the gateway: %s", person->id, error->message);
}

static gboolean
is_online (gpointer data)
{
  return ((Person *) data)->socket != NULL;
}

void
person_connect (Person *person)
{
  g_autofree char *id = g_uri_escape_string (person->id, NULL, FALSE);
  g_autofree char *url = g_strdup_printf (
      "%s/?sendID=%s&token=%s&platformID=%d&operationID=person&isBackground=false&sdkType=js",
      person->server->ws, id, own_token (person), person->platform);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

  soup_session_set_proxy_resolver (session, NULL);
  soup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, on_connected,
                                        person);
  if (!story_wait (is_online, person, 0))
    story_fail ("%s is not let in", person->id);
  person->closed = FALSE;
  person->kicked = FALSE;
  soup_websocket_connection_set_keepalive_interval (person->socket, 20);
  soup_websocket_connection_set_max_incoming_payload_size (person->socket, 1 << 24);
  g_signal_connect (person->socket, "message", G_CALLBACK (on_frame), person);
  g_signal_connect (person->socket, "closed", G_CALLBACK (on_closed), person);
}

static gboolean
is_closed (gpointer data)
{
  return ((Person *) data)->closed;
}

void
person_disconnect (Person *person)
{
  if (person->socket == NULL)
    return;
  if (!person->closed) {
    soup_websocket_connection_close (person->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    story_wait (is_closed, person, 0);
  }
  g_signal_handlers_disconnect_by_data (person->socket, person);
  g_clear_object (&person->socket);
}

gboolean
person_is_kicked (Person *person)
{
  return person->kicked;
}

typedef struct {
  Person *person;
  char *number;
} Waiting;

static gboolean
is_answered (gpointer data)
{
  Waiting *waiting = data;

  return g_hash_table_contains (waiting->person->answers, waiting->number) || waiting->person->closed;
}

static void
request (Person *person, int identifier, const guint8 *bytes, gsize length)
{
  g_autofree char *data = g_base64_encode (bytes, length);
  g_autofree char *number = g_strdup_printf ("%s_%u", person->id, ++person->counter);
  g_autofree char *frame = g_strdup_printf (
      "{\"reqIdentifier\":%d,\"token\":\"\",\"sendID\":\"%s\",\"operationID\":\"person\",\"msgIncr\":\"%s\","
      "\"data\":\"%s\"}",
      identifier, person->id, number, data);
  g_autoptr (GBytes) payload = g_bytes_new (frame, strlen (frame));
  Waiting waiting = { person, number };
  JsonObject *answer = NULL;

  if (person->socket == NULL)
    story_fail ("%s is not connected", person->id);
  soup_websocket_connection_send_message (person->socket, SOUP_WEBSOCKET_DATA_BINARY, payload);
  if (!story_wait (is_answered, &waiting, 0))
    story_fail ("%s waits in vain for the answer to request %d", person->id, identifier);
  answer = g_hash_table_lookup (person->answers, number);
  if (answer == NULL)
    story_fail ("%s was cut off", person->id);
  if (json_object_get_int_member (answer, "errCode") != 0)
    story_fail ("%s: request %d: %" G_GINT64_FORMAT " %s", person->id, identifier,
                json_object_get_int_member (answer, "errCode"),
                json_object_get_string_member_with_default (answer, "errMsg", ""));
  g_hash_table_remove (person->answers, number);
}

static const char *
send_attached (Person *person,
               const char *to,
               const char *group,
               int content_type,
               const char *content,
               const char *attached,
               gboolean kept)
{
  static const char *const names[] = {
    "history",     "persistent", "senderSync", "conversationUpdate", "senderConversationUpdate",
    "unreadCount", "offlinePush"
  };
  Openim__Sdkws__MsgData__OptionsEntry options[G_N_ELEMENTS (names)];
  Openim__Sdkws__MsgData__OptionsEntry *pointers[G_N_ELEMENTS (names)];
  Openim__Sdkws__MsgData message = OPENIM__SDKWS__MSG_DATA__INIT;
  g_autofree guint8 *bytes = NULL;
  gsize size = 0;

  g_free (person->last);
  person->last = g_uuid_string_random ();
  message.sendid = person->id;
  message.recvid = (char *) (to != NULL ? to : "");
  message.groupid = (char *) (group != NULL ? group : "");
  message.clientmsgid = person->last;
  message.senderplatformid = person->platform;
  message.sendernickname = person->name;
  message.sessiontype = group != NULL ? 3 : 1;
  message.msgfrom = 100;
  message.contenttype = content_type;
  message.content.data = (guint8 *) content;
  message.content.len = strlen (content);
  message.createtime = g_get_real_time () / 1000;
  message.status = 1;
  message.attachedinfo = (char *) attached;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    openim__sdkws__msg_data__options_entry__init (&options[i]);
    options[i].key = (char *) names[i];
    options[i].value = FALSE;
    pointers[i] = &options[i];
  }
  if (!kept) {
    message.n_options = G_N_ELEMENTS (names);
    message.options = pointers;
  }
  size = openim__sdkws__msg_data__get_packed_size (&message);
  bytes = g_malloc (size);
  openim__sdkws__msg_data__pack (&message, bytes);
  request (person, REQUEST_SEND, bytes, size);
  return person->last;
}

static const char *
send_message (
    Person *person, const char *to, const char *group, int content_type, const char *content, gboolean kept)
{
  return send_attached (person, to, group, content_type, content, "", kept);
}

const char *
person_send (Person *person, const char *to, const char *group, int content_type, const char *content)
{
  return send_message (person, to, group, content_type, content, TRUE);
}

static char *
text_content (const char *text)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "content");
  json_builder_add_string_value (builder, text);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

const char *
person_say (Person *person, const char *to, const char *text)
{
  g_autofree char *content = text_content (text);

  return send_message (person, to, NULL, CONTENT_TEXT, content, TRUE);
}

const char *
person_whisper (Person *person, const char *to, const char *text, guint seconds)
{
  g_autofree char *content = text_content (text);
  g_autofree char *attached =
      g_strdup_printf ("{\"isPrivateChat\":true,\"burnDuration\":%u,\"hasReadTime\":0}", seconds);

  return send_attached (person, to, NULL, CONTENT_TEXT, content, attached, TRUE);
}

void
person_pause (void)
{
  gint64 now = g_get_real_time () / 1000;

  while (g_get_real_time () / 1000 == now)
    g_thread_yield ();
}

const char *
person_say_in (Person *person, const char *group, const char *text)
{
  g_autofree char *content = text_content (text);

  return send_message (person, NULL, group, CONTENT_TEXT, content, TRUE);
}

void
person_type (Person *person, const char *to, gboolean on)
{
  send_message (person, to, NULL, CONTENT_TYPING, on ? "{\"msgTips\":\"yes\"}" : "{\"msgTips\":\"no\"}",
                FALSE);
}

void
person_type_in (Person *person, const char *group, gboolean on)
{
  send_message (person, NULL, group, CONTENT_TYPING, on ? "{\"msgTips\":\"yes\"}" : "{\"msgTips\":\"no\"}",
                FALSE);
}

void
person_read (Person *person, const char *conversation, gint64 seq)
{
  g_autoptr (GString) seqs = g_string_new (NULL);
  g_autoptr (JsonNode) data = NULL;

  for (gint64 i = 1; i <= seq; i++)
    g_string_append_printf (seqs, "%s%" G_GINT64_FORMAT, i > 1 ? "," : "", i);
  data = person_call (person, "/msg/mark_conversation_as_read",
                      "{'userID':'%s','conversationID':'%s','hasReadSeq':%" G_GINT64_FORMAT ",'seqs':[%s]}",
                      person->id, conversation, seq, seqs->str);
}

typedef struct {
  Person *person;
  const char *from;
  int content_type;
  GPatternSpec *pattern;
} Hearing;

static gboolean
has_heard (gpointer data)
{
  Hearing *hearing = data;

  for (guint i = 0; i < hearing->person->heard->len; i++) {
    Openim__Sdkws__MsgData *message = g_ptr_array_index (hearing->person->heard, i);
    g_autofree char *content = g_strndup ((char *) message->content.data, message->content.len);

    if (message->contenttype == hearing->content_type && g_str_equal (message->sendid, hearing->from) &&
        g_pattern_spec_match_string (hearing->pattern, content)) {
      g_ptr_array_remove_index (hearing->person->heard, i);
      return TRUE;
    }
  }
  return FALSE;
}

void
person_hear (Person *person, const char *from, int content_type, const char *pattern)
{
  Hearing hearing = { person, from, content_type, g_pattern_spec_new (pattern) };

  if (!story_wait (has_heard, &hearing, 0)) {
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint i = 0; i < person->heard->len; i++) {
      Openim__Sdkws__MsgData *message = g_ptr_array_index (person->heard, i);

      g_string_append_printf (text, "\n    %s %d %.*s", message->sendid, message->contenttype,
                              (int) message->content.len, (char *) message->content.data);
    }
    story_fail ("%s has not heard %d %s from %s, but:%s", person->id, content_type, pattern, from, text->str);
  }
  g_pattern_spec_free (hearing.pattern);
}

char *
person_heard (Person *person, const char *from)
{
  GString *types = g_string_new (NULL);

  for (guint i = 0; i < person->heard->len; i++) {
    const Openim__Sdkws__MsgData *message = g_ptr_array_index (person->heard, i);

    if (g_str_equal (message->sendid, from))
      g_string_append_printf (types, "%s%d", types->len > 0 ? " " : "", message->contenttype);
  }
  return g_string_free (types, FALSE);
}
