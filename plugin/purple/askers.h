/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* People who ask to be friends: a dialog each, once, also for those who asked while nobody was here. It goes
 * when the request has been answered somewhere else. */

#include "purple/commands.h"

G_BEGIN_DECLS

OpenimAskers *openim_askers_new (void);
void openim_askers_free (OpenimAskers *askers);
void openim_askers_connect_signals (PurplePlugin *plugin);

/* An item of the account's menu: the dialogs once more. */
void openim_askers_ask_again (OpenimConnection *self);

/* Commands. */
void openim_askers_accept (OpenimConnection *self, OpenimCommandLine *command);
void openim_askers_reject (OpenimConnection *self, OpenimCommandLine *command);
void openim_askers_list (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
