/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "users.h"

#include <string.h>

#include "friends.h"
#include "notifications.h"
#include "roles.h"

void
put_user_row (GString *out, const char *key, DbRows *rows, int column)
{
  out_begin (out, key, '{');
  out_put (out, "userID", 's', db_text (rows, column), "nickname", 's', db_text (rows, column + 1), "faceURL",
           's', db_text (rows, column + 2), "ex", 's', db_text (rows, column + 3), "createTime", 'i',
           db_integer (rows, column + 4), "appMangerLevel", 'i', db_integer (rows, column + 5),
           "globalRecvMsgOpt", 'i', db_integer (rows, column + 6), NULL);
  out_end (out, '}');
}

void
put_user (Server *server, GString *out, const char *key, const char *user)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT " USER_COLUMNS " FROM users WHERE id = ?", "s", user);

  if (db_next (rows))
    put_user_row (out, key, rows, 0);
  else
    out_raw (out, key, "null");
}

void
put_public (Server *server, GString *out, const char *key, const char *user)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT nickname, face, ex FROM users WHERE id = ?", "s", user);

  if (!db_next (rows)) {
    out_raw (out, key, "null");
    return;
  }
  out_begin (out, key, '{');
  out_put (out, "userID", 's', user, "nickname", 's', db_text (rows, 0), "faceURL", 's', db_text (rows, 1),
           "ex", 's', db_text (rows, 2), NULL);
  out_end (out, '}');
}

gboolean
user_exists (Server *server, const char *user)
{
  return db_has (server->db, "SELECT 1 FROM users WHERE id = ?", "s", user);
}

char *
user_nickname (Server *server, const char *user)
{
  char *nickname = db_string (server->db, "SELECT nickname FROM users WHERE id = ?", "s", user);

  return nickname ? nickname : g_strdup ("");
}

void
user_create (Server *server, const char *user, const char *nickname, const char *face, int level)
{
  db_run (server->db, "INSERT OR IGNORE INTO users VALUES (?, ?, ?, '', ?, ?, 0)", "sssii", user, nickname,
          face, now_ms (), (gint64) level);
}

static Result
user_register (Call *call)
{
  JsonArray *users = openim_json_array (call->body, "users");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < json_array_get_length (users); i++) {
    JsonObject *user = json_array_get_object_element (users, i);
    const char *id = openim_json_string (user, "userID");

    if (!*id ||
        strspn (id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != strlen (id) ||
        !*openim_json_string (user, "nickname") || !g_hash_table_add (seen, (char *) id))
      return result (ARGS, "userID or nickname is invalid");
  }
  for (guint i = 0; i < json_array_get_length (users); i++)
    if (user_exists (call->server, openim_json_string (json_array_get_object_element (users, i), "userID")))
      return result (REGISTERED, "userID registered already");
  for (guint i = 0; i < json_array_get_length (users); i++) {
    JsonObject *user = json_array_get_object_element (users, i);

    db_run (call->server->db, "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?)", "ssssiii",
            openim_json_string (user, "userID"), openim_json_string (user, "nickname"),
            openim_json_string (user, "faceURL"), openim_json_string (user, "ex"), now_ms (),
            openim_json_int (user, "appMangerLevel"), openim_json_int (user, "globalRecvMsgOpt"));
  }
  return RESULT_OK;
}

static Result
account_check (Call *call)
{
  g_auto (GStrv) users = call_list (call, "checkUserIDs");

  if (list_repeats (users))
    return result (ARGS, "userID repeated");
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "results");
  for (char **user = users; *user; user++) {
    out_begin (call->data, NULL, '{');
    out_put (call->data, "userID", 's', *user, "accountStatus", 'i',
             (gint64) user_exists (call->server, *user), NULL);
    out_end (call->data, '}');
  }
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_users_info (Call *call)
{
  g_auto (GStrv) users = call_list (call, "userIDs");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "usersInfo");
  for (char **user = users; *user; user++)
    if (g_hash_table_add (seen, *user) && user_exists (call->server, *user))
      put_user (call->server, call->data, NULL, *user);
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static void
tell_user (Server *server, int type, const char *by, const char *to, const char *whose)
{
  GString *detail = g_string_new (NULL);

  out_begin (detail, NULL, '{');
  out_put (detail, "userID", 's', whose, NULL);
  out_end (detail, '}');
  notify_user (server, type, by, to, detail);
}

