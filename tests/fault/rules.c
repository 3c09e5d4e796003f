/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules.h"

static const RuleRow table[] = {
  { "latency", offsetof (Rules, latency), 600000, "ms that each piece waits" },
  { "jitter", offsetof (Rules, jitter), 600000, "ms more or less" },
  { "rate", offsetof (Rules, rate), G_MAXINT, "bytes a second" },
  { "read-rate", offsetof (Rules, read_rate), G_MAXINT, "bytes a second are taken from the sender" },
  { "piece", offsetof (Rules, piece), G_MAXINT, "bytes in one write" },
  { "cut", offsetof (Rules, cut), G_MAXINT64, "close after so many bytes from the server" },
  { "cut-up", offsetof (Rules, cut_up), G_MAXINT64, "close after so many bytes from the client" },
  { "cut-once", offsetof (Rules, cut_once), G_MAXINT64,
    "close once, after so many bytes on all connections" },
  { "cut-once-up", offsetof (Rules, cut_once_up), G_MAXINT64, "the same for bytes from clients" },
  { "cut-frame", offsetof (Rules, cut_frame), 1000, "of 1000 WebSocket messages break off in the middle" },
  { "cut-text", offsetof (Rules, cut_text), 1000, "of 1000 texts break off inside a letter" },
  { "cut-body", offsetof (Rules, cut_body), 1000, "of 1000 HTTP answers break off in their body" },
  { "abrupt", offsetof (Rules, abrupt), 1, "1: cuts are resets" },
  { "half-open", offsetof (Rules, half_open), 1, "1: bytes vanish, connections stay" },
  { "black-hole", offsetof (Rules, black_hole), 1, "1: new connections lead nowhere" },
  { "refuse", offsetof (Rules, refuse), 1, "1: nobody listens" },
  { "duplicate", offsetof (Rules, duplicate), 1000, "of 1000 WebSocket messages come twice" },
  { "reorder", offsetof (Rules, reorder), 1000, "of 1000 WebSocket messages come after the next" },
  { NULL },
};

const RuleRow *
rules_table (void)
{
  return table;
}

gboolean
rules_set (Rules *rules, const char *name, const char *value)
{
  for (const RuleRow *row = table; row->name != NULL; row++) {
    gint64 number = 0;

    if (!g_str_equal (row->name, name))
      continue;
    if (value == NULL || !g_ascii_string_to_signed (value, 10, 0, row->max, &number, NULL))
      return FALSE;
    *(gint64 *) G_STRUCT_MEMBER_P (rules, row->offset) = number;
    return TRUE;
  }
  return FALSE;
}
