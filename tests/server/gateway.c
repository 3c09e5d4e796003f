/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gateway.h"

#include <string.h>

#include "base/gate.h"
#include "base/pb.h"

#include "auth.h"
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

/* ---- handshake */

typedef struct {
  char *user;
  char *token;
  int platform;
  gboolean gzip;
  gboolean answer; /* isMsgResp */
  gboolean parsed;
  Result refusal;
} Hello;

static void
hello_free (gpointer data)
{
  Hello *hello = data;

  g_free (hello->user);
  g_free (hello->token);
  g_free (hello);
}

static gboolean
parse_boolean (const char *text, gboolean *value)
{
  static const char *const yes[] = { "1", "t", "T", "TRUE", "true", "True", NULL };
  static const char *const no[] = { "0", "f", "F", "FALSE", "false", "False", NULL };

  *value = g_strv_contains (yes, text);
  return *value || g_strv_contains (no, text);
}

/* The query as "v" holds it: URL-safe base64 of JSON. */
static GHashTable *
unfold (const char *v)
{
  static const char *const names[][2] = { { "token", "token" },
                                          { "userID", "sendID" },
                                          { "operationID", "operationID" },
                                          { "compression", "compression" },
                                          { "sdkType", "sdkType" } };
  GHashTable *query = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autofree char *text = g_strconcat (v, "===", NULL);
  g_autofree guchar *data = NULL;
  g_autoptr (JsonObject) object = NULL;
  gsize length;

  text[(strlen (v) + 3) / 4 * 4] = '\0';
  g_strdelimit (text, "-", '+');
  g_strdelimit (text, "_", '/');
  data = g_base64_decode (text, &length);
  object = openim_json_parse ((const char *) data, length, MESSAGE_MAX, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_hash_table_insert (query, (char *) names[i][1], g_strdup (openim_json_string (object, names[i][0])));
  g_hash_table_insert (query, (char *) "platformID",
                       g_strdup_printf ("%" G_GINT64_FORMAT, openim_json_int (object, "platformID")));
  g_hash_table_insert (query, (char *) "isBackground",
                       g_strdup (openim_json_bool (object, "background") ? "true" : "false"));
  g_hash_table_insert (query, (char *) "isMsgResp",
                       g_strdup (openim_json_bool (object, "sendResponse") ? "true" : "false"));
  return query;
}

static Result
parse_query (Server *server, Hello *hello, GHashTable *query)
{
  g_autoptr (GHashTable) unfolded = NULL;
  const char *platform, *type, *compression, *background, *operation, *answer;
  gboolean ignored;
  char *end;

#define GIVEN(name)                                                                                          \
  (query && g_hash_table_contains (query, name) ? (const char *) g_hash_table_lookup (query, name) : "")
  if (server->behave->strict_query && *GIVEN ("v"))
    query = unfolded = unfold (GIVEN ("v"));
  hello->user = g_strdup (GIVEN ("sendID"));
  hello->token = g_strdup (GIVEN ("token"));
  platform = GIVEN ("platformID");
  type = GIVEN ("sdkType");
  compression = GIVEN ("compression");
  background = GIVEN ("isBackground");
  operation = GIVEN ("operationID");
  answer = GIVEN ("isMsgResp");
#undef GIVEN
  parse_boolean (answer, &hello->answer);
  if (g_str_equal (compression, "gzip"))
    hello->gzip = TRUE;
  if (!*hello->token)
    return result (CONNECTION_ARGS, "token is empty");
  if (!*hello->user)
    return result (CONNECTION_ARGS, "sendID is empty");
  hello->platform = strtol (platform, &end, 10);
  if (!*platform || *end)
    return result (CONNECTION_ARGS, "platformID is not int");
  if (server->behave->strict_query && !*operation)
    return result (CONNECTION_ARGS, "operationID is empty");
  if (!g_str_equal (type, "js"))
    return result (CONNECTION_ARGS, "sdkType is not supported"); /* "go" would be gob, which is left out */
  if (server->behave->strict_query && !parse_boolean (background, &ignored))
    return result (INTERNAL, "isBackground is no boolean");
  hello->parsed = TRUE;
  return RESULT_OK;
}

static void
greet (Server *server, Hello *hello, GHashTable *query)
{
  g_autofree char *user = NULL;
  int platform = 0;

  hello->refusal = parse_query (server, hello, query);
  if (hello->refusal.code)
    return;
  hello->refusal = auth_check (server, hello->token, &user, &platform);
  if (hello->refusal.code)
    return;
  if (!g_str_equal (user, hello->user) || platform != hello->platform) {
    hello->refusal = result (TOKEN_INVALID, "user or platform are not the token's");
    hello->parsed = hello->parsed && server->behave->refuse_frame;
  }
}

static void
send_text (Socket *socket, char *text)
{
  g_autofree char *owned = text;
  g_autoptr (GBytes) frame = socket_frame (SOCKET_TEXT, owned, strlen (owned));

  socket_send (socket, frame);
}

static void
refused_ended (gpointer owner)
{
  socket_free (*(Socket **) owner);
  g_free (owner);
}

static void
refused_received (gpointer owner, SocketKind kind, const guint8 *data, gsize length)
{
}

static void
refuse_in_frame (GIOStream *stream, Result refusal)
{
  static const SocketEvents events = { refused_received, refused_ended };
  Socket **owner = g_new (Socket *, 1);

  *owner = socket_new (stream, MESSAGE_MAX, &events, owner);
  send_text (*owner, http_envelope (refusal.code, refusal.detail, NULL));
  socket_drop (*owner, TRUE);
}

static void
enter (Server *server, GIOStream *stream, Hello *hello)
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
    send_text (session->socket, http_envelope (OK, "", NULL));
}

static void
upgraded (SoupServerMessage *message, gpointer data)
{
  Server *server = data;
  Hello *hello = g_object_get_data (G_OBJECT (message), "hello");
  g_autoptr (GIOStream) stream = NULL;

  g_object_ref (message);
  stream = soup_server_message_steal_connection (message);
  if (hello->refusal.code)
    refuse_in_frame (stream, hello->refusal);
  else
    enter (server, stream, hello);
  g_object_unref (message);
}

static void
handle (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Server *server = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  gboolean upgrade = soup_message_headers_header_contains (headers, "Upgrade", "websocket");
  const char *compression = soup_message_headers_get_one (headers, "compression");
  Hello *hello = g_new0 (Hello, 1);

  g_object_set_data_full (G_OBJECT (message), "hello", hello, hello_free);
  hello->gzip = g_strcmp0 (compression, "gzip") == 0;
  greet (server, hello, query);
  if (hello->refusal.code && !(upgrade && hello->answer && hello->parsed)) {
    char *text = http_envelope (hello->refusal.code, hello->refusal.detail, NULL);

    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, text, strlen (text));
  } else if (upgrade && soup_websocket_server_process_handshake (message, NULL, NULL, NULL, NULL)) {
    g_signal_connect (message, "wrote-informational", G_CALLBACK (upgraded), server);
  } else {
    soup_server_message_set_status (message, SOUP_STATUS_BAD_REQUEST, NULL);
    soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "Bad Request\n", 12);
  }
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
  soup_server_add_handler (server->ws, NULL, handle, server, NULL);
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
