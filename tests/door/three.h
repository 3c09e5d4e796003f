/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Three people do things at random while their connections break off at any point: they write, read, delete,
 * make friends and part, log out and in; and a model in memory of what each of them must see. */

#include "world.h"

#define PEOPLE 3
#define TALKS 4

typedef enum {
  ASKED,  /* not answered yet */
  SENT,   /* everybody must get it */
  FAILED, /* nobody else may */
  LEFT,   /* the sender logged out before the answer: one of the two */
} State;

typedef struct {
  guint sender, talk;
  State state;
  guint64 handle;
  char *client_id;
  gboolean deleted; /* by its sender, for himself */
} Note;

/* Of a history: a note, or what the server has put there, like "you are friends now". */
typedef struct {
  int number; /* of the note; -seq: no note */
  guint sender;
} Line;

typedef struct {
  const char *name;
  Visitor *visitor;
  Person *phone; /* never connected */
  Fault *fault;
  char *token;
  gboolean shaken;        /* the connection was disturbed since the last comparison */
  char *friends[PEOPLE];  /* (nullable) the remark */
  gboolean pinned[TALKS]; /* conversations */
  int read[TALKS];        /* the last line that was there when the conversation was read */
  GHashTable *heard;      /* numbers of notes + 1 */
  guint n_heard;          /* events that were looked at */
  GArray *seen[TALKS];    /* Line: the history */
  GArray *kept;           /* Line: without what a sender has deleted */
} Someone;

typedef struct {
  guint32 seed;
  GRand *rand;
  Server *server;
  Someone people[PEOPLE];
  GPtrArray *notes; /* Note */
  guint settled;    /* notes of earlier rounds */
} Three;

extern const char *const three_names[PEOPLE];

/* Single chats of two of them; the last is the group of all. */
typedef struct {
  const char *id;
  guint one, other; /* PEOPLE in the group */
} Talk;
extern const Talk three_talks[TALKS];

gboolean three_is_in (guint talk, guint who);
guint three_dice (Three *three, guint sides);
Note *three_note (Three *three, guint number);
void three_note_free (gpointer note);

/* three-acts.c */
void three_act (Three *three);         /* anything, by anybody */
void three_act_quietly (Three *three); /* what needs that all have become equal */
void three_read (Three *three, guint who, guint talk);
void three_go_online (Three *three, guint who);
void three_hear_answers (Three *three, guint who); /* to what @who has sent */
void three_login (Someone *person);

/* three-sights.c: a difference to the model as a sentence (transfer full), or NULL */
char *three_compare (Three *three);
char *three_read_history (Three *three, guint who, guint talk);
/* What is in the store has been told: once, and in the order of the conversation. */
void three_check_heard (Three *three, guint who);
