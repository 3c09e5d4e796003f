/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rewind.h"

#include "store/message-rows.h"
#include "store/ranges.h"
#include "store/settings.h"

#define REWOUND "rewound" /* the setting, and its values */
#define NOTICED "noticed"
#define SYNCING "syncing"
#define SLACK 60000 /* ms by which messages may overtake each other on their way into the server */

/* (element-type gint64), ascending. */
static GArray *
list_slots (OpenimDb *db, gint64 conversation, gint64 max, GError **error)
{
  g_autoptr (GArray) slots = g_array_new (FALSE, FALSE, sizeof (gint64));
  gboolean there;
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error,
                       "SELECT slot FROM messages WHERE conversation = ?1 AND slot > max(?2, 0) "
                       "ORDER BY slot",
                       "ii", conversation, max);

  if (statement == NULL)
    return NULL;
  for (;;) {
    gint64 slot;

    if (!openim_statement_next (statement, &there, error))
      return NULL;
    if (!there)
      return g_steal_pointer (&slots);
    slot = sqlite3_column_int64 (statement, 0);
    g_array_append_val (slots, slot);
  }
}

/* A placeholder is nothing but its seq. */
static gboolean
forget_placeholders (OpenimDb *db, gint64 conversation, GError **error)
{
  return openim_db_run (db, error,
                        "DELETE FROM messages WHERE conversation = ?1 AND slot > 0 AND status >= 4 "
                        "AND clientMsgID IS NULL",
                        "i", conversation);
}

gboolean
openim_seqs_rewind (OpenimDb *db, const char *conversation_id, gint64 max, GError **error)
{
  g_autoptr (GArray) slots = NULL;
  gint64 conversation;

  if (!openim_db_conversation (db, conversation_id, TRUE, &conversation, error) ||
      !openim_ranges_clear (db, conversation_id, error) || !forget_placeholders (db, conversation, error))
    return FALSE;
  slots = list_slots (db, conversation, max, error);
  for (guint i = 0; slots != NULL && i < slots->len; i++) {
    OpenimMessageBrief row;

    if (!openim_message_row_at (db, conversation, g_array_index (slots, gint64, i), &row, error) ||
        !openim_message_row_displace (db, conversation, &row, error))
      return FALSE;
  }
  return slots != NULL &&
         openim_db_run (db, error,
                        "UPDATE conversations SET maxSeq = 0, hasReadSeq = 0, minSeq = 0 WHERE id = ?1", "i",
                        conversation);
}

static gboolean
rewind_as (OpenimDb *db, const char *state, GError **error)
{
  openim_db_forget (db);
  return openim_settings_set (db, REWOUND, state, error) &&
         openim_db_run (db, error, "DELETE FROM ranges", "") &&
         openim_db_run (db, error,
                        "DELETE FROM messages WHERE slot > 0 AND status >= 4 AND clientMsgID IS NULL", "") &&
         openim_db_run (db, error, "UPDATE conversations SET maxSeq = 0, hasReadSeq = 0, minSeq = 0", "");
}

gboolean
openim_seqs_rewind_all (OpenimDb *db, GError **error)
{
  return rewind_as (db, NOTICED, error);
}

/* @state: NULL when nothing was rewound. (transfer full) */
static gboolean
get_state (OpenimDb *db, char **state, GError **error)
{
  g_autoptr (GError) local = NULL;

  *state = openim_settings_get (db, REWOUND, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
openim_seqs_begin_sync (OpenimDb *db, GError **error)
{
  g_autofree char *state = NULL;

  return get_state (db, &state, error) && (state == NULL || rewind_as (db, SYNCING, error));
}

gboolean
openim_seqs_end_sync (OpenimDb *db, GError **error)
{
  g_autofree char *state = NULL;

  return get_state (db, &state, error) &&
         (g_strcmp0 (state, SYNCING) != 0 || openim_settings_set (db, REWOUND, NULL, error));
}

gboolean
openim_seqs_is_noticed (OpenimDb *db, gboolean *noticed, GError **error)
{
  g_autofree char *state = NULL;

  if (!get_state (db, &state, error))
    return FALSE;
  *noticed = g_strcmp0 (state, NOTICED) == 0;
  return TRUE;
}

gboolean
openim_seqs_contradict (OpenimDb *db,
                        const char *conversation_id,
                        const OpenimMsgData *data,
                        gboolean *contradict,
                        GError **error)
{
  gint64 conversation, later = G_MAXINT64;
  OpenimMessageBrief at_seq, of_id;

  *contradict = FALSE;
  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error) ||
      !openim_message_row_at (db, conversation, data->seq, &at_seq, error) ||
      !openim_message_row_of (db, conversation, data->clientmsgid, &of_id, error) ||
      !openim_db_get_int (
          db, &later, error,
          "SELECT sendTime FROM messages WHERE conversation = ?1 AND slot > ?2 AND status < 4 "
          "ORDER BY slot LIMIT 1",
          "ii", conversation, data->seq))
    return FALSE;
  if (at_seq.found)
    *contradict = at_seq.is_named && *data->clientmsgid != '\0' && (!of_id.found || of_id.slot != data->seq);
  else
    *contradict = data->sendtime > 0 && later < data->sendtime - SLACK;
  return TRUE;
}

gboolean
openim_seqs_find_anchor (OpenimDb *db, const char *conversation_id, gint64 last, gint64 *seq, GError **error)
{
  gint64 conversation;

  *seq = 0;
  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         openim_db_get_int (
             db, seq, error,
             "SELECT slot FROM (SELECT first, last FROM ranges WHERE conversation = ?1 AND first <= ?2 "
             "ORDER BY first DESC LIMIT 1) "
             "CROSS JOIN messages ON conversation = ?1 AND slot BETWEEN first AND min(last, ?2) "
             "WHERE clientMsgID IS NOT NULL ORDER BY slot DESC LIMIT 1",
             "ii", conversation, last);
}

gboolean
openim_seqs_newest_time (OpenimDb *db, const char *conversation_id, gint64 *time, GError **error)
{
  gint64 conversation;

  *time = 0;
  return openim_db_conversation (db, conversation_id, FALSE, &conversation, error) &&
         openim_db_get_int (db, time, error,
                            "SELECT sendTime FROM messages WHERE conversation = ?1 AND slot > 0 AND "
                            "status < 4 ORDER BY slot DESC LIMIT 1",
                            "i", conversation);
}
