/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages that a person keeps: the server has them for all devices. Handlers of commands. */

#include "purple/commands.h"

G_BEGIN_DECLS

void openim_favourites_add (OpenimConnection *self, OpenimCommandLine *command);
/* Lists them, "delete N" and "edit N TEXT". */
void openim_favourites_run (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
