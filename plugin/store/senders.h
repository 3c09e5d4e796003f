/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The name and picture of the sender that stored messages carry. Store thread only. */

#include "store/store.h"

G_BEGIN_DECLS

/* What that user has sent shows the new name and picture, if it showed the old one: a name that is used in
 * one group only stays. */
gboolean
openim_senders_rename (OpenimDb *db, const OpenimUser *before, const OpenimUser *now, GError **error);

G_END_DECLS
