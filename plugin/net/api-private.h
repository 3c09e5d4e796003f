/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* For tests alone: a deadline that need not be waited for. */

#include "net/api.h"

G_BEGIN_DECLS

void openim_api_set_deadline (OpenimApi *self, guint ms); /* 10000 else */

G_END_DECLS
