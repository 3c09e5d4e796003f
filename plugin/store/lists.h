/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Questions about friends, blacklist, groups, members, requests and commands that need more than a key. Store
 * thread only.
 * @count 0 means all. Arrays are (transfer full) with openim_pb_free. */

#include "store/rows.h"

G_BEGIN_DECLS

/* Pinned first, then by shown name (remark, else nickname, else ID). */
GPtrArray *
openim_friends_list (OpenimDb *db, gboolean filter_black, gint64 offset, gint64 count, GError **error);
GPtrArray *openim_friends_search (OpenimDb *db,
                                  const char *keyword,
                                  gboolean by_id,
                                  gboolean by_nickname,
                                  gboolean by_remark,
                                  GError **error);
GPtrArray *openim_blacks_list (OpenimDb *db, GError **error); /* newest first */

GPtrArray *openim_groups_list (OpenimDb *db, gint64 offset, gint64 count, GError **error); /* by name */
/* Latest made first. */
GPtrArray *
openim_groups_search (OpenimDb *db, const char *keyword, gboolean by_id, gboolean by_name, GError **error);

/* By role, then join time. @roles: NULL or a 0-terminated list of role levels (100, 60, 20). */
GPtrArray *openim_members_list (
    OpenimDb *db, const char *group_id, const int *roles, gint64 offset, gint64 count, GError **error);
GPtrArray *openim_members_search (OpenimDb *db,
                                  const char *group_id,
                                  const char *keyword,
                                  gboolean by_id,
                                  gboolean by_nickname,
                                  gint64 offset,
                                  gint64 count,
                                  GError **error);
/* Latest first; ms since 1970, @end 0: open. */
GPtrArray *openim_members_by_join_time (OpenimDb *db,
                                        const char *group_id,
                                        gint64 begin,
                                        gint64 end,
                                        gint64 offset,
                                        gint64 count,
                                        GError **error);
/* Those of @user_ids that are members, in that order, also when their rows are not stored. (element-type
 * utf8), which are not copied. */
GPtrArray *openim_members_among (
    OpenimDb *db, const char *group_id, char *const *user_ids, size_t n_user_ids, GError **error);

/* Newest first; @sent: those that @self_id made. */
GPtrArray *openim_friend_requests_list (OpenimDb *db, const char *self_id, gboolean sent, GError **error);
GPtrArray *openim_group_requests_list (OpenimDb *db, const char *self_id, gboolean sent, GError **error);

/* The name and picture to show for a person: remark, else nickname of friend, user, else ID. (transfer full)
 * strings. */
gboolean
openim_names_of_user (OpenimDb *db, const char *user_id, char **name, char **face_url, GError **error);

G_END_DECLS
