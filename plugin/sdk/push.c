/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about the push services of mobile systems. Source: open-im-server 3.8, internal/rpc/third. */

#include "sdk/handlers.h"

#include "third.pb-c.h"

#include "sdk/change.h"

/* The server takes expireTime as seconds from now. */
void
openim_push_update_token (OpenimCall *call)
{
  const Openim__Sdk__Third__UpdateFcmTokenReq *request = openim_call_get_request (call);
  OpenimResources *resources = openim_call_get_resources (call);

  openim_change_tell (call, "/third/fcm_update_token",
                      openim_json_build ("platformID", 'i', (gint64) resources->platform, "fcmToken", 's',
                                         request->fcmtoken, "account", 's', resources->user_id, "expireTime",
                                         'i', request->expiretime, NULL));
}

void
openim_push_set_badge (OpenimCall *call)
{
  const Openim__Sdk__Third__SetAppBadgeReq *request = openim_call_get_request (call);
  OpenimResources *resources = openim_call_get_resources (call);

  openim_change_tell (call, "/third/set_app_badge",
                      openim_json_build ("userID", 's', resources->user_id, "appUnreadCount", 'i',
                                         (gint64) request->appunreadcount, NULL));
}
