/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What happens at the chat server and has no function number: registering, logging in by password or code,
 * changing the password. Independent of an OpenimSdk. Main thread. Errors: codes of the chat server (20001
 * wrong password …) and of error.h; openim_error_describe() makes sentences. */

#include "base/error.h"

G_BEGIN_DECLS
#pragma GCC visibility push(default) /* these are part of libopenim-sdk */

#define OPENIM_TYPE_ACCOUNT (openim_account_get_type ())
G_DECLARE_FINAL_TYPE (OpenimAccount, openim_account, OPENIM, ACCOUNT, GObject)

/* @chat_server: http(s)://host[:port]; @name: account name, e-mail address or phone number with area code. */
OpenimAccount *openim_account_new (
    const char *chat_server, const char *name, int platform, GProxyResolver *proxy, GError **error);

/* After a login: owned by the account, NULL before. */
const char *openim_account_get_user_id (OpenimAccount *self);
const char *openim_account_get_token (OpenimAccount *self);

/* By @password or @code, exactly one of them non-NULL. */
void openim_account_login_async (OpenimAccount *self,
                                 const char *password,
                                 const char *code,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean openim_account_login_finish (OpenimAccount *self, GAsyncResult *result, GError **error);

typedef enum {
  OPENIM_ACCOUNT_CODE_REGISTER = 1,
  OPENIM_ACCOUNT_CODE_RESET = 2,
  OPENIM_ACCOUNT_CODE_LOGIN = 3
} OpenimAccountCode;
void openim_account_send_code_async (OpenimAccount *self,
                                     OpenimAccountCode purpose,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean openim_account_send_code_finish (OpenimAccount *self, GAsyncResult *result, GError **error);

void openim_account_register_async (OpenimAccount *self,
                                    const char *nickname,
                                    const char *password,
                                    const char *code,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean openim_account_register_finish (OpenimAccount *self, GAsyncResult *result, GError **error);

void openim_account_change_password_async (OpenimAccount *self,
                                           const char *current,
                                           const char *wanted,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean openim_account_change_password_finish (OpenimAccount *self, GAsyncResult *result, GError **error);

/* After a login: people whom the chat server knows, at most @count. @keyword: text that is somewhere in a
 * nickname, or a whole account name, user ID, phone number or e-mail address. */
void openim_account_search_async (OpenimAccount *self,
                                  const char *keyword,
                                  guint count,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* (element-type OpenimUser) (transfer full) */
GPtrArray *openim_account_search_finish (OpenimAccount *self, GAsyncResult *result, GError **error);

/* TRUE when @text is an IM token (a JWT); @user_id (transfer full), @platform from its payload, unverified.
 */
gboolean openim_account_read_token (const char *text, char **user_id, int *platform);

#pragma GCC visibility pop
G_END_DECLS
