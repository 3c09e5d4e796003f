/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/source.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/disk.h"

#define BLOCK (256 * 1024)
#define HEAD 4096
#define THREADS 4u /* that hash one file */

struct _OpenimSource {
  gint refs;
  int fd;
  gint64 size;
  char *type;
  struct stat opened;
  gint64 part_size;
  GPtrArray *md5s; /* NULL at the end */
};

/* ---- a part as a stream */

#define OPENIM_TYPE_PART_STREAM (openim_part_stream_get_type ())
G_DECLARE_FINAL_TYPE (OpenimPartStream, openim_part_stream, OPENIM, PART_STREAM, GInputStream)

struct _OpenimPartStream {
  GInputStream parent_instance;

  OpenimSource *source;
  gint64 offset; /* in the file, */
  gint64 rest;   /* and bytes, that are still to be read from it */

  guint8 *block; /* (nullable) read ahead, for libsoup asks for small pieces */
  gsize filled, taken;
};

G_DEFINE_FINAL_TYPE (OpenimPartStream, openim_part_stream, G_TYPE_INPUT_STREAM)

/* On any thread. */
static gssize
openim_part_stream_read (
    GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  OpenimPartStream *self = OPENIM_PART_STREAM (stream);
  gsize length = (gsize) MIN ((gint64) count, self->rest);
  gssize got = length > 0 ? openim_disk_read (self->source->fd, buffer, length, self->offset, error) : 0;

  if (got >= 0 && (gsize) got < length) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_FILE_NOT_FOUND,
                         _ ("The file became shorter while it was sent."));
    return -1;
  }
  if (got > 0) {
    self->offset += got;
    self->rest -= got;
  }
  return got;
}

typedef struct {
  void *buffer;
  gsize count;
} Read;

static gssize
take (OpenimPartStream *self, const Read *read)
{
  gsize length = MIN (read->count, self->filled - self->taken);

  if (length > 0)
    memcpy (read->buffer, self->block + self->taken, length);
  self->taken += length;
  return (gssize) length;
}

static void
fill_in_thread (GTask *task, gpointer stream, gpointer read, GCancellable *cancellable)
{
  OpenimPartStream *self = stream;
  GError *error = NULL;
  gssize got;

  if (self->block == NULL)
    self->block = g_malloc (BLOCK);
  got = openim_part_stream_read (stream, self->block, BLOCK, cancellable, &error);
  if (got < 0) {
    g_task_return_error (task, error);
    return;
  }
  self->filled = (gsize) got;
  self->taken = 0;
  g_task_return_int (task, take (self, read));
}

static void
openim_part_stream_read_async (GInputStream *stream,
                               void *buffer,
                               gsize count,
                               int priority,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  OpenimPartStream *self = OPENIM_PART_STREAM (stream);
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  Read *read = g_new (Read, 1);

  g_task_set_source_tag (task, openim_part_stream_read_async);
  g_task_set_priority (task, priority);
  read->buffer = buffer;
  read->count = count;
  g_task_set_task_data (task, read, g_free);
  if (self->taken < self->filled)
    g_task_return_int (task, take (self, read));
  else
    g_task_run_in_thread (task, fill_in_thread);
}

static gssize
openim_part_stream_read_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
openim_part_stream_finalize (GObject *object)
{
  OpenimPartStream *self = OPENIM_PART_STREAM (object);

  openim_source_unref (self->source);
  g_free (self->block);
  G_OBJECT_CLASS (openim_part_stream_parent_class)->finalize (object);
}

static void
openim_part_stream_class_init (OpenimPartStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = openim_part_stream_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = openim_part_stream_read;
  G_INPUT_STREAM_CLASS (klass)->read_async = openim_part_stream_read_async;
  G_INPUT_STREAM_CLASS (klass)->read_finish = openim_part_stream_read_finish;
}

static void
openim_part_stream_init (OpenimPartStream *self)
{
}

GInputStream *
openim_source_read (OpenimSource *self, guint index)
{
  OpenimPartStream *stream = g_object_new (OPENIM_TYPE_PART_STREAM, NULL);

  stream->source = openim_source_ref (self);
  stream->offset = index * self->part_size;
  stream->rest = openim_source_get_length (self, index);
  return G_INPUT_STREAM (stream);
}

/* ---- the file */

static void
open_in_thread (GTask *task, gpointer source, gpointer path, GCancellable *cancellable)
{
  g_autoptr (OpenimSource) self = g_new0 (OpenimSource, 1);
  g_autofree guint8 *head = g_malloc (HEAD);
  g_autofree char *name = g_path_get_basename (path);
  GError *error = NULL;
  gssize got;

  self->refs = 1;
  self->fd = openim_disk_open (path, &self->size, &error);
  if (self->fd < 0) {
    g_task_return_error (task, error);
    return;
  }
  got = openim_disk_read (self->fd, head, HEAD, 0, &error);
  if (got < 0) {
    g_task_return_error (task, error);
    return;
  }
  fstat (self->fd, &self->opened);
  self->type = openim_disk_guess_type (name, head, (gsize) got);
  g_task_return_pointer (task, g_steal_pointer (&self), (GDestroyNotify) openim_source_unref);
}

