/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions that make a message and answer it: nothing is stored or sent. */

#include "sdk/handlers.h"

#include "message.pb-c.h"

#include "base/clock.h"
#include "base/id.h"
#include "sdk/compose.h"
#include "sdk/convert.h"

#define AT_MAX 10 /* people in one message */

OpenimMessage *
openim_compose_new (OpenimCall *call, int content_type)
{
  OpenimResources *resources = openim_call_get_resources (call);
  OpenimMessage *message = openim_pb_new (&openim__sdk__shared__immessage__descriptor);

  openim_pb_take (&message->clientmsgid, openim_id_message (resources->user_id));
  message->createtime = message->sendtime = openim_clock_now ();
  openim_pb_set (&message->sendid, resources->user_id);
  message->senderplatformid = resources->platform;
  message->msgfrom = OPENIM__SDK__COMMON__MSG_FROM__User;
  message->contenttype = content_type;
  message->status = OPENIM__SDK__COMMON__MSG_STATUS__Sending;

  return message;
}

static gboolean
read_sender (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  OpenimMessage *message = openim_call_get_state (call);
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimUser) self =
      openim_rows_get (db, &openim_table_users, NULL, openim_call_get_user_id (call), &trouble);

  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }

  if (self != NULL) {
    openim_pb_set (&message->sendernickname, self->nickname);
    openim_pb_set (&message->senderfaceurl, self->faceurl);
  }
  openim_convert_set_message (response, openim_pb_copy (message));
  return TRUE;
}

void
openim_compose_answer (OpenimCall *call, OpenimMessage *message)
{
  openim_call_set_state (call, message, openim_pb_free);
  openim_call_run (call, OPENIM_STORE_READ, read_sender, NULL);
}

static void
copy_entities (Openim__Sdk__Shared__MessageEntity *const *entities,
               size_t n_entities,
               size_t *n,
               Openim__Sdk__Shared__MessageEntity ***copies)
{
  for (size_t i = 0; i < n_entities; i++)
    openim_pb_append (n, copies, openim_pb_copy (entities[i]));
}

void
openim_message_create_text (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateTextMessageReq *request = openim_call_get_request (call);
  OpenimMessage *message;

  if (*request->text == '\0') {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "A text message has a text.");
    return;
  }

  message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Text);
  OPENIM_NEW_BODY (message, textelem, TEXT_ELEM, text_elem);
  openim_pb_set (&message->textelem->content, request->text);
  openim_compose_answer (call, message);
}

void
openim_message_create_advanced_text (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateAdvancedTextMessageReq *request = openim_call_get_request (call);
  OpenimMessage *message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__AdvancedText);

  OPENIM_NEW_BODY (message, advancedtextelem, ADVANCED_TEXT_ELEM, advanced_text_elem);
  openim_pb_set (&message->advancedtextelem->text, request->text);
  copy_entities (request->messageentities, request->n_messageentities,
                 &message->advancedtextelem->n_messageentitylist,
                 &message->advancedtextelem->messageentitylist);
  openim_compose_answer (call, message);
}

/* A quote of a quote is reduced to its own text. (transfer full) */
static OpenimMessage *
flat_quote (const OpenimMessage *quoted)
{
  OpenimMessage *copy = openim_pb_copy (quoted);
  Openim__Sdk__Shared__QuoteElem *elem;

  if (copy->content_case != OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_QUOTE_ELEM || copy->quoteelem == NULL)
    return copy;

  elem = copy->quoteelem;
  copy->contenttype = OPENIM__SDK__COMMON__CONTENT_TYPE__Text;
  OPENIM_NEW_BODY (copy, textelem, TEXT_ELEM, text_elem);
  openim_pb_set (&copy->textelem->content, elem->text);
  openim_pb_free (elem);

  return copy;
}

void
openim_message_create_at (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateTextAtMessageReq *request = openim_call_get_request (call);
  Openim__Sdk__Shared__AtTextElem *elem;
  OpenimMessage *message;

  if (*request->text == '\0' || request->n_useridlist > AT_MAX) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS,
                      "A message that mentions people has a text and at most %d of them.", AT_MAX);
    return;
  }

  message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__AtText);
  OPENIM_NEW_BODY (message, attextelem, AT_TEXT_ELEM, at_text_elem);
  elem = message->attextelem;
  openim_pb_set (&elem->text, request->text);
  for (size_t i = 0; i < request->n_useridlist; i++)
    openim_pb_append_string (&elem->n_atuserlist, &elem->atuserlist, request->useridlist[i]);
  for (size_t i = 0; i < request->n_usersinfo; i++)
    openim_pb_append (&elem->n_atusersinfo, &elem->atusersinfo, openim_pb_copy (request->usersinfo[i]));
  if (request->quotemessage != NULL)
    elem->quotemessage = flat_quote (request->quotemessage);
  openim_compose_answer (call, message);
}

