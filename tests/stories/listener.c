/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <purple.h>

#include "event.pb-c.h"
#include "user.pb-c.h"

/* A plugin of somebody else's: when a friend has been added it says who one is to that friend. */

static void
on_self (PurpleConnection *gc, int error, const Openim__Sdk__User__GetSelfUserInfoResp *self, gpointer friend)
{
  if (error == 0)
    purple_notify_info (gc, "Listener", self->user->nickname, friend);
  g_free (friend);
}

static void
on_friend_added (PurpleConnection *gc, const Openim__Event__EventOnFriendAddedData *data, gpointer openim)
{
  purple_plugin_ipc_call (openim, "call", NULL, gc, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__GetSelfUserInfo,
                          NULL, on_self, g_strdup (data->friend_->nickname));
}

static gboolean
load (PurplePlugin *plugin)
{
  PurplePlugin *openim = purple_plugins_find_with_id ("prpl-openim");

  return openim != NULL && purple_signal_connect (openim, "openim-friend-added", plugin,
                                                  PURPLE_CALLBACK (on_friend_added), openim) != 0;
}

static PurplePluginInfo info = {
  .magic = PURPLE_PLUGIN_MAGIC,
  .major_version = PURPLE_MAJOR_VERSION,
  .minor_version = PURPLE_MINOR_VERSION,
  .type = PURPLE_PLUGIN_STANDARD,
  .id = (char *) "listener",
  .name = (char *) "Listener",
  .version = (char *) "1",
  .load = load,
};

static void
init (PurplePlugin *plugin)
{
}

PURPLE_INIT_PLUGIN (listener, init, info)
