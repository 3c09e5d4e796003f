/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "words.h"

#include "bench.h"

#define FIRST_HAN 0x4e00
#define HANS 3000

static gunichar
han (GRand *rand)
{
  double x = g_rand_double (rand);

  return FIRST_HAN + (gunichar) (x * x * x * HANS);
}

char *
words_text (GRand *rand, guint i)
{
  static const char letters[] = "etaoinshrdlucmfwypvbgkjqxz ETAOINSHRDLU0123456789";
  GString *text = g_string_sized_new (BENCH_TEXT_LENGTH * 3);

  for (guint k = 0; k < BENCH_TEXT_LENGTH; k++)
    if (i % 2 == 0)
      g_string_append_c (text, letters[g_rand_int_range (rand, 0, sizeof letters - 1)]);
    else
      g_string_append_unichar (text, han (rand));
  return g_string_free (text, FALSE);
}

char *
words_word (GRand *rand)
{
  GString *text = g_string_new (NULL);

  g_string_append_unichar (text, han (rand));
  g_string_append_unichar (text, han (rand));
  return g_string_free (text, FALSE);
}

gint64
words_time (guint i)
{
  return G_GINT64_CONSTANT (1795414137000) + (gint64) i * 1000;
}
