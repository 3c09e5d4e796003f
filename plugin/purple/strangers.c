/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/strangers.h"

#include "base/log.h"
#include "purple/blist.h"
#include "purple/display.h"
#include "user.pb-c.h"

#define WAIT_MS 3000 /* longer is worse than a number for a name */

struct _OpenimStrangers {
  GHashTable *asked; /* set of user IDs */
};

OpenimStrangers *
openim_strangers_new (void)
{
  OpenimStrangers *strangers = g_new0 (OpenimStrangers, 1);

  strangers->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return strangers;
}

void
openim_strangers_free (OpenimStrangers *strangers)
{
  if (strangers == NULL)
    return;
  g_hash_table_destroy (strangers->asked);
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

void
openim_strangers_meet (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message)
{
  Openim__Sdk__User__GetUsersInfoReq request = OPENIM__SDK__USER__GET_USERS_INFO_REQ__INIT;
  char *ids[] = { message->sendid };

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
