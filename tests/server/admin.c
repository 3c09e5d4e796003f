/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "admin.h"

#include <string.h>

#include "base/pb.h"

#include "messages.h"
#include "notifications.h"
#include "pull.h"
#include "users.h"

#define FROM_SYSTEM 200

/* What the content of a type must have, neither empty nor zero. */
static const struct {
  gint64 type;
  const char *required; /* paths */
} contents[] = {
  { 101, "content" },
  { 102, "sourcePicture/type sourcePicture/width sourcePicture/height sourcePicture/url bigPicture/type "
         "bigPicture/width bigPicture/height bigPicture/url snapshotPicture/type snapshotPicture/width "
         "snapshotPicture/height snapshotPicture/url" },
  { 103, "sourceUrl duration" },
  { 104, "videoUrl videoType videoSize duration snapshotUrl snapshotWidth snapshotHeight" },
  { 105, "sourceUrl fileName fileSize" },
  { 106, "atUserList" },
  { 110, "data" },
  { TYPE_NOTICE, "notificationName notificationType text" },
};

static gboolean
has_value (JsonObject *object, const char *path)
{
  const char *slash = strchr (path, '/');

  if (slash) {
    g_autofree char *key = g_strndup (path, slash - path);

    return has_value (openim_json_object (object, key), slash + 1);
  }
  return *openim_json_string (object, path) || openim_json_int (object, path) != 0 ||
         openim_json_array (object, path);
}

static Result
check_content (Call *call, gint64 type)
{
  JsonObject *content = openim_json_object (call->body, "content");

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++) {
    g_auto (GStrv) paths = g_strsplit (contents[i].required, " ", -1);

    if (contents[i].type != type)
      continue;
    for (char **path = paths; *path; path++)
      if (!has_value (content, *path))
        return result (INTERNAL, "the content is incomplete");
    return RESULT_OK;
  }
  return result (ARGS, "contentType is not supported");
}

static MsgData *
make_message (Call *call, const char *receiver, const char *id)
{
  static const char *const online_only[] = { "history", "persistent", "senderSync", "conversationUpdate" };
  MsgData *message = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autofree char *content = openim_json_print (openim_json_object (call->body, "content"));
  JsonObject *offline = openim_json_object (call->body, "offlinePushInfo");
  gint64 type = call_int (call, "contentType");

  openim_pb_set (&message->sendid, call_string (call, "sendID"));
  openim_pb_set (&message->recvid, receiver);
  openim_pb_set (&message->groupid, call_string (call, "groupID"));
  openim_pb_set (&message->clientmsgid, id);
  openim_pb_set (&message->sendernickname, call_string (call, "senderNickname"));
  openim_pb_set (&message->senderfaceurl, call_string (call, "senderFaceURL"));
  openim_pb_set (&message->ex, call_string (call, "ex"));
  message->senderplatformid = call_int (call, "senderPlatformID");
  message->sessiontype = type == TYPE_NOTICE ? SESSION_NOTICE : call_int (call, "sessionType");
  message->msgfrom = FROM_SYSTEM;
  message->contenttype = type;
  message->sendtime = call_int (call, "sendTime");
  message->createtime = now_ms ();
  if (type == TYPE_NOTICE) {
    GString *wrapped = notification_content (content);

    message->content.len = wrapped->len;
    message->content.data = (guint8 *) g_string_free (wrapped, FALSE);
  } else {
    message->content.len = strlen (content);
    message->content.data = (guint8 *) g_steal_pointer (&content);
  }
  if (offline)
    message->offlinepushinfo =
        openim_json_read (offline, NULL, &openim__sdkws__offline_push_info__descriptor);
  for (guint i = 0; call_bool (call, "isOnlineOnly") && i < G_N_ELEMENTS (online_only); i++)
    message_set_option (message, online_only[i], FALSE);
  if (call_bool (call, "notOfflinePush"))
    message_set_option (message, "offlinePush", FALSE);
  return message;
}

static Result
check_sender (Call *call)
{
  gint64 level;

  if (call_int (call, "contentType") != TYPE_NOTICE)
    return RESULT_OK;
  level = db_int (call->server->db, -1, "SELECT level FROM users WHERE id = ?", "s",
                  call_string (call, "sendID"));
  if (level < 0)
    return result (USER_NOT_FOUND, "no such account");
  return level < 2 ? result (NO_PERMISSION, "no notification account") : RESULT_OK;
}

