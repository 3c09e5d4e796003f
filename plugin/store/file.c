/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#define LOG "openim-store"
#define LOCK_PATIENCE 5000 /* ms */
#define LOCK_PAUSE 10      /* ms */
#define MARK_PLACE 32      /* in the lock file; the number of the process is shorter */
#define NAME_MAX_BYTES 200 /* file systems allow 255, with the endings */

/* ---- names */

char *
openim_store_file_path (const char *dir, const char *server, const char *user_id)
{
  const char *scheme = strstr (server, "://");
  g_autofree char *address = g_ascii_strdown (scheme != NULL ? scheme + 3 : server, -1);
  gsize length = strlen (address);

  while (length > 0 && address[length - 1] == '/')
    address[--length] = '\0';

  /* The last '-' parts the two: in the user ID it is escaped. */
  g_autofree char *host = g_uri_escape_string (address, NULL, FALSE);
  g_autofree char *escaped = g_uri_escape_string (user_id, NULL, FALSE);
  g_auto (GStrv) parts = g_strsplit (escaped, "-", -1);
  g_autofree char *user = g_strjoinv ("%2D", parts);
  g_autofree char *name = g_strdup_printf ("%s-%s", host, user);
  if (strlen (name) > NAME_MAX_BYTES) {
    g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
    memcpy (name + NAME_MAX_BYTES - strlen (sum), sum, strlen (sum) + 1);
  }
  g_autofree char *file = g_strconcat (name, ".db", NULL);
  return g_build_filename (dir, file, NULL);
}

/* ---- folder, file, lock */

static gboolean
set_file_error (const char *path, GError **error)
{
  int code = errno;

  openim_log (LOG, OPENIM_LOG_ERROR, "the file of the store: %s", g_strerror (code));
  if (code == ENOSPC || code == EDQUOT)
    g_set_error (
        error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
        _ ("The disk is full, messages cannot be stored in %s. Free some space, then connect again."), path);
  else
    g_set_error (
        error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
        _ ("Messages cannot be stored: %s cannot be written (%s). Change the permissions of the file "
           "and its folder, then connect again."),
        path, g_strerror (code));
  return FALSE;
}

static gboolean
make_folder (const char *path, GError **error)
{
  g_autofree char *dir = g_path_get_dirname (path);

  return g_mkdir_with_parents (dir, 0700) == 0 || set_file_error (dir, error);
}

/* SQLite would let the umask decide; its journals take over the mode of the file. */
static gboolean
make_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return set_file_error (path, error);
  close (fd);
  return TRUE;
}

/* Who holds the lock, as a text. */
static const char *
read_owner (int fd, char *owner, gsize size)
{
  ssize_t length = pread (fd, owner, size - 1, 0);

  owner[MAX (length, 0)] = '\0';
  return g_strchomp (owner);
}

/* An account that this process has just closed still writes its last jobs, and whoever ends takes his number
 * out before he lets go: both are over in a moment. */
static gboolean
is_closing (const char *owner, gint64 deadline)
{
  gboolean own = *owner == '\0' || g_ascii_strtoll (owner, NULL, 10) == getpid ();

  if (!own || openim_clock_monotonic () >= deadline)
    return FALSE;
  g_usleep (LOCK_PAUSE * 1000);
  return TRUE;
}

/* What was marked last, by whichever process. */
static guint64
read_mark (int fd)
{
  guint64 mark = 0;

  return pread (fd, &mark, sizeof mark, MARK_PLACE) == sizeof mark ? mark : 0;
}

void
openim_store_file_mark (int lock, guint64 mark)
{
  if (pwrite (lock, &mark, sizeof mark, MARK_PLACE) != sizeof mark)
    openim_log (LOG, OPENIM_LOG_WARNING, "the lock file: %s", g_strerror (errno));
}

/* The lock file holds the number of the process while the store is open, and behind it what was marked last.
 * The mark outlives a process that makes none. */
static gboolean
lock (OpenimStoreFile *file, gboolean *unclean, guint64 *mark, GError **error)
{
  g_autofree char *path = g_strconcat (file->path, ".lock", NULL);
  gint64 deadline = openim_clock_monotonic () + LOCK_PATIENCE;
  char owner[32] = "";
  gboolean locked;
  int code;

  file->lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file->lock < 0)
    return set_file_error (path, error);

  do {
    locked = flock (file->lock, LOCK_EX | LOCK_NB) == 0;
    code = locked ? 0 : errno;
  } while (code == EWOULDBLOCK && is_closing (read_owner (file->lock, owner, sizeof owner), deadline));
  if (locked) {
    *unclean = *read_owner (file->lock, owner, sizeof owner) != '\0';
    *mark = read_mark (file->lock);
    return TRUE;
  }
  if (code == EWOULDBLOCK)
    g_set_error (
        error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
        _ ("This account is already in use here, by process %s. Close the other program, then connect "
           "again."),
        *owner != '\0' ? owner : "?");
  else {
    errno = code;
    set_file_error (path, error);
  }
  close (file->lock);
  file->lock = -1;
  return FALSE;
}

static gboolean
mark_in_use (OpenimStoreFile *file, GError **error)
{
  char owner[MARK_PLACE] = "";

  g_snprintf (owner, sizeof owner, "%d\n", (int) getpid ());
  if (pwrite (file->lock, owner, sizeof owner, 0) == sizeof owner)
    return TRUE;
  return set_file_error (file->path, error);
}

/* Nothing is deleted: somebody may want to look at it. */
static gboolean
move_aside (const char *path, GError **error)
{
  static const char *const endings[] = { "", "-wal", "-shm" };
  g_autofree char *aside = g_strdup_printf ("%s.corrupt-%" G_GINT64_FORMAT, path, openim_clock_now ());

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *from = g_strconcat (path, endings[i], NULL);
    g_autofree char *to = g_strconcat (aside, endings[i], NULL);
    if (g_rename (from, to) != 0 && errno != ENOENT)
      return set_file_error (from, error);
  }
  openim_log (LOG, OPENIM_LOG_WARNING, "a damaged file was moved aside");
  return TRUE;
}

gboolean
openim_store_file_open (OpenimStoreFile *file, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  gboolean unclean = FALSE, damaged;
  guint64 mark = 0;

  *file = (OpenimStoreFile){ .path = g_strdup (path), .lock = -1 };
  if (!make_folder (path, error) || !lock (file, &unclean, &mark, error) || !mark_in_use (file, error) ||
      !make_file (path, error))
    return FALSE;

  file->db = openim_db_open (path, unclean, &damaged, &local);
  if (file->db == NULL && damaged) {
    g_clear_error (&local);
    if (!move_aside (path, error) || !make_file (path, error))
      return FALSE;
    file->was_corrupt = TRUE;
    file->db = openim_db_open (path, FALSE, &damaged, &local);
  }
  if (file->db == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    file->db->last_mark = mark;
  return file->db != NULL;
}

void
openim_store_file_close (OpenimStoreFile *file)
{
  gboolean damaged = file->db != NULL && file->db->damaged;

  g_clear_pointer (&file->db, openim_db_close);
  if (file->lock >= 0) {
    static const char nobody[MARK_PLACE] = "";

    /* A number that stays makes the next start look through the file. */
    if (!damaged && pwrite (file->lock, nobody, sizeof nobody, 0) != sizeof nobody)
      openim_log (LOG, OPENIM_LOG_WARNING, "the lock file: %s", g_strerror (errno));
    close (file->lock);
    file->lock = -1;
  }
  g_clear_pointer (&file->path, g_free);
}
