/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/gate.h"

#include <math.h>
#include <string.h>

/* No number that means something is longer. */
#define NUMBER_MAX 512

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

typedef enum {
  EXPECT_VALUE,
  EXPECT_VALUE_OR_END, /* after [ */
  EXPECT_KEY,
  EXPECT_KEY_OR_END, /* after { */
  EXPECT_COLON,
  EXPECT_COMMA_OR_END,
  EXPECT_NOTHING, /* the document is complete */
} Expect;

typedef struct {
  const char *text;
  gsize length;
  gsize at;
  gsize copied; /* input before this is in @output, repaired */
  GString *output;
  guint values;
  guint depth;
  gboolean in_object[OPENIM_GATE_DEPTH];
  Expect expect;
  const char *problem;
} Scan;

static gboolean
fail (Scan *scan, const char *problem)
{
  scan->problem = problem;
  return FALSE;
}

/* Writes @repair instead of the input from @start to the present position. */
static void
replace_since (Scan *scan, gsize start, const char *repair)
{
  g_string_append_len (scan->output, scan->text + scan->copied, (gssize) (start - scan->copied));
  g_string_append (scan->output, repair);
  scan->copied = scan->at;
}

static int
peek (const Scan *scan)
{
  return scan->at < scan->length ? (guchar) scan->text[scan->at] : -1;
}

static gboolean
is_digit (int c)
{
  return c >= '0' && c <= '9';
}

static gboolean
skip_digits (Scan *scan)
{
  gsize start = scan->at;

  while (is_digit (peek (scan)))
    scan->at++;
  return scan->at > start;
}

/* The four hex digits at @position; -1 when they are not there. */
static int
read_hex (const Scan *scan, gsize position)
{
  int value = 0;

  if (position + 4 > scan->length)
    return -1;
  for (gsize i = position; i < position + 4; i++) {
    int digit = g_ascii_xdigit_value (scan->text[i]);
    if (digit < 0)
      return -1;
    value = value * 16 + digit;
  }
  return value;
}

