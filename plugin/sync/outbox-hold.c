/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Own messages that cannot go out yet, since their file is still on its way to the server. They are in the
 * list like others that are being sent; when the program ends before the file is there they fail at the next
 * start. */

#include "sync/outbox-private.h"

typedef struct {
  GTask *task; /* not owned: the callback's reference outlives the job */
  char *conversation_id;
  OpenimMsgData *data;
} Hold;

static void
hold_free (gpointer data)
{
  Hold *hold = data;

  openim_pb_free (hold->data);
  g_free (hold->conversation_id);
  g_free (hold);
}

static gboolean
store_held (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Hold *hold = job;
  OpenimMsgData *data = hold->data;
  const char *id = hold->conversation_id;

  data->status = OPENIM_STATUS_SENDING;
  if (!openim_effects_ensure (effects, db, id, data->sessiontype, data->recvid, data->groupid, error) ||
      !openim_messages_put_local (db, id, data, error) || !openim_outbox_hold (db, id, data, error))
    return FALSE;
  openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static gboolean
store_dropped (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Hold *hold = job;

  if (!openim_messages_set_status (db, hold->conversation_id, hold->data->clientmsgid, OPENIM_STATUS_FAILED,
                                   error) ||
      !openim_outbox_remove (db, hold->conversation_id, hold->data->clientmsgid, error))
    return FALSE;
  openim_effects_touch (effects, hold->conversation_id, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static void
on_written (OpenimSync *sync, gpointer job, const GError *error)
{
  Hold *hold = job;
  g_autoptr (GTask) task = hold->task;

  if (error != NULL || sync->stopped)
    g_task_return_error (task, openim_sync_error (sync, error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
write_hold (
    OpenimSync *self, const OpenimOutgoing *outgoing, OpenimStoreMode mode, OpenimWriteFunc func, GTask *task)
{
  Hold *hold = g_new0 (Hold, 1);

  hold->task = task;
  hold->conversation_id = g_strdup (outgoing->conversation_id);
  hold->data = openim_pb_copy (outgoing->data);
  openim_sync_write (self, mode, func, hold, hold_free, on_written);
}

void
openim_sync_hold_async (OpenimSync *self,
                        const OpenimOutgoing *outgoing,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, openim_sync_hold_async);
  write_hold (self, outgoing, OPENIM_STORE_DURABLE, store_held, task);
}

gboolean
openim_sync_hold_finish (OpenimSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
openim_sync_drop_async (OpenimSync *self,
                        const OpenimOutgoing *outgoing,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, openim_sync_drop_async);
  write_hold (self, outgoing, OPENIM_STORE_WRITE, store_dropped, task);
}

gboolean
openim_sync_drop_finish (OpenimSync *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
