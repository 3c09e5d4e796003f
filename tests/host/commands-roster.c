/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands.h"

#include <string.h>

/* Commands that do what a person does in the buddy list and its menus. */

static PurpleBuddy *
find_buddy (const char *account_name, const char *name, GError **error)
{
  PurpleAccount *account = ui_account_get (account_name, error);
  PurpleBuddy *buddy = account != NULL ? purple_find_buddy (account, name) : NULL;

  if (buddy == NULL && account != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s is not on the buddy list", name);
  return buddy;
}

static PurpleChat *
find_room (const char *account_name, const char *alias, GError **error)
{
  PurpleAccount *account = ui_account_get (account_name, error);

  if (account == NULL)
    return NULL;
  for (PurpleBlistNode *node = purple_blist_get_root (); node != NULL;
       node = purple_blist_node_next (node, TRUE))
    if (PURPLE_BLIST_NODE_IS_CHAT (node) && purple_chat_get_account (PURPLE_CHAT (node)) == account &&
        g_strcmp0 (purple_chat_get_name (PURPLE_CHAT (node)), alias) == 0)
      return PURPLE_CHAT (node);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no chat %s is on the buddy list", alias);
  return NULL;
}

PurplePluginProtocolInfo *
ui_protocol_of (PurpleConnection *connection)
{
  return PURPLE_PLUGIN_PROTOCOL_INFO (purple_connection_get_prpl (connection));
}

gboolean
command_roster (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);
  g_autofree char *text = account != NULL ? ui_roster_text (account) : NULL;

  if (text == NULL)
    return FALSE;
  g_string_append (answer, text);
  return TRUE;
}

gboolean
command_add (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);
  PurpleBuddy *buddy = NULL;
  PurpleGroup *group = NULL;

  if (account == NULL)
    return FALSE;
  buddy = purple_buddy_new (account, args[1], args[2] != NULL && *args[2] != '\0' ? args[2] : NULL);
  if (args[2] != NULL && args[3] != NULL)
    group = purple_group_new (args[3]);
  purple_blist_add_buddy (buddy, NULL, group, NULL);
  purple_account_add_buddy_with_invite (account, buddy, args[2] != NULL && args[3] != NULL ? args[4] : NULL);
  return TRUE;
}

gboolean
command_remove (char **args, GString *answer, GError **error)
{
  PurpleBuddy *buddy = find_buddy (args[0], args[1], error);

  if (buddy == NULL)
    return FALSE;
  purple_account_remove_buddy (purple_buddy_get_account (buddy), buddy, purple_buddy_get_group (buddy));
  purple_blist_remove_buddy (buddy);
  return TRUE;
}

gboolean
command_alias (char **args, GString *answer, GError **error)
{
  PurpleBuddy *buddy = find_buddy (args[0], args[1], error);

  if (buddy == NULL)
    return FALSE;
  purple_blist_alias_buddy (buddy, args[2]);
  serv_alias_buddy (buddy);
  return TRUE;
}

gboolean
command_move (char **args, GString *answer, GError **error)
{
  PurpleBuddy *buddy = find_buddy (args[0], args[1], error);

  if (buddy == NULL)
    return FALSE;
  purple_blist_add_buddy (buddy, NULL, purple_group_new (args[2]), NULL);
  return TRUE;
}

static void
on_public_alias (PurpleAccount *account, const char *alias)
{
  ui_record (account, "public alias set to \"%s\"", alias);
}

static void
on_public_alias_failed (PurpleAccount *account, const char *error)
{
  ui_record (account, "public alias not set: \"%s\"", error);
}

gboolean
command_public_alias (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);

  if (account == NULL)
    return FALSE;
  purple_account_set_public_alias (account, args[1], on_public_alias, on_public_alias_failed);
  return TRUE;
}

gboolean
command_info (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);

  if (connection == NULL)
    return FALSE;
  serv_get_info (connection, args[1]);
  return TRUE;
}

gboolean
command_block (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);

  return account != NULL && purple_privacy_deny_add (account, args[1], FALSE);
}

gboolean
command_unblock (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);

  return account != NULL && purple_privacy_deny_remove (account, args[1], FALSE);
}

gboolean
command_rooms (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);

  return account != NULL && ui_rooms_list (account, error);
}

gboolean
command_open_room (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  PurpleChat *chat = connection != NULL ? find_room (args[0], args[1], error) : NULL;

  if (chat == NULL)
    return FALSE;
  serv_join_chat (connection, purple_chat_get_components (chat));
  return TRUE;
}

/* --- menus: without a label the labels are the answer --- */

static gboolean
list_or_press (GList *actions, const char *label, gpointer object, GString *answer, GError **error)
{
  gboolean done = label == NULL;

  for (GList *l = actions; l != NULL; l = l->next) {
    PurpleMenuAction *action = l->data;

    if (action == NULL)
      continue; /* a line between items */
    if (label == NULL)
      g_string_append_printf (answer, "%s%s", answer->len > 0 ? "\n" : "", action->label);
    else if (!done && g_strcmp0 (action->label, label) == 0 && action->callback != NULL) {
      ((void (*) (gpointer, gpointer)) action->callback) (object, action->data);
      done = TRUE;
    }
  }
  for (GList *l = actions; l != NULL; l = l->next)
    if (l->data != NULL)
      purple_menu_action_free (l->data);
  g_list_free (actions);
  if (!done)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the menu has no %s", label);
  return done;
}

gboolean
command_buddy_menu (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  PurpleBuddy *buddy = connection != NULL ? find_buddy (args[0], args[1], error) : NULL;

  if (buddy == NULL)
    return FALSE;
  return list_or_press (ui_protocol_of (connection)->blist_node_menu != NULL
                            ? ui_protocol_of (connection)->blist_node_menu (PURPLE_BLIST_NODE (buddy))
                            : NULL,
                        args[2], buddy, answer, error);
}

gboolean
command_room_menu (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  PurpleChat *chat = connection != NULL ? find_room (args[0], args[1], error) : NULL;

  if (chat == NULL)
    return FALSE;
  return list_or_press (ui_protocol_of (connection)->blist_node_menu != NULL
                            ? ui_protocol_of (connection)->blist_node_menu (PURPLE_BLIST_NODE (chat))
                            : NULL,
                        args[2], chat, answer, error);
}

gboolean
command_account_menu (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  PurplePlugin *plugin = NULL;
  GList *actions = NULL;
  gboolean done = args[1] == NULL;

  if (connection == NULL)
    return FALSE;
  plugin = purple_connection_get_prpl (connection);
  actions = PURPLE_PLUGIN_HAS_ACTIONS (plugin) ? PURPLE_PLUGIN_ACTIONS (plugin, connection) : NULL;
  for (GList *l = actions; l != NULL; l = l->next) {
    PurplePluginAction *action = l->data;

    if (action == NULL)
      continue;
    if (args[1] == NULL)
      g_string_append_printf (answer, "%s%s", answer->len > 0 ? "\n" : "", action->label);
    else if (!done && g_strcmp0 (action->label, args[1]) == 0) {
      action->plugin = plugin;
      action->context = connection;
      action->callback (action);
      done = TRUE;
    }
    purple_plugin_action_free (action);
  }
  g_list_free (actions);
  if (!done)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "the menu has no %s", args[1]);
  return done;
}
