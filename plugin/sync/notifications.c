/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Notifications: the table of notifications.def and its handlers. Store thread. */

#include <string.h>

#include "base/gate.h"
#include "base/id.h"
#include "base/json.h"
#include "store/lists.h"
#include "sync/internal.h"
#include "sync/readers.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name

typedef struct {
  const OpenimMsgData *data;
  JsonObject *detail;
  gboolean told_all; /* out: the notice had everything, no list is needed */
} Notice;

typedef gboolean (*Handler) (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error);

/* For the handlers' rows that may be missing: NULL without @local set is "none". */
#define FAIL_IF(local, error)                                                                                \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    if ((local) != NULL) {                                                                                   \
      g_propagate_error (error, g_steal_pointer (&(local)));                                                 \
      return FALSE;                                                                                          \
    }                                                                                                        \
  }                                                                                                          \
  G_STMT_END

static const char *
group_id (const Notice *notice)
{
  return openim_json_string (openim_json_object (notice->detail, "group"), "groupID");
}

/* ---- handlers */

/* Since 3.8.3-patch.5 the request itself is in the notice. */
static gboolean
friend_request (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  JsonObject *object = openim_json_object (notice->detail, "request");
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);
  g_autoptr (OpenimFriendRequest) request = NULL;

  if (object == NULL)
    return TRUE;
  request = openim_read_friend_request (object, effects->self_id);
  if (!openim_gate_id (request->fromuserid) || !openim_gate_id (request->touserid) ||
      (!g_str_equal (request->fromuserid, effects->self_id) &&
       !g_str_equal (request->touserid, effects->self_id)))
    return TRUE;
  notice->told_all = TRUE;
  return openim_rows_put (db, &openim_table_friend_requests, request, changes, error) &&
         openim_effects_add_changes (effects, db, changes, error);
}

static gboolean
group_request (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  JsonObject *object = openim_json_object (notice->detail, "request");
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);
  g_autoptr (OpenimGroupRequest) request = NULL;

  if (object == NULL)
    return TRUE;
  request = openim_read_group_request (object, effects->self_id);
  openim_read_request_group (request, openim_json_object (notice->detail, "group"));
  if (!openim_gate_id (request->groupid) || !openim_gate_id (request->userid))
    return TRUE;
  /* Who has handled it stands beside the request, in it these fields are empty. */
  if (request->handleresult != 0) {
    openim_pb_set (&request->handledmsg, openim_json_string (notice->detail, "handleMsg"));
    openim_pb_set (&request->handleuserid,
                   openim_json_string (openim_json_object (notice->detail, "opUser"), "userID"));
    request->handledtime = notice->data->sendtime;
  }
  notice->told_all = TRUE;
  return openim_group_request_put (db, request, changes, error) &&
         openim_effects_add_changes (effects, db, changes, error);
}

static gboolean
names_self (JsonObject *member, const OpenimEffects *effects)
{
  return member != NULL && g_str_equal (openim_json_string (member, "userID"), effects->self_id);
}

static gboolean
list_names_self (JsonArray *members, const OpenimEffects *effects)
{
  for (guint i = 0; members != NULL && i < json_array_get_length (members); i++) {
    JsonNode *node = json_array_get_element (members, i);

    if (JSON_NODE_HOLDS_OBJECT (node) && names_self (json_node_get_object (node), effects))
      return TRUE;
  }
  return FALSE;
}

/* Who goes or comes himself has another group, not other members. */
static gboolean
group_member_left (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  if (names_self (openim_json_object (notice->detail, "quitUser"), effects) ||
      list_names_self (openim_json_array (notice->detail, "kickedUserList"), effects)) {
    openim_effects_add_refresh (effects, OPENIM_LIST_GROUPS, NULL);
    notice->told_all = TRUE;
  }
  return TRUE;
}

static gboolean
group_member_came (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  if (names_self (openim_json_object (notice->detail, "entrantUser"), effects) ||
      list_names_self (openim_json_array (notice->detail, "invitedUserList"), effects)) {
    openim_effects_add_refresh (effects, OPENIM_LIST_GROUPS, NULL);
    notice->told_all = TRUE;
  }
  return TRUE;
}

