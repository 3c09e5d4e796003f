/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "members.h"

#include <string.h>

#include "applications.h"
#include "conversations.h"
#include "users.h"

#define INVITED_AT_ONCE 50
#define BATCH_MAX 500 /* changes; then the rest of a batch waits */

/* Own name and picture, or the profile's. */
#define COLUMNS                                                                                              \
  "group_id, user, role, joined, CASE WHEN members.nickname <> '' THEN members.nickname ELSE "               \
  "coalesce (users.nickname, '') END, CASE WHEN members.face <> '' THEN members.face ELSE coalesce "         \
  "(users.face, '') "                                                                                        \
  "END, source, operator, members.ex, muted_until, inviter, members.nickname, members.face"
#define TABLES " FROM members LEFT JOIN users ON users.id = user "

static void
put_row (GString *out, const char *key, DbRows *rows, gboolean bare)
{
  out_begin (out, key, '{');
  out_put (out, "groupID", 's', db_text (rows, 0), "userID", 's', db_text (rows, 1), "roleLevel", 'i',
           db_integer (rows, 2), "joinTime", 'i', db_integer (rows, 3), "nickname", 's',
           db_text (rows, bare ? 11 : 4), "faceURL", 's', db_text (rows, bare ? 12 : 5), "appMangerLevel",
           'i', (gint64) 0, "joinSource", 'i', db_integer (rows, 6), "operatorUserID", 's', db_text (rows, 7),
           "ex", 's', db_text (rows, 8), "muteEndTime", 'i', db_integer (rows, 9), "inviterUserID", 's',
           db_text (rows, 10), NULL);
  out_end (out, '}');
}

static void
put_outsider (Server *server, GString *out, const char *key, const char *group, const char *user)
{
  g_autofree char *nickname = user_nickname (server, user);

  out_begin (out, key, '{');
  out_put (out, "groupID", 's', group, "userID", 's', user, "roleLevel", 'i', (gint64) ROLE_ADMIN, "joinTime",
           'i', (gint64) 0, "nickname", 's', nickname, "faceURL", 's', "", "appMangerLevel", 'i', (gint64) 2,
           "joinSource", 'i', (gint64) 0, "operatorUserID", 's', "", "ex", 's', "", "muteEndTime", 'i',
           (gint64) 0, "inviterUserID", 's', "", NULL);
  out_end (out, '}');
}

static void
put_one (Server *server, GString *out, const char *key, const char *group, const char *user, gboolean bare)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT " COLUMNS TABLES "WHERE group_id = ? AND user = ?", "ss", group, user);

  if (db_next (rows))
    put_row (out, key, rows, bare);
  else if (g_str_equal (user, SERVER_ADMIN))
    put_outsider (server, out, key, group, user);
  else
    out_raw (out, key, "null");
}

void
put_member (Server *server, GString *out, const char *key, const char *group, const char *user)
{
  put_one (server, out, key, group, user, FALSE);
}

void
put_member_bare (Server *server, GString *out, const char *key, const char *group, const char *user)
{
  put_one (server, out, key, group, user, TRUE);
}

static void
put_changed (Server *server, GString *out, const char *group, const char *user)
{
  if (group_has (server, group, user))
    put_member (server, out, NULL, group, user);
}

char *
member_nickname (Server *server, const char *group, const char *user)
{
  char *nickname = db_string (server->db, "SELECT nickname FROM members WHERE group_id = ? AND user = ?",
                              "ss", group, user);

  if (nickname && *nickname)
    return nickname;
  g_free (nickname);
  return user_nickname (server, user);
}

GPtrArray *
member_ids (Server *server, const char *group)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT user FROM members WHERE group_id = ? ORDER BY role DESC, n", "s", group);

  while (db_next (rows))
    g_ptr_array_add (ids, g_strdup (db_text (rows, 0)));
  return ids;
}

void
member_insert (Server *server, const Entry *entry, const char *user)
{
  db_run (server->db,
          "INSERT INTO members (group_id, user, role, joined, source, operator, inviter) VALUES (?, ?, ?, ?, "
          "?, ?, ?)",
          "ssiiiss", entry->group, user, (gint64) entry->role, now_ms (), (gint64) entry->source,
          entry->operator, entry->inviter);
  db_run (server->db, "UPDATE groups SET member_count = member_count + 1 WHERE id = ?", "s", entry->group);
  log_change (server, LOG_GROUPS, user, CHANGE_INSERT, entry->group);
}

