/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jssdk.h"

#include "base/pb.h"

#include "conversations.h"
#include "groups.h"
#include "pull.h"
#include "seqs.h"
#include "users.h"

#define ACTIVE_MAX 500
#define ACTIVE_USUAL 100

typedef struct {
  char *id;
  gboolean pinned;
  gint64 recv_opt;
  gint64 time; /* of the newest message */
  gint64 max_seq;
  gint64 read_seq;
} Line;

static void
line_free (gpointer data)
{
  g_free (((Line *) data)->id);
  g_free (data);
}

static gint64
unread (const Line *line)
{
  return MAX (line->max_seq - line->read_seq, 0);
}

static int
pinned_and_newest_first (gconstpointer a, gconstpointer b)
{
  const Line *one = *(Line *const *) a, *two = *(Line *const *) b;

  if (one->pinned != two->pinned)
    return two->pinned - one->pinned;
  return one->time == two->time ? 0 : one->time < two->time ? 1 : -1;
}

/* Those of @owner that have messages; only those named when @ids is not NULL. */
static GPtrArray *
gather (Server *server, const char *owner, char **ids)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (line_free);
  g_autoptr (DbRows) rows = db_query (
      server->db,
      "SELECT id, pinned, recv_opt, time, seqs.max_seq FROM conversations JOIN seqs ON conversation = id "
      "WHERE owner = ? ORDER BY n",
      "s", owner);

  while (db_next (rows)) {
    Line *line;

    if (ids && !list_contains (ids, db_text (rows, 0)))
      continue;
    line = g_new0 (Line, 1);
    line->id = g_strdup (db_text (rows, 0));
    line->pinned = db_integer (rows, 1);
    line->recv_opt = db_integer (rows, 2);
    line->time = db_integer (rows, 3);
    line->max_seq = db_integer (rows, 4);
    line->read_seq = seq_bounds (server, owner, line->id).read;
    g_ptr_array_add (lines, line);
  }
  g_ptr_array_sort (lines, pinned_and_newest_first);
  return lines;
}

/* ---- for a thin client */

static void
put_relation (Server *server, GString *out, const char *owner, const char *friend)
{
  g_autoptr (DbRows) rows = db_query (
      server->db,
      "SELECT remark, created, source, operator, ex, pinned FROM friends WHERE owner = ? AND friend = ?",
      "ss", owner, friend);

  if (!db_next (rows)) {
    out_raw (out, "friend", "null");
    return;
  }
  out_begin (out, "friend", '{');
  out_put (out, "ownerUserID", 's', owner, "friendUserID", 's', friend, "remark", 's', db_text (rows, 0),
           "createTime", 'i', db_integer (rows, 1), "addSource", 'i', db_integer (rows, 2), "operatorUserID",
           's', db_text (rows, 3), "ex", 's', db_text (rows, 4), "isPinned", 'b',
           (gboolean) db_integer (rows, 5), NULL);
  out_end (out, '}');
}

static void
put_line (Call *call, const Line *line)
{
  Server *server = call->server;
  g_autofree char *peer = db_string (server->db, "SELECT user FROM conversations WHERE owner = ? AND id = ?",
                                     "ss", call->user, line->id);
  g_autofree char *group =
      db_string (server->db, "SELECT group_id FROM conversations WHERE owner = ? AND id = ?", "ss",
                 call->user, line->id);
  MsgData *message = pull_message (server, call->user, line->id, line->max_seq, FALSE);

  out_begin (call->data, NULL, '{');
  put_conversation (server, call->data, "conversation", call->user, line->id);
  if (message)
    out_message (call->data, "lastMsg", &message->base);
  else
    out_raw (call->data, "lastMsg", "null");
  put_user (server, call->data, "user", peer);
  put_relation (server, call->data, call->user, peer);
  put_group (server, call->data, "group", group);
  out_put (call->data, "maxSeq", 'i', line->max_seq, "readSeq", 'i', line->read_seq, NULL);
  out_end (call->data, '}');
  openim_pb_free (message);
}

static void
put_lines (Call *call, GPtrArray *lines, guint count)
{
  gint64 total = 0;

  for (guint i = 0; i < lines->len; i++)
    total += unread (g_ptr_array_index (lines, i));
  out_begin (call->data, NULL, '{');
  out_put (call->data, "unreadCount", 'i', total, NULL);
  out_list_begin (call->data, "conversations");
  for (guint i = 0; i < MIN (lines->len, count); i++)
    put_line (call, g_ptr_array_index (lines, i));
  out_list_end (call->data);
  out_end (call->data, '}');
}

