/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Conversations with all that a list shows of them: last message, names, counts. */

#include "http.h"

extern const Route jssdk_routes[];
