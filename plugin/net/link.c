/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "net/link.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <time.h>

#include "base/gate.h"
#include "base/json.h"
#include "base/log.h"
#include "net/http.h"

#define LOG "openim-net"
#define BIG (64 * 1024)
#define ANSWER_MAX (64 * 1024)                /* bytes of a refusal */
#define TURN 4000                             /* µs of parsing before others have their turn */
#define INBOX_MAX (4 * OPENIM_GATE_FRAME_MAX) /* bytes that wait to be parsed */

struct _OpenimLink {
  SoupSession *session;
  GUri *address;
  GUri *probe;
  OpenimLinkTimes times;
  const OpenimLinkListener *listener;
  gpointer owner;
  gboolean over; /* the owner hears nothing any more */

  GCancellable *cancellable; /* of the handshake, then of the question for a reason */
  guint handshake_timer;
  gboolean late;

  SoupWebsocketConnection *socket;
  gint64 heard;
  gboolean sent;
  gboolean answered;

  GQueue inbox; /* GBytes: frames not yet parsed, in the order of arrival */
  gsize inbox_bytes;
  gboolean parsing;
  guint turn;     /* source: goes on with the inbox */
  GError *ending; /* the connection is gone; the owner hears of it after the last frame */
};

gint64
openim_link_clock (void)
{
  struct timespec now;
#ifdef CLOCK_BOOTTIME
  clock_gettime (CLOCK_BOOTTIME, &now);
#else
  clock_gettime (CLOCK_MONOTONIC, &now);
#endif
  return (gint64) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
link_clear (gpointer data)
{
  OpenimLink *self = data;

  g_object_unref (self->session);
  g_uri_unref (self->address);
  g_clear_pointer (&self->probe, g_uri_unref);
  g_object_unref (self->cancellable);
  g_clear_error (&self->ending);
}

static void
link_release (OpenimLink *self)
{
  g_rc_box_release_full (self, link_clear);
}

static gboolean
on_socket_released (gpointer socket)
{
  g_object_unref (socket);
  return G_SOURCE_REMOVE;
}

static void
release_socket (OpenimLink *self)
{
  if (self->socket == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->socket, self);
  soup_websocket_connection_set_keepalive_interval (self->socket, 0);
  /* libsoup goes on using the connection after a handler has returned, so it must not go here and now. */
  g_idle_add (on_socket_released, g_steal_pointer (&self->socket));
}

/* Everything stops; what is still under way finds @over set. */
static void
link_close (OpenimLink *self)
{
  self->over = TRUE;
  g_clear_handle_id (&self->handshake_timer, g_source_remove);
  g_clear_handle_id (&self->turn, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  release_socket (self);
  g_queue_clear_full (&self->inbox, (GDestroyNotify) g_bytes_unref);
}

void
openim_link_drop (OpenimLink *self)
{
  link_close (self);
  link_release (self);
}

static void
link_end (OpenimLink *self, const GError *error, gboolean final)
{
  if (self->over)
    return;
  link_close (self);
  self->listener->closed (self->owner, error, final);
}

static void
end_outdated (OpenimLink *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK,
                           _ ("The server is older than OpenIM 3.8.2 and cannot be used with this program."));
  link_end (self, error, TRUE);
}

typedef struct {
  OpenimLink *link;
  SoupMessage *message;
} Question;

static void
question_free (Question *question)
{
  link_release (question->link);
  g_object_unref (question->message);
  g_free (question);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
ask (OpenimLink *self, GUri *address, GAsyncReadyCallback callback)
{
  Question *question = g_new0 (Question, 1);
  question->link = g_rc_box_acquire (self);
  question->message = soup_message_new_from_uri (SOUP_METHOD_GET, address);
  openim_http_fetch_async (self->session, question->message, ANSWER_MAX, self->times.handshake,
                           self->cancellable, callback, question);
}

/* A server from 3.8.2 on refuses the probe with an envelope; an older one does not know the parameter that is
 * wrong in it and only misses the upgrade, which is status 400. */
static void
on_probe_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Question) question = data;
  OpenimLink *self = question->link;
  g_autoptr (GBytes) body = openim_http_fetch_finish (SOUP_SESSION (source), result, NULL);

  if (self->over)
    return;
  if (body != NULL && soup_message_get_status (question->message) == SOUP_STATUS_BAD_REQUEST)
    end_outdated (self);
  else
    link_end (self, self->ending, FALSE);
}

/* Go's own encoding, which a server speaks that does not know sdkType=js, begins with the type's field names.
 */
static gboolean
is_gob (const char *data, gsize length)
{
  return length > 0 && data[0] != '{' && memmem (data, MIN (length, 256), "ReqIdentifier", 13) != NULL;
}

static void inbox_run (OpenimLink *self);

/* The socket is of no more use. */
static void
link_lose (OpenimLink *self, const char *sentence)
{
  if (self->over || self->ending != NULL)
    return;
  self->ending = g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK, sentence);
  release_socket (self);
  inbox_run (self);
}

