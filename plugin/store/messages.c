/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/messages.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/pb.h"
#include "store/message-rows.h"
#include "store/ranges.h"
#include "store/search.h"

/* ---- OpenimStoredMessage */

OpenimStoredMessage *
openim_stored_message_new (const char *conversation_id, OpenimMsgData *data)
{
  OpenimStoredMessage *message = g_new0 (OpenimStoredMessage, 1);

  message->conversation_id = g_strdup (conversation_id);
  message->data = data;
  message->local_ex = g_strdup ("");
  return message;
}

OpenimStoredMessage *
openim_stored_message_copy (const OpenimStoredMessage *message)
{
  OpenimStoredMessage *copy =
      openim_stored_message_new (message->conversation_id, openim_pb_copy (message->data));

  g_free (copy->local_ex);
  copy->local_ex = g_strdup (message->local_ex);
  return copy;
}

void
openim_stored_message_free (OpenimStoredMessage *message)
{
  if (message == NULL)
    return;
  g_free (message->conversation_id);
  openim_pb_free (message->data);
  g_free (message->local_ex);
  g_free (message);
}

/* ---- what the server sends */

/* Only the seq and that nothing is to be shown. */
static gboolean
put_placeholder (
    OpenimDb *db, gint64 conversation, gint64 seq, const char *client_msg_id, int status, GError **error)
{
  OpenimMsgData placeholder = OPENIM__SDKWS__MSG_DATA__INIT;
  gboolean inserted;

  placeholder.clientmsgid = (char *) client_msg_id;
  return openim_message_row_insert (db, conversation, seq, &placeholder, status, NULL, &inserted, error);
}

/* The server says that the message of this seq is deleted. */
static gboolean
put_deleted (
    OpenimDb *db, gint64 conversation, const OpenimMsgData *data, OpenimStoredKind *kind, GError **error)
{
  OpenimMessageBrief at_seq, of_id;

  *kind = OPENIM_STORED_DELETED;
  if (!openim_message_row_at (db, conversation, data->seq, &at_seq, error))
    return FALSE;
  if (at_seq.found && at_seq.status >= OPENIM_STATUS_DELETED)
    return TRUE;
  if (at_seq.found) {
    *kind = OPENIM_STORED_UPDATED;
    return openim_message_row_hide (db, conversation, data->seq, data->seq, data->status, error);
  }

  if (!openim_message_row_of (db, conversation, data->clientmsgid, &of_id, error))
    return FALSE;
  if (of_id.found && of_id.slot < 0) {
    if (of_id.status < OPENIM_STATUS_DELETED)
      *kind = OPENIM_STORED_UPDATED;
    return openim_message_row_hide (db, conversation, of_id.slot, data->seq, data->status, error);
  }
  return put_placeholder (db, conversation, data->seq, of_id.found ? "" : data->clientmsgid, data->status,
                          error);
}

/* The same message again: a revocation and a read mark are news, the rest may be older than what is here. */
static gboolean
update_known (OpenimDb *db,
              gint64 conversation,
              const OpenimMessageBrief *known,
              const OpenimMsgData *data,
              OpenimStoredKind *kind,
              GError **error)
{
  gboolean revoked =
      data->contenttype == OPENIM_CONTENT_REVOKED && known->content_type != OPENIM_CONTENT_REVOKED;
  gboolean read = data->isread && !known->is_read;

  *kind = revoked || read ? OPENIM_STORED_UPDATED : OPENIM_STORED_KNOWN;
  if (read &&
      !openim_db_run (db, error, "UPDATE messages SET isRead = 1 WHERE conversation = ?1 AND slot = ?2", "ii",
                      conversation, known->slot))
    return FALSE;
  if (!revoked)
    return TRUE;

  gsize length;
  gboolean is_text;
  const guint8 *content = openim_message_row_content (&data->content, &length, &is_text);
  if (!openim_search_remove (db, conversation, known->slot, error))
    return FALSE;
  return openim_db_run (
      db, error, "UPDATE messages SET contentType = ?3, content = ?4 WHERE conversation = ?1 AND slot = ?2",
      is_text ? "iiit" : "iiib", conversation, known->slot, (gint64) data->contenttype, content, length);
}

static char *
get_local_ex (OpenimDb *db, gint64 conversation, gint64 slot, GError **error)
{
  gboolean row;
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error, "SELECT localEx FROM messages WHERE conversation = ?1 AND slot = ?2", "ii",
                       conversation, slot);

  if (statement == NULL || !openim_statement_next (statement, &row, error))
    return NULL;
  return g_strdup (row ? openim_statement_text (statement, 0) : "");
}

