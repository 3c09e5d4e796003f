/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/fetch.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/link.h"
#include "base/log.h"

#define LOG "openim-net"
/* Two of them for each download; bigger ones were no faster. */
#define BLOCK (256 * 1024)
#define TRIES 5
#define REDIRECTS 5

static void ask (OpenimFetch *fetch, GUri *uri);
static void write_on (OpenimFetch *fetch);

/* ---- the end */

static void
end_try (OpenimFetch *fetch)
{
  g_clear_handle_id (&fetch->stall, g_source_remove);
  if (fetch->message != NULL)
    g_signal_handlers_disconnect_by_data (fetch->message, fetch);
  g_clear_object (&fetch->body);
  g_clear_object (&fetch->message);
  g_clear_object (&fetch->cancellable);
}

static void
finish (OpenimFetch *fetch)
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
  g_free (fetch->block);
  g_free (fetch->writing);
  g_free (fetch);
  openim_downloads_pump (self);
}

/* @error: (transfer full); the first one counts, but what goes wrong after the caller has given up comes of
 * that. */
static void
fail (OpenimFetch *fetch, GError *error)
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
fail_with (OpenimFetch *fetch, int code, const char *sentence)
{
  fail (fetch, g_error_new_literal (OPENIM_ERROR, code, sentence));
}

static gboolean
on_given_up (gpointer data)
{
  OpenimFetch *fetch = data;

  fetch->given_up = 0;
  fail (fetch, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled.")));
  return G_SOURCE_REMOVE;
}

/* Later: what is connected to a cancellable cannot be disconnected from inside. */
void
openim_fetch_give_up (GCancellable *caller, gpointer data)
{
  OpenimFetch *fetch = data;

  fetch->progress = NULL;
  /* At once: a program that is being quit may not come to its main loop any more. */
  if (fetch->temporary != NULL)
    g_unlink (fetch->temporary);
  if (fetch->given_up == 0)
    fetch->given_up = g_idle_add (on_given_up, fetch);
}

/* ---- again */

static void
begin (OpenimFetch *fetch)
{
  g_autoptr (GUri) uri = g_uri_parse (fetch->url, SOUP_HTTP_URI_FLAGS, NULL);

  fetch->redirects = 0;
  fetch->trusted = FALSE;
  ask (fetch, uri);
}

static gboolean
on_again (gpointer data)
{
  OpenimFetch *fetch = data;

  if (fetch->writing != NULL || fetch->filled > 0)
    return G_SOURCE_CONTINUE; /* what came is to be in the file first */
  fetch->timer = 0;
  begin (fetch);
  return G_SOURCE_REMOVE;
}

/* @error: (transfer full) why this try has come to nothing. */
static void
try_again (OpenimFetch *fetch, GError *error)
{
  if (fetch->error != NULL || ++fetch->tries >= TRIES) {
    fail (fetch, error);
    return;
  }
  g_error_free (error);
  end_try (fetch);
  fetch->timer = g_timeout_add (fetch->downloads->pause << (fetch->tries - 1), on_again, fetch);
  write_on (fetch);
}

/* A step has called back. FALSE: the download is over, or a try of it; nothing more to do. @error:
 * (nullable) (transfer full) of the network */
static gboolean
step_done (OpenimFetch *fetch, GError *error)
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
  OpenimFetch *fetch = data;

  fetch->stall = 0;
  fetch->late = TRUE;
  g_cancellable_cancel (fetch->cancellable);
  return G_SOURCE_REMOVE;
}

static void
watch (OpenimFetch *fetch)
{
  g_clear_handle_id (&fetch->stall, g_source_remove);
  fetch->stall = g_timeout_add (fetch->downloads->stall, on_stall, fetch);
}

/* ---- where it leads */

static gboolean
may_meet (OpenimFetch *fetch, GInetAddress *address)
{
  return fetch->trusted || openim_home_may_meet (fetch->downloads->home, address);
}

/* The address that a name stands for is known only now, before the first byte goes there. */
static void
on_network (SoupMessage *message, GSocketClientEvent event, GIOStream *connection, gpointer data)
{
  OpenimFetch *fetch = data;
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
open_file (OpenimFetch *fetch)
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
start_over (OpenimFetch *fetch)
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
  OpenimFetch *fetch = data;
  g_autoptr (GError) error = NULL;

  fetch->pending--;
  if (fetch->error == NULL && fetch->given_up == 0 &&
      g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error) &&
      g_rename (fetch->temporary, fetch->path) == 0)
    finish (fetch);
  else
    fail (fetch, g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("The file cannot be saved: %s."),
                              error != NULL ? error->message : g_strerror (errno)));
}

