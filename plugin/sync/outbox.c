/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Own messages from the moment somebody sends them until the server is known to have them.
 *
 * A message is stored before a byte leaves. Its status goes from sending to sent or failed, never back. When
 * an answer is missing, nobody knows whether the server has it, and the server does not recognise a message
 * that comes twice; therefore such a one is looked up first: its echo, or the seqs around its time, tell. */

#include "base/clock.h"
#include "sync/outbox-private.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

#define DEADLINE 10000  /* ms to wait for a connection, and for an answer */
#define UNCONFIRMED 50  /* the server drops what exceeds 100 in one of its batches */
#define GROUP_RETRIES 3 /* a member may be refused for some seconds by a cached failure, */
#define GROUP_WAIT 2000 /* ms between them */
#define ECHO_WAIT 15000 /* ms after an answer in which the echo should come */
#define SETTLES 1500    /* ms in which the server stores what it took just before a connection was lost */

static void pump (OpenimOutbox *self, OpenimSendLane *lane);

/* ---- entries and lanes */

OpenimSending *
openim_sending_new (OpenimSync *sync, const char *conversation_id, const OpenimMsgData *data, GTask *task)
{
  OpenimSending *sending = g_new0 (OpenimSending, 1);

  sending->sync = g_object_ref (sync);
  sending->conversation_id = g_strdup (conversation_id);
  sending->data = openim_pb_copy (data);
  sending->task = task;
  sending->created = openim_clock_now ();
  sending->queued = openim_clock_monotonic ();
  return sending;
}

/* The caller's answer, if there is one to give. */
void
openim_sending_free (OpenimSending *sending)
{
  g_clear_handle_id (&sending->timer, g_source_remove);
  if (sending->task != NULL) {
    if (sending->reason != NULL || sending->sync->stopped)
      g_task_return_error (sending->task, openim_sync_error (sending->sync, sending->reason));
    else
      g_task_return_pointer (sending->task, openim_pb_copy (sending->data), openim_pb_free);
    g_object_unref (sending->task);
  }
  openim_pb_free (sending->data);
  openim_pb_free (sending->answer);
  g_clear_error (&sending->reason);
  g_free (sending->conversation_id);
  g_object_unref (sending->sync);
  g_free (sending);
}

static void
lane_free (gpointer p)
{
  OpenimSendLane *lane = p;

  g_clear_handle_id (&lane->timer, g_source_remove);
  g_clear_handle_id (&lane->echo_timer, g_source_remove);
  g_hash_table_unref (lane->acked);
  g_free (lane->id);
  g_free (lane);
}

static OpenimSendLane *
get_lane (OpenimOutbox *self, const char *conversation_id)
{
  OpenimSendLane *lane = g_hash_table_lookup (self->lanes, conversation_id);

  if (lane == NULL) {
    lane = g_new0 (OpenimSendLane, 1);
    lane->sync = self->sync;
    lane->id = g_strdup (conversation_id);
    g_queue_init (&lane->queue);
    lane->acked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert (self->lanes, lane->id, lane);
  }
  return lane;
}

OpenimOutbox *
openim_outbox_new (OpenimSync *sync)
{
  OpenimOutbox *self = g_new0 (OpenimOutbox, 1);

  self->sync = sync;
  self->lanes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, lane_free);
  openim_outbox_read_left (self);
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
    OpenimSendLane *lane = value;
    OpenimSending *sending;

    while ((sending = g_queue_pop_head (&lane->queue)) != NULL)
      g_ptr_array_add (entries, sending);
    if (lane->sending != NULL && lane->sending->timer != 0)
      g_ptr_array_add (entries, lane->sending);
  }
  g_hash_table_remove_all (self->lanes);
  g_clear_handle_id (&self->settling, g_source_remove);
  g_clear_pointer (&self->left, g_ptr_array_unref);
  for (guint i = 0; i < entries->len; i++)
    openim_sending_free (g_ptr_array_index (entries, i));
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
sending_end (OpenimSending *sending)
{
  OpenimSync *sync = g_object_ref (sending->sync);
  OpenimSendLane *lane = sync->stopped ? NULL : get_lane (sync->outbox, sending->conversation_id);

  if (lane != NULL && lane->sending == sending)
    lane->sending = NULL;
  openim_sending_free (sending);
  if (lane != NULL && !sync->stopped)
    pump (sync->outbox, lane);
  g_object_unref (sync);
}

