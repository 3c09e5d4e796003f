/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What administrators send in others' names, and their search. */

#include "http.h"

extern const Route admin_routes[];
