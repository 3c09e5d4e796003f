/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "bad-disk.h"

#include <sqlite3.h>
#include <string.h>

typedef enum { READ = 1, WRITE = 2 } Kind;

typedef struct {
  sqlite3_file base;
  sqlite3_file *real; /* behind this one in the same memory */
} File;

static struct {
  GMutex lock;
  sqlite3_vfs *real;
  sqlite3_vfs vfs;
  sqlite3_io_methods methods;
  guint steps;
  guint after; /* 0: never */
  int code;
  Kind kind; /* of what fails */
  gboolean for_good;
  gboolean failed;
} disk;

static gboolean
fails (Kind kind)
{
  gboolean fail;

  g_mutex_lock (&disk.lock);
  disk.steps++;
  fail = disk.after > 0 && disk.kind & kind &&
         (disk.for_good ? disk.steps >= disk.after : disk.steps >= disk.after && !disk.failed);
  disk.failed |= fail;
  g_mutex_unlock (&disk.lock);
  return fail;
}

void
bad_disk_fail (guint after, int code, gboolean for_good)
{
  g_mutex_lock (&disk.lock);
  disk.steps = 0;
  disk.after = after;
  disk.code = code;
  disk.kind = code == SQLITE_IOERR_READ ? READ : WRITE;
  disk.for_good = for_good;
  disk.failed = FALSE;
  g_mutex_unlock (&disk.lock);
}

guint
bad_disk_steps (gboolean *failed)
{
  guint steps;

  g_mutex_lock (&disk.lock);
  steps = disk.steps;
  *failed = disk.failed;
  g_mutex_unlock (&disk.lock);
  return steps;
}

/* ---- one file */

#define REAL(file) (((File *) (file))->real)

static int
file_close (sqlite3_file *file)
{
  return REAL (file)->pMethods->xClose (REAL (file));
}

static int
file_read (sqlite3_file *file, void *data, int n, sqlite3_int64 offset)
{
  return fails (READ) ? disk.code : REAL (file)->pMethods->xRead (REAL (file), data, n, offset);
}

static int
file_write (sqlite3_file *file, const void *data, int n, sqlite3_int64 offset)
{
  return fails (WRITE) ? disk.code : REAL (file)->pMethods->xWrite (REAL (file), data, n, offset);
}

static int
file_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return fails (WRITE) ? disk.code : REAL (file)->pMethods->xTruncate (REAL (file), size);
}

static int
file_sync (sqlite3_file *file, int flags)
{
  return fails (WRITE) ? disk.code : REAL (file)->pMethods->xSync (REAL (file), flags);
}

static int
file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return REAL (file)->pMethods->xFileSize (REAL (file), size);
}

static int
file_lock (sqlite3_file *file, int kind)
{
  return REAL (file)->pMethods->xLock (REAL (file), kind);
}

static int
file_unlock (sqlite3_file *file, int kind)
{
  return REAL (file)->pMethods->xUnlock (REAL (file), kind);
}

static int
file_check_lock (sqlite3_file *file, int *reserved)
{
  return REAL (file)->pMethods->xCheckReservedLock (REAL (file), reserved);
}

static int
file_control (sqlite3_file *file, int operation, void *data)
{
  return REAL (file)->pMethods->xFileControl (REAL (file), operation, data);
}

static int
file_sector (sqlite3_file *file)
{
  return REAL (file)->pMethods->xSectorSize (REAL (file));
}

static int
file_device (sqlite3_file *file)
{
  return REAL (file)->pMethods->xDeviceCharacteristics (REAL (file));
}

static int
file_map (sqlite3_file *file, int page, int size, int extend, void volatile **memory)
{
  return REAL (file)->pMethods->xShmMap (REAL (file), page, size, extend, memory);
}

static int
file_map_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return REAL (file)->pMethods->xShmLock (REAL (file), offset, n, flags);
}

static void
file_barrier (sqlite3_file *file)
{
  REAL (file)->pMethods->xShmBarrier (REAL (file));
}

static int
file_unmap (sqlite3_file *file, int delete)
{
  return REAL (file)->pMethods->xShmUnmap (REAL (file), delete);
}

static int
disk_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  File *self = (File *) file;
  int code;

  self->base.pMethods = NULL;
  self->real = (sqlite3_file *) (self + 1);
  if (fails (WRITE))
    return SQLITE_CANTOPEN;
  code = disk.real->xOpen (disk.real, name, self->real, flags, out_flags);
  if (self->real->pMethods != NULL)
    self->base.pMethods = &disk.methods;
  return code;
}

void
bad_disk_install (void)
{
  disk.real = sqlite3_vfs_find (NULL);
  disk.methods = (sqlite3_io_methods){
    2,           file_close, file_read,     file_write,      file_truncate, file_sync,
    file_size,   file_lock,  file_unlock,   file_check_lock, file_control,  file_sector,
    file_device, file_map,   file_map_lock, file_barrier,    file_unmap,
  };
  disk.vfs = *disk.real;
  disk.vfs.pNext = NULL;
  disk.vfs.zName = "bad-disk";
  disk.vfs.szOsFile = (int) sizeof (File) + disk.real->szOsFile;
  disk.vfs.xOpen = disk_open;
  g_assert_cmpint (sqlite3_vfs_register (&disk.vfs, 1), ==, SQLITE_OK);
}
