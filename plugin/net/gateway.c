/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/gateway.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "net/gateway-private.h"
#include "net/http.h"
#include "net/requests.h"

#define LOG "openim-net"

static const OpenimGatewayTimes usual_times = {
  /* The server hangs up on whoever it has not heard of for 30 s. */
  .link = { .handshake = 10000, .ping = 24000, .dead = 30000 },
  .tick = 4000,
  .wait_parts = 1,
};

typedef enum { PHASE_NEW, PHASE_RUNNING, PHASE_ENDED, PHASE_STOPPED } Phase;

struct _OpenimGateway {
  GObject parent_instance;

  const OpenimGatewayListener *listener;
  gpointer owner;
  GUri *address;
  char *user_id;
  char *token;
  int platform;
  OpenimGatewayTimes times;

  Phase phase;
  GError *end; /* why it has ended or was stopped */
  SoupSession *session;
  OpenimRequests *requests;
  OpenimLink *link; /* an attempt or a connection */
  gboolean open;
  guint attempt_timer;
  OpenimBackoff backoff;
  guint tick_timer;
  gint64 ticked;

  gboolean proven; /* the server has once answered as one from 3.8.2 on does */
  gboolean mute;   /* the last connection ended without any answer */
};

G_DEFINE_FINAL_TYPE (OpenimGateway, openim_gateway, G_TYPE_OBJECT)

static void
openim_gateway_dispose (GObject *object)
{
  openim_gateway_stop (OPENIM_GATEWAY (object));
  G_OBJECT_CLASS (openim_gateway_parent_class)->dispose (object);
}

static void
openim_gateway_finalize (GObject *object)
{
  OpenimGateway *self = OPENIM_GATEWAY (object);

  openim_requests_free (self->requests);
  openim_backoff_clear (&self->backoff);
  g_object_unref (self->session);
  g_uri_unref (self->address);
  g_clear_error (&self->end);
  g_free (self->user_id);
  g_free (self->token);
  G_OBJECT_CLASS (openim_gateway_parent_class)->finalize (object);
}

static void
openim_gateway_class_init (OpenimGatewayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = openim_gateway_dispose;
  G_OBJECT_CLASS (klass)->finalize = openim_gateway_finalize;
}

static void
openim_gateway_init (OpenimGateway *self)
{
  self->times = usual_times;
  openim_backoff_init (&self->backoff, g_random_int ());
}

OpenimGateway *
openim_gateway_new (const OpenimGatewayConfig *config,
                    const OpenimGatewayListener *listener,
                    gpointer owner,
                    GError **error)
{
  GUri *address = openim_http_address (config->url, "ws", "wss", error);
  if (address == NULL)
    return NULL;

  OpenimGateway *self = g_object_new (OPENIM_TYPE_GATEWAY, NULL);
  self->listener = listener;
  self->owner = owner;
  self->address = address;
  self->user_id = g_strdup (config->user_id);
  self->token = g_strdup (config->token);
  self->platform = config->platform;
  self->session = openim_http_session_new (config->proxy);
  self->requests = openim_requests_new (G_OBJECT (self), config->user_id);
  return self;
}

void
openim_gateway_set_times (OpenimGateway *self, const OpenimGatewayTimes *times)
{
  self->times = *times;
}

/* @encoding: "js" for the envelopes in JSON; anything else but "go" is refused by servers that know the
 * parameter. */
static GUri *
address_with_query (OpenimGateway *self, const char *encoding)
{
  g_autofree char *user_id = g_uri_escape_string (self->user_id, NULL, FALSE);
  g_autofree char *token = g_uri_escape_string (self->token, NULL, FALSE);
  g_autofree char *operation = openim_id_operation ();
  g_autofree char *operation_id = g_uri_escape_string (operation, NULL, FALSE);
  g_autofree char *query =
      g_strdup_printf ("sendID=%s&token=%s&platformID=%d&operationID=%s&isBackground=false&sdkType=%s",
                       user_id, token, self->platform, operation_id, encoding);

  const char *path = g_uri_get_path (self->address);
  openim_log (LOG, OPENIM_LOG_DEBUG, "gateway: operation %s", operation);
  return g_uri_build (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (self->address), NULL,
                      g_uri_get_host (self->address), g_uri_get_port (self->address),
                      *path != '\0' ? path : "/", query, NULL);
}

