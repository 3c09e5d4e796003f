/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A person's own words on their way. Nobody waits for them. If they do not arrive, a line in that
 * conversation says so, with the text; if the connection ends before it is known, a line says that, and the
 * next run says what became of them (unsent.h). */

#include "purple/commands.h"

G_BEGIN_DECLS

OpenimOutgoings *openim_outgoings_new (void);
void openim_outgoings_free (OpenimOutgoings *outgoings);
void openim_outgoing_watch (OpenimConnection *self);

/* @said: what the person wrote, which libpurple has shown already; @text: what is sent. They differ when
 * people of a group are mentioned: @text has their IDs behind the @, @mentioned lists them. @mentioned:
 * (nullable) (element-type OpenimGroupMember), borrowed. */
void openim_outgoing_send (
    OpenimConnection *self, const OpenimPeer *peer, const char *said, const char *text, GPtrArray *mentioned);
/* The same as an answer to @quoted; it is shown here. @mentioned may be empty. */
void openim_outgoing_answer (OpenimConnection *self,
                             const OpenimPeer *peer,
                             const OpenimMessage *quoted,
                             const char *said,
                             const char *text,
                             GPtrArray *mentioned);
/* What one of the functions CreateTextMessage … CreateForwardMessage makes of @request. It is shown in the
 * window of @peer, if that is open; when @command was typed elsewhere, it is told that it has arrived. */
void openim_outgoing_make (OpenimConnection *self,
                           const OpenimPeer *peer,
                           OpenimCommandLine *command,
                           OpenimFunction function,
                           gconstpointer request);
/* One of our own that the store has as failed; that it has arrived this time is said too. */
void
openim_outgoing_send_again (OpenimConnection *self, const OpenimPeer *peer, const OpenimMessage *message);

/* The line that says that something has not been sent. @error: (nullable) when nobody knows why. */
void openim_outgoing_tell_failed (OpenimConnection *self,
                                  const OpenimPeer *peer,
                                  const char *said,
                                  const GError *error);
void openim_outgoing_tell_sent (OpenimConnection *self, const OpenimPeer *peer, const char *said);

G_END_DECLS
