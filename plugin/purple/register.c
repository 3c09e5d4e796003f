/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/register.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "purple/account.h"
#include "purple/reason.h"
#include "sdk/account.h"

#define FIELD_NICKNAME "nickname"
#define FIELD_PASSWORD "password"
#define FIELD_CODE "code"

struct _OpenimRegistration {
  OpenimOptions *options;
  OpenimAccount *account;
  GCancellable *cancellable;
  char *password; /* as entered in the dialog */
};

void
openim_registration_free (OpenimRegistration *registration)
{
  if (registration == NULL)
    return;
  g_cancellable_cancel (registration->cancellable);
  g_object_unref (registration->cancellable);
  g_clear_object (&registration->account);
  g_clear_pointer (&registration->options, openim_options_free);
  g_free (registration->password);
  g_free (registration);
}

/* --- the end --- */

static void
tell_host (OpenimConnection *self, gboolean done)
{
  PurpleAccount *account = self->account;

  if (account->registration_cb != NULL)
    account->registration_cb (account, done, account->registration_cb_user_data);
}

static void
fail (OpenimConnection *self, PurpleConnectionError reason, const char *sentence)
{
  tell_host (self, FALSE);
  openim_connection_fail (self, reason, sentence);
}

static void
fail_with (OpenimConnection *self, const GError *error)
{
  g_autofree char *sentence = openim_error_describe (error);

  fail (self, openim_reason_from_error (error), sentence);
}

static void
on_end (OpenimConnection *self, gpointer data)
{
  purple_account_disconnect (self->account);
}

/* Not from inside a callback of libpurple's. */
static void
end (OpenimConnection *self, gboolean done)
{
  tell_host (self, done);
  if (openim_connection_is_open (self))
    openim_connection_later (self, 0, on_end, NULL, NULL);
}

static void
on_registered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OpenimConnection) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = openim_account_register_finish (OPENIM_ACCOUNT (source), result, &error);

  if (!openim_connection_is_open (self))
    return;
  if (!done) {
    fail_with (self, error);
    return;
  }
  purple_account_set_password (self->account, self->registration->password);
  purple_notify_info (self->account, _ ("New account"), _ ("The account has been created."), NULL);
  if (openim_connection_is_open (self))
    end (self, TRUE);
}

/* --- the dialog --- */

static void
on_filled (void *data, PurpleRequestFields *fields)
{
  OpenimConnection *self = data;
  OpenimRegistration *registration = self->registration;
  const char *code = purple_request_fields_get_string (fields, FIELD_CODE);

  g_free (registration->password);
  registration->password = g_strdup (purple_request_fields_get_string (fields, FIELD_PASSWORD));
  openim_account_register_async (
      registration->account, purple_request_fields_get_string (fields, FIELD_NICKNAME),
      registration->password, code, registration->cancellable, on_registered, openim_connection_ref (self));
}

static void
on_cancelled (void *data, PurpleRequestFields *fields)
{
  end (data, FALSE);
}

static PurpleRequestField *
add_field (PurpleRequestFieldGroup *group, const char *id, const char *label, const char *value)
{
  PurpleRequestField *field = purple_request_field_string_new (id, label, value, FALSE);

  purple_request_field_set_required (field, TRUE);
  purple_request_field_group_add_field (group, field);
  return field;
}

static void
ask (OpenimConnection *self)
{
  const OpenimOptions *options = self->registration->options;
  PurpleRequestFields *fields = purple_request_fields_new ();
  PurpleRequestFieldGroup *group = purple_request_field_group_new (NULL);
  g_autofree char *hint = g_strdup_printf (_ ("A code has been sent to %s."), options->name);

  add_field (group, FIELD_CODE, _ ("_Code"), NULL);
  add_field (group, FIELD_NICKNAME, _ ("_Name that others see"), NULL);
  purple_request_field_string_set_masked (
      add_field (group, FIELD_PASSWORD, _ ("_Password"), options->password), TRUE);
  purple_request_fields_add_group (fields, group);
  purple_request_fields (self->gc, _ ("New account"), _ ("Register at the chat server"), hint, fields,
                         _ ("_Register"), G_CALLBACK (on_filled), _ ("_Cancel"), G_CALLBACK (on_cancelled),
                         self->account, NULL, NULL, self);
}

/* --- the code --- */

static void
on_code_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OpenimConnection) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean sent = openim_account_send_code_finish (OPENIM_ACCOUNT (source), result, &error);

  if (!openim_connection_is_open (self))
    return;
  if (sent)
    ask (self);
  else
    fail_with (self, error);
}

static gboolean
can_ask (void)
{
  PurpleRequestUiOps *ops = purple_request_get_ui_ops ();

  return ops != NULL && ops->request_fields != NULL;
}

void
openim_registration_start (OpenimConnection *self)
{
  OpenimRegistration *registration = g_new0 (OpenimRegistration, 1);
  g_autoptr (GProxyResolver) proxy = openim_options_proxy (self->account);
  g_autoptr (GError) error = NULL;

  self->registration = registration;
  registration->cancellable = g_cancellable_new ();
  registration->options = openim_options_read (self->account, &error);
  if (registration->options == NULL) {
    fail (self, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS, error->message);
    return;
  }
  if (registration->options->token != NULL || !can_ask ()) {
    fail (self, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS,
          _ ("New accounts are made at the chat server, with a code and a password."));
    return;
  }
  if (strchr (registration->options->name, '@') == NULL && *registration->options->name != '+') {
    fail (self, PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
          _ ("For a new account enter your e-mail address, or your phone number as in “+49 15112345678”."));
    return;
  }
  registration->account = openim_account_new (registration->options->chat_server, registration->options->name,
                                              registration->options->platform, proxy, &error);
  if (registration->account == NULL) {
    fail_with (self, error);
    return;
  }
  openim_account_send_code_async (registration->account, OPENIM_ACCOUNT_CODE_REGISTER,
                                  registration->cancellable, on_code_sent, openim_connection_ref (self));
}
