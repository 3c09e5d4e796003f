/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The queue of what came: pushes and fetched messages. While one store job is under way the rest collects and
 * goes into the next, so that a burst becomes few transactions and order needs no thought.
 *
 * A message is told after it is stored. A program that ends between the two must not lose it, therefore each
 * job also writes down, under a number, what it stored and has not told. When that is told, the number
 * becomes the mark of the store: a system call and no second transaction. The next login tells what was
 * written down under another number than that of the mark. A clean end strikes out what the mark stands for,
 * so that the file can go where the mark does not. */

#include "base/gate.h"
#include "store/settings.h"
#include "sync/internal.h"

/* Messages in one transaction: bounds the time that other writes and the main loop wait. */
#define JOB_MESSAGES 500

#define UNTOLD "untold" /* the setting */

struct _OpenimIntake {
  OpenimSync *sync; /* (unowned) */
  GQueue queue;     /* OpenimItem */
  guint idle;
  gboolean busy;
  gboolean started;
  gboolean resumed; /* what an earlier run has left untold is told */
  guint64 told;     /* the number of what was told last, 0: nothing */
};

typedef struct {
  GPtrArray *items;
  gboolean resume;
  guint64 number; /* of what is to be told; out: 0 if that is nothing */
} Job;

static void
job_free (gpointer p)
{
  Job *job = p;

  g_ptr_array_unref (job->items);
  g_free (job);
}

OpenimIntake *
openim_intake_new (OpenimSync *sync)
{
  OpenimIntake *self = g_new0 (OpenimIntake, 1);

  self->sync = sync;
  g_queue_init (&self->queue);
  return self;
}

/* ---- one job */

/* The number, and lines of openim_effects_list_messages. @lines (nullable): nothing. */
static gboolean
write_untold (OpenimDb *db, guint64 number, const char *lines, GError **error)
{
  g_autofree char *text =
      lines != NULL ? g_strdup_printf ("%016" G_GINT64_MODIFIER "x\n%s", number, lines) : NULL;

  return openim_settings_set (db, UNTOLD, text, error);
}

