/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* /resend: what failed in a conversation, or one message of that, goes out again, in the order in which it
 * was written, each message under its own ID, so that nobody gets one twice. It is read from the store:
 * restarts do not matter. */

#include "purple/commands.h"

G_BEGIN_DECLS

void openim_resend_run (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