void
openim_message_create_location (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateLocationMessageReq *request = openim_call_get_request (call);
  OpenimMessage *message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Location);

  OPENIM_NEW_BODY (message, locationelem, LOCATION_ELEM, location_elem);
  openim_pb_set (&message->locationelem->description, request->description);
  message->locationelem->longitude = request->longitude;
  message->locationelem->latitude = request->latitude;
  openim_compose_answer (call, message);
}

void
openim_message_create_custom (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateCustomMessageReq *request = openim_call_get_request (call);
  OpenimMessage *message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Custom);

  OPENIM_NEW_BODY (message, customelem, CUSTOM_ELEM, custom_elem);
  openim_pb_set (&message->customelem->data, request->data);
  openim_pb_set (&message->customelem->extension, request->extension);
  openim_pb_set (&message->customelem->description, request->description);
  openim_compose_answer (call, message);
}

void
openim_message_create_card (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateCardMessageReq *request = openim_call_get_request (call);
  OpenimMessage *message;

  if (request->card == NULL || *request->card->userid == '\0') {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "A contact card has a user ID.");
    return;
  }

  message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Card);
  message->content_case = OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_CARD_ELEM;
  message->cardelem = openim_pb_copy (request->card);
  openim_compose_answer (call, message);
}

void
openim_message_create_face (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateFaceMessageReq *request = openim_call_get_request (call);
  OpenimMessage *message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Face);

  OPENIM_NEW_BODY (message, faceelem, FACE_ELEM, face_elem);
  message->faceelem->index = request->index;
  openim_pb_set (&message->faceelem->data, request->data);
  openim_compose_answer (call, message);
}

/* ---- messages that carry others */

static void
create_quote (OpenimCall *call,
              const char *text,
              const OpenimMessage *quoted,
              Openim__Sdk__Shared__MessageEntity *const *entities,
              size_t n_entities)
{
  OpenimMessage *message;

  if (quoted == NULL || *quoted->clientmsgid == '\0') {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "A quote needs the message that is quoted.");
    return;
  }

  message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Quote);
  OPENIM_NEW_BODY (message, quoteelem, QUOTE_ELEM, quote_elem);
  openim_pb_set (&message->quoteelem->text, text);
  message->quoteelem->quotemessage = flat_quote (quoted);
  copy_entities (entities, n_entities, &message->quoteelem->n_messageentitylist,
                 &message->quoteelem->messageentitylist);
  openim_compose_answer (call, message);
}

void
openim_message_create_quote (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateQuoteMessageReq *request = openim_call_get_request (call);

  create_quote (call, request->text, request->quotemessage, NULL, 0);
}

void
openim_message_create_advanced_quote (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateAdvancedQuoteMessageReq *request = openim_call_get_request (call);

  create_quote (call, request->text, request->quotemessage, request->messageentities,
                request->n_messageentities);
}

void
openim_message_create_merger (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateMergerMessageReq *request = openim_call_get_request (call);
  Openim__Sdk__Shared__MergeElem *elem;
  OpenimMessage *message;

  if (request->n_messages == 0) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There are no messages to be merged.");
    return;
  }

  message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Merge);
  OPENIM_NEW_BODY (message, mergeelem, MERGE_ELEM, merge_elem);
  elem = message->mergeelem;
  openim_pb_set (&elem->title, request->title);
  for (size_t i = 0; i < request->n_summaries; i++)
    openim_pb_append_string (&elem->n_abstractlist, &elem->abstractlist, request->summaries[i]);
  for (size_t i = 0; i < request->n_messages; i++)
    openim_pb_append (&elem->n_multimessage, &elem->multimessage, openim_pb_copy (request->messages[i]));
  openim_compose_answer (call, message);
}

/* The content stays as it is, with the raw form of a content that has no member. That it counts as sent says
 * that there is nothing to be uploaded any more. */
void
openim_message_create_forward (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateForwardMessageReq *request = openim_call_get_request (call);
  g_autoptr (OpenimMessage) common = NULL;
  OpenimMessage *message;

  if (request->message == NULL || request->message->status != OPENIM__SDK__COMMON__MSG_STATUS__SendSuccess) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "Only what has been sent can be forwarded.");
    return;
  }

  common = openim_compose_new (call, request->message->contenttype);
  message = openim_pb_copy (request->message);
  openim_pb_set (&message->clientmsgid, common->clientmsgid);
  openim_pb_set (&message->servermsgid, NULL);
  message->createtime = common->createtime;
  message->sendtime = common->sendtime;
  message->sessiontype = 0;
  openim_pb_set (&message->sendid, common->sendid);
  openim_pb_set (&message->recvid, NULL);
  openim_pb_set (&message->groupid, NULL);
  message->senderplatformid = common->senderplatformid;
  message->msgfrom = common->msgfrom;
  message->seq = 0;
  message->isread = FALSE;
  openim_pb_set (&message->localex, NULL);
  g_clear_pointer (&message->attachedinfoelem, openim_pb_free);
  g_clear_pointer (&message->offlinepush, openim_pb_free);
  openim_compose_answer (call, message);
}
