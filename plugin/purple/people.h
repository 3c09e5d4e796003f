/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Finding people: by the chat server's directory, or, for those who have logged in by token and know no chat
 * server, by user ID. What is found can be added. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* Asks for a text and shows a list, in hosts that can. */
void openim_people_ask (OpenimConnection *self);

/* A command. */
void openim_people_run (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
