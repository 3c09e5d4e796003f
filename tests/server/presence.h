/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who is online, and who wants to know. Changes are told once things are quiet for a moment: a login that
 * replaces another is no change. */

#include "gateway.h"

extern const Route presence_routes[];

void presence_changed (Server *server, const char *user);
void presence_forget (Server *server, Session *session);
Result presence_subscribe (Request *request);
void presence_clear (Server *server);
