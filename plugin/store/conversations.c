/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/conversations.h"

#include "base/pb.h"
#include "store/columns.h"
#include "store/db.h"
#include "store/lists.h"

/* Columns of the table that are fields of IMConversation, in the order of SELECT. */
static const char *const info_fields[] = {
  "conversationID", "conversationType",  "userID",       "groupID",   "showName",
  "faceURL",        "recvMsgOpt",        "groupAtType",  "draftText", "draftTextTime",
  "isPinned",       "isPrivateChat",     "burnDuration", "ex",        "msgDestructTime",
  "isMsgDestruct",  "latestMsgSendTime",
};

/* Seqs behind the read mark, without those that were deleted. */
#define UNREAD                                                                                               \
  "iif(maxSeq <= hasReadSeq, 0, max(maxSeq - hasReadSeq - (SELECT count(*) FROM messages "                   \
  "INDEXED BY messages_deleted WHERE conversation = conversations.id AND status = 4 "                        \
  "AND slot > hasReadSeq AND slot <= maxSeq), 0))"

#define SELECT                                                                                               \
  "SELECT conversationID, conversationType, userID, groupID, showName, faceURL, recvMsgOpt, groupAtType, "   \
  "draftText, draftTextTime, isPinned, isPrivateChat, burnDuration, ex, msgDestructTime, isMsgDestruct, "    \
  "latestMsgSendTime, maxSeq, minSeq, hasReadSeq, " UNREAD " FROM conversations "

void
openim_conversation_row_free (OpenimConversationRow *row)
{
  if (row == NULL)
    return;
  openim_pb_free (row->info);
  openim_stored_message_free (row->latest);
  g_free (row);
}

/* ---- reading */

static OpenimConversationRow *
read_row (OpenimStatement *statement)
{
  OpenimConversationRow *row = g_new0 (OpenimConversationRow, 1);
  int column = 0;

  row->info = openim_pb_new (&openim__sdk__shared__imconversation__descriptor);
  for (; column < (int) G_N_ELEMENTS (info_fields); column++)
    openim_columns_read (statement, column, row->info,
                         openim_pb_field (row->info->base.descriptor, info_fields[column]));
  row->max_seq = sqlite3_column_int64 (statement, column++);
  row->min_seq = sqlite3_column_int64 (statement, column++);
  row->has_read_seq = sqlite3_column_int64 (statement, column++);
  row->info->unreadcount = (gint32) CLAMP (sqlite3_column_int64 (statement, column), 0, G_MAXINT32);
  return row;
}

/* A conversation that is not in the list has no latest message. */
static gboolean
read_latest (OpenimDb *db, OpenimConversationRow *row, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (row->info->latestmsgsendtime == 0)
    return TRUE;
  row->latest = openim_messages_latest (db, row->info->conversationid, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

OpenimConversationRow *
openim_conversations_get (OpenimDb *db, const char *conversation_id, GError **error)
{
  g_autoptr (OpenimConversationRow) row = NULL;
  gboolean there;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error, SELECT "WHERE conversationID = ?1 AND conversationType IS NOT NULL", "s", conversation_id);

  if (statement == NULL || !openim_statement_next (statement, &there, error) || !there)
    return NULL;
  row = read_row (statement);
  return read_latest (db, row, error) ? g_steal_pointer (&row) : NULL;
}

GPtrArray *
openim_conversations_list (OpenimDb *db, gint64 offset, gint64 count, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_conversation_row_free);
  gboolean there;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error,
      SELECT "WHERE conversationType IS NOT NULL AND latestMsgSendTime <> 0 "
             "ORDER BY isPinned DESC, max(latestMsgSendTime, draftTextTime) DESC, conversationID "
             "LIMIT ?1 OFFSET ?2",
      "ii", count > 0 ? count : -1, offset);

  if (statement == NULL)
    return NULL;
  for (;;) {
    if (!openim_statement_next (statement, &there, error))
      return NULL;
    if (!there)
      return g_steal_pointer (&rows);
    OpenimConversationRow *row = read_row (statement);
    g_ptr_array_add (rows, row);
    if (!read_latest (db, row, error))
      return NULL;
  }
}

/* First column of every row. */
static GPtrArray *
read_texts (OpenimStatement *statement, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  gboolean there;

  if (statement == NULL)
    return NULL;
  for (;;) {
    if (!openim_statement_next (statement, &there, error))
      return NULL;
    if (!there)
      return g_steal_pointer (&texts);
    g_ptr_array_add (texts, g_strdup (openim_statement_text (statement, 0)));
  }
}

