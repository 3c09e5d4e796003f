/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* alice, bob, carol and echo, who lives in the server and answers. */

#include "server.h"

void demo_fill (Server *server);   /* for a new store */
void demo_listen (Server *server); /* echo begins to answer */
