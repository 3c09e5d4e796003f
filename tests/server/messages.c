/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "messages.h"

#include <string.h>

#include "base/id.h"
#include "base/pb.h"
#include "msg.pb-c.h"

#include "conversations.h"
#include "groups.h"
#include "seqs.h"

#define PUSH_MESSAGES 2001
#define STATUS_SENDING 1
#define STATUS_SENT 2

typedef Openim__Sdkws__MsgData__OptionsEntry Option;

gboolean
message_option (const MsgData *message, const char *key)
{
  for (gsize i = 0; i < message->n_options; i++)
    if (g_str_equal (message->options[i]->key, key))
      return message->options[i]->value;
  return TRUE;
}

void
message_set_option (MsgData *message, const char *key, gboolean value)
{
  Option *option;

  for (gsize i = 0; i < message->n_options; i++)
    if (g_str_equal (message->options[i]->key, key)) {
      message->options[i]->value = value;
      return;
    }
  option = openim_pb_new (&openim__sdkws__msg_data__options_entry__descriptor);
  openim_pb_set (&option->key, key);
  option->value = value;
  openim_pb_append (&message->n_options, &message->options, option);
}

char *
message_conversation (const MsgData *message)
{
  if (message->sessiontype == SESSION_GROUP)
    return g_strconcat ("sg_", message->groupid, NULL);
  return openim_id_conversation (message->sessiontype, message->sendid, message->recvid);
}

/* ---- pushes */

static GByteArray *
pack_push (MsgData *message, const char *conversation)
{
  gint32 status = message->status;
  Openim__Sdkws__PullMsgs list = OPENIM__SDKWS__PULL_MSGS__INIT;
  Openim__Sdkws__PushMessages push = OPENIM__SDKWS__PUSH_MESSAGES__INIT;
  Openim__Sdkws__PushMessages__MsgsEntry chat = OPENIM__SDKWS__PUSH_MESSAGES__MSGS_ENTRY__INIT;
  Openim__Sdkws__PushMessages__MsgsEntry *chats[] = { &chat };
  Openim__Sdkws__PushMessages__NotificationMsgsEntry channel =
      OPENIM__SDKWS__PUSH_MESSAGES__NOTIFICATION_MSGS_ENTRY__INIT;
  Openim__Sdkws__PushMessages__NotificationMsgsEntry *channels[] = { &channel };
  GByteArray *bytes = g_byte_array_new ();

  if (status == STATUS_SENDING)
    message->status = STATUS_SENT;
  list.n_msgs = 1;
  list.msgs = &message;
  if (openim_id_is_notification_channel (conversation)) {
    channel.key = (char *) conversation;
    channel.value = &list;
    push.n_notificationmsgs = 1;
    push.notificationmsgs = channels;
  } else {
    chat.key = (char *) conversation;
    chat.value = &list;
    push.n_msgs = 1;
    push.msgs = chats;
  }
  g_byte_array_set_size (bytes, protobuf_c_message_get_packed_size (&push.base));
  protobuf_c_message_pack (&push.base, bytes->data);
  message->status = status;
  return bytes;
}

/* Whichever is shorter is walked: the members or those who are online. */
static void
push_to_group (Server *server, Push *push, const char *group)
{
  g_autoptr (GPtrArray) online = gateway_online_users (server);
  gint64 count = db_int (server->db, 0, "SELECT member_count FROM groups WHERE id = ?", "s", group);

  if (count < online->len) {
    g_autoptr (DbRows) rows =
        db_query (server->db, "SELECT user FROM members WHERE group_id = ?", "s", group);

    while (db_next (rows))
      push_to_user (push, db_text (rows, 0));
    return;
  }
  for (guint i = 0; i < online->len; i++)
    if (group_has (server, group, g_ptr_array_index (online, i)))
      push_to_user (push, g_ptr_array_index (online, i));
}

static void
push_message (Server *server, MsgData *message, const char *conversation, const Delivery *delivery)
{
  g_autoptr (GByteArray) bytes = pack_push (message, conversation);
  g_autoptr (Push) push = push_new (server, PUSH_MESSAGES, server->operation, bytes->data, bytes->len);

  if (message->sessiontype == SESSION_GROUP) {
    push_to_group (server, push, message->groupid);
    for (char **user = delivery->also; user && *user; user++)
      if (!group_has (server, message->groupid, *user))
        push_to_user (push, *user);
  } else {
    push_to_user (push, message->recvid);
    if (!g_str_equal (message->sendid, message->recvid) && message_option (message, "senderSync"))
      push_to_user (push, message->sendid);
  }
  if (delivery->after)
    delivery->after (server, delivery->data);
}

