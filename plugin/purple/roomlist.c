/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/roomlist.h"

#include <glib/gi18n-lib.h>

#include "purple/blist.h"
#include "user.pb-c.h"

static void
fill (OpenimConnection *self, PurpleRoomlist *list)
{
  g_autoptr (GPtrArray) groups = NULL;

  if (!purple_roomlist_get_in_progress (list))
    return;
  groups = openim_roster_get_groups (self);
  for (guint i = 0; i < groups->len; i++) {
    const OpenimGroup *group = g_ptr_array_index (groups, i);
    PurpleRoomlistRoom *room = purple_roomlist_room_new (
        PURPLE_ROOMLIST_ROOMTYPE_ROOM, *group->groupname != '\0' ? group->groupname : group->groupid, NULL);

    purple_roomlist_room_add_field (list, room, group->groupid);
    purple_roomlist_room_add_field (list, room,
                                    GINT_TO_POINTER ((int) CLAMP (group->membercount, 0, G_MAXINT)));
    purple_roomlist_room_add_field (list, room, openim_roster_get_name (self, group->owneruserid));
    purple_roomlist_room_add_field (list, room, group->notification);
    purple_roomlist_room_add (list, room);
    if (!openim_connection_is_open (self))
      return;
  }
  purple_roomlist_set_in_progress (list, FALSE);
}

static void
on_owners (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__User__GetUsersInfoResp *answer = (gconstpointer) response;

  for (gsize i = 0; error == NULL && i < answer->n_users; i++)
    openim_roster_learn_name (self, answer->users[i]->userid, answer->users[i]->nickname);
  fill (self, data);
}

static void
release (gpointer data)
{
  purple_roomlist_unref (data);
}

/* Owners are shown by name. */
static void
on_fill (OpenimConnection *self, gpointer data)
{
  g_autoptr (GPtrArray) groups = openim_roster_get_groups (self);
  g_autoptr (GHashTable) unknown = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char **ids = NULL;
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  guint n = 0;

  for (guint i = 0; i < groups->len; i++) {
    char *owner = ((OpenimGroup *) g_ptr_array_index (groups, i))->owneruserid;

    if (*owner != '\0' && g_strcmp0 (openim_roster_get_name (self, owner), owner) == 0)
      g_hash_table_add (unknown, owner);
  }
  ids = (char **) g_hash_table_get_keys_as_array (unknown, &n);
  request.userids = ids;
  request.n_userids = n;
  purple_roomlist_ref (data);
  if (n > 0)
    openim_connection_call (self, OPENIM_NUMBER (GetUsersInfo), &request, on_owners, data, release);
  else {
    fill (self, data);
    release (data);
  }
}

PurpleRoomlist *
openim_roomlist_get (PurpleConnection *gc)
{
  OpenimConnection *self = openim_connection_get (gc);
  PurpleRoomlist *list = NULL;
  GList *fields = NULL;

  if (self == NULL)
    return NULL;
  list = purple_roomlist_new (self->account);
  /* Joining passes the fields on by these names; bitlbee shows the one that is called "topic". */
  fields = g_list_append (fields, purple_roomlist_field_new (PURPLE_ROOMLIST_FIELD_STRING, _ ("Group ID"),
                                                             OPENIM_CHAT_KEY, FALSE));
  fields = g_list_append (
      fields, purple_roomlist_field_new (PURPLE_ROOMLIST_FIELD_INT, _ ("Members"), "members", FALSE));
  fields = g_list_append (
      fields, purple_roomlist_field_new (PURPLE_ROOMLIST_FIELD_STRING, _ ("Owner"), "owner", FALSE));
  fields = g_list_append (
      fields, purple_roomlist_field_new (PURPLE_ROOMLIST_FIELD_STRING, _ ("Announcement"), "topic", FALSE));
  purple_roomlist_set_fields (list, fields);
  purple_roomlist_set_in_progress (list, TRUE);
  /* A host knows its list only when this has returned. */
  purple_roomlist_ref (list);
  openim_connection_later (self, 0, on_fill, list, release);
  return list;
}

void
openim_roomlist_cancel (PurpleRoomlist *list)
{
  purple_roomlist_set_in_progress (list, FALSE);
}

char *
openim_roomlist_serialize (PurpleRoomlistRoom *room)
{
  GList *fields = purple_roomlist_room_get_fields (room);

  return g_strdup (fields != NULL ? fields->data : purple_roomlist_room_get_name (room));
}
