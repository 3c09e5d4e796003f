/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/group-menu.h"

#include <glib/gi18n-lib.h>

#include "purple/ask.h"
#include "purple/blist.h"
#include "purple/group-info.h"
#include "purple/groups.h"
#include "purple/icons.h"
#include "purple/who.h"

enum { STATUS_MUTED = 3 }; /* only owner and administrators may write */

/* NULL when the group is gone while the menu was open. */
static const OpenimGroup *
find_group (PurpleBlistNode *node, OpenimConnection **self)
{
  PurpleChat *chat = PURPLE_CHAT (node);

  *self = openim_connection_get_for_account (purple_chat_get_account (chat));
  return *self != NULL ? openim_roster_get_group (
                             *self, g_hash_table_lookup (purple_chat_get_components (chat), OPENIM_CHAT_KEY))
                       : NULL;
}

static void
on_info (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (node, &self);

  if (group != NULL)
    openim_group_info_show (self, group->groupid);
}

static void
invite (OpenimConnection *self, const char *group_id, const char *text)
{
  guint n = 0;
  g_auto (GStrv) ids = openim_who_find_all (self, text, &n);

  if (n > 0)
    openim_groups_invite (self, group_id, ids, n, "");
}

static void
on_invite (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (node, &self);

  if (group != NULL)
    openim_ask_text (self, group->groupid, _ ("Invite people"), group->groupname,
                     _ ("Their IDs, with spaces between them"), NULL, FALSE, invite);
}

static void
on_announcement (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (node, &self);

  if (group != NULL)
    openim_ask_text (self, group->groupid, _ ("Announcement"), group->groupname, NULL, group->notification,
                     TRUE, openim_groups_set_announcement);
}

static void
on_rename (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (node, &self);

  if (group != NULL)
    openim_ask_text (self, group->groupid, _ ("Rename the group"), group->groupname, NULL, group->groupname,
                     FALSE, openim_groups_set_name);
}

static void
set_own_name (OpenimConnection *self, const char *group_id, const char *text)
{
  openim_groups_set_nickname (self, group_id, self->self_id, text);
}

static void
on_picture (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (node, &self);

  if (group != NULL)
    openim_ask_file (self, group->groupid, _ ("Picture of the group"), openim_icons_set_group);
}

static void
on_own_name (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (node, &self);

  if (group != NULL)
    openim_ask_text (self, group->groupid, _ ("Your name in the group"), group->groupname, NULL,
                     self->self_name, FALSE, set_own_name);
}

static void
on_mute (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (node, &self);

  if (group != NULL)
    openim_groups_mute (self, group->groupid, (int) group->status != STATUS_MUTED);
}

static void
quit (OpenimConnection *self, const char *group_id, const char *text)
{
  openim_groups_quit (self, group_id);
}

static void
on_quit (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (node, &self);
  g_autofree char *question =
      group != NULL ? g_strdup_printf (_ ("Leave “%s” for good?"), group->groupname) : NULL;

  if (group != NULL)
    openim_ask_sure (self, group->groupid, _ ("Leave the group"), question, _ ("_Leave"), quit);
}

static void
dismiss (OpenimConnection *self, const char *group_id, const char *text)
{
  openim_groups_dismiss (self, group_id);
}

static void
on_dismiss (PurpleBlistNode *node, gpointer data)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (node, &self);
  g_autofree char *question =
      group != NULL ? g_strdup_printf (_ ("Dissolve “%s” for all its members?"), group->groupname) : NULL;

  if (group != NULL)
    openim_ask_sure (self, group->groupid, _ ("Dissolve the group"), question, _ ("_Dissolve"), dismiss);
}

static GList *
add (GList *items, const char *label, void (*func) (PurpleBlistNode *node, gpointer data))
{
  return g_list_append (items, purple_menu_action_new (label, PURPLE_CALLBACK (func), NULL, NULL));
}

GList *
openim_group_menu_get (PurpleChat *chat)
{
  OpenimConnection *self = NULL;
  const OpenimGroup *group = find_group (PURPLE_BLIST_NODE (chat), &self);
  GList *items = NULL;

  if (group == NULL)
    return NULL;
  items = add (items, _ ("Group _Information"), on_info);
  items = add (items, _ ("In_vite People…"), on_invite);
  items = add (items, _ ("_Announcement…"), on_announcement);
  items = add (items, _ ("_Rename Group…"), on_rename);
  if (openim_ask_can_file ())
    items = add (items, _ ("_Picture…"), on_picture);
  items = add (items, _ ("My _Name in the Group…"), on_own_name);
  items =
      add (items, (int) group->status == STATUS_MUTED ? _ ("Let _Everybody Write") : _ ("_Mute Everybody"),
           on_mute);
  /* An owner cannot leave before somebody else is one. */
  if (g_strcmp0 (group->owneruserid, self->self_id) == 0)
    return add (items, _ ("_Dissolve Group…"), on_dismiss);
  return add (items, _ ("_Leave Group…"), on_quit);
}

/* --- of the account --- */

static void
create (OpenimConnection *self, const char *subject, const char *text)
{
  if (*text != '\0')
    openim_groups_create (self, text, NULL, 0);
}

void
openim_group_menu_create (OpenimConnection *self)
{
  openim_ask_text (self, NULL, _ ("Create a group"), _ ("What is it called?"),
                   _ ("You can invite people once it has been created."), NULL, FALSE, create);
}
