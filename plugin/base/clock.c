/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

/* Attempts after which the wait no longer grows: 2^6 s is more than the longest. */
#define GROWING_ATTEMPTS 6
#define LONGEST_WAIT 60000

gint64
openim_clock_now (void)
{
  return g_get_real_time () / 1000;
}

gint64
openim_clock_monotonic (void)
{
  return g_get_monotonic_time () / 1000;
}

void
openim_backoff_init (OpenimBackoff *backoff, guint32 seed)
{
  backoff->attempt = 0;
  backoff->rand = g_rand_new_with_seed (seed);
}

guint
openim_backoff_next (OpenimBackoff *backoff)
{
  guint wait = MIN (1000u << backoff->attempt, LONGEST_WAIT);

  if (backoff->attempt < GROWING_ATTEMPTS)
    backoff->attempt++;
  /* Many clients that lost one server must not come back in step. */
  return (guint) g_rand_int_range (backoff->rand, (gint32) (wait / 2), (gint32) (wait + wait / 2 + 1));
}

void
openim_backoff_reset (OpenimBackoff *backoff)
{
  backoff->attempt = 0;
}

void
openim_backoff_clear (OpenimBackoff *backoff)
{
  g_clear_pointer (&backoff->rand, g_rand_free);
}
