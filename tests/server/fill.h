/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Large worlds for a new server, all of them around the user "bench". */

#include "server.h"

#define FILL_USER "bench"

/* @wants (nullable): "friends=N", "members=N" (of the group "crowd", where the user is an ordinary one),
 * "groups=N" (of the user and the administrator) and "chats=NxM" (N people with M waiting messages each). The
 * people are p000000, p000001, … FALSE for a word that is none of these. */
gboolean fill (Server *server, char **wants, GError **error);