/* @number: 0 if nothing is written down. @lines: (transfer full) */
static gboolean
read_untold (OpenimDb *db, guint64 *number, GStrv *lines, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *text = openim_settings_get (db, UNTOLD, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  *lines = g_strsplit (text != NULL ? text : "", "\n", -1);
  *number = **lines != NULL ? g_ascii_strtoull ((*lines)[0], NULL, 16) : 0;
  return TRUE;
}

static gboolean
tell_untold (OpenimDb *db, OpenimEffects *effects, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_auto (GStrv) lines = NULL;
  guint64 number;

  if (!read_untold (db, &number, &lines, error))
    return FALSE;
  if (number != 0 && number == openim_settings_last_mark (db))
    return TRUE;
  for (guint i = 0; local == NULL && lines[i] != NULL; i++) {
    char *id = NULL;
    gint64 seq = g_ascii_strtoll (lines[i], &id, 10);
    g_autoptr (OpenimStoredMessage) message = NULL;
    OpenimFunction event = 0;

    if (*id != ' ')
      continue;
    message = openim_messages_get_by_seq (db, ++id, seq, &local);
    if (message == NULL || message->data->status >= OPENIM_STATUS_DELETED)
      continue;
    if (openim_item_choose_event (db, id, effects, &event, &local) && event != 0)
      openim_effects_add_message (effects, event, g_steal_pointer (&message));
  }
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* At a clean end: what was written down under that number is told. */
static gboolean
strike_out (OpenimDb *db, gpointer data, OpenimEffects *effects, GError **error)
{
  g_auto (GStrv) lines = NULL;
  guint64 number;

  return read_untold (db, &number, &lines, error) &&
         (number != *(guint64 *) data || write_untold (db, 0, NULL, error));
}

static gboolean
apply_items (OpenimDb *db, GPtrArray *items, OpenimEffects *effects, GError **error)
{
  g_autoptr (GHashTable) waiting = g_hash_table_new (g_str_hash, g_str_equal); /* id → OpenimItem */

  for (guint i = 0; i < items->len; i++) {
    OpenimItem *item = g_ptr_array_index (items, i);
    OpenimItem *before = g_hash_table_lookup (waiting, item->id);

    /* Behind one of the same conversation that has to wait, everything waits. */
    if (before != NULL && !item->force) {
      g_ptr_array_extend_and_steal (before->messages, g_steal_pointer (&item->messages));
      item->messages = g_ptr_array_new_with_free_func (openim_pb_free);
      continue;
    }
    if (!openim_item_apply (db, item, effects, error))
      return FALSE;
    if (item->messages->len > 0)
      g_hash_table_insert (waiting, item->id, item);
  }
  return TRUE;
}

static gboolean
run_job (OpenimDb *db, gpointer data, OpenimEffects *effects, GError **error)
{
  Job *job = data;
  g_autofree char *untold = NULL;

  if (job->resume && !tell_untold (db, effects, error))
    return FALSE;
  if (!apply_items (db, job->items, effects, error))
    return FALSE;
  untold = openim_effects_list_messages (effects);
  if (untold == NULL)
    job->number = 0;
  /* What an earlier job has written down is told; what an earlier process has is part of this. */
  return (untold == NULL && !job->resume) || write_untold (db, job->number, untold, error);
}

static void schedule (OpenimIntake *self);

static void
on_applied (OpenimSync *sync, gpointer data, const GError *error)
{
  Job *job = data;
  GPtrArray *items = job->items;

  if (sync->stopped)
    return;
  sync->intake->busy = FALSE;
  if (error == NULL) {
    sync->intake->resumed |= job->resume;
    if (job->number != 0) {
      openim_store_set_mark (sync->store, job->number);
      sync->intake->told = job->number;
    }
  }
  for (guint i = 0; i < items->len && !sync->stopped; i++) {
    OpenimItem *item = g_ptr_array_index (items, i);
    guint run = item->run;

    /* On an error nothing is stored; what was lost here is a hole that the next sync finds. */
    if (error == NULL && item->messages->len > 0)
      openim_lanes_defer (sync->lanes, g_steal_pointer (&items->pdata[i]));
    if (run != 0)
      openim_run_lane_done (sync->run, run);
  }
  if (!sync->stopped)
    schedule (sync->intake);
}

static void
send_job (OpenimIntake *self)
{
  Job *job = g_new0 (Job, 1);
  guint n = 0;

  job->items = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_item_free);
  job->resume = !self->resumed;
  job->number = (guint64) g_random_int () << 32 | (guint64) g_random_int_range (1, G_MAXINT32);
  while (!g_queue_is_empty (&self->queue) && n < JOB_MESSAGES) {
    OpenimItem *item = g_queue_pop_head (&self->queue);

    n += item->messages->len;
    g_ptr_array_add (job->items, item);
  }
  self->busy = TRUE;
  openim_sync_write (self->sync, OPENIM_STORE_WRITE, run_job, job, job_free, on_applied);
}

static gboolean
on_idle (gpointer user_data)
{
  OpenimIntake *self = user_data;

  self->idle = 0;
  send_job (self);
  return G_SOURCE_REMOVE;
}

static void
schedule (OpenimIntake *self)
{
  gboolean work = !g_queue_is_empty (&self->queue) || (self->started && !self->resumed);

  if (work && !self->busy && self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, self, NULL);
}

void
openim_intake_start (OpenimIntake *self)
{
  self->started = TRUE;
  schedule (self);
}

void
openim_intake_stop (OpenimIntake *self)
{
  g_clear_handle_id (&self->idle, g_source_remove);
  g_queue_clear_full (&self->queue, (GDestroyNotify) openim_item_free);
  /* The store still takes it. */
  if (self->told != 0)
    openim_sync_write (self->sync, OPENIM_STORE_WRITE, strike_out, g_memdup2 (&self->told, sizeof self->told),
                       g_free, NULL);
}

void
openim_intake_free (OpenimIntake *self)
{
  g_queue_clear_full (&self->queue, (GDestroyNotify) openim_item_free);
  g_free (self);
}

void
openim_intake_add (OpenimIntake *self, OpenimItem *item)
{
  if (self->sync->stopped) {
    openim_item_free (item);
    return;
  }
  g_queue_push_tail (&self->queue, item);
  schedule (self);
}

gboolean
openim_intake_wait (OpenimIntake *self, OpenimWaitFunc done, gpointer data)
{
  OpenimItem *item;

  if (self->sync->stopped || (!self->busy && g_queue_is_empty (&self->queue)))
    return FALSE;
  item = openim_item_new ("", FALSE);
  item->done = done;
  item->data = data;
  openim_intake_add (self, item);
  return TRUE;
}

/* ---- pushes */

static void
add_pushed (OpenimIntake *self, const char *id, gboolean notification, Openim__Sdkws__PullMsgs *pulled)
{
  GPtrArray *messages;
  OpenimItem *item;

  if (pulled == NULL || pulled->n_msgs == 0)
    return;
  if (!openim_gate_id (id)) {
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "a push for a conversation without a usable ID");
    return;
  }
  messages = g_ptr_array_new_with_free_func (openim_pb_free);
  for (size_t i = 0; i < pulled->n_msgs; i++)
    g_ptr_array_add (messages, pulled->msgs[i]);
  pulled->n_msgs = 0; /* the array has them now */

  if (openim_lanes_hold (self->sync->lanes, id, messages))
    return;
  item = openim_item_new (id, notification);
  g_ptr_array_unref (item->messages);
  item->messages = messages;
  openim_intake_add (self, item);
}

void
openim_intake_push (OpenimIntake *self, GBytes *body)
{
  g_autoptr (GError) error = NULL;
  Openim__Sdkws__PushMessages *push =
      openim_pb_unpack (&openim__sdkws__push_messages__descriptor, g_bytes_get_data (body, NULL),
                        g_bytes_get_size (body), &error);

  if (push == NULL) {
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "a push was refused: %s", error->message);
    return;
  }
  for (size_t i = 0; i < push->n_msgs; i++)
    add_pushed (self, push->msgs[i]->key, FALSE, push->msgs[i]->value);
  for (size_t i = 0; i < push->n_notificationmsgs; i++)
    add_pushed (self, push->notificationmsgs[i]->key, TRUE, push->notificationmsgs[i]->value);
  openim_pb_free (push);
}

GPtrArray *
openim_intake_take (OpenimIntake *self, const char *id)
{
  GPtrArray *messages = g_ptr_array_new_with_free_func (openim_pb_free);
  GList *next;

  for (GList *link = self->queue.head; link != NULL; link = next) {
    OpenimItem *item = link->data;

    next = link->next;
    if (item->force || item->begin > 0 || !g_str_equal (item->id, id))
      continue;
    g_ptr_array_extend_and_steal (messages, g_steal_pointer (&item->messages));
    item->messages = g_ptr_array_new_with_free_func (openim_pb_free);
    if (item->run == 0) {
      openim_item_free (item);
      g_queue_delete_link (&self->queue, link);
    }
  }
  return messages;
}
