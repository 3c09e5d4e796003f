/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "storage.h"

#include <string.h>

#define SLOW 1000 /* bytes a millisecond */
#define REFUSAL "<Error><Code>AccessDenied</Code><Message>Not so.</Message></Error>"

/* A part that comes in. */
typedef struct {
  Server *server;
  SoupServerMessage *message;
  char *upload;
  gint64 number;
  BlobPart *part; /* (nullable) it is refused */
  guint status;
  guint timer;
} Incoming;

char *
storage_sign (const char *text)
{
  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) SERVER_SECRET, strlen (SERVER_SECRET),
                                    text, -1);
}

char *
storage_sign_part (const char *upload, gint64 number, const char *date)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  g_autofree char *text = g_strjoin ("\n", upload, digits, date, NULL);

  return storage_sign (text);
}

gint64
storage_lifetime (Server *server)
{
  return server->options->expire_urls ? 1000 : G_GINT64_CONSTANT (7) * 24 * 3600 * 1000;
}

char *
storage_base (SoupServerMessage *message)
{
  const char *host = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Host");

  return g_strconcat ("http://", host ? host : "127.0.0.1", NULL);
}

char *
storage_put_url (const char *base, const char *upload)
{
  return g_strconcat (base, "/storage/upload/", upload, NULL);
}

char *
storage_part_md5 (Server *server, const char *upload, int number, gint64 *size)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT md5, size FROM parts WHERE upload = ? AND number = ?", "si", upload,
                (gint64) number);

  if (!db_next (rows))
    return NULL;
  *size = db_integer (rows, 1);
  return g_strdup (db_text (rows, 0));
}

char *
storage_download_url (Server *server, const char *base, const char *name, gint64 *expires)
{
  g_autoptr (DbRows) rows = db_query (server->db, "SELECT key, type FROM objects WHERE name = ?", "s", name);
  const char *slash = strrchr (name, '/');
  g_autofree char *query = NULL;
  g_autofree char *time = NULL;
  g_autofree char *text = NULL;
  g_autofree char *sign = NULL;

  if (!db_next (rows))
    return NULL;
  *expires = now_ms () + storage_lifetime (server);
  time = g_strdup_printf ("%" G_GINT64_FORMAT, *expires);
  text = g_strjoin ("\n", db_text (rows, 0), db_text (rows, 1), slash ? slash + 1 : name, time, NULL);
  sign = storage_sign (text);
  query = soup_form_encode ("key", db_text (rows, 0), "type", db_text (rows, 1), "name",
                            slash ? slash + 1 : name, "expires", time, "sign", sign, NULL);
  return g_strconcat (base, "/storage/data?", query, NULL);
}

/* ---- what comes in */

static void
refuse (SoupServerMessage *message, guint status)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "", 0);
}

static const char *
parameter (GHashTable *query, const char *name)
{
  const char *value = query ? g_hash_table_lookup (query, name) : NULL;

  return value ? value : "";
}

/* GET /object/NAME: to where the content is. */
static void
redirect (Server *server, SoupServerMessage *message, const char *path, GHashTable *query)
{
  g_autofree char *name = g_uri_unescape_string (path + strlen ("/object/"), NULL);
  g_autofree char *base = storage_base (message);
  g_autofree char *url = NULL;
  const char *type = parameter (query, "type");
  gint64 expires;

  if (!name || (*type && !g_str_equal (type, "image"))) {
    refuse (message, SOUP_STATUS_BAD_REQUEST);
    return;
  }
  url = storage_download_url (server, base, name, &expires);
  if (url)
    soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, url);
  else
    refuse (message, SOUP_STATUS_NOT_FOUND);
}

/* What of @size bytes is asked for. FALSE: more than there is. */
static gboolean
asked_range (SoupServerMessage *message, gint64 size, gint64 *offset, gint64 *length)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupRange *ranges = NULL;
  int n = 0;

  *offset = 0;
  *length = size;
  if (!soup_message_headers_get_one (headers, "Range"))
    return TRUE;
  if (!soup_message_headers_get_ranges (headers, size, &ranges, &n))
    return FALSE;
  if (n == 1) {
    *offset = ranges[0].start;
    *length = ranges[0].end - ranges[0].start + 1;
    soup_message_headers_set_content_range (soup_server_message_get_response_headers (message),
                                            ranges[0].start, ranges[0].end, size);
    soup_server_message_set_status (message, SOUP_STATUS_PARTIAL_CONTENT, NULL);
  }
  soup_message_headers_free_ranges (headers, ranges);
  return TRUE;
}