/* Released servers still say the old status in the notice. */
static gboolean
group_dismissed (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new_with_free_func ((GDestroyNotify) openim_row_change_free);
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimGroup) group = openim_rows_get (db, &openim_table_groups, NULL, group_id (notice), &local);

  FAIL_IF (local, error);
  if (group == NULL)
    return TRUE;
  group->status = OPENIM__SDK__SHARED__GROUP_STATUS__Dismissed;
  return openim_rows_put (db, &openim_table_groups, group, changes, error) &&
         openim_effects_add_changes (effects, db, changes, error);
}

/* Newer servers leave the mark of a new announcement to the client. */
static gboolean
group_announcement (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  g_autofree char *id = openim_id_conversation (OPENIM_SESSION_GROUP, effects->self_id, group_id (notice));
  JsonObject *group = openim_json_object (notice->detail, "group");
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimConversationRow) row = NULL;
  gboolean changed = FALSE;

  if (openim_json_string (group, "notification")[0] == '\0' ||
      g_str_equal (notice->data->sendid, effects->self_id))
    return TRUE;
  row = openim_conversations_get (db, id, &local);
  FAIL_IF (local, error);
  if (row == NULL)
    return TRUE;
  row->info->groupattype = 4; /* has no name in the interface's enum */
  if (!openim_conversations_put_settings (db, row->info, &changed, error))
    return FALSE;
  if (changed)
    openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static gboolean
business (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  Openim__Event__EventOnRecvCustomBusinessMessageData *data =
      openim_pb_new (&openim__event__event_on_recv_custom_business_message_data__descriptor);

  openim_pb_take (&data->businessmessage, openim_json_print (notice->detail));
  openim_effects_add_late (effects, EVENT (EventOnRecvCustomBusinessMessage), data);
  return TRUE;
}

static OpenimStoredMessage *
find_message (OpenimDb *db, const char *conversation_id, JsonObject *detail, GError **error)
{
  g_autoptr (GError) local = NULL;
  OpenimStoredMessage *message =
      openim_messages_get (db, conversation_id, openim_json_string (detail, "clientMsgID"), &local);

  if (message == NULL && local == NULL)
    message = openim_messages_get_by_seq (db, conversation_id, openim_json_int (detail, "seq"), &local);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return message;
}

static gboolean
message_revoked (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  const char *id = openim_json_string (notice->detail, "conversationID");
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimStoredMessage) message = find_message (db, id, notice->detail, &local);

  FAIL_IF (local, error);
  /* Not here: it will be pulled as a tombstone. Revoked by this device: told already. */
  if (message == NULL || message->data->status >= OPENIM_STATUS_DELETED ||
      message->data->contenttype == OPENIM_CONTENT_REVOKED)
    return TRUE;
  return openim_effects_revoke (effects, db, message, openim_json_string (notice->detail, "revokerUserID"),
                                openim_gate_time (openim_json_int (notice->detail, "revokeTime")), error);
}

/* A message that arrives piece by piece. Pieces behind a missing one say nothing. */
static gboolean
message_grew (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  const char *id = openim_json_string (notice->detail, "conversationID");
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimStoredMessage) message = find_message (db, id, notice->detail, &local);
  g_autoptr (JsonObject) body = NULL;
  g_auto (GStrv) had = NULL;
  g_auto (GStrv) more = openim_json_strv (notice->detail, "packets");
  gint64 start = openim_json_int (notice->detail, "startIndex");
  JsonArray *packets;
  g_autofree char *content = NULL;

  FAIL_IF (local, error);
  if (message == NULL || (message->data->contenttype != 116 && message->data->contenttype != 123))
    return TRUE;
  body = openim_json_parse ((const char *) message->data->content.data, message->data->content.len,
                            OPENIM_GATE_FRAME_MAX, NULL);
  if (body == NULL || openim_json_bool (body, "end"))
    return TRUE;
  had = openim_json_strv (body, "packets");
  if (start < 0 || start > (gint64) g_strv_length (had))
    return TRUE;

  packets = json_array_new ();
  for (gint64 i = 0; i < start; i++)
    json_array_add_string_element (packets, had[i]);
  for (guint i = 0; more[i] != NULL; i++)
    json_array_add_string_element (packets, more[i]);
  json_object_set_array_member (body, "packets", packets);
  json_object_set_boolean_member (body, "end", openim_json_bool (notice->detail, "end"));
  content = openim_json_print (body);
  if (!openim_messages_set_content (db, id, message->data->clientmsgid, message->data->contenttype, content,
                                    error))
    return FALSE;

  openim_effects_touch (effects, id, OPENIM_TOUCH_REFRESH);
  g_free (message->data->content.data);
  message->data->content.len = strlen (content);
  message->data->content.data = (guint8 *) g_steal_pointer (&content);
  openim_effects_add_late_message (effects, EVENT (EventOnMessageEdited), g_steal_pointer (&message));
  return TRUE;
}

