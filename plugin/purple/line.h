/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A person or group that is talked with, and single lines in its window. */

#include "purple/connection.h"
#include "purple/host.h"

G_BEGIN_DECLS

typedef struct {
  int session;      /* OPENIM_SESSION_… */
  const char *name; /* user ID or group ID */
} OpenimPeer;

/* Whose window the message belongs to; @peer borrows from @message. FALSE: nobody's. */
gboolean openim_peer_of_message (OpenimConnection *self, const OpenimMessage *message, OpenimPeer *peer);
/* Whose window it is; @peer borrows. */
void openim_peer_of_window (OpenimConnection *self, PurpleConversation *conversation, OpenimPeer *peer);
/* (transfer full) */
char *openim_peer_conversation_id (OpenimConnection *self, const OpenimPeer *peer);
/* (nullable) The window, if there is one. */
PurpleConversation *openim_peer_find (OpenimConnection *self, const OpenimPeer *peer);
/* (nullable) The window, which opens if need be. */
PurpleConversation *openim_peer_open (OpenimConnection *self, const OpenimPeer *peer);
/* (nullable) The window of a conversation by its ID. */
PurpleConversation *openim_peer_find_window (OpenimConnection *self, const char *conversation_id);
/* A line there that nobody said, now, in a window that opens if need be; plain text, flags as below. */
void
openim_peer_tell (OpenimConnection *self, const OpenimPeer *peer, const char *text, PurpleMessageFlags flags);

/* The window, which opens if need be, goes out of the host's log and back again. (Pidgin shows who has said a
 * line, and when, only of lines that could be logged, so these are not marked as what cannot.) */
void openim_line_pause_log (OpenimConnection *self, const OpenimPeer *peer, gboolean pause);

/* A line that nobody said, in a way that all hosts show. @html: escaped; @flags: SYSTEM or ERROR and more;
 * @when: s since 1970. */
void
openim_line_write (PurpleConversation *conversation, const char *html, PurpleMessageFlags flags, time_t when);

G_END_DECLS
