/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/password.h"

#include <glib/gi18n-lib.h>

#include "purple/login.h"

#define ERROR_WRONG_PASSWORD 1002 /* "no permission", as the chat server says it here */

typedef struct {
  OpenimConnection *connection;
  char *current;
  char *wanted;
  OpenimCommandLine *command; /* (nullable) else it was libpurple's dialog */
} Change;

static void
change_free (Change *change)
{
  openim_connection_unref (change->connection);
  g_free (change->current);
  g_free (change->wanted);
  if (change->command != NULL)
    openim_command_unref (change->command);
  g_free (change);
}

/* bitlbee keeps passwords itself and tells nobody of a change unless it is told. */
static void
keep (OpenimConnection *self, const char *password)
{
  purple_account_set_password (self->account, password);
  if (openim_host_is_bitlbee ())
    purple_signal_emit (purple_accounts_get_handle (), "bitlbee-set-account-password", self->account,
                        password);
}

static void
say (OpenimConnection *self, const Change *change, const char *sentence, gboolean good)
{
  if (change->command != NULL)
    openim_command_say (self, change->command, "%s", sentence);
  else if (good)
    purple_notify_info (self->gc, _ ("Change of password"), sentence, NULL);
  else
    purple_notify_error (self->gc, _ ("Change of password"), sentence, NULL);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Change *change = user_data;
  OpenimConnection *self = change->connection;
  g_autoptr (GError) error = NULL;
  gboolean changed = openim_account_change_password_finish (OPENIM_ACCOUNT (source), result, &error);
  g_autofree char *sentence = NULL;

  if (!openim_connection_is_open (self)) {
    change_free (change);
    return;
  }
  if (changed)
    sentence = g_strdup (_ ("The password has been changed. Your other programs need the new one."));
  else if (openim_error_code (error) == ERROR_WRONG_PASSWORD)
    sentence = g_strdup (_ ("That is not your current password."));
  else
    sentence = openim_error_describe (error);
  /* libpurple's dialog has stored the new one already. */
  keep (self, changed ? change->wanted : change->current);
  say (self, change, sentence, changed);
  if (changed)
    openim_login_renew (self, change->wanted);
  else
    openim_login_expect_end (self, FALSE);
  change_free (change);
}

static void
start (OpenimConnection *self, const char *current, const char *wanted, OpenimCommandLine *command)
{
  OpenimAccount *account = openim_login_get_account (self);
  Change *change = g_new0 (Change, 1);

  change->connection = openim_connection_ref (self);
  change->current = g_strdup (current);
  change->wanted = g_strdup (wanted);
  change->command = command != NULL ? openim_command_ref (command) : NULL;
  if (account == NULL) {
    keep (self, current);
    say (self, change, _ ("You have logged in by token, which has no password."), FALSE);
    change_free (change);
    return;
  }
  openim_login_expect_end (self, TRUE);
  openim_account_change_password_async (account, current, wanted, NULL, on_changed, change);
}

void
openim_password_change (PurpleConnection *gc, const char *current, const char *wanted)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL)
    start (self, current, wanted, NULL);
}

void
openim_password_run (OpenimConnection *self, OpenimCommandLine *command)
{
  start (self, command->args[0], command->args[1], command);
}