static void
member_delete (Server *server, const char *group, const char *user)
{
  db_run (server->db, "DELETE FROM members WHERE group_id = ? AND user = ?", "ss", group, user);
  db_run (server->db, "UPDATE groups SET member_count = member_count - 1 WHERE id = ?", "s", group);
  log_change (server, LOG_GROUPS, user, CHANGE_DELETE, group);
}

void
members_remove_all (Server *server, const char *group)
{
  g_autoptr (GPtrArray) ids = member_ids (server, group);

  for (guint i = 0; i < ids->len; i++)
    log_change (server, LOG_GROUPS, g_ptr_array_index (ids, i), CHANGE_DELETE, group);
  g_ptr_array_add (ids, NULL);
  if (ids->len > 1)
    log_changes (server, LOG_MEMBERS, group, CHANGE_DELETE, (char **) ids->pdata);
  db_run (server->db, "DELETE FROM members WHERE group_id = ?", "s", group);
  db_run (server->db, "UPDATE groups SET member_count = 0, owner = '' WHERE id = ?", "s", group);
}

/* ---- entering */

static Result
entered (Server *server)
{
  /* these releases stumble over lifting a bound that there was none of */
  return server->behave->join_fails ? result (ARGS, "maxSeq is invalid") : RESULT_OK;
}

static void
tell_invited (Server *server, const Entry *entry, const char *actor, char **users, gboolean no_line)
{
  GString *detail = group_detail (server, entry->group);

  put_member (server, detail, "opUser", entry->group, actor);
  out_list_begin (detail, "invitedUserList");
  for (char **user = users; *user; user++)
    put_member (server, detail, NULL, entry->group, *user);
  out_list_end (detail);
  out_put (detail, "operationTime", 'i', (gint64) 0, NULL);
  {
    g_autofree char *id = NULL;
    guint64 version;

    log_current (server, LOG_MEMBERS, entry->group, &version, &id);
    out_put (detail, "groupMemberVersion", 'u', version, "groupMemberVersionID", 's', id, NULL);
  }
  put_member (server, detail, "inviterUser", entry->group, entry->inviter);
  group_tell (server, &(GroupTip){ .type = MEMBER_INVITED,
                                   .group = entry->group,
                                   .actor = actor,
                                   .detail = detail,
                                   .no_line = no_line });
}

Result
members_invite (Server *server, const Entry *entry, const char *actor, char **users, gboolean no_line)
{
  while (*users) {
    g_autoptr (GPtrArray) block = g_ptr_array_new_null_terminated (0, NULL, TRUE);

    for (; *users && block->len < INVITED_AT_ONCE; users++) {
      g_ptr_array_add (block, *users);
      member_insert (server, entry, *users);
    }
    log_changes (server, LOG_MEMBERS, entry->group, CHANGE_INSERT, (char **) block->pdata);
    for (guint i = 0; i < block->len; i++)
      conversation_join (server, g_ptr_array_index (block, i), entry->group);
    tell_invited (server, entry, actor, (char **) block->pdata, no_line);
    if (server->behave->join_fails)
      break;
  }
  return entered (server);
}

Result
member_enter (Server *server, const Entry *entry, const char *actor, const char *user)
{
  GString *detail;

  member_insert (server, entry, user);
  log_change (server, LOG_MEMBERS, entry->group, CHANGE_INSERT, user);
  conversation_join (server, user, entry->group);
  detail = group_detail (server, entry->group);
  put_member (server, detail, "entrantUser", entry->group, user);
  out_put (detail, "operationTime", 'i', now_ms (), NULL);
  group_tell (
      server,
      &(GroupTip){
          .type = MEMBER_ENTER, .group = entry->group, .actor = actor, .detail = detail, .versions = TRUE });
  return entered (server);
}

