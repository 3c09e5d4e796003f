/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a person has been shown, remembered across restarts in a small file of our own (bitlbee keeps neither
 * buddy list nor settings): for each conversation the seq up to which nothing needs to be shown any more, the
 * seq up to which it was (and is in the host's log), and the IDs of our own messages, which libpurple shows
 * before they have a seq. The file is a journal: one short write for
 * each line shown, tidied when it is opened. Trouble with the file is logged and costs the memory, nothing
 * else. */

#include "purple/connection.h"

G_BEGIN_DECLS

/* @server: its API address; people on two servers may have the same ID. */
OpenimShown *openim_shown_open (const char *directory, const char *server, const char *user_id);
void openim_shown_free (OpenimShown *shown);

/* 0: nothing is known of the conversation. */
gint64 openim_shown_get_seq (OpenimShown *shown, const char *conversation_id);
gint64 openim_shown_get_written (OpenimShown *shown, const char *conversation_id);
/* It has been written into a window; it need not be: both never backwards. */
void openim_shown_set_seq (OpenimShown *shown, const char *conversation_id, gint64 seq);
void openim_shown_pass (OpenimShown *shown, const char *conversation_id, gint64 seq);
/* The server has fewer messages than have been shown: it was set up anew, or the newest ones were deleted. */
void openim_shown_rewind (OpenimShown *shown, const char *conversation_id, gint64 seq);

/* Whether the person has been asked about something, such as a friend request; @question names it, without
 * white space. */
gboolean openim_shown_was_asked (OpenimShown *shown, const char *question);
void openim_shown_add_asked (OpenimShown *shown, const char *question);

/* The nicks under which people are shown where there are no aliases (who.h): user ID → nick; owned by
 * @shown. */
GHashTable *openim_shown_get_names (OpenimShown *shown);
void openim_shown_set_name (OpenimShown *shown, const char *user_id, const char *name);

gboolean openim_shown_has_own (OpenimShown *shown, const char *client_msg_id);
void openim_shown_add_own (OpenimShown *shown, const char *client_msg_id);

G_END_DECLS