/* ---- store */

static void
store (Server *server, MsgData *message, const char *conversation)
{
  g_autoptr (GBytes) body = NULL;
  guint8 *packed;
  gsize length;

  message->seq = seq_next (server, conversation, message->sendtime);
  length = protobuf_c_message_get_packed_size (&message->base);
  packed = g_malloc (length);
  protobuf_c_message_pack (&message->base, packed);
  body = g_bytes_new_take (packed, length);
  db_run (server->db, "INSERT INTO messages (conversation, seq, body, sender, time) VALUES (?, ?, ?, ?, ?)",
          "sibsi", conversation, message->seq, body, message->sendid, message->sendtime);
  if (openim_id_is_notification_channel (conversation))
    return;
  seq_set_read (server, message->sendid, conversation, message->seq);
  if (message->seq == 1)
    conversations_begin (server, message, conversation);
}

static void
pass_on (Server *server, MsgData *message, const char *conversation, const Delivery *delivery)
{
  message->seq = 0;
  if (message_option (message, "history"))
    store (server, message, conversation);
  push_message (server, message, conversation, delivery);
}

static char *
server_id (Server *server, const MsgData *message)
{
  g_autofree char *text = g_strdup_printf ("%s-%" G_GINT64_FORMAT "-%08x%08x", message->sendid,
                                           g_get_real_time (), g_random_int (), g_random_int ());

  return g_compute_checksum_for_string (G_CHECKSUM_MD5, text, -1);
}

void
message_deliver (Server *server, MsgData *message, const Delivery *delivery)
{
  static const Delivery plain = { 0 };
  g_autofree char *id = server_id (server, message);
  g_autofree char *chat = message_conversation (message);
  char *before = message->servermsgid;

  if (!delivery)
    delivery = &plain;
  message->servermsgid = id;
  if (message->sendtime == 0)
    message->sendtime = now_ms ();
  if (message_option (message, "isNotNotification")) {
    pass_on (server, message, chat, delivery);
  } else {
    g_autofree char *channel = openim_id_notification_channel (chat);

    if (delivery->copy) {
      MsgData copy = *message;
      Option offline = OPENIM__SDKWS__MSG_DATA__OPTIONS_ENTRY__INIT;
      Option unread = OPENIM__SDKWS__MSG_DATA__OPTIONS_ENTRY__INIT;
      Option *options[] = { &offline, &unread };

      offline.key = (char *) "offlinePush";
      offline.value = delivery->copy_offline_push;
      unread.key = (char *) "unreadCount";
      unread.value = server->behave->copies_unread;
      copy.options = options;
      copy.n_options = G_N_ELEMENTS (options);
      pass_on (server, &copy, chat, delivery);
    }
    pass_on (server, message, channel, delivery);
  }
  message->servermsgid = before;
  openim_pb_set (&message->servermsgid, id);
}

/* ---- what a sender's message passes */

static gboolean
is_notification_type (int type)
{
  return type >= 1000 && type <= 5000;
}

static Result
check_single (Server *server, const MsgData *message, gboolean *refused, gboolean *quiet)
{
  g_autofree char *conversation = message_conversation (message);
  gint64 option;

  if (!g_str_equal (message->sendid, SERVER_ADMIN) && !is_notification_type (message->contenttype) &&
      db_has (server->db, "SELECT 1 FROM blacks WHERE owner = ? AND black = ?", "ss", message->recvid,
              message->sendid))
    return result (BLOCKED, NULL);
  if (!message_option (message, "isNotNotification"))
    return RESULT_OK;
  option = db_int (server->db, -1, "SELECT recv_opt FROM users WHERE id = ?", "s", message->recvid);
  if (option < 0)
    return result (NOT_FOUND, "receiver not found");
  if (option == 0)
    option = db_int (server->db, 0, "SELECT recv_opt FROM conversations WHERE owner = ? AND id = ?", "ss",
                     message->recvid, conversation);
  *refused = option == 1;
  *quiet = option == 2;
  return RESULT_OK;
}

