/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A user's rows about conversations: settings, bounds, marks. */

#include "messages.h"

enum { AT_NONE, AT_ME, AT_EVERYBODY, AT_BOTH, AT_ANNOUNCEMENT };

extern const Route conversation_routes[];

/* The first message of a chat makes the rows. */
void conversations_begin (Server *server, const MsgData *message, const char *conversation);

/* Somebody enters a group: a row, or the bound of the former stay is lifted. */
void conversation_join (Server *server, const char *user, const char *group);

/* Somebody left: what he may see ends with the newest message; he is told (1300). FALSE when nothing was ever
 * said. */
gboolean conversation_leave (Server *server, const char *user, const char *group);

void conversation_mark (Server *server, const char *user, const char *conversation, int at_type);
void conversations_mark_all (Server *server,
                             const char *group,
                             const char *conversation,
                             const char *but,
                             char **named,
                             gsize n_named);

void conversations_announce (Server *server, const char *group);
void put_conversation (Server *server, GString *out, const char *key, const char *owner, const char *id);

/* Nothing below @min_seq is seen any more. */
void conversation_clear (
    Server *server, const char *user, const char *conversation, gint64 min_seq, gboolean tell);
gboolean conversation_exists (Server *server, const char *user, const char *conversation);
