/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Own messages from the moment somebody sends them until the server is known to have them.
 *
 * A message is stored before a byte leaves. Its status goes from sending to sent or failed, never back. When
 * an answer is missing, nobody knows whether the server has it, and the server does not recognise a message
 * that comes twice; therefore such a one is looked up first: its echo, or the seqs around its time, tell. */

#include "msg.pb-c.h"

#include "base/clock.h"
#include "store/outbox.h"
#include "sync/internal.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

#define DEADLINE 10000      /* ms to wait for a connection, and for an answer */
#define UNCONFIRMED 50      /* the server drops what exceeds 100 in one of its batches */
#define GROUP_RETRIES 3     /* a member may be refused for some seconds by a cached failure, */
#define GROUP_WAIT 2000     /* ms between them */
#define ECHO_PATIENCE 15000 /* ms after an answer in which the echo should come */
#define SETTLES 1500        /* ms in which the server stores what it took just before a connection was lost */
#define STALE (60 * 60 * 1000) /* ms; a message that old is not sent any more when the program comes back */
#define ATTEMPTS 3             /* over restarts */
#define LOOK_BACK 20           /* blocks of OPENIM_SYNC_CHUNK seqs that are searched */
#define CLOCK_SLACK (10 * 60 * 1000) /* ms that this clock and the server's may differ */

/* A message on its way. */
typedef struct {
  OpenimSync *sync; /* (owned) */
  char *conversation_id;
  OpenimMsgData *data;
  GTask *task;       /* (nullable): after a restart nobody waits */
  gint64 created;    /* ms since 1970 */
  gint64 queued;     /* ms, monotonic */
  guint refusals;    /* 1002 in a group */
  gboolean doubtful; /* has been on the wire without an answer */
  gboolean acknowledged;
  guint attempts; /* over restarts */
  guint timer;

  /* of the present store job */
  int status; /* what the row says */
  gint64 seq;
  Openim__Msg__SendMsgResp *answer;
  GError *reason; /* why it failed */

  /* of a search */
  gint64 lowest; /* seq down to which all is here */
  guint blocks;
  gboolean exhausted;
} Entry;

/* A conversation: one message is under way at a time. */
typedef struct {
  OpenimSync *sync; /* (unowned) */
  char *id;
  GQueue queue;      /* Entry: waiting to be sent */
  Entry *sending;    /* (nullable) */
  GHashTable *acked; /* clientMsgIDs that the server has answered and not echoed yet */
  guint timer;       /* the first in the queue has waited too long */
  guint echo_timer;  /* the echoes should have come */
} Lane;

struct _OpenimOutbox {
  OpenimSync *sync;  /* (unowned) */
  GHashTable *lanes; /* conversationID → Lane */
  GPtrArray *left;   /* (nullable) OpenimOutboxEntry: what an earlier run of the program left */
  gboolean settled;  /* a sync has ended on this connection; what is in doubt can be looked up */
  guint settling;
};

static void pump (OpenimOutbox *self, Lane *lane);

/* ---- entries and lanes */

static Entry *
entry_new (OpenimSync *sync, const char *conversation_id, const OpenimMsgData *data, GTask *task)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->sync = g_object_ref (sync);
  entry->conversation_id = g_strdup (conversation_id);
  entry->data = openim_pb_copy (data);
  entry->task = task;
  entry->created = openim_clock_now ();
  entry->queued = openim_clock_monotonic ();
  return entry;
}

/* The caller's answer, if there is one to give. */
static void
entry_free (Entry *entry)
{
  g_clear_handle_id (&entry->timer, g_source_remove);
  if (entry->task != NULL) {
    if (entry->reason != NULL || entry->sync->stopped)
      g_task_return_error (entry->task, openim_sync_error (entry->sync, entry->reason));
    else
      g_task_return_pointer (entry->task, openim_pb_copy (entry->data), openim_pb_free);
    g_object_unref (entry->task);
  }
  openim_pb_free (entry->data);
  openim_pb_free (entry->answer);
  g_clear_error (&entry->reason);
  g_free (entry->conversation_id);
  g_object_unref (entry->sync);
  g_free (entry);
}

