/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/account.h"

#include <stdlib.h>
#include <string.h>

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "base/gate.h"
#include "base/types.h"
#include "purple/host.h"
#include "sdk/account.h"

typedef enum { KIND_STRING, KIND_SECRET, KIND_LIST, KIND_BOOL, KIND_INT } OptionKind;

static const struct {
  OptionKind kind;
  const char *key;
  const char *label;
  const char *value; /* default, or "in windows|as bare text" */
} option_rows[OPENIM_N_OPTIONS] = {
#define OPENIM_OPTION(kind, symbol, key, label, value)                                                       \
  [OPENIM_OPTION_##symbol] = { KIND_##kind, key, label, value },
#include "purple/options.def"
#undef OPENIM_OPTION
};

/* Of the LISTs; a default is one of them. */
static const struct {
  OpenimOption option;
  const char *name;
  const char *label;
} choices[] = {
  { OPENIM_OPTION_PLATFORM, "linux", N_ ("Linux") },
  { OPENIM_OPTION_PLATFORM, "windows", N_ ("Windows") },
  { OPENIM_OPTION_PLATFORM, "macos", N_ ("macOS") },
  { OPENIM_OPTION_PLATFORM, "web", N_ ("Web browser") },
  { OPENIM_OPTION_PLATFORM, "android", N_ ("Android") },
  { OPENIM_OPTION_PLATFORM, "ios", N_ ("iPhone") },
  { OPENIM_OPTION_PLATFORM, "ipad", N_ ("iPad") },
  { OPENIM_OPTION_READ_MARKS, "at-once", N_ ("as soon as it is shown") },
  { OPENIM_OPTION_READ_MARKS, "focus", N_ ("when I look at its window") },
  { OPENIM_OPTION_READ_MARKS, "answer", N_ ("when I answer") },
  { OPENIM_OPTION_READ_MARKS, "never", N_ ("never") },
  { OPENIM_OPTION_RECEIPTS, "off", N_ ("no") },
  { OPENIM_OPTION_RECEIPTS, "last", N_ ("when the last line is mine") },
  { OPENIM_OPTION_RECEIPTS, "always", N_ ("always") },
};

static const struct {
  const char *name;
  int platform;
} platforms[] = {
  { "linux", OPENIM__SDK__COMMON__PLATFORM__Linux },
  { "windows", OPENIM__SDK__COMMON__PLATFORM__Windows },
  { "macos", OPENIM__SDK__COMMON__PLATFORM__macOS },
  { "web", OPENIM__SDK__COMMON__PLATFORM__Web },
  { "android", OPENIM__SDK__COMMON__PLATFORM__Android },
  { "ios", OPENIM__SDK__COMMON__PLATFORM__iOS },
  { "ipad", OPENIM__SDK__COMMON__PLATFORM__iPad },
};

/* The default in this host. (transfer full) */
static char *
get_default (OpenimOption option)
{
  g_auto (GStrv) values = g_strsplit (option_rows[option].value, "|", 2);

  return g_strdup (values[0] != NULL && values[1] != NULL && !openim_host_has_windows () ? values[1]
                   : values[0] != NULL                                                   ? values[0]
                                                                                         : "");
}

/* libpurple takes the first for the default. */
static GList *
list_choices (OpenimOption option)
{
  g_autofree char *first = get_default (option);
  GList *list = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++) {
    PurpleKeyValuePair *pair = NULL;

    if (choices[i].option != option)
      continue;
    pair = g_new0 (PurpleKeyValuePair, 1);
    pair->key = g_strdup (_ (choices[i].label));
    pair->value = g_strdup (choices[i].name);
    list = g_str_equal (choices[i].name, first) ? g_list_prepend (list, pair) : g_list_append (list, pair);
  }
  return list;
}

static PurpleAccountOption *
option_new (OpenimOption option)
{
  const char *label = _ (option_rows[option].label);
  const char *key = option_rows[option].key;
  g_autofree char *value = get_default (option);
  PurpleAccountOption *made = NULL;

  switch (option_rows[option].kind) {
  case KIND_LIST:
    return purple_account_option_list_new (label, key, list_choices (option));
  case KIND_BOOL:
    return purple_account_option_bool_new (label, key, g_str_equal (value, "yes"));
  case KIND_INT:
    return purple_account_option_int_new (label, key, atoi (value));
  case KIND_SECRET:
  case KIND_STRING:
  default:
    made = purple_account_option_string_new (label, key, value);
    purple_account_option_set_masked (made, option_rows[option].kind == KIND_SECRET);
    return made;
  }
}

GList *
openim_options_list (void)
{
  GList *list = NULL;

  for (guint i = 0; i < OPENIM_N_OPTIONS; i++)
    list = g_list_append (list, option_new (i));
  return list;
}

gboolean
openim_option_is (PurpleAccount *account, OpenimOption option, const char *choice)
{
  g_autofree char *value = get_default (option);

  return g_ascii_strcasecmp (purple_account_get_string (account, option_rows[option].key, value), choice) ==
         0;
}

gboolean
openim_option_get_bool (PurpleAccount *account, OpenimOption option)
{
  g_autofree char *value = get_default (option);

  return purple_account_get_bool (account, option_rows[option].key, g_str_equal (value, "yes"));
}

guint
openim_option_get_number (PurpleAccount *account, OpenimOption option, guint most)
{
  g_autofree char *value = get_default (option);

  return (guint) CLAMP (purple_account_get_int (account, option_rows[option].key, atoi (value)), 0,
                        (int) most);
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
  g_autofree char *name = read_option (account, OPENIM_OPTION_PLATFORM);

  for (guint i = 0; i < G_N_ELEMENTS (platforms); i++)
    if (g_ascii_strcasecmp (platforms[i].name, name) == 0)
      return platforms[i].platform;
  return platforms[0].platform;
}

OpenimOptions *
openim_options_read (PurpleAccount *account, GError **error)
{
  g_autoptr (OpenimOptions) options = g_new0 (OpenimOptions, 1);
  g_autofree char *token = read_option (account, OPENIM_OPTION_TOKEN);
  g_autofree char *chat_server = read_option (account, OPENIM_OPTION_CHAT_SERVER);
  const char *password = purple_account_get_password (account);

  options->name = g_strstrip (g_strdup (purple_account_get_username (account)));
  options->platform = read_platform (account);
  options->api = read_address (account, OPENIM_OPTION_API, "http", "https", error);
  if (options->api == NULL)
    return NULL;
  options->gateway = read_address (account, OPENIM_OPTION_GATEWAY, "ws", "wss", error);
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
  options->chat_server = read_address (account, OPENIM_OPTION_CHAT_SERVER, "http", "https", error);
  if (options->chat_server == NULL)
    return NULL;
  options->password = g_strdup (password);
  options->code = read_option (account, OPENIM_OPTION_CODE);
  if (*options->code == '\0')
    g_clear_pointer (&options->code, g_free);
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
  g_free (options->code);
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
