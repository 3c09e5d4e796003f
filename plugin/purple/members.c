/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/members.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/log.h"
#include "group.pb-c.h"
#include "purple/blist.h"
#include "purple/events.h"
#include "purple/groups.h"
#include "purple/line.h"
#include "purple/who.h"

#define PAGE 200       /* members shown in one turn of the main loop */
#define COLLECT_MS 200 /* an invitation adds many at once */

static PurpleConvChatBuddyFlags
flags_of (const OpenimGroupMember *member)
{
  if (member->rolelevel >= OPENIM_ROLE_OWNER)
    return PURPLE_CBFLAGS_FOUNDER;
  if (member->rolelevel >= OPENIM_ROLE_ADMIN)
    return PURPLE_CBFLAGS_OP;
  return PURPLE_CBFLAGS_NONE;
}

const char *
openim_members_get_role (const OpenimGroupMember *member)
{
  if (member->rolelevel >= OPENIM_ROLE_OWNER)
    return _ ("Owner");
  if (member->rolelevel >= OPENIM_ROLE_ADMIN)
    return _ ("Administrator");
  return _ ("Member");
}

/* --- names --- */

const char *
openim_members_get_name (OpenimConnection *self, const OpenimGroupMember *member)
{
  const OpenimFriend *person = openim_roster_get_friend (self, member->userid);

  if (person != NULL && *person->remark != '\0')
    return person->remark;
  if (*member->nickname != '\0')
    return member->nickname;
  return openim_roster_get_name (self, member->userid);
}

/* @name NULL: not any more. */
static void
count_name (OpenimRoom *room, const char *user_id, const char *name)
{
  const char *old = g_hash_table_lookup (room->counted, user_id);
  guint n = old != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (room->names, old)) : 0;

  if (n > 1)
    g_hash_table_replace (room->names, g_strdup (old), GUINT_TO_POINTER (n - 1));
  else if (old != NULL)
    g_hash_table_remove (room->names, old);
  g_hash_table_remove (room->counted, user_id);
  if (name == NULL)
    return;
  n = GPOINTER_TO_UINT (g_hash_table_lookup (room->names, name));
  g_hash_table_replace (room->names, g_strdup (name), GUINT_TO_POINTER (n + 1));
  g_hash_table_insert (room->counted, g_strdup (user_id), g_strdup (name));
}

static char *
alias_of (OpenimConnection *self, OpenimRoom *room, const char *user_id)
{
  const OpenimGroupMember *member = g_hash_table_lookup (room->members, user_id);
  const char *name =
      member != NULL ? openim_members_get_name (self, member) : openim_roster_get_name (self, user_id);

  if (GPOINTER_TO_UINT (g_hash_table_lookup (room->names, name)) > (member != NULL ? 1 : 0))
    return g_strdup_printf ("%s (%s)", name, user_id);
  return g_strdup (name);
}

char *
openim_members_get_alias (PurpleConnection *gc, int id, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimRoom *room = self != NULL ? openim_rooms_get_by_id (self, id) : NULL;

  if (self == NULL || self->self_id == NULL)
    return g_strdup (who);
  who = openim_who_id (self, who);
  return room != NULL ? alias_of (self, room, who) : g_strdup (openim_roster_get_name (self, who));
}

static gboolean
is_called (OpenimConnection *self, OpenimRoom *room, const OpenimGroupMember *member, const char *folded)
{
  g_autofree char *alias = alias_of (self, room, member->userid);
  g_autofree char *shown = g_utf8_casefold (alias, -1);
  g_autofree char *own = g_utf8_casefold (member->nickname, -1);

  return g_str_equal (shown, folded) || g_str_equal (own, folded);
}

const OpenimGroupMember *
openim_members_find (OpenimConnection *self, OpenimRoom *room, const char *name)
{
  const OpenimGroupMember *found = g_hash_table_lookup (room->members, openim_who_id (self, name));
  g_autofree char *folded = g_utf8_casefold (name, -1);
  GHashTableIter iter;
  gpointer value = NULL;

  if (found != NULL)
    return found;
  g_hash_table_iter_init (&iter, room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    if (!is_called (self, room, value, folded))
      continue;
    if (found != NULL)
      return NULL;
    found = value;
  }
  return found;
}