static Result
get_active_conversations (Call *call)
{
  gint64 count = call_int (call, "count");
  g_autoptr (GPtrArray) lines = gather (call->server, call->user, NULL);

  put_lines (call, lines, count < 1 || count > ACTIVE_MAX ? ACTIVE_USUAL : count);
  return RESULT_OK;
}

static Result
get_named_conversations (Call *call)
{
  g_auto (GStrv) ids = call_list (call, "conversationIDs");
  g_autoptr (GPtrArray) lines = gather (call->server, call->user, ids);

  put_lines (call, lines, G_MAXUINT);
  return RESULT_OK;
}

/* ---- the older sorted list */

static void
put_info (Server *server, GString *out, const MsgData *message)
{
  g_autoptr (DbRows) rows = db_query (
      server->db, "SELECT name, face, type, member_count FROM groups WHERE id = ?", "s", message->groupid);
  gboolean group = db_next (rows);
  g_autofree char *content = g_strndup ((const char *) message->content.data, message->content.len);

  out_begin (out, "msgInfo", '{');
  out_put (out, "serverMsgID", 's', message->servermsgid, "clientMsgID", 's', message->clientmsgid,
           "sessionType", 'i', (gint64) message->sessiontype, "sendID", 's', message->sendid, "recvID", 's',
           message->recvid, "senderName", 's', message->sendernickname, "faceURL", 's',
           message->senderfaceurl, "groupID", 's', message->groupid, "groupName", 's',
           group ? db_text (rows, 0) : "", "groupFaceURL", 's', group ? db_text (rows, 1) : "", "groupType",
           'i', group ? db_integer (rows, 2) : 0, "groupMemberCount", 'i', group ? db_integer (rows, 3) : 0,
           "msgFrom", 'i', (gint64) message->msgfrom, "contentType", 'i', (gint64) message->contenttype,
           "content", 's', content, "ex", 's', message->ex, "LatestMsgRecvTime", 'i', message->sendtime,
           NULL);
  out_end (out, '}');
}

static Result
get_sorted_conversation_list (Call *call)
{
  const char *user = call_string (call, "userID");
  g_auto (GStrv) ids = call_list (call, "conversationIDs");
  g_autoptr (GPtrArray) lines = NULL;
  gint64 limit, offset, total = 0;

  if (call->server->behave->own_only && !call_may (call, user))
    return result (NO_PERMISSION, "it is another user's");
  lines = gather (call->server, user, *ids ? ids : NULL);
  if (lines->len == 0)
    return result (NOT_FOUND, "no conversations");
  for (guint i = 0; i < lines->len; i++)
    total += unread (g_ptr_array_index (lines, i));
  call_page (call, &limit, &offset);
  out_begin (call->data, NULL, '{');
  out_put (call->data, "conversationTotal", 'i', (gint64) lines->len, "unreadTotal", 'i', total, NULL);
  out_list_begin (call->data, "conversationElems");
  for (gint64 i = offset; i < MIN (offset + limit, lines->len); i++) {
    const Line *line = g_ptr_array_index (lines, i);
    MsgData *message = pull_message (call->server, user, line->id, line->max_seq, TRUE);

    if (!message)
      continue;
    out_begin (call->data, NULL, '{');
    out_put (call->data, "conversationID", 's', line->id, "recvMsgOpt", 'i', line->recv_opt, "unreadCount",
             'i', unread (line), "IsPinned", 'b', line->pinned, NULL);
    put_info (call->server, call->data, message);
    out_end (call->data, '}');
    openim_pb_free (message);
  }
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

const Route jssdk_routes[] = {
  { "/jssdk/get_active_conversations", get_active_conversations, NEEDS_TOKEN, "ownerUserID:s count:i" },
  { "/jssdk/get_conversations", get_named_conversations, NEEDS_TOKEN, "ownerUserID:s conversationIDs:S" },
  { "/conversation/get_sorted_conversation_list", get_sorted_conversation_list, NEEDS_TOKEN,
    "userID:s! conversationIDs:S pagination:p" },
  { NULL },
};
