/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a bad network does. One table of rules serves the command line, standard input and the help. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  gint64 latency;     /* ms that each piece waits, each direction */
  gint64 jitter;      /* ms, ± at random; order is kept as TCP keeps it */
  gint64 rate;        /* bytes/s each direction; 0: no limit */
  gint64 read_rate;   /* bytes/s that are taken from whoever sends, who therefore has to wait; 0: no limit */
  gint64 piece;       /* bytes at most in one write; 0: no limit */
  gint64 cut;         /* close after so many bytes from the server on one connection; 0: never */
  gint64 cut_up;      /* the same for bytes from the client */
  gint64 cut_once;    /* when so many bytes have come from the server, on all connections together, the one
                         that brings the last of them is closed; then the rule is forgotten. 0: never */
  gint64 cut_once_up; /* the same for bytes from clients */
  gint64 cut_frame;   /* of 1000 WebSocket messages from the server so many break off in the middle */
  gint64 cut_text;    /* of 1000 texts with other letters than those of ASCII so many break off in one */
  gint64 cut_body;    /* of 1000 HTTP answers so many break off in their body */
  gint64 abrupt;      /* cuts reset the connection instead of closing it */
  gint64 half_open;   /* bytes of both sides vanish, the connections stay; for good for those that exist while
                         it is set */
  gint64 black_hole;  /* new connections are taken and lead nowhere; those that exist become half-open */
  gint64 refuse;      /* nobody listens */
  gint64 duplicate;   /* of 1000 WebSocket messages from the server so many come twice */
  gint64 reorder;     /* of 1000 so many change places with the next one */
} Rules;

typedef struct {
  const char *name;
  gsize offset;
  gint64 max;
  const char *help;
} RuleRow;

const RuleRow *rules_table (void); /* ends with a NULL name */
gboolean rules_set (Rules *rules, const char *name, const char *value);

G_END_DECLS
