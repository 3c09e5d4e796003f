/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The local database of one account: one thread, one connection, one queue of jobs.
 *
 * A job is a function and a struct of the caller's own type. The function runs on the store's thread, inside
 * a transaction of the wanted kind, and calls the synchronous functions of the noun files (messages.h,
 * lists.h …), which all take an OpenimDb and assert the thread. What it found goes into the struct, which
 * comes back to the main thread. A job that returns FALSE is rolled back. Reads go before writes that wait;
 * reads and writes (WRITE and DURABLE together) each keep their order. Writes that wait share a transaction,
 * in which each can fail alone. Results arrive in the main context, in the order in which the jobs ran.
 *
 * File: <dir>/<server>-<user ID>.db, mode 0600, WAL, synchronous=NORMAL (FULL for durable jobs), busy_timeout
 * 5 s, foreign keys on, user_version = schema. */

#include "base/error.h"
#include "base/types.h"

G_BEGIN_DECLS

#define OPENIM_TYPE_STORE (openim_store_get_type ())
G_DECLARE_FINAL_TYPE (OpenimStore, openim_store, OPENIM, STORE, GObject)

typedef struct _OpenimDb OpenimDb; /* the connection; lives on the store's thread only */

typedef enum {
  OPENIM_STORE_READ,    /* no transaction of its own */
  OPENIM_STORE_WRITE,   /* BEGIN IMMEDIATE … COMMIT */
  OPENIM_STORE_DURABLE, /* as WRITE, on disk when the callback comes: the outbox */
} OpenimStoreMode;

typedef gboolean (*OpenimStoreFunc) (OpenimDb *db, gpointer job, GError **error);

/* Opens or creates. @server: base address of the API, so that equal user IDs of two servers do not meet. @dir
 * is made (0700) if missing. Errors are OPENIM_ERROR_INTERNAL with a sentence for a person: folder missing
 * and not to be made, read-only, disk full, schema newer than this program, in use (a store of this process
 * may be just closing: it is waited for, at most 5 s). A corrupt file is moved aside (<file>.corrupt-<time>),
 * a new one begun and openim_store_was_corrupt() tells. Jobs meet the same errors when the disk fills up or
 * fails later. */
void openim_store_open_async (const char *dir,
                              const char *server,
                              const char *user_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
OpenimStore *openim_store_open_finish (GAsyncResult *result, GError **error); /* (transfer full) */

gboolean openim_store_was_corrupt (OpenimStore *self);
const char *openim_store_get_path (OpenimStore *self);

/* @job: (transfer full), freed with @free_job if nobody takes it back. */
void openim_store_run_async (OpenimStore *self,
                             OpenimStoreMode mode,
                             OpenimStoreFunc func,
                             gpointer job,
                             GDestroyNotify free_job,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gpointer openim_store_run_finish (OpenimStore *self,
                                  GAsyncResult *result,
                                  GError **error); /* (transfer full) the job; NULL on error */

/* Remembers @mark (not 0) at once and for the price of a system call, also if this process is killed: whoever
 * opens the store next finds it (openim_settings_last_mark), unless another one has taken its place. */
void openim_store_set_mark (OpenimStore *self, guint64 mark);

/* Queues the end: jobs before it still run (writes are not lost), then the file is closed. After this call
 * new jobs end with OPENIM_ERROR_LOGIN_OUT. */
void openim_store_close_async (OpenimStore *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean openim_store_close_finish (OpenimStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
