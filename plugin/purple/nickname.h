/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One's own name, which everybody sees. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* Members of the prpl. Exactly one of the callbacks (both nullable) is called, unless the connection goes. */
void openim_nickname_set (PurpleConnection *gc,
                          const char *alias,
                          PurpleSetPublicAliasSuccessCallback done,
                          PurpleSetPublicAliasFailureCallback failed);
void openim_nickname_get (PurpleConnection *gc,
                          PurpleGetPublicAliasSuccessCallback done,
                          PurpleGetPublicAliasFailureCallback failed);

/* A command. */
void openim_nickname_run (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
