/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The part of the menu of a buddy or a group on the buddy list that is about the conversation. */

#include "purple/connection.h"

G_BEGIN_DECLS

/* (transfer full) (element-type PurpleMenuAction) Begins with a line between items. */
GList *openim_conversation_menu_get (PurpleBlistNode *node);

G_END_DECLS
