/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about friend requests: making, listing and answering them. Source: open-im-server 3.8,
 * internal/rpc/relation. */

#include "sdk/change.h"
#include "sdk/handlers.h"

#include "relation.pb-c.h"

void
openim_friend_request_add (OpenimCall *call)
{
  const Openim__Sdk__Relation__AddFriendReq *request = openim_call_get_request (call);

  openim_change (call, "/friend/add_friend",
                 openim_json_build ("fromUserID", 's', openim_call_get_user_id (call), "toUserID", 's',
                                    request->userid, "reqMsg", 's', request->reqmsg, "ex", 's', request->ex,
                                    NULL),
                 OPENIM_LIST_FRIEND_REQUESTS, NULL);
}

void
openim_friend_request_handle (OpenimCall *call)
{
  const Openim__Sdk__Relation__HandleFriendRequestReq *request = openim_call_get_request (call);

  if (request->status == OPENIM__SDK__COMMON__APPROVAL_STATUS__Default) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "A request is either approved or rejected.");
    return;
  }
  /* Whoever is accepted is read as a friend on the way. */
  openim_change (call, "/friend/add_friend_response",
                 openim_json_build ("fromUserID", 's', request->userid, "toUserID", 's',
                                    openim_call_get_user_id (call), "handleResult", 'i',
                                    (gint64) request->status, "handleMsg", 's', request->handlemsg, NULL),
                 OPENIM_LIST_FRIEND_REQUESTS, NULL);
}

/* ---- GetFriendRequests: the server's list, or without a network what is known of it */

static gboolean
read_requests (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Relation__GetFriendRequestsReq *request = openim_call_get_request (call);
  Openim__Sdk__Relation__GetFriendRequestsResp *result = response;
  GPtrArray *rows = openim_friend_requests_list (db, openim_call_get_user_id (call), request->send, error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_requests, (gpointer **) &result->requests, rows);
  return TRUE;
}

void
openim_friend_request_get_all (OpenimCall *call)
{
  openim_change_read (call, OPENIM_LIST_FRIEND_REQUESTS, read_requests);
}
