/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A folder with things that can be had again: each in a file named after the hash of its key, the oldest go
 * first when it grows over its bound. What is not used for long counts as old. Any thread; two processes may
 * share it. */

#include "base/error.h"

G_BEGIN_DECLS

typedef struct {
  char *folder;
  gint64 max_bytes;
} OpenimCache;

OpenimCache *openim_cache_new (const char *folder, gint64 max_bytes);
void openim_cache_free (OpenimCache *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimCache, openim_cache_free)

/* (transfer full) Where the thing with that key is, or would be. @suffix (nullable), ".png", is added for
 * programs that go by names. */
char *openim_cache_path (OpenimCache *self, const char *key, const char *suffix);

/* TRUE when it is there; it counts as used now. */
gboolean openim_cache_touch (OpenimCache *self, const char *path);

/* Makes the folder, for its owner alone. FALSE with OPENIM_ERROR_INTERNAL and a sentence. */
gboolean openim_cache_prepare (OpenimCache *self, GError **error);

/* Deletes the oldest until the bound is kept. Reads the folder, so not on the main thread. */
void openim_cache_trim (OpenimCache *self);

G_END_DECLS
