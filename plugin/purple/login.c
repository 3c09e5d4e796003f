/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/login.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/log.h"
#include "init.pb-c.h"
#include "purple/account.h"
#include "purple/application.h"
#include "purple/blist.h"
#include "purple/code.h"
#include "purple/display.h"
#include "purple/events.h"
#include "purple/history.h"
#include "purple/kept-token.h"
#include "purple/numbers.h"
#include "purple/offline.h"
#include "purple/reason.h"
#include "purple/shown.h"
#include "purple/status.h"
#include "user.pb-c.h"

#define SILENCE_MS (30 * 1000) /* while logging in: nothing at all has happened for so long */
#define BLIP_SECONDS                                                                                         \
  (5 * 60)                     /* how long a lost connection may be looked for before libpurple hears of it  \
                                */
#define BLIP_OPTION "patience" /* the same as an account setting; not offered to people */
#define LISTS_AT_PROGRESS 10   /* per cent of a first sync: friends, groups and conversations are there */

enum { STEP_ACCOUNT, STEP_CONNECT, STEP_SYNC, N_STEPS };

struct _OpenimLogin {
  OpenimOptions *options;
  OpenimAccount *account; /* (nullable) at the chat server */
  GCancellable *cancellable;
  gboolean renewed;    /* a new token has been fetched since the gateway took one */
  gboolean by_code;    /* the token comes from a code, and is kept */
  gboolean by_kept;    /* … which was an earlier one's, and may have ended by now */
  gboolean ending;     /* the token is going to end, which is no news */
  gboolean ended;      /* … and has */
  gboolean greeted;    /* the gateway has taken our token once */
  guint lists;         /* answers that are still to come before the lists are known */
  gboolean read_again; /* … and then they are read once more */
  gboolean catch_up;   /* … and what came while we were away is shown */
  gboolean whole;      /* … and they are as the server has them now */
  gboolean unsettled;  /* that has not been so before */
  char *trouble; /* (nullable) the last thing that went wrong, for the case that nothing comes after it */
  OpenimTimer *silence;
  OpenimTimer *blip;
};

OpenimLogin *
openim_login_new (void)
{
  OpenimLogin *login = g_new0 (OpenimLogin, 1);

  login->cancellable = g_cancellable_new ();
  login->unsettled = TRUE;
  return login;
}

void
openim_login_free (OpenimLogin *login)
{
  if (login == NULL)
    return;
  g_cancellable_cancel (login->cancellable);
  g_object_unref (login->cancellable);
  g_clear_object (&login->account);
  g_clear_pointer (&login->options, openim_options_free);
  g_free (login->trouble);
  g_free (login);
}

static void
fail_with (OpenimConnection *self, const GError *error)
{
  g_autofree char *sentence = openim_error_describe (error);

  openim_connection_fail (self, openim_reason_from_error (error), sentence);
}

static void
show_step (OpenimConnection *self, guint step, const char *text)
{
  if (!openim_connection_is_connected (self))
    purple_connection_update_progress (self->gc, text, step, N_STEPS);
}

/* --- no spinner without end --- */

static void
on_silence (OpenimConnection *self, gpointer data)
{
  self->login->silence = NULL;
  openim_connection_fail (self, PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                          self->login->trouble != NULL
                              ? self->login->trouble
                              : _ ("The server does not answer as an OpenIM server does."));
}

/* Something has happened: wait again. */
static void
watch_silence (OpenimConnection *self)
{
  openim_connection_cancel (self, &self->login->silence);
  if (openim_connection_is_open (self) && !openim_connection_is_connected (self))
    self->login->silence = openim_connection_later (self, SILENCE_MS, on_silence, NULL, NULL);
}

/* --- the lists; then the account counts as connected --- */

static void read_lists (OpenimConnection *self);