GPtrArray *
openim_conversations_all_ids (OpenimDb *db, GError **error)
{
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error, "SELECT conversationID FROM conversations WHERE conversationType IS NOT NULL ORDER BY id",
      "");

  return read_texts (statement, error);
}

GPtrArray *
openim_conversations_search (OpenimDb *db, const char *text, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_conversation_row_free);
  g_autofree char *wanted = g_utf8_casefold (text, -1);
  gboolean there;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error,
      SELECT "WHERE conversationType IS NOT NULL ORDER BY coalesce(nullif(latestMsgSendTime, "
             "0), hiddenTime) DESC, conversationID",
      "");

  if (statement == NULL)
    return NULL;
  for (;;) {
    if (!openim_statement_next (statement, &there, error))
      return NULL;
    if (!there)
      return g_steal_pointer (&rows);
    g_autoptr (OpenimConversationRow) row = read_row (statement);
    g_autofree char *name = g_utf8_casefold (row->info->showname, -1);
    if (strstr (name, wanted) == NULL)
      continue;
    if (!read_latest (db, row, error))
      return NULL;
    g_ptr_array_add (rows, g_steal_pointer (&row));
  }
}

gint64
openim_conversations_total_unread (OpenimDb *db, GError **error)
{
  gint64 total = 0;

  if (!openim_db_get_int (
          db, &total, error,
          "SELECT sum(" UNREAD ") FROM conversations "
          "WHERE conversationType IS NOT NULL AND latestMsgSendTime <> 0 AND recvMsgOpt IN (0, 1)",
          ""))
    return -1;
  return total;
}

GHashTable *
openim_conversations_marks (OpenimDb *db, GError **error)
{
  g_autoptr (GHashTable) all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gboolean there;
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error,
                       "SELECT conversationID, maxSeq, hasReadSeq, minSeq, "
                       "(SELECT last FROM ranges WHERE conversation = id ORDER BY first DESC LIMIT 1) "
                       "FROM conversations",
                       "");

  if (statement == NULL)
    return NULL;
  for (;;) {
    if (!openim_statement_next (statement, &there, error))
      return NULL;
    if (!there)
      return g_steal_pointer (&all);
    OpenimSeqMarks *marks = g_new0 (OpenimSeqMarks, 1);
    marks->max_seq = sqlite3_column_int64 (statement, 1);
    marks->has_read_seq = sqlite3_column_int64 (statement, 2);
    marks->min_seq = sqlite3_column_int64 (statement, 3);
    marks->fetched = sqlite3_column_int64 (statement, 4);
    g_hash_table_insert (all, g_strdup (openim_statement_text (statement, 0)), marks);
  }
}

/* ---- names */

static gboolean
names_of_group (OpenimDb *db, const char *group_id, char **name, char **face_url, GError **error)
{
  gboolean there;
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error,
                       "SELECT coalesce(nullif(groupName, ''), ?1), faceURL "
                       "FROM (SELECT 1) LEFT JOIN groups ON groupID = ?1",
                       "s", group_id);

  if (statement == NULL || !openim_statement_next (statement, &there, error))
    return FALSE;
  *name = g_strdup (openim_statement_text (statement, 0));
  *face_url = g_strdup (openim_statement_text (statement, 1));
  return TRUE;
}

/* @changed (nullable) */
static gboolean
name_conversation (OpenimDb *db,
                   const char *conversation_id,
                   const char *user_id,
                   const char *group_id,
                   gboolean *changed,
                   GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *face_url = NULL;

  if (*group_id != '\0' ? !names_of_group (db, group_id, &name, &face_url, error)
                        : !openim_names_of_user (db, user_id, &name, &face_url, error))
    return FALSE;
  if (!openim_db_run (db, error,
                      "UPDATE conversations SET showName = ?2, faceURL = ?3 "
                      "WHERE conversationID = ?1 AND (showName, faceURL) IS NOT (?2, ?3)",
                      "sss", conversation_id, name, face_url))
    return FALSE;
  if (changed != NULL)
    *changed = sqlite3_changes (db->sqlite) > 0;
  return TRUE;
}

