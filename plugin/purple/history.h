/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What came while nobody was here: after each sync, conversations whose newest message has not been shown and
 * that are unread or open are read back to the last line shown, at most OPENIM_HISTORY_LIMIT messages. Not
 * more than OPENIM_HISTORY_WINDOWS windows open by themselves, those with the newest messages; where else
 * there is something unread is said in one sentence. Muted conversations stay closed unless the person is
 * mentioned there. */

#include "purple/connection.h"

G_BEGIN_DECLS

#define OPENIM_HISTORY_LIMIT 50
#define OPENIM_HISTORY_WINDOWS 10

OpenimHistory *openim_history_new (void);
void openim_history_free (OpenimHistory *history);

void openim_history_catch_up (OpenimConnection *self);

G_END_DECLS
