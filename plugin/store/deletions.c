/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/deletions.h"

#include "store/message-rows.h"
#include "store/ranges.h"
#include "store/search.h"

gboolean
openim_messages_delete (OpenimDb *db, const char *conversation_id, const char *client_msg_id, GError **error)
{
  gint64 conversation;
  OpenimMessageBrief brief;

  return openim_message_row_find (db, conversation_id, client_msg_id, &conversation, &brief, error) &&
         openim_message_row_hide (db, conversation, brief.slot, brief.slot, OPENIM_STATUS_DELETED, error);
}

/* ---- clearing */

static gboolean
forget_words (OpenimDb *db, gint64 conversation, gint64 time, GError **error)
{
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean row;

  {
    g_autoptr (OpenimStatement) statement = openim_db_query (
        db, error, "SELECT slot FROM messages WHERE conversation = ?1 AND status < 4 AND sendTime <= ?2",
        "ii", conversation, time);

    if (statement == NULL)
      return FALSE;
    for (;;) {
      gint64 slot;

      if (!openim_statement_next (statement, &row, error))
        return FALSE;
      if (!row)
        break;
      slot = sqlite3_column_int64 (statement, 0);
      g_array_append_val (slots, slot);
    }
  }
  for (guint i = 0; i < slots->len; i++)
    if (!openim_search_remove (db, conversation, g_array_index (slots, gint64, i), error))
      return FALSE;
  return TRUE;
}

/* Highest seq that goes; what was never fetched below it is not fetched any more. */
static gboolean
find_last (OpenimDb *db, gint64 conversation, gint64 time, gint64 *last, GError **error)
{
  gint64 newest = 0;

  *last = 0;
  if (!openim_db_get_int (
          db, last, error,
          "SELECT max(slot) FROM messages WHERE conversation = ?1 AND slot > 0 AND sendTime <= ?2", "ii",
          conversation, time))
    return FALSE;
  if (time == G_MAXINT64 &&
      !openim_db_get_int (db, &newest, error, "SELECT maxSeq FROM conversations WHERE id = ?1", "i",
                          conversation))
    return FALSE;
  *last = MAX (*last, newest);
  return TRUE;
}

/* Seqs stay taken, and own messages on their way keep their ID, by which their echo is known. */
static gboolean
clear (OpenimDb *db, const char *conversation_id, gint64 time, GError **error)
{
  gint64 conversation, last;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error) ||
      !find_last (db, conversation, time, &last, error))
    return FALSE;
  if (last > 0 && (!openim_ranges_add (db, conversation_id, 1, last, error) ||
                   !openim_conversations_set_seqs (db, conversation_id, -1, last, NULL, error)))
    return FALSE;
  return openim_db_run (db, error,
                        "UPDATE messages SET status = 4, isRead = 1, content = NULL, more = NULL, "
                        "localEx = NULL, serverMsgID = NULL, clientMsgID = iif(slot > 0, NULL, clientMsgID) "
                        "WHERE conversation = ?1 AND status < 4 AND sendTime <= ?2",
                        "ii", conversation, time);
}

gboolean
openim_conversations_clear (OpenimDb *db, const char *conversation_id, gint64 time, GError **error)
{
  gint64 conversation;

  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         forget_words (db, conversation, time, error) && clear (db, conversation_id, time, error);
}

gboolean
openim_conversations_clear_all (OpenimDb *db, GError **error)
{
  g_autoptr (GPtrArray) ids = openim_conversations_all_ids (db, error);

  if (ids == NULL || !openim_search_remove_all (db, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!clear (db, ids->pdata[i], G_MAXINT64, error))
      return FALSE;
  return TRUE;
}

/* ---- hiding */

#define HIDE                                                                                                 \
  "UPDATE conversations SET hiddenTime = coalesce((SELECT sendTime FROM messages "                           \
  "WHERE conversation = id AND status < 4 ORDER BY sendTime DESC LIMIT 1), 0), latestMsgSendTime = 0, "      \
  "latestMark = 0, draftText = '', draftTextTime = 0, hasReadSeq = max(hasReadSeq, maxSeq) "                 \
  "WHERE conversationType IS NOT NULL"

gboolean
openim_conversations_hide (OpenimDb *db, const char *conversation_id, GError **error)
{
  return conversation_id != NULL
             ? openim_db_run (db, error, HIDE " AND conversationID = ?1", "s", conversation_id)
             : openim_db_run (db, error, HIDE, "");
}