static void
lane_free (gpointer p)
{
  Lane *lane = p;

  g_clear_handle_id (&lane->timer, g_source_remove);
  g_clear_handle_id (&lane->echo_timer, g_source_remove);
  g_hash_table_unref (lane->acked);
  g_free (lane->id);
  g_free (lane);
}

static Lane *
get_lane (OpenimOutbox *self, const char *conversation_id)
{
  Lane *lane = g_hash_table_lookup (self->lanes, conversation_id);

  if (lane == NULL) {
    lane = g_new0 (Lane, 1);
    lane->sync = self->sync;
    lane->id = g_strdup (conversation_id);
    g_queue_init (&lane->queue);
    lane->acked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert (self->lanes, lane->id, lane);
  }
  return lane;
}

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

OpenimOutbox *
openim_outbox_new (OpenimSync *sync)
{
  OpenimOutbox *self = g_new0 (OpenimOutbox, 1);

  self->sync = sync;
  self->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, lane_free);
  openim_sync_read (sync, read_left, g_new0 (GPtrArray *, 1), g_free, on_left);
  return self;
}

void
openim_outbox_stop (OpenimOutbox *self)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  /* What is under way comes back by itself; what waits is answered here. The rows stay for the next start. */
  g_hash_table_iter_init (&iter, self->lanes);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Lane *lane = value;
    Entry *entry;

    while ((entry = g_queue_pop_head (&lane->queue)) != NULL)
      g_ptr_array_add (entries, entry);
    if (lane->sending != NULL && lane->sending->timer != 0)
      g_ptr_array_add (entries, lane->sending);
  }
  g_hash_table_remove_all (self->lanes);
  g_clear_handle_id (&self->settling, g_source_remove);
  g_clear_pointer (&self->left, g_ptr_array_unref);
  for (guint i = 0; i < entries->len; i++)
    entry_free (g_ptr_array_index (entries, i));
}

void
openim_outbox_free (OpenimOutbox *self)
{
  openim_outbox_stop (self);
  g_hash_table_unref (self->lanes);
  g_free (self);
}

/* The present one is done with; the next may go. */
static void
entry_end (Entry *entry)
{
  OpenimSync *sync = g_object_ref (entry->sync);
  Lane *lane = sync->stopped ? NULL : get_lane (sync->outbox, entry->conversation_id);

  if (lane != NULL && lane->sending == entry)
    lane->sending = NULL;
  entry_free (entry);
  if (lane != NULL && !sync->stopped)
    pump (sync->outbox, lane);
  g_object_unref (sync);
}

/* ---- what becomes of it in the store */

/* Reads what the row says now: an echo may have come. */
static gboolean
look (OpenimDb *db, Entry *entry, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimStoredMessage) message =
      openim_messages_get (db, entry->conversation_id, entry->data->clientmsgid, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  entry->status = message != NULL ? message->data->status : OPENIM_STATUS_DELETED;
  entry->seq = message != NULL ? message->data->seq : 0;
  if (message != NULL && (entry->seq > 0 || entry->status == OPENIM_STATUS_SENT)) {
    openim_pb_free (entry->data);
    entry->data = openim_pb_copy (message->data);
  }
  return TRUE;
}

static gboolean
is_had (const Entry *entry)
{
  return entry->seq > 0 || entry->status >= OPENIM_STATUS_DELETED;
}

/* Failed, unless it turns out that the server has it. */
static gboolean
store_failed (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Entry *entry = job;

  if (!look (db, entry, error))
    return FALSE;
  if (!is_had (entry) && !openim_messages_set_status (db, entry->conversation_id, entry->data->clientmsgid,
                                                      OPENIM_STATUS_FAILED, error))
    return FALSE;
  openim_effects_touch (effects, entry->conversation_id, OPENIM_TOUCH_CHANGED);
  return openim_outbox_remove (db, entry->conversation_id, entry->data->clientmsgid, error);
}

static void
on_failed (OpenimSync *sync, gpointer job, const GError *error)
{
  Entry *entry = job;

  if (is_had (entry))
    g_clear_error (&entry->reason);
  entry_end (entry);
}

