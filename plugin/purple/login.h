/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* From the password to a list of people, and what happens to a connection afterwards: blips, kicks, dead
 * tokens. */

#include "purple/account.h"
#include "purple/connection.h"
#include "sdk/account.h"

G_BEGIN_DECLS

OpenimLogin *openim_login_new (void);
void openim_login_free (OpenimLogin *login); /* a request at the chat server is given up */

void openim_login_connect_signals (PurplePlugin *plugin); /* in the plugin's load */
void openim_login_watch (OpenimConnection *self);
void openim_login_start (OpenimConnection *self);

/* (nullable) At the chat server; NULL when a token has been given in place of a password. */
OpenimAccount *openim_login_get_account (OpenimConnection *self);
/* Where what is kept lies. */
const char *openim_login_get_directory (OpenimConnection *self);
/* The server is about to end our token for a reason that is known: no news until openim_login_renew(). */
void openim_login_expect_end (OpenimConnection *self, gboolean expected);
/* Logs in anew, with this password from now on; libpurple does not notice. */
void openim_login_renew (OpenimConnection *self, const char *password);

/* (nullable) As they were when the login began. */
const OpenimOptions *openim_login_get_options (OpenimConnection *self);

G_END_DECLS
