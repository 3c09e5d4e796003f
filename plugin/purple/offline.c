/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/offline.h"

#include "base/log.h"
#include "purple/blist.h"
#include "purple/contact.h"
#include "purple/who.h"
#include "relation.pb-c.h"

/* Settings of the account that no dialog offers: names with spaces between them. */
#define REMOVED "removed-offline"
#define ADDED "added-offline"

/* --- remembering --- */

static gboolean
is_in (PurpleAccount *account, const char *setting, const char *name)
{
  g_auto (GStrv) names = g_strsplit (purple_account_get_string (account, setting, ""), " ", -1);

  return g_strv_contains ((const char *const *) names, name);
}

static void
put (PurpleAccount *account, const char *setting, const char *name, gboolean in)
{
  g_auto (GStrv) names = g_strsplit (purple_account_get_string (account, setting, ""), " ", -1);
  g_autoptr (GString) text = g_string_new (NULL);

  if (in == g_strv_contains ((const char *const *) names, name))
    return;
  for (guint i = 0; names[i] != NULL; i++)
    if (*names[i] != '\0' && g_strcmp0 (names[i], name) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", names[i]);
  if (in)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", name);
  if (text->len > 0)
    purple_account_set_string (account, setting, text->str);
  else
    purple_account_remove_setting (account, setting);
}

static gboolean
is_away (PurpleBuddy *buddy)
{
  PurpleAccount *account = purple_buddy_get_account (buddy);

  return g_strcmp0 (purple_account_get_protocol_id (account), OPENIM_PLUGIN_ID) == 0 &&
         purple_account_get_connection (account) == NULL;
}

/* A buddy may stand in several groups of the list; it is called before this one has gone from it. */
static gboolean
is_elsewhere (PurpleBuddy *buddy)
{
  GSList *all = purple_find_buddies (purple_buddy_get_account (buddy), purple_buddy_get_name (buddy));
  gboolean elsewhere = FALSE;

  for (GSList *l = all; l != NULL; l = l->next)
    elsewhere = elsewhere || l->data != buddy;
  g_slist_free (all);
  return elsewhere;
}

static void
on_buddy_removed (PurpleBuddy *buddy, gpointer data)
{
  if (!is_away (buddy) || is_elsewhere (buddy))
    return;
  if (!is_in (purple_buddy_get_account (buddy), ADDED, purple_buddy_get_name (buddy)))
    put (purple_buddy_get_account (buddy), REMOVED, purple_buddy_get_name (buddy), TRUE);
  put (purple_buddy_get_account (buddy), ADDED, purple_buddy_get_name (buddy), FALSE);
}

static void
on_buddy_added (PurpleBuddy *buddy, gpointer data)
{
  if (!is_away (buddy) || is_elsewhere (buddy))
    return;
  if (!is_in (purple_buddy_get_account (buddy), REMOVED, purple_buddy_get_name (buddy)))
    put (purple_buddy_get_account (buddy), ADDED, purple_buddy_get_name (buddy), TRUE);
  put (purple_buddy_get_account (buddy), REMOVED, purple_buddy_get_name (buddy), FALSE);
}

/* libpurple loads plugins before it has a buddy list; reading that is no change of it either. */
static gboolean
on_loaded (gpointer data)
{
  PurplePlugin *plugin = data;

  purple_signal_connect (purple_blist_get_handle (), "buddy-removed", plugin,
                         PURPLE_CALLBACK (on_buddy_removed), NULL);
  purple_signal_connect (purple_blist_get_handle (), "buddy-added", plugin, PURPLE_CALLBACK (on_buddy_added),
                         NULL);
  return G_SOURCE_REMOVE;
}

void
openim_offline_start (PurplePlugin *plugin)
{
  g_idle_add (on_loaded, plugin);
}

void
openim_offline_stop (PurplePlugin *plugin)
{
  g_idle_remove_by_data (plugin);
}

gboolean
openim_offline_is_removed (OpenimConnection *self, const char *user_id)
{
  return is_in (self->account, REMOVED, openim_who_name (self, user_id));
}

/* --- settling --- */

static void
on_deleted (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error == NULL)
    put (self->account, REMOVED, data, FALSE);
  else
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "one who was removed is still a friend: %s", error->message);
}

