/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The account server: a program of its own beside a real server. Passwords come as MD5 in hex. */

#include "http.h"

extern const Route chat_routes[];

/* For the demo: an account whose ID and name are @user's. */
void
chat_add (Server *server, const char *user, const char *account, const char *password, const char *nickname);