static Result
invite_user_to_group (Call *call)
{
  const char *group = call_string (call, "groupID");
  g_auto (GStrv) users = call_list (call, "invitedUserIDs");
  Server *server = call->server;
  gint64 role = group_role (server, group, call->user);
  const Entry entry = { group, ROLE_ORDINARY, call->admin ? SOURCE_ADMIN : SOURCE_INVITED, call->user,
                        call->user };

  if (list_repeats (users) || g_strv_length (users) > 1000)
    return result (ARGS, "userID duplicate");
  if (group_status (server, group) < 0)
    return result (NOT_FOUND, "group not found");
  if (group_status (server, group) == GROUP_DISMISSED)
    return result (DISMISSED, NULL);
  for (char **user = users; *user; user++)
    if (!user_exists (server, *user))
      return result (NOT_FOUND, "user not found");
  if (!call->admin && role == 0)
    return result (NOT_FOUND, "not a member");
  if (group_verification (server, group) == VERIFY_ALL && !call->admin && role == ROLE_ORDINARY) {
    for (char **user = users; *user; user++)
      application_make (server,
                        &(Application){ group, *user, call->user, call->user, SOURCE_INVITED, "", "" });
    return RESULT_OK;
  }
  for (char **user = users; *user; user++)
    if (group_has (server, group, *user))
      return result (INTERNAL, "duplicate key");
  return members_invite (server, &entry, call->user, users,
                         call_has (call, "sendMessage") && !call_bool (call, "sendMessage"));
}

static Result
join_group (Call *call)
{
  const char *group = call_string (call, "groupID"), *user = call_string (call, "inviterUserID");
  Server *server = call->server;
  gint64 source = call_int (call, "joinSource");

  if (source < SOURCE_ADMIN || source > SOURCE_CODE)
    return result (ARGS, "joinSource is invalid");
  if (!user_exists (server, user))
    return result (NOT_FOUND, "user not found");
  if (group_status (server, group) < 0)
    return result (NOT_FOUND, "group not found");
  if (group_status (server, group) == GROUP_DISMISSED)
    return result (DISMISSED, NULL);
  if (group_has (server, group, user))
    return result (ARGS, "already in group");
  if (group_verification (server, group) == VERIFY_NOBODY) {
    const Entry entry = { group, ROLE_ORDINARY, SOURCE_DIRECT, call->user, user };

    return member_enter (server, &entry, call->user, user);
  }
  application_make (server, &(Application){ group, user, user, "", source, call_string (call, "reqMessage"),
                                            call_string (call, "ex") });
  return RESULT_OK;
}

/* ---- leaving */

static Result
quit_group (Call *call)
{
  const char *group = call_string (call, "groupID");
  const char *user = *call_string (call, "userID") ? call_string (call, "userID") : call->user;
  Server *server = call->server;
  GString *member = g_string_new (NULL), *detail;
  char *leaving[] = { (char *) user, NULL };
  gint64 role = group_role (server, group, user);
  Result answer = RESULT_OK;

  if (!call_may (call, user))
    answer = result (NO_PERMISSION, "it is another user's");
  else if (role == 0)
    answer = result (NOT_FOUND, "not a member");
  else if (role == ROLE_OWNER)
    answer = result (NO_PERMISSION, "group owner can't quit");
  if (!answer.code) {
    put_member (server, member, NULL, group, user);
    member_delete (server, group, user);
    log_change (server, LOG_MEMBERS, group, CHANGE_DELETE, user);
    if (!conversation_leave (server, user, group))
      answer = result (ARGS, "maxSeq is invalid");
    detail = group_detail (server, group);
    out_raw (detail, "quitUser", member->str);
    out_put (detail, "operationTime", 'i', (gint64) 0, NULL);
    group_tell (server, &(GroupTip){ .type = MEMBER_QUIT,
                                     .group = group,
                                     .actor = call->user,
                                     .detail = detail,
                                     .versions = TRUE,
                                     .leaving = leaving });
  }
  g_string_free (member, TRUE);
  return answer;
}

