/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "groups.h"

#include <string.h>

#include "conversations.h"
#include "members.h"
#include "users.h"

#define COLUMNS                                                                                              \
  "groups.id, name, notification, introduction, groups.face, groups.owner, groups.created, member_count, "   \
  "groups.ex, "                                                                                              \
  "status, creator, type, verification, look, apply, notified, notifier"

static void
put_row (GString *out, const char *key, DbRows *rows)
{
  out_begin (out, key, '{');
  out_put (out, "groupID", 's', db_text (rows, 0), "groupName", 's', db_text (rows, 1), "notification", 's',
           db_text (rows, 2), "introduction", 's', db_text (rows, 3), "faceURL", 's', db_text (rows, 4),
           "ownerUserID", 's', db_text (rows, 5), "createTime", 'i', db_integer (rows, 6), "memberCount", 'i',
           db_integer (rows, 7), "ex", 's', db_text (rows, 8), "status", 'i', db_integer (rows, 9),
           "creatorUserID", 's', db_text (rows, 10), "groupType", 'i', db_integer (rows, 11),
           "needVerification", 'i', db_integer (rows, 12), "lookMemberInfo", 'i', db_integer (rows, 13),
           "applyMemberFriend", 'i', db_integer (rows, 14), "notificationUpdateTime", 'i',
           db_integer (rows, 15), "notificationUserID", 's', db_text (rows, 16), NULL);
  out_end (out, '}');
}

void
put_group (Server *server, GString *out, const char *key, const char *group)
{
  g_autoptr (DbRows) rows = db_query (server->db, "SELECT " COLUMNS " FROM groups WHERE id = ?", "s", group);

  if (db_next (rows))
    put_row (out, key, rows);
  else
    out_raw (out, key, "null");
}

static void
put_joined (Server *server, GString *out, const char *user, const char *group)
{
  if (group_has (server, group, user))
    put_group (server, out, NULL, group);
}

gint64
group_role (Server *server, const char *group, const char *user)
{
  return db_int (server->db, 0, "SELECT role FROM members WHERE group_id = ? AND user = ?", "ss", group,
                 user);
}

gboolean
group_has (Server *server, const char *group, const char *user)
{
  return group_role (server, group, user) != 0;
}

gint64
group_status (Server *server, const char *group)
{
  return db_int (server->db, -1, "SELECT status FROM groups WHERE id = ?", "s", group);
}

gint64
group_verification (Server *server, const char *group)
{
  return db_int (server->db, 0, "SELECT verification FROM groups WHERE id = ?", "s", group);
}

/* ---- notifications */

typedef struct {
  const char *group;
  char **leaving;
} Leaving;

static void
after_leaving (Server *server, gpointer data)
{
  Leaving *leaving = data;

  for (char **user = leaving->leaving; *user; user++)
    conversation_leave (server, *user, leaving->group);
}

GString *
group_detail (Server *server, const char *group)
{
  GString *detail = g_string_new (NULL);

  out_begin (detail, NULL, '{');
  put_group (server, detail, "group", group);
  return detail;
}

void
group_tell (Server *server, const GroupTip *tip)
{
  Leaving leaving = { tip->group, tip->leaving };

  if (tip->versions) {
    g_autofree char *id = NULL;
    guint64 version;

    log_current (server, LOG_MEMBERS, tip->group, &version, &id);
    out_put (tip->detail, "groupMemberVersion", 'u', version, "groupMemberVersionID", 's', id, NULL);
  }
  out_end (tip->detail, '}');
  notify (server, &(Notification){ .type = tip->type,
                                   .from = tip->actor,
                                   .to = tip->group,
                                   .group = TRUE,
                                   .detail = tip->detail->str,
                                   .nickname = tip->nickname,
                                   .also = tip->leaving,
                                   .no_line = tip->no_line,
                                   .after = tip->leaving ? after_leaving : NULL,
                                   .data = &leaving });
  g_string_free (tip->detail, TRUE);
}

/* ---- life */

static void
announce (Server *server, const char *group, const char *actor, gboolean mark)
{
  g_autofree char *text = db_string (server->db, "SELECT notification FROM groups WHERE id = ?", "s", group);
  g_autofree char *nickname = member_nickname (server, group, actor);
  GString *detail = g_string_new (NULL);

  out_begin (detail, NULL, '{');
  put_member (server, detail, "opUser", group, actor);
  put_group (server, detail, "group", group);
  group_tell (server, &(GroupTip){ .type = ANNOUNCEMENT_SET,
                                   .group = group,
                                   .actor = actor,
                                   .detail = detail,
                                   .versions = TRUE,
                                   .nickname = nickname,
                                   .no_line = !*text });
  if (mark && (server->behave->notice_marks || g_str_equal (actor, SERVER_ADMIN)))
    conversations_announce (server, group);
}

