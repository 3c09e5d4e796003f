/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

static void
test_now (void)
{
  gint64 seconds = g_get_real_time () / G_USEC_PER_SEC;
  gint64 before = openim_clock_monotonic ();

  g_assert_cmpint (ABS (openim_clock_now () / 1000 - seconds), <=, 5);
  g_assert_cmpint (openim_clock_monotonic (), >=, before);
  g_assert_cmpint (openim_clock_monotonic () - before, <, 5000);
}

static void
test_backoff_bounds (void)
{
  static const guint seconds[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60, 60 };

  for (guint32 seed = 0; seed < 200; seed++) {
    OpenimBackoff backoff;
    openim_backoff_init (&backoff, seed);
    for (gsize i = 0; i < G_N_ELEMENTS (seconds); i++) {
      guint wait = openim_backoff_next (&backoff);
      g_assert_cmpuint (wait, >=, seconds[i] * 500);
      g_assert_cmpuint (wait, <=, seconds[i] * 1500);
    }
    openim_backoff_clear (&backoff);
  }
}

static void
test_backoff_lasts (void)
{
  OpenimBackoff backoff;

  openim_backoff_init (&backoff, 1);
  for (guint i = 0; i < 100000; i++)
    g_assert_cmpuint (openim_backoff_next (&backoff), <=, 90000);
  openim_backoff_reset (&backoff);
  g_assert_cmpuint (openim_backoff_next (&backoff), <=, 1500);
  openim_backoff_clear (&backoff);
}

static void
test_backoff_spreads (void)
{
  guint early = 0;

  /* A thousand clients: none of the three thirds of the span stays empty. */
  guint thirds[3] = { 0 };
  for (guint32 seed = 0; seed < 1000; seed++) {
    OpenimBackoff backoff;
    openim_backoff_init (&backoff, seed);
    guint wait = openim_backoff_next (&backoff);
    thirds[MIN ((wait - 500) * 3 / 1001, 2)]++;
    early += wait < 1000;
    openim_backoff_clear (&backoff);
  }
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (thirds[i], >, 200);
  g_assert_cmpuint (early, >, 300);
  g_assert_cmpuint (early, <, 700);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/now", test_now);
  g_test_add_func ("/clock/backoff/bounds", test_backoff_bounds);
  g_test_add_func ("/clock/backoff/lasts", test_backoff_lasts);
  g_test_add_func ("/clock/backoff/spreads", test_backoff_spreads);
  return g_test_run ();
}
