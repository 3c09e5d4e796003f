/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the menu of a buddy has beside what hosts put into it themselves (name, block, remove) and what is the
 * conversation's (conversation-menu.h). */

#include "purple/connection.h"

G_BEGIN_DECLS

/* (transfer full) (element-type PurpleMenuAction) */
GList *openim_contact_menu_get (PurpleBuddy *buddy);

G_END_DECLS
