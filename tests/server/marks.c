/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "marks.h"

#include <string.h>

#include "base/pb.h"

#include "conversations.h"
#include "groups.h"
#include "members.h"
#include "pull.h"
#include "seqs.h"
#include "users.h"

#define MARKED_MAX 100000 /* seqs that one call marks, there or not */

/* A user's row about a conversation. */
typedef struct {
  int type;
  char *peer; /* the other user, or the group */
} Chat;

static gboolean
find_chat (Server *server, const char *user, const char *conversation, Chat *chat)
{
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT type, user, group_id FROM conversations WHERE owner = ? AND id = ?", "ss",
                user, conversation);

  if (!db_next (rows))
    return FALSE;
  chat->type = db_integer (rows, 0);
  chat->peer = g_strdup (db_text (rows, chat->type == SESSION_GROUP ? 2 : 1));
  return TRUE;
}

static void
put_numbers (GString *out, const char *key, GArray *seqs)
{
  out_list_begin (out, key);
  for (guint i = 0; i < seqs->len; i++) {
    char number[32];

    g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT, g_array_index (seqs, gint64, i));
    out_raw (out, NULL, number);
  }
  out_list_end (out);
}

static GArray *
call_numbers (Call *call, const char *key)
{
  JsonArray *list = openim_json_array (call->body, key);
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; list && i < json_array_get_length (list); i++) {
    gint64 number = json_array_get_int_element (list, i);

    g_array_append_val (numbers, number);
  }
  return numbers;
}

static gboolean
contains (GArray *numbers, gint64 number)
{
  for (guint i = 0; i < numbers->len; i++)
    if (g_array_index (numbers, gint64, i) == number)
      return TRUE;
  return FALSE;
}

/* ---- read */

static void
tell_read (Server *server,
           const char *user,
           const char *to,
           gboolean group,
           const char *conversation,
           GArray *seqs,
           gint64 read)
{
  GString *detail = g_string_new (NULL);

  out_begin (detail, NULL, '{');
  out_put (detail, "markAsReadUserID", 's', user, "conversationID", 's', conversation, NULL);
  put_numbers (detail, "seqs", seqs);
  out_put (detail, "hasReadSeq", 'i', read, NULL);
  out_end (detail, '}');
  notify (server,
          &(Notification){ .type = HAS_READ, .from = user, .to = to, .group = group, .detail = detail->str });
  g_string_free (detail, TRUE);
}

static void
set_read (Server *server, const char *user, const char *conversation, GArray *seqs)
{
  for (guint i = 0; i < seqs->len; i++)
    db_run (server->db,
            "UPDATE messages SET read = read OR sender <> ?1, fresh = 0 WHERE conversation = ?2 AND seq = ?3",
            "ssi", user, conversation, g_array_index (seqs, gint64, i));
}

static Result
mark_conversation_as_read (Call *call)
{
  const char *user = call_string (call, "userID"), *conversation = call_string (call, "conversationID");
  gint64 wanted = call_int (call, "hasReadSeq"), read;
  g_autoptr (GArray) given = call_numbers (call, "seqs");
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  Server *server = call->server;
  Chat chat;

  if (wanted < 1 || contains (given, 0))
    return result (ARGS, "hasReadSeq is invalid");
  if (!find_chat (server, user, conversation, &chat))
    return result (NOT_FOUND, "conversation not found");
  read = seq_bounds (server, user, conversation).read;
  if (chat.type == SESSION_SINGLE) {
    for (gint64 seq = read + 1; seq <= MIN (wanted, read + MARKED_MAX); seq++)
      g_array_append_val (seqs, seq);
    for (guint i = 0; i < given->len; i++)
      if (!contains (seqs, g_array_index (given, gint64, i)))
        g_array_append_val (seqs, g_array_index (given, gint64, i));
    set_read (server, user, conversation, seqs);
  }
  seq_set_read (server, user, conversation, wanted);
  tell_read (server, user, chat.type == SESSION_SINGLE ? chat.peer : user, FALSE, conversation, seqs,
             MAX (read, wanted));
  g_free (chat.peer);
  return RESULT_OK;
}