GPtrArray *
openim_members_look_for (OpenimConnection *self, OpenimRoom *room, const char *part)
{
  GPtrArray *found = g_ptr_array_new ();
  g_autofree char *folded = g_utf8_casefold (part != NULL ? part : "", -1);
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, room->members);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const OpenimGroupMember *member = value;
    g_autofree char *text = g_strconcat (member->userid, "\n", openim_members_get_name (self, member), NULL);
    g_autofree char *all = g_utf8_casefold (text, -1);

    if (strstr (all, folded) != NULL)
      g_ptr_array_add (found, value);
  }
  return found;
}

/* --- the table --- */

static void
forget_member (OpenimRoom *room, const char *user_id)
{
  count_name (room, user_id, NULL);
  g_hash_table_remove (room->members, user_id);
}

static void
put_member (OpenimConnection *self, OpenimRoom *room, const OpenimGroupMember *member)
{
  g_hash_table_replace (room->members, g_strdup (member->userid), openim_pb_copy (member));
  if (g_str_equal (openim_roster_get_name (self, member->userid), member->userid))
    openim_roster_learn_name (self, member->userid, member->nickname);
  count_name (room, member->userid, openim_members_get_name (self, member));
}

/* --- the list of the window --- */

/* @ids: (element-type utf8) of members in the table; those who are there already stay. */
static void
show_members (OpenimConnection *self, OpenimRoom *room, GPtrArray *ids)
{
  PurpleConvChat *chat = openim_room_get_chat (self, room);
  g_autoptr (GList) names = NULL;
  g_autoptr (GList) flags = NULL;

  if (chat == NULL)
    return;
  for (guint i = ids->len; i > 0; i--) {
    const char *id = g_ptr_array_index (ids, i - 1);
    const OpenimGroupMember *member = g_hash_table_lookup (room->members, id);
    const char *name = member != NULL ? openim_who_name (self, id) : NULL;

    if (member == NULL || purple_conv_chat_find_user (chat, name))
      continue;
    names = g_list_prepend (names, (gpointer) name);
    flags = g_list_prepend (flags, GINT_TO_POINTER (flags_of (member)));
  }
  if (names != NULL)
    purple_conv_chat_add_users (chat, names, NULL, flags, FALSE);
}

/* libpurple has no call for a new alias: it is put into the entry, and the window is told to look again. */
static void
refresh_member (OpenimConnection *self, OpenimRoom *room, const char *user_id)
{
  PurpleConvChat *chat = openim_room_get_chat (self, room);
  PurpleConvChatBuddy *entry =
      chat != NULL ? purple_conv_chat_cb_find (chat, openim_who_name (self, user_id)) : NULL;
  const OpenimGroupMember *member = g_hash_table_lookup (room->members, user_id);
  PurpleConversationUiOps *ops = NULL;
  g_autofree char *alias = NULL;
  PurpleConvChatBuddyFlags flags = 0;

  if (entry == NULL || member == NULL)
    return;
  alias = alias_of (self, room, user_id);
  flags = flags_of (member) | (entry->flags & PURPLE_CBFLAGS_TYPING);
  if (g_strcmp0 (entry->alias, alias) != 0) {
    g_free (entry->alias);
    entry->alias = g_steal_pointer (&alias);
    ops = purple_conversation_get_ui_ops (chat->conv);
    if (entry->flags == flags && ops != NULL && ops->chat_update_user != NULL)
      ops->chat_update_user (chat->conv, entry->name);
  }
  if (openim_connection_is_open (self) && entry->flags != flags)
    purple_conv_chat_user_set_flags (chat, entry->name, flags);
}

