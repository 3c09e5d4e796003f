/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/nickname.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "purple/own-profile.h"

/* --- members of the prpl --- */

typedef struct {
  char *nickname;
  PurpleSetPublicAliasSuccessCallback done;
  PurpleSetPublicAliasFailureCallback failed;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->nickname);
  g_free (change);
}

static void
on_set (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Change *change = data;
  g_autofree char *sentence = error != NULL ? openim_error_describe (error) : NULL;

  if (error == NULL && change->done != NULL)
    change->done (self->account, change->nickname);
  else if (error != NULL && change->failed != NULL)
    change->failed (self->account, sentence);
}

void
openim_nickname_set (PurpleConnection *gc,
                     const char *alias,
                     PurpleSetPublicAliasSuccessCallback done,
                     PurpleSetPublicAliasFailureCallback failed)
{
  OpenimConnection *self = openim_connection_get (gc);
  g_autofree char *nickname = g_strstrip (g_strdup (alias != NULL ? alias : ""));
  Change *change = NULL;

  if (self == NULL || self->self_id == NULL || *nickname == '\0') {
    if (failed != NULL)
      failed (purple_connection_get_account (gc),
              self == NULL || self->self_id == NULL ? _ ("Not connected.") : _ ("A name cannot be empty."));
    return;
  }
  change = g_new0 (Change, 1);
  change->nickname = g_strdup (nickname);
  change->done = done;
  change->failed = failed;
  openim_own_profile_send (self, nickname, NULL, on_set, change, change_free);
}

void
openim_nickname_get (PurpleConnection *gc,
                     PurpleGetPublicAliasSuccessCallback done,
                     PurpleGetPublicAliasFailureCallback failed)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && self->self_name != NULL && done != NULL)
    done (self->account, self->self_name);
  else if ((self == NULL || self->self_name == NULL) && failed != NULL)
    failed (purple_connection_get_account (gc), _ ("Not connected."));
}

/* --- the command --- */

static void
say_nickname (OpenimConnection *self, const OpenimCommandLine *command)
{
  openim_command_say (self, command, _ ("Your name is “%s”."), self->self_name);
}

static void
on_command_set (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error != NULL)
    openim_command_say_error (self, data, error);
  else
    say_nickname (self, data);
}

void
openim_nickname_run (OpenimConnection *self, OpenimCommandLine *command)
{
  if (command->args[0] != NULL)
    openim_own_profile_send (self, command->args[0], NULL, on_command_set, openim_command_ref (command),
                             openim_command_unref);
  else
    say_nickname (self, command);
}
