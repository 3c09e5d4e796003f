/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is done to messages after they were sent: read, revoked, deleted, cleared. */

#include "notifications.h"

extern const Route mark_routes[];
