/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/internal.h"

#include "push.pb-c.h"

#include "base/log.h"
#include "sdk/convert.h"
#include "sdk/uploads.h"

#define CACHE_MAX (128 * 1024 * 1024) /* bytes */

/* The last request of a session: nobody waits for it longer than that anyway. */
typedef struct {
  OpenimResources *resources;
  OpenimResourcesDone done;
  gpointer data;
  gint pending; /* store and farewell */
} End;

void
openim_config_free (OpenimConfig *config)
{
  g_free (config->api_url);
  g_free (config->gateway_url);
  g_free (config->directory);
  g_free (config);
}

/* ---- the end by itself: a worthless token, a kick */

static gboolean
on_ending (gpointer user_data)
{
  OpenimResources *self = user_data;
  OpenimSdk *sdk = self->sdk;

  self->ending = 0;
  if (sdk == NULL)
    return G_SOURCE_REMOVE;

  if (g_error_matches (self->reason, OPENIM_ERROR, OPENIM_ERROR_TOKEN_KICKED)) {
    openim_sdk_drop_login (sdk, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnKickedOffline,
                           openim_pb_new (&openim__event__event_on_kicked_offline_data__descriptor));
  } else if (g_error_matches (self->reason, OPENIM_ERROR, OPENIM_ERROR_TOKEN_EXPIRED)) {
    openim_sdk_drop_login (sdk, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnUserTokenExpired,
                           openim_pb_new (&openim__event__event_on_user_token_expired_data__descriptor));
  } else {
    Openim__Event__EventOnUserTokenInvalidData *data =
        openim_pb_new (&openim__event__event_on_user_token_invalid_data__descriptor);

    openim_pb_set (&data->errmsg, self->reason->message);
    openim_sdk_drop_login (sdk, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnUserTokenInvalid, data);
  }

  return G_SOURCE_REMOVE;
}

/* Later, so that the call which met the error is answered with it first. The first reason counts. */
static void
end_soon (OpenimResources *self, const GError *error)
{
  if (self->sdk == NULL || self->ending != 0)
    return;

  self->reason = g_error_copy (error);
  self->ending = g_idle_add (on_ending, self);
}

static void
on_token_error (gpointer owner, const GError *error)
{
  end_soon (owner, error);
}

/* ---- gateway */

static void
on_connecting (gpointer owner)
{
  OpenimResources *self = owner;

  if (self->sdk == NULL)
    return;

  /* One that was given up for a new one has not failed. */
  openim_sync_disconnected (self->sync);
  self->connecting = TRUE;
  openim_sdk_emit (self->sdk, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnConnecting,
                   openim_pb_new (&openim__event__event_on_connecting_data__descriptor));
}

static void
on_told_background (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gpointer answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__sdkws__set_app_background_status_resp__descriptor, &error);

  if (answer == NULL)
    openim_log ("openim-sdk", OPENIM_LOG_INFO, "the server was not told about the background: %s",
                error->message);
  openim_pb_free (answer);
}

void
openim_resources_tell_background (OpenimResources *self)
{
  Openim__Sdkws__SetAppBackgroundStatusReq request = OPENIM__SDKWS__SET_APP_BACKGROUND_STATUS_REQ__INIT;

  request.userid = self->user_id;
  request.isbackground = openim_sync_is_background (self->sync);
  openim_gateway_request_async (self->gateway, OPENIM_GATEWAY_BACKGROUND, &request, OPENIM_GATEWAY_TIMEOUT,
                                NULL, on_told_background, NULL);
}

static void
on_connected (gpointer owner)
{
  OpenimResources *self = owner;

  if (self->sdk == NULL)
    return;

  self->connecting = FALSE;
  openim_sdk_emit (self->sdk, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnConnectSuccess,
                   openim_pb_new (&openim__event__event_on_connect_success_data__descriptor));

  /* The server forgets the flag with the connection and ignores it in the query. */
  if (openim_sync_is_background (self->sync))
    openim_resources_tell_background (self);
  openim_sync_connected (self->sync);
}

