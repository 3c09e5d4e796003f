/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* protobuf-c messages as GLib programs want them. Strings and arrays inside are g_malloc memory; a field that
 * was never set points to protobuf-c's shared empty string, which these functions know how to leave alone.
 * Any thread. */

#include "base/types.h"
#include "base/error.h"

G_BEGIN_DECLS
#pragma GCC visibility push(default) /* these are part of libopenim-sdk */

/* (transfer full) An empty message. */
gpointer openim_pb_new (const ProtobufCMessageDescriptor *descriptor);
/* OPENIM_PB_NEW (Sdk, Shared, IMFriend, imfriend) would save little: use openim_pb_new
 * (&openim__sdk__shared__imfriend__descriptor). */

void openim_pb_free (gpointer message);                      /* NULL is fine */
gpointer openim_pb_copy (gconstpointer message);             /* (transfer full), NULL for NULL */
gboolean openim_pb_equal (gconstpointer a, gconstpointer b); /* same serialised form */

/* Passes the protobuf gate, then unpacks. (transfer full); NULL with OPENIM_ERROR_INTERNAL. */
gpointer openim_pb_unpack (const ProtobufCMessageDescriptor *descriptor,
                           const guint8 *data,
                           gsize length,
                           GError **error);
GBytes *openim_pb_pack (gconstpointer message); /* (transfer full) */

/* Sets a string field: openim_pb_set (&friend->nickname, "x"); @value is copied, NULL means "". */
void openim_pb_set (char **field, const char *value);
void openim_pb_take (char **field, char *value); /* (transfer full) value */

/* Appends to a repeated field: openim_pb_append (&resp->n_friendlist, &resp->friendlist, friend); takes
 * ownership of @message. */
#define openim_pb_append(n, array, message) openim_pb_append_pointer ((n), (gpointer **) (array), (message))
void openim_pb_append_pointer (size_t *n, gpointer **array, gpointer message);
void openim_pb_append_string (size_t *n, char ***array, const char *value); /* copies */

/* Field by its name in the .proto file; NULL when there is none. */
const ProtobufCFieldDescriptor *openim_pb_field (const ProtobufCMessageDescriptor *descriptor,
                                                 const char *name);

/* Moves all messages of a GPtrArray into a repeated field; the array is freed. */
void openim_pb_steal_array (size_t *n, gpointer **field, GPtrArray *array);

#define OPENIM_PB_AUTO(Type) G_DEFINE_AUTOPTR_CLEANUP_FUNC (Type, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimUser, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimFriend, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimBlack, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimFriendRequest, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimGroup, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimGroupMember, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimGroupRequest, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimConversation, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimMessage, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimCommand, openim_pb_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimMsgData, openim_pb_free)

#pragma GCC visibility pop
G_END_DECLS