static void
tell_created (Server *server, const NewGroup *new)
{
  GString *detail = group_detail (server, new->id);

  put_member (server, detail, "opUser", new->id, new->actor);
  out_list_begin (detail, "memberList");
  put_member (server, detail, NULL, new->id, new->owner);
  out_list_end (detail);
  out_put (detail, "operationTime", 'i', now_ms (), NULL);
  put_member_bare (server, detail, "groupOwnerUser", new->id, new->owner);
  group_tell (server, &(GroupTip){ .type = GROUP_CREATED,
                                   .group = new->id,
                                   .actor = new->actor,
                                   .detail = detail,
                                   .versions = TRUE,
                                   .no_line = new->no_line });
}

/* An administrator who makes a group for others is counted as long as he makes it. */
static void
count_creator (Server *server, const NewGroup *new, gint64 more)
{
  if (!group_has (server, new->id, new->actor))
    db_run (server->db, "UPDATE groups SET member_count = member_count + ? WHERE id = ?", "is", more,
            new->id);
}

void
group_create (Server *server, const NewGroup *new)
{
  JsonObject *info = new->info;
  g_autoptr (GPtrArray) all = g_ptr_array_new_null_terminated (0, NULL, TRUE);

  db_run (
      server->db,
      "INSERT INTO groups (id, name, notification, introduction, face, ex, created, status, creator, type, "
      "verification, look, apply, owner) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "ssssssiisiiiis", new->id, openim_json_string (info, "groupName"),
      openim_json_string (info, "notification"), openim_json_string (info, "introduction"),
      openim_json_string (info, "faceURL"), openim_json_string (info, "ex"), now_ms (),
      openim_json_int (info, "status"), openim_json_string (info, "creatorUserID"),
      openim_json_int (info, "groupType"), openim_json_int (info, "needVerification"),
      openim_json_int (info, "lookMemberInfo"), openim_json_int (info, "applyMemberFriend"), new->owner);
  {
    const Entry entry = { new->id, ROLE_OWNER, SOURCE_INVITED, new->actor, new->actor };

    member_insert (server, &entry, new->owner);
    g_ptr_array_add (all, (char *) new->owner);
  }
  for (char **user = new->admins; user &&*user; user++) {
    const Entry entry = { new->id, ROLE_ADMIN, SOURCE_INVITED, new->actor, new->actor };

    member_insert (server, &entry, *user);
    g_ptr_array_add (all, *user);
  }
  for (char **user = new->members; user &&*user; user++) {
    const Entry entry = { new->id, ROLE_ORDINARY, SOURCE_INVITED, new->actor, new->actor };

    member_insert (server, &entry, *user);
    g_ptr_array_add (all, *user);
  }
  log_changes (server, LOG_MEMBERS, new->id, CHANGE_INSERT, (char **) all->pdata);
  count_creator (server, new, 1);
  tell_created (server, new);
  if (*openim_json_string (info, "notification"))
    announce (server, new->id, new->actor, FALSE);
}

static Result
create_group (Call *call)
{
  JsonObject *info = openim_json_object (call->body, "groupInfo");
  g_auto (GStrv) members = call_list (call, "memberUserIDs");
  g_auto (GStrv) admins = call_list (call, "adminUserIDs");
  const char *owner = call_string (call, "ownerUserID");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *made = NULL;
  NewGroup new = { openim_json_string (info, "groupID"), call->user, owner, admins, members, info, FALSE };

  if (openim_json_int (info, "groupType") != 2)
    return result (ARGS, "group type only supports 2");
  if (g_strv_length (members) > 1000)
    return result (ARGS, "too many members");
  g_hash_table_add (seen, (char *) owner);
  for (char **user = members; *user; user++)
    if (!g_hash_table_add (seen, *user))
      return result (ARGS, "group member repeated");
  for (char **user = admins; *user; user++)
    if (!g_hash_table_add (seen, *user))
      return result (ARGS, "group member repeated");
  for (char **user = members; *user; user++)
    if (!user_exists (call->server, *user))
      return result (USER_NOT_FOUND, "user not found");
  for (char **user = admins; *user; user++)
    if (!user_exists (call->server, *user))
      return result (USER_NOT_FOUND, "user not found");
  if (!user_exists (call->server, owner))
    return result (USER_NOT_FOUND, "user not found");
  if (*new.id && group_status (call->server, new.id) >= 0)
    return result (GROUP_EXISTS, "group id existed");
  while (!*new.id || (made && group_status (call->server, new.id) >= 0)) {
    g_free (made);
    new.id = made = g_strdup_printf ("%u", g_random_int_range (100000000, G_MAXINT32));
  }
  new.no_line = call_has (call, "sendMessage") && !call_bool (call, "sendMessage");
  group_create (call->server, &new);
  out_begin (call->data, NULL, '{');
  put_group (call->server, call->data, "groupInfo", new.id);
  out_end (call->data, '}');
  count_creator (call->server, &new, -1);
  return RESULT_OK;
}

