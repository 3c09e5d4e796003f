/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How long a sound or a film lasts. GStreamer tells, where its libraries are installed when the program runs;
 * nothing is needed to build this. A thread that may wait, the first time for GStreamer to look around. */

#include <glib.h>

G_BEGIN_DECLS

/* Seconds, at least 1; 0 when that cannot be found out. Takes some seconds at most. */
gint64 openim_duration_read (const char *path);

G_END_DECLS
