/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One synchronisation: newest seqs (1001) and read marks (1006) first, then messages and lists side by side;
 * SyncServerStart … SyncServerFinish or SyncServerFailed around it. After a fresh start of the local database
 * ("reinstalled") it is silent but for its progress. */

#include <malloc.h>

#include "base/clock.h"
#include "store/rewind.h"
#include "store/settings.h"
#include "sync/internal.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

#define PAUSE 5000              /* ms between the beginnings of two whole syncs */
#define SLICE 400               /* lanes open at a time: enough to keep all requests full */
#define DAY_SECONDS (24 * 3600) /* the list of friends is compared as a whole once in it */
#define ATTEMPTS 3              /* for the seqs, with waits of 2 and 4 s */

struct _OpenimRun {
  OpenimSync *sync; /* (unowned) */
  guint id;         /* of the present run; grows, never 0 */
  gboolean active;
  gboolean told;  /* with SyncServer… events */
  gboolean whole; /* with lists */
  gboolean begun; /* SyncServerStart has been told */
  gboolean ending;
  gboolean reinstalled;
  gboolean again; /* another one follows */
  gint64 start;   /* ms, monotonic */
  gboolean cut;

  guint attempt;
  guint retry;
  gboolean seqs_stored;
  gboolean conversations_known;
  OpenimSeqs *seqs; /* (nullable) answered, not written yet */

  guint parts;       /* lists that are under way */
  guint first_parts; /* those among them that come before the conversations */
  GPtrArray *wants;  /* (nullable) OpenimWant: what is to be fetched */
  guint opened;      /* lanes for the first of them */
  guint done;
  GArray *waiters; /* Waiter: who is told when the wants are known */
  guint daily;
  guint catch_up; /* with the lists that a run soon after another has left out */
  int progress;
};

typedef struct {
  OpenimWaitFunc done;
  gpointer data;
} Waiter;

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

/* The server's log of changes can lose a deletion, also while one is connected. */
static gboolean
on_day (gpointer user_data)
{
  OpenimRun *self = user_data;

  if (self->sync->connected)
    openim_lists_update (self->sync->lists, OPENIM_LIST_FRIENDS, NULL, OPENIM_LIST_VERIFY, NULL, NULL);
  return G_SOURCE_CONTINUE;
}

OpenimRun *
openim_run_new (OpenimSync *sync)
{
  OpenimRun *self = g_new0 (OpenimRun, 1);

  self->sync = sync;
  self->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  self->daily = g_timeout_add_seconds (DAY_SECONDS, on_day, self);
  return self;
}

static void
clear (OpenimRun *self)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  g_clear_pointer (&self->seqs, openim_seqs_free);
  g_clear_pointer (&self->wants, g_ptr_array_unref);
}

static void
tell_waiters (OpenimRun *self)
{
  g_autoptr (GArray) waiters = g_steal_pointer (&self->waiters);

  self->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  for (guint i = 0; i < waiters->len; i++) {
    const Waiter *waiter = &g_array_index (waiters, Waiter, i);

    waiter->done (waiter->data);
  }
}

void
openim_run_stop (OpenimRun *self)
{
  g_clear_handle_id (&self->daily, g_source_remove);
  g_clear_handle_id (&self->catch_up, g_source_remove);
  self->active = FALSE;
  clear (self);
  tell_waiters (self);
}

