/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One synchronisation: newest seqs (1001) and read marks (1006) first, then messages and lists side by side;
 * SyncServerStart … SyncServerFinish or SyncServerFailed around it. After a fresh start of the local database
 * ("reinstalled") it is silent but for its progress. */

#include "msg.pb-c.h"

#include "base/clock.h"
#include "base/gate.h"
#include "base/id.h"
#include "store/ranges.h"
#include "store/settings.h"
#include "sync/internal.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

#define PAUSE 5000 /* ms between the beginnings of two whole syncs */
#define ATTEMPTS 3 /* for the seqs, with waits of 2 and 4 s */

struct _OpenimRun {
  OpenimSync *sync; /* (unowned) */
  guint id;         /* of the present run; grows, never 0 */
  gboolean active;
  gboolean told;  /* with SyncServer… events */
  gboolean whole; /* with lists */
  gboolean begun; /* SyncServerStart has been told */
  gboolean ending;
  gboolean reinstalled;
  gint64 start; /* ms, monotonic */
  gboolean cut;

  guint attempt;
  guint retry;
  guint seqs_under_way;
  gboolean seqs_failed;
  gboolean seqs_stored;
  gboolean conversations_known;
  GHashTable *newest; /* id → gint64 */
  GHashTable *marks;  /* id → Openim__Msg__Seqs */

  guint parts;       /* lists that are under way */
  guint first_parts; /* those among them that come before the conversations */
  guint lanes, lanes_done;
  int progress;
};

/* What an answer belongs to. */
typedef struct {
  OpenimSync *sync;
  guint id;
  OpenimList list;
} Step;

static Step *
step_new (OpenimRun *self, OpenimList list)
{
  Step *step = g_new0 (Step, 1);

  step->sync = g_object_ref (self->sync);
  step->id = self->id;
  step->list = list;
  return step;
}

/* Frees @step; NULL when its run is over. */
static OpenimRun *
step_end (Step *step)
{
  OpenimRun *run = step->sync->stopped ? NULL : step->sync->run;

  if (run != NULL && (!run->active || run->id != step->id))
    run = NULL;
  g_object_unref (step->sync);
  g_free (step);
  return run;
}

OpenimRun *
openim_run_new (OpenimSync *sync)
{
  OpenimRun *self = g_new0 (OpenimRun, 1);

  self->sync = sync;
  return self;
}

static void
clear (OpenimRun *self)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  g_clear_pointer (&self->newest, g_hash_table_unref);
  g_clear_pointer (&self->marks, g_hash_table_unref);
}

void
openim_run_stop (OpenimRun *self)
{
  self->active = FALSE;
  clear (self);
}

void
openim_run_free (OpenimRun *self)
{
  clear (self);
  g_free (self);
}

static void
tell (OpenimRun *self, OpenimFunction event)
{
  if (self->told && !self->sync->stopped)
    self->sync->sink->event (self->sync->owner, event, openim_event_flag (event, self->reinstalled));
}

static void
tell_progress (OpenimRun *self, int progress)
{
  if (!self->reinstalled || !self->told || self->sync->stopped || progress <= self->progress)
    return;
  self->progress = progress;
  self->sync->sink->event (self->sync->owner, EVENT (EventOnSyncServerProgress),
                           openim_event_progress (progress));
}

static void
end_run (OpenimRun *self, gboolean success)
{
  self->active = FALSE;
  self->cut = !success;
  clear (self);
  if (self->begun)
    tell (self, success ? EVENT (EventOnSyncServerFinish) : EVENT (EventOnSyncServerFailed));
}

gboolean
openim_run_is_active (OpenimRun *self)
{
  return self->active;
}

void
openim_run_cut (OpenimRun *self)
{
  if (self->active)
    end_run (self, FALSE);
}

/* ---- the end */

static gboolean
remember_synced (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  return openim_settings_set (db, "synced", "1", error);
}

static void
on_remembered (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimRun *self = step_end (job);

  if (self == NULL)
    return;
  tell_progress (self, 100);
  if (self->active)
    end_run (self, error == NULL);
  if (!sync->stopped) {
    openim_outbox_synced (sync->outbox);
    openim_names_ask (sync->names, FALSE, NULL, NULL);
  }
}

static void check_end (OpenimRun *self);

static void
on_names (OpenimSync *sync, gpointer data, const GError *error)
{
  OpenimRun *self = step_end (data);

  if (self == NULL)
    return;
  self->parts--;
  check_end (self);
}

