/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/conversation-list.h"

#include <stdlib.h>

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/gate.h"
#include "conversation.pb-c.h"
#include "purple/ask.h"
#include "purple/traits.h"

#define LINES 20    /* of the command */
#define ROWS 500    /* of the window */
#define EXCERPT 200 /* bytes of a message in a row */

/* (transfer full) */
static char *
get_excerpt (OpenimConnection *self, const OpenimMessage *message)
{
  g_autofree char *text = openim_message_get_text (message, self->self_id);

  return openim_gate_text (text, -1, EXCERPT, TRUE);
}

static int
compare_conversations (gconstpointer a, gconstpointer b)
{
  const OpenimConversation *one = *(OpenimConversation *const *) a;
  const OpenimConversation *two = *(OpenimConversation *const *) b;

  if ((one->unreadcount > 0) != (two->unreadcount > 0))
    return one->unreadcount > 0 ? -1 : 1;
  if (one->ispinned != two->ispinned)
    return one->ispinned ? -1 : 1;
  return (one->latestmsgsendtime < two->latestmsgsendtime) -
         (one->latestmsgsendtime > two->latestmsgsendtime);
}

/* (transfer container) Those that have a window. */
static GPtrArray *
sort_conversations (OpenimConversation *const *list, gsize n)
{
  GPtrArray *sorted = g_ptr_array_new ();
  OpenimPeer peer = { 0 };

  for (gsize i = 0; i < n; i++)
    if (openim_peer_of_conversation (list[i], &peer))
      g_ptr_array_add (sorted, list[i]);
  g_ptr_array_sort (sorted, compare_conversations);
  return sorted;
}

/* (transfer full) */
static char *
describe_state (const OpenimConversation *conversation)
{
  GString *text = g_string_new (NULL);

  if (conversation->unreadcount > 0)
    g_string_append_printf (
        text, g_dngettext (GETTEXT_PACKAGE, "%d unread", "%d unread", (gulong) conversation->unreadcount),
        conversation->unreadcount);
  if (conversation->groupattype != OPENIM__SDK__COMMON__CONV_GROUP_AT_TYPE__AtNormal)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", _ ("mentions you"));
  if (conversation->ispinned)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", _ ("pinned"));
  if (conversation->recvmsgopt != OPENIM__SDK__COMMON__CONV_RECV_MSG_OPT__ReceiveMessage)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", _ ("muted"));
  return g_string_free (text, FALSE);
}

static void
list_conversations (OpenimConnection *self,
                    OpenimCommandLine *command,
                    OpenimConversation *const *list,
                    gsize n)
{
  g_autoptr (GPtrArray) sorted = sort_conversations (list, n);

  for (guint i = 0; i < sorted->len && i < LINES && openim_connection_is_open (self); i++) {
    const OpenimConversation *conversation = g_ptr_array_index (sorted, i);
    g_autofree char *state = describe_state (conversation);
    g_autofree char *name = openim_gate_text (conversation->showname, -1, 0, TRUE);
    OpenimPeer peer = { 0 };

    openim_peer_of_conversation (conversation, &peer);
    openim_command_say (self, command, "%s (%s)%s%s", name, peer.name, *state != '\0' ? ": " : "", state);
  }
  if (!openim_connection_is_open (self))
    return;
  if (sorted->len == 0)
    openim_command_say (self, command, _ ("No conversation has been found."));
  else if (sorted->len > LINES)
    openim_command_say (
        self, command,
        g_dngettext (GETTEXT_PACKAGE, "%u more is not shown.", "%u more are not shown.", sorted->len - LINES),
        sorted->len - LINES);
}

static void
on_all_conversations (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__Conversation__GetAllConversationListResp *answer = (gconstpointer) response;

  list_conversations (self, command, answer->conversationlist, answer->n_conversationlist);
}

static void
on_found_conversations (OpenimConnection *self, OpenimCommandLine *command, const ProtobufCMessage *response)
{
  const Openim__Sdk__Conversation__SearchConversationResp *answer = (gconstpointer) response;

  list_conversations (self, command, answer->conversationlist, answer->n_conversationlist);
}