void
openim_run_free (OpenimRun *self)
{
  clear (self);
  g_array_unref (self->waiters);
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

/* Whoever is not connected gets the lists with the next connection. */
static gboolean
on_pause_over (gpointer user_data)
{
  OpenimRun *self = user_data;

  self->catch_up = 0;
  if (self->sync->connected)
    openim_run_start (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
end_run (OpenimRun *self, gboolean success)
{
  self->active = FALSE;
  self->cut = !success;
  clear (self);
  if (success && !self->whole && self->catch_up == 0) {
    gint64 rest = self->start + PAUSE - openim_clock_monotonic ();

    self->catch_up = g_timeout_add ((guint) MAX (rest, 0) + 1, on_pause_over, self);
  }
  tell_waiters (self);
  if (self->begun)
    tell (self, success ? EVENT (EventOnSyncServerFinish) : EVENT (EventOnSyncServerFailed));
  if (self->again && !self->active && self->sync->connected)
    openim_run_start (self, FALSE);
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
#ifdef __GLIBC__
  /* Long lists need for a moment many times what stays of them, and malloc would keep it. */
  malloc_trim (0);
#endif
  return openim_settings_set (db, "synced", "1", error) && openim_seqs_forget_first (db, error) &&
         openim_seqs_end_sync (db, error);
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
  guint all = self->wants != NULL ? self->wants->len : 0;
  int share = all > 0 ? (int) (90 * (gint64) self->done / all) : 90;

  if (!self->active || !self->begun || self->ending)
    return;
  if (self->first_parts == 0)
    tell_progress (self, 4);
  if (!self->seqs_stored || self->first_parts > 0)
    return;
  tell_progress (self, 10);
  tell_progress (self, MIN (10 + share, 99));
  if (!self->active || self->parts > 0 || self->done < all || ask_names (self))
    return;
  self->ending = TRUE;
  openim_sync_write (self->sync, OPENIM_STORE_WRITE, remember_synced, step_new (self, 0), NULL,
                     on_remembered);
}

/* A lane that ends at once comes back here by openim_run_lane_done, therefore the count goes first. */
static void
open_next_lane (OpenimRun *self)
{
  const OpenimWant *want = g_ptr_array_index (self->wants, self->opened++);

  openim_lanes_open (self->sync->lanes, want->id, want->notification, want->missing, want->begin, want->end,
                     want->silent_to, self->id);
}

static void
open_lanes (OpenimRun *self)
{
  while (self->active && self->wants != NULL && self->opened < self->wants->len &&
         self->opened - self->done < SLICE)
    open_next_lane (self);
}

gboolean
openim_run_wait (OpenimRun *self, const char *id, OpenimWaitFunc done, gpointer data)
{
  const Waiter waiter = { done, data };

  if (!self->active)
    return FALSE;
  if (!self->seqs_stored) {
    g_array_append_vals (self->waiters, &waiter, 1);
    return TRUE;
  }
  for (guint i = self->opened; i < self->wants->len; i++)
    if (g_str_equal (((OpenimWant *) self->wants->pdata[i])->id, id)) {
      gpointer first = self->wants->pdata[self->opened];

      self->wants->pdata[self->opened] = self->wants->pdata[i];
      self->wants->pdata[i] = first;
      open_next_lane (self);
      break;
    }
  return FALSE;
}

void
openim_run_lane_done (OpenimRun *self, guint run)
{
  if (!self->active || self->id != run)
    return;
  self->done++;
  open_lanes (self);
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

/* After a reinstall these wait until there is something to talk with. */
static void
start_other_lists (OpenimRun *self)
{
  start_list (self, OPENIM_LIST_SELF, 0);
  start_list (self, OPENIM_LIST_BLACKS, 0);
  start_list (self, OPENIM_LIST_FRIEND_REQUESTS, 0);
  start_list (self, OPENIM_LIST_GROUP_REQUESTS, 0);
  start_list (self, OPENIM_LIST_COMMANDS, 0);
}

/* ---- seqs */

static void
on_seqs_stored (OpenimSync *sync, gpointer data, GPtrArray *wants, const GError *error)
{
  OpenimRun *self = step_end (data);

  if (self == NULL)
    return;
  if (error != NULL) {
    end_run (self, FALSE);
    return;
  }

  self->wants = g_ptr_array_ref (wants);
  open_lanes (self);
  self->seqs_stored = TRUE;
  tell_waiters (self);
  if (self->reinstalled && self->whole)
    start_other_lists (self);
  check_end (self);
}

/* Settings come before marks and messages, so that rows have their kind. */
static void
check_seqs (OpenimRun *self)
{
  if (self->seqs != NULL && self->conversations_known)
    openim_seqs_store (self->sync, g_steal_pointer (&self->seqs), self->reinstalled, on_seqs_stored,
                       step_new (self, 0));
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

static void ask_seqs (OpenimRun *self);

static gboolean
on_retry (gpointer user_data)
{
  OpenimRun *self = user_data;

  self->retry = 0;
  ask_seqs (self);
  return G_SOURCE_REMOVE;
}

static void
on_seqs (OpenimSync *sync, gpointer data, OpenimSeqs *seqs, const GError *error)
{
  OpenimRun *self = step_end (data);

  if (self == NULL) {
    openim_seqs_free (seqs);
    return;
  }
  if (error == NULL) {
    self->seqs = seqs;
    check_seqs (self);
    return;
  }
  openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "newest seqs: %s", error->message);
  if (++self->attempt >= ATTEMPTS)
    end_run (self, FALSE);
  else
    self->retry = g_timeout_add_seconds (self->attempt * 2, on_retry, self);
}

static void
ask_seqs (OpenimRun *self)
{
  openim_seqs_ask (self->sync, TRUE, on_seqs, step_new (self, 0));
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
  gboolean begun = local == NULL && openim_seqs_knows_first (db, &local);

  if (local == NULL)
    job->total_unread = openim_conversations_total_unread (db, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  job->reinstalled = synced == NULL && !begun;
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

  openim_intake_start (sync->intake);
  ask_seqs (self);
  if (!self->whole) {
    self->conversations_known = TRUE;
    return;
  }
  openim_lists_update (sync->lists, OPENIM_LIST_CONVERSATIONS, NULL,
                       self->reinstalled ? OPENIM_LIST_SILENT : OPENIM_LIST_PLAIN, on_conversations,
                       step_new (self, OPENIM_LIST_CONVERSATIONS));
  start_list (self, OPENIM_LIST_FRIENDS, OPENIM_LIST_VERIFY);
  start_list (self, OPENIM_LIST_GROUPS, OPENIM_LIST_IN_RUN);
  if (!self->reinstalled)
    start_other_lists (self);
}

void
openim_run_start (OpenimRun *self, gboolean told)
{
  gint64 now = openim_clock_monotonic ();
  LoadJob *job;

  if (self->active)
    return;
  self->whole = self->id == 0 || self->cut || now - self->start >= PAUSE;
  /* Soon after a whole sync only the seqs are compared: no message may be missed in a blip. Changes of lists,
   * of which the server tells only those who are connected, follow when the pause is over. */
  self->told = told && self->whole;
  if (self->whole) {
    self->start = now;
    g_clear_handle_id (&self->catch_up, g_source_remove);
  }
  self->id++;
  self->active = TRUE;
  self->again = FALSE;
  self->begun = FALSE;
  self->ending = FALSE;
  self->cut = FALSE;
  self->attempt = 0;
  self->seqs_stored = FALSE;
  self->conversations_known = FALSE;
  self->parts = 0;
  self->first_parts = 0;
  self->opened = 0;
  self->done = 0;
  self->progress = 0;

  job = g_new0 (LoadJob, 1);
  job->step = step_new (self, 0);
  openim_sync_read (self->sync, load, job, g_free, on_loaded);
}

void
openim_run_again (OpenimRun *self)
{
  if (self->active)
    self->again = TRUE;
  else
    openim_run_start (self, FALSE);
}
