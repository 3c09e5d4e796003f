/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cache.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <utime.h>

#include "base/log.h"

typedef struct {
  char *path;
  gint64 size;
  gint64 used; /* s since 1970 */
} Entry;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->path);
  g_free (entry);
}

OpenimCache *
openim_cache_new (const char *folder, gint64 max_bytes)
{
  OpenimCache *self = g_new0 (OpenimCache, 1);

  self->folder = g_strdup (folder);
  self->max_bytes = max_bytes;
  return self;
}

void
openim_cache_free (OpenimCache *self)
{
  if (self == NULL)
    return;
  g_free (self->folder);
  g_free (self);
}

char *
openim_cache_path (OpenimCache *self, const char *key, const char *suffix)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  g_autofree char *name = g_strconcat (hash, suffix, NULL);

  return g_build_filename (self->folder, name, NULL);
}

gboolean
openim_cache_touch (OpenimCache *self, const char *path)
{
  return g_utime (path, NULL) == 0;
}

gboolean
openim_cache_prepare (OpenimCache *self, GError **error)
{
  if (g_mkdir_with_parents (self->folder, 0700) == 0)
    return TRUE;
  g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("No folder for files can be made: %s."),
               g_strerror (errno));
  return FALSE;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *first = *(Entry *const *) a, *second = *(Entry *const *) b;

  return first->used < second->used ? -1 : first->used > second->used;
}

void
openim_cache_trim (OpenimCache *self)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;
  gint64 total = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (self->folder, name, NULL);
    GStatBuf info;
    Entry *entry;

    if (g_lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
      continue;
    entry = g_new0 (Entry, 1);
    entry->path = g_steal_pointer (&path);
    entry->size = info.st_size;
    entry->used = info.st_mtime;
    total += entry->size;
    g_ptr_array_add (entries, entry);
  }
  g_ptr_array_sort (entries, compare_entries);
  for (guint i = 0; i < entries->len && total > self->max_bytes; i++) {
    const Entry *entry = g_ptr_array_index (entries, i);

    if (g_unlink (entry->path) == 0)
      total -= entry->size;
    else if (errno != ENOENT)
      openim_log ("openim-sdk", OPENIM_LOG_INFO, "a cached file stays: %s", g_strerror (errno));
  }
}
