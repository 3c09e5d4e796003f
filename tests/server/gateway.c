/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway.h"

#include <string.h>

#include "base/gate.h"
#include "base/pb.h"

#include "auth.h"
#include "handshake.h"
#include "presence.h"
#include "socket.h"

#define MESSAGE_MAX 51200 /* bytes on the wire */
#define SILENCE_MAX 30000 /* ms without a sign of life */
#define PING_EVERY 27000  /* ms; only platform 5 is pinged */
#define PLATFORM_WEB 5
#define LOGOUT 2003
#define KICK 2002

struct _Session {
  Server *server;
  Socket *socket;
  char *user;
  int platform;
  char *token;
  char *id;
  gboolean gzip;
  gboolean background;
  gboolean ending;
  gint64 alive;
  gint64 pinged;
  GHashTable *subscriptions;
};

typedef struct {
  Session *session;
  GBytes *frame;
} Pending;

struct _Gateway {
  Server *server;
  GHashTable *online; /* user → GPtrArray of Session, never empty */
  GQueue pending;     /* Pending */
  guint flush_source;
  guint sweep_source;
};

struct _Push {
  Server *server;
  char *envelope;
  GBytes *plain;
  GBytes *packed;
};

static gint64
monotonic (void)
{
  return g_get_monotonic_time () / 1000;
}

static GBytes *
convert (GConverter *converter, const void *data, gsize length)
{
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, converter);

  if (!g_output_stream_write_all (stream, data, length, NULL, NULL, NULL) ||
      !g_output_stream_close (stream, NULL, NULL))
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static GBytes *
pack (const char *envelope, gboolean gzip)
{
  if (gzip) {
    g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1));
    g_autoptr (GBytes) bytes = convert (converter, envelope, strlen (envelope));

    return socket_frame (SOCKET_BINARY, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  }
  return socket_frame (SOCKET_BINARY, envelope, strlen (envelope));
}

static char *
make_envelope (
    int identifier, const char *incr, const char *operation, int code, const guint8 *data, gssize length)
{
  GString *out = g_string_new (NULL);
  g_autofree char *text = length > 0 ? g_base64_encode (data, length) : NULL;

  out_begin (out, NULL, '{');
  out_put (out, "reqIdentifier", 'i', (gint64) identifier, "msgIncr", 's', incr, "operationID", 's',
           operation, "errCode", 'i', (gint64) code, "errMsg", 's', error_name (code), "data",
           length < 0 ? 'n' : 's', text, NULL);
  out_end (out, '}');
  return g_string_free (out, FALSE);
}

/* ---- sessions */

static void
session_free (Session *session)
{
  presence_forget (session->server, session);
  socket_free (session->socket);
  g_hash_table_unref (session->subscriptions);
  g_free (session->user);
  g_free (session->token);
  g_free (session->id);
  g_free (session);
}

static void
leave (Session *session)
{
  Server *server = session->server;
  Gateway *gateway = server->gateway;
  GPtrArray *sessions = g_hash_table_lookup (gateway->online, session->user);
  GList *next;

  for (GList *link = gateway->pending.head; link; link = next) {
    Pending *pending = link->data;

    next = link->next;
    if (pending->session != session)
      continue;
    g_bytes_unref (pending->frame);
    g_free (pending);
    g_queue_delete_link (&gateway->pending, link);
  }
  g_ptr_array_remove (sessions, session);
  presence_changed (server, session->user);
  if (sessions->len == 0)
    g_hash_table_remove (gateway->online, session->user);
  session_free (session);
}

static void
socket_ended (gpointer owner)
{
  leave (owner);
}

static void
kick (Session *session)
{
  if (session->ending)
    return;
  session->ending = TRUE;
  if (session->server->behave->kick_arrives) {
    g_autofree char *envelope = make_envelope (KICK, "", "", OK, NULL, -1);
    g_autoptr (GBytes) frame = pack (envelope, session->gzip);

    socket_send (session->socket, frame);
  }
  socket_drop (session->socket, session->server->behave->kick_arrives);
}

void
gateway_kick (Server *server, const char *user, int platform)
{
  GPtrArray *sessions = gateway_sessions (server, user);

  for (guint i = 0; sessions && i < sessions->len; i++) {
    Session *session = g_ptr_array_index (sessions, i);

    if (session->platform == platform)
      kick (session);
  }
}

/* ---- pushes */

static gboolean
flush (gpointer data)
{
  Gateway *gateway = data;
  Pending *pending;

  gateway->flush_source = 0;
  while ((pending = g_queue_pop_head (&gateway->pending))) {
    socket_send (pending->session->socket, pending->frame);
    g_bytes_unref (pending->frame);
    g_free (pending);
  }
  return G_SOURCE_REMOVE;
}

Push *
push_new (Server *server, int identifier, const char *operation, const guint8 *data, gsize length)
{
  Push *push = g_new0 (Push, 1);

  push->server = server;
  push->envelope = make_envelope (identifier, "", operation, OK, data, length);
  return push;
}

