/* SPDX-License-Identifier: GPL-3.0-or-later */

/* DownloadFile: a file that a message, a person or a group names by its address. Without a place of its own
 * it goes into the cache, under the hash of the address, and is not fetched again while it is there. */

#include "sdk/handlers.h"

#include <sys/stat.h>

#include "internal.pb-c.h"

#include "base/cache.h"

typedef struct {
  char *path;
  gboolean cached;
} Download;

static void
download_free (gpointer data)
{
  Download *download = data;

  g_free (download->path);
  g_free (download);
}

static void
answer (OpenimCall *call, gint64 size)
{
  const Download *download = openim_call_get_state (call);
  Openim__Sdk__Internal__DownloadFileResp *response =
      openim_pb_new (&openim__sdk__internal__download_file_resp__descriptor);

  openim_pb_set (&response->path, download->path);
  response->size = size;
  openim_call_answer (call, response);
}

static void
trim_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  openim_cache_trim (data);
  g_task_return_boolean (task, TRUE);
}

/* Nobody waits for it. */
static void
trim (OpenimCache *cache)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_task_set_task_data (task, openim_cache_new (cache->folder, cache->max_bytes),
                        (GDestroyNotify) openim_cache_free);
  g_task_run_in_thread (task, trim_in_thread);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  const Download *download = openim_call_get_state (call);
  GError *error = NULL;
  gint64 size = openim_downloads_fetch_finish (OPENIM_DOWNLOADS (source), result, &error);

  if (error != NULL) {
    openim_call_take_error (call, error);
    return;
  }
  if (download->cached)
    trim (openim_call_get_resources (call)->cache);
  answer (call, size);
}

static void
on_progress (gpointer owner, gint64 got, gint64 total)
{
  openim_call_tell (owner, got, total);
}

static void
fetch (OpenimCall *call)
{
  const Openim__Sdk__Internal__DownloadFileReq *request = openim_call_get_request (call);
  const Download *state = openim_call_get_state (call);
  OpenimDownload download = { request->url, state->path, request->maxbytes };

  openim_downloads_fetch_async (openim_call_get_resources (call)->downloads, &download, on_progress, call,
                                openim_call_get_cancellable (call), on_fetched, call);
}

/* What is there and not too big is answered at once. */
static gboolean
find_cached (OpenimCall *call, const Download *download, gint64 max_bytes)
{
  struct stat info;

  if (!openim_cache_touch (openim_call_get_resources (call)->cache, download->path) ||
      stat (download->path, &info) != 0 || info.st_size > max_bytes)
    return FALSE;
  answer (call, info.st_size);
  return TRUE;
}

void
openim_file_download (OpenimCall *call)
{
  const Openim__Sdk__Internal__DownloadFileReq *request = openim_call_get_request (call);
  OpenimCache *cache = openim_call_get_resources (call)->cache;
  Download *download;
  GError *error = NULL;

  if (*request->url == '\0' || request->maxbytes <= 0) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "DownloadFile needs an address and a bound.");
    return;
  }
  download = g_new0 (Download, 1);
  download->cached = *request->path == '\0';
  download->path =
      download->cached ? openim_cache_path (cache, request->url, NULL) : g_strdup (request->path);
  openim_call_set_state (call, download, download_free);
  if (!download->cached)
    fetch (call);
  else if (!openim_cache_prepare (cache, &error))
    openim_call_take_error (call, error);
  else if (!find_cached (call, download, request->maxbytes))
    fetch (call);
}
