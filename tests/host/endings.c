/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui.h"

#include <string.h>

/* What may happen to a plugin at any moment: --end ACTION@TURN does it in that turn of the main loop, counted
 * from the first login, lets the program go on for a while, so that what was left behind runs, and ends it in
 * good order. */

#define SETTLE_MS 400
#define SETTLE_LONG_MS 1500

static struct {
  const struct Action *action; /* NULL: nothing of the kind, or done */
  guint turn;
} ending;

static void
disconnect (PurpleAccount *account)
{
  purple_account_disconnect (account);
}

static void
disable (PurpleAccount *account)
{
  purple_account_set_enabled (account, ui.persona->ui_id, FALSE);
}

static void
reconnect (PurpleAccount *account)
{
  purple_account_disconnect (account);
  purple_account_connect (account);
}

static const struct Action {
  const char *name;
  void (*run) (PurpleAccount *account); /* NULL: the program ends at once */
  guint settle_ms;
} actions[] = {
  { "disconnect", disconnect, SETTLE_MS },
  { "disable", disable, SETTLE_MS },
  { "reconnect", reconnect, SETTLE_LONG_MS },
  { "quit", NULL, 0 },
};

static gboolean
on_settled (gpointer data)
{
  g_main_loop_quit (ui.loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_turn (gpointer data)
{
  const struct Action *action = data;
  GList *connections = g_list_copy (purple_connections_get_all ());

  for (GList *l = connections; l != NULL && action->run != NULL; l = l->next)
    if (g_list_find (purple_connections_get_all (), l->data) != NULL)
      action->run (purple_connection_get_account (l->data));
  g_list_free (connections);
  g_timeout_add (action->settle_ms, on_settled, NULL);
  return G_SOURCE_REMOVE;
}

gboolean
ui_ending_plan (const char *words)
{
  const char *at = strchr (words, '@');

  for (guint i = 0; at != NULL && i < G_N_ELEMENTS (actions); i++)
    if (strlen (actions[i].name) == (gsize) (at - words) && g_str_has_prefix (words, actions[i].name)) {
      ending.action = &actions[i];
      ending.turn = (guint) g_ascii_strtoull (at + 1, NULL, 10);
    }
  return ending.action != NULL && ending.turn > 0;
}

void
ui_ending_count (void)
{
  if (ending.action == NULL || purple_connections_get_all () == NULL || --ending.turn > 0)
    return;
  g_idle_add_full (G_PRIORITY_HIGH, on_turn, (gpointer) ending.action, NULL);
  ending.action = NULL;
}
