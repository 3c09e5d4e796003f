/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A local server in a process of its own, and people who are logged in to it with nothing above the sync
 * floor. What a person hears is kept as lines of text, in order: RecvNewMessage si_a_b 3 hello
 *   ConversationChanged si_a_b unread 1 latest hello
 *   FriendAdded {"friend":{…}} */

#include "sync/sync.h"

typedef struct {
  GSubprocess *process;
  char *api, *ws; /* addresses */
  OpenimApi *admin;
} Host;

Host *host_new (void);
void host_free (Host *host);
/* Calls and waits; fails the test on an error, unless @code (nullable) wants it. (transfer full) */
JsonObject *host_call (OpenimApi *api, const char *path, JsonObject *body, int *code);
void host_register (Host *host, const char *user_id, const char *nickname);
void host_befriend (Host *host, const char *user_id, const char *friend_id);

typedef struct {
  Host *host;
  char *id;
  char *dir;
  char *token;
  OpenimApi *api;
  OpenimGateway *gateway;
  OpenimStore *store;
  OpenimSync *sync;
  GPtrArray *lines; /* (element-type utf8) */
  guint heard;      /* lines that person_wait has passed */
  gboolean quiet;   /* no lines are kept */
} Person;

/* Registered, not logged in; @dir is made. */
Person *person_new (Host *host, const char *id);
void person_login (Person *person); /* and waits for SyncServerFinish */
void person_start (Person *person); /* does not wait */
void person_logout (Person *person);
void person_free (Person *person); /* and removes the folder */
/* The connection breaks off and is made again. */
void person_reconnect (Person *person);

/* Waits for a line that matches a glob pattern, behind the one that the last call found; fails the test when
 * it has not come in 10 s. */
const char *person_wait (Person *person, const char *pattern);
/* Lines that match, from the beginning. */
guint person_count (Person *person, const char *pattern);
/* Place of the first line that matches; fails the test when there is none. */
guint person_place (Person *person, const char *pattern);
void person_forget (Person *person); /* all lines so far */

/* Sends a text; waits for its end. Returns the error's code, 0 for success. @peer or @group. */
int person_say (Person *person, const char *peer, const char *group, const char *text);
OpenimMsgData *person_message (Person *person, const char *peer, const char *group, const char *text);
/* Brings a list up to date and waits. */
void person_list (Person *person, OpenimList list, const char *entity);

/* Runs @func in the person's store and waits. */
void person_query (Person *person, OpenimStoreFunc func, gpointer job);

/* Turns the main loop until @flag; fails the test after 10 s. */
void wait_for (const gboolean *flag);
/* Turns the main loop for a while in which nothing must happen. */
void wait_idle (guint ms);
