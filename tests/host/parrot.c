/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <glib.h>
#include <purple.h>
#include <protobuf-c/protobuf-c.h>

/* A protocol without a network, for the tests of the headless host. The buddy "polly" repeats what she is
 * told; a line that begins with "!" makes the plugin do one thing that a host must show, hide or survive. */

#define PARROT "prpl-test-parrot"

static PurplePlugin *parrot;
static guint timers; /* alive; must be 0 when the plugin has been told to close */

typedef struct {
  guint later;
} Cage;

static GList *
status_types (PurpleAccount *account)
{
  GList *types = NULL;

  types = g_list_append (types, purple_status_type_new_with_attrs (
                                    PURPLE_STATUS_AVAILABLE, "online", NULL, TRUE, TRUE, FALSE, "message",
                                    "Message", purple_value_new (PURPLE_TYPE_STRING), NULL));
  types = g_list_append (
      types, purple_status_type_new_full (PURPLE_STATUS_OFFLINE, "offline", NULL, TRUE, TRUE, FALSE));
  return types;
}

static const char *
list_icon (PurpleAccount *account, PurpleBuddy *buddy)
{
  return "parrot";
}

static gboolean
on_later (gpointer data)
{
  PurpleConnection *connection = data;
  PurpleAccount *account = purple_connection_get_account (connection);
  Cage *cage = connection->proto_data;
  PurpleBuddy *polly = purple_find_buddy (account, "polly");
  PurpleGroup *group = purple_group_new ("Birds");

  cage->later = 0;
  timers--;
  if (g_str_has_prefix (purple_account_get_username (account), "wrong")) {
    purple_connection_error_reason (connection, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
                                    "Wrong password");
    return G_SOURCE_REMOVE;
  }
  purple_connection_update_progress (connection, "Flying", 1, 2);
  purple_connection_set_state (connection, PURPLE_CONNECTED);
  if (polly == NULL) {
    polly = purple_buddy_new (account, "polly", "Polly");
    purple_blist_add_buddy (polly, NULL, group, NULL);
  }
  purple_prpl_got_user_status (account, "polly", "online", "message", "crackers", NULL);
  if (g_str_has_prefix (purple_account_get_username (account), "hello"))
    serv_got_im (connection, "polly", "welcome home", 0, time (NULL));
  return G_SOURCE_REMOVE;
}

static void
login (PurpleAccount *account)
{
  PurpleConnection *connection = purple_account_get_connection (account);
  Cage *cage = g_new0 (Cage, 1);

  connection->proto_data = cage;
  connection->flags |= PURPLE_CONNECTION_HTML;
  purple_connection_update_progress (connection, "Waking", 0, 2);
  cage->later = purple_timeout_add (1, on_later, connection);
  timers++;
}

static void
close_connection (PurpleConnection *connection)
{
  Cage *cage = connection->proto_data;

  if (cage->later != 0) {
    purple_timeout_remove (cage->later);
    timers--;
  }
  g_free (cage);
  connection->proto_data = NULL;
}

static void
on_yes (PurpleConnection *connection, int button)
{
  serv_got_im (connection, "polly", button == 0 ? "first button" : "second button", 0, 1000000000);
}

static void
on_word (PurpleConnection *connection, const char *word)
{
  serv_got_im (connection, "polly", word, 0, 1000000000);
}

static void
on_fields (PurpleConnection *connection, PurpleRequestFields *fields)
{
  serv_got_im (connection, "polly", purple_request_fields_get_string (fields, "word"), 0, 1000000000);
}

static void
make_fields (PurpleConnection *connection)
{
  PurpleRequestFields *fields = purple_request_fields_new ();
  PurpleRequestFieldGroup *group = purple_request_field_group_new (NULL);
  PurpleRequestField *field = purple_request_field_string_new ("word", "A word", "", FALSE);

  purple_request_field_set_required (field, TRUE);
  purple_request_field_group_add_field (group, field);
  purple_request_field_group_add_field (group, purple_request_field_image_new ("face", "A face", "x", 1));
  purple_request_fields_add_group (fields, group);
  if (purple_request_fields (connection, "Title", "Primary", NULL, fields, "OK", G_CALLBACK (on_fields),
                             "Cancel", NULL, purple_connection_get_account (connection), NULL, NULL,
                             connection) == NULL) {
    purple_request_fields_destroy (fields);
    serv_got_im (connection, "polly", "no fields here", 0, 1000000000);
  }
}