/* Puts @data in the place of the row @old; what was remembered here stays. */
static gboolean
replace_row (OpenimDb *db,
             gint64 conversation,
             gint64 old,
             gint64 slot,
             const OpenimMsgData *data,
             int status,
             GError **error)
{
  g_autofree char *local_ex = get_local_ex (db, conversation, old, error);
  gboolean inserted;

  return local_ex != NULL && openim_search_remove (db, conversation, old, error) &&
         openim_db_run (db, error, "DELETE FROM messages WHERE conversation = ?1 AND slot = ?2", "ii",
                        conversation, old) &&
         openim_message_row_insert (db, conversation, slot, data, status, local_ex, &inserted, error);
}

static gboolean
is_from (OpenimDb *db, gint64 conversation, gint64 slot, const char *sender, gboolean *from, GError **error)
{
  gint64 same = 0;

  if (!openim_db_get_int (
          db, &same, error,
          "SELECT o.sendID = ?3 FROM messages AS m CROSS JOIN origins AS o ON o.id = m.origin "
          "WHERE m.conversation = ?1 AND m.slot = ?2",
          "iis", conversation, slot, sender))
    return FALSE;
  *from = same != 0;
  return TRUE;
}

/* The clientMsgID is there in another place: our own message comes back, or one that the server has given
 * another seq since it was set up anew, or somebody has used the ID twice. */
static gboolean
put_again (OpenimDb *db,
           gint64 conversation,
           const OpenimMessageBrief *of_id,
           const char *self_id,
           const OpenimMsgData *data,
           OpenimStoredKind *kind,
           GError **error)
{
  gboolean own = strcmp (data->sendid, self_id) == 0;
  gboolean same_sender;

  if (!is_from (db, conversation, of_id->slot, data->sendid, &same_sender, error))
    return FALSE;
  if (of_id->slot > 0 || !same_sender) {
    *kind = OPENIM_STORED_DUPLICATE;
    return put_placeholder (db, conversation, data->seq, "", OPENIM_STATUS_FILTERED, error);
  }
  if (of_id->status >= OPENIM_STATUS_DELETED) {
    *kind = OPENIM_STORED_DELETED;
    return openim_message_row_hide (db, conversation, of_id->slot, data->seq, of_id->status, error);
  }
  *kind = own ? OPENIM_STORED_ECHO : OPENIM_STORED_KNOWN;
  return replace_row (db, conversation, of_id->slot, data->seq, data, OPENIM_STATUS_SENT, error);
}

/* Seq or clientMsgID are taken. */
static gboolean
put_taken (OpenimDb *db,
           gint64 conversation,
           const char *self_id,
           const OpenimMsgData *data,
           OpenimStoredKind *kind,
           GError **error)
{
  OpenimMessageBrief at_seq, of_id;
  gboolean inserted, same;

  if (!openim_message_row_at (db, conversation, data->seq, &at_seq, error) ||
      !openim_message_row_of (db, conversation, data->clientmsgid, &of_id, error))
    return FALSE;
  same = *data->clientmsgid == '\0' || !at_seq.is_named || (of_id.found && of_id.slot == data->seq);
  if (at_seq.found && same && at_seq.status >= OPENIM_STATUS_DELETED) {
    *kind = OPENIM_STORED_DELETED;
    return TRUE;
  }
  if (at_seq.found && same)
    return update_known (db, conversation, &at_seq, data, kind, error);
  /* Another message had the seq: the server counts anew. */
  if (at_seq.found && !openim_message_row_displace (db, conversation, &at_seq, error))
    return FALSE;
  if (of_id.found)
    return put_again (db, conversation, &of_id, self_id, data, kind, error);
  *kind = OPENIM_STORED_NEW;
  return openim_message_row_insert (db, conversation, data->seq, data, OPENIM_STATUS_SENT, NULL, &inserted,
                                    error);
}

gboolean
openim_messages_put (OpenimDb *db,
                     const char *conversation_id,
                     const char *self_id,
                     const OpenimMsgData *data,
                     OpenimStoredKind *kind,
                     GError **error)
{
  gint64 conversation;
  gboolean inserted;

  if (data->seq <= 0) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_NO_SEQ, _ ("The message has no sequence number."));
    return FALSE;
  }
  if (!openim_ranges_add (db, conversation_id, data->seq, data->seq, error) ||
      !openim_db_conversation (db, conversation_id, TRUE, &conversation, error))
    return FALSE;
  if (data->status >= OPENIM_STATUS_DELETED)
    return put_deleted (db, conversation, data, kind, error);

  *kind = OPENIM_STORED_NEW;
  if (!openim_message_row_insert (db, conversation, data->seq, data, OPENIM_STATUS_SENT, NULL, &inserted,
                                  error))
    return FALSE;
  return inserted || put_taken (db, conversation, self_id, data, kind, error);
}

