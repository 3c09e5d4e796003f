/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/message-rows.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/pb.h"
#include "store/origins.h"
#include "store/search.h"

/* Nearly every message is a text in exactly this form. */
#define TEXT_BEFORE "{\"content\":\""
#define TEXT_AFTER "\"}"

#define FIRST_LOCAL_SLOT (-(G_GINT64_CONSTANT (1) << 40))

/* ---- content and rare fields */

const guint8 *
openim_message_row_content (const ProtobufCBinaryData *content, gsize *length, gboolean *is_text)
{
  const gsize before = strlen (TEXT_BEFORE), after = strlen (TEXT_AFTER);

  *length = content->len;
  *is_text = content->len >= before + after && memcmp (content->data, TEXT_BEFORE, before) == 0 &&
             memcmp (content->data + content->len - after, TEXT_AFTER, after) == 0;
  if (!*is_text)
    return content->data;
  *length -= before + after;
  return content->data + before;
}

static void
read_content (OpenimStatement *statement, int column, ProtobufCBinaryData *content)
{
  gboolean is_text = sqlite3_column_type (statement, column) == SQLITE_TEXT;
  const void *stored = sqlite3_column_blob (statement, column);
  gsize length = (gsize) sqlite3_column_bytes (statement, column);
  gsize before = is_text ? strlen (TEXT_BEFORE) : 0;
  gsize after = is_text ? strlen (TEXT_AFTER) : 0;

  content->len = before + length + after;
  if (content->len == 0)
    return;
  content->data = g_malloc (content->len);
  memcpy (content->data, TEXT_BEFORE, before);
  if (length > 0)
    memcpy (content->data + before, stored, length);
  memcpy (content->data + before + length, TEXT_AFTER, after);
}

/* (transfer full) (nullable) */
static guint8 *
pack_more (const OpenimMsgData *data, gsize *length)
{
  OpenimMsgData more = OPENIM__SDKWS__MSG_DATA__INIT;

  more.n_atuseridlist = data->n_atuseridlist;
  more.atuseridlist = data->atuseridlist;
  more.ex = data->ex;
  *length = openim__sdkws__msg_data__get_packed_size (&more);
  if (*length == 0)
    return NULL;
  guint8 *packed = g_malloc (*length);
  openim__sdkws__msg_data__pack (&more, packed);
  return packed;
}

static gboolean
read_more (OpenimStatement *statement, int column, OpenimMsgData *data, GError **error)
{
  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return TRUE;

  g_autoptr (OpenimMsgData) more =
      openim_pb_unpack (&openim__sdkws__msg_data__descriptor, sqlite3_column_blob (statement, column),
                        (gsize) sqlite3_column_bytes (statement, column), error);
  if (more == NULL)
    return FALSE;
  data->n_atuseridlist = more->n_atuseridlist;
  data->atuseridlist = g_steal_pointer (&more->atuseridlist);
  more->n_atuseridlist = 0;
  openim_pb_set (&data->ex, more->ex);
  return TRUE;
}

/* ---- rows */

OpenimStoredMessage *
openim_message_row_read (OpenimStatement *statement, const char *conversation_id, GError **error)
{
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autoptr (OpenimStoredMessage) message = openim_stored_message_new (conversation_id, data);
  gint64 slot = sqlite3_column_int64 (statement, 0);
  gint64 send_time = sqlite3_column_int64 (statement, 1);

  data->seq = MAX (slot, 0);
  data->sendtime = send_time;
  openim_pb_take (&data->clientmsgid, openim_statement_id (statement, 2));
  openim_pb_take (&data->servermsgid, openim_statement_id (statement, 3));
  data->createtime = (gint64) ((guint64) send_time - (guint64) sqlite3_column_int64 (statement, 4));
  data->contenttype = sqlite3_column_int (statement, 5);
  data->status = sqlite3_column_int (statement, 6);
  data->isread = sqlite3_column_int (statement, 7) != 0;
  read_content (statement, 8, &data->content);
  if (!read_more (statement, 9, data, error))
    return NULL;
  g_free (message->local_ex);
  message->local_ex = g_strdup (openim_statement_text (statement, 10));
  openim_pb_set (&data->sendid, openim_statement_text (statement, 11));
  openim_pb_set (&data->recvid, openim_statement_text (statement, 12));
  openim_pb_set (&data->groupid, openim_statement_text (statement, 13));
  openim_pb_set (&data->sendernickname, openim_statement_text (statement, 14));
  openim_pb_set (&data->senderfaceurl, openim_statement_text (statement, 15));
  openim_pb_set (&data->attachedinfo, openim_statement_text (statement, 16));
  data->senderplatformid = sqlite3_column_int (statement, 17);
  data->sessiontype = sqlite3_column_int (statement, 18);
  data->msgfrom = sqlite3_column_int (statement, 19);
  openim_origin_set_options (data, sqlite3_column_int64 (statement, 20));
  return g_steal_pointer (&message);
}

