/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Which seqs of a conversation (or notification channel) have been fetched: intervals that merge when they
 * touch, so a hole is a fact and not a guess. Store thread only. */

#include "store/store.h"

G_BEGIN_DECLS

typedef struct {
  gint64 begin, end; /* both included */
} OpenimRange;

gboolean
openim_ranges_add (OpenimDb *db, const char *conversation_id, gint64 begin, gint64 end, GError **error);
/* Parts of begin…end that were never fetched, ascending. (element-type OpenimRange) (transfer full) */
GArray *
openim_ranges_missing (OpenimDb *db, const char *conversation_id, gint64 begin, gint64 end, GError **error);
GArray *openim_ranges_all (OpenimDb *db, const char *conversation_id, GError **error);
gint64 openim_ranges_max (OpenimDb *db,
                          const char *conversation_id,
                          GError **error); /* highest seq fetched, 0 if none; -1 on error */
gboolean openim_ranges_clear (OpenimDb *db, const char *conversation_id, GError **error);

G_END_DECLS
