/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Read marks: the server is told that a conversation has been read when a person has seen it. Where windows
 * have a focus, that is when theirs has it; where they have none (bitlbee), when the line has been shown. */

#include "purple/line.h"

G_BEGIN_DECLS

OpenimMarks *openim_marks_new (void);
void openim_marks_free (OpenimMarks *marks);
void openim_marks_watch (OpenimConnection *self);

/* A line of somebody else has been shown there. */
void openim_marks_add (OpenimConnection *self, const OpenimPeer *peer);
/* The person has answered there, or closed the window: so it has been seen. */
void openim_marks_seen (OpenimConnection *self, const OpenimPeer *peer);

G_END_DECLS
