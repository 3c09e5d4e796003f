/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/burn.h"

#include "base/gate.h"
#include "base/log.h"
#include "conversation.pb-c.h"
#include "purple/account.h"
#include "purple/backlog.h"
#include "purple/events.h"
#include "purple/traits.h"

#define LONGEST (30 * 86400) /* s; libpurple's timers take ms in 32 bits */

typedef struct {
  char *conversation_id;
  char *name; /* of the window */
  char *client_msg_id;
  guint seconds;
} Burn;

struct _OpenimBurns {
  GPtrArray *unread;   /* Burn: shown, and not read yet */
  GHashTable *burning; /* set of clientMsgID: their time runs */
};

static void
burn_free (gpointer data)
{
  Burn *burn = data;

  g_free (burn->conversation_id);
  g_free (burn->name);
  g_free (burn->client_msg_id);
  g_free (burn);
}

OpenimBurns *
openim_burns_new (void)
{
  OpenimBurns *burns = g_new0 (OpenimBurns, 1);

  burns->unread = g_ptr_array_new_with_free_func (burn_free);
  burns->burning = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return burns;
}

void
openim_burns_free (OpenimBurns *burns)
{
  if (burns == NULL)
    return;
  g_ptr_array_unref (burns->unread);
  g_hash_table_destroy (burns->burning);
  g_free (burns);
}

static Burn *
burn_new (OpenimConnection *self, const char *name, const char *client_msg_id, guint seconds)
{
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, name };
  Burn *burn = g_new0 (Burn, 1);

  burn->conversation_id = openim_peer_conversation_id (self, &peer);
  burn->name = g_strdup (name);
  burn->client_msg_id = g_strdup (client_msg_id);
  burn->seconds = MIN (seconds, LONGEST);
  return burn;
}

/* 0: it does not vanish. */
static guint
seconds_of (const OpenimMessage *message)
{
  const Openim__Sdk__Shared__AttachedInfoElem *info = message->attachedinfoelem;

  return info != NULL && info->isprivatechat && info->burnduration > 0 ? (guint) info->burnduration : 0;
}

/* --- the end --- */

static void
on_deleted (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error != NULL)
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "a message has not vanished: %s", error->message);
}

static void delete (OpenimConnection *self, const char *conversation_id, const char *client_msg_id)
{
  Openim__Sdk__Conversation__DeleteMessageFromLocalStorageReq request =
      OPENIM__SDK__CONVERSATION__DELETE_MESSAGE_FROM_LOCAL_STORAGE_REQ__INIT;

  request.conversationid = (char *) conversation_id;
  request.clientmsgid = (char *) client_msg_id;
  openim_connection_call (self, OPENIM_NUMBER (DeleteMessageFromLocalStorage), &request, on_deleted, NULL,
                          NULL);
}

static void
on_time (OpenimConnection *self, gpointer data)
{
  const Burn *burn = data;
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, burn->name };

  g_hash_table_remove (self->burns->burning, burn->client_msg_id);
  delete (self, burn->conversation_id, burn->client_msg_id);
  openim_backlog_renew (self, &peer);
}

static void
start (OpenimConnection *self, Burn *burn /* (transfer full) */)
{
  if (g_hash_table_add (self->burns->burning, g_strdup (burn->client_msg_id)))
    openim_connection_later (self, burn->seconds * 1000, on_time, burn, burn_free);
  else
    burn_free (burn);
}

/* --- the beginning --- */

gboolean
openim_burns_take (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message)
{
  guint seconds = seconds_of (message);
  gint64 end = openim_gate_time (message->sendtime) + (gint64) seconds * 1000;

  if (seconds == 0 || !message->isread || end > g_get_real_time () / 1000 ||
      g_hash_table_contains (self->burns->burning, message->clientmsgid))
    return FALSE;
  delete (self, conversation_id, message->clientmsgid);
  return TRUE;
}

void
openim_burns_add (OpenimConnection *self, const OpenimMessage *message)
{
  guint seconds = seconds_of (message);
  gboolean own = g_strcmp0 (message->sendid, self->self_id) == 0;
  OpenimPeer peer = { 0 };
  Burn *burn = NULL;

  if (seconds == 0 || !openim_peer_of_message (self, message, &peer))
    return;
  burn = burn_new (self, peer.name, message->clientmsgid, seconds);
  if (message->isread || (!own && openim_option_is (self->account, OPENIM_OPTION_READ_MARKS, "never")))
    start (self, burn);
  else if (!own)
    g_ptr_array_add (self->burns->unread, burn);
  else
    burn_free (burn); /* a receipt will tell */
}

void
openim_burns_read (OpenimConnection *self, const char *conversation_id)
{
  for (guint i = self->burns->unread->len; i > 0; i--) {
    Burn *burn = g_ptr_array_index (self->burns->unread, i - 1);

    if (g_str_equal (burn->conversation_id, conversation_id))
      start (self, g_ptr_array_steal_index_fast (self->burns->unread, i - 1));
  }
}

/* One's own. */
static void
on_receipts (PurpleConnection *gc,
             const Openim__Event__EventOnRecvC2CReadReceiptData *data,
             gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || self->self_id == NULL)
    return;
  for (gsize i = 0; i < data->n_msgreceiptlist; i++) {
    const Openim__Event__MessageReceipt *receipt = data->msgreceiptlist[i];
    OpenimPeer peer = { OPENIM_SESSION_SINGLE, receipt->userid };
    const OpenimTraits *traits = openim_traits_of_peer (self, &peer);

    for (gsize m = 0; traits->private_chat && traits->burn > 0 && m < receipt->n_msgidlist; m++)
      start (self, burn_new (self, peer.name, receipt->msgidlist[m], traits->burn));
  }
}

void
openim_burns_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnRecvC2CReadReceipt), PURPLE_CALLBACK (on_receipts) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
