/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "roles.h"

static void
tell_member (
    Server *server, int type, const char *group, const char *actor, const char *user, gint64 muted_seconds)
{
  gboolean mute = type == MEMBER_MUTED || type == MEMBER_UNMUTED;
  GString *detail = group_detail (server, group);
  g_autofree char *id = NULL;
  guint64 version;

  put_member (server, detail, "opUser", group, actor);
  out_put (detail, "operationTime", 'i', (gint64) 0, NULL);
  put_member (server, detail, mute ? "mutedUser" : "changedUser", group, user);
  if (type == MEMBER_MUTED)
    out_put (detail, "mutedSeconds", 'i', muted_seconds, NULL);
  log_current (server, LOG_MEMBERS, group, &version, &id);
  out_put (detail, "groupMemberVersion", 'u', version, "groupMemberVersionID", 's', id, NULL);
  if (!mute) {
    gint64 order =
        db_int (server->db, 0,
                "SELECT version FROM changes WHERE kind = ? AND entity = ? AND element = ? AND version = ?",
                "sssi", LOG_MEMBERS, group, ELEMENT_ORDER, (gint64) version);

    out_put (detail, "groupSortVersion", 'i', order, NULL);
  }
  group_tell (server, &(GroupTip){ .type = type, .group = group, .actor = actor, .detail = detail });
}

#define GIVEN(object, key)                                                                                   \
  (json_object_has_member (object, key) && !json_object_get_null_member (object, key))

static Result
check_change (Call *call, JsonObject *change)
{
  Server *server = call->server;
  const char *group = openim_json_string (change, "groupID"), *user = openim_json_string (change, "userID");
  gint64 mine = group_role (server, group, call->user), his = group_role (server, group, user);
  gint64 wanted = openim_json_int (change, "roleLevel");
  gboolean role = GIVEN (change, "roleLevel");

  if (role && wanted == ROLE_OWNER)
    return result (NO_PERMISSION, "the owner is made by transfer");
  if (role && wanted != ROLE_ADMIN && wanted != ROLE_ORDINARY)
    return result (ARGS, "roleLevel is invalid");
  if (group_status (server, group) < 0)
    return result (ARGS, "group not found");
  if (!call->admin && mine == 0)
    return result (NO_PERMISSION, "not a member");
  if (his == 0)
    return result (ARGS, "not a member");
  if (role && his == ROLE_OWNER && g_str_equal (user, call->user))
    return result (ARGS, "the owner's role is fixed");
  if (call->admin || mine == ROLE_OWNER)
    return RESULT_OK;
  if (g_str_equal (user, call->user))
    return role && wanted > mine ? result (NO_PERMISSION, "nobody raises himself") : RESULT_OK;
  if (mine == ROLE_ADMIN && his == ROLE_ORDINARY)
    return RESULT_OK;
  return result (NO_PERMISSION, "no permission");
}

static void
write_change (Server *server, JsonObject *change)
{
  const char *group = openim_json_string (change, "groupID"), *user = openim_json_string (change, "userID");
  char *elements[] = { (char *) user, NULL, NULL };

#define TEXT(key) (GIVEN (change, key) ? openim_json_string (change, key) : NULL)
  db_run (server->db,
          "UPDATE members SET nickname = coalesce (?, nickname), face = coalesce (?, face), ex = coalesce "
          "(?, ex) "
          "WHERE group_id = ? AND user = ?",
          "sssss", TEXT ("nickname"), TEXT ("faceURL"), TEXT ("ex"), group, user);
#undef TEXT
  if (GIVEN (change, "roleLevel")) {
    db_run (server->db, "UPDATE members SET role = ? WHERE group_id = ? AND user = ?", "iss",
            openim_json_int (change, "roleLevel"), group, user);
    elements[1] = (char *) ELEMENT_ORDER;
  }
  log_changes (server, LOG_MEMBERS, group, CHANGE_UPDATE, elements);
}

static Result
set_group_member_info (Call *call)
{
  JsonArray *changes = openim_json_array (call->body, "members");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < json_array_get_length (changes); i++) {
    JsonObject *change = json_array_get_object_element (changes, i);

    if (!g_hash_table_add (seen, g_strconcat (openim_json_string (change, "groupID"), "\n",
                                              openim_json_string (change, "userID"), NULL)))
      return result (ARGS, "member repeated");
  }
  for (guint i = 0; i < json_array_get_length (changes); i++) {
    Result answer = check_change (call, json_array_get_object_element (changes, i));

    if (answer.code)
      return answer;
  }
  for (guint i = 0; i < json_array_get_length (changes); i++)
    write_change (call->server, json_array_get_object_element (changes, i));
  for (guint i = 0; i < json_array_get_length (changes); i++) {
    JsonObject *change = json_array_get_object_element (changes, i);
    const char *group = openim_json_string (change, "groupID"), *user = openim_json_string (change, "userID");

    if (GIVEN (change, "roleLevel"))
      tell_member (call->server,
                   openim_json_int (change, "roleLevel") == ROLE_ADMIN ? MEMBER_TO_ADMIN : MEMBER_TO_ORDINARY,
                   group, call->user, user, 0);
    if (GIVEN (change, "nickname") || GIVEN (change, "faceURL") || GIVEN (change, "ex"))
      tell_member (call->server, MEMBER_INFO_SET, group, call->user, user, 0);
  }
  return RESULT_OK;
}

