/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/message-answer.h"

#include <glib/gi18n-lib.h>

#include "conversation.pb-c.h"
#include "message.pb-c.h"
#include "purple/blist.h"
#include "purple/chat.h"
#include "purple/mentions.h"
#include "purple/message-list.h"
#include "purple/numbers.h"
#include "purple/outgoing.h"
#include "purple/pick.h"
#include "purple/styles.h"
#include "purple/target.h"

#define LOCAL "-local"

static gboolean
is_sent (const OpenimMessage *message)
{
  return (int) message->status != OPENIM_STATUS_FAILED && (int) message->status != OPENIM_STATUS_SENDING;
}

/* FALSE: it has not been sent, so that the server does not know it; and that has been said. */
static gboolean
check_sent (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!is_sent (messages[i])) {
      g_autofree char *line = openim_message_describe (self, messages[i]);

      openim_command_say (self, command, _ ("That has not been sent itself: %s"), line);
      return FALSE;
    }
  return TRUE;
}

/* --- quote --- */

static void
quote (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  g_autoptr (GPtrArray) mentioned = g_ptr_array_new ();
  OpenimRoom *room =
      command->peer.session == OPENIM_SESSION_GROUP ? openim_rooms_get (self, command->peer.name) : NULL;
  g_autofree char *text = NULL;

  if (!check_sent (self, command, messages, n))
    return;
  text = room != NULL ? openim_mentions_find (self, room, command->args[1], mentioned)
                      : g_strdup (command->args[1]);
  openim_outgoing_answer (self, &command->peer, messages[0], command->args[1], text, mentioned);
}

void
openim_message_run_quote (OpenimConnection *self, OpenimCommandLine *command)
{
  openim_pick (self, command, command->args[0], FALSE, quote);
}

/* The same with styles; who is mentioned in it is not told so, since a message is one or the other. */
static void
quote_styled (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  Openim__Sdk__Message__CreateAdvancedQuoteMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_ADVANCED_QUOTE_MESSAGE_REQ__INIT;
  g_autoptr (GPtrArray) entities = g_ptr_array_new_with_free_func (openim_pb_free);
  g_autofree char *text = openim_styles_read (command->args[1], entities);

  if (!check_sent (self, command, messages, n))
    return;
  request.text = text;
  request.quotemessage = messages[0];
  request.messageentities = (Openim__Sdk__Shared__MessageEntity **) entities->pdata;
  request.n_messageentities = entities->len;
  openim_outgoing_make (self, &command->peer, command, OPENIM_NUMBER (CreateAdvancedQuoteMessage), &request);
}

void
openim_message_run_quote_styled (OpenimConnection *self, OpenimCommandLine *command)
{
  openim_pick (self, command, command->args[0], FALSE, quote_styled);
}

/* --- forward --- */

static void
forward (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  OpenimPeer peer = { 0 };

  if (!check_sent (self, command, messages, n) ||
      !openim_target_find (self, command, command->args[1], &peer))
    return;
  for (gsize i = 0; i < n; i++) {
    Openim__Sdk__Message__CreateForwardMessageReq request =
        OPENIM__SDK__MESSAGE__CREATE_FORWARD_MESSAGE_REQ__INIT;

    request.message = messages[i];
    openim_outgoing_make (self, &peer, command, OPENIM_NUMBER (CreateForwardMessage), &request);
  }
}

void
openim_message_run_forward (OpenimConnection *self, OpenimCommandLine *command)
{
  openim_pick (self, command, command->args[0], TRUE, forward);
}

/* --- merge --- */

static char *
summarize (OpenimConnection *self, const OpenimMessage *message)
{
  g_autofree char *text = openim_message_get_text (message, self->self_id);
  g_autofree char *excerpt = openim_excerpt (text);
  const char *sender = message->sendernickname;

  if (sender == NULL || *sender == '\0')
    sender = openim_roster_get_name (self, message->sendid);
  return g_strdup_printf ("%s: %s", sender, excerpt);
}

/* (transfer full) What other programs call it too. */
static char *
make_title (OpenimConnection *self, const OpenimCommandLine *command)
{
  g_autofree char *called = NULL;

  if (command->args[2] != NULL)
    return g_strdup (command->args[2]);
  called = openim_target_describe (self, &command->peer);
  if (command->peer.session == OPENIM_SESSION_GROUP)
    /* TRANSLATORS: the name of a group */
    return g_strdup_printf (_ ("What was said in %s"), called);
  /* TRANSLATORS: two people */
  return g_strdup_printf (_ ("What %s and %s said"), self->self_name, called);
}

