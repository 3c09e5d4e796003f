/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "friends.h"

#include "notifications.h"
#include "users.h"
#include "versions.h"

enum { SOURCE_IMPORT = 1, SOURCE_APPLICATION };

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

static gboolean
add_direction (Server *server, const char *owner, const char *friend, int source, const char *operator)
{
  return db_run (server->db,
                 "INSERT OR IGNORE INTO friends (owner, friend, created, source, operator) VALUES (?, ?, ?, "
                 "?, ?)",
                 "ssiis", owner, friend, now_ms (), (gint64) source, operator) > 0;
}

static GString *
from_to (const char *from, const char *to)
{
  GString *detail = g_string_new (NULL);

  out_begin (detail, NULL, '{');
  out_begin (detail, "fromToUserID", '{');
  out_put (detail, "fromUserID", 's', from, "toUserID", 's', to, NULL);
  out_end (detail, '}');
  return detail;
}

static void
put_versions (GString *detail)
{
  out_put (detail, "friendVersion", 'i', (gint64) 0, "friendVersionID", 's', "", NULL);
}

void
friends_import (Server *server, const char *owner, char **friends)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_null_terminated (0, NULL, TRUE);

  for (char **friend = friends; *friend; friend ++) {
    if (add_direction (server, owner, *friend, SOURCE_IMPORT, SERVER_ADMIN))
      g_ptr_array_add (added, *friend);
    if (add_direction (server, *friend, owner, SOURCE_IMPORT, SERVER_ADMIN))
      log_change (server, LOG_FRIENDS, *friend, CHANGE_INSERT, owner);
  }
  if (added->len)
    log_changes (server, LOG_FRIENDS, owner, CHANGE_INSERT, (char **) added->pdata);
  for (char **friend = friends; *friend; friend ++) {
    GString *detail = from_to (owner, *friend);

    out_put (detail, "handleMsg", 's', "", NULL);
    put_versions (detail);
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
                "SELECT " COLUMNS TABLES "WHERE owner = ? ORDER BY pinned DESC, friends.n LIMIT ? OFFSET ?",
                "sii", owner, limit, offset);
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "friendsInfo");
  while (db_next (rows))
    put_row (call->data, NULL, rows);
  out_list_end (call->data);
  out_put (call->data, "total", 'i',
           db_int (call->server->db, 0, "SELECT count (*) FROM friends WHERE owner = ?", "s", owner), NULL);
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

static void
put_black (Server *server, GString *out, const char *key, const char *owner, const char *black)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT created, operator, ex FROM blacks WHERE owner = ? AND black = ?", "ss",
                owner, black);

  if (!db_next (rows)) {
    out_raw (out, key, "null");
    return;
  }
  out_begin (out, key, '{');
  out_put (out, "ownerUserID", 's', owner, "createTime", 'i', db_integer (rows, 0), "blackUserInfo", 'n',
           NULL, "addSource", 'i', (gint64) 0, "operatorUserID", 's', db_text (rows, 1), "ex", 's',
           db_text (rows, 2), NULL);
  out_end (out, '}');
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
  GString *detail = from_to (owner, friend);

  if (db_run (call->server->db, "DELETE FROM friends WHERE owner = ? AND friend = ?", "ss", owner, friend) >
      0)
    log_change (call->server, LOG_FRIENDS, owner, CHANGE_DELETE, friend);
  put_versions (detail);
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
  detail = from_to (owner, friend);
  put_versions (detail);
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
  detail = from_to ("", owner);
  out_put (detail, "friendIDs", 'S', friends, NULL);
  put_versions (detail);
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

/* ---- applications */

#define REQUEST_COLUMNS                                                                                      \
  "from_user, a.nickname, a.face, to_user, b.nickname, b.face, result, req_msg, r.created, handler, "        \
  "handle_msg, "                                                                                             \
  "handled, r.ex"
#define REQUEST_TABLES                                                                                       \
  " FROM friend_requests r LEFT JOIN users a ON a.id = from_user LEFT JOIN users b ON b.id = to_user "