static Result
dismiss_group (Call *call)
{
  const char *group = call_string (call, "groupID");
  Server *server = call->server;
  g_autofree char *owner = db_string (server->db, "SELECT owner FROM groups WHERE id = ?", "s", group);

  if (!owner || !*owner)
    return result (NOT_FOUND, "group owner not found");
  if (!call_may (call, owner))
    return result (NO_PERMISSION, "not group owner");
  if (!call_bool (call, "deleteMember")) {
    GString *detail;

    if (group_status (server, group) == GROUP_DISMISSED)
      return result (DISMISSED, NULL);
    if (server->behave->later_routes) /* earlier servers tell the old status */
      db_run (server->db, "UPDATE groups SET status = 2 WHERE id = ?", "s", group);
    detail = group_detail (server, group);
    put_member (server, detail, "opUser", group, call->user);
    out_put (detail, "operationTime", 'i', (gint64) 0, NULL);
    db_run (server->db, "UPDATE groups SET status = 2 WHERE id = ?", "s", group);
    log_change (server, LOG_MEMBERS, group, CHANGE_UPDATE, ELEMENT_GROUP);
    group_tell (server,
                &(GroupTip){ .type = GROUP_DISMISSED_TIPS,
                             .group = group,
                             .actor = call->user,
                             .detail = detail,
                             .no_line = call_has (call, "sendMessage") && !call_bool (call, "sendMessage") });
  }
  db_run (server->db, "UPDATE groups SET status = 2 WHERE id = ?", "s", group);
  members_remove_all (server, group);
  return RESULT_OK;
}

static Result
set_muted (Call *call, gint64 status, int type)
{
  const char *group = call_string (call, "groupID");
  Server *server = call->server;
  gint64 role = group_role (server, group, call->user);
  GString *detail;

  if (group_status (server, group) < 0 || (!call->admin && role == 0))
    return result (NOT_FOUND, "not a member");
  if (!call->admin && role == ROLE_ORDINARY)
    return result (NO_PERMISSION, "no permission");
  db_run (server->db, "UPDATE groups SET status = ? WHERE id = ?", "is", status, group);
  log_change (server, LOG_MEMBERS, group, CHANGE_UPDATE, ELEMENT_GROUP);
  detail = group_detail (server, group);
  put_member (server, detail, "opUser", group, call->user);
  out_put (detail, "operationTime", 'i', (gint64) 0, NULL);
  group_tell (
      server,
      &(GroupTip){ .type = type, .group = group, .actor = call->user, .detail = detail, .versions = TRUE });
  return RESULT_OK;
}

static Result
mute_group (Call *call)
{
  return set_muted (call, GROUP_IS_MUTED, GROUP_MUTED_TIPS);
}

static Result
cancel_mute_group (Call *call)
{
  return set_muted (call, GROUP_NORMAL, GROUP_UNMUTED);
}

/* ---- settings */

/* One row a value; the last three are numbers. */
static const struct {
  const char *key;
  const char *update;
} settings[] = {
  { "introduction", "UPDATE groups SET introduction = ? WHERE id = ?" },
  { "faceURL", "UPDATE groups SET face = ? WHERE id = ?" },
  { "ex", "UPDATE groups SET ex = ? WHERE id = ?" },
  { "needVerification", "UPDATE groups SET verification = ? WHERE id = ?" },
  { "lookMemberInfo", "UPDATE groups SET look = ? WHERE id = ?" },
  { "applyMemberFriend", "UPDATE groups SET apply = ? WHERE id = ?" },
};
#define FIRST_NUMBER 3