void
openim_members_set_typing (OpenimConnection *self,
                           const char *conversation_id,
                           const char *user_id,
                           gboolean on)
{
  g_autoptr (GPtrArray) rooms = openim_rooms_get_all (self);

  for (guint i = 0; i < rooms->len; i++) {
    OpenimRoom *room = g_ptr_array_index (rooms, i);
    OpenimPeer peer = { OPENIM_SESSION_GROUP, room->group_id };
    g_autofree char *id = openim_peer_conversation_id (self, &peer);
    PurpleConvChat *chat = g_str_equal (id, conversation_id) ? openim_room_get_chat (self, room) : NULL;
    PurpleConvChatBuddy *entry =
        chat != NULL ? purple_conv_chat_cb_find (chat, openim_who_name (self, user_id)) : NULL;

    if (entry == NULL)
      continue;
    purple_conv_chat_user_set_flags (chat, entry->name,
                                     on ? entry->flags | PURPLE_CBFLAGS_TYPING
                                        : entry->flags & ~(guint) PURPLE_CBFLAGS_TYPING);
    return;
  }
}

/* --- loading --- */

typedef struct {
  char *group_id;
  guint serial;
  gint32 number; /* of the page, from 1 */
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_free (page->group_id);
  g_free (page);
}

static void load_page (OpenimConnection *self, OpenimRoom *room, gint32 number);

static void
on_page (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Group__GetGroupMembersResp *answer = (gconstpointer) response;
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  const Page *page = data;
  OpenimRoom *room = openim_rooms_get (self, page->group_id);

  /* Closed, perhaps opened again? */
  if (room == NULL || room->serial != page->serial)
    return;
  if (error != NULL) {
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "members are not shown: %s", error->message);
    return;
  }
  for (gsize i = 0; i < answer->n_members; i++) {
    put_member (self, room, answer->members[i]);
    g_ptr_array_add (ids, answer->members[i]->userid);
  }
  show_members (self, room, ids);
  if (!openim_connection_is_open (self))
    return;
  room = openim_rooms_get (self, page->group_id);
  if (answer->n_members >= PAGE && room != NULL && room->serial == page->serial)
    load_page (self, room, page->number + 1);
}

static void
load_page (OpenimConnection *self, OpenimRoom *room, gint32 number)
{
  Openim__Sdk__Common__RequestPagination pagination = OPENIM__SDK__COMMON__REQUEST_PAGINATION__INIT;
  Openim__Sdk__Group__GetGroupMembersReq request = OPENIM__SDK__GROUP__GET_GROUP_MEMBERS_REQ__INIT;
  Page *page = g_new0 (Page, 1);

  page->group_id = g_strdup (room->group_id);
  page->serial = room->serial;
  page->number = number;
  pagination.pagenumber = number;
  pagination.shownumber = PAGE;
  request.groupid = room->group_id;
  request.filter = OPENIM__SDK__GROUP__GROUP_FILTER__All;
  request.pagination = &pagination;
  openim_connection_call (self, OPENIM_NUMBER (GetGroupMembers), &request, on_page, page, page_free);
}

void
openim_members_load (OpenimConnection *self, OpenimRoom *room)
{
  load_page (self, room, 1);
}

/* --- changes --- */

static OpenimRoom *
find_room (PurpleConnection *gc, const OpenimGroupMember *member, OpenimConnection **self)
{
  *self = openim_connection_get (gc);
  return *self != NULL && member != NULL ? openim_rooms_get (*self, member->groupid) : NULL;
}

static void
on_arrivals (OpenimConnection *self, gpointer data)
{
  OpenimRoom *room = data;
  g_autoptr (GPtrArray) ids = g_steal_pointer (&room->arrivals);

  room->arrivals = g_ptr_array_new_with_free_func (g_free);
  room->arrivals_timer = NULL;
  show_members (self, room, ids);
}

