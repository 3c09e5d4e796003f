/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Names of people whom no list and no message has named: the server is asked once, and what they say waits
 * for the answer, not for long. */

#include "purple/connection.h"

G_BEGIN_DECLS

OpenimStrangers *openim_strangers_new (void);
void openim_strangers_free (OpenimStrangers *strangers);

/* Before @message is given to the display of that conversation. */
void
openim_strangers_meet (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message);

G_END_DECLS
