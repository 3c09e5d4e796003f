/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "storage.h"

#include <string.h>

char *
storage_sign (const char *text)
{
  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) SERVER_SECRET, strlen (SERVER_SECRET),
                                    text, -1);
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
      db_query (server->db, "SELECT md5, length (data) FROM parts WHERE upload = ? AND number = ?", "si",
                upload, (gint64) number);

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
  *expires = now_ms () + STORAGE_LIFETIME;
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
  g_autoptr (DbRows) rows = NULL;
  const guint8 *data;
  gsize length;

  if (!g_str_equal (sign, parameter (query, "sign")) || g_ascii_strtoll (time, NULL, 10) < now_ms ()) {
    refuse (message, SOUP_STATUS_FORBIDDEN);
    return;
  }
  rows = db_query (server->db, "SELECT data FROM blobs WHERE key = ?", "s", key);
  if (!db_next (rows)) {
    refuse (message, SOUP_STATUS_NOT_FOUND);
    return;
  }
  data = db_blob (rows, 0, &length);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Content-Disposition",
                                disposition);
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, *type ? type : "application/octet-stream", SOUP_MEMORY_COPY,
                                    (const char *) data, length);
}

/* PUT /storage/upload/ID: signed in a header, as storages like to have it. */
static void
upload (Server *server, SoupServerMessage *message, const char *path, GHashTable *query)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *id = path + strlen ("/storage/upload/"), *number = parameter (query, "partNumber");
  const char *date = soup_message_headers_get_one (headers, "X-Amz-Date");
  const char *given = soup_message_headers_get_one (headers, "Authorization");
  g_autoptr (GBytes) data = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autofree char *text = g_strjoin ("\n", id, number, date ? date : "", NULL);
  g_autofree char *sign = storage_sign (text);
  g_autofree char *md5 = NULL;
  g_autofree char *etag = NULL;

  if (g_strcmp0 (sign, given) != 0) {
    refuse (message, SOUP_STATUS_FORBIDDEN);
    return;
  }
  md5 = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, data);
  etag = g_strconcat ("\"", md5, "\"", NULL);
  db_run (server->db, "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", "sisb", id,
          g_ascii_strtoll (number, NULL, 10), md5, data);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "ETag", etag);
  refuse (message, SOUP_STATUS_OK);
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

  for (int i = 0; multipart && i < soup_multipart_get_length (multipart); i++) {
    SoupMessageHeaders *headers;
    GBytes *part;
    g_autofree char *disposition = NULL;
    g_autoptr (GHashTable) words = NULL;
    const char *name;

    if (!soup_multipart_get_part (multipart, i, &headers, &part) ||
        !soup_message_headers_get_content_disposition (headers, &disposition, &words))
      continue;
    name = g_hash_table_lookup (words, "name");
    if (g_strcmp0 (name, "key") == 0 && !key)
      key = g_strndup (g_bytes_get_data (part, NULL), g_bytes_get_size (part));
    else if (g_strcmp0 (name, "signature") == 0 && !given)
      given = g_strndup (g_bytes_get_data (part, NULL), g_bytes_get_size (part));
    else if (g_strcmp0 (name, "file") == 0 && !file)
      file = g_bytes_ref (part);
  }
  g_clear_pointer (&multipart, soup_multipart_free);
  sign = key ? storage_sign (key) : NULL;
  if (!file || !sign || g_strcmp0 (sign, given) != 0) {
    refuse (message, SOUP_STATUS_FORBIDDEN);
    return;
  }
  db_run (server->db, "INSERT OR REPLACE INTO blobs VALUES (?, ?)", "sb", key, file);
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
    upload (server, message, path, query);
  else if (method == SOUP_METHOD_POST && g_str_equal (path, "/storage/form"))
    form (server, message);
  else
    return FALSE;
  return TRUE;
}
