/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What others write shows as they wrote it and does nothing else; what libpurple's entries make of what a
 * person types becomes plain text. */

#include "fuzz.h"

#include <string.h>

#include <glib.h>

#include "base/gate.h"
#include "purple/markdown.h"
#include "purple/markup.h"
#include "purple/split.h"

/* The only elements that may come, each closed again in order, and links that lead to the web only. */
static void
check_html (const char *html)
{
  static const char *const elements[] = { "b", "i", "s", "tt", "a" };
  const char *open[64] = { NULL };
  guint depth = 0;

  g_assert_true (g_utf8_validate (html, -1, NULL));
  for (const char *p = html; *p != '\0'; p++) {
    gboolean known = FALSE;

    g_assert_true (*p != '>');
    if (*p != '<')
      continue;
    if (g_str_has_prefix (p, "<br>")) {
      p += strlen ("<br>") - 1;
      continue;
    }
    for (guint i = 0; i < G_N_ELEMENTS (elements) && !known; i++) {
      g_autofree char *begin =
          g_strdup_printf (i == G_N_ELEMENTS (elements) - 1 ? "<%s href=\"http" : "<%s>", elements[i]);
      g_autofree char *end = g_strdup_printf ("</%s>", elements[i]);

      known = TRUE;
      if (g_str_has_prefix (p, end)) {
        g_assert_cmpuint (depth, >, 0);
        g_assert_true (open[--depth] == elements[i]);
        p += strlen (end) - 1;
      } else if (g_str_has_prefix (p, begin)) {
        g_assert_cmpuint (depth, <, G_N_ELEMENTS (open));
        open[depth++] = elements[i];
        p += strlen (begin);
        if (elements[i][0] == 'a')
          p += strcspn (p, "\"<>' ") + 1;
        g_assert_true (p[-1] == '>' || *p == '>');
        p -= p[-1] == '>';
      } else
        known = FALSE;
    }
    g_assert_true (known);
  }
  g_assert_cmpuint (depth, ==, 0);
}

static void
check_text (const char *text)
{
  g_autofree char *clean = openim_gate_text (text, -1, 0, FALSE);
  g_autofree char *html = openim_markup_from_text (text);
  g_autofree char *markdown = openim_markdown_to_html (text);
  g_autofree char *back = openim_markup_to_text (html);

  check_html (html);
  check_html (markdown);
  g_assert_cmpstr (back, ==, g_strchomp (clean));
}

static void
check_parts (const char *text, gsize limit)
{
  g_autofree char *clean = openim_gate_text (text, -1, 0, FALSE);
  g_auto (GStrv) parts = openim_split (clean, limit);
  const char *rest = clean;

  for (guint i = 0; parts[i] != NULL; i++) {
    g_assert_true (g_utf8_validate (parts[i], -1, NULL));
    g_assert_cmpuint (strlen (parts[i]), <=, limit);
    while (!g_str_has_prefix (rest, parts[i]) && g_ascii_isspace (*rest))
      rest++;
    g_assert_true (g_str_has_prefix (rest, parts[i]));
    rest += strlen (parts[i]);
  }
  g_assert_cmpuint (strspn (rest, " \t\n"), ==, strlen (rest));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;

  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *plain = openim_markup_to_text (text);

  g_assert_true (g_utf8_validate (plain, -1, NULL));
  check_text (text);
  check_parts (text, 16u + data[0]);
  return 0;
}
