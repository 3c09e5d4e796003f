/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Push tokens and badges (taken and forgotten: nothing here reaches a phone), clients' logs. */

#include "http.h"

extern const Route third_routes[];
