/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pull.h"

#include <string.h>

#include "base/id.h"
#include "base/pb.h"

#include "conversations.h"
#include "msg.pb-c.h"

#include "notifications.h"
#include "seqs.h"

#define STATUS_SENDING 1
#define STATUS_SENT 2
#define STATUS_DELETED 4
#define TYPE_QUOTE 114

typedef Openim__Sdkws__PullMsgs PullMsgs;

/* ---- one message */

#define COLUMNS                                                                                              \
  "seq, body, time, read, fresh, revoked, EXISTS (SELECT 1 FROM hidden WHERE hidden.user = ?1 AND "          \
  "hidden.conversation = messages.conversation AND hidden.seq = messages.seq)"

static MsgData *
placeholder (gint64 seq, gint64 time)
{
  MsgData *message = openim_pb_new (&openim__sdkws__msg_data__descriptor);

  message->seq = seq;
  message->status = STATUS_DELETED;
  message->sendtime = time;
  return message;
}

static void
set_content (MsgData *message, const char *text, gsize length)
{
  g_free (message->content.data);
  message->content.data = g_memdup2 (text, length);
  message->content.len = length;
}

/* The detail of a tombstone, if that seq is one. */
static char *
revocation (Server *server, const char *conversation, gint64 seq)
{
  return db_string (server->db,
                    "SELECT revoked FROM messages WHERE conversation = ? AND seq = ? AND revoked IS NOT NULL",
                    "si", conversation, seq);
}

/* A quote of what was revoked is shown as that; up to some releases also one that does not say which seq it
 * means. */
static void
check_quote (Server *server, const char *conversation, MsgData *message)
{
  g_autoptr (JsonObject) content =
      openim_json_parse ((const char *) message->content.data, message->content.len, G_MAXINT32, NULL);
  JsonObject *quoted = openim_json_object (content, "quoteMessage");
  gint64 seq = openim_json_int (quoted, "seq");
  g_autofree char *detail = NULL;
  GString *replacement, *out;
  static const char *const texts[] = { "sendID", "recvID", "groupID", "clientMsgID", "serverMsgID" };

  if (!quoted)
    return;
  detail = seq ? revocation (server, conversation, seq) : NULL;
  if (!detail && (seq || !server->behave->quote_check))
    return;
  replacement = detail ? notification_content (detail) : g_string_new ("{}");
  out = g_string_new (NULL);
  out_begin (out, NULL, '{');
  out_string (out, "text", openim_json_string (content, "text"));
  out_begin (out, "quoteMessage", '{');
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    out_string (out, texts[i], openim_json_string (quoted, texts[i]));
  out_put (out, "senderPlatformID", 'i', openim_json_int (quoted, "senderPlatformID"), "senderNickname", 's',
           openim_json_string (quoted, "senderNickname"), "senderFaceURL", 's',
           openim_json_string (quoted, "senderFaceURL"), "sessionType", 'i',
           openim_json_int (quoted, "sessionType"), "msgFrom", 'i', openim_json_int (quoted, "msgFrom"),
           "contentType", 'i', (gint64) TYPE_REVOKED, "content", 's', replacement->str, "seq", 'i', seq,
           "sendTime", 'i', openim_json_int (quoted, "sendTime"), "createTime", 'i',
           openim_json_int (quoted, "createTime"), "status", 'i', openim_json_int (quoted, "status"),
           "isRead", 'b', openim_json_bool (quoted, "isRead"), "offlinePushInfo", 'n', NULL, "atUserIDList",
           'n', NULL, "attachedInfo", 's', openim_json_string (quoted, "attachedInfo"), "ex", 's',
           openim_json_string (quoted, "ex"), "keyVersion", 'i', (gint64) 0, "dstUserIDs", 'n', NULL, NULL);
  out_end (out, '}');
  out_end (out, '}');
  set_content (message, out->str, out->len);
  g_string_free (out, TRUE);
  g_string_free (replacement, TRUE);
}

/* @rows stands on a row of COLUMNS. */
static MsgData *
read_row (Server *server, const char *conversation, DbRows *rows, gboolean settled)
{
  gsize length;
  const guint8 *body = db_blob (rows, 1, &length);
  MsgData *message;

  if (length == 0)
    return placeholder (db_integer (rows, 0), db_integer (rows, 2));
  message = openim_pb_unpack (&openim__sdkws__msg_data__descriptor, body, length, NULL);
  if (!message) /* a sender's field was not UTF-8: nobody can be shown it */
    return placeholder (db_integer (rows, 0), db_integer (rows, 2));
  if (message->status == STATUS_SENDING && (settled || !db_integer (rows, 4)))
    message->status = STATUS_SENT;
  message->isread = message->sessiontype == SESSION_SINGLE && db_integer (rows, 3);
  if (!db_null (rows, 5)) {
    GString *content = notification_content (db_text (rows, 5));

    message->contenttype = TYPE_REVOKED;
    set_content (message, content->str, content->len);
    g_string_free (content, TRUE);
  } else if (message->contenttype == TYPE_QUOTE) {
    check_quote (server, conversation, message);
  }
  if (db_integer (rows, 6)) {
    message->status = STATUS_DELETED;
    set_content (message, "", 0);
  }
  return message;
}

