/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Applications to come into a group: one's own, and those to groups that one administers. */

#include "sdk/change.h"
#include "sdk/handlers.h"

#include "group.pb-c.h"

#include "sdk/lapse.h"

/* ---- GetGroupRequest */

static gboolean
read_requests (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetGroupRequestReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__GetGroupRequestResp *result = response;
  GPtrArray *rows = openim_group_requests_list (db, openim_call_get_user_id (call), request->send, error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_requests, (gpointer **) &result->requests, rows);
  return TRUE;
}

void
openim_group_request_get (OpenimCall *call)
{
  openim_change_read (call, OPENIM_LIST_GROUP_REQUESTS, read_requests);
}

/* ---- HandlerGroupRequest */

static gboolean
is_let_in (OpenimDb *db, OpenimCall *call, gboolean *done, GError **error)
{
  const Openim__Sdk__Group__HandlerGroupRequestReq *request = openim_call_get_request (call);
  g_autoptr (GPtrArray) members = NULL;

  /* Only letting somebody in meets the lapse. */
  *done = FALSE;
  if (request->status != OPENIM__SDK__COMMON__APPROVAL_STATUS__Approved)
    return TRUE;
  members = openim_members_among (db, request->groupid, &request->fromuserid, 1, error);
  if (members == NULL)
    return FALSE;
  *done = members->len == 1;
  return TRUE;
}

/* Lists and events follow with the notifications. */
static void
on_handled (OpenimCall *call, GError *error)
{
  if (error != NULL)
    openim_call_take_error (call, error);
  else
    openim_call_answer (call, NULL);
}

void
openim_group_request_handle (OpenimCall *call)
{
  const Openim__Sdk__Group__HandlerGroupRequestReq *request = openim_call_get_request (call);

  openim_lapse_call (call, "/group/group_application_response",
                     openim_json_build ("groupID", 's', request->groupid, "fromUserID", 's',
                                        request->fromuserid, "handledMsg", 's', request->handledmsg,
                                        "handleResult", 'i', (gint64) request->status, NULL),
                     OPENIM_LIST_MEMBERS, request->groupid, is_let_in, on_handled);
}
