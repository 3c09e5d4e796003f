/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is known of a person, in the tooltip of the buddy list and in a window of its own. Members of the
 * prpl. */

#include <purple.h>

G_BEGIN_DECLS

void openim_profile_get_tooltip (PurpleBuddy *buddy, PurpleNotifyUserInfo *info, gboolean full);
void openim_profile_show (PurpleConnection *gc, const char *who);
void openim_profile_show_member (PurpleConnection *gc, int id, const char *who); /* of an open group */

G_END_DECLS
