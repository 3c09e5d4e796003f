/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "conversations.h"

#include "base/id.h"

#include "groups.h"
#include "seqs.h"

#define NEVER G_GINT64_CONSTANT (-62135596800000) /* ms: year 1 */

#define COLUMNS                                                                                              \
  "owner, id, recv_opt, type, user, group_id, pinned, attached, private, at_type, ex, burn, min_seq, "       \
  "max_seq, "                                                                                                \
  "destruct_time, destruct"

static void
put_row (GString *out, const char *key, DbRows *rows)
{
  out_begin (out, key, '{');
  out_put (out, "ownerUserID", 's', db_text (rows, 0), "conversationID", 's', db_text (rows, 1), "recvMsgOpt",
           'i', db_integer (rows, 2), "conversationType", 'i', db_integer (rows, 3), "userID", 's',
           db_text (rows, 4), "groupID", 's', db_text (rows, 5), "isPinned", 'b',
           (gboolean) db_integer (rows, 6), "attachedInfo", 's', db_text (rows, 7), "isPrivateChat", 'b',
           (gboolean) db_integer (rows, 8), "groupAtType", 'i', db_integer (rows, 9), "ex", 's',
           db_text (rows, 10), "burnDuration", 'i', db_integer (rows, 11), "minSeq", 'i',
           db_integer (rows, 12), "maxSeq", 'i', db_integer (rows, 13), "msgDestructTime", 'i',
           db_integer (rows, 14), "latestMsgDestructTime", 'i', NEVER, "isMsgDestruct", 'b',
           (gboolean) db_integer (rows, 15), NULL);
  out_end (out, '}');
}

void
put_conversation (Server *server, GString *out, const char *key, const char *owner, const char *id)
{
  g_autoptr (DbRows) rows = db_query (
      server->db, "SELECT " COLUMNS " FROM conversations WHERE owner = ? AND id = ?", "ss", owner, id);

  if (db_next (rows))
    put_row (out, key, rows);
}

static void
put_changed (Server *server, GString *out, const char *entity, const char *element)
{
  put_conversation (server, out, NULL, entity, element);
}

gboolean
conversation_exists (Server *server, const char *user, const char *conversation)
{
  return db_has (server->db, "SELECT 1 FROM conversations WHERE owner = ? AND id = ?", "ss", user,
                 conversation);
}

/* 1300: look again. */
static void
tell (Server *server, const char *user, const char *conversation)
{
  const char *list[] = { conversation, NULL };
  GString *detail = g_string_new (NULL);

  out_begin (detail, NULL, '{');
  out_put (detail, "userID", 's', user, "conversationIDList", 'S', list, NULL);
  out_end (detail, '}');
  notify_user (server, CONVERSATION_CHANGED, user, user, detail);
}

static void
create (Server *server, const char *owner, const char *id, int type, const char *user, const char *group)
{
  int made =
      db_run (server->db,
              "INSERT OR IGNORE INTO conversations (owner, id, type, user, group_id) VALUES (?, ?, ?, ?, ?)",
              "ssiss", owner, id, (gint64) type, user, group);

  if (made > 0)
    log_change (server, LOG_CONVERSATIONS, owner, CHANGE_INSERT, id);
}

void
conversations_begin (Server *server, const MsgData *message, const char *conversation)
{
  if (message->sessiontype == SESSION_GROUP) {
    g_autoptr (DbRows) rows = db_query (server->db, "SELECT user FROM members WHERE group_id = ? ORDER BY n",
                                        "s", message->groupid);

    while (db_next (rows))
      create (server, db_text (rows, 0), conversation, SESSION_GROUP, "", message->groupid);
    return;
  }
  create (server, message->recvid, conversation, message->sessiontype, message->sendid, "");
  if (message->sessiontype == SESSION_SINGLE)
    create (server, message->sendid, conversation, message->sessiontype, message->recvid, "");
}

