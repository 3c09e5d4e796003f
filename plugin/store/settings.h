/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Small things to remember: single values and the versions of lists. Store thread only. */

#include "store/store.h"

G_BEGIN_DECLS

char *openim_settings_get (OpenimDb *db, const char *key, GError **error); /* (transfer full) (nullable) */
gboolean
openim_settings_set (OpenimDb *db, const char *key, const char *value, GError **error); /* NULL removes */
/* What was marked last (openim_store_set_mark) before this process opened the store; 0: nothing. */
guint64 openim_settings_last_mark (OpenimDb *db);

typedef struct {
  guint64 version;
  char version_id[25]; /* 24 hex digits, "" when nothing is stored */
} OpenimVersion;

/* @list: "friends", "groups", "members", "conversations"; @entity: user or group ID. Zero when nothing is
 * stored. */
gboolean openim_versions_get (
    OpenimDb *db, const char *list, const char *entity, OpenimVersion *version, GError **error);
gboolean openim_versions_set (
    OpenimDb *db, const char *list, const char *entity, const OpenimVersion *version, GError **error);
gboolean openim_versions_clear (OpenimDb *db, const char *list, const char *entity, GError **error);

/* Ordered ID list of a list as the server gave it (may be longer than the rows that are stored). */
gboolean openim_versions_set_ids (
    OpenimDb *db, const char *list, const char *entity, const char *const *ids, GError **error);
GStrv openim_versions_get_ids (OpenimDb *db,
                               const char *list,
                               const char *entity,
                               GError **error); /* (transfer full), may be empty */
/* Only @count of them, from the @offset-th on; @length: how many there are in all. */
GStrv openim_versions_get_some_ids (OpenimDb *db,
                                    const char *list,
                                    const char *entity,
                                    gint64 offset,
                                    gint64 count,
                                    gint64 *length,
                                    GError **error);

G_END_DECLS
