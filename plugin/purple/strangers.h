/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* People whom no list and no message has named: the server is asked for their names once, and what they say
 * waits for the answer. Groups of which it is not known that one is in them: what is said there waits for
 * that news, and without it nothing of them is shown. Neither waits for long. */

#include "purple/connection.h"

G_BEGIN_DECLS

OpenimStrangers *openim_strangers_new (void);
void openim_strangers_free (OpenimStrangers *strangers);

void openim_strangers_connect_signals (PurplePlugin *plugin);

/* Before @message is given to the display of that conversation. */
void
openim_strangers_meet (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message);

G_END_DECLS