static void
merge (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  Openim__Sdk__Message__CreateMergerMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_MERGER_MESSAGE_REQ__INIT;
  g_autoptr (GPtrArray) summaries = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *title = make_title (self, command);
  OpenimPeer peer = { 0 };

  if (!check_sent (self, command, messages, n) ||
      !openim_target_find (self, command, command->args[1], &peer))
    return;
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (summaries, summarize (self, messages[i]));
  request.messages = (OpenimMessage **) messages;
  request.n_messages = n;
  request.title = title;
  request.summaries = (char **) summaries->pdata;
  request.n_summaries = n;
  openim_outgoing_make (self, &peer, command, OPENIM_NUMBER (CreateMergerMessage), &request);
}

void
openim_message_run_merge (OpenimConnection *self, OpenimCommandLine *command)
{
  openim_pick (self, command, command->args[0], TRUE, merge);
}

/* --- revoke --- */

static void
withdraw (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  Openim__Sdk__Message__RevokeMessageReq request = OPENIM__SDK__MESSAGE__REVOKE_MESSAGE_REQ__INIT;
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);
  g_autofree char *line = NULL;

  if (openim_message_is_notice (messages[0])) {
    openim_command_say (self, command, _ ("That message has been withdrawn already."));
    return;
  }
  if (!check_sent (self, command, messages, n))
    return;
  line = openim_message_describe (self, messages[0]);
  openim_command_say (self, command, _ ("Withdrawing %s"), line);
  request.conversationid = id;
  request.clientmsgid = messages[0]->clientmsgid;
  /* That it has been done, everybody's windows say (news.c). */
  openim_command_call (self, command, OPENIM_NUMBER (RevokeMessage), &request, NULL);
}

/* The last of several that is one's own. */
static void
withdraw_own (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  for (gsize i = n; i > 0; i--)
    if (g_strcmp0 (messages[i - 1]->sendid, self->self_id) == 0 &&
        !openim_message_is_notice (messages[i - 1])) {
      withdraw (self, command, &messages[i - 1], 1);
      return;
    }
  openim_command_say (self, command, _ ("You have not said anything here of late that could be withdrawn."));
}

void
openim_message_run_revoke (OpenimConnection *self, OpenimCommandLine *command)
{
  if (command->args[0] != NULL)
    openim_pick (self, command, command->args[0], FALSE, withdraw);
  else
    openim_pick_last (self, command, OPENIM_NUMBERS_KEPT, withdraw_own);
}

/* --- delete --- */

static void
delete_there (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);

  for (gsize i = 0; i < n; i++) {
    Openim__Sdk__Message__DeleteMessageReq request = OPENIM__SDK__MESSAGE__DELETE_MESSAGE_REQ__INIT;

    request.conversationid = id;
    request.clientmsgid = messages[i]->clientmsgid;
    openim_command_call (self, command, OPENIM_NUMBER (DeleteMessage), &request, NULL);
  }
}

static void
delete_here (OpenimConnection *self, OpenimCommandLine *command, OpenimMessage *const *messages, gsize n)
{
  g_autofree char *id = openim_peer_conversation_id (self, &command->peer);

  for (gsize i = 0; i < n; i++) {
    Openim__Sdk__Conversation__DeleteMessageFromLocalStorageReq request =
        OPENIM__SDK__CONVERSATION__DELETE_MESSAGE_FROM_LOCAL_STORAGE_REQ__INIT;

    request.conversationid = id;
    request.clientmsgid = messages[i]->clientmsgid;
    openim_command_call (self, command, OPENIM_NUMBER (DeleteMessageFromLocalStorage), &request, NULL);
  }
}

void
openim_message_run_delete (OpenimConnection *self, OpenimCommandLine *command)
{
  gboolean local = g_str_equal (command->args[0], LOCAL);

  if (local && command->args[1] == NULL)
    openim_command_say (self, command, _ ("%s also needs the number of a message."), LOCAL);
  else if (!local && command->args[1] != NULL)
    openim_command_say (self, command, _ ("Only %s may stand before the numbers."), LOCAL);
  else
    openim_pick (self, command, local ? command->args[1] : command->args[0], TRUE,
                 local ? delete_here : delete_there);
}