/* @reason: (transfer full) */
static void
fail (Entry *entry, GError *reason)
{
  g_clear_error (&entry->reason);
  entry->reason = reason;
  openim_sync_write (entry->sync, OPENIM_STORE_WRITE, store_failed, entry, NULL, on_failed);
}

static gboolean
store_sent (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Entry *entry = job;
  const char *id = entry->conversation_id;
  g_autofree char *client_id = g_strdup (entry->data->clientmsgid); /* looking replaces the data */
  const Openim__Msg__SendMsgResp *answer = entry->answer;

  if (!openim_messages_set_sent (db, id, client_id, answer->servermsgid, answer->sendtime, error))
    return FALSE;
  if (answer->modify != NULL && answer->modify->content.len > 0) {
    g_autofree char *content =
        g_strndup ((const char *) answer->modify->content.data, answer->modify->content.len);

    if (!openim_messages_set_content (db, id, client_id, answer->modify->contenttype, content, error))
      return FALSE;
  }
  openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  if (!look (db, entry, error))
    return FALSE;
  if (answer->modify != NULL)
    openim_effects_add_late_message (effects, EVENT (EventOnMessageEdited),
                                     openim_stored_message_new (id, openim_pb_copy (entry->data)));
  return entry->seq > 0 ? openim_outbox_remove (db, id, client_id, error)
                        : openim_outbox_mark_acknowledged (db, id, client_id, error);
}

static gboolean on_echo_late (gpointer user_data);

static void
on_sent (OpenimSync *sync, gpointer job, const GError *error)
{
  Entry *entry = job;

  if (!sync->stopped && error == NULL && entry->seq == 0) {
    Lane *lane = get_lane (sync->outbox, entry->conversation_id);

    g_hash_table_add (lane->acked, g_strdup (entry->data->clientmsgid));
    if (lane->echo_timer == 0)
      lane->echo_timer = g_timeout_add (ECHO_PATIENCE, on_echo_late, lane);
  }
  entry_end (entry);
}

/* ---- looking for one that is in doubt */

static void search_block (GTask *task);

typedef struct {
  Entry *entry; /* (unowned) */
  gint64 max;   /* of the conversation */
} Search;

static gboolean
read_place (OpenimDb *db, gpointer job, GError **error)
{
  Search *search = g_task_get_task_data (job);
  Entry *entry = search->entry;
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, entry->conversation_id, &local);
  g_autoptr (OpenimStoredMessage) message = NULL;

  if (local == NULL && entry->lowest > 0)
    message = openim_messages_get_by_seq (db, entry->conversation_id, entry->lowest, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  search->max = row != NULL ? row->max_seq : 0;
  /* Everything since well before it was written is here now. */
  if (message != NULL && message->data->sendtime > 0 &&
      message->data->sendtime < entry->created - CLOCK_SLACK)
    entry->exhausted = TRUE;
  return look (db, entry, error);
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
  search->entry->blocks++;
  search_block (g_steal_pointer (&task));
}

static void
on_place (OpenimSync *sync, gpointer job, const GError *error)
{
  g_autoptr (GTask) task = job;
  Search *search = g_task_get_task_data (task);
  Entry *entry = search->entry;
  gint64 end;

  if (error != NULL || sync->stopped) {
    g_task_return_error (task, openim_sync_error (sync, error));
    return;
  }
  if (is_had (entry) || entry->exhausted || search->max == 0 || entry->lowest == 1 ||
      entry->blocks >= LOOK_BACK) {
    g_task_return_boolean (task, is_had (entry));
    return;
  }
  end = entry->lowest > 0 ? entry->lowest - 1 : search->max;
  entry->lowest = MAX (end - OPENIM_SYNC_CHUNK + 1, 1);
  openim_sync_fill_async (sync, entry->conversation_id, entry->lowest, end, TRUE, NULL, on_block,
                          g_steal_pointer (&task));
}

static void
search_block (GTask *task)
{
  openim_sync_read (g_task_get_source_object (task), read_place, task, NULL, on_place);
}

/* Block by block from the newest seq down, until the message is found or its time has passed. The answer: the
 * server has it. */
