/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about the program and its login: InitSDK, Login, Logout and what goes with them. */

#include "sdk/handlers.h"

#include <glib/gi18n-lib.h>

#include "init.pb-c.h"
#include "third.pb-c.h"

#include "base/gate.h"
#include "base/log.h"
#include "sdk/internal.h"

/* ---- InitSDK */

static gboolean
check_gateway_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri == NULL ? "" : g_uri_get_scheme (uri);

  if (uri != NULL && (g_str_equal (scheme, "ws") || g_str_equal (scheme, "wss")) &&
      g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0')
    return TRUE;

  g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                       _ ("The gateway’s address must look like ws://host:10001 or wss://host."));
  return FALSE;
}

static gboolean
check_config (const Openim__Init__IMConfig *config, GError **error)
{
  g_autoptr (OpenimApi) api = NULL;

  if (config == NULL || *config->datadir == '\0') {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, "InitSDK without a dataDir.");
    return FALSE;
  }
  if (config->platform == OPENIM__SDK__COMMON__PLATFORM__Platform_) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, "InitSDK without a platform.");
    return FALSE;
  }

  api = openim_api_new (config->apiaddr, NULL, error);
  return api != NULL && check_gateway_url (config->wsaddr, error);
}

static OpenimLogLevel
log_level (Openim__Sdk__Common__LogLevel level)
{
  switch (level) {
  case OPENIM__SDK__COMMON__LOG_LEVEL__LevelFatal:
  case OPENIM__SDK__COMMON__LOG_LEVEL__LevelPanic:
  case OPENIM__SDK__COMMON__LOG_LEVEL__LevelError:
    return OPENIM_LOG_ERROR;
  case OPENIM__SDK__COMMON__LOG_LEVEL__LevelWarn:
    return OPENIM_LOG_WARNING;
  case OPENIM__SDK__COMMON__LOG_LEVEL__LevelInfo:
    return OPENIM_LOG_INFO;
  default:
    return OPENIM_LOG_DEBUG;
  }
}

/* A new configuration means a new log, or none. */
static gboolean
open_log (OpenimSdk *sdk, const Openim__Init__IMConfig *config, GError **error)
{
  OpenimLogfile *logfile = NULL;

  if (*config->logfilepath != '\0') {
    logfile = openim_logfile_new (config->logfilepath, log_level (config->loglevel), error);
    if (logfile == NULL)
      return FALSE;
  }
  g_clear_pointer (&sdk->logfile, openim_logfile_free);
  sdk->logfile = logfile;
  return TRUE;
}

void
openim_session_init (OpenimCall *call)
{
  const Openim__Init__InitSDKReq *request = openim_call_get_request (call);
  OpenimSdk *sdk = openim_call_get_sdk (call);
  Openim__Init__InitSDKResp *response;
  GError *error = NULL;
  OpenimConfig *config;

  if (sdk->status != OPENIM_SDK_DEFAULT) {
    openim_call_fail (call, OPENIM_ERROR_LOGIN_REPEAT, "InitSDK while somebody is logged in.");
    return;
  }
  if (!check_config (request->config, &error)) {
    error->code = OPENIM_ERROR_SDK_ARGS;
    openim_call_take_error (call, error);
    return;
  }
  if (!open_log (sdk, request->config, &error)) {
    openim_call_take_error (call, error);
    return;
  }

  config = g_new0 (OpenimConfig, 1);
  config->api_url = g_strdup (request->config->apiaddr);
  config->gateway_url = g_strdup (request->config->wsaddr);
  config->directory = g_strdup (request->config->datadir);
  config->platform = request->config->platform;
  g_clear_pointer (&sdk->config, openim_config_free);
  sdk->config = config;

  response = openim_pb_new (&openim__init__init_sdkresp__descriptor);
  response->suc = TRUE;
  openim_call_answer (call, response);
}

/* ---- Login
 *
 * The state of the call is the OpenimSdk: the call can be over (given up, closed) while its store is still
 * being opened. */

static void
login_over (OpenimCall *call)
{
  OpenimSdk *sdk = openim_call_get_state (call);

  sdk->login = NULL;
  if (!sdk->closed && sdk->status == OPENIM_SDK_LOGGING)
    sdk->status = OPENIM_SDK_DEFAULT;
}

static void
on_store_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!openim_store_close_finish (OPENIM_STORE (source), result, &error))
    openim_log ("openim-sdk", OPENIM_LOG_WARNING, "the database was not closed well: %s", error->message);
}

static void
on_store_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  OpenimSdk *sdk = openim_call_get_state (call);
  const Openim__Init__LoginReq *request = openim_call_get_request (call);
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimStore) store = openim_store_open_finish (result, &error);
  OpenimResources *resources = NULL;

  if (store != NULL && openim_call_is_over (call)) {
    openim_store_close_async (store, on_store_dropped, NULL);
    g_set_error_literal (&error, OPENIM_ERROR, OPENIM_ERROR_LOGIN_OUT, "The call was given up.");
  } else if (store != NULL) {
    if (openim_store_was_corrupt (store))
      openim_log ("openim-sdk", OPENIM_LOG_WARNING,
                  "the database was broken; it was put aside and is filled again from the server");
    resources = openim_resources_new (sdk, sdk->config, sdk->proxy, request->userid, request->token,
                                      g_object_ref (store), &error);
    if (resources == NULL)
      openim_store_close_async (store, on_store_dropped, NULL);
  }

  if (resources == NULL) {
    login_over (call);
    openim_call_take_error (call, g_steal_pointer (&error));
    return;
  }

  sdk->login = NULL;
  sdk->resources = resources;
  sdk->status = OPENIM_SDK_LOGGED;
  openim_call_answer (call, NULL);
  openim_gateway_start (resources->gateway);
}

