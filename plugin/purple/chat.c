/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/chat.h"

#include <errno.h>

#include <glib/gi18n-lib.h>

#include "purple/backlog.h"
#include "purple/blist.h"
#include "purple/commands.h"
#include "purple/events.h"
#include "purple/line.h"
#include "purple/markup.h"
#include "purple/marks.h"
#include "purple/members.h"
#include "purple/mentions.h"
#include "purple/outgoing.h"
#include "purple/parcel.h"
#include "purple/split.h"
#include "purple/who.h"

#define REASON_MS 2000 /* how far from the end of a membership the notice is that says why */

struct _OpenimRooms {
  GHashTable *by_group; /* group ID → OpenimRoom */
  int last_id;
};

static void
room_free (gpointer data)
{
  OpenimRoom *room = data;

  g_hash_table_destroy (room->members);
  g_hash_table_destroy (room->counted);
  g_hash_table_destroy (room->names);
  g_ptr_array_unref (room->arrivals);
  g_free (room->group_id);
  g_free (room);
}

OpenimRooms *
openim_rooms_new (void)
{
  OpenimRooms *rooms = g_new0 (OpenimRooms, 1);

  rooms->by_group = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_free);
  return rooms;
}

void
openim_rooms_free (OpenimRooms *rooms)
{
  if (rooms == NULL)
    return;
  g_hash_table_destroy (rooms->by_group);
  g_free (rooms);
}

OpenimRoom *
openim_rooms_get (OpenimConnection *self, const char *group_id)
{
  return g_hash_table_lookup (self->rooms->by_group, group_id);
}

OpenimRoom *
openim_rooms_get_by_id (OpenimConnection *self, int id)
{
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->rooms->by_group);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((OpenimRoom *) value)->id == id)
      return value;
  return NULL;
}

GPtrArray *
openim_rooms_get_all (OpenimConnection *self)
{
  GPtrArray *rooms = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->rooms->by_group);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (rooms, value);
  return rooms;
}

static PurpleConversation *
find_window (OpenimConnection *self, const char *group_id)
{
  OpenimPeer peer = { OPENIM_SESSION_GROUP, group_id };

  return openim_peer_find (self, &peer);
}

PurpleConvChat *
openim_room_get_chat (OpenimConnection *self, OpenimRoom *room)
{
  PurpleConversation *conversation = find_window (self, room->group_id);

  return conversation != NULL ? purple_conversation_get_chat_data (conversation) : NULL;
}

static OpenimRoom *
room_new (OpenimConnection *self, const char *group_id)
{
  OpenimRoom *room = g_new0 (OpenimRoom, 1);

  room->group_id = g_strdup (group_id);
  room->id = ++self->rooms->last_id;
  room->serial = (guint) room->id;
  room->members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free);
  room->counted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  room->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  room->arrivals = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_replace (self->rooms->by_group, room->group_id, room);
  return room;
}

static void
drop_room (OpenimConnection *self, OpenimRoom *room)
{
  openim_connection_cancel (self, &room->arrivals_timer);
  openim_connection_cancel (self, &room->ending);
  g_hash_table_remove (self->rooms->by_group, room->group_id);
}

static void
set_topic (PurpleConversation *conversation, const OpenimGroup *group)
{
  PurpleConvChat *chat = purple_conversation_get_chat_data (conversation);
  const char *topic = purple_conv_chat_get_topic (chat);

  if (g_strcmp0 (topic != NULL ? topic : "", group->notification) != 0)
    purple_conv_chat_set_topic (chat, NULL, group->notification);
}

/* The person is not in the group any more. */
static void
end_room (OpenimConnection *self, OpenimRoom *room)
{
  int id = room->id;

  drop_room (self, room);
  serv_got_chat_left (self->gc, id);
}

PurpleConversation *
openim_chat_open (OpenimConnection *self, const char *group_id)
{
  g_autofree char *id = g_strdup (group_id);
  PurpleConversation *conversation = find_window (self, id);
  const OpenimGroup *group = openim_roster_get_group (self, id);
  OpenimRoom *room = openim_rooms_get (self, id);

  if (room != NULL && conversation != NULL &&
      !purple_conv_chat_has_left (purple_conversation_get_chat_data (conversation))) {
    if (group != NULL)
      openim_connection_cancel (self, &room->ending);
    return conversation;
  }
  if (room != NULL)
    drop_room (self, room);
  room = room_new (self, id);
  /* The title comes from the node of the buddy list, so that comes first. */
  if (group != NULL)
    openim_roster_show_group (self, group);
  if (!openim_connection_is_open (self))
    return NULL;
  conversation = serv_got_joined_chat (self->gc, room->id, openim_who_group_name (self, id));
  if (conversation == NULL || !openim_connection_is_open (self) || openim_rooms_get (self, id) != room)
    return NULL;
  purple_conv_chat_set_nick (purple_conversation_get_chat_data (conversation),
                             openim_who_name (self, self->self_id));
  group = openim_roster_get_group (self, id);
  if (group != NULL)
    set_topic (conversation, group);
  if (openim_connection_is_open (self) && openim_rooms_get (self, id) == room)
    openim_members_load (self, room);
  return openim_connection_is_open (self) ? find_window (self, id) : NULL;
}

