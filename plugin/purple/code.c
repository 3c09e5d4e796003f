/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/code.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "purple/host.h"
#include "purple/reason.h"

#define ASK "ask" /* what people set the option to who have a password too */

struct _OpenimCodeQuestion {
  OpenimAccount *account; /* (nullable) that waits for a code */
  GCancellable *cancellable;
  GAsyncReadyCallback done;
  char *name;
};

OpenimCodeQuestion *
openim_code_question_new (void)
{
  return g_new0 (OpenimCodeQuestion, 1);
}

static void
clear (OpenimCodeQuestion *question)
{
  g_clear_object (&question->account);
  g_clear_object (&question->cancellable);
  g_clear_pointer (&question->name, g_free);
}

void
openim_code_question_free (OpenimCodeQuestion *question)
{
  if (question == NULL)
    return;
  clear (question);
  g_free (question);
}

static gboolean
is_address (const char *name)
{
  return strchr (name, '@') != NULL || *name == '+';
}

gboolean
openim_code_is_wanted (const OpenimOptions *options)
{
  if (options->code != NULL)
    return TRUE;
  return (options->password == NULL || *options->password == '\0') && is_address (options->name);
}

gboolean
openim_code_is_at_hand (const OpenimOptions *options)
{
  return options->code != NULL && g_ascii_strcasecmp (options->code, ASK) != 0;
}

static void
log_in (OpenimConnection *self, const char *code)
{
  OpenimCodeQuestion *question = self->code;

  openim_account_login_async (question->account, NULL, code, question->cancellable, question->done,
                              openim_connection_ref (self));
  clear (question);
}

/* --- the question --- */

static void
on_code (OpenimConnection *self, const char *text)
{
  g_autofree char *code = g_strstrip (g_strdup (text != NULL ? text : ""));

  if (!openim_connection_is_open (self) || self->code->account == NULL)
    return;
  if (*code != '\0')
    log_in (self, code);
  else
    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
                            _ ("No code has been entered."));
}

static void
on_cancel (OpenimConnection *self, const char *text)
{
  on_code (self, NULL);
}

static void
ask (OpenimConnection *self)
{
  PurpleRequestUiOps *ops = purple_request_get_ui_ops ();
  const char *username = purple_account_get_username (self->account);
  g_autofree char *sent = g_strdup_printf (_ ("A code has been sent to %s."), self->code->name);
  g_autofree char *where = NULL;

  if (ops == NULL || ops->request_input == NULL) {
    openim_connection_fail (
        self, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
        _ ("A code has been sent to you. Set the account’s option “code” to it and log in again."));
    return;
  }
  if (openim_host_has_windows ())
    where = g_strdup_printf (_ ("%s Enter it in the window that asks for it."), sent);
  else
    where =
        g_strdup_printf (_ ("%s Say it to “purple_request_0”, or to whoever has just asked for it; or set "
                            "the account’s option “code” to it and log in again."),
                         sent);
  purple_connection_update_progress (self->gc, where, 0, 2);
  if (!openim_connection_is_open (self))
    return;
  purple_request_input (self->gc, _ ("Log in"), _ ("The code that you have been sent"), sent, NULL, FALSE,
                        FALSE, NULL, _ ("_OK"), G_CALLBACK (on_code), _ ("_Cancel"), G_CALLBACK (on_cancel),
                        self->account, username, NULL, self);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OpenimConnection) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean sent = openim_account_send_code_finish (OPENIM_ACCOUNT (source), result, &error);
  g_autofree char *sentence = sent ? NULL : openim_error_describe (error);

  if (!openim_connection_is_open (self))
    return;
  if (sent)
    ask (self);
  else
    openim_connection_fail (self, openim_reason_from_error (error), sentence);
}

void
openim_code_start (OpenimConnection *self,
                   OpenimAccount *account,
                   const OpenimOptions *options,
                   GCancellable *cancellable,
                   GAsyncReadyCallback done)
{
  OpenimCodeQuestion *question = self->code;

  clear (question);
  question->account = g_object_ref (account);
  question->cancellable = g_object_ref (cancellable);
  question->done = done;
  question->name = g_strdup (options->name);
  if (openim_code_is_at_hand (options)) {
    /* It is good for once. */
    purple_account_set_string (self->account, "code", "");
    log_in (self, options->code);
  } else if (!is_address (options->name))
    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_INVALID_USERNAME,
                            _ ("A code can be sent to an e-mail address, or to a phone number as in "
                               "“+49 15112345678”: log in with that."));
  else
    openim_account_send_code_async (account, OPENIM_ACCOUNT_CODE_LOGIN, cancellable, on_sent,
                                    openim_connection_ref (self));
}
