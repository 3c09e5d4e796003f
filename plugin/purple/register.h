/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A new account at the chat server: a code is sent to the e-mail address or telephone of the account's name,
 * a dialog asks for it and for what else a new account needs. Afterwards the connection is closed, as hosts
 * expect it. */

#include "purple/connection.h"

G_BEGIN_DECLS

void openim_registration_start (OpenimConnection *self);
void openim_registration_free (OpenimRegistration *registration); /* what is under way is given up */

G_END_DECLS