static void
on_failed (gpointer owner, const GError *error)
{
  OpenimResources *self = owner;
  Openim__Event__EventOnConnectFailedData *data;

  if (self->sdk == NULL)
    return;

  openim_sync_disconnected (self->sync);
  if (!self->connecting)
    return; /* a connection was lost; the next attempt tells */

  self->connecting = FALSE;
  data = openim_pb_new (&openim__event__event_on_connect_failed_data__descriptor);
  data->errcode = openim_error_code (error);
  openim_pb_set (&data->errmsg, error->message);
  openim_sdk_emit (self->sdk, OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnConnectFailed, data);
}

static void
on_ended (gpointer owner, const GError *error)
{
  OpenimResources *self = owner;

  if (self->sdk == NULL)
    return;

  openim_sync_disconnected (self->sync);
  end_soon (self, error);
}

static void
on_push (gpointer owner, guint id, GBytes *body)
{
  OpenimResources *self = owner;

  if (self->sdk != NULL)
    openim_sync_push (self->sync, id, body);
}

static const OpenimGatewayListener gateway_listener = {
  .connecting = on_connecting,
  .connected = on_connected,
  .failed = on_failed,
  .ended = on_ended,
  .push = on_push,
};

/* ---- what sync has to tell */

static void
on_event (gpointer owner, OpenimFunction event, gpointer data)
{
  OpenimResources *self = owner;

  if (self->sdk != NULL)
    openim_sdk_emit (self->sdk, event, data);
  else
    openim_pb_free (data);
}

/* All events about one message carry it in a field of that name. */
static void
on_message (gpointer owner, OpenimFunction event, const OpenimStoredMessage *stored)
{
  OpenimResources *self = owner;
  const OpenimEventRow *row = openim_event_find (event);
  gpointer data;

  if (self->sdk == NULL)
    return;

  data = openim_pb_new (row->data);
  openim_convert_set_message (data, openim_convert_message (stored, self->user_id));
  openim_sdk_emit (self->sdk, event, data);
}

static void
on_conversations (gpointer owner, OpenimFunction event, GPtrArray *rows)
{
  OpenimResources *self = owner;

  if (self->sdk == NULL)
    return;

  if (event == OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnNewConversation) {
    Openim__Event__EventOnNewConversationData *data =
        openim_pb_new (&openim__event__event_on_new_conversation_data__descriptor);

    openim_convert_conversations (rows, self->user_id, &data->n_conversationlist, &data->conversationlist);
    openim_sdk_emit (self->sdk, event, data);
  } else {
    Openim__Event__EventOnConversationChangedData *data =
        openim_pb_new (&openim__event__event_on_conversation_changed_data__descriptor);

    openim_convert_conversations (rows, self->user_id, &data->n_conversationlist, &data->conversationlist);
    openim_sdk_emit (self->sdk, event, data);
  }
}

static const OpenimSyncSink sync_sink = {
  .event = on_event,
  .message = on_message,
  .conversations = on_conversations,
};

/* ---- life */

