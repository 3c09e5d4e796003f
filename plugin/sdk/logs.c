/* SPDX-License-Identifier: GPL-3.0-or-later */

/* UploadLogs: the log files in an archive, for those who run the server. Source: open-im-server 3.8,
 * internal/rpc/third/log.go. */

#include "sdk/handlers.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "third.pb-c.h"

#include "base/clock.h"
#include "base/zip.h"
#include "sdk/attachment.h"
#include "sdk/internal.h"

#define BLOCK 65536

typedef struct {
  OpenimCall *call; /* not owned */
  GStrv paths;
  int lines;     /* of each file, the last ones; 0: all */
  char *archive; /* (nullable) its path */
  char *name;    /* of the archive, at the server */
  int told;      /* percent */
} Logs;

static void
logs_free (gpointer data)
{
  Logs *self = data;

  if (self->archive != NULL)
    g_unlink (self->archive);
  g_free (self->archive);
  g_free (self->name);
  g_strfreev (self->paths);
  g_free (self);
}

/* ---- packing, on a worker thread */

/* Goes to where the last @lines lines begin. */
static gboolean
seek_lines (GInputStream *in, int lines, GCancellable *cancellable, GError **error)
{
  GSeekable *place = G_SEEKABLE (in);
  g_autofree char *block = g_malloc (BLOCK);
  goffset at;
  int left = lines + 1; /* the last line has an end of its own */

  if (lines == 0)
    return TRUE;
  if (!g_seekable_seek (place, 0, G_SEEK_END, cancellable, error))
    return FALSE;
  for (at = g_seekable_tell (place); at > 0;) {
    gsize length = (gsize) MIN (at, BLOCK), got;

    at -= (goffset) length;
    if (!g_seekable_seek (place, at, G_SEEK_SET, cancellable, error) ||
        !g_input_stream_read_all (in, block, length, &got, cancellable, error))
      return FALSE;
    for (gsize i = got; i > 0; i--)
      if (block[i - 1] == '\n' && --left == 0)
        return g_seekable_seek (place, at + (goffset) i, G_SEEK_SET, cancellable, error);
  }
  return g_seekable_seek (place, 0, G_SEEK_SET, cancellable, error);
}

/* @count: files that are there. */
static gboolean
add_log (OpenimZip *zip, const char *path, int lines, guint *count, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) trouble = NULL;
  g_autoptr (GFileInputStream) in = g_file_read (file, cancellable, &trouble);
  g_autofree char *name = g_path_get_basename (path);

  if (g_error_matches (trouble, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;
  if (in == NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }
  ++*count;
  return seek_lines (G_INPUT_STREAM (in), lines, cancellable, error) &&
         openim_zip_add (zip, name, G_INPUT_STREAM (in), cancellable, error);
}

static gboolean
pack (Logs *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileIOStream) stream = NULL;
  g_autoptr (GFile) file = g_file_new_tmp ("purple-openim-XXXXXX.zip", &stream, error);
  g_autoptr (OpenimZip) zip = NULL;
  guint count = 0;

  if (file == NULL)
    return FALSE;
  self->archive = g_file_get_path (file);
  zip = openim_zip_new (g_io_stream_get_output_stream (G_IO_STREAM (stream)));
  for (char **path = self->paths; *path != NULL; path++)
    if (!add_log (zip, *path, self->lines, &count, cancellable, error))
      return FALSE;
  if (count == 0) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_FILE_NOT_FOUND, _ ("There is no log to be sent."));
    return FALSE;
  }
  return openim_zip_finish (zip, cancellable, error) &&
         g_io_stream_close (G_IO_STREAM (stream), cancellable, error);
}

static void
pack_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (pack (data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---- sending */

/* Before the answer, so that whoever hears it can ask again. @error: (transfer full) (nullable) */
static void
finish (OpenimCall *call, GError *error)
{
  openim_call_get_resources (call)->uploading_logs = FALSE;
  if (error != NULL)
    openim_call_take_error (call, error);
  else
    openim_call_answer (call, NULL);
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  finish (user_data, error);
}

static void
on_uploaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  const Openim__Sdk__Third__UploadLogsReq *request = openim_call_get_request (call);
  OpenimResources *resources = openim_call_get_resources (call);
  const Logs *self = openim_call_get_state (call);
  GError *error = NULL;
  g_autofree char *url = openim_files_upload_finish (OPENIM_FILES (source), result, &error);
  JsonArray *files;

  if (url == NULL) {
    finish (call, error);
    return;
  }
  files = json_array_new ();
  json_array_add_object_element (files,
                                 openim_json_build ("filename", 's', self->name, "URL", 's', url, NULL));
  openim_api_call_async (resources->api, "/third/logs/upload",
                         openim_json_build ("platform", 'i', (gint64) resources->platform, "fileURLs", 'a',
                                            files, "appFramework", 's', "purple", "version", 's',
                                            OPENIM_VERSION, "ex", 's', request->ex, NULL),
                         openim_call_get_cancellable (call), on_told, call);
}

static void
on_progress (gpointer owner, gint64 sent, gint64 total)
{
  Logs *self = owner;
  int percent = (int) ((double) sent / (double) total * 100);
  Openim__Event__EventOnUploadLogsProgressData *data;

  if (percent == self->told)
    return;
  self->told = percent;
  data = openim_pb_new (&openim__event__event_on_upload_logs_progress_data__descriptor);
  data->progress = sent;
  data->total = total;
  openim_call_emit (self->call, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnUploadLogsProgress, data);
}

static void
on_packed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  Logs *self = openim_call_get_state (call);
  OpenimResources *resources = openim_call_get_resources (call);
  GError *error = NULL;
  g_autofree char *own = NULL;
  OpenimUpload upload = { .type = "application/zip", .cause = "sdklog" };

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    finish (call, error);
    return;
  }
  own = g_strdup_printf ("sdk_log_%s_purple_%d_%s_%" G_GINT64_FORMAT ".zip", resources->user_id,
                         resources->platform, OPENIM_VERSION, openim_clock_now ());
  self->name = openim_attachment_name (call, own);
  upload.path = self->archive;
  upload.name = self->name;
  openim_files_upload_async (resources->files, &upload, on_progress, self, openim_call_get_cancellable (call),
                             on_uploaded, call);
}

void
openim_logs_upload (OpenimCall *call)
{
  const Openim__Sdk__Third__UploadLogsReq *request = openim_call_get_request (call);
  OpenimResources *resources = openim_call_get_resources (call);
  OpenimLogfile *logfile = openim_call_get_sdk (call)->logfile;
  g_autoptr (GTask) task = NULL;
  Logs *self;

  if (request->line < 0) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is no negative number of lines.");
    return;
  }
  if (resources->uploading_logs) {
    openim_call_fail (call, OPENIM_ERROR_MSG_REPEAT, "Logs are being sent already.");
    return;
  }
  if (logfile == NULL) {
    openim_call_fail (call, OPENIM_ERROR_FILE_NOT_FOUND, "%s", _ ("There is no log to be sent."));
    return;
  }

  self = g_new0 (Logs, 1);
  self->call = call;
  self->paths = openim_logfile_get_paths (logfile);
  self->lines = request->line;
  self->told = -1;
  openim_call_set_state (call, self, logs_free);
  resources->uploading_logs = TRUE;
  /* Not cancellable: the thread borrows the state, and the callback holds the call. */
  task = g_task_new (NULL, NULL, on_packed, call);
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, pack_in_thread);
}
