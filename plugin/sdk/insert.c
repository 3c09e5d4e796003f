/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about messages that concern the store of this device only: lines that nobody has sent, and what
 * is remembered with a message. */

#include "sdk/handlers.h"

#include "conversation.pb-c.h"
#include "message.pb-c.h"

#include "base/clock.h"
#include "base/id.h"
#include "sdk/convert.h"
#include "sdk/lookup.h"

typedef struct {
  OpenimMessage *message;
  char *conversation_id;
  char *peer_id;     /* the other one of a single chat, "" in a group */
  GPtrArray *people; /* (element-type utf8) whose names are not here */
  gboolean group_known;
} Insertion;

static void
insertion_free (gpointer data)
{
  Insertion *insertion = data;

  openim_pb_free (insertion->message);
  g_free (insertion->conversation_id);
  g_free (insertion->peer_id);
  g_ptr_array_unref (insertion->people);
  g_free (insertion);
}

/* ---- what is not known here */

static gboolean
need_name (OpenimDb *db, Insertion *insertion, const char *user_id, GError **error)
{
  gboolean known = FALSE;

  if (*user_id == '\0')
    return TRUE;
  if (!openim_names_is_known (db, user_id, &known, error))
    return FALSE;
  if (!known)
    g_ptr_array_add (insertion->people, g_strdup (user_id));
  return TRUE;
}

static gboolean
look (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Insertion *insertion = openim_call_get_state (call);
  g_autoptr (OpenimGroup) group = NULL;
  g_autoptr (GError) trouble = NULL;

  if (*insertion->message->groupid != '\0')
    group = openim_rows_get (db, &openim_table_groups, NULL, insertion->message->groupid, &trouble);
  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }
  insertion->group_known = group != NULL;

  return need_name (db, insertion, insertion->message->sendid, error) &&
         (g_str_equal (insertion->peer_id, insertion->message->sendid) ||
          need_name (db, insertion, insertion->peer_id, error));
}

/* ---- storing */

static gboolean
set_sender (OpenimDb *db, OpenimMessage *message, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimUser) user = openim_rows_get (db, &openim_table_users, NULL, message->sendid, &trouble);
  g_autoptr (OpenimFriend) friend = NULL;

  if (trouble == NULL && user == NULL)
    friend = openim_rows_get (db, &openim_table_friends, NULL, message->sendid, &trouble);
  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }

  openim_pb_set (&message->sendernickname, user != NULL     ? user->nickname
                                           : friend != NULL ? friend->nickname
                                                            : message->sendid);
  openim_pb_set (&message->senderfaceurl, user != NULL     ? user->faceurl
                                          : friend != NULL ? friend->faceurl
                                                           : NULL);
  return TRUE;
}

static gboolean
insert (OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error)
{
  Insertion *insertion = openim_call_get_state (call);
  OpenimMessage *message = insertion->message;
  const ProtobufCFieldDescriptor *field =
      openim_pb_field (((ProtobufCMessage *) response)->descriptor, "msg");
  g_autoptr (OpenimMsgData) data = NULL;

  if (!set_sender (db, message, error))
    return FALSE;
  data = openim_convert_to_data (message, error);
  if (data == NULL)
    return FALSE;

  openim_effects_touch (effects, insertion->conversation_id, OPENIM_TOUCH_CHANGED);
  if (!openim_effects_ensure (effects, db, insertion->conversation_id, message->sessiontype,
                              insertion->peer_id, message->groupid, error) ||
      !openim_messages_put_local (db, insertion->conversation_id, data, error))
    return FALSE;
  G_STRUCT_MEMBER (gpointer, response, field->offset) =
      openim_convert_data (data, openim_call_get_user_id (call));
  return TRUE;
}

static void
on_users (OpenimCall *call, GPtrArray *users, GError *error)
{
  const Insertion *insertion = openim_call_get_state (call);

  if (error != NULL)
    openim_call_take_error (call, error);
  else if (users->len < insertion->people->len)
    openim_call_fail (call, OPENIM_ERROR_USER_NOT_FOUND, "There is no such user.");
  else
    openim_call_change (call, insert, NULL);
}

