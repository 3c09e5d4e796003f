/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The stories of groups have a third one: Carl, who is in no group at first. */

#include "world.h"

G_BEGIN_DECLS

typedef struct {
  World *world;
  Visitor *ann, *bob, *carl; /* logged in; the first two are the world's */
  Person *carl_phone;        /* not connected */
} Trio;

/* @server: (transfer full), NULL for one of the usual kind. @with_team: as in world_new. */
Trio *trio_new (Server *server, gboolean with_team);
void trio_free (Trio *trio);

/* Of Ann, from a telephone: each setting of "team" as JSON in which ' stands for ". */
void trio_set_team (Trio *trio, const char *settings);

/* What the server has told each of them so far has arrived. */
void trio_settle (Trio *trio);

/* For visitor_hear: the group, the member (user ID), the application (user ID of who wants in), and the line
 * of that content type in any group. */
gboolean is_group (gconstpointer data, gconstpointer group);
gboolean is_member (gconstpointer data, gconstpointer user);
gboolean is_request (gconstpointer data, gconstpointer user);
gboolean is_line (gconstpointer data, gconstpointer content_type);

/* (transfer full) what the event is about. */
OpenimGroup *hear_group (Visitor *visitor, int event, const char *group);
OpenimGroupMember *hear_member (Visitor *visitor, int event, const char *user);
OpenimGroupRequest *hear_request (Visitor *visitor, int event, const char *user);
void hear_line (Visitor *visitor, int content_type);
/* GroupInfoChanged: "team" has so many members. */
void hear_team_of (Visitor *visitor, int count);

/* The newest event or answer of the first number came before that of the second. */
#define assert_order(visitor, first, second)                                                                 \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    g_assert_cmpuint (visitor_place (visitor, first), >, 0);                                                 \
    g_assert_cmpuint (visitor_place (visitor, first), <, visitor_place (visitor, second));                   \
  }                                                                                                          \
  G_STMT_END

/* InviteUserToGroup, JoinGroup and HandlerGroupRequest as most stories need them. */
void invite (Visitor *visitor, const char *group, const char *user);
void join (Visitor *visitor, const char *group, const char *text);
void handle (Visitor *visitor, const char *group, const char *user, int status, const char *text);

/* (transfer full) user IDs of the members as somebody sees them, with blanks between. */
char *members_of (Visitor *visitor, const char *group, int number, int count);
void assert_members (Visitor *visitor, const char *group, const char *expected);

G_END_DECLS
