/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about the blacklist. */

#include "sdk/change.h"
#include "sdk/handlers.h"

#include "relation.pb-c.h"

static gboolean
read_all (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__Relation__GetBlacksResp *result = response;
  GPtrArray *rows = openim_blacks_list (db, error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_blacks, (gpointer **) &result->blacks, rows);
  return TRUE;
}

void
openim_black_get_all (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_all, NULL);
}

void
openim_black_delete (OpenimCall *call)
{
  const Openim__Sdk__Relation__DeleteBlackReq *request = openim_call_get_request (call);

  openim_change (call, "/friend/remove_black",
                 openim_json_build ("ownerUserID", 's', openim_call_get_user_id (call), "blackUserID", 's',
                                    request->userid, NULL),
                 OPENIM_LIST_BLACKS, NULL);
}

/* ---- AddBlack: the server answers 500 for somebody who is on the list already */

static gboolean
look_for_black (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Relation__AddBlackReq *request = openim_call_get_request (call);
  const GError *refusal = openim_call_get_state (call);
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimBlack) black = openim_rows_get (db, &openim_table_blacks, NULL, request->userid, &trouble);

  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  else if (black == NULL)
    g_propagate_error (error, g_error_copy (refusal));
  return black != NULL;
}

static void
on_blacks (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;

  if (openim_sync_list_finish (OPENIM_SYNC (source), result, &error))
    openim_call_run (call, OPENIM_STORE_READ, look_for_black, NULL);
  else
    openim_call_take_error (call, error);
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data != NULL) {
    openim_change_settle (call, OPENIM_LIST_BLACKS, NULL);
  } else if (openim_error_code (error) != OPENIM_ERROR_SERVER_INTERNAL) {
    openim_call_take_error (call, error);
  } else {
    openim_call_set_state (call, error, (GDestroyNotify) g_error_free);
    openim_sync_list_async (openim_call_get_resources (call)->sync, OPENIM_LIST_BLACKS, NULL,
                            openim_call_get_cancellable (call), on_blacks, call);
  }
}

void
openim_black_add (OpenimCall *call)
{
  const Openim__Sdk__Relation__AddBlackReq *request = openim_call_get_request (call);
  const char *self = openim_call_get_user_id (call);

  if (g_str_equal (request->userid, self))
    openim_call_fail (call, OPENIM_ERROR_YOURSELF, "Nobody blocks himself.");
  else
    openim_api_call_async (openim_call_get_resources (call)->api, "/friend/add_black",
                           openim_json_build ("ownerUserID", 's', self, "blackUserID", 's', request->userid,
                                              "ex", 's', request->ex, NULL),
                           openim_call_get_cancellable (call), on_added, call);
}
