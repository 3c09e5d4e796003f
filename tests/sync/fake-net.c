/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "fake-net.h"

struct _OpenimGateway {
  GObject parent_instance;
  FakeNet *net;
};
G_DEFINE_FINAL_TYPE (OpenimGateway, openim_gateway, G_TYPE_OBJECT)

struct _OpenimApi {
  GObject parent_instance;
  FakeNet *net;
};
G_DEFINE_FINAL_TYPE (OpenimApi, openim_api, G_TYPE_OBJECT)

static void
openim_gateway_class_init (OpenimGatewayClass *klass)
{
}

static void
openim_gateway_init (OpenimGateway *self)
{
}

static void
openim_api_class_init (OpenimApiClass *klass)
{
}

static void
openim_api_init (OpenimApi *self)
{
}

typedef struct {
  GTask *task;
  gpointer answer;
  GDestroyNotify free_answer;
  int code; /* without an answer */
  gboolean gateway;
} Pending;

void
fake_net_begin (FakeNet *net, GRand *rand, FakeGatewayFunc gateway, FakeApiFunc api, gpointer owner)
{
  *net = (FakeNet){ rand, g_ptr_array_new (), 0, FALSE, FALSE, gateway, api, owner };
}

void
fake_net_end (FakeNet *net)
{
  g_assert_cmpuint (net->pending->len, ==, 0);
  g_clear_handle_id (&net->tick, g_source_remove);
  g_ptr_array_unref (net->pending);
}

OpenimGateway *
fake_net_gateway (FakeNet *net)
{
  OpenimGateway *gateway = g_object_new (OPENIM_TYPE_GATEWAY, NULL);

  gateway->net = net;
  return gateway;
}

OpenimApi *
fake_net_api (FakeNet *net)
{
  OpenimApi *api = g_object_new (OPENIM_TYPE_API, NULL);

  api->net = net;
  return api;
}

static void
finish (Pending *pending)
{
  if (pending->answer != NULL)
    g_task_return_pointer (pending->task, pending->answer, pending->free_answer);
  else
    g_task_return_new_error (pending->task, OPENIM_ERROR, pending->code, "no answer");
  g_object_unref (pending->task);
  g_free (pending);
}

static gboolean
on_tick (gpointer user_data)
{
  FakeNet *net = user_data;
  guint which = (guint) g_rand_int_range (net->rand, 0, (gint32) net->pending->len);

  finish (g_ptr_array_steal_index_fast (net->pending, which));
  if (net->pending->len > 0)
    return G_SOURCE_CONTINUE;
  net->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
wait (FakeNet *net, GTask *task, gpointer answer, int code, GDestroyNotify free_answer, gboolean gateway)
{
  Pending *pending = g_new0 (Pending, 1);

  pending->task = task;
  pending->answer = answer;
  pending->code = code;
  pending->free_answer = free_answer;
  pending->gateway = gateway;
  g_ptr_array_add (net->pending, pending);
  if (net->tick == 0 && !net->held)
    net->tick = g_idle_add (on_tick, net);
}

void
fake_net_hold (FakeNet *net, gboolean held)
{
  net->held = held;
  g_clear_handle_id (&net->tick, g_source_remove);
  if (!held && net->pending->len > 0)
    net->tick = g_idle_add (on_tick, net);
}

void
fake_net_disconnect (FakeNet *net)
{
  net->connected = FALSE;
  for (guint i = net->pending->len; i-- > 0;) {
    Pending *pending = net->pending->pdata[i];

    if (!pending->gateway)
      continue;
    g_ptr_array_remove_index (net->pending, i);
    g_clear_pointer (&pending->answer, pending->free_answer);
    finish (pending);
  }
  if (net->pending->len == 0)
    g_clear_handle_id (&net->tick, g_source_remove);
}

void
openim_gateway_request_async (OpenimGateway *self,
                              guint id,
                              gconstpointer request,
                              guint timeout_ms,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  int code = OPENIM_ERROR_TIMEOUT;
  gpointer answer = self->net->connected ? self->net->gateway (self->net->owner, id, request, &code) : NULL;

  wait (self->net, task, answer, code, openim_pb_free, TRUE);
}

gpointer
openim_gateway_request_finish (OpenimGateway *self,
                               GAsyncResult *result,
                               const ProtobufCMessageDescriptor *descriptor,
                               GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
openim_api_call_async (OpenimApi *self,
                       const char *path,
                       JsonObject *body,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  wait (self->net, task, self->net->api (self->net->owner, path, body), 0, (GDestroyNotify) json_object_unref,
        FALSE);
  json_object_unref (body);
}

JsonObject *
openim_api_call_finish (OpenimApi *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
