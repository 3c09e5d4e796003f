/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files of this floor share. Each file owns one part of an OpenimSync and keeps its state in a
 * struct of its own, which lives as long as the object: after its _stop it has no timers and nothing under
 * way, and what it is told has no effect. The parts talk through the functions below. Main thread, unless a
 * line says "store thread". */

#include "base/log.h"
#include "sync/effects.h"
#include "sync/sync.h"

G_BEGIN_DECLS

#define OPENIM_SYNC_LOG "openim-sync"

/* How many messages of one conversation are fetched without being asked for; older ones stay a hole until
 * somebody opens the history. */
#define OPENIM_SYNC_HISTORY 50
/* Stored notifications are of no use unless all are heard; but nobody hears more than these. */
#define OPENIM_SYNC_NOTICES 2000
/* No conversation has more; what claims to is no seq. */
#define OPENIM_SYNC_MAX_SEQ (G_GINT64_CONSTANT (1) << 53)
/* Seqs of one conversation in one request 1005: those, and the last one before them that is here already. And
 * those of all together. */
#define OPENIM_SYNC_CHUNK (OPENIM_SYNC_HISTORY + 1)
#define OPENIM_SYNC_PACK (2 * OPENIM_SYNC_CHUNK)

typedef struct _OpenimIntake OpenimIntake;
typedef struct _OpenimLanes OpenimLanes;
typedef struct _OpenimFetch OpenimFetch;
typedef struct _OpenimLists OpenimLists;
typedef struct _OpenimOutbox OpenimOutbox;
typedef struct _OpenimPresence OpenimPresence;
typedef struct _OpenimTyping OpenimTyping;
typedef struct _OpenimNames OpenimNames;
typedef struct _OpenimRun OpenimRun;

struct _OpenimSync {
  GObject parent_instance;

  OpenimApi *api;
  OpenimGateway *gateway;
  OpenimStore *store;
  char *user_id;
  int platform;
  const OpenimSyncSink *sink;
  gpointer owner;

  GCancellable *cancellable; /* of everything that is under way; cancelled by openim_sync_stop */
  gboolean stopped;
  gboolean connected;
  guint connections; /* so far: tells one from another */
  gboolean background;
  gint64 total_unread; /* as last told; -1: never told */

  OpenimIntake *intake;
  OpenimLanes *lanes;
  OpenimFetch *fetch;
  OpenimLists *lists;
  OpenimOutbox *outbox;
  OpenimPresence *presence;
  OpenimTyping *typing;
  OpenimNames *names;
  OpenimRun *run;
};

/* ---- sync.c */

/* The error for a caller: OPENIM_ERROR_LOGIN_OUT once the object has stopped, else a copy of @error. */
GError *openim_sync_error (OpenimSync *self, const GError *error);

/* Reading; changes go through openim_sync_write (effects.h). */
typedef gboolean (*OpenimReadFunc) (OpenimDb *db, gpointer job, GError **error);
void openim_sync_read (
    OpenimSync *self, OpenimReadFunc func, gpointer job, GDestroyNotify free_job, OpenimWrittenFunc done);

typedef void (*OpenimDoneFunc) (OpenimSync *sync, gpointer data, const GError *error);

/* Tells once that something waited for is over; also when the object stops. */
typedef void (*OpenimWaitFunc) (gpointer data);

/* ---- apply.c: messages into the store; store thread */

typedef struct {
  char *id; /* conversation or notification channel */
  gboolean notification;
  GPtrArray *messages; /* (element-type OpenimMsgData); what is left after applying waits for the hole */
  gint64 begin, end;   /* seqs that were fetched as a whole and count as had; 0, 0: none */
  gboolean found;      /* by a sync: of no use when the server turns out to count anew */
  gboolean force;      /* take the messages even if there is a hole before them */
  gboolean silent;     /* no events */
  gboolean asked;      /* the list of groups is up to date: do not ask again */
  guint run;           /* the last item of a conversation in that run, 0: none */
  OpenimWaitFunc done; /* (nullable) when it is freed */
  gpointer data;

  GArray *hole;        /* out, (nullable): parts to fetch first (OpenimRange) */
  char *unknown_group; /* out, (nullable): a group to ask for first */
} OpenimItem;

OpenimItem *openim_item_new (const char *id, gboolean notification);
void openim_item_free (OpenimItem *item);
/* The event that tells of a stored message in that conversation; 0: none. */
gboolean openim_item_choose_event (
    OpenimDb *db, const char *conversation_id, OpenimEffects *effects, OpenimFunction *event, GError **error);
