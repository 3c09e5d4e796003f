/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The file of an account: its name, the lock that keeps a second process out, and what happens to a file that
 * is damaged. Store thread. */

#include "store/db.h"

G_BEGIN_DECLS

typedef struct {
  char *path;
  int lock;             /* <path>.lock, held with flock; the kernel frees it when the process ends */
  gboolean was_corrupt; /* a damaged file was moved aside */
  OpenimDb *db;
} OpenimStoreFile;

/* <dir>/<server>-<user ID>.db, different for every pair. (transfer full) */
char *openim_store_file_path (const char *dir, const char *server, const char *user_id);

/* Writes @mark behind the number of the process in the lock file; any thread, while the store is open. */
void openim_store_file_mark (int lock, guint64 mark);

/* Makes folder and file, locks, opens. Errors as openim_store_open_async. Fills @file, which is closed in any
 * case. */
gboolean openim_store_file_open (OpenimStoreFile *file, const char *path, GError **error);
void openim_store_file_close (OpenimStoreFile *file);

G_END_DECLS
