/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Text that is too long for one message. */

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of text in one message. A server of 3.8 drops a client that sends a frame of more than 51200 bytes,
 * and text can grow on the way: escaped in JSON, and that in base64. */
#define OPENIM_SPLIT_LIMIT 12000

/* @text in parts of at most @limit bytes, which make up the whole again but for line breaks and spaces
 * between them: cut at the end of a line if there is one, else between words, else between what a reader
 * takes for characters, never inside of one of Unicode's. One part for an empty text. NULL-terminated.
 * (transfer full) */
char **openim_split (const char *text, gsize limit);

G_END_DECLS