OpenimResources *
openim_resources_new (OpenimSdk *sdk,
                      const OpenimConfig *config,
                      GProxyResolver *proxy,
                      const char *user_id,
                      const char *token,
                      OpenimStore *store,
                      GError **error)
{
  OpenimResources *self = g_new0 (OpenimResources, 1);
  OpenimGatewayConfig gateway_config = {
    .url = config->gateway_url,
    .user_id = user_id,
    .token = token,
    .platform = config->platform,
    .proxy = proxy,
  };
  g_autofree char *cache = NULL;

  self->refs = 1;
  self->store = store;
  self->user_id = g_strdup (user_id);
  self->platform = config->platform;
  self->typing = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  self->api = openim_api_new (config->api_url, proxy, error);
  if (self->api != NULL)
    self->gateway = openim_gateway_new (&gateway_config, &gateway_listener, self, error);
  if (self->gateway == NULL) {
    openim_resources_unref (self);
    return NULL;
  }

  self->files = openim_files_new (self->api, proxy);
  openim_files_set_memory (self->files, &openim_uploads_memory, store);
  self->downloads = openim_downloads_new (config->api_url, proxy);
  cache = g_build_filename (config->directory, "files", NULL);
  self->cache = openim_cache_new (cache, CACHE_MAX);
  openim_api_set_token (self->api, token);
  openim_api_set_token_func (self->api, on_token_error, self);
  self->sync = openim_sync_new (self->api, self->gateway, store, user_id, config->platform, &sync_sink, self);
  self->sdk = sdk;

  return self;
}

OpenimResources *
openim_resources_ref (OpenimResources *self)
{
  self->refs++;
  return self;
}

void
openim_resources_unref (OpenimResources *self)
{
  if (--self->refs > 0)
    return;

  g_clear_handle_id (&self->ending, g_source_remove);
  g_clear_object (&self->sync);
  if (self->gateway != NULL)
    openim_gateway_stop (self->gateway);
  g_clear_object (&self->gateway);
  if (self->api != NULL)
    openim_api_set_token_func (self->api, NULL, NULL);
  if (self->files != NULL)
    openim_files_set_memory (self->files, NULL, NULL);
  g_clear_pointer (&self->cache, openim_cache_free);
  g_clear_object (&self->downloads);
  g_clear_object (&self->files);
  g_clear_object (&self->api);
  g_clear_object (&self->store);
  g_clear_error (&self->reason);
  g_hash_table_unref (self->typing);
  g_free (self->user_id);
  g_free (self);
}

static void
end_step (End *end)
{
  if (--end->pending > 0)
    return;

  if (end->done != NULL)
    end->done (end->data);
  openim_resources_unref (end->resources);
  g_free (end);
}

static void
on_store_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!openim_store_close_finish (OPENIM_STORE (source), result, &error))
    openim_log ("openim-sdk", OPENIM_LOG_WARNING, "the database was not closed well: %s", error->message);
  end_step (user_data);
}

static void
on_farewell (GObject *source, GAsyncResult *result, gpointer user_data)
{
  End *end = user_data;
  g_autoptr (GError) error = NULL;
  gpointer answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__push__del_user_push_token_resp__descriptor, &error);

  if (answer == NULL)
    openim_log ("openim-sdk", OPENIM_LOG_INFO, "the server was not told about the logout: %s",
                error->message);
  openim_pb_free (answer);
  openim_gateway_stop (end->resources->gateway);
  end_step (end);
}

void
openim_resources_end (OpenimResources *self, guint tell_ms, OpenimResourcesDone done, gpointer data)
{
  Openim__Push__DelUserPushTokenReq farewell = OPENIM__PUSH__DEL_USER_PUSH_TOKEN_REQ__INIT;
  End *end = g_new0 (End, 1);

  end->resources = openim_resources_ref (self);
  end->done = done;
  end->data = data;
  end->pending = 2;

  self->sdk = NULL;
  g_clear_handle_id (&self->ending, g_source_remove);
  openim_sync_stop (self->sync);
  openim_api_set_token_func (self->api, NULL, NULL);
  openim_api_abort (self->api);
  openim_store_close_async (self->store, on_store_closed, end);

  if (tell_ms > 0 && openim_gateway_is_connected (self->gateway)) {
    farewell.userid = self->user_id;
    farewell.platformid = self->platform;
    openim_gateway_request_async (self->gateway, OPENIM_GATEWAY_LOGOUT, &farewell, tell_ms, NULL, on_farewell,
                                  end);
  } else {
    openim_gateway_stop (self->gateway);
    end_step (end);
  }
}
