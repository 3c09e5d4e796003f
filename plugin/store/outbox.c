/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/outbox.h"

#include "base/clock.h"
#include "base/pb.h"
#include "store/db.h"

#define HELD 1000 /* attempts: more than anybody makes */

void
openim_outbox_entry_free (OpenimOutboxEntry *entry)
{
  if (entry == NULL)
    return;
  openim_stored_message_free (entry->message);
  g_free (entry);
}

static gboolean
put (OpenimDb *db, const char *conversation_id, const OpenimMsgData *data, gint64 attempts, GError **error)
{
  gint64 conversation;
  g_autoptr (GBytes) packed = openim_pb_pack (data);
  gsize length;
  gconstpointer bytes = g_bytes_get_data (packed, &length);

  /* One that is sent again goes to the end of the queue. */
  return openim_db_conversation (db, conversation_id, TRUE, &conversation, error) &&
         openim_db_run (db, error,
                        "INSERT OR REPLACE INTO outbox (conversation, clientMsgID, data, created, attempts) "
                        "VALUES (?1, ?2, ?3, ?4, ?5)",
                        "isbii", conversation, data->clientmsgid, bytes, length, openim_clock_now (),
                        attempts);
}

gboolean
openim_outbox_add (OpenimDb *db, const char *conversation_id, const OpenimMsgData *data, GError **error)
{
  return put (db, conversation_id, data, 0, error);
}

gboolean
openim_outbox_hold (OpenimDb *db, const char *conversation_id, const OpenimMsgData *data, GError **error)
{
  return put (db, conversation_id, data, HELD, error);
}

gboolean
openim_outbox_mark_attempt (OpenimDb *db,
                            const char *conversation_id,
                            const char *client_msg_id,
                            GError **error)
{
  gint64 conversation;

  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         openim_db_run (db, error,
                        "UPDATE outbox SET attempts = attempts + 1 "
                        "WHERE conversation = ?1 AND clientMsgID = ?2",
                        "is", conversation, client_msg_id);
}

gboolean
openim_outbox_mark_acknowledged (OpenimDb *db,
                                 const char *conversation_id,
                                 const char *client_msg_id,
                                 GError **error)
{
  gint64 conversation;

  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         openim_db_run (db, error,
                        "UPDATE outbox SET acknowledged = 1 WHERE conversation = ?1 AND clientMsgID = ?2",
                        "is", conversation, client_msg_id);
}

gboolean
openim_outbox_remove (OpenimDb *db, const char *conversation_id, const char *client_msg_id, GError **error)
{
  gint64 conversation;

  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         openim_db_run (db, error, "DELETE FROM outbox WHERE conversation = ?1 AND clientMsgID = ?2", "is",
                        conversation, client_msg_id);
}

static OpenimOutboxEntry *
read_entry (OpenimStatement *statement, GError **error)
{
  OpenimMsgData *data =
      openim_pb_unpack (&openim__sdkws__msg_data__descriptor, sqlite3_column_blob (statement, 1),
                        (gsize) sqlite3_column_bytes (statement, 1), error);
  if (data == NULL)
    return NULL;

  OpenimOutboxEntry *entry = g_new0 (OpenimOutboxEntry, 1);
  entry->message = openim_stored_message_new (openim_statement_text (statement, 0), data);
  entry->created = sqlite3_column_int64 (statement, 2);
  entry->attempts = (guint) sqlite3_column_int64 (statement, 3);
  entry->acknowledged = sqlite3_column_int (statement, 4) != 0;
  return entry;
}

GPtrArray *
openim_outbox_list (OpenimDb *db, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_outbox_entry_free);
  gboolean row;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error,
      "SELECT c.conversationID, o.data, o.created, o.attempts, o.acknowledged "
      "FROM outbox AS o CROSS JOIN conversations AS c ON c.id = o.conversation ORDER BY o.id",
      "");

  if (statement == NULL)
    return NULL;
  for (;;) {
    if (!openim_statement_next (statement, &row, error))
      return NULL;
    if (!row)
      return g_steal_pointer (&entries);
    OpenimOutboxEntry *entry = read_entry (statement, error);
    if (entry == NULL)
      return NULL;
    g_ptr_array_add (entries, entry);
  }
}