void
user_update (Server *server,
             const char *by,
             const char *user,
             const char *nickname,
             const char *face,
             const char *ex,
             const gint64 *recv_opt)
{
  gboolean seen =
      (nickname &&
       !db_has (server->db, "SELECT 1 FROM users WHERE id = ? AND nickname = ?", "ss", user, nickname)) ||
      (face && !db_has (server->db, "SELECT 1 FROM users WHERE id = ? AND face = ?", "ss", user, face));

  db_run (
      server->db,
      "UPDATE users SET nickname = coalesce (?, nickname), face = coalesce (?, face), ex = coalesce (?, ex) "
      "WHERE id = ?",
      "ssss", nickname, face, ex, user);
  if (recv_opt)
    db_run (server->db, "UPDATE users SET recv_opt = ? WHERE id = ?", "is", *recv_opt, user);
  tell_user (server, USER_INFO_UPDATED, by, user, user);
  if (!seen)
    return;
  {
    g_autoptr (GPtrArray) friends = friend_ids (server, user);

    for (guint i = 0; i < friends->len; i++) {
      log_change (server, LOG_FRIENDS, g_ptr_array_index (friends, i), CHANGE_UPDATE, user);
      tell_user (server, FRIEND_INFO_UPDATED, by, g_ptr_array_index (friends, i), user);
    }
  }
  members_profile_changed (server, by, user);
}

static Result
update_user_info_ex (Call *call)
{
  JsonObject *info = openim_json_object (call->body, "userInfo");
  const char *user = openim_json_string (info, "userID");
  gint64 recv_opt = openim_json_int (info, "globalRecvMsgOpt");
#define GIVEN(key)                                                                                           \
  (json_object_has_member (info, key) && !json_object_get_null_member (info, key)                            \
       ? openim_json_string (info, key)                                                                      \
       : NULL)

  if (!*user)
    return result (ARGS, "userID is empty");
  if (!call_may (call, user))
    return result (NO_PERMISSION, "it is another user's");
  if (!user_exists (call->server, user))
    return result (NOT_FOUND, "user not found");
  user_update (call->server, call->user, user, GIVEN ("nickname"), GIVEN ("faceURL"), GIVEN ("ex"),
               json_object_has_member (info, "globalRecvMsgOpt") ? &recv_opt : NULL);
#undef GIVEN
  return RESULT_OK;
}

/* The older form: empty values stay as they are. */
static Result
update_user_info (Call *call)
{
  JsonObject *info = openim_json_object (call->body, "userInfo");
  const char *user = openim_json_string (info, "userID");
  gint64 recv_opt = openim_json_int (info, "globalRecvMsgOpt");
#define GIVEN(key) (*openim_json_string (info, key) ? openim_json_string (info, key) : NULL)

  if (!*user)
    return result (ARGS, "userID is empty");
  if (!call_may (call, user))
    return result (NO_PERMISSION, "it is another user's");
  if (!user_exists (call->server, user))
    return result (NOT_FOUND, "user not found");
  user_update (call->server, call->user, user, GIVEN ("nickname"), GIVEN ("faceURL"), GIVEN ("ex"),
               recv_opt ? &recv_opt : NULL);
#undef GIVEN
  return RESULT_OK;
}

static Result
set_global_msg_recv_opt (Call *call)
{
  const char *user = call_string (call, "userID");
  gint64 option = call_int (call, "globalRecvMsgOpt");

  if (option < 0 || option > 2)
    return result (ARGS, "globalRecvMsgOpt is invalid");
  if (call->server->behave->own_only && !call_may (call, user))
    return result (NO_PERMISSION, "it is another user's");
  if (!user_exists (call->server, user))
    return result (NOT_FOUND, "user not found");
  db_run (call->server->db, "UPDATE users SET recv_opt = ? WHERE id = ?", "is", option, user);
  tell_user (call->server, USER_INFO_UPDATED, call->user, user, user);
  return RESULT_OK;
}

/* Whoever matches one of two patterns; letter case does not count. */
static gboolean
matches (const char *pattern, const char *text)
{
  return *pattern && g_regex_match_simple (pattern, text, G_REGEX_CASELESS | G_REGEX_OPTIMIZE, 0);
}

