/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/internal.h"

#include "base/log.h"

G_DEFINE_FINAL_TYPE (OpenimSdk, openim_sdk, G_TYPE_OBJECT)

/* What of the queue is handed out before the main loop looks at other things again. */
#define SLICE_US 4000

/* How long the server may take to hear that the program goes. */
#define FAREWELL_MS 1000

/* An answer (@call) or an event (@event). */
typedef struct {
  OpenimCall *call;
  OpenimFunction event;
  guint64 handle;
  ProtobufCMessage *data;
} Delivery;

static void
delivery_free (Delivery *delivery)
{
  g_clear_pointer (&delivery->call, openim_call_unref);
  openim_pb_free (delivery->data);
  g_free (delivery);
}

static guint64
fresh_handle (OpenimSdk *self)
{
  do {
    self->last_handle++;
  } while (self->last_handle == 0 || g_hash_table_contains (self->calls, &self->last_handle));

  return self->last_handle;
}

static void
hand_out (OpenimSdk *self, Delivery *delivery)
{
  if (delivery->call != NULL) {
    g_hash_table_remove (self->calls, &delivery->call->handle);
    openim_call_deliver (delivery->call);
  } else if (self->event_func != NULL) {
    self->event_func (self, delivery->event, delivery->handle, delivery->data, self->event_data);
  }
  delivery_free (delivery);
}

static gboolean
on_queue (gpointer user_data)
{
  OpenimSdk *self = user_data;
  gint64 end = g_get_monotonic_time () + SLICE_US;
  gboolean more;

  g_object_ref (self);
  while (!g_queue_is_empty (&self->queue) && g_get_monotonic_time () < end)
    hand_out (self, g_queue_pop_head (&self->queue));

  more = !g_queue_is_empty (&self->queue);
  if (!more && self->source != NULL)
    g_clear_pointer (&self->source, g_source_unref);
  g_object_unref (self);

  return more ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
queue_push (OpenimSdk *self, Delivery *delivery)
{
  g_queue_push_tail (&self->queue, delivery);
  if (self->source != NULL)
    return;

  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->source, "openim-sdk answers and events");
  g_source_set_callback (self->source, on_queue, self, NULL);
  g_source_attach (self->source, NULL);
}

void
openim_sdk_queue_answer (OpenimSdk *self, OpenimCall *call)
{
  Delivery *delivery = g_new0 (Delivery, 1);

  delivery->call = openim_call_ref (call);
  queue_push (self, delivery);
}

void
openim_sdk_emit_for (OpenimSdk *self, guint64 handle, OpenimFunction event, gpointer data)
{
  Delivery *delivery;

  if (self->closed) {
    openim_pb_free (data);
    return;
  }

  delivery = g_new0 (Delivery, 1);
  delivery->event = event;
  delivery->handle = handle;
  delivery->data = data;
  queue_push (self, delivery);
}

void
openim_sdk_emit (OpenimSdk *self, OpenimFunction event, gpointer data)
{
  openim_sdk_emit_for (self, fresh_handle (self), event, data);
}

static gboolean
is_allowed (OpenimSdk *self, OpenimCall *call, GError **error)
{
  const OpenimFunctionRow *row = call->row;

  if (row == NULL || row->handler == NULL)
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_FUNC_NOT_FOUND, "There is no function %d.",
                 call->function);
  else if (row->needs > OPENIM_NEEDS_NOTHING && self->config == NULL)
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_NOT_INIT, "%s needs InitSDK first.", row->name);
  else if (row->needs == OPENIM_NEEDS_LOGIN && self->status != OPENIM_SDK_LOGGED)
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_NOT_LOGIN, "%s needs Login first.", row->name);
  else
    return TRUE;

  return FALSE;
}

static OpenimCall *
begin (OpenimSdk *self, guint64 handle, OpenimFunction function, OpenimAnswerFunc answer, gpointer user_data)
{
  OpenimCall *call;

  if (handle == 0 || g_hash_table_contains (self->calls, &handle))
    handle = fresh_handle (self);

  call = openim_call_new (self, handle, function, answer, user_data);
  g_hash_table_insert (self->calls, &call->handle, openim_call_ref (call));

  return call;
}

/* @error: (transfer full) (nullable) what was wrong with the call already. */
static guint64
dispatch (OpenimSdk *self, OpenimCall *call, GError *error)
{
  guint64 handle = call->handle;

  if (error != NULL)
    openim_call_take_error (call, error);
  else
    call->row->handler (call);

  return handle;
}

guint64
openim_sdk_call_with_handle (OpenimSdk *self,
                             guint64 handle,
                             OpenimFunction function,
                             const ProtobufCMessage *request,
                             OpenimAnswerFunc answer,
                             gpointer user_data)
{
  GError *error = NULL;
  OpenimCall *call;

  g_return_val_if_fail (OPENIM_IS_SDK (self), 0);

  if (self->closed)
    return 0;

  call = begin (self, handle, function, answer, user_data);
  if (!is_allowed (self, call, &error))
    return dispatch (self, call, error);

  if (request == NULL)
    call->request = openim_pb_new (call->row->request);
  else if (request->descriptor == call->row->request)
    call->request = openim_pb_copy (request);
  else
    g_set_error (&error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, "%s is not asked with a %s.", call->row->name,
                 request->descriptor->short_name);

  return dispatch (self, call, error);
}