static void
set_mute (Server *server, const char *group, const char *actor, const char *user, gint64 seconds)
{
  db_run (server->db, "UPDATE members SET muted_until = ? WHERE group_id = ? AND user = ?", "iss",
          seconds ? now_ms () + seconds * 1000 : 0, group, user);
  log_change (server, LOG_MEMBERS, group, CHANGE_UPDATE, user);
  tell_member (server, seconds ? MEMBER_MUTED : MEMBER_UNMUTED, group, actor, user, seconds);
}

static Result
change_mute (Call *call, gint64 seconds)
{
  const char *group = call_string (call, "groupID"), *user = call_string (call, "userID");
  gint64 mine = group_role (call->server, group, call->user), his = group_role (call->server, group, user);

  if ((!call->admin && mine == 0) || his == 0)
    return result (NOT_FOUND, "not a member");
  if (!call->admin &&
      (his == ROLE_OWNER || mine == ROLE_ORDINARY || (his == ROLE_ADMIN && mine != ROLE_OWNER)))
    return result (NO_PERMISSION, "no permission");
  set_mute (call->server, group, call->user, user, seconds);
  return RESULT_OK;
}

static Result
mute_group_member (Call *call)
{
  if (call_int (call, "mutedSeconds") < 0)
    return result (ARGS, "mutedSeconds is invalid");
  return change_mute (call, call_int (call, "mutedSeconds"));
}

static Result
cancel_mute_group_member (Call *call)
{
  return change_mute (call, 0);
}

static Result
transfer_group (Call *call)
{
  const char *group = call_string (call, "groupID");
  const char *old = call_string (call, "oldOwnerUserID"), *new = call_string (call, "newOwnerUserID");
  Server *server = call->server;
  gint64 old_role = group_role (server, group, old), new_role = group_role (server, group, new);
  char *elements[] = { (char *) old, (char *) new, (char *) ELEMENT_ORDER, NULL };
  GString *detail;

  if (g_str_equal (old, new) || old_role == 0 || new_role == 0)
    return result (ARGS, "not a member");
  if (old_role != ROLE_OWNER || !call_may (call, old))
    return result (NO_PERMISSION, "no permission");
  if (db_int (server->db, 0, "SELECT muted_until FROM members WHERE group_id = ? AND user = ?", "ss", group,
              new) > now_ms ())
    set_mute (server, group, call->user, new, 0);
  db_run (server->db, "UPDATE members SET role = ? WHERE group_id = ? AND user = ?", "iss", new_role, group,
          old);
  db_run (server->db, "UPDATE members SET role = ? WHERE group_id = ? AND user = ?", "iss",
          (gint64) ROLE_OWNER, group, new);
  db_run (server->db, "UPDATE groups SET owner = ? WHERE id = ?", "ss", new, group);
  log_changes (server, LOG_MEMBERS, group, CHANGE_UPDATE, elements);
  detail = group_detail (server, group);
  put_member (server, detail, "opUser", group, call->user);
  put_member (server, detail, "newGroupOwner", group, new);
  out_put (detail, "oldGroupOwner", 's', "", "operationTime", 'i', (gint64) 0, NULL);
  put_member (server, detail, "oldGroupOwnerInfo", group, old);
  group_tell (server, &(GroupTip){ .type = OWNER_TRANSFERRED,
                                   .group = group,
                                   .actor = call->user,
                                   .detail = detail,
                                   .versions = TRUE });
  return RESULT_OK;
}

void
members_profile_changed (Server *server, const char *by, const char *user)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DbRows) rows = db_query (
      server->db, "SELECT group_id FROM members WHERE user = ? AND (nickname = '' OR face = '')", "s", user);

  while (db_next (rows))
    g_ptr_array_add (groups, g_strdup (db_text (rows, 0)));
  for (guint i = 0; i < groups->len; i++) {
    log_change (server, LOG_MEMBERS, g_ptr_array_index (groups, i), CHANGE_UPDATE, user);
    tell_member (server, MEMBER_INFO_SET, g_ptr_array_index (groups, i), by, user, 0);
  }
}

const Route role_routes[] = {
  { "/group/set_group_member_info", set_group_member_info, NEEDS_TOKEN, "members:a!" },
  { "/group/mute_group_member", mute_group_member, NEEDS_TOKEN, "groupID:s! userID:s! mutedSeconds:i!" },
  { "/group/cancel_mute_group_member", cancel_mute_group_member, NEEDS_TOKEN, "groupID:s! userID:s!" },
  { "/group/transfer_group", transfer_group, NEEDS_TOKEN, "groupID:s! oldOwnerUserID:s! newOwnerUserID:s!" },
  { NULL },
};
