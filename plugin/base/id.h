/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Identifiers that the client makes. Any thread. All results (transfer full). */

#include <glib.h>

G_BEGIN_DECLS

/* 32 lower-case hex digits, unique: what official clients use as clientMsgID. */
char *openim_id_message (const char *user_id);
/* Text that names one call in the logs of both sides. */
char *openim_id_operation (void);

/* Conversation IDs (open-im-server 3.8: user IDs sorted by bytes). Never take such an ID apart: user IDs may
 * contain '_'. */
char *openim_id_conversation (int session_type,
                              const char *self_id,
                              const char *peer_or_group_id); /* si_ sg_ g_ sn_; "" for other types */
/* Everything before the first '_' becomes n; "" for a text without one. */
char *openim_id_notification_channel (const char *conversation_id);
gboolean openim_id_is_notification_channel (const char *conversation_id);

G_END_DECLS
