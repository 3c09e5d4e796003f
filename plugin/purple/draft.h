/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a person has begun to write and wants to go on with later, on this device. libpurple does not tell
 * what is being typed, so it is given by command; a window that opens shows it. */

#include "purple/commands.h"

G_BEGIN_DECLS

void openim_draft_watch (OpenimConnection *self);

/* Handler of a command. */
void openim_draft_run (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
