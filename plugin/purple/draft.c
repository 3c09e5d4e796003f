/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/draft.h"

#include <glib/gi18n-lib.h>

#include "conversation.pb-c.h"
#include "purple/traits.h"

static void
on_set (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  if (command->args[0] != NULL)
    openim_command_say (self, command, _ ("Kept as a draft. It is shown when this window opens again."));
  else
    openim_command_say (self, command, _ ("There is no draft here any more."));
}

void
openim_draft_run (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Conversation__SetConversationDraftReq request =
      OPENIM__SDK__CONVERSATION__SET_CONVERSATION_DRAFT_REQ__INIT;
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);

  request.conversationid = id;
  request.drafttext = command->args[0] != NULL ? command->args[0] : (char *) "";
  openim_command_call (self, command, OPENIM_NUMBER (SetConversationDraft), &request, on_set);
}

/* In a turn of its own: who has opened the window may be about to write into it. */
static void
on_opened (OpenimConnection *self, gpointer data)
{
  PurpleConversation *conversation = NULL;
  const char *conversation_id = data;
  const char *draft = openim_traits_get (self, conversation_id)->draft;
  OpenimPeer peer = { 0 };
  g_autofree char *text = NULL;

  if (*draft == '\0' || (conversation = openim_peer_find_window (self, conversation_id)) == NULL)
    return;
  openim_peer_of_window (self, conversation, &peer);
  /* TRANSLATORS: what the person has begun to write; "/" or "?": the command is /draft */
  text =
      g_strdup_printf (_ ("Your draft: “%s”. %sdraft alone removes it."), draft, openim_commands_get_mark ());
  openim_peer_tell (self, &peer, text, PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG);
}

static void
on_created (PurpleConversation *conversation, gpointer data)
{
  OpenimConnection *self = data;
  OpenimPeer peer = { 0 };

  if (!openim_connection_is_open (self) || self->self_id == NULL ||
      purple_conversation_get_account (conversation) != self->account)
    return;
  openim_peer_of_window (self, conversation, &peer);
  if (*openim_traits_of_peer (self, &peer)->draft != '\0')
    openim_connection_later (self, 0, on_opened, openim_peer_conversation_id (self, &peer), g_free);
}

void
openim_draft_watch (OpenimConnection *self)
{
  purple_signal_connect (purple_conversations_get_handle (), "conversation-created", self,
                         PURPLE_CALLBACK (on_created), self);
}
