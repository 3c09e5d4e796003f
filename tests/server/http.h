/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* HTTP: routes, the checks that every call passes, and the envelope. */

#include "base/json.h"

#include "server.h"

typedef enum { NEEDS_NOTHING, NEEDS_TOKEN, NEEDS_ADMIN } Needs;

typedef struct {
  Server *server;
  SoupServerMessage *message;
  JsonObject *body; /* keys spelled as in the route's row */
  const char *user; /* the caller; "" when no token is needed */
  gboolean admin;
  gboolean bad_request; /* the envelope goes out with status 400 */
  GString *data;        /* what the handler writes becomes "data"; nothing written: no "data" */
} Call;

typedef Result (*Handler) (Call *call);

/* @fields says what the body is made of: "userID:s!@ pagination:p groupIDs:S". Types: s text, i integer, b
 * boolean, S list of texts, I list of integers, o object, a list of objects, p page (its number must be ≥ 1).
 * A
 * '!' refuses empty values, a '@' everybody but that user and administrators. null is allowed everywhere and
 * is as good as absent. */
typedef struct {
  const char *path;
  Handler handler;
  Needs needs;
  const char *fields;
  gboolean later;       /* only where behave->later_routes */
  gboolean bad_request; /* what @fields refuses goes out with status 400 */
} Route;

typedef Result (*TokenCheck) (Server *server, const char *token, char **user, int *platform);

/* What is no call: TRUE when it was answered. */
typedef gboolean (*HttpExtra) (Server *server,
                               SoupServerMessage *message,
                               const char *path,
                               GHashTable *query);

/* Listens on 127.0.0.1; @extra is asked first (nullable); @routes end with a NULL path and must outlive the
 * server. */
SoupServer *http_listen (
    Server *server, int port, TokenCheck check, HttpExtra extra, const Route *const *routes, GError **error);
int http_port (SoupServer *soup);

/* Parameters. */
gboolean call_has (Call *call, const char *key); /* given and not null */
const char *call_string (Call *call, const char *key);
gint64 call_int (Call *call, const char *key);
gboolean call_bool (Call *call, const char *key);
GStrv call_list (Call *call, const char *key);    /* (transfer full) */
gboolean call_may (Call *call, const char *user); /* is it the caller, or is the caller an administrator? */
void call_page (Call *call, gint64 *limit, gint64 *offset);

/* Is a text in there twice? */
gboolean list_repeats (char **list);
gboolean list_contains (char **list, const char *text);

/* (transfer full) {"errCode":…,"errMsg":…,"errDlt":…} with data unless NULL or empty. */
char *http_envelope (int code, const char *detail, GString *data);
