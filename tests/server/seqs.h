/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Counters: each conversation (and each notification channel) counts its stored messages; each user has
 * bounds and a read mark in each. */

#include "http.h"

typedef struct {
  gint64 min; /* 0: no bound */
  gint64 max; /* 0: no bound */
  gint64 read;
} Bounds;

gint64 seq_next (Server *server, const char *conversation, gint64 time);
gint64 seq_max (Server *server, const char *conversation);
Bounds seq_bounds (Server *server, const char *user, const char *conversation);
void seq_set_read (Server *server, const char *user, const char *conversation, gint64 seq); /* never back */
void seq_set_min (Server *server, const char *user, const char *conversation, gint64 seq);
void
seq_set_max (Server *server, const char *user, const char *conversation, gint64 seq); /* 0 lifts the bound */
