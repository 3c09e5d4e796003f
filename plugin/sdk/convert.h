/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Between the form in which messages travel and are stored (OpenimMsgData, content as JSON text) and the form
 * of the interface (OpenimMessage, content as a member of its oneof). Any thread. */

#include "conversation.pb-c.h"

#include "store/conversations.h"

G_BEGIN_DECLS

/* (transfer full) Never NULL. @self_id decides isAtSelf. */
OpenimMessage *openim_convert_message (const OpenimStoredMessage *stored, const char *self_id);
OpenimMessage *openim_convert_data (const OpenimMsgData *data, const char *self_id);

/* (transfer full) Content, IDs, sender and times as in @message; recvID, groupID, sessionType, options are
 * the caller's business. NULL with OPENIM_ERROR_CONTENT_TYPE when its content cannot be written. */
OpenimMsgData *openim_convert_to_data (const OpenimMessage *message, GError **error);

/* (transfer full) Elements: OpenimMessage. @stored: (element-type OpenimStoredMessage) */
void openim_convert_messages (GPtrArray *stored, const char *self_id, size_t *n, OpenimMessage ***messages);

/* (transfer full) The row with its latest message. */
OpenimConversation *openim_convert_conversation (const OpenimConversationRow *row, const char *self_id);
void openim_convert_conversations (GPtrArray *rows,
                                   const char *self_id,
                                   size_t *n,
                                   OpenimConversation ***conversations);

/* (transfer full) A result of a search, without messages yet. */
Openim__Sdk__Conversation__SearchByConversationResult *
openim_convert_result (const OpenimConversationRow *row);

/* Puts @message (transfer full) into the field "message" of a response or of an event's data. */
void openim_convert_set_message (gpointer owner, OpenimMessage *message);

/* An option of a message; what is not told is TRUE. */
void openim_data_set_option (OpenimMsgData *data, const char *key, gboolean value);
/* The seven options of a message that is not kept anywhere. */
void openim_data_set_online_only (OpenimMsgData *data);

G_END_DECLS