void
conversation_join (Server *server, const char *user, const char *group)
{
  g_autofree char *id = g_strconcat ("sg_", group, NULL);

  if (!conversation_exists (server, user, id)) {
    create (server, user, id, SESSION_GROUP, "", group);
    return;
  }
  seq_set_max (server, user, id, 0);
  if (db_run (server->db, "UPDATE conversations SET max_seq = 0 WHERE owner = ? AND id = ? AND max_seq <> 0",
              "ss", user, id) > 0)
    log_change (server, LOG_CONVERSATIONS, user, CHANGE_UPDATE, id);
}

gboolean
conversation_leave (Server *server, const char *user, const char *group)
{
  g_autofree char *id = g_strconcat ("sg_", group, NULL);
  gint64 seq = seq_max (server, id);

  if (seq == 0)
    return FALSE;
  seq_set_max (server, user, id, seq);
  db_run (server->db, "UPDATE conversations SET max_seq = ? WHERE owner = ? AND id = ?", "iss", seq, user,
          id);
  log_change (server, LOG_CONVERSATIONS, user, CHANGE_UPDATE, id);
  tell (server, user, id);
  return TRUE;
}

void
conversation_mark (Server *server, const char *user, const char *conversation, int at_type)
{
  if (db_run (server->db, "UPDATE conversations SET at_type = ? WHERE owner = ? AND id = ? AND at_type <> ?",
              "issi", (gint64) at_type, user, conversation, (gint64) at_type) <= 0)
    return;
  log_change (server, LOG_CONVERSATIONS, user, CHANGE_UPDATE, conversation);
  tell (server, user, conversation);
}

void
conversations_mark_all (
    Server *server, const char *group, const char *conversation, const char *but, char **named, gsize n_named)
{
  g_autoptr (GHashTable) both = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DbRows) rows =
      db_query (server->db, "SELECT user FROM members WHERE group_id = ? AND user <> ?", "ss", group, but);

  for (gsize i = 0; i < n_named; i++)
    g_hash_table_add (both, named[i]);
  while (db_next (rows))
    g_ptr_array_add (users, g_strdup (db_text (rows, 0)));
  for (guint i = 0; i < users->len; i++) {
    const char *user = g_ptr_array_index (users, i);

    conversation_mark (server, user, conversation,
                       g_hash_table_contains (both, user) ? AT_BOTH : AT_EVERYBODY);
  }
}

void
conversations_announce (Server *server, const char *group)
{
  g_autofree char *id = g_strconcat ("sg_", group, NULL);
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DbRows) rows = db_query (server->db, "SELECT user FROM members WHERE group_id = ?", "s", group);

  while (db_next (rows))
    g_ptr_array_add (users, g_strdup (db_text (rows, 0)));
  for (guint i = 0; i < users->len; i++)
    conversation_mark (server, g_ptr_array_index (users, i), id, AT_ANNOUNCEMENT);
}

void
conversation_clear (Server *server, const char *user, const char *conversation, gint64 min_seq, gboolean told)
{
  seq_set_min (server, user, conversation, min_seq);
  seq_set_read (server, user, conversation, min_seq - 1);
  db_run (server->db, "UPDATE conversations SET min_seq = ? WHERE owner = ? AND id = ?", "iss", min_seq, user,
          conversation);
  log_change (server, LOG_CONVERSATIONS, user, CHANGE_UPDATE, conversation);
  if (told)
    tell (server, user, conversation);
}

/* ---- routes; up to patch.16 anybody may ask for anybody */

static gboolean
allowed (Call *call, const char *user)
{
  return !call->server->behave->own_only || call_may (call, user);
}

#define REFUSED result (NO_PERMISSION, "it is another user's")

static void
put_list (Call *call, DbRows *rows)
{
  out_list_begin (call->data, "conversations");
  while (db_next (rows))
    put_row (call->data, NULL, rows);
  out_list_end (call->data);
}

