/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What was said before: a page of it in every window that opens, as many lines as the account's option says,
 * and as much as the person asks for with /history and /more. The host's own log is not doubled: what was
 * shown here before goes in without being logged, and where the host shows its log by itself there is no
 * page. */

#include "message.pb-c.h"
#include "purple/commands.h"

G_BEGIN_DECLS

OpenimBacklog *openim_backlog_new (void);
void openim_backlog_free (OpenimBacklog *backlog);
void openim_backlog_watch (OpenimConnection *self);

/* How many lines a window gets when it opens. */
guint openim_backlog_get_count (OpenimConnection *self);

/* A window is going to open for @message: TRUE when the display is held until the page before it is there. */
gboolean
openim_backlog_prepare (OpenimConnection *self, const OpenimPeer *peer, const OpenimMessage *message);
/* The person has written there: a page that is still to come would stand below that. */
void openim_backlog_forget (OpenimConnection *self, const OpenimPeer *peer);
/* Something that stands in the window is no more: a window that can forget its lines has a new page. */
void openim_backlog_renew (OpenimConnection *self, const OpenimPeer *peer);
/* What /more goes on from. */
void
openim_backlog_set_oldest (OpenimConnection *self, const char *conversation_id, const char *client_msg_id);

/* Handlers of commands. */
void openim_backlog_history (OpenimConnection *self, OpenimCommandLine *command);
void openim_backlog_more (OpenimConnection *self, OpenimCommandLine *command);

/* Asks for @count messages before (after, when @reverse) one of a conversation; "" for the newest (oldest).
 */
void openim_backlog_ask (OpenimConnection *self,
                         const char *conversation_id,
                         const char *client_msg_id,
                         guint count,
                         gboolean reverse,
                         OpenimReplyFunc reply,
                         gpointer data,
                         GDestroyNotify destroy);
/* (nullable) What has come, oldest first, which may be less than there is at the server. */
typedef Openim__Sdk__Message__GetAdvancedHistoryMessageListCallback OpenimHistoryPage;
const OpenimHistoryPage *
openim_backlog_read (const GError *error, const ProtobufCMessage *response, gboolean reverse);

G_END_DECLS