static Result
get_users (Call *call)
{
  const char *id = call_string (call, "userID"), *name = call_string (call, "nickName");
  g_autoptr (DbRows) rows =
      db_query (call->server->db, "SELECT " USER_COLUMNS " FROM users ORDER BY created, id", "");
  gint64 limit, offset, total = 0;

  call_page (call, &limit, &offset);
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "users");
  while (db_next (rows)) {
    if ((*id || *name) && !matches (id, db_text (rows, 0)) && !matches (name, db_text (rows, 1)))
      continue;
    if (total >= offset && total < offset + limit)
      put_user_row (call->data, NULL, rows, 0);
    total++;
  }
  out_list_end (call->data);
  out_put (call->data, "total", 'i', total, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_all_users_uid (Call *call)
{
  gint64 limit, offset;
  g_autoptr (DbRows) rows = NULL;

  call_page (call, &limit, &offset);
  rows = db_query (call->server->db, "SELECT id FROM users ORDER BY created, id LIMIT ? OFFSET ?", "ii",
                   limit, offset);
  out_begin (call->data, NULL, '{');
  out_put (call->data, "total", 'i', db_int (call->server->db, 0, "SELECT count (*) FROM users", ""), NULL);
  out_list_begin (call->data, "userIDs");
  while (db_next (rows))
    out_string (call->data, NULL, db_text (rows, 0));
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
add_notification_account (Call *call)
{
  const char *user = call_string (call, "userID");
  g_autofree char *made = NULL;

  if (!*user)
    user = made = g_strdup_printf ("%010u", g_random_int ());
  if (user_exists (call->server, user))
    return result (REGISTERED, "userID registered already");
  user_create (call->server, user, call_string (call, "nickName"), call_string (call, "faceURL"), 3);
  out_begin (call->data, NULL, '{');
  out_put (call->data, "userID", 's', user, "faceURL", 's', call_string (call, "faceURL"), "nickName", 's',
           call_string (call, "nickName"), "appMangerLevel", 'i', (gint64) 3, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

/* ---- the private store of values */

static Result
command_add (Call *call)
{
  /* a given ex takes the place of the value and is lost, as in the real server */
  const char *value = call_has (call, "ex") ? call_string (call, "ex") : call_string (call, "value");

  db_run (call->server->db,
          "INSERT INTO commands (user, type, uuid, value, ex, created) VALUES (?, ?, ?, ?, '', ?)", "sissi",
          call_string (call, "userID"), call_int (call, "type"), call_string (call, "uuid"), value,
          now_ms () / 1000);
  return RESULT_OK;
}

static Result
command_update (Call *call)
{
  int changed =
      db_run (call->server->db,
              "UPDATE commands SET value = coalesce (?, value), ex = coalesce (?, ex) WHERE n = (SELECT n "
              "FROM commands WHERE user = ? AND type = ? AND uuid = ? ORDER BY n LIMIT 1)",
              "sssis", call_has (call, "value") ? call_string (call, "value") : NULL,
              call_has (call, "ex") ? call_string (call, "ex") : NULL, call_string (call, "userID"),
              call_int (call, "type"), call_string (call, "uuid"));

  return changed > 0 ? RESULT_OK : result (NOT_FOUND, "no such command");
}

static Result
command_delete (Call *call)
{
  db_run (call->server->db, "DELETE FROM commands WHERE user = ? AND type = ? AND uuid = ?", "sis",
          call_string (call, "userID"), call_int (call, "type"), call_string (call, "uuid"));
  return RESULT_OK;
}

static Result
command_get (Call *call)
{
  g_autoptr (DbRows) rows = db_query (call->server->db,
                                      "SELECT type, created, uuid, value, ex FROM commands WHERE user = ?1 "
                                      "AND (?2 = 0 OR type = ?2) ORDER BY n",
                                      "si", call_string (call, "userID"), call_int (call, "type"));

  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "CommandResp");
  while (db_next (rows)) {
    out_begin (call->data, NULL, '{');
    out_put (call->data, "type", 'i', db_integer (rows, 0), "createTime", 'i', db_integer (rows, 1), "uuid",
             's', db_text (rows, 2), "value", 's', db_text (rows, 3), "ex", 's', db_text (rows, 4), NULL);
    out_end (call->data, '}');
  }
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

const Route user_routes[] = {
  { "/user/user_register", user_register, NEEDS_ADMIN, "users:a!" },
  { "/user/account_check", account_check, NEEDS_ADMIN, "checkUserIDs:S!" },
  { "/user/get_users_info", get_users_info, NEEDS_TOKEN, "userIDs:S!" },
  { "/user/update_user_info_ex", update_user_info_ex, NEEDS_TOKEN, "userInfo:o!" },
  { "/user/update_user_info", update_user_info, NEEDS_TOKEN, "userInfo:o!" },
  { "/user/set_global_msg_recv_opt", set_global_msg_recv_opt, NEEDS_TOKEN, "userID:s! globalRecvMsgOpt:i" },
  { "/user/get_users", get_users, NEEDS_TOKEN, "userID:s nickName:s pagination:p" },
  { "/user/get_all_users_uid", get_all_users_uid, NEEDS_TOKEN, "pagination:p" },
  { "/user/add_notification_account", add_notification_account, NEEDS_ADMIN,
    "userID:s nickName:s! faceURL:s! appMangerLevel:i" },
  { "/user/process_user_command_add", command_add, NEEDS_TOKEN, "userID:s!@ type:i! uuid:s! value:s ex:s" },
  { "/user/process_user_command_update", command_update, NEEDS_TOKEN,
    "userID:s!@ type:i! uuid:s! value:s ex:s" },
  { "/user/process_user_command_delete", command_delete, NEEDS_TOKEN, "userID:s!@ type:i! uuid:s!" },
  { "/user/process_user_command_get", command_get, NEEDS_TOKEN, "userID:s!@ type:i!" },
  { "/user/process_user_command_get_all", command_get, NEEDS_TOKEN, "userID:s!@" },
  { NULL },
};
