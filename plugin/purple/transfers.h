/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files as transfers with a window of their own: those that a person sends, and those that somebody offers. A
 * transfer ends well, is cancelled here, is cancelled there (the sender takes the message back), or goes with
 * the connection: libpurple ends none by itself. Every way leads through one function, at every moment. */

#include "purple/line.h"

G_BEGIN_DECLS

OpenimTransfers *openim_transfers_new (void);
/* Cancels what is under way; the windows of the conversations are still there. */
void openim_transfers_free (OpenimTransfers *transfers);
void openim_transfers_connect_signals (PurplePlugin *plugin);

/* A file that has just come from the other person: offered where the host has dialogs for that. Its line with
 * the link stands in the window all the same. */
void openim_transfers_offer (OpenimConnection *self, const OpenimPeer *peer, const OpenimMessage *message);

/* Members of the prpl. */
gboolean openim_transfers_can_send (PurpleConnection *gc, const char *who);
PurpleXfer *openim_transfers_create (PurpleConnection *gc, const char *who);
void openim_transfers_send (PurpleConnection *gc, const char *who, const char *path);
gboolean openim_transfers_can_send_to_chat (PurpleConnection *gc, int id);
void openim_transfers_send_to_chat (PurpleConnection *gc, int id, const char *path);

G_END_DECLS
