/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How a message lies in the tables messages and origins. Store thread, only for the files of this folder. */

#include "store/db.h"
#include "store/messages.h"

G_BEGIN_DECLS

/* SELECT … FROM …: what openim_message_row_read reads; m is the message. */
#define OPENIM_MESSAGE_SELECT                                                                                \
  "SELECT m.slot, m.sendTime, m.clientMsgID, m.serverMsgID, m.delay, m.contentType, m.status, m.isRead, "    \
  "m.content, "                                                                                              \
  "m.more, m.localEx, o.sendID, o.recvID, o.groupID, o.senderNickname, o.senderFaceURL, o.attachedInfo, "    \
  "o.senderPlatformID, o.sessionType, o.msgFrom, o.options "                                                 \
  "FROM messages AS m CROSS JOIN origins AS o ON o.id = m.origin "

/* (transfer full); NULL on error. */
OpenimStoredMessage *
openim_message_row_read (OpenimStatement *statement, const char *conversation_id, GError **error);

/* Inserts @data in @slot with @status; *@inserted is FALSE when slot or clientMsgID are taken. */
gboolean openim_message_row_insert (OpenimDb *db,
                                    gint64 conversation,
                                    gint64 slot,
                                    const OpenimMsgData *data,
                                    int status,
                                    const char *local_ex,
                                    gboolean *inserted,
                                    GError **error);

/* The part of @content that is stored, as text when *@is_text, else as a blob. */
const guint8 *
openim_message_row_content (const ProtobufCBinaryData *content, gsize *length, gboolean *is_text);

/* What decides about a row that is there. */
typedef struct {
  gboolean found;
  gint64 slot;
  int status;
  int content_type;
  gboolean is_read;
  gboolean is_named; /* it has a clientMsgID */
} OpenimMessageBrief;

gboolean openim_message_row_at (
    OpenimDb *db, gint64 conversation, gint64 slot, OpenimMessageBrief *brief, GError **error);
/* Nothing is found for an empty ID. */
gboolean openim_message_row_of (
    OpenimDb *db, gint64 conversation, const char *client_msg_id, OpenimMessageBrief *brief, GError **error);
/* One that is shown; else FALSE with OPENIM_ERROR_NOT_FOUND. */
gboolean openim_message_row_find (OpenimDb *db,
                                  const char *conversation_id,
                                  const char *client_msg_id,
                                  gint64 *conversation,
                                  OpenimMessageBrief *brief,
                                  GError **error);
/* What is not shown any more keeps its place, or gets another one, and nothing of what it said. */
gboolean openim_message_row_hide (
    OpenimDb *db, gint64 conversation, gint64 slot, gint64 new_slot, int status, GError **error);
/* The row stays without the seq that it had: the server has given that to another one. */
gboolean openim_message_row_displace (OpenimDb *db,
                                      gint64 conversation,
                                      const OpenimMessageBrief *row,
                                      GError **error);
/* A free slot for a row without a seq: below 0, above all others of that kind. */
gboolean openim_message_row_next_slot (OpenimDb *db, gint64 conversation, gint64 *slot, GError **error);

G_END_DECLS
