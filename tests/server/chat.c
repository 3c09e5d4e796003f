/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chat.h"

#include <string.h>

#include "auth.h"
#include "friends.h"
#include "gateway.h"
#include "users.h"

enum { CODE_REGISTER = 1, CODE_RESET, CODE_LOGIN };

#define COLUMNS                                                                                              \
  "user, account, area, phone, email, nickname, face, gender, birth, add_friend, beep, vibration, "          \
  "recv_opt"

static void
put_full_profile (GString *out, DbRows *rows)
{
  out_begin (out, NULL, '{');
  out_put (out, "userID", 's', db_text (rows, 0), "password", 's', "", "account", 's', db_text (rows, 1),
           "phoneNumber", 's', db_text (rows, 3), "areaCode", 's', db_text (rows, 2), "email", 's',
           db_text (rows, 4), "nickname", 's', db_text (rows, 5), "faceURL", 's', db_text (rows, 6), "gender",
           'i', db_integer (rows, 7), "level", 'i', (gint64) 0, "birth", 'i', db_integer (rows, 8),
           "allowAddFriend", 'i', db_integer (rows, 9), "allowBeep", 'i', db_integer (rows, 10),
           "allowVibration", 'i', db_integer (rows, 11), "globalRecvMsgOpt", 'i', db_integer (rows, 12),
           "registerType", 'i', (gint64) 0, NULL);
  out_end (out, '}');
}

static void
put_public_profile (GString *out, DbRows *rows)
{
  out_begin (out, NULL, '{');
  out_put (out, "userID", 's', db_text (rows, 0), "account", 's', db_text (rows, 1), "email", 's',
           db_text (rows, 4), "nickname", 's', db_text (rows, 5), "faceURL", 's', db_text (rows, 6), "gender",
           'i', db_integer (rows, 7), "level", 'i', (gint64) 0, NULL);
  out_end (out, '}');
}

/* ---- who is meant */

static gboolean
is_number (const char *text)
{
  return *text && strspn (text, "0123456789") == strlen (text);
}

static gboolean
is_email (const char *text)
{
  return g_regex_match_simple ("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", text, 0, 0);
}

static char *
area_code (JsonObject *object)
{
  const char *area = openim_json_string (object, "areaCode");

  return *area == '+' || !*area ? g_strdup (area) : g_strconcat ("+", area, NULL);
}

/* Either a well-formed mail address or an area code with a number has to be there, even where an account is
 * named. */
static gboolean
is_reachable (JsonObject *object)
{
  const char *email = openim_json_string (object, "email"), *area = openim_json_string (object, "areaCode");

  if (*email)
    return is_email (email);
  return is_number (area + (*area == '+')) && is_number (openim_json_string (object, "phoneNumber"));
}

static char *
find_account (Server *server, JsonObject *object)
{
  const char *account = openim_json_string (object, "account"), *email = openim_json_string (object, "email");
  g_autofree char *area = area_code (object);

  if (*account)
    return db_string (server->db, "SELECT user FROM accounts WHERE account = ?", "s", account);
  if (*openim_json_string (object, "phoneNumber"))
    return db_string (server->db, "SELECT user FROM accounts WHERE area = ? AND phone = ?", "ss", area,
                      openim_json_string (object, "phoneNumber"));
  return db_string (server->db, "SELECT user FROM accounts WHERE email = ?", "s", email);
}

/* ---- codes */

static Result
code_send (Call *call)
{
  gint64 used_for = call_int (call, "usedFor");
  g_autofree char *user = NULL;

  if (used_for < CODE_REGISTER || used_for > CODE_LOGIN || !is_reachable (call->body))
    return result (ARGS, "usedFor or the address is invalid");
  user = find_account (call->server, call->body);
  if (used_for != CODE_REGISTER && !user)
    return result (ACCOUNT_NOT_FOUND, NULL);
  return RESULT_OK;
}

static Result
code_verify (Call *call)
{
  if (!is_reachable (call->body))
    return result (ARGS, "the address is invalid");
  return g_str_equal (call_string (call, "verifyCode"), SERVER_CODE) ? RESULT_OK : result (WRONG_CODE, NULL);
}

/* ---- registering and logging in */

