/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions that send: SendMessage and the typing notices. */

#include "sdk/handlers.h"

#include <string.h>

#include "message.pb-c.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "sdk/attachment.h"
#include "sdk/content.h"
#include "sdk/convert.h"
#include "sdk/lookup.h"

/* The server closes the connection at a frame of more than 51200 bytes; base64 makes 4 bytes of 3, and the
 * envelope takes some. */
#define BODY_MAX ((51200 - 512) / 4 * 3)

/* How often "is typing" is repeated at most. */
#define TYPING_MS 10000

/* ---- SendMessage */

typedef struct {
  OpenimMessage *message;
  char *conversation_id;
  gboolean group_known;
  OpenimMsgData *data; /* (nullable) what goes out */
  gboolean held;       /* stored, while its file is uploaded */
  GError *error;       /* (nullable) why it is not sent */
} Send;

static void
send_free (gpointer data)
{
  Send *send = data;

  openim_pb_free (send->message);
  openim_pb_free (send->data);
  g_clear_error (&send->error);
  g_free (send->conversation_id);
  g_free (send);
}

static gboolean
check_request (const Openim__Sdk__Message__SendMessageReq *request, GError **error)
{
  const OpenimContentRow *row;

  if (request->message == NULL || (*request->recvid == '\0') == (*request->groupid == '\0')) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                         "SendMessage needs a message and either a user or a group.");
    return FALSE;
  }

  row = openim_content_find (request->message->contenttype);
  if (row == NULL || !row->sendable) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_CONTENT_TYPE, "Messages of type %d cannot be sent.",
                 request->message->contenttype);
    return FALSE;
  }
  if (openim_attachments_missing (request->message) && !openim_attachments_available (request->message)) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS,
                         "The message does not say where its file is.");
    return FALSE;
  }

  return TRUE;
}

/* (transfer full) The request's message with everything that the sender decides. */
static OpenimMessage *
complete_message (OpenimCall *call)
{
  const Openim__Sdk__Message__SendMessageReq *request = openim_call_get_request (call);
  OpenimResources *resources = openim_call_get_resources (call);
  OpenimMessage *message = openim_pb_copy (request->message);

  if (*message->clientmsgid == '\0')
    openim_pb_take (&message->clientmsgid, openim_id_message (resources->user_id));
  openim_pb_set (&message->servermsgid, NULL);
  openim_pb_set (&message->sendid, resources->user_id);
  openim_pb_set (&message->recvid, request->recvid);
  openim_pb_set (&message->groupid, request->groupid);
  message->sessiontype = *request->groupid != '\0' ? OPENIM__SDK__COMMON__SESSION_TYPE__ReadGroup
                                                   : OPENIM__SDK__COMMON__SESSION_TYPE__Single;
  message->senderplatformid = resources->platform;
  message->msgfrom = OPENIM__SDK__COMMON__MSG_FROM__User;
  message->sendtime = openim_clock_now ();
  if (message->createtime <= 0)
    message->createtime = message->sendtime;
  message->seq = 0;
  message->isread = FALSE;
  message->status = OPENIM__SDK__COMMON__MSG_STATUS__Sending;
  if (request->offlinepushinfo != NULL) {
    openim_pb_free (message->offlinepush);
    message->offlinepush = openim_pb_copy (request->offlinepushinfo);
  }

  return message;
}

static Openim__Sdk__Shared__AttachedInfoElem *
need_attached_info (OpenimMessage *message)
{
  if (message->attachedinfoelem == NULL)
    message->attachedinfoelem = openim_pb_new (&openim__sdk__shared__attached_info_elem__descriptor);
  return message->attachedinfoelem;
}

static gboolean
read_group (OpenimDb *db, Send *send, GError **error)
{
  OpenimMessage *message = send->message;
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimGroup) group =
      openim_rows_get (db, &openim_table_groups, NULL, message->groupid, &trouble);

  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }

  send->group_known = group != NULL;
  if (group != NULL) {
    Openim__Sdk__Shared__GroupHasReadInfo *info =
        openim_pb_new (&openim__sdk__shared__group_has_read_info__descriptor);

    info->groupmembercount = CLAMP (group->membercount, 0, G_MAXINT32);
    need_attached_info (message);
    openim_pb_free (message->attachedinfoelem->grouphasreadinfo);
    message->attachedinfoelem->grouphasreadinfo = info;
  }
  return TRUE;
}

