/* SPDX-License-Identifier: GPL-3.0-or-later */

/* RevokeMessage. */

#include "sdk/handlers.h"

#include "message.pb-c.h"

#include "base/clock.h"
#include "sdk/change.h"
#include "sdk/lookup.h"

/* Role levels of a group. */
#define OWNER 100
#define ADMINISTRATOR 60

static gboolean
refuse (GError **error, const char *text)
{
  g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, text);
  return FALSE;
}

/* The server decides; what it would refuse in any case is not asked for. Members of large groups may be
 * missing here, oneself too. */
static gboolean
check_right (OpenimDb *db, const OpenimMsgData *data, const char *self_id, GError **error)
{
  g_autoptr (OpenimGroupMember) self = NULL;
  g_autoptr (GError) trouble = NULL;

  if (g_str_equal (data->sendid, self_id))
    return TRUE;
  if (data->sessiontype != OPENIM_SESSION_GROUP)
    return refuse (error, "Only what one has said can be taken back.");

  self = openim_rows_get (db, &openim_table_members, data->groupid, self_id, &trouble);
  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }
  if (self != NULL && self->rolelevel != OWNER && self->rolelevel != ADMINISTRATOR)
    return refuse (error, "Only owner and administrators of a group take back what others have said.");
  return TRUE;
}

static gboolean
check (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Message__RevokeMessageReq *request = openim_call_get_request (call);
  g_autoptr (OpenimStoredMessage) message =
      openim_lookup_message (db, request->conversationid, request->clientmsgid, error);

  if (message == NULL)
    return FALSE;
  if (message->data->status != OPENIM_STATUS_SENT)
    return refuse (error, "The message has not been sent.");
  return check_right (db, message->data, openim_call_get_user_id (call), error);
}

static gboolean
revoke_here (OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error)
{
  const Openim__Sdk__Message__RevokeMessageReq *request = openim_call_get_request (call);
  g_autoptr (OpenimStoredMessage) message =
      openim_lookup_message (db, request->conversationid, request->clientmsgid, error);

  if (message == NULL)
    return FALSE;
  /* The server's notice may have been quicker than its answer. */
  return message->data->contenttype == OPENIM_CONTENT_REVOKED ||
         openim_effects_revoke (effects, db, message, openim_call_get_user_id (call), openim_clock_now (),
                                error);
}

static void
on_seq (OpenimCall *call, gint64 seq)
{
  const Openim__Sdk__Message__RevokeMessageReq *request = openim_call_get_request (call);

  if (seq == 0)
    openim_call_fail (call, OPENIM_ERROR_NO_SEQ, "The server has not told the message's number.");
  else
    openim_change_here (call, "/msg/revoke_msg",
                        openim_json_build ("conversationID", 's', request->conversationid, "seq", 'i', seq,
                                           "userID", 's', openim_call_get_user_id (call), NULL),
                        revoke_here);
}

static void
on_checked (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__Message__RevokeMessageReq *request = openim_call_get_request (call);

  openim_pb_free (response);
  openim_lookup_seq (call, request->conversationid, request->clientmsgid, on_seq);
}

void
openim_message_revoke (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, check, on_checked);
}
