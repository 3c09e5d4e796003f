/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files from addresses that other people wrote. Nothing that such an address leads to learns who asks: there
 * is no token and no cookie. Addresses are http or https, in redirects as well, and lead to private networks
 * only where our own server is in one, or says so itself. Main thread; disks have threads of their own. */

#include <gio/gio.h>

#include "base/error.h"

G_BEGIN_DECLS

#define OPENIM_TYPE_DOWNLOADS (openim_downloads_get_type ())
G_DECLARE_FINAL_TYPE (OpenimDownloads, openim_downloads, OPENIM, DOWNLOADS, GObject)

/* @home: the address of our own server. @proxy: (nullable) */
OpenimDownloads *openim_downloads_new (const char *home, GProxyResolver *proxy);

typedef struct {
  const char *url;
  const char *path; /* on this machine; what is there is replaced once the file is whole, and not before */
  gint64 max_bytes; /* whatever the server claims */
} OpenimDownload;

/* @total: -1 when the server does not say. */
typedef void (*OpenimDownloadProgress) (gpointer owner, gint64 got, gint64 total);

/* At most four at a time, of which two are big ones; the others wait in order. The bytes go to disk as they
 * come. A download that breaks off goes on where it was, up to five times without any progress, provided that
 * the server can tell it is still the same file; else it begins anew. @owner must live until @callback, or
 * until @cancellable is cancelled. */
void openim_downloads_fetch_async (OpenimDownloads *self,
                                   const OpenimDownload *download,
                                   OpenimDownloadProgress progress,
                                   gpointer owner,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* Bytes, or -1. Errors: OPENIM_ERROR_SDK_ARGS for an address that is none; OPENIM_ERROR_FILE_NOT_FOUND when
 * it is not there (any more); OPENIM_ERROR_NETWORK and _TIMEOUT; OPENIM_ERROR_INTERNAL, with a sentence, when
 * it is too big, leads where it must not, or the disk fails; G_IO_ERROR_CANCELLED. */
gint64 openim_downloads_fetch_finish (OpenimDownloads *self, GAsyncResult *result, GError **error);

G_END_DECLS
