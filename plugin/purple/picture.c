/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/picture.h"

#include "base/log.h"
#include "base/picture.h"
#include "internal.pb-c.h"
#include "purple/login.h"

#define SIDE_MAX 10000 /* pixels */
#define HASH_LENGTH 32

typedef struct {
  OpenimConnection *connection; /* owned while a thread is at work */
  OpenimPictureLimit limit;
  OpenimPictureFunc fetched;
  OpenimPictureSaved saved;
  gpointer data;
  GDestroyNotify destroy;
  char *path;
  GBytes *bytes;
  gint refs;
} Work;

static Work *
work_new (OpenimConnection *self, gpointer data, GDestroyNotify destroy)
{
  Work *work = g_new0 (Work, 1);

  work->connection = openim_connection_ref (self);
  work->data = data;
  work->destroy = destroy;
  work->refs = 1;
  return work;
}

static void
work_unref (gpointer data)
{
  Work *work = data;

  if (--work->refs > 0)
    return;
  if (work->destroy != NULL)
    work->destroy (work->data);
  openim_connection_unref (work->connection);
  g_free (work->path);
  g_clear_pointer (&work->bytes, g_bytes_unref);
  g_free (work);
}

/* --- of others --- */

/* (nullable) Why the host's decoder shall not see it. */
static const char *
find_fault (GBytes *bytes, gint64 area)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  OpenimPicture picture;

  if (!openim_picture_read (data, length, &picture))
    return "it is none";
  if (picture.width > SIDE_MAX || picture.height > SIDE_MAX || (gint64) picture.width * picture.height > area)
    return "it is too large";
  return openim_picture_is_whole (data, length) ? NULL
                                                : "it is damaged, or of a kind that not all hosts know";
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work *work = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *data = NULL;
  gsize length = 0;
  const char *fault = NULL;

  if (g_file_load_contents_finish (G_FILE (source), result, &data, &length, NULL, &error)) {
    bytes = g_bytes_new_take (data, length);
    fault = find_fault (bytes, work->limit.area);
  } else {
    fault = error->message;
  }
  if (fault != NULL)
    openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "a picture is not shown: %s", fault);
  if (openim_connection_is_open (work->connection))
    work->fetched (work->connection, fault == NULL ? bytes : NULL, work->data);
  work_unref (work);
}

static void
on_fetched (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Internal__DownloadFileResp *answer = (gconstpointer) response;
  Work *work = data;
  g_autoptr (GFile) file = NULL;

  if (error != NULL) {
    openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "a picture is not shown: %s", error->message);
    work->fetched (self, NULL, work->data);
    return;
  }
  file = g_file_new_for_path (answer->path);
  work->refs++;
  g_file_load_contents_async (file, NULL, on_read, work);
}

void
openim_picture_fetch (OpenimConnection *self,
                      const char *url,
                      const OpenimPictureLimit *limit,
                      OpenimPictureFunc func,
                      gpointer data,
                      GDestroyNotify destroy)
{
  Openim__Sdk__Internal__DownloadFileReq request = OPENIM__SDK__INTERNAL__DOWNLOAD_FILE_REQ__INIT;
  Work *work = work_new (self, data, destroy);

  work->limit = *limit;
  work->fetched = func;
  request.url = (char *) url;
  request.maxbytes = limit->bytes;
  openim_connection_call (self, OPENIM_INTERNAL_NUMBER (DownloadFile), &request, on_fetched, work,
                          work_unref);
}

/* --- of this host --- */

static void
save_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Work *work = data;
  g_autofree char *folder = g_path_get_dirname (work->path);
  GError *error = NULL;
  gsize length = 0;
  gconstpointer bytes = g_bytes_get_data (work->bytes, &length);

  g_mkdir_with_parents (folder, 0700); /* what is wrong with it shows at once */
  if (g_file_set_contents_full (work->path, bytes, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work *work = user_data;
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (openim_connection_is_open (work->connection))
    work->saved (work->connection, error == NULL ? work->path : NULL, error, work->data);
  work_unref (work);
}

void
openim_picture_save (OpenimConnection *self,
                     PurpleStoredImage *image,
                     OpenimPictureSaved func,
                     gpointer data,
                     GDestroyNotify destroy)
{
  Work *work = work_new (self, data, destroy);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_saved, work);
  g_autofree char *hash = NULL;
  g_autofree char *file = NULL;

  work->saved = func;
  work->bytes = g_bytes_new (purple_imgstore_get_data (image), purple_imgstore_get_size (image));
  hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, work->bytes);
  file = g_strdup_printf ("picture-%.*s.%s", HASH_LENGTH, hash, purple_imgstore_get_extension (image));
  work->path = g_build_filename (openim_login_get_directory (self), "files", file, NULL);
  g_task_set_task_data (task, work, NULL);
  g_task_run_in_thread (task, save_in_thread);
}