static void
on_all_lists (OpenimConnection *self)
{
  OpenimLogin *login = self->login;

  if (login->read_again) {
    login->read_again = FALSE;
    read_lists (self);
    return;
  }
  openim_connection_cancel (self, &login->silence);
  if (!openim_connection_is_connected (self)) {
    purple_connection_set_display_name (self->gc, self->self_name);
    purple_connection_set_state (self->gc, PURPLE_CONNECTED);
    if (openim_connection_is_open (self))
      openim_status_begin (self);
  }
  /* The user interface's own plugins have just run. */
  if (openim_connection_is_open (self))
    openim_roster_show (self);
  if (openim_connection_is_open (self) && login->catch_up) {
    login->catch_up = FALSE;
    openim_history_catch_up (self);
    openim_applications_catch_up (self);
    if (login->whole && login->unsettled) {
      login->unsettled = FALSE;
      openim_offline_settle (self);
    }
  }
}

static void
on_list (OpenimConnection *self)
{
  if (--self->login->lists == 0)
    on_all_lists (self);
}

static void
on_self (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__User__GetSelfUserInfoResp *answer = (gconstpointer) response;

  if (error == NULL && answer->user != NULL && *answer->user->nickname != '\0') {
    g_free (self->self_name);
    self->self_name = g_strdup (answer->user->nickname);
  }
  on_list (self);
}

static void
on_friends (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error == NULL)
    openim_roster_set_friends (self, (gconstpointer) response);
  else
    self->login->whole = FALSE;
  on_list (self);
}

static void
on_groups (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error == NULL)
    openim_roster_set_groups (self, (gconstpointer) response);
  on_list (self);
}

static void
read_lists (OpenimConnection *self)
{
  if (self->login->lists > 0) {
    self->login->read_again = TRUE;
    return;
  }
  self->login->lists = 3;
  openim_connection_call (self, OPENIM_NUMBER (GetSelfUserInfo), NULL, on_self, NULL, NULL);
  openim_connection_call (self, OPENIM_NUMBER (GetFriends), NULL, on_friends, NULL, NULL);
  openim_connection_call (self, OPENIM_NUMBER (GetJoinedGroups), NULL, on_groups, NULL, NULL);
}

/* --- the gateway --- */

static void
on_login (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error != NULL)
    fail_with (self, error);
  else
    watch_silence (self);
}

static void
send_login (OpenimConnection *self, const char *token)
{
  Openim__Init__LoginReq request = OPENIM__INIT__LOGIN_REQ__INIT;

  request.userid = self->self_id;
  request.token = (char *) token;
  openim_connection_call (self, OPENIM_NUMBER (Login), &request, on_login, NULL, NULL);
  show_step (self, STEP_CONNECT, _ ("Connecting"));
}

static void
on_init (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  if (error != NULL)
    fail_with (self, error);
}

/* The token is known. */
static void
enter (OpenimConnection *self, const char *user_id, const char *token)
{
  OpenimOptions *options = self->login->options;
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq request = OPENIM__INIT__INIT_SDKREQ__INIT;
  g_autoptr (GProxyResolver) proxy = openim_options_proxy (self->account);

  if (g_mkdir_with_parents (options->data_dir, 0700) != 0) {
    g_autofree char *sentence =
        g_strdup_printf (_ ("%s cannot be made: %s"), options->data_dir, g_strerror (errno));

    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_OTHER_ERROR, sentence);
    return;
  }
  self->self_id = g_strdup (user_id);
  self->self_name = g_strdup (user_id);
  self->shown = openim_shown_open (options->data_dir, options->api, user_id);
  self->numbers = openim_numbers_open (options->data_dir, options->api, user_id);
  openim_sdk_set_proxy (self->sdk, proxy);
  config.platform = (Openim__Sdk__Common__Platform) options->platform;
  config.apiaddr = options->api;
  config.wsaddr = options->gateway;
  config.datadir = options->data_dir;
  request.config = &config;
  openim_connection_call (self, OPENIM_NUMBER (InitSDK), &request, on_init, NULL, NULL);
  send_login (self, token);
}

/* --- the chat server --- */

