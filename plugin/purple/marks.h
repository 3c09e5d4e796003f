/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Read marks: the server is told that a conversation has been read. When, the account's option says: as soon
 * as a line has been shown, when its window has the focus, when the person answers, or never. (In a host
 * without focus, a line that is shown counts as looked at.) Lines that come together are marked together. */

#include "purple/line.h"

G_BEGIN_DECLS

OpenimMarks *openim_marks_new (void);
void openim_marks_free (OpenimMarks *marks);
void openim_marks_watch (OpenimConnection *self);

/* A line of somebody else has been shown there. */
void openim_marks_add (OpenimConnection *self, const OpenimPeer *peer);
/* The person has answered there. */
void openim_marks_answered (OpenimConnection *self, const OpenimPeer *peer);
/* The window has been closed: who does that has looked at it. */
void openim_marks_closed (OpenimConnection *self, const OpenimPeer *peer);
/* It has been read elsewhere. */
void openim_marks_forget (OpenimConnection *self, const char *conversation_id);

G_END_DECLS
