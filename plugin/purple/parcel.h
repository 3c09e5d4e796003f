/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A message with pictures in it, as a person puts it together in a window: OpenIM has a message of its own
 * for each picture and each piece of text. They go one after the other, and so does what is said in that
 * conversation while they are on their way. */

#include "purple/line.h"

G_BEGIN_DECLS

OpenimParcels *openim_parcels_new (void);
void openim_parcels_free (OpenimParcels *parcels);

/* Sends one piece of text, "" is none. */
typedef void (*OpenimParcelText) (OpenimConnection *self, const OpenimPeer *peer, const char *text);

/* TRUE: @html has pictures, or follows some that are on their way, and is taken care of; @text sends what is
 * text of it. FALSE: it is an ordinary line. */
gboolean
openim_parcels_take (OpenimConnection *self, const OpenimPeer *peer, const char *html, OpenimParcelText text);

G_END_DECLS