/* Seqs of a detail's list. (element-type gint64) (transfer full) */
static GArray *
read_seqs (JsonObject *detail)
{
  JsonArray *list = openim_json_array (detail, "seqs");
  GArray *seqs = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);
    gint64 seq = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : 0;

    if (seq > 0)
      g_array_append_val (seqs, seq);
  }
  return seqs;
}

static gboolean
messages_deleted (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  const char *id = openim_json_string (notice->detail, "conversationID");
  g_autoptr (GArray) seqs = read_seqs (notice->detail);

  for (guint i = 0; i < seqs->len; i++) {
    g_autoptr (GError) local = NULL;
    OpenimStoredMessage *message =
        openim_messages_get_by_seq (db, id, g_array_index (seqs, gint64, i), &local);

    FAIL_IF (local, error);
    if (message == NULL || message->data->status >= OPENIM_STATUS_DELETED) {
      g_clear_pointer (&message, openim_stored_message_free);
      continue;
    }
    if (!openim_effects_delete (effects, db, message, error))
      return FALSE;
  }
  return TRUE;
}

/* IDs can be repeated. What came after the notice was made stays. */
static gboolean
clear_conversations (OpenimDb *db, Notice *notice, gboolean hide, OpenimEffects *effects, GError **error)
{
  g_auto (GStrv) ids = openim_json_strv (notice->detail, "conversationIDs");

  for (guint i = 0; ids[i] != NULL; i++)
    if (openim_gate_id (ids[i]) &&
        !openim_effects_clear (effects, db, ids[i], notice->data->sendtime, hide, error))
      return FALSE;
  return TRUE;
}

static gboolean
conversations_cleared (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  return clear_conversations (db, notice, FALSE, effects, error);
}

static gboolean
conversations_deleted (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  return clear_conversations (db, notice, TRUE, effects, error);
}

