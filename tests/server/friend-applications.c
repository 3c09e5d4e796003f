/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "friend-applications.h"

#include "friends.h"
#include "notifications.h"
#include "users.h"
#include "versions.h"

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
  detail = friend_detail (from, to);
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
    if (friend_add (server, from, to, FRIEND_APPLIED, from))
      log_change (server, LOG_FRIENDS, from, CHANGE_INSERT, to);
    if (friend_add (server, to, from, FRIEND_APPLIED, from))
      log_change (server, LOG_FRIENDS, to, CHANGE_INSERT, from);
  }
  detail = friend_detail (from, to);
  out_put (detail, "handleMsg", 's', call_string (call, "handleMsg"), NULL);
  if (answer == 1)
    put_friend_version (detail);
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

const Route friend_application_routes[] = {
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
  { NULL },
};