static void
download (Server *server, SoupServerMessage *message, GHashTable *query)
{
  const char *key = parameter (query, "key"), *type = parameter (query, "type"),
             *name = parameter (query, "name");
  const char *time = parameter (query, "expires");
  g_autofree char *text = g_strjoin ("\n", key, type, name, time, NULL);
  g_autofree char *sign = storage_sign (text);
  g_autofree char *escaped = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *disposition = g_strconcat ("attachment; filename*=UTF-8''", escaped, NULL);
  g_autofree char *etag = g_strdup_printf ("\"%s\"", key);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  g_autoptr (GPtrArray) pieces = NULL;
  gint64 size, offset, length;

  if (!g_str_equal (sign, parameter (query, "sign")) || g_ascii_strtoll (time, NULL, 10) < now_ms ()) {
    refuse (message, SOUP_STATUS_FORBIDDEN);
    return;
  }
  size = db_int (server->db, -1, "SELECT size FROM blobs WHERE key = ?", "s", key);
  if (size < 0) {
    refuse (message, SOUP_STATUS_NOT_FOUND);
    return;
  }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  if (!asked_range (message, size, &offset, &length)) {
    refuse (message, SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE);
    return;
  }
  soup_message_headers_replace (headers, "Content-Disposition", disposition);
  soup_message_headers_replace (headers, "ETag", etag);
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  soup_message_headers_set_content_type (headers, *type ? type : "application/octet-stream", NULL);
  soup_message_body_set_accumulate (body, FALSE);
  pieces = blobs_read (server->blobs, key, offset, length);
  for (guint i = 0; i < pieces->len; i++)
    soup_message_body_append_bytes (body, g_ptr_array_index (pieces, i));
  soup_message_body_complete (body);
}

/* ---- parts */

static void
incoming_free (gpointer data)
{
  Incoming *incoming = data;

  g_clear_handle_id (&incoming->timer, g_source_remove);
  g_clear_pointer (&incoming->part, blob_part_drop);
  g_free (incoming->upload);
  g_free (incoming);
}

static gboolean
on_waited (gpointer data)
{
  Incoming *incoming = data;

  incoming->timer = 0;
  soup_server_message_unpause (incoming->message);
  return G_SOURCE_REMOVE;
}

static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  Incoming *incoming = data;
  gsize length;
  const void *bytes = g_bytes_get_data (chunk, &length);

  if (incoming->part)
    blob_part_write (incoming->part, bytes, length);
  if (incoming->server->options->slow_parts && incoming->timer == 0) {
    incoming->timer = g_timeout_add ((guint) (length / SLOW) + 1, on_waited, incoming);
    soup_server_message_pause (message);
  }
}

/* Signed in the query or in headers, as storages do either. */
static guint
check_sign (Server *server, SoupMessageHeaders *headers, const char *upload, GHashTable *query)
{
  const char *number = parameter (query, "partNumber"), *date = parameter (query, "date"),
             *given = parameter (query, "sign");
  g_autofree char *sign = NULL;

  if (!*given) {
    const char *header = soup_message_headers_get_one (headers, "X-Amz-Date");

    date = header ? header : "";
    given = soup_message_headers_get_one (headers, "Authorization");
  }
  sign = storage_sign_part (upload, g_ascii_strtoll (number, NULL, 10), date);
  if (g_strcmp0 (sign, given) != 0 ||
      g_ascii_strtoll (date, NULL, 10) + storage_lifetime (server) < now_ms ())
    return SOUP_STATUS_FORBIDDEN;
  return SOUP_STATUS_OK;
}

