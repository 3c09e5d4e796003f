/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A store without a thread and without a file, in place of that of plugin/store: jobs run in turns of the
 * main loop, on a database in memory, in an order that chance decides within what the real one promises. So a
 * history is cheap, and the same for the same seed. */

#include "store/store.h"

/* Empty. (transfer full). @rand must outlive it. One at a time; the database behind it is used again. */
OpenimStore *near_store_new (GRand *rand);
/* No jobs wait in it. */
gboolean near_store_is_idle (OpenimStore *store);
/* The end of the program. */
void near_store_forget (void);
