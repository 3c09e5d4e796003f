/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/upload-private.h"

#define LOG "openim-net"
#define ROUNDS 3     /* uploads begun for one file */
#define TRIES 5      /* for one part, or one question */
#define DOUBLINGS 5U /* of the pause before them */

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

void
openim_upload_fail (OpenimUploading *upload, GError *error)
{
  if (upload->error == NULL) {
    upload->error = error;
    openim_log (LOG, OPENIM_LOG_INFO, "upload: %d", openim_error_code (error)); /* names are private */
    g_clear_handle_id (&upload->timer, g_source_remove);
    openim_upload_stop_parts (upload);
    g_cancellable_cancel (upload->cancellable);
  } else {
    g_error_free (error);
  }
  if (upload->pending == 0)
    upload_end (upload);
}

static void
fail_internally (OpenimUploading *upload, const char *sentence)
{
  openim_upload_fail (upload, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_INTERNAL, sentence));
}

/* The server or the storage knows nothing of the upload that was to be gone on with. */
static void
begin_anew (OpenimUploading *upload)
{
  if (upload->pending > 0)
    return;
  upload->anew = FALSE;
  openim_upload_drop_parts (upload);
  openim_upload_initiate (upload);
}

gboolean
openim_upload_step_done (OpenimUploading *upload, GError *error)
{
  upload->pending--;
  if (upload->error != NULL || (error != NULL && !upload->anew)) {
    openim_upload_fail (upload, error != NULL ? error : g_error_copy (upload->error));
    return FALSE;
  }
  if (!upload->anew)
    return TRUE;
  g_clear_error (&error);
  begin_anew (upload);
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
openim_upload_tell (OpenimUploading *upload)
{
  if (upload->sent <= upload->told)
    return;
  upload->told = upload->sent;
  if (upload->progress != NULL)
    upload->progress (upload->owner, upload->sent, openim_source_get_size (upload->source));
}

/* Whatever the server says, a link is one of these two. */
static void
succeed (OpenimUploading *upload, const char *url)
{
  openim_upload_forget (upload);
  if (!g_str_has_prefix (url, "http://") && !g_str_has_prefix (url, "https://")) {
    fail_internally (upload, _ ("The server does not say where the file is now."));
    return;
  }
  upload->sent = openim_source_get_size (upload->source);
  openim_upload_tell (upload);
  upload->url = g_strdup (url);
  upload_end (upload);
}

/* ---- what goes wrong, and is worth another try */

gboolean
openim_upload_is_network (const GError *error)
{
  return g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_NETWORK) ||
         g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_TIMEOUT);
}

gboolean
openim_upload_tries_again (OpenimUploading *upload, guint tries, const GError *error)
{
  return tries < TRIES || (openim_upload_is_network (error) && upload->arrived != 0 &&
                           openim_clock_monotonic () - upload->arrived < upload->files->away);
}

/* With every try the pause is twice as long. */
guint
openim_upload_pause_before (OpenimUploading *upload, guint tries)
{
  return upload->files->pause << MIN (tries - 1, DOUBLINGS);
}

static gboolean
on_ask_again (gpointer data)
{
  OpenimUploading *upload = data;

  upload->timer = 0;
  upload->ask (upload);
  return G_SOURCE_REMOVE;
}

void
openim_upload_ask (OpenimUploading *upload,
                   const char *path,
                   JsonObject *body,
                   void (*again) (OpenimUploading *upload),
                   GAsyncReadyCallback callback)
{
  upload->ask = again;
  upload->asking = TRUE;
  upload->pending++;
  openim_api_call_async (upload->files->api, path, body, upload->cancellable, callback, upload);
}

