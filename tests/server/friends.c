/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "friends.h"

#include "blacks.h"
#include "notifications.h"
#include "users.h"
#include "versions.h"

#define COLUMNS                                                                                              \
  "owner, friend, remark, friends.created, source, operator, friends.ex, pinned, nickname, face, users.ex"
#define TABLES " FROM friends LEFT JOIN users ON users.id = friend "

/* Lists tell seconds. The friend's profile has four values, the rest is zero. */
static void
put_row (GString *out, const char *key, DbRows *rows)
{
  out_begin (out, key, '{');
  out_put (out, "ownerUserID", 's', db_text (rows, 0), "remark", 's', db_text (rows, 2), "createTime", 'i',
           db_integer (rows, 3) / 1000, NULL);
  out_begin (out, "friendUser", '{');
  out_put (out, "userID", 's', db_text (rows, 1), "nickname", 's', db_text (rows, 8), "faceURL", 's',
           db_text (rows, 9), "ex", 's', db_text (rows, 10), "createTime", 'i', (gint64) 0, "appMangerLevel",
           'i', (gint64) 0, "globalRecvMsgOpt", 'i', (gint64) 0, NULL);
  out_end (out, '}');
  out_put (out, "addSource", 'i', db_integer (rows, 4), "operatorUserID", 's', db_text (rows, 5), "ex", 's',
           db_text (rows, 6), "isPinned", 'b', (gboolean) db_integer (rows, 7), NULL);
  out_end (out, '}');
}

static void
put_listed (Server *server, GString *out, const char *owner, const char *friend)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT " COLUMNS TABLES "WHERE owner = ? AND friend = ?", "ss", owner, friend);

  if (db_next (rows))
    put_row (out, NULL, rows);
}

/* Beside a profile: ms, and no profile. */
void
put_friend (Server *server, GString *out, const char *key, const char *owner, const char *friend)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT " COLUMNS TABLES "WHERE owner = ? AND friend = ?", "ss", owner, friend);

  if (!db_next (rows)) {
    out_raw (out, key, "null");
    return;
  }
  out_begin (out, key, '{');
  out_put (out, "ownerUserID", 's', db_text (rows, 0), "remark", 's', db_text (rows, 2), "createTime", 'i',
           db_integer (rows, 3), "friendUser", 'n', NULL, "addSource", 'i', db_integer (rows, 4),
           "operatorUserID", 's', db_text (rows, 5), "ex", 's', db_text (rows, 6), "isPinned", 'b',
           (gboolean) db_integer (rows, 7), NULL);
  out_end (out, '}');
}

GPtrArray *
friend_ids (Server *server, const char *owner)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT friend FROM friends WHERE owner = ? ORDER BY pinned DESC, n", "s", owner);

  while (db_next (rows))
    g_ptr_array_add (ids, g_strdup (db_text (rows, 0)));
  return ids;
}

gboolean
friend_has (Server *server, const char *owner, const char *friend)
{
  return db_has (server->db, "SELECT 1 FROM friends WHERE owner = ? AND friend = ?", "ss", owner, friend);
}

gboolean
friend_add (Server *server, const char *owner, const char *friend, int source, const char *operator)
{
  return db_run (server->db,
                 "INSERT OR IGNORE INTO friends (owner, friend, created, source, operator) VALUES (?, ?, ?, "
                 "?, ?)",
                 "ssiis", owner, friend, now_ms (), (gint64) source, operator) > 0;
}

GString *
friend_detail (const char *from, const char *to)
{
  GString *detail = g_string_new (NULL);

  out_begin (detail, NULL, '{');
  out_begin (detail, "fromToUserID", '{');
  out_put (detail, "fromUserID", 's', from, "toUserID", 's', to, NULL);
  out_end (detail, '}');
  return detail;
}

void
put_friend_version (GString *detail)
{
  out_put (detail, "friendVersion", 'i', (gint64) 0, "friendVersionID", 's', "", NULL);
}

void
friends_import (Server *server, const char *owner, char **friends)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_null_terminated (0, NULL, TRUE);

  for (char **friend = friends; *friend; friend ++) {
    if (friend_add (server, owner, *friend, FRIEND_IMPORTED, SERVER_ADMIN))
      g_ptr_array_add (added, *friend);
    if (friend_add (server, *friend, owner, FRIEND_IMPORTED, SERVER_ADMIN))
      log_change (server, LOG_FRIENDS, *friend, CHANGE_INSERT, owner);
  }
  if (added->len)
    log_changes (server, LOG_FRIENDS, owner, CHANGE_INSERT, (char **) added->pdata);
  for (char **friend = friends; *friend; friend ++) {
    GString *detail = friend_detail (owner, *friend);

    out_put (detail, "handleMsg", 's', "", NULL);
    put_friend_version (detail);
    out_put (detail, "request", 'n', NULL, NULL);
    out_end (detail, '}');
    notify_user (server, FRIEND_APPROVED, *friend, owner, detail);
  }
}

