/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The others of a story: people with another OpenIM program, and the administrator of the server. They speak
 * to the server directly, over its HTTP API and its gateway, without a line of the plugin. What the server
 * refuses them fails the story. Main thread. */

#include "program.h"

G_BEGIN_DECLS

/* Bodies are JSON in which ' stands for ". The "data" of the answer; NULL when there is none. (transfer full)
 * (nullable) */
JsonNode *server_call (Server *server, const char *path, const char *body, ...) G_GNUC_PRINTF (3, 4);

/* A token for somebody, as the administrator hands it out; the older ones of that platform are worth nothing
 * from then on. Two of one second are the same. (transfer full) */
char *server_token (Server *server, const char *user, int platform);

/* An account of the chat server; the user ID that it got. @phone: "+49 15112345678", or NULL; @email: may be
 * NULL when there is a phone. (transfer full) */
char *server_register (Server *server,
                       const char *account,
                       const char *nickname,
                       const char *password,
                       const char *phone,
                       const char *email);

typedef struct _Person Person;

#define PLATFORM_ANDROID 2
#define PLATFORM_LINUX 7 /* what the plugin says it is */

/* Makes somebody who does not exist yet; with a telephone, offline. */
Person *person_new (Server *server, const char *id, const char *name);
/* Another device of somebody who is there already. */
Person *person_device (Server *server, const char *id, int platform);
void person_free (Person *person);
const char *person_id (Person *person);

/* As that person; otherwise like server_call. */
JsonNode *person_call (Person *person, const char *path, const char *body, ...) G_GNUC_PRINTF (3, 4);
/* The same where a refusal is no failure: the errCode. A stock server adds people to a group and yet says
 * 1001. */
gint64 person_try (Person *person, const char *path, const char *body, ...) G_GNUC_PRINTF (3, 4);

void person_connect (Person *person);    /* online when it returns */
void person_disconnect (Person *person); /* offline for the server soon after */
gboolean person_is_kicked (Person *person);

/* Both are on the list of the other from now on. */
void person_befriend (Person *person, const char *other);
/* A group of @person's with the members @first… (user IDs, NULL at the end). */
void person_found (Person *person, const char *group, const char *name, const char *first, ...)
    G_GNUC_NULL_TERMINATED;

/* The rest needs a connection. Sending returns when the server has the message; its clientMsgID. */
const char *person_say (Person *person, const char *to, const char *text);
/* What vanishes @seconds after it has been read. */
const char *person_whisper (Person *person, const char *to, const char *text, guint seconds);
const char *person_say_in (Person *person, const char *group, const char *text);
/* What is said after this has a later time than what was said before it: servers count milliseconds. */
void person_pause (void);
/* Any content type, @content its JSON; @to or @group is NULL. */
const char *
person_send (Person *person, const char *to, const char *group, int content_type, const char *content);
void person_type (Person *person, const char *to, gboolean on);
void person_type_in (Person *person, const char *group, gboolean on);
/* Marks a conversation ("si_alice_bob", "sg_team") as read up to @seq. */
void person_read (Person *person, const char *conversation, gint64 seq);

/* Waits until @from has sent something of that content type whose content matches a glob; takes it. */
void person_hear (Person *person, const char *from, int content_type, const char *pattern);
/* The content types of what @from has sent and nobody has heard yet, in order: "101 102 101". (transfer full)
 */
char *person_heard (Person *person, const char *from);

G_END_DECLS
