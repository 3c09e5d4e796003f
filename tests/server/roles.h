/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a member is in a group: role, own name and picture, muted or not. */

#include "members.h"

extern const Route role_routes[];

/* A profile changed: the groups where it shows hear of it. */
void members_profile_changed (Server *server, const char *by, const char *user);