static void
put_login (Call *call, const char *user, gboolean tokens)
{
  g_autofree char *im = tokens ? auth_issue (call->server, user, call_int (call, "platform")) : NULL;
  g_autofree char *chat = tokens ? auth_issue_chat (call->server, user) : NULL;

  out_begin (call->data, NULL, '{');
  out_put (call->data, "imToken", 's', im, "chatToken", 's', chat, "userID", 's', user, NULL);
  out_end (call->data, '}');
}

static char *
new_user_id (Server *server)
{
  for (;;) {
    char *user = g_strdup_printf ("%d%09d", g_random_int_range (1, 10), g_random_int_range (0, 1000000000));

    if (!user_exists (server, user))
      return user;
    g_free (user);
  }
}

static const char *
or_null (const char *text)
{
  return *text ? text : NULL;
}

static Result
account_register (Call *call)
{
  Server *server = call->server;
  JsonObject *user = openim_json_object (call->body, "user");
  const char *account = openim_json_string (user, "account"), *email = openim_json_string (user, "email");
  const char *phone = openim_json_string (user, "phoneNumber");
  gint64 platform = call_int (call, "platform");
  g_autofree char *area = area_code (user);
  g_autofree char *id = NULL;

  if (!*openim_json_string (user, "nickname") || platform < 1 || platform > 10 || !is_reachable (user))
    return result (ARGS, "the registration is incomplete");
  if (*openim_json_string (user, "userID"))
    return result (NO_PERMISSION, "only administrators choose user IDs");
  if (!g_str_equal (call_string (call, "verifyCode"), SERVER_CODE))
    return result (WRONG_CODE, NULL);
  if (*account && db_has (server->db, "SELECT 1 FROM accounts WHERE account = ?", "s", account))
    return result (ACCOUNT_EXISTS, NULL);
  if (*phone && db_has (server->db, "SELECT 1 FROM accounts WHERE area = ? AND phone = ?", "ss", area, phone))
    return result (ACCOUNT_EXISTS, NULL);
  if (*email && db_has (server->db, "SELECT 1 FROM accounts WHERE email = ?", "s", email))
    return result (INTERNAL, "duplicate key");
  id = new_user_id (server);
  db_run (server->db,
          "INSERT INTO accounts (user, account, area, phone, email, password, nickname, face, gender, birth) "
          "VALUES "
          "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          "ssssssssii", id, or_null (account), area, phone, or_null (email),
          openim_json_string (user, "password"), openim_json_string (user, "nickname"),
          openim_json_string (user, "faceURL"), openim_json_int (user, "gender"),
          openim_json_int (user, "birth"));
  user_create (server, id, openim_json_string (user, "nickname"), openim_json_string (user, "faceURL"), 0);
  put_login (call, id, call_bool (call, "autoLogin"));
  return RESULT_OK;
}

void
chat_add (Server *server, const char *user, const char *account, const char *password, const char *nickname)
{
  g_autofree char *md5 = g_compute_checksum_for_string (G_CHECKSUM_MD5, password, -1);

  db_run (
      server->db,
      "INSERT OR IGNORE INTO accounts (user, account, area, phone, password, nickname, face, gender, birth) "
      "VALUES (?, ?, '', '', ?, ?, '', 2, 0)",
      "ssss", user, account, md5, nickname);
}

static Result
account_login (Call *call)
{
  const char *password = call_string (call, "password"), *code = call_string (call, "verifyCode");
  gint64 platform = call_int (call, "platform");
  g_autofree char *user = NULL;

  if (!is_reachable (call->body) || platform < 1 || platform > 10 || (!*password && !*code))
    return result (ARGS, "the login is incomplete");
  user = find_account (call->server, call->body);
  if (!user)
    return result (ACCOUNT_NOT_FOUND, NULL);
  if (*password && !db_has (call->server->db, "SELECT 1 FROM accounts WHERE user = ? AND password = ?", "ss",
                            user, password))
    return result (WRONG_PASSWORD, NULL);
  if (!*password && !g_str_equal (code, SERVER_CODE))
    return result (WRONG_CODE, NULL);
  put_login (call, user, TRUE);
  return RESULT_OK;
}

