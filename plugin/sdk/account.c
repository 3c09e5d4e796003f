/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/account.h"

#include "net/login.h"

struct _OpenimAccount {
  GObject parent_instance;

  OpenimApi *chat;
  OpenimLoginName *name;
  int platform;
  OpenimLoginTokens *tokens; /* (nullable) after a login */
};

G_DEFINE_FINAL_TYPE (OpenimAccount, openim_account, G_TYPE_OBJECT)

G_STATIC_ASSERT ((int) OPENIM_ACCOUNT_CODE_REGISTER == (int) OPENIM_CODE_REGISTER);
G_STATIC_ASSERT ((int) OPENIM_ACCOUNT_CODE_RESET == (int) OPENIM_CODE_RESET);
G_STATIC_ASSERT ((int) OPENIM_ACCOUNT_CODE_LOGIN == (int) OPENIM_CODE_LOGIN);

static void
openim_account_finalize (GObject *object)
{
  OpenimAccount *self = OPENIM_ACCOUNT (object);

  g_clear_object (&self->chat);
  g_clear_pointer (&self->name, openim_login_name_free);
  g_clear_pointer (&self->tokens, openim_login_tokens_free);

  G_OBJECT_CLASS (openim_account_parent_class)->finalize (object);
}

static void
openim_account_class_init (OpenimAccountClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = openim_account_finalize;
}

static void
openim_account_init (OpenimAccount *self)
{
}

OpenimAccount *
openim_account_new (
    const char *chat_server, const char *name, int platform, GProxyResolver *proxy, GError **error)
{
  g_autoptr (OpenimLoginName) parsed = openim_login_name_parse (name, error);
  g_autoptr (OpenimApi) chat = parsed == NULL ? NULL : openim_api_new (chat_server, proxy, error);
  OpenimAccount *self;

  if (chat == NULL)
    return NULL;

  self = g_object_new (OPENIM_TYPE_ACCOUNT, NULL);
  self->chat = g_steal_pointer (&chat);
  self->name = g_steal_pointer (&parsed);
  self->platform = platform;

  return self;
}

const char *
openim_account_get_user_id (OpenimAccount *self)
{
  return self->tokens == NULL ? NULL : self->tokens->user_id;
}

const char *
openim_account_get_token (OpenimAccount *self)
{
  return self->tokens == NULL ? NULL : self->tokens->im_token;
}

/* A task that returns TRUE or the error of the step that it stands for. */
static void
return_success (GTask *task, gboolean success, GError *error)
{
  if (success)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

/* @tokens: (transfer full) (nullable) NULL with @error. */
static void
return_tokens (GTask *task, OpenimLoginTokens *tokens, GError *error)
{
  OpenimAccount *self = g_task_get_source_object (task);

  if (tokens != NULL) {
    g_clear_pointer (&self->tokens, openim_login_tokens_free);
    self->tokens = tokens;
  }
  return_success (task, tokens != NULL, error);
}

/* ---- login */

static void
on_login (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  OpenimLoginTokens *tokens = openim_login_finish (OPENIM_API (source), result, &error);

  return_tokens (user_data, tokens, error);
}

void
openim_account_login_async (OpenimAccount *self,
                            const char *password,
                            const char *code,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, openim_account_login_async);
  openim_login_async (self->chat, self->name, password, code, self->platform, cancellable, on_login, task);
}

gboolean
openim_account_login_finish (OpenimAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- codes */

static void
on_code_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean sent = openim_login_send_code_finish (OPENIM_API (source), result, &error);

  return_success (user_data, sent, error);
}

void
openim_account_send_code_async (OpenimAccount *self,
                                OpenimAccountCode purpose,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, openim_account_send_code_async);
  openim_login_send_code_async (self->chat, self->name, (OpenimCodePurpose) purpose, self->platform,
                                cancellable, on_code_sent, task);
}

gboolean
openim_account_send_code_finish (OpenimAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- registering */

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  OpenimLoginTokens *tokens = openim_login_register_finish (OPENIM_API (source), result, &error);

  return_tokens (user_data, tokens, error);
}

void
openim_account_register_async (OpenimAccount *self,
                               const char *nickname,
                               const char *password,
                               const char *code,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, openim_account_register_async);
  openim_login_register_async (self->chat, self->name, nickname, password, code, self->platform, cancellable,
                               on_registered, task);
}

gboolean
openim_account_register_finish (OpenimAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- password */

static void
on_password_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  gboolean changed = openim_login_change_password_finish (OPENIM_API (source), result, &error);

  return_success (user_data, changed, error);
}

void
openim_account_change_password_async (OpenimAccount *self,
                                      const char *current,
                                      const char *wanted,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, openim_account_change_password_async);
  if (self->tokens == NULL) {
    return_success (task, FALSE,
                    g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NOT_LOGIN,
                                         "A password can be changed after a login with the old one."));
    return;
  }

  openim_login_change_password_async (self->chat, self->tokens, current, wanted, cancellable,
                                      on_password_changed, task);
}

gboolean
openim_account_change_password_finish (OpenimAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- people */

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  GError *error = NULL;
  GPtrArray *users = openim_login_search_finish (OPENIM_API (source), result, &error);

  if (users != NULL)
    g_task_return_pointer (task, users, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

void
openim_account_search_async (OpenimAccount *self,
                             const char *keyword,
                             guint count,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, openim_account_search_async);
  if (self->tokens == NULL) {
    g_task_return_new_error (task, OPENIM_ERROR, OPENIM_ERROR_NOT_LOGIN,
                             "People can be searched after a login.");
    g_object_unref (task);
    return;
  }
  openim_login_search_async (self->chat, self->tokens, keyword, count, cancellable, on_found, task);
}

GPtrArray *
openim_account_search_finish (OpenimAccount *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
openim_account_read_token (const char *text, char **user_id, int *platform)
{
  return openim_login_read_token (text, user_id, platform, NULL);
}
