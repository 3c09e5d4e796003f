/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Own messages that the server has not confirmed yet, in the order in which they were sent. Written in
 * DURABLE jobs together with the message row. Store thread only. */

#include "store/messages.h"

G_BEGIN_DECLS

typedef struct {
  OpenimStoredMessage *message; /* with options and offlinePushInfo as they go out */
  gint64 created;               /* ms since 1970 */
  guint attempts;
  gboolean acknowledged; /* the server has answered; waiting for the echo that tells the seq */
} OpenimOutboxEntry;

void openim_outbox_entry_free (OpenimOutboxEntry *entry);

/* One that is there already is replaced and goes to the end of the queue. The others do nothing for a message
 * that is not there. */
gboolean
openim_outbox_add (OpenimDb *db, const char *conversation_id, const OpenimMsgData *data, GError **error);
/* The same for a message that cannot go out yet; it counts as one that was tried too often already. */
gboolean
openim_outbox_hold (OpenimDb *db, const char *conversation_id, const OpenimMsgData *data, GError **error);
gboolean openim_outbox_mark_attempt (OpenimDb *db,
                                     const char *conversation_id,
                                     const char *client_msg_id,
                                     GError **error);
gboolean openim_outbox_mark_acknowledged (OpenimDb *db,
                                          const char *conversation_id,
                                          const char *client_msg_id,
                                          GError **error);
gboolean
openim_outbox_remove (OpenimDb *db, const char *conversation_id, const char *client_msg_id, GError **error);
GPtrArray *
openim_outbox_list (OpenimDb *db,
                    GError **error); /* (element-type OpenimOutboxEntry) (transfer full), oldest first */

G_END_DECLS