static void
open_store (OpenimCall *call)
{
  OpenimSdk *sdk = openim_call_get_state (call);
  const Openim__Init__LoginReq *request = openim_call_get_request (call);

  openim_store_open_async (sdk->config->directory, sdk->config->api_url, request->userid,
                           openim_call_get_cancellable (call), on_store_opened, call);
}

void
openim_session_continue_login (OpenimSdk *self)
{
  self->ending--;
  if (self->ending == 0 && self->login != NULL) {
    if (openim_call_is_over (self->login)) {
      OpenimCall *call = self->login;

      login_over (call);
      openim_call_take_error (call, g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_LOGIN_OUT, "Given up."));
    } else {
      open_store (self->login);
    }
  }
  g_object_unref (self);
}

void
openim_session_login (OpenimCall *call)
{
  const Openim__Init__LoginReq *request = openim_call_get_request (call);
  OpenimSdk *sdk = openim_call_get_sdk (call);

  if (sdk->status != OPENIM_SDK_DEFAULT) {
    openim_call_fail (call, OPENIM_ERROR_LOGIN_REPEAT, "Somebody is logged in already.");
    return;
  }
  if (!openim_gate_id (request->userid) || *request->token == '\0') {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "Login needs a user ID and a token.");
    return;
  }

  sdk->status = OPENIM_SDK_LOGGING;
  sdk->login = call;
  openim_call_set_state (call, g_object_ref (sdk), g_object_unref);
  if (sdk->ending == 0)
    open_store (call);
}

/* ---- Logout */

static void
on_logged_out (gpointer data)
{
  OpenimCall *call = data;

  openim_session_continue_login (g_object_ref (openim_call_get_state (call)));
  openim_call_answer (call, NULL);
}

void
openim_session_logout (OpenimCall *call)
{
  OpenimSdk *sdk = openim_call_get_sdk (call);
  OpenimResources *resources = g_steal_pointer (&sdk->resources);

  sdk->status = OPENIM_SDK_DEFAULT;
  sdk->ending++;
  openim_call_set_state (call, g_object_ref (sdk), g_object_unref);
  openim_sdk_fail_calls (sdk, call);
  openim_resources_end (resources, OPENIM_GATEWAY_TIMEOUT, on_logged_out, call);
  openim_resources_unref (resources);
}

/* ---- the rest */

static void
on_background_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;
  gpointer answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__sdkws__set_app_background_status_resp__descriptor, &error);

  openim_pb_free (answer);
  if (answer == NULL)
    openim_call_take_error (call, error);
  else
    openim_call_answer (call, NULL);
}

void
openim_session_set_background (OpenimCall *call)
{
  const Openim__Init__SetAppBackgroundStatusReq *request = openim_call_get_request (call);
  OpenimResources *resources = openim_call_get_resources (call);
  Openim__Sdkws__SetAppBackgroundStatusReq body = OPENIM__SDKWS__SET_APP_BACKGROUND_STATUS_REQ__INIT;

  /* The flag counts here, whether the server hears of it or not. */
  openim_sync_set_background (resources->sync, request->isbackground);
  if (!openim_gateway_is_connected (resources->gateway)) {
    openim_call_answer (call, NULL);
    return;
  }

  body.userid = resources->user_id;
  body.isbackground = request->isbackground;
  openim_gateway_request_async (resources->gateway, OPENIM_GATEWAY_BACKGROUND, &body, OPENIM_GATEWAY_TIMEOUT,
                                openim_call_get_cancellable (call), on_background_told, call);
}

void
openim_session_network_changed (OpenimCall *call)
{
  OpenimSdk *sdk = openim_call_get_sdk (call);

  if (sdk->resources != NULL)
    openim_gateway_reconnect (sdk->resources->gateway);
  openim_call_answer (call, NULL);
}

void
openim_session_get_status (OpenimCall *call)
{
  Openim__Init__GetLoginStatusResp *response =
      openim_pb_new (&openim__init__get_login_status_resp__descriptor);

  response->status = (Openim__Init__LoginStatus) openim_call_get_sdk (call)->status;
  openim_call_answer (call, response);
}

void
openim_session_get_version (OpenimCall *call)
{
  Openim__Init__VersionResp *response = openim_pb_new (&openim__init__version_resp__descriptor);

  openim_pb_set (&response->version, OPENIM_VERSION);
  openim_call_answer (call, response);
}

void
openim_session_log (OpenimCall *call)
{
  const Openim__Sdk__Third__LogReq *request = openim_call_get_request (call);
  GString *line = g_string_new (NULL);
  g_autofree char *clean = NULL;

  g_string_append_printf (line, "%s:%d: %s", request->file, request->line, request->msg);
  if (*request->err != '\0')
    g_string_append_printf (line, ": %s", request->err);
  for (size_t i = 0; i < request->n_kvs; i++) {
    const Google__Protobuf__Any *value = request->kvs[i]->value;

    if (value != NULL)
      g_string_append_printf (line, ", %s: %s of %" G_GSIZE_FORMAT " bytes", request->kvs[i]->key,
                              value->type_url, value->value.len);
  }

  clean = openim_gate_text (line->str, line->len, 4096, TRUE);
  openim_log ("openim-sdk", log_level (request->loglevel), "%s", clean);
  g_string_free (line, TRUE);
  openim_call_answer (call, NULL);
}
