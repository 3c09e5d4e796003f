/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/strangers.h"

#include "base/log.h"
#include "purple/blist.h"
#include "purple/display.h"
#include "purple/events.h"
#include "user.pb-c.h"

#define WAIT_MS 3000 /* longer is worse than a number for a name */

struct _OpenimStrangers {
  GHashTable *asked; /* set of user IDs */
  GHashTable
      *groups; /* group ID → conversation ID; what is said there waits until one is known to be in it */
};

OpenimStrangers *
openim_strangers_new (void)
{
  OpenimStrangers *strangers = g_new0 (OpenimStrangers, 1);

  strangers->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  strangers->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return strangers;
}

void
openim_strangers_free (OpenimStrangers *strangers)
{
  if (strangers == NULL)
    return;
  g_hash_table_destroy (strangers->asked);
  g_hash_table_destroy (strangers->groups);
  g_free (strangers);
}

static void
on_users (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__User__GetUsersInfoResp *answer = (gconstpointer) response;
  OpenimReleased nothing = { 0 };

  if (error != NULL)
    openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "a stranger has no name: %s", error->message);
  for (gsize i = 0; error == NULL && i < answer->n_users; i++)
    openim_roster_learn_name (self, answer->users[i]->userid, answer->users[i]->nickname);
  openim_display_release (self, data, &nothing);
}

static void
on_group_added (PurpleConnection *gc,
                const Openim__Event__EventOnJoinedGroupAddedData *data,
                gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  g_autofree char *conversation_id = NULL;
  g_autofree char *group_id = NULL;
  OpenimReleased nothing = { 0 };

  if (self != NULL && data->group != NULL &&
      g_hash_table_steal_extended (self->strangers->groups, data->group->groupid, (gpointer *) &group_id,
                                   (gpointer *) &conversation_id))
    openim_display_release (self, conversation_id, &nothing);
}

void
openim_strangers_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnJoinedGroupAdded), PURPLE_CALLBACK (on_group_added) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}

/* The first words of a group may be here before the news that one is in it. */
static void
meet_group (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message)
{
  OpenimPeer peer = { 0 };

  if (!openim_peer_of_message (self, message, &peer) || peer.session != OPENIM_SESSION_GROUP ||
      openim_roster_get_group (self, peer.name) != NULL || openim_peer_find (self, &peer) != NULL ||
      !g_hash_table_insert (self->strangers->groups, g_strdup (peer.name), g_strdup (conversation_id)))
    return;
  openim_display_hold (self, conversation_id, WAIT_MS);
}

void
openim_strangers_meet (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message)
{
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  char *ids[] = { message->sendid };

  meet_group (self, conversation_id, message);
  if (*message->sendernickname != '\0' || openim_message_is_notice (message) ||
      g_strcmp0 (openim_roster_get_name (self, message->sendid), message->sendid) != 0 ||
      !g_hash_table_add (self->strangers->asked, g_strdup (message->sendid)))
    return;
  request.userids = ids;
  request.n_userids = G_N_ELEMENTS (ids);
  openim_display_hold (self, conversation_id, WAIT_MS);
  openim_connection_call (self, OPENIM_NUMBER (GetUsersInfo), &request, on_users, g_strdup (conversation_id),
                          g_free);
}
