/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "weather.h"

/* What a storm does, how often as against the rest, and for how long. */
typedef struct {
  guint weight;
  const char *begin;
  const char *end; /* (nullable) */
  guint ms;        /* at most */
} Squall;

static const Squall squalls[] = {
  { 4, "close", NULL, 0 },
  { 4, "reset", NULL, 0 },
  { 3, "cut-frame 300", "cut-frame 0", 400 },
  { 2, "cut-body 500", "cut-body 0", 400 },
  { 2, "cut-text 500", "cut-text 0", 400 },
  { 2, "half-open 1", "half-open 0", 300 },
  { 1, "black-hole 1", "black-hole 0", 300 },
  { 2, "refuse 1", "refuse 0", 700 },
  { 3, "duplicate 300", "duplicate 0", 1000 },
  { 3, "reorder 300", "reorder 0", 1000 },
  { 2, "jitter 40", "jitter 0", 1000 },
  { 2, "latency 60", "latency 0", 1000 },
  { 2, "piece 3", "piece 0", 400 },
  { 2, "rate 40000", "rate 0", 600 },
  { 2, "read-rate 40000", "read-rate 0", 600 },
};

/* Something that will happen. */
typedef struct {
  Weather *weather;
  char *line;
  guint timer;
} Turn;

struct _Weather {
  GRand *rand;
  WeatherObey obey;
  gpointer data;
  guint storm; /* ms */
  guint timer;
  GPtrArray *turns;
};

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  g_clear_handle_id (&turn->timer, g_source_remove);
  g_free (turn->line);
  g_free (turn);
}

Weather *
weather_new (guint32 seed, WeatherObey obey, gpointer data)
{
  Weather *weather = g_new0 (Weather, 1);

  weather->rand = g_rand_new_with_seed (seed);
  weather->obey = obey;
  weather->data = data;
  weather->turns = g_ptr_array_new_with_free_func (turn_free);
  return weather;
}

void
weather_free (Weather *weather)
{
  g_clear_handle_id (&weather->timer, g_source_remove);
  g_ptr_array_unref (weather->turns);
  g_rand_free (weather->rand);
  g_free (weather);
}

static gboolean
on_turn (gpointer data)
{
  Turn *turn = data;
  Weather *weather = turn->weather;

  turn->timer = 0;
  weather->obey (weather->data, turn->line);
  g_ptr_array_remove_fast (weather->turns, turn);
  return G_SOURCE_REMOVE;
}

static void
add_turn (Weather *weather, guint ms, const char *line)
{
  Turn *turn = g_new0 (Turn, 1);

  turn->weather = weather;
  turn->line = g_strdup (line);
  turn->timer = g_timeout_add (ms, on_turn, turn);
  g_ptr_array_add (weather->turns, turn);
}

gboolean
weather_play (Weather *weather, const char *script, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (script, "\n", -1);

  for (char **line = lines; *line != NULL; line++) {
    char *rest = NULL;
    guint64 ms = g_ascii_strtoull (g_strstrip (*line), &rest, 10);

    if (**line == '\0' || **line == '#')
      continue;
    if (rest == *line || *rest != ' ' || ms > G_MAXINT) {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "“%s” is not MS WHAT", *line);
      return FALSE;
    }
    add_turn (weather, (guint) ms, g_strstrip (rest));
  }
  return TRUE;
}

static const Squall *
choose (Weather *weather)
{
  guint sum = 0, chosen;

  for (guint i = 0; i < G_N_ELEMENTS (squalls); i++)
    sum += squalls[i].weight;
  chosen = (guint) g_rand_int_range (weather->rand, 0, (gint32) sum);
  for (guint i = 0;; i++) {
    if (chosen < squalls[i].weight)
      return &squalls[i];
    chosen -= squalls[i].weight;
  }
}

static gboolean on_squall (gpointer data);

static void
wait_for_squall (Weather *weather)
{
  weather->timer = g_timeout_add ((guint) g_rand_int_range (weather->rand, 1, (gint32) weather->storm * 2),
                                  on_squall, weather);
}

static gboolean
on_squall (gpointer data)
{
  Weather *weather = data;
  const Squall *squall = choose (weather);

  weather->timer = 0;
  weather->obey (weather->data, squall->begin);
  if (squall->end != NULL)
    add_turn (weather, (guint) g_rand_int_range (weather->rand, 1, (gint32) squall->ms), squall->end);
  wait_for_squall (weather);
  return G_SOURCE_REMOVE;
}

void
weather_storm (Weather *weather, guint ms)
{
  g_clear_handle_id (&weather->timer, g_source_remove);
  weather->storm = ms;
  if (ms > 0) {
    wait_for_squall (weather);
    return;
  }
  g_ptr_array_set_size (weather->turns, 0);
  for (guint i = 0; i < G_N_ELEMENTS (squalls); i++)
    if (squalls[i].end != NULL)
      weather->obey (weather->data, squalls[i].end);
}
