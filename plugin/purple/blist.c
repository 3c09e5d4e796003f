/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/blist.h"

#include "purple/events.h"
#include "purple/offline.h"
#include "purple/status.h"
#include "purple/who.h"

#define SLICE 50 /* nodes shown in one turn of the main loop */

struct _OpenimRoster {
  GHashTable *friends; /* user ID → OpenimFriend */
  GHashTable *groups;  /* group ID → OpenimGroup */
  GHashTable *names;   /* user ID → nickname, of people met in messages */
  GHashTable *leaving; /* set of user IDs: removed, and the server has not answered yet */
  GQueue pending;      /* IDs (char *) that are to be shown: friends first */
  OpenimTimer *slice;
};

OpenimRoster *
openim_roster_new (void)
{
  OpenimRoster *roster = g_new0 (OpenimRoster, 1);

  roster->friends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free);
  roster->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free);
  roster->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  roster->leaving = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&roster->pending);
  return roster;
}

void
openim_roster_free (OpenimRoster *roster)
{
  if (roster == NULL)
    return;
  g_hash_table_destroy (roster->friends);
  g_hash_table_destroy (roster->groups);
  g_hash_table_destroy (roster->names);
  g_hash_table_destroy (roster->leaving);
  g_queue_clear_full (&roster->pending, g_free);
  g_free (roster);
}

void
openim_roster_set_leaving (OpenimConnection *self, const char *user_id, gboolean leaving)
{
  if (leaving)
    g_hash_table_add (self->roster->leaving, g_strdup (user_id));
  else
    g_hash_table_remove (self->roster->leaving, user_id);
}

const OpenimFriend *
openim_roster_get_friend (OpenimConnection *self, const char *user_id)
{
  return g_hash_table_lookup (self->roster->friends, user_id);
}

guint
openim_roster_count_friends (OpenimConnection *self)
{
  return g_hash_table_size (self->roster->friends);
}

const OpenimFriend *
openim_roster_find_friend (OpenimConnection *self, const char *name)
{
  g_autofree char *wanted = g_utf8_casefold (name, -1);
  const OpenimFriend *found = NULL;
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->roster->friends);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const OpenimFriend *person = value;
    g_autofree char *shown = g_utf8_casefold (openim_roster_get_name (self, person->frienduserid), -1);

    if (!g_str_equal (shown, wanted))
      continue;
    if (found != NULL)
      return NULL;
    found = person;
  }
  return found;
}

const OpenimGroup *
openim_roster_get_group (OpenimConnection *self, const char *group_id)
{
  return g_hash_table_lookup (self->roster->groups, group_id);
}

const OpenimGroup *
openim_roster_find_group (OpenimConnection *self, const char *id_or_name)
{
  const OpenimGroup *found = openim_roster_get_group (self, id_or_name);
  GHashTableIter iter;
  gpointer value = NULL;

  if (found != NULL)
    return found;
  g_hash_table_iter_init (&iter, self->roster->groups);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    const OpenimGroup *group = value;

    if (g_strcmp0 (group->groupname, id_or_name) != 0)
      continue;
    if (found != NULL)
      return NULL;
    found = group;
  }
  return found;
}

static int
compare_groups (gconstpointer a, gconstpointer b)
{
  const OpenimGroup *first = *(const OpenimGroup *const *) a;
  const OpenimGroup *second = *(const OpenimGroup *const *) b;
  int order = g_utf8_collate (first->groupname, second->groupname);

  return order != 0 ? order : g_strcmp0 (first->groupid, second->groupid);
}

GPtrArray *
openim_roster_get_groups (OpenimConnection *self)
{
  GPtrArray *groups = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer group = NULL;

  g_hash_table_iter_init (&iter, self->roster->groups);
  while (g_hash_table_iter_next (&iter, NULL, &group))
    g_ptr_array_add (groups, group);
  g_ptr_array_sort (groups, compare_groups);
  return groups;
}

const char *
openim_roster_get_name (OpenimConnection *self, const char *user_id)
{
  const OpenimFriend *person = openim_roster_get_friend (self, user_id);
  const char *name = NULL;

  if (g_strcmp0 (user_id, self->self_id) == 0)
    return self->self_name;
  if (person != NULL && *person->remark != '\0')
    return person->remark;
  if (person != NULL && *person->nickname != '\0')
    return person->nickname;
  name = g_hash_table_lookup (self->roster->names, user_id);
  return name != NULL ? name : user_id;
}

