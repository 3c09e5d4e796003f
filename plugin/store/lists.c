/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/lists.h"

#include "base/pb.h"
#include "store/db.h"
#include "store/settings.h"

#define FRIEND_ORDER                                                                                         \
  "ORDER BY isPinned DESC, coalesce(nullif(remark, ''), nullif(nickname, ''), friendUserID) COLLATE "        \
  "NOCASE, "                                                                                                 \
  "friendUserID"
#define GROUP_NAME "coalesce(nullif(groupName, ''), groupID) COLLATE NOCASE, groupID"
#define MEMBER_ORDER "ORDER BY roleLevel DESC, joinTime, userID"

/* LIMIT -1 has no limit. */
static gint64
limit (gint64 count)
{
  return count > 0 ? count : -1;
}

/* A pattern for LIKE … ESCAPE '\' that finds @keyword anywhere. (transfer full) */
static char *
pattern (const char *keyword)
{
  GString *text = g_string_new ("%");

  for (; *keyword != '\0'; keyword++) {
    if (*keyword == '%' || *keyword == '_' || *keyword == '\\')
      g_string_append_c (text, '\\');
    g_string_append_c (text, *keyword);
  }
  g_string_append_c (text, '%');
  return g_string_free (text, FALSE);
}

GPtrArray *
openim_friends_list (OpenimDb *db, gboolean filter_black, gint64 offset, gint64 count, GError **error)
{
  return openim_rows_query (
      db, &openim_table_friends, error,
      "WHERE ?1 = 0 OR friendUserID NOT IN (SELECT blockUserID FROM blacks) " FRIEND_ORDER
      " LIMIT ?2 OFFSET ?3",
      "iii", (gint64) (filter_black != FALSE), limit (count), offset);
}

GPtrArray *
openim_friends_search (OpenimDb *db,
                       const char *keyword,
                       gboolean by_id,
                       gboolean by_nickname,
                       gboolean by_remark,
                       GError **error)
{
  g_autofree char *like = pattern (keyword);

  return openim_rows_query (db, &openim_table_friends, error,
                            "WHERE (?2 AND friendUserID LIKE ?1 ESCAPE '\\') OR "
                            "(?3 AND nickname LIKE ?1 ESCAPE '\\') OR (?4 AND remark LIKE ?1 ESCAPE '\\') " //
                            FRIEND_ORDER,
                            "siii", like, (gint64) by_id, (gint64) by_nickname, (gint64) by_remark);
}

GPtrArray *
openim_blacks_list (OpenimDb *db, GError **error)
{
  return openim_rows_query (db, &openim_table_blacks, error, "ORDER BY createTime DESC, blockUserID", "");
}

GPtrArray *
openim_groups_list (OpenimDb *db, gint64 offset, gint64 count, GError **error)
{
  return openim_rows_query (db, &openim_table_groups, error, "ORDER BY " GROUP_NAME " LIMIT ?1 OFFSET ?2",
                            "ii", limit (count), offset);
}

GPtrArray *
openim_groups_search (OpenimDb *db, const char *keyword, gboolean by_id, gboolean by_name, GError **error)
{
  g_autofree char *like = pattern (keyword);

  return openim_rows_query (db, &openim_table_groups, error,
                            "WHERE (?2 AND groupID LIKE ?1 ESCAPE '\\') OR "
                            "(?3 AND groupName LIKE ?1 ESCAPE '\\') ORDER BY createTime DESC, " GROUP_NAME,
                            "sii", like, (gint64) by_id, (gint64) by_name);
}

GPtrArray *
openim_members_list (
    OpenimDb *db, const char *group_id, const int *roles, gint64 offset, gint64 count, GError **error)
{
  gint64 wanted[3] = { 0 }; /* there are three roles */

  for (guint i = 0; roles != NULL && i < G_N_ELEMENTS (wanted) && roles[i] != 0; i++)
    wanted[i] = roles[i];
  return openim_rows_query (db, &openim_table_members, error,
                            "WHERE groupID = ?1 AND (?2 = 0 OR roleLevel IN (?2, ?3, ?4)) " MEMBER_ORDER
                            " LIMIT ?5 OFFSET ?6",
                            "siiiii", group_id, wanted[0], wanted[1], wanted[2], limit (count), offset);
}

