/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The owner of a gateway in a test: remembers what it hears, and may do something on hearing it. */

#include "net/gateway-private.h"
#include "server.h"

typedef struct _Ears Ears;
typedef void (*EarsAct) (Ears *ears);

struct _Ears {
  OpenimGateway *gateway;
  GPtrArray *heard; /* "connecting", "connected", "failed 10000", "ended 1506", "push 2001 4 bytes" */
  char *sentence;   /* of the last error */
  const char *cue;  /* what @act is done at, once */
  EarsAct act;
  int answers; /* requests that have ended */
  gboolean in_call;
};

/* Quick: waits of a hundredth, a dead connection after @dead ms. */
Ears *ears_new (const char *url, guint dead);
Ears *ears_new_as (const char *url, guint dead, const char *user_id, const char *token);
Ears *ears_start (TestServer *server, guint dead); /* a started one */
void ears_free (Ears *self);                       /* stops the gateway; it must be gone then */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ears, ears_free)

gboolean ears_heard (Ears *self, const char *what);
guint ears_count (Ears *self, const char *what);
char *ears_all (Ears *self); /* joined by ", " */
void ears_assert (Ears *self, const char *all);

/* A request for the newest seqs of @user_id, and how it ends. */
typedef struct {
  Ears *ears;
  int order; /* 1 for the first that ended, 0: under way */
  int code;
  char *answer; /* user and seq of its only row */
} EarsRequest;

EarsRequest *ears_request (Ears *self, const char *user_id, guint timeout_ms, GCancellable *cancellable);
void ears_request_free (EarsRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EarsRequest, ears_request_free)

/* Server side: a frame that answers @frame (as read) with one max seq; @change (nullable) replaces msgIncr.
 */
char *ears_answer (GBytes *frame, const char *change, int code);
char *ears_user (GBytes *frame); /* whose newest seqs @frame asks for */
