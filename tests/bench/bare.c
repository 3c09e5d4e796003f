/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bare.h"

#include <string.h>

#include "base/pb.h"

#define DEADLINE 300 /* s */
#define FRAME_MAX (16 * 1024 * 1024)
#define PUSH "\"reqIdentifier\":2001,"

static void
on_message (SoupWebsocketConnection *socket, int type, GBytes *frame, gpointer user_data)
{
  Bare *bare = user_data;
  gsize length;
  const char *data = g_bytes_get_data (frame, &length);

  if (g_strstr_len (data, MIN (length, 64), PUSH) == NULL) {
    bare->answers++;
    return;
  }
  bare->pushes++;
  if (bare->heard != NULL)
    bare->heard (bare, data, length);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Bare *bare = user_data;
  g_autoptr (GError) error = NULL;

  bare->socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  if (bare->socket == NULL)
    bench_fail ("the gateway: %s", error->message);
  soup_websocket_connection_set_max_incoming_payload_size (bare->socket, FRAME_MAX);
  g_signal_connect (bare->socket, "message", G_CALLBACK (on_message), bare);
}

static gboolean
is_connected (gpointer bare)
{
  return ((Bare *) bare)->socket != NULL;
}

Bare *
bare_new (const Bench *bench)
{
  Bare *bare = g_new0 (Bare, 1);
  g_autofree char *url = g_strdup_printf (
      "http%s/?sendID=%s&token=%s&platformID=7&operationID=bench&isBackground=false&sdkType=js",
      bench->ws + strlen ("ws"), bench->user, bench->token);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

  bare->bench = bench;
  bare->session = soup_session_new ();
  soup_session_remove_feature_by_type (bare->session, SOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER);
  soup_session_websocket_connect_async (bare->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                        on_connected, bare);
  bench_wait (is_connected, bare, DEADLINE, "connecting");
  return bare;
}

static gboolean
is_closed (gpointer socket)
{
  return soup_websocket_connection_get_state (socket) == SOUP_WEBSOCKET_STATE_CLOSED;
}

void
bare_free (Bare *bare)
{
  if (!is_closed (bare->socket))
    soup_websocket_connection_close (bare->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  bench_wait (is_closed, bare->socket, DEADLINE, "closing");
  g_object_unref (bare->socket);
  g_object_unref (bare->session);
  g_free (bare);
}

void
bare_ask (Bare *bare, int id, gconstpointer body)
{
  g_autoptr (GBytes) bytes = openim_pb_pack (body);
  g_autofree char *data = g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *frame = g_strdup_printf ("{\"reqIdentifier\":%d,\"token\":\"\",\"sendID\":\"%s\","
                                            "\"operationID\":\"bench\",\"msgIncr\":\"1\",\"data\":\"%s\"}",
                                            id, bare->bench->user, data);

  soup_websocket_connection_send_binary (bare->socket, frame, strlen (frame));
}

typedef struct {
  Bare *bare;
  guint answers;
} Awaited;

static gboolean
has_answers (gpointer data)
{
  const Awaited *awaited = data;

  return awaited->bare->answers >= awaited->answers;
}

void
bare_wait (Bare *bare, guint answers)
{
  Awaited awaited = { bare, answers };

  bench_wait (has_answers, &awaited, DEADLINE, "an answer");
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer answer)
{
  g_autoptr (GError) error = NULL;

  *(GBytes **) answer = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  if (error != NULL)
    bench_fail ("the API: %s", error->message);
}

static gboolean
is_there (gpointer answer)
{
  return *(GBytes **) answer != NULL;
}

char *
bare_call (Bare *bare, const char *path, const char *body)
{
  g_autofree char *url = g_strconcat (bare->bench->api, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (GBytes) answer = NULL;
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_headers_append (headers, "operationID", "bench");
  soup_message_headers_append (headers, "token", bare->bench->token);
  soup_message_set_request_body_from_bytes (message, "application/json", bytes);
  soup_session_send_and_read_async (bare->session, message, G_PRIORITY_DEFAULT, NULL, on_read, &answer);
  bench_wait (is_there, &answer, DEADLINE, path);
  return g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
}

void
bare_post (Bare *bare, const char *path, const char *body)
{
  g_free (bare_call (bare, path, body));
}