/* What came with the messages and lists: names of strangers. */
static gboolean
ask_names (OpenimRun *self)
{
  Step *step = step_new (self, 0);

  if (!openim_names_ask (self->sync->names, self->reinstalled, on_names, step)) {
    step_end (step);
    return FALSE;
  }
  self->parts++;
  return TRUE;
}

static void
check_end (OpenimRun *self)
{
  int share = self->lanes > 0 ? (int) (90 * (gint64) self->lanes_done / self->lanes) : 90;

  if (!self->active || !self->begun || self->ending)
    return;
  if (self->first_parts == 0)
    tell_progress (self, 4);
  if (!self->seqs_stored || self->first_parts > 0)
    return;
  tell_progress (self, 10);
  tell_progress (self, MIN (10 + share, 99));
  if (!self->active || self->parts > 0 || self->lanes_done < self->lanes || ask_names (self))
    return;
  self->ending = TRUE;
  openim_sync_write (self->sync, OPENIM_STORE_WRITE, remember_synced, step_new (self, 0), NULL,
                     on_remembered);
}

void
openim_run_lane_done (OpenimRun *self, guint run)
{
  if (!self->active || self->id != run)
    return;
  self->lanes_done++;
  check_end (self);
}

/* ---- lists */

static void on_list (OpenimSync *sync, gpointer data, const GError *error);

static void
start_list (OpenimRun *self, OpenimList list, OpenimListFlags flags)
{
  self->parts++;
  if (self->reinstalled) {
    flags |= OPENIM_LIST_SILENT;
    if (list == OPENIM_LIST_FRIENDS || list == OPENIM_LIST_GROUPS)
      self->first_parts++;
  }
  openim_lists_update (self->sync->lists, list, NULL, flags, on_list, step_new (self, list));
}

static void
on_list (OpenimSync *sync, gpointer data, const GError *error)
{
  Step *step = data;
  OpenimList list = step->list;
  OpenimRun *self = step_end (step);

  if (self == NULL)
    return;
  if (error != NULL)
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "list %d: %s", list, error->message);
  self->parts--;
  if (self->reinstalled && (list == OPENIM_LIST_FRIENDS || list == OPENIM_LIST_GROUPS))
    self->first_parts--;
  /* Whose members changed is known only of groups one is in. */
  if (list == OPENIM_LIST_GROUPS)
    start_list (self, OPENIM_LIST_MEMBERS, 0);
  check_end (self);
}

/* ---- seqs */

typedef struct {
  char *id;
  gboolean notification;
  GArray *missing;
  gint64 begin, end;
  gint64 time; /* of the newest message */
} Want;

typedef struct {
  Step *step;         /* (nullable) */
  GHashTable *newest; /* (nullable): marks only */
  GHashTable *marks;
  gboolean reinstalled;
  GPtrArray *wants; /* out */
  OpenimDoneFunc done;
  gpointer data;
} SeqJob;

static void
want_free (gpointer p)
{
  Want *want = p;

  g_free (want->id);
  g_array_unref (want->missing);
  g_free (want);
}

static void
seq_job_free (gpointer p)
{
  SeqJob *job = p;

  g_clear_pointer (&job->newest, g_hash_table_unref);
  g_clear_pointer (&job->marks, g_hash_table_unref);
  g_ptr_array_unref (job->wants);
  g_free (job);
}

static gboolean
add_want (SeqJob *job,
          OpenimDb *db,
          const char *id,
          gboolean notification,
          gint64 begin,
          gint64 end,
          gint64 time,
          GError **error)
{
  GArray *missing;
  Want *want;

  if (begin > end)
    return TRUE;
  missing = openim_ranges_missing (db, id, begin, end, error);
  if (missing == NULL)
    return FALSE;
  if (missing->len == 0) {
    g_array_unref (missing);
    return TRUE;
  }
  want = g_new0 (Want, 1);
  want->id = g_strdup (id);
  want->notification = notification;
  want->missing = missing;
  want->begin = begin;
  want->end = end;
  want->time = time;
  g_ptr_array_add (job->wants, want);
  return TRUE;
}

/* Notification channels: after a reinstall everything in them is in the lists already. */
static gboolean
want_notifications (SeqJob *job, OpenimDb *db, const char *id, gint64 have, gint64 max, GError **error)
{
  gint64 begin = MAX (have + 1, max - OPENIM_SYNC_NOTICES + 1);

  if (have >= max)
    return TRUE;
  if (job->reinstalled)
    return openim_ranges_add (db, id, 1, max, error);
  if (begin > have + 1 && !openim_ranges_add (db, id, have + 1, begin - 1, error))
    return FALSE;
  return add_want (job, db, id, TRUE, begin, max, 0, error);
}

