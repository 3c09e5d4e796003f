/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A server, Ann and Bob, each with a telephone beside the story and a door to come through. */

#include "visitor.h"

G_BEGIN_DECLS

#define CHAT "si_ann_bob"
#define TEAM "sg_team"

typedef struct {
  Server *server;
  Person *ann_phone, *bob_phone; /* not connected */
  Visitor *ann, *bob;            /* logged in */
} World;

/* @with_team: they are in a group "team", which Ann has made. */
World *world_new (gboolean with_team);
World *world_new_at (Server *server, gboolean with_team); /* (transfer full) server */
void world_free (World *world);

/* A server with one option more; server_stop. */
Server *server_start_option (const char *option, const char *value);

void person_does (Person *person, const char *path, const char *body);

/* All that the server has said to @user's @visitor so far has arrived, also what makes no event: @from, who
 * is offline, writes a message that comes behind it. */
void person_reaches (Person *from, Visitor *visitor, const char *user);

OpenimMessage *visitor_make_text (Visitor *visitor, const char *text); /* (transfer full) */
/* To a user or a group, the other is "". (transfer full) the message as it was sent. */
OpenimMessage *visitor_send (
    Visitor *visitor, OpenimMessage *message, const char *user, const char *group, gboolean online_only);
/* (transfer full) its clientMsgID. */
char *visitor_say (Visitor *visitor, const char *user, const char *group, const char *text);

/* (transfer full) GetConversation. */
OpenimConversation *visitor_conversation (Visitor *visitor, const char *conversation_id);
/* (transfer full) The texts of the newest messages, oldest first, with '|' between them; "?" for other types.
 */
char *visitor_history (Visitor *visitor, const char *conversation_id);

/* The name of a stranger, with whom there is one conversation, has come: it is asked for when he writes
 * first, and arrives at any time. */
void visitor_learns_name (Visitor *visitor, const char *name);

/* For visitor_hear: the event is about a message with that text. */
gboolean message_says (gconstpointer data, gconstpointer text);

G_END_DECLS
