/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/download.h"

#include <glib/gi18n-lib.h>

#include "base/link.h"
#include "net/download-private.h"
#include "net/fetch.h"

#define AT_ONCE 4
#define BIG_AT_ONCE 2
#define BIG (16 * 1024 * 1024)
#define STALL 30000 /* ms */
#define PAUSE 1000  /* ms */

G_DEFINE_FINAL_TYPE (OpenimDownloads, openim_downloads, G_TYPE_OBJECT)

/* ---- the queue */

void
openim_downloads_pump (OpenimDownloads *self)
{
  GList *next = NULL;

  for (GList *iter = self->waiting.head; iter != NULL && self->home_known; iter = next) {
    OpenimFetch *fetch = iter->data;

    next = iter->next;
    if (self->running >= AT_ONCE)
      return;
    if (fetch->error != NULL || (fetch->big && self->running_big >= BIG_AT_ONCE))
      continue;
    g_queue_delete_link (&self->waiting, iter);
    fetch->running = TRUE;
    self->running++;
    self->running_big += fetch->big;
    openim_fetch_start (fetch);
  }
}

static void
on_home (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (OpenimDownloads) self = data;

  openim_home_find_finish (self->home, result);
  self->home_known = TRUE;
  openim_downloads_pump (self);
}

static void
find_home (OpenimDownloads *self)
{
  if (self->looking)
    return;
  self->looking = TRUE;
  openim_home_find_async (self->home, on_home, g_object_ref (self));
}

void
openim_downloads_fetch_async (OpenimDownloads *self,
                              const OpenimDownload *download,
                              OpenimDownloadProgress progress,
                              gpointer owner,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autofree char *url = openim_link_clean (download->url);
  OpenimFetch *fetch;

  g_task_set_source_tag (task, openim_downloads_fetch_async);
  if (url == NULL) {
    g_task_return_new_error (task, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                             _ ("This is not the address of a file on the web."));
    return;
  }
  fetch = g_new0 (OpenimFetch, 1);
  fetch->downloads = self; /* the task keeps it */
  fetch->task = g_steal_pointer (&task);
  fetch->url = g_steal_pointer (&url);
  fetch->path = g_strdup (download->path);
  fetch->max_bytes = download->max_bytes;
  fetch->big = download->max_bytes > BIG;
  fetch->progress = progress;
  fetch->owner = owner;
  fetch->total = -1;
  g_queue_push_tail (&self->waiting, fetch);
  if (cancellable != NULL) {
    fetch->caller = g_object_ref (cancellable);
    fetch->caller_handler =
        g_cancellable_connect (cancellable, G_CALLBACK (openim_fetch_give_up), fetch, NULL);
  }
  find_home (self);
  openim_downloads_pump (self);
}

gint64
openim_downloads_fetch_finish (OpenimDownloads *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  return g_task_propagate_int (G_TASK (result), error);
}

/* ---- life */

static void
openim_downloads_finalize (GObject *object)
{
  OpenimDownloads *self = OPENIM_DOWNLOADS (object);

  g_clear_object (&self->session);
  openim_home_free (self->home);
  G_OBJECT_CLASS (openim_downloads_parent_class)->finalize (object);
}

static void
openim_downloads_class_init (OpenimDownloadsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = openim_downloads_finalize;
}

static void
openim_downloads_init (OpenimDownloads *self)
{
  g_queue_init (&self->waiting);
  self->stall = STALL;
  self->pause = PAUSE;
}

OpenimDownloads *
openim_downloads_new (const char *home, GProxyResolver *proxy)
{
  OpenimDownloads *self = g_object_new (OPENIM_TYPE_DOWNLOADS, NULL);

  self->home = openim_home_new (home);
  self->session = openim_http_session_new (proxy);
  /* What is packed would be of another length than it says, and could be of any. */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_CONTENT_DECODER);
  return self;
}

void
openim_downloads_set_patience (OpenimDownloads *self, guint stall, guint pause)
{
  self->stall = stall;
  self->pause = pause;
}
