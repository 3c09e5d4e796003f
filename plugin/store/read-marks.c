/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The functions of messages.h about what has been read. */

#include "store/db.h"
#include "store/messages.h"
#include "store/origins.h"

GArray *
openim_messages_unread_seqs (
    OpenimDb *db, const char *conversation_id, const char *self_id, gint64 max_seq, GError **error)
{
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 conversation;
  gboolean row;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error))
    return NULL;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error,
      "SELECT m.slot FROM messages AS m INDEXED BY messages_unread "
      "CROSS JOIN origins AS o ON o.id = m.origin "
      "WHERE m.conversation = ?1 AND m.slot BETWEEN 1 AND ?2 AND m.isRead = 0 AND m.status < 4 "
      "AND o.sendID <> ?3 ORDER BY m.slot",
      "iis", conversation, max_seq, self_id);
  if (statement == NULL)
    return NULL;
  for (;;) {
    if (!openim_statement_next (statement, &row, error))
      return NULL;
    if (!row)
      return g_steal_pointer (&seqs);
    gint64 seq = sqlite3_column_int64 (statement, 0);
    g_array_append_val (seqs, seq);
  }
}

gboolean
openim_messages_mark_read (OpenimDb *db,
                           const char *conversation_id,
                           const char *self_id,
                           gboolean own,
                           const gint64 *seqs,
                           guint n_seqs,
                           GPtrArray *ids,
                           GError **error)
{
  gint64 conversation;
  gboolean row;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error))
    return FALSE;
  for (guint i = 0; i < n_seqs; i++) {
    if (seqs[i] <= 0)
      continue;
    g_autoptr (OpenimStatement) statement = openim_db_query (
        db, error,
        "UPDATE messages SET isRead = 1 WHERE conversation = ?1 AND slot = ?2 AND isRead = 0 "
        "AND (SELECT sendID = ?3 FROM origins WHERE id = origin) = ?4 RETURNING clientMsgID",
        "iisi", conversation, seqs[i], self_id, (gint64) (own != FALSE));
    if (statement == NULL || !openim_statement_next (statement, &row, error))
      return FALSE;
    if (row && ids != NULL)
      g_ptr_array_add (ids, openim_statement_id (statement, 0));
  }
  return TRUE;
}

gboolean
openim_messages_mark_read_up_to (
    OpenimDb *db, const char *conversation_id, const char *self_id, gint64 seq, GError **error)
{
  gint64 conversation;

  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         openim_db_run (db, error,
                        "UPDATE messages INDEXED BY messages_unread SET isRead = 1 "
                        "WHERE conversation = ?1 AND slot BETWEEN 1 AND ?2 AND isRead = 0 "
                        "AND (SELECT sendID <> ?3 FROM origins WHERE id = origin)",
                        "iis", conversation, seq, self_id);
}

/* ---- names */

/* The hash of a changed origin stays that of its old values: it only finds rows to be shared, and what
 * differs is never shared. */
gboolean
openim_messages_rename_sender (OpenimDb *db, const OpenimUser *before, const OpenimUser *now, GError **error)
{
  openim_origins_forget (db);
  return openim_db_run (db, error,
                        "UPDATE origins SET senderNickname = ?3 WHERE sendID = ?1 AND senderNickname = ?2 "
                        "AND ?2 <> ?3",
                        "sss", now->userid, before->nickname, now->nickname) &&
         openim_db_run (db, error,
                        "UPDATE origins SET senderFaceURL = ?3 WHERE sendID = ?1 AND senderFaceURL = ?2 "
                        "AND ?2 <> ?3",
                        "sss", now->userid, before->faceurl, now->faceurl);
}

gboolean
openim_messages_rename_member (OpenimDb *db, const OpenimGroupMember *now, GError **error)
{
  openim_origins_forget (db);
  return openim_db_run (
      db, error,
      "UPDATE origins SET senderNickname = ?3, senderFaceURL = ?4 WHERE sendID = ?1 AND groupID = ?2", "ssss",
      now->userid, now->groupid, now->nickname, now->faceurl);
}
