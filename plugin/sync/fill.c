/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Filling of history: what is missing of a range, chunk by chunk, without events. What a sync is about to
 * fetch is news, and told; therefore it goes first. */

#include "store/ranges.h"
#include "sync/internal.h"

#define PATIENCE 5000 /* ms; whoever looks at history does not wait longer for a sync */
#define TURNS 50

typedef struct {
  char *id;
  guint turns;      /* how often the sync was looked at */
  guint connection; /* in which nothing of this range was news any more */
  guint timer;
  gboolean late;
  gint64 begin, end;
  gboolean descending;
  GArray *missing; /* gint64, in the order in which they are fetched */
  guint next;
  guint asking;
  gint64 end_seq;
  gboolean over; /* the server has told where history ends */
  OpenimItem *item;
} Fill;

static void
fill_free (gpointer p)
{
  Fill *fill = p;

  g_clear_handle_id (&fill->timer, g_source_remove);
  g_free (fill->id);
  g_clear_pointer (&fill->missing, g_array_unref);
  openim_item_free (fill->item);
  g_free (fill);
}

/* @row: NULL when there is none. */
static gboolean
get_row (OpenimDb *db, const Fill *fill, OpenimConversationRow **row, GError **error)
{
  g_autoptr (GError) local = NULL;

  *row = openim_conversations_get (db, fill->id, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
find_missing (OpenimDb *db, gpointer job, GError **error)
{
  Fill *fill = g_task_get_task_data (job);
  g_autoptr (OpenimConversationRow) row = NULL;
  g_autoptr (GArray) ranges = NULL;

  if (!get_row (db, fill, &row, error))
    return FALSE;
  /* What lies beyond is news, if it is there at all. */
  ranges = openim_ranges_missing (db, fill->id, fill->begin, row != NULL ? MIN (fill->end, row->max_seq) : 0,
                                  error);
  if (ranges == NULL)
    return FALSE;
  fill->missing = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < ranges->len; i++) {
    const OpenimRange *range =
        &g_array_index (ranges, OpenimRange, fill->descending ? ranges->len - 1 - i : i);

    for (gint64 k = 0; k <= range->end - range->begin && fill->missing->len < OPENIM_SYNC_NOTICES; k++) {
      gint64 seq = fill->descending ? range->end - k : range->begin + k;

      g_array_append_val (fill->missing, seq);
    }
  }
  return TRUE;
}

static gboolean
apply_chunk (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Fill *fill = g_task_get_task_data (job);
  g_autoptr (OpenimConversationRow) row = NULL;

  if (!openim_item_apply (db, fill->item, effects, error) || !get_row (db, fill, &row, error))
    return FALSE;
  /* Those that the server did not send lie outside of what this user may see; or they were of an earlier
   * count, and then they are still to come. */
  for (guint i = 0; row != NULL && i < fill->asking; i++) {
    gint64 seq = g_array_index (fill->missing, gint64, fill->next + i);

    if (seq <= row->max_seq && !openim_ranges_add (db, fill->id, seq, seq, error))
      return FALSE;
  }
  return !(fill->over && fill->descending && fill->end_seq > 0) ||
         openim_conversations_set_min_seq (db, fill->id, fill->end_seq, error);
}

static void fetch_chunk (OpenimSync *self, GTask *task);
static void take_turn (GTask *task);

/* After another connection there may be news again. */
static gboolean
is_outdated (OpenimSync *self, GTask *task)
{
  Fill *fill = g_task_get_task_data (task);

  if (self->stopped || (self->connected && fill->connection == self->connections))
    return FALSE;
  fill->turns = 0;
  fill->next = 0;
  g_clear_pointer (&fill->missing, g_array_unref);
  take_turn (task);
  return TRUE;
}

static void
on_applied (OpenimSync *self, gpointer job, const GError *error)
{
  GTask *task = job;
  Fill *fill = g_task_get_task_data (task);

  if (error != NULL || self->stopped) {
    g_task_return_error (task, openim_sync_error (self, error));
    g_object_unref (task);
    return;
  }
  fill->next += fill->asking;
  fetch_chunk (self, task);
}

static void
on_fetched (OpenimSync *self, gpointer data, OpenimFetched *fetched, const GError *error)
{
  GTask *task = data;
  Fill *fill = g_task_get_task_data (task);

  if (error != NULL) {
    g_task_return_error (task, openim_sync_error (self, error));
    g_object_unref (task);
    return;
  }
  if (is_outdated (self, task))
    return;
  g_clear_pointer (&fill->item, openim_item_free);
  fill->item = openim_item_new (fill->id, FALSE);
  g_ptr_array_extend_and_steal (fill->item->messages, g_steal_pointer (&fetched->messages));
  fill->item->force = TRUE;
  fill->item->silent = TRUE;
  if (fetched->is_end) {
    fill->over = TRUE;
    fill->end_seq = fetched->end_seq;
  }
  openim_sync_write (self, OPENIM_STORE_WRITE, apply_chunk, task, NULL, on_applied);
}

static void
fetch_chunk (OpenimSync *self, GTask *task)
{
  Fill *fill = g_task_get_task_data (task);

  if (fill->next >= fill->missing->len || fill->over || g_task_return_error_if_cancelled (task)) {
    if (!g_task_get_completed (task) && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
      g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  fill->asking = MIN (fill->missing->len - fill->next, (guint) OPENIM_SYNC_CHUNK);
  openim_fetch_seqs (self->fetch, fill->id, &g_array_index (fill->missing, gint64, fill->next), fill->asking,
                     fill->descending, TRUE, on_fetched, task);
}

static void
on_missing (OpenimSync *self, gpointer job, const GError *error)
{
  GTask *task = job;

  if (error != NULL || self->stopped) {
    g_task_return_error (task, openim_sync_error (self, error));
    g_object_unref (task);
    return;
  }
  if (!is_outdated (self, task))
    fetch_chunk (self, task);
}

/* ---- waiting for one's turn */

typedef struct {
  GTask *task; /* (owned) */
  guint turn;
} Wait;

static void
on_turn (gpointer data)
{
  Wait *wait = data;
  Fill *fill = g_task_get_task_data (wait->task);

  if (wait->turn == fill->turns)
    take_turn (wait->task);
  g_object_unref (wait->task);
  g_free (wait);
}

static gboolean
on_late (gpointer data)
{
  Fill *fill = g_task_get_task_data (data);

  fill->timer = 0;
  fill->late = TRUE;
  take_turn (data);
  return G_SOURCE_REMOVE;
}

static void
take_turn (GTask *task)
{
  OpenimSync *self = g_task_get_source_object (task);
  Fill *fill = g_task_get_task_data (task);

  if (!self->stopped && self->connected && !fill->late && fill->turns++ < TURNS) {
    Wait *wait = g_new0 (Wait, 1);

    wait->task = g_object_ref (task);
    wait->turn = fill->turns;
    if (openim_run_wait (self->run, fill->id, on_turn, wait) ||
        openim_lanes_wait (self->lanes, fill->id, on_turn, wait) ||
        openim_intake_wait (self->intake, on_turn, wait)) {
      if (fill->timer == 0)
        fill->timer = g_timeout_add (PATIENCE, on_late, task);
      return;
    }
    g_object_unref (wait->task);
    g_free (wait);
  }

  fill->turns = G_MAXUINT; /* of no wait */
  fill->connection = self->connections;
  g_clear_handle_id (&fill->timer, g_source_remove);
  if (self->stopped || !self->connected) {
    g_autoptr (GError) error = g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK, "not connected");

    g_task_return_error (task, openim_sync_error (self, error));
    g_object_unref (task);
    return;
  }
  openim_sync_read (self, find_missing, task, NULL, on_missing);
}

void
openim_sync_fill_async (OpenimSync *self,
                        const char *conversation_id,
                        gint64 begin,
                        gint64 end,
                        gboolean descending,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Fill *fill = g_new0 (Fill, 1);

  g_task_set_source_tag (task, openim_sync_fill_async);
  fill->id = g_strdup (conversation_id);
  fill->begin = MAX (begin, 1);
  fill->end = MIN (end, OPENIM_SYNC_MAX_SEQ);
  fill->descending = descending;
  g_task_set_task_data (task, fill, fill_free);
  take_turn (task);
}

gboolean
openim_sync_fill_finish (OpenimSync *self, GAsyncResult *result, gint64 *end_seq, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (end_seq != NULL)
    *end_seq = ((Fill *) g_task_get_task_data (G_TASK (result)))->end_seq;
  return g_task_propagate_boolean (G_TASK (result), error);
}