static gboolean
read_privacy (OpenimDb *db, Send *send, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, send->conversation_id, &trouble);

  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }

  if (row != NULL && row->info->isprivatechat) {
    Openim__Sdk__Shared__AttachedInfoElem *info = need_attached_info (send->message);

    info->isprivatechat = TRUE;
    info->burnduration = row->info->burnduration;
  }
  return TRUE;
}

static gboolean
read_sender (OpenimDb *db, Send *send, GError **error)
{
  OpenimMessage *message = send->message;
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimUser) self = openim_rows_get (db, &openim_table_users, NULL, message->sendid, &trouble);

  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }

  if (self != NULL) {
    openim_pb_set (&message->sendernickname, self->nickname);
    openim_pb_set (&message->senderfaceurl, self->faceurl);
  }
  return TRUE;
}

static gboolean
prepare (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Send *send = openim_call_get_state (call);

  if (!read_sender (db, send, error))
    return FALSE;

  return *send->message->groupid != '\0' ? read_group (db, send, error) : read_privacy (db, send, error);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  Openim__Sdk__Message__SendMessageResp *response;
  g_autoptr (OpenimMsgData) data = NULL;
  GError *error = NULL;

  data = openim_sync_send_finish (OPENIM_SYNC (source), result, &error);
  if (data == NULL) {
    openim_call_take_error (call, error);
    return;
  }

  response = openim_pb_new (&openim__sdk__message__send_message_resp__descriptor);
  response->message = openim_convert_data (data, openim_call_get_user_id (call));
  openim_call_answer (call, response);
}

/* What goes out, of what the message is now; an error leaves what there was before. */
static gboolean
make_data (OpenimCall *call, GError **error)
{
  const Openim__Sdk__Message__SendMessageReq *request = openim_call_get_request (call);
  Send *send = openim_call_get_state (call);
  g_autoptr (OpenimMsgData) data = openim_convert_to_data (send->message, error);

  if (data == NULL)
    return FALSE;
  if (*data->attachedinfo == '\0')
    openim_pb_set (&data->attachedinfo, "null"); /* as the other clients say nothing */
  if (request->isonlineonly)
    openim_data_set_online_only (data);
  if (send->message->attachedinfoelem != NULL && send->message->attachedinfoelem->isprivatechat)
    openim_data_set_option (data, "notPrivate", FALSE);

  if (protobuf_c_message_get_packed_size (&data->base) > BODY_MAX) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, "The message is too long.");
    return FALSE;
  }
  openim_pb_free (send->data);
  send->data = g_steal_pointer (&data);
  return TRUE;
}

static OpenimOutgoing
outgoing_of (OpenimCall *call)
{
  const Openim__Sdk__Message__SendMessageReq *request = openim_call_get_request (call);
  const Send *send = openim_call_get_state (call);

  return (OpenimOutgoing){ .conversation_id = send->conversation_id,
                           .data = send->data,
                           .online_only = request->isonlineonly,
                           .held = send->held };
}

static void
send_out (OpenimCall *call)
{
  OpenimOutgoing outgoing = outgoing_of (call);

  /* Not cancellable: what is given up has been stored and goes out all the same. */
  openim_sync_send_async (openim_call_get_resources (call)->sync, &outgoing, NULL, on_sent, call);
}

static void
on_dropped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  Send *send = openim_call_get_state (call);
  g_autoptr (GError) error = NULL;

  if (!openim_sync_drop_finish (OPENIM_SYNC (source), result, &error))
    openim_log ("openim-sdk", OPENIM_LOG_INFO, "a message is not marked as failed: %s", error->message);
  openim_call_take_error (call, g_steal_pointer (&send->error));
}

/* @error: (transfer full) */
static void
give_up (OpenimCall *call, GError *error)
{
  Send *send = openim_call_get_state (call);
  OpenimOutgoing outgoing = outgoing_of (call);

  if (!send->held) {
    openim_call_take_error (call, error);
    return;
  }
  send->error = error;
  openim_sync_drop_async (openim_call_get_resources (call)->sync, &outgoing, on_dropped, call);
}

