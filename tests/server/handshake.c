/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handshake.h"

#include <string.h>

#include "base/gate.h"

#include "auth.h"
#include "socket.h"

#define QUERY_MAX 65536 /* bytes of what "v" holds */

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
  gsize length;
  g_autofree char *text = (char *) base64url_decode (v, &length);
  g_autoptr (JsonObject) object = openim_json_parse (text, length, QUERY_MAX, NULL);

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

  *owner = socket_new (stream, QUERY_MAX, &events, owner);
  socket_send_text (*owner, http_envelope (refusal.code, refusal.detail, NULL));
  socket_drop (*owner, TRUE);
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
    gateway_enter (server, stream, hello);
  g_object_unref (message);
}

void
handshake_handle (
    SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
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
