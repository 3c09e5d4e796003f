/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The people of a group: entering, leaving, lists. */

#include "groups.h"

enum { SOURCE_DIRECT, SOURCE_ADMIN, SOURCE_INVITED, SOURCE_SEARCH, SOURCE_CODE };

extern const Route member_routes[];

/* Both write GroupMemberFullInfo: with the profile's name and picture where the member has none of its own,
 * or bare. An administrator who is no member is shown all the same. */
void put_member (Server *server, GString *out, const char *key, const char *group, const char *user);
void put_member_bare (Server *server, GString *out, const char *key, const char *group, const char *user);
char *member_nickname (Server *server, const char *group, const char *user); /* (transfer full) */
GPtrArray *member_ids (Server *server, const char *group);                   /* (transfer full) owner first */

typedef struct {
  const char *group;
  int role;
  int source;
  const char *operator;
  const char *inviter;
} Entry;
void member_insert (Server *server,
                    const Entry *entry,
                    const char *user); /* the row, and the user's list of groups */
void members_remove_all (Server *server, const char *group);

/* Somebody gets in after the group was made: rows, notification, conversation. The Result is what the route
 * answers. */
Result members_invite (Server *server, const Entry *entry, const char *actor, char **users, gboolean no_line);
Result member_enter (Server *server, const Entry *entry, const char *actor, const char *user);
