/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A disk under SQLite that fails when it is told to. Any thread. */

#include <glib.h>

G_BEGIN_DECLS

/* From now on every file that SQLite opens lies on it. */
void bad_disk_install (void);

/* The @after-th step from now (from 1: reading, writing, syncing, truncating, opening) fails with @code, an
 * SQLITE_ code; and if @for_good all of its kind behind it. 0: none does. */
void bad_disk_fail (guint after, int code, gboolean for_good);
/* Steps since then, and whether one has failed. */
guint bad_disk_steps (gboolean *failed);

G_END_DECLS
