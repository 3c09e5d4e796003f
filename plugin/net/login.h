/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The chat server (port 10008): accounts, passwords, codes. Its answer to a login is an IM token and a user
 * ID. Passwords travel as the MD5 of their text, 32 lower-case hex digits; that is the protocol's, not our
 * choice. An account name needs a filler phone number to pass the server's check. Source: openimsdk/chat
 * v1.8.4. Main thread. */

#include "net/api.h"

G_BEGIN_DECLS

/* Who logs in; made from one text: with '@' an e-mail address, with a leading '+' a phone number with area
 * code ("+49 15112345678": the area code is separated by a blank or '-', or guessed from the known country
 * codes), else an account name. */
typedef struct {
  char *account;
  char *area_code; /* "+49" */
  char *phone;
  char *email;
} OpenimLoginName;

OpenimLoginName *openim_login_name_parse (const char *text, GError **error);
void openim_login_name_free (OpenimLoginName *name);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimLoginName, openim_login_name_free)

typedef struct {
  char *user_id;
  char *im_token;
  char *chat_token;
} OpenimLoginTokens;

void openim_login_tokens_free (OpenimLoginTokens *tokens);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimLoginTokens, openim_login_tokens_free)

typedef enum { OPENIM_CODE_REGISTER = 1, OPENIM_CODE_RESET = 2, OPENIM_CODE_LOGIN = 3 } OpenimCodePurpose;

/* @password or @code: exactly one is non-NULL (a password wins on the server). */
void openim_login_async (OpenimApi *chat,
                         const OpenimLoginName *name,
                         const char *password,
                         const char *code,
                         int platform,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
OpenimLoginTokens *
openim_login_finish (OpenimApi *chat, GAsyncResult *result, GError **error); /* (transfer full) */

void openim_login_send_code_async (OpenimApi *chat,
                                   const OpenimLoginName *name,
                                   OpenimCodePurpose purpose,
                                   int platform,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean openim_login_send_code_finish (OpenimApi *chat, GAsyncResult *result, GError **error);

void openim_login_register_async (OpenimApi *chat,
                                  const OpenimLoginName *name,
                                  const char *nickname,
                                  const char *password,
                                  const char *code,
                                  int platform,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
OpenimLoginTokens *
openim_login_register_finish (OpenimApi *chat, GAsyncResult *result, GError **error); /* (transfer full) */

void openim_login_change_password_async (OpenimApi *chat,
                                         const OpenimLoginTokens *tokens,
                                         const char *current,
                                         const char *wanted,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
gboolean openim_login_change_password_finish (OpenimApi *chat, GAsyncResult *result, GError **error);

/* People at the chat server; its page of the first @count. @keyword: text that is somewhere in a nickname, or
 * a whole account name, user ID, phone number or e-mail address; "" stands for everybody. */
void openim_login_search_async (OpenimApi *chat,
                                const OpenimLoginTokens *tokens,
                                const char *keyword,
                                guint count,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* (element-type OpenimUser) (transfer full) */
GPtrArray *openim_login_search_finish (OpenimApi *chat, GAsyncResult *result, GError **error);

/* TRUE when @text has the form of a JWT; then @user_id (transfer full), @platform and @expires_s (Unix
 * seconds) are read from its payload, unverified. */
gboolean openim_login_read_token (const char *text, char **user_id, int *platform, gint64 *expires_s);

G_END_DECLS
