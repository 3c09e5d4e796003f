/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files that are larger than the memory that they may cost. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "desk.h"

#define MB (G_GINT64_CONSTANT (1024) * 1024)
#define MORE_AT_MOST (12 * 1024) /* KiB */

/* KiB that the process has had at most. */
static gint64
peak (Visitor *visitor)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", visitor_pid (visitor));
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "VmHWM:");
  g_assert_nonnull (line);
  return g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10);
}

/* Mostly a hole. (transfer full) the path. */
static char *
make_sparse (Desk *desk, gint64 size)
{
  char *path = g_build_filename (desk->folder, "large.bin", NULL);
  int fd = g_open (path, O_CREAT | O_RDWR, 0600);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (ftruncate (fd, size), ==, 0);
  for (gint64 at = 0; at + (gint64) sizeof at <= size; at += 100 * MB)
    g_assert_cmpint (pwrite (fd, &at, sizeof at, at), ==, sizeof at);
  close (fd);
  return path;
}

/* By way of its head: the rest is checked by the hashes of its parts. */
static void
assert_size (const char *url, gint64 size)
{
  g_autoptr (GSubprocess) python =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, NULL, "python3", "-c",
                        "import sys, urllib.request\n"
                        "print(urllib.request.urlopen(sys.argv[1]).headers['Content-Length'])",
                        url, NULL);
  char *text = NULL;

  g_assert_true (g_subprocess_communicate_utf8 (python, NULL, NULL, &text, NULL, NULL));
  g_assert_cmpint (g_ascii_strtoll (text, NULL, 10), ==, size);
  g_free (text);
}

static void
test_large (gconstpointer megabytes)
{
  gint64 size = GPOINTER_TO_INT (megabytes) * MB + 1;
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = make_sparse (desk, size);
  g_autofree char *small = desk_put (desk, "small", "x", 1);
  g_autofree char *url = NULL;
  gint64 before;

  g_free (desk_upload (ann, small, ""));
  before = peak (ann);
  url = desk_upload (ann, path, "");
  g_test_message ("%" G_GINT64_FORMAT " MB: %" G_GINT64_FORMAT " KiB more than %" G_GINT64_FORMAT, size / MB,
                  peak (ann) - before, before);
  g_assert_cmpint (peak (ann) - before, <, MORE_AT_MOST);
  assert_size (url, size);

  desk_free (desk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/door/large/100-MB", GINT_TO_POINTER (100), test_large);
  g_test_add_data_func ("/door/large/3-GB", GINT_TO_POINTER (3 * 1024), test_large);
  return g_test_run ();
}