static void
search_async (Entry *entry, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (entry->sync, NULL, callback, user_data);
  Search *search = g_new0 (Search, 1);

  search->entry = entry;
  entry->lowest = 0;
  entry->blocks = 0;
  entry->exhausted = FALSE;
  g_task_set_task_data (task, search, g_free);
  search_block (task);
}

/* ---- sending */

static gboolean
on_again (gpointer user_data)
{
  Entry *entry = user_data;
  OpenimOutbox *outbox = entry->sync->outbox;
  Lane *lane = get_lane (outbox, entry->conversation_id);

  entry->timer = 0;
  lane->sending = NULL;
  g_queue_push_head (&lane->queue, entry);
  pump (outbox, lane);
  return G_SOURCE_REMOVE;
}

static gint64
waited (const Entry *entry)
{
  return openim_clock_monotonic () - entry->queued;
}

static void
refused (Entry *entry, GError *error)
{
  gboolean group = entry->data->sessiontype == OPENIM_SESSION_GROUP;

  if (group && g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_NO_PERMISSION) &&
      entry->refusals < GROUP_RETRIES) {
    entry->refusals++;
    entry->timer = g_timeout_add (GROUP_WAIT, on_again, entry);
    g_error_free (error);
    return;
  }
  /* The connection broke off with the message on the wire: after the next sync its echo is here, or it is
   * sent once more. */
  if (g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_NETWORK) && waited (entry) < DEADLINE) {
    entry->doubtful = TRUE;
    g_error_free (error);
    on_again (entry);
    return;
  }
  fail (entry, error);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Entry *entry = user_data;
  g_autoptr (GError) error = NULL;

  openim_pb_free (entry->answer);
  entry->answer = openim_gateway_request_finish (OPENIM_GATEWAY (source), result,
                                                 &openim__msg__send_msg_resp__descriptor, &error);
  if (entry->sync->stopped)
    entry_free (entry);
  else if (entry->answer == NULL)
    refused (entry, g_steal_pointer (&error));
  else if (entry->answer->servermsgid[0] == '\0' && entry->answer->sendtime == 0)
    /* What servers up to 3.8.3-patch.16 say instead of an error. */
    fail (entry, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_ARGS, "the receiver takes no messages"));
  else
    openim_sync_write (entry->sync, OPENIM_STORE_WRITE, store_sent, entry, NULL, on_sent);
}

static void
put_on_wire (Entry *entry)
{
  openim_gateway_request_async (entry->sync->gateway, OPENIM_GATEWAY_SEND, entry->data, DEADLINE,
                                entry->sync->cancellable, on_answer, entry);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Entry *entry = user_data;
  g_autoptr (GError) error = NULL;
  gboolean had = g_task_propagate_boolean (G_TASK (result), &error);

  if (entry->sync->stopped) {
    entry_free (entry);
  } else if (error != NULL) {
    refused (entry, g_steal_pointer (&error));
  } else if (had) {
    entry_end (entry);
  } else {
    entry->doubtful = FALSE;
    put_on_wire (entry);
  }
}

static gboolean
on_waited (gpointer user_data)
{
  Lane *lane = user_data;

  lane->timer = 0;
  pump (lane->sync->outbox, lane);
  return G_SOURCE_REMOVE;
}

/* TRUE if the first one in the queue still has time; the lane is looked at again when it has not. */
static gboolean
has_patience (Lane *lane, const Entry *entry, gint64 patience)
{
  gint64 rest = patience - waited (entry);

  if (rest > 0 && lane->timer == 0)
    lane->timer = g_timeout_add ((guint) rest + 1, on_waited, lane);
  return rest > 0;
}

static void
pump (OpenimOutbox *self, Lane *lane)
{
  Entry *entry = g_queue_peek_head (&lane->queue);
  gboolean in_doubt = entry != NULL && entry->doubtful && !self->settled;

  if (entry == NULL || lane->sending != NULL)
    return;
  if (!self->sync->connected || in_doubt) {
    /* What is in doubt gets time for the sync that tells. */
    if (has_patience (lane, entry, entry->doubtful ? 2 * DEADLINE : DEADLINE))
      return;
    lane->sending = g_queue_pop_head (&lane->queue);
    fail (entry, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK, "not connected"));
    return;
  }
  if (g_hash_table_size (lane->acked) >= UNCONFIRMED)
    return; /* goes on with the next echo */

  lane->sending = g_queue_pop_head (&lane->queue);
  if (entry->doubtful)
    search_async (entry, on_searched, entry);
  else
    put_on_wire (entry);
}

