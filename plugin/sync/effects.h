/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a change of the store means to those who listen: collected while the change is made (store thread),
 * told afterwards (main thread) in the order of the contract: lists → messages → NewConversation →
 * ConversationChanged → TotalUnreadMessageCountChanged → what needs those first (receipts, revocations,
 * deletions) → typing. */

#include "store/conversations.h"
#include "store/rows.h"
#include "sync/sync.h"

G_BEGIN_DECLS

typedef struct {
  const char *self_id; /* (unowned) outlives the effects */
  int platform;
  gboolean background;
  gboolean silent; /* of lists: rows changed, nobody hears */

  GPtrArray *lists;     /* events of lists, in order */
  GPtrArray *messages;  /* message events */
  GHashTable *latest;   /* conversationID → time of its newest one among them */
  GPtrArray *late;      /* events after the conversations */
  GHashTable *touched;  /* conversationID → OpenimTouch */
  GPtrArray *order;     /* those IDs as they were touched first, owned by the table */
  GPtrArray *appeared;  /* OpenimConversationRow, after openim_effects_settle */
  GPtrArray *changed;   /* likewise */
  gint64 total_unread;  /* -1: not counted */
  GPtrArray *typing;    /* who began or stopped */
  GPtrArray *refreshes; /* lists to bring up to date */
  gboolean resync;      /* seqs are to be compared again */
  GPtrArray *strangers; /* user IDs whose names are to be asked for */
  GPtrArray *echoes;    /* own messages that the server is known to have: conversationID, clientMsgID, … */
} OpenimEffects;

OpenimEffects *openim_effects_new (const char *self_id, int platform, gboolean background);
void openim_effects_free (OpenimEffects *effects);

/* Store thread. */

typedef enum {
  OPENIM_TOUCH_QUIET = 0,        /* derive the row anew, tell nobody */
  OPENIM_TOUCH_REFRESH = 1 << 0, /* tell if latest message or place in the list changed */
  OPENIM_TOUCH_CHANGED = 1 << 1, /* tell: something visible has changed */
} OpenimTouch;
void openim_effects_touch (OpenimEffects *effects, const char *conversation_id, OpenimTouch touch);

void openim_effects_add_event (OpenimEffects *effects,
                               OpenimFunction event,
                               gpointer data); /* (transfer full), among the lists */
void
openim_effects_add_late (OpenimEffects *effects, OpenimFunction event, gpointer data); /* (transfer full) */
/* Told by time, but those of one conversation as they were added. */
void openim_effects_add_message (OpenimEffects *effects,
                                 OpenimFunction event,
                                 OpenimStoredMessage *message); /* (transfer full) */
void openim_effects_add_late_message (OpenimEffects *effects,
                                      OpenimFunction event,
                                      OpenimStoredMessage *message); /* (transfer full) */
void openim_effects_add_typing (
    OpenimEffects *effects, const char *conversation_id, const char *user_id, int platform, gboolean on);
void openim_effects_add_refresh (OpenimEffects *effects, OpenimList list, const char *entity);
void openim_effects_add_echo (OpenimEffects *effects, const char *conversation_id, const char *client_msg_id);
/* As openim_conversations_ensure; the peer's name is asked for if it is not here. */
gboolean openim_effects_ensure (OpenimEffects *effects,
                                OpenimDb *db,
                                const char *conversation_id,
                                int session_type,
                                const char *user_id,
                                const char *group_id,
                                GError **error);
/* Events of changed rows, and the conversations that show their names. */
gboolean
openim_effects_add_changes (OpenimEffects *effects, OpenimDb *db, GPtrArray *changes, GError **error);
/* Which stored messages are to be told: a line "seq conversationID" each; NULL for none. (transfer full) */
char *openim_effects_list_messages (OpenimEffects *effects);
/* Last: derives the touched conversations. */
gboolean openim_effects_settle (OpenimEffects *effects, OpenimDb *db, GError **error);

/* Main thread: tells everything but typing, refreshes and echoes. The arrays are used up. */
void openim_effects_tell (OpenimEffects *effects,
                          const OpenimSyncSink *sink,
                          gpointer owner,
                          const gboolean *stopped,
                          gint64 *total_unread);

typedef struct {
  char *conversation_id;
  char *user_id;
  int platform;
  gboolean on;
} OpenimTypingChange;

typedef struct {
  OpenimList list;
  char *entity; /* (nullable) */
} OpenimRefresh;

/* Whether there is a row that names @user_id (names.c); store thread. */
gboolean openim_names_is_known (OpenimDb *db, const char *user_id, gboolean *known, GError **error);

/* ---- sync.c; main thread */

/* Every change of the store goes this way: @func runs in one transaction and notes what people may hear of
 * it; afterwards that is told in the contract's order, then @done is called, exactly once, also after a stop.
 * Changes and their events keep the order of the calls. @job: (transfer full). */
typedef gboolean (*OpenimWriteFunc) (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error);
typedef void (*OpenimWrittenFunc) (OpenimSync *self, gpointer job, const GError *error);
void openim_sync_write (OpenimSync *self,
                        OpenimStoreMode mode,
                        OpenimWriteFunc func,
                        gpointer job,
                        GDestroyNotify free_job,
                        OpenimWrittenFunc done);

/* ---- removals.c; store thread */

/* @message becomes one that @revoker_id has withdrawn at @time (ms since 1970); what quotes it says so too.
 */
gboolean openim_effects_revoke (OpenimEffects *effects,
                                OpenimDb *db,
                                const OpenimStoredMessage *message,
                                const char *revoker_id,
                                gint64 time,
                                GError **error);

/* @message: (transfer full), one that is shown. MessageDeleted, after what it means for its conversation. */
gboolean
openim_effects_delete (OpenimEffects *effects, OpenimDb *db, OpenimStoredMessage *message, GError **error);
/* As openim_conversations_clear, and openim_conversations_hide. */
gboolean openim_effects_clear (OpenimEffects *effects,
                               OpenimDb *db,
                               const char *conversation_id,
                               gint64 time,
                               gboolean hide,
                               GError **error);

/* ---- events.c */

/* An event's data whose only field is @row (transfer full): FriendAdded and its kind. */
gpointer openim_event_new (OpenimFunction event, gpointer row);
/* The event that a changed row causes; 0: none. @row becomes what it carries (transfer full). */
OpenimFunction openim_event_of_change (const OpenimRowChange *change, const char *self_id, gpointer *row);

gpointer openim_event_flag (OpenimFunction event, gboolean flag); /* SyncServerStart, Finish, Failed */
gpointer openim_event_progress (int percent);
gpointer openim_event_total_unread (gint64 total);
gpointer openim_event_typing (const char *conversation_id, const char *user_id, GArray *platforms);
gpointer openim_event_status (const char *user_id, GArray *platforms);
gpointer openim_event_receipt (const char *reader, GPtrArray *ids, gint64 time);

G_END_DECLS
