/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What came while nobody was here: after each sync, conversations whose newest message has not been shown and
 * that are unread or open are read back to the last line shown, at most OPENIM_HISTORY_LIMIT messages. */

#include "purple/connection.h"

G_BEGIN_DECLS

#define OPENIM_HISTORY_LIMIT 100

OpenimHistory *openim_history_new (void);
void openim_history_free (OpenimHistory *history);

void openim_history_catch_up (OpenimConnection *self);

G_END_DECLS