static void
on_account (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (OpenimConnection) self = user_data;
  OpenimAccount *account = OPENIM_ACCOUNT (source);
  g_autoptr (GError) error = NULL;
  gboolean done = openim_account_login_finish (account, result, &error);

  if (!openim_connection_is_open (self))
    return;
  if (!done) {
    fail_with (self, error);
    return;
  }
  watch_silence (self);
  /* Used up. */
  g_clear_pointer (&self->login->options->code, g_free);
  if (self->self_id == NULL)
    enter (self, openim_account_get_user_id (account), openim_account_get_token (account));
  else if (g_strcmp0 (self->self_id, openim_account_get_user_id (account)) == 0)
    send_login (self, openim_account_get_token (account));
  else
    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
                            _ ("The chat server gives this name to another person now."));
  if (self->login->by_code && openim_connection_is_open (self))
    openim_kept_token_write (self->login->options, openim_account_get_token (account));
}

/* FALSE: a code is needed. */
static gboolean
enter_again (OpenimConnection *self)
{
  OpenimLogin *login = self->login;
  g_autofree char *user_id = NULL;
  g_autofree char *token = NULL;

  if (login->by_code || openim_code_is_at_hand (login->options))
    return FALSE;
  token = openim_kept_token_read (login->options, &user_id);
  if (token == NULL)
    return FALSE;
  login->by_code = login->by_kept = TRUE;
  enter (self, user_id, token);
  return TRUE;
}

/* It is worth nothing any more. TRUE: it was an earlier login's. */
static gboolean
forget_token (OpenimConnection *self)
{
  gboolean kept = self->login->by_kept;

  if (self->login->by_code)
    openim_kept_token_forget (self->login->options);
  self->login->by_kept = FALSE;
  return kept;
}

static void
log_in_by_password (OpenimConnection *self)
{
  OpenimLogin *login = self->login;
  g_autoptr (GProxyResolver) proxy = openim_options_proxy (self->account);
  g_autoptr (GError) error = NULL;
  gboolean by_code = openim_code_is_wanted (login->options);

  if (!by_code && (login->options->password == NULL || *login->options->password == '\0')) {
    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED,
                            _ ("Enter a password, or a token in the account’s settings."));
    return;
  }
  if (by_code && enter_again (self))
    return;
  login->by_code = by_code;
  /* The SDK asks for nobody's state any more after it has been logged out. */
  openim_status_forget_all (self);
  g_clear_object (&login->account);
  login->account = openim_account_new (login->options->chat_server, login->options->name,
                                       login->options->platform, proxy, &error);
  if (login->account == NULL) {
    fail_with (self, error);
    return;
  }
  if (by_code) {
    /* As long as it takes a person to look. */
    openim_connection_cancel (self, &login->silence);
    openim_code_start (self, login->account, login->options, login->cancellable, on_account);
    return;
  }
  openim_account_login_async (login->account, login->options->password, NULL, login->cancellable, on_account,
                              openim_connection_ref (self));
  show_step (self, STEP_ACCOUNT, _ ("Logging in at the chat server"));
}

void
openim_login_start (OpenimConnection *self)
{
  g_autoptr (GError) error = NULL;

  self->login->options = openim_options_read (self->account, &error);
  if (self->login->options == NULL) {
    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS, error->message);
    return;
  }
  watch_silence (self);
  if (self->login->options->token != NULL)
    enter (self, self->login->options->user_id, self->login->options->token);
  else
    log_in_by_password (self);
}

const OpenimOptions *
openim_login_get_options (OpenimConnection *self)
{
  return self->login->options;
}

/* --- another password --- */

const char *
openim_login_get_directory (OpenimConnection *self)
{
  return self->login->options->data_dir;
}

OpenimAccount *
openim_login_get_account (OpenimConnection *self)
{
  return self->login->account;
}

void
openim_login_expect_end (OpenimConnection *self, gboolean expected)
{
  gboolean ended = self->login->ended;

  self->login->ending = expected;
  self->login->ended = FALSE;
  if (!expected && ended)
    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                            _ ("The server has ended the connection."));
}

static void
on_logged_out (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  log_in_by_password (self);
}

