/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "figures.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define TICK 5 /* ms */

static struct {
  double cpu, wall; /* s: at the beginning, then what they came to */
  double last_tick, last_tick_cpu;
  double stall, stall_cpu; /* ms */
  guint ticker;
  GString *more;
} figures;

static double
clock_s (clockid_t id)
{
  struct timespec now;

  clock_gettime (id, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static double
cpu_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
note_tick (void)
{
  double now = clock_s (CLOCK_MONOTONIC);
  double cpu = clock_s (CLOCK_THREAD_CPUTIME_ID);

  figures.stall = MAX (figures.stall, (now - figures.last_tick) * 1000 - TICK);
  figures.stall_cpu = MAX (figures.stall_cpu, (cpu - figures.last_tick_cpu) * 1000);
  figures.last_tick = now;
  figures.last_tick_cpu = cpu;
}

static gboolean
on_tick (gpointer ignored)
{
  note_tick ();
  return G_SOURCE_CONTINUE;
}

void
figures_begin (gboolean ticker)
{
  figures.more = g_string_new (NULL);
  figures.cpu = cpu_s ();
  figures.wall = clock_s (CLOCK_MONOTONIC);
  if (!ticker)
    return;
  figures.last_tick = figures.wall;
  figures.last_tick_cpu = clock_s (CLOCK_THREAD_CPUTIME_ID);
  figures.ticker = g_timeout_add_full (G_PRIORITY_HIGH, TICK, on_tick, NULL, NULL);
}

void
figures_pause (void)
{
  double begun = figures.cpu;

  if (figures.ticker != 0)
    note_tick ();
  g_clear_handle_id (&figures.ticker, g_source_remove);
  figures.wall = clock_s (CLOCK_MONOTONIC) - figures.wall;
  figures_add ("cpu", cpu_s () - begun);
  figures_add ("wall", figures.wall);
}

void
figures_add (const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (figures.more, "%s\"%s\":%s", figures.more->len > 0 ? "," : "", name,
                          g_ascii_formatd (text, sizeof text, "%.6f", value));
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

void
figures_add_spread (const char *name, GArray *values)
{
  g_autofree char *most = g_strconcat (name, "_max", NULL);
  g_autofree char *nearly = g_strconcat (name, "_99", NULL);

  if (values->len == 0)
    return;
  g_array_sort (values, compare);
  figures_add (name, g_array_index (values, double, values->len / 2));
  figures_add (nearly, g_array_index (values, double, values->len * 99 / 100));
  figures_add (most, g_array_index (values, double, values->len - 1));
}

/* kB */
static double
memory (const char *what)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, what);
  return line != NULL ? g_ascii_strtod (line + strlen (what) + 1, NULL) : 0;
}

void
figures_print (void)
{
  figures_add ("cpu_all", cpu_s () - figures.cpu);
  figures_add ("stall", figures.stall);
  figures_add ("stall_cpu", figures.stall_cpu);
  figures_add ("peak", memory ("VmHWM"));
  figures_add ("rest", memory ("VmRSS"));
  printf ("{%s}\n", figures.more->str);
  fflush (stdout);
  g_string_free (figures.more, TRUE);
}