static void
put_sent (GString *out, const MsgData *message)
{
  out_put (out, "serverMsgID", 's', message->servermsgid, "clientMsgID", 's', message->clientmsgid,
           "sendTime", 'i', message->sendtime, NULL);
}

static Result
send_msg (Call *call)
{
  gint64 session = call_int (call, "sessionType");
  g_autofree char *id = notification_id ();
  MsgData *message;
  Result answer = check_sender (call);

  if (session != SESSION_SINGLE && session != SESSION_GROUP && session != SESSION_NOTICE) {
    call->bad_request = TRUE;
    return result (ARGS, "sessionType is invalid");
  }
  if (!answer.code)
    answer = check_content (call, call_int (call, "contentType"));
  if (answer.code)
    return answer;
  message = make_message (call, call_string (call, "recvID"), id);
  answer = message_send (call->server, message, SERVER_ADMIN);
  out_begin (call->data, NULL, '{');
  put_sent (call->data, message);
  out_put (call->data, "modify", 'n', NULL, NULL);
  out_end (call->data, '}');
  openim_pb_free (message);
  return answer;
}

static Result
batch_send_msg (Call *call)
{
  g_auto (GStrv) named = call_list (call, "recvIDs");
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) failed = g_ptr_array_new_null_terminated (0, NULL, TRUE);
  g_autofree char *id = notification_id ();
  Result answer = check_sender (call);

  if (!answer.code)
    answer = check_content (call, call_int (call, "contentType"));
  if (answer.code)
    return answer;
  for (char **user = named; *user; user++)
    g_ptr_array_add (users, g_strdup (*user));
  if (call_bool (call, "isSendAll")) {
    g_autoptr (DbRows) rows = db_query (call->server->db, "SELECT id FROM users", "");

    while (db_next (rows))
      g_ptr_array_add (users, g_strdup (db_text (rows, 0)));
  }
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "results");
  for (guint i = 0; i < users->len; i++) {
    MsgData *message = make_message (call, g_ptr_array_index (users, i), id);

    if (message_send (call->server, message, SERVER_ADMIN).code) {
      g_ptr_array_add (failed, g_ptr_array_index (users, i));
    } else {
      out_begin (call->data, NULL, '{');
      put_sent (call->data, message);
      out_put (call->data, "recvID", 's', message->recvid, NULL);
      out_end (call->data, '}');
    }
    openim_pb_free (message);
  }
  out_list_end (call->data);
  out_put (call->data, "failedUserIDs", 'S', failed->len ? failed->pdata : NULL, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

/* Seen by those who are online, and by nobody later. */
static Result
send_business_notification (Call *call)
{
  static const char *const off[] = { "isNotNotification",  "isSendMsg",   "history",
                                     "persistent",         "offlinePush", "unreadCount",
                                     "conversationUpdate", "notPrivate",  "senderConversationUpdate",
                                     "reactionFromCache" };
  MsgData *message = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autofree char *id = notification_id ();
  GString *detail = g_string_new (NULL), *content;

  out_begin (detail, NULL, '{');
  out_put (detail, "key", 's', call_string (call, "key"), "data", 's', call_string (call, "data"), NULL);
  out_end (detail, '}');
  content = notification_content (detail->str);
  openim_pb_set (&message->sendid, call_string (call, "sendUserID"));
  openim_pb_set (&message->recvid, call_string (call, "recvUserID"));
  openim_pb_set (&message->clientmsgid, id);
  message->sessiontype = SESSION_SINGLE;
  message->msgfrom = FROM_SYSTEM;
  message->contenttype = TYPE_BUSINESS;
  message->createtime = now_ms ();
  message->content.len = content->len;
  message->content.data = (guint8 *) g_string_free (content, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (off); i++)
    message_set_option (message, off[i], FALSE);
  message_set_option (message, "senderSync", TRUE);
  message_deliver (call->server, message, NULL);
  out_begin (call->data, NULL, '{');
  put_sent (call->data, message);
  out_put (call->data, "modify", 'n', NULL, NULL);
  out_end (call->data, '}');
  g_string_free (detail, TRUE);
  openim_pb_free (message);
  return RESULT_OK;
}

static Result
check_msg_is_send_success (Call *call)
{
  out_raw (call->data, NULL, "{\"status\":0}");
  return RESULT_OK;
}

/* ---- search */

static void
put_log (Server *server, GString *out, const MsgData *message)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT name, face, member_count, owner, type FROM groups WHERE id = ?", "s",
                message->groupid);
  gboolean group = db_next (rows);
  g_autofree char *receiver = user_nickname (server, message->recvid);
  g_autofree char *content = g_strndup ((const char *) message->content.data, message->content.len);

  out_begin (out, NULL, '{');
  out_begin (out, "chatLog", '{');
  out_put (out, "serverMsgID", 's', message->servermsgid, "clientMsgID", 's', message->clientmsgid, "sendID",
           's', message->sendid, "recvID", 's', message->recvid, "groupID", 's', message->groupid,
           "recvNickname", 's', receiver, "senderPlatformID", 'i', (gint64) message->senderplatformid,
           "senderNickname", 's', message->sendernickname, "senderFaceURL", 's', message->senderfaceurl,
           "groupName", 's', group ? db_text (rows, 0) : "", "sessionType", 'i',
           (gint64) message->sessiontype, "msgFrom", 'i', (gint64) message->msgfrom, "contentType", 'i',
           (gint64) message->contenttype, "content", 's', content, "status", 'i', (gint64) message->status,
           "sendTime", 'i', message->sendtime, "createTime", 'i', message->createtime, "ex", 's', message->ex,
           "groupFaceURL", 's', group ? db_text (rows, 1) : "", "groupMemberCount", 'i',
           group ? db_integer (rows, 2) : 0, "seq", 'i', message->seq, "groupOwner", 's',
           group ? db_text (rows, 3) : "", "groupType", 'i', group ? db_integer (rows, 4) : 0, NULL);
  out_end (out, '}');
  out_put (out, "isRevoked", 'b', message->contenttype == TYPE_REVOKED, NULL);
  out_end (out, '}');
}

