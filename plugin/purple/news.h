/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What becomes of messages that stand in a window already: withdrawn, changed, deleted. libpurple cannot
 * change a line, so a line of its own says it, with what it concerns; only in windows that are open. */

#include "purple/connection.h"

G_BEGIN_DECLS

void openim_news_connect_signals (PurplePlugin *plugin);

G_END_DECLS