void
openim_login_renew (OpenimConnection *self, const char *password)
{
  g_free (self->login->options->password);
  self->login->options->password = g_strdup (password);
  self->login->ended = FALSE;
  /* An error says that the server was faster. */
  openim_connection_call (self, OPENIM_NUMBER (Logout), NULL, on_logged_out, NULL, NULL);
}

/* --- what the gateway tells --- */

static void
on_blip_end (OpenimConnection *self, gpointer data)
{
  self->login->blip = NULL;
  openim_connection_fail (self, PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                          self->login->trouble != NULL ? self->login->trouble
                                                       : _ ("The connection to the server is lost."));
}

static void
watch_blip (OpenimConnection *self)
{
  guint seconds = 0;

  if (!openim_connection_is_connected (self) || self->login->blip != NULL)
    return;
  seconds = (guint) CLAMP (purple_account_get_int (self->account, BLIP_OPTION, BLIP_SECONDS), 1, 86400);
  self->login->blip = openim_connection_later (self, seconds * 1000, on_blip_end, NULL, NULL);
}

static void
on_connecting (PurpleConnection *gc, gconstpointer data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self != NULL && self->login->greeted)
    watch_blip (self);
}

/* TRUE: that has been expected. */
static gboolean
is_expected_end (OpenimConnection *self)
{
  self->login->ended = self->login->ending;
  return self->login->ending;
}

static void
on_connect_success (PurpleConnection *gc, gconstpointer data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL)
    return;
  self->login->greeted = TRUE;
  self->login->ending = FALSE;
  self->login->renewed = FALSE;
  g_clear_pointer (&self->login->trouble, g_free);
  openim_connection_cancel (self, &self->login->blip);
  watch_silence (self);
  show_step (self, STEP_SYNC, _ ("Fetching people and groups"));
}

static void
on_connect_failed (PurpleConnection *gc,
                   const Openim__Event__EventOnConnectFailedData *data,
                   gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimLogin *login = NULL;
  g_autoptr (GError) error = NULL;

  if (self == NULL)
    return;
  login = self->login;
  error = g_error_new_literal (OPENIM_ERROR, data->errcode, data->errmsg);
  g_free (login->trouble);
  login->trouble = openim_error_describe (error);
  /* Never connected: the address or the server is wrong, or the network is not there. libpurple tries again.
   * Later it is a blip, which nobody needs to hear of at once. */
  if (!login->greeted)
    openim_connection_fail (self, openim_reason_from_error (error), login->trouble);
  else
    watch_blip (self);
}

/* (transfer full) */
static char *
describe_code (int code)
{
  g_autoptr (GError) error = g_error_new_literal (OPENIM_ERROR, code, "");

  return openim_error_describe (error);
}

static void
on_kicked (PurpleConnection *gc, gconstpointer data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  g_autofree char *sentence = describe_code (OPENIM_ERROR_TOKEN_KICKED);

  if (self == NULL || is_expected_end (self))
    return;
  /* That may have been long ago. */
  if (forget_token (self) && !self->login->greeted)
    log_in_by_password (self);
  else
    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_NAME_IN_USE, sentence);
}

/* With a password a new token can be had, once: if the server refuses that too, something else is wrong. */
static void
replace_token (OpenimConnection *self, const char *sentence)
{
  if (is_expected_end (self))
    return;
  forget_token (self);
  if (self->login->options->token != NULL || self->login->renewed) {
    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED, sentence);
    return;
  }
  self->login->renewed = TRUE;
  watch_blip (self);
  log_in_by_password (self);
}

static void
on_token_expired (PurpleConnection *gc, gconstpointer data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  g_autofree char *sentence = describe_code (OPENIM_ERROR_TOKEN_EXPIRED);

  if (self != NULL)
    replace_token (self, sentence);
}

static void
on_token_invalid (PurpleConnection *gc,
                  const Openim__Event__EventOnUserTokenInvalidData *data,
                  gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);
  g_autofree char *sentence = NULL;

  if (self == NULL)
    return;
  sentence = *data->errmsg != '\0'
                 ? g_strdup_printf (_ ("The server does not accept the token: %s"), data->errmsg)
                 : g_strdup (_ ("The server does not accept the token."));
  replace_token (self, sentence);
}

