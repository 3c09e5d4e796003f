/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/shown.h"

#include <glib/gstdio.h>

typedef struct {
  char *directory;
  char *file;
} Place;

static void
place_open (Place *place, gconstpointer data)
{
  place->directory = g_dir_make_tmp ("openim-shown-XXXXXX", NULL);
  place->file = g_build_filename (place->directory, "alice%2F1@host%3A10002.shown", NULL);
}

static void
place_close (Place *place, gconstpointer data)
{
  g_unlink (place->file);
  g_rmdir (place->directory);
  g_free (place->file);
  g_free (place->directory);
}

static OpenimShown *
open_it (Place *place)
{
  return openim_shown_open (place->directory, "http://host:10002", "alice/1");
}

static guint
count_lines (Place *place)
{
  g_autofree char *text = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (place->file, &text, NULL, NULL));
  for (const char *p = text; *p != '\0'; p++)
    n += *p == '\n';
  return n;
}

static void
test_remembers (Place *place, gconstpointer data)
{
  OpenimShown *shown = open_it (place);
  GStatBuf info;

  g_assert_cmpint (openim_shown_get_seq (shown, "si_alice_bob"), ==, 0);
  openim_shown_set_seq (shown, "si_alice_bob", 7);
  openim_shown_set_seq (shown, "si_alice_bob", 5);
  openim_shown_set_seq (shown, "sg_1", 3);
  g_assert_cmpint (openim_shown_get_seq (shown, "si_alice_bob"), ==, 7);
  openim_shown_add_own (shown, "0123");
  openim_shown_add_own (shown, "0123");
  g_assert_true (openim_shown_has_own (shown, "0123"));
  /* No free: as after a crash. */
  g_assert_cmpuint (count_lines (place), ==, 3);
  openim_shown_free (shown);
  g_assert_cmpint (g_stat (place->file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  shown = open_it (place);
  g_assert_cmpint (openim_shown_get_seq (shown, "si_alice_bob"), ==, 7);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_1"), ==, 3);
  g_assert_true (openim_shown_has_own (shown, "0123"));
  g_assert_false (openim_shown_has_own (shown, "4567"));
  openim_shown_free (shown);
}

/* What a crash or a disk may have left in the file. */
static void
test_damage (Place *place, gconstpointer data)
{
  static const char text[] =
      "7 sg_1\n\nnonsense\n= \n =x\n99999999999999999999 sg_2\n-4 sg_3\n5 a b\n\xff\xfe\n"
      "= abc\n9 sg_4\n8 sg_5";
  OpenimShown *shown = NULL;

  g_assert_true (g_file_set_contents (place->file, text, sizeof text - 1, NULL));
  shown = open_it (place);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_1"), ==, 7);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_2"), ==, 0);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_3"), ==, 0);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_4"), ==, 9);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_5"), ==, 0); /* the line was not finished */
  g_assert_true (openim_shown_has_own (shown, "abc"));
  openim_shown_set_seq (shown, "sg_6", 1);
  openim_shown_free (shown);

  /* The torn line does not swallow the next one. */
  shown = open_it (place);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_6"), ==, 1);
  openim_shown_free (shown);
}

/* The file does not grow for ever. */
static void
test_tidy (Place *place, gconstpointer data)
{
  OpenimShown *shown = open_it (place);

  for (gint64 seq = 1; seq <= 3000; seq++)
    openim_shown_set_seq (shown, "sg_1", seq);
  for (guint i = 0; i < 3000; i++) {
    g_autofree char *id = g_strdup_printf ("%04u", i);

    openim_shown_add_own (shown, id);
  }
  g_assert_false (openim_shown_has_own (shown, "0000"));
  openim_shown_free (shown);
  g_assert_cmpuint (count_lines (place), ==, 6000);
  openim_shown_free (open_it (place));
  g_assert_cmpuint (count_lines (place), <, 1500);
  shown = open_it (place);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_1"), ==, 3000);
  g_assert_true (openim_shown_has_own (shown, "2999"));
  openim_shown_rewind (shown, "sg_1", 5);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_1"), ==, 5);
  openim_shown_free (shown);
}

/* Without a place to write it works, only not for long. */
static void
test_nowhere (void)
{
  OpenimShown *shown = openim_shown_open ("/nonexistent/folder", "http://host:10002", "alice");

  openim_shown_set_seq (shown, "sg_1", 4);
  g_assert_cmpint (openim_shown_get_seq (shown, "sg_1"), ==, 4);
  openim_shown_free (shown);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shown/remembers", Place, NULL, place_open, test_remembers, place_close);
  g_test_add ("/shown/damage", Place, NULL, place_open, test_damage, place_close);
  g_test_add ("/shown/tidy", Place, NULL, place_open, test_tidy, place_close);
  g_test_add_func ("/shown/nowhere", test_nowhere);
  return g_test_run ();
}