JsonObject *
openim_upload_answer (OpenimUploading *upload, GObject *source, GAsyncResult *result)
{
  GError *error = NULL;
  g_autoptr (JsonObject) answer = openim_api_call_finish (OPENIM_API (source), result, &error);
  gboolean lost = error != NULL && openim_upload_is_network (error);

  upload->asking = FALSE;
  if (lost && upload->error == NULL && !upload->anew &&
      openim_upload_tries_again (upload, ++upload->tries, error)) {
    upload->pending--;
    g_error_free (error);
    upload->timer = g_timeout_add (openim_upload_pause_before (upload, upload->tries), on_ask_again, upload);
    return NULL;
  }
  if (error != NULL && !lost && upload->resumed && upload->error == NULL)
    openim_upload_begin_anew (upload);
  if (!openim_upload_step_done (upload, error))
    return NULL;
  upload->tries = 0;
  return g_steal_pointer (&answer);
}

void
openim_upload_begin_anew (OpenimUploading *upload)
{
  openim_log (LOG, OPENIM_LOG_INFO, "upload: what was sent before is gone");
  upload->resumed = FALSE;
  upload->anew = TRUE;
  openim_upload_forget (upload);
  g_clear_handle_id (&upload->timer, g_source_remove);
  openim_upload_stop_parts (upload);
}

/* ---- what the file is, and what the server allows */

static void
on_hashed (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimUploading *upload = data;
  GError *error = NULL;

  openim_source_hash_finish (result, &error);
  if (openim_upload_step_done (upload, error))
    openim_upload_begin (upload);
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
  g_autoptr (JsonObject) limits = openim_upload_answer (upload, source, result);

  if (limits == NULL)
    return;
  files->part_min = openim_json_int (limits, "minPartSize");
  files->part_max = openim_json_int (limits, "maxPartSize");
  files->count_max = openim_json_int (limits, "maxNumSize");
  if (files->part_min < 1 || files->part_max < files->part_min || files->count_max < 1 ||
      files->count_max > G_MAXINT32) {
    files->part_min = 0;
    fail_internally (upload, _ ("The server does not say how files are sent to it."));
    return;
  }
  split (upload);
}

static void
ask_limits (OpenimUploading *upload)
{
  if (upload->files->part_min > 0)
    split (upload);
  else
    openim_upload_ask (upload, "/object/part_limit", NULL, ask_limits, on_limits);
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
  g_autoptr (JsonObject) answer = openim_upload_answer (upload, source, result);
  JsonObject *begun = openim_json_object (answer, "upload");

  if (answer == NULL)
    return;
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
      fail_internally (upload, _ ("The server does not say how files are sent to it."));
    return;
  }
  openim_upload_make_parts (upload, openim_json_string (begun, "uploadID"),
                            openim_json_int (begun, "expireTime"));
  if (openim_upload_take_signatures (upload, openim_json_object (begun, "sign")))
    openim_upload_pump (upload);
}

static void
ask_begin (OpenimUploading *upload)
{
  guint n = openim_source_count (upload->source);
  g_autofree char *hash = openim_source_get_hash (upload->source);

  openim_upload_ask (
      upload, "/object/initiate_multipart_upload",
      openim_json_build ("hash", 's', hash, "size", 'i', openim_source_get_size (upload->source), "partSize",
                         'i', upload->part_size, "maxParts", 'i',
                         (gint64) MIN (n, OPENIM_UPLOAD_SIGNED_AT_ONCE), "cause", 's', upload->cause, "name",
                         's', upload->name, "contentType", 's', upload->type, NULL),
      ask_begin, on_initiated);
}

void
openim_upload_initiate (OpenimUploading *upload)
{
  upload->rounds++;
  ask_begin (upload);
}

/* ---- the end */

static void
on_completed (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimUploading *upload = data;
  g_autoptr (JsonObject) answer = openim_upload_answer (upload, source, result);

  if (answer != NULL)
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
    fail_internally (upload, _ ("The file was changed while it was sent."));
    return;
  }
  openim_upload_ask (upload, "/object/complete_multipart_upload",
                     openim_json_build ("uploadID", 's', upload->id, "parts", 'S', md5s, "name", 's',
                                        upload->name, "contentType", 's', upload->type, "cause", 's',
                                        upload->cause, NULL),
                     openim_upload_pump, on_completed);
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
