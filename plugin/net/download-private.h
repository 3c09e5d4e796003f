/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* For tests alone: patience that need not be waited for. */

#include "net/download.h"

G_BEGIN_DECLS

/* @stall: ms without a byte after which a connection is given up, 30000 else; @pause: ms before the first
 * repetition, 1000 else, each further one is twice as long. */
void openim_downloads_set_patience (OpenimDownloads *self, guint stall, guint pause);

G_END_DECLS