gboolean
openim_conversations_rename (
    OpenimDb *db, const char *user_id, const char *group_id, GPtrArray *changed_ids, GError **error)
{
  g_autoptr (GPtrArray) ids = NULL;
  gboolean is_group = group_id != NULL && *group_id != '\0';

  {
    g_autoptr (OpenimStatement) statement =
        is_group
            ? openim_db_query (
                  db, error,
                  "SELECT conversationID FROM conversations WHERE groupID = ?1 AND groupID <> '' "
                  "AND conversationType IS NOT NULL",
                  "s", group_id)
            : openim_db_query (db, error,
                               "SELECT conversationID FROM conversations WHERE userID = ?1 AND userID <> '' "
                               "AND groupID = '' AND conversationType IS NOT NULL",
                               "s", user_id);
    ids = read_texts (statement, error);
  }
  if (ids == NULL)
    return FALSE;
  for (guint i = 0; i < ids->len; i++) {
    gboolean changed;
    if (!name_conversation (db, ids->pdata[i], user_id, is_group ? group_id : "", &changed, error))
      return FALSE;
    if (changed && changed_ids != NULL)
      g_ptr_array_add (changed_ids, g_strdup (ids->pdata[i]));
  }
  return TRUE;
}

/* ---- writing */

gboolean
openim_conversations_ensure (OpenimDb *db,
                             const char *conversation_id,
                             int session_type,
                             const char *user_id,
                             const char *group_id,
                             gboolean *created,
                             GError **error)
{
  gint64 number;
  OpenimKnown *known;

  if (created != NULL)
    *created = FALSE;
  if (!openim_db_conversation (db, conversation_id, TRUE, &number, error))
    return FALSE;
  known = openim_db_known (db, conversation_id);
  if (known->has_kind)
    return TRUE;
  known->has_kind = TRUE;
  if (!openim_db_run (db, error,
                      "UPDATE conversations SET conversationType = ?2, userID = ?3, groupID = ?4 "
                      "WHERE id = ?1 AND conversationType IS NULL",
                      "iiss", number, (gint64) session_type, user_id != NULL ? user_id : "",
                      group_id != NULL ? group_id : ""))
    return FALSE;
  if (sqlite3_changes (db->sqlite) == 0)
    return TRUE;
  if (created != NULL)
    *created = TRUE;
  return name_conversation (db, conversation_id, user_id != NULL ? user_id : "",
                            group_id != NULL ? group_id : "", NULL, error);
}

gboolean
openim_conversations_put_settings (OpenimDb *db,
                                   const OpenimConversation *info,
                                   gboolean *changed,
                                   GError **error)
{
  gint64 number;

  if (changed != NULL)
    *changed = FALSE;
  if (!openim_db_conversation (db, info->conversationid, TRUE, &number, error) ||
      !openim_db_run (db, error,
                      "UPDATE conversations SET (conversationType, userID, groupID, recvMsgOpt, groupAtType, "
                      "isPinned, isPrivateChat, burnDuration, ex, msgDestructTime, isMsgDestruct) "
                      "= (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) WHERE id = ?1 AND "
                      "(conversationType, userID, groupID, recvMsgOpt, groupAtType, "
                      "isPinned, isPrivateChat, burnDuration, ex, msgDestructTime, isMsgDestruct) "
                      "IS NOT (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                      "iissiiiiisii", number, (gint64) info->conversationtype, info->userid, info->groupid,
                      (gint64) info->recvmsgopt, (gint64) info->groupattype, (gint64) (info->ispinned != 0),
                      (gint64) (info->isprivatechat != 0), (gint64) info->burnduration, info->ex,
                      info->msgdestructtime, (gint64) (info->ismsgdestruct != 0)))
    return FALSE;
  if (sqlite3_changes (db->sqlite) == 0)
    return TRUE;
  if (changed != NULL)
    *changed = TRUE;
  return name_conversation (db, info->conversationid, info->userid, info->groupid, NULL, error);
}

gboolean
openim_conversations_set_draft (OpenimDb *db,
                                const char *conversation_id,
                                const char *text,
                                gint64 time,
                                gboolean *changed,
                                GError **error)
{
  if (!openim_db_run (db, error,
                      "UPDATE conversations SET draftText = ?2, draftTextTime = iif(?2 = '', 0, ?3) "
                      "WHERE conversationID = ?1 AND conversationType IS NOT NULL AND draftText <> ?2",
                      "ssi", conversation_id, text, time))
    return FALSE;
  *changed = sqlite3_changes (db->sqlite) > 0;
  return TRUE;
}

