/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What became of messages in doubt: sent, or not, before a connection or the program ended; or taken by the
 * server and never seen again. */

#include "base/clock.h"
#include "sync/outbox-private.h"

#define ECHO_WAIT 15000              /* ms after which an echo is missed */
#define STALE (60 * 60 * 1000)       /* ms; one that old is not sent any more when the program comes back */
#define ATTEMPTS 3                   /* over restarts */
#define LOOK_BACK 200                /* blocks of OPENIM_SYNC_CHUNK seqs that are searched */
#define CLOCK_SLACK (10 * 60 * 1000) /* ms that this clock and the server's may differ */

/* What is left is read before anything can be added. */
static gboolean
read_left (OpenimDb *db, gpointer job, GError **error)
{
  GPtrArray **left = job;

  *left = openim_outbox_list (db, error);
  return *left != NULL;
}

static void
on_left (OpenimSync *sync, gpointer job, const GError *error)
{
  GPtrArray **left = job;

  if (!sync->stopped)
    sync->outbox->left = g_steal_pointer (left);
  g_clear_pointer (left, g_ptr_array_unref);
}

void
openim_outbox_read_left (OpenimOutbox *self)
{
  openim_sync_read (self->sync, read_left, g_new0 (GPtrArray *, 1), g_free, on_left);
}

/* ---- looking for one that is in doubt */

static void search_block (GTask *task);

typedef struct {
  OpenimSending *sending; /* (unowned) */
  gint64 max;             /* of the conversation */
} Search;

static gboolean
read_place (OpenimDb *db, gpointer job, GError **error)
{
  Search *search = g_task_get_task_data (job);
  OpenimSending *sending = search->sending;
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, sending->conversation_id, &local);
  g_autoptr (OpenimStoredMessage) message = NULL;

  if (local == NULL && sending->lowest > 0)
    message = openim_messages_get_by_seq (db, sending->conversation_id, sending->lowest, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  search->max = row != NULL ? row->max_seq : 0;
  /* Everything since well before it was written is here now. */
  if (message != NULL && message->data->sendtime > 0 &&
      message->data->sendtime < sending->created - CLOCK_SLACK)
    sending->exhausted = TRUE;
  return openim_sending_look (db, sending, error);
}

static void
on_block (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!openim_sync_fill_finish (OPENIM_SYNC (source), result, NULL, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  search->sending->blocks++;
  search_block (g_steal_pointer (&task));
}

static void
on_place (OpenimSync *sync, gpointer job, const GError *error)
{
  g_autoptr (GTask) task = job;
  Search *search = g_task_get_task_data (task);
  OpenimSending *sending = search->sending;
  gint64 end;

  if (error != NULL || sync->stopped) {
    g_task_return_error (task, openim_sync_error (sync, error));
    return;
  }
  if (openim_sending_is_had (sending) || sending->exhausted || search->max == 0 || sending->lowest == 1) {
    g_task_return_boolean (task, openim_sending_is_had (sending));
    return;
  }
  if (sending->blocks >= LOOK_BACK) { /* not to have found it says nothing */
    g_task_return_new_error (task, OPENIM_ERROR, OPENIM_ERROR_TIMEOUT,
                             "so much has been said since that nobody knows");
    return;
  }
  end = sending->lowest > 0 ? sending->lowest - 1 : search->max;
  sending->lowest = MAX (end - OPENIM_SYNC_CHUNK + 1, 1);
  openim_sync_fill_async (sync, sending->conversation_id, sending->lowest, end, TRUE, NULL, on_block,
                          g_steal_pointer (&task));
}

static void
search_block (GTask *task)
{
  openim_sync_read (g_task_get_source_object (task), read_place, task, NULL, on_place);
}

/* Block by block from the newest seq down, until the message is found or its time has passed. The answer: the
 * server has it. An error: that cannot be found out, so it must not be sent again. */
void
openim_sending_search_async (OpenimSending *sending, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (sending->sync, NULL, callback, user_data);
  Search *search = g_new0 (Search, 1);

  search->sending = sending;
  sending->lowest = 0;
  sending->blocks = 0;
  sending->exhausted = FALSE;
  g_task_set_task_data (task, search, g_free);
  search_block (task);
}

/* ---- what is left: by an earlier run of the program, or without an echo */

static gboolean
store_attempt (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  OpenimSending *sending = job;

  return openim_outbox_mark_attempt (db, sending->conversation_id, sending->data->clientmsgid, error);
}

static void
on_attempt (OpenimSync *sync, gpointer job, const GError *error)
{
  if (error != NULL || sync->stopped)
    openim_sending_free (job); /* the row stays for the next start */
  else
    openim_sending_queue (job);
}

static void
on_left_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimSending *sending = user_data;
  g_autoptr (GError) error = NULL;
  gboolean had = g_task_propagate_boolean (G_TASK (result), &error);

  if (had || error != NULL || sending->sync->stopped)
    openim_sending_free (sending); /* there, or not to be found out now */
  else if (sending->acknowledged)
    openim_sending_fail (sending, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_SERVER_INTERNAL,
                                                       "the server took the message and lost it"));
  else if (sending->attempts >= ATTEMPTS || openim_clock_now () - sending->created > STALE)
    openim_sending_fail (sending,
                         g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK, "not sent in time"));
  else
    openim_sync_write (sending->sync, OPENIM_STORE_DURABLE, store_attempt, sending, NULL, on_attempt);
}

static void
finish_left (OpenimOutbox *self, const OpenimOutboxEntry *left)
{
  OpenimSending *sending =
      openim_sending_new (self->sync, left->message->conversation_id, left->message->data, NULL);

  sending->data->sendtime = 0;
  sending->created = left->created;
  sending->acknowledged = left->acknowledged;
  sending->attempts = left->attempts;
  openim_sending_search_async (sending, on_left_searched, sending);
}

typedef struct {
  char *conversation_id;
  GPtrArray *left;
} EchoJob;

static void
echo_job_free (gpointer p)
{
  EchoJob *job = p;

  g_free (job->conversation_id);
  g_clear_pointer (&job->left, g_ptr_array_unref);
  g_free (job);
}

static gboolean
read_echoless (OpenimDb *db, gpointer data, GError **error)
{
  EchoJob *job = data;

  job->left = openim_outbox_list (db, error);
  return job->left != NULL;
}

static void
on_echoless (OpenimSync *sync, gpointer data, const GError *error)
{
  EchoJob *job = data;

  for (guint i = 0; error == NULL && !sync->stopped && i < job->left->len; i++) {
    const OpenimOutboxEntry *left = g_ptr_array_index (job->left, i);

    if (left->acknowledged && g_str_equal (left->message->conversation_id, job->conversation_id) &&
        openim_clock_now () - left->created >= ECHO_WAIT)
      finish_left (sync->outbox, left);
  }
}

void
openim_outbox_finish_left (OpenimOutbox *self)
{
  g_autoptr (GPtrArray) left = g_steal_pointer (&self->left);

  for (guint i = 0; left != NULL && i < left->len; i++)
    finish_left (self, g_ptr_array_index (left, i));
}

void
openim_outbox_finish_echoless (OpenimOutbox *self, const char *conversation_id)
{
  EchoJob *job = g_new0 (EchoJob, 1);

  job->conversation_id = g_strdup (conversation_id);
  openim_sync_read (self->sync, read_echoless, job, echo_job_free, on_echoless);
}