static Result
mark_msgs_as_read (Call *call)
{
  const char *user = call_string (call, "userID"), *conversation = call_string (call, "conversationID");
  g_autoptr (GArray) seqs = call_numbers (call, "seqs");
  Server *server = call->server;
  gint64 last = g_array_index (seqs, gint64, seqs->len - 1);
  Chat chat;

  if (contains (seqs, 0) || last > seq_max (server, conversation))
    return result (ARGS, "seqs is invalid");
  if (!find_chat (server, user, conversation, &chat))
    return result (NOT_FOUND, "conversation not found");
  set_read (server, user, conversation, seqs);
  seq_set_read (server, user, conversation, last);
  tell_read (server, user, chat.peer, chat.type == SESSION_GROUP, conversation, seqs, last);
  g_free (chat.peer);
  return RESULT_OK;
}

static Result
set_conversation_has_read_seq (Call *call)
{
  const char *user = call_string (call, "userID"), *conversation = call_string (call, "conversationID");
  gint64 wanted = call_int (call, "hasReadSeq");
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (gint64));

  if (wanted < 1 || wanted > seq_max (call->server, conversation))
    return result (ARGS, "hasReadSeq is invalid");
  seq_set_read (call->server, user, conversation, wanted);
  tell_read (call->server, user, user, FALSE, conversation, none, wanted);
  return RESULT_OK;
}

/* ---- revoke */

static Result
may_revoke (Call *call, const MsgData *message, const char *user, gint64 *role)
{
  Server *server = call->server;

  if (message->sessiontype != SESSION_GROUP) {
    if (!call_may (call, message->sendid))
      return result (NO_PERMISSION, "not the sender");
    *role = call->admin ? 0 : db_int (server->db, 0, "SELECT level FROM users WHERE id = ?", "s", user);
    return RESULT_OK;
  }
  *role = group_role (server, message->groupid, user);
  if (call->admin || g_str_equal (user, message->sendid) || *role == ROLE_OWNER)
    return RESULT_OK;
  if (*role == ROLE_ADMIN && group_role (server, message->groupid, message->sendid) <= ROLE_ORDINARY)
    return RESULT_OK;
  return result (NO_PERMISSION, "no permission");
}

static void
revoke_message (Call *call, const MsgData *message, const char *user, const char *conversation, gint64 role)
{
  Server *server = call->server;
  gboolean group = message->sessiontype == SESSION_GROUP;
  g_autofree char *nickname = user_nickname (server, user);
  GString *detail = g_string_new (NULL);
  gint64 now = now_ms ();
  const char *to = group                                 ? message->groupid
                   : g_str_equal (user, message->sendid) ? message->recvid
                                                         : message->sendid;

  out_begin (detail, NULL, '{');
  out_put (detail, "revokerID", 's', user, "revokerRole", 'i', role, "clientMsgID", 's', message->clientmsgid,
           "revokerNickname", 's', nickname, "revokeTime", 'i', now, "sourceMessageSendTime", 'i',
           message->sendtime, "sourceMessageSendID", 's', message->sendid, "sourceMessageSenderNickname", 's',
           message->sendernickname, "sessionType", 'i', (gint64) message->sessiontype, "seq", 'i',
           message->seq, "ex", 's', "", NULL);
  out_end (detail, '}');
  db_run (server->db, "UPDATE messages SET revoked = ?, fresh = 0 WHERE conversation = ? AND seq = ?", "ssi",
          detail->str, conversation, message->seq);
  g_string_truncate (detail, 0);
  out_begin (detail, NULL, '{');
  out_put (detail, "revokerUserID", 's', call->user, "clientMsgID", 's', message->clientmsgid, "revokeTime",
           'i', now, "sesstionType", 'i', (gint64) message->sessiontype, "seq", 'i', message->seq,
           "conversationID", 's', conversation, "isAdminRevoke", 'b', call->admin, NULL);
  out_end (detail, '}');
  notify (server,
          &(Notification){
              .type = MESSAGE_REVOKED, .from = user, .to = to, .group = group, .detail = detail->str });
  g_string_free (detail, TRUE);
}

