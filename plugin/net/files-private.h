/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* For tests alone: patience that need not be waited for. */

#include "net/files.h"

G_BEGIN_DECLS

/* @stall: ms in which a part must get on, 60000 else; @pause: ms before the first repetition, 1000 else, each
 * further one is twice as long; @away: ms that the network may be away, 300000 else. */
void openim_files_set_patience (OpenimFiles *self, guint stall, guint pause, guint away);

G_END_DECLS
