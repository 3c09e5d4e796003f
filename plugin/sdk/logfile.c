/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#define NAME "purple-openim.log"
#define FULL (2 * 1024 * 1024) /* bytes */

struct _OpenimLogfile {
  char *path;
  char *older;
  OpenimLogLevel level;
  int fd; /* -1 after trouble: then there is no log */
  gint64 size;
  guint sink;
};

static int
open_file (OpenimLogfile *self)
{
  self->fd = g_open (self->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  self->size = self->fd >= 0 ? lseek (self->fd, 0, SEEK_END) : 0;
  return self->fd;
}

static void
begin_anew (OpenimLogfile *self)
{
  /* What cannot be put aside is emptied, for the limit holds. */
  if (g_rename (self->path, self->older) != 0 && ftruncate (self->fd, 0) != 0)
    return;
  close (self->fd);
  open_file (self);
}

/* Any thread, one at a time. Must not log. */
static void
on_line (const char *domain, OpenimLogLevel level, const char *line, gpointer user_data)
{
  static const char *const names[] = { "error", "warning", "info", "debug" };
  OpenimLogfile *self = user_data;
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *time = NULL;
  g_autofree char *text = NULL;
  gssize written;

  if (level > self->level || self->fd < 0)
    return;
  now = g_date_time_new_now_local ();
  time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%f%z");
  text = g_strdup_printf ("%s %s %s: %s\n", time, names[level], domain, line);
  /* One call, so that lines of two programs do not mix. A full disk costs lines, nothing else. */
  written = write (self->fd, text, strlen (text));
  if (written > 0)
    self->size += written;
  if (self->size >= FULL)
    begin_anew (self);
}

OpenimLogfile *
openim_logfile_new (const char *directory, OpenimLogLevel level, GError **error)
{
  OpenimLogfile *self = g_new0 (OpenimLogfile, 1);

  self->path = g_build_filename (directory, NAME, NULL);
  self->older = g_build_filename (directory, NAME ".1", NULL);
  self->level = level;
  self->fd = -1;
  if (g_mkdir_with_parents (directory, 0700) != 0 || open_file (self) < 0) {
    int reason = errno;
    g_autofree char *shown = g_filename_display_name (directory);

    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_UNKNOWN, _ ("No log can be written in %s: %s."), shown,
                 g_strerror (reason));
    openim_logfile_free (self);
    return NULL;
  }
  self->sink = openim_log_add_sink (on_line, self);
  return self;
}

void
openim_logfile_free (OpenimLogfile *self)
{
  if (self->sink != 0)
    openim_log_remove_sink (self->sink);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self->older);
  g_free (self);
}

GStrv
openim_logfile_get_paths (OpenimLogfile *self)
{
  const char *const paths[] = { self->older, self->path, NULL };

  return g_strdupv ((GStrv) paths);
}
