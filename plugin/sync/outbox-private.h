/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What outbox.c (sending) and outbox-search.c (finding out what became of messages in doubt) share. */

#include "msg.pb-c.h"

#include "store/outbox.h"
#include "sync/internal.h"

G_BEGIN_DECLS

/* A message on its way. */
typedef struct {
  OpenimSync *sync; /* (owned) */
  char *conversation_id;
  OpenimMsgData *data;
  GTask *task;       /* (nullable): after a restart nobody waits */
  gint64 created;    /* ms since 1970 */
  gint64 queued;     /* ms, monotonic */
  guint refusals;    /* 1002 in a group */
  gboolean doubtful; /* has been on the wire without an answer */
  gboolean acknowledged;
  gboolean held;  /* has been stored before, see outbox-hold.c */
  guint attempts; /* over restarts */
  guint timer;

  /* of the present store job */
  int status; /* what the row says */
  gint64 seq;
  Openim__Msg__SendMsgResp *answer;
  GError *reason; /* why it failed */

  /* of a search */
  gint64 lowest; /* seq down to which all is here */
  guint blocks;
  gboolean exhausted;
} OpenimSending;

/* A conversation: one message is under way at a time. */
typedef struct {
  OpenimSync *sync; /* (unowned) */
  char *id;
  GQueue queue;           /* OpenimSending: waiting to be sent */
  OpenimSending *sending; /* (nullable) */
  guint storing;          /* answers on their way into the store; the next message does not wait for that */
  GHashTable *acked;      /* clientMsgIDs that the server has answered and not echoed yet */
  guint timer;            /* the first in the queue has waited too long */
  guint echo_timer;       /* the echoes should have come */
} OpenimSendLane;

struct _OpenimOutbox {
  OpenimSync *sync;  /* (unowned) */
  GHashTable *lanes; /* conversationID → OpenimSendLane */
  GPtrArray *left;   /* (nullable) OpenimOutboxEntry: what an earlier run of the program left */
  gboolean settled;  /* a sync has ended on this connection; what is in doubt can be looked up */
  guint settling;
};

/* Answers the caller, if there is one. */
void openim_sending_free (OpenimSending *sending);
OpenimSending *
openim_sending_new (OpenimSync *sync, const char *conversation_id, const OpenimMsgData *data, GTask *task);
/* Its row becomes failed, unless it turns out that the server has it; then it is freed. @reason: (transfer
 * full). */
void openim_sending_fail (OpenimSending *sending, GError *reason);
void openim_sending_queue (OpenimSending *sending); /* (transfer full) */
/* Store thread: what the row says now. */
gboolean openim_sending_look (OpenimDb *db, OpenimSending *sending, GError **error);
gboolean openim_sending_is_had (const OpenimSending *sending);

/* ---- outbox-search.c */

/* Looks for it among the newest messages; the answer, a boolean: the server has it. */
void openim_sending_search_async (OpenimSending *sending, GAsyncReadyCallback callback, gpointer user_data);

void openim_outbox_read_left (OpenimOutbox *self);   /* before anything is added */
void openim_outbox_finish_left (OpenimOutbox *self); /* sends it, or finds out what became of it */
/* Those of the conversation that the server has answered long ago and never echoed. */
void openim_outbox_finish_echoless (OpenimOutbox *self, const char *conversation_id);

G_END_DECLS
