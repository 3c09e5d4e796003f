/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shelf.h"

#include <string.h>

#include <libsoup/soup.h>

typedef struct {
  char *path;
  GBytes *bytes;
  gsize hold;     /* stop there; G_MAXSIZE: nowhere */
  gsize break_at; /* end the connection there; G_MAXSIZE: nowhere */
  guint count;
  GPtrArray *waiting; /* of SoupServerMessage */
} Item;

struct _Shelf {
  SoupServer *server;
  GHashTable *items; /* path → Item */
  char *base;
};

static void
item_free (gpointer data)
{
  Item *item = data;

  g_bytes_unref (item->bytes);
  g_ptr_array_unref (item->waiting);
  g_free (item->path);
  g_free (item);
}

static void
append (SoupServerMessage *message, GBytes *bytes, gsize from, gsize to)
{
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, from, to - from);

  if (to > from)
    soup_message_body_append_bytes (soup_server_message_get_response_body (message), part);
}

static void
on_finished (SoupServerMessage *message, gpointer data)
{
  Item *item = data;

  g_ptr_array_remove (item->waiting, message);
}

/* The body is given out in two pieces; after the first the message waits. */
static void
on_wrote_chunk (SoupServerMessage *message, gpointer data)
{
  Item *item = data;

  if (item->break_at != G_MAXSIZE) {
    g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

    g_io_stream_close (stream, NULL, NULL);
    return;
  }
  soup_server_message_pause (message);
}

static void
on_request (
    SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Shelf *shelf = data;
  Item *item = g_hash_table_lookup (shelf->items, path);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gsize size = 0, first = 0;

  if (item == NULL) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  item->count++;
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  size = g_bytes_get_size (item->bytes);
  first = MIN (size, MIN (item->hold, item->break_at));
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CONTENT_LENGTH);
  soup_message_headers_set_content_length (headers, (goffset) size);
  append (message, item->bytes, 0, first);
  if (first == size) {
    soup_message_body_complete (soup_server_message_get_response_body (message));
    return;
  }
  g_ptr_array_add (item->waiting, g_object_ref (message));
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), item);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), item);
  if (first == 0)
    soup_server_message_pause (message);
}

Shelf *
shelf_new (void)
{
  Shelf *shelf = g_new0 (Shelf, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris = NULL;
  g_autofree char *base = NULL;

  shelf->server = soup_server_new (NULL, NULL);
  shelf->items = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, item_free);
  soup_server_add_handler (shelf->server, NULL, on_request, shelf, NULL);
  if (!soup_server_listen_local (shelf->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    story_fail ("no shelf: %s", error->message);
  uris = soup_server_get_uris (shelf->server);
  base = g_uri_to_string (uris->data);
  shelf->base = g_strndup (base, strlen (base) - 1);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return shelf;
}

void
shelf_free (Shelf *shelf)
{
  soup_server_disconnect (shelf->server);
  g_object_unref (shelf->server);
  g_hash_table_destroy (shelf->items);
  g_free (shelf->base);
  g_free (shelf);
}

void
shelf_put (Shelf *shelf, const char *path, GBytes *bytes)
{
  Item *item = g_new0 (Item, 1);

  item->path = g_strdup (path);
  item->bytes = bytes;
  item->hold = item->break_at = G_MAXSIZE;
  item->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  g_hash_table_replace (shelf->items, item->path, item);
}

static Item *
find (Shelf *shelf, const char *path)
{
  Item *item = g_hash_table_lookup (shelf->items, path);

  if (item == NULL)
    story_fail ("there is nothing at %s", path);
  return item;
}

void
shelf_hold (Shelf *shelf, const char *path, gsize after)
{
  find (shelf, path)->hold = after;
}

void
shelf_break (Shelf *shelf, const char *path, gsize after)
{
  find (shelf, path)->break_at = after;
}

void
shelf_release (Shelf *shelf, const char *path)
{
  Item *item = find (shelf, path);

  for (guint i = item->waiting->len; i > 0; i--) {
    SoupServerMessage *message = g_ptr_array_index (item->waiting, i - 1);

    g_signal_handlers_disconnect_by_func (message, on_wrote_chunk, item);
    append (message, item->bytes, item->hold, g_bytes_get_size (item->bytes));
    soup_message_body_complete (soup_server_message_get_response_body (message));
    soup_server_message_unpause (message);
  }
  item->hold = G_MAXSIZE;
}

char *
shelf_url (Shelf *shelf, const char *path)
{
  return g_strconcat (shelf->base, path, NULL);
}

guint
shelf_count (Shelf *shelf, const char *path)
{
  return find (shelf, path)->count;
}

static void
append_chunk (GByteArray *png, const char *type, const guint8 *data, guint length)
{
  guint32 size = GUINT32_TO_BE (length), check = 0;

  g_byte_array_append (png, (const guint8 *) &size, 4);
  g_byte_array_append (png, (const guint8 *) type, 4);
  g_byte_array_append (png, data, length);
  g_byte_array_append (png, (const guint8 *) &check, 4); /* nobody here decodes it */
}

GBytes *
shelf_png (guint width, guint height, gsize bytes)
{
  GByteArray *png = g_byte_array_new ();
  guint8 header[13] = { 0 };
  guint32 side = GUINT32_TO_BE (width);
  g_autofree guint8 *filling = g_malloc0 (bytes);

  g_byte_array_append (png, (const guint8 *) "\x89PNG\r\n\x1a\n", 8);
  memcpy (header, &side, 4);
  side = GUINT32_TO_BE (height);
  memcpy (header + 4, &side, 4);
  header[8] = 8;
  append_chunk (png, "IHDR", header, sizeof header);
  append_chunk (png, "IDAT", filling, (guint) bytes);
  append_chunk (png, "IEND", NULL, 0);
  return g_byte_array_free_to_bytes (png);
}
