/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/http.h"

#include <glib/gi18n-lib.h>

#include "base/gate.h"
#include "base/log.h"

#define CHUNK (64 * 1024)
#define CONNECTIONS 6
/* Shorter than what servers and reverse proxies grant, so that a request never meets a connection that the
 * other side is just closing. */
#define IDLE_SECONDS 25
#define TEXT_MAX 500

SoupSession *
openim_http_session_new (GProxyResolver *proxy)
{
  SoupSession *session = soup_session_new_with_options (
      "user-agent", "purple-openim/" OPENIM_VERSION, "timeout", 0, "idle-timeout", IDLE_SECONDS, "max-conns",
      CONNECTIONS, "max-conns-per-host", CONNECTIONS, NULL);
  if (proxy != NULL)
    soup_session_set_proxy_resolver (session, proxy);
  return session;
}

GUri *
openim_http_address (const char *text, const char *plain, const char *secure, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text != NULL ? text : ""));
  g_autoptr (GUri) uri = g_uri_parse (trimmed, SOUP_HTTP_URI_FLAGS, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  gboolean is_secure = g_str_equal (scheme, secure);

  if ((!is_secure && !g_str_equal (scheme, plain)) || host == NULL || *host == '\0' ||
      g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                 /* TRANSLATORS: an address that somebody entered, and the two forms that are right */
                 _ ("“%s” is not a server address; it should look like %s://host:port or %s://host:port."),
                 trimmed, plain, secure);
    return NULL;
  }

  g_autofree char *path = g_strdup (g_uri_get_path (uri));
  for (gsize length = strlen (path); length > 0 && path[length - 1] == '/'; length--)
    path[length - 1] = '\0';
  return g_uri_build (SOUP_HTTP_URI_FLAGS, is_secure ? "https" : "http", NULL, host, g_uri_get_port (uri),
                      path, NULL, NULL);
}

GError *
openim_http_network_error (SoupMessage *message, const GError *error)
{
  GTlsCertificateFlags flags = soup_message_get_tls_peer_certificate_errors (message);
  g_autofree char *sentence = NULL;

  if (error->domain == G_TLS_ERROR && flags != 0)
    return openim_error_new_certificate (flags);
  if (g_error_matches (error, SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING))
    sentence = g_strdup (_ ("The address answers, but not as an OpenIM server."));
  else
    sentence = openim_error_describe (error);
  return g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK, sentence);
}

GError *
openim_http_status_error (SoupMessage *message)
{
  guint status = soup_message_get_status (message);
  const char *text = _ ("The address answers, but not as an OpenIM server (HTTP %u).");

  if (SOUP_STATUS_IS_REDIRECTION (status))
    text = _ ("The server sends its visitors on to another address; enter that one (HTTP %u).");
  else if (status == SOUP_STATUS_PROXY_UNAUTHORIZED)
    text = _ ("The proxy demands a password (HTTP %u).");
  else if (status == 429)
    text = _ ("The server gets too many requests at the moment. Try again later (HTTP %u).");
  else if (status == SOUP_STATUS_BAD_GATEWAY || status == SOUP_STATUS_SERVICE_UNAVAILABLE ||
           status == SOUP_STATUS_GATEWAY_TIMEOUT)
    text = _ ("The server is not running at the moment (HTTP %u).");
  else if (status == SOUP_STATUS_INTERNAL_SERVER_ERROR)
    text = _ ("The server has failed at this (HTTP %u).");

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  return g_error_new (OPENIM_ERROR, OPENIM_ERROR_NETWORK, text, status);
#pragma GCC diagnostic pop
}

GError *
openim_http_envelope_error (gint64 code, const char *text, const char *detail)
{
  gboolean more = *detail != '\0' && !g_str_equal (text, detail);
  g_autofree char *whole = g_strconcat (text, more ? ": " : "", more ? detail : "", NULL);
  /* Servers repeat a token that they do not like. */
  g_autofree char *open = openim_log_redact (whole);
  g_autofree char *clean = openim_gate_text (open, -1, TEXT_MAX, TRUE);

  if (code < 1 || code > G_MAXINT)
    return g_error_new (OPENIM_ERROR, OPENIM_ERROR_UNKNOWN, "%" G_GINT64_FORMAT " %s", code, clean);
  return g_error_new_literal (OPENIM_ERROR, (int) code, clean);
}

