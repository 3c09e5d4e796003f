/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/unsent.h"

#include <glib/gi18n-lib.h>

#include "conversation.pb-c.h"
#include "purple/events.h"
#include "purple/numbers.h"
#include "purple/outgoing.h"
#include "purple/traits.h"

static void
settle (OpenimConnection *self, const OpenimMessage *message)
{
  g_autofree char *text = openim_message_get_text (message, self->self_id);
  OpenimPeer peer = { 0 };

  if ((int) message->status == OPENIM_STATUS_SENDING)
    return; /* not yet */
  openim_numbers_set_unsure (self->numbers, message->clientmsgid, FALSE);
  if (!openim_peer_of_message (self, message, &peer))
    return;
  if ((int) message->status == OPENIM_STATUS_FAILED)
    openim_outgoing_tell_failed (self, &peer, text, NULL);
  else
    openim_outgoing_tell_sent (self, &peer, text);
}

/* The program ended so early that it was not even stored. Said where a person looks. */
static void
settle_lost (OpenimConnection *self, const char *client_msg_id)
{
  const OpenimNumbered *numbered = openim_numbers_find (self->numbers, client_msg_id);
  PurpleConversation *conversation =
      numbered != NULL ? openim_peer_find_window (self, numbered->conversation_id) : NULL;
  OpenimPeer peer = { 0 };
  g_autofree char *text = NULL;

  if (conversation == NULL)
    return;
  openim_numbers_set_unsure (self->numbers, client_msg_id, FALSE);
  openim_peer_of_window (self, conversation, &peer);
  text = g_strdup_printf (_ ("Your message %u was not sent; the connection had ended before."),
                          numbered->number);
  openim_peer_tell (self, &peer, text, PURPLE_MESSAGE_ERROR);
}

static void
on_found (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Conversation__FindMessageListResp *answer = (gconstpointer) response;

  if (error == NULL && answer->totalcount == 0)
    settle_lost (self, data);
  /* After an error it is asked again at the next change. */
  for (gsize i = 0; error == NULL && i < answer->n_findresultitems; i++)
    for (gsize j = 0; j < answer->findresultitems[i]->n_messagelist && openim_connection_is_open (self); j++)
      settle (self, answer->findresultitems[i]->messagelist[j]);
}

/* @conversation_id: NULL for all. */
static void
look (OpenimConnection *self, const char *conversation_id)
{
  g_autoptr (GPtrArray) unsure = openim_numbers_get_unsure (self->numbers);

  for (guint i = 0; i < unsure->len; i++) {
    const OpenimNumbered *numbered = g_ptr_array_index (unsure, i);
    Openim__Sdk__Conversation__FindMessageListReq request =
        OPENIM__SDK__CONVERSATION__FIND_MESSAGE_LIST_REQ__INIT;
    Openim__Sdk__Conversation__ConversationArgs args = OPENIM__SDK__CONVERSATION__CONVERSATION_ARGS__INIT;
    Openim__Sdk__Conversation__ConversationArgs *list[] = { &args };
    char *id = numbered->client_msg_id;

    if (numbered->waited_for ||
        (conversation_id != NULL && g_strcmp0 (numbered->conversation_id, conversation_id) != 0))
      continue;
    args.conversationid = numbered->conversation_id;
    args.clientmsgidlist = &id;
    args.n_clientmsgidlist = 1;
    request.conversationsargs = list;
    request.n_conversationsargs = G_N_ELEMENTS (list);
    openim_connection_call (self, OPENIM_NUMBER (FindMessageList), &request, on_found, g_strdup (id), g_free);
  }
}

static void
on_synced (PurpleConnection *gc, const Openim__Event__EventOnSyncServerFinishData *data, gpointer unused)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && self->numbers != NULL)
    look (self, NULL);
}

static void
on_changed (PurpleConnection *gc, const Openim__Event__EventOnConversationChangedData *data, gpointer unused)
{
  OpenimConnection *self = openim_connection_get (gc);

  for (gsize i = 0; self != NULL && self->numbers != NULL && i < data->n_conversationlist; i++)
    look (self, data->conversationlist[i]->conversationid);
}

void
openim_unsent_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnSyncServerFinish), PURPLE_CALLBACK (on_synced) },
    { OPENIM_NUMBER (EventOnConversationChanged), PURPLE_CALLBACK (on_changed) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