static Result
check_kick (Call *call, const char *group, char **users)
{
  Server *server = call->server;
  gint64 role = group_role (server, group, call->user);

  if (list_repeats (users) || g_strv_length (users) > 1000)
    return result (ARGS, "kickedUserIDs duplicate");
  if (list_contains (users, call->user))
    return result (ARGS, "opUserID in kickedUserIDs");
  if (group_status (server, group) < 0)
    return result (NOT_FOUND, "group not found");
  for (char **user = users; *user; user++)
    if (group_role (server, group, *user) == ROLE_OWNER)
      return result (ARGS, "the owner can not be kicked");
  if (!call->admin && role < ROLE_ADMIN)
    return result (NO_PERMISSION, "no permission");
  for (char **user = users; *user; user++) {
    gint64 other = group_role (server, group, *user);

    if (other == 0)
      return result (USER_NOT_FOUND, "not a member");
    if (!call->admin && role == ROLE_ADMIN && other == ROLE_ADMIN)
      return result (NO_PERMISSION, "no permission");
  }
  return RESULT_OK;
}

static Result
kick_group (Call *call)
{
  const char *group = call_string (call, "groupID");
  g_auto (GStrv) users = call_list (call, "kickedUserIDs");
  Server *server = call->server;
  Result answer = check_kick (call, group, users);
  GString *list, *detail;

  if (answer.code)
    return answer;
  list = g_string_new ("[");
  for (char **user = users; *user; user++)
    put_member (server, list, NULL, group, *user);
  g_string_append_c (list, ']');
  for (char **user = users; *user; user++)
    member_delete (server, group, *user);
  log_changes (server, LOG_MEMBERS, group, CHANGE_DELETE, users);
  for (char **user = users; *user; user++)
    if (!conversation_leave (server, *user, group))
      answer = result (ARGS, "maxSeq is invalid");
  detail = group_detail (server, group);
  put_member (server, detail, "opUser", group, call->user);
  out_raw (detail, "kickedUserList", list->str);
  out_put (detail, "operationTime", 'i', (gint64) 0, NULL);
  group_tell (server,
              &(GroupTip){ .type = MEMBER_KICKED,
                           .group = group,
                           .actor = call->user,
                           .detail = detail,
                           .versions = TRUE,
                           .leaving = users,
                           .no_line = call_has (call, "sendMessage") && !call_bool (call, "sendMessage") });
  g_string_free (list, TRUE);
  return answer;
}

/* ---- lists */

static gboolean
may_look (Call *call, const char *group)
{
  return call->admin || group_has (call->server, group, call->user);
}

