/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is handed out of the store: newest seqs, read marks, messages by range, by list, and the last one. */

#include "messages.h"

extern const Route pull_routes[];

Result pull_newest (Request *request);   /* 1001 */
Result pull_ranges (Request *request);   /* 1002 */
Result pull_seqs (Request *request);     /* 1005 */
Result pull_has_read (Request *request); /* 1006 */
Result pull_last (Request *request);     /* 1007 */

/* (transfer full) (nullable) One stored message as @user sees it; @settled: the status as it was stored, not
 * as the sender wrote it. */
MsgData *
pull_message (Server *server, const char *user, const char *conversation, gint64 seq, gboolean settled);
MsgData *pull_newest_message (Server *server, const char *user, const char *conversation, gboolean settled);