static void
close_file (OpenimFetch *fetch)
{
  if (!open_file (fetch))
    return; /* empty, and not even that can be saved */
  fetch->pending++;
  g_output_stream_close_async (G_OUTPUT_STREAM (fetch->file), G_PRIORITY_DEFAULT, NULL, on_closed, fetch);
}

static void
complete (OpenimFetch *fetch)
{
  if (fetch->total >= 0 && fetch->got != fetch->total) {
    try_again (fetch, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK,
                                           _ ("The server closed the connection.")));
    return;
  }
  g_clear_object (&fetch->body); /* gives the connection back */
  fetch->ended = TRUE;
  write_on (fetch);
}

static void on_chunk (GObject *source, GAsyncResult *result, gpointer data);

static void
read_on (OpenimFetch *fetch)
{
  if (fetch->block == NULL)
    fetch->block = g_malloc (BLOCK);
  watch (fetch);
  fetch->pending++;
  g_input_stream_read_async (fetch->body, fetch->block + fetch->filled, BLOCK - fetch->filled,
                             G_PRIORITY_DEFAULT, fetch->cancellable, on_chunk, fetch);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimFetch *fetch = data;
  g_autoptr (GError) error = NULL;

  fetch->pending--;
  g_clear_pointer (&fetch->writing, g_free);
  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error) ||
      fetch->error != NULL) {
    fail (fetch, g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("The file cannot be saved: %s."),
                              error != NULL ? error->message : ""));
    return;
  }
  write_on (fetch);
}

/* A full block, and at the end of a try what there is, goes to the disk; one at a time. While it does, the
 * next one comes. */
static void
write_on (OpenimFetch *fetch)
{
  gsize length = fetch->filled;
  gboolean full = length == BLOCK, reading = fetch->body != NULL;

  if (fetch->writing != NULL)
    return;
  if (length > 0 && (full || !reading)) {
    if (!open_file (fetch))
      return;
    fetch->writing = g_steal_pointer (&fetch->block);
    fetch->filled = 0;
    fetch->pending++;
    g_output_stream_write_all_async (G_OUTPUT_STREAM (fetch->file), fetch->writing, length,
                                     G_PRIORITY_DEFAULT, NULL, on_written, fetch);
    if (full && reading)
      read_on (fetch);
  } else if (fetch->ended) {
    close_file (fetch);
  }
}

static void
fail_too_big (OpenimFetch *fetch)
{
  g_autofree char *size = g_format_size ((guint64) fetch->max_bytes);

  /* TRANSLATORS: a size with its unit */
  fail (fetch, g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                            _ ("The file is bigger than it may be (%s)."), size));
}

static void
on_chunk (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimFetch *fetch = data;
  GError *error = NULL;
  gssize length = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  g_clear_handle_id (&fetch->stall, g_source_remove);
  if (!step_done (fetch, error))
    return;
  if (length == 0) {
    complete (fetch);
    return;
  }
  if (fetch->got + length > fetch->max_bytes) {
    fail_too_big (fetch);
    return;
  }
  fetch->got += length;
  fetch->filled += (gsize) length;
  fetch->tries = 0;
  if (fetch->progress != NULL)
    fetch->progress (fetch->owner, fetch->got, fetch->total);
  if (fetch->filled < BLOCK)
    read_on (fetch);
  else
    write_on (fetch);
}

/* ---- what the server answers */

static void
follow (OpenimFetch *fetch)
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
note_validator (OpenimFetch *fetch, SoupMessageHeaders *headers)
{
  const char *etag = soup_message_headers_get_one (headers, "ETag");
  const char *date = soup_message_headers_get_one (headers, "Last-Modified");

  g_free (fetch->validator);
  fetch->validator = g_strdup (etag != NULL && *etag == '"' ? etag : date);
}

static void
begin_body (OpenimFetch *fetch)
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
  OpenimFetch *fetch = data;
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
ask (OpenimFetch *fetch, GUri *uri)
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

void
openim_fetch_start (OpenimFetch *fetch)
{
  fetch->timer = g_timeout_add (0, on_again, fetch);
}
