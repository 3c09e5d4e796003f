/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/download.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/link.h"
#include "base/log.h"
#include "net/download-private.h"
#include "net/home.h"
#include "net/http.h"

#define LOG "openim-net"
#define AT_ONCE 4
#define BIG_AT_ONCE 2
#define BIG (16 * 1024 * 1024)
#define CHUNK (256 * 1024)
#define TRIES 5
#define REDIRECTS 5
#define STALL 30000 /* ms */
#define PAUSE 1000  /* ms */

struct _OpenimDownloads {
  GObject parent_instance;

  SoupSession *session;
  OpenimHome *home;
  gboolean home_known; /* where it is, or that it cannot be found out */
  gboolean looking;
  GQueue waiting; /* of Fetch */
  guint running;
  guint running_big;
  guint stall;
  guint pause;
};

G_DEFINE_FINAL_TYPE (OpenimDownloads, openim_downloads, G_TYPE_OBJECT)

/* One download. @pending counts what will still call back; it ends when that is nothing. */
typedef struct {
  OpenimDownloads *downloads;
  GTask *task;
  char *url;
  char *path;
  char *temporary;
  gint64 max_bytes;
  gboolean big;
  gboolean running;
  OpenimDownloadProgress progress;
  gpointer owner;
  GCancellable *caller;
  gulong caller_handler;
  guint given_up; /* source */

  GFileOutputStream *file; /* (nullable) before the first byte */
  gint64 got;              /* bytes in it */
  gint64 total;            /* -1: not known */
  char *validator;         /* (nullable) tells whether it is still the same */
  guint tries;             /* since something came */
  guint timer;             /* before the next try */

  /* of one try */
  GCancellable *cancellable;
  SoupMessage *message;
  GInputStream *body;
  GBytes *chunk; /* on its way to the disk */
  guint redirects;
  gboolean trusted; /* may lead into a private network */
  gboolean refused; /* led there and must not */
  gboolean late;
  guint stall; /* source */

  guint pending;
  GError *error;
} Fetch;

static void ask (Fetch *fetch, GUri *uri);
static void pump (OpenimDownloads *self);

/* ---- the end */

static void
end_try (Fetch *fetch)
{
  g_clear_handle_id (&fetch->stall, g_source_remove);
  if (fetch->message != NULL)
    g_signal_handlers_disconnect_by_data (fetch->message, fetch);
  g_clear_object (&fetch->body);
  g_clear_object (&fetch->message);
  g_clear_object (&fetch->cancellable);
  g_clear_pointer (&fetch->chunk, g_bytes_unref);
}

static void
finish (Fetch *fetch)
{
  g_autoptr (OpenimDownloads) self = g_object_ref (fetch->downloads);
  g_autoptr (GTask) task = fetch->task;

  end_try (fetch);
  g_clear_handle_id (&fetch->timer, g_source_remove);
  g_clear_handle_id (&fetch->given_up, g_source_remove);
  g_cancellable_disconnect (fetch->caller, fetch->caller_handler);
  g_clear_object (&fetch->caller);
  g_clear_object (&fetch->file);
  if (fetch->error != NULL && fetch->temporary != NULL)
    g_unlink (fetch->temporary);

  if (fetch->running) {
    self->running--;
    self->running_big -= fetch->big;
  } else {
    g_queue_remove (&self->waiting, fetch);
  }
  if (fetch->error != NULL) {
    openim_log (LOG, OPENIM_LOG_INFO, "download: %d", openim_error_code (fetch->error)); /* no address */
    g_task_return_error (task, g_steal_pointer (&fetch->error));
  } else {
    g_task_return_int (task, fetch->got);
  }
  g_free (fetch->url);
  g_free (fetch->path);
  g_free (fetch->temporary);
  g_free (fetch->validator);
  g_free (fetch);
  pump (self);
}

/* @error: (transfer full); the first one counts, but what goes wrong after the caller has given up comes of
 * that. */
static void
fail (Fetch *fetch, GError *error)
{
  if (fetch->given_up != 0 && fetch->error == NULL) {
    g_error_free (error);
    error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled."));
  }
  if (fetch->error == NULL) {
    fetch->error = error;
    g_clear_handle_id (&fetch->timer, g_source_remove);
    g_clear_handle_id (&fetch->stall, g_source_remove);
    if (fetch->cancellable != NULL)
      g_cancellable_cancel (fetch->cancellable);
  } else {
    g_error_free (error);
  }
  if (fetch->pending == 0)
    finish (fetch);
}

