/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include <link.h>
#include <string.h>

#include <glib/gi18n-lib.h>
#include <purple.h>

#include "purple/account-menu.h"
#include "purple/account.h"
#include "purple/application.h"
#include "purple/askers.h"
#include "purple/blist.h"
#include "purple/burn.h"
#include "purple/calls.h"
#include "purple/chat.h"
#include "purple/commands.h"
#include "purple/connection.h"
#include "purple/contact-menu.h"
#include "purple/contact.h"
#include "purple/conversation-menu.h"
#include "purple/display.h"
#include "purple/events.h"
#include "purple/group-menu.h"
#include "purple/groups.h"
#include "purple/icons.h"
#include "purple/im.h"
#include "purple/join.h"
#include "purple/login.h"
#include "purple/members.h"
#include "purple/news.h"
#include "purple/nickname.h"
#include "purple/offline.h"
#include "purple/own-profile.h"
#include "purple/password.h"
#include "purple/privacy.h"
#include "purple/profile.h"
#include "purple/roomlist.h"
#include "purple/receipts.h"
#include "purple/status.h"
#include "purple/strangers.h"
#include "purple/traits.h"
#include "purple/unsent.h"
#include "purple/trace.h"
#include "purple/transfers.h"

#define OLDEST_LIBPURPLE 2, 14, 0

static const char *
get_icon (PurpleAccount *account, PurpleBuddy *buddy)
{
  return "openim";
}

/* Messages wait at the server. */
static gboolean
takes_offline_messages (const PurpleBuddy *buddy)
{
  return TRUE;
}

static GList *
get_menu (PurpleBlistNode *node)
{
  GList *items = PURPLE_BLIST_NODE_IS_CHAT (node) ? openim_group_menu_get (PURPLE_CHAT (node))
                                                  : openim_contact_menu_get (PURPLE_BUDDY (node));

  return g_list_concat (items, openim_conversation_menu_get (node));
}

static GHashTable *
get_account_texts (PurpleAccount *account)
{
  GHashTable *texts = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_insert (texts, (gpointer) "login_label", (gpointer) _ ("Account, e-mail, phone or user ID"));
  return texts;
}

static PurplePluginProtocolInfo protocol = {
  .options = OPT_PROTO_UNIQUE_CHATNAME | OPT_PROTO_CHAT_TOPIC | OPT_PROTO_PASSWORD_OPTIONAL |
             OPT_PROTO_INVITE_MESSAGE | OPT_PROTO_SLASH_COMMANDS_NATIVE | OPT_PROTO_IM_IMAGE,
  .icon_spec = OPENIM_ICON_SPEC,
  .list_icon = get_icon,
  .list_emblem = openim_status_get_emblem,
  .status_text = openim_status_get_text,
  .tooltip_text = openim_profile_get_tooltip,
  .status_types = openim_status_get_types,
  .blist_node_menu = get_menu,
  .chat_info = openim_join_get_fields,
  .chat_info_defaults = openim_join_get_defaults,
  .login = openim_connection_login,
  .close = openim_connection_close,
  .send_im = openim_im_send,
  .set_info = openim_own_profile_set,
  .set_status = openim_status_set,
  .send_typing = openim_im_send_typing,
  .add_buddy = openim_contact_add,
  .remove_buddy = openim_contact_remove,
  .change_passwd = openim_password_change,
  .add_deny = openim_privacy_block,
  .rem_deny = openim_privacy_unblock,
  .set_permit_deny = openim_privacy_mode_changed,
  .get_info = openim_profile_show,
  .join_chat = openim_join_chat,
  .get_chat_name = openim_join_get_name,
  .chat_invite = openim_groups_invite_one,
  .chat_leave = openim_chat_leave,
  .chat_whisper = openim_chat_whisper,
  .chat_send = openim_chat_send,
  .register_user = openim_connection_register,
  .get_cb_info = openim_profile_show_member,
  .alias_buddy = openim_contact_rename,
  .rename_group = openim_roster_rename_group,
  .convo_closed = openim_im_closed,
  .set_chat_topic = openim_groups_set_topic,
  .find_blist_chat = openim_roster_find_chat,
  .roomlist_get_list = openim_roomlist_get,
  .roomlist_cancel = openim_roomlist_cancel,
  .roomlist_room_serialize = openim_roomlist_serialize,
  .set_buddy_icon = openim_icons_set_own,
  .can_receive_file = openim_transfers_can_send,
  .send_file = openim_transfers_send,
  .new_xfer = openim_transfers_create,
  .offline_message = takes_offline_messages,
  .struct_size = sizeof (PurplePluginProtocolInfo),
  .get_account_text_table = get_account_texts,
  .set_public_alias = openim_nickname_set,
  .get_public_alias = openim_nickname_get,
  .add_buddy_with_invite = openim_contact_add_with_text,
  .get_cb_alias = openim_members_get_alias,
  .chat_can_receive_file = openim_transfers_can_send_to_chat,
  .chat_send_file = openim_transfers_send_to_chat,
};

