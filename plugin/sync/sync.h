/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Keeps the local store equal to the server: messages by seq, lists by version, notifications as they come,
 * own messages until they are confirmed. One object an account, from Login to Logout. Main thread. Everything
 * that a caller of the SDK may hear goes to the sink, in order.
 *
 * Order (the SDK's contract): Connecting → ConnectSuccess → SyncServerStart → … → SyncServerFinish or
 * SyncServerFailed; within a batch: message events → NewConversation → ConversationChanged →
 * TotalUnreadMessageCountChanged → typing; list events before the callback of the function that caused them.
 */

#include "base/types.h"
#include "net/api.h"
#include "net/gateway.h"
#include "store/conversations.h"

G_BEGIN_DECLS

/* Where events go; the struct is static. None is called from inside openim_sync_new. */
typedef struct {
  void (*event) (gpointer owner, OpenimFunction event, gpointer data /* (transfer full) Event…Data */);
  /* RecvNewMessage, RecvOfflineNewMessage, RecvOnlineOnlyMessage, MessageDeleted, MessageEdited: the SDK
   * decodes the body. */
  void (*message) (gpointer owner, OpenimFunction event, const OpenimStoredMessage *message);
  /* NewConversation, ConversationChanged. (element-type OpenimConversationRow), never empty, hidden rows left
   * out */
  void (*conversations) (gpointer owner, OpenimFunction event, GPtrArray *rows);
} OpenimSyncSink;

#define OPENIM_TYPE_SYNC (openim_sync_get_type ())
G_DECLARE_FINAL_TYPE (OpenimSync, openim_sync, OPENIM, SYNC, GObject)

OpenimSync *openim_sync_new (OpenimApi *api,
                             OpenimGateway *gateway,
                             OpenimStore *store,
                             const char *user_id,
                             int platform,
                             const OpenimSyncSink *sink,
                             gpointer owner);

/* The gateway's owner tells what the gateway told it. */
void openim_sync_connected (OpenimSync *self); /* renews subscriptions, then syncs (not when a sync began less
                                                  than 5 s ago and was not cut off) */
void openim_sync_disconnected (OpenimSync *self); /* a sync under way ends in SyncServerFailed */
void openim_sync_push (OpenimSync *self, guint id, GBytes *body); /* 2001, 2005 */
/* Ends everything; pending callbacks come with OPENIM_ERROR_LOGIN_OUT; the sink is not called any more. */
void openim_sync_stop (OpenimSync *self);

gboolean openim_sync_is_background (OpenimSync *self);
void openim_sync_set_background (
    OpenimSync *self,
    gboolean background); /* message events become RecvOfflineNewMessage; to the foreground: wake-up sync */

/* ---- lists */

typedef enum {
  OPENIM_LIST_SELF,    /* own user → SelfInfoUpdated */
  OPENIM_LIST_FRIENDS, /* → FriendAdded, FriendDeleted, FriendInfoChanged, ConversationChanged (names) */
  OPENIM_LIST_BLACKS,  /* → BlackAdded, BlackDeleted */
  OPENIM_LIST_FRIEND_REQUESTS, /* received and sent → FriendApplication… */
  OPENIM_LIST_GROUPS, /* joined groups → JoinedGroupAdded, JoinedGroupDeleted, GroupInfoChanged; members of
                         new groups silently */
  OPENIM_LIST_MEMBERS, /* @entity: group ID; members and the group itself → GroupMember…, GroupInfoChanged */
  OPENIM_LIST_GROUP_REQUESTS, /* received and sent → GroupApplication… */
  OPENIM_LIST_CONVERSATIONS,  /* settings → ConversationChanged */
  OPENIM_LIST_READ_MARKS,     /* 1006 → ConversationChanged, TotalUnreadMessageCountChanged */
  OPENIM_LIST_COMMANDS,       /* → UserCommandAdd, UserCommandDelete, UserCommandUpdate */
} OpenimList;

/* Brings one list up to date now; its events are emitted before the callback. Requests for the same list
 * join: one that runs is repeated once for all who came during it. */
void openim_sync_list_async (OpenimSync *self,
                             OpenimList list,
                             const char *entity,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean openim_sync_list_finish (OpenimSync *self, GAsyncResult *result, GError **error);

/* ---- messages */

/* Fetches what is missing of begin…end (seqs, 1005 in requests of at most 50, newest first when @descending),
 * stores it, no events. Succeeds with what could be had; the error is that of the first request that failed.
 * @end_seq of the answer: the server's lower (upper) bound if it told one, else 0. */
void openim_sync_fill_async (OpenimSync *self,
                             const char *conversation_id,
                             gint64 begin,
                             gint64 end,
                             gboolean descending,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean openim_sync_fill_finish (OpenimSync *self, GAsyncResult *result, gint64 *end_seq, GError **error);

/* After a local change: re-reads the conversations and emits NewConversation/ConversationChanged as they
 * changed and the new total if it changed. Keeps the order of emissions.
 * @ids: (element-type utf8) (transfer full). */
void openim_sync_conversations_changed (OpenimSync *self, GPtrArray *ids);

/* ---- sending */

typedef struct {
  const char *conversation_id;
  const OpenimMsgData *data; /* complete: options, offlinePushInfo, attachedInfo; sendTime 0 on the wire is
                                the outbox's business */
  gboolean online_only;      /* neither stored nor listed */
  gboolean held;             /* stored by openim_sync_hold_async */
} OpenimOutgoing;

/* Stored as sending (durable, OPENIM_ERROR_MSG_REPEAT if it is there and has not failed) →
 * NewConversation/ConversationChanged → gateway 1003, one after the other within a conversation, at most 50
 * of a conversation unconfirmed → status sent or failed stored → ConversationChanged → callback. No answer in
 * 10 s: the row is looked at again, since the echo may have come. In a group 1002 is tried again, at most 3
 * times within 8 s. Without a connection it waits 10 s, then fails (the row is failed, never dropped). */
void openim_sync_send_async (OpenimSync *self,
                             const OpenimOutgoing *outgoing,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
OpenimMsgData *openim_sync_send_finish (OpenimSync *self,
                                        GAsyncResult *result,
                                        GError **error); /* (transfer full) as sent */

/* For a message whose file has to be uploaded first: stored and listed as sending, with the same events and
 * errors, but not sent. What follows is openim_sync_send_async with .held, or openim_sync_drop_async: failed.
 */
void openim_sync_hold_async (OpenimSync *self,
                             const OpenimOutgoing *outgoing,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean openim_sync_hold_finish (OpenimSync *self, GAsyncResult *result, GError **error);
void openim_sync_drop_async (OpenimSync *self,
                             const OpenimOutgoing *outgoing,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean openim_sync_drop_finish (OpenimSync *self, GAsyncResult *result, GError **error);

/* Sends without storing or listing and without waiting in the queue: typing. */
void openim_sync_send_transient_async (OpenimSync *self,
                                       const OpenimMsgData *data,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean openim_sync_send_transient_finish (OpenimSync *self, GAsyncResult *result, GError **error);

/* ---- presence: subscriptions are remembered and renewed after each reconnect */

void openim_sync_subscribe_async (OpenimSync *self,
                                  const char *const *user_ids,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
/* user ID (char *) → GArray of int platform IDs (each once; empty: offline). (transfer full) Events
 * UserStatusChanged follow the callback. */
GHashTable *openim_sync_subscribe_finish (OpenimSync *self, GAsyncResult *result, GError **error);
void openim_sync_unsubscribe_async (OpenimSync *self,
                                    const char *const *user_ids,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean openim_sync_unsubscribe_finish (OpenimSync *self, GAsyncResult *result, GError **error);

/* Platforms on which @user_id is typing in that conversation; (element-type int) (transfer full). */
GArray *openim_sync_get_typing (OpenimSync *self, const char *conversation_id, const char *user_id);

G_END_DECLS
