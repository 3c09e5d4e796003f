/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/gate.h"

#include <string.h>

#define ID_MAX 256

/* The last ms of 30 December 9999 UTC: a calendar ends with that year, and local time may be ahead. */
#define TIME_MAX G_GINT64_CONSTANT (253402214399999)

#define REPLACEMENT 0xfffd

static gboolean
is_bidi_override (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static gboolean
is_line_break (gunichar c)
{
  return c == '\n' || c == 0x2028 || c == 0x2029;
}

/* What @c becomes; 0: nothing. */
static gunichar
sift (gunichar c, gboolean one_line)
{
  if (one_line && (is_line_break (c) || c == '\t'))
    return ' ';
  if (one_line && is_bidi_override (c))
    return 0;
  if (g_unichar_iscntrl (c) && c != '\n' && c != '\t')
    return 0;
  return c;
}

char *
openim_gate_text (const char *text, gssize length, gsize max_bytes, gboolean one_line)
{
  const char *end = text + (length < 0 ? (gssize) strlen (text) : length);
  GString *output = g_string_sized_new ((gsize) (end - text) + 1);

  while (text < end) {
    gunichar c = *text == '\0' ? 0 : g_utf8_get_char_validated (text, end - text);
    gboolean valid = c != (gunichar) -1 && c != (gunichar) -2;
    text = valid && c != 0 ? g_utf8_next_char (text) : text + 1;

    char bytes[6];
    gunichar sifted = sift (valid ? c : REPLACEMENT, one_line);
    gsize n = sifted != 0 ? (gsize) g_unichar_to_utf8 (sifted, bytes) : 0;
    if (max_bytes != 0 && output->len + n > max_bytes)
      break;
    g_string_append_len (output, bytes, (gssize) n);
  }
  return g_string_free (output, FALSE);
}

gboolean
openim_gate_id (const char *id)
{
  gsize length = id != NULL ? strlen (id) : 0;

  if (length == 0 || length > ID_MAX || !g_utf8_validate (id, (gssize) length, NULL))
    return FALSE;
  for (; *id != '\0'; id = g_utf8_next_char (id))
    if (!g_unichar_isgraph (g_utf8_get_char (id)))
      return FALSE;
  return TRUE;
}

gint64
openim_gate_time (gint64 ms)
{
  return ms > 0 && ms <= TIME_MAX ? ms : 0;
}
