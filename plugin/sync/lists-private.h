/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How lists.c (who waits for which list), versioned.c (lists with a version), whole.c (lists without) and
 * members.c (all groups at once) work together: an Update is one list being brought up to date. */

#include "store/settings.h"
#include "sync/internal.h"
#include "sync/readers.h"

G_BEGIN_DECLS

typedef struct _OpenimUpdate OpenimUpdate;
struct _OpenimUpdate {
  OpenimSync *sync; /* (owned) */
  OpenimList list;
  char *entity; /* never NULL; "" for lists of one's own */
  OpenimListFlags flags;
  GArray *waiting; /* Waiter: answered at the end of this pass */
  GArray *next;    /* Waiter: came during this pass, answered by the next */
  OpenimListFlags next_flags;

  /* of the pass, owned by the file that does it */
  gpointer pass;
  GDestroyNotify free_pass;
};

/* The pass is over; nothing may use the update after it. */
void openim_update_end (OpenimUpdate *update, const GError *error);

/* Calls @path; the callback gets the update. (transfer full) @body. */
void
openim_update_call (OpenimUpdate *update, const char *path, JsonObject *body, GAsyncReadyCallback callback);

/* Pages of a list, until the server has no more or @cap rows are there. */
typedef struct {
  const char *path;
  const char *entity_key; /* where the body names whose list it is */
  const char *rows_key;
  guint size; /* rows a page; 0: the list has no pages */
  guint cap;  /* 0: none */
} OpenimPages;
/* Takes what it needs of a page, which is freed then: as JSON a long list is ten times its rows. Store
 * thread. */
typedef gboolean (*OpenimPageTaker) (
    OpenimDb *db, OpenimUpdate *update, JsonObject *page, OpenimEffects *effects, GError **error);
/* @answers: JsonObject of each page, none with a taker; @complete: nothing lies behind the cap. Both only
 * without @error. */
typedef void (*OpenimPagesFunc) (OpenimUpdate *update,
                                 GPtrArray *answers,
                                 gboolean complete,
                                 const GError *error);
void openim_update_pages (OpenimUpdate *update,
                          const OpenimPages *pages,
                          const char *entity,
                          OpenimPageTaker take,
                          OpenimPagesFunc func);

/* Rows of an answer, appended to @rows. */
void openim_update_read (
    JsonObject *answer, const char *rows_key, OpenimRowReader read, const char *self_id, GPtrArray *rows);

/* "scope␟key" of a row. (transfer full) */
char *openim_row_name (const OpenimTable *table, gconstpointer row);
/* Its parts; @scope is NULL for a table with one list. (transfer full) */
void openim_row_parts (const OpenimTable *table, gconstpointer row, char **scope, char **key);

void openim_versioned_start (OpenimUpdate *update);
void openim_whole_start (OpenimUpdate *update);
void openim_members_start (OpenimUpdate *update); /* of all groups */

/* Before a list of groups is written: asks what has become of those that are to be deleted, by @changes or
 * because @rows (nullable; OpenimGroup), the whole list, lacks them. @groups: (transfer full) (nullable) the
 * server's answer for openim_gone_mark. */
typedef void (*OpenimGoneFunc) (OpenimUpdate *update, JsonObject *groups);
void openim_gone_ask (OpenimUpdate *update, JsonObject *changes, GPtrArray *rows, OpenimGoneFunc func);
/* Those that were dissolved are told as such, before they are deleted; store thread. */
gboolean openim_gone_mark (OpenimDb *db, JsonObject *groups, OpenimEffects *effects, GError **error);

/* The answer of an incremental route, written (store thread). @full (out): it has no lists. */
gboolean openim_versioned_apply (OpenimDb *db,
                                 OpenimList list,
                                 const char *entity,
                                 JsonObject *answer,
                                 OpenimEffects *effects,
                                 GError **error);

G_END_DECLS
