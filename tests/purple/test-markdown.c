/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/markdown.h"

#include <string.h>

typedef struct {
  const char *from;
  const char *to;
} Pair;

static void
test_markup (void)
{
  static const Pair pairs[] = {
    { "", "" },
    { "hello", "hello" },
    { "one\ntwo", "one<br>two" },
    { "**bold** and *light*", "<b>bold</b> and <i>light</i>" },
    { "__bold__ and _light_", "<b>bold</b> and <i>light</i>" },
    { "~~gone~~", "<s>gone</s>" },
    { "`a < b`", "<tt>a &lt; b</tt>" },
    { "# Head\n## Second", "<b>Head</b><br><b>Second</b>" },
    { "- one\n* two", "• one<br>• two" },
    { "1. one", "1. one" },
    { "```c\nif (a < b)\n```\nx", "<tt>if (a &lt; b)</tt><br>x" },
    { "[words](https://e.org/?a=1&b=2)",
      "<a href=\"https://e.org/?a=1&amp;b=2\">words</a> (https://e.org/?a=1&amp;b=2)" },
    { "[](http://e.org)", "<a href=\"http://e.org\">http://e.org</a>" },
    { "![a cat](http://e.org/cat.png)", "<a href=\"http://e.org/cat.png\">a cat</a> (http://e.org/cat.png)" },
    /* What is none. */
    { "2 * 3 * 4", "2 * 3 * 4" },
    { "snake_case_name", "snake_case_name" },
    { "**open", "**open" },
    { "\\*not\\*", "*not*" },
    { "#hashtag", "#hashtag" },
    { "> quoted", "&gt; quoted" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *html = openim_markdown_to_html (pairs[i].from);

    g_assert_cmpstr (html, ==, pairs[i].to);
  }
}

/* Nothing of it acts. */
static void
test_hostile (void)
{
  static const char *const texts[] = {
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html,<b>)",   "[x](file:///etc/passwd)",  "[x](https://e.org/\"onclick=\"alert(1))",
    "[x](https://e.org/ title)", "![x](vbscript:x)",         "**<img src=x onerror=alert(1)>**",
    "`</tt><script>`",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *html = openim_markdown_to_html (texts[i]);

    g_assert_null (strstr (html, "<script"));
    g_assert_null (strstr (html, "<img"));
    g_assert_null (strstr (html, "<a "));
  }
}

/* The same text twice as long takes about twice the time. */
static void
test_time (void)
{
  static const char *const bits[] = { "*", "_", "`", "[", "![", "**a ", "[a](", "\\" };

  for (guint i = 0; i < G_N_ELEMENTS (bits); i++) {
    GString *text = g_string_new (NULL);
    gint64 began = 0;

    while (text->len < 500000)
      g_string_append (text, bits[i]);
    began = g_get_monotonic_time ();
    g_free (openim_markdown_to_html (text->str));
    g_assert_cmpint (g_get_monotonic_time () - began, <, 10 * G_USEC_PER_SEC);
    g_string_free (text, TRUE);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/markdown/markup", test_markup);
  g_test_add_func ("/markdown/hostile", test_hostile);
  g_test_add_func ("/markdown/time", test_time);
  return g_test_run ();
}
