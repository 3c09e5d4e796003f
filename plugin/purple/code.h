/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Logging in with a code that the chat server sends by SMS or e-mail, for those who have no password, or who
 * have set the option "code". The question for the code is one that all hosts can show, and the progress of
 * the login says where to answer it; the option may hold the code itself. */

#include "purple/account.h"
#include "purple/connection.h"
#include "sdk/account.h"

G_BEGIN_DECLS

gboolean openim_code_is_wanted (const OpenimOptions *options);
gboolean openim_code_is_at_hand (const OpenimOptions *options); /* it need not be asked for */

/* Ends in openim_account_login_async() with @done and @connection, or in a failure of the connection. */
void openim_code_start (OpenimConnection *self,
                        OpenimAccount *account,
                        const OpenimOptions *options,
                        GCancellable *cancellable,
                        GAsyncReadyCallback done);

OpenimCodeQuestion *openim_code_question_new (void);
void openim_code_question_free (OpenimCodeQuestion *question);

G_END_DECLS