gboolean
openim_conversations_set_seqs (OpenimDb *db,
                               const char *conversation_id,
                               gint64 max_seq,
                               gint64 has_read_seq,
                               gboolean *changed,
                               GError **error)
{
  gint64 number;
  gboolean there;
  gint64 old_max = 0, old_read = 0;

  if (changed != NULL)
    *changed = FALSE;
  if (!openim_db_conversation (db, conversation_id, TRUE, &number, error))
    return FALSE;
  {
    g_autoptr (OpenimStatement) statement = openim_db_query (
        db, error, "SELECT maxSeq, hasReadSeq FROM conversations WHERE id = ?1", "i", number);
    if (statement == NULL || !openim_statement_next (statement, &there, error))
      return FALSE;
    old_max = sqlite3_column_int64 (statement, 0);
    old_read = sqlite3_column_int64 (statement, 1);
  }
  max_seq = MAX (max_seq, old_max);
  has_read_seq = MAX (has_read_seq, old_read);
  if (max_seq == old_max && has_read_seq == old_read)
    return TRUE;
  if (changed != NULL)
    *changed = MAX (max_seq - has_read_seq, 0) != MAX (old_max - old_read, 0);
  return openim_db_run (db, error, "UPDATE conversations SET maxSeq = ?2, hasReadSeq = ?3 WHERE id = ?1",
                        "iii", number, max_seq, has_read_seq);
}

gboolean
openim_conversations_set_min_seq (OpenimDb *db, const char *conversation_id, gint64 min_seq, GError **error)
{
  gint64 number;

  return openim_db_conversation (db, conversation_id, TRUE, &number, error) &&
         openim_db_run (db, error, "UPDATE conversations SET minSeq = ?2 WHERE id = ?1 AND minSeq <> ?2",
                        "ii", number, min_seq);
}

gboolean
openim_conversations_arrange (OpenimDb *db, GPtrArray *ids, GError **error)
{
  gint64 used = 0;

  if (!openim_db_get_int (db, &used, error,
                          "SELECT EXISTS (SELECT 1 FROM messages) OR EXISTS (SELECT 1 FROM ranges) "
                          "OR EXISTS (SELECT 1 FROM outbox)",
                          ""))
    return FALSE;
  if (used)
    return TRUE;

  openim_db_forget (db);
  if (!openim_db_run (db, error, "UPDATE conversations SET id = -id", ""))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!openim_db_run (db, error, "UPDATE conversations SET id = ?2 WHERE conversationID = ?1 AND id < 0",
                        "si", ids->pdata[i], (gint64) i + 1))
      return FALSE;
  return openim_db_run (db, error, "UPDATE conversations SET id = ?1 - id WHERE id < 0", "i",
                        (gint64) ids->len);
}

/* Tells whether the latest message looks as it did the last time; never 0. */
static gint64
mark_of (const OpenimStoredMessage *message)
{
  g_autoptr (GBytes) packed = openim_pb_pack (message->data);

  return (gint64) (g_bytes_hash (packed) * 31 + g_str_hash (message->local_ex)) + 1;
}

gboolean
openim_conversations_refresh (OpenimDb *db,
                              const char *conversation_id,
                              OpenimConversationChange *change,
                              GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimStoredMessage) latest = NULL;
  gint64 old_time, old_mark, hidden_time;
  gboolean there;

  *change = OPENIM_CONVERSATION_SAME;
  {
    g_autoptr (OpenimStatement) statement =
        openim_db_query (db, error,
                         "SELECT latestMsgSendTime, latestMark, hiddenTime FROM conversations "
                         "WHERE conversationID = ?1 AND conversationType IS NOT NULL",
                         "s", conversation_id);
    if (statement == NULL || !openim_statement_next (statement, &there, error))
      return FALSE;
    if (!there)
      return TRUE;
    old_time = sqlite3_column_int64 (statement, 0);
    old_mark = sqlite3_column_int64 (statement, 1);
    hidden_time = sqlite3_column_int64 (statement, 2);
  }
  latest = openim_messages_latest (db, conversation_id, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }

  if (old_time == 0 && latest != NULL && latest->data->sendtime <= hidden_time)
    return TRUE;

  /* Who has emptied a conversation still finds it in the list, where it was. */
  gint64 time = latest != NULL ? MAX (latest->data->sendtime, 1) : old_time;
  gint64 mark = latest != NULL ? mark_of (latest) : 0;
  if (time == old_time && mark == old_mark)
    return TRUE;
  *change = old_time == 0 ? OPENIM_CONVERSATION_NEW : OPENIM_CONVERSATION_CHANGED;
  return openim_db_run (db, error,
                        "UPDATE conversations SET latestMsgSendTime = ?2, latestMark = ?3, hiddenTime = 0 "
                        "WHERE conversationID = ?1",
                        "sii", conversation_id, time, mark);
}
