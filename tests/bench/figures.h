/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a piece of work costs this process: CPU time, time, memory, and how long the main loop has stood
 * still. One at a time. Main thread. */

#include <glib.h>

G_BEGIN_DECLS

/* @ticker: a timer of 5 ms sees how long the main loop does not come round. */
void figures_begin (gboolean ticker);
void figures_pause (
    void); /* the work is done; figures_print() may come after a rest, whose CPU time is told apart */
void figures_add (const char *name, double value);
/* The value at 50 % as NAME, at 99 % as NAME_99, the greatest as NAME_max. @values: double; sorted. */
void figures_add_spread (const char *name, GArray *values);
void figures_print (void);

G_END_DECLS
