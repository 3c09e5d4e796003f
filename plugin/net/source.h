/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A file on its way to a server: opened once, cut into parts, hashed, and read in small blocks, all of it
 * away from the main thread. Private to this floor. */

#include "base/error.h"

G_BEGIN_DECLS

typedef struct _OpenimSource OpenimSource;

/* Errors: see openim_disk_open. @callback comes on the main thread. */
void
openim_source_open_async (const char *path, GCancellable *, GAsyncReadyCallback callback, gpointer user_data);
OpenimSource *openim_source_open_finish (GAsyncResult *result, GError **error); /* (transfer full) */
OpenimSource *openim_source_ref (OpenimSource *self);
void openim_source_unref (OpenimSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimSource, openim_source_unref)

gint64 openim_source_get_size (OpenimSource *self);      /* bytes, more than 0 */
const char *openim_source_get_type (OpenimSource *self); /* MIME type by its first bytes and its name */
/* It is another file than when it was opened. */
gboolean openim_source_has_changed (OpenimSource *self);

/* Cuts it, and computes the MD5 of each part. */
void openim_source_hash_async (OpenimSource *self,
                               gint64 part_size,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean openim_source_hash_finish (GAsyncResult *result, GError **error);

/* After that; @index counts from 0. */
guint openim_source_count (OpenimSource *self);
const char *const *openim_source_get_md5s (OpenimSource *self); /* lower-case hex, NULL at the end */
char *openim_source_get_hash (OpenimSource *self);              /* (transfer full) MD5 of the list of MD5s */
gint64 openim_source_get_length (OpenimSource *self, guint index);
GInputStream *openim_source_read (OpenimSource *self, guint index); /* (transfer full) the bytes of a part */

G_END_DECLS