static Result
get_group_member_list (Call *call)
{
  const char *group = call_string (call, "groupID");
  g_autoptr (DbRows) rows = NULL;
  gint64 limit, offset, filter = call_int (call, "filter");

  if (filter < 0 || filter > 5)
    return result (ARGS, "filter is invalid");
  if (!may_look (call, group))
    return result (NO_PERMISSION, "not a member");
  call_page (call, &limit, &offset);
  /* the real server swaps two arguments when there is a keyword, and finds nothing */
  if (*call_string (call, "keyword"))
    limit = 0;
  rows =
      db_query (call->server->db,
                /* the pages before are skipped in the index alone */
                "SELECT " COLUMNS TABLES
                "WHERE members.n IN (SELECT n FROM members WHERE group_id = ? ORDER BY role DESC, n LIMIT ? "
                "OFFSET ?) ORDER BY role DESC, members.n",
                "sii", group, limit, offset);
  out_begin (call->data, NULL, '{');
  out_put (call->data, "total", 'i',
           *call_string (call, "keyword")
               ? 0
               : db_int (call->server->db, 0, "SELECT member_count FROM groups WHERE id = ?", "s", group),
           NULL);
  out_list_begin (call->data, "members");
  while (db_next (rows))
    put_row (call->data, NULL, rows, FALSE);
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_group_members_info (Call *call)
{
  const char *group = call_string (call, "groupID");
  g_auto (GStrv) users = call_list (call, "userIDs");

  if (!may_look (call, group))
    return result (NO_PERMISSION, "not a member");
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "members");
  for (char **user = users; *user; user++)
    put_changed (call->server, call->data, group, *user);
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static void
put_ids (GString *out, const char *key, GPtrArray *ids)
{
  out_list_begin (out, key);
  for (guint i = 0; i < ids->len; i++)
    out_string (out, NULL, g_ptr_array_index (ids, i));
  out_list_end (out);
}

static Result
get_group_member_user_id (Call *call)
{
  const char *group = call_string (call, "groupID");
  g_autoptr (GPtrArray) ids = NULL;

  if (!may_look (call, group))
    return result (NO_PERMISSION, "not a member");
  ids = member_ids (call->server, group);
  out_begin (call->data, NULL, '{');
  put_ids (call->data, "userIDs", ids);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
check_sync (Call *call, const char *group)
{
  if (!may_look (call, group))
    return result (NO_PERMISSION, "not a member");
  if (group_status (call->server, group) == GROUP_DISMISSED)
    return result (DISMISSED, NULL);
  return RESULT_OK;
}

static guint
put_sync (Call *call, const char *key, const char *group, guint64 version, const char *version_id)
{
  gboolean changed;
  guint count;

  out_begin (call->data, key, '{');
  count = put_difference (call->server, call->data, LOG_MEMBERS, group, version, version_id, put_changed,
                          TRUE, &changed);
  if (changed)
    put_group (call->server, call->data, "group", group);
  else
    out_put (call->data, "group", 'n', NULL, NULL);
  out_end (call->data, '}');
  return count;
}

static Result
get_incremental_group_members (Call *call)
{
  const char *group = call_string (call, "groupID");
  Result answer = check_sync (call, group);

  if (!answer.code)
    put_sync (call, NULL, group, openim_json_uint (call->body, "version"), call_string (call, "versionID"));
  return answer;
}

static Result
get_incremental_group_members_batch (Call *call)
{
  JsonArray *list = openim_json_array (call->body, "reqList");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint changes = 0;

  out_begin (call->data, NULL, '{');
  for (guint i = 0; list && i < json_array_get_length (list) && changes < BATCH_MAX; i++) {
    JsonObject *one = json_array_get_object_element (list, i);
    const char *group = openim_json_string (one, "groupID");
    Result answer;

    if (!g_hash_table_add (seen, (char *) group))
      continue;
    answer = check_sync (call, group);
    if (answer.code == DISMISSED)
      continue;
    if (answer.code)
      return answer;
    if (call->data->str[call->data->len - 1] == '{' && call->data->len == 1)
      out_begin (call->data, "respList", '{');
    changes += put_sync (call, group, group, openim_json_uint (one, "version"),
                         openim_json_string (one, "versionID"));
  }
  if (call->data->len == 1)
    out_put (call->data, "respList", 'n', NULL, NULL);
  else
    out_end (call->data, '}');
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_full_group_member_user_ids (Call *call)
{
  const char *group = call_string (call, "groupID");
  Result answer = check_sync (call, group);
  g_autoptr (GPtrArray) ids = NULL;

  if (answer.code)
    return answer;
  ids = member_ids (call->server, group);
  out_begin (call->data, NULL, '{');
  put_full (call->server, call->data, LOG_MEMBERS, group, openim_json_uint (call->body, "idHash"), "userIDs",
            ids);
  out_end (call->data, '}');
  return RESULT_OK;
}

const Route member_routes[] = {
  { "/group/invite_user_to_group", invite_user_to_group, NEEDS_TOKEN,
    "groupID:s! invitedUserIDs:S! reason:s sendMessage:b" },
  { "/group/join_group", join_group, NEEDS_TOKEN,
    "groupID:s! reqMessage:s joinSource:i! inviterUserID:s ex:s" },
  { "/group/quit_group", quit_group, NEEDS_TOKEN, "groupID:s! userID:s" },
  { "/group/kick_group", kick_group, NEEDS_TOKEN, "groupID:s! kickedUserIDs:S! reason:s sendMessage:b" },
  { "/group/get_group_member_list", get_group_member_list, NEEDS_TOKEN,
    "groupID:s! filter:i keyword:s pagination:p" },
  { "/group/get_group_members_info", get_group_members_info, NEEDS_TOKEN, "groupID:s! userIDs:S!" },
  { "/group/get_group_member_user_id", get_group_member_user_id, NEEDS_TOKEN, "groupID:s!" },
  { "/group/get_incremental_group_members", get_incremental_group_members, NEEDS_TOKEN,
    "groupID:s version:i versionID:s" },
  { "/group/get_incremental_group_members_batch", get_incremental_group_members_batch, NEEDS_TOKEN,
    "userID:s reqList:a" },
  { "/group/get_full_group_member_user_ids", get_full_group_member_user_ids, NEEDS_TOKEN,
    "groupID:s idHash:i" },
  { NULL },
};