static Result
password_change (Call *call)
{
  const char *user = call_string (call, "userID");
  Server *server = call->server;

  if (!g_str_equal (user, call->user))
    return result (NO_PERMISSION, "it is another user's");
  if (db_run (server->db, "UPDATE accounts SET password = ? WHERE user = ? AND password = ?", "sss",
              call_string (call, "newPassword"), user, call_string (call, "currentPassword")) <= 0)
    return result (NO_PERMISSION, "the current password is wrong");
  db_run (server->db, "DELETE FROM chat_tokens WHERE user = ?", "s", user);
  for (int platform = 1; platform <= 11; platform++) {
    auth_kick (server, user, platform, NULL);
    gateway_kick (server, user, platform);
  }
  return RESULT_OK;
}

static Result
password_reset (Call *call)
{
  g_autofree char *user = NULL;

  if (!is_reachable (call->body))
    return result (ARGS, "the address is invalid");
  if (!g_str_equal (call_string (call, "verifyCode"), SERVER_CODE))
    return result (WRONG_CODE, NULL);
  user = find_account (call->server, call->body);
  if (!user)
    return result (NOT_FOUND, "no such account");
  db_run (call->server->db, "UPDATE accounts SET password = ? WHERE user = ?", "ss",
          call_string (call, "password"), user);
  return RESULT_OK;
}

/* ---- profiles */

typedef void (*PutProfile) (GString *out, DbRows *rows);

static Result
find (Call *call, PutProfile put)
{
  g_auto (GStrv) users = call_list (call, "userIDs");

  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "users");
  for (char **user = users; *user; user++) {
    g_autoptr (DbRows) rows =
        db_query (call->server->db, "SELECT " COLUMNS " FROM accounts WHERE user = ?", "s", *user);

    if (db_next (rows))
      put (call->data, rows);
  }
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
find_public (Call *call)
{
  return find (call, put_public_profile);
}

static Result
find_full (Call *call)
{
  return find (call, put_full_profile);
}

/* The keyword is a pattern that may fit anywhere in any of these. */
static gboolean
fits (GRegex *pattern, DbRows *rows)
{
  static const int columns[] = { 0, 1, 3, 4, 5 };

  if (!pattern)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (g_regex_match (pattern, db_text (rows, columns[i]), 0, NULL))
      return TRUE;
  return FALSE;
}

