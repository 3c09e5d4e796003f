/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The object, its life, and the one way into the store. */

#include "sync/internal.h"

G_DEFINE_FINAL_TYPE (OpenimSync, openim_sync, G_TYPE_OBJECT)

static void
openim_sync_dispose (GObject *object)
{
  OpenimSync *self = OPENIM_SYNC (object);

  if (self->run != NULL)
    openim_sync_stop (self);
  G_OBJECT_CLASS (openim_sync_parent_class)->dispose (object);
}

static void
openim_sync_finalize (GObject *object)
{
  OpenimSync *self = OPENIM_SYNC (object);

  g_clear_pointer (&self->run, openim_run_free);
  g_clear_pointer (&self->lanes, openim_lanes_free);
  g_clear_pointer (&self->intake, openim_intake_free);
  g_clear_pointer (&self->fetch, openim_fetch_free);
  g_clear_pointer (&self->typing, openim_typing_free);
  g_clear_pointer (&self->presence, openim_presence_free);
  g_clear_pointer (&self->outbox, openim_outbox_free);
  g_clear_pointer (&self->names, openim_names_free);
  g_clear_pointer (&self->lists, openim_lists_free);
  g_clear_object (&self->api);
  g_clear_object (&self->gateway);
  g_clear_object (&self->store);
  g_clear_object (&self->cancellable);
  g_free (self->user_id);
  G_OBJECT_CLASS (openim_sync_parent_class)->finalize (object);
}

static void
openim_sync_class_init (OpenimSyncClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = openim_sync_dispose;
  G_OBJECT_CLASS (klass)->finalize = openim_sync_finalize;
}

static void
openim_sync_init (OpenimSync *self)
{
  self->cancellable = g_cancellable_new ();
  self->total_unread = -1;
}

OpenimSync *
openim_sync_new (OpenimApi *api,
                 OpenimGateway *gateway,
                 OpenimStore *store,
                 const char *user_id,
                 int platform,
                 const OpenimSyncSink *sink,
                 gpointer owner)
{
  OpenimSync *self = g_object_new (OPENIM_TYPE_SYNC, NULL);

  self->api = g_object_ref (api);
  self->gateway = g_object_ref (gateway);
  self->store = g_object_ref (store);
  self->user_id = g_strdup (user_id);
  self->platform = platform;
  self->sink = sink;
  self->owner = owner;

  self->intake = openim_intake_new (self);
  self->lanes = openim_lanes_new (self);
  self->fetch = openim_fetch_new (self);
  self->lists = openim_lists_new (self);
  self->outbox = openim_outbox_new (self);
  self->presence = openim_presence_new (self);
  self->typing = openim_typing_new (self);
  self->names = openim_names_new (self);
  self->run = openim_run_new (self);
  return self;
}

void
openim_sync_stop (OpenimSync *self)
{
  g_return_if_fail (OPENIM_IS_SYNC (self));

  if (self->stopped)
    return;
  self->stopped = TRUE;
  self->connected = FALSE;

  /* Callbacks that are answered here may drop the caller's last reference. */
  g_object_ref (self);
  g_cancellable_cancel (self->cancellable);
  openim_run_stop (self->run);
  openim_lanes_stop (self->lanes);
  openim_intake_stop (self->intake);
  openim_fetch_stop (self->fetch);
  openim_typing_stop (self->typing);
  openim_presence_stop (self->presence);
  openim_outbox_stop (self->outbox);
  openim_names_stop (self->names);
  openim_lists_stop (self->lists);
  g_object_unref (self);
}

void
openim_sync_connected (OpenimSync *self)
{
  g_return_if_fail (OPENIM_IS_SYNC (self));

  if (self->stopped)
    return;
  g_object_ref (self);
  self->connected = TRUE;
  self->connections++;
  openim_presence_renew (self->presence);
  openim_outbox_connected (self->outbox);
  openim_run_start (self->run, TRUE);
  g_object_unref (self);
}

void
openim_sync_disconnected (OpenimSync *self)
{
  g_return_if_fail (OPENIM_IS_SYNC (self));

  if (self->stopped)
    return;
  g_object_ref (self);
  self->connected = FALSE;
  openim_run_cut (self->run);
  openim_lanes_disconnected (self->lanes);
  openim_fetch_disconnected (self->fetch);
  g_object_unref (self);
}

void
openim_sync_push (OpenimSync *self, guint id, GBytes *body)
{
  g_return_if_fail (OPENIM_IS_SYNC (self));

  if (self->stopped)
    return;
  if (id == OPENIM_GATEWAY_PUSH)
    openim_intake_push (self->intake, body);
  else if (id == OPENIM_GATEWAY_ONLINE_STATUS)
    openim_presence_push (self->presence, body);
  else
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_INFO, "push of unknown kind %u", id);
}

gboolean
openim_sync_is_background (OpenimSync *self)
{
  g_return_val_if_fail (OPENIM_IS_SYNC (self), FALSE);

  return self->background;
}

