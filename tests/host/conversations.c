/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

/* Windows and what is written into them. Pidgin and Finch show everything that reaches write_conv; bitlbee
 * has its own rules, kept here as measured: write_conv shows only SEND, write_im and write_chat hide SEND
 * unless it is DELAYED or REMOTE_SEND, names instead of aliases. */

static const GFlagsValue message_flags[] = {
  { PURPLE_MESSAGE_RECV, "RECV", NULL },
  { PURPLE_MESSAGE_SEND, "SEND", NULL },
  { PURPLE_MESSAGE_REMOTE_SEND, "REMOTE_SEND", NULL },
  { PURPLE_MESSAGE_SYSTEM, "SYSTEM", NULL },
  { PURPLE_MESSAGE_ERROR, "ERROR", NULL },
  { PURPLE_MESSAGE_AUTO_RESP, "AUTO_RESP", NULL },
  { PURPLE_MESSAGE_NICK, "NICK", NULL },
  { PURPLE_MESSAGE_WHISPER, "WHISPER", NULL },
  { PURPLE_MESSAGE_DELAYED, "DELAYED", NULL },
  { PURPLE_MESSAGE_IMAGES, "IMAGES", NULL },
  { PURPLE_MESSAGE_NOTIFY, "NOTIFY", NULL },
  { PURPLE_MESSAGE_NO_LOG, "NO_LOG", NULL },
  { PURPLE_MESSAGE_ACTIVE_ONLY, "ACTIVE_ONLY", NULL },
  { 0, NULL, NULL },
};

static const GFlagsValue roles[] = {
  { PURPLE_CBFLAGS_FOUNDER, "FOUNDER", NULL },
  { PURPLE_CBFLAGS_OP, "OP", NULL },
  { PURPLE_CBFLAGS_HALFOP, "HALFOP", NULL },
  { PURPLE_CBFLAGS_VOICE, "VOICE", NULL },
  { PURPLE_CBFLAGS_AWAY, "AWAY", NULL },
  { PURPLE_CBFLAGS_TYPING, "TYPING", NULL },
  { 0, NULL, NULL },
};

#define MEMBERS_ONE_BY_ONE 64 /* a longer list is one line with its length */

static const char *
kind (PurpleConversation *conversation)
{
  return purple_conversation_get_type (conversation) == PURPLE_CONV_TYPE_CHAT ? "chat" : "im";
}

static gboolean
is_chat (PurpleConversation *conversation)
{
  return purple_conversation_get_type (conversation) == PURPLE_CONV_TYPE_CHAT;
}

/* libpurple takes a conversation's name and data away before it tells the UI that the conversation goes, so
 * windows are kept here. */
static GHashTable *windows; /* PurpleConversation → UiWindow */

static void
window_free (gpointer data)
{
  UiWindow *window = data;

  g_free (window->name);
  g_free (window->title);
  g_free (window->topic);
  g_free (window);
}

UiWindow *
ui_window (PurpleConversation *conversation)
{
  UiWindow *window = g_hash_table_lookup (windows, conversation);

  if (window == NULL) {
    window = g_new0 (UiWindow, 1);
    g_hash_table_insert (windows, conversation, window);
  }
  return window;
}

static void
on_create (PurpleConversation *conversation)
{
  g_autofree char *name = ui_escape_id (purple_conversation_get_name (conversation));
  g_autofree char *title = ui_quote (purple_conversation_get_title (conversation));

  g_hash_table_remove (windows, conversation);
  ui_window (conversation)->name = g_strdup (name);
  ui_window (conversation)->title = g_strdup (purple_conversation_get_title (conversation));
  /* A query in an IRC client opens with its first line. */
  if (!is_chat (conversation) && !ui.persona->every_line)
    ui_hidden ("im %s opened %s", name, title);
  else
    ui_record (purple_conversation_get_account (conversation), "%s %s opened %s", kind (conversation), name,
               title);
}

static void
on_destroy (PurpleConversation *conversation)
{
  g_autofree char *name = g_strdup (ui_window (conversation)->name);

  g_hash_table_remove (windows, conversation);
  if (!is_chat (conversation) && !ui.persona->every_line)
    ui_hidden ("im %s closed", name);
  else
    ui_record (purple_conversation_get_account (conversation), "%s %s closed", kind (conversation), name);
}

static void
show (PurpleConversation *conversation,
      const char *who,
      const char *message,
      PurpleMessageFlags flags,
      time_t mtime)
{
  g_autofree char *name = ui_escape_id (purple_conversation_get_name (conversation));
  g_autofree char *words = ui_flag_names (flags, message_flags);
  g_autofree char *from = ui_quote (who);
  g_autofree char *text = ui_shown_text (message);
  g_autofree char *quoted = ui_quote (text);

  ui_record_at (purple_conversation_get_account (conversation), mtime, "%s %s %s %s: %s", kind (conversation),
                name, words, from, quoted);
}