MsgData *
pull_message (Server *server, const char *user, const char *conversation, gint64 seq, gboolean settled)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT " COLUMNS " FROM messages WHERE conversation = ?2 AND seq = ?3", "ssi",
                user, conversation, seq);

  return db_next (rows) ? read_row (server, conversation, rows, settled) : NULL;
}

MsgData *
pull_newest_message (Server *server, const char *user, const char *conversation, gboolean settled)
{
  g_autoptr (DbRows) rows =
      db_query (server->db,
                "SELECT " COLUMNS " FROM messages WHERE conversation = ?2 AND length (body) > 0 "
                "ORDER BY seq DESC LIMIT 1",
                "ss", user, conversation);

  return db_next (rows) ? read_row (server, conversation, rows, settled) : NULL;
}

/* ---- requests */

static void
add_number (Server *server, Openim__Sdkws__GetMaxSeqResp *response, const char *conversation)
{
  gint64 seq = seq_max (server, conversation);
  Openim__Sdkws__GetMaxSeqResp__MaxSeqsEntry *entry;

  if (seq == 0)
    return;
  entry = openim_pb_new (&openim__sdkws__get_max_seq_resp__max_seqs_entry__descriptor);
  openim_pb_set (&entry->key, conversation);
  entry->value = seq;
  openim_pb_append (&response->n_maxseqs, &response->maxseqs, entry);
}

static Result
newest (Server *server, const char *caller, const char *user, Openim__Sdkws__GetMaxSeqResp *response)
{
  g_autoptr (GHashTable) channels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *self = openim_id_conversation (SESSION_SINGLE, user, user);
  char *channel = openim_id_notification_channel (self);
  g_autoptr (DbRows) rows = NULL;

  if (!g_str_equal (caller, user) && !g_str_equal (caller, SERVER_ADMIN)) {
    g_free (channel);
    return result (NO_PERMISSION, "it is another user's");
  }
  g_hash_table_add (channels, channel);
  add_number (server, response, channel);
  rows = db_query (server->db, "SELECT id FROM conversations WHERE owner = ?", "s", user);
  while (db_next (rows)) {
    add_number (server, response, db_text (rows, 0));
    channel = openim_id_notification_channel (db_text (rows, 0));
    if (g_hash_table_add (channels, channel))
      add_number (server, response, channel);
  }
  return RESULT_OK;
}

Result
pull_newest (Request *request)
{
  const Openim__Sdkws__GetMaxSeqReq *asked = request->message;
  Openim__Sdkws__GetMaxSeqResp *response = openim_pb_new (&openim__sdkws__get_max_seq_resp__descriptor);
  Result answer = newest (request->server, request->user, asked->userid, response);

  if (!answer.code)
    request_answer (request, response);
  openim_pb_free (response);
  return answer;
}

/* All seqs from @begin to @end, gaps filled. */
static void
append_range (
    Server *server, PullMsgs *list, const char *user, const char *conversation, gint64 begin, gint64 end)
{
  g_autoptr (DbRows) rows = db_query (
      server->db,
      "SELECT " COLUMNS " FROM messages WHERE conversation = ?2 AND seq BETWEEN ?3 AND ?4 ORDER BY seq",
      "ssii", user, conversation, begin, end);

  while (db_next (rows)) {
    MsgData *message = read_row (server, conversation, rows, FALSE);

    for (; begin < message->seq; begin++)
      openim_pb_append (&list->n_msgs, &list->msgs, placeholder (begin, 0));
    begin = message->seq + 1;
    openim_pb_append (&list->n_msgs, &list->msgs, message);
  }
  for (; begin <= end; begin++)
    openim_pb_append (&list->n_msgs, &list->msgs, placeholder (begin, 0));
}

static void
put_list (Openim__Sdkws__PullMessageBySeqsResp *response, const char *conversation, PullMsgs *list)
{
  if (openim_id_is_notification_channel (conversation)) {
    Openim__Sdkws__PullMessageBySeqsResp__NotificationMsgsEntry *entry =
        openim_pb_new (&openim__sdkws__pull_message_by_seqs_resp__notification_msgs_entry__descriptor);

    openim_pb_set (&entry->key, conversation);
    entry->value = list;
    openim_pb_append (&response->n_notificationmsgs, &response->notificationmsgs, entry);
  } else {
    Openim__Sdkws__PullMessageBySeqsResp__MsgsEntry *entry =
        openim_pb_new (&openim__sdkws__pull_message_by_seqs_resp__msgs_entry__descriptor);

    openim_pb_set (&entry->key, conversation);
    entry->value = list;
    openim_pb_append (&response->n_msgs, &response->msgs, entry);
  }
}