static void
on_member_added (PurpleConnection *gc,
                 const Openim__Event__EventOnGroupMemberAddedData *data,
                 gpointer user_data)
{
  OpenimConnection *self = NULL;
  OpenimRoom *room = find_room (gc, data->member, &self);

  if (room == NULL)
    return;
  put_member (self, room, data->member);
  g_ptr_array_add (room->arrivals, g_strdup (data->member->userid));
  if (room->arrivals_timer == NULL)
    room->arrivals_timer = openim_connection_later (self, COLLECT_MS, on_arrivals, room, NULL);
}

static void
on_member_deleted (PurpleConnection *gc,
                   const Openim__Event__EventOnGroupMemberDeletedData *data,
                   gpointer user_data)
{
  OpenimConnection *self = NULL;
  OpenimRoom *room = find_room (gc, data->member, &self);
  PurpleConvChat *chat = NULL;

  if (room == NULL)
    return;
  forget_member (room, data->member->userid);
  chat = openim_room_get_chat (self, room);
  if (chat != NULL && purple_conv_chat_find_user (chat, openim_who_name (self, data->member->userid)))
    purple_conv_chat_remove_user (chat, openim_who_name (self, data->member->userid), NULL);
}

/* The server tells of a new owner in words, of administrators it does not. */
static void
tell_role (OpenimConnection *self, const OpenimGroupMember *old, const OpenimGroupMember *now)
{
  gboolean own = g_strcmp0 (now->userid, self->self_id) == 0;
  g_autofree char *sentence = NULL;

  if (old == NULL || old->rolelevel >= OPENIM_ROLE_OWNER || now->rolelevel >= OPENIM_ROLE_OWNER ||
      (old->rolelevel >= OPENIM_ROLE_ADMIN) == (now->rolelevel >= OPENIM_ROLE_ADMIN))
    return;
  if (now->rolelevel >= OPENIM_ROLE_ADMIN)
    sentence = own ? g_strdup (_ ("You are an administrator of the group now."))
                   : g_strdup_printf (_ ("%s is an administrator of the group now."),
                                      openim_members_get_name (self, now));
  else
    sentence = own ? g_strdup (_ ("You are no administrator of the group any more."))
                   : g_strdup_printf (_ ("%s is no administrator of the group any more."),
                                      openim_members_get_name (self, now));
  openim_groups_tell (self, now->groupid, sentence);
}

static void
on_member_changed (PurpleConnection *gc,
                   const Openim__Event__EventOnGroupMemberInfoChangedData *data,
                   gpointer user_data)
{
  g_autoptr (OpenimGroupMember) old = NULL;
  OpenimConnection *self = NULL;
  OpenimRoom *room = find_room (gc, data->member, &self);

  if (room == NULL)
    return;
  old = openim_pb_copy (g_hash_table_lookup (room->members, data->member->userid));
  put_member (self, room, data->member);
  refresh_member (self, room, data->member->userid);
  if (openim_connection_is_open (self))
    tell_role (self, old, data->member);
}

static void
on_friend_changed (PurpleConnection *gc,
                   const Openim__Event__EventOnFriendInfoChangedData *data,
                   gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  g_autoptr (GPtrArray) rooms = NULL;

  if (self == NULL || data->friend_ == NULL)
    return;
  rooms = openim_rooms_get_all (self);
  for (guint i = 0; i < rooms->len && openim_connection_is_open (self); i++) {
    OpenimRoom *room = g_ptr_array_index (rooms, i);
    const OpenimGroupMember *member = g_hash_table_lookup (room->members, data->friend_->frienduserid);

    if (member == NULL)
      continue;
    count_name (room, member->userid, openim_members_get_name (self, member));
    refresh_member (self, room, data->friend_->frienduserid);
  }
}

void
openim_members_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnGroupMemberAdded), PURPLE_CALLBACK (on_member_added) },
    { OPENIM_NUMBER (EventOnGroupMemberDeleted), PURPLE_CALLBACK (on_member_deleted) },
    { OPENIM_NUMBER (EventOnGroupMemberInfoChanged), PURPLE_CALLBACK (on_member_changed) },
    { OPENIM_NUMBER (EventOnFriendInfoChanged), PURPLE_CALLBACK (on_friend_changed) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