void
openim_roster_learn_name (OpenimConnection *self, const char *user_id, const char *nickname)
{
  if (*nickname != '\0' && g_strcmp0 (g_hash_table_lookup (self->roster->names, user_id), nickname) != 0)
    g_hash_table_replace (self->roster->names, g_strdup (user_id), g_strdup (nickname));
}

/* --- friends on the list --- */

/* @old (nullable): what was known of the friend before. A name that a person gave by hand stays unless the
 * server has a remark. */
static void
name_buddy (OpenimConnection *self, PurpleBuddy *buddy, const OpenimFriend *old, const OpenimFriend *now)
{
  const char *alias = purple_buddy_get_alias_only (buddy);
  const char *name = purple_buddy_get_name (buddy);
  const char *local = buddy->alias;

  if (g_strcmp0 (purple_buddy_get_server_alias (buddy), now->nickname) != 0 && *now->nickname != '\0')
    serv_got_alias (self->gc, name, now->nickname);
  if (!openim_connection_is_open (self) || alias == NULL)
    return;
  if (*now->remark != '\0' && g_strcmp0 (local, now->remark) != 0)
    purple_serv_got_private_alias (self->gc, name, now->remark);
  else if (*now->remark == '\0' && old != NULL && *old->remark != '\0' && g_strcmp0 (local, old->remark) == 0)
    purple_serv_got_private_alias (self->gc, name, NULL);
}

static void
show_friend (OpenimConnection *self, const OpenimFriend *person)
{
  const char *name = openim_who_name (self, person->frienduserid);
  PurpleBuddy *buddy = purple_find_buddy (self->account, name);
  PurpleGroup *group = NULL;

  if (buddy != NULL) {
    name_buddy (self, buddy, NULL, person);
    return;
  }
  if (g_hash_table_contains (self->roster->leaving, person->frienduserid) ||
      openim_offline_is_removed (self, person->frienduserid))
    return;
  group = purple_find_group (OPENIM_BLIST_GROUP);
  if (group == NULL) {
    group = purple_group_new (OPENIM_BLIST_GROUP);
    purple_blist_add_group (group, NULL);
  }
  buddy = purple_buddy_new (self->account, name, *person->remark != '\0' ? person->remark : NULL);
  /* Before the buddy is shown, so that it does not appear under its ID first. */
  if (*person->nickname != '\0')
    buddy->server_alias = g_strdup (person->nickname);
  purple_blist_add_buddy (buddy, NULL, group, NULL);
}

static void
remove_friend (OpenimConnection *self, const char *user_id)
{
  GSList *buddies = purple_find_buddies (self->account, openim_who_name (self, user_id));

  for (GSList *l = buddies; l != NULL && openim_connection_is_open (self); l = l->next)
    purple_blist_remove_buddy (l->data);
  g_slist_free (buddies);
}

/* --- groups on the list --- */

PurpleChat *
openim_roster_find_chat (PurpleAccount *account, const char *name)
{
  OpenimConnection *self = openim_connection_get_for_account (account);
  const char *group_id = self != NULL ? openim_who_group_id (self, name) : name;

  for (PurpleBlistNode *node = purple_blist_get_root (); node != NULL;
       node = purple_blist_node_next (node, TRUE)) {
    if (!PURPLE_BLIST_NODE_IS_CHAT (node) || purple_chat_get_account (PURPLE_CHAT (node)) != account)
      continue;
    if (g_strcmp0 (g_hash_table_lookup (purple_chat_get_components (PURPLE_CHAT (node)), OPENIM_CHAT_KEY),
                   group_id) == 0)
      return PURPLE_CHAT (node);
  }
  return NULL;
}

static const char *
shown_group_name (const OpenimGroup *group)
{
  return *group->groupname != '\0' ? group->groupname : group->groupid;
}

