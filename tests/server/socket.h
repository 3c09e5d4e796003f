/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The server's side of a WebSocket (RFC 6455) on a stream whose handshake is done: frames in, frames out.
 * Unlike libsoup's it tells of pings and pongs, bounds a message by its size on the wire, and can drop the
 * line as the real server does, without a close frame. */

#include <gio/gio.h>

typedef struct _Socket Socket;

typedef enum { SOCKET_TEXT = 1, SOCKET_BINARY = 2, SOCKET_PING = 9, SOCKET_PONG = 10 } SocketKind;

typedef struct {
  void (*received) (gpointer owner,
                    SocketKind kind,
                    const guint8 *data,
                    gsize length); /* pings are answered already */
  void (*ended) (gpointer owner);  /* once; the socket may be freed then */
} SocketEvents;

Socket *socket_new (GIOStream *stream, gsize message_max, const SocketEvents *events, gpointer owner);
void socket_free (Socket *socket); /* drops the line when it stands; no event follows */

/* A whole frame that may be sent on many sockets. (transfer full) */
GBytes *socket_frame (SocketKind kind, const void *data, gsize length);
void socket_send (Socket *socket, GBytes *frame);
void socket_send_text (Socket *socket, char *text); /* takes @text */

/* No more is read. With @flush what was sent before goes out first. ended() follows from the main loop. */
void socket_drop (Socket *socket, gboolean flush);