/* ---- what is made here */

gboolean
openim_messages_put_local (OpenimDb *db,
                           const char *conversation_id,
                           const OpenimMsgData *data,
                           GError **error)
{
  gint64 conversation, slot;
  OpenimMessageBrief of_id;
  gboolean inserted;

  if (!openim_db_conversation (db, conversation_id, TRUE, &conversation, error) ||
      !openim_message_row_of (db, conversation, data->clientmsgid, &of_id, error) ||
      !openim_message_row_next_slot (db, conversation, &slot, error))
    return FALSE;
  if (!of_id.found)
    return openim_message_row_insert (db, conversation, slot, data, data->status, NULL, &inserted, error) &&
           openim_db_run (db, error,
                          "UPDATE conversations SET hiddenTime = 0 WHERE id = ?1 AND hiddenTime <> 0", "i",
                          conversation);
  if (of_id.status == OPENIM_STATUS_FAILED)
    return replace_row (db, conversation, of_id.slot, of_id.slot > 0 ? of_id.slot : slot, data, data->status,
                        error);
  g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_MSG_REPEAT, _ ("This message was sent before."));
  return FALSE;
}

/* After an UPDATE of one message. */
static gboolean
check_found (OpenimDb *db, GError **error)
{
  if (sqlite3_changes (db->sqlite) > 0)
    return TRUE;
  g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND, _ ("There is no such message."));
  return FALSE;
}

gboolean
openim_messages_set_sent (OpenimDb *db,
                          const char *conversation_id,
                          const char *client_msg_id,
                          const char *server_msg_id,
                          gint64 send_time,
                          GError **error)
{
  gint64 conversation;

  /* createTime, the difference of both, stays. */
  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         openim_db_run (db, error,
                        "UPDATE messages SET serverMsgID = ?3, delay = delay + ?4 - sendTime, sendTime = ?4, "
                        "status = iif(status < 4, 2, status) WHERE conversation = ?1 AND clientMsgID = ?2",
                        "iddi", conversation, client_msg_id, server_msg_id, send_time) &&
         check_found (db, error);
}

gboolean
openim_messages_set_status (
    OpenimDb *db, const char *conversation_id, const char *client_msg_id, int status, GError **error)
{
  gint64 conversation;

  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         openim_db_run (db, error,
                        "UPDATE messages SET status = iif(status < 4, ?3, status) "
                        "WHERE conversation = ?1 AND clientMsgID = ?2",
                        "idi", conversation, client_msg_id, (gint64) status) &&
         check_found (db, error);
}

gboolean
openim_messages_set_local_ex (OpenimDb *db,
                              const char *conversation_id,
                              const char *client_msg_id,
                              const char *local_ex,
                              GError **error)
{
  gint64 conversation;

  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         openim_db_run (db, error,
                        "UPDATE messages SET localEx = nullif(?3, '') "
                        "WHERE conversation = ?1 AND clientMsgID = ?2 AND status < 4",
                        "ids", conversation, client_msg_id, local_ex) &&
         check_found (db, error);
}

gboolean
openim_messages_set_content (OpenimDb *db,
                             const char *conversation_id,
                             const char *client_msg_id,
                             int content_type,
                             const char *content,
                             GError **error)
{
  gint64 conversation;
  OpenimMessageBrief brief;
  gsize length;
  gboolean is_text;
  ProtobufCBinaryData whole = { strlen (content), (guint8 *) content };
  const guint8 *stored = openim_message_row_content (&whole, &length, &is_text);

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error) ||
      !openim_message_row_of (db, conversation, client_msg_id, &brief, error))
    return FALSE;
  if (!brief.found) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND, _ ("There is no such message."));
    return FALSE;
  }
  if (brief.status >= OPENIM_STATUS_DELETED)
    return TRUE;
  return openim_search_remove (db, conversation, brief.slot, error) &&
         openim_db_run (db, error,
                        "UPDATE messages SET contentType = ?3, content = ?4 "
                        "WHERE conversation = ?1 AND slot = ?2",
                        is_text ? "iiit" : "iiib", conversation, brief.slot, (gint64) content_type, stored,
                        length) &&
         openim_search_add (db, conversation, brief.slot, content_type, error);
}