void
openim_sync_set_background (OpenimSync *self, gboolean background)
{
  g_return_if_fail (OPENIM_IS_SYNC (self));

  if (self->background == background)
    return;
  self->background = background;
  if (!background && self->connected)
    openim_run_start (self->run, FALSE);
}

GError *
openim_sync_error (OpenimSync *self, const GError *error)
{
  if (self->stopped)
    return g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_LOGIN_OUT, "logged out");
  return g_error_copy (error);
}

/* ---- the way into the store */

typedef struct {
  OpenimSync *sync;
  OpenimWriteFunc write; /* one of the two */
  OpenimReadFunc read;
  gpointer job;
  GDestroyNotify free_job;
  OpenimWrittenFunc done;
  OpenimEffects *effects; /* of a write */
} Access;

static gboolean
run_access (OpenimDb *db, gpointer job, GError **error)
{
  Access *access = job;

  if (access->read != NULL)
    return access->read (db, access->job, error);
  return access->write (db, access->job, access->effects, error) &&
         openim_effects_settle (access->effects, db, error);
}

/* Effects that belong to other parts of this object. */
static void
pass_on (OpenimSync *self, OpenimEffects *effects)
{
  for (guint i = 0; i + 1 < effects->echoes->len && !self->stopped; i += 2)
    openim_outbox_confirmed (self->outbox, g_ptr_array_index (effects->echoes, i),
                             g_ptr_array_index (effects->echoes, i + 1));
  for (guint i = 0; i < effects->typing->len && !self->stopped; i++) {
    const OpenimTypingChange *change = g_ptr_array_index (effects->typing, i);

    openim_typing_set (self->typing, change->conversation_id, change->user_id, change->platform, change->on);
  }
  for (guint i = 0; i < effects->strangers->len && !self->stopped; i++)
    openim_names_want (self->names, g_ptr_array_index (effects->strangers, i));
  for (guint i = 0; i < effects->refreshes->len && !self->stopped; i++) {
    const OpenimRefresh *refresh = g_ptr_array_index (effects->refreshes, i);

    openim_lists_update (self->lists, refresh->list, refresh->entity, OPENIM_LIST_PLAIN, NULL, NULL);
  }
  if (effects->resync && !self->stopped && self->connected)
    openim_run_again (self->run);
}

static void
on_accessed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Access *access = user_data;
  OpenimSync *self = access->sync;
  g_autoptr (GError) error = NULL;

  openim_store_run_finish (OPENIM_STORE (source), result, &error);
  if (error != NULL && !self->stopped)
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "store: %s", error->message);

  if (error == NULL && access->effects != NULL && !self->stopped) {
    openim_effects_tell (access->effects, self->sink, self->owner, &self->stopped, &self->total_unread);
    pass_on (self, access->effects);
  }
  if (access->done != NULL)
    access->done (self, access->job, error);

  if (access->free_job != NULL)
    access->free_job (access->job);
  openim_effects_free (access->effects);
  g_object_unref (access->sync);
  g_free (access);
}

static void
start_access (OpenimSync *self, OpenimStoreMode mode, Access *access)
{
  access->sync = g_object_ref (self);
  /* The callback comes in any case and frees it all, therefore the store gets nothing to free. */
  openim_store_run_async (self->store, mode, run_access, access, NULL, NULL, on_accessed, access);
}

void
openim_sync_write (OpenimSync *self,
                   OpenimStoreMode mode,
                   OpenimWriteFunc func,
                   gpointer job,
                   GDestroyNotify free_job,
                   OpenimWrittenFunc done)
{
  Access *access = g_new0 (Access, 1);

  access->write = func;
  access->job = job;
  access->free_job = free_job;
  access->done = done;
  access->effects = openim_effects_new (self->user_id, self->platform, self->background);
  start_access (self, mode, access);
}

void
openim_sync_read (
    OpenimSync *self, OpenimReadFunc func, gpointer job, GDestroyNotify free_job, OpenimWrittenFunc done)
{
  Access *access = g_new0 (Access, 1);

  access->read = func;
  access->job = job;
  access->free_job = free_job;
  access->done = done;
  start_access (self, OPENIM_STORE_READ, access);
}

/* ---- small public things that need no room of their own */

static gboolean
touch_conversations (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  GPtrArray *ids = job;

  for (guint i = 0; i < ids->len; i++)
    openim_effects_touch (effects, g_ptr_array_index (ids, i), OPENIM_TOUCH_CHANGED);
  return TRUE;
}

void
openim_sync_conversations_changed (OpenimSync *self, GPtrArray *ids)
{
  g_return_if_fail (OPENIM_IS_SYNC (self));

  if (self->stopped) {
    g_ptr_array_unref (ids);
    return;
  }
  openim_sync_write (self, OPENIM_STORE_WRITE, touch_conversations, ids, (GDestroyNotify) g_ptr_array_unref,
                     NULL);
}