gboolean openim_item_apply (OpenimDb *db, OpenimItem *item, OpenimEffects *effects, GError **error);

/* ---- notifications.c; store thread. Unknown numbers and details that cannot be read are logged and left. */
gboolean
openim_notification_apply (OpenimDb *db, const OpenimMsgData *data, OpenimEffects *effects, GError **error);

/* ---- intake.c: the queue of pushes and fetched messages; one store job at a time takes all that waits */

OpenimIntake *openim_intake_new (OpenimSync *sync);
void openim_intake_stop (OpenimIntake *self);
void openim_intake_free (OpenimIntake *self);
void openim_intake_start (OpenimIntake *self); /* tells what an earlier run has stored and not told */
void openim_intake_push (OpenimIntake *self, GBytes *body);
void openim_intake_add (OpenimIntake *self, OpenimItem *item); /* (transfer full) */
/* FALSE if nothing is under way; else @done when all that is there now has been stored. */
gboolean openim_intake_wait (OpenimIntake *self, OpenimWaitFunc done, gpointer data);
/* The live messages of @id that wait here. (transfer full) */
GPtrArray *openim_intake_take (OpenimIntake *self, const char *id);

/* ---- lanes.c: conversations that wait for something, and the messages that wait behind it */

OpenimLanes *openim_lanes_new (OpenimSync *sync);
void openim_lanes_stop (OpenimLanes *self);
void openim_lanes_free (OpenimLanes *self);
/* Fetches @missing (OpenimRange, ascending), all of which lie in begin…end, and lets messages of @id wait for
 * it. @silent_to: no events for the seqs up to this one. @run: told to openim_run_lane_done at the end, if
 * not 0. */
void openim_lanes_open (OpenimLanes *self,
                        const char *id,
                        gboolean notification,
                        GArray *missing,
                        gint64 begin,
                        gint64 end,
                        gint64 silent_to,
                        guint run);
/* An item that the store gave back: opens a lane for its hole or its group and lets it wait there. */
void openim_lanes_defer (OpenimLanes *self, OpenimItem *item); /* (transfer full) */
/* TRUE if @id has a lane; then @messages (transfer full) wait there. */
gboolean openim_lanes_hold (OpenimLanes *self, const char *id, GPtrArray *messages);
/* FALSE if @id has no lane; else @done when it has none any more. */
gboolean openim_lanes_wait (OpenimLanes *self, const char *id, OpenimWaitFunc done, gpointer data);
void openim_lanes_disconnected (OpenimLanes *self);

/* ---- fetch.c: requests 1005, packed */

typedef struct {
  GPtrArray *messages; /* (element-type OpenimMsgData) (transfer full): take them by setting NULL */
  gboolean is_end;
  gint64 end_seq;
} OpenimFetched;
/* Exactly one of @fetched and @error is non-NULL. */
typedef void (*OpenimFetchFunc) (OpenimSync *sync,
                                 gpointer data,
                                 OpenimFetched *fetched,
                                 const GError *error);

OpenimFetch *openim_fetch_new (OpenimSync *sync);
void openim_fetch_stop (OpenimFetch *self);
void openim_fetch_free (OpenimFetch *self);
/* At most OPENIM_SYNC_PACK seqs. @urgent: before all others that wait. */
void openim_fetch_seqs (OpenimFetch *self,
                        const char *id,
                        const gint64 *seqs,
                        guint n_seqs,
                        gboolean descending,
                        gboolean urgent,
                        OpenimFetchFunc func,
                        gpointer data);
void openim_fetch_disconnected (OpenimFetch *self);          /* what has not been asked for yet fails */
void openim_fetch_hurry (OpenimFetch *self, const char *id); /* a message waits for it now */

/* ---- run.c: one synchronisation from SyncServerStart to SyncServerFinish or SyncServerFailed */

OpenimRun *openim_run_new (OpenimSync *sync);
void openim_run_stop (OpenimRun *self);
void openim_run_free (OpenimRun *self);
void openim_run_start (OpenimRun *self, gboolean told); /* @told: with SyncServer… events */
void openim_run_again (OpenimRun *self); /* what one that is under way has found may be wrong */
void openim_run_cut (OpenimRun *self);   /* the connection is lost */
void openim_run_lane_done (OpenimRun *self, guint run);

gboolean openim_run_is_active (OpenimRun *self);
/* While a run does not know yet what is missing: TRUE, and @done when it does or is over. If it does know,
 * what it misses of @id gets its lane now. */
