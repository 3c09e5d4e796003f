/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Cuts the byte stream of a WebSocket server into messages, so that whole ones can be doubled or change
 * places. RFC 6455: frames of a server are not masked; a message is one frame or several, control frames may
 * stand between them and are passed on at once, alone. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  GByteArray *pending; /* bytes that do not make a unit yet */
  gboolean upgraded;   /* the answer to the handshake has gone by and was 101 */
  gboolean plain;      /* no WebSocket after all: everything passes */
} Frames;

void frames_init (Frames *frames);
void frames_clear (Frames *frames);
void frames_push (Frames *frames, const guint8 *data, gsize length);

/* The next whole unit: the handshake's answer, a message with all its frames, a control frame; NULL when more
 * bytes are needed. @is_message tells whether it may be doubled or moved. (transfer full) */
GBytes *frames_pop (Frames *frames, gboolean *is_message);

G_END_DECLS
