/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/message-kinds.h"

#include <math.h>

#include <glib/gi18n-lib.h>

#include "message.pb-c.h"
#include "purple/outgoing.h"
#include "purple/styles.h"
#include "purple/who.h"
#include "user.pb-c.h"

/* --- card --- */

static void
on_user (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__User__GetUsersInfoResp *answer = (gconstpointer) response;
  Openim__Sdk__Message__CreateCardMessageReq request = OPENIM__SDK__MESSAGE__CREATE_CARD_MESSAGE_REQ__INIT;
  Openim__Sdk__Shared__CardElem card = OPENIM__SDK__SHARED__CARD_ELEM__INIT;

  if (answer->n_users == 0) {
    openim_command_say (self, command, _ ("Nobody has the ID “%s”."), command->args[0]);
    return;
  }
  card.userid = answer->users[0]->userid;
  card.nickname = answer->users[0]->nickname;
  card.faceurl = answer->users[0]->faceurl;
  request.card = &card;
  openim_outgoing_make (self, &command->peer, command, OPENIM_NUMBER (CreateCardMessage), &request);
}

void
openim_message_run_card (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  g_autofree char *id = g_strdup (openim_who_find (self, command->args[0]));

  request.userids = &id;
  request.n_userids = 1;
  openim_command_call (self, command, OPENIM_NUMBER (GetUsersInfo), &request, on_user);
}

/* --- location --- */

static gboolean
read_degrees (const char *text, double limit, double *degrees)
{
  char *end = NULL;

  *degrees = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*degrees) && fabs (*degrees) <= limit;
}

void
openim_message_run_location (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Message__CreateLocationMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_LOCATION_MESSAGE_REQ__INIT;

  if (!read_degrees (command->args[0], 90, &request.latitude) ||
      !read_degrees (command->args[1], 180, &request.longitude)) {
    openim_command_say (self, command,
                        _ ("“%s %s” is not a place; latitude and longitude are degrees, such as %s."),
                        command->args[0], command->args[1], "52.52 13.405");
    return;
  }
  request.description = command->args[2] != NULL ? command->args[2] : (char *) "";
  openim_outgoing_make (self, &command->peer, command, OPENIM_NUMBER (CreateLocationMessage), &request);
}

/* --- face, custom, styled --- */

void
openim_message_run_face (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Message__CreateFaceMessageReq request = OPENIM__SDK__MESSAGE__CREATE_FACE_MESSAGE_REQ__INIT;
  gint64 index = 0;

  if (!g_ascii_string_to_signed (command->args[0], 10, -1, G_MAXINT32, &index, NULL)) {
    openim_command_say (self, command, _ ("“%s” is not the number of a sticker."), command->args[0]);
    return;
  }
  request.index = (gint32) index;
  request.data = command->args[1] != NULL ? command->args[1] : (char *) "";
  openim_outgoing_make (self, &command->peer, command, OPENIM_NUMBER (CreateFaceMessage), &request);
}

void
openim_message_run_custom (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Message__CreateCustomMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_CUSTOM_MESSAGE_REQ__INIT;

  request.data = command->args[0];
  request.extension = request.description = (char *) "";
  openim_outgoing_make (self, &command->peer, command, OPENIM_NUMBER (CreateCustomMessage), &request);
}

void
openim_message_run_styled (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Message__CreateAdvancedTextMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_ADVANCED_TEXT_MESSAGE_REQ__INIT;
  g_autoptr (GPtrArray) entities = g_ptr_array_new_with_free_func (openim_pb_free);
  g_autofree char *text = openim_styles_read (command->args[0], entities);

  request.text = text;
  request.messageentities = (Openim__Sdk__Shared__MessageEntity **) entities->pdata;
  request.n_messageentities = entities->len;
  openim_outgoing_make (self, &command->peer, command, OPENIM_NUMBER (CreateAdvancedTextMessage), &request);
}
