/* SPDX-License-Identifier: GPL-3.0-or-later */

/* SetConversation: the settings of a conversation that the server keeps. */

#include "sdk/handlers.h"

#include "conversation.pb-c.h"

#include "sdk/change.h"
#include "sdk/lookup.h"

/* The request as JSON is what the server is to change and what is to be changed here: fields have the same
 * names everywhere, and those that are not set are left out. */
static gboolean
look (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__SetConversationReq *request = openim_call_get_request (call);
  JsonObject *wanted = openim_call_get_state (call);
  g_autoptr (OpenimConversationRow) row = openim_lookup_conversation (db, request->conversationid, error);

  if (row == NULL)
    return FALSE;
  if (json_object_has_member (wanted, "isPrivateChat") &&
      row->info->conversationtype != OPENIM__SDK__COMMON__SESSION_TYPE__Single) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_NOT_SUPPORT_TYPE,
                         "Only a chat of two can be private.");
    return FALSE;
  }

  json_object_set_int_member (wanted, "conversationType", row->info->conversationtype);
  json_object_set_string_member (wanted, "userID", row->info->userid);
  json_object_set_string_member (wanted, "groupID", row->info->groupid);
  return TRUE;
}

/* A conversation that nobody has written in can be unreadable at the server for a while: what is here counts.
 */
static gboolean
apply (OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__SetConversationReq *request = openim_call_get_request (call);
  g_autoptr (OpenimConversationRow) row = openim_lookup_conversation (db, request->conversationid, error);
  gboolean changed;

  if (row == NULL)
    return FALSE;
  openim_json_to_message (openim_call_get_state (call), NULL, &row->info->base);
  if (!openim_conversations_put_settings (db, row->info, &changed, error))
    return FALSE;
  if (changed)
    openim_effects_touch (effects, request->conversationid, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static void
on_looked (OpenimCall *call, gpointer response)
{
  const char *users[] = { openim_call_get_user_id (call), NULL };

  openim_pb_free (response);
  openim_change_here (call, "/conversation/set_conversations",
                      openim_json_build ("userIDs", 'S', users, "conversation", 'o',
                                         json_object_ref (openim_call_get_state (call)), NULL),
                      apply);
}

void
openim_conversation_set (OpenimCall *call)
{
  const Openim__Sdk__Conversation__SetConversationReq *request = openim_call_get_request (call);
  JsonObject *wanted = openim_json_from_message (request, NULL, FALSE);

  openim_call_set_state (call, wanted, (GDestroyNotify) json_object_unref);
  if (openim_json_int (wanted, "recvMsgOpt") < OPENIM__SDK__COMMON__CONV_RECV_MSG_OPT__ReceiveMessage ||
      openim_json_int (wanted, "recvMsgOpt") >
          OPENIM__SDK__COMMON__CONV_RECV_MSG_OPT__ReceiveNotNotifyMessage)
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is no such way to receive messages.");
  else
    openim_call_run (call, OPENIM_STORE_READ, look, on_looked);
}
