/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The log of all floors, in libpurple's debug window. Nothing secret is in it (base/log.h sees to that). */

#include <purple.h>

G_BEGIN_DECLS

/* In the plugin's load and unload. The handle is kept in the plugin's own field. */
void openim_trace_start (PurplePlugin *plugin);
void openim_trace_stop (PurplePlugin *plugin);

G_END_DECLS
