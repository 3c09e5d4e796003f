/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/convert.h"

#include <string.h>

#include "base/gate.h"
#include "sdk/content.h"
#include "sdk/sdk.h"

OpenimMessage *
openim_convert_data (const OpenimMsgData *data, const char *self_id)
{
  OpenimMessage *message = openim_pb_new (&openim__sdk__shared__immessage__descriptor);

  openim_pb_set (&message->clientmsgid, data->clientmsgid);
  openim_pb_set (&message->servermsgid, data->servermsgid);
  message->createtime = openim_gate_time (data->createtime);
  message->sendtime = openim_gate_time (data->sendtime);
  message->sessiontype = data->sessiontype;
  openim_pb_set (&message->sendid, data->sendid);
  openim_pb_set (&message->recvid, data->recvid);
  message->msgfrom = data->msgfrom;
  message->contenttype = data->contenttype;
  message->senderplatformid = data->senderplatformid;
  openim_pb_set (&message->sendernickname, data->sendernickname);
  openim_pb_set (&message->senderfaceurl, data->senderfaceurl);
  openim_pb_set (&message->groupid, data->groupid);
  message->seq = data->seq;
  message->isread = data->isread;
  message->status = data->status;
  openim_pb_set (&message->ex, data->ex);
  message->attachedinfoelem = openim_attached_info_read (data->attachedinfo);
  openim_content_read (message, (const char *) data->content.data, data->content.len);
  if (data->seq > 0 || !g_str_equal (data->sendid, self_id))
    openim_content_forget_paths (message);

  /* The sender's word does not count: it cannot know who reads. */
  if (message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_AT_TEXT_ELEM) {
    message->attextelem->isatself = FALSE;
    message->attextelem->isatself = openim_message_mentions (message, self_id);
  }

  return message;
}

OpenimMessage *
openim_convert_message (const OpenimStoredMessage *stored, const char *self_id)
{
  OpenimMessage *message = openim_convert_data (stored->data, self_id);

  openim_pb_set (&message->localex, stored->local_ex);
  return message;
}

static void
write_push_info (OpenimMsgData *data, const Openim__Sdk__Common__OfflinePushInfo *info)
{
  Openim__Sdkws__OfflinePushInfo *copy;

  if (info == NULL)
    return;

  copy = openim_pb_new (&openim__sdkws__offline_push_info__descriptor);
  openim_pb_set (&copy->title, info->title);
  openim_pb_set (&copy->desc, info->desc);
  openim_pb_set (&copy->ex, info->ex);
  openim_pb_set (&copy->iospushsound, info->iospushsound);
  copy->iosbadgecount = info->iosbadgecount;
  openim_pb_set (&copy->signalinfo, info->signalinfo);
  data->offlinepushinfo = copy;
}

OpenimMsgData *
openim_convert_to_data (const OpenimMessage *message, GError **error)
{
  OpenimMsgData *data;
  char *content = openim_content_write (message, error);

  if (content == NULL)
    return NULL;

  data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  data->content.len = strlen (content);
  data->content.data = (guint8 *) content;
  openim_pb_set (&data->sendid, message->sendid);
  openim_pb_set (&data->recvid, message->recvid);
  openim_pb_set (&data->groupid, message->groupid);
  openim_pb_set (&data->clientmsgid, message->clientmsgid);
  openim_pb_set (&data->servermsgid, message->servermsgid);
  data->senderplatformid = message->senderplatformid;
  openim_pb_set (&data->sendernickname, message->sendernickname);
  openim_pb_set (&data->senderfaceurl, message->senderfaceurl);
  data->sessiontype = message->sessiontype;
  data->msgfrom = message->msgfrom;
  data->contenttype = message->contenttype;
  data->seq = message->seq;
  data->sendtime = message->sendtime;
  data->createtime = message->createtime;
  data->status = message->status;
  data->isread = message->isread;
  openim_pb_set (&data->ex, message->ex);
  if (message->attachedinfoelem != NULL)
    openim_pb_take (&data->attachedinfo, openim_attached_info_write (message->attachedinfoelem));
  write_push_info (data, message->offlinepush);

  if (message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_AT_TEXT_ELEM) {
    for (size_t i = 0; i < message->attextelem->n_atuserlist; i++)
      openim_pb_append_string (&data->n_atuseridlist, &data->atuseridlist,
                               message->attextelem->atuserlist[i]);
  }

  return data;
}

void
openim_convert_messages (GPtrArray *stored, const char *self_id, size_t *n, OpenimMessage ***messages)
{
  for (guint i = 0; i < stored->len; i++)
    openim_pb_append (n, messages, openim_convert_message (stored->pdata[i], self_id));
}

OpenimConversation *
openim_convert_conversation (const OpenimConversationRow *row, const char *self_id)
{
  OpenimConversation *conversation = openim_pb_copy (row->info);

  if (row->latest != NULL && conversation->latestmsg == NULL)
    conversation->latestmsg = openim_convert_message (row->latest, self_id);
  return conversation;
}

void
openim_convert_conversations (GPtrArray *rows,
                              const char *self_id,
                              size_t *n,
                              OpenimConversation ***conversations)
{
  for (guint i = 0; i < rows->len; i++)
    openim_pb_append (n, conversations, openim_convert_conversation (rows->pdata[i], self_id));
}

void
openim_convert_set_message (gpointer owner, OpenimMessage *message)
{
  const ProtobufCMessage *base = owner;

  G_STRUCT_MEMBER (OpenimMessage *, owner, openim_pb_field (base->descriptor, "message")->offset) = message;
}

void
openim_data_set_option (OpenimMsgData *data, const char *key, gboolean value)
{
  Openim__Sdkws__MsgData__OptionsEntry *entry =
      openim_pb_new (&openim__sdkws__msg_data__options_entry__descriptor);

  openim_pb_set (&entry->key, key);
  entry->value = value;
  openim_pb_append (&data->n_options, &data->options, entry);
}

void
openim_data_set_online_only (OpenimMsgData *data)
{
  static const char *const keys[] = {
    "history",     "persistent", "senderSync", "conversationUpdate", "senderConversationUpdate",
    "unreadCount", "offlinePush"
  };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    openim_data_set_option (data, keys[i], FALSE);
}

Openim__Sdk__Conversation__SearchByConversationResult *
openim_convert_result (const OpenimConversationRow *row)
{
  Openim__Sdk__Conversation__SearchByConversationResult *result =
      openim_pb_new (&openim__sdk__conversation__search_by_conversation_result__descriptor);

  openim_pb_set (&result->conversationid, row->info->conversationid);
  result->conversationtype = row->info->conversationtype;
  openim_pb_set (&result->showname, row->info->showname);
  openim_pb_set (&result->faceurl, row->info->faceurl);
  result->latestmsgsendtime = row->info->latestmsgsendtime;
  return result;
}
