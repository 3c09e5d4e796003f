/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

/* The buddy list. libpurple calls update for everything and nothing, so what is shown of a node is remembered
 * and only differences are recorded. When an account goes offline its nodes leave the view; that is no
 * removal and not recorded. */

typedef struct {
  char *title;    /* what the line says: alias and group, for chats the components too */
  char *presence; /* online or offline, status, its message */
} Shown;

static GHashTable *shown; /* PurpleBlistNode → Shown */

static void
shown_free (gpointer data)
{
  Shown *row = data;

  g_free (row->title);
  g_free (row->presence);
  g_free (row);
}

static int
compare_text (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (a, b);
}

static char *
components_text (PurpleChat *chat)
{
  GString *out = g_string_new (NULL);
  GList *keys = g_hash_table_get_keys (purple_chat_get_components (chat));

  keys = g_list_sort (keys, compare_text);
  for (GList *l = keys; l != NULL; l = l->next) {
    const char *value = g_hash_table_lookup (purple_chat_get_components (chat), l->data);
    g_autofree char *quoted = ui_escape_id (value);

    g_string_append_printf (out, " %s=%s", (const char *) l->data, quoted);
  }
  g_list_free (keys);
  return g_string_free (out, FALSE);
}

static char *
title_of (PurpleBlistNode *node)
{
  g_autofree char *alias = NULL;
  g_autofree char *group = NULL;
  g_autofree char *id = NULL;
  g_autofree char *components = NULL;
  PurpleGroup *parent = NULL;

  if (PURPLE_BLIST_NODE_IS_BUDDY (node)) {
    parent = purple_buddy_get_group (PURPLE_BUDDY (node));
    id = ui_escape_id (purple_buddy_get_name (PURPLE_BUDDY (node)));
    alias = ui_quote (purple_buddy_get_alias (PURPLE_BUDDY (node)));
  } else {
    parent = purple_chat_get_group (PURPLE_CHAT (node));
    alias = ui_quote (purple_chat_get_name (PURPLE_CHAT (node)));
    components = components_text (PURPLE_CHAT (node));
  }
  group = ui_quote (parent != NULL ? purple_group_get_name (parent) : NULL);
  if (id != NULL)
    return ui.persona->keeps ? g_strdup_printf ("%s %s in %s", id, alias, group)
                             : g_strdup_printf ("%s %s", id, alias);
  return g_strdup_printf ("%s in %s%s", alias, group, components);
}

static char *
presence_of (PurpleBlistNode *node)
{
  PurplePresence *presence = NULL;
  PurpleStatus *status = NULL;
  const char *message = NULL;
  g_autofree char *quoted = NULL;

  if (!PURPLE_BLIST_NODE_IS_BUDDY (node))
    return g_strdup ("");
  presence = purple_buddy_get_presence (PURPLE_BUDDY (node));
  status = purple_presence_get_active_status (presence);
  if (!purple_presence_is_online (presence))
    return g_strdup ("offline");
  message = purple_status_get_attr_string (status, "message");
  quoted = message != NULL && *message != '\0' ? g_strdup_printf (" \"%s\"", message) : g_strdup ("");
  return g_strdup_printf ("online %s%s%s", purple_status_get_id (status),
                          purple_presence_is_idle (presence) ? " idle" : "", quoted);
}

static PurpleAccount *
account_of (PurpleBlistNode *node)
{
  return PURPLE_BLIST_NODE_IS_BUDDY (node) ? purple_buddy_get_account (PURPLE_BUDDY (node))
                                           : purple_chat_get_account (PURPLE_CHAT (node));
}

static gboolean
is_leaf (PurpleBlistNode *node)
{
  return PURPLE_BLIST_NODE_IS_BUDDY (node) || PURPLE_BLIST_NODE_IS_CHAT (node);
}

static const char *
noun (PurpleBlistNode *node)
{
  return PURPLE_BLIST_NODE_IS_BUDDY (node) ? "buddy" : "room";
}

