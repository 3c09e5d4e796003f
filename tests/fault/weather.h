/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How the network changes by itself: by a script that says what happens when, or in a storm, in which one
 * thing after the other goes wrong for a while. The same seed makes the same storm. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Weather Weather;

/* @obey: does what a line of standard input would do; FALSE when it makes no sense. */
typedef gboolean (*WeatherObey) (gpointer data, const char *line);

Weather *weather_new (guint32 seed, WeatherObey obey, gpointer data);
void weather_free (Weather *weather);

/* Lines "MS WHAT": so long after the start. Empty ones, and what begins with "#", say nothing. */
gboolean weather_play (Weather *weather, const char *script, GError **error);

/* On average something happens every @ms; 0: the storm is over, and so is what it has done. */
void weather_storm (Weather *weather, guint ms);

G_END_DECLS