/* libpurple looks for the person's name in the text to see whether he is mentioned; the message itself says
 * that. So while a line is written that has the name and does not mention him, he has another one. */
static void
mute_nick (OpenimConnection *self,
           PurpleConversation *conversation,
           const char *html,
           PurpleMessageFlags flags,
           gboolean on)
{
  const char *nick = openim_who_name (self, self->self_id);

  if ((flags & PURPLE_MESSAGE_RECV) != 0 && (flags & PURPLE_MESSAGE_NICK) == 0 &&
      purple_utf8_has_word (html, nick))
    purple_conv_chat_set_nick (purple_conversation_get_chat_data (conversation), on ? "\x01" : nick);
}

void
openim_chat_show (OpenimConnection *self,
                  const char *group_id,
                  const char *sender,
                  const char *html,
                  PurpleMessageFlags flags,
                  time_t when,
                  gboolean quiet)
{
  PurpleConversation *conversation = find_window (self, group_id);
  OpenimRoom *room = NULL;

  /* The last lines of a group that one has left still belong into its window, if there is one; no window
   * opens for a group that one is not in. */
  if (openim_roster_get_group (self, group_id) != NULL)
    conversation = openim_chat_open (self, group_id);
  if (conversation == NULL || !openim_connection_is_open (self))
    return;
  room = openim_rooms_get (self, group_id);
  if ((flags & PURPLE_MESSAGE_SYSTEM) != 0) {
    openim_line_write (conversation, html, flags, when);
    return;
  }
  mute_nick (self, conversation, html, flags, TRUE);
  if (room != NULL && !quiet)
    serv_got_chat_in (self->gc, room->id, openim_who_name (self, sender), flags, html, when);
  else
    purple_conv_chat_write (purple_conversation_get_chat_data (conversation), openim_who_name (self, sender),
                            html, flags, when);
  if (openim_connection_is_open (self) && (conversation = find_window (self, group_id)) != NULL)
    mute_nick (self, conversation, html, flags, FALSE);
}

/* --- changes --- */

static void
on_end_untold (OpenimConnection *self, gpointer data)
{
  OpenimRoom *room = data;
  PurpleConversation *conversation = find_window (self, room->group_id);
  int id = room->id;

  room->ending = NULL;
  if (conversation != NULL)
    openim_line_write (conversation, _ ("You are not in this group any more."), PURPLE_MESSAGE_SYSTEM,
                       time (NULL));
  room = openim_connection_is_open (self) ? openim_rooms_get_by_id (self, id) : NULL;
  if (room != NULL)
    end_room (self, room);
}

/* When it happens before our eyes the server sends a notice too; that says enough. */
static void
on_group_deleted (PurpleConnection *gc,
                  const Openim__Event__EventOnJoinedGroupDeletedData *data,
                  gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimRoom *room =
      self != NULL && data->group != NULL ? openim_rooms_get (self, data->group->groupid) : NULL;

  if (room == NULL || room->ending != NULL)
    return;
  if (room->farewell)
    end_room (self, room);
  else
    room->ending = openim_connection_later (self, REASON_MS, on_end_untold, room, NULL);
}

static gboolean
is_among (OpenimGroupMember *const *members, gsize n, const char *user_id)
{
  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (members[i]->userid, user_id) == 0)
      return TRUE;
  return FALSE;
}

/* Says that the person is not in the group any more. */
static gboolean
is_farewell (OpenimConnection *self, const OpenimMessage *message)
{
  switch ((int) message->content_case) {
  case OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_MEMBER_QUIT_TIPS:
    return message->memberquittips->quituser != NULL &&
           is_among (&message->memberquittips->quituser, 1, self->self_id);
  case OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_MEMBER_KICKED_TIPS:
    return is_among (message->memberkickedtips->kickeduserlist, message->memberkickedtips->n_kickeduserlist,
                     self->self_id);
  case OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_GROUP_DISMISSED_TIPS:
    return TRUE;
  default:
    return FALSE;
  }
}

void
openim_chat_after (OpenimConnection *self, const OpenimMessage *message)
{
  OpenimRoom *room = openim_rooms_get (self, message->groupid);

  if (room == NULL || !is_farewell (self, message))
    return;
  room->farewell = TRUE;
  if (room->ending != NULL)
    end_room (self, room);
}

/* Into a group whose window is still there from an earlier time, or opened for the first line of it, before
 * its name was known. */