void
openim_roster_show_group (OpenimConnection *self, const OpenimGroup *group)
{
  PurpleChat *chat = openim_roster_find_chat (self->account, group->groupid);
  PurpleGroup *parent = NULL;
  GHashTable *components = NULL;

  if (chat != NULL) {
    if (chat->alias == NULL || *chat->alias == '\0')
      purple_blist_alias_chat (chat, shown_group_name (group));
    return;
  }
  parent = purple_find_group (OPENIM_BLIST_GROUP);
  if (parent == NULL) {
    parent = purple_group_new (OPENIM_BLIST_GROUP);
    purple_blist_add_group (parent, NULL);
  }
  components = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (components, g_strdup (OPENIM_CHAT_KEY), g_strdup (group->groupid));
  chat = purple_chat_new (self->account, shown_group_name (group), components);
  purple_blist_add_chat (chat, parent, NULL);
}

static void
remove_group (OpenimConnection *self, const char *group_id)
{
  PurpleChat *chat = openim_roster_find_chat (self->account, group_id);

  if (chat != NULL)
    purple_blist_remove_chat (chat);
}

/* libpurple asks for this one: without it, it removes all buddies of a renamed group and adds them again. The
 * groups of the buddy list are the person's own and unknown to the server. */
void
openim_roster_rename_group (PurpleConnection *gc,
                            const char *old_name,
                            PurpleGroup *group,
                            GList *moved_buddies)
{
}

/* --- the whole list, in slices --- */

static void
on_slice (OpenimConnection *self, gpointer data)
{
  OpenimRoster *roster = self->roster;

  roster->slice = NULL;
  for (guint i = 0; i < SLICE && openim_connection_is_open (self); i++) {
    g_autofree char *id = g_queue_pop_head (&roster->pending);
    const OpenimFriend *person = NULL;
    const OpenimGroup *group = NULL;

    if (id == NULL) {
      openim_status_follow_friends (self);
      return;
    }
    /* The first letter tells which of the two it is; either may be gone by now. */
    if (*id == 'f' && (person = openim_roster_get_friend (self, id + 1)) != NULL)
      show_friend (self, person);
    else if (*id == 'g' && (group = openim_roster_get_group (self, id + 1)) != NULL)
      openim_roster_show_group (self, group);
  }
  if (openim_connection_is_open (self))
    roster->slice = openim_connection_later (self, 0, on_slice, NULL, NULL);
}

static void
queue_all (OpenimRoster *roster, GHashTable *table, char kind)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (table), (GCompareFunc) g_strcmp0);

  for (GList *l = keys; l != NULL; l = l->next)
    g_queue_push_tail (&roster->pending, g_strdup_printf ("%c%s", kind, (const char *) l->data));
}

void
openim_roster_show (OpenimConnection *self)
{
  OpenimRoster *roster = self->roster;

  g_queue_clear_full (&roster->pending, g_free);
  queue_all (roster, roster->friends, 'f');
  queue_all (roster, roster->groups, 'g');
  openim_connection_cancel (self, &roster->slice);
  on_slice (self, NULL);
}

void
openim_roster_set_friends (OpenimConnection *self, const Openim__Sdk__Relation__GetFriendsResp *answer)
{
  g_hash_table_remove_all (self->roster->friends);
  for (gsize i = 0; i < answer->n_friends; i++)
    if (g_strcmp0 (answer->friends[i]->frienduserid, self->self_id) != 0)
      g_hash_table_replace (self->roster->friends, g_strdup (answer->friends[i]->frienduserid),
                            openim_pb_copy (answer->friends[i]));
}

static gboolean
is_alive (const OpenimGroup *group)
{
  return group->status != OPENIM__SDK__SHARED__GROUP_STATUS__Dismissed;
}

void
openim_roster_set_groups (OpenimConnection *self, const Openim__Sdk__Group__GetJoinedGroupsResp *answer)
{
  g_hash_table_remove_all (self->roster->groups);
  for (gsize i = 0; i < answer->n_groups; i++)
    if (is_alive (answer->groups[i]))
      g_hash_table_replace (self->roster->groups, g_strdup (answer->groups[i]->groupid),
                            openim_pb_copy (answer->groups[i]));
}

/* --- changes. Before the list is shown for the first time they change the tables only. --- */

