/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is known of conversations without asking: how they are set, what is unread, which message is the
 * newest. The store has it all; this is the part that is needed at once, while a line is being shown or a
 * menu opens. */

#include "purple/line.h"

G_BEGIN_DECLS

typedef struct {
  gboolean muted; /* no notices of it */
  gboolean pinned;
  gboolean private_chat; /* what is said disappears @burn seconds after it has been read */
  guint burn;
  guint unread;
  char *latest;     /* clientMsgID of the newest message, "" for none */
  gboolean own;     /* … which is one's own */
  char *draft;      /* what the person has begun to write, "" for nothing */
  gboolean at_self; /* somebody has mentioned the person, and that is not read yet */
} OpenimTraits;

OpenimTraitTable *openim_traits_new (void);
void openim_traits_free (OpenimTraitTable *table);
void openim_traits_connect_signals (PurplePlugin *plugin);

/* After a sync: what the store says now. */
void openim_traits_set (OpenimConnection *self, OpenimConversation *const *conversations, gsize n);

/* Never NULL; of one that is not known all is as it is in a new conversation. */
const OpenimTraits *openim_traits_get (OpenimConnection *self, const char *conversation_id);
const OpenimTraits *openim_traits_of_peer (OpenimConnection *self, const OpenimPeer *peer);

/* The window of a conversation in IMConversation's terms: FALSE when it has none, such as channels of the
 * server. @peer borrows from @conversation. */
gboolean openim_peer_of_conversation (const OpenimConversation *conversation, OpenimPeer *peer);

/* Nothing shall disturb, whatever the conversation; read from the account at the server. */
gboolean openim_traits_is_quiet (OpenimConnection *self);
void openim_traits_set_quiet (OpenimConnection *self, gboolean quiet);

G_END_DECLS
