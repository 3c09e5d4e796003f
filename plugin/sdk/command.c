/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The user's commands: a small store of values at the server, by type and uuid. Source: open-im-server 3.8,
 * internal/rpc/user. */

#include "sdk/change.h"
#include "sdk/handlers.h"

#include "user.pb-c.h"

static gboolean
read_all (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__User__ProcessUserCommandGetAllResp *result = response;
  GPtrArray *rows = openim_rows_all (db, &openim_table_commands, NULL, error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_commands, (gpointer **) &result->commands, rows);
  return TRUE;
}

void
openim_command_get_all (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_all, NULL);
}

/* What the request says, and of its value and ex only what is given. (transfer full) */
static JsonObject *
build_body (OpenimCall *call)
{
  JsonObject *body = openim_json_from_message (openim_call_get_request (call), NULL, TRUE);

  json_object_set_string_member (body, "userID", openim_call_get_user_id (call));
  return body;
}

void
openim_command_update (OpenimCall *call)
{
  openim_change (call, "/user/process_user_command_update", build_body (call), OPENIM_LIST_COMMANDS, NULL);
}

void
openim_command_delete (OpenimCall *call)
{
  openim_change (call, "/user/process_user_command_delete", build_body (call), OPENIM_LIST_COMMANDS, NULL);
}

/* ---- ProcessUserCommandAdd
 *
 * The server makes a second record of one that is there, therefore an update is tried first: another device
 * may have made it. An ex would take the place of the value, therefore it follows by an update. */

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  const Openim__Sdk__User__ProcessUserCommandAddReq *request = openim_call_get_request (call);
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data == NULL)
    openim_call_take_error (call, error);
  else if (request->_ex_case != OPENIM__SDK__USER__PROCESS_USER_COMMAND_ADD_REQ___EX__NOT_SET)
    openim_command_update (call);
  else
    openim_change_settle (call, OPENIM_LIST_COMMANDS, NULL);
}

static void
on_tried (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);
  JsonObject *body;

  if (data != NULL) {
    openim_change_settle (call, OPENIM_LIST_COMMANDS, NULL);
    return;
  }
  if (openim_error_code (error) != OPENIM_ERROR_NOT_FOUND) {
    openim_call_take_error (call, error);
    return;
  }

  g_error_free (error);
  body = build_body (call);
  json_object_remove_member (body, "ex");
  openim_api_call_async (OPENIM_API (source), "/user/process_user_command_add", body,
                         openim_call_get_cancellable (call), on_added, call);
}

void
openim_command_add (OpenimCall *call)
{
  openim_api_call_async (openim_call_get_resources (call)->api, "/user/process_user_command_update",
                         build_body (call), openim_call_get_cancellable (call), on_tried, call);
}