void
openim_conversation_list_run (OpenimConnection *self, OpenimCommandLine *command)
{
  Openim__Sdk__Conversation__SearchConversationReq request =
      OPENIM__SDK__CONVERSATION__SEARCH_CONVERSATION_REQ__INIT;

  if (command->args[0] == NULL) {
    openim_command_call (self, command, OPENIM_NUMBER (GetAllConversationList), NULL, on_all_conversations);
    return;
  }
  request.searchparam = command->args[0];
  openim_command_call (self, command, OPENIM_NUMBER (SearchConversation), &request, on_found_conversations);
}

/* --- in a window --- */

/* Behind the columns a row has what nobody sees. */
enum { ROW_NAME, ROW_STATE, ROW_LATEST, ROW_SESSION, ROW_PEER };

static void
on_open_conversation (PurpleConnection *gc, GList *row, gpointer data)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { 0 };
  PurpleConversation *conversation = NULL;

  if (self == NULL)
    return;
  peer.session = atoi (g_list_nth_data (row, ROW_SESSION));
  peer.name = g_list_nth_data (row, ROW_PEER);
  conversation = openim_peer_open (self, &peer);
  if (conversation != NULL && openim_connection_is_open (self))
    purple_conversation_present (conversation);
}

static void
show_conversations (OpenimConnection *self,
                    const GError *error,
                    const ProtobufCMessage *response,
                    gpointer data)
{
  const Openim__Sdk__Conversation__SearchConversationResp *answer = (gconstpointer) response;
  const char *const titles[] = { _ ("Conversation"), _ ("State"), _ ("Newest message") };
  g_autofree char *sentence = error != NULL ? openim_error_describe (error) : NULL;
  g_autoptr (GPtrArray) sorted = NULL;
  PurpleNotifySearchResults *results = NULL;

  if (error != NULL) {
    purple_notify_error (self->gc, _ ("Conversations"), sentence, NULL);
    return;
  }
  sorted = sort_conversations (answer->conversationlist, answer->n_conversationlist);
  if (sorted->len == 0) {
    purple_notify_info (self->gc, _ ("Conversations"), _ ("No conversation has been found."), NULL);
    return;
  }
  results = purple_notify_searchresults_new ();
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    purple_notify_searchresults_column_add (results, purple_notify_searchresults_column_new (titles[i]));
  purple_notify_searchresults_button_add (results, PURPLE_NOTIFY_BUTTON_IM, on_open_conversation);
  for (guint i = 0; i < sorted->len && i < ROWS; i++) {
    const OpenimConversation *conversation = g_ptr_array_index (sorted, i);
    OpenimPeer peer = { 0 };
    GList *row = NULL;

    openim_peer_of_conversation (conversation, &peer);
    row = g_list_append (row, openim_gate_text (conversation->showname, -1, 0, TRUE));
    row = g_list_append (row, describe_state (conversation));
    row = g_list_append (row, conversation->latestmsg != NULL ? get_excerpt (self, conversation->latestmsg)
                                                              : g_strdup (""));
    row = g_list_append (row, g_strdup_printf ("%d", peer.session));
    row = g_list_append (row, g_strdup (peer.name));
    purple_notify_searchresults_row_add (results, row);
  }
  purple_notify_searchresults (self->gc, _ ("Conversations"), _ ("Conversations that have been found"), NULL,
                               results, NULL, NULL);
}

static void
on_name (OpenimConnection *self, const char *subject, const char *text)
{
  Openim__Sdk__Conversation__SearchConversationReq request =
      OPENIM__SDK__CONVERSATION__SEARCH_CONVERSATION_REQ__INIT;

  request.searchparam = (char *) text;
  if (*text != '\0')
    openim_connection_call (self, OPENIM_NUMBER (SearchConversation), &request, show_conversations, NULL,
                            NULL);
}

void
openim_conversation_list_ask (OpenimConnection *self)
{
  openim_ask_text (self, NULL, _ ("Conversations"), _ ("Which conversation are you looking for?"),
                   _ ("Enter a part of its name."), NULL, FALSE, on_name);
}