void
openim_source_open_async (const char *path,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, openim_source_open_async);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, open_in_thread);
}

OpenimSource *
openim_source_open_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

OpenimSource *
openim_source_ref (OpenimSource *self)
{
  g_atomic_int_inc (&self->refs);
  return self;
}

void
openim_source_unref (OpenimSource *self)
{
  if (!g_atomic_int_dec_and_test (&self->refs))
    return;
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->md5s, g_ptr_array_unref);
  g_free (self->type);
  g_free (self);
}

gint64
openim_source_get_size (OpenimSource *self)
{
  return self->size;
}

const char *
openim_source_get_type (OpenimSource *self)
{
  return self->type;
}

gboolean
openim_source_has_changed (OpenimSource *self)
{
  struct stat now;

  return fstat (self->fd, &now) != 0 || now.st_size != self->opened.st_size ||
         now.st_mtim.tv_sec != self->opened.st_mtim.tv_sec ||
         now.st_mtim.tv_nsec != self->opened.st_mtim.tv_nsec;
}

/* ---- parts */

/* (transfer full) (nullable) */
static char *
hash_part (OpenimSource *self, guint index, guint8 *block, GCancellable *cancellable, GError **error)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_MD5);
  g_autoptr (GInputStream) stream = openim_source_read (self, index);

  for (;;) {
    gssize got = g_input_stream_read (stream, block, BLOCK, cancellable, error);

    if (got < 0)
      return NULL;
    if (got == 0)
      return g_strdup (g_checksum_get_string (sum));
    g_checksum_update (sum, block, got);
  }
}

/* What the threads share that hash one file. */
typedef struct {
  OpenimSource *source;
  GCancellable *cancellable;
  gint next; /* part */
  GMutex lock;
  GError *error; /* the first one */
} Hashing;

static gboolean
has_failed (Hashing *hashing)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&hashing->lock);

  return hashing->error != NULL;
}

static gpointer
hash_some (gpointer data)
{
  Hashing *hashing = data;
  OpenimSource *self = hashing->source;
  g_autofree guint8 *block = g_malloc (BLOCK);
  guint index;

  while (!has_failed (hashing) &&
         (index = (guint) g_atomic_int_add (&hashing->next, 1)) < openim_source_count (self)) {
    GError *error = NULL;

    self->md5s->pdata[index] = hash_part (self, index, block, hashing->cancellable, &error);
    if (error != NULL) {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&hashing->lock);

      if (hashing->error == NULL)
        hashing->error = g_steal_pointer (&error);
      g_clear_error (&error);
    }
  }
  return NULL;
}

/* A processor reads faster than it hashes, so several do that. */
static void
hash_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  OpenimSource *self = data;
  Hashing hashing = { .source = self, .cancellable = cancellable };
  guint count = openim_source_count (self), n = MIN (MIN (count, THREADS), g_get_num_processors ());
  GThread *others[THREADS];

  g_mutex_init (&hashing.lock);
  g_ptr_array_set_size (self->md5s, (int) count + 1); /* with NULL at the end */
  for (guint i = 1; i < n; i++)
    others[i] = g_thread_new ("openim-hash", hash_some, &hashing);
  hash_some (&hashing);
  for (guint i = 1; i < n; i++)
    g_thread_join (others[i]);
  g_mutex_clear (&hashing.lock);
  if (hashing.error != NULL)
    g_task_return_error (task, hashing.error);
  else
    g_task_return_boolean (task, TRUE);
}

void
openim_source_hash_async (OpenimSource *self,
                          gint64 part_size,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, openim_source_hash_async);
  g_task_set_task_data (task, openim_source_ref (self), (GDestroyNotify) openim_source_unref);
  self->part_size = part_size;
  g_clear_pointer (&self->md5s, g_ptr_array_unref);
  self->md5s = g_ptr_array_new_with_free_func (g_free);
  g_task_run_in_thread (task, hash_in_thread);
}

gboolean
openim_source_hash_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

guint
openim_source_count (OpenimSource *self)
{
  return (guint) ((self->size + self->part_size - 1) / self->part_size);
}

const char *const *
openim_source_get_md5s (OpenimSource *self)
{
  return (const char *const *) self->md5s->pdata;
}

char *
openim_source_get_hash (OpenimSource *self)
{
  g_autofree char *list = g_strjoinv (",", (char **) self->md5s->pdata);

  return g_compute_checksum_for_string (G_CHECKSUM_MD5, list, -1);
}

gint64
openim_source_get_length (OpenimSource *self, guint index)
{
  gint64 offset = index * self->part_size;

  return MIN (self->part_size, self->size - offset);
}