static gboolean
fits (Call *call, const MsgData *message)
{
  const char *receiver = call_string (call, "recvID");
  gint64 type = call_int (call, "contentType"), session = call_int (call, "sessionType");

  return (!*receiver || g_str_equal (receiver, message->recvid) ||
          g_str_equal (receiver, message->groupid)) &&
         (!type || type == message->contenttype) && (!session || session == message->sessiontype);
}

static Result
search_msg (Call *call)
{
  Server *server = call->server;
  const char *sender = call_string (call, "sendID");
  g_autoptr (DbRows) rows = db_query (
      server->db,
      "SELECT conversation, seq FROM messages WHERE (?1 = '' OR sender = ?1) AND substr (conversation, 1, 2) "
      "<> 'n_' ORDER BY time, seq",
      "s", sender);
  gint64 limit, offset, total = 0;

  if (server->behave->own_only && !call->admin)
    return result (NO_PERMISSION, "only an administrator may do that");
  call_page (call, &limit, &offset);
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "chatLogs");
  while (db_next (rows)) {
    MsgData *message = pull_message (server, "", db_text (rows, 0), db_integer (rows, 1), TRUE);

    if (message && fits (call, message)) {
      if (total >= offset && total < offset + limit)
        put_log (server, call->data, message);
      total++;
    }
    openim_pb_free (message);
  }
  out_list_end (call->data);
  out_put (call->data, "chatLogsNum", 'i', total, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

const Route admin_routes[] = {
  { "/msg/send_msg", send_msg, NEEDS_ADMIN,
    "sendID:s! recvID:s groupID:s senderNickname:s senderFaceURL:s senderPlatformID:i content:o! "
    "contentType:i! "
    "sessionType:i! isOnlineOnly:b notOfflinePush:b sendTime:i offlinePushInfo:o ex:s",
    .bad_request = TRUE },
  { "/msg/batch_send_msg", batch_send_msg, NEEDS_ADMIN,
    "sendID:s! recvIDs:S isSendAll:b groupID:s senderNickname:s senderFaceURL:s senderPlatformID:i "
    "content:o! "
    "contentType:i! sessionType:i! isOnlineOnly:b notOfflinePush:b sendTime:i offlinePushInfo:o ex:s",
    .bad_request = TRUE },
  { "/msg/send_business_notification", send_business_notification, NEEDS_ADMIN,
    "key:s data:s sendUserID:s! recvUserID:s!", .bad_request = TRUE },
  { "/msg/check_msg_is_send_success", check_msg_is_send_success, NEEDS_TOKEN, "" },
  { "/msg/search_msg", search_msg, NEEDS_TOKEN,
    "sendID:s recvID:s contentType:i sendTime:s sessionType:i pagination:p" },
  { NULL },
};