static Result
revoke_msg (Call *call)
{
  const char *user = call_string (call, "userID"), *conversation = call_string (call, "conversationID");
  gint64 seq = call_int (call, "seq"), role = 0;
  MsgData *message;
  Result answer;

  if (seq < 1)
    return result (ARGS, "seq is invalid");
  message = pull_message (call->server, user, conversation, seq, TRUE);
  if (!message)
    return result (NOT_FOUND, "message not found");
  if (!*message->clientmsgid)
    answer = result (INTERNAL, "the message was deleted");
  else if (message->contenttype == TYPE_REVOKED)
    answer = result (REVOKED, "msg already revoke");
  else
    answer = may_revoke (call, message, user, &role);
  if (!answer.code)
    revoke_message (call, message, user, conversation, role);
  openim_pb_free (message);
  return answer;
}

/* ---- delete and clear */

typedef struct {
  gboolean self;
  gboolean other; /* wins */
} Sync;

static Sync
sync_of (Call *call)
{
  JsonObject *option = openim_json_object (call->body, "deleteSyncOpt");
  Sync sync = { openim_json_bool (option, "IsSyncSelf"), openim_json_bool (option, "IsSyncOther") };

  if (sync.other)
    sync.self = FALSE;
  return sync;
}

static Result
delete_msgs (Call *call)
{
  const char *user = call_string (call, "userID"), *conversation = call_string (call, "conversationID");
  g_autoptr (GArray) seqs = call_numbers (call, "seqs");
  Server *server = call->server;
  Sync sync = sync_of (call);
  GString *detail;
  Chat chat = { 0 };

  for (guint i = 0; i < seqs->len; i++) {
    gint64 seq = g_array_index (seqs, gint64, i);

    db_run (server->db, "UPDATE messages SET fresh = 0 WHERE conversation = ? AND seq = ?", "si",
            conversation, seq);
    if (sync.other)
      db_run (server->db, "UPDATE messages SET body = x'', revoked = NULL WHERE conversation = ? AND seq = ?",
              "si", conversation, seq);
    else if (db_has (server->db, "SELECT 1 FROM messages WHERE conversation = ? AND seq = ?", "si",
                     conversation, seq))
      db_run (server->db, "INSERT OR IGNORE INTO hidden VALUES (?, ?, ?)", "ssi", user, conversation, seq);
  }
  if (!sync.self && !sync.other)
    return RESULT_OK;
  if (!find_chat (server, user, conversation, &chat))
    return result (NOT_FOUND, "conversation not found");
  detail = g_string_new (NULL);
  out_begin (detail, NULL, '{');
  out_put (detail, "userID", 's', user, "conversationID", 's', conversation, NULL);
  put_numbers (detail, "seqs", seqs);
  out_end (detail, '}');
  notify (server, &(Notification){ .type = MESSAGES_DELETED,
                                   .from = user,
                                   .to = sync.other ? chat.peer : user,
                                   .group = sync.other && chat.type == SESSION_GROUP,
                                   .detail = detail->str });
  g_string_free (detail, TRUE);
  g_free (chat.peer);
  return RESULT_OK;
}

static void
tell_cleared (Server *server, const char *user, const char *to, gboolean group, char **conversations)
{
  GString *detail = g_string_new (NULL);

  out_begin (detail, NULL, '{');
  out_put (detail, "userID", 's', user, "conversationIDs", 'S', conversations, NULL);
  out_end (detail, '}');
  notify (server,
          &(Notification){
              .type = CONVERSATION_CLEARED, .from = user, .to = to, .group = group, .detail = detail->str });
  g_string_free (detail, TRUE);
}

