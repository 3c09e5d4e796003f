/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "third.h"

#include "users.h"

static const char *const platforms[] = { "",        "IOS",   "Android",    "Windows", "OSX",   "Web",
                                         "MiniWeb", "Linux", "AndroidPad", "IPad",    "Admin", "HarmonyOS" };

static Result
fcm_update_token (Call *call)
{
  gint64 platform = call_int (call, "platformID");

  return platform < 1 || platform > 10 ? result (ARGS, "platformID is invalid") : RESULT_OK;
}

static Result
set_app_badge (Call *call)
{
  if (call->server->behave->own_only && !call_may (call, call_string (call, "userID")))
    return result (NO_PERMISSION, "it is another user's");
  return RESULT_OK;
}

static Result
logs_upload (Call *call)
{
  JsonArray *files = openim_json_array (call->body, "fileURLs");

  if (!files || json_array_get_length (files) == 0)
    return result (INTERNAL, "no files");
  for (guint i = 0; i < json_array_get_length (files); i++) {
    JsonObject *file = json_array_get_object_element (files, i);
    g_autofree char *id =
        g_strdup_printf ("%d%09d", g_random_int_range (1, 10), g_random_int_range (0, 1000000000));

    db_run (call->server->db, "INSERT INTO client_logs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", "ssisssssi", id,
            call->user, call_int (call, "platform"), openim_json_string (file, "URL"),
            openim_json_string (file, "filename"), call_string (call, "appFramework"),
            call_string (call, "version"), call_string (call, "ex"), now_ms ());
  }
  return RESULT_OK;
}

static Result
logs_search (Call *call)
{
  const char *keyword = call_string (call, "keyword");
  gint64 end = call_int (call, "endTime") ? call_int (call, "endTime") : G_MAXINT64, limit, offset;
  g_autoptr (DbRows) rows = NULL;

  call_page (call, &limit, &offset);
  rows = db_query (
      call->server->db,
      "SELECT client_logs.id, client_logs.user, users.nickname, platform, url, client_logs.created, name, "
      "client_logs.ex, version FROM client_logs LEFT JOIN users ON users.id = client_logs.user WHERE "
      "(?1 = '' OR client_logs.user = ?1) AND client_logs.created BETWEEN ?2 AND ?3 "
      "ORDER BY client_logs.created DESC LIMIT ?4 OFFSET ?5",
      "siiii", keyword, call_int (call, "startTime"), end, limit, offset);
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "logsInfos");
  while (db_next (rows)) {
    gint64 platform = db_integer (rows, 3);

    out_begin (call->data, NULL, '{');
    out_put (call->data, "userID", 's', db_text (rows, 1), "platform", 's',
             platform >= 0 && platform < (gint64) G_N_ELEMENTS (platforms) ? platforms[platform] : "", "url",
             's', db_text (rows, 4), "createTime", 'i', db_integer (rows, 5), "nickname", 's',
             db_text (rows, 2), "logID", 's', db_text (rows, 0), "filename", 's', db_text (rows, 6),
             "systemType", 's', "", "ex", 's', db_text (rows, 7), "version", 's', db_text (rows, 8), NULL);
    out_end (call->data, '}');
  }
  out_list_end (call->data);
  out_put (
      call->data, "total", 'i',
      db_int (call->server->db, 0,
              "SELECT count (*) FROM client_logs WHERE (?1 = '' OR user = ?1) AND created BETWEEN ?2 AND ?3",
              "sii", keyword, call_int (call, "startTime"), end),
      NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
logs_delete (Call *call)
{
  g_auto (GStrv) ids = call_list (call, "logIDs");

  for (char **id = ids; *id; id++)
    if (!db_has (call->server->db, "SELECT 1 FROM client_logs WHERE id = ?", "s", *id))
      return result (NOT_FOUND, "no such log");
  for (char **id = ids; *id; id++)
    db_run (call->server->db, "DELETE FROM client_logs WHERE id = ?", "s", *id);
  return RESULT_OK;
}

const Route third_routes[] = {
  { "/third/fcm_update_token", fcm_update_token, NEEDS_TOKEN,
    "platformID:i! fcmToken:s! account:s! expireTime:i" },
  { "/third/set_app_badge", set_app_badge, NEEDS_TOKEN, "userID:s! appUnreadCount:i" },
  { "/third/logs/upload", logs_upload, NEEDS_TOKEN, "platform:i fileURLs:a appFramework:s version:s ex:s" },
  { "/third/logs/search", logs_search, NEEDS_ADMIN, "keyword:s startTime:i endTime:i pagination:p" },
  { "/third/logs/delete", logs_delete, NEEDS_ADMIN, "logIDs:S!" },
  { NULL },
};