static void
drop_link (OpenimGateway *self)
{
  self->open = FALSE;
  g_clear_pointer (&self->link, openim_link_drop);
}

/* No connection any more, for good. */
static void
shut (OpenimGateway *self, Phase phase, const GError *reason)
{
  self->phase = phase;
  g_clear_handle_id (&self->attempt_timer, g_source_remove);
  g_clear_handle_id (&self->tick_timer, g_source_remove);
  drop_link (self);
  soup_session_abort (self->session);
  if (self->end == NULL)
    self->end = g_error_copy (reason);
}

static void
fail_sent (OpenimGateway *self)
{
  g_autoptr (GError) error = g_error_new_literal (
      OPENIM_ERROR, OPENIM_ERROR_NETWORK, _ ("The connection was lost before the server had answered."));
  openim_requests_fail_sent (self->requests, error);
}

static void
end (OpenimGateway *self, const GError *reason)
{
  g_autoptr (OpenimGateway) guard = g_object_ref (self);
  g_autoptr (GError) copy = g_error_copy (reason);

  openim_log (LOG, OPENIM_LOG_WARNING, "gateway: ended: %d %s", reason->code, reason->message);
  shut (self, PHASE_ENDED, copy);
  self->listener->ended (self->owner, copy);
  openim_requests_fail_all (self->requests, copy);
}

static void attempt_after (OpenimGateway *self, guint ms);

static void
on_opened (gpointer owner)
{
  OpenimGateway *self = owner;

  openim_log (LOG, OPENIM_LOG_INFO, "gateway: connected");
  self->open = TRUE;
  openim_requests_flush (self->requests, (OpenimRequestsSend) openim_link_send, self->link);
  self->listener->connected (self->owner);
}

static void
on_frame (gpointer owner, const OpenimFrame *frame)
{
  OpenimGateway *self = owner;

  self->proven = TRUE;
  openim_backoff_reset (&self->backoff);
  if (frame->id == OPENIM_GATEWAY_KICKED) {
    g_autoptr (GError) kicked = g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_TOKEN_KICKED,
                                                     _ ("This account has logged in somewhere else."));
    end (self, kicked);
  } else if (*frame->msg_incr != '\0') {
    if (!openim_requests_answer (self->requests, frame))
      openim_log (LOG, OPENIM_LOG_INFO, "gateway: an answer to %u that nobody waits for", frame->id);
  } else if (frame->id == OPENIM_GATEWAY_PUSH || frame->id == OPENIM_GATEWAY_ONLINE_STATUS) {
    self->listener->push (self->owner, frame->id, frame->body);
  } else {
    openim_log (LOG, OPENIM_LOG_INFO, "gateway: an unknown push %u", frame->id);
  }
}

static void
on_closed (gpointer owner, const GError *error, gboolean final)
{
  OpenimGateway *self = owner;

  if (final) {
    end (self, error);
    return;
  }
  g_autoptr (OpenimGateway) guard = g_object_ref (self);
  guint wait = openim_backoff_next (&self->backoff) / self->times.wait_parts;
  openim_log (LOG, OPENIM_LOG_INFO, "gateway: %d %s Again in %u ms", error->code, error->message, wait);
  self->mute = openim_link_was_mute (self->link);
  drop_link (self);
  attempt_after (self, wait);
  /* First, so that whoever hears of a request without an answer knows that there is no connection. */
  self->listener->failed (self->owner, error);
  fail_sent (self);
}

static const OpenimLinkListener link_listener = { on_opened, on_frame, on_closed };

