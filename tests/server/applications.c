/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "applications.h"

#include "users.h"

#define COLUMNS "user, group_id, result, req_msg, created, ex, source, inviter"

/* handleMsg, handleUserID and handleTime stay empty: the real server mixes up two names of a field. */
static void
put_row (Server *server, GString *out, const char *key, DbRows *rows, gboolean with_user, gboolean with_group)
{
  out_begin (out, key, '{');
  if (with_user)
    put_public (server, out, "userInfo", db_text (rows, 0));
  else
    out_put (out, "userInfo", 'n', NULL, NULL);
  if (with_group)
    put_group (server, out, "groupInfo", db_text (rows, 1));
  else
    out_put (out, "groupInfo", 'n', NULL, NULL);
  out_put (out, "handleResult", 'i', db_integer (rows, 2), "reqMsg", 's', db_text (rows, 3), "handleMsg", 's',
           "", "reqTime", 'i', db_integer (rows, 4), "handleUserID", 's', "", "handleTime", 'i', (gint64) 0,
           "ex", 's', db_text (rows, 5), "joinSource", 'i', db_integer (rows, 6), "inviterUserID", 's',
           db_text (rows, 7), NULL);
  out_end (out, '}');
}

static void
put_request (Server *server, GString *detail, const char *uuid, const char *group, const char *user)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT " COLUMNS " FROM group_requests WHERE group_id = ? AND user = ?", "ss",
                group, user);

  if (!server->behave->requests)
    return;
  out_put (detail, "uuid", 's', uuid, NULL);
  if (db_next (rows))
    put_row (server, detail, "request", rows, TRUE, FALSE);
}

/* The owner, the admins, and one more. */
static GPtrArray *
listeners (Server *server, const char *group, const char *one_more)
{
  GPtrArray *users = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DbRows) rows = db_query (
      server->db, "SELECT user FROM members WHERE group_id = ? AND role >= 60 ORDER BY role DESC, n", "s",
      group);

  while (db_next (rows))
    g_ptr_array_add (users, g_strdup (db_text (rows, 0)));
  if (!g_ptr_array_find_with_equal_func (users, one_more, g_str_equal, NULL))
    g_ptr_array_add (users, g_strdup (one_more));
  return users;
}

void
application_make (Server *server, const Application *application)
{
  const char *group = application->group, *user = application->user;
  g_autofree char *uuid = g_uuid_string_random ();
  g_autoptr (GPtrArray) users = listeners (server, group, application->applicant);

  db_run (server->db,
          "INSERT INTO group_requests (group_id, user, result, req_msg, created, ex, source, inviter) VALUES "
          "(?, ?, 0, "
          "?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET result = 0, req_msg = excluded.req_msg, created = "
          "excluded.created, "
          "ex = excluded.ex, source = excluded.source, inviter = excluded.inviter",
          "sssisis", group, user, application->message, now_ms (), application->ex,
          (gint64) application->source, application->inviter);
  for (guint i = 0; i < users->len; i++) {
    GString *detail = group_detail (server, group);

    put_public (server, detail, "applicant", application->applicant);
    out_put (detail, "reqMsg", 's', application->message, NULL);
    put_request (server, detail, uuid, group, user);
    out_end (detail, '}');
    notify_user (server, JOIN_APPLICATION, application->applicant, g_ptr_array_index (users, i), detail);
  }
}

static void
tell_handled (Server *server, Call *call, const char *group, const char *user, gboolean accepted)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autoptr (GPtrArray) users = listeners (server, group, user);

  for (guint i = 0; i < users->len; i++) {
    const char *listener = g_ptr_array_index (users, i);
    GString *detail = group_detail (server, group);

    put_member (server, detail, "opUser", group, call->user);
    out_put (detail, "handleMsg", 's', call_string (call, "handledMsg"), "receiverAs", 'i',
             (gint64) !g_str_equal (listener, user), NULL);
    put_request (server, detail, uuid, group, user);
    out_end (detail, '}');
    notify_user (server, accepted ? APPLICATION_ACCEPTED : APPLICATION_REJECTED, call->user, listener,
                 detail);
  }
}

static Result
group_application_response (Call *call)
{
  Server *server = call->server;
  const char *group = call_string (call, "groupID"), *user = call_string (call, "fromUserID");
  gint64 answer = call_int (call, "handleResult"), role = group_role (server, group, call->user), source;
  gboolean member = group_has (server, group, user);
  g_autoptr (DbRows) rows = NULL;
  g_autofree char *inviter = NULL;

  if (answer != 1 && answer != -1)
    return result (ARGS, "handleResult is invalid");
  if (!call->admin && role == 0)
    return result (NOT_FOUND, "not a member");
  if (!call->admin && role == ROLE_ORDINARY)
    return result (NO_PERMISSION, "no permission");
  rows = db_query (server->db,
                   "SELECT result, inviter, source FROM group_requests WHERE group_id = ? AND user = ?", "ss",
                   group, user);
  if (!db_next (rows))
    return result (NOT_FOUND, "no application");
  if (db_integer (rows, 0) != 0)
    return result (GROUP_HANDLED, NULL);
  inviter = g_strdup (db_text (rows, 1));
  source = db_integer (rows, 2);
  db_run (server->db, "UPDATE group_requests SET result = ? WHERE group_id = ? AND user = ?", "iss", answer,
          group, user);
  if (answer == 1 && !member) {
    const Entry entry = { group, ROLE_ORDINARY, source, call->user, inviter };
    char *users[] = { (char *) user, NULL };
    Result entered = *inviter ? members_invite (server, &entry, call->user, users, FALSE)
                              : member_enter (server, &entry, call->user, user);

    tell_handled (server, call, group, user, TRUE);
    return entered;
  }
  tell_handled (server, call, group, user, answer == 1);
  return RESULT_OK;
}