static void
on_attached (OpenimCall *call, GError *error)
{
  if (error == NULL && make_data (call, &error))
    send_out (call);
  else
    give_up (call, error);
}

static void
attach (OpenimCall *call)
{
  const Send *send = openim_call_get_state (call);

  openim_attachments_upload (call, send->message, on_attached);
}

static void
on_held (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  Send *send = openim_call_get_state (call);
  GError *error = NULL;

  if (!openim_sync_hold_finish (OPENIM_SYNC (source), result, &error)) {
    openim_call_take_error (call, error);
    return;
  }
  send->held = TRUE;
  attach (call);
}

/* Listed before its file is there, and with the place of the file on this disk: should it fail it can be sent
 * again. */
static void
hold (OpenimCall *call)
{
  Send *send = openim_call_get_state (call);
  OpenimOutgoing outgoing = outgoing_of (call);
  GError *error = NULL;
  char *content = openim_content_write_local (send->message, &error);

  if (content == NULL) {
    openim_call_take_error (call, error);
    return;
  }
  g_free (send->data->content.data);
  send->data->content.data = (guint8 *) content;
  send->data->content.len = strlen (content);
  openim_sync_hold_async (openim_call_get_resources (call)->sync, &outgoing, on_held, call);
}

static void
go (OpenimCall *call)
{
  const Openim__Sdk__Message__SendMessageReq *request = openim_call_get_request (call);
  const Send *send = openim_call_get_state (call);
  GError *error = NULL;

  if (!make_data (call, &error))
    openim_call_take_error (call, error);
  else if (!openim_attachments_missing (send->message))
    send_out (call);
  else if (request->isonlineonly)
    attach (call);
  else
    hold (call);
}

/* The server takes a quote without the number of what is quoted for a quote of something withdrawn.
 * (nullable) The quoted message, if its number is missing. */
static OpenimMessage *
unnumbered_quote (const Send *send)
{
  OpenimMessage *quoted = NULL;

  if (send->message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_QUOTE_ELEM)
    quoted = send->message->quoteelem->quotemessage;
  return quoted != NULL && quoted->seq <= 0 ? quoted : NULL;
}

static void
on_quoted_seq (OpenimCall *call, gint64 seq)
{
  const Send *send = openim_call_get_state (call);

  if (seq == 0) {
    openim_call_fail (call, OPENIM_ERROR_NO_SEQ, "The server does not have the message that is quoted.");
    return;
  }
  unnumbered_quote (send)->seq = seq;
  go (call);
}

static void
number_quote (OpenimCall *call)
{
  const Send *send = openim_call_get_state (call);
  const OpenimMessage *quoted = unnumbered_quote (send);

  if (quoted != NULL)
    openim_lookup_seq (call, send->conversation_id, quoted->clientmsgid, on_quoted_seq);
  else
    go (call);
}

static void
on_group (OpenimCall *call, GPtrArray *groups, GError *error)
{
  if (error != NULL)
    openim_call_take_error (call, error);
  else if (groups->len == 0)
    openim_call_fail (call, OPENIM_ERROR_GROUP_NOT_FOUND, "There is no such group.");
  else
    number_quote (call);
}

static void
on_prepared (OpenimCall *call, gpointer response)
{
  Send *send = openim_call_get_state (call);
  const char *ids[] = { send->message->groupid, NULL };

  openim_pb_free (response);
  if (*send->message->groupid != '\0' && !send->group_known)
    openim_lookup_groups (call, ids, on_group);
  else
    number_quote (call);
}

void
openim_message_send (OpenimCall *call)
{
  const Openim__Sdk__Message__SendMessageReq *request = openim_call_get_request (call);
  GError *error = NULL;
  Send *send;

  if (!check_request (request, &error)) {
    openim_call_take_error (call, error);
    return;
  }

  send = g_new0 (Send, 1);
  send->message = complete_message (call);
  send->conversation_id =
      openim_id_conversation (send->message->sessiontype, openim_call_get_user_id (call),
                              *request->groupid != '\0' ? request->groupid : request->recvid);
  openim_call_set_state (call, send, send_free);
  openim_call_run (call, OPENIM_STORE_READ, prepare, on_prepared);
}