typedef struct {
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *body;
  gsize max_bytes;
  guint timer;
  gboolean late;
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  g_clear_handle_id (&fetch->timer, g_source_remove);
  g_clear_object (&fetch->stream);
  g_clear_object (&fetch->message);
  g_clear_pointer (&fetch->body, g_byte_array_unref);
  g_free (fetch);
}

static gboolean
on_late (gpointer data)
{
  GTask *task = data;
  Fetch *fetch = g_task_get_task_data (task);

  fetch->timer = 0;
  fetch->late = TRUE;
  g_cancellable_cancel (g_task_get_cancellable (task));
  return G_SOURCE_REMOVE;
}

static void
fetch_fail (GTask *task, const GError *error)
{
  Fetch *fetch = g_task_get_task_data (task);
  GError *answer;

  g_clear_handle_id (&fetch->timer, g_source_remove);
  if (fetch->late)
    answer =
        g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_TIMEOUT, _ ("The server did not answer in time."));
  else if (error->domain == OPENIM_ERROR || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    answer = g_error_copy (error);
  else
    answer = openim_http_network_error (fetch->message, error);
  g_task_return_error (task, answer);
  g_object_unref (task);
}

static void
fetch_fail_too_big (GTask *task)
{
  g_autoptr (GError) error = g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK,
                                                  _ ("The server’s answer is too big to be an honest one."));
  /* The rest is not wanted: with its connection cancelled libsoup does not read on. */
  g_cancellable_cancel (g_task_get_cancellable (task));
  fetch_fail (task, error);
}

static void
on_chunk (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (chunk == NULL) {
    fetch_fail (task, error);
    return;
  }
  gsize length;
  gconstpointer bytes = g_bytes_get_data (chunk, &length);
  if (length == 0) {
    g_clear_handle_id (&fetch->timer, g_source_remove);
    g_clear_object (&fetch->stream); /* gives the connection back, for the next call */
    g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&fetch->body)),
                           (GDestroyNotify) g_bytes_unref);
    g_object_unref (task);
    return;
  }
  if (fetch->body->len + length > fetch->max_bytes) {
    fetch_fail_too_big (task);
    return;
  }
  g_byte_array_append (fetch->body, bytes, (guint) length);
  g_input_stream_read_bytes_async (fetch->stream, CHUNK, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                   on_chunk, task);
}

static void
on_head (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  Fetch *fetch = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  fetch->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (fetch->stream == NULL) {
    fetch_fail (task, error);
    return;
  }
  SoupMessageHeaders *headers = soup_message_get_response_headers (fetch->message);
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
      (guint64) soup_message_headers_get_content_length (headers) > fetch->max_bytes) {
    fetch_fail_too_big (task);
    return;
  }
  g_input_stream_read_bytes_async (fetch->stream, CHUNK, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                   on_chunk, task);
}

void
openim_http_fetch_async (SoupSession *session,
                         SoupMessage *message,
                         gsize max_bytes,
                         guint timeout_ms,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Fetch *fetch = g_new0 (Fetch, 1);

  g_task_set_source_tag (task, openim_http_fetch_async);
  /* The deadline cancels too, and its error is another one. */
  g_task_set_check_cancellable (task, FALSE);
  fetch->message = g_object_ref (message);
  fetch->body = g_byte_array_new ();
  fetch->max_bytes = max_bytes;
  fetch->timer = g_timeout_add (timeout_ms, on_late, task);
  g_task_set_task_data (task, fetch, (GDestroyNotify) fetch_free);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, cancellable, on_head, task);
}

GBytes *
openim_http_fetch_finish (SoupSession *session, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
