/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Whom somebody does not want to hear. */

#include "http.h"

extern const Route black_routes[];

void put_black (
    Server *server, GString *out, const char *key, const char *owner, const char *black); /* null if none */
