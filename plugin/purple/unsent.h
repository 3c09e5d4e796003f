/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What was on its way when an earlier run ended: the SDK finishes it after the first sync, and here the
 * person hears how. */

#include "purple/connection.h"

G_BEGIN_DECLS

void openim_unsent_connect_signals (PurplePlugin *plugin);

G_END_DECLS