/* ---- reading */

/* (nullable) */
static OpenimStoredMessage *
read_one (OpenimStatement *statement, const char *conversation_id, GError **error)
{
  gboolean row;

  if (statement == NULL || !openim_statement_next (statement, &row, error) || !row)
    return NULL;
  return openim_message_row_read (statement, conversation_id, error);
}

OpenimStoredMessage *
openim_messages_get (OpenimDb *db, const char *conversation_id, const char *client_msg_id, GError **error)
{
  gint64 conversation;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error))
    return NULL;
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error, OPENIM_MESSAGE_SELECT "WHERE m.conversation = ?1 AND m.clientMsgID = ?2",
                       "id", conversation, client_msg_id);
  return read_one (statement, conversation_id, error);
}

OpenimStoredMessage *
openim_messages_get_by_seq (OpenimDb *db, const char *conversation_id, gint64 seq, GError **error)
{
  gint64 conversation;

  if (seq <= 0 || !openim_db_conversation (db, conversation_id, FALSE, &conversation, error))
    return NULL;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error, OPENIM_MESSAGE_SELECT "WHERE m.conversation = ?1 AND m.slot = ?2", "ii", conversation, seq);
  return read_one (statement, conversation_id, error);
}

OpenimStoredMessage *
openim_messages_latest (OpenimDb *db, const char *conversation_id, GError **error)
{
  gint64 conversation;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error))
    return NULL;
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error,
                       OPENIM_MESSAGE_SELECT "WHERE m.conversation = ?1 AND m.status < 4 "
                                             "ORDER BY m.sendTime DESC, m.slot DESC LIMIT 1",
                       "i", conversation);
  return read_one (statement, conversation_id, error);
}

/* The place of @start in the order; without one, before or after everything. */
static gboolean
find_start (OpenimDb *db,
            gint64 conversation,
            const OpenimStoredMessage *start,
            gboolean reverse,
            gint64 *time,
            gint64 *slot,
            GError **error)
{
  OpenimMessageBrief brief;

  *time = *slot = reverse ? G_MININT64 : G_MAXINT64;
  if (start == NULL)
    return TRUE;
  *time = start->data->sendtime;
  *slot = start->data->seq;
  if (*slot > 0)
    return TRUE;
  if (!openim_message_row_of (db, conversation, start->data->clientmsgid, &brief, error))
    return FALSE;
  if (brief.found)
    *slot = brief.slot;
  return TRUE;
}

static void
reverse_array (GPtrArray *array)
{
  for (guint i = 0; i < array->len / 2; i++) {
    gpointer other = array->pdata[array->len - 1 - i];
    array->pdata[array->len - 1 - i] = array->pdata[i];
    array->pdata[i] = other;
  }
}

GPtrArray *
openim_messages_page (OpenimDb *db,
                      const char *conversation_id,
                      const OpenimStoredMessage *start,
                      guint count,
                      gboolean reverse,
                      GError **error)
{
  g_autoptr (GPtrArray) page = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_stored_message_free);
  gint64 conversation, time, slot;
  gboolean row;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error) ||
      !find_start (db, conversation, start, reverse, &time, &slot, error))
    return NULL;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error,
      reverse ? OPENIM_MESSAGE_SELECT "WHERE m.conversation = ?1 AND m.status < 4 AND (m.sendTime, m.slot) > "
                                      "(?2, ?3) ORDER BY m.sendTime, m.slot LIMIT ?4"
              : OPENIM_MESSAGE_SELECT "WHERE m.conversation = ?1 AND m.status < 4 AND (m.sendTime, m.slot) < "
                                      "(?2, ?3) ORDER BY m.sendTime DESC, m.slot DESC LIMIT ?4",
      "iiii", conversation, time, slot, (gint64) count);
  if (statement == NULL)
    return NULL;
  for (;;) {
    if (!openim_statement_next (statement, &row, error))
      return NULL;
    if (!row)
      break;
    OpenimStoredMessage *message = openim_message_row_read (statement, conversation_id, error);
    if (message == NULL)
      return NULL;
    g_ptr_array_add (page, message);
  }
  if (!reverse)
    reverse_array (page);
  return g_steal_pointer (&page);
}

gint64
openim_messages_max_seq (OpenimDb *db, const char *conversation_id, GError **error)
{
  gint64 conversation, max = 0;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error) ||
      !openim_db_get_int (db, &max, error,
                          "SELECT max(slot) FROM messages WHERE conversation = ?1 AND slot > 0", "i",
                          conversation))
    return -1;
  return max;
}
