/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/markdown.h"

#include <string.h>

#include "base/gate.h"
#include "purple/markup.h"

#define LINK_MAX 2048 /* bytes of a link's words or address */

static void
append_escaped (GString *html, const char *text, gsize length)
{
  g_autofree char *part = g_strndup (text, length);
  g_autofree char *escaped = openim_markup_from_text (part);

  g_string_append (html, escaped);
}

static gboolean
is_safe (const char *address)
{
  if (!g_str_has_prefix (address, "http://") && !g_str_has_prefix (address, "https://"))
    return FALSE;
  for (const char *p = address; *p != '\0'; p++)
    if ((guchar) *p <= ' ' || strchr ("\"'<>`", *p) != NULL)
      return FALSE;
  return TRUE;
}

/* "[words](address)" at @p, or an image's, whose words stand for it: what follows it, NULL when it is none.
 */
static const char *
append_link (GString *html, const char *p)
{
  const char *words = p + 1 + (*p == '!');
  const char *middle = memchr (words, ']', strnlen (words, LINK_MAX));
  const char *end =
      middle != NULL && middle[1] == '(' ? memchr (middle, ')', strnlen (middle, LINK_MAX)) : NULL;
  g_autofree char *address = NULL;
  g_autofree char *attribute = NULL;
  g_autofree char *said = NULL;

  if (end == NULL || memchr (words, '\n', (gsize) (end - words)) != NULL)
    return NULL;
  address = g_strndup (middle + 2, (gsize) (end - middle - 2));
  if (!is_safe (address))
    return NULL;
  said = g_strndup (words, (gsize) (middle - words));
  attribute = openim_markup_from_text (address);
  g_string_append_printf (html, "<a href=\"%s\">", attribute);
  append_escaped (html, *said != '\0' ? said : address, strlen (*said != '\0' ? said : address));
  g_string_append (html, "</a>");
  /* One sees where it leads. */
  if (*said != '\0' && !g_str_equal (said, address))
    g_string_append_printf (html, " (%s)", attribute);
  return end + 1;
}

/* Where a mark of @n equal characters ends again in this line; NULL: nowhere. */
static const char *
find_mark (const char *p, const char *end, char mark, gsize n)
{
  for (const char *q = p; q + n <= end; q++) {
    gsize length = 0;

    if (*q != mark)
      continue;
    while (q + length < end && q[length] == mark)
      length++;
    if (length == n && q > p && !g_ascii_isspace (q[-1]))
      return q;
    q += length - 1;
  }
  return NULL;
}

static void
append_inline (GString *html, const char *p, const char *end)
{
  static const struct {
    const char *mark;
    const char *element;
  } spans[] = { { "**", "b" }, { "__", "b" }, { "~~", "s" }, { "*", "i" }, { "_", "i" } };
  const char *start = p;
  guint tries = 0;

  while (p < end) {
    const char *next = NULL;
    gsize n = 0;
    guint i = 0;

    if (*p == '\\' && p + 1 < end && g_ascii_ispunct (p[1])) {
      append_escaped (html, p + 1, 1);
      p += 2;
      continue;
    }
    if (*p == '`' && (next = memchr (p + 1, '`', (gsize) (end - p - 1))) != NULL) {
      g_string_append (html, "<tt>");
      append_escaped (html, p + 1, (gsize) (next - p - 1));
      g_string_append (html, "</tt>");
      p = next + 1;
      continue;
    }
    if ((*p == '[' || (*p == '!' && p[1] == '[')) && (next = append_link (html, p)) != NULL) {
      p = MIN (next, end);
      continue;
    }
    for (i = 0; i < G_N_ELEMENTS (spans); i++) {
      n = strlen (spans[i].mark);
      if ((gsize) (end - p) <= n || strncmp (p, spans[i].mark, n) != 0 || g_ascii_isspace (p[n]) ||
          p[n] == *p || tries++ > 50 ||
          (*p == '_' && p > start && g_ascii_isalnum (p[-1]))) /* snake_case is no emphasis */
        continue;
      next = find_mark (p + n, end, *p, n);
      if (next != NULL)
        break;
    }
    if (i < G_N_ELEMENTS (spans)) {
      g_string_append_printf (html, "<%s>", spans[i].element);
      append_escaped (html, p + n, (gsize) (next - p - n));
      g_string_append_printf (html, "</%s>", spans[i].element);
      p = next + n;
      continue;
    }
    n = 1;
    while (p + n < end && ((guchar) p[n] >= 0x80 || g_ascii_isalnum (p[n]) || p[n] == ' '))
      n++;
    append_escaped (html, p, n);
    p += n;
  }
}

static void
append_line (GString *html, const char *p, const char *end)
{
  gsize hashes = 0;

  while (p + hashes < end && p[hashes] == '#')
    hashes++;
  if (hashes > 0 && hashes <= 6 && p + hashes < end && p[hashes] == ' ') {
    g_string_append (html, "<b>");
    append_escaped (html, p + hashes + 1, (gsize) (end - p - hashes - 1));
    g_string_append (html, "</b>");
    return;
  }
  if (end - p > 2 && (*p == '*' || *p == '-' || *p == '+') && p[1] == ' ') {
    g_string_append (html, "• ");
    p += 2;
  }
  append_inline (html, p, end);
}

char *
openim_markdown_to_html (const char *text)
{
  g_autofree char *clean = openim_gate_text (text, -1, 0, FALSE);
  GString *html = g_string_sized_new (strlen (clean) + 16);
  gboolean code = FALSE; /* between lines of ``` */

  for (const char *p = clean; *p != '\0';) {
    const char *end = p + strcspn (p, "\n");
    gboolean fence = strncmp (p, "```", 3) == 0;

    if (fence)
      code = !code;
    else {
      if (html->len > 0)
        g_string_append (html, "<br>");
      if (code) {
        g_string_append (html, "<tt>");
        append_escaped (html, p, (gsize) (end - p));
        g_string_append (html, "</tt>");
      } else
        append_line (html, p, end);
    }
    p = *end == '\0' ? end : end + 1;
  }
  return g_string_free (html, FALSE);
}
