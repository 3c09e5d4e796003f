/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Searching among the stored messages: by words inside of what people see of a message, by type, sender and
 * time. Words are found by an index of pairs of characters, so that a word of two Chinese characters costs no
 * more than a long one and the middle of a word is found as well; what the index proposes is compared with
 * the text itself. New messages are written down as "to do" and are read; when there are many, they go into
 * the index while the store has nothing else to do. Store thread only. */

#include "store/messages.h"

G_BEGIN_DECLS

/* More are not found at once. */
#define OPENIM_SEARCH_MAX 10000

typedef struct {
  const char *conversation_id; /* (nullable) NULL: all */
  const char *const *keywords; /* (nullable) without any, types decide; nothing has a blank one */
  gboolean all_keywords;       /* FALSE: any of them */
  const char *const *senders;  /* (nullable) NULL or empty: anybody */
  const int *types;            /* content types; with keywords only those that have a visible text match */
  guint n_types;
  gint64 begin, end;   /* sendTime, ms since 1970, both included */
  guint offset, count; /* which of the results, newest first; count 0: all */
} OpenimSearch;

/* Messages that are shown, newest first. (element-type OpenimStoredMessage) (transfer full) */
GPtrArray *openim_search_messages (OpenimDb *db, const OpenimSearch *search, GError **error);

/* Shown messages of the same conversation that may quote @message: that carry its clientMsgID and are not
 * older. (element-type OpenimStoredMessage) (transfer full) */
GPtrArray *openim_search_quotes (OpenimDb *db, const OpenimStoredMessage *message, GError **error);

/* ---- for the files of this folder */

/* That row has come, or has another text. */
gboolean openim_search_add (OpenimDb *db, gint64 conversation, gint64 slot, int content_type, GError **error);
/* That row is about to go, or to change slot or text. */
gboolean openim_search_remove (OpenimDb *db, gint64 conversation, gint64 slot, GError **error);
/* All rows of all conversations are about to go. */
gboolean openim_search_remove_all (OpenimDb *db, GError **error);
/* Rows that are not in the index are read by every search; so many of them take no longer than a person
 * notices. An index of few texts costs more, in time and space, than the messages themselves. */
#define OPENIM_SEARCH_UNINDEXED 10000
/* *@due: there are more, and they shall go into the index, all of them. */
gboolean openim_search_is_due (OpenimDb *db, gboolean *due, GError **error);
/* FALSE: that is not worth asking, which needs no look into the tables. */
gboolean openim_search_may_be_due (OpenimDb *db);
/* Brings a few rows into the index, in a transaction of its own; *@more: there are others. */
gboolean openim_search_index (OpenimDb *db, gboolean *more, GError **error);

G_END_DECLS
