/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/message-list.h"

#include <glib/gi18n-lib.h>

#include "conversation.pb-c.h"
#include "message.pb-c.h"
#include "purple/blist.h"
#include "purple/listing.h"
#include "purple/numbers.h"
#include "purple/pick.h"

#define USUAL 10      /* lines of /list */
#define NOTE_MAX 1000 /* bytes */

/* --- /list --- */

static const char *
get_state (const OpenimMessage *message)
{
  switch ((int) message->status) {
  case OPENIM_STATUS_FAILED:
    /* TRANSLATORS: of a message */
    return _ ("not sent");
  case OPENIM_STATUS_SENDING:
    /* TRANSLATORS: of a message */
    return _ ("being sent");
  default:
    return NULL;
  }
}

char *
openim_message_describe (OpenimConnection *self, const OpenimMessage *message)
{
  const OpenimNumbered *numbered = openim_numbers_find (self->numbers, message->clientmsgid);
  g_autofree char *when = openim_listing_format_time (message);
  g_autofree char *text = openim_message_get_text (message, self->self_id);
  g_autofree char *excerpt = openim_excerpt (text);
  gboolean own = g_strcmp0 (message->sendid, self->self_id) == 0;
  const char *state = get_state (message);
  GString *line = g_string_new (NULL);

  if (numbered != NULL)
    g_string_append_printf (line, "%u  ", numbered->number);
  g_string_append_printf (line, "%s ", when);
  openim_roster_learn_name (self, message->sendid, message->sendernickname);
  if (!openim_message_is_notice (message))
    g_string_append_printf (line,
                            "%s: ", own ? self->self_name : openim_roster_get_name (self, message->sendid));
  g_string_append (line, excerpt);
  if (state != NULL)
    g_string_append_printf (line, " (%s)", state);
  if (message->localex != NULL && *message->localex != '\0') {
    g_autofree char *note = openim_excerpt (message->localex);

    /* TRANSLATORS: what the person has noted about a message */
    g_string_append_printf (line, _ (" — your note: %s"), note);
  }
  return g_string_free (line, FALSE);
}

static void
list (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  for (gsize i = 0; i < n && openim_connection_is_open (self); i++) {
    g_autofree char *line = openim_message_describe (self, messages[i]);

    openim_command_say (self, command, "%s", line);
  }
}

void
openim_message_run_list (OpenimConnection *self, OpenimCommandLine *command)
{
  guint64 count = USUAL;

  if (command->args[0] != NULL &&
      !g_ascii_string_to_unsigned (command->args[0], 10, 1, G_MAXINT, &count, NULL))
    openim_command_say (self, command, _ ("“%s” is not a number of messages."), command->args[0]);
  else
    openim_pick_last (self, command, (guint) count, list);
}

/* --- /note --- */

static void
on_noted (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  openim_command_say (self, command,
                      command->args[1] != NULL ? _ ("Noted. Only you can see it, here and with %slist.")
                                               : _ ("The note is gone; %slist shows the others."),
                      openim_commands_get_mark ());
}

static void
annotate (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  Openim__Sdk__Conversation__SetMessageLocalExReq request =
      OPENIM__SDK__CONVERSATION__SET_MESSAGE_LOCAL_EX_REQ__INIT;
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);

  request.conversationid = id;
  request.clientmsgid = messages[0]->clientmsgid;
  request.localex = command->args[1] != NULL ? command->args[1] : (char *) "";
  openim_command_call (self, command, OPENIM_NUMBER (SetMessageLocalEx), &request, on_noted);
}

void
openim_message_run_annotate (OpenimConnection *self, OpenimCommandLine *command)
{
  if (command->args[1] != NULL && strlen (command->args[1]) > NOTE_MAX)
    openim_command_say (self, command, _ ("That note is too long."));
  else
    openim_pick (self, command, command->args[0], FALSE, annotate);
}

/* --- /remember --- */

static void
on_remembered (OpenimConnection *self, OpenimCommandLine *command, const OpenimMessage *message)
{
  if (message == NULL)
    return;
  openim_numbers_note (self, &command->peer, message, command->args[0]);
  openim_command_say (self, command, _ ("Remembered here, for you alone: “%s”."), command->args[0]);
}

static void
on_single (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__Message__InsertSingleMessageToLocalStorageResp *answer = (gconstpointer) response;

  on_remembered (self, command, answer->msg);
}

static void
on_group (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__Message__InsertGroupMessageToLocalStorageResp *answer = (gconstpointer) response;

  on_remembered (self, command, answer->msg);
}

static void
on_made (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__Message__CreateTextMessageResp *made = (gconstpointer) response;

  if (command->peer.session == OPENIM_SESSION_GROUP) {
    Openim__Sdk__Message__InsertGroupMessageToLocalStorageReq request =
        OPENIM__SDK__MESSAGE__INSERT_GROUP_MESSAGE_TO_LOCAL_STORAGE_REQ__INIT;

    request.msg = made->message;
    request.groupid = (char *) command->peer.name;
    request.sendid = self->self_id;
    openim_command_call (self, command, OPENIM_NUMBER (InsertGroupMessageToLocalStorage), &request, on_group);
  } else {
    Openim__Sdk__Message__InsertSingleMessageToLocalStorageReq request =
        OPENIM__SDK__MESSAGE__INSERT_SINGLE_MESSAGE_TO_LOCAL_STORAGE_REQ__INIT;

    request.msg = made->message;
    request.recvid = (char *) command->peer.name;
    request.sendid = self->self_id;
    openim_command_call (self, command, OPENIM_NUMBER (InsertSingleMessageToLocalStorage), &request,
                         on_single);
  }
}

void
openim_message_run_remember (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Message__CreateTextMessageReq request = OPENIM__SDK__MESSAGE__CREATE_TEXT_MESSAGE_REQ__INIT;

  request.text = command->args[0];
  openim_command_call (self, command, OPENIM_NUMBER (CreateTextMessage), &request, on_made);
}