/* Oneself, on another device or this one. */
static gboolean
read_by_self (OpenimDb *db, const char *id, gint64 seq, OpenimEffects *effects, GError **error)
{
  gboolean changed = FALSE;

  if (seq <= 0 || seq > OPENIM_SYNC_MAX_SEQ)
    return TRUE;
  if (!openim_conversations_set_seqs (db, id, -1, seq, &changed, error) ||
      !openim_messages_mark_read_up_to (db, id, effects->self_id, seq, error))
    return FALSE;
  if (changed)
    openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

static gboolean
messages_read (OpenimDb *db, Notice *notice, OpenimEffects *effects, GError **error)
{
  const char *id = openim_json_string (notice->detail, "conversationID");
  const char *reader = openim_json_string (notice->detail, "markAsReadUserID");
  g_autoptr (GArray) seqs = read_seqs (notice->detail);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (OpenimConversationRow) row = NULL;
  g_autoptr (GError) local = NULL;

  if (g_str_equal (reader, effects->self_id))
    return read_by_self (db, id, openim_json_int (notice->detail, "hasReadSeq"), effects, error);

  row = openim_conversations_get (db, id, &local);
  FAIL_IF (local, error);
  /* Receipts exist in single chats only, and only from the one on the other side. */
  if (row == NULL || (int) row->info->conversationtype != OPENIM_SESSION_SINGLE || seqs->len == 0 ||
      !g_str_equal (row->info->userid, reader))
    return TRUE;
  if (!openim_messages_mark_read (db, id, effects->self_id, TRUE, (const gint64 *) (gpointer) seqs->data,
                                  seqs->len, ids, error))
    return FALSE;
  if (ids->len == 0)
    return TRUE;

  for (guint i = 0; row->latest != NULL && i < ids->len; i++)
    if (g_str_equal (g_ptr_array_index (ids, i), row->latest->data->clientmsgid))
      openim_effects_touch (effects, id, OPENIM_TOUCH_CHANGED);
  openim_effects_add_late (effects, EVENT (EventOnRecvC2CReadReceipt),
                           openim_event_receipt (reader, ids, notice->data->sendtime));
  return TRUE;
}

/* ---- the table */

typedef enum { ANY, FROM_SELF, TO_SELF, USER_SELF, FRIEND } Concerns;

enum {
  NONE = 0,
#define LIST(name) name = 1 << OPENIM_LIST_##name
  LIST (SELF),
  LIST (FRIENDS),
  LIST (BLACKS),
  LIST (FRIEND_REQUESTS),
  LIST (GROUPS),
  LIST (MEMBERS),
  LIST (GROUP_REQUESTS),
  LIST (CONVERSATIONS),
  LIST (READ_MARKS),
  LIST (COMMANDS),
#undef LIST
};

static const struct {
  int number;
  const char *name;
  Concerns concerns;
  Handler handler;
  guint lists;
} notifications[] = {
#define OPENIM_NOTIFICATION(number, name, concerns, handler, lists)                                          \
  { number, #name, concerns, handler, lists },
#include "sync/notifications.def"
#undef OPENIM_NOTIFICATION
};

static gboolean
concerns_us (OpenimDb *db,
             Concerns concerns,
             const Notice *notice,
             OpenimEffects *effects,
             gboolean *does,
             GError **error)
{
  JsonObject *pair = openim_json_object (notice->detail, "fromToUserID");
  const char *self = effects->self_id;
  g_autoptr (OpenimFriend) row = NULL;
  g_autoptr (GError) local = NULL;

  switch (concerns) {
  case FROM_SELF:
    *does = g_str_equal (openim_json_string (pair, "fromUserID"), self);
    break;
  case TO_SELF:
    *does = g_str_equal (openim_json_string (pair, "toUserID"), self);
    break;
  case USER_SELF:
    *does = g_str_equal (openim_json_string (notice->detail, "userID"), self);
    break;
  case FRIEND:
    row = openim_rows_get (db, &openim_table_friends, NULL, openim_json_string (notice->detail, "userID"),
                           &local);
    FAIL_IF (local, error);
    *does = row != NULL;
    break;
  case ANY:
  default:
    *does = TRUE;
    break;
  }
  return TRUE;
}

static JsonObject *
read_detail (const OpenimMsgData *data, GError **error)
{
  g_autoptr (JsonObject) body =
      openim_json_parse ((const char *) data->content.data, data->content.len, OPENIM_GATE_FRAME_MAX, error);
  const char *text;

  if (body == NULL)
    return NULL;
  text = openim_json_string (body, "detail");
  return openim_json_parse (text, strlen (text), OPENIM_GATE_FRAME_MAX, error);
}

gboolean
openim_notification_apply (OpenimDb *db, const OpenimMsgData *data, OpenimEffects *effects, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonObject) detail = NULL;
  Notice notice = { data, NULL, FALSE };
  gboolean does = FALSE;
  guint row = 0;

  while (row < G_N_ELEMENTS (notifications) && notifications[row].number != data->contenttype)
    row++;
  if (row == G_N_ELEMENTS (notifications)) {
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_INFO, "notification of unknown kind %d", data->contenttype);
    return TRUE;
  }
  detail = read_detail (data, &local);
  if (detail == NULL) {
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "notification %s: %s", notifications[row].name,
                local->message);
    return TRUE;
  }
  notice.detail = detail;
  openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_DEBUG, "notification %s", notifications[row].name);

  if (!concerns_us (db, notifications[row].concerns, &notice, effects, &does, error))
    return FALSE;
  if (!does)
    return TRUE;
  if (notifications[row].handler != NULL && !notifications[row].handler (db, &notice, effects, error))
    return FALSE;
  if (notice.told_all)
    return TRUE;

  for (guint list = 0; list <= OPENIM_LIST_COMMANDS; list++)
    if (notifications[row].lists & (1u << list)) {
      const char *entity = list == OPENIM_LIST_MEMBERS ? group_id (&notice) : NULL;

      if (entity == NULL || openim_gate_id (entity))
        openim_effects_add_refresh (effects, list, entity);
    }
  return TRUE;
}