static Result
check_group (Server *server, const MsgData *message)
{
  g_autoptr (DbRows) group = NULL;
  gint64 status, role, muted_until;

  if (!*message->groupid)
    return result (ARGS, "groupID is empty");
  status = db_int (server->db, -1, "SELECT status FROM groups WHERE id = ?", "s", message->groupid);
  if (status < 0)
    return result (NOT_FOUND, "group not found");
  if (status == GROUP_DISMISSED)
    return result (DISMISSED, NULL);
  if (is_notification_type (message->contenttype) || g_str_equal (message->sendid, SERVER_ADMIN))
    return RESULT_OK;
  group = db_query (server->db, "SELECT role, muted_until FROM members WHERE group_id = ? AND user = ?", "ss",
                    message->groupid, message->sendid);
  if (!db_next (group))
    return result (NOT_IN_GROUP, NULL);
  role = db_integer (group, 0);
  muted_until = db_integer (group, 1);
  if (role == ROLE_OWNER)
    return RESULT_OK;
  if (muted_until > now_ms ())
    return result (MUTED, NULL);
  if (status == GROUP_IS_MUTED && role != ROLE_ADMIN)
    return result (GROUP_MUTED, NULL);
  return RESULT_OK;
}

/* Typing is never stored, provided that the sender gave any option at all. */
static void
force_options (MsgData *message)
{
  static const char *const quiet[] = {
    "history",     "persistent", "senderSync", "conversationUpdate", "senderConversationUpdate",
    "unreadCount", "offlinePush"
  };

  if (message->contenttype != TYPE_TYPING || message->n_options == 0)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (quiet); i++)
    message_set_option (message, quiet[i], FALSE);
}

static void
mark_mentioned (Server *server, const MsgData *message)
{
  g_autofree char *conversation = message_conversation (message);
  gboolean all = FALSE;

  for (gsize i = 0; i < message->n_atuseridlist; i++)
    all = all || g_str_equal (message->atuseridlist[i], AT_ALL);
  if (all)
    conversations_mark_all (server, message->groupid, conversation, message->sendid, message->atuseridlist,
                            message->n_atuseridlist);
  for (gsize i = 0; i < message->n_atuseridlist && !all; i++)
    if (!g_str_equal (message->atuseridlist[i], message->sendid) &&
        group_has (server, message->groupid, message->atuseridlist[i]))
      conversation_mark (server, message->atuseridlist[i], conversation, AT_ME);
}

/* What the callback of an operator does. */
static gboolean
alter_content (Server *server, MsgData *message)
{
  const char *rule = server->options->alter;
  g_auto (GStrv) words = g_strsplit (rule ? rule : "", "=", 2);
  g_autoptr (GString) content = g_string_new_len ((char *) message->content.data, message->content.len);

  if (g_strv_length (words) < 2 || !*words[0] || !g_string_replace (content, words[0], words[1], 0))
    return FALSE;
  g_free (message->content.data);
  message->content.len = content->len;
  message->content.data = g_memdup2 (content->str, content->len);
  return TRUE;
}

Result
message_send (Server *server, MsgData *message, const char *sender)
{
  gboolean refused = FALSE, quiet = FALSE;
  Result answer;

  if (message->content.len == 0)
    return result (ARGS, "content is empty");
  if ((message->contenttype == TYPE_NOTICE) != (message->sessiontype == SESSION_NOTICE))
    return result (ARGS, "contentType and sessionType do not fit");
  if (server->behave->sender_check && !g_str_equal (message->sendid, sender) &&
      !g_str_equal (sender, SERVER_ADMIN))
    return result (NO_PERMISSION, "sendID is another's");
  if (message->sessiontype == SESSION_SINGLE || message->sessiontype == SESSION_NOTICE)
    answer = check_single (server, message, &refused, &quiet);
  else if (message->sessiontype == SESSION_GROUP)
    answer = check_group (server, message);
  else
    answer = result (ARGS, "unknown sessionType");
  if (answer.code)
    return answer;
  if (refused) {
    openim_pb_set (&message->servermsgid, "");
    openim_pb_set (&message->clientmsgid, "");
    message->sendtime = 0;
    return server->behave->refusal_told ? result (ARGS, "message is not sent") : RESULT_OK;
  }
  if (quiet)
    message_set_option (message, "offlinePush", FALSE);
  force_options (message);
  message_deliver (server, message, NULL);
  if (message->sessiontype == SESSION_GROUP && message->n_atuseridlist > 0)
    mark_mentioned (server, message);
  return RESULT_OK;
}

Result
message_request (Request *request)
{
  MsgData *message = request->message;
  Openim__Msg__SendMsgResp sent = OPENIM__MSG__SEND_MSG_RESP__INIT;
  gboolean altered = alter_content (request->server, message);
  Result answer = message_send (request->server, message, request->user);

  if (answer.code)
    return answer;
  sent.servermsgid = message->servermsgid;
  sent.clientmsgid = message->clientmsgid;
  sent.sendtime = message->sendtime;
  sent.modify = altered ? message : NULL;
  request_answer (request, &sent);
  if (request->server->heard)
    request->server->heard (request->server, message);
  return RESULT_OK;
}
