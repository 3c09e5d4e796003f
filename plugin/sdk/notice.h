/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the server tells in a conversation, as sentences. Any thread. */

#include "base/pb.h"

G_BEGIN_DECLS

/* (transfer full) (nullable) NULL for other messages, and for notices that have nothing to say. @message has
 * the member that its row in content-types.def names. */
char *openim_notice_get_text (const OpenimMessage *message, const char *self_id);

G_END_DECLS