static void
pull_range (Server *server,
            const char *user,
            const Openim__Sdkws__SeqRange *range,
            Openim__Sdkws__PullOrder order,
            Openim__Sdkws__PullMessageBySeqsResp *response)
{
  const char *conversation = range->conversationid;
  Bounds bounds = seq_bounds (server, user, conversation);
  gint64 begin = MAX (range->begin, bounds.min), max = seq_max (server, conversation), end;
  PullMsgs *list;

  if (bounds.max > 0)
    max = MIN (max, bounds.max);
  end = MIN (range->end, max);
  if (openim_id_is_notification_channel (conversation))
    begin = MAX (begin, 1);
  else if (!conversation_exists (server, user, conversation))
    return;
  else if (range->num <= 0)
    return;
  else
    begin = MAX (begin, end - range->num + 1);
  if (begin > end || begin < 0)
    return;
  list = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
  append_range (server, list, user, conversation, begin, end);
  list->isend =
      order == OPENIM__SDKWS__PULL_ORDER__PullOrderAsc ? max <= range->end : range->begin <= bounds.min;
  put_list (response, conversation, list);
}

static void
ranges (Server *server,
        const Openim__Sdkws__PullMessageBySeqsReq *asked,
        Openim__Sdkws__PullMessageBySeqsResp *response)
{
  g_autoptr (GHashTable) last = g_hash_table_new (g_str_hash, g_str_equal);

  /* an ID that stands there twice is answered once, by its last range */
  for (gsize i = 0; i < asked->n_seqranges; i++)
    g_hash_table_insert (last, asked->seqranges[i]->conversationid, asked->seqranges[i]);
  for (gsize i = 0; i < asked->n_seqranges; i++)
    if (g_hash_table_lookup (last, asked->seqranges[i]->conversationid) == asked->seqranges[i])
      pull_range (server, asked->userid, asked->seqranges[i], asked->order, response);
}

Result
pull_ranges (Request *request)
{
  Openim__Sdkws__PullMessageBySeqsResp *response =
      openim_pb_new (&openim__sdkws__pull_message_by_seqs_resp__descriptor);

  ranges (request->server, request->message, response);
  request_answer (request, response);
  openim_pb_free (response);
  return RESULT_OK;
}

static PullMsgs *
pull_list (Server *server,
           const char *user,
           const Openim__Msg__ConversationSeqs *asked,
           Openim__Sdkws__PullOrder order)
{
  PullMsgs *list = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
  Bounds bounds = seq_bounds (server, user, asked->conversationid);
  gint64 max = seq_max (server, asked->conversationid);

  if (bounds.max > 0)
    max = MIN (max, bounds.max);
  for (gsize i = 0; i < asked->n_seqs; i++) {
    gint64 seq = asked->seqs[i];

    if (seq <= 0)
      continue;
    if (seq >= bounds.min && seq <= max) {
      MsgData *message = pull_message (server, user, asked->conversationid, seq, FALSE);

      openim_pb_append (&list->n_msgs, &list->msgs, message ? message : placeholder (seq, 0));
    } else if (seq < bounds.min && order == OPENIM__SDKWS__PULL_ORDER__PullOrderDesc) {
      list->isend = TRUE;
      list->endseq = bounds.min;
    } else if (seq > max && order == OPENIM__SDKWS__PULL_ORDER__PullOrderAsc) {
      list->isend = TRUE;
      list->endseq = max;
    }
  }
  return list;
}

Result
pull_seqs (Request *request)
{
  const Openim__Msg__GetSeqMessageReq *asked = request->message;
  /* both responses have the same fields */
  Openim__Sdkws__PullMessageBySeqsResp *response =
      openim_pb_new (&openim__sdkws__pull_message_by_seqs_resp__descriptor);

  for (gsize i = 0; i < asked->n_conversations; i++)
    put_list (response, asked->conversations[i]->conversationid,
              pull_list (request->server, asked->userid, asked->conversations[i], asked->order));
  request_answer (request, response);
  openim_pb_free (response);
  return RESULT_OK;
}

static void
add_marks (Server *server,
           const char *user,
           const char *conversation,
           Openim__Msg__GetConversationsHasReadAndMaxSeqResp *response)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqResp__SeqsEntry *entry =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__seqs_entry__descriptor);
  Openim__Msg__Seqs *seqs = openim_pb_new (&openim__msg__seqs__descriptor);
  Bounds bounds = seq_bounds (server, user, conversation);
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT max_seq, time FROM seqs WHERE conversation = ?", "s", conversation);

  if (db_next (rows)) {
    seqs->maxseq = db_integer (rows, 0);
    seqs->maxseqtime = db_integer (rows, 1);
  }
  if (bounds.max > 0)
    seqs->maxseq = MIN (seqs->maxseq, bounds.max);
  seqs->hasreadseq = bounds.read;
  openim_pb_set (&entry->key, conversation);
  entry->value = seqs;
  openim_pb_append (&response->n_seqs, &response->seqs, entry);
}

