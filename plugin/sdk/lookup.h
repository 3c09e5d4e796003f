/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Asking the server for people, groups and members that the store does not know. Main thread. */

#include "sdk/call.h"

G_BEGIN_DECLS

/* Takes the call's reference. Exactly one of @rows (borrowed) and @error (transfer full) is non-NULL. */
typedef void (*OpenimLookupFunc) (OpenimCall *call, GPtrArray *rows, GError *error);

/* Store thread. (transfer full) NULL with OPENIM_ERROR_NOT_FOUND when it is not there, or (a message)
 * deleted. */
OpenimConversationRow *openim_lookup_conversation (OpenimDb *db, const char *conversation_id, GError **error);
OpenimStoredMessage *
openim_lookup_message (OpenimDb *db, const char *conversation_id, const char *client_msg_id, GError **error);

/* The seq of a message that the server has acknowledged a moment ago, and may still have to tell: waits for
 * it, at most 10 s. Takes the call's reference. @seq: 0 when it has none. */
typedef void (*OpenimLookupSeqFunc) (OpenimCall *call, gint64 seq);
void openim_lookup_seq (OpenimCall *call,
                        const char *conversation_id,
                        const char *client_msg_id,
                        OpenimLookupSeqFunc func);

/* @rows: OpenimUser; they are stored, and conversations are renamed where a name was different, with their
 * events, before @func runs. @ids may not be empty. */
void openim_lookup_users (OpenimCall *call, const char *const *ids, OpenimLookupFunc func);

/* @rows: OpenimGroup; not stored, since stored groups are those that one is in. */
void openim_lookup_groups (OpenimCall *call, const char *const *ids, OpenimLookupFunc func);

/* @rows: OpenimGroupMember; stored while one is in the group. */
void
openim_lookup_members (OpenimCall *call, const char *group_id, const char *const *ids, OpenimLookupFunc func);

/* Takes the call's reference. */
typedef void (*OpenimLookupStep) (OpenimCall *call);

/* Sees to it that the members of a group which one has joined a moment ago are here; a call that fails at it
 * is ended. */
void openim_lookup_member_list (OpenimCall *call, const char *group_id, OpenimLookupStep step);

G_END_DECLS
