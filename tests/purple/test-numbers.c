/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/numbers.h"

#include <glib/gstdio.h>

/* Short numbers and what the file of them remembers. */

typedef struct {
  char *directory;
  char *file;
  OpenimConnection self;
} Place;

static void
place_open (Place *place, gconstpointer data)
{
  place->directory = g_dir_make_tmp ("openim-numbers-XXXXXX", NULL);
  place->file = g_build_filename (place->directory, "alice@host%3A10002.numbers", NULL);
  place->self.self_id = (char *) "alice";
  place->self.numbers = openim_numbers_open (place->directory, "http://host:10002", "alice");
}

static void
place_close (Place *place, gconstpointer data)
{
  openim_numbers_free (place->self.numbers);
  g_unlink (place->file);
  g_rmdir (place->directory);
  g_free (place->file);
  g_free (place->directory);
}

static void
reopen (Place *place)
{
  openim_numbers_free (place->self.numbers);
  place->self.numbers = openim_numbers_open (place->directory, "http://host:10002", "alice");
}

static void
note (Place *place, const char *group, const char *id, const char *text)
{
  OpenimMessage message = OPENIM__SDK__SHARED__IMMESSAGE__INIT;
  OpenimPeer peer = { OPENIM_SESSION_GROUP, group };

  message.clientmsgid = (char *) id;
  message.contenttype = 101;
  openim_numbers_note (&place->self, &peer, &message, text);
}

static guint
number_of (Place *place, const char *id)
{
  const OpenimNumbered *numbered = openim_numbers_find (place->self.numbers, id);

  return numbered != NULL ? numbered->number : 0;
}

static void
test_given_once (Place *place, gconstpointer data)
{
  note (place, "1", "a", "first\nline");
  note (place, "1", "b", "second");
  note (place, "2", "c", "elsewhere");
  note (place, "1", "a", "first again");
  g_assert_cmpuint (number_of (place, "a"), ==, 1);
  g_assert_cmpuint (number_of (place, "b"), ==, 2);
  g_assert_cmpuint (number_of (place, "c"), ==, 1);
  g_assert_cmpstr (openim_numbers_find (place->self.numbers, "a")->excerpt, ==, "first line");
  g_assert_cmpstr (openim_numbers_get (place->self.numbers, "sg_1", 2)->client_msg_id, ==, "b");
  g_assert_null (openim_numbers_get (place->self.numbers, "sg_1", 3));
  g_assert_null (openim_numbers_get (place->self.numbers, "sg_9", 1));

  reopen (place);
  note (place, "1", "d", "third");
  g_assert_cmpuint (number_of (place, "a"), ==, 1);
  g_assert_cmpuint (number_of (place, "d"), ==, 3);
  g_assert_null (openim_numbers_find (place->self.numbers, "a")->excerpt);
}

static void
test_keeps_some (Place *place, gconstpointer data)
{
  for (guint i = 1; i <= OPENIM_NUMBERS_KEPT + 10; i++) {
    g_autofree char *id = g_strdup_printf ("m%u", i);

    note (place, "1", id, "");
  }
  for (guint round = 0; round < 2; round++) {
    g_assert_cmpuint (openim_numbers_get_last (place->self.numbers, "sg_1"), ==, OPENIM_NUMBERS_KEPT + 10);
    g_assert_cmpuint (number_of (place, "m10"), ==, 0);
    g_assert_cmpuint (number_of (place, "m11"), ==, 11);
    reopen (place);
  }
}

static void
test_unsure (Place *place, gconstpointer data)
{
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) one = NULL;

  note (place, "1", "a", "");
  note (place, "1", "b", "");
  openim_numbers_set_unsure (place->self.numbers, "a", TRUE);
  openim_numbers_set_unsure (place->self.numbers, "b", TRUE);
  openim_numbers_set_unsure (place->self.numbers, "a", FALSE);
  openim_numbers_set_unsure (place->self.numbers, "unknown", TRUE);
  reopen (place);
  one = openim_numbers_get_unsure (place->self.numbers);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpstr (((OpenimNumbered *) g_ptr_array_index (one, 0))->client_msg_id, ==, "b");
  g_assert_false (((OpenimNumbered *) g_ptr_array_index (one, 0))->waited_for);
  openim_numbers_set_unsure (place->self.numbers, "b", FALSE);
  reopen (place);
  none = openim_numbers_get_unsure (place->self.numbers);
  g_assert_cmpuint (none->len, ==, 0);
}

/* A file that somebody has spoilt, or that was cut off. */
static void
test_damaged (Place *place, gconstpointer data)
{
  g_assert_true (
      g_file_set_contents (place->file,
                           "1 a sg_1\n0 z sg_1\nnonsense\n2 b\n2\n\n-1 c sg_1\n99999999999999999999 d sg_1\n"
                           "5 e sg_1\n4 f sg_1\n?\n?nobody\n!\n6 g sg_",
                           -1, NULL));
  reopen (place);
  g_assert_cmpuint (number_of (place, "a"), ==, 1);
  g_assert_cmpuint (number_of (place, "e"), ==, 5);
  g_assert_cmpuint (number_of (place, "f"), ==, 0);
  g_assert_cmpuint (number_of (place, "g"), ==, 0);
  note (place, "1", "h", "");
  reopen (place);
  g_assert_cmpuint (number_of (place, "h"), ==, 6);
  g_assert_cmpuint (number_of (place, "g"), ==, 0);
}

static void
test_excerpt (void)
{
  static const struct {
    const char *text;
    const char *excerpt;
  } cases[] = {
    { "", "" },
    { " two\nlines\t", "two lines" },
    { "> Bob: well?\n> then\nyes", "yes" },
    { "> all of it", "> all of it" },
    { "0123456789012345678901234567890123456789012345678901234567890123456789012345678é",
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678é" },
    { "0123456789012345678901234567890123456789012345678901234567890123456789012345678éé",
      "0123456789012345678901234567890123456789012345678901234567890123456789012345678…" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *excerpt = openim_excerpt (cases[i].text);

    g_assert_cmpstr (excerpt, ==, cases[i].excerpt);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/numbers/given-once", Place, NULL, place_open, test_given_once, place_close);
  g_test_add ("/numbers/keeps-some", Place, NULL, place_open, test_keeps_some, place_close);
  g_test_add ("/numbers/unsure", Place, NULL, place_open, test_unsure, place_close);
  g_test_add ("/numbers/damaged", Place, NULL, place_open, test_damaged, place_close);
  g_test_add_func ("/numbers/excerpt", test_excerpt);
  return g_test_run ();
}
