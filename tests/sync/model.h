/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A small model of a server with four conversations, and somebody who is logged in to it, with the sync floor
 * between fake-net.h and near-store.h. What happens is drawn from one GRand: a seed is a history. */

#include "fake-net.h"
#include "near-store.h"
#include "sync/sync.h"

#define SELF "me"
#define CONVERSATIONS 4
#define TEXT 101 /* the content type */

/* ---- model-talk.c: a conversation as the server has it, and as it was told */

typedef enum {
  PLAIN,
  EMPTY,    /* a seq without a message */
  UNTOLD,   /* of which the server never says anything */
  REPEATED, /* the clientMsgID of an earlier message */
} Content;

typedef struct {
  char *id;
  char *peer; /* user or group */
  gboolean group;
  GPtrArray *messages; /* OpenimMsgData by seq - 1 */
  GArray *contents;    /* Content, the same */
  gint64 born;         /* ms since 1970: before that the server was another one */
  gint64 read;
  gint64 silent;     /* seqs up to this one were there at the first login */
  gint64 told;       /* last seq that was told */
  GHashTable *heard; /* seqs (as pointers) that were told */
} Talk;

void talk_begin (Talk *talk, guint number);
void talk_end (Talk *talk);
/* Appended; @client_id NULL: from another device or another person. (transfer none) */
OpenimMsgData *talk_add (Talk *talk, gint64 time, gboolean own, const char *client_id, Content content);
Content talk_content (const Talk *talk, gint64 seq);
void talk_read (Talk *talk, gint64 seq);
guint talk_unread (const Talk *talk); /* as the person should see it */
/* The server is set up anew: nothing is there, and what was told before does not count. */
void talk_forget (Talk *talk, gint64 time);
/* Told once, in order, all of it, and no more than that. */
void talk_hear (Talk *talk, const OpenimMsgData *data, gboolean in_order);
void talk_check_heard (const Talk *talk);

/* ---- model.c: the server, its pushes, and whoever is logged in */

typedef struct {
  FakeNet net;
  GRand *rand;
  OpenimApi *api;
  OpenimGateway *gateway;
  OpenimStore *store;
  OpenimSync *sync;
  Talk talks[CONVERSATIONS];
  gint64 time;     /* of the last message */
  GPtrArray *late; /* pushes that have not come yet */
  gboolean failed_last;
  gboolean reliable; /* no request fails any more */
  gint64 total;      /* as told last */
  guint sends, answers;
  gboolean unordered; /* from now on */
  guint syncing;      /* SyncServerStart without an end */
} Model;

gboolean model_chance (Model *model, int percent);
guint model_dice (Model *model, guint sides);

/* Logged in for the first time, and quiet. */
void model_begin (Model *model, guint32 seed);
void model_end (Model *model);
void model_settle (Model *model); /* until nothing is under way */

void model_connect (Model *model);
void model_disconnect (Model *model);
void model_restart (Model *model); /* the program */

/* Somebody writes, on this device with @client_id; the push may come now, later, twice or never. */
void model_write (Model *model, Talk *talk, gboolean own, Content content);
void model_send (Model *model, Talk *talk);
void model_mark_read (Model *model, Talk *talk); /* on another device; its notice may get lost */
void model_deliver_late (Model *model);          /* one of the pushes that have not come yet */
void model_look_back (Model *model, Talk *talk); /* history is read */
void model_run (Model *model, OpenimStoreFunc func, gpointer job);
