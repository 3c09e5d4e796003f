/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where a person wants something to go: a friend or a group, as people name them in commands. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* @text: an ID, a name, a name that is shown. FALSE: nobody whom this account knows, and that has been said.
 * @peer borrows from the connection until something changes. */
gboolean openim_target_find (OpenimConnection *self,
                             const OpenimCommandLine *command,
                             const char *text,
                             OpenimPeer *peer);
/* The window in which it was typed. */
gboolean openim_target_is_here (const OpenimCommandLine *command, const OpenimPeer *peer);
/* What a person calls it. (transfer full) */
char *openim_target_describe (OpenimConnection *self, const OpenimPeer *peer);

G_END_DECLS