/* ---- what becomes of it in the store */

/* Reads what the row says now: an echo may have come. */
gboolean
openim_sending_look (OpenimDb *db, OpenimSending *sending, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimStoredMessage) message =
      openim_messages_get (db, sending->conversation_id, sending->data->clientmsgid, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  sending->status = message != NULL ? message->data->status : OPENIM_STATUS_DELETED;
  sending->seq = message != NULL ? message->data->seq : 0;
  if (message != NULL && (sending->seq > 0 || sending->status == OPENIM_STATUS_SENT)) {
    openim_pb_free (sending->data);
    sending->data = openim_pb_copy (message->data);
  }
  return TRUE;
}

gboolean
openim_sending_is_had (const OpenimSending *sending)
{
  return sending->seq > 0 || sending->status >= OPENIM_STATUS_DELETED;
}

/* Failed, unless it turns out that the server has it. */
static gboolean
store_failed (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  OpenimSending *sending = job;

  if (!openim_sending_look (db, sending, error))
    return FALSE;
  if (!openim_sending_is_had (sending) &&
      !openim_messages_set_status (db, sending->conversation_id, sending->data->clientmsgid,
                                   OPENIM_STATUS_FAILED, error))
    return FALSE;
  openim_effects_touch (effects, sending->conversation_id, OPENIM_TOUCH_CHANGED);
  return openim_outbox_remove (db, sending->conversation_id, sending->data->clientmsgid, error);
}

static void
on_failed (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimSending *sending = job;

  if (openim_sending_is_had (sending))
    g_clear_error (&sending->reason);
  sending_end (sending);
}

/* @reason: (transfer full) */
void
openim_sending_fail (OpenimSending *sending, GError *reason)
{
  g_clear_error (&sending->reason);
  sending->reason = reason;
  openim_sync_write (sending->sync, OPENIM_STORE_WRITE, store_failed, sending, NULL, on_failed);
}

static gboolean
store_sent (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  OpenimSending *sending = job;
  const char *id = sending->conversation_id;
  g_autofree char *client_id = g_strdup (sending->data->clientmsgid); /* looking replaces the data */
  const Openim__Msg__SendMsgResp *answer = sending->answer;

  if (!openim_messages_set_sent (db, id, client_id, answer->servermsgid, answer->sendtime, error))
    return FALSE;
  if (answer->modify != NULL && answer->modify->content.len > 0) {
    g_autofree char *content =
        g_strndup ((const char *) answer->modify->content.data, answer->modify->content.len);

    if (!openim_messages_set_content (db, id, client_id, answer->modify->contenttype, content, error))
      return FALSE;
  }
  openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  if (!openim_sending_look (db, sending, error))
    return FALSE;
  if (answer->modify != NULL)
    openim_effects_add_late_message (effects, EVENT (EventOnMessageEdited),
                                     openim_stored_message_new (id, openim_pb_copy (sending->data)));
  return sending->seq > 0 ? openim_outbox_remove (db, id, client_id, error)
                          : openim_outbox_mark_acknowledged (db, id, client_id, error);
}

static gboolean
on_echo_late (gpointer user_data)
{
  OpenimSendLane *lane = user_data;

  lane->echo_timer = 0;
  if (g_hash_table_size (lane->acked) == 0)
    return G_SOURCE_REMOVE;
  /* They no longer hold others up; what became of them is looked for. */
  g_hash_table_remove_all (lane->acked);
  openim_outbox_finish_echoless (lane->sync->outbox, lane->id);
  pump (lane->sync->outbox, lane);
  return G_SOURCE_REMOVE;
}

static void
on_sent (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimSending *sending = job;

  /* The server has it, the store could not be told; the next sync looks what became of it. */
  if (error != NULL && sending->reason == NULL)
    sending->reason = g_error_copy (error);
  if (!sync->stopped) {
    OpenimSendLane *lane = get_lane (sync->outbox, sending->conversation_id);

    lane->storing--;
    if (error == NULL && sending->seq == 0) {
      g_hash_table_add (lane->acked, g_strdup (sending->data->clientmsgid));
      if (lane->echo_timer == 0)
        lane->echo_timer = g_timeout_add (ECHO_WAIT, on_echo_late, lane);
    }
  }
  sending_end (sending);
}

