/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is done with a message that is there: answered, passed on, withdrawn, deleted. Handlers of commands.
 */

#include "purple/commands.h"

G_BEGIN_DECLS

void openim_message_run_quote (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_quote_styled (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_forward (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_merge (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_revoke (OpenimConnection *self, OpenimCommandLine *command);
void openim_message_run_delete (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
