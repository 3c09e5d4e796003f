/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands.h"

#include <string.h>

/* Commands that do what a person does in a window. */

static PurpleConversation *
find_conversation (const char *account_name, const char *name, GError **error)
{
  PurpleAccount *account = ui_account_get (account_name, error);
  PurpleConversation *conversation = NULL;

  if (account == NULL)
    return NULL;
  conversation = purple_find_conversation_with_account (PURPLE_CONV_TYPE_ANY, name, account);
  if (conversation == NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no conversation %s is open", name);
  return conversation;
}

gboolean
command_im (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);
  PurpleConversation *conversation = NULL;

  if (account == NULL)
    return FALSE;
  conversation = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM, args[1], account);
  if (conversation == NULL) {
    /* No host opens one without a connection, and libpurple takes it for a mistake of the program. */
    if (ui_account_connection (args[0], error) == NULL)
      return FALSE;
    conversation = purple_conversation_new (PURPLE_CONV_TYPE_IM, account, args[1]);
  }
  return args[2] == NULL || ui_conversation_type (conversation, args[2], error);
}

gboolean
command_say (char **args, GString *answer, GError **error)
{
  PurpleConversation *conversation = find_conversation (args[0], args[1], error);

  return conversation != NULL && ui_conversation_type (conversation, args[2], error);
}

gboolean
command_html (char **args, GString *answer, GError **error)
{
  PurpleConversation *conversation = find_conversation (args[0], args[1], error);

  if (conversation == NULL)
    return FALSE;
  if (purple_conversation_get_type (conversation) == PURPLE_CONV_TYPE_CHAT)
    purple_conv_chat_send (purple_conversation_get_chat_data (conversation), args[2]);
  else
    purple_conv_im_send (purple_conversation_get_im_data (conversation), args[2]);
  return TRUE;
}

gboolean
command_join (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  GHashTable *components = NULL;

  if (connection == NULL)
    return FALSE;
  if (args[2] == NULL && strchr (args[1], '=') == NULL) {
    if (ui_protocol_of (connection)->chat_info_defaults != NULL)
      components = ui_protocol_of (connection)->chat_info_defaults (connection, args[1]);
  } else {
    components = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 1; args[i] != NULL; i++) {
      g_auto (GStrv) pair = g_strsplit (args[i], "=", 2);

      g_hash_table_replace (components, g_strdup (pair[0]),
                            g_strdup (pair[0] != NULL && pair[1] != NULL ? pair[1] : ""));
    }
  }
  if (components == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                         "the protocol does not tell how to join");
    return FALSE;
  }
  serv_join_chat (connection, components);
  g_hash_table_destroy (components);
  return TRUE;
}

gboolean
command_close (char **args, GString *answer, GError **error)
{
  PurpleConversation *conversation = find_conversation (args[0], args[1], error);

  if (conversation == NULL)
    return FALSE;
  purple_conversation_destroy (conversation);
  return TRUE;
}

gboolean
command_focus (char **args, GString *answer, GError **error)
{
  PurpleConversation *conversation = find_conversation (args[0], args[1], error);

  if (conversation == NULL)
    return FALSE;
  ui_conversation_focus (conversation, g_strcmp0 (args[2], "off") != 0);
  return TRUE;
}

/* What Pidgin and Finch count on a conversation. */
gboolean
command_unseen (char **args, GString *answer, GError **error)
{
  PurpleConversation *conversation = find_conversation (args[0], args[1], error);

  if (conversation == NULL)
    return FALSE;
  g_string_append_printf (answer, "%d",
                          GPOINTER_TO_INT (purple_conversation_get_data (conversation, "unseen-count")));
  return TRUE;
}

gboolean
command_typing (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  PurpleTypingState state = PURPLE_NOT_TYPING;

  if (connection == NULL)
    return FALSE;
  if (g_str_equal (args[2], "on"))
    state = PURPLE_TYPING;
  else if (g_str_equal (args[2], "typed"))
    state = PURPLE_TYPED;
  serv_send_typing (connection, args[1], state);
  return TRUE;
}

gboolean
command_invite (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  PurpleConversation *conversation = connection != NULL ? find_conversation (args[0], args[1], error) : NULL;

  if (conversation == NULL || purple_conversation_get_type (conversation) != PURPLE_CONV_TYPE_CHAT)
    return FALSE;
  serv_chat_invite (connection, purple_conv_chat_get_id (purple_conversation_get_chat_data (conversation)),
                    args[3] != NULL ? args[3] : "", args[2]);
  return TRUE;
}

gboolean
command_whisper (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  PurpleConversation *conversation = connection != NULL ? find_conversation (args[0], args[1], error) : NULL;

  if (conversation == NULL)
    return FALSE;
  serv_chat_whisper (connection, purple_conv_chat_get_id (purple_conversation_get_chat_data (conversation)),
                     args[2], args[3]);
  return TRUE;
}

gboolean
command_topic (char **args, GString *answer, GError **error)
{
  PurpleConnection *connection = ui_account_connection (args[0], error);
  PurpleConversation *conversation = connection != NULL ? find_conversation (args[0], args[1], error) : NULL;

  if (conversation == NULL)
    return FALSE;
  if (ui_protocol_of (connection)->set_chat_topic == NULL) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "the protocol sets no topics");
    return FALSE;
  }
  ui_protocol_of (connection)
      ->set_chat_topic (connection,
                        purple_conv_chat_get_id (purple_conversation_get_chat_data (conversation)), args[2]);
  return TRUE;
}

static int
compare_members (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const PurpleConvChatBuddy *) a)->name, ((const PurpleConvChatBuddy *) b)->name);
}

gboolean
command_members (char **args, GString *answer, GError **error)
{
  PurpleConversation *conversation = find_conversation (args[0], args[1], error);
  GList *members = NULL;

  if (conversation == NULL || purple_conversation_get_type (conversation) != PURPLE_CONV_TYPE_CHAT)
    return FALSE;
  members = g_list_copy (purple_conv_chat_get_users (purple_conversation_get_chat_data (conversation)));
  members = g_list_sort (members, compare_members);
  for (GList *l = members; l != NULL; l = l->next) {
    PurpleConvChatBuddy *member = l->data;

    g_string_append_printf (answer, "%s%s%s%s%s (%s)", answer->len > 0 ? "\n" : "",
                            (member->flags & PURPLE_CBFLAGS_FOUNDER) != 0 ? "~" : "",
                            (member->flags & PURPLE_CBFLAGS_OP) != 0 ? "@" : "",
                            (member->flags & PURPLE_CBFLAGS_VOICE) != 0 ? "+" : "", member->name,
                            member->alias != NULL ? member->alias : "");
  }
  g_list_free (members);
  return TRUE;
}

gboolean
command_conversations (char **args, GString *answer, GError **error)
{
  PurpleAccount *account = ui_account_get (args[0], error);

  if (account == NULL)
    return FALSE;
  for (GList *l = purple_get_conversations (); l != NULL; l = l->next) {
    gboolean chat = purple_conversation_get_type (l->data) == PURPLE_CONV_TYPE_CHAT;

    if (purple_conversation_get_account (l->data) != account)
      continue;
    g_string_append_printf (
        answer, "%s%s %s%s", answer->len > 0 ? "\n" : "", chat ? "chat" : "im",
        purple_conversation_get_name (l->data),
        chat && purple_conv_chat_has_left (purple_conversation_get_chat_data (l->data)) ? " left" : "");
  }
  return TRUE;
}