static void
ask_people (OpenimCall *call)
{
  const Insertion *insertion = openim_call_get_state (call);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (insertion->people->len == 0) {
    openim_call_change (call, insert, NULL);
    return;
  }

  for (guint i = 0; i < insertion->people->len; i++)
    g_ptr_array_add (ids, g_ptr_array_index (insertion->people, i));
  g_ptr_array_add (ids, NULL);
  openim_lookup_users (call, (const char *const *) ids->pdata, on_users);
}

static void
on_group (OpenimCall *call, GPtrArray *groups, GError *error)
{
  if (error != NULL)
    openim_call_take_error (call, error);
  else if (groups->len == 0)
    openim_call_fail (call, OPENIM_ERROR_GROUP_NOT_FOUND, "There is no such group.");
  else
    ask_people (call);
}

static void
on_looked (OpenimCall *call, gpointer response)
{
  const Insertion *insertion = openim_call_get_state (call);
  const char *ids[] = { insertion->message->groupid, NULL };

  openim_pb_free (response);
  if (*insertion->message->groupid != '\0' && !insertion->group_known)
    openim_lookup_groups (call, ids, on_group);
  else
    ask_people (call);
}

/* Exactly one of @recv_id and @group_id is not empty. */
static void
start (OpenimCall *call,
       const OpenimMessage *source,
       const char *send_id,
       const char *recv_id,
       const char *group_id)
{
  OpenimResources *resources = openim_call_get_resources (call);
  const char *self_id = resources->user_id;
  gboolean is_group = *group_id != '\0';
  OpenimMessage *message = openim_pb_copy (source);
  Insertion *insertion = g_new0 (Insertion, 1);

  openim_pb_take (&message->clientmsgid, openim_id_message (self_id));
  openim_pb_set (&message->servermsgid, NULL);
  message->createtime = message->sendtime = openim_clock_now ();
  openim_pb_set (&message->sendid, send_id);
  openim_pb_set (&message->recvid, recv_id);
  openim_pb_set (&message->groupid, group_id);
  message->sessiontype =
      is_group ? OPENIM__SDK__COMMON__SESSION_TYPE__ReadGroup : OPENIM__SDK__COMMON__SESSION_TYPE__Single;
  message->senderplatformid = resources->platform;
  message->msgfrom = OPENIM__SDK__COMMON__MSG_FROM__User;
  message->seq = 0;
  message->status = OPENIM__SDK__COMMON__MSG_STATUS__SendSuccess;

  insertion->message = message;
  insertion->peer_id = g_strdup (is_group ? "" : g_str_equal (send_id, self_id) ? recv_id : send_id);
  insertion->conversation_id =
      openim_id_conversation (message->sessiontype, self_id, is_group ? group_id : insertion->peer_id);
  insertion->people = g_ptr_array_new_with_free_func (g_free);
  openim_call_set_state (call, insertion, insertion_free);
  openim_call_run (call, OPENIM_STORE_READ, look, on_looked);
}

void
openim_message_insert_single (OpenimCall *call)
{
  const Openim__Sdk__Message__InsertSingleMessageToLocalStorageReq *request = openim_call_get_request (call);

  if (request->msg == NULL || *request->sendid == '\0' || *request->recvid == '\0')
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "A line needs a message, a sender and a receiver.");
  else
    start (call, request->msg, request->sendid, request->recvid, "");
}

void
openim_message_insert_group (OpenimCall *call)
{
  const Openim__Sdk__Message__InsertGroupMessageToLocalStorageReq *request = openim_call_get_request (call);

  if (request->msg == NULL || *request->sendid == '\0' || *request->groupid == '\0')
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "A line needs a message, a sender and a group.");
  else
    start (call, request->msg, request->sendid, "", request->groupid);
}

/* ---- SetMessageLocalEx */

static gboolean
set_local_ex (OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__SetMessageLocalExReq *request = openim_call_get_request (call);
  Openim__Sdk__Conversation__SetMessageLocalExResp *result = response;

  result->success = openim_messages_set_local_ex (db, request->conversationid, request->clientmsgid,
                                                  request->localex, error);
  if (result->success)
    openim_effects_touch (effects, request->conversationid, OPENIM_TOUCH_REFRESH);
  return result->success;
}

void
openim_message_set_local_ex (OpenimCall *call)
{
  openim_call_change (call, set_local_ex, NULL);
}
