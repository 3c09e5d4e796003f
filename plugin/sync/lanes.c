/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A lane is a conversation that waits: for seqs that are fetched, or for the list of groups. Its later
 * messages queue up behind. Ends when all is there, when fetching fails again and again, or at a deadline;
 * then the messages go on, and what is still missing stays a hole: if the next sync finds it, those messages
 * are told late, which is better than never. */

#include "store/ranges.h"
#include "sync/internal.h"

/* ms that a message waits at most */
#define PATIENCE 12000

/* ms before a failed request is made again */
static const guint pauses[] = { 0, 250, 1000, 3000 };

typedef struct {
  grefcount refs;
  OpenimSync *sync; /* (unowned) */
  char *id;
  gboolean notification;
  gint64 silent_to; /* no events for the seqs up to this one */
  gboolean found;   /* opened by a sync */
  gboolean asked;   /* waited for the list of groups */
  guint run;

  GArray *seqs; /* gint64, ascending: to be fetched */
  guint next;   /* in seqs */
  guint asking; /* how many seqs are asked for */
  gint64 begin; /* seqs from here to the end of a chunk are had when it came */
  gint64 end;
  guint failures;
  guint retry;

  GPtrArray *waiting; /* OpenimMsgData */
  struct {
    GArray *missing; /* (nullable) what a sync wants of it when this is over */
    gint64 begin, end;
    gint64 silent_to;
    guint run;
  } next_want;
  guint deadline;
  GArray *waiters; /* Waiter: who is told when it is over */
  gboolean closed; /* not in the table any more */
} Lane;

typedef struct {
  OpenimWaitFunc done;
  gpointer data;
} Waiter;

struct _OpenimLanes {
  OpenimSync *sync;  /* (unowned) */
  GHashTable *lanes; /* id → Lane */
};

static void
lane_unref (Lane *lane)
{
  if (!g_ref_count_dec (&lane->refs))
    return;
  g_free (lane->id);
  g_clear_pointer (&lane->seqs, g_array_unref);
  g_ptr_array_unref (lane->waiting);
  g_array_unref (lane->waiters);
  g_clear_pointer (&lane->next_want.missing, g_array_unref);
  g_free (lane);
}

static Lane *
lane_ref (Lane *lane)
{
  g_ref_count_inc (&lane->refs);
  return lane;
}

/* The table lets go of it. */
static void
lane_drop (gpointer p)
{
  Lane *lane = p;

  lane->closed = TRUE;
  g_clear_handle_id (&lane->deadline, g_source_remove);
  g_clear_handle_id (&lane->retry, g_source_remove);
  for (guint i = 0; i < lane->waiters->len; i++) {
    const Waiter *waiter = &g_array_index (lane->waiters, Waiter, i);

    waiter->done (waiter->data);
  }
  lane_unref (lane);
}

OpenimLanes *
openim_lanes_new (OpenimSync *sync)
{
  OpenimLanes *self = g_new0 (OpenimLanes, 1);

  self->sync = sync;
  self->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, lane_drop);
  return self;
}

void
openim_lanes_stop (OpenimLanes *self)
{
  g_hash_table_remove_all (self->lanes);
}

void
openim_lanes_free (OpenimLanes *self)
{
  g_hash_table_unref (self->lanes);
  g_free (self);
}

static Lane *
lane_open (OpenimLanes *self, const char *id, gboolean notification)
{
  Lane *lane = g_new0 (Lane, 1);

  g_ref_count_init (&lane->refs);
  lane->sync = self->sync;
  lane->id = g_strdup (id);
  lane->notification = notification;
  /* What came while the store looked is behind it. */
  lane->waiting = openim_intake_take (self->sync->intake, id);
  lane->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_hash_table_insert (self->lanes, lane->id, lane);
  return lane;
}

