/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Friends (one row a direction) and applications. */

#include "http.h"

extern const Route friend_routes[];

GPtrArray *friend_ids (Server *server, const char *owner); /* (transfer full) in the order of the list */
gboolean friend_has (Server *server, const char *owner, const char *friend);
void friends_import (Server *server, const char *owner, char **friends);
void put_friend (
    Server *server, GString *out, const char *key, const char *owner, const char *friend); /* null if none */