/* The newest message always; what came since the last one that is here, and what is unread, up to the limit.
 */
static gboolean
want_messages (SeqJob *job,
               OpenimDb *db,
               const char *id,
               const OpenimSeqMarks *known,
               const Openim__Msg__Seqs *seqs,
               GError **error)
{
  gint64 have = known != NULL ? known->fetched : 0;
  gint64 read = MAX (known != NULL ? known->has_read_seq : 0, seqs->hasreadseq);
  gint64 begin = seqs->maxseq;

  if (read < seqs->maxseq)
    begin = MIN (begin, read + 1);
  if (have > 0)
    begin = MIN (begin, have + 1);
  begin = MAX (begin, seqs->maxseq - OPENIM_SYNC_HISTORY + 1);
  return add_want (job, db, id, FALSE, MAX (begin, 1), seqs->maxseq, seqs->maxseqtime, error);
}

static gboolean
store_marks (SeqJob *job, OpenimDb *db, GHashTable *known, OpenimEffects *effects, GError **error)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, job->marks);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Openim__Msg__Seqs *seqs = value;
    const OpenimSeqMarks *row = g_hash_table_lookup (known, key);
    gboolean changed = FALSE;

    /* Also of conversations that have no row yet: their first message finds the marks. */
    if (row == NULL || seqs->maxseq > row->max_seq || seqs->hasreadseq > row->has_read_seq) {
      if (!openim_conversations_set_seqs (db, key, seqs->maxseq, seqs->hasreadseq, &changed, error))
        return FALSE;
      if (changed)
        openim_effects_touch (effects, key, job->reinstalled ? OPENIM_TOUCH_QUIET : OPENIM_TOUCH_CHANGED);
    }
    if (job->newest != NULL && !want_messages (job, db, key, row, seqs, error))
      return FALSE;
  }
  return TRUE;
}

static int
compare_wants (gconstpointer a, gconstpointer b)
{
  const Want *one = *(Want *const *) a;
  const Want *two = *(Want *const *) b;

  return one->time > two->time ? -1 : one->time < two->time;
}

static gboolean
store_seqs (OpenimDb *db, gpointer data, OpenimEffects *effects, GError **error)
{
  SeqJob *job = data;
  g_autoptr (GHashTable) known = openim_conversations_marks (db, error);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  effects->silent = job->reinstalled;
  if (known == NULL || !store_marks (job, db, known, effects, error))
    return FALSE;
  if (job->newest == NULL)
    return TRUE;

  g_hash_table_iter_init (&iter, job->newest);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    gint64 max = *(gint64 *) value;
    const OpenimSeqMarks *row = g_hash_table_lookup (known, key);

    if (openim_id_is_notification_channel (key)) {
      if (!want_notifications (job, db, key, row != NULL ? row->fetched : 0, max, error))
        return FALSE;
    } else if (!g_hash_table_contains (job->marks, key)) {
      /* Too young for the read marks. */
      Openim__Msg__Seqs seqs = { .maxseq = max, .hasreadseq = 0 };

      if (!want_messages (job, db, key, row, &seqs, error))
        return FALSE;
    }
  }
  g_ptr_array_sort (job->wants, compare_wants);
  return TRUE;
}

static void
on_seqs_stored (OpenimSync *sync, gpointer data, const GError *error)
{
  SeqJob *job = data;
  OpenimRun *self;

  if (job->step == NULL) {
    job->done (sync, job->data, error);
    return;
  }
  self = step_end (job->step);
  if (self == NULL)
    return;
  if (error != NULL) {
    end_run (self, FALSE);
    return;
  }

  self->lanes = job->wants->len;
  for (guint i = 0; i < job->wants->len && self->active; i++) {
    const Want *want = g_ptr_array_index (job->wants, i);

    openim_lanes_open (sync->lanes, want->id, want->notification, want->missing, want->begin, want->end,
                       self->reinstalled, self->id);
  }
  self->seqs_stored = TRUE;
  if (self->reinstalled && self->whole) {
    start_list (self, OPENIM_LIST_SELF, 0);
    start_list (self, OPENIM_LIST_BLACKS, 0);
    start_list (self, OPENIM_LIST_FRIEND_REQUESTS, 0);
    start_list (self, OPENIM_LIST_GROUP_REQUESTS, 0);
    start_list (self, OPENIM_LIST_COMMANDS, 0);
  }
  check_end (self);
}