/* ---- lists */

static gboolean
wanted (JsonArray *filter, gint64 value)
{
  if (!filter || json_array_get_length (filter) == 0)
    return TRUE;
  for (guint i = 0; i < json_array_get_length (filter); i++)
    if (json_array_get_int_element (filter, i) == value)
      return TRUE;
  return FALSE;
}

static gboolean
named (char **groups, const char *group)
{
  return !groups || !*groups || list_contains (groups, group);
}

static void
put_list (Call *call, DbRows *rows, char **groups)
{
  JsonArray *filter = openim_json_array (call->body, "handleResults");
  gint64 limit, offset, total = 0;

  call_page (call, &limit, &offset);
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "groupRequests");
  while (db_next (rows)) {
    if (!wanted (filter, db_integer (rows, 2)) || !named (groups, db_text (rows, 1)))
      continue;
    if (total >= offset && total < offset + limit)
      put_row (call->server, call->data, NULL, rows, TRUE, TRUE);
    total++;
  }
  out_list_end (call->data);
  out_put (call->data, "total", 'i', total, NULL);
  out_end (call->data, '}');
}

static Result
get_recv_group_application_list (Call *call)
{
  const char *user = call_string (call, "fromUserID");
  g_auto (GStrv) groups = call_list (call, "groupIDs");
  g_autoptr (DbRows) rows = NULL;

  if (call->server->behave->own_only && !call_may (call, user))
    return result (NO_PERMISSION, "it is another user's");
  for (char **group = groups; *group && !call->admin; group++) {
    gint64 role = group_role (call->server, *group, user);

    if (role == 0)
      return result (NOT_FOUND, "not a member");
    if (role == ROLE_ORDINARY)
      return result (NO_PERMISSION, "no permission");
  }
  rows = db_query (
      call->server->db,
      "SELECT r.user, r.group_id, result, req_msg, created, r.ex, r.source, r.inviter FROM members m "
      "JOIN group_requests r ON r.group_id = m.group_id WHERE m.user = ? AND role >= 60 "
      "ORDER BY created DESC, r.n DESC",
      "s", user);
  put_list (call, rows, groups);
  return RESULT_OK;
}

static Result
get_user_req_group_application_list (Call *call)
{
  const char *user = call_string (call, "userID");
  g_auto (GStrv) groups = call_list (call, "groupIDs");
  g_autoptr (DbRows) rows = NULL;

  if (call->server->behave->own_only && !call_may (call, user))
    return result (NO_PERMISSION, "it is another user's");
  rows = db_query (call->server->db,
                   "SELECT " COLUMNS " FROM group_requests WHERE user = ? ORDER BY created DESC, n DESC", "s",
                   user);
  put_list (call, rows, groups);
  return RESULT_OK;
}

static void
put_of_users (Call *call, const char *group, char **users, gboolean with_user)
{
  gint64 total = 0;

  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "groupRequests");
  for (char **user = users; *user; user++) {
    g_autoptr (DbRows) rows =
        db_query (call->server->db, "SELECT " COLUMNS " FROM group_requests WHERE group_id = ? AND user = ?",
                  "ss", group, *user);

    if (!db_next (rows))
      continue;
    put_row (call->server, call->data, NULL, rows, with_user, TRUE);
    total++;
  }
  out_list_end (call->data);
  out_put (call->data, "total", 'i', total, NULL);
  out_end (call->data, '}');
}

static Result
get_specified_user_group_request_info (Call *call)
{
  const char *group = call_string (call, "groupID"), *user = call_string (call, "userID");
  char *users[] = { (char *) user, NULL };

  if (!call_may (call, user) && group_role (call->server, group, call->user) < ROLE_ADMIN)
    return result (NO_PERMISSION, "no permission");
  put_of_users (call, group, users, TRUE);
  return RESULT_OK;
}

static Result
get_group_users_req_application_list (Call *call)
{
  g_auto (GStrv) users = call_list (call, "userIDs");

  if (g_strv_length (users) > 1000)
    return result (ARGS, "too many users");
  put_of_users (call, call_string (call, "groupID"), users, FALSE);
  return RESULT_OK;
}

static Result
get_group_application_unhandled_count (Call *call)
{
  out_begin (call->data, NULL, '{');
  out_put (
      call->data, "count", 'i',
      db_int (
          call->server->db, 0,
          "SELECT count (*) FROM members m JOIN group_requests r ON r.group_id = m.group_id WHERE m.user = ? "
          "AND role >= 60 AND result = 0 AND created > ?",
          "si", call_string (call, "userID"), call_int (call, "time")),
      NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

const Route application_routes[] = {
  { "/group/group_application_response", group_application_response, NEEDS_TOKEN,
    "groupID:s! fromUserID:s! handledMsg:s handleResult:i" },
  { "/group/get_recv_group_applicationList", get_recv_group_application_list, NEEDS_TOKEN,
    "fromUserID:s! groupIDs:S handleResults:I pagination:p" },
  { "/group/get_user_req_group_applicationList", get_user_req_group_application_list, NEEDS_TOKEN,
    "userID:s! groupIDs:S handleResults:I pagination:p" },
  { "/group/get_specified_user_group_request_info", get_specified_user_group_request_info, NEEDS_TOKEN,
    "groupID:s userID:s" },
  { "/group/get_group_users_req_application_list", get_group_users_req_application_list, NEEDS_TOKEN,
    "groupID:s! userIDs:S!" },
  { "/group/get_group_application_unhandled_count", get_group_application_unhandled_count, NEEDS_TOKEN,
    "userID:s@ time:i" },
  { NULL },
};
