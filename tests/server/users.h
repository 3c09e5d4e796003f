/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* People: registration, profiles, their private store of values. */

#include "http.h"

extern const Route user_routes[];

#define USER_COLUMNS                                                                                         \
  "users.id, users.nickname, users.face, users.ex, users.created, users.level, users.recv_opt"
void put_user_row (GString *out, const char *key, DbRows *rows, int column);     /* at USER_COLUMNS */
void put_user (Server *server, GString *out, const char *key, const char *user); /* UserInfo or null */
void
put_public (Server *server, GString *out, const char *key, const char *user); /* PublicUserInfo or null */

gboolean user_exists (Server *server, const char *user);
char *user_nickname (Server *server, const char *user); /* (transfer full) "" for nobody */
void user_create (Server *server, const char *user, const char *nickname, const char *face, int level);

/* A profile as it changed: friends, groups and the user's own devices hear of it. NULL leaves a value. */
void user_update (Server *server,
                  const char *by,
                  const char *user,
                  const char *nickname,
                  const char *face,
                  const char *ex,
                  const gint64 *recv_opt);
