/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about the push services of mobile systems. Source: open-im-server 3.8, internal/rpc/third. */

#include "sdk/handlers.h"

#include "third.pb-c.h"

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data == NULL)
    openim_call_take_error (call, error);
  else
    openim_call_answer (call, NULL);
}

/* The server takes expireTime as seconds from now. */
void
openim_push_update_token (OpenimCall *call)
{
  const Openim__Sdk__Third__UpdateFcmTokenReq *request = openim_call_get_request (call);
  OpenimResources *resources = openim_call_get_resources (call);

  openim_api_call_async (resources->api, "/third/fcm_update_token",
                         openim_json_build ("platformID", 'i', (gint64) resources->platform, "fcmToken", 's',
                                            request->fcmtoken, "account", 's', resources->user_id,
                                            "expireTime", 'i', request->expiretime, NULL),
                         openim_call_get_cancellable (call), on_told, call);
}

void
openim_push_set_badge (OpenimCall *call)
{
  const Openim__Sdk__Third__SetAppBadgeReq *request = openim_call_get_request (call);
  OpenimResources *resources = openim_call_get_resources (call);

  openim_api_call_async (resources->api, "/third/set_app_badge",
                         openim_json_build ("userID", 's', resources->user_id, "appUnreadCount", 'i',
                                            (gint64) request->appunreadcount, NULL),
                         openim_call_get_cancellable (call), on_told, call);
}