static void
take_frame (OpenimLink *self, GBytes *bytes, OpenimFrame *parsed, const GError *error)
{
  g_autoptr (OpenimFrame) frame = parsed;
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  if (frame != NULL) {
    self->answered = TRUE;
    self->listener->frame (self->owner, frame);
  } else if (is_gob (data, length)) {
    end_outdated (self);
  } else {
    g_autoptr (GError) garbled = g_error_new_literal (
        OPENIM_ERROR, OPENIM_ERROR_NETWORK, _ ("The server has sent something that cannot be read."));
    openim_log (LOG, OPENIM_LOG_WARNING, "frame of %" G_GSIZE_FORMAT " bytes: %s", length, error->message);
    link_end (self, garbled, FALSE);
  }
}

static OpenimFrame *
parse (GBytes *bytes, GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  return openim_frame_parse (length > 0 ? data : "", length, error);
}

static void
parse_in_thread (GTask *job, gpointer source, gpointer bytes, GCancellable *cancellable)
{
  GError *error = NULL;
  OpenimFrame *frame = parse (bytes, &error);
  if (frame != NULL)
    g_task_return_pointer (job, frame, (GDestroyNotify) openim_frame_free);
  else
    g_task_return_error (job, error);
}

static void
on_parsed (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimLink *self = data;
  g_autoptr (GError) error = NULL;
  OpenimFrame *frame = g_task_propagate_pointer (G_TASK (result), &error);

  self->parsing = FALSE;
  if (self->over) {
    openim_frame_free (frame);
  } else {
    take_frame (self, g_task_get_task_data (G_TASK (result)), frame, error);
    inbox_run (self);
  }
  link_release (self);
}

static gboolean
on_turn (gpointer data)
{
  OpenimLink *self = data;

  self->turn = 0;
  inbox_run (self);
  return G_SOURCE_REMOVE;
}

static void
inbox_schedule (OpenimLink *self)
{
  if (self->turn == 0)
    self->turn = g_idle_add_full (G_PRIORITY_DEFAULT, on_turn, self, NULL);
}

/* Frames are handed on in their order; while a big one is with a worker thread the others wait. */
static void
inbox_run (OpenimLink *self)
{
  gint64 end = g_get_monotonic_time () + TURN;

  g_clear_handle_id (&self->turn, g_source_remove);
  g_rc_box_acquire (self);
  while (!self->over && !self->parsing && !g_queue_is_empty (&self->inbox)) {
    if (g_get_monotonic_time () > end) {
      inbox_schedule (self);
      break;
    }
    g_autoptr (GBytes) bytes = g_queue_pop_head (&self->inbox);
    g_autoptr (GError) error = NULL;

    self->inbox_bytes -= g_bytes_get_size (bytes);
    if (g_bytes_get_size (bytes) <= BIG) {
      OpenimFrame *frame = parse (bytes, &error);
      take_frame (self, bytes, frame, error);
    } else {
      g_autoptr (GTask) job = g_task_new (NULL, NULL, on_parsed, g_rc_box_acquire (self));
      g_task_set_task_data (job, g_steal_pointer (&bytes), (GDestroyNotify) g_bytes_unref);
      self->parsing = TRUE;
      g_task_run_in_thread (job, parse_in_thread);
    }
  }
  if (!self->over && !self->parsing && g_queue_is_empty (&self->inbox) && self->ending != NULL) {
    if (self->probe != NULL && openim_link_was_mute (self))
      ask (self, self->probe, on_probe_answered);
    else
      link_end (self, self->ending, FALSE);
  }
  link_release (self);
}

static void
on_message (SoupWebsocketConnection *socket, SoupWebsocketDataType type, GBytes *bytes, OpenimLink *self)
{
  self->heard = openim_link_clock ();
  if (type != SOUP_WEBSOCKET_DATA_BINARY)
    return; /* the pong of a text heartbeat: it has been heard, that is all */

  g_queue_push_tail (&self->inbox, g_bytes_ref (bytes));
  self->inbox_bytes += g_bytes_get_size (bytes);
  if (self->inbox_bytes > INBOX_MAX)
    link_lose (self, _ ("The server sends more than can be read."));
  else
    inbox_schedule (self); /* libsoup reads all that has arrived, in one go */
}

static void
on_pong (SoupWebsocketConnection *socket, GBytes *bytes, OpenimLink *self)
{
  self->heard = openim_link_clock ();
}

static void
on_socket_error (SoupWebsocketConnection *socket, const GError *error, OpenimLink *self)
{
  openim_log (LOG, OPENIM_LOG_INFO, "gateway: %s", error->message);
  link_lose (self, _ ("The connection to the server is lost."));
}

static void
on_socket_closed (SoupWebsocketConnection *socket, OpenimLink *self)
{
  openim_log (LOG, OPENIM_LOG_INFO, "gateway: closed by the server");
  link_lose (self, _ ("The server has closed the connection."));
}

/* The reason of a refusal is in the body of the answer, which libsoup hides; asked for without an upgrade,
 * the same address tells it again. */
