/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/target.h"

#include <glib/gi18n-lib.h>

#include "purple/blist.h"
#include "purple/who.h"

gboolean
openim_target_find (OpenimConnection *self,
                    const OpenimCommandLine *command,
                    const char *text,
                    OpenimPeer *peer)
{
  const char *user_id = openim_who_find (self, text);
  const OpenimGroup *group = openim_roster_get_group (self, text);

  peer->session = OPENIM_SESSION_SINGLE;
  peer->name = user_id;
  if (group == NULL && openim_roster_get_friend (self, user_id) == NULL)
    group = openim_roster_find_group (self, text);
  if (group != NULL) {
    peer->session = OPENIM_SESSION_GROUP;
    peer->name = group->groupid;
    return TRUE;
  }
  /* A stranger who is being talked with will do, too. */
  if (openim_roster_get_friend (self, user_id) != NULL || openim_peer_find (self, peer) != NULL ||
      g_str_equal (user_id, self->self_id))
    return TRUE;
  openim_command_say (self, command, _ ("“%s” is neither a friend nor a group of yours."), text);
  return FALSE;
}

gboolean
openim_target_is_here (const OpenimCommandLine *command, const OpenimPeer *peer)
{
  return peer->session == command->peer.session && g_strcmp0 (peer->name, command->peer.name) == 0;
}

char *
openim_target_describe (OpenimConnection *self, const OpenimPeer *peer)
{
  const OpenimGroup *group = NULL;

  if (peer->session != OPENIM_SESSION_GROUP)
    return g_strdup (openim_roster_get_name (self, peer->name));
  group = openim_roster_get_group (self, peer->name);
  return g_strdup (group != NULL && *group->groupname != '\0' ? group->groupname : peer->name);
}
