/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a person does with a group. That it has been done, the server tells all members in the group's window;
 * what went wrong is told there too, or in a dialog when there is no window. Functions of the server that
 * only some may use are sent nevertheless: the server decides, and says why not. */

#include "purple/connection.h"

G_BEGIN_DECLS

/* A sentence (plain text) about the group, which is no message. */
void openim_groups_tell (OpenimConnection *self, const char *group_id, const char *sentence);

/* @ids: user IDs of those who are to be in it, @n of them; the window opens when it is made. */
void openim_groups_create (OpenimConnection *self, const char *name, char **ids, gsize n);
void openim_groups_set_name (OpenimConnection *self, const char *group_id, const char *name);
void openim_groups_set_announcement (OpenimConnection *self, const char *group_id, const char *text);
void
openim_groups_invite (OpenimConnection *self, const char *group_id, char **ids, gsize n, const char *reason);
void
openim_groups_kick (OpenimConnection *self, const char *group_id, const char *user_id, const char *reason);
void openim_groups_give (OpenimConnection *self, const char *group_id, const char *user_id);
void
openim_groups_set_admin (OpenimConnection *self, const char *group_id, const char *user_id, gboolean admin);
void openim_groups_mute (OpenimConnection *self, const char *group_id, gboolean mute); /* everybody */
/* @seconds: 0 lets the member write again. */
void
openim_groups_mute_member (OpenimConnection *self, const char *group_id, const char *user_id, guint seconds);
/* The name of a member in the group; one's own, or as owner or administrator others'. */
void openim_groups_set_nickname (OpenimConnection *self,
                                 const char *group_id,
                                 const char *user_id,
                                 const char *nickname);
void openim_groups_quit (OpenimConnection *self, const char *group_id); /* for good */
void openim_groups_dismiss (OpenimConnection *self, const char *group_id);

/* Members of the prpl. */
void openim_groups_set_topic (PurpleConnection *gc, int id, const char *topic);
void openim_groups_invite_one (PurpleConnection *gc, int id, const char *reason, const char *who);

G_END_DECLS
