/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

void
bench_fail (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_printerr ("openim-bench: %s\n", text);
  exit (1);
}

static gboolean
on_deadline (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

void
bench_wait (BenchCondition holds, gpointer data, guint seconds, const char *what)
{
  gboolean over = FALSE;
  guint timer = g_timeout_add_seconds (seconds, on_deadline, &over);

  while (!holds (data) && !over)
    g_main_context_iteration (NULL, TRUE);
  if (over)
    bench_fail ("%s takes more than %u s", what, seconds);
  g_source_remove (timer);
}

static gboolean
is_set (gpointer flag)
{
  return *(const gboolean *) flag;
}

void
bench_wait_flag (const gboolean *flag, guint seconds, const char *what)
{
  bench_wait (is_set, (gpointer) flag, seconds, what);
}

void
bench_rest (guint ms)
{
  gboolean over = FALSE;
  guint timer = g_timeout_add (ms, on_deadline, &over);

  while (!over)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timer);
}

void
bench_ready (void)
{
  puts ("ready");
  fflush (stdout);
}

char *
bench_text_new (guint n)
{
  char *text = g_strdup_printf ("%08u at %" G_GINT64_FORMAT " ", n, g_get_monotonic_time ());
  gsize length = strlen (text);

  text = g_realloc (text, BENCH_TEXT_LENGTH + 1);
  memset (text + length, 'x', BENCH_TEXT_LENGTH - length);
  text[BENCH_TEXT_LENGTH] = '\0';
  return text;
}

gint64
bench_text_age (const char *text, gsize length)
{
  const char *mark = memmem (text, length, " at ", 4);

  return mark != NULL ? g_get_monotonic_time () - g_ascii_strtoll (mark + 4, NULL, 10) : -1;
}

static BenchWork
find_work (const char *name)
{
  const BenchRow *const tables[] = { bench_sdk_works, bench_store_works, bench_file_works, bench_bare_works };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const BenchRow *row = tables[i]; row->name != NULL; row++)
      if (g_strcmp0 (row->name, name) == 0)
        return row->work;
  return NULL;
}

static char *
describe (void)
{
  const BenchRow *const tables[] = { bench_sdk_works, bench_store_works, bench_file_works, bench_bare_works };
  GString *text = g_string_new ("Works:\n");

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const BenchRow *row = tables[i]; row->name != NULL; row++)
      g_string_append_printf (text, "  %-14s %s\n", row->name, row->help);
  return g_string_free (text, FALSE);
}

int
main (int argc, char **argv)
{
  Bench bench = { .count = 1, .chats = 1, .each = 1 };
  const GOptionEntry entries[] = {
    { "api", 0, 0, G_OPTION_ARG_STRING, &bench.api, "The server's API", "URL" },
    { "ws", 0, 0, G_OPTION_ARG_STRING, &bench.ws, "The server's gateway", "URL" },
    { "user", 0, 0, G_OPTION_ARG_STRING, &bench.user, "Who one is", "ID" },
    { "token", 0, 0, G_OPTION_ARG_STRING, &bench.token, "The proof of it", "TOKEN" },
    { "dir", 0, 0, G_OPTION_ARG_FILENAME, &bench.dir, "Where files are", "FOLDER" },
    { "count", 0, 0, G_OPTION_ARG_INT, &bench.count, "How many", "N" },
    { "chats", 0, 0, G_OPTION_ARG_INT, &bench.chats, "In so many conversations", "N" },
    { "each", 0, 0, G_OPTION_ARG_INT, &bench.each, "So many of each, or a page", "N" },
    { "pace", 0, 0, G_OPTION_ARG_INT, &bench.pace, "Time between two", "MS" },
    { "quiet", 0, 0, G_OPTION_ARG_INT, &bench.quiet, "Rest before the last figures", "S" },
    { "still", 0, 0, G_OPTION_ARG_NONE, &bench.still, "No ticker", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("WORK - does one piece of work and says what it costs");
  g_autofree char *works = describe ();
  g_autoptr (GError) error = NULL;
  BenchWork work;

  setlocale (LC_ALL, "");
  g_log_writer_default_set_use_stderr (TRUE); /* standard output is for the figures */
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_description (context, works);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    bench_fail ("%s", error->message);
  work = argc == 2 ? find_work (argv[1]) : NULL;
  if (work == NULL)
    bench_fail ("which work? See --help.");

  work (&bench);

  g_free (bench.api);
  g_free (bench.ws);
  g_free (bench.user);
  g_free (bench.token);
  g_free (bench.dir);
  return 0;
}
