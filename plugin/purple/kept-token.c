/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/kept-token.h"

#include <errno.h>

#include <glib/gstdio.h>

#include "base/log.h"
#include "purple/connection.h"
#include "purple/journal.h"
#include "sdk/account.h"

static char *
get_path (const OpenimOptions *options)
{
  return openim_journal_get_path (options->data_dir, options->chat_server, options->name, "token");
}

char *
openim_kept_token_read (const OpenimOptions *options, char **user_id)
{
  g_autofree char *path = get_path (options);
  g_autofree char *token = NULL;
  int platform = 0;

  if (!g_file_get_contents (path, &token, NULL, NULL) ||
      !openim_account_read_token (token, user_id, &platform))
    return NULL;
  if (platform == options->platform)
    return g_steal_pointer (&token);
  g_clear_pointer (user_id, g_free);
  return NULL;
}

void
openim_kept_token_write (const OpenimOptions *options, const char *token)
{
  g_autofree char *path = get_path (options);
  g_autoptr (GError) error = NULL;

  if (!g_file_set_contents_full (path, token, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "the token cannot be kept: %s", error->message);
}

void
openim_kept_token_forget (const OpenimOptions *options)
{
  g_autofree char *path = get_path (options);

  if (g_unlink (path) != 0 && errno != ENOENT)
    openim_log (OPENIM_LOG, OPENIM_LOG_WARNING, "a token cannot be forgotten: %s", g_strerror (errno));
}