GPtrArray *
openim_members_search (OpenimDb *db,
                       const char *group_id,
                       const char *keyword,
                       gboolean by_id,
                       gboolean by_nickname,
                       gint64 offset,
                       gint64 count,
                       GError **error)
{
  g_autofree char *like = pattern (keyword);

  return openim_rows_query (db, &openim_table_members, error,
                            "WHERE groupID = ?1 AND ((?3 AND userID LIKE ?2 ESCAPE '\\') OR "
                            "(?4 AND nickname LIKE ?2 ESCAPE '\\')) " MEMBER_ORDER " LIMIT ?5 OFFSET ?6",
                            "ssiiii", group_id, like, (gint64) by_id, (gint64) by_nickname, limit (count),
                            offset);
}

GPtrArray *
openim_members_by_join_time (
    OpenimDb *db, const char *group_id, gint64 begin, gint64 end, gint64 offset, gint64 count, GError **error)
{
  return openim_rows_query (db, &openim_table_members, error,
                            "WHERE groupID = ?1 AND joinTime >= ?2 AND (?3 = 0 OR joinTime <= ?3) "
                            "ORDER BY joinTime DESC, userID LIMIT ?4 OFFSET ?5",
                            "siiii", group_id, begin, end, limit (count), offset);
}

GPtrArray *
openim_members_among (
    OpenimDb *db, const char *group_id, char *const *user_ids, size_t n_user_ids, GError **error)
{
  g_autoptr (GPtrArray) among = g_ptr_array_new ();
  g_autoptr (GHashTable) members = NULL;
  g_auto (GStrv) listed = NULL;

  for (size_t i = 0; i < n_user_ids; i++) {
    g_autoptr (GError) trouble = NULL;
    g_autoptr (OpenimGroupMember) row =
        openim_rows_get (db, &openim_table_members, group_id, user_ids[i], &trouble);

    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return NULL;
    }
    /* The whole list is long, and read only for somebody who has no row. */
    if (row == NULL && members == NULL) {
      listed = openim_versions_get_ids (db, "members", group_id, error);
      if (listed == NULL)
        return NULL;
      members = g_hash_table_new (g_str_hash, g_str_equal);
      for (guint k = 0; listed[k] != NULL; k++)
        g_hash_table_add (members, listed[k]);
    }
    if (row != NULL || g_hash_table_contains (members, user_ids[i]))
      g_ptr_array_add (among, user_ids[i]);
  }
  return g_steal_pointer (&among);
}

GPtrArray *
openim_friend_requests_list (OpenimDb *db, const char *self_id, gboolean sent, GError **error)
{
  return openim_rows_query (
      db, &openim_table_friend_requests, error,
      "WHERE iif(?2, fromUserID, toUserID) = ?1 ORDER BY createTime DESC, fromUserID, toUserID", "si",
      self_id, (gint64) sent);
}

GPtrArray *
openim_group_requests_list (OpenimDb *db, const char *self_id, gboolean sent, GError **error)
{
  return openim_rows_query (db, &openim_table_group_requests, error,
                            "WHERE iif(?2, userID = ?1, userID <> ?1 AND inviterUserID <> ?1) "
                            "ORDER BY reqTime DESC, groupID, userID",
                            "si", self_id, (gint64) sent);
}

gboolean
openim_names_of_user (OpenimDb *db, const char *user_id, char **name, char **face_url, GError **error)
{
  gboolean row;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error,
      "SELECT coalesce(nullif(f.remark, ''), nullif(f.nickname, ''), nullif(u.nickname, ''), ?1), "
      "coalesce(nullif(f.faceURL, ''), u.faceURL) "
      "FROM (SELECT 1) LEFT JOIN friends AS f ON f.friendUserID = ?1 LEFT JOIN users AS u ON u.userID = ?1",
      "s", user_id);

  if (statement == NULL || !openim_statement_next (statement, &row, error))
    return FALSE;
  *name = g_strdup (openim_statement_text (statement, 0));
  *face_url = g_strdup (openim_statement_text (statement, 1));
  return TRUE;
}
