/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the other has read. libpurple cannot change a line that stands in a window, so it is a quiet line of
 * its own, as the account's option says: never; when nobody has said anything since and a moment has passed;
 * or always. The tooltip on the buddy list says it in any case. */

#include "purple/connection.h"

G_BEGIN_DECLS

OpenimReceipts *openim_receipts_new (void);
void openim_receipts_free (OpenimReceipts *receipts);
void openim_receipts_connect_signals (PurplePlugin *plugin);

/* When that person has last read something of ours, ms since 1970; 0: not known. */
gint64 openim_receipts_get_time (OpenimConnection *self, const char *user_id);

G_END_DECLS
