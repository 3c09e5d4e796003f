/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/files.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "net/files-private.h"
#include "net/http.h"
#include "net/upload-private.h"

#define LOG "openim-net"
#define ROUNDS 3    /* uploads begun for one file */
#define STALL 60000 /* ms */
#define PAUSE 1000  /* ms */

G_DEFINE_FINAL_TYPE (OpenimFiles, openim_files, G_TYPE_OBJECT)

/* ---- life */

static void
openim_files_finalize (GObject *object)
{
  OpenimFiles *self = OPENIM_FILES (object);

  g_clear_object (&self->session);
  g_clear_object (&self->api);
  G_OBJECT_CLASS (openim_files_parent_class)->finalize (object);
}

static void
openim_files_class_init (OpenimFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = openim_files_finalize;
}

static void
openim_files_init (OpenimFiles *self)
{
  self->stall = STALL;
  self->pause = PAUSE;
}

OpenimFiles *
openim_files_new (OpenimApi *api, GProxyResolver *proxy)
{
  OpenimFiles *self = g_object_new (OPENIM_TYPE_FILES, NULL);

  self->api = g_object_ref (api);
  self->session = openim_http_session_new (proxy);
  return self;
}

void
openim_files_set_patience (OpenimFiles *self, guint stall, guint pause)
{
  self->stall = stall;
  self->pause = pause;
}

/* The last step; answers the caller. */
static void
upload_end (OpenimUploading *upload)
{
  g_autoptr (GTask) task = upload->task;

  if (upload->caller != NULL)
    g_cancellable_disconnect (upload->caller, upload->caller_handler);
  g_clear_object (&upload->caller);
  g_clear_handle_id (&upload->given_up, g_source_remove);
  g_clear_handle_id (&upload->timer, g_source_remove);
  openim_upload_drop_parts (upload);
  g_clear_pointer (&upload->source, openim_source_unref);
  g_clear_object (&upload->cancellable);
  if (upload->error != NULL)
    g_task_return_error (task, g_steal_pointer (&upload->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&upload->url), g_free);
  g_free (upload->url);
  g_free (upload->id);
  g_free (upload->path);
  g_free (upload->name);
  g_free (upload->type);
  g_free (upload->cause);
  g_free (upload);
}

/* Ends the upload once nothing calls back any more. @error: (transfer full); the first one counts. */
void
openim_upload_fail (OpenimUploading *upload, GError *error)
{
  if (upload->error == NULL) {
    upload->error = error;
    openim_log (LOG, OPENIM_LOG_INFO, "upload: %d", openim_error_code (error)); /* names are private */
    g_clear_handle_id (&upload->timer, g_source_remove);
    for (guint i = 0; i < upload->n_parts; i++) {
      OpenimPart *part = &upload->parts[i];

      if (part->state == OPENIM_PART_RESTING)
        g_clear_handle_id (&part->timer, g_source_remove);
      if (part->state == OPENIM_PART_GOING)
        g_cancellable_cancel (part->cancellable);
    }
    g_cancellable_cancel (upload->cancellable);
  } else {
    g_error_free (error);
  }
  if (upload->pending == 0)
    upload_end (upload);
}

/* A step has called back. FALSE: the upload is over, @error is taken, and there is nothing more to do. */
gboolean
openim_upload_step_done (OpenimUploading *upload, GError *error)
{
  upload->pending--;
  if (upload->error == NULL && error == NULL)
    return TRUE;
  openim_upload_fail (upload, error != NULL ? error : g_error_copy (upload->error));
  return FALSE;
}

