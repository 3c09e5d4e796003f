/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "bare.h"
#include "client.h"
#include "figures.h"

#include "base/json.h"
#include "net/download.h"
#include "third.pb-c.h"

#define DEADLINE 600 /* s */
#define MB (1024 * 1024)
#define PART (5 * MB)
#define AT_ONCE 3
#define BLOCK (256 * 1024)

/* (transfer full) A file of --count MB, of which no two blocks are alike. It is made when it is not there. */
static char *
make_file (const Bench *bench)
{
  char *path = g_build_filename (bench->dir, "file.bin", NULL);
  g_autofree guint32 *block = g_malloc (MB);
  FILE *file;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  file = g_fopen (path, "wb");
  for (int i = 0; file != NULL && i < bench->count; i++) {
    for (guint at = 0; at < MB / sizeof *block; at++)
      block[at] = (at + (guint32) i * 7919) * 2654435761u;
    if (fwrite (block, MB, 1, file) != 1)
      bench_fail ("%s: the disk is full", path);
  }
  if (file == NULL || fclose (file) != 0)
    bench_fail ("%s cannot be written", path);
  return path;
}

static char *
address_file (const Bench *bench)
{
  return g_build_filename (bench->dir, "address", NULL);
}

/* ---- ours */

static void
took_address (gpointer data, const ProtobufCMessage *response)
{
  *(char **) data = g_strdup (((const Openim__Sdk__Third__UploadFileResp *) response)->url);
}

static void
upload (const Bench *bench)
{
  Openim__Sdk__Third__UploadFileReq request = OPENIM__SDK__THIRD__UPLOAD_FILE_REQ__INIT;
  g_autofree char *path = make_file (bench);
  g_autofree char *note = address_file (bench);
  g_autofree char *address = NULL;
  Client *client = client_new (bench);

  request.filepath = path;
  figures_begin (!bench->still);
  client_call (client, FUNCTION (UploadFile), &request, took_address, &address);
  figures_pause ();
  if (!g_file_set_contents (note, address, -1, NULL))
    bench_fail ("%s cannot be written", note);
  bench_rest (bench->quiet * 1000);
  figures_print ();
  client_free (client);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (openim_downloads_fetch_finish (OPENIM_DOWNLOADS (source), result, &error) < 0)
    bench_fail ("downloading: %s", error->message);
  *(gboolean *) data = TRUE;
}

static char *
read_address (const Bench *bench)
{
  g_autofree char *note = address_file (bench);
  char *address = NULL;

  if (!g_file_get_contents (note, &address, NULL, NULL))
    bench_fail ("nothing has been uploaded");
  return address;
}

static void
download (const Bench *bench)
{
  g_autofree char *address = read_address (bench);
  g_autofree char *path = g_build_filename (bench->dir, "ours.bin", NULL);
  g_autoptr (OpenimDownloads) downloads = openim_downloads_new (bench->api, NULL);
  const OpenimDownload request = { address, path, G_MAXINT64 };
  gboolean done = FALSE;

  figures_begin (!bench->still);
  openim_downloads_fetch_async (downloads, &request, NULL, NULL, NULL, on_fetched, &done);
  bench_wait_flag (&done, DEADLINE, "downloading");
  figures_pause ();
  bench_rest (bench->quiet * 1000);
  figures_print ();
}

/* ---- libsoup's */

typedef struct {
  SoupSession *session;
  GMappedFile *file;
  JsonObject *sign;
  guint next, going, done, count;
} Copy;

static void put_next (Copy *copy);

static void
on_put (GObject *source, GAsyncResult *result, gpointer data)
{
  Copy *copy = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);

  if (bytes == NULL)
    bench_fail ("the storage: %s", error->message);
  if (soup_message_get_status (soup_session_get_async_result_message (SOUP_SESSION (source), result)) != 200)
    bench_fail ("the storage refuses");
  copy->going--;
  copy->done++;
  put_next (copy);
}

