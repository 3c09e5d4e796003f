/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gate.h"
#include "base/picture.h"

#define NAME_MAX_BYTES 200
#define SUFFIX_MAX_BYTES 20

static void
set_unreadable (GError **error, const char *path, int reason)
{
  g_autofree char *name = g_filename_display_basename (path);

  if (reason == ENOENT || reason == ENOTDIR)
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_FILE_NOT_FOUND, _ ("There is no file “%s”."), name);
  else
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_FILE_NOT_FOUND, _ ("The file “%s” cannot be read: %s."),
                 name, g_strerror (reason));
}

int
openim_disk_open (const char *path, gint64 *size, GError **error)
{
  struct stat info;
  int fd;

  if (*path == '\0') {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, _ ("No file was named."));
    return -1;
  }

  /* Without O_NONBLOCK opening a pipe that nobody writes to would never end. */
  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  if (fd < 0 || fstat (fd, &info) != 0) {
    set_unreadable (error, path, errno);
  } else if (!S_ISREG (info.st_mode)) {
    g_autofree char *name = g_filename_display_basename (path);

    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_FILE_NOT_FOUND, _ ("“%s” is not a file that can be sent."),
                 name);
  } else if (info.st_size == 0) {
    g_autofree char *name = g_filename_display_basename (path);

    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, _ ("The file “%s” is empty."), name);
  } else {
    *size = info.st_size;
    return fd;
  }

  if (fd >= 0)
    close (fd);
  return -1;
}

gssize
openim_disk_read (int fd, gpointer buffer, gsize length, gint64 offset, GError **error)
{
  gsize got = 0;

  while (got < length) {
    gssize n = pread (fd, (guint8 *) buffer + got, length - got, offset + (gint64) got);

    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_FILE_NOT_FOUND, _ ("The file cannot be read: %s."),
                   g_strerror (errno));
      return -1;
    }
    if (n == 0)
      break;
    got += (gsize) n;
  }
  return (gssize) got;
}

char *
openim_disk_guess_type (const char *name, const guint8 *head, gsize length)
{
  OpenimPicture picture;
  g_autofree char *guess = NULL;
  char *type;

  if (openim_picture_read (head, length, &picture))
    return g_strdup (picture.type);
  guess = g_content_type_guess (name, head, length, NULL);
  type = g_content_type_get_mime_type (guess);
  return type != NULL ? type : g_strdup ("application/octet-stream");
}

/* Marks that make a name look like another one: "photo_gpj.exe" backwards. */
static void
drop_marks (char *text)
{
  static const char *const marks[] = { "\u200e", "\u200f", "\u061c", "\u200b", "\ufeff" };

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++) {
    for (char *at = strstr (text, marks[i]); at != NULL; at = strstr (at, marks[i]))
      memmove (at, at + strlen (marks[i]), strlen (at + strlen (marks[i])) + 1);
  }
}

/* Names that are no files on disks which other systems read too, whatever their suffix. */
static gboolean
is_device (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul" };
  gsize length = strcspn (name, ". ");

  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    if (length == 3 && g_ascii_strncasecmp (name, devices[i], 3) == 0)
      return TRUE;
  return length == 4 && g_ascii_isdigit (name[3]) &&
         (g_ascii_strncasecmp (name, "com", 3) == 0 || g_ascii_strncasecmp (name, "lpt", 3) == 0);
}

char *
openim_disk_clean_name (const char *name)
{
  g_autofree char *text = openim_gate_text (name, -1, 0, TRUE);
  const char *dot;
  g_autofree char *suffix = NULL;
  g_autofree char *stem = NULL;
  gsize length;

  drop_marks (text);
  for (char *at = text; *at != '\0'; at++) {
    if (strchr ("/\\?#%\"<>|*:&", *at) != NULL)
      *at = '_';
  }
  for (length = strlen (text); length > 0 && strchr (". ", text[length - 1]) != NULL; length--)
    text[length - 1] = '\0';
  dot = strrchr (text, '.');
  if (dot == NULL || strlen (dot) > SUFFIX_MAX_BYTES)
    dot = text + strlen (text);
  suffix = g_strdup (dot);
  stem = openim_gate_text (text, dot - text, NAME_MAX_BYTES - strlen (suffix), TRUE);
  /* Nor may it be a step in a path. */
  if (*stem == '\0')
    return g_strconcat ("file", suffix, NULL);
  return g_strconcat (*stem == '.' || is_device (stem) ? "_" : "", stem, suffix, NULL);
}

gboolean
openim_disk_is_public (const char *path)
{
  g_autofree char *real = realpath (path, NULL);
  struct stat info;

  if (real == NULL || stat (real, &info) != 0 || !S_ISREG (info.st_mode) || (info.st_mode & S_IROTH) == 0)
    return FALSE;
  for (char *slash = strrchr (real, '/'); slash != NULL && slash != real; slash = strrchr (real, '/')) {
    *slash = '\0';
    if (stat (real, &info) != 0 || (info.st_mode & S_IXOTH) == 0)
      return FALSE;
  }
  return TRUE;
}