static gboolean
is_low_surrogate_at (const Scan *scan, gsize position)
{
  if (position + 6 > scan->length || memcmp (scan->text + position, "\\u", 2) != 0)
    return FALSE;
  int unit = read_hex (scan, position + 2);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/* At a backslash. */
static gboolean
scan_escape (Scan *scan)
{
  gsize start = scan->at++;
  int c = peek (scan);

  if (c < 0)
    return fail (scan, "a string without an end");
  scan->at++;
  if (c != 'u')
    return strchr ("\"\\/bfnrt", c) != NULL || fail (scan, "an unknown escape");

  int unit = read_hex (scan, scan->at);
  if (unit < 0)
    return fail (scan, "\\u without four hex digits");
  scan->at += 4;
  if (unit >= 0xd800 && unit <= 0xdbff && is_low_surrogate_at (scan, scan->at))
    scan->at += 6;
  else if (unit == 0 || (unit >= 0xd800 && unit <= 0xdfff) || unit == OPENIM_GATE_MARK)
    replace_since (scan, start, REPLACEMENT);
  return TRUE;
}

/* Nearly everything in a string means itself. */
static gboolean
is_plain (guchar c)
{
  return c >= 0x20 && c != '"' && c != '\\' && c != 0xef;
}

/* At the opening quote. */
static gboolean
scan_string (Scan *scan)
{
  const char *const end = scan->text + scan->length;

  scan->at++;
  for (;;) {
    const char *at = scan->text + scan->at;

    while (at < end && is_plain ((guchar) *at))
      at++;
    scan->at = (gsize) (at - scan->text);

    int c = peek (scan);
    if (c < 0)
      return fail (scan, "a string without an end");
    if (c < 0x20)
      return fail (scan, "a control character in a string");
    if (c == '\\') {
      if (!scan_escape (scan))
        return FALSE;
      continue;
    }
    if (c == 0xef && scan->length - scan->at >= 3 &&
        memcmp (scan->text + scan->at, OPENIM_GATE_MARK_UTF8, 3) == 0) {
      scan->at += 3;
      replace_since (scan, scan->at - 3, REPLACEMENT);
      continue;
    }
    scan->at++;
    if (c == '"')
      return TRUE;
  }
}

/* json-glib wraps integers that do not fit gint64. Those that fit guint64 are marked (see the header), larger
 * ones become doubles. */
static gboolean
check_integer (Scan *scan, gsize start, const char *number)
{
  g_autofree char *repair = NULL;

  if (g_ascii_string_to_signed (number, 10, G_MININT64, G_MAXINT64, NULL, NULL))
    return TRUE;
  if (g_ascii_string_to_unsigned (number, 10, 0, G_MAXUINT64, NULL, NULL))
    repair = g_strconcat ("\"" OPENIM_GATE_MARK_UTF8, number, "\"", NULL);
  else if (isfinite (g_ascii_strtod (number, NULL)))
    repair = g_strconcat (number, ".0", NULL);
  else
    return fail (scan, "a number that is too large");
  replace_since (scan, start, repair);
  return TRUE;
}

static gboolean
scan_number (Scan *scan)
{
  gsize start = scan->at;
  gboolean integer = TRUE;
  char number[NUMBER_MAX + 1];

  if (peek (scan) == '-')
    scan->at++;
  if (peek (scan) == '0')
    scan->at++;
  else if (!skip_digits (scan))
    return fail (scan, "a number without digits");
  if (peek (scan) == '.') {
    integer = FALSE;
    scan->at++;
    if (!skip_digits (scan))
      return fail (scan, "a fraction without digits");
  }
  if (peek (scan) == 'e' || peek (scan) == 'E') {
    integer = FALSE;
    scan->at++;
    if (peek (scan) == '+' || peek (scan) == '-')
      scan->at++;
    if (!skip_digits (scan))
      return fail (scan, "an exponent without digits");
  }

  gsize length = scan->at - start;
  if (length > NUMBER_MAX)
    return fail (scan, "a number with too many digits");
  memcpy (number, scan->text + start, length);
  number[length] = '\0';
  if (integer)
    return check_integer (scan, start, number);
  return isfinite (g_ascii_strtod (number, NULL)) || fail (scan, "a number that is too large");
}

static gboolean
scan_literal (Scan *scan, const char *literal)
{
  gsize length = strlen (literal);

  if (scan->length - scan->at < length || memcmp (scan->text + scan->at, literal, length) != 0)
    return fail (scan, "an unknown word");
  scan->at += length;
  return TRUE;
}

static void
end_value (Scan *scan)
{
  scan->expect = scan->depth > 0 ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
}

static gboolean
open_container (Scan *scan, gboolean object)
{
  if (scan->depth == OPENIM_GATE_DEPTH)
    return fail (scan, "nested too deep");
  scan->in_object[scan->depth++] = object;
  scan->expect = object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
  scan->at++;
  return TRUE;
}

static gboolean
close_container (Scan *scan)
{
  scan->depth--;
  scan->at++;
  end_value (scan);
  return TRUE;
}

static gboolean
scan_value (Scan *scan, int c)
{
  gboolean good;

  if (++scan->values > OPENIM_GATE_VALUES_MAX)
    return fail (scan, "too many values");
  switch (c) {
  case '{':
    return open_container (scan, TRUE);
  case '[':
    return open_container (scan, FALSE);
  case '"':
    good = scan_string (scan);
    break;
  case 't':
    good = scan_literal (scan, "true");
    break;
  case 'f':
    good = scan_literal (scan, "false");
    break;
  case 'n':
    good = scan_literal (scan, "null");
    break;
  default:
    if (c != '-' && !is_digit (c))
      return fail (scan, "an unexpected character");
    good = scan_number (scan);
    break;
  }
  end_value (scan);
  return good;
}

/* One token, beginning with @c. */
static gboolean
scan_token (Scan *scan, int c)
{
  gboolean in_object = scan->depth > 0 && scan->in_object[scan->depth - 1];

  switch (scan->expect) {
  case EXPECT_VALUE_OR_END:
    if (c == ']')
      return close_container (scan);
    return scan_value (scan, c);
  case EXPECT_VALUE:
    return scan_value (scan, c);
  case EXPECT_KEY_OR_END:
    if (c == '}')
      return close_container (scan);
    G_GNUC_FALLTHROUGH;
  case EXPECT_KEY:
    if (c != '"')
      return fail (scan, "no key where one must be");
    scan->expect = EXPECT_COLON;
    return scan_string (scan);
  case EXPECT_COLON:
    if (c != ':')
      return fail (scan, "no colon behind a key");
    scan->expect = EXPECT_VALUE;
    scan->at++;
    return TRUE;
  case EXPECT_COMMA_OR_END:
    if (c == (in_object ? '}' : ']'))
      return close_container (scan);
    if (c != ',')
      return fail (scan, "no comma between values");
    scan->expect = in_object ? EXPECT_KEY : EXPECT_VALUE;
    scan->at++;
    return TRUE;
  case EXPECT_NOTHING:
  default:
    return fail (scan, "something behind the document");
  }
}

static gboolean
scan_document (Scan *scan)
{
  while (scan->at < scan->length) {
    int c = peek (scan);
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
      scan->at++;
    else if (!scan_token (scan, c))
      return FALSE;
  }
  return scan->expect == EXPECT_NOTHING || fail (scan, "the end too early");
}

char *
openim_gate_json (const char *text, gsize length, gsize max_length, GError **error)
{
  Scan scan = { .text = text, .length = length };

  if (length > max_length) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                 "JSON of %" G_GSIZE_FORMAT " bytes, %" G_GSIZE_FORMAT " are allowed", length, max_length);
    return NULL;
  }
  if (!g_utf8_validate_len (text, length, NULL)) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "JSON that is not UTF-8");
    return NULL;
  }

  scan.output = g_string_sized_new (length + 1);
  if (!scan_document (&scan)) {
    g_string_free (scan.output, TRUE);
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "JSON, byte %" G_GSIZE_FORMAT ": %s", scan.at,
                 scan.problem);
    return NULL;
  }
  replace_since (&scan, scan.at, "");
  return g_string_free (scan.output, FALSE);
}
