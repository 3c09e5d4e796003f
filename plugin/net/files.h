/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files on their way to a storage that the IM server only signs for: the server is told what comes, answers
 * how each part is put into the storage, and is told when all parts are there. Source: open-im-server 3.8,
 * internal/rpc/third/s3.go. Main thread; disks and hashes have threads of their own. */

#include "net/api.h"

G_BEGIN_DECLS

#define OPENIM_TYPE_FILES (openim_files_get_type ())
G_DECLARE_FINAL_TYPE (OpenimFiles, openim_files, OPENIM, FILES, GObject)

/* The storage gets connections of its own, and never the token. @proxy: (nullable). */
OpenimFiles *openim_files_new (OpenimApi *api, GProxyResolver *proxy);

/* ---- what outlives the program */

/* How far an upload in several parts has come. */
typedef struct {
  char *hash;       /* of the content */
  gint64 part_size; /* bytes */
  char *id;         /* of the upload, at the server */
  gint64 expires;   /* ms since 1970 */
  GBytes *parts;    /* a bit for each: it is there; the first is the lowest bit of the first byte */
} OpenimUploadState;

void openim_upload_state_free (OpenimUploadState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimUploadState, openim_upload_state_free)

/* @state: (transfer full) (nullable) when nothing is known. */
typedef void (*OpenimUploadFound) (OpenimUploadState *state, gpointer user_data);

/* Somebody who remembers. All is called in the main thread and must not block. */
typedef struct {
  /* Answers with @found, once and later, whatever happens. */
  void (*find) (gpointer owner, const char *hash, OpenimUploadFound found, gpointer user_data);
  void (*keep) (gpointer owner, const OpenimUploadState *state);
  void (*forget) (gpointer owner, const char *hash);
} OpenimUploadMemory;

/* @memory must live for ever, @owner until @self is gone or gets NULL instead. */
void openim_files_set_memory (OpenimFiles *self, const OpenimUploadMemory *memory, gpointer owner);

/* ---- uploads */

typedef struct {
  const char *path;  /* on this machine */
  const char *name;  /* on the server: "USER/…", at most 1024 bytes */
  const char *type;  /* (nullable) MIME type; guessed when it is NULL or none */
  const char *cause; /* "msg-picture" and the like: what the server may clean up one day; "" for the rest */
} OpenimUpload;

/* @sent of @total bytes have been handed to the network, or were there before. It never falls, and reaches
 * @total before the upload finishes well. */
typedef void (*OpenimFilesProgress) (gpointer owner, gint64 sent, gint64 total);

/* What the server has already, from anybody, is not sent again; nor are parts that arrived before the program
 * ended or the upload failed. At most three parts of a file are on their way at a time, each read from disk
 * in small blocks. A part that is lost or refused, also since its signature has expired, is signed and sent
 * anew, up to five times; while the network is away, for five minutes once something has gone through. @owner
 * must live until @callback, or until @cancellable is cancelled. */
void openim_files_upload_async (OpenimFiles *self,
                                const OpenimUpload *upload,
                                OpenimFilesProgress progress,
                                gpointer owner,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* (transfer full) The address of the file, http or https; the name in it is not percent-encoded. Errors: see
 * openim_disk_open; the server's; OPENIM_ERROR_NETWORK and _TIMEOUT; OPENIM_ERROR_INTERNAL when the storage
 * refuses, or the file changed on the way. */
char *openim_files_upload_finish (OpenimFiles *self, GAsyncResult *result, GError **error);

G_END_DECLS
