/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/split.h"

#include <string.h>

/* Joins what is before it to what is after it, or belongs to what is before it. */
static gboolean
continues (gunichar before, gunichar c)
{
  return g_unichar_ismark (c) || g_unichar_iszerowidth (c) || before == 0x200d /* joiner */ ||
         (c >= 0xfe00 && c <= 0xfe0f) /* variants */ || (c >= 0x1f3fb && c <= 0x1f3ff) /* skins */ ||
         (before >= 0x1f1e6 && before <= 0x1f1ff && c >= 0x1f1e6 && c <= 0x1f1ff) /* flags */;
}

/* The last place in the second half of the @limit bytes at @text where @is_end holds of the byte before; 0:
 * none. */
static gsize
find_last (const char *text, gsize limit, char mark)
{
  for (gsize n = limit; n > limit / 2; n--)
    if (text[n - 1] == mark)
      return n;
  return 0;
}

static gsize
find_cut (const char *text, gsize limit)
{
  gsize n = find_last (text, limit, '\n');
  const char *p = NULL;

  if (n == 0)
    n = find_last (text, limit, ' ');
  if (n > 0)
    return n;
  /* The byte after the part begins a character; @limit is longer than any of them. */
  for (p = text + limit; p > text && ((guchar) *p & 0xc0) == 0x80; p--)
    ;
  n = (gsize) (p - text);
  for (; p >= text + limit / 2; p = g_utf8_prev_char (p))
    if (!continues (g_utf8_get_char (g_utf8_prev_char (p)), g_utf8_get_char (p)))
      return (gsize) (p - text);
  return n;
}

char **
openim_split (const char *text, gsize limit)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  gboolean begun = FALSE;

  g_return_val_if_fail (limit >= 16, NULL);
  while (strlen (text) > limit) {
    gsize n = find_cut (text, limit);
    g_autofree char *part = g_strndup (text, n);

    text += n;
    g_strchomp (part);
    if (*part == '\0')
      continue;
    g_strv_builder_add (parts, part);
    begun = TRUE;
  }
  if (!begun || text[strspn (text, " \t\n")] != '\0')
    g_strv_builder_add (parts, text);
  return g_strv_builder_end (parts);
}
