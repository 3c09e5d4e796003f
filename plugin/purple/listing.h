/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages that a person has asked to see again, in a window that is open: in slices, marked as old, and out
 * of the host's log. */

#include "purple/line.h"

G_BEGIN_DECLS

/* A line above says from when they are. @messages: oldest first, copied; @footer: (nullable) plain text. */
void openim_listing_show (OpenimConnection *self,
                          const OpenimPeer *peer,
                          OpenimMessage *const *messages,
                          gsize n,
                          const char *footer);

/* "2026-11-25 10:31" (transfer full) */
char *openim_listing_format_time (const OpenimMessage *message);
/* "2026-11-25 10:31 Bob: hello" (transfer full) */
char *openim_listing_describe (OpenimConnection *self, const OpenimMessage *message);

G_END_DECLS
