/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blacks.h"

#include "friends.h"
#include "notifications.h"
#include "users.h"

void
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

static void
tell_black (Server *server, int type, const char *owner, const char *black)
{
  GString *detail = friend_detail (owner, black);

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

const Route black_routes[] = {
  { "/friend/add_black", add_black, NEEDS_TOKEN, "ownerUserID:s!@ blackUserID:s! ex:s" },
  { "/friend/remove_black", remove_black, NEEDS_TOKEN, "ownerUserID:s!@ blackUserID:s!" },
  { "/friend/get_black_list", get_black_list, NEEDS_TOKEN, "userID:s!@ pagination:p" },
  { "/friend/get_specified_blacks", get_specified_blacks, NEEDS_TOKEN, "ownerUserID:s!@ userIDList:S!" },
  { "/friend/get_incremental_blacks", get_incremental_blacks, NEEDS_TOKEN, "" },
  { NULL },
};