static gboolean
on_given_up (gpointer data)
{
  OpenimUploading *upload = data;

  upload->given_up = 0;
  openim_upload_fail (upload, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled.")));
  return G_SOURCE_REMOVE;
}

/* Later: what is connected to a cancellable cannot be disconnected from inside. */
static void
on_caller_cancelled (GCancellable *caller, gpointer data)
{
  OpenimUploading *upload = data;

  /* Nobody listens any more. */
  upload->progress = NULL;
  if (upload->given_up == 0)
    upload->given_up = g_idle_add (on_given_up, upload);
}

void
openim_upload_tell (OpenimUploading *upload, gint64 sent)
{
  if (sent <= upload->told)
    return;
  upload->told = sent;
  if (upload->progress != NULL)
    upload->progress (upload->owner, sent, openim_source_get_size (upload->source));
}

/* Whatever the server says, a link is one of these two. */
static void
succeed (OpenimUploading *upload, const char *url)
{
  if (!g_str_has_prefix (url, "http://") && !g_str_has_prefix (url, "https://")) {
    openim_upload_fail (upload, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                                                     _ ("The server does not say where the file is now.")));
    return;
  }
  openim_upload_tell (upload, openim_source_get_size (upload->source));
  upload->url = g_strdup (url);
  upload_end (upload);
}

gboolean
openim_upload_is_network (const GError *error)
{
  return g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_NETWORK) ||
         g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_TIMEOUT);
}

/* With every try the pause is twice as long. */
guint
openim_upload_pause_before (OpenimUploading *upload, guint tries)
{
  return upload->files->pause << (tries - 1);
}

static gboolean
on_ask_again (gpointer data)
{
  OpenimUploading *upload = data;

  upload->timer = 0;
  openim_upload_pump (upload);
  return G_SOURCE_REMOVE;
}

/* A question that got lost when parts are there already is worth asking again. @error: (transfer full) */
void
openim_upload_ask_again (OpenimUploading *upload, GError *error)
{
  if (!openim_upload_is_network (error) || ++upload->tries >= OPENIM_UPLOAD_TRIES) {
    openim_upload_fail (upload, error);
    return;
  }
  g_error_free (error);
  upload->timer = g_timeout_add (openim_upload_pause_before (upload, upload->tries), on_ask_again, upload);
}

/* ---- what the file is, and what the server allows */

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimUploading *upload = data;
  GError *error = NULL;

  openim_source_hash_finish (result, &error);
  if (openim_upload_step_done (upload, error))
    openim_upload_initiate (upload);
}

static void
split (OpenimUploading *upload)
{
  OpenimFiles *files = upload->files;
  gint64 size = openim_source_get_size (upload->source);

  upload->part_size = MAX (files->part_min, (size - 1) / files->count_max + 1);
  if (upload->part_size > files->part_max) {
    openim_upload_fail (upload, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                                                     _ ("The file is bigger than the server allows.")));
    return;
  }
  upload->pending++;
  openim_source_hash_async (upload->source, upload->part_size, upload->cancellable, on_hashed, upload);
}

static void
on_limits (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimUploading *upload = data;
  OpenimFiles *files = upload->files;
  GError *error = NULL;
  g_autoptr (JsonObject) limits = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (!openim_upload_step_done (upload, error))
    return;
  files->part_min = openim_json_int (limits, "minPartSize");
  files->part_max = openim_json_int (limits, "maxPartSize");
  files->count_max = openim_json_int (limits, "maxNumSize");
  if (files->part_min < 1 || files->part_max < files->part_min || files->count_max < 1 ||
      files->count_max > G_MAXINT32) {
    files->part_min = 0;
    openim_upload_fail (upload,
                        g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                                             _ ("The server does not say how files are sent to it.")));
    return;
  }
  split (upload);
}

static void
ask_limits (OpenimUploading *upload)
{
  if (upload->files->part_min > 0) {
    split (upload);
    return;
  }
  upload->pending++;
  openim_api_call_async (upload->files->api, "/object/part_limit", NULL, upload->cancellable, on_limits,
                         upload);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimUploading *upload = data;
  GError *error = NULL;

  upload->source = openim_source_open_finish (result, &error);
  if (!openim_upload_step_done (upload, error))
    return;
  if (upload->type == NULL || strchr (upload->type, '/') == NULL) {
    g_free (upload->type);
    upload->type = g_strdup (openim_source_get_type (upload->source));
  }
  ask_limits (upload);
}

/* ---- what the server is told */