void
push_free (Push *push)
{
  if (!push)
    return;
  g_free (push->envelope);
  g_clear_pointer (&push->plain, g_bytes_unref);
  g_clear_pointer (&push->packed, g_bytes_unref);
  g_free (push);
}

void
push_to_session (Push *push, Session *session)
{
  Gateway *gateway = push->server->gateway;
  GBytes **frame = session->gzip ? &push->packed : &push->plain;
  Pending *pending;

  if (session->ending)
    return;
  if (!*frame)
    *frame = pack (push->envelope, session->gzip);
  pending = g_new (Pending, 1);
  pending->session = session;
  pending->frame = g_bytes_ref (*frame);
  g_queue_push_tail (&gateway->pending, pending);
  if (!gateway->flush_source)
    gateway->flush_source = g_idle_add_full (G_PRIORITY_DEFAULT, flush, gateway, NULL);
}

void
push_to_user (Push *push, const char *user)
{
  GPtrArray *sessions = gateway_sessions (push->server, user);

  for (guint i = 0; sessions && i < sessions->len; i++)
    push_to_session (push, g_ptr_array_index (sessions, i));
}

/* ---- requests */

void
request_answer (Request *request, gconstpointer message)
{
  gsize length = protobuf_c_message_get_packed_size (message);

  request->answer = g_byte_array_sized_new (length);
  g_byte_array_set_size (request->answer, length);
  protobuf_c_message_pack (message, request->answer->data);
}

static gboolean
is_base64 (const char *text)
{
  gsize length = strlen (text),
        body = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  return length % 4 == 0 && length - body <= 2 && strspn (text + body, "=") == length - body;
}

/* FALSE: the connection is of no use any more. */
static gboolean
run (Session *session, JsonObject *envelope)
{
  Server *server = session->server;
  int identifier = openim_json_int (envelope, "reqIdentifier");
  const char *data = openim_json_string (envelope, "data");
  const char *incr = openim_json_string (envelope, "msgIncr");
  const char *operation = openim_json_string (envelope, "operationID");
  const RequestRow *row = request_rows;
  Request request = { .server = server, .session = session, .user = session->user };
  Result answer = result (INTERNAL, NULL);

  while (row->handler && row->identifier != identifier)
    row++;
  if (!row->handler || (row->newer && !server->behave->last_message) || !is_base64 (data) ||
      !g_str_equal (openim_json_string (envelope, "sendID"), session->user))
    return FALSE;
  if (!row->strict || (*incr && *operation)) {
    gsize length;
    g_autofree guchar *bytes = g_base64_decode (data, &length);

    request.message = openim_pb_unpack (row->descriptor, bytes, length, NULL);
  }
  if (request.message) {
    server->operation = operation;
    answer = row->handler (&request);
    server->operation = "";
    openim_pb_free (request.message);
  }
  {
    GByteArray *bytes = answer.code ? NULL : request.answer;
    g_autofree char *text = make_envelope (identifier, incr, operation, answer.code,
                                           bytes ? bytes->data : NULL, bytes ? (gssize) bytes->len : -1);
    g_autoptr (GBytes) frame = pack (text, session->gzip);

    socket_send (session->socket, frame);
  }
  g_clear_pointer (&request.answer, g_byte_array_unref);
  flush (server->gateway);
  if (session->ending)
    socket_drop (session->socket, TRUE);
  return TRUE;
}

static gboolean
received_binary (Session *session, const guint8 *data, gsize length)
{
  g_autoptr (GBytes) inflated = NULL;
  g_autoptr (JsonObject) envelope = NULL;

  if (session->gzip) {
    g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));

    inflated = convert (converter, data, length);
    if (!inflated)
      return FALSE;
    data = g_bytes_get_data (inflated, &length);
  }
  envelope = openim_json_parse ((const char *) data, length, OPENIM_GATE_FRAME_MAX, NULL);
  return envelope && run (session, envelope);
}

/* Text is for heartbeats alone. */
static gboolean
received_text (Session *session, const guint8 *data, gsize length)
{
  g_autoptr (JsonObject) beat = openim_json_parse ((const char *) data, length, MESSAGE_MAX, NULL);
  const char *type = openim_json_string (beat, "type");
  JsonNode *body;
  GString *out;

  if (g_str_equal (type, "pong"))
    return TRUE;
  if (!g_str_equal (type, "ping"))
    return FALSE;
  body = json_object_get_member (beat, "body");
  out = g_string_new (NULL);
  out_begin (out, NULL, '{');
  out_string (out, "type", "pong");
  {
    g_autofree char *text = body ? json_to_string (body, FALSE) : g_strdup ("null");

    out_raw (out, "body", text);
  }
  out_end (out, '}');
  {
    g_autoptr (GBytes) frame = socket_frame (SOCKET_TEXT, out->str, out->len);

    socket_send (session->socket, frame);
  }
  g_string_free (out, TRUE);
  return TRUE;
}

