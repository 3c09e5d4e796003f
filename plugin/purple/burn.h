/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages that vanish some time after they have been read. Their lines are not logged; when the time has
 * come the message is deleted here, and windows that can forget lines forget theirs. Those whose time came
 * while nobody was here go when they would be shown. */

#include "purple/line.h"

G_BEGIN_DECLS

OpenimBurns *openim_burns_new (void);
void openim_burns_free (OpenimBurns *burns);
void openim_burns_connect_signals (PurplePlugin *plugin);

/* TRUE: its time is over, so it is not shown, and it is deleted. */
gboolean
openim_burns_take (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message);
/* It stands in a window; its time begins when the conversation is read. */
void openim_burns_add (OpenimConnection *self, const OpenimMessage *message);
void openim_burns_read (OpenimConnection *self, const char *conversation_id);

G_END_DECLS