static void
check_seqs (OpenimRun *self)
{
  SeqJob *job;

  if (self->newest == NULL || self->marks == NULL || !self->conversations_known)
    return;
  job = g_new0 (SeqJob, 1);
  job->step = step_new (self, 0);
  job->newest = g_steal_pointer (&self->newest);
  job->marks = g_steal_pointer (&self->marks);
  job->reinstalled = self->reinstalled;
  job->wants = g_ptr_array_new_with_free_func (want_free);
  openim_sync_write (self->sync, OPENIM_STORE_WRITE, store_seqs, job, seq_job_free, on_seqs_stored);
}

static void
on_conversations (OpenimSync *sync, gpointer data, const GError *error)
{
  OpenimRun *self = step_end (data);

  if (self == NULL)
    return;
  if (error != NULL)
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "conversations: %s", error->message);
  self->conversations_known = TRUE;
  check_seqs (self);
}

static void request_seqs (OpenimRun *self);

static gboolean
on_retry (gpointer user_data)
{
  OpenimRun *self = user_data;

  self->retry = 0;
  request_seqs (self);
  return G_SOURCE_REMOVE;
}

static void
seqs_answered (OpenimRun *self, const GError *error)
{
  if (error != NULL) {
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "newest seqs: %s", error->message);
    self->seqs_failed = TRUE;
  }
  if (--self->seqs_under_way > 0)
    return;
  if (!self->seqs_failed)
    check_seqs (self);
  else if (++self->attempt >= ATTEMPTS)
    end_run (self, FALSE);
  else
    self->retry = g_timeout_add_seconds (self->attempt * 2, on_retry, self);
}

static void
on_newest (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OpenimSync) sync = g_object_ref (((Step *) user_data)->sync);
  g_autoptr (GError) error = NULL;
  Openim__Sdkws__GetMaxSeqResp *answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__sdkws__get_max_seq_resp__descriptor, &error);
  OpenimRun *self = step_end (user_data);

  if (self != NULL && answer != NULL) {
    g_clear_pointer (&self->newest, g_hash_table_unref);
    self->newest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    for (size_t i = 0; i < answer->n_maxseqs; i++) {
      gint64 max = answer->maxseqs[i]->value;

      if (openim_gate_id (answer->maxseqs[i]->key) && max > 0 && max <= OPENIM_SYNC_MAX_SEQ)
        g_hash_table_insert (self->newest, g_strdup (answer->maxseqs[i]->key), g_memdup2 (&max, sizeof max));
    }
  }
  openim_pb_free (answer);
  if (self != NULL)
    seqs_answered (self, error);
}

/* id → Openim__Msg__Seqs */
static GHashTable *
read_marks (Openim__Msg__GetConversationsHasReadAndMaxSeqResp *answer)
{
  GHashTable *marks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free);

  for (size_t i = 0; i < answer->n_seqs; i++) {
    Openim__Msg__Seqs *seqs = answer->seqs[i]->value;

    if (seqs == NULL || !openim_gate_id (answer->seqs[i]->key) || seqs->maxseq <= 0 ||
        seqs->maxseq > OPENIM_SYNC_MAX_SEQ || seqs->hasreadseq < 0)
      continue;
    g_hash_table_insert (marks, g_strdup (answer->seqs[i]->key), seqs);
    answer->seqs[i]->value = NULL;
  }
  return marks;
}

static void
on_marks (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OpenimSync) sync = g_object_ref (((Step *) user_data)->sync);
  g_autoptr (GError) error = NULL;
  gpointer answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor,
      &error);
  OpenimRun *self = step_end (user_data);

  if (self != NULL && answer != NULL) {
    g_clear_pointer (&self->marks, g_hash_table_unref);
    self->marks = read_marks (answer);
  }
  openim_pb_free (answer);
  if (self != NULL)
    seqs_answered (self, error);
}

static void
request_marks (OpenimSync *self, GAsyncReadyCallback callback, gpointer data)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqReq *request =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_req__descriptor);

  openim_pb_set (&request->userid, self->user_id);
  openim_gateway_request_async (self->gateway, OPENIM_GATEWAY_READ_SEQS, request, OPENIM_GATEWAY_TIMEOUT,
                                self->cancellable, callback, data);
  openim_pb_free (request);
}

static void
request_seqs (OpenimRun *self)
{
  Openim__Sdkws__GetMaxSeqReq *request = openim_pb_new (&openim__sdkws__get_max_seq_req__descriptor);

  self->seqs_failed = FALSE;
  self->seqs_under_way = 2;
  openim_pb_set (&request->userid, self->sync->user_id);
  openim_gateway_request_async (self->sync->gateway, OPENIM_GATEWAY_NEWEST_SEQS, request,
                                OPENIM_GATEWAY_TIMEOUT, self->sync->cancellable, on_newest,
                                step_new (self, 0));
  openim_pb_free (request);
  request_marks (self->sync, on_marks, step_new (self, 0));
}

