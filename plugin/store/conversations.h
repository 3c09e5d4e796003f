/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Conversations. Settings come from the server, names from friends and groups, the latest message and the
 * unread count are derived. Store thread only. */

#include "store/messages.h"

G_BEGIN_DECLS

typedef struct {
  OpenimConversation *info;    /* latestMsg is not set: see latest */
  OpenimStoredMessage *latest; /* (nullable) newest shown message */
  gint64 max_seq;              /* as the server knows it for us, 0 unknown */
  gint64 min_seq;              /* lowest seq we may see, 0 unknown */
  gint64 has_read_seq;
} OpenimConversationRow;

void openim_conversation_row_free (OpenimConversationRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimConversationRow, openim_conversation_row_free)

OpenimConversationRow *openim_conversations_get (OpenimDb *db,
                                                 const char *conversation_id,
                                                 GError **error); /* (transfer full) (nullable) */
/* The list people see: those with a latest message (latestMsgSendTime ≠ 0), pinned first, then by the later
 * of message and draft time, newest first. @count 0: all. (element-type OpenimConversationRow) (transfer
 * full) */
GPtrArray *openim_conversations_list (OpenimDb *db, gint64 offset, gint64 count, GError **error);
GPtrArray *
openim_conversations_all_ids (OpenimDb *db,
                              GError **error); /* hidden ones too; (element-type utf8) (transfer full) */

/* Those whose name has @text in it, capital or small, newest message first; hidden ones too. (element-type
 * OpenimConversationRow) (transfer full) */
GPtrArray *openim_conversations_search (OpenimDb *db, const char *text, GError **error);

/* Makes the row if it is missing, with name and picture from friends, users or groups as far as known.
 * @created (nullable). */
gboolean openim_conversations_ensure (OpenimDb *db,
                                      const char *conversation_id,
                                      int session_type,
                                      const char *user_id,
                                      const char *group_id,
                                      gboolean *created,
                                      GError **error);
/* Takes the server's settings (type, IDs, recvMsgOpt, groupAtType, isPinned, isPrivateChat, burnDuration, ex,
 * msgDestructTime, isMsgDestruct); everything else of the row stays. @changed (nullable): something visible
 * is different now. */
gboolean openim_conversations_put_settings (OpenimDb *db,
                                            const OpenimConversation *info,
                                            gboolean *changed,
                                            GError **error);
/* @text "" removes it. @time: ms since 1970. */
gboolean openim_conversations_set_draft (OpenimDb *db,
                                         const char *conversation_id,
                                         const char *text,
                                         gint64 time,
                                         gboolean *changed,
                                         GError **error);
/* max and read only rise (a smaller value is ignored); -1 leaves one as it is. unreadCount = max(0, max -
 * read) is derived; deleted messages do not count. */
gboolean openim_conversations_set_seqs (OpenimDb *db,
                                        const char *conversation_id,
                                        gint64 max_seq,
                                        gint64 has_read_seq,
                                        gboolean *changed,
                                        GError **error);
gboolean
openim_conversations_set_min_seq (OpenimDb *db, const char *conversation_id, gint64 min_seq, GError **error);

/* Before anything is stored of any conversation: gives out their short numbers anew, those of @ids first.
 * Rows that then come in this order lie one behind the other, which takes half the room of rows that come in
 * between. Does nothing if there is a message or a range already. */
gboolean openim_conversations_arrange (OpenimDb *db, GPtrArray *ids, GError **error);

typedef enum {
  OPENIM_CONVERSATION_SAME,
  OPENIM_CONVERSATION_NEW, /* it appears in the list now: created, or it was hidden */
  OPENIM_CONVERSATION_CHANGED,
} OpenimConversationChange;
/* Derives latest message and time anew after messages have changed. */
gboolean openim_conversations_refresh (OpenimDb *db,
                                       const char *conversation_id,
                                       OpenimConversationChange *change,
                                       GError **error);
/* Name and picture anew, for all conversations with that user or group; appends the conversationIDs of
 * changed rows (char *). */
gboolean openim_conversations_rename (
    OpenimDb *db, const char *user_id, const char *group_id, GPtrArray *changed_ids, GError **error);

/* Sum of unreadCount over visible conversations with recvMsgOpt 0 or 1; -1 on error. */
gint64 openim_conversations_total_unread (OpenimDb *db, GError **error);

/* max and read marks of all conversations and notification channels at once: ID → OpenimSeqMarks. (transfer
 * full) */
typedef struct {
  gint64 max_seq, has_read_seq, min_seq, fetched; /* fetched: openim_ranges_max */
} OpenimSeqMarks;
GHashTable *openim_conversations_marks (OpenimDb *db, GError **error);

G_END_DECLS