static void
on_reason (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Question) question = data;
  OpenimLink *self = question->link;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = openim_http_fetch_finish (SOUP_SESSION (source), result, &error);

  if (self->over)
    return;
  if (body != NULL) {
    gsize length;
    const char *text = g_bytes_get_data (body, &length);
    g_autoptr (JsonObject) envelope = openim_json_parse (length > 0 ? text : "", length, ANSWER_MAX, NULL);
    gint64 code = openim_json_int (envelope, "errCode");

    if (code != 0)
      error = openim_http_envelope_error (code, openim_json_string (envelope, "errMsg"),
                                          openim_json_string (envelope, "errDlt"));
    else
      error = openim_http_status_error (question->message);
  }
  link_end (self, error, openim_error_is_token (error));
}

/* The payload size limits one frame. What the fragments of one message may add up to can be said only since
 * libsoup 3.8; before that it is without limit. */
static void
limit_messages (SoupWebsocketConnection *socket)
{
  soup_websocket_connection_set_max_incoming_payload_size (socket, OPENIM_GATE_FRAME_MAX);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (socket), "max-total-message-size") != NULL)
    g_object_set (socket, "max-total-message-size", (guint64) OPENIM_GATE_FRAME_MAX, NULL);
}

static void
on_handshake (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Question) question = data;
  OpenimLink *self = question->link;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) socket =
      soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);

  if (self->over)
    return;
  g_clear_handle_id (&self->handshake_timer, g_source_remove);
  if (socket == NULL) {
    g_autoptr (GError) reason = NULL;

    if (self->late) {
      reason =
          g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_TIMEOUT, _ ("The server did not answer in time."));
    } else if (error->domain == SOUP_WEBSOCKET_ERROR) {
      ask (self, self->address, on_reason);
      return;
    } else {
      reason = openim_http_network_error (question->message, error);
    }
    link_end (self, reason, FALSE);
    return;
  }

  self->socket = g_steal_pointer (&socket);
  self->heard = openim_link_clock ();
  limit_messages (self->socket);
  soup_websocket_connection_set_keepalive_interval (self->socket, MAX (1, self->times.ping / 1000));
  g_signal_connect (self->socket, "message", G_CALLBACK (on_message), self);
  g_signal_connect (self->socket, "pong", G_CALLBACK (on_pong), self);
  g_signal_connect (self->socket, "error", G_CALLBACK (on_socket_error), self);
  /* A peer that says goodbye may then leave the connection open. */
  g_signal_connect (self->socket, "closing", G_CALLBACK (on_socket_closed), self);
  g_signal_connect (self->socket, "closed", G_CALLBACK (on_socket_closed), self);
  self->listener->opened (self->owner);
}

static gboolean
on_handshake_late (gpointer data)
{
  OpenimLink *self = data;

  self->handshake_timer = 0;
  self->late = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

OpenimLink *
openim_link_open (SoupSession *session,
                  GUri *address,
                  GUri *probe,
                  const OpenimLinkTimes *times,
                  const OpenimLinkListener *listener,
                  gpointer owner)
{
  OpenimLink *self = g_rc_box_new0 (OpenimLink);
  Question *question = g_new0 (Question, 1);

  self->session = g_object_ref (session);
  self->address = g_uri_ref (address);
  self->probe = probe != NULL ? g_uri_ref (probe) : NULL;
  self->times = *times;
  self->listener = listener;
  self->owner = owner;
  self->cancellable = g_cancellable_new ();
  g_queue_init (&self->inbox);
  self->handshake_timer = g_timeout_add (times->handshake, on_handshake_late, self);

  question->link = g_rc_box_acquire (self);
  question->message = soup_message_new_from_uri (SOUP_METHOD_GET, address);
  soup_message_add_flags (question->message, SOUP_MESSAGE_NO_REDIRECT);
  soup_session_websocket_connect_async (session, question->message, NULL, NULL, G_PRIORITY_DEFAULT,
                                        self->cancellable, on_handshake, question);
  return self;
}

void
openim_link_send (OpenimLink *self, GBytes *frame)
{
  if (self->socket == NULL || soup_websocket_connection_get_state (self->socket) != SOUP_WEBSOCKET_STATE_OPEN)
    return;
  self->sent = TRUE;
  soup_websocket_connection_send_message (self->socket, SOUP_WEBSOCKET_DATA_BINARY, frame);
}

gboolean
openim_link_was_mute (OpenimLink *self)
{
  return self->sent && !self->answered;
}

void
openim_link_tick (OpenimLink *self, gboolean slept)
{
  if (self->socket == NULL)
    return;
  if (openim_link_clock () - self->heard >= self->times.dead)
    link_lose (self, _ ("The server has not been heard from for too long."));
  else if (slept && soup_websocket_connection_get_state (self->socket) == SOUP_WEBSOCKET_STATE_OPEN)
    /* The next ping may be far off, and the server's patience near its end. */
    soup_websocket_connection_send_text (self->socket, "{\"type\":\"ping\"}");
}
