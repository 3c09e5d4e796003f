/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The names under which libpurple knows people: buddies, those in a conversation, members of a chat. Where
 * hosts show an alias it is the user ID. bitlbee shows the name itself and can be told no other, so there it
 * is a nick that an IRC program takes, made from what the person is called; nobody else has it, and it stays
 * the same for good (it is kept with what has been shown). One who has to be told apart, or of whose name IRC
 * can show nothing, has the end of the ID behind it. */

#include "purple/connection.h"

G_BEGIN_DECLS

OpenimWho *openim_who_new (void);
void openim_who_free (OpenimWho *who);

/* As long as nothing is known of somebody it is the ID, and may be @user_id itself; else owned by the
 * table. */
const char *openim_who_name (OpenimConnection *self, const char *user_id);
/* The user ID of somebody whom libpurple or a person calls @name; what nobody is called is an ID itself. */
const char *openim_who_id (OpenimConnection *self, const char *name);

/* The user ID of somebody whom a person means by @text: an ID, a name as above, or the name under which one
 * of the friends is shown, in whatever case. */
const char *openim_who_find (OpenimConnection *self, const char *text);
/* The same for several, with spaces, commas or semicolons between them; @text: (nullable). NULL-terminated,
 * @n of them. (transfer full) */
char **openim_who_find_all (OpenimConnection *self, const char *text, guint *n);

/* The same for groups: what libpurple calls their windows. In bitlbee that is what a person joins, so it is
 * the group's name when no other has it, or whatever the person has joined it by. */
const char *openim_who_group_name (OpenimConnection *self, const char *group_id);
const char *openim_who_group_id (OpenimConnection *self, const char *name);
void openim_who_call_group (OpenimConnection *self, const char *group_id, const char *name);

/* A nick for @called, not longer than IRC allows; @distinct: with the end of @user_id. (transfer full) */
char *openim_who_make_nick (const char *called, const char *user_id, gboolean distinct);

G_END_DECLS
