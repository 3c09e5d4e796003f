/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages of other kinds than text: cards, places, stickers, data of other programs, styled text. Handlers
 * of commands. */

#include "purple/commands.h"

G_BEGIN_DECLS

void openim_message_run_card (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_location (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_face (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_custom (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_styled (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
