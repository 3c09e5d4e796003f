/* SPDX-License-Identifier: GPL-3.0-or-later */

/* openim-trial: runs the script (trial.h) once for each of its arguments, "WAY:N": a way in which bytes go,
 * and after how many of them the network is cut, or "kill" and the step after which the program is killed; N
 * 0: nothing happens. Prints a line of JSON for each before it begins, and one more with what it has seen;
 * ends with 1 at the first that does not end as it should. The script drive.py asks for all of them. */

#include <signal.h>
#include <stdio.h>

#include "trial.h"

static const struct {
  const char *name;
  const char *rule; /* NULL: a kill */
} ways[] = {
  { "ws-down", "ws cut-once" },
  { "ws-up", "ws cut-once-up" },
  { "api-down", "api cut-once" },
  { "api-up", "api cut-once-up" },
  { "kill", NULL },
};

static int
find_way (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (g_strcmp0 (ways[i].name, name) == 0)
      return (int) i;
  return -1;
}

static void
run_one (Server *server, int way, const char *shim, gint64 number, guint count)
{
  g_autofree char *rule = NULL;
  Trouble trouble = { .number = count };
  gint64 begun = g_get_monotonic_time ();
  Sight sight;

  printf ("{\"way\":\"%s\",\"at\":%" G_GINT64_FORMAT "}\n", ways[way].name, number);
  fflush (stdout);
  if (ways[way].rule == NULL) {
    trouble.shim = shim;
    trouble.kill_at = (guint64) number;
  } else if (number > 0) {
    rule = g_strdup_printf ("%s %" G_GINT64_FORMAT, ways[way].rule, number);
    trouble.rule = rule;
  }
  trial_run (server, &trouble, &sight);
  printf ("{\"way\":\"%s\",\"at\":%" G_GINT64_FORMAT ",\"ms\":%" G_GINT64_FORMAT
          ",\"doors\":%u,\"resent\":%u,"
          "\"kill\":%" G_GUINT64_FORMAT ",\"api-up\":%" G_GINT64_FORMAT ",\"api-down\":%" G_GINT64_FORMAT
          ",\"ws-up\":%" G_GINT64_FORMAT ",\"ws-down\":%" G_GINT64_FORMAT "}\n",
          ways[way].name, number, (g_get_monotonic_time () - begun) / 1000, sight.doors, sight.resent,
          sight.steps, sight.up[0], sight.down[0], sight.up[1], sight.down[1]);
  fflush (stdout);
}

int
main (int argc, char **argv)
{
  g_autofree char *shim = NULL;
  const GOptionEntry entries[] = {
    { "shim", 0, 0, G_OPTION_ARG_FILENAME, &shim, "what counts the steps and kills", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("WAY:N… - breaks off a script of messages");
  g_autoptr (GError) error = NULL;
  Server *server;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("openim-trial: %s\n", error->message);
    return 2;
  }
  signal (SIGPIPE, SIG_IGN);
  server = server_start (NULL, FALSE);
  for (int i = 1; i < argc; i++) {
    g_auto (GStrv) words = g_strsplit (argv[i], ":", 2);
    int way = find_way (words[0]);
    gint64 number;

    if (way < 0 || words[1] == NULL ||
        !g_ascii_string_to_signed (words[1], 10, 0, G_MAXINT64, &number, NULL)) {
      g_printerr ("openim-trial: “%s” is not WAY:N\n", argv[i]);
      return 2;
    }
    run_one (server, way, shim, number, (guint) i);
  }
  server_stop (server);
  return 0;
}