static Result
get_all_conversations (Call *call)
{
  const char *owner = call_string (call, "ownerUserID");
  g_autoptr (DbRows) rows = NULL;

  if (!allowed (call, owner))
    return REFUSED;
  rows = db_query (call->server->db, "SELECT " COLUMNS " FROM conversations WHERE owner = ? ORDER BY n", "s",
                   owner);
  out_begin (call->data, NULL, '{');
  put_list (call, rows);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_owner_conversation (Call *call)
{
  const char *owner = call_string (call, "userID");
  gint64 limit, offset;
  g_autoptr (DbRows) rows = NULL;

  if (!allowed (call, owner))
    return REFUSED;
  call_page (call, &limit, &offset);
  rows = db_query (call->server->db,
                   "SELECT " COLUMNS " FROM conversations WHERE n IN (SELECT n FROM conversations WHERE "
                   "owner = ? ORDER BY n LIMIT ? OFFSET ?) ORDER BY n",
                   "sii", owner, limit, offset);
  out_begin (call->data, NULL, '{');
  out_put (call->data, "total", 'i',
           db_int (call->server->db, 0,
                   "SELECT length FROM lengths WHERE list = 'conversations' AND owner = ?", "s", owner),
           NULL);
  put_list (call, rows);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_conversation (Call *call)
{
  const char *owner = call_string (call, "ownerUserID"), *id = call_string (call, "conversationID");

  if (!allowed (call, owner))
    return REFUSED;
  if (!conversation_exists (call->server, owner, id))
    return result (NOT_FOUND, "conversation not found");
  out_begin (call->data, NULL, '{');
  put_conversation (call->server, call->data, "conversation", owner, id);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_conversations (Call *call)
{
  const char *owner = call_string (call, "ownerUserID");
  g_auto (GStrv) ids = call_list (call, "conversationIDs");

  if (!allowed (call, owner))
    return REFUSED;
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "conversations");
  for (char **id = ids; *id; id++)
    put_conversation (call->server, call->data, NULL, owner, *id);
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

static void
put_ids (Call *call, DbRows *rows)
{
  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "conversationIDs");
  while (db_next (rows))
    out_string (call->data, NULL, db_text (rows, 0));
  out_list_end (call->data);
  out_end (call->data, '}');
}

static Result
get_pinned_conversation_ids (Call *call)
{
  g_autoptr (DbRows) rows =
      db_query (call->server->db, "SELECT id FROM conversations WHERE owner = ? AND pinned <> 0 ORDER BY n",
                "s", call_string (call, "userID"));

  if (!allowed (call, call_string (call, "userID")))
    return REFUSED;
  put_ids (call, rows);
  return RESULT_OK;
}

static Result
get_not_notify_conversation_ids (Call *call)
{
  g_autoptr (DbRows) rows =
      db_query (call->server->db, "SELECT id FROM conversations WHERE owner = ? AND recv_opt = 2 ORDER BY n",
                "s", call_string (call, "userID"));

  if (!allowed (call, call_string (call, "userID")))
    return REFUSED;
  put_ids (call, rows);
  return RESULT_OK;
}

static Result
get_full_conversation_ids (Call *call)
{
  const char *user = call_string (call, "userID");
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DbRows) rows =
      db_query (call->server->db, "SELECT id FROM conversations WHERE owner = ? ORDER BY n", "s", user);

  if (!allowed (call, user))
    return REFUSED;
  while (db_next (rows))
    g_ptr_array_add (ids, g_strdup (db_text (rows, 0)));
  out_begin (call->data, NULL, '{');
  put_full (call->server, call->data, LOG_CONVERSATIONS, user, openim_json_uint (call->body, "idHash"),
            "conversationIDs", ids);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_incremental_conversations (Call *call)
{
  const char *user = call_string (call, "userID");

  if (!allowed (call, user))
    return REFUSED;
  out_begin (call->data, NULL, '{');
  put_difference (call->server, call->data, LOG_CONVERSATIONS, user, openim_json_uint (call->body, "version"),
                  call_string (call, "versionID"), put_changed, FALSE, NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
get_conversation_offline_push_user_ids (Call *call)
{
  g_auto (GStrv) users = call_list (call, "userIDs");

  out_begin (call->data, NULL, '{');
  out_list_begin (call->data, "userIDs");
  for (char **user = users; *user; user++)
    if (db_int (call->server->db, 0, "SELECT recv_opt FROM conversations WHERE owner = ? AND id = ?", "ss",
                *user, call_string (call, "conversationID")) == 0)
      out_string (call->data, NULL, *user);
  out_list_end (call->data);
  out_end (call->data, '}');
  return RESULT_OK;
}

/* ---- changing settings */

static const struct {
  const char *key;
  const char *compare; /* SQL */
  const char *update;
  char type;
} settings[] = {
#define SETTING(key, column, type)                                                                           \
  {                                                                                                          \
    key, "SELECT 1 FROM conversations WHERE owner = ? AND id = ? AND " column " = ?",                        \
        "UPDATE conversations SET " column " = ? WHERE owner = ? AND id = ?", type                           \
  }
  SETTING ("recvMsgOpt", "recv_opt", 'i'),
  SETTING ("isPinned", "pinned", 'b'),
  SETTING ("attachedInfo", "attached", 's'),
  SETTING ("ex", "ex", 's'),
  SETTING ("burnDuration", "burn", 'i'),
  SETTING ("groupAtType", "at_type", 'i'),
  SETTING ("msgDestructTime", "destruct_time", 'i'),
  SETTING ("isMsgDestruct", "destruct", 'b'),
#undef SETTING
};

/* TRUE when anything is another than before. */
static gboolean
apply_settings (Server *server, const char *owner, const char *id, JsonObject *wanted)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    const char *key = settings[i].key;
    gint64 number = settings[i].type == 'b' ? openim_json_bool (wanted, key) : openim_json_int (wanted, key);

    if (!json_object_has_member (wanted, key) || json_object_get_null_member (wanted, key))
      continue;
    if (settings[i].type == 's') {
      const char *text = openim_json_string (wanted, key);

      if (db_has (server->db, settings[i].compare, "sss", owner, id, text))
        continue;
      db_run (server->db, settings[i].update, "sss", text, owner, id);
    } else {
      if (db_has (server->db, settings[i].compare, "ssi", owner, id, number))
        continue;
      db_run (server->db, settings[i].update, "iss", number, owner, id);
    }
    changed = TRUE;
  }
  return changed;
}

static void
set_private (Server *server, const char *owner, const char *peer, const char *id, gboolean private)
{
  const char *both[] = { owner, peer };
  GString *detail = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    create (server, both[i], id, SESSION_SINGLE, both[1 - i], "");
    db_run (server->db, "UPDATE conversations SET private = ? WHERE owner = ? AND id = ?", "iss",
            (gint64) private, both[i], id);
    log_change (server, LOG_CONVERSATIONS, both[i], CHANGE_UPDATE, id);
  }
  out_begin (detail, NULL, '{');
  out_put (detail, "recvID", 's', peer, "sendID", 's', owner, "isPrivate", 'b', private, "conversationID",
           's', id, NULL);
  out_end (detail, '}');
  notify_user (server, PRIVATE_CHAT, owner, peer, detail);
}

static Result
set_conversations (Call *call)
{
  g_auto (GStrv) users = call_list (call, "userIDs");
  JsonObject *wanted = openim_json_object (call->body, "conversation");
  const char *id = openim_json_string (wanted, "conversationID");
  const char *peer = openim_json_string (wanted, "userID"), *group = openim_json_string (wanted, "groupID");
  gint64 type = openim_json_int (wanted, "conversationType");

  if (type == 0 || (type == SESSION_SINGLE && !*peer) || (type == SESSION_GROUP && !*group))
    return result (ARGS, "conversation is incomplete");
  for (char **user = users; *user; user++) {
    if (!allowed (call, *user))
      return REFUSED;
    if (type == SESSION_GROUP && group_status (call->server, group) == GROUP_DISMISSED)
      return result (DISMISSED, NULL);
  }
  for (char **user = users; *user; user++) {
    gboolean made = !conversation_exists (call->server, *user, id);

    if (type != SESSION_GROUP && json_object_has_member (wanted, "isPrivateChat") &&
        !json_object_get_null_member (wanted, "isPrivateChat"))
      set_private (call->server, *user, peer, id, openim_json_bool (wanted, "isPrivateChat"));
    create (call->server, *user, id, type, peer, group);
    if (apply_settings (call->server, *user, id, wanted) || made) {
      if (!made)
        log_change (call->server, LOG_CONVERSATIONS, *user, CHANGE_UPDATE, id);
      tell (call->server, *user, id);
    }
  }
  return RESULT_OK;
}

/* ---- routes of later servers */

static Result
delete_conversations (Call *call)
{
  const char *owner = call_string (call, "ownerUserID");
  g_auto (GStrv) ids = call_list (call, "conversationIDs");
  g_autoptr (GPtrArray) old = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  gint64 days = call_int (call, "needDeleteTime");

  if ((*ids != NULL) == (days > 0))
    return result (ARGS, "either conversationIDs or needDeleteTime");
  for (char **id = ids; *id; id++)
    g_ptr_array_add (old, g_strdup (*id));
  if (days > 0) {
    g_autoptr (DbRows) rows = db_query (call->server->db,
                                        "SELECT id FROM conversations LEFT JOIN seqs ON conversation = id "
                                        "WHERE owner = ? AND coalesce (time, 0) < ?",
                                        "si", owner, now_ms () - days * 24 * 3600 * 1000);

    while (db_next (rows))
      g_ptr_array_add (old, g_strdup (db_text (rows, 0)));
  }
  for (guint i = 0; i < old->len; i++)
    if (db_run (call->server->db, "DELETE FROM conversations WHERE owner = ? AND id = ?", "ss", owner,
                g_ptr_array_index (old, i)) > 0)
      log_change (call->server, LOG_CONVERSATIONS, owner, CHANGE_DELETE, g_ptr_array_index (old, i));
  return RESULT_OK;
}

/* The rows where this user is the peer. */
static Result
update_conversations_by_user (Call *call)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (DbRows) rows = NULL;

  if (!call_has (call, "ex"))
    return RESULT_OK;
  rows = db_query (call->server->db, "SELECT owner, id FROM conversations WHERE user = ?", "s",
                   call_string (call, "userID"));
  while (db_next (rows)) {
    g_ptr_array_add (pairs, g_strdup (db_text (rows, 0)));
    g_ptr_array_add (pairs, g_strdup (db_text (rows, 1)));
  }
  for (guint i = 0; i < pairs->len; i += 2) {
    const char *owner = g_ptr_array_index (pairs, i), *id = g_ptr_array_index (pairs, i + 1);

    db_run (call->server->db, "UPDATE conversations SET ex = ? WHERE owner = ? AND id = ?", "sss",
            call_string (call, "ex"), owner, id);
    log_change (call->server, LOG_CONVERSATIONS, owner, CHANGE_UPDATE, id);
  }
  return RESULT_OK;
}