/* The counter that Pidgin and Finch keep on a conversation and that plugins read to know whether a message
 * was seen. */
static void
count_unseen (PurpleConversation *conversation, int count)
{
  purple_conversation_set_data (conversation, "unseen-count", GINT_TO_POINTER (count));
  purple_conversation_update (conversation, PURPLE_CONV_UPDATE_UNSEEN);
}

static gboolean
has_focus (PurpleConversation *conversation)
{
  return ui_window (conversation)->focus;
}

static void
on_write (PurpleConversation *conversation,
          const char *name,
          const char *alias,
          const char *message,
          PurpleMessageFlags flags,
          time_t mtime)
{
  if ((flags & PURPLE_MESSAGE_INVISIBLE) != 0)
    return;
  if ((flags & (PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_ERROR)) != 0)
    name = alias = ""; /* notices stand in the window without a name */
  show (conversation, alias != NULL && *alias != '\0' ? alias : name, message, flags, mtime);
  if (ui.persona->has_focus && (flags & PURPLE_MESSAGE_RECV) != 0 && !has_focus (conversation))
    count_unseen (conversation,
                  1 + GPOINTER_TO_INT (purple_conversation_get_data (conversation, "unseen-count")));
}

static void
on_write_narrow (PurpleConversation *conversation,
                 const char *name,
                 const char *alias,
                 const char *message,
                 PurpleMessageFlags flags,
                 time_t mtime)
{
  if ((flags & PURPLE_MESSAGE_SEND) == 0) {
    ui_hidden ("%s %s: %s", kind (conversation), purple_conversation_get_name (conversation), message);
    return;
  }
  show (conversation, name, message, flags, mtime);
}

static void
on_write_direct (PurpleConversation *conversation,
                 const char *who,
                 const char *message,
                 PurpleMessageFlags flags,
                 time_t mtime)
{
  PurpleAccount *account = purple_conversation_get_account (conversation);
  PurpleBuddy *buddy = who != NULL ? purple_find_buddy (account, who) : NULL;

  if ((flags & PURPLE_MESSAGE_SEND) != 0 &&
      (flags & (PURPLE_MESSAGE_DELAYED | PURPLE_MESSAGE_REMOTE_SEND)) == 0) {
    ui_hidden ("%s %s: own line %s", kind (conversation), purple_conversation_get_name (conversation),
               message);
    return;
  }
  if (who == NULL || *who == '\0') {
    ui_record (account, "BROKEN %s %s: a line without a name", kind (conversation),
               purple_conversation_get_name (conversation));
    return;
  }
  show (conversation, buddy != NULL ? purple_buddy_get_name (buddy) : who, message, flags, mtime);
}

static void
on_add_members (PurpleConversation *conversation, GList *members, gboolean arrived)
{
  PurpleAccount *account = purple_conversation_get_account (conversation);
  g_autofree char *name = ui_escape_id (purple_conversation_get_name (conversation));
  guint count = g_list_length (members);

  if (count > MEMBERS_ONE_BY_ONE) {
    ui_record (account, "chat %s members+ %u", name, count);
    return;
  }
  for (GList *l = members; l != NULL; l = l->next) {
    PurpleConvChatBuddy *member = l->data;
    g_autofree char *alias = ui_quote (member->alias);
    g_autofree char *words = ui_flag_names (member->flags, roles);
    g_autofree char *id = ui_escape_id (member->name);

    if (ui.persona->aliases)
      ui_record (account, "chat %s member+ %s %s %s%s", name, id, alias, words, arrived ? " arrived" : "");
    else
      ui_record (account, "chat %s member+ %s", name, id);
  }
}

static void
on_rename_member (PurpleConversation *conversation,
                  const char *old_name,
                  const char *new_name,
                  const char *alias)
{
  g_autofree char *name = ui_escape_id (purple_conversation_get_name (conversation));
  g_autofree char *quoted = ui_quote (alias);

  ui_record (purple_conversation_get_account (conversation), "chat %s member> %s %s %s", name, old_name,
             new_name, quoted);
}

static void
on_remove_members (PurpleConversation *conversation, GList *members)
{
  g_autofree char *name = ui_escape_id (purple_conversation_get_name (conversation));

  for (GList *l = members; l != NULL; l = l->next)
    ui_record (purple_conversation_get_account (conversation), "chat %s member- %s", name,
               (const char *) l->data);
}