static void
on_group_added (PurpleConnection *gc,
                const Openim__Event__EventOnJoinedGroupAddedData *data,
                gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  PurpleConversation *conversation = NULL;

  if (self == NULL || data->group == NULL || !openim_connection_is_connected (self) ||
      find_window (self, data->group->groupid) == NULL)
    return;
  conversation = openim_chat_open (self, data->group->groupid);
  if (conversation != NULL)
    purple_conversation_autoset_title (conversation);
}

static void
on_group_changed (PurpleConnection *gc,
                  const Openim__Event__EventOnGroupInfoChangedData *data,
                  gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  PurpleConversation *conversation = NULL;

  if (self == NULL || data->group == NULL)
    return;
  conversation = find_window (self, data->group->groupid);
  if (conversation == NULL)
    return;
  purple_conversation_autoset_title (conversation);
  if (openim_connection_is_open (self) && (conversation = find_window (self, data->group->groupid)) != NULL)
    set_topic (conversation, data->group);
}

/* A notice of the server says who left, with the reason; libpurple's own line would say it again. */
static gboolean
on_leaving (PurpleConversation *conversation, const char *name, const char *reason, gpointer data)
{
  OpenimConnection *self = data;

  return purple_conversation_get_account (conversation) == self->account;
}

void
openim_chat_watch (OpenimConnection *self)
{
  purple_signal_connect (purple_conversations_get_handle (), "chat-buddy-leaving", self,
                         PURPLE_CALLBACK (on_leaving), self);
}

void
openim_chat_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnJoinedGroupDeleted), PURPLE_CALLBACK (on_group_deleted) },
    { OPENIM_NUMBER (EventOnJoinedGroupAdded), PURPLE_CALLBACK (on_group_added) },
    { OPENIM_NUMBER (EventOnGroupInfoChanged), PURPLE_CALLBACK (on_group_changed) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}

/* --- members of the prpl --- */

/* Only the window goes. */
void
openim_chat_leave (PurpleConnection *gc, int id)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimRoom *room = self != NULL ? openim_rooms_get_by_id (self, id) : NULL;

  OpenimPeer peer = { OPENIM_SESSION_GROUP, NULL };

  if (room == NULL)
    return;
  peer.name = room->group_id;
  openim_marks_closed (self, &peer);
  drop_room (self, room);
  serv_got_chat_left (gc, id);
}

static void
say (OpenimConnection *self, const OpenimPeer *peer, const char *said)
{
  g_auto (GStrv) parts = openim_split (said, OPENIM_SPLIT_LIMIT);

  for (guint i = 0; parts[i] != NULL && openim_connection_is_open (self); i++) {
    OpenimRoom *room = openim_rooms_get (self, peer->name);
    g_autoptr (GPtrArray) mentioned = g_ptr_array_new ();
    g_autofree char *text =
        room != NULL ? openim_mentions_find (self, room, parts[i], mentioned) : g_strdup (parts[i]);

    openim_outgoing_send (self, peer, parts[i], text, mentioned);
  }
}

int
openim_chat_send (PurpleConnection *gc, int id, const char *html, PurpleMessageFlags flags)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimRoom *room = self != NULL ? openim_rooms_get_by_id (self, id) : NULL;
  OpenimPeer peer = { OPENIM_SESSION_GROUP, NULL };
  g_autofree char *said = NULL;

  if (room == NULL)
    return -ENOTCONN;
  said = openim_markup_to_text (html);
  peer.name = room->group_id;
  if (openim_commands_take (self, &peer, &said))
    return 0;
  if (!openim_parcels_take (self, &peer, html, say)) {
    if (*said == '\0')
      return 0;
    say (self, &peer, said);
  }
  openim_marks_answered (self, &peer);
  openim_backlog_forget (self, &peer);
  /* libpurple shows one's own line in a window with one person, not in a chat. */
  serv_got_chat_in (gc, id, openim_who_name (self, self->self_id), flags, html, time (NULL));
  return 0;
}

/* To one of the members alone: in their own conversation, which shows it. */
void
openim_chat_whisper (PurpleConnection *gc, int id, const char *who, const char *html)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimPeer peer = { OPENIM_SESSION_SINGLE, NULL };
  PurpleConversation *conversation = NULL;
  g_autofree char *text = openim_markup_to_text (html);

  if (self == NULL || self->self_id == NULL || *text == '\0')
    return;
  peer.name = openim_who_id (self, who);
  openim_outgoing_send (self, &peer, text, text, NULL);
  conversation = openim_peer_open (self, &peer);
  if (conversation != NULL && openim_connection_is_open (self))
    purple_conv_im_write (purple_conversation_get_im_data (conversation), NULL, html, PURPLE_MESSAGE_SEND,
                          time (NULL));
}