static void
fail_with (Fetch *fetch, int code, const char *sentence)
{
  fail (fetch, g_error_new_literal (OPENIM_ERROR, code, sentence));
}

static gboolean
on_given_up (gpointer data)
{
  Fetch *fetch = data;

  fetch->given_up = 0;
  fail (fetch, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled.")));
  return G_SOURCE_REMOVE;
}

/* Later: what is connected to a cancellable cannot be disconnected from inside. */
static void
on_caller_cancelled (GCancellable *caller, gpointer data)
{
  Fetch *fetch = data;

  fetch->progress = NULL;
  /* At once: a program that is being quit may not come to its main loop any more. */
  if (fetch->temporary != NULL)
    g_unlink (fetch->temporary);
  if (fetch->given_up == 0)
    fetch->given_up = g_idle_add (on_given_up, fetch);
}

/* ---- again */

static void
begin (Fetch *fetch)
{
  g_autoptr (GUri) uri = g_uri_parse (fetch->url, SOUP_HTTP_URI_FLAGS, NULL);

  fetch->redirects = 0;
  fetch->trusted = FALSE;
  ask (fetch, uri);
}

static gboolean
on_again (gpointer data)
{
  Fetch *fetch = data;

  fetch->timer = 0;
  begin (fetch);
  return G_SOURCE_REMOVE;
}

/* @error: (transfer full) why this try has come to nothing. */
static void
try_again (Fetch *fetch, GError *error)
{
  if (fetch->error != NULL || ++fetch->tries >= TRIES) {
    fail (fetch, error);
    return;
  }
  g_error_free (error);
  end_try (fetch);
  fetch->timer = g_timeout_add (fetch->downloads->pause << (fetch->tries - 1), on_again, fetch);
}

/* A step has called back. FALSE: the download is over, or a try of it; nothing more to do. @error:
 * (nullable) (transfer full) of the network */
static gboolean
step_done (Fetch *fetch, GError *error)
{
  fetch->pending--;
  if (fetch->error == NULL && error == NULL)
    return TRUE;
  if (fetch->error != NULL) {
    g_clear_error (&error);
    if (fetch->pending == 0)
      finish (fetch);
  } else if (fetch->refused) {
    g_error_free (error);
    fail_with (fetch, OPENIM_ERROR_INTERNAL,
               _ ("The address leads into a private network, so it is not followed."));
  } else if (fetch->late) {
    g_error_free (error);
    try_again (fetch, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_TIMEOUT,
                                           _ ("The server did not answer in time.")));
  } else {
    try_again (fetch, openim_http_network_error (fetch->message, error));
    g_error_free (error);
  }
  return FALSE;
}

static gboolean
on_stall (gpointer data)
{
  Fetch *fetch = data;

  fetch->stall = 0;
  fetch->late = TRUE;
  g_cancellable_cancel (fetch->cancellable);
  return G_SOURCE_REMOVE;
}

static void
watch (Fetch *fetch)
{
  g_clear_handle_id (&fetch->stall, g_source_remove);
  fetch->stall = g_timeout_add (fetch->downloads->stall, on_stall, fetch);
}

/* ---- where it leads */

static gboolean
may_meet (Fetch *fetch, GInetAddress *address)
{
  return fetch->trusted || openim_home_may_meet (fetch->downloads->home, address);
}

/* The address that a name stands for is known only now, before the first byte goes there. */
static void
on_network (SoupMessage *message, GSocketClientEvent event, GIOStream *connection, gpointer data)
{
  Fetch *fetch = data;
  g_autoptr (GSocketAddress) remote = NULL;

  if (event != G_SOCKET_CLIENT_CONNECTED || !G_IS_SOCKET_CONNECTION (connection))
    return;
  remote = g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (connection), NULL);
  if (remote == NULL || G_IS_PROXY_ADDRESS (remote) || !G_IS_INET_SOCKET_ADDRESS (remote) ||
      may_meet (fetch, g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote))))
    return;
  fetch->refused = TRUE;
  g_cancellable_cancel (fetch->cancellable);
}

/* ---- to disk */