/* --- loading --- */

static int
is_old_soup (struct dl_phdr_info *info, size_t size, void *data)
{
  return info->dlpi_name != NULL && strstr (info->dlpi_name, "/libsoup-2.4.so") != NULL;
}

/* Both versions of libsoup define the same types; with the other one in the process ours would be dead. So it
 * is looked for before any of ours is used. */
static gboolean
may_load (PurplePlugin *plugin)
{
  const char *wrong = purple_version_check (OLDEST_LIBPURPLE);

  if (wrong != NULL) {
    plugin->error = g_strdup_printf (_ ("OpenIM needs libpurple 2.14 or newer (%s)."), wrong);
    return FALSE;
  }
  if (dl_iterate_phdr (is_old_soup, NULL) != 0) {
    plugin->error = g_strdup (_ ("OpenIM cannot be used together with a plugin that is built on libsoup 2 "
                                 "(such as Amazon Chime’s). Disable that one and start again."));
    return FALSE;
  }
  return TRUE;
}

/* Who hears of an event, in this order: what is known of people and groups comes before what is shown. */
static void (*const rooms[]) (PurplePlugin *plugin) = {
  openim_login_connect_signals,        openim_roster_connect_signals,    openim_status_connect_signals,
  openim_chat_connect_signals,         openim_members_connect_signals,   openim_join_connect_signals,
  openim_applications_connect_signals, openim_askers_connect_signals,    openim_privacy_connect_signals,
  openim_im_connect_signals,           openim_strangers_connect_signals, openim_traits_connect_signals,
  openim_display_connect_signals,      openim_transfers_connect_signals, openim_icons_connect_signals,
  openim_receipts_connect_signals,     openim_burns_connect_signals,     openim_news_connect_signals,
  openim_unsent_connect_signals,
};

static gboolean
load (PurplePlugin *plugin)
{
  if (!may_load (plugin))
    return FALSE;
  openim_trace_start (plugin);
  openim_events_register (plugin);
  /* libpurple calls the handler that was connected last first. */
  for (guint n = G_N_ELEMENTS (rooms); n > 0; n--)
    rooms[n - 1](plugin);
  openim_commands_register ();
  openim_calls_register (plugin);
  openim_offline_start (plugin);
  return TRUE;
}

static gboolean
unload (PurplePlugin *plugin)
{
  openim_offline_stop (plugin);
  openim_commands_unregister ();
  openim_calls_unregister (plugin);
  purple_signals_disconnect_by_handle (plugin);
  purple_signals_unregister_by_instance (plugin);
  openim_trace_stop (plugin);
  return TRUE;
}

static PurplePluginInfo info = {
  .magic = PURPLE_PLUGIN_MAGIC,
  .major_version = PURPLE_MAJOR_VERSION,
  .minor_version = PURPLE_MINOR_VERSION,
  .type = PURPLE_PLUGIN_PROTOCOL,
  .priority = PURPLE_PRIORITY_DEFAULT,
  .id = (char *) OPENIM_PLUGIN_ID,
  .name = (char *) "OpenIM",
  .version = (char *) OPENIM_VERSION,
  .author = (char *) "The purple-openim authors",
  .load = load,
  .unload = unload,
  .extra_info = &protocol,
  .actions = openim_account_menu_get,
};

static void
init (PurplePlugin *plugin)
{
  bindtextdomain (GETTEXT_PACKAGE, OPENIM_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  info.summary = (char *) _ ("OpenIM protocol");
  info.description = (char *) _ ("Talk with people on an OpenIM server (3.8.2 or newer).");
  protocol.protocol_options = openim_options_list ();
}

PURPLE_INIT_PLUGIN (openim, init, info)
