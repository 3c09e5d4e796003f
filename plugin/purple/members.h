/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The people in a group's window: a chat user's name is the user ID, what is shown is the alias (remark, else
 * group nickname, with the ID behind it when two share one). Owner and administrators have flags. */

#include "purple/chat.h"

G_BEGIN_DECLS

void openim_members_connect_signals (PurplePlugin *plugin);

/* Fills the list of the window, page by page, each in its own turn of the main loop. */
void openim_members_load (OpenimConnection *self, OpenimRoom *room);

enum { OPENIM_ROLE_OWNER = 100, OPENIM_ROLE_ADMIN = 60, OPENIM_ROLE_MEMBER = 20 }; /* rolelevel */

/* (nullable) The member with that ID; else the only one who is shown or called in the group like that, in
 * whatever case. */
const OpenimGroupMember *openim_members_find (OpenimConnection *self, OpenimRoom *room, const char *name);
/* All whose ID or name has @part in it; NULL: all. (element-type OpenimGroupMember) (transfer container) */
GPtrArray *openim_members_look_for (OpenimConnection *self, OpenimRoom *room, const char *part);
/* The name without an ID behind it. */
const char *openim_members_get_name (OpenimConnection *self, const OpenimGroupMember *member);

/* Somebody writes in a group whose window may be open. */
void openim_members_set_typing (OpenimConnection *self,
                                const char *conversation_id,
                                const char *user_id,
                                gboolean on);

/* Translated. */
const char *openim_members_get_role (const OpenimGroupMember *member);

/* Member of the prpl. (transfer full) */
char *openim_members_get_alias (PurpleConnection *gc, int id, const char *who);

G_END_DECLS