static gboolean
open_file (Fetch *fetch)
{
  g_autofree char *random = g_uuid_string_random ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;

  if (fetch->file != NULL)
    return TRUE;
  random[8] = '\0';
  fetch->temporary = g_strconcat (fetch->path, ".", random, ".part", NULL);
  file = g_file_new_for_path (fetch->temporary);
  fetch->file = g_file_create (file, G_FILE_CREATE_PRIVATE, NULL, &error);
  if (fetch->file != NULL)
    return TRUE;
  g_clear_pointer (&fetch->temporary, g_free);
  fail (fetch, g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("The file cannot be saved: %s."),
                            error->message));
  return FALSE;
}

static gboolean
start_over (Fetch *fetch)
{
  g_autoptr (GError) error = NULL;

  fetch->got = 0;
  g_clear_pointer (&fetch->validator, g_free);
  if (fetch->file == NULL || (g_seekable_truncate (G_SEEKABLE (fetch->file), 0, NULL, &error) &&
                              g_seekable_seek (G_SEEKABLE (fetch->file), 0, G_SEEK_SET, NULL, &error)))
    return TRUE;
  fail (fetch, g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("The file cannot be saved: %s."),
                            error->message));
  return FALSE;
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  Fetch *fetch = data;
  g_autoptr (GError) error = NULL;

  fetch->pending--;
  if (fetch->error == NULL && g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error) &&
      g_rename (fetch->temporary, fetch->path) == 0)
    finish (fetch);
  else
    fail (fetch, g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("The file cannot be saved: %s."),
                              error != NULL ? error->message : g_strerror (errno)));
}

static void
complete (Fetch *fetch)
{
  if (fetch->total >= 0 && fetch->got != fetch->total) {
    try_again (fetch, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK,
                                           _ ("The server closed the connection.")));
    return;
  }
  if (!open_file (fetch))
    return; /* empty, and not even that can be saved */
  g_clear_handle_id (&fetch->stall, g_source_remove);
  g_clear_object (&fetch->body); /* gives the connection back */
  fetch->pending++;
  g_output_stream_close_async (G_OUTPUT_STREAM (fetch->file), G_PRIORITY_DEFAULT, NULL, on_closed, fetch);
}

static void on_chunk (GObject *source, GAsyncResult *result, gpointer data);

static void
read_on (Fetch *fetch)
{
  watch (fetch);
  fetch->pending++;
  g_input_stream_read_bytes_async (fetch->body, CHUNK, G_PRIORITY_DEFAULT, fetch->cancellable, on_chunk,
                                   fetch);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  Fetch *fetch = data;
  g_autoptr (GError) error = NULL;
  gsize length = g_bytes_get_size (fetch->chunk);

  fetch->pending--;
  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error) ||
      fetch->error != NULL) {
    fail (fetch, g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("The file cannot be saved: %s."),
                              error != NULL ? error->message : ""));
    return;
  }
  g_clear_pointer (&fetch->chunk, g_bytes_unref);
  fetch->got += (gint64) length;
  fetch->tries = 0;
  if (fetch->progress != NULL)
    fetch->progress (fetch->owner, fetch->got, fetch->total);
  read_on (fetch);
}

static void
fail_too_big (Fetch *fetch)
{
  g_autofree char *size = g_format_size ((guint64) fetch->max_bytes);

  /* TRANSLATORS: a size with its unit */
  fail (fetch, g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                            _ ("The file is bigger than it may be (%s)."), size));
}

static void
on_chunk (GObject *source, GAsyncResult *result, gpointer data)
{
  Fetch *fetch = data;
  GError *error = NULL;
  GBytes *chunk = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  g_clear_handle_id (&fetch->stall, g_source_remove);
  fetch->chunk = chunk;
  if (!step_done (fetch, error))
    return;
  if (g_bytes_get_size (chunk) == 0) {
    complete (fetch);
    return;
  }
  if (fetch->got + (gint64) g_bytes_get_size (chunk) > fetch->max_bytes) {
    fail_too_big (fetch);
    return;
  }
  if (!open_file (fetch))
    return;
  fetch->pending++;
  g_output_stream_write_all_async (G_OUTPUT_STREAM (fetch->file), g_bytes_get_data (chunk, NULL),
                                   g_bytes_get_size (chunk), G_PRIORITY_DEFAULT, NULL, on_written, fetch);
}