static void
on_initiated (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimUploading *upload = data;
  GError *error = NULL;
  g_autoptr (JsonObject) answer = openim_api_call_finish (OPENIM_API (source), result, &error);
  JsonObject *begun = openim_json_object (answer, "upload");

  upload->asking = FALSE;
  if (error != NULL && upload->parts != NULL && upload->error == NULL) {
    upload->pending--;
    openim_upload_ask_again (upload, error);
    return;
  }
  if (!openim_upload_step_done (upload, error))
    return;
  upload->tries = 0;
  if (begun == NULL) { /* the server has it */
    succeed (upload, openim_json_string (answer, "url"));
    return;
  }
  if (openim_json_int (begun, "partSize") != upload->part_size) {
    /* It has other limits by now. */
    upload->files->part_min = 0;
    if (upload->rounds < ROUNDS)
      ask_limits (upload);
    else
      openim_upload_fail (upload,
                          g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                                               _ ("The server does not say how files are sent to it.")));
    return;
  }
  if (openim_upload_begin_parts (upload, begun))
    openim_upload_pump (upload);
}

void
openim_upload_initiate (OpenimUploading *upload)
{
  guint n = openim_source_count (upload->source);
  g_autofree char *hash = openim_source_get_hash (upload->source);

  upload->rounds++;
  upload->asking = TRUE;
  upload->pending++;
  openim_api_call_async (
      upload->files->api, "/object/initiate_multipart_upload",
      openim_json_build ("hash", 's', hash, "size", 'i', openim_source_get_size (upload->source), "partSize",
                         'i', upload->part_size, "maxParts", 'i',
                         (gint64) MIN (n, OPENIM_UPLOAD_SIGNED_AT_ONCE), "cause", 's', upload->cause, "name",
                         's', upload->name, "contentType", 's', upload->type, NULL),
      upload->cancellable, on_initiated, upload);
}

/* ---- the end */

static void
on_completed (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimUploading *upload = data;
  GError *error = NULL;
  g_autoptr (JsonObject) answer = openim_api_call_finish (OPENIM_API (source), result, &error);

  upload->asking = FALSE;
  if (error != NULL && upload->error == NULL) {
    upload->pending--;
    openim_upload_ask_again (upload, error);
    return;
  }
  if (openim_upload_step_done (upload, error))
    succeed (upload, openim_json_string (answer, "url"));
}

/* To say it twice does no harm. */
void
openim_upload_complete (OpenimUploading *upload)
{
  const char *const *md5s = openim_source_get_md5s (upload->source);

  if (upload->asking || upload->timer != 0)
    return;
  if (openim_source_has_changed (upload->source)) {
    openim_upload_fail (upload, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                                                     _ ("The file was changed while it was sent.")));
    return;
  }
  upload->asking = TRUE;
  upload->pending++;
  openim_api_call_async (upload->files->api, "/object/complete_multipart_upload",
                         openim_json_build ("uploadID", 's', upload->id, "parts", 'S', md5s, "name", 's',
                                            upload->name, "contentType", 's', upload->type, "cause", 's',
                                            upload->cause, NULL),
                         upload->cancellable, on_completed, upload);
}

void
openim_files_upload_async (OpenimFiles *self,
                           const OpenimUpload *upload,
                           OpenimFilesProgress progress,
                           gpointer owner,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  OpenimUploading *work = g_new0 (OpenimUploading, 1);

  work->files = self; /* the task keeps it */
  work->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (work->task, openim_files_upload_async);
  work->path = g_strdup (upload->path);
  work->name = g_strdup (upload->name);
  work->type = g_strdup (upload->type);
  work->cause = g_strdup (upload->cause);
  work->progress = progress;
  work->owner = owner;
  work->told = -1;
  work->cancellable = g_cancellable_new ();
  work->pending = 1;
  openim_source_open_async (work->path, work->cancellable, on_opened, work);
  if (cancellable != NULL) {
    work->caller = g_object_ref (cancellable);
    work->caller_handler = g_cancellable_connect (cancellable, G_CALLBACK (on_caller_cancelled), work, NULL);
  }
}

char *
openim_files_upload_finish (OpenimFiles *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
