/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the buddy list offers for a group, beside what each host has itself (join, remove, alias). */

#include "purple/connection.h"

G_BEGIN_DECLS

/* (transfer full) (element-type PurpleMenuAction) */
GList *openim_group_menu_get (PurpleChat *chat);

/* Asks for the name of a new group. */
void openim_group_menu_create (OpenimConnection *self);

G_END_DECLS
