/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the messages of one sender in one conversation have in common, kept once in the table origins. Store
 * thread, only for the files of this folder. */

#include "store/db.h"
#include "store/messages.h"

G_BEGIN_DECLS

/* The number of the row for @data, which is made if it is missing. */
gboolean openim_origin_find (OpenimDb *db, const OpenimMsgData *data, gint64 *origin, GError **error);

/* The options map of a message as the number that the table has for it, and back. */
gint64 openim_origin_options (const OpenimMsgData *data);
void openim_origin_set_options (OpenimMsgData *data, gint64 options);

/* The numbers found last are remembered: to be called when rows may have changed otherwise. */
void openim_origins_forget (OpenimDb *db);

G_END_DECLS
