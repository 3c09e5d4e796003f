/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The list of rooms that hosts offer for joining: the groups one is in. Members of the prpl. */

#include <purple.h>

G_BEGIN_DECLS

PurpleRoomlist *openim_roomlist_get (PurpleConnection *gc);
void openim_roomlist_cancel (PurpleRoomlist *list);
char *openim_roomlist_serialize (PurpleRoomlistRoom *room);

G_END_DECLS
