/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One connection to the gateway, from the handshake to its end; it is not made again. Private to this floor.
 * Main thread only.
 *
 * Heartbeat: a WebSocket ping every 24 s, as libsoup's keepalive-interval sends it (a ping frame with the
 * payload "libsoup"). A ping of the client's counts as a sign of life for every server of 3.8, while its
 * pongs do not count for 3.8.3-patch.13 to 16 and the text heartbeat closes the connection before 3.8.2. The
 * server's pong, like anything else that arrives, counts for us: libsoup 3.2 itself never misses one. */

#include <libsoup/soup.h>

#include "net/frame.h"

G_BEGIN_DECLS

typedef struct {
  guint handshake; /* ms until the handshake has to be done */
  guint ping;      /* ms between two pings, full seconds */
  guint dead;      /* ms without anything received */
} OpenimLinkTimes;

typedef struct _OpenimLink OpenimLink;

/* Never called from inside a function of this file's but openim_link_tick. */
typedef struct {
  void (*opened) (gpointer owner);
  void (*frame) (gpointer owner, const OpenimFrame *frame);
  /* Once, and nothing after it. @final: there is no sense in trying again. */
  void (*closed) (gpointer owner, const GError *error, gboolean final);
} OpenimLinkListener;

/* @address: http(s) with its query. @probe (nullable): the same with a query that every server from 3.8.2 on
 * refuses; asked when the server hangs up at the first request, as older ones do. */
OpenimLink *openim_link_open (SoupSession *session,
                              GUri *address,
                              GUri *probe,
                              const OpenimLinkTimes *times,
                              const OpenimLinkListener *listener,
                              gpointer owner);
void openim_link_drop (OpenimLink *self); /* closes, frees; no call of the listener after it */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimLink, openim_link_drop)

void openim_link_send (OpenimLink *self, GBytes *frame); /* only after opened; lost when the connection is */

/* To be called every few seconds. @slept: much more time has passed than that. */
void openim_link_tick (OpenimLink *self, gboolean slept);

/* Something was sent and nothing ever came back. */
gboolean openim_link_was_mute (OpenimLink *self);

/* ms; goes on while the machine is suspended. */
gint64 openim_link_clock (void);

G_END_DECLS