/* ---- typing */

/* (transfer full) Exactly one of @user_id and @group_id is not empty. */
static OpenimMsgData *
typing_data (OpenimCall *call, const char *user_id, const char *group_id, const char *tip)
{
  OpenimResources *resources = openim_call_get_resources (call);
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autoptr (JsonObject) content = openim_json_build ("msgTips", 's', tip, NULL);
  char *text = openim_json_print (content);

  openim_pb_take (&data->clientmsgid, openim_id_message (resources->user_id));
  openim_pb_set (&data->sendid, resources->user_id);
  openim_pb_set (&data->recvid, user_id);
  openim_pb_set (&data->groupid, group_id);
  data->sessiontype = *group_id != '\0' ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  data->senderplatformid = resources->platform;
  data->msgfrom = OPENIM__SDK__COMMON__MSG_FROM__User;
  data->contenttype = OPENIM_CONTENT_TYPING;
  data->createtime = openim_clock_now ();
  data->content.len = strlen (text);
  data->content.data = (guint8 *) text;
  /* Without options the server would keep it as a message. */
  openim_data_set_online_only (data);

  return data;
}

static void
on_typed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;

  if (openim_sync_send_transient_finish (OPENIM_SYNC (source), result, &error))
    openim_call_answer (call, NULL);
  else
    openim_call_take_error (call, error);
}

static void
send_typing (OpenimCall *call, const char *user_id, const char *group_id, const char *tip)
{
  g_autoptr (OpenimMsgData) data = typing_data (call, user_id, group_id, tip);

  openim_sync_send_transient_async (openim_call_get_resources (call)->sync, data,
                                    openim_call_get_cancellable (call), on_typed, call);
}

void
openim_message_type (OpenimCall *call)
{
  const Openim__Sdk__Message__TypingStatusUpdateReq *request = openim_call_get_request (call);

  if (*request->recvid == '\0')
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "TypingStatusUpdate needs a user.");
  else
    send_typing (call, request->recvid, "", request->msgtip);
}

static void
row_free (gpointer data)
{
  if (data != NULL)
    openim_conversation_row_free (data);
}

static gboolean
read_conversation (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Internal__ChangeInputStatesReq *request = openim_call_get_request (call);
  g_autoptr (GError) trouble = NULL;
  OpenimConversationRow *row = openim_conversations_get (db, request->conversationid, &trouble);

  openim_call_set_state (call, row, row_free);
  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  else if (row == NULL)
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND, "There is no such conversation.");

  return row != NULL;
}

static void
on_conversation (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__Internal__ChangeInputStatesReq *request = openim_call_get_request (call);
  OpenimConversationRow *row = openim_call_get_state (call);
  GHashTable *typing = openim_call_get_resources (call)->typing;
  const gint64 *told = g_hash_table_lookup (typing, request->conversationid);
  gint64 now = openim_clock_monotonic ();

  /* "yes" is good for a while, and "no" without a "yes" before it says nothing. */
  if (request->focus ? told != NULL && now - *told < TYPING_MS : told == NULL) {
    openim_call_answer (call, response);
    return;
  }

  openim_pb_free (response);
  if (request->focus)
    g_hash_table_insert (typing, g_strdup (request->conversationid), g_memdup2 (&now, sizeof now));
  else
    g_hash_table_remove (typing, request->conversationid);
  send_typing (call, row->info->userid, row->info->groupid, request->focus ? "yes" : "no");
}

void
openim_message_change_input (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_conversation, on_conversation);
}

void
openim_message_get_input (OpenimCall *call)
{
  const Openim__Sdk__Internal__GetInputStatesReq *request = openim_call_get_request (call);
  Openim__Sdk__Internal__GetInputStatesResp *response =
      openim_pb_new (&openim__sdk__internal__get_input_states_resp__descriptor);
  g_autoptr (GArray) platforms = openim_sync_get_typing (openim_call_get_resources (call)->sync,
                                                         request->conversationid, request->userid);

  response->platforms = g_new (Openim__Sdk__Common__Platform, platforms->len);
  for (guint i = 0; i < platforms->len; i++)
    response->platforms[response->n_platforms++] = g_array_index (platforms, int, i);
  openim_call_answer (call, response);
}