static void
socket_received (gpointer owner, SocketKind kind, const guint8 *data, gsize length)
{
  Session *session = owner;
  gboolean fine = TRUE;

  if (kind != SOCKET_PONG || session->server->behave->pong_counts)
    session->alive = monotonic ();
  if (kind == SOCKET_BINARY)
    fine = received_binary (session, data, length);
  else if (kind == SOCKET_TEXT)
    fine = received_text (session, data, length);
  if (!fine)
    socket_drop (session->socket, FALSE);
}

static const SocketEvents session_events = { socket_received, socket_ended };

void
gateway_enter (Server *server, GIOStream *stream, const Hello *hello)
{
  Gateway *gateway = server->gateway;
  Session *session = g_new0 (Session, 1);
  GPtrArray *sessions = gateway_sessions (server, hello->user);

  for (guint i = 0; sessions && i < sessions->len; i++) {
    Session *other = g_ptr_array_index (sessions, i);

    if (other->platform == hello->platform &&
        !(server->behave->twins && g_str_equal (other->token, hello->token)))
      kick (other);
  }
  auth_kick (server, hello->user, hello->platform, hello->token);
  if (!sessions) {
    sessions = g_ptr_array_new ();
    g_hash_table_insert (gateway->online, g_strdup (hello->user), sessions);
  }
  session->server = server;
  session->user = g_strdup (hello->user);
  session->token = g_strdup (hello->token);
  session->platform = hello->platform;
  session->gzip = hello->gzip;
  session->id = g_uuid_string_random ();
  session->alive = session->pinged = monotonic ();
  session->subscriptions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  session->socket = socket_new (stream, MESSAGE_MAX, &session_events, session);
  g_ptr_array_add (sessions, session);
  presence_changed (server, session->user);
  if (hello->answer && server->behave->success_frame)
    socket_send_text (session->socket, http_envelope (OK, "", NULL));
}

/* ---- the gateway itself */

static void
sweep_session (Session *session, gint64 now)
{
  if (now - session->alive > SILENCE_MAX) {
    session->ending = TRUE;
    socket_drop (session->socket, FALSE);
  } else if (session->platform == PLATFORM_WEB && now - session->pinged > PING_EVERY) {
    g_autoptr (GBytes) frame = socket_frame (SOCKET_PING, NULL, 0);

    session->pinged = now;
    socket_send (session->socket, frame);
  }
}

static gboolean
sweep (gpointer data)
{
  Gateway *gateway = data;
  gint64 now = monotonic ();
  GHashTableIter iter;
  gpointer sessions;

  g_hash_table_iter_init (&iter, gateway->online);
  while (g_hash_table_iter_next (&iter, NULL, &sessions))
    for (guint i = 0; i < ((GPtrArray *) sessions)->len; i++)
      sweep_session (g_ptr_array_index ((GPtrArray *) sessions, i), now);
  return G_SOURCE_CONTINUE;
}

Gateway *
gateway_new (Server *server, int port, GError **error)
{
  Gateway *gateway;

  server->ws = soup_server_new (NULL, NULL);
  if (!soup_server_listen_local (server->ws, port, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return NULL;
  gateway = g_new0 (Gateway, 1);
  gateway->server = server;
  gateway->online =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_queue_init (&gateway->pending);
  gateway->sweep_source = g_timeout_add (1000, sweep, gateway);
  soup_server_add_handler (server->ws, NULL, handshake_handle, server, NULL);
  return gateway;
}

void
gateway_free (Gateway *gateway)
{
  if (!gateway)
    return;
  flush (gateway);
  g_clear_handle_id (&gateway->flush_source, g_source_remove);
  g_clear_handle_id (&gateway->sweep_source, g_source_remove);
  while (g_hash_table_size (gateway->online) > 0) {
    GHashTableIter iter;
    gpointer sessions;

    g_hash_table_iter_init (&iter, gateway->online);
    if (g_hash_table_iter_next (&iter, NULL, &sessions))
      leave (g_ptr_array_index ((GPtrArray *) sessions, 0));
  }
  g_hash_table_unref (gateway->online);
  g_free (gateway);
}

gboolean
gateway_is_online (Server *server, const char *user)
{
  return g_hash_table_contains (server->gateway->online, user);
}

GPtrArray *
gateway_online_users (Server *server)
{
  GPtrArray *users = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer user;

  g_hash_table_iter_init (&iter, server->gateway->online);
  while (g_hash_table_iter_next (&iter, &user, NULL))
    g_ptr_array_add (users, user);
  return users;
}

GPtrArray *
gateway_sessions (Server *server, const char *user)
{
  return g_hash_table_lookup (server->gateway->online, user);
}

int
session_platform (Session *session)
{
  return session->platform;
}

const char *
session_token (Session *session)
{
  return session->token;
}

const char *
session_id (Session *session)
{
  return session->id;
}

gboolean
session_background (Session *session)
{
  return session->background;
}

void
session_set_background (Session *session, gboolean background)
{
  session->background = background;
}

GHashTable *
session_subscriptions (Session *session)
{
  return session->subscriptions;
}

void
session_end (Session *session)
{
  session->ending = TRUE;
}