/* ---- read marks alone */

typedef struct {
  OpenimSync *sync;
  OpenimDoneFunc done;
  gpointer data;
} MarksOnly;

static void
on_marks_only (GObject *source, GAsyncResult *result, gpointer user_data)
{
  MarksOnly *only = user_data;
  g_autoptr (GError) error = NULL;
  gpointer answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor,
      &error);

  if (answer == NULL || only->sync->stopped) {
    only->done (only->sync, only->data, error);
  } else {
    SeqJob *job = g_new0 (SeqJob, 1);

    job->marks = read_marks (answer);
    job->wants = g_ptr_array_new_with_free_func (want_free);
    job->done = only->done;
    job->data = only->data;
    openim_sync_write (only->sync, OPENIM_STORE_WRITE, store_seqs, job, seq_job_free, on_seqs_stored);
  }
  openim_pb_free (answer);
  g_object_unref (only->sync);
  g_free (only);
}

void
openim_run_read_marks (OpenimSync *self, OpenimDoneFunc done, gpointer data)
{
  MarksOnly *only = g_new0 (MarksOnly, 1);

  only->sync = g_object_ref (self);
  only->done = done;
  only->data = data;
  request_marks (self, on_marks_only, only);
}

/* ---- the beginning */

typedef struct {
  Step *step;
  gboolean reinstalled;
  gint64 total_unread;
} LoadJob;

static gboolean
load (OpenimDb *db, gpointer data, GError **error)
{
  LoadJob *job = data;
  g_autoptr (GError) local = NULL;
  g_autofree char *synced = openim_settings_get (db, "synced", &local);
  g_autoptr (GPtrArray) ids = local == NULL ? openim_conversations_all_ids (db, &local) : NULL;

  if (local == NULL)
    job->total_unread = openim_conversations_total_unread (db, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  job->reinstalled = synced == NULL && ids->len == 0;
  return TRUE;
}

static void
on_loaded (OpenimSync *sync, gpointer data, const GError *error)
{
  LoadJob *job = data;
  OpenimRun *self = step_end (job->step);

  if (self == NULL)
    return;
  self->begun = TRUE;
  self->reinstalled = error == NULL && job->reinstalled;
  tell (self, EVENT (EventOnSyncServerStart));
  tell_progress (self, 1);
  if (sync->stopped || !self->active)
    return;
  if (error != NULL) {
    end_run (self, FALSE);
    return;
  }
  if (sync->total_unread < 0)
    sync->total_unread = job->total_unread;

  request_seqs (self);
  if (!self->whole) {
    self->conversations_known = TRUE;
    return;
  }
  openim_lists_update (sync->lists, OPENIM_LIST_CONVERSATIONS, NULL,
                       self->reinstalled ? OPENIM_LIST_SILENT : OPENIM_LIST_PLAIN, on_conversations,
                       step_new (self, OPENIM_LIST_CONVERSATIONS));
  start_list (self, OPENIM_LIST_FRIENDS, OPENIM_LIST_VERIFY);
  start_list (self, OPENIM_LIST_GROUPS, OPENIM_LIST_IN_RUN);
  if (!self->reinstalled) {
    start_list (self, OPENIM_LIST_SELF, 0);
    start_list (self, OPENIM_LIST_BLACKS, 0);
    start_list (self, OPENIM_LIST_FRIEND_REQUESTS, 0);
    start_list (self, OPENIM_LIST_GROUP_REQUESTS, 0);
    start_list (self, OPENIM_LIST_COMMANDS, 0);
  }
}

void
openim_run_start (OpenimRun *self, gboolean told)
{
  gint64 now = openim_clock_monotonic ();
  LoadJob *job;

  if (self->active)
    return;
  self->whole = self->id == 0 || self->cut || now - self->start >= PAUSE;
  /* Soon after a whole sync only the seqs are compared: nothing may be missed in a blip. */
  self->told = told && self->whole;
  if (self->whole)
    self->start = now;
  self->id++;
  self->active = TRUE;
  self->begun = FALSE;
  self->ending = FALSE;
  self->cut = FALSE;
  self->attempt = 0;
  self->seqs_stored = FALSE;
  self->conversations_known = FALSE;
  self->parts = 0;
  self->first_parts = 0;
  self->lanes = 0;
  self->lanes_done = 0;
  self->progress = 0;

  job = g_new0 (LoadJob, 1);
  job->step = step_new (self, 0);
  openim_sync_read (self->sync, load, job, g_free, on_loaded);
}
