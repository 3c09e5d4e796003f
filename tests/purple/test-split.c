/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/split.h"

#include <string.h>

typedef struct {
  const char *text;
  gsize limit;
  const char *parts; /* with | between them */
} Case;

static void
test_cuts (void)
{
  static const Case cases[] = {
    { "", 16, "" },
    { "short", 16, "short" },
    { "0123456789abcdef", 16, "0123456789abcdef" },
    { "0123456789abcdefg", 16, "0123456789abcdef|g" },
    { "one two three four five", 16, "one two three|four five" },
    { "a line of it\nand another one", 16, "a line of it|and another one" },
    /* Three bytes each: five fit. */
    { "你好你好你好你好", 16, "你好你好你|好你好" },
    /* A family, joined of three, is not taken apart; nor is a letter from its accent. */
    { "0123456789ab👨‍👩‍👧", 24, "0123456789ab|👨‍👩‍👧" },
    { "0123456789abcdee\xcc\x81", 16, "0123456789abcde|e\xcc\x81" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (GStrv) parts = openim_split (cases[i].text, cases[i].limit);
    g_autofree char *joined = g_strjoinv ("|", parts);

    g_assert_cmpstr (joined, ==, cases[i].parts);
  }
}

/* Whatever it is, nothing is lost and every part fits. */
static void
test_whole (void)
{
  static const char *const pieces[] = {
    "word", " ", "\n", "你", "👨‍👩‍👧", "e\xcc\x81", "🇩🇪", "x"
  };

  for (guint round = 0; round < 500; round++) {
    GString *text = g_string_new (NULL);
    gsize limit = (gsize) g_test_rand_int_range (16, 200);

    for (int n = g_test_rand_int_range (0, 300); n > 0; n--)
      g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
    {
      g_auto (GStrv) parts = openim_split (text->str, limit);
      const char *rest = text->str;

      for (guint i = 0; parts[i] != NULL; i++) {
        g_assert_true (g_utf8_validate (parts[i], -1, NULL));
        g_assert_cmpuint (strlen (parts[i]), <=, limit);
        while (!g_str_has_prefix (rest, parts[i])) {
          g_assert_true (g_ascii_isspace (*rest));
          rest++;
        }
        rest += strlen (parts[i]);
      }
      g_assert_cmpuint (strspn (rest, " \n"), ==, strlen (rest));
    }
    g_string_free (text, TRUE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/split/cuts", test_cuts);
  g_test_add_func ("/split/whole", test_whole);
  return g_test_run ();
}
