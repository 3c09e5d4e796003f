/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/traits.h"

#include "purple/events.h"
#include "purple/marks.h"

struct _OpenimTraitTable {
  GHashTable *rows; /* conversation ID → OpenimTraits */
  OpenimTraits unknown;
  gboolean quiet;
};

static void
traits_free (gpointer data)
{
  OpenimTraits *traits = data;

  g_free (traits->latest);
  g_free (traits->draft);
  g_free (traits);
}

OpenimTraitTable *
openim_traits_new (void)
{
  OpenimTraitTable *table = g_new0 (OpenimTraitTable, 1);

  table->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, traits_free);
  table->unknown.latest = table->unknown.draft = (char *) "";
  return table;
}

void
openim_traits_free (OpenimTraitTable *table)
{
  if (table == NULL)
    return;
  g_hash_table_destroy (table->rows);
  g_free (table);
}

const OpenimTraits *
openim_traits_get (OpenimConnection *self, const char *conversation_id)
{
  const OpenimTraits *traits = g_hash_table_lookup (self->traits->rows, conversation_id);

  return traits != NULL ? traits : &self->traits->unknown;
}

const OpenimTraits *
openim_traits_of_peer (OpenimConnection *self, const OpenimPeer *peer)
{
  g_autofree char *id = openim_peer_conversation_id (self, peer);

  return openim_traits_get (self, id);
}

gboolean
openim_peer_of_conversation (const OpenimConversation *conversation, OpenimPeer *peer)
{
  gboolean group = *conversation->groupid != '\0';

  peer->session = group ? OPENIM_SESSION_GROUP : (int) conversation->conversationtype;
  peer->name = group ? conversation->groupid : conversation->userid;
  return *peer->name != '\0';
}

gboolean
openim_traits_is_quiet (OpenimConnection *self)
{
  return self->traits->quiet;
}

void
openim_traits_set_quiet (OpenimConnection *self, gboolean quiet)
{
  self->traits->quiet = quiet;
}

/* Pidgin and Finch count on the conversation what nobody has looked at. */
static void
clear_unseen (OpenimConnection *self, const OpenimConversation *conversation)
{
  OpenimPeer peer = { 0 };
  PurpleConversation *window =
      openim_peer_of_conversation (conversation, &peer) ? openim_peer_find (self, &peer) : NULL;

  openim_marks_forget (self, conversation->conversationid);
  if (window == NULL || purple_conversation_get_data (window, "unseen-count") == NULL)
    return;
  purple_conversation_set_data (window, "unseen-count", NULL);
  purple_conversation_set_data (window, "unseen-state", NULL);
  purple_conversation_update (window, PURPLE_CONV_UPDATE_UNSEEN);
}

static void
put (OpenimConnection *self, const OpenimConversation *conversation)
{
  OpenimTraits *traits = g_new0 (OpenimTraits, 1);
  const OpenimMessage *latest = conversation->latestmsg;

  traits->muted = conversation->recvmsgopt != OPENIM__SDK__COMMON__CONV_RECV_MSG_OPT__ReceiveMessage;
  traits->pinned = conversation->ispinned;
  traits->private_chat = conversation->isprivatechat;
  traits->burn = (guint) MAX (conversation->burnduration, 0);
  traits->unread = (guint) MAX (conversation->unreadcount, 0);
  traits->latest = g_strdup (latest != NULL ? latest->clientmsgid : "");
  traits->draft = g_strdup (conversation->drafttext);
  traits->own = latest != NULL && g_strcmp0 (latest->sendid, self->self_id) == 0;
  traits->at_self = conversation->groupattype != OPENIM__SDK__COMMON__CONV_GROUP_AT_TYPE__AtNormal;
  g_hash_table_replace (self->traits->rows, g_strdup (conversation->conversationid), traits);
}

void
openim_traits_set (OpenimConnection *self, OpenimConversation *const *conversations, gsize n)
{
  g_hash_table_remove_all (self->traits->rows);
  for (gsize i = 0; i < n; i++)
    put (self, conversations[i]);
}

static void
on_conversations (PurpleConnection *gc, OpenimConversation *const *conversations, gsize n)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || self->self_id == NULL)
    return;
  for (gsize i = 0; i < n && openim_connection_is_open (self); i++) {
    gboolean unread = openim_traits_get (self, conversations[i]->conversationid)->unread > 0;

    put (self, conversations[i]);
    if (unread && conversations[i]->unreadcount == 0)
      clear_unseen (self, conversations[i]);
  }
}

static void
on_new (PurpleConnection *gc, const Openim__Event__EventOnNewConversationData *data, gpointer user_data)
{
  on_conversations (gc, data->conversationlist, data->n_conversationlist);
}

static void
on_changed (PurpleConnection *gc,
            const Openim__Event__EventOnConversationChangedData *data,
            gpointer user_data)
{
  on_conversations (gc, data->conversationlist, data->n_conversationlist);
}

static void
on_self_updated (PurpleConnection *gc,
                 const Openim__Event__EventOnSelfInfoUpdatedData *data,
                 gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && data->user != NULL)
    openim_traits_set_quiet (self, data->user->globalrecvmsgopt != 0);
}

void
openim_traits_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnNewConversation), PURPLE_CALLBACK (on_new) },
    { OPENIM_NUMBER (EventOnConversationChanged), PURPLE_CALLBACK (on_changed) },
    { OPENIM_NUMBER (EventOnSelfInfoUpdated), PURPLE_CALLBACK (on_self_updated) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