static void
on_update (PurpleBuddyList *list, PurpleBlistNode *node)
{
  PurpleAccount *account = NULL;
  Shown *row = NULL;
  g_autofree char *title = NULL;
  g_autofree char *presence = NULL;

  if (node == NULL || !is_leaf (node) || purple_blist_node_get_parent (node) == NULL)
    return;
  account = account_of (node);
  /* bitlbee has no place for chats of the buddy list and none for a list without a connection. */
  if (PURPLE_BLIST_NODE_IS_CHAT (node) && !ui.persona->keeps)
    return;
  if (!purple_account_is_connected (account) && !purple_account_is_connecting (account))
    return;

  title = title_of (node);
  presence = presence_of (node);
  row = g_hash_table_lookup (shown, node);
  if (row == NULL) {
    row = g_new0 (Shown, 1);
    row->title = g_steal_pointer (&title);
    row->presence = g_steal_pointer (&presence);
    g_hash_table_insert (shown, node, row);
    ui_record (account, "%s+ %s", noun (node), row->title);
    if (g_str_has_prefix (row->presence, "online"))
      ui_record (account, "buddy %s %s", purple_buddy_get_name (PURPLE_BUDDY (node)), row->presence);
    return;
  }
  if (!g_str_equal (row->title, title)) {
    g_free (row->title);
    row->title = g_steal_pointer (&title);
    ui_record (account, "%s= %s", noun (node), row->title);
  }
  if (!g_str_equal (row->presence, presence)) {
    g_free (row->presence);
    row->presence = g_steal_pointer (&presence);
    ui_record (account, "buddy %s %s", purple_buddy_get_name (PURPLE_BUDDY (node)), row->presence);
  }
}

static void
on_remove (PurpleBuddyList *list, PurpleBlistNode *node)
{
  PurpleAccount *account = NULL;

  if (!is_leaf (node) || !g_hash_table_contains (shown, node))
    return;
  account = account_of (node);
  g_hash_table_remove (shown, node);
  if (!purple_account_is_connected (account))
    return;
  if (PURPLE_BLIST_NODE_IS_BUDDY (node)) {
    g_autofree char *id = ui_escape_id (purple_buddy_get_name (PURPLE_BUDDY (node)));

    ui_record (account, "buddy- %s", id);
  } else {
    g_autofree char *alias = ui_quote (purple_chat_get_name (PURPLE_CHAT (node)));
    g_autofree char *components = components_text (PURPLE_CHAT (node));

    ui_record (account, "room- %s%s", alias, components);
  }
}

static void
on_request_add_buddy (PurpleAccount *account, const char *name, const char *group, const char *alias)
{
  g_autofree char *quoted = ui_quote (alias);

  ui_record (account, "add-buddy? %s %s", name, quoted);
}

static void
on_request_add_chat (PurpleAccount *account, PurpleGroup *group, const char *alias, const char *name)
{
  g_autofree char *quoted = ui_quote (alias);

  ui_record (account, "add-chat? %s %s", name, quoted);
}

char *
ui_roster_text (PurpleAccount *account)
{
  GString *out = g_string_new (NULL);
  GList *lines = NULL;

  for (PurpleBlistNode *node = purple_blist_get_root (); node != NULL;
       node = purple_blist_node_next (node, TRUE)) {
    g_autofree char *title = NULL;
    g_autofree char *presence = NULL;

    if (!is_leaf (node) || account_of (node) != account)
      continue;
    title = title_of (node);
    presence = presence_of (node);
    lines = g_list_prepend (
        lines, g_strdup_printf ("%s %s%s%s", noun (node), title, *presence != '\0' ? " " : "", presence));
  }
  lines = g_list_sort (lines, compare_text);
  for (GList *l = lines; l != NULL; l = l->next)
    g_string_append_printf (out, "%s%s", out->len > 0 ? "\n" : "", (const char *) l->data);
  g_list_free_full (lines, g_free);
  return g_string_free (out, FALSE);
}

void
ui_roster_init (void)
{
  static PurpleBlistUiOps ops = {
    .update = on_update,
    .remove = on_remove,
    .request_add_buddy = on_request_add_buddy,
    .request_add_chat = on_request_add_chat,
  };

  if (shown == NULL)
    shown = g_hash_table_new_full (NULL, NULL, NULL, shown_free);
  purple_blist_set_ui_ops (&ops);
}