static void
remove_all (OpenimConnection *self)
{
  g_auto (GStrv) names = g_strsplit (purple_account_get_string (self->account, REMOVED, ""), " ", -1);

  for (guint i = 0; names[i] != NULL; i++) {
    Openim__Sdk__Relation__DeleteFriendReq request = OPENIM__SDK__RELATION__DELETE_FRIEND_REQ__INIT;

    request.userid = (char *) openim_who_id (self, names[i]);
    if (openim_roster_get_friend (self, request.userid) == NULL)
      put (self->account, REMOVED, names[i], FALSE);
    else
      openim_connection_call (self, OPENIM_NUMBER (DeleteFriend), &request, on_deleted, g_strdup (names[i]),
                              g_free);
  }
}

static void
ask_all (OpenimConnection *self)
{
  g_auto (GStrv) names = g_strsplit (purple_account_get_string (self->account, ADDED, ""), " ", -1);

  purple_account_remove_setting (self->account, ADDED);
  for (guint i = 0; names[i] != NULL && openim_connection_is_open (self); i++) {
    PurpleBuddy *buddy = purple_find_buddy (self->account, names[i]);

    if (buddy != NULL)
      openim_contact_add (self->gc, buddy, purple_buddy_get_group (buddy));
  }
}

static gboolean
is_asked (const Openim__Sdk__Relation__GetFriendRequestsResp *answer, const char *user_id)
{
  for (gsize i = 0; i < answer->n_requests; i++)
    if (g_strcmp0 (answer->requests[i]->touserid, user_id) == 0 &&
        answer->requests[i]->handleresult == OPENIM__SDK__COMMON__APPROVAL_STATUS__Default)
      return TRUE;
  return FALSE;
}

/* No friend, not asked to be one: deleted from another device, or refused, while nobody was here. */
static void
on_requests (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Relation__GetFriendRequestsResp *answer = (gconstpointer) response;
  g_autoptr (GPtrArray) strangers = data != NULL ? g_ptr_array_ref (data) : NULL;

  if (error != NULL)
    return;
  for (guint i = 0; i < strangers->len && openim_connection_is_open (self); i++) {
    const char *name = g_ptr_array_index (strangers, i);
    const char *user_id = openim_who_id (self, name);
    GSList *buddies = NULL;

    if (openim_roster_get_friend (self, user_id) != NULL || is_asked (answer, user_id))
      continue;
    buddies = purple_find_buddies (self->account, name);
    for (GSList *l = buddies; l != NULL && openim_connection_is_open (self); l = l->next)
      purple_blist_remove_buddy (l->data);
    g_slist_free (buddies);
  }
}

static void
drop_strangers (OpenimConnection *self)
{
  Openim__Sdk__Relation__GetFriendRequestsReq request = OPENIM__SDK__RELATION__GET_FRIEND_REQUESTS_REQ__INIT;
  g_autoptr (GPtrArray) strangers = g_ptr_array_new_with_free_func (g_free);
  GSList *buddies = purple_find_buddies (self->account, NULL);

  for (GSList *l = buddies; l != NULL; l = l->next) {
    const char *name = purple_buddy_get_name (l->data);

    if (openim_roster_get_friend (self, openim_who_id (self, name)) == NULL &&
        !is_in (self->account, ADDED, name))
      g_ptr_array_add (strangers, g_strdup (name));
  }
  g_slist_free (buddies);
  if (strangers->len == 0)
    return;
  request.send = TRUE;
  openim_connection_call (self, OPENIM_NUMBER (GetFriendRequests), &request, on_requests,
                          g_steal_pointer (&strangers), (GDestroyNotify) g_ptr_array_unref);
}

void
openim_offline_settle (OpenimConnection *self)
{
  drop_strangers (self);
  remove_all (self);
  ask_all (self);
}
