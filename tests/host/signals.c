/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

#include <protobuf-c/protobuf-c.h>

/* What reaches a user interface by signals only, and the signals of the protocol plugin with their data. */

#define DATA_DEPTH 4 /* nested messages beyond this are shown as … */
#define DATA_ITEMS 8 /* so are longer lists */

static int handle;
static GHashTable *watched; /* names of signals, interned */

static void
on_chat_joined (PurpleConversation *conversation, gpointer data)
{
  g_autofree char *name = ui_escape_id (purple_conversation_get_name (conversation));

  ui_record (purple_conversation_get_account (conversation), "chat %s joined", name);
}

static void
on_chat_left (PurpleConversation *conversation, gpointer data)
{
  g_autofree char *name = ui_escape_id (purple_conversation_get_name (conversation));

  ui_record (purple_conversation_get_account (conversation), "chat %s left", name);
}

static void
on_topic (PurpleConversation *conversation, const char *who, const char *topic, gpointer data)
{
  UiWindow *window = ui_window (conversation);
  g_autofree char *name = ui_escape_id (purple_conversation_get_name (conversation));
  g_autofree char *quoted = ui_quote (topic);

  /* Joining again clears what was empty before. */
  if (g_strcmp0 (window->topic != NULL ? window->topic : "", topic != NULL ? topic : "") == 0)
    return;
  g_free (window->topic);
  window->topic = g_strdup (topic);
  ui_record (purple_conversation_get_account (conversation), "chat %s topic %s", name, quoted);
}

static void
on_updated (PurpleConversation *conversation, PurpleConvUpdateType type, gpointer data)
{
  const char *title = purple_conversation_get_title (conversation);
  UiWindow *window = ui_window (conversation);
  g_autofree char *name = NULL;
  g_autofree char *quoted = NULL;

  if (type != PURPLE_CONV_UPDATE_TITLE || window->title == NULL || g_strcmp0 (title, window->title) == 0)
    return;
  g_free (window->title);
  window->title = g_strdup (title);
  if (!ui.persona->aliases)
    return; /* bitlbee takes the name of a channel only when it opens */
  name = ui_escape_id (purple_conversation_get_name (conversation));
  quoted = ui_quote (title);
  ui_record (purple_conversation_get_account (conversation), "%s %s title %s",
             purple_conversation_get_type (conversation) == PURPLE_CONV_TYPE_CHAT ? "chat" : "im", name,
             quoted);
}

static void
on_typing (PurpleAccount *account, const char *who, gpointer state)
{
  ui_record (account, "typing %s %s", who, (const char *) state);
}

/* Pidgin joins again what was open when the connection went, before the protocol plugin has had time for
 * anything. */
static void
on_signed_on (PurpleConnection *connection, gpointer data)
{
  PurpleAccount *account = purple_connection_get_account (connection);
  PurplePluginProtocolInfo *info = PURPLE_PLUGIN_PROTOCOL_INFO (purple_connection_get_prpl (connection));

  if (!ui.persona->rejoins)
    return;
  for (GList *l = purple_get_chats (); l != NULL; l = l->next) {
    PurpleConversation *conversation = l->data;
    PurpleChat *chat = NULL;
    GHashTable *components = NULL;

    if (purple_conversation_get_account (conversation) != account ||
        purple_conversation_get_data (conversation, "want-to-rejoin") == NULL)
      continue;
    chat = purple_blist_find_chat (account, purple_conversation_get_name (conversation));
    if (chat != NULL)
      components = purple_chat_get_components (chat);
    else if (info->chat_info_defaults != NULL)
      components = info->chat_info_defaults (connection, purple_conversation_get_name (conversation));
    if (components != NULL)
      serv_join_chat (connection, components);
    if (chat == NULL)
      g_clear_pointer (&components, g_hash_table_destroy);
  }
}

static void
on_signing_off (PurpleConnection *connection, gpointer data)
{
  for (GSList *l = connection->buddy_chats; l != NULL; l = l->next)
    purple_conversation_set_data (l->data, "want-to-rejoin", GINT_TO_POINTER (TRUE));
}

static void
on_joined_again (PurpleConversation *conversation, gpointer data)
{
  purple_conversation_set_data (conversation, "want-to-rejoin", NULL);
}

void
ui_signals_init (void)
{
  gpointer conversations = purple_conversations_get_handle ();

  purple_signal_connect (conversations, "chat-joined", &handle, PURPLE_CALLBACK (on_chat_joined), NULL);
  purple_signal_connect (conversations, "chat-joined", &handle, PURPLE_CALLBACK (on_joined_again), NULL);
  purple_signal_connect (conversations, "chat-left", &handle, PURPLE_CALLBACK (on_chat_left), NULL);
  purple_signal_connect (conversations, "chat-topic-changed", &handle, PURPLE_CALLBACK (on_topic), NULL);
  purple_signal_connect (conversations, "conversation-updated", &handle, PURPLE_CALLBACK (on_updated), NULL);
  purple_signal_connect (conversations, "buddy-typing", &handle, PURPLE_CALLBACK (on_typing),
                         (gpointer) "TYPING");
  purple_signal_connect (conversations, "buddy-typed", &handle, PURPLE_CALLBACK (on_typing),
                         (gpointer) "TYPED");
  purple_signal_connect (conversations, "buddy-typing-stopped", &handle, PURPLE_CALLBACK (on_typing),
                         (gpointer) "STOPPED");
  purple_signal_connect (purple_connections_get_handle (), "signed-on", &handle,
                         PURPLE_CALLBACK (on_signed_on), NULL);
  purple_signal_connect (purple_connections_get_handle (), "signing-off", &handle,
                         PURPLE_CALLBACK (on_signing_off), NULL);
}

