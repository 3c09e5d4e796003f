/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The token that the last login by code has brought, so that not each start needs a new code. It lies in a
 * file of its own beside the store, which nobody else may read, until the server refuses it. Trouble with the
 * file is logged and costs a new code, nothing else. */

#include "purple/account.h"

G_BEGIN_DECLS

/* NULL: there is none, or none for this kind of device. @user_id (out) is whose it is. Both (transfer full).
 */
char *openim_kept_token_read (const OpenimOptions *options, char **user_id);
void openim_kept_token_write (const OpenimOptions *options, const char *token);
void openim_kept_token_forget (const OpenimOptions *options);

G_END_DECLS
