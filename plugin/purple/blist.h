/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Friends and joined groups, in memory and on the buddy list. A buddy's name is the user ID; a group is a
 * PurpleChat whose one component OPENIM_CHAT_KEY is the group ID. Only friends and joined groups are ever put
 * on the list, new ones into OPENIM_BLIST_GROUP; where a person moves them they stay. Nothing of ours is kept
 * on the nodes. */

#include "group.pb-c.h"
#include "purple/connection.h"
#include "relation.pb-c.h"

G_BEGIN_DECLS

#define OPENIM_CHAT_KEY "group"

OpenimRoster *openim_roster_new (void);
void openim_roster_free (OpenimRoster *roster);
void openim_roster_connect_signals (PurplePlugin *plugin);

/* What is stored now; the buddy list follows with openim_roster_show(). */
void openim_roster_set_friends (OpenimConnection *self, const Openim__Sdk__Relation__GetFriendsResp *answer);
void openim_roster_set_groups (OpenimConnection *self, const Openim__Sdk__Group__GetJoinedGroupsResp *answer);
void openim_roster_show (OpenimConnection *self); /* in slices, when there are many */

/* Somebody who has just been taken off the list is not put there again until the server has answered. */
void openim_roster_set_leaving (OpenimConnection *self, const char *user_id, gboolean leaving);

/* (nullable) Owned by the roster. */
const OpenimFriend *openim_roster_get_friend (OpenimConnection *self, const char *user_id);
guint openim_roster_count_friends (OpenimConnection *self);
/* (nullable) The only friend who is shown under that name, in whatever case. */
const OpenimFriend *openim_roster_find_friend (OpenimConnection *self, const char *name);
const OpenimGroup *openim_roster_get_group (OpenimConnection *self, const char *group_id);
/* (nullable) The joined group with exactly that ID, else the only one with exactly that name. */
const OpenimGroup *openim_roster_find_group (OpenimConnection *self, const char *id_or_name);
/* (element-type OpenimGroup) (transfer container), by name */
GPtrArray *openim_roster_get_groups (OpenimConnection *self);

/* Puts the group on the buddy list if it is not there: the title of a chat comes from its node. */
void openim_roster_show_group (OpenimConnection *self, const OpenimGroup *group);

/* The name that people of whom a message told were called in it. Never NULL; the ID when nothing is known. */
const char *openim_roster_get_name (OpenimConnection *self, const char *user_id);
void openim_roster_learn_name (OpenimConnection *self, const char *user_id, const char *nickname);

/* Members of the prpl. */
PurpleChat *openim_roster_find_chat (PurpleAccount *account, const char *name);
void openim_roster_rename_group (PurpleConnection *gc,
                                 const char *old_name,
                                 PurpleGroup *group,
                                 GList *moved_buddies);

G_END_DECLS