static void
put_request_row (GString *out, const char *key, DbRows *rows)
{
  static const char *const keys[] = { "fromUserID", "fromNickname", "fromFaceURL",
                                      "toUserID",   "toNickname",   "toFaceURL" };

  out_begin (out, key, '{');
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    out_string (out, keys[i], db_text (rows, i));
  out_put (out, "handleResult", 'i', db_integer (rows, 6), "reqMsg", 's', db_text (rows, 7), "createTime",
           'i', db_integer (rows, 8), "handlerUserID", 's', db_text (rows, 9), "handleMsg", 's',
           db_text (rows, 10), "handleTime", 'i', db_integer (rows, 11), "ex", 's', db_text (rows, 12), NULL);
  out_end (out, '}');
}

static void
put_request (Server *server, GString *detail, const char *from, const char *to)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT " REQUEST_COLUMNS REQUEST_TABLES "WHERE from_user = ? AND to_user = ?",
                "ss", from, to);

  if (server->behave->requests && db_next (rows))
    put_request_row (detail, "request", rows);
}

static Result
add_friend (Call *call)
{
  const char *from = call_string (call, "fromUserID"), *to = call_string (call, "toUserID");
  GString *detail;

  if (g_str_equal (from, to))
    return result (YOURSELF, NULL);
  if (!user_exists (call->server, from) || !user_exists (call->server, to))
    return result (NOT_FOUND, "user not found");
  if (friend_has (call->server, from, to) && friend_has (call->server, to, from))
    return result (ALREADY_FRIENDS, NULL);
  db_run (call->server->db,
          "INSERT INTO friend_requests (from_user, to_user, result, req_msg, created, ex) VALUES (?, ?, 0, "
          "?, ?, ?) "
          "ON CONFLICT DO UPDATE SET result = 0, req_msg = excluded.req_msg, created = excluded.created, "
          "ex = excluded.ex, handler = '', handle_msg = ''",
          "sssis", from, to, call_string (call, "reqMsg"), now_ms (), call_string (call, "ex"));
  detail = from_to (from, to);
  put_request (call->server, detail, from, to);
  out_end (detail, '}');
  notify_user (call->server, FRIEND_APPLICATION, from, to, detail);
  return RESULT_OK;
}

static Result
add_friend_response (Call *call)
{
  const char *from = call_string (call, "fromUserID"), *to = call_string (call, "toUserID");
  gint64 answer = call_int (call, "handleResult"), state;
  Server *server = call->server;
  GString *detail;

  if (answer != 1 && answer != -1)
    return result (ARGS, "handleResult is invalid");
  state = db_int (server->db, 2, "SELECT result FROM friend_requests WHERE from_user = ? AND to_user = ?",
                  "ss", from, to);
  if (state == 2)
    return result (NOT_FOUND, "no application");
  if (state != 0)
    return answer == 1 ? result (ARGS, "the application was handled") : result (FRIEND_HANDLED, NULL);
  db_run (server->db,
          "UPDATE friend_requests SET result = ?, handle_msg = ?, handled = ?, handler = ? WHERE from_user = "
          "? AND "
          "to_user = ?",
          "isisss", answer, call_string (call, "handleMsg"), now_ms (), answer == 1 ? to : "", from, to);
  if (answer == 1) {
    db_run (server->db,
            "UPDATE friend_requests SET result = 1, handled = ?, handler = ? WHERE from_user = ? AND to_user "
            "= ? AND "
            "result = 0",
            "isss", now_ms (), to, to, from);
    if (add_direction (server, from, to, SOURCE_APPLICATION, from))
      log_change (server, LOG_FRIENDS, from, CHANGE_INSERT, to);
    if (add_direction (server, to, from, SOURCE_APPLICATION, from))
      log_change (server, LOG_FRIENDS, to, CHANGE_INSERT, from);
  }
  detail = from_to (from, to);
  out_put (detail, "handleMsg", 's', call_string (call, "handleMsg"), NULL);
  if (answer == 1)
    put_versions (detail);
  put_request (server, detail, from, to);
  out_end (detail, '}');
  notify_user (server, answer == 1 ? FRIEND_APPROVED : FRIEND_REJECTED, to, from, detail);
  return RESULT_OK;
}