/* ---- what the server answers */

static void
follow (Fetch *fetch)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (fetch->message);
  const char *place = soup_message_headers_get_one (headers, "Location");
  g_autoptr (GUri) base = g_uri_ref (soup_message_get_uri (fetch->message));
  g_autoptr (GUri) uri = place != NULL ? g_uri_parse_relative (base, place, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  g_autofree char *text = uri != NULL ? g_uri_to_string (uri) : NULL;
  g_autofree char *clean = openim_link_clean (text);
  g_autoptr (GUri) next = clean != NULL ? g_uri_parse (clean, SOUP_HTTP_URI_FLAGS, NULL) : NULL;
  gboolean by_home = openim_home_is (fetch->downloads->home, g_uri_get_host (base));

  if (next == NULL || ++fetch->redirects > REDIRECTS) {
    fail_with (fetch, OPENIM_ERROR_INTERNAL, _ ("The address leads nowhere."));
    return;
  }
  end_try (fetch);
  /* Our own server knows where its storage is. */
  fetch->trusted = by_home;
  ask (fetch, next);
}

/* What is needed to go on later with the same file: a strong ETag, else a date. */
static void
note_validator (Fetch *fetch, SoupMessageHeaders *headers)
{
  const char *etag = soup_message_headers_get_one (headers, "ETag");
  const char *date = soup_message_headers_get_one (headers, "Last-Modified");

  g_free (fetch->validator);
  fetch->validator = g_strdup (etag != NULL && *etag == '"' ? etag : date);
}

static void
begin_body (Fetch *fetch)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (fetch->message);
  gint64 length = -1, start = 0, end = 0, whole = -1;

  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
    length = soup_message_headers_get_content_length (headers);
  if (soup_message_get_status (fetch->message) == SOUP_STATUS_PARTIAL_CONTENT) {
    if (!soup_message_headers_get_content_range (headers, &start, &end, &whole) || start != fetch->got) {
      if (start_over (fetch))
        try_again (fetch, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK,
                                               _ ("The server does not send the file in one piece.")));
      return;
    }
  } else if (!start_over (fetch)) {
    return;
  } else {
    note_validator (fetch, headers);
  }
  fetch->total = length >= 0 ? fetch->got + length : -1;
  if (fetch->total > fetch->max_bytes) {
    fail_too_big (fetch);
    return;
  }
  read_on (fetch);
}

static void
on_head (GObject *source, GAsyncResult *result, gpointer data)
{
  Fetch *fetch = data;
  GError *error = NULL;
  guint status;

  fetch->body = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  g_clear_handle_id (&fetch->stall, g_source_remove);
  if (!step_done (fetch, error))
    return;
  status = soup_message_get_status (fetch->message);
  if (SOUP_STATUS_IS_REDIRECTION (status) && status != SOUP_STATUS_NOT_MODIFIED) {
    follow (fetch);
  } else if (status == SOUP_STATUS_OK || status == SOUP_STATUS_PARTIAL_CONTENT) {
    begin_body (fetch);
  } else if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE && fetch->got > 0) {
    if (start_over (fetch))
      try_again (fetch, openim_http_status_error (fetch->message));
  } else if (status == SOUP_STATUS_NOT_FOUND || status == SOUP_STATUS_GONE ||
             (status == SOUP_STATUS_FORBIDDEN && fetch->got == 0)) {
    fail_with (fetch, OPENIM_ERROR_FILE_NOT_FOUND, _ ("The file is not on the server (any more)."));
  } else if (status >= 500 || status == 429 || status == SOUP_STATUS_FORBIDDEN) {
    /* An address that was signed for a while is signed anew on the way. */
    try_again (fetch, openim_http_status_error (fetch->message));
  } else {
    fail (fetch, openim_http_status_error (fetch->message));
  }
}

