/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One of the downloads of net/download.h, from its turn in the queue to its end. Main thread. */

#include "net/download.h"
#include "net/home.h"
#include "net/http.h"

G_BEGIN_DECLS

struct _OpenimDownloads {
  GObject parent_instance;

  SoupSession *session;
  OpenimHome *home;
  gboolean home_known; /* where it is, or that it cannot be found out */
  gboolean looking;
  GQueue waiting; /* of OpenimFetch */
  guint running;
  guint running_big;
  guint stall;
  guint pause;
};

/* One download. @pending counts what will still call back; it ends when that is nothing. */
typedef struct {
  OpenimDownloads *downloads;
  GTask *task;
  char *url;
  char *path;
  char *temporary;
  gint64 max_bytes;
  gboolean big;
  gboolean running;
  OpenimDownloadProgress progress;
  gpointer owner;
  GCancellable *caller;
  gulong caller_handler;
  guint given_up; /* source */

  GFileOutputStream *file; /* (nullable) before the first byte */
  gint64 got;              /* bytes in it, or in the blocks on their way there */
  guint8 *block;           /* (nullable) gathers what comes … */
  gsize filled;
  guint8 *writing; /* (nullable) … while the one before goes to the disk */
  gboolean ended;  /* nothing more comes */
  gint64 total;    /* -1: not known */
  char *validator; /* (nullable) tells whether it is still the same */
  guint tries;     /* since something came */
  guint timer;     /* before the next try */

  /* of one try */
  GCancellable *cancellable;
  SoupMessage *message;
  GInputStream *body;
  guint redirects;
  gboolean trusted; /* may lead into a private network */
  gboolean refused; /* led there and must not */
  gboolean late;
  guint stall; /* source */

  guint pending;
  GError *error;
} OpenimFetch;

/* Its turn has come. What fails at once does not call back from inside this call. It ends by itself: then the
 * task has its answer, @fetch is no more, and the next one has its turn. */
void openim_fetch_start (OpenimFetch *fetch);
/* The caller gives up. From any place; ends from the main loop. */
void openim_fetch_give_up (GCancellable *caller, gpointer fetch);
/* Starts what may run now. */
void openim_downloads_pump (OpenimDownloads *self);

G_END_DECLS