static Result
import_friend (Call *call)
{
  const char *owner = call_string (call, "ownerUserID");
  g_auto (GStrv) friends = call_list (call, "friendUserIDs");

  if (g_strv_length (friends) > 1000)
    return result (ARGS, "too many friends");
  if (list_repeats (friends) || list_contains (friends, owner) || !user_exists (call->server, owner))
    return result (NOT_FOUND, "a friend is oneself or named twice");
  for (char **friend = friends; *friend; friend ++)
    if (!user_exists (call->server, *friend))
      return result (NOT_FOUND, "user not found");
  friends_import (call->server, owner, friends);
  return RESULT_OK;
}

static Result
get_friend_list (Call *call)
{
  const char *owner = call_string (call, "userID");
  gint64 limit, offset;
  g_autoptr (DbRows) rows = NULL;

  call_page (call, &limit, &offset);
  rows =
      db_query (call->server->db,
                /* the pages before are skipped in the index alone */
                "SELECT " COLUMNS TABLES
                "WHERE friends.n IN (SELECT n FROM friends WHERE owner = ? ORDER BY pinned DESC, n LIMIT ? "
                "OFFSET ?) ORDER BY pinned DESC, friends.n",
                "sii", owner, limit, offset);
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "friendsInfo");
  while (db_next (rows))
    put_row (call->data, NULL, rows);
  out_list_end (call->data);
  out_put (call->data, "total", 'i',
           db_int (call->server->db, 0, "SELECT length FROM lengths WHERE list = 'friends' AND owner = ?",
                   "s", owner),
           NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_friend_id (Call *call)
{
  g_autoptr (GPtrArray) ids = friend_ids (call->server, call_string (call, "userID"));

  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "friendIDs");
  for (guint i = 0; i < ids->len; i++)
    out_string (call->data, NULL, g_ptr_array_index (ids, i));
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_designated_friends (Call *call)
{
  g_auto (GStrv) friends = call_list (call, "friendUserIDs");

  if (list_repeats (friends))
    return result (ARGS, "friendUserIDs repeated");
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "friendsInfo");
  for (char **friend = friends; *friend; friend ++)
    put_listed (call->server, call->data, call_string (call, "ownerUserID"), *friend);
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_specified_friends_info (Call *call)
{
  const char *owner = call_string (call, "ownerUserID");
  g_auto (GStrv) users = call_list (call, "userIDList");

  if (list_repeats (users) || g_strv_length (users) > 1000)
    return result (ARGS, "userIDList is invalid");
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "infos");
  for (char **user = users; *user; user++) {
    if (!user_exists (call->server, *user))
      continue;
    out_begin (call->data, NULL, '{');
    put_user (call->server, call->data, "userInfo", *user);
    put_friend (call->server, call->data, "friendInfo", owner, *user);
    put_black (call->server, call->data, "blackInfo", owner, *user);
    out_end (call->data, '}');
  }
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
is_friend (Call *call)
{
  const char *one = call_string (call, "userID1"), *two = call_string (call, "userID2");

  out_begin (call->data, NULL, '{');
  out_put (call->data, "inUser1Friends", 'b', friend_has (call->server, one, two), "inUser2Friends", 'b',
           friend_has (call->server, two, one), NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
delete_friend (Call *call)
{
  const char *owner = call_string (call, "ownerUserID"), *friend = call_string (call, "friendUserID");
  GString *detail = friend_detail (owner, friend);

  if (db_run (call->server->db, "DELETE FROM friends WHERE owner = ? AND friend = ?", "ss", owner, friend) >
      0)
    log_change (call->server, LOG_FRIENDS, owner, CHANGE_DELETE, friend);
  put_friend_version (detail);
  out_end (detail, '}');
  notify_user (call->server, FRIEND_DELETED, owner, friend, detail);
  return RESULT_OK;
}

static Result
set_friend_remark (Call *call)
{
  const char *owner = call_string (call, "ownerUserID"), *friend = call_string (call, "friendUserID");
  GString *detail;

  if (!friend_has (call->server, owner, friend))
    return result (NOT_FOUND, "no friend");
  db_run (call->server->db, "UPDATE friends SET remark = ? WHERE owner = ? AND friend = ?", "sss",
          call_string (call, "remark"), owner, friend);
  log_change (call->server, LOG_FRIENDS, owner, CHANGE_UPDATE, friend);
  detail = friend_detail (owner, friend);
  put_friend_version (detail);
  out_put (detail, "friendSortVersion", 'i', (gint64) 0, NULL);
  out_end (detail, '}');
  notify_user (call->server, FRIEND_REMARK_SET, owner, friend, detail);
  return RESULT_OK;
}

static Result
update_friends (Call *call)
{
  const char *owner = call_string (call, "ownerUserID");
  const char *remark = call_has (call, "remark") ? call_string (call, "remark") : NULL;
  const char *ex = call_has (call, "ex") ? call_string (call, "ex") : NULL;
  g_auto (GStrv) friends = call_list (call, "friendUserIDs");
  g_autoptr (GPtrArray) changed = g_ptr_array_new_null_terminated (0, NULL, TRUE);
  GString *detail;

  if (list_repeats (friends) || g_strv_length (friends) > 1000)
    return result (ARGS, "friendUserIDs is invalid");
  for (char **friend = friends; *friend && (remark || ex || call_has (call, "isPinned")); friend ++) {
    if (!friend_has (call->server, owner, *friend))
      continue;
    db_run (call->server->db,
            "UPDATE friends SET remark = coalesce (?, remark), ex = coalesce (?, ex) WHERE owner = ? AND "
            "friend = ?",
            "ssss", remark, ex, owner, *friend);
    if (call_has (call, "isPinned"))
      db_run (call->server->db, "UPDATE friends SET pinned = ? WHERE owner = ? AND friend = ?", "iss",
              (gint64) call_bool (call, "isPinned"), owner, *friend);
    g_ptr_array_add (changed, *friend);
  }
  if (changed->len) {
    if (call_has (call, "isPinned"))
      g_ptr_array_add (changed, (char *) ELEMENT_ORDER);
    log_changes (call->server, LOG_FRIENDS, owner, CHANGE_UPDATE, (char **) changed->pdata);
  }
  detail = friend_detail ("", owner);
  out_put (detail, "friendIDs", 'S', friends, NULL);
  put_friend_version (detail);
  out_end (detail, '}');
  notify_user (call->server, FRIENDS_INFO_UPDATE, owner, owner, detail);
  return RESULT_OK;
}

static Result
get_incremental_friends (Call *call)
{
  out_begin (call->data, NULL, '{');
  put_difference (call->server, call->data, LOG_FRIENDS, call_string (call, "userID"),
                  openim_json_uint (call->body, "version"), call_string (call, "versionID"), put_listed, TRUE,
                  NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_full_friend_user_ids (Call *call)
{
  const char *user = call_string (call, "userID");
  g_autoptr (GPtrArray) ids = friend_ids (call->server, user);

  out_begin (call->data, NULL, '{');
  put_full (call->server, call->data, LOG_FRIENDS, user, openim_json_uint (call->body, "idHash"), "userIDs",
            ids);
  out_end (call->data, '}');
  return RESULT_OK;
}

const Route friend_routes[] = {
  { "/friend/import_friend", import_friend, NEEDS_ADMIN, "ownerUserID:s! friendUserIDs:S!" },
  { "/friend/get_friend_list", get_friend_list, NEEDS_TOKEN, "userID:s!@ pagination:p" },
  { "/friend/get_friend_id", get_friend_id, NEEDS_TOKEN, "userID:s!@" },
  { "/friend/get_designated_friends", get_designated_friends, NEEDS_TOKEN,
    "ownerUserID:s!@ friendUserIDs:S!" },
  { "/friend/get_specified_friends_info", get_specified_friends_info, NEEDS_TOKEN,
    "ownerUserID:s!@ userIDList:S!" },
  { "/friend/is_friend", is_friend, NEEDS_TOKEN, "userID1:s! userID2:s!" },
  { "/friend/delete_friend", delete_friend, NEEDS_TOKEN, "ownerUserID:s!@ friendUserID:s!" },
  { "/friend/set_friend_remark", set_friend_remark, NEEDS_TOKEN, "ownerUserID:s!@ friendUserID:s! remark:s" },
  { "/friend/update_friends", update_friends, NEEDS_TOKEN,
    "ownerUserID:s!@ friendUserIDs:S! isPinned:b remark:s ex:s" },
  { "/friend/get_incremental_friends", get_incremental_friends, NEEDS_TOKEN,
    "userID:s@ version:i versionID:s" },
  { "/friend/get_full_friend_user_ids", get_full_friend_user_ids, NEEDS_TOKEN, "userID:s!@ idHash:i" },
  { NULL },
};
