/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* For tests alone: time that need not be waited for. */

#include "net/gateway.h"
#include "net/link.h"

G_BEGIN_DECLS

typedef struct {
  OpenimLinkTimes link;
  guint tick;       /* ms between two looks at the connection */
  guint wait_parts; /* each wait before a new attempt is divided by this */
} OpenimGatewayTimes;

/* Before the start. */
void openim_gateway_set_times (OpenimGateway *self, const OpenimGatewayTimes *times);

G_END_DECLS