guint64
openim_sdk_call (OpenimSdk *self,
                 OpenimFunction function,
                 const ProtobufCMessage *request,
                 OpenimAnswerFunc answer,
                 gpointer user_data)
{
  return openim_sdk_call_with_handle (self, 0, function, request, answer, user_data);
}

guint64
openim_sdk_call_bytes (OpenimSdk *self,
                       guint64 handle,
                       OpenimFunction function,
                       const guint8 *request,
                       gsize length,
                       OpenimAnswerFunc answer,
                       gpointer user_data)
{
  GError *error = NULL;
  OpenimCall *call;

  g_return_val_if_fail (OPENIM_IS_SDK (self), 0);

  if (self->closed)
    return 0;

  call = begin (self, handle, function, answer, user_data);
  if (is_allowed (self, call, &error)) {
    call->request = openim_pb_unpack (call->row->request, request, length, &error);
    if (call->request == NULL)
      error->code = OPENIM_ERROR_SDK_ARGS; /* the caller's bytes, not the server's */
  }

  return dispatch (self, call, error);
}

static void
give_up (OpenimSdk *self, OpenimCall *call)
{
  GError *error = g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_LOGIN_OUT, "The call was given up.");

  if (openim_call_settle (call, error, NULL)) {
    openim_sdk_queue_answer (self, call);
    g_cancellable_cancel (call->cancellable);
  }
}

void
openim_sdk_cancel (OpenimSdk *self, guint64 handle)
{
  OpenimCall *call;

  g_return_if_fail (OPENIM_IS_SDK (self));

  call = g_hash_table_lookup (self->calls, &handle);
  if (call != NULL)
    give_up (self, call);
}

void
openim_sdk_watch (OpenimSdk *self, guint64 handle, OpenimWatchFunc watch)
{
  OpenimCall *call;

  g_return_if_fail (OPENIM_IS_SDK (self));

  call = g_hash_table_lookup (self->calls, &handle);
  if (call != NULL)
    call->watch = watch;
}

static int
compare_calls (gconstpointer a, gconstpointer b, gpointer user_data)
{
  guint64 first = ((const OpenimCall *) a)->handle, second = ((const OpenimCall *) b)->handle;

  return first < second ? -1 : first > second;
}

void
openim_sdk_fail_calls (OpenimSdk *self, OpenimCall *but)
{
  GList *calls = g_hash_table_get_values (self->calls);

  calls = g_list_sort_with_data (calls, compare_calls, NULL);
  for (GList *iter = calls; iter != NULL; iter = iter->next) {
    if (iter->data != but)
      give_up (self, iter->data);
  }
  g_list_free (calls);
}

void
openim_sdk_drop_login (OpenimSdk *self, OpenimFunction event, gpointer data)
{
  OpenimResources *resources = g_steal_pointer (&self->resources);

  self->status = OPENIM_SDK_DEFAULT;
  openim_sdk_emit (self, event, data);
  openim_sdk_fail_calls (self, NULL);
  self->ending++;
  openim_resources_end (resources, 0, (OpenimResourcesDone) openim_session_continue_login,
                        g_object_ref (self));
  openim_resources_unref (resources);
}

void
openim_sdk_listen (OpenimSdk *self, OpenimEventFunc event, gpointer user_data)
{
  g_return_if_fail (OPENIM_IS_SDK (self));

  self->event_func = event;
  self->event_data = user_data;
}

void
openim_sdk_set_proxy (OpenimSdk *self, GProxyResolver *proxy)
{
  g_return_if_fail (OPENIM_IS_SDK (self));

  g_set_object (&self->proxy, proxy);
}

void
openim_sdk_close (OpenimSdk *self)
{
  OpenimResources *resources;

  g_return_if_fail (OPENIM_IS_SDK (self));

  if (self->closed)
    return;

  g_object_ref (self);
  self->closed = TRUE;
  self->event_func = NULL;
  self->status = OPENIM_SDK_DEFAULT;
  resources = g_steal_pointer (&self->resources);

  openim_sdk_fail_calls (self, NULL);
  while (!g_queue_is_empty (&self->queue))
    hand_out (self, g_queue_pop_head (&self->queue));
  if (self->source != NULL) {
    g_source_destroy (self->source);
    g_clear_pointer (&self->source, g_source_unref);
  }

  if (resources != NULL) {
    openim_resources_end (resources, FAREWELL_MS, NULL, NULL);
    openim_resources_unref (resources);
  }
  g_object_unref (self);
}

static void
openim_sdk_dispose (GObject *object)
{
  openim_sdk_close (OPENIM_SDK (object));

  G_OBJECT_CLASS (openim_sdk_parent_class)->dispose (object);
}

static void
openim_sdk_finalize (GObject *object)
{
  OpenimSdk *self = OPENIM_SDK (object);

  g_clear_pointer (&self->config, openim_config_free);
  g_clear_pointer (&self->logfile, openim_logfile_free);
  g_clear_object (&self->proxy);
  g_hash_table_unref (self->calls);

  G_OBJECT_CLASS (openim_sdk_parent_class)->finalize (object);
}

static void
openim_sdk_class_init (OpenimSdkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = openim_sdk_dispose;
  object_class->finalize = openim_sdk_finalize;
}

static void
openim_sdk_init (OpenimSdk *self)
{
  self->status = OPENIM_SDK_DEFAULT;
  self->calls = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, (GDestroyNotify) openim_call_unref);
  g_queue_init (&self->queue);
}

OpenimSdk *
openim_sdk_new (void)
{
  return g_object_new (OPENIM_TYPE_SDK, NULL);
}
