/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* openim-bench does one piece of work in a process of its own and prints what that has cost as one line of
 * JSON; the script "run" makes the table of them. What goes wrong ends the program with 1. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  char *api;
  char *ws;
  char *user;
  char *token;
  char *dir;      /* where the store is */
  int count;      /* how often, or how many there are */
  int chats;      /* conversations, or people */
  int each;       /* messages of each, or rows of a page */
  int pace;       /* ms between two; 0: as fast as it goes */
  int quiet;      /* s of rest before the last figures are taken */
  gboolean still; /* no ticker, which costs some time itself */
} Bench;

typedef void (*BenchWork) (const Bench *bench);

typedef struct {
  const char *name;
  BenchWork work;
  const char *help;
} BenchRow;

extern const BenchRow bench_sdk_works[];   /* ours, through the functions of the SDK */
extern const BenchRow bench_store_works[]; /* ours and SQLite's */
extern const BenchRow bench_file_works[];  /* files, ours and libsoup's */
extern const BenchRow bench_bare_works[];  /* libsoup's and SQLite's, and the people on the other side */

void bench_fail (const char *format, ...) G_GNUC_PRINTF (1, 2) G_GNUC_NORETURN;

/* Turns the main loop until @holds says so; fails after @seconds. */
typedef gboolean (*BenchCondition) (gpointer data);
void bench_wait (BenchCondition holds, gpointer data, guint seconds, const char *what);
void bench_wait_flag (const gboolean *flag, guint seconds, const char *what);
void bench_rest (guint ms);

/* Tells the script that the work can begin. */
void bench_ready (void);

/* A text of 40 characters that says when it was made (monotonic µs); and how long ago that was, -1 if it does
 * not say. */
#define BENCH_TEXT_LENGTH 40
char *bench_text_new (guint n); /* (transfer full) */
gint64 bench_text_age (const char *text, gsize length);

G_END_DECLS
