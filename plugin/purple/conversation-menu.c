/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/conversation-menu.h"

#include <glib/gi18n-lib.h>

#include "purple/ask.h"
#include "purple/blist.h"
#include "purple/conversation-settings.h"
#include "purple/traits.h"
#include "purple/who.h"

/* NULL when the account is offline. */
static OpenimConnection *
find_peer (PurpleBlistNode *node, OpenimPeer *peer)
{
  gboolean group = PURPLE_BLIST_NODE_IS_CHAT (node);
  PurpleAccount *account =
      group ? purple_chat_get_account (PURPLE_CHAT (node)) : purple_buddy_get_account (PURPLE_BUDDY (node));
  OpenimConnection *self = openim_connection_get_for_account (account);

  if (self == NULL || self->self_id == NULL)
    return NULL;
  peer->session = group ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  peer->name = group ? g_hash_table_lookup (purple_chat_get_components (PURPLE_CHAT (node)), OPENIM_CHAT_KEY)
                     : openim_who_id (self, purple_buddy_get_name (PURPLE_BUDDY (node)));
  return peer->name != NULL ? self : NULL;
}

static void
on_change (PurpleBlistNode *node, gpointer data)
{
  OpenimPeer peer = { 0 };
  OpenimConnection *self = find_peer (node, &peer);

  if (self != NULL)
    openim_conversation_change (self, &peer, GPOINTER_TO_INT (data));
}

/* --- what is asked first: the subject is "3 team" --- */

static void
ask_sure (
    PurpleBlistNode *node, const char *title, const char *question, const char *button, OpenimAskFunc func)
{
  OpenimPeer peer = { 0 };
  OpenimConnection *self = find_peer (node, &peer);
  g_autofree char *subject = self != NULL ? g_strdup_printf ("%d %s", peer.session, peer.name) : NULL;

  if (self != NULL)
    openim_ask_sure (self, subject, title, question, button, func);
}

static OpenimPeer
read_subject (const char *subject)
{
  char *name = NULL;
  OpenimPeer peer = { (int) g_ascii_strtoll (subject, &name, 10), NULL };

  peer.name = name + 1;
  return peer;
}

static void
clear (OpenimConnection *self, const char *subject, const char *text)
{
  OpenimPeer peer = read_subject (subject);

  openim_conversation_change (self, &peer, OPENIM_CHANGE_CLEAR);
}

static void
on_clear (PurpleBlistNode *node, gpointer data)
{
  ask_sure (node, _ ("Clear the history"),
            _ ("Delete all that was said in this conversation, for you and on all your devices?"),
            _ ("_Delete"), clear);
}

static void delete (OpenimConnection *self, const char *subject, const char *text)
{
  OpenimPeer peer = read_subject (subject);

  openim_conversation_change (self, &peer, OPENIM_CHANGE_DELETE);
}

static void
on_delete (PurpleBlistNode *node, gpointer data)
{
  ask_sure (node, _ ("Delete the conversation"),
            _ ("Delete this conversation and all that was said in it, for you and on all your devices?"),
            _ ("_Delete"), delete);
}

static void
burn (OpenimConnection *self, const char *subject, const char *text)
{
  OpenimPeer peer = read_subject (subject);
  guint64 seconds = 0;

  if (*text == '\0' || g_ascii_string_to_unsigned (text, 10, 0, 30 * 86400, &seconds, NULL))
    openim_conversation_burn (self, &peer, (guint) seconds);
  else
    purple_notify_error (self->gc, _ ("Conversation"), _ ("That is not a number of seconds."), NULL);
}

static void
on_burn (PurpleBlistNode *node, gpointer data)
{
  OpenimPeer peer = { 0 };
  OpenimConnection *self = find_peer (node, &peer);
  const OpenimTraits *traits = self != NULL ? openim_traits_of_peer (self, &peer) : NULL;
  g_autofree char *subject = self != NULL ? g_strdup_printf ("%d %s", peer.session, peer.name) : NULL;
  g_autofree char *now = traits != NULL && traits->private_chat ? g_strdup_printf ("%u", traits->burn) : NULL;

  if (self != NULL)
    openim_ask_text (self, subject, _ ("Messages that vanish"),
                     _ ("How many seconds after they have been read shall messages vanish?"),
                     _ ("Leave it empty, and messages stay."), now, FALSE, burn);
}

/* --- the menu --- */

static GList *
add (GList *items, const char *label, void (*func) (PurpleBlistNode *node, gpointer data), int what)
{
  return g_list_append (items,
                        purple_menu_action_new (label, PURPLE_CALLBACK (func), GINT_TO_POINTER (what), NULL));
}

GList *
openim_conversation_menu_get (PurpleBlistNode *node)
{
  OpenimPeer peer = { 0 };
  OpenimConnection *self = find_peer (node, &peer);
  const OpenimTraits *traits = self != NULL ? openim_traits_of_peer (self, &peer) : NULL;
  GList *items = NULL;

  if (self == NULL)
    return NULL;
  items = g_list_append (items, NULL);
  if (traits->muted)
    items = add (items, _ ("_Open When Somebody Writes"), on_change, OPENIM_CHANGE_UNMUTE);
  else
    items = add (items, _ ("Stay _Closed When Somebody Writes"), on_change, OPENIM_CHANGE_MUTE);
  if (traits->pinned)
    items = add (items, _ ("Un_pin Conversation"), on_change, OPENIM_CHANGE_UNPIN);
  else
    items = add (items, _ ("_Pin Conversation"), on_change, OPENIM_CHANGE_PIN);
  items = add (items, _ ("_Hide Conversation"), on_change, OPENIM_CHANGE_HIDE);
  if (peer.session == OPENIM_SESSION_SINGLE)
    items = add (items, _ ("Messages That _Vanish…"), on_burn, 0);
  items = add (items, _ ("Clear Histor_y…"), on_clear, 0);
  return add (items, _ ("_Delete Conversation…"), on_delete, 0);
}
