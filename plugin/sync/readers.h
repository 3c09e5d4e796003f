/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The server's JSON objects as rows of the interface. Any thread. Results are (transfer full) messages. */

#include "base/json.h"

G_BEGIN_DECLS

typedef gpointer (*OpenimRowReader) (JsonObject *object, const char *self_id);

gpointer openim_read_user (JsonObject *object, const char *self_id);
gpointer openim_read_friend (JsonObject *object, const char *self_id);
gpointer openim_read_black (JsonObject *object, const char *self_id);
gpointer openim_read_friend_request (JsonObject *object, const char *self_id);
gpointer openim_read_group (JsonObject *object, const char *self_id);
gpointer openim_read_member (JsonObject *object, const char *self_id);
gpointer openim_read_group_request (JsonObject *object, const char *self_id);
gpointer openim_read_conversation (JsonObject *object, const char *self_id);
gpointer openim_read_command (JsonObject *object, const char *self_id);

/* For a notification, whose request lacks the group. */
void openim_read_request_group (OpenimGroupRequest *request, JsonObject *group);

G_END_DECLS