static void
put_friend (OpenimConnection *self, const OpenimFriend *person)
{
  g_autoptr (OpenimFriend) old = NULL;
  g_autofree char *id = g_strdup (person->frienduserid);
  PurpleBuddy *buddy = NULL;

  if (g_strcmp0 (id, self->self_id) == 0)
    return;
  old = openim_pb_copy (openim_roster_get_friend (self, id));
  g_hash_table_replace (self->roster->friends, g_strdup (id), openim_pb_copy (person));
  if (!openim_connection_is_connected (self))
    return;
  buddy = purple_find_buddy (self->account, openim_who_name (self, id));
  if (buddy != NULL)
    name_buddy (self, buddy, old, person);
  else
    show_friend (self, person);
  if (openim_connection_is_open (self))
    openim_status_follow (self, id);
}

static void
on_friend_added (PurpleConnection *gc, const Openim__Event__EventOnFriendAddedData *data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && data->friend_ != NULL)
    put_friend (self, data->friend_);
}

static void
on_friend_changed (PurpleConnection *gc,
                   const Openim__Event__EventOnFriendInfoChangedData *data,
                   gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && data->friend_ != NULL)
    put_friend (self, data->friend_);
}

static void
on_friend_deleted (PurpleConnection *gc,
                   const Openim__Event__EventOnFriendDeletedData *data,
                   gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || data->friend_ == NULL)
    return;
  g_hash_table_remove (self->roster->friends, data->friend_->frienduserid);
  openim_status_forget (self, data->friend_->frienduserid);
  remove_friend (self, data->friend_->frienduserid);
}

static void
on_group_added (PurpleConnection *gc,
                const Openim__Event__EventOnJoinedGroupAddedData *data,
                gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || data->group == NULL || !is_alive (data->group))
    return;
  g_hash_table_replace (self->roster->groups, g_strdup (data->group->groupid), openim_pb_copy (data->group));
  if (openim_connection_is_connected (self))
    openim_roster_show_group (self, data->group);
}

static void
drop_group (PurpleConnection *gc, const OpenimGroup *group)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || group == NULL)
    return;
  g_hash_table_remove (self->roster->groups, group->groupid);
  remove_group (self, group->groupid);
}

static void
on_group_deleted (PurpleConnection *gc,
                  const Openim__Event__EventOnJoinedGroupDeletedData *data,
                  gpointer user_data)
{
  drop_group (gc, data->group);
}

/* What still comes from the group then must not open its window again. */
static void
on_group_dismissed (PurpleConnection *gc,
                    const Openim__Event__EventOnGroupDismissedData *data,
                    gpointer user_data)
{
  drop_group (gc, data->group);
}

static void
on_group_changed (PurpleConnection *gc,
                  const Openim__Event__EventOnGroupInfoChangedData *data,
                  gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  const OpenimGroup *known = NULL;
  g_autofree char *old = NULL;
  PurpleChat *chat = NULL;

  if (self == NULL || data->group == NULL)
    return;
  known = openim_roster_get_group (self, data->group->groupid);
  if (known == NULL || !is_alive (data->group))
    return;
  old = g_strdup (shown_group_name (known));
  g_hash_table_replace (self->roster->groups, g_strdup (data->group->groupid), openim_pb_copy (data->group));
  /* A name that a person gave by hand stays. */
  chat = openim_roster_find_chat (self->account, data->group->groupid);
  if (chat != NULL && g_strcmp0 (chat->alias, old) == 0 &&
      g_strcmp0 (old, shown_group_name (data->group)) != 0)
    purple_blist_alias_chat (chat, shown_group_name (data->group));
}

void
openim_roster_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnFriendAdded), PURPLE_CALLBACK (on_friend_added) },
    { OPENIM_NUMBER (EventOnFriendInfoChanged), PURPLE_CALLBACK (on_friend_changed) },
    { OPENIM_NUMBER (EventOnFriendDeleted), PURPLE_CALLBACK (on_friend_deleted) },
    { OPENIM_NUMBER (EventOnJoinedGroupAdded), PURPLE_CALLBACK (on_group_added) },
    { OPENIM_NUMBER (EventOnJoinedGroupDeleted), PURPLE_CALLBACK (on_group_deleted) },
    { OPENIM_NUMBER (EventOnGroupDismissed), PURPLE_CALLBACK (on_group_dismissed) },
    { OPENIM_NUMBER (EventOnGroupInfoChanged), PURPLE_CALLBACK (on_group_changed) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