/* The head of PUT /storage/upload/ID is there, the body is not. */
static void
on_head (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Server *server = data;
  Incoming *incoming;

  if (soup_server_message_get_method (message) != SOUP_METHOD_PUT ||
      !g_str_has_prefix (path, "/storage/upload/"))
    return;
  incoming = g_new0 (Incoming, 1);
  incoming->server = server;
  incoming->message = message;
  incoming->upload = g_strdup (path + strlen ("/storage/upload/"));
  incoming->number = g_ascii_strtoll (parameter (query, "partNumber"), NULL, 10);
  incoming->status =
      check_sign (server, soup_server_message_get_request_headers (message), incoming->upload, query);
  if (incoming->status == SOUP_STATUS_OK && incoming->number == server->options->fail_part)
    incoming->status = SOUP_STATUS_BAD_REQUEST;
  if (incoming->status == SOUP_STATUS_OK)
    incoming->part = blob_part_new (server->blobs, incoming->upload, incoming->number);
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
  g_object_set_data_full (G_OBJECT (message), "incoming", incoming, incoming_free);
  g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), incoming);
}

void
storage_listen (Server *server)
{
  soup_server_add_early_handler (server->api, NULL, on_head, server, NULL);
}

/* … and now all of it is. */
static void
upload (Server *server, SoupServerMessage *message)
{
  Incoming *incoming = g_object_get_data (G_OBJECT (message), "incoming");
  g_autofree char *md5 = NULL;
  g_autofree char *etag = NULL;
  gint64 size;

  refuse (message, incoming->status);
  if (incoming->status != SOUP_STATUS_OK) {
    soup_server_message_set_response (message, "application/xml", SOUP_MEMORY_STATIC, REFUSAL,
                                      strlen (REFUSAL));
    return;
  }
  md5 = blob_part_end (g_steal_pointer (&incoming->part), &size);
  etag = g_strconcat ("\"", md5, "\"", NULL);
  db_run (server->db, "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", "sisi", incoming->upload,
          incoming->number, md5, size);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag", etag);
}

/* POST /storage/form: the fields first, the file last. */
static void
form (Server *server, SoupServerMessage *message)
{
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  SoupMultipart *multipart =
      soup_multipart_new_from_message (soup_server_message_get_request_headers (message), body);
  g_autofree char *key = NULL;
  g_autofree char *given = NULL;
  g_autofree char *sign = NULL;
  g_autoptr (GBytes) file = NULL;
  BlobPart *part;
  gint64 size;

  for (int i = 0; multipart && i < soup_multipart_get_length (multipart); i++) {
    SoupMessageHeaders *headers;
    GBytes *piece;
    g_autofree char *disposition = NULL;
    g_autoptr (GHashTable) words = NULL;
    const char *name;

    if (!soup_multipart_get_part (multipart, i, &headers, &piece) ||
        !soup_message_headers_get_content_disposition (headers, &disposition, &words))
      continue;
    name = g_hash_table_lookup (words, "name");
    if (g_strcmp0 (name, "key") == 0 && !key)
      key = g_strndup (g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
    else if (g_strcmp0 (name, "signature") == 0 && !given)
      given = g_strndup (g_bytes_get_data (piece, NULL), g_bytes_get_size (piece));
    else if (g_strcmp0 (name, "file") == 0 && !file)
      file = g_bytes_ref (piece);
  }
  g_clear_pointer (&multipart, soup_multipart_free);
  sign = key ? storage_sign (key) : NULL;
  if (!file || !sign || g_strcmp0 (sign, given) != 0) {
    refuse (message, SOUP_STATUS_FORBIDDEN);
    return;
  }
  part = blob_part_new (server->blobs, key, 1);
  blob_part_write (part, g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  g_free (blob_part_end (part, &size));
  db_run (server->db, "INSERT OR REPLACE INTO blobs VALUES (?, ?)", "si", key, size);
  refuse (message, SOUP_STATUS_OK);
}

gboolean
storage_serve (Server *server, SoupServerMessage *message, const char *path, GHashTable *query)
{
  const char *method = soup_server_message_get_method (message);

  if (method == SOUP_METHOD_GET && g_str_has_prefix (path, "/object/"))
    redirect (server, message, path, query);
  else if (method == SOUP_METHOD_GET && g_str_equal (path, "/storage/data"))
    download (server, message, query);
  else if (method == SOUP_METHOD_PUT && g_str_has_prefix (path, "/storage/upload/"))
    upload (server, message);
  else if (method == SOUP_METHOD_POST && g_str_equal (path, "/storage/form"))
    form (server, message);
  else
    return FALSE;
  return TRUE;
}