static void
on_sync_start (PurpleConnection *gc,
               const Openim__Event__EventOnSyncServerStartData *data,
               gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL)
    return;
  watch_silence (self);
  openim_display_begin_sync (self);
  /* The last run's lists are good enough to begin with; the sync tells what has changed since. */
  if (!data->reinstalled && !openim_connection_is_connected (self))
    read_lists (self);
}

static void
on_sync_progress (PurpleConnection *gc,
                  const Openim__Event__EventOnSyncServerProgressData *data,
                  gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || openim_connection_is_connected (self))
    return;
  watch_silence (self);
  if (data->progress >= LISTS_AT_PROGRESS && self->login->lists == 0)
    read_lists (self);
}

static void
end_sync (OpenimConnection *self)
{
  openim_display_end_sync (self);
  self->login->catch_up = TRUE;
  read_lists (self);
}

static void
on_sync_finish (PurpleConnection *gc, gconstpointer data, gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL)
    return;
  self->login->whole = TRUE;
  end_sync (self);
}

static void
on_sync_failed (PurpleConnection *gc,
                const Openim__Event__EventOnSyncServerFailedData *data,
                gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL)
    return;
  if (data->reinstalled && !openim_connection_is_connected (self))
    openim_connection_fail (self, PURPLE_CONNECTION_ERROR_NETWORK_ERROR,
                            _ ("People, groups and conversations could not be fetched from the server."));
  else {
    self->login->whole = FALSE;
    end_sync (self);
  }
}

static void
on_self_updated (PurpleConnection *gc,
                 const Openim__Event__EventOnSelfInfoUpdatedData *data,
                 gpointer user_data)
{
  OpenimConnection *self = openim_connection_get (gc);

  if (self == NULL || data->user == NULL || *data->user->nickname == '\0')
    return;
  g_free (self->self_name);
  self->self_name = g_strdup (data->user->nickname);
  purple_connection_set_display_name (gc, self->self_name);
}

/* libpurple has seen another network: look for the server there at once. */
static void
on_network_changed (gpointer data)
{
  OpenimConnection *self = data;

  if (self->self_id != NULL)
    openim_connection_call (self, OPENIM_NUMBER (NetworkStatusChanged), NULL, NULL, NULL, NULL);
}

void
openim_login_watch (OpenimConnection *self)
{
  purple_signal_connect (purple_network_get_handle (), "network-configuration-changed", self,
                         PURPLE_CALLBACK (on_network_changed), self);
}

void
openim_login_connect_signals (PurplePlugin *plugin)
{
  static const OpenimHandler handlers[] = {
    { OPENIM_NUMBER (EventOnConnecting), PURPLE_CALLBACK (on_connecting) },
    { OPENIM_NUMBER (EventOnConnectSuccess), PURPLE_CALLBACK (on_connect_success) },
    { OPENIM_NUMBER (EventOnConnectFailed), PURPLE_CALLBACK (on_connect_failed) },
    { OPENIM_NUMBER (EventOnKickedOffline), PURPLE_CALLBACK (on_kicked) },
    { OPENIM_NUMBER (EventOnUserTokenExpired), PURPLE_CALLBACK (on_token_expired) },
    { OPENIM_NUMBER (EventOnUserTokenInvalid), PURPLE_CALLBACK (on_token_invalid) },
    { OPENIM_NUMBER (EventOnSyncServerStart), PURPLE_CALLBACK (on_sync_start) },
    { OPENIM_NUMBER (EventOnSyncServerProgress), PURPLE_CALLBACK (on_sync_progress) },
    { OPENIM_NUMBER (EventOnSyncServerFinish), PURPLE_CALLBACK (on_sync_finish) },
    { OPENIM_NUMBER (EventOnSyncServerFailed), PURPLE_CALLBACK (on_sync_failed) },
    { OPENIM_NUMBER (EventOnSelfInfoUpdated), PURPLE_CALLBACK (on_self_updated) },
  };

  openim_events_connect (plugin, handlers, G_N_ELEMENTS (handlers));
}
