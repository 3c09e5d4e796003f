/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who wants to be whose friend. */

#include "http.h"

extern const Route friend_application_routes[];
