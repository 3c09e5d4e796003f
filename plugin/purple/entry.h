/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One message as a line of a window. */

#include "purple/line.h"

G_BEGIN_DECLS

typedef enum {
  OPENIM_ENTRY_NEW,    /* said now: libpurple does what a new line deserves */
  OPENIM_ENTRY_MISSED, /* said while nobody was here */
  OPENIM_ENTRY_QUIET,  /* said now, and nobody shall be disturbed by it */
  OPENIM_ENTRY_PAGE,   /* shown because a window opens; has never been shown here */
  OPENIM_ENTRY_AGAIN,  /* has been shown before: is in the host's log already */
} OpenimEntryKind;

/* Opens the window if need be. */
void openim_entry_show (OpenimConnection *self,
                        const OpenimPeer *peer,
                        const OpenimMessage *message,
                        OpenimEntryKind kind);

/* When it was said, s since 1970. */
time_t openim_entry_get_time (const OpenimMessage *message);
/* It is to vanish after it has been read. */
gboolean openim_entry_is_private (const OpenimMessage *message);

G_END_DECLS