static void
marks (Server *server,
       const Openim__Msg__GetConversationsHasReadAndMaxSeqReq *asked,
       Openim__Msg__GetConversationsHasReadAndMaxSeqResp *response)
{
  g_autoptr (DbRows) rows = NULL;

  for (gsize i = 0; i < asked->n_conversationids; i++)
    add_marks (server, asked->userid, asked->conversationids[i], response);
  if (asked->returnpinned && server->behave->later_routes) {
    rows = db_query (server->db, "SELECT id FROM conversations WHERE owner = ? AND pinned <> 0 ORDER BY n",
                     "s", asked->userid);
    while (db_next (rows))
      openim_pb_append_string (&response->n_pinnedconversationids, &response->pinnedconversationids,
                               db_text (rows, 0));
    g_clear_pointer (&rows, db_rows_free);
  }
  if (asked->n_conversationids > 0)
    return;
  rows = db_query (server->db, "SELECT id FROM conversations WHERE owner = ? ORDER BY n", "s", asked->userid);
  while (db_next (rows))
    add_marks (server, asked->userid, db_text (rows, 0), response);
}

Result
pull_has_read (Request *request)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqResp *response =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor);

  marks (request->server, request->message, response);
  request_answer (request, response);
  openim_pb_free (response);
  return RESULT_OK;
}

Result
pull_last (Request *request)
{
  const Openim__Msg__GetLastMessageReq *asked = request->message;
  Openim__Msg__GetLastMessageResp *response = openim_pb_new (&openim__msg__get_last_message_resp__descriptor);

  for (gsize i = 0; i < asked->n_conversationids; i++) {
    MsgData *message = pull_newest_message (request->server, asked->userid, asked->conversationids[i], TRUE);
    Openim__Msg__GetLastMessageResp__MsgsEntry *entry;

    if (!message)
      continue;
    entry = openim_pb_new (&openim__msg__get_last_message_resp__msgs_entry__descriptor);
    openim_pb_set (&entry->key, asked->conversationids[i]);
    entry->value = message;
    openim_pb_append (&response->n_msgs, &response->msgs, entry);
  }
  request_answer (request, response);
  openim_pb_free (response);
  return RESULT_OK;
}

/* ---- the same over HTTP */

static Result
newest_seq (Call *call)
{
  Openim__Sdkws__GetMaxSeqResp *response = openim_pb_new (&openim__sdkws__get_max_seq_resp__descriptor);
  Result answer = newest (call->server, call->user, call_string (call, "userID"), response);

  out_message (call->data, NULL, &response->base);
  openim_pb_free (response);
  return answer;
}

static Result
pull_msg_by_seq (Call *call)
{
  Openim__Sdkws__PullMessageBySeqsReq *asked =
      openim_json_read (call->body, NULL, &openim__sdkws__pull_message_by_seqs_req__descriptor);
  Openim__Sdkws__PullMessageBySeqsResp *response =
      openim_pb_new (&openim__sdkws__pull_message_by_seqs_resp__descriptor);

  ranges (call->server, asked, response);
  out_message (call->data, NULL, &response->base);
  openim_pb_free (response);
  openim_pb_free (asked);
  return RESULT_OK;
}

static Result
get_conversations_has_read_and_max_seq (Call *call)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqReq *asked = openim_json_read (
      call->body, NULL, &openim__msg__get_conversations_has_read_and_max_seq_req__descriptor);
  Openim__Msg__GetConversationsHasReadAndMaxSeqResp *response =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor);

  marks (call->server, asked, response);
  out_message (call->data, NULL, &response->base);
  openim_pb_free (response);
  openim_pb_free (asked);
  return RESULT_OK;
}

static Result
get_server_time (Call *call)
{
  out_begin (call->data, NULL, '{');
  out_put (call->data, "serverTime", 'i', now_ms (), NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

const Route pull_routes[] = {
  { "/msg/newest_seq", newest_seq, NEEDS_TOKEN, "userID:s" },
  { "/msg/pull_msg_by_seq", pull_msg_by_seq, NEEDS_TOKEN, "userID:s seqRanges:a order:i" },
  { "/msg/get_conversations_has_read_and_max_seq", get_conversations_has_read_and_max_seq, NEEDS_TOKEN,
    "userID:s! conversationIDs:S" },
  { "/msg/get_server_time", get_server_time, NEEDS_TOKEN, "" },
  { NULL },
};