static void
put_next (Copy *copy)
{
  while (copy->going < AT_ONCE && copy->next < copy->count) {
    JsonObject *part = json_array_get_object_element (openim_json_array (copy->sign, "parts"), copy->next);
    JsonObject *query = json_array_get_object_element (openim_json_array (copy->sign, "query"), 0);
    g_auto (GStrv) upload = openim_json_strv (query, "values");
    g_autofree char *url = g_strdup_printf (
        "%s?uploadId=%s&partNumber=%u", openim_json_string (copy->sign, "url"), upload[0], copy->next + 1);
    g_autoptr (SoupMessage) message = soup_message_new ("PUT", url);
    g_autoptr (GBytes) all = g_mapped_file_get_bytes (copy->file);
    gsize offset = (gsize) copy->next * PART, length = MIN (PART, g_bytes_get_size (all) - offset);
    g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (all, offset, length);
    JsonArray *headers = openim_json_array (part, "header");

    for (guint i = 0; i < json_array_get_length (headers); i++) {
      JsonObject *header = json_array_get_object_element (headers, i);
      g_auto (GStrv) values = openim_json_strv (header, "values");

      soup_message_headers_append (soup_message_get_request_headers (message),
                                   openim_json_string (header, "key"), values[0]);
    }
    soup_message_set_request_body_from_bytes (message, NULL, bytes);
    copy->next++;
    copy->going++;
    soup_session_send_and_read_async (copy->session, message, G_PRIORITY_DEFAULT, NULL, on_put, copy);
  }
}

static gboolean
is_copied (gpointer data)
{
  return ((Copy *) data)->done == ((Copy *) data)->count;
}

/* Puts the same bytes into the same storage, three parts at a time, without a look at what they are. */
static void
bare_upload (const Bench *bench)
{
  g_autofree char *path = make_file (bench);
  g_autofree char *salt = g_uuid_string_random ();
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, salt, -1);
  Copy copy = { .session = soup_session_new (), .file = g_mapped_file_new (path, FALSE, NULL) };
  gsize size = g_mapped_file_get_length (copy.file);
  g_autofree char *body =
      g_strdup_printf ("{\"hash\":\"%s\",\"size\":%" G_GSIZE_FORMAT ",\"maxParts\":-1,\"name\":\"%s/bare\"}",
                       hash, size, bench->user);
  Bare *bare = bare_new (bench);
  g_autofree char *answer = bare_call (bare, "/object/initiate_multipart_upload", body);
  g_autoptr (JsonObject) envelope = openim_json_parse (answer, strlen (answer), 16 * MB, NULL);

  soup_session_set_proxy_resolver (copy.session, NULL);
  copy.sign =
      openim_json_object (openim_json_object (openim_json_object (envelope, "data"), "upload"), "sign");
  copy.count = json_array_get_length (openim_json_array (copy.sign, "parts"));
  figures_begin (!bench->still);
  put_next (&copy);
  bench_wait (is_copied, &copy, DEADLINE, "copying");
  figures_pause ();
  figures_print ();
  bare_free (bare);
  g_mapped_file_unref (copy.file);
  g_object_unref (copy.session);
}

typedef struct {
  GInputStream *from;
  GOutputStream *to;
  gboolean done;
} Flow;

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Flow *flow = data;
  g_autoptr (GError) error = NULL;

  flow->from = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (flow->from == NULL)
    bench_fail ("the storage: %s", error->message);
  flow->done = TRUE;
}

static void
on_block (GObject *source, GAsyncResult *result, gpointer data)
{
  Flow *flow = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) block = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  gsize length;
  gconstpointer bytes = block != NULL ? g_bytes_get_data (block, &length) : NULL;

  if (block == NULL || !g_output_stream_write_all (flow->to, bytes, length, NULL, NULL, &error))
    bench_fail ("copying: %s", error->message);
  if (length == 0)
    flow->done = TRUE;
  else
    g_input_stream_read_bytes_async (flow->from, BLOCK, G_PRIORITY_DEFAULT, NULL, on_block, flow);
}

/* From the same address into a file. */
static void
bare_download (const Bench *bench)
{
  g_autofree char *address = read_address (bench);
  g_autofree char *path = g_build_filename (bench->dir, "bare.bin", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new ("GET", address);
  Flow flow = { 0 };

  soup_session_set_proxy_resolver (session, NULL);
  flow.to = G_OUTPUT_STREAM (g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL));
  figures_begin (!bench->still);
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, NULL, on_sent, &flow);
  bench_wait_flag (&flow.done, DEADLINE, "the storage");
  flow.done = FALSE;
  g_input_stream_read_bytes_async (flow.from, BLOCK, G_PRIORITY_DEFAULT, NULL, on_block, &flow);
  bench_wait_flag (&flow.done, DEADLINE, "copying");
  figures_pause ();
  figures_print ();
  g_object_unref (flow.from);
  g_object_unref (flow.to);
}

const BenchRow bench_file_works[] = {
  { "upload", upload, "A file of --count MB" },
  { "download", download, "What was uploaded from the same folder" },
  { "bare-upload", bare_upload, "The parts of such a file" },
  { "bare-download", bare_download, "The same as download" },
  { NULL },
};