/* The server has it; the next one may go. */
static void
accepted (OpenimSending *sending)
{
  OpenimOutbox *outbox = sending->sync->outbox;
  OpenimSendLane *lane = get_lane (outbox, sending->conversation_id);

  lane->storing++;
  lane->sending = NULL;
  openim_sync_write (sending->sync, OPENIM_STORE_WRITE, store_sent, sending, NULL, on_sent);
  pump (outbox, lane);
}

/* ---- sending */

static gboolean
on_again (gpointer user_data)
{
  OpenimSending *sending = user_data;
  OpenimOutbox *outbox = sending->sync->outbox;
  OpenimSendLane *lane = get_lane (outbox, sending->conversation_id);

  sending->timer = 0;
  lane->sending = NULL;
  g_queue_push_head (&lane->queue, sending);
  pump (outbox, lane);
  return G_SOURCE_REMOVE;
}

static gint64
waited (const OpenimSending *sending)
{
  return openim_clock_monotonic () - sending->queued;
}

static void
refused (OpenimSending *sending, GError *error)
{
  gboolean group = sending->data->sessiontype == OPENIM_SESSION_GROUP;

  if (group && g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_NO_PERMISSION) &&
      sending->refusals < GROUP_RETRIES) {
    sending->refusals++;
    sending->timer = g_timeout_add (GROUP_WAIT, on_again, sending);
    g_error_free (error);
    return;
  }
  /* The connection broke off with the message on the wire: after the next sync its echo is here, or it is
   * sent once more. */
  if (g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_NETWORK) && waited (sending) < DEADLINE) {
    sending->doubtful = TRUE;
    g_error_free (error);
    on_again (sending);
    return;
  }
  openim_sending_fail (sending, error);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimSending *sending = user_data;
  g_autoptr (GError) error = NULL;

  openim_pb_free (sending->answer);
  sending->answer = openim_gateway_request_finish (OPENIM_GATEWAY (source), result,
                                                   &openim__msg__send_msg_resp__descriptor, &error);
  if (sending->sync->stopped)
    openim_sending_free (sending);
  else if (sending->answer == NULL)
    refused (sending, g_steal_pointer (&error));
  else if (sending->answer->servermsgid[0] == '\0' && sending->answer->sendtime == 0)
    /* What servers up to 3.8.3-patch.16 say instead of an error. */
    openim_sending_fail (
        sending, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_ARGS, "the receiver takes no messages"));
  else
    accepted (sending);
}

static void
put_on_wire (OpenimSending *sending)
{
  openim_gateway_request_async (sending->sync->gateway, OPENIM_GATEWAY_SEND, sending->data, DEADLINE,
                                sending->sync->cancellable, on_answer, sending);
}

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimSending *sending = user_data;
  g_autoptr (GError) error = NULL;
  gboolean had = g_task_propagate_boolean (G_TASK (result), &error);

  if (sending->sync->stopped) {
    openim_sending_free (sending);
  } else if (error != NULL) {
    refused (sending, g_steal_pointer (&error));
  } else if (had) {
    sending_end (sending);
  } else {
    sending->doubtful = FALSE;
    put_on_wire (sending);
  }
}

static gboolean
on_waited (gpointer user_data)
{
  OpenimSendLane *lane = user_data;

  lane->timer = 0;
  pump (lane->sync->outbox, lane);
  return G_SOURCE_REMOVE;
}

/* TRUE if the first one in the queue still has time; the lane is looked at again when it has not. */
static gboolean
has_patience (OpenimSendLane *lane, const OpenimSending *sending, gint64 patience)
{
  gint64 rest = patience - waited (sending);

  if (rest > 0 && lane->timer == 0)
    lane->timer = g_timeout_add ((guint) rest + 1, on_waited, lane);
  return rest > 0;
}

