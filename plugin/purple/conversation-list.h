/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The conversations that there are, which libpurple has no list for: those with unread messages first, then
 * the pinned ones, then by time. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* The dialog of the account's menu. */
void openim_conversation_list_ask (OpenimConnection *self);
/* Handler of a command. */
void openim_conversation_list_run (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
