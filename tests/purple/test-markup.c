/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/markup.h"

#include <string.h>

typedef struct {
  const char *from;
  const char *to;
} Pair;

static void
test_from_text (void)
{
  static const Pair pairs[] = {
    { "", "" },
    { "hello", "hello" },
    { "1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2" },
    { "<b>\"x\"</b>", "&lt;b&gt;&quot;x&quot;&lt;/b&gt;" },
    { "one\ntwo", "one<br>two" },
    { "one\r\ntwo", "one<br>two" },
    { "&amp;", "&amp;amp;" },
    { "\xe4\xbd\xa0\xe5\xa5\xbd", "\xe4\xbd\xa0\xe5\xa5\xbd" },
    { "a\x01\x1b[31mb", "a[31mb" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *html = openim_markup_from_text (pairs[i].from);

    g_assert_cmpstr (html, ==, pairs[i].to);
  }
}

static void
test_to_text (void)
{
  static const Pair pairs[] = {
    { "", "" },
    { "hello", "hello" },
    { "1 &lt; 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2" },
    { "&amp;lt;", "&lt;" },
    { "it&apos;s &quot;so&quot;", "it's \"so\"" },
    { "one<br>two<BR/>three<br />four", "one\ntwo\nthree\nfour" },
    { "<b>bold</b> <font color=\"#ff0000\">red</font>", "bold red" },
    { "<p>one</p><p>two</p>", "one\ntwo" },
    { "<div>one</div><div>two</div>three", "one\ntwo\nthree" },
    { "<pre>x</pre>", "x" },
    { "last line<br>", "last line" },
    { "&#20320;&#x597d;", "\xe4\xbd\xa0\xe5\xa5\xbd" },
    { "a&nbsp;b", "a b" },
    { "<span title=\"a > b\">words</span>", "words" },
    { "<img id=\"3\">caption", "caption" },
    { "<!-- nothing -->something", "something" },
    { "<ul><li>one</li><li>two</li></ul>three", "- one\n- two\nthree" },
    { "x<ol><li>one<li>two<ul><li>in</ul></ol>", "x\n1. one\n2. two\n  - in" },
    { "<h1>Head</h1>text<blockquote>said</blockquote>", "Head\ntext\nsaid" },
    { "<style>b { color: red }</style>words<script>alert(\"</b>\")</script>!", "words!" },
    { "<title>x", "" },
    /* Links. */
    { "<a href=\"http://example.org/\">http://example.org/</a>", "http://example.org/" },
    { "<A HREF=\"http://example.org/\">example.org</A>", "example.org" },
    { "<a href=\"https://example.org/x\">here</a>!", "here (https://example.org/x)!" },
    { "<a href=\"http://e.org/?a=1&amp;b=2\">http://e.org/?a=1&amp;b=2</a>", "http://e.org/?a=1&b=2" },
    { "<a href=\"mailto:bob@example.org\">bob@example.org</a>", "bob@example.org" },
    { "<a href='http://example.org/'><b>bold</b></a>", "bold (http://example.org/)" },
    { "<a href=\"http://example.org/\"></a>", "http://example.org/" },
    { "<a name=\"x\">words</a>", "words" },
    { "<a title=\"x\" href=http://e.org>words</a>", "words (http://e.org)" },
    /* What is no markup stays. */
    { "hi <there", "hi <there" },
    { "a < b", "a < b" },
    { "1<2>1", "1<2>1" },
    { "R&D", "R&D" },
    { "R&D;", "R&D;" },
    { "&;", "&;" },
    { "&unknown;", "&unknown;" },
    { "&#0;&#x110000;&#55296;&#1;", "&#0;&#x110000;&#55296;&#1;" },
    { "&#99999999999999999999;", "&#99999999999999999999;" },
    { "&#x;&#;", "&#x;&#;" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *text = openim_markup_to_text (pairs[i].from);

    g_assert_cmpstr (text, ==, pairs[i].to);
  }
}

/* What is written as text is read back as it was. */
static void
test_there_and_back (void)
{
  static const char *const texts[] = {
    "hello", "<b>&amp;</b>", "one\ntwo\n\nthree", "a  b", "100 % \"sure\"", "&#20320;", "'",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *html = openim_markup_from_text (texts[i]);
    g_autofree char *text = openim_markup_to_text (html);

    g_assert_cmpstr (text, ==, texts[i]);
  }
}

static void
check_any (const char *input)
{
  g_autofree char *html = openim_markup_from_text (input);
  g_autofree char *text = openim_markup_to_text (input);

  g_assert_true (g_utf8_validate (html, -1, NULL));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *p = html; (p = strchr (p, '<')) != NULL; p++)
    g_assert_true (g_str_has_prefix (p, "<br>"));
}

/* Nothing breaks it, and nothing in a message becomes markup but line breaks. */
static void
test_hostile (void)
{
  static const char *const bits[] = { "<",    ">", "&", "\"",  "'",      "<a href=\"", "</a>",     "&lt;",
                                      "&#",   ";", "x", "<br", "\n",     "\xff",       "\xe4\xbd", "<!--",
                                      "\x7f", "=", " ", "<a ", "href=&", "\t" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  g_autofree char *many = g_strnfill (100000, '<');
  g_autoptr (GString) links = g_string_new (NULL);

  check_any (many);
  for (guint i = 0; i < 20000; i++)
    g_string_append (links, "<a href=\"");
  check_any (links->str);
  for (guint i = 0; i < 20000; i++) {
    g_autoptr (GString) text = g_string_new (NULL);

    for (int n = g_rand_int_range (rand, 0, 12); n > 0; n--)
      g_string_append (text, bits[g_rand_int_range (rand, 0, G_N_ELEMENTS (bits))]);
    check_any (text->str);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/markup/from-text", test_from_text);
  g_test_add_func ("/markup/to-text", test_to_text);
  g_test_add_func ("/markup/there-and-back", test_there_and_back);
  g_test_add_func ("/markup/hostile", test_hostile);
  return g_test_run ();
}