static Result
search (Call *call, PutProfile put, const char *friends_of)
{
  const char *keyword = call_string (call, "keyword");
  g_autoptr (GRegex) pattern = *keyword ? g_regex_new (keyword, G_REGEX_CASELESS, 0, NULL) : NULL;
  g_autoptr (DbRows) rows = NULL;
  JsonArray *genders = openim_json_array (call->body, "genders");
  gint64 limit, offset, total = 0;

  if (*keyword && !pattern)
    return result (INTERNAL, "the keyword is no pattern");
  call_page (call, &limit, &offset);
  rows = db_query (call->server->db, "SELECT " COLUMNS " FROM accounts ORDER BY n", "");
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "users");
  while (db_next (rows)) {
    gboolean wanted =
        fits (pattern, rows) && (!friends_of || friend_has (call->server, friends_of, db_text (rows, 0)));

    if (genders && json_array_get_length (genders) > 0) {
      gboolean found = FALSE;

      for (guint i = 0; i < json_array_get_length (genders); i++)
        found = found || json_array_get_int_element (genders, i) == db_integer (rows, 7);
      wanted = wanted && found;
    }
    if (!wanted)
      continue;
    if (total >= offset && total < offset + limit)
      put (call->data, rows);
    total++;
  }
  out_list_end (call->data);
  out_put (call->data, "total", 'i', total, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
search_public (Call *call)
{
  return search (call, put_public_profile, NULL);
}

static Result
search_full (Call *call)
{
  return search (call, put_full_profile, NULL);
}

static Result
search_friends (Call *call)
{
  return search (call, put_full_profile, call->user);
}

static const struct {
  const char *key;
  const char *update;
} numbers[] = {
  { "gender", "UPDATE accounts SET gender = ? WHERE user = ?" },
  { "birth", "UPDATE accounts SET birth = ? WHERE user = ?" },
  { "allowAddFriend", "UPDATE accounts SET add_friend = ? WHERE user = ?" },
  { "allowBeep", "UPDATE accounts SET beep = ? WHERE user = ?" },
  { "allowVibration", "UPDATE accounts SET vibration = ? WHERE user = ?" },
  { "globalRecvMsgOpt", "UPDATE accounts SET recv_opt = ? WHERE user = ?" },
};

static Result
update (Call *call)
{
  const char *user = call_string (call, "userID");
  Server *server = call->server;
  const char *nickname = call_has (call, "nickname") ? call_string (call, "nickname") : NULL;
  const char *face = call_has (call, "faceURL") ? call_string (call, "faceURL") : NULL;
  const char *email = call_string (call, "email"), *account = call_string (call, "account");

  if (!g_str_equal (user, call->user))
    return result (NO_PERMISSION, "it is another user's");
  if ((nickname && !*nickname) || (*email && !is_email (email)))
    return result (ARGS, "a value is invalid");
  if (*account && db_run (server->db, "UPDATE OR IGNORE accounts SET account = ? WHERE user = ?", "ss",
                          account, user) == 0)
    return result (ACCOUNT_EXISTS, NULL);
  db_run (server->db,
          "UPDATE accounts SET nickname = coalesce (?, nickname), face = coalesce (?, face), email = "
          "coalesce (?, email) "
          "WHERE user = ?",
          "ssss", nickname, face, or_null (email), user);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (call_has (call, numbers[i].key))
      db_run (server->db, numbers[i].update, "is", call_int (call, numbers[i].key), user);
  if (nickname || face)
    user_update (server, SERVER_ADMIN, user, nickname, face, NULL, NULL);
  return RESULT_OK;
}

/* ---- the rest */

static Result
client_config_get (Call *call)
{
  out_raw (call->data, NULL, "{\"config\":{}}");
  return RESULT_OK;
}

static Result
applet_find (Call *call)
{
  out_raw (call->data, NULL, "{\"applets\":null}");
  return RESULT_OK;
}

static Result
latest_version (Call *call)
{
  out_raw (call->data, NULL, "{\"version\":null}");
  return RESULT_OK;
}

static Result
rtc_get_token (Call *call)
{
  out_raw (call->data, NULL, "{\"serverUrl\":\"ws://127.0.0.1:7880\",\"token\":\"none\"}");
  return RESULT_OK;
}

const Route chat_routes[] = {
  { "/account/code/send", code_send, NEEDS_NOTHING, "usedFor:i areaCode:s phoneNumber:s email:s" },
  { "/account/code/verify", code_verify, NEEDS_NOTHING, "areaCode:s phoneNumber:s email:s verifyCode:s" },
  { "/account/register", account_register, NEEDS_NOTHING,
    "invitationCode:s verifyCode:s deviceID:s platform:i autoLogin:b user:o!" },
  { "/account/login", account_login, NEEDS_NOTHING,
    "areaCode:s phoneNumber:s email:s account:s password:s verifyCode:s platform:i deviceID:s" },
  { "/account/password/change", password_change, NEEDS_TOKEN, "userID:s! currentPassword:s newPassword:s!" },
  { "/account/password/reset", password_reset, NEEDS_NOTHING,
    "areaCode:s phoneNumber:s email:s verifyCode:s password:s!" },
  { "/user/find/public", find_public, NEEDS_TOKEN, "userIDs:S!" },
  { "/user/find/full", find_full, NEEDS_TOKEN, "userIDs:S!" },
  { "/user/search/public", search_public, NEEDS_TOKEN, "keyword:s pagination:p genders:i" },
  { "/user/search/full", search_full, NEEDS_TOKEN, "keyword:s pagination:p genders:i" },
  { "/friend/search", search_friends, NEEDS_TOKEN, "keyword:s pagination:p genders:I userID:s" },
  { "/user/update", update, NEEDS_TOKEN,
    "userID:s! nickname:s faceURL:s gender:i birth:i email:s account:s allowAddFriend:i allowBeep:i "
    "allowVibration:i "
    "globalRecvMsgOpt:i" },
  { "/client_config/get", client_config_get, NEEDS_NOTHING, "" },
  { "/applet/find", applet_find, NEEDS_TOKEN, "" },
  { "/application/latest_version", latest_version, NEEDS_NOTHING, "" },
  { "/user/rtc/get_token", rtc_get_token, NEEDS_TOKEN, "room:s! identity:s!" },
  { NULL },
};