static Result
change_info (Call *call, const char *group, JsonObject *wanted, gboolean older)
{
  Server *server = call->server;
  gint64 role = group_role (server, group, call->user);
  gboolean name, notification, other = FALSE;
#define GIVEN(key, empty_counts)                                                                             \
  (json_object_has_member (wanted, key) && !json_object_get_null_member (wanted, key) &&                     \
   (empty_counts || *openim_json_string (wanted, key)))

  if (!call->admin && role == 0)
    return result (NOT_FOUND, "not a member");
  if (!call->admin && role == ROLE_ORDINARY)
    return result (NO_PERMISSION, "no permission");
  if (group_status (server, group) == GROUP_DISMISSED)
    return result (DISMISSED, NULL);
  name = GIVEN ("groupName", !older);
  notification = GIVEN ("notification", !older);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    other = other || GIVEN (settings[i].key, !older || i >= FIRST_NUMBER - 1);
  if ((name && !*openim_json_string (wanted, "groupName")) || !(name || notification || other))
    return RESULT_OK;
  if (name)
    db_run (server->db, "UPDATE groups SET name = ? WHERE id = ?", "ss",
            openim_json_string (wanted, "groupName"), group);
  if (notification)
    db_run (server->db, "UPDATE groups SET notification = ?, notified = ?, notifier = ? WHERE id = ?", "siss",
            openim_json_string (wanted, "notification"), now_ms (), call->user, group);
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    if (!GIVEN (settings[i].key, !older || i >= FIRST_NUMBER - 1))
      continue;
    if (i < FIRST_NUMBER)
      db_run (server->db, settings[i].update, "ss", openim_json_string (wanted, settings[i].key), group);
    else
      db_run (server->db, settings[i].update, "is", openim_json_int (wanted, settings[i].key), group);
  }
#undef GIVEN
  log_change (server, LOG_MEMBERS, group, CHANGE_UPDATE, ELEMENT_GROUP);
  if (notification)
    announce (server, group, call->user, TRUE);
  if (name) {
    GString *detail = g_string_new (NULL);

    out_begin (detail, NULL, '{');
    put_member (server, detail, "opUser", group, call->user);
    put_group (server, detail, "group", group);
    group_tell (
        server,
        &(GroupTip){
            .type = NAME_SET, .group = group, .actor = call->user, .detail = detail, .versions = TRUE });
  }
  if (other) {
    g_autofree char *nickname = member_nickname (server, group, call->user);
    GString *detail = g_string_new (NULL);

    out_begin (detail, NULL, '{');
    put_member (server, detail, "opUser", group, call->user);
    out_put (detail, "muteTime", 'i', (gint64) 0, NULL);
    put_group (server, detail, "group", group);
    group_tell (server, &(GroupTip){ .type = GROUP_INFO_SET,
                                     .group = group,
                                     .actor = call->user,
                                     .detail = detail,
                                     .versions = TRUE,
                                     .nickname = nickname });
  }
  return RESULT_OK;
}

static Result
set_group_info_ex (Call *call)
{
  return change_info (call, call_string (call, "groupID"), call->body, FALSE);
}

static Result
set_group_info (Call *call)
{
  JsonObject *wanted = openim_json_object (call->body, "groupInfoForSet");

  if (!*openim_json_string (wanted, "groupID"))
    return result (ARGS, "groupID is empty");
  return change_info (call, openim_json_string (wanted, "groupID"), wanted, TRUE);
}

/* ---- lists */