/* The messages go on. @force: whatever is missing before them. */
static void
lane_close (Lane *lane, gboolean force)
{
  OpenimSync *sync = lane->sync;
  OpenimItem *item = openim_item_new (lane->id, lane->notification);

  g_ptr_array_extend_and_steal (item->messages, g_steal_pointer (&lane->waiting));
  lane->waiting = g_ptr_array_new_with_free_func (openim_pb_free);
  item->force = force;
  item->asked = lane->asked;
  item->run = lane->run;
  lane->run = 0;
  openim_intake_add (sync->intake, item);
  lane_ref (lane);
  g_hash_table_remove (sync->lanes->lanes, lane->id);
  if (lane->next_want.missing != NULL && !sync->stopped)
    openim_lanes_open (sync->lanes, lane->id, lane->notification, lane->next_want.missing,
                       lane->next_want.begin, lane->next_want.end, lane->next_want.silent_to,
                       lane->next_want.run);
  lane_unref (lane);
}

static gboolean
on_deadline (gpointer user_data)
{
  Lane *lane = user_data;
  g_autofree char *stub = openim_log_id (lane->id);

  lane->deadline = 0;
  openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "%s: messages waited too long for those before them",
              stub);
  lane_close (lane, TRUE);
  return G_SOURCE_REMOVE;
}

static void
lane_patience (Lane *lane)
{
  if (lane->deadline == 0 && lane->waiting->len > 0) {
    lane->deadline = g_timeout_add (PATIENCE, on_deadline, lane);
    openim_fetch_hurry (lane->sync->fetch, lane->id);
  }
}

static void lane_fetch (Lane *lane);

static gboolean
on_retry (gpointer user_data)
{
  Lane *lane = user_data;

  lane->retry = 0;
  lane_fetch (lane);
  return G_SOURCE_REMOVE;
}

static void
lane_failed (Lane *lane)
{
  guint failure = lane->failures++;

  if (!lane->sync->connected)
    g_hash_table_remove (lane->sync->lanes->lanes, lane->id); /* the next sync asks anew */
  else if (failure >= G_N_ELEMENTS (pauses))
    lane_close (lane, TRUE);
  else if (pauses[failure] == 0)
    lane_fetch (lane);
  else
    lane->retry = g_timeout_add (pauses[failure], on_retry, lane);
}

static void
on_fetched (OpenimSync *sync, gpointer data, OpenimFetched *fetched, const GError *error)
{
  Lane *lane = data;
  OpenimItem *item;
  gboolean last;

  if (sync->stopped) {
    lane_unref (lane);
    return;
  }
  if (error != NULL) {
    if (!lane->closed)
      lane_failed (lane);
    lane_unref (lane);
    return;
  }

  item = openim_item_new (lane->id, lane->notification);
  g_ptr_array_extend_and_steal (item->messages, g_steal_pointer (&fetched->messages));
  last = lane->next + lane->asking >= lane->seqs->len;
  item->begin = lane->begin;
  item->end = last ? lane->end : g_array_index (lane->seqs, gint64, lane->next + lane->asking - 1);
  item->force = TRUE;
  item->silent = g_array_index (lane->seqs, gint64, lane->next + lane->asking - 1) <= lane->silent_to;
  item->found = lane->found;
  lane->begin = MAX (lane->begin, item->end + 1);
  lane->next += lane->asking;
  lane->failures = 0;
  openim_intake_add (sync->intake, item);

  /* Too late for the messages that waited, not for history: one chunk is taken, the rest is left. */
  if (!lane->closed) {
    if (last)
      lane_close (lane, FALSE);
    else
      lane_fetch (lane);
  }
  lane_unref (lane);
}

static void
lane_fetch (Lane *lane)
{
  const gint64 *seqs = &g_array_index (lane->seqs, gint64, lane->next);

  lane->asking = MIN (lane->seqs->len - lane->next, (guint) OPENIM_SYNC_CHUNK);
  /* A chunk is news, or it is not. */
  while (seqs[0] <= lane->silent_to && seqs[lane->asking - 1] > lane->silent_to)
    lane->asking--;
  openim_fetch_seqs (lane->sync->fetch, lane->id, seqs, lane->asking, FALSE, lane->waiting->len > 0,
                     on_fetched, lane_ref (lane));
}

