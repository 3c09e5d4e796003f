/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "options.h"

#define YES TRUE
#define NO FALSE

/* clang-format off */
static const Behave behaves[] = {
  /*                   strict success refuse pong  kick  twins last  requ. join  send. refu. unread own  quote later notice */
  { "3.8.2",           NO,    YES,    NO,    YES,  YES,  NO,   NO,   NO,   NO,   NO,   NO,   NO,   NO,   NO,   NO,   YES },
  { "3.8.3",           NO,    YES,    NO,    YES,  YES,  NO,   YES,  NO,   NO,   NO,   NO,   NO,   NO,   NO,   NO,   YES },
  { "3.8.3-patch.13",  NO,    NO,     YES,   NO,   NO,   YES,  YES,  YES,  NO,   NO,   NO,   YES,  NO,   YES,  NO,   YES },
  { "3.8.3-patch.16",  YES,   YES,    YES,   NO,   NO,   YES,  YES,  YES,  YES,  NO,   NO,   YES,  NO,   YES,  NO,   YES },
  { "main",            YES,   YES,    YES,   YES,  YES,  YES,  YES,  YES,  NO,   YES,  YES,  YES,  YES,  YES,  YES,  NO  },
};
/* clang-format on */

static const Behave *
behave_named (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (behaves); i++)
    if (g_str_equal (behaves[i].name, name))
      return behaves + i;
  return NULL;
}

void
options_free (Options *options)
{
  if (options) {
    g_free (options->data);
    g_free (options->alter);
    g_strfreev (options->fill);
  }
  g_free (options);
}

Options *
options_parse (int *argc, char ***argv, GError **error)
{
  g_autoptr (Options) options = g_new0 (Options, 1);
  g_autoptr (GOptionContext) context =
      g_option_context_new ("- a small OpenIM server for tests and the demo");
  g_autofree char *behave = NULL;
  const GOptionEntry entries[] = {
    { "api-port", 0, 0, G_OPTION_ARG_INT, &options->api_port, "Port of the HTTP API, 0 for a free one", "N" },
    { "ws-port", 0, 0, G_OPTION_ARG_INT, &options->ws_port, "Port of the gateway", "N" },
    { "chat-port", 0, 0, G_OPTION_ARG_INT, &options->chat_port, "Port of the account server", "N" },
    { "data", 0, 0, G_OPTION_ARG_FILENAME, &options->data, "Keep everything in this file", "FILE" },
    { "demo", 0, 0, G_OPTION_ARG_NONE, &options->demo, "Begin with people, a group and a few messages",
      NULL },
    { "fill", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->fill,
      "Begin with so much of it: friends=N, members=N, chats=NxM", "WHAT" },
    { "behave", 0, 0, G_OPTION_ARG_STRING, &behave,
      "Pass for 3.8.2, 3.8.3, 3.8.3-patch.13, 3.8.3-patch.16 or main", "VERSION" },
    { "token-lifetime", 0, 0, G_OPTION_ARG_INT, &options->token_lifetime,
      "Tokens expire after so many seconds", "S" },
    { "alter", 0, 0, G_OPTION_ARG_STRING, &options->alter,
      "Change messages while they are sent, as an operator's callback can", "OLD=NEW" },
    { "slow-parts", 0, 0, G_OPTION_ARG_NONE, &options->slow_parts,
      "The storage takes 1 MB a second of each part of a file", NULL },
    { "fail-part", 0, 0, G_OPTION_ARG_INT, &options->fail_part, "The storage refuses part N of every file",
      "N" },
    { "expire-urls", 0, 0, G_OPTION_ARG_NONE, &options->expire_urls,
      "What is signed for the storage is good for one second", NULL },
    { NULL },
  };

  options->token_lifetime = 90 * 24 * 3600;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return NULL;
  options->behave = behave_named (behave ? behave : "3.8.3-patch.16");
  if (!options->behave) {
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "unknown version: %s", behave);
    return NULL;
  }
  return g_steal_pointer (&options);
}
