/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/contact-menu.h"

#include <glib/gi18n-lib.h>

#include "purple/ask.h"
#include "purple/blist.h"
#include "purple/commands.h"
#include "purple/contact.h"
#include "purple/groups.h"
#include "purple/who.h"

/* bitlbee's "chat with" looks for this label. */
#define CHAT_WITH "Initiate _Chat"

/* (nullable) NULL: the account is offline. */
static const char *
find_user (PurpleBlistNode *node, OpenimConnection **self)
{
  PurpleBuddy *buddy = PURPLE_BUDDY (node);

  *self = openim_connection_get_for_account (purple_buddy_get_account (buddy));
  return *self != NULL && (*self)->self_id != NULL ? openim_who_id (*self, purple_buddy_get_name (buddy))
                                                   : NULL;
}

/* --- a group with that person --- */

static void
create (OpenimConnection *self, const char *user_id, const char *name)
{
  char *ids[] = { (char *) user_id };
  g_autofree char *both = g_strdup_printf ("%s, %s", self->self_name, openim_roster_get_name (self, user_id));

  openim_groups_create (self, *name != '\0' ? name : both, ids, G_N_ELEMENTS (ids));
}

static void
on_group (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const char *user_id = find_user (node, &self);

  if (user_id == NULL)
    return;
  if (openim_host_has_windows ())
    openim_ask_text (self, user_id, _ ("Create a group"), _ ("What is it called?"),
                     _ ("Without a name it is named after the two of you."), NULL, FALSE, create);
  else
    create (self, user_id, "");
}

/* --- the card --- */

static void
send_card (OpenimConnection *self, const char *user_id, const char *to)
{
  const OpenimGroup *group = openim_roster_find_group (self, to);
  OpenimPeer peer = { group != NULL ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE,
                      group != NULL ? group->groupid : openim_who_find (self, to) };
  g_autofree char *line = g_strdup_printf ("card %s", user_id);

  if (group != NULL || openim_roster_get_friend (self, peer.name) != NULL)
    openim_commands_run (self, &peer, line);
  else
    purple_notify_error (self->gc, _ ("Contact card"), _ ("You have no friend and no group of that name."),
                         to);
}

static void
on_card (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const char *user_id = find_user (node, &self);

  if (user_id != NULL)
    openim_ask_text (self, user_id, _ ("Contact card"), openim_roster_get_name (self, user_id),
                     _ ("Who shall get it? A friend or a group, by name or ID."), NULL, FALSE, send_card);
}

/* --- one who has not agreed --- */

static void
ask_again (OpenimConnection *self, const char *user_id, const char *text)
{
  PurpleBuddy *buddy = purple_find_buddy (self->account, openim_who_name (self, user_id));

  if (buddy != NULL)
    openim_contact_add_with_text (self->gc, buddy, purple_buddy_get_group (buddy), text);
}

static void
on_ask (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const char *user_id = find_user (node, &self);

  if (user_id != NULL)
    openim_ask_text (self, user_id, _ ("Friend request"), openim_roster_get_name (self, user_id),
                     _ ("What you say to that person"), NULL, FALSE, ask_again);
}

static void
on_pin (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const char *user_id = find_user (node, &self);

  if (user_id != NULL)
    openim_contact_pin (self, user_id, GPOINTER_TO_INT (data));
}

static GList *
add (GList *items, const char *label, void (*func) (PurpleBlistNode *node, gpointer data))
{
  return g_list_append (items, purple_menu_action_new (label, PURPLE_CALLBACK (func), NULL, NULL));
}

GList *
openim_contact_menu_get (PurpleBuddy *buddy)
{
  OpenimConnection *self = NULL;
  const char *user_id = find_user (PURPLE_BLIST_NODE (buddy), &self);
  const OpenimFriend *person = user_id != NULL ? openim_roster_get_friend (self, user_id) : NULL;
  GList *items = NULL;

  if (user_id == NULL)
    return NULL;
  if (person == NULL)
    items = add (items, _ ("_Ask Again to Be Friends…"), on_ask);
  else
    items = g_list_append (
        items, purple_menu_action_new (person->ispinned ? _ ("Un_pin Friend") : _ ("_Pin Friend"),
                                       PURPLE_CALLBACK (on_pin), GINT_TO_POINTER (!person->ispinned), NULL));
  items = add (items, openim_host_is_bitlbee () ? CHAT_WITH : _ ("Create a _Group…"), on_group);
  return add (items, _ ("Send Contact _Card…"), on_card);
}