static Result
get_groups_info (Call *call)
{
  g_auto (GStrv) groups = call_list (call, "groupIDs");

  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "groupInfos");
  for (char **group = groups; *group; group++)
    if (group_status (call->server, *group) >= 0)
      put_group (call->server, call->data, NULL, *group);
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_joined_group_list (Call *call)
{
  const char *user = call_string (call, "fromUserID");
  g_autoptr (DbRows) rows = NULL;
  gint64 limit, offset;

  call_page (call, &limit, &offset);
  rows = db_query (call->server->db,
                   "SELECT " COLUMNS " FROM members JOIN groups ON groups.id = group_id WHERE user = ? "
                   "ORDER BY role DESC, members.n LIMIT ? OFFSET ?",
                   "sii", user, limit, offset);
  out_begin (call->data, NULL, '{');
  out_put (call->data, "total", 'i',
           db_int (call->server->db, 0, "SELECT count (*) FROM members WHERE user = ?", "s", user), NULL);
  out_list_begin (call->data, "groups");
  while (db_next (rows))
    put_row (call->data, NULL, rows);
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_group_abstract_info (Call *call)
{
  g_auto (GStrv) groups = call_list (call, "groupIDs");

  if (list_repeats (groups) || g_strv_length (groups) > 1000)
    return result (ARGS, "groupIDs is invalid");
  for (char **group = groups; *group; group++)
    if (!call->admin && !group_has (call->server, *group, call->user))
      return result (NO_PERMISSION, "not a member");
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "groupAbstractInfos");
  for (char **group = groups; *group; group++) {
    g_autoptr (GPtrArray) ids = member_ids (call->server, *group);

    out_begin (call->data, NULL, '{');
    out_put (call->data, "groupID", 's', *group, "groupMemberNumber", 'i', (gint64) ids->len,
             "groupMemberListHash", 'u', id_hash (ids), NULL);
    out_end (call->data, '}');
  }
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_groups (Call *call)
{
  const char *id = call_string (call, "groupID"), *name = call_string (call, "groupName");
  g_autofree char *like = g_strconcat ("%", name, "%", NULL);
  g_autoptr (DbRows) rows = NULL;
  gint64 limit, offset, total = 0;

  call_page (call, &limit, &offset);
  rows = db_query (call->server->db,
                   "SELECT " COLUMNS
                   ", coalesce (m.nickname, '') FROM groups LEFT JOIN members m ON m.group_id = "
                   "groups.id AND m.user = groups.owner WHERE (?1 = '' OR groups.id = ?1) AND name LIKE ?2 "
                   "ORDER BY groups.created DESC",
                   "ss", id, like);
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "groups");
  while (db_next (rows)) {
    if (total >= offset && total < offset + limit) {
      out_begin (call->data, NULL, '{');
      put_row (call->data, "groupInfo", rows);
      out_put (call->data, "groupOwnerUserName", 's', db_text (rows, 17), "groupOwnerUserID", 's',
               db_text (rows, 5), NULL);
      out_end (call->data, '}');
    }
    total++;
  }
  out_list_end (call->data);
  out_put (call->data, "total", 'i', total, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_incremental_join_groups (Call *call)
{
  out_begin (call->data, NULL, '{');
  put_difference (call->server, call->data, LOG_GROUPS, call_string (call, "userID"),
                  openim_json_uint (call->body, "version"), call_string (call, "versionID"), put_joined,
                  FALSE, NULL);
  out_put (call->data, "sortVersion", 'i', (gint64) 0, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_full_join_group_ids (Call *call)
{
  const char *user = call_string (call, "userID");
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DbRows) rows = db_query (
      call->server->db, "SELECT group_id FROM members WHERE user = ? ORDER BY role DESC, n", "s", user);

  while (db_next (rows))
    g_ptr_array_add (ids, g_strdup (db_text (rows, 0)));
  out_begin (call->data, NULL, '{');
  put_full (call->server, call->data, LOG_GROUPS, user, openim_json_uint (call->body, "idHash"), "groupIDs",
            ids);
  out_end (call->data, '}');
  return RESULT_OK;
}

const Route group_routes[] = {
  { "/group/create_group", create_group, NEEDS_TOKEN,
    "memberUserIDs:S adminUserIDs:S ownerUserID:s!@ groupInfo:o! sendMessage:b" },
  { "/group/dismiss_group", dismiss_group, NEEDS_TOKEN, "groupID:s! deleteMember:b sendMessage:b" },
  { "/group/mute_group", mute_group, NEEDS_TOKEN, "groupID:s!" },
  { "/group/cancel_mute_group", cancel_mute_group, NEEDS_TOKEN, "groupID:s!" },
  { "/group/set_group_info_ex", set_group_info_ex, NEEDS_TOKEN,
    "groupID:s groupName:s notification:s introduction:s faceURL:s ex:s needVerification:i lookMemberInfo:i "
    "applyMemberFriend:i" },
  { "/group/set_group_info", set_group_info, NEEDS_TOKEN, "groupInfoForSet:o!" },
  { "/group/get_groups_info", get_groups_info, NEEDS_TOKEN, "groupIDs:S!" },
  { "/group/get_joined_group_list", get_joined_group_list, NEEDS_TOKEN, "fromUserID:s!@ pagination:p" },
  { "/group/get_group_abstract_info", get_group_abstract_info, NEEDS_TOKEN, "groupIDs:S!" },
  { "/group/get_groups", get_groups, NEEDS_TOKEN, "groupName:s groupID:s pagination:p" },
  { "/group/get_incremental_join_groups", get_incremental_join_groups, NEEDS_TOKEN,
    "userID:s@ version:i versionID:s" },
  { "/group/get_full_join_group_ids", get_full_join_group_ids, NEEDS_TOKEN, "userID:s@ idHash:i" },
  { NULL },
};
