/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages of all conversations: one row per (conversation, clientMsgID) and per (conversation, seq).
 * Notification channels have no rows. Store thread only. */

#include "store/store.h"

G_BEGIN_DECLS

typedef struct {
  char *conversation_id;
  OpenimMsgData *data; /* options are kept as far as they are known keys; offlinePushInfo is not kept */
  char *local_ex;      /* never NULL */
} OpenimStoredMessage;

OpenimStoredMessage *openim_stored_message_new (const char *conversation_id,
                                                OpenimMsgData *data /* (transfer full) */);
OpenimStoredMessage *openim_stored_message_copy (const OpenimStoredMessage *message);
void openim_stored_message_free (OpenimStoredMessage *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimStoredMessage, openim_stored_message_free)

/* What became of a message that the server sent. */
typedef enum {
  OPENIM_STORED_NEW,   /* to be shown */
  OPENIM_STORED_ECHO,  /* an own message that was here without its seq: seq, time and serverMsgID were filled
                          in, status is sent */
  OPENIM_STORED_KNOWN, /* nothing changed */
  OPENIM_STORED_UPDATED,   /* known, but read mark, revocation or deletion has changed it */
  OPENIM_STORED_DUPLICATE, /* same clientMsgID again under another seq: kept as a hidden placeholder for that
                              seq */
  OPENIM_STORED_DELETED,   /* placeholder or deleted: the seq is taken, nothing is shown */
} OpenimStoredKind;

/* @data has a seq > 0. Statuses below 4 become sent. The seq is added to the ranges. @self_id decides what is
 * an echo. A seq that another message has here already (the server was set up anew) goes to the new one; the
 * old one stays without a seq. OPENIM_ERROR_NO_SEQ without a seq. */
gboolean openim_messages_put (OpenimDb *db,
                              const char *conversation_id,
                              const char *self_id,
                              const OpenimMsgData *data,
                              OpenimStoredKind *kind,
                              GError **error);
/* An own message on its way (status sending), or a line made here (status sent, seq 0).
 * OPENIM_ERROR_MSG_REPEAT when the clientMsgID is there and has not failed. */
gboolean openim_messages_put_local (OpenimDb *db,
                                    const char *conversation_id,
                                    const OpenimMsgData *data,
                                    GError **error);
/* The functions openim_messages_set_…: OPENIM_ERROR_NOT_FOUND without such a message. What is deleted stays
 * deleted: they do not set a status below 4 then.
 * Sent: serverMsgID, sendTime (ms); a row whose echo came first keeps its seq. */
gboolean openim_messages_set_sent (OpenimDb *db,
                                   const char *conversation_id,
                                   const char *client_msg_id,
                                   const char *server_msg_id,
                                   gint64 send_time,
                                   GError **error);
gboolean openim_messages_set_status (
    OpenimDb *db, const char *conversation_id, const char *client_msg_id, int status, GError **error);
gboolean openim_messages_set_local_ex (OpenimDb *db,
                                       const char *conversation_id,
                                       const char *client_msg_id,
                                       const char *local_ex,
                                       GError **error);
/* Replaces content and type (revocation, edit by the server). */
gboolean openim_messages_set_content (OpenimDb *db,
                                      const char *conversation_id,
                                      const char *client_msg_id,
                                      int content_type,
                                      const char *content,
                                      GError **error);

OpenimStoredMessage *openim_messages_get (OpenimDb *db,
                                          const char *conversation_id,
                                          const char *client_msg_id,
                                          GError **error); /* (transfer full) (nullable) */
OpenimStoredMessage *openim_messages_get_by_seq (OpenimDb *db,
                                                 const char *conversation_id,
                                                 gint64 seq,
                                                 GError **error); /* (transfer full) (nullable) */
OpenimStoredMessage *openim_messages_latest (OpenimDb *db,
                                             const char *conversation_id,
                                             GError **error); /* newest shown; (transfer full) (nullable) */

/* At most @count shown messages strictly before (or with @reverse after) @start, in ascending order of
 * (sendTime, seq); @start NULL: the newest (oldest) ones. (element-type OpenimStoredMessage) (transfer full)
 */
GPtrArray *openim_messages_page (OpenimDb *db,
                                 const char *conversation_id,
                                 const OpenimStoredMessage *start,
                                 guint count,
                                 gboolean reverse,
                                 GError **error);

/* Messages of others that are not marked read yet, up to @max_seq: their seqs, ascending. (element-type
 * gint64) (transfer full) */
GArray *openim_messages_unread_seqs (
    OpenimDb *db, const char *conversation_id, const char *self_id, gint64 max_seq, GError **error);
/* Marks read those among @seqs that @self_id has sent (@own: the peer has read them) or received; appends the
 * clientMsgIDs of rows that changed to @ids (nullable; char *). */
gboolean openim_messages_mark_read (OpenimDb *db,
                                    const char *conversation_id,
                                    const char *self_id,
                                    gboolean own,
                                    const gint64 *seqs,
                                    guint n_seqs,
                                    GPtrArray *ids,
                                    GError **error);
/* Marks read what @self_id has received up to @seq. */
gboolean openim_messages_mark_read_up_to (
    OpenimDb *db, const char *conversation_id, const char *self_id, gint64 seq, GError **error);

/* What that user has sent shows the new name and picture, if it showed the old one: a name that is used in
 * one group only stays. */
gboolean
openim_messages_rename_sender (OpenimDb *db, const OpenimUser *before, const OpenimUser *now, GError **error);
/* What that member has sent into the group shows the new name and picture. */
gboolean openim_messages_rename_member (OpenimDb *db, const OpenimGroupMember *now, GError **error);

gint64 openim_messages_max_seq (OpenimDb *db,
                                const char *conversation_id,
                                GError **error); /* 0 when there is none; -1 on error */

G_END_DECLS