void
openim_lanes_open (OpenimLanes *self,
                   const char *id,
                   gboolean notification,
                   GArray *missing,
                   gint64 begin,
                   gint64 end,
                   gint64 silent_to,
                   guint run)
{
  Lane *lane = g_hash_table_lookup (self->lanes, id);

  if (lane != NULL) {
    /* Part of it is being fetched already. Only syncs come here, one at a time. */
    g_clear_pointer (&lane->next_want.missing, g_array_unref);
    lane->next_want.missing = g_array_ref (missing);
    lane->next_want.begin = begin;
    lane->next_want.end = end;
    lane->next_want.silent_to = silent_to;
    lane->next_want.run = run;
    return;
  }
  lane = lane_open (self, id, notification);
  lane->silent_to = silent_to;
  lane->found = run != 0;
  lane->run = run;
  lane->begin = begin;
  lane->end = end;
  lane->seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < missing->len; i++) {
    const OpenimRange *range = &g_array_index (missing, OpenimRange, i);

    for (gint64 seq = range->begin; seq <= range->end; seq++)
      g_array_append_val (lane->seqs, seq);
  }
  lane_patience (lane);
  lane_fetch (lane);
}

static void
on_groups (OpenimSync *sync, gpointer data, const GError *error)
{
  Lane *lane = data;

  if (!sync->stopped && !lane->closed) {
    lane->asked = TRUE;
    lane_close (lane, FALSE);
  }
  lane_unref (lane);
}

void
openim_lanes_defer (OpenimLanes *self, OpenimItem *item)
{
  Lane *lane = g_hash_table_lookup (self->lanes, item->id);
  GPtrArray *before = g_steal_pointer (&item->messages);

  item->messages = g_ptr_array_new_with_free_func (openim_pb_free);
  if (lane != NULL) {
    /* A sync has opened it meanwhile; sorting by seq mends the order. */
    g_ptr_array_extend_and_steal (lane->waiting, before);
    lane_patience (lane);
  } else if (item->unknown_group != NULL) {
    lane = lane_open (self, item->id, FALSE);
    g_ptr_array_extend_and_steal (before, g_steal_pointer (&lane->waiting));
    lane->waiting = before;
    lane_patience (lane);
    openim_lists_update (self->sync->lists, OPENIM_LIST_GROUPS, NULL, OPENIM_LIST_PLAIN, on_groups,
                         lane_ref (lane));
  } else {
    const OpenimRange *first = &g_array_index (item->hole, OpenimRange, 0);
    const OpenimRange *last = &g_array_index (item->hole, OpenimRange, item->hole->len - 1);

    openim_lanes_open (self, item->id, item->notification, item->hole, first->begin, last->end, 0, 0);
    lane = g_hash_table_lookup (self->lanes, item->id);
    g_ptr_array_extend_and_steal (before, g_steal_pointer (&lane->waiting));
    lane->waiting = before;
    lane->asked = item->asked;
    lane_patience (lane);
  }
  openim_item_free (item);
}

gboolean
openim_lanes_hold (OpenimLanes *self, const char *id, GPtrArray *messages)
{
  Lane *lane = g_hash_table_lookup (self->lanes, id);

  if (lane == NULL)
    return FALSE;
  g_ptr_array_extend_and_steal (lane->waiting, messages);
  lane_patience (lane);
  return TRUE;
}

gboolean
openim_lanes_wait (OpenimLanes *self, const char *id, OpenimWaitFunc done, gpointer data)
{
  Lane *lane = g_hash_table_lookup (self->lanes, id);
  const Waiter waiter = { done, data };

  if (lane == NULL)
    return FALSE;
  g_array_append_vals (lane->waiters, &waiter, 1);
  openim_fetch_hurry (self->sync->fetch, id);
  return TRUE;
}

void
openim_lanes_disconnected (OpenimLanes *self)
{
  /* Messages that waited are dropped unstored: the server has them, and the sync after the next connect
   * brings them in their turn. */
  g_hash_table_remove_all (self->lanes);
}
