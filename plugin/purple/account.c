/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/account.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/gate.h"
#include "base/types.h"
#include "sdk/account.h"

enum {
#define OPENIM_OPTION(kind, symbol, key, label, value) OPTION_##symbol,
#include "purple/options.def"
#undef OPENIM_OPTION
  N_OPTIONS
};

typedef enum { KIND_STRING, KIND_SECRET, KIND_LIST } OptionKind;

static const struct {
  OptionKind kind;
  const char *key;
  const char *label;
  const char *value; /* default */
} option_rows[N_OPTIONS] = {
#define OPENIM_OPTION(kind, symbol, key, label, value) [OPTION_##symbol] = { KIND_##kind, key, label, value },
#include "purple/options.def"
#undef OPENIM_OPTION
};

/* The first is the default. */
static const struct {
  const char *name;
  const char *label;
  int platform;
} platforms[] = {
  { "linux", N_ ("Linux"), OPENIM__SDK__COMMON__PLATFORM__Linux },
  { "windows", N_ ("Windows"), OPENIM__SDK__COMMON__PLATFORM__Windows },
  { "macos", N_ ("macOS"), OPENIM__SDK__COMMON__PLATFORM__macOS },
  { "web", N_ ("Web browser"), OPENIM__SDK__COMMON__PLATFORM__Web },
  { "android", N_ ("Android"), OPENIM__SDK__COMMON__PLATFORM__Android },
  { "ios", N_ ("iPhone"), OPENIM__SDK__COMMON__PLATFORM__iOS },
  { "ipad", N_ ("iPad"), OPENIM__SDK__COMMON__PLATFORM__iPad },
};

static GList *
platform_choices (void)
{
  GList *choices = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (platforms); i++) {
    PurpleKeyValuePair *pair = g_new0 (PurpleKeyValuePair, 1);

    pair->key = g_strdup (_ (platforms[i].label));
    pair->value = g_strdup (platforms[i].name);
    choices = g_list_append (choices, pair);
  }
  return choices;
}

GList *
openim_options_list (void)
{
  GList *list = NULL;

  for (guint i = 0; i < N_OPTIONS; i++) {
    PurpleAccountOption *option = NULL;

    if (option_rows[i].kind == KIND_LIST)
      option =
          purple_account_option_list_new (_ (option_rows[i].label), option_rows[i].key, platform_choices ());
    else
      option = purple_account_option_string_new (_ (option_rows[i].label), option_rows[i].key,
                                                 option_rows[i].value);
    if (option_rows[i].kind == KIND_SECRET)
      purple_account_option_set_masked (option, TRUE);
    list = g_list_append (list, option);
  }
  return list;
}

static char *
read_option (PurpleAccount *account, guint option)
{
  return g_strstrip (
      g_strdup (purple_account_get_string (account, option_rows[option].key, option_rows[option].value)));
}

/* (nullable) An address with nothing in it but scheme, host, port and path; NULL and an error for others. */
static char *
read_address (PurpleAccount *account, guint option, const char *plain, const char *secure, GError **error)
{
  g_autofree char *text = read_option (account, option);
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      (g_strcmp0 (g_uri_get_scheme (uri), plain) != 0 && g_strcmp0 (g_uri_get_scheme (uri), secure) != 0)) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                 /* TRANSLATORS: the label of an option, what the person typed there, an example */
                 _ ("%s: “%s” is not an address such as %s."), _ (option_rows[option].label), text,
                 option_rows[option].value);
    return NULL;
  }
  while (g_str_has_suffix (text, "/"))
    text[strlen (text) - 1] = '\0';
  return g_steal_pointer (&text);
}

static int
read_platform (PurpleAccount *account)
{
  g_autofree char *name = read_option (account, OPTION_PLATFORM);

  for (guint i = 0; i < G_N_ELEMENTS (platforms); i++)
    if (g_ascii_strcasecmp (platforms[i].name, name) == 0)
      return platforms[i].platform;
  return platforms[0].platform;
}

OpenimOptions *
openim_options_read (PurpleAccount *account, GError **error)
{
  g_autoptr (OpenimOptions) options = g_new0 (OpenimOptions, 1);
  g_autofree char *token = read_option (account, OPTION_TOKEN);
  g_autofree char *chat_server = read_option (account, OPTION_CHAT_SERVER);
  const char *password = purple_account_get_password (account);

  options->name = g_strstrip (g_strdup (purple_account_get_username (account)));
  options->platform = read_platform (account);
  options->api = read_address (account, OPTION_API, "http", "https", error);
  if (options->api == NULL)
    return NULL;
  options->gateway = read_address (account, OPTION_GATEWAY, "ws", "wss", error);
  if (options->gateway == NULL)
    return NULL;
  options->data_dir = g_build_filename (purple_user_dir (), "openim", NULL);

  /* A token may stand in the password field too: bitlbee keeps that one encrypted. */
  if (*token != '\0') {
    if (!openim_account_read_token (token, &options->user_id, &options->platform)) {
      g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                           _ ("The token in the account’s settings is not one that an OpenIM server made."));
      return NULL;
    }
    options->token = g_steal_pointer (&token);
    return g_steal_pointer (&options);
  }
  if (password != NULL && openim_account_read_token (password, &options->user_id, &options->platform)) {
    options->token = g_strdup (password);
    return g_steal_pointer (&options);
  }
  if (*chat_server == '\0') {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                         _ ("Without the address of a chat server only a token lets you in. "
                            "Enter one of the two in the account’s settings."));
    return NULL;
  }
  options->chat_server = read_address (account, OPTION_CHAT_SERVER, "http", "https", error);
  if (options->chat_server == NULL)
    return NULL;
  options->password = g_strdup (password);
  return g_steal_pointer (&options);
}

void
openim_options_free (OpenimOptions *options)
{
  if (options == NULL)
    return;
  g_free (options->name);
  g_free (options->api);
  g_free (options->gateway);
  g_free (options->chat_server);
  g_free (options->password);
  g_free (options->token);
  g_free (options->user_id);
  g_free (options->data_dir);
  g_free (options);
}

GProxyResolver *
openim_options_proxy (PurpleAccount *account)
{
  static const struct {
    PurpleProxyType type;
    const char *scheme;
  } schemes[] = {
    { PURPLE_PROXY_HTTP, "http" },
    { PURPLE_PROXY_SOCKS4, "socks4" },
    { PURPLE_PROXY_SOCKS5, "socks5" },
    { PURPLE_PROXY_TOR, "socks5" },
  };
  PurpleProxyInfo *info = purple_proxy_get_setup (account);
  const char *user = NULL;
  g_autofree char *uri = NULL;

  if (info == NULL || purple_proxy_info_get_type (info) == PURPLE_PROXY_USE_ENVVAR)
    return NULL;
  user = purple_proxy_info_get_username (info);
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (purple_proxy_info_get_type (info) == schemes[i].type)
      uri = g_uri_join_with_user (
          G_URI_FLAGS_NONE, schemes[i].scheme, user != NULL && *user != '\0' ? user : NULL,
          user != NULL && *user != '\0' ? purple_proxy_info_get_password (info) : NULL, NULL,
          purple_proxy_info_get_host (info), purple_proxy_info_get_port (info), "", NULL, NULL);
  return g_simple_proxy_resolver_new (uri != NULL ? uri : "direct://", NULL);
}
