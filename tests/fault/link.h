/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One connection through the proxy: two sockets and, between them, two pipes that the rules slow down, cut or
 * empty. */

#include <gio/gio.h>

#include "rules.h"

G_BEGIN_DECLS

typedef struct _Link Link;

typedef struct {
  Rules *rules; /* may change at any time */
  GRand *rand;
  guint64 up;   /* bytes from clients to the server */
  guint64 down; /* and back */
} LinkShared;

typedef void (*LinkDone) (Link *link, gpointer data);

/* @server: NULL for a connection that leads nowhere. @done is called once, when both sides are closed; then
 * link_free(). */
Link *link_new (GSocket *client, GSocket *server, LinkShared *shared, LinkDone done, gpointer data);
void link_swallow (Link *link);              /* from now on everything vanishes */
void link_end (Link *link, gboolean abrupt); /* closes both sides now; calls done */
void link_free (Link *link);

G_END_DECLS
