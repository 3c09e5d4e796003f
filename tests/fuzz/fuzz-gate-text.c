/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Text behind its gate is what the gate promises. The first byte holds the options, the second the limit. */

#include "fuzz.h"

#include <string.h>

#include "base/gate.h"

static void
check_text (const char *text, gboolean one_line)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);
    g_assert_true (!g_unichar_iscntrl (c) || (!one_line && (c == '\n' || c == '\t')));
    g_assert_false (one_line && c >= 0x202a && c <= 0x202e);
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size < 2)
    return 0;

  gboolean one_line = data[0] & 1;
  gsize limit = data[0] & 2 ? data[1] : 0;
  g_autofree char *text = openim_gate_text ((const char *) data + 2, (gssize) (size - 2), limit, one_line);
  check_text (text, one_line);
  g_assert_true (limit == 0 || strlen (text) <= limit);

  g_autofree char *again = openim_gate_text (text, -1, limit, one_line);
  g_assert_cmpstr (text, ==, again);
  g_assert_true (!openim_gate_id (text) || (*text != '\0' && strchr (text, ' ') == NULL));
  return 0;
}
