/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The gates: whatever comes from outside passes one of these before a parser or purple sees it.
 * json-glib 1.6 and protobuf-c 1.4 both overflow the stack on deep input, accept bad UTF-8 and cut at NUL;
 * the gates stand before them. Any thread. */

#include "base/types.h"
#include "base/error.h"

G_BEGIN_DECLS

#define OPENIM_GATE_DEPTH 32
#define OPENIM_GATE_BODY_MAX (64 * 1024 * 1024)  /* bytes of an HTTP body */
#define OPENIM_GATE_FRAME_MAX (16 * 1024 * 1024) /* bytes of a gateway frame, after inflating */
#define OPENIM_GATE_VALUES_MAX (4 * 1024 * 1024) /* values in a JSON document: each costs some 200 bytes */

/* Integers above G_MAXINT64, which json-glib has no node for, pass on as a string of this character and their
 * digits; base/json.h reads and writes them. It is a noncharacter, which Unicode keeps for use inside a
 * program; in strings from outside the gate replaces it. */
#define OPENIM_GATE_MARK 0xfdd0
#define OPENIM_GATE_MARK_UTF8 "\xef\xb7\x90"

/* Checks that @text is one JSON document (RFC 8259, nothing after it), nested at most OPENIM_GATE_DEPTH deep,
 * UTF-8, numbers within the range of a double. Returns a text that json-glib reads rightly: \u0000, lone
 * surrogates and OPENIM_GATE_MARK become U+FFFD, integers that fit neither gint64 nor guint64 become doubles.
 * Linear in time, no recursion. (transfer full); NULL with OPENIM_ERROR_INTERNAL and a reason. */
char *openim_gate_json (const char *text, gsize length, gsize max_length, GError **error);

/* Checks wire format, nesting depth, UTF-8 of all strings, and what unpacking costs, against the descriptor;
 * at most OPENIM_GATE_FRAME_MAX bytes. Unknown fields are skipped (but must be well-formed). A NUL in a
 * string is allowed; the unpacked string ends there. */
gboolean openim_gate_protobuf (const ProtobufCMessageDescriptor *descriptor,
                               const guint8 *data,
                               gsize length,
                               GError **error);

/* A copy of @text that is valid UTF-8 (U+FFFD for what is not), without NUL and control characters other than
 * \t and \n, and cut at @max_bytes on a character boundary (0: no limit). With @one_line bidi overrides
 * (U+202A–202E, U+2066–2069) are removed too, and tabs and line breaks become spaces. (transfer full) */
char *openim_gate_text (const char *text, gssize length, gsize max_bytes, gboolean one_line);

/* TRUE when @id can be a user, group or conversation ID: 1–256 bytes, UTF-8, printable, no white space. */
gboolean openim_gate_id (const char *id);

/* Milliseconds that a calendar can show (1 … year 9999); anything else becomes 0. */
gint64 openim_gate_time (gint64 ms);

G_END_DECLS
