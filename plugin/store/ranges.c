/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/ranges.h"

#include "store/db.h"

#define SEQ_MAX (G_MAXINT64 - 1) /* so that a neighbour can be written */

/* Widens @range to all stored ranges that it meets or touches. @count: how many; @covered: one of them has
 * all of it. */
static gboolean
widen (OpenimDb *db, gint64 conversation, OpenimRange *range, guint *count, gboolean *covered, GError **error)
{
  const OpenimRange wanted = *range;
  gboolean row;
  /* Downwards from the last one that begins early enough: most often the first step is the only one. */
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error,
                       "SELECT first, last FROM ranges WHERE conversation = ?1 AND first <= ?2 + 1 "
                       "ORDER BY first DESC",
                       "ii", conversation, wanted.end);

  *count = 0;
  *covered = FALSE;
  if (statement == NULL)
    return FALSE;
  for (;;) {
    if (!openim_statement_next (statement, &row, error))
      return FALSE;
    if (!row)
      return TRUE;
    gint64 first = sqlite3_column_int64 (statement, 0);
    gint64 last = sqlite3_column_int64 (statement, 1);
    if (last < wanted.begin - 1)
      return TRUE;
    (*count)++;
    *covered |= first <= wanted.begin && last >= wanted.end;
    range->begin = MIN (range->begin, first);
    range->end = MAX (range->end, last);
  }
}

static gboolean
contains (const OpenimRange *range, const OpenimRange *part)
{
  return range->end > 0 && part->begin >= range->begin && part->end <= range->end;
}

gboolean
openim_ranges_add (OpenimDb *db, const char *conversation_id, gint64 begin, gint64 end, GError **error)
{
  OpenimRange range = { MAX (begin, 1), MIN (end, SEQ_MAX) };
  gint64 conversation;
  guint count;
  gboolean covered;
  OpenimKnown *known;

  if (range.begin > range.end)
    return TRUE;
  if (!openim_db_conversation (db, conversation_id, TRUE, &conversation, error))
    return FALSE;
  known = openim_db_known (db, conversation_id);
  if (contains (&known->newest, &range) || contains (&known->had, &range))
    return TRUE;
  if (known->newest.end > 0 && range.begin == known->newest.end + 1) {
    known->newest.end = range.end; /* the usual case: one more at the end */
    return openim_db_run (db, error, "UPDATE ranges SET last = ?3 WHERE conversation = ?1 AND first = ?2",
                          "iii", conversation, known->newest.begin, range.end);
  }
  if (!widen (db, conversation, &range, &count, &covered, error))
    return FALSE;
  known->had = range;
  if (covered)
    return TRUE;
  known->newest.end = 0;
  if (count == 1 && range.begin < begin)
    return openim_db_run (db, error, "UPDATE ranges SET last = ?3 WHERE conversation = ?1 AND first = ?2",
                          "iii", conversation, range.begin, range.end);
  if (count > 0 &&
      !openim_db_run (db, error, "DELETE FROM ranges WHERE conversation = ?1 AND first BETWEEN ?2 AND ?3",
                      "iii", conversation, range.begin, range.end))
    return FALSE;
  return openim_db_run (db, error, "INSERT INTO ranges (conversation, first, last) VALUES (?1, ?2, ?3)",
                        "iii", conversation, range.begin, range.end);
}

/* Stored ranges that meet begin…end, ascending. */
static GArray *
list_ranges (OpenimDb *db, const char *conversation_id, gint64 begin, gint64 end, GError **error)
{
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (OpenimRange));
  gint64 conversation;
  gboolean row;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error))
    return NULL;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error,
      "SELECT first, last FROM ranges WHERE conversation = ?1 AND first <= ?3 AND last >= ?2 "
      "ORDER BY first",
      "iii", conversation, begin, end);
  if (statement == NULL)
    return NULL;
  for (;;) {
    if (!openim_statement_next (statement, &row, error))
      return NULL;
    if (!row)
      return g_steal_pointer (&ranges);
    OpenimRange range = { sqlite3_column_int64 (statement, 0), sqlite3_column_int64 (statement, 1) };
    g_array_append_val (ranges, range);
  }
}

GArray *
openim_ranges_missing (OpenimDb *db, const char *conversation_id, gint64 begin, gint64 end, GError **error)
{
  begin = MAX (begin, 1);
  end = MIN (end, SEQ_MAX);
  g_autoptr (GArray) there = list_ranges (db, conversation_id, begin, end, error);
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (OpenimRange));

  if (there == NULL)
    return NULL;
  for (guint i = 0; i < there->len; i++) {
    const OpenimRange *range = &g_array_index (there, OpenimRange, i);
    if (range->begin > begin) {
      OpenimRange hole = { begin, range->begin - 1 };
      g_array_append_val (missing, hole);
    }
    begin = range->end + 1;
  }
  if (begin <= end) {
    OpenimRange hole = { begin, end };
    g_array_append_val (missing, hole);
  }
  return g_steal_pointer (&missing);
}

GArray *
openim_ranges_all (OpenimDb *db, const char *conversation_id, GError **error)
{
  return list_ranges (db, conversation_id, 1, SEQ_MAX, error);
}

gint64
openim_ranges_max (OpenimDb *db, const char *conversation_id, GError **error)
{
  gint64 conversation;
  OpenimKnown *known;
  gboolean row;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error))
    return -1;
  if (conversation == 0)
    return 0;
  known = openim_db_known (db, conversation_id);
  if (known->newest.end == 0) {
    g_autoptr (OpenimStatement) statement = openim_db_query (
        db, error, "SELECT first, last FROM ranges WHERE conversation = ?1 ORDER BY first DESC LIMIT 1", "i",
        conversation);
    if (statement == NULL || !openim_statement_next (statement, &row, error))
      return -1;
    if (row) {
      known->newest.begin = sqlite3_column_int64 (statement, 0);
      known->newest.end = sqlite3_column_int64 (statement, 1);
    }
  }
  return known->newest.end;
}

gboolean
openim_ranges_clear (OpenimDb *db, const char *conversation_id, GError **error)
{
  gint64 conversation;

  if (!openim_db_conversation (db, conversation_id, FALSE, &conversation, error))
    return FALSE;
  if (conversation != 0) {
    OpenimKnown *known = openim_db_known (db, conversation_id);
    known->newest.end = known->had.end = 0;
  }
  return openim_db_run (db, error, "DELETE FROM ranges WHERE conversation = ?1", "i", conversation);
}
