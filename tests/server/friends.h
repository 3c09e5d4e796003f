/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Friends: one row a direction. */

#include "http.h"

enum { FRIEND_IMPORTED = 1, FRIEND_APPLIED };

extern const Route friend_routes[];

GPtrArray *friend_ids (Server *server, const char *owner); /* (transfer full) in the order of the list */
gboolean friend_has (Server *server, const char *owner, const char *friend);
void friends_import (Server *server, const char *owner, char **friends);
void put_friend (
    Server *server, GString *out, const char *key, const char *owner, const char *friend); /* null if none */

/* One direction. FALSE when it was there. */
gboolean friend_add (Server *server, const char *owner, const char *friend, int source, const char *operator);

/* A notification's detail, open, with the two people in it; and the versions, which nobody fills. */
GString *friend_detail (const char *from, const char *to);
void put_friend_version (GString *detail);
