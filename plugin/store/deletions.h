/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Taking messages and conversations away. What is deleted leaves a mark in its place, so that it stays
 * deleted when the server sends it again, and nothing of its text. Store thread only. */

#include "store/conversations.h"

G_BEGIN_DECLS

/* OPENIM_ERROR_NOT_FOUND without such a message, or when it is deleted. */
gboolean
openim_messages_delete (OpenimDb *db, const char *conversation_id, const char *client_msg_id, GError **error);

/* Deletes all messages with a sendTime up to @time (ms since 1970; G_MAXINT64: all), also those that were not
 * fetched yet; they count as read. The conversation keeps its place in the list. */
gboolean openim_conversations_clear (OpenimDb *db, const char *conversation_id, gint64 time, GError **error);
/* All messages of all conversations. */
gboolean openim_conversations_clear_all (OpenimDb *db, GError **error);

/* Takes it out of the list until there is a newer message; nothing is unread in it and the draft goes.
 * @conversation_id NULL: all. */
gboolean openim_conversations_hide (OpenimDb *db, const char *conversation_id, GError **error);

G_END_DECLS