static Result
list_requests (Call *call, const char *key, const char *column)
{
  const char *user = call_string (call, "userID");
  JsonArray *filter = openim_json_array (call->body, "handleResults");
  gboolean wanted[3] = { FALSE }; /* -1, 0, 1 */
  g_autofree char *sql = NULL;
  g_autofree char *where = NULL;
  g_autofree char *count = NULL;
  g_autoptr (DbRows) rows = NULL;
  gint64 limit, offset;

  for (guint i = 0; filter && i < json_array_get_length (filter); i++) {
    gint64 value = json_array_get_int_element (filter, i);

    if (value >= -1 && value <= 1)
      wanted[value + 1] = TRUE;
  }
  where = filter && json_array_get_length (filter) > 0
              ? g_strdup_printf (
                    "WHERE %s = ? AND ((%d AND result = -1) OR (%d AND result = 0) OR (%d AND result = 1))",
                    column, wanted[0], wanted[1], wanted[2])
              : g_strdup_printf ("WHERE %s = ?", column);
  sql = g_strconcat ("SELECT " REQUEST_COLUMNS REQUEST_TABLES, where,
                     " ORDER BY r.created DESC, r.n DESC LIMIT ? OFFSET ?", NULL);
  count = g_strconcat ("SELECT count (*) FROM friend_requests ", where, NULL);
  call_page (call, &limit, &offset);
  rows = db_query (call->server->db, sql, "sii", user, limit, offset);
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, key);
  while (db_next (rows))
    put_request_row (call->data, NULL, rows);
  out_list_end (call->data);
  out_put (call->data, "total", 'i', db_int (call->server->db, 0, count, "s", user), NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_friend_apply_list (Call *call)
{
  return list_requests (call, "FriendRequests", "to_user");
}

static Result
get_self_friend_apply_list (Call *call)
{
  return list_requests (call, "friendRequests", "from_user");
}

static Result
get_designated_friend_apply (Call *call)
{
  const char *from = call_string (call, "fromUserID"), *to = call_string (call, "toUserID");
  g_autoptr (DbRows) rows =
      db_query (call->server->db,
                "SELECT " REQUEST_COLUMNS REQUEST_TABLES
                "WHERE (from_user = ?1 AND to_user = ?2) OR (from_user = ?2 AND to_user = ?1)",
                "ss", from, to);

  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "friendRequests");
  while (db_next (rows))
    put_request_row (call->data, NULL, rows);
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_self_unhandled_apply_count (Call *call)
{
  out_begin (call->data, NULL, '{');
  out_put (call->data, "count", 'i',
           db_int (call->server->db, 0,
                   "SELECT count (*) FROM friend_requests WHERE to_user = ? AND result = 0 AND created > ?",
                   "si", call_string (call, "userID"), call_int (call, "time")),
           NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

/* ---- the blacklist */

static void
tell_black (Server *server, int type, const char *owner, const char *black)
{
  GString *detail = from_to (owner, black);

  out_end (detail, '}');
  notify_user (server, type, owner, black, detail);
}

static Result
add_black (Call *call)
{
  const char *owner = call_string (call, "ownerUserID"), *black = call_string (call, "blackUserID");

  if (g_str_equal (owner, black) || !user_exists (call->server, owner) || !user_exists (call->server, black))
    return result (NOT_FOUND, "user not found");
  if (db_run (call->server->db,
              "INSERT INTO blacks (owner, black, created, operator, ex) VALUES (?, ?, ?, ?, ?)", "ssiss",
              owner, black, now_ms (), call->user, call_string (call, "ex")) < 0)
    return result (INTERNAL, "duplicate key");
  tell_black (call->server, BLACK_ADDED, owner, black);
  return RESULT_OK;
}

static Result
remove_black (Call *call)
{
  const char *owner = call_string (call, "ownerUserID"), *black = call_string (call, "blackUserID");

  db_run (call->server->db, "DELETE FROM blacks WHERE owner = ? AND black = ?", "ss", owner, black);
  tell_black (call->server, BLACK_DELETED, owner, black);
  return RESULT_OK;
}

static void
put_black_row (Call *call, const char *owner, DbRows *rows)
{
  out_begin (call->data, NULL, '{');
  out_put (call->data, "ownerUserID", 's', owner, "createTime", 'i', db_integer (rows, 1), NULL);
  put_public (call->server, call->data, "blackUserInfo", db_text (rows, 0));
  out_put (call->data, "addSource", 'i', (gint64) 0, "operatorUserID", 's', db_text (rows, 2), "ex", 's',
           db_text (rows, 3), NULL);
  out_end (call->data, '}');
}

static Result
get_black_list (Call *call)
{
  const char *owner = call_string (call, "userID");
  g_autoptr (DbRows) rows = NULL;
  gint64 limit, offset;

  call_page (call, &limit, &offset);
  rows = db_query (
      call->server->db,
      "SELECT black, created / 1000, operator, ex FROM blacks WHERE owner = ? ORDER BY n LIMIT ? OFFSET ?",
      "sii", owner, limit, offset);
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "blacks");
  while (db_next (rows))
    put_black_row (call, owner, rows);
  out_list_end (call->data);
  out_put (call->data, "total", 'i',
           db_int (call->server->db, 0, "SELECT count (*) FROM blacks WHERE owner = ?", "s", owner), NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_specified_blacks (Call *call)
{
  const char *owner = call_string (call, "ownerUserID");
  g_auto (GStrv) users = call_list (call, "userIDList");
  gint64 total = 0;

  if (list_repeats (users))
    return result (ARGS, "userIDList repeated");
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "blacks");
  for (char **user = users; *user; user++) {
    g_autoptr (DbRows) rows = db_query (
        call->server->db, "SELECT black, created, operator, ex FROM blacks WHERE owner = ? AND black = ?",
        "ss", owner, *user);

    if (!db_next (rows))
      continue;
    put_black_row (call, owner, rows);
    total++;
  }
  out_list_end (call->data);
  out_put (call->data, "total", 'i', total, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_incremental_blacks (Call *call)
{
  return result (INTERNAL, "not implemented");
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
  { "/friend/add_friend", add_friend, NEEDS_TOKEN, "fromUserID:s!@ toUserID:s! reqMsg:s ex:s" },
  { "/friend/add_friend_response", add_friend_response, NEEDS_TOKEN,
    "fromUserID:s! toUserID:s!@ handleResult:i handleMsg:s" },
  { "/friend/get_friend_apply_list", get_friend_apply_list, NEEDS_TOKEN,
    "userID:s!@ pagination:p handleResults:I" },
  { "/friend/get_self_friend_apply_list", get_self_friend_apply_list, NEEDS_TOKEN,
    "userID:s!@ pagination:p handleResults:I" },
  { "/friend/get_designated_friend_apply", get_designated_friend_apply, NEEDS_TOKEN,
    "fromUserID:s! toUserID:s!" },
  { "/friend/get_self_unhandled_apply_count", get_self_unhandled_apply_count, NEEDS_TOKEN,
    "userID:s!@ time:i" },
  { "/friend/add_black", add_black, NEEDS_TOKEN, "ownerUserID:s!@ blackUserID:s! ex:s" },
  { "/friend/remove_black", remove_black, NEEDS_TOKEN, "ownerUserID:s!@ blackUserID:s!" },
  { "/friend/get_black_list", get_black_list, NEEDS_TOKEN, "userID:s!@ pagination:p" },
  { "/friend/get_specified_blacks", get_specified_blacks, NEEDS_TOKEN, "ownerUserID:s!@ userIDList:S!" },
  { "/friend/get_incremental_blacks", get_incremental_blacks, NEEDS_TOKEN, "" },
  { NULL },
};
