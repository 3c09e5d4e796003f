/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Time and timers. Wall time is for what people see and what the protocol carries; deadlines use the
 * monotonic clock. */

#include <glib.h>

G_BEGIN_DECLS

gint64 openim_clock_now (void);       /* ms since 1970 */
gint64 openim_clock_monotonic (void); /* ms, never jumps */

/* Growing waits with jitter: 1, 2, 4 … 60 s, each ± 50 %. Not a timer itself. */
typedef struct {
  guint attempt;
  GRand *rand;
} OpenimBackoff;

void openim_backoff_init (OpenimBackoff *backoff, guint32 seed);
guint openim_backoff_next (OpenimBackoff *backoff); /* ms to wait before the next attempt */
void openim_backoff_reset (OpenimBackoff *backoff);
void openim_backoff_clear (OpenimBackoff *backoff);

G_END_DECLS