static gboolean
on_attempt (gpointer data)
{
  OpenimGateway *self = data;
  g_autoptr (OpenimGateway) guard = g_object_ref (self);

  self->attempt_timer = 0;
  self->listener->connecting (self->owner);
  fail_sent (self); /* of a connection that was given up */
  if (self->phase != PHASE_RUNNING || self->attempt_timer != 0)
    return G_SOURCE_REMOVE;

  g_autoptr (GUri) address = address_with_query (self, "js");
  /* One connection may end at its first request for many reasons; when a second one does so too, and nothing
   * was ever heard of this server, it is worth a question. */
  g_autoptr (GUri) probe = self->mute && !self->proven ? address_with_query (self, "none") : NULL;
  self->link = openim_link_open (self->session, address, probe, &self->times.link, &link_listener, self);
  return G_SOURCE_REMOVE;
}

static void
attempt_after (OpenimGateway *self, guint ms)
{
  g_clear_handle_id (&self->attempt_timer, g_source_remove);
  self->attempt_timer = g_timeout_add (ms, on_attempt, self);
}

/* After a suspend neither the connection nor the wait for the next attempt is what it was. */
static gboolean
on_tick (gpointer data)
{
  OpenimGateway *self = data;
  gint64 now = openim_link_clock ();
  gboolean slept = now - self->ticked > 2 * (gint64) self->times.tick;

  self->ticked = now;
  if (self->link != NULL)
    openim_link_tick (self->link, slept);
  else if (slept && self->attempt_timer != 0)
    attempt_after (self, 0);
  return G_SOURCE_CONTINUE;
}

void
openim_gateway_start (OpenimGateway *self)
{
  if (self->phase != PHASE_NEW)
    return;
  self->phase = PHASE_RUNNING;
  self->ticked = openim_link_clock ();
  self->tick_timer = g_timeout_add (self->times.tick, on_tick, self);
  attempt_after (self, 0);
}

void
openim_gateway_stop (OpenimGateway *self)
{
  if (self->phase == PHASE_STOPPED)
    return;
  g_autoptr (GError) reason =
      g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_LOGIN_OUT, _ ("The account is logged out."));
  g_autoptr (OpenimGateway) guard = g_object_ref (self);
  shut (self, PHASE_STOPPED, reason);
  openim_requests_fail_all (self->requests, reason);
}

void
openim_gateway_reconnect (OpenimGateway *self)
{
  if (self->phase != PHASE_RUNNING)
    return;
  drop_link (self);
  openim_backoff_reset (&self->backoff);
  attempt_after (self, 0);
}

gboolean
openim_gateway_is_connected (OpenimGateway *self)
{
  return self->open;
}

guint
openim_gateway_get_request_count (OpenimGateway *self)
{
  return openim_requests_count (self->requests);
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
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GBytes) body = openim_pb_pack (request);

  g_task_set_source_tag (task, openim_gateway_request_async);
  if (self->phase == PHASE_ENDED || self->phase == PHASE_STOPPED) {
    g_task_return_error (task, g_error_copy (self->end));
    return;
  }
  if (timeout_ms == 0 && !self->open) {
    g_task_return_new_error (task, OPENIM_ERROR, OPENIM_ERROR_NETWORK, "%s",
                             _ ("There is no connection to the server."));
    return;
  }
  openim_requests_add (self->requests, g_steal_pointer (&task), id, body,
                       timeout_ms != 0 ? timeout_ms : OPENIM_GATEWAY_TIMEOUT);
  if (self->open)
    openim_requests_flush (self->requests, (OpenimRequestsSend) openim_link_send, self->link);
}

gpointer
openim_gateway_request_finish (OpenimGateway *self,
                               GAsyncResult *result,
                               const ProtobufCMessageDescriptor *descriptor,
                               GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  g_autoptr (GBytes) body = g_task_propagate_pointer (G_TASK (result), error);
  if (body == NULL)
    return NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (body, &length);
  gpointer answer = openim_pb_unpack (descriptor, data, length, error);
  if (answer == NULL)
    g_prefix_error (error, "%s ", _ ("The server has sent something that cannot be read."));
  return answer;
}