const Route conversation_routes[] = {
  { "/conversation/get_all_conversations", get_all_conversations, NEEDS_TOKEN, "ownerUserID:s!" },
  { "/conversation/get_owner_conversation", get_owner_conversation, NEEDS_TOKEN, "userID:s pagination:o" },
  { "/conversation/get_conversation", get_conversation, NEEDS_TOKEN, "ownerUserID:s! conversationID:s!" },
  { "/conversation/get_conversations", get_conversations, NEEDS_TOKEN, "ownerUserID:s! conversationIDs:S!" },
  { "/conversation/get_pinned_conversation_ids", get_pinned_conversation_ids, NEEDS_TOKEN, "userID:s" },
  { "/conversation/get_not_notify_conversation_ids", get_not_notify_conversation_ids, NEEDS_TOKEN,
    "userID:s" },
  { "/conversation/get_full_conversation_ids", get_full_conversation_ids, NEEDS_TOKEN, "userID:s idHash:i" },
  { "/conversation/get_incremental_conversations", get_incremental_conversations, NEEDS_TOKEN,
    "userID:s version:i versionID:s" },
  { "/conversation/get_conversation_offline_push_user_ids", get_conversation_offline_push_user_ids,
    NEEDS_TOKEN, "conversationID:s! userIDs:S" },
  { "/conversation/set_conversations", set_conversations, NEEDS_TOKEN, "userIDs:S! conversation:o!" },
  { "/conversation/delete_conversations", delete_conversations, NEEDS_TOKEN,
    "ownerUserID:s@ conversationIDs:S needDeleteTime:i", .later = TRUE },
  { "/conversation/update_conversations_by_user", update_conversations_by_user, NEEDS_TOKEN, "userID:s@ ex:s",
    .later = TRUE },
  { NULL },
};
