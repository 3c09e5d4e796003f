/* SPDX-License-Identifier: GPL-3.0-or-later */

/* How long sounds last: asked of the real GStreamer where it is installed, and without it. The library is
 * looked for once in a process, so there is a process for each. */

#include <glib/gstdio.h>
#include <string.h>

#include "base/duration.h"

#define RATE 8000 /* samples a second, one byte each */

/* (transfer full) The path of a sound so many milliseconds long. */
static char *
make_sound (guint ms)
{
  g_autoptr (GByteArray) wave = g_byte_array_new ();
  guint32 length = RATE / 1000 * ms;
  const guint32 riff[] = { GUINT32_TO_LE (36 + length) }, size[] = { GUINT32_TO_LE (16) },
                rate[] = { GUINT32_TO_LE (RATE), GUINT32_TO_LE (RATE) }, data[] = { GUINT32_TO_LE (length) };
  const guint16 pcm[] = { GUINT16_TO_LE (1), GUINT16_TO_LE (1) },
                block[] = { GUINT16_TO_LE (1), GUINT16_TO_LE (8) };
  g_autofree guint8 *silence = g_malloc (length);
  char *path = g_build_filename (g_get_tmp_dir (), "openim-sound.wav", NULL);

  memset (silence, 128, length);
  g_byte_array_append (wave, (const guint8 *) "RIFF", 4);
  g_byte_array_append (wave, (const guint8 *) riff, sizeof riff);
  g_byte_array_append (wave, (const guint8 *) "WAVEfmt ", 8);
  g_byte_array_append (wave, (const guint8 *) size, sizeof size);
  g_byte_array_append (wave, (const guint8 *) pcm, sizeof pcm);
  g_byte_array_append (wave, (const guint8 *) rate, sizeof rate);
  g_byte_array_append (wave, (const guint8 *) block, sizeof block);
  g_byte_array_append (wave, (const guint8 *) "data", 4);
  g_byte_array_append (wave, (const guint8 *) data, sizeof data);
  g_byte_array_append (wave, silence, length);
  g_assert_true (g_file_set_contents (path, (const char *) wave->data, wave->len, NULL));
  return path;
}

static gint64
duration_of (guint ms)
{
  g_autofree char *path = make_sound (ms);
  gint64 seconds = openim_duration_read (path);

  g_unlink (path);
  return seconds;
}

static void
test_real (void)
{
  g_autofree char *text = g_build_filename (g_get_tmp_dir (), "openim-text.wav", NULL);

  if (duration_of (1000) == 0) {
    g_test_skip ("GStreamer with its good plugins is not installed");
    return;
  }
  g_assert_cmpint (duration_of (7200), ==, 7);
  g_assert_cmpint (duration_of (7800), ==, 8);
  g_assert_cmpint (duration_of (100), ==, 1);
  g_assert_true (g_file_set_contents (text, "no sound at all", -1, NULL));
  g_assert_cmpint (openim_duration_read (text), ==, 0);
  g_unlink (text);
  g_assert_cmpint (openim_duration_read ("/no/such/file.wav"), ==, 0);
}

/* A library that is another one than its name says, as if there was none. */
static void
test_without (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *library = NULL;
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  char *words[] = { self, (char *) "-p", (char *) "/duration/none", NULL };
  int status;

  folder = g_dir_make_tmp ("openim-none-XXXXXX", &error);
  g_assert_no_error (error);
  library = g_build_filename (folder, "libgstpbutils-1.0.so.0", NULL);
  g_assert_true (g_file_set_contents (library, "nothing", -1, NULL));
  environment = g_environ_setenv (environment, "LD_LIBRARY_PATH", folder, TRUE);
  g_assert_true (g_spawn_sync (NULL, words, environment, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                               &status, NULL));
  g_assert_cmpint (status, ==, 0);
  g_unlink (library);
  g_rmdir (folder);
}

/* Alone in its process. */
static void
test_none (void)
{
  g_assert_cmpint (duration_of (7200), ==, 0);
}

int
main (int argc, char **argv)
{
  gboolean child = g_getenv ("LD_LIBRARY_PATH") != NULL && argc == 3;

  g_test_init (&argc, &argv, NULL);
  if (child) {
    g_test_add_func ("/duration/none", test_none);
    return g_test_run ();
  }
  g_test_add_func ("/duration/real", test_real);
  g_test_add_func ("/duration/without", test_without);
  return g_test_run ();
}
