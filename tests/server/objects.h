/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files: where and how to upload them, and what they are called. Contents that are known already need no
 * upload. */

#include "http.h"

extern const Route object_routes[];