static void
on_update_member (PurpleConversation *conversation, const char *who)
{
  PurpleConvChatBuddy *member =
      purple_conv_chat_cb_find (purple_conversation_get_chat_data (conversation), who);
  g_autofree char *name = ui_escape_id (purple_conversation_get_name (conversation));
  g_autofree char *words = NULL;
  g_autofree char *alias = NULL;

  if (member == NULL)
    return;
  words = ui_flag_names (member->flags, roles);
  alias = ui_quote (member->alias);
  ui_record (purple_conversation_get_account (conversation), "chat %s member= %s %s %s", name, who, alias,
             words);
}

static void
on_present (PurpleConversation *conversation)
{
  ui_record (purple_conversation_get_account (conversation), "%s %s presented", kind (conversation),
             purple_conversation_get_name (conversation));
}

void
ui_conversation_focus (PurpleConversation *conversation, gboolean focus)
{
  gboolean unseen = purple_conversation_get_data (conversation, "unseen-count") != NULL;

  if (!ui.persona->has_focus)
    return;
  if (focus && unseen && ui.persona->focus_last)
    count_unseen (conversation, 0);
  ui_window (conversation)->focus = focus;
  if (focus && unseen && !ui.persona->focus_last)
    count_unseen (conversation, 0);
}

/* libpurple's commands as the windows of Pidgin and Finch run them. TRUE: @text was a command and has been
 * dealt with. */
static gboolean
run_command (PurpleConversation *conversation, const char *text, const char *html)
{
  PurplePluginProtocolInfo *info = NULL;
  PurpleConnection *connection = purple_conversation_get_gc (conversation);
  g_autofree char *error = NULL;
  const char *said = NULL;

  if (*text != '/' || g_str_has_prefix (text, "/me "))
    return FALSE;
  if (connection != NULL)
    info = PURPLE_PLUGIN_PROTOCOL_INFO (purple_connection_get_prpl (connection));
  switch (purple_cmd_do_command (conversation, text + 1, html + 1, &error)) {
  case PURPLE_CMD_STATUS_OK:
    return TRUE;
  case PURPLE_CMD_STATUS_FAILED:
    said = error != NULL ? error : "Your command failed for an unknown reason.";
    break;
  case PURPLE_CMD_STATUS_WRONG_ARGS:
    said = "Syntax Error:  You typed the wrong number of arguments to that command.";
    break;
  case PURPLE_CMD_STATUS_WRONG_TYPE:
    said = "That command only works in chats or in conversations with one person.";
    break;
  case PURPLE_CMD_STATUS_WRONG_PRPL:
    said = "That command doesn't work on this protocol.";
    break;
  case PURPLE_CMD_STATUS_NOT_FOUND:
  default:
    if (!ui.persona->unknown_is_error &&
        (info == NULL || (info->options & OPT_PROTO_SLASH_COMMANDS_NATIVE) == 0))
      return FALSE;
    said = "Unknown command.";
    break;
  }
  purple_conversation_write (conversation, "", said, PURPLE_MESSAGE_NO_LOG | PURPLE_MESSAGE_SYSTEM,
                             time (NULL));
  return TRUE;
}

gboolean
ui_conversation_type (PurpleConversation *conversation, const char *text, GError **error)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_autofree char *html = purple_strreplace (escaped, "\n", "<br>");

  if (ui.persona->commands && run_command (conversation, text, html))
    return TRUE;
  if (is_chat (conversation))
    purple_conv_chat_send (purple_conversation_get_chat_data (conversation), html);
  else
    purple_conv_im_send (purple_conversation_get_im_data (conversation), html);
  return TRUE;
}

void
ui_conversations_init (void)
{
  static PurpleConversationUiOps ops = {
    .create_conversation = on_create,
    .destroy_conversation = on_destroy,
    .write_conv = on_write,
    .chat_add_users = on_add_members,
    .chat_rename_user = on_rename_member,
    .chat_remove_users = on_remove_members,
    .chat_update_user = on_update_member,
    .present = on_present,
    .has_focus = has_focus,
  };

  if (!ui.persona->every_line) {
    ops.write_conv = on_write_narrow;
    ops.write_im = on_write_direct;
    ops.write_chat = on_write_direct;
  }
  if (!ui.persona->roles) {
    ops.chat_rename_user = NULL;
    ops.chat_update_user = NULL;
  }
  if (!ui.persona->has_focus) {
    ops.has_focus = NULL;
    ops.present = NULL;
  }
  if (windows == NULL)
    windows = g_hash_table_new_full (NULL, NULL, NULL, window_free);
  purple_conversations_set_ui_ops (&ops);
}