gboolean openim_run_wait (OpenimRun *self, const char *id, OpenimWaitFunc done, gpointer data);

/* ---- seqs.c */

typedef struct {
  GHashTable *newest; /* (nullable) id → gint64, chats and notification channels */
  GHashTable *marks;  /* id → Openim__Msg__Seqs, chats */
} OpenimSeqs;
void openim_seqs_free (OpenimSeqs *seqs);
/* @seqs: (transfer full), NULL with @error. */
typedef void (*OpenimSeqsFunc) (OpenimSync *sync, gpointer data, OpenimSeqs *seqs, const GError *error);
/* Asks for the marks, and if @newest for the newest seqs. */
void openim_seqs_ask (OpenimSync *self, gboolean newest, OpenimSeqsFunc func, gpointer data);

/* What is to be fetched of a conversation. */
typedef struct {
  char *id;
  gboolean notification;
  GArray *missing;   /* OpenimRange */
  gint64 begin, end; /* within which nothing else is missing */
  gint64 silent_to;  /* those up to this one were there before the first login: they are not news */
  gint64 time;       /* of the newest message */
} OpenimWant;
/* @wants: OpenimWant, newest conversation first. */
typedef void (*OpenimWantsFunc) (OpenimSync *sync, gpointer data, GPtrArray *wants, const GError *error);
/* Writes the marks (@seqs: transfer full) and finds what is missing, if the newest seqs are there.
 * @reinstalled: silently, and notifications count as had. */
void openim_seqs_store (
    OpenimSync *self, OpenimSeqs *seqs, gboolean reinstalled, OpenimWantsFunc func, gpointer data);

/* Store thread. What the first sync remembers of itself until it has ended: does it, it need not any more. */
gboolean openim_seqs_knows_first (OpenimDb *db, GError **error);
gboolean openim_seqs_forget_first (OpenimDb *db, GError **error);

/* ---- lists.c, members.c */

OpenimLists *openim_lists_new (OpenimSync *sync);
void openim_lists_stop (OpenimLists *self);
void openim_lists_free (OpenimLists *self);
/* As openim_sync_list_async. @flags: see below. @done (nullable). */
typedef enum {
  OPENIM_LIST_PLAIN = 0,
  OPENIM_LIST_SILENT = 1 << 0, /* no events */
  OPENIM_LIST_VERIFY = 1 << 1, /* compare the whole list too, not its changes only */
  OPENIM_LIST_IN_RUN = 1 << 2, /* members of new groups are asked for by the run */
} OpenimListFlags;
void openim_lists_update (OpenimLists *self,
                          OpenimList list,
                          const char *entity,
                          OpenimListFlags flags,
                          OpenimDoneFunc done,
                          gpointer data);

/* Stores an application to a group (whole.c); store thread. What is known of its handling is filled in where
 * @request does not tell it. */
gboolean
openim_group_request_put (OpenimDb *db, OpenimGroupRequest *request, GPtrArray *changes, GError **error);

/* ---- names.c */

OpenimNames *openim_names_new (OpenimSync *sync);
void openim_names_stop (OpenimNames *self);
void openim_names_free (OpenimNames *self);
/* Asks for that user's name, together with others. */
void openim_names_want (OpenimNames *self, const char *user_id);
/* Asks now; FALSE if nobody is wanted, and then there is no @done. */
gboolean openim_names_ask (OpenimNames *self, gboolean silent, OpenimDoneFunc done, gpointer data);

/* ---- outbox.c */

OpenimOutbox *openim_outbox_new (OpenimSync *sync);
void openim_outbox_stop (OpenimOutbox *self);
void openim_outbox_free (OpenimOutbox *self);
void openim_outbox_confirmed (OpenimOutbox *self, const char *conversation_id, const char *client_msg_id);
void openim_outbox_connected (OpenimOutbox *self);
void openim_outbox_synced (OpenimOutbox *self); /* a run has finished: what is uncertain can be looked up */

/* ---- presence.c, typing.c */

OpenimPresence *openim_presence_new (OpenimSync *sync);
void openim_presence_stop (OpenimPresence *self);
void openim_presence_free (OpenimPresence *self);
void openim_presence_push (OpenimPresence *self, GBytes *body);
void openim_presence_renew (OpenimPresence *self);

OpenimTyping *openim_typing_new (OpenimSync *sync);
void openim_typing_stop (OpenimTyping *self);
void openim_typing_free (OpenimTyping *self);
void openim_typing_set (
    OpenimTyping *self, const char *conversation_id, const char *user_id, int platform, gboolean on);

G_END_DECLS
