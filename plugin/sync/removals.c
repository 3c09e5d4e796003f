/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages that are withdrawn or deleted, and conversations that are emptied, here or elsewhere; store
 * thread. */

#include <string.h>

#include "base/gate.h"
#include "base/json.h"
#include "store/deletions.h"
#include "store/lists.h"
#include "store/search.h"
#include "sync/effects.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

/* It is known who and which; names and role are looked up here. */
static Openim__Sdk__Shared__RevokedTips *
build_tips (
    OpenimDb *db, const OpenimStoredMessage *message, const char *revoker, gint64 time, GError **error)
{
  const OpenimMsgData *data = message->data;
  Openim__Sdk__Shared__RevokedTips *tips;
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimGroupMember) member = NULL;
  g_autofree char *name = NULL;
  g_autofree char *face = NULL;

  if (data->sessiontype == OPENIM_SESSION_GROUP)
    member = openim_rows_get (db, &openim_table_members, data->groupid, revoker, &local);
  if (local == NULL && member == NULL)
    openim_names_of_user (db, revoker, &name, &face, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }

  tips = openim_pb_new (&openim__sdk__shared__revoked_tips__descriptor);
  openim_pb_set (&tips->revokerid, revoker);
  tips->revokerrole = member != NULL ? member->rolelevel : 0;
  openim_pb_set (&tips->revokernickname, member != NULL                        ? member->nickname
                                         : g_str_equal (revoker, data->sendid) ? data->sendernickname
                                                                               : name);
  openim_pb_set (&tips->clientmsgid, data->clientmsgid);
  tips->revoketime = time;
  tips->sourcemessagesendtime = data->sendtime;
  openim_pb_set (&tips->sourcemessagesendid, data->sendid);
  openim_pb_set (&tips->sourcemessagesendernickname, data->sendernickname);
  tips->sessiontype = data->sessiontype;
  tips->seq = data->seq;
  return tips;
}

/* The quoted message loses its body, as the server does it for those who pull the quote later. */
static gboolean
rewrite_quote (OpenimDb *db,
               const OpenimStoredMessage *quote,
               const char *client_msg_id,
               const char *content,
               GError **error)
{
  const ProtobufCBinaryData *old = &quote->data->content;
  g_autoptr (JsonObject) body =
      openim_json_parse ((const char *) old->data, old->len, OPENIM_GATE_FRAME_MAX, NULL);
  JsonObject *quoted = body != NULL ? openim_json_object (body, "quoteMessage") : NULL;
  g_autoptr (GList) members = NULL;
  g_autofree char *text = NULL;

  if (quoted == NULL || !g_str_equal (openim_json_string (quoted, "clientMsgID"), client_msg_id))
    return TRUE;

  members = json_object_get_members (quoted);
  for (GList *link = members; link != NULL; link = link->next)
    if (g_str_has_suffix (link->data, "Elem") && !g_str_equal (link->data, "attachedInfoElem"))
      json_object_remove_member (quoted, link->data);
  json_object_set_int_member (quoted, "contentType", OPENIM_CONTENT_REVOKED);
  json_object_set_string_member (quoted, "content", content);
  text = openim_json_print (body);
  return openim_messages_set_content (db, quote->conversation_id, quote->data->clientmsgid,
                                      quote->data->contenttype, text, error);
}

static gboolean
rewrite_quotes (OpenimDb *db, const OpenimStoredMessage *message, const char *content, GError **error)
{
  g_autoptr (GPtrArray) quotes = openim_search_quotes (db, message, error);

  if (quotes == NULL)
    return FALSE;
  for (guint i = 0; i < quotes->len; i++)
    if (!rewrite_quote (db, g_ptr_array_index (quotes, i), message->data->clientmsgid, content, error))
      return FALSE;
  return TRUE;
}

gboolean
openim_effects_revoke (OpenimEffects *effects,
                       OpenimDb *db,
                       const OpenimStoredMessage *message,
                       const char *revoker_id,
                       gint64 time,
                       GError **error)
{
  const char *id = message->conversation_id;
  Openim__Sdk__Shared__RevokedTips *tips = build_tips (db, message, revoker_id, time, error);
  g_autoptr (JsonObject) detail = NULL;
  g_autoptr (JsonObject) body = NULL;
  g_autofree char *text = NULL;
  g_autofree char *content = NULL;

  if (tips == NULL)
    return FALSE;

  detail = openim_json_from_message (tips, NULL, FALSE);
  text = openim_json_print (detail);
  body = openim_json_build ("detail", 's', text, NULL);
  content = openim_json_print (body);
  openim_effects_add_late (effects, EVENT (EventOnNewRecvMessageRevoked),
                           openim_event_new (EVENT (EventOnNewRecvMessageRevoked), tips));
  openim_effects_touch (effects, id, OPENIM_TOUCH_REFRESH);
  return openim_messages_set_content (db, id, message->data->clientmsgid, OPENIM_CONTENT_REVOKED, content,
                                      error) &&
         rewrite_quotes (db, message, content, error);
}

/* ---- deleting */

static gboolean
get_conversation (OpenimDb *db,
                  const char *conversation_id,
                  OpenimConversationRow **conversation,
                  GError **error)
{
  g_autoptr (GError) local = NULL;

  *conversation = openim_conversations_get (db, conversation_id, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

gboolean
openim_effects_delete (OpenimEffects *effects, OpenimDb *db, OpenimStoredMessage *message, GError **error)
{
  g_autoptr (OpenimStoredMessage) owned = message;
  g_autoptr (OpenimConversationRow) row = NULL;
  gboolean unread;

  if (!get_conversation (db, message->conversation_id, &row, error) ||
      !openim_messages_delete (db, message->conversation_id, message->data->clientmsgid, error))
    return FALSE;
  unread = row != NULL && message->data->seq > row->has_read_seq &&
           !g_str_equal (message->data->sendid, effects->self_id);
  openim_effects_touch (effects, message->conversation_id,
                        unread ? OPENIM_TOUCH_CHANGED : OPENIM_TOUCH_REFRESH);
  openim_effects_add_late_message (effects, EVENT (EventOnMessageDeleted), g_steal_pointer (&owned));
  return TRUE;
}

gboolean
openim_effects_clear (OpenimEffects *effects,
                      OpenimDb *db,
                      const char *conversation_id,
                      gint64 time,
                      gboolean hide,
                      GError **error)
{
  g_autoptr (OpenimConversationRow) row = NULL;

  if (!get_conversation (db, conversation_id, &row, error))
    return FALSE;
  if (row == NULL)
    return TRUE;
  openim_effects_touch (effects, conversation_id,
                        row->latest != NULL || row->info->unreadcount > 0 ? OPENIM_TOUCH_CHANGED
                                                                          : OPENIM_TOUCH_QUIET);
  return openim_conversations_clear (db, conversation_id, time, error) &&
         (!hide || openim_conversations_hide (db, conversation_id, error));
}
