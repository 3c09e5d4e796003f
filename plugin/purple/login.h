/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* From the password to a list of people, and what happens to a connection afterwards: blips, kicks, dead
 * tokens. */

#include "purple/connection.h"

G_BEGIN_DECLS

OpenimLogin *openim_login_new (void);
void openim_login_free (OpenimLogin *login); /* a request at the chat server is given up */

void openim_login_connect_signals (PurplePlugin *plugin); /* in the plugin's load */
void openim_login_watch (OpenimConnection *self);
void openim_login_start (OpenimConnection *self);

G_END_DECLS