static void append_message (GString *out, const ProtobufCMessage *message, guint depth);

/* One value of a field, as protobuf-c lays it out in the struct. */
static void
append_value (GString *out, const ProtobufCFieldDescriptor *field, const void *value, guint depth)
{
  switch (field->type) {
  case PROTOBUF_C_TYPE_STRING: {
    g_autofree char *quoted = ui_quote (*(char *const *) value);

    g_string_append (out, quoted);
    break;
  }
  case PROTOBUF_C_TYPE_MESSAGE:
    append_message (out, *(ProtobufCMessage *const *) value, depth + 1);
    break;
  case PROTOBUF_C_TYPE_BOOL:
    g_string_append (out, *(const protobuf_c_boolean *) value ? "true" : "false");
    break;
  case PROTOBUF_C_TYPE_BYTES:
    g_string_append_printf (out, "<%" G_GSIZE_FORMAT " bytes>", ((const ProtobufCBinaryData *) value)->len);
    break;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_SFIXED64:
    g_string_append_printf (out, "%" G_GINT64_FORMAT, *(const gint64 *) value);
    break;
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
    g_string_append_printf (out, "%" G_GUINT64_FORMAT, *(const guint64 *) value);
    break;
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
    g_string_append_printf (out, "%u", *(const guint32 *) value);
    break;
  case PROTOBUF_C_TYPE_FLOAT:
    g_string_append_printf (out, "%g", (double) *(const float *) value);
    break;
  case PROTOBUF_C_TYPE_DOUBLE:
    g_string_append_printf (out, "%g", *(const double *) value);
    break;
  case PROTOBUF_C_TYPE_ENUM:
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
  default:
    g_string_append_printf (out, "%d", *(const gint32 *) value);
    break;
  }
}

static gsize
size_of (ProtobufCType type)
{
  switch (type) {
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_MESSAGE:
    return sizeof (gpointer);
  case PROTOBUF_C_TYPE_BYTES:
    return sizeof (ProtobufCBinaryData);
  case PROTOBUF_C_TYPE_BOOL:
    return sizeof (protobuf_c_boolean);
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_DOUBLE:
    return 8;
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_FLOAT:
  case PROTOBUF_C_TYPE_ENUM:
  default:
    return 4;
  }
}

/* Zero in the sense of proto3: not worth showing. */
static gboolean
is_zero (const ProtobufCFieldDescriptor *field, const void *value)
{
  static const guint8 zeros[sizeof (ProtobufCBinaryData)];

  if (field->type == PROTOBUF_C_TYPE_STRING)
    return *(char *const *) value == NULL || **(char *const *) value == '\0';
  return memcmp (value, zeros, size_of (field->type)) == 0;
}

/* { field=value …}: what is not zero, in the order of the interface. */
static void
append_message (GString *out, const ProtobufCMessage *message, guint depth)
{
  if (message == NULL || depth > DATA_DEPTH) {
    g_string_append (out, message == NULL ? "-" : "…");
    return;
  }
  g_string_append_c (out, '{');
  for (guint i = 0; i < message->descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
    const guint8 *at = (const guint8 *) message + field->offset;

    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      gsize n = *(const size_t *) (gconstpointer) ((const guint8 *) message + field->quantifier_offset);
      const guint8 *items = *(const guint8 *const *) (gconstpointer) at;

      if (n == 0)
        continue;
      g_string_append_printf (out, " %s=[", field->name);
      for (gsize k = 0; k < n && k < DATA_ITEMS; k++) {
        if (k > 0)
          g_string_append_c (out, ' ');
        append_value (out, field, items + k * size_of (field->type), depth);
      }
      g_string_append (out, n > DATA_ITEMS ? " …]" : "]");
      continue;
    }
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
        *(const guint32 *) (gconstpointer) ((const guint8 *) message + field->quantifier_offset) != field->id)
      continue;
    if (is_zero (field, at) && (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) == 0)
      continue;
    g_string_append_printf (out, " %s=", field->name);
    append_value (out, field, at, depth);
  }
  g_string_append (out, " }");
}

static void
on_plugin_signal (PurpleConnection *connection, const ProtobufCMessage *message, gpointer name)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_message (text, message, 0);
  ui_record (purple_connection_get_account (connection), "signal %s %s", (const char *) name, text->str);
}

gboolean
ui_signals_watch (PurplePlugin *plugin, const char *name)
{
  const char *kept = g_intern_string (name);

  if (watched == NULL)
    watched = g_hash_table_new (NULL, NULL);
  if (g_hash_table_contains (watched, kept))
    return TRUE;
  if (purple_signal_connect (plugin, kept, &handle, PURPLE_CALLBACK (on_plugin_signal), (gpointer) kept) == 0)
    return FALSE;
  g_hash_table_add (watched, (gpointer) kept);
  return TRUE;
}

void
ui_signals_unwatch (PurplePlugin *plugin, const char *name)
{
  const char *kept = g_intern_string (name);

  if (watched != NULL && g_hash_table_remove (watched, kept))
    purple_signal_disconnect (plugin, kept, &handle, PURPLE_CALLBACK (on_plugin_signal));
}
