/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A server and a storage that do what a test says, and uploads to them. */

#include "net/files-private.h"
#include "server.h"

#define PART 1000 /* bytes */

/* What the server does. */
typedef struct {
  gboolean known;       /* it has the content */
  const char *link;     /* what it says instead of the right address */
  const char *storage;  /* the same for the storage */
  guint bad_part;       /* this part, from 1, */
  guint bad_times;      /* so many times, */
  guint bad_status;     /* gets this answer; 0: the connection ends; 1: there is none */
  gboolean expired;     /* the first signatures are worth nothing */
  gboolean no_signs;    /* nothing is signed after the first time */
  guint lost_completes; /* so many times saying that it is complete ends the connection */
  const char *complete; /* (nullable) the answer to that */
  gint64 part_size;     /* that it comes back with; 0: the right one */
  gboolean earlier;     /* some parts came before the test began */
  gboolean gone_signs;  /* until an upload is begun nothing is signed, */
  gboolean gone_parts;  /* no part is taken, */
  gboolean gone_whole;  /* and it is not complete */
} Plan;

/* What has come. */
typedef struct {
  GMutex lock;
  guint limits, begun, signs, puts, bad, completes;
  char *md5s[64];
  char *last_put;
  char *begin;
} Seen;

extern Seen seen;

/* An upload. */
typedef struct {
  TestServer *server;
  OpenimApi *api;
  OpenimFiles *files;
  GCancellable *cancellable;
  char *path;
  gint64 size;

  int done;
  int code;
  char *message;
  char *url;
  gint64 told;
  guint tells;
} Case;

void case_init (Case *it, const Plan *plan, gint64 size);
void case_begin (Case *it);
void case_clear (Case *it);
/* The whole of it; the code is in @it. */
void run_case (Case *it, const Plan *plan, gint64 size);
void succeeds (const Plan *plan, gint64 size);
void fails (const Plan *plan, gint64 size, int code);