static void
pump_all (OpenimOutbox *self)
{
  g_autoptr (GList) lanes = g_hash_table_get_values (self->lanes);

  for (GList *link = lanes; link != NULL && !self->sync->stopped; link = link->next)
    pump (self, link->data);
}

/* ---- what is left: by an earlier run of the program, or without an echo */

static gboolean
store_attempt (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Entry *entry = job;

  return openim_outbox_mark_attempt (db, entry->conversation_id, entry->data->clientmsgid, error);
}

static void
on_attempt (OpenimSync *sync, gpointer job, const GError *error)
{
  Entry *entry = job;
  Lane *lane;

  if (error != NULL || sync->stopped) {
    entry_free (entry); /* the row stays for the next start */
    return;
  }
  lane = get_lane (sync->outbox, entry->conversation_id);
  g_queue_push_tail (&lane->queue, entry);
  pump (sync->outbox, lane);
}

static void
on_left_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Entry *entry = user_data;
  g_autoptr (GError) error = NULL;
  gboolean had = g_task_propagate_boolean (G_TASK (result), &error);

  if (had || error != NULL || entry->sync->stopped)
    entry_free (entry); /* there, or not to be found out now */
  else if (entry->acknowledged)
    fail (entry, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_SERVER_INTERNAL,
                                      "the server took the message and lost it"));
  else if (entry->attempts >= ATTEMPTS || openim_clock_now () - entry->created > STALE)
    fail (entry, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK, "not sent in time"));
  else
    openim_sync_write (entry->sync, OPENIM_STORE_DURABLE, store_attempt, entry, NULL, on_attempt);
}

static void
finish_left (OpenimOutbox *self, const OpenimOutboxEntry *left)
{
  Entry *entry = entry_new (self->sync, left->message->conversation_id, left->message->data, NULL);

  entry->data->sendtime = 0;
  entry->created = left->created;
  entry->acknowledged = left->acknowledged;
  entry->attempts = left->attempts;
  search_async (entry, on_left_searched, entry);
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
        openim_clock_now () - left->created >= ECHO_PATIENCE)
      finish_left (sync->outbox, left);
  }
}

static gboolean
on_echo_late (gpointer user_data)
{
  Lane *lane = user_data;
  EchoJob *job;

  lane->echo_timer = 0;
  if (g_hash_table_size (lane->acked) == 0)
    return G_SOURCE_REMOVE;
  /* They no longer hold others up; what became of them is looked for. */
  g_hash_table_remove_all (lane->acked);
  job = g_new0 (EchoJob, 1);
  job->conversation_id = g_strdup (lane->id);
  openim_sync_read (lane->sync, read_echoless, job, echo_job_free, on_echoless);
  pump (lane->sync->outbox, lane);
  return G_SOURCE_REMOVE;
}

void
openim_outbox_confirmed (OpenimOutbox *self, const char *conversation_id, const char *client_msg_id)
{
  Lane *lane = g_hash_table_lookup (self->lanes, conversation_id);

  if (lane != NULL && g_hash_table_remove (lane->acked, client_msg_id))
    pump (self, lane);
}

void
openim_outbox_connected (OpenimOutbox *self)
{
  self->settled = FALSE;
  g_clear_handle_id (&self->settling, g_source_remove);
  pump_all (self);
}

static gboolean
on_settled (gpointer user_data)
{
  OpenimOutbox *self = user_data;
  g_autoptr (GPtrArray) left = g_steal_pointer (&self->left);

  self->settling = 0;
  self->settled = TRUE;
  for (guint i = 0; left != NULL && i < left->len; i++)
    finish_left (self, g_ptr_array_index (left, i));
  pump_all (self);
  return G_SOURCE_REMOVE;
}

