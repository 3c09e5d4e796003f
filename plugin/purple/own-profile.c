/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/own-profile.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "purple/markup.h"
#include "user.pb-c.h"

#define FIELD_NICKNAME "nickname"
#define FIELD_ABOUT "about"

const char *
openim_own_profile_read (const char *ex)
{
  return *ex != '\0' && *ex != '{' && *ex != '[' ? ex : NULL;
}

void
openim_own_profile_send (OpenimConnection *self,
                         const char *nickname,
                         const char *about,
                         OpenimReplyFunc reply,
                         gpointer data,
                         GDestroyNotify destroy)
{
  Openim__Sdk__User__SetSelfInfoReq request = OPENIM__SDK__USER__SET_SELF_INFO_REQ__INIT;

  request.userid = self->self_id;
  if (nickname != NULL) {
    request._nickname_case = OPENIM__SDK__USER__SET_SELF_INFO_REQ___NICKNAME_NICKNAME;
    request.nickname = (char *) nickname;
  }
  if (about != NULL) {
    request._ex_case = OPENIM__SDK__USER__SET_SELF_INFO_REQ___EX_EX;
    request.ex = (char *) about;
  }
  openim_connection_call (self, OPENIM_NUMBER (SetSelfInfo), &request, reply, data, destroy);
}

static void
on_set (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  g_autofree char *sentence = error != NULL ? openim_error_describe (error) : NULL;

  if (error != NULL)
    purple_notify_error (self->gc, _ ("My profile"), sentence, NULL);
}

void
openim_own_profile_set (PurpleConnection *gc, const char *info)
{
  OpenimConnection *self = openim_connection_get (gc);
  g_autofree char *text = openim_markup_to_text (info != NULL ? info : "");

  if (self != NULL && self->self_id != NULL)
    openim_own_profile_send (self, NULL, text, on_set, NULL, NULL);
}

/* --- the dialog; libpurple closes it with the connection --- */

static void
on_filled (OpenimConnection *self, PurpleRequestFields *fields)
{
  const char *nickname = purple_request_fields_get_string (fields, FIELD_NICKNAME);
  const char *about = purple_request_fields_get_string (fields, FIELD_ABOUT);

  if (openim_connection_is_open (self))
    openim_own_profile_send (self, nickname, about != NULL ? about : "", on_set, NULL, NULL);
}

static void
on_cancelled (OpenimConnection *self, PurpleRequestFields *fields)
{
}

static void
on_self (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__User__GetSelfUserInfoResp *answer = (gconstpointer) response;
  const char *about = NULL;
  PurpleRequestFields *fields = NULL;
  PurpleRequestFieldGroup *group = NULL;
  PurpleRequestField *name = NULL;

  if (error != NULL || answer->user == NULL) {
    on_set (self, error, NULL, NULL);
    return;
  }
  about = openim_own_profile_read (answer->user->ex);
  fields = purple_request_fields_new ();
  group = purple_request_field_group_new (NULL);
  name = purple_request_field_string_new (FIELD_NICKNAME, _ ("_Name that others see"), answer->user->nickname,
                                          FALSE);
  purple_request_field_set_required (name, TRUE);
  purple_request_field_group_add_field (group, name);
  purple_request_field_group_add_field (
      group, purple_request_field_string_new (FIELD_ABOUT, _ ("_About me"), about, TRUE));
  purple_request_fields_add_group (fields, group);
  purple_request_fields (self->gc, _ ("My profile"), NULL, NULL, fields, _ ("_Save"), G_CALLBACK (on_filled),
                         _ ("_Cancel"), G_CALLBACK (on_cancelled), self->account, NULL, NULL, self);
}

void
openim_own_profile_edit (OpenimConnection *self)
{
  openim_connection_call (self, OPENIM_NUMBER (GetSelfUserInfo), NULL, on_self, NULL, NULL);
}

/* --- the command --- */

static void
on_said (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__User__GetSelfUserInfoResp *answer = (gconstpointer) response;
  const char *about = answer->user != NULL ? openim_own_profile_read (answer->user->ex) : NULL;

  if (about != NULL)
    openim_command_say (self, command, _ ("About you: %s"), about);
  else
    openim_command_say (self, command, _ ("Your profile says nothing about you."));
}

static void
on_changed (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  OpenimCommandLine *command = data;

  if (error != NULL)
    openim_command_say_error (self, command, error);
  else
    openim_command_say (self, command, _ ("About you: %s"), command->args[0]);
}

void
openim_own_profile_run (OpenimConnection *self, OpenimCommandLine *command)
{
  if (command->args[0] != NULL)
    openim_own_profile_send (self, NULL, command->args[0], on_changed, openim_command_ref (command),
                             openim_command_unref);
  else
    openim_command_call (self, command, OPENIM_NUMBER (GetSelfUserInfo), NULL, on_said);
}