static void
pump (OpenimOutbox *self, OpenimSendLane *lane)
{
  OpenimSending *sending = g_queue_peek_head (&lane->queue);
  gboolean in_doubt = sending != NULL && sending->doubtful && !self->settled;

  if (sending == NULL || lane->sending != NULL)
    return;
  if (!self->sync->connected || in_doubt) {
    /* What is in doubt gets time for the sync that tells. */
    if (has_patience (lane, sending, sending->doubtful ? 2 * DEADLINE : DEADLINE))
      return;
    lane->sending = g_queue_pop_head (&lane->queue);
    openim_sending_fail (sending, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK, "not connected"));
    return;
  }
  if (g_hash_table_size (lane->acked) + lane->storing >= UNCONFIRMED)
    return; /* goes on with the next echo */

  lane->sending = g_queue_pop_head (&lane->queue);
  if (sending->doubtful)
    openim_sending_search_async (sending, on_searched, sending);
  else
    put_on_wire (sending);
}

static void
pump_all (OpenimOutbox *self)
{
  g_autoptr (GList) lanes = g_hash_table_get_values (self->lanes);

  for (GList *link = lanes; link != NULL && !self->sync->stopped; link = link->next)
    pump (self, link->data);
}

void
openim_outbox_confirmed (OpenimOutbox *self, const char *conversation_id, const char *client_msg_id)
{
  OpenimSendLane *lane = g_hash_table_lookup (self->lanes, conversation_id);

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

  self->settling = 0;
  self->settled = TRUE;
  openim_outbox_finish_left (self);
  pump_all (self);
  return G_SOURCE_REMOVE;
}

void
openim_outbox_synced (OpenimOutbox *self)
{
  if (self->settling == 0 && !self->settled)
    self->settling = g_timeout_add (SETTLES, on_settled, self);
}

void
openim_sending_queue (OpenimSending *sending)
{
  OpenimOutbox *self = sending->sync->outbox;
  OpenimSendLane *lane = get_lane (self, sending->conversation_id);

  g_queue_push_tail (&lane->queue, sending);
  pump (self, lane);
}

/* ---- for callers */

/* Stored without the address of its file, which is known now. */
static gboolean
store_again (OpenimDb *db, OpenimSending *sending, OpenimEffects *effects, GError **error)
{
  const OpenimMsgData *data = sending->data;
  const char *id = sending->conversation_id;
  g_autofree char *content = g_strndup ((const char *) data->content.data, data->content.len);

  if (!openim_messages_set_content (db, id, data->clientmsgid, data->contenttype, content, error) ||
      !openim_outbox_add (db, id, data, error))
    return FALSE;
  openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static gboolean
store_new (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  OpenimSending *sending = job;
  const char *id = sending->conversation_id;
  g_autoptr (OpenimMsgData) row = openim_pb_copy (sending->data);

  if (sending->held)
    return store_again (db, sending, effects, error);
  /* Its time until the server tells the right one. */
  row->sendtime = sending->created;
  row->status = OPENIM_STATUS_SENDING;
  if (!openim_effects_ensure (effects, db, id, row->sessiontype, row->recvid, row->groupid, error) ||
      !openim_messages_put_local (db, id, row, error) || !openim_outbox_add (db, id, sending->data, error))
    return FALSE;
  openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static void
on_stored (OpenimSync *sync, gpointer job, const GError *error)
{
  OpenimSending *sending = job;

  if (error == NULL && !sync->stopped) {
    openim_sending_queue (sending);
    return;
  }
  sending->reason = error != NULL ? g_error_copy (error) : NULL;
  openim_sending_free (sending);
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
  OpenimSending *sending;

  g_task_set_source_tag (task, openim_sync_send_async);
  if (outgoing->online_only || self->stopped) {
    send_direct (self, outgoing->data, DEADLINE, task);
    return;
  }
  sending = openim_sending_new (self, outgoing->conversation_id, outgoing->data, task);
  sending->held = outgoing->held;
  sending->data->sendtime = 0;
  sending->data->seq = 0;
  sending->data->status = OPENIM_STATUS_SENDING;
  openim_sync_write (self, OPENIM_STORE_DURABLE, store_new, sending, NULL, on_stored);
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
