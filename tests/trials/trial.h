/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The script: somebody comes in, gets what was said before, says twenty things and a picture while somebody
 * else says twenty things, and comes in once more. Meanwhile the network or the program breaks off somewhere.
 * What then is at the server, in the store and in what was told must be equal to what was said. */

#include "desk.h"

G_BEGIN_DECLS

/* What goes wrong. */
typedef struct {
  const char *rule; /* (nullable) a line for the fault proxy */
  const char *shim; /* (nullable) preloaded into the first door, and */
  guint64 kill_at;  /* the step after which it dies; 0: it only counts */
  guint number;     /* every one at a server has another */
} Trouble;

/* What a trial has seen. */
typedef struct {
  gint64 up[2], down[2]; /* bytes: of the API, of the gateway */
  guint64 steps;
  guint doors;  /* that were opened */
  guint resent; /* messages that failed and were sent again */
} Sight;

/* Fails the program when the end is another one. */
void trial_run (Server *server, const Trouble *trouble, Sight *sight);

G_END_DECLS