/* How many users have a row about it: the real server counts them where it should not. */
static gint64
owners (Server *server, const char *conversation, const Chat *chat)
{
  if (chat->type == SESSION_GROUP)
    return db_int (server->db, 0, "SELECT member_count FROM groups WHERE id = ?", "s", chat->peer);
  return db_int (server->db, 0,
                 "SELECT count (*) FROM conversations WHERE id = ?1 AND owner IN (?2, (SELECT user FROM "
                 "conversations WHERE owner = ?2 AND id = ?1))",
                 "ss", conversation, chat->peer);
}

static void
clear (Server *server, const char *user, char **conversations, Sync sync)
{
  g_autoptr (GPtrArray) own = g_ptr_array_new_null_terminated (0, NULL, TRUE);

  for (; *conversations; conversations++) {
    gint64 min = seq_max (server, *conversations) + 1, count;
    char *one[] = { *conversations, NULL };
    Chat chat;

    if (!find_chat (server, user, *conversations, &chat))
      continue;
    count = owners (server, *conversations, &chat);
    if (sync.other) {
      db_run (server->db, "UPDATE messages SET body = x'', revoked = NULL WHERE conversation = ?", "s",
              *conversations);
      db_run (server->db, "UPDATE seqs SET min_seq = ? WHERE conversation = ?", "is", min, *conversations);
      for (gint64 i = 0; i < count; i++)
        tell_cleared (server, user, chat.peer, chat.type == SESSION_GROUP, one);
      seq_set_read (server, user, *conversations, min - 1);
    } else {
      conversation_clear (server, user, *conversations, min, TRUE);
      for (gint64 i = 0; i < count; i++)
        g_ptr_array_add (own, *conversations);
    }
    g_free (chat.peer);
  }
  if (sync.self && own->len)
    tell_cleared (server, user, user, FALSE, (char **) own->pdata);
}

static Result
clear_conversation_msg (Call *call)
{
  g_auto (GStrv) conversations = call_list (call, "conversationIDs");

  if (!call_has (call, "conversationIDs"))
    return result (ARGS, "conversationIDs is empty");
  clear (call->server, call_string (call, "userID"), conversations, sync_of (call));
  return RESULT_OK;
}

static Result
user_clear_all_msg (Call *call)
{
  const char *user = call_string (call, "userID");
  g_autoptr (GPtrArray) all = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  g_autoptr (DbRows) rows =
      db_query (call->server->db, "SELECT id FROM conversations WHERE owner = ? ORDER BY n", "s", user);

  while (db_next (rows))
    g_ptr_array_add (all, g_strdup (db_text (rows, 0)));
  if (all->len)
    clear (call->server, user, (char **) all->pdata, sync_of (call));
  return RESULT_OK;
}

const Route mark_routes[] = {
  { "/msg/mark_conversation_as_read", mark_conversation_as_read, NEEDS_TOKEN,
    "conversationID:s! userID:s! hasReadSeq:i seqs:I" },
  { "/msg/mark_msgs_as_read", mark_msgs_as_read, NEEDS_TOKEN, "conversationID:s! userID:s! seqs:I!" },
  { "/msg/set_conversation_has_read_seq", set_conversation_has_read_seq, NEEDS_TOKEN,
    "conversationID:s! userID:s! hasReadSeq:i noNotification:b" },
  { "/msg/revoke_msg", revoke_msg, NEEDS_TOKEN, "conversationID:s! seq:i userID:s!@" },
  { "/msg/delete_msgs", delete_msgs, NEEDS_TOKEN, "conversationID:s! seqs:I! userID:s!@ deleteSyncOpt:o" },
  { "/msg/clear_conversation_msg", clear_conversation_msg, NEEDS_TOKEN,
    "conversationIDs:S userID:s!@ deleteSyncOpt:o" },
  { "/msg/user_clear_all_msg", user_clear_all_msg, NEEDS_TOKEN, "userID:s!@ deleteSyncOpt:o" },
  { NULL },
};
