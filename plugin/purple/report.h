/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What somebody who helps needs to know: versions, server, state and counts. Nobody's name, no text, no
 * password and no token; addresses without what may stand in them besides the host. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* A command. */
void openim_report_run (OpenimConnection *self, OpenimCommandLine *command);

/* An item of the account's menu. */
void openim_report_show (OpenimConnection *self);

G_END_DECLS