static void
do_trick (PurpleConnection *connection, const char *trick)
{
  PurpleAccount *account = purple_connection_get_account (connection);
  PurpleConversation *im = purple_find_conversation_with_account (PURPLE_CONV_TYPE_IM, "polly", account);

  if (g_str_equal (trick, "!old"))
    serv_got_im (connection, "polly", "long ago", PURPLE_MESSAGE_DELAYED, 1000000000);
  else if (g_str_equal (trick, "!other-device"))
    purple_conv_im_write (purple_conversation_get_im_data (im), purple_account_get_username (account),
                          "from my telephone", PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_REMOTE_SEND, 1000000000);
  else if (g_str_equal (trick, "!system"))
    purple_conversation_write (im, NULL, "a notice", PURPLE_MESSAGE_SYSTEM, 1000000000);
  else if (g_str_equal (trick, "!im-write"))
    purple_conv_im_write (purple_conversation_get_im_data (im), "polly", "a notice", PURPLE_MESSAGE_SYSTEM,
                          1000000000);
  else if (g_str_equal (trick, "!markup"))
    serv_got_im (connection, "polly", "<b>one</b> &lt;two&gt;", 0, 1000000000);
  else if (g_str_equal (trick, "!typing"))
    serv_got_typing (connection, "polly", 0, PURPLE_TYPING);
  else if (g_str_equal (trick, "!yes-no"))
    purple_request_action (connection, "Title", "Primary", "Secondary", 0, account, "polly", NULL, connection,
                           2, "_Yes", G_CALLBACK (on_yes), "_No", G_CALLBACK (on_yes));
  else if (g_str_equal (trick, "!accept"))
    purple_request_action (connection, "Title", "Primary", "Secondary", 0, account, "polly", NULL, connection,
                           2, "_Accept", G_CALLBACK (on_yes), "_Cancel", G_CALLBACK (on_yes));
  else if (g_str_equal (trick, "!input"))
    purple_request_input (connection, "Title", "Primary", "Secondary", "default", FALSE, FALSE, NULL, "OK",
                          G_CALLBACK (on_word), "Cancel", NULL, account, "polly", NULL, connection);
  else if (g_str_equal (trick, "!fields"))
    make_fields (connection);
  else if (g_str_equal (trick, "!note"))
    purple_notify_error (connection, "Title", "Primary", "Secondary");
  else if (g_str_equal (trick, "!signal"))
    purple_signal_emit (parrot, "parrot-spoke", connection, NULL);
  else if (g_str_equal (trick, "!kick"))
    purple_connection_error_reason (connection, PURPLE_CONNECTION_ERROR_NAME_IN_USE, "Another parrot");
  else if (g_str_equal (trick, "!crash"))
    G_BREAKPOINT ();
  else if (g_str_equal (trick, "!leak"))
    connection->display_name = g_strdup ("forgotten"), connection->display_name = NULL;
  else if (g_str_equal (trick, "!warn"))
    g_warning ("a warning of the plugin");
}

static int
send_im (PurpleConnection *connection, const char *who, const char *html, PurpleMessageFlags flags)
{
  g_autofree char *text = purple_markup_strip_html (html);

  if (*text == '!') {
    do_trick (connection, text);
    return 0;
  }
  if (g_str_equal (who, "polly"))
    serv_got_im (connection, "polly", html, 0, 1000000000);
  return 1;
}

static GList *
chat_info (PurpleConnection *connection)
{
  struct proto_chat_entry *entry = g_new0 (struct proto_chat_entry, 1);

  entry->label = "_Room";
  entry->identifier = "room";
  entry->required = TRUE;
  return g_list_append (NULL, entry);
}

static GHashTable *
chat_info_defaults (PurpleConnection *connection, const char *name)
{
  GHashTable *components = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  if (name != NULL)
    g_hash_table_insert (components, (gpointer) "room", g_strdup (name));
  return components;
}

static void
join_chat (PurpleConnection *connection, GHashTable *components)
{
  const char *room = g_hash_table_lookup (components, "room");
  PurpleConversation *chat = serv_got_joined_chat (connection, (int) (g_str_hash (room) & 0xffff) + 1, room);

  purple_conv_chat_set_nick (purple_conversation_get_chat_data (chat),
                             purple_account_get_username (chat->account));
  purple_conv_chat_add_user (purple_conversation_get_chat_data (chat), "polly", NULL, PURPLE_CBFLAGS_FOUNDER,
                             FALSE);
  purple_conv_chat_add_user (purple_conversation_get_chat_data (chat),
                             purple_account_get_username (chat->account), NULL, PURPLE_CBFLAGS_NONE, FALSE);
}

static int
chat_send (PurpleConnection *connection, int id, const char *message, PurpleMessageFlags flags)
{
  PurpleConversation *chat = purple_find_chat (connection, id);

  if (g_str_equal (message, "!op")) {
    purple_conv_chat_user_set_flags (purple_conversation_get_chat_data (chat), "polly", PURPLE_CBFLAGS_OP);
    return 0;
  }
  serv_got_chat_in (connection, id, purple_account_get_username (chat->account), flags, message, 1000000000);
  serv_got_chat_in (connection, id, "polly", 0, message, 1000000000);
  return 0;
}

static gboolean
load (PurplePlugin *plugin)
{
  parrot = plugin;
  purple_signal_register (plugin, "parrot-spoke", purple_marshal_VOID__POINTER_POINTER, NULL, 2,
                          purple_value_new (PURPLE_TYPE_SUBTYPE, PURPLE_SUBTYPE_CONNECTION),
                          purple_value_new (PURPLE_TYPE_POINTER));
  return TRUE;
}

static gboolean
unload (PurplePlugin *plugin)
{
  purple_signals_unregister_by_instance (plugin);
  return timers == 0;
}

static PurplePluginProtocolInfo protocol = {
  .options = OPT_PROTO_NO_PASSWORD,
  .list_icon = list_icon,
  .status_types = status_types,
  .login = login,
  .close = close_connection,
  .send_im = send_im,
  .chat_info = chat_info,
  .chat_info_defaults = chat_info_defaults,
  .join_chat = join_chat,
  .chat_send = chat_send,
  .struct_size = sizeof (PurplePluginProtocolInfo),
};

static PurplePluginInfo info = {
  .magic = PURPLE_PLUGIN_MAGIC,
  .major_version = PURPLE_MAJOR_VERSION,
  .minor_version = PURPLE_MINOR_VERSION,
  .type = PURPLE_PLUGIN_PROTOCOL,
  .priority = PURPLE_PRIORITY_DEFAULT,
  .id = (char *) PARROT,
  .name = (char *) "Parrot",
  .version = (char *) "1",
  .summary = (char *) "Repeats",
  .description = (char *) "Repeats",
  .author = (char *) "",
  .homepage = (char *) "",
  .load = load,
  .unload = unload,
  .extra_info = &protocol,
};

static void
init (PurplePlugin *plugin)
{
}

PURPLE_INIT_PLUGIN (parrot, init, info)
