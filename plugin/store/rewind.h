/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Seqs that go back: a server that was set up anew, or from an old copy, gives out again what it has given
 * out before. */

#include "store/messages.h"

G_BEGIN_DECLS

/* Of that conversation or notification channel the server has no seqs above @max, and what it says of the
 * others is to be asked for again. Messages that are here stay: those above @max without their seqs, the
 * others until another one takes their place. Newest seq and read mark become 0 and grow with what the server
 * tells. Store thread. */
gboolean openim_seqs_rewind (OpenimDb *db, const char *conversation_id, gint64 max, GError **error);

/* The same of all of them, as long as nobody knows how far back the server has gone: no message loses its
 * seq. What is fetched at this moment may still be of the old count, and the next sync may be cut off;
 * therefore each sync does it once more at its beginning, until one has come to its end. */
gboolean openim_seqs_rewind_all (OpenimDb *db, GError **error);
gboolean openim_seqs_begin_sync (OpenimDb *db, GError **error);
gboolean openim_seqs_end_sync (OpenimDb *db, GError **error);
/* All of them were rewound, and no sync has begun since. */
gboolean openim_seqs_is_noticed (OpenimDb *db, gboolean *noticed, GError **error);

/* Whether a message that the server has just sent cannot be of the same count as those that are here: its seq
 * is that of another one, or later ones were sent long before it. */
gboolean openim_seqs_contradict (OpenimDb *db,
                                 const char *conversation_id,
                                 const OpenimMsgData *data,
                                 gboolean *contradict,
                                 GError **error);

/* The newest message up to @last by which the server can be tried: it was fetched and has a clientMsgID. 0:
 * there is none nearby. */
gboolean
openim_seqs_find_anchor (OpenimDb *db, const char *conversation_id, gint64 last, gint64 *seq, GError **error);

/* When the newest message that the server has was sent; 0: there is none. */
gboolean openim_seqs_newest_time (OpenimDb *db, const char *conversation_id, gint64 *time, GError **error);

G_END_DECLS