void
openim_outbox_synced (OpenimOutbox *self)
{
  if (self->settling == 0 && !self->settled)
    self->settling = g_timeout_add (SETTLES, on_settled, self);
}

/* ---- for callers */

static gboolean
store_new (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Entry *entry = job;
  const char *id = entry->conversation_id;
  g_autoptr (OpenimMsgData) row = openim_pb_copy (entry->data);

  /* Its time until the server tells the right one. */
  row->sendtime = entry->created;
  row->status = OPENIM_STATUS_SENDING;
  if (!openim_effects_ensure (effects, db, id, row->sessiontype, row->recvid, row->groupid, error) ||
      !openim_messages_put_local (db, id, row, error) || !openim_outbox_add (db, id, entry->data, error))
    return FALSE;
  openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static void
on_stored (OpenimSync *sync, gpointer job, const GError *error)
{
  Entry *entry = job;
  Lane *lane;

  if (error != NULL || sync->stopped) {
    entry->reason = error != NULL ? g_error_copy (error) : NULL;
    entry_free (entry);
    return;
  }
  lane = get_lane (sync->outbox, entry->conversation_id);
  g_queue_push_tail (&lane->queue, entry);
  pump (sync->outbox, lane);
}

/* Sent as it is, neither stored nor in the queue. */
static void
on_direct (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  OpenimSync *self = g_task_get_source_object (task);
  OpenimMsgData *data = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  Openim__Msg__SendMsgResp *answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__msg__send_msg_resp__descriptor, &error);

  if (answer == NULL) {
    g_task_return_error (task, openim_sync_error (self, error));
    return;
  }
  openim_pb_set (&data->servermsgid, answer->servermsgid);
  data->sendtime = answer->sendtime;
  data->status = OPENIM_STATUS_SENT;
  g_task_return_pointer (task, openim_pb_copy (data), openim_pb_free);
  openim_pb_free (answer);
}

static void
send_direct (OpenimSync *self, const OpenimMsgData *data, guint timeout, GTask *task)
{
  OpenimMsgData *copy = openim_pb_copy (data);

  copy->sendtime = 0;
  copy->status = OPENIM_STATUS_SENDING;
  g_task_set_task_data (task, copy, openim_pb_free);
  if (self->stopped) {
    g_task_return_error (task, openim_sync_error (self, NULL));
    g_object_unref (task);
    return;
  }
  openim_gateway_request_async (self->gateway, OPENIM_GATEWAY_SEND, copy, timeout, self->cancellable,
                                on_direct, task);
}

void
openim_sync_send_async (OpenimSync *self,
                        const OpenimOutgoing *outgoing,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Entry *entry;

  g_task_set_source_tag (task, openim_sync_send_async);
  if (outgoing->online_only || self->stopped) {
    send_direct (self, outgoing->data, DEADLINE, task);
    return;
  }
  entry = entry_new (self, outgoing->conversation_id, outgoing->data, task);
  entry->data->sendtime = 0;
  entry->data->seq = 0;
  entry->data->status = OPENIM_STATUS_SENDING;
  openim_sync_write (self, OPENIM_STORE_DURABLE, store_new, entry, NULL, on_stored);
}

OpenimMsgData *
openim_sync_send_finish (OpenimSync *self, GAsyncResult *result, GError **error)
{
  g_autoptr (OpenimMsgData) data = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  data = g_task_propagate_pointer (G_TASK (result), error);
  if (data != NULL && data->servermsgid[0] == '\0' && data->sendtime == 0) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_ARGS, "the receiver takes no messages");
    return NULL;
  }
  return g_steal_pointer (&data);
}

void
openim_sync_send_transient_async (OpenimSync *self,
                                  const OpenimMsgData *data,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, openim_sync_send_transient_async);
  /* Typing that comes late is worse than none: no waiting for a connection. */
  send_direct (self, data, self->connected ? DEADLINE : 0, task);
}

gboolean
openim_sync_send_transient_finish (OpenimSync *self, GAsyncResult *result, GError **error)
{
  g_autoptr (OpenimMsgData) data = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  data = g_task_propagate_pointer (G_TASK (result), error);
  return data != NULL;
}
