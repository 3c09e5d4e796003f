/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/line.h"

#include "base/id.h"
#include "purple/chat.h"
#include "purple/markup.h"
#include "purple/who.h"

#define PAUSED_LOG "openim-logging" /* whether the window was in the log before the pause */

gboolean
openim_peer_of_message (OpenimConnection *self, const OpenimMessage *message, OpenimPeer *peer)
{
  gboolean own = g_strcmp0 (message->sendid, self->self_id) == 0;

  switch (message->sessiontype) {
  case OPENIM__SDK__COMMON__SESSION_TYPE__WriteGroup: /* what very old servers had */
  case OPENIM__SDK__COMMON__SESSION_TYPE__ReadGroup:
    peer->session = OPENIM_SESSION_GROUP;
    peer->name = message->groupid;
    break;
  case OPENIM__SDK__COMMON__SESSION_TYPE__Single:
  case OPENIM__SDK__COMMON__SESSION_TYPE__Notification:
    peer->session = (int) message->sessiontype;
    peer->name = own ? message->recvid : message->sendid;
    break;
  default:
    return FALSE;
  }
  return *peer->name != '\0';
}

char *
openim_peer_conversation_id (OpenimConnection *self, const OpenimPeer *peer)
{
  return openim_id_conversation (peer->session, self->self_id, peer->name);
}

void
openim_peer_of_window (OpenimConnection *self, PurpleConversation *conversation, OpenimPeer *peer)
{
  const char *name = purple_conversation_get_name (conversation);
  gboolean group = purple_conversation_get_type (conversation) == PURPLE_CONV_TYPE_CHAT;

  peer->session = group ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  peer->name = group ? openim_who_group_id (self, name) : openim_who_id (self, name);
}

PurpleConversation *
openim_peer_find (OpenimConnection *self, const OpenimPeer *peer)
{
  if (peer->session == OPENIM_SESSION_GROUP)
    return purple_find_conversation_with_account (PURPLE_CONV_TYPE_CHAT,
                                                  openim_who_group_name (self, peer->name), self->account);
  return purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM, openim_who_name (self, peer->name),
                                                self->account);
}

PurpleConversation *
openim_peer_find_window (OpenimConnection *self, const char *conversation_id)
{
  for (GList *l = purple_get_conversations (); l != NULL; l = l->next) {
    PurpleConversation *conversation = l->data;
    g_autofree char *id = NULL;
    OpenimPeer peer = { 0 };

    if (purple_conversation_get_account (conversation) != self->account)
      continue;
    openim_peer_of_window (self, conversation, &peer);
    id = openim_peer_conversation_id (self, &peer);
    if (g_strcmp0 (id, conversation_id) == 0)
      return conversation;
  }
  return NULL;
}

PurpleConversation *
openim_peer_open (OpenimConnection *self, const OpenimPeer *peer)
{
  PurpleConversation *conversation = openim_peer_find (self, peer);

  if (conversation != NULL)
    return conversation;
  if (peer->session == OPENIM_SESSION_GROUP)
    return openim_chat_open (self, peer->name);
  return purple_conversation_new (PURPLE_CONV_TYPE_IM, self->account, openim_who_name (self, peer->name));
}

void
openim_peer_tell (OpenimConnection *self, const OpenimPeer *peer, const char *text, PurpleMessageFlags flags)
{
  PurpleConversation *conversation = openim_peer_open (self, peer);
  g_autofree char *html = openim_markup_from_text (text);

  if (conversation != NULL && openim_connection_is_open (self))
    openim_line_write (conversation, html, flags, time (NULL));
}

void
openim_line_pause_log (OpenimConnection *self, const OpenimPeer *peer, gboolean pause)
{
  PurpleConversation *conversation = pause ? openim_peer_open (self, peer) : openim_peer_find (self, peer);

  if (conversation == NULL || !openim_connection_is_open (self))
    return;
  if (pause)
    purple_conversation_set_data (conversation, PAUSED_LOG, GINT_TO_POINTER (conversation->logging));
  /* purple_conversation_set_logging() would have hosts tell of it. */
  conversation->logging = !pause && purple_conversation_get_data (conversation, PAUSED_LOG) != NULL;
}

void
openim_line_write (PurpleConversation *conversation, const char *html, PurpleMessageFlags flags, time_t when)
{
  const char *name = purple_conversation_get_name (conversation);

  if (purple_conversation_get_type (conversation) == PURPLE_CONV_TYPE_IM)
    purple_conv_im_write (purple_conversation_get_im_data (conversation), name, html, flags, when);
  else if (openim_host_is_bitlbee ())
    /* Somebody must have said it; bitlbee makes "_" of a space. */
    purple_conv_chat_write (purple_conversation_get_chat_data (conversation), " ", html, flags, when);
  else
    /* purple_conv_chat_write() would count it as something said. */
    purple_conversation_write (conversation, "", html, flags, when);
}