static void
ask (Fetch *fetch, GUri *uri)
{
  OpenimDownloads *self = fetch->downloads;
  const char *host = g_uri_get_host (uri);
  g_autoptr (GInetAddress) literal = g_inet_address_new_from_string (host);
  SoupMessageHeaders *headers;

  if (openim_home_is (self->home, host))
    fetch->trusted = TRUE;
  if (literal != NULL && !may_meet (fetch, literal)) {
    fail_with (fetch, OPENIM_ERROR_INTERNAL,
               _ ("The address leads into a private network, so it is not followed."));
    return;
  }
  fetch->late = fetch->refused = FALSE;
  fetch->cancellable = g_cancellable_new ();
  fetch->message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  soup_message_add_flags (fetch->message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (fetch->message, "network-event", G_CALLBACK (on_network), fetch);
  headers = soup_message_get_request_headers (fetch->message);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (fetch->got > 0 && fetch->validator == NULL && !start_over (fetch))
    return;
  if (fetch->got > 0) {
    soup_message_headers_set_range (headers, fetch->got, -1);
    soup_message_headers_replace (headers, "If-Range", fetch->validator);
  }
  watch (fetch);
  fetch->pending++;
  soup_session_send_async (self->session, fetch->message, G_PRIORITY_DEFAULT, fetch->cancellable, on_head,
                           fetch);
}

/* ---- the queue */

static void
pump (OpenimDownloads *self)
{
  GList *next = NULL;

  for (GList *iter = self->waiting.head; iter != NULL && self->home_known; iter = next) {
    Fetch *fetch = iter->data;

    next = iter->next;
    if (self->running >= AT_ONCE)
      return;
    if (fetch->error != NULL || (fetch->big && self->running_big >= BIG_AT_ONCE))
      continue;
    g_queue_delete_link (&self->waiting, iter);
    fetch->running = TRUE;
    self->running++;
    self->running_big += fetch->big;
    /* From the main loop: what fails at once must not call back from inside the call. */
    fetch->timer = g_timeout_add (0, on_again, fetch);
  }
}

static void
on_home (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (OpenimDownloads) self = data;

  openim_home_find_finish (self->home, result);
  self->home_known = TRUE;
  pump (self);
}

static void
find_home (OpenimDownloads *self)
{
  if (self->looking)
    return;
  self->looking = TRUE;
  openim_home_find_async (self->home, on_home, g_object_ref (self));
}

void
openim_downloads_fetch_async (OpenimDownloads *self,
                              const OpenimDownload *download,
                              OpenimDownloadProgress progress,
                              gpointer owner,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *url = openim_link_clean (download->url);
  Fetch *fetch;

  g_task_set_source_tag (task, openim_downloads_fetch_async);
  if (url == NULL) {
    g_task_return_new_error (task, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                             _ ("The address is none of a file on the web."));
    return;
  }
  fetch = g_new0 (Fetch, 1);
  fetch->downloads = self; /* the task keeps it */
  fetch->task = g_steal_pointer (&task);
  fetch->url = g_steal_pointer (&url);
  fetch->path = g_strdup (download->path);
  fetch->max_bytes = download->max_bytes;
  fetch->big = download->max_bytes > BIG;
  fetch->progress = progress;
  fetch->owner = owner;
  fetch->total = -1;
  g_queue_push_tail (&self->waiting, fetch);
  if (cancellable != NULL) {
    fetch->caller = g_object_ref (cancellable);
    fetch->caller_handler =
        g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled), fetch, NULL);
  }
  find_home (self);
  pump (self);
}

gint64
openim_downloads_fetch_finish (OpenimDownloads *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  return g_task_propagate_int (G_TASK (result), error);
}

/* ---- life */

static void
openim_downloads_finalize (GObject *object)
{
  OpenimDownloads *self = OPENIM_DOWNLOADS (object);

  g_clear_object (&self->session);
  openim_home_free (self->home);
  G_OBJECT_CLASS (openim_downloads_parent_class)->finalize (object);
}

static void
openim_downloads_class_init (OpenimDownloadsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = openim_downloads_finalize;
}

static void
openim_downloads_init (OpenimDownloads *self)
{
  g_queue_init (&self->waiting);
  self->stall = STALL;
  self->pause = PAUSE;
}

OpenimDownloads *
openim_downloads_new (const char *home, GProxyResolver *proxy)
{
  OpenimDownloads *self = g_object_new (OPENIM_TYPE_DOWNLOADS, NULL);

  self->home = openim_home_new (home);
  self->session = openim_http_session_new (proxy);
  /* What is packed would be of another length than it says, and could be of any. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  return self;
}

void
openim_downloads_set_patience (OpenimDownloads *self, guint stall, guint pause)
{
  self->stall = stall;
  self->pause = pause;
}
