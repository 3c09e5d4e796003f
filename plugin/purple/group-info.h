/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is known of a group, in a window of its own. */

#include "purple/connection.h"

G_BEGIN_DECLS

void openim_group_info_show (OpenimConnection *self, const char *group_id);

G_END_DECLS
