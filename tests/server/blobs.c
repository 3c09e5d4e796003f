/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct _Blobs {
  char *folder;
  gboolean passing; /* it goes with the server */
};

struct _BlobPart {
  char *path;
  char *unfinished;
  int fd;
  gint64 size;
  GChecksum *sum;
};

static void
fail (const char *doing, const char *path)
{
  g_printerr ("openim-test-server: %s: %s: %s\n", doing, path, g_strerror (errno));
  exit (1);
}

Blobs *
blobs_new (const char *data)
{
  Blobs *blobs = g_new0 (Blobs, 1);

  blobs->passing = data == NULL;
  blobs->folder = data ? g_strconcat (data, ".files", NULL) : NULL;
  return blobs;
}

/* Made when the first part comes. */
static const char *
folder_of (Blobs *blobs)
{
  if (!blobs->folder)
    blobs->folder = g_dir_make_tmp ("openim-server-XXXXXX", NULL);
  if (!blobs->folder)
    fail ("folder", g_get_tmp_dir ());
  return blobs->folder;
}

static void
remove_all (const char *path)
{
  GDir *dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_all (child);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}

void
blobs_free (Blobs *blobs)
{
  if (blobs->passing && blobs->folder)
    remove_all (blobs->folder);
  g_free (blobs->folder);
  g_free (blobs);
}

/* ---- in */

BlobPart *
blob_part_new (Blobs *blobs, const char *blob, gint64 number)
{
  g_autofree char *folder = g_build_filename (folder_of (blobs), blob, NULL);
  g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  BlobPart *part = g_new0 (BlobPart, 1);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    fail ("folder", folder);
  part->path = g_build_filename (folder, name, NULL);
  part->unfinished = g_strconcat (part->path, ".XXXXXX", NULL);
  part->fd = g_mkstemp (part->unfinished);
  if (part->fd < 0)
    fail ("file", part->unfinished);
  part->sum = g_checksum_new (G_CHECKSUM_MD5);
  return part;
}

static gboolean
is_zero (const char *data, gsize length)
{
  return length > 0 && data[0] == 0 && memcmp (data, data + 1, length - 1) == 0;
}

void
blob_part_write (BlobPart *part, const void *data, gsize length)
{
  g_checksum_update (part->sum, data, (gssize) length);
  part->size += (gint64) length;
  if (is_zero (data, length)) {
    if (lseek (part->fd, (off_t) length, SEEK_CUR) < 0)
      fail ("file", part->unfinished);
    return;
  }
  for (gsize done = 0; done < length;) {
    gssize written = write (part->fd, (const char *) data + done, length - done);

    if (written < 0)
      fail ("file", part->unfinished);
    done += (gsize) written;
  }
}

static void
blob_part_free (BlobPart *part)
{
  close (part->fd);
  g_checksum_free (part->sum);
  g_free (part->path);
  g_free (part->unfinished);
  g_free (part);
}

char *
blob_part_end (BlobPart *part, gint64 *size)
{
  char *md5 = g_strdup (g_checksum_get_string (part->sum));

  *size = part->size;
  if (ftruncate (part->fd, part->size) != 0 || g_rename (part->unfinished, part->path) != 0)
    fail ("file", part->path);
  blob_part_free (part);
  return md5;
}

void
blob_part_drop (BlobPart *part)
{
  g_unlink (part->unfinished);
  blob_part_free (part);
}

void
blobs_rename (Blobs *blobs, const char *from, const char *to)
{
  g_autofree char *old = g_build_filename (blobs->folder, from, NULL);
  g_autofree char *new = g_build_filename (blobs->folder, to, NULL);

  remove_all (new);
  if (g_rename (old, new) != 0)
    fail ("folder", old);
}

/* ---- out */

GPtrArray *
blobs_read (Blobs *blobs, const char *blob, gint64 offset, gint64 length)
{
  GPtrArray *pieces = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (gint64 number = 1; length > 0; number++) {
    g_autofree char *name = g_strdup_printf ("%" G_GINT64_FORMAT, number);
    g_autofree char *path = g_build_filename (blobs->folder, blob, name, NULL);
    g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
    g_autoptr (GBytes) bytes = NULL;
    gint64 size, taken;

    if (!file)
      fail ("file", path);
    size = (gint64) g_mapped_file_get_length (file);
    taken = CLAMP (size - offset, 0, length);
    if (taken > 0) {
      bytes = g_mapped_file_get_bytes (file);
      g_ptr_array_add (pieces, g_bytes_new_from_bytes (bytes, (gsize) offset, (gsize) taken));
    }
    offset = MAX (offset - size, 0);
    length -= taken;
  }
  return pieces;
}