gboolean
openim_message_row_insert (OpenimDb *db,
                           gint64 conversation,
                           gint64 slot,
                           const OpenimMsgData *data,
                           int status,
                           const char *local_ex,
                           gboolean *inserted,
                           GError **error)
{
  gint64 origin;
  gint64 delay = (gint64) ((guint64) data->sendtime - (guint64) data->createtime);
  gsize length, more_length;
  gboolean is_text;
  const guint8 *content = openim_message_row_content (&data->content, &length, &is_text);
  g_autofree guint8 *more = pack_more (data, &more_length);

  if (!openim_origin_find (db, data, &origin, error) ||
      !openim_db_run (
          db, error,
          "INSERT INTO messages (conversation, slot, sendTime, clientMsgID, serverMsgID, origin, "
          "delay, contentType, status, isRead, content, more, localEx) "
          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) ON CONFLICT DO NOTHING",
          is_text ? "iiiddiiiiitbs" : "iiiddiiiiibbs", conversation, slot, data->sendtime, data->clientmsgid,
          data->servermsgid, origin, delay, (gint64) data->contenttype, (gint64) status,
          (gint64) (data->isread != 0), content, length, more, more_length,
          local_ex != NULL && *local_ex != '\0' ? local_ex : NULL))
    return FALSE;
  *inserted = sqlite3_changes (db->sqlite) > 0;
  return !*inserted || status >= OPENIM_STATUS_DELETED ||
         openim_search_add (db, conversation, slot, data->contenttype, error);
}

static gboolean
read_brief (OpenimStatement *statement, OpenimMessageBrief *brief, GError **error)
{
  if (statement == NULL || !openim_statement_next (statement, &brief->found, error))
    return FALSE;
  if (brief->found) {
    brief->slot = sqlite3_column_int64 (statement, 0);
    brief->status = sqlite3_column_int (statement, 1);
    brief->content_type = sqlite3_column_int (statement, 2);
    brief->is_read = sqlite3_column_int (statement, 3) != 0;
    brief->is_named = sqlite3_column_int (statement, 4) != 0;
  }
  return TRUE;
}

gboolean
openim_message_row_at (
    OpenimDb *db, gint64 conversation, gint64 slot, OpenimMessageBrief *brief, GError **error)
{
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error,
                       "SELECT slot, status, contentType, isRead, clientMsgID IS NOT NULL FROM messages "
                       "WHERE conversation = ?1 AND slot = ?2",
                       "ii", conversation, slot);

  *brief = (OpenimMessageBrief){ 0 };
  return read_brief (statement, brief, error);
}

gboolean
openim_message_row_of (
    OpenimDb *db, gint64 conversation, const char *client_msg_id, OpenimMessageBrief *brief, GError **error)
{
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error,
                       "SELECT slot, status, contentType, isRead, clientMsgID IS NOT NULL FROM messages "
                       "WHERE conversation = ?1 AND clientMsgID = ?2",
                       "id", conversation, client_msg_id);

  *brief = (OpenimMessageBrief){ 0 };
  return read_brief (statement, brief, error);
}

gboolean
openim_message_row_next_slot (OpenimDb *db, gint64 conversation, gint64 *slot, GError **error)
{
  *slot = FIRST_LOCAL_SLOT - 1;
  if (!openim_db_get_int (db, slot, error,
                          "SELECT max(slot) FROM messages WHERE conversation = ?1 AND slot < 0", "i",
                          conversation))
    return FALSE;
  (*slot)++;
  return TRUE;
}

gboolean
openim_message_row_find (OpenimDb *db,
                         const char *conversation_id,
                         const char *client_msg_id,
                         gint64 *conversation,
                         OpenimMessageBrief *brief,
                         GError **error)
{
  if (!openim_db_conversation (db, conversation_id, FALSE, conversation, error) ||
      !openim_message_row_of (db, *conversation, client_msg_id, brief, error))
    return FALSE;
  if (brief->found && brief->status < OPENIM_STATUS_DELETED)
    return TRUE;
  g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND, _ ("There is no such message."));
  return FALSE;
}

gboolean
openim_message_row_hide (
    OpenimDb *db, gint64 conversation, gint64 slot, gint64 new_slot, int status, GError **error)
{
  return openim_search_remove (db, conversation, slot, error) &&
         openim_db_run (db, error,
                        "UPDATE messages SET slot = ?3, status = ?4, content = NULL, more = NULL, "
                        "localEx = NULL WHERE conversation = ?1 AND slot = ?2",
                        "iiii", conversation, slot, new_slot, (gint64) status);
}

gboolean
openim_message_row_displace (OpenimDb *db, gint64 conversation, const OpenimMessageBrief *row, GError **error)
{
  gboolean shown = row->status < OPENIM_STATUS_DELETED;
  gint64 slot;

  return openim_message_row_next_slot (db, conversation, &slot, error) &&
         (!shown || openim_search_remove (db, conversation, row->slot, error)) &&
         openim_db_run (db, error, "UPDATE messages SET slot = ?3 WHERE conversation = ?1 AND slot = ?2",
                        "iii", conversation, row->slot, slot) &&
         (!shown || openim_search_add (db, conversation, slot, row->content_type, error));
}
