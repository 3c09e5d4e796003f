/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A person's own words on their way. Nobody waits for them: libpurple has shown them already. If they do not
 * arrive, a line in that conversation says so, with the text. */

#include "purple/line.h"

G_BEGIN_DECLS

/* @said: what the person wrote; @text: what is sent. They differ when people of a group are mentioned: @text
 * has their IDs behind the @, @mentioned lists them. @mentioned: (nullable) (element-type OpenimGroupMember),
 * borrowed. */
void openim_outgoing_send (
    OpenimConnection *self, const OpenimPeer *peer, const char *said, const char *text, GPtrArray *mentioned);
/* One of our own that the store has as failed; that it has arrived this time is said too. */
void
openim_outgoing_send_again (OpenimConnection *self, const OpenimPeer *peer, const OpenimMessage *message);

G_END_DECLS
