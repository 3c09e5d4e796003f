/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about conversations. */

#include "sdk/handlers.h"

#include "conversation.pb-c.h"

#include "base/id.h"
#include "sdk/convert.h"
#include "sdk/lookup.h"
#include "sdk/sdk.h"

#define AT_ALL_TAG "AtAllTag"

/* ---- lists */

static gboolean
list (OpenimDb *db,
      OpenimCall *call,
      gint64 offset,
      gint64 count,
      size_t *n,
      OpenimConversation ***conversations,
      GError **error)
{
  g_autoptr (GPtrArray) rows = openim_conversations_list (db, offset, count, error);

  if (rows == NULL)
    return FALSE;

  openim_convert_conversations (rows, openim_call_get_user_id (call), n, conversations);
  return TRUE;
}

static gboolean
read_all (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__Conversation__GetAllConversationListResp *result = response;

  return list (db, call, 0, 0, &result->n_conversationlist, &result->conversationlist, error);
}

void
openim_conversation_get_all (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_all, NULL);
}

static gboolean
read_list (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__GetConversationListReq *request = openim_call_get_request (call);
  Openim__Sdk__Conversation__GetConversationListResp *result = response;

  return list (db, call, request->offset, request->count, &result->n_conversationlist,
               &result->conversationlist, error);
}

void
openim_conversation_get_list (OpenimCall *call)
{
  const Openim__Sdk__Conversation__GetConversationListReq *request = openim_call_get_request (call);

  if (request->offset < 0 || request->count < 0)
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "Offset and count are not negative.");
  else
    openim_call_run (call, OPENIM_STORE_READ, read_list, NULL);
}

static gboolean
read_split (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__GetConversationListSplitReq *request = openim_call_get_request (call);
  Openim__Sdk__Conversation__GetConversationListSplitResp *result = response;

  return list (db, call, request->offset, request->count, &result->n_conversationlist,
               &result->conversationlist, error);
}

void
openim_conversation_get_split (OpenimCall *call)
{
  const Openim__Sdk__Conversation__GetConversationListSplitReq *request = openim_call_get_request (call);

  if (request->offset < 0 || request->count <= 0)
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "An offset is not negative and a count positive.");
  else
    openim_call_run (call, OPENIM_STORE_READ, read_split, NULL);
}

static gboolean
read_multiple (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__GetMultipleConversationReq *request = openim_call_get_request (call);
  Openim__Sdk__Conversation__GetMultipleConversationResp *result = response;

  for (size_t i = 0; i < request->n_conversationidlist; i++) {
    g_autoptr (GError) trouble = NULL;
    g_autoptr (OpenimConversationRow) row =
        openim_conversations_get (db, request->conversationidlist[i], &trouble);

    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
    if (row != NULL)
      openim_pb_append (&result->n_conversationlist, &result->conversationlist,
                        openim_convert_conversation (row, openim_call_get_user_id (call)));
  }
  return TRUE;
}

void
openim_conversation_get_multiple (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_multiple, NULL);
}

static gboolean
read_total (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__Conversation__GetTotalUnreadMsgCountResp *result = response;
  gint64 total = openim_conversations_total_unread (db, error);

  result->totalunreadcount = CLAMP (total, 0, G_MAXINT32);
  return total >= 0;
}

void
openim_conversation_get_total_unread (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_total, NULL);
}

/* ---- one */

/* (transfer full) NULL with OPENIM_ERROR_NOT_FOUND when it is not there. */
static OpenimConversationRow *
get_row (OpenimDb *db, const char *conversation_id, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  OpenimConversationRow *row = openim_conversations_get (db, conversation_id, &trouble);

  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  else if (row == NULL)
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND, "There is no such conversation.");

  return row;
}

static gboolean
read_one (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__GetConversationReq *request = openim_call_get_request (call);
  Openim__Sdk__Conversation__GetConversationResp *result = response;
  g_autoptr (OpenimConversationRow) row = get_row (db, request->conversationid, error);

  if (row != NULL)
    result->conversation = openim_convert_conversation (row, openim_call_get_user_id (call));
  return row != NULL;
}

void
openim_conversation_get (OpenimCall *call)
{
  const Openim__Sdk__Conversation__GetConversationReq *request = openim_call_get_request (call);

  if (*request->conversationid == '\0')
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "GetConversation needs an ID.");
  else
    openim_call_run (call, OPENIM_STORE_READ, read_one, NULL);
}

void
openim_conversation_get_id (OpenimCall *call)
{
  const Openim__Sdk__Conversation__GetConversationIDBySessionTypeReq *request =
      openim_call_get_request (call);
  Openim__Sdk__Conversation__GetConversationIDBySessionTypeResp *response =
      openim_pb_new (&openim__sdk__conversation__get_conversation_idby_session_type_resp__descriptor);

  openim_pb_take (
      &response->conversationid,
      openim_id_conversation (request->sessiontype, openim_call_get_user_id (call), request->sourceid));
  openim_call_answer (call, response);
}

void
openim_conversation_get_at_all_tag (OpenimCall *call)
{
  Openim__Sdk__Conversation__GetAtAllTagResp *response =
      openim_pb_new (&openim__sdk__conversation__get_at_all_tag_resp__descriptor);

  openim_pb_set (&response->tag, AT_ALL_TAG);
  openim_call_answer (call, response);
}

/* ---- GetOneConversation: found, or made; names come from friends, users and groups, or from the server */

typedef struct {
  char *conversation_id;
  char *user_id;      /* NULL for a group */
  char *group_id;     /* NULL for a person */
  gboolean known;     /* there is a name for the other side */
  OpenimGroup *group; /* (nullable) one that we are not in: known to the server only */
} One;

static void
one_free (gpointer data)
{
  One *one = data;

  g_free (one->conversation_id);
  g_free (one->user_id);
  g_free (one->group_id);
  openim_pb_free (one->group);
  g_free (one);
}

static gboolean
find_one (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__Conversation__GetOneConversationResp *result = response;
  One *one = openim_call_get_state (call);
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, one->conversation_id, &trouble);
  gpointer other = NULL;

  if (row != NULL) {
    result->conversation = openim_convert_conversation (row, openim_call_get_user_id (call));
    return TRUE;
  }

  if (trouble == NULL && one->group_id != NULL)
    other = openim_rows_get (db, &openim_table_groups, NULL, one->group_id, &trouble);
  else if (trouble == NULL)
    other = openim_rows_get (db, &openim_table_friends, NULL, one->user_id, &trouble);
  if (trouble == NULL && other == NULL && one->user_id != NULL)
    other = openim_rows_get (db, &openim_table_users, NULL, one->user_id, &trouble);
  one->known = other != NULL;
  openim_pb_free (other);

  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }
  return TRUE;
}

static gboolean
make_one (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__GetOneConversationReq *request = openim_call_get_request (call);
  Openim__Sdk__Conversation__GetOneConversationResp *result = response;
  One *one = openim_call_get_state (call);
  g_autoptr (OpenimConversationRow) row = NULL;

  if (!openim_conversations_ensure (db, one->conversation_id, request->sessiontype,
                                    one->user_id == NULL ? "" : one->user_id,
                                    one->group_id == NULL ? "" : one->group_id, NULL, error))
    return FALSE;

  row = get_row (db, one->conversation_id, error);
  if (row == NULL)
    return FALSE;

  result->conversation = openim_convert_conversation (row, openim_call_get_user_id (call));
  if (one->group != NULL) {
    openim_pb_set (&result->conversation->showname, one->group->groupname);
    openim_pb_set (&result->conversation->faceurl, one->group->faceurl);
  }
  return TRUE;
}

static void
on_group (OpenimCall *call, GPtrArray *groups, GError *error)
{
  One *one = openim_call_get_state (call);

  if (error != NULL) {
    openim_call_take_error (call, error);
    return;
  }
  if (groups->len == 0) {
    openim_call_fail (call, OPENIM_ERROR_GROUP_NOT_FOUND, "There is no such group.");
    return;
  }

  one->group = openim_pb_copy (groups->pdata[0]);
  openim_call_run (call, OPENIM_STORE_WRITE, make_one, NULL);
}

static void
on_user (OpenimCall *call, GPtrArray *users, GError *error)
{
  if (error != NULL)
    openim_call_take_error (call, error);
  else if (users->len == 0)
    openim_call_fail (call, OPENIM_ERROR_USER_NOT_FOUND, "There is no such user.");
  else
    openim_call_run (call, OPENIM_STORE_WRITE, make_one, NULL);
}

static void
on_one_looked_for (OpenimCall *call, gpointer response)
{
  Openim__Sdk__Conversation__GetOneConversationResp *result = response;
  One *one = openim_call_get_state (call);
  const char *ids[] = { one->group_id != NULL ? one->group_id : one->user_id, NULL };

  if (result->conversation != NULL) {
    openim_call_answer (call, response);
    return;
  }

  openim_pb_free (response);
  if (one->known)
    openim_call_run (call, OPENIM_STORE_WRITE, make_one, NULL);
  else if (one->group_id != NULL)
    openim_lookup_groups (call, ids, on_group);
  else
    openim_lookup_users (call, ids, on_user);
}

void
openim_conversation_get_one (OpenimCall *call)
{
  const Openim__Sdk__Conversation__GetOneConversationReq *request = openim_call_get_request (call);
  One *one;

  if (request->sessiontype != OPENIM_SESSION_SINGLE && request->sessiontype != OPENIM_SESSION_GROUP &&
      request->sessiontype != OPENIM_SESSION_NOTIFICATION) {
    openim_call_fail (call, OPENIM_ERROR_NOT_SUPPORT_TYPE, "There are no conversations of type %d.",
                      request->sessiontype);
    return;
  }
  if (*request->sourceid == '\0') {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "GetOneConversation needs a user or group.");
    return;
  }

  one = g_new0 (One, 1);
  one->conversation_id =
      openim_id_conversation (request->sessiontype, openim_call_get_user_id (call), request->sourceid);
  if (request->sessiontype == OPENIM_SESSION_GROUP)
    one->group_id = g_strdup (request->sourceid);
  else
    one->user_id = g_strdup (request->sourceid);
  openim_call_set_state (call, one, one_free);
  openim_call_run (call, OPENIM_STORE_READ, find_one, on_one_looked_for);
}

/* ---- MarkConversationMessageAsRead */

typedef struct {
  gboolean needed;
  gboolean is_single;
  gint64 has_read_seq;
  GArray *seqs; /* (nullable) of a single chat */
} Mark;

static void
mark_free (gpointer data)
{
  Mark *mark = data;

  g_clear_pointer (&mark->seqs, g_array_unref);
  g_free (mark);
}

/* Own messages raise the own mark at the server, so what the peer has written can be unread for the peer
 * although nothing counts as unread here: in a single chat the rows decide, not the count. */
static gboolean
look_at_marks (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__MarkConversationMessageAsReadReq *request = openim_call_get_request (call);
  Mark *mark = openim_call_get_state (call);
  g_autoptr (OpenimConversationRow) row = get_row (db, request->conversationid, error);
  gint64 max_stored;

  if (row == NULL)
    return FALSE;
  max_stored = openim_messages_max_seq (db, request->conversationid, error);
  if (max_stored < 0)
    return FALSE;

  mark->is_single = row->info->conversationtype == OPENIM__SDK__COMMON__SESSION_TYPE__Single;
  mark->has_read_seq = MAX (MAX (row->max_seq, max_stored), row->has_read_seq);
  if (mark->is_single) {
    mark->seqs = openim_messages_unread_seqs (db, request->conversationid, openim_call_get_user_id (call),
                                              mark->has_read_seq, error);
    if (mark->seqs == NULL)
      return FALSE;
  }
  mark->needed =
      mark->has_read_seq > 0 && (row->info->unreadcount > 0 || (mark->seqs != NULL && mark->seqs->len > 0));

  return TRUE;
}

static gboolean
set_marks (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__MarkConversationMessageAsReadReq *request = openim_call_get_request (call);
  const char *self_id = openim_call_get_user_id (call);
  Mark *mark = openim_call_get_state (call);

  return openim_conversations_set_seqs (db, request->conversationid, -1, mark->has_read_seq, NULL, error) &&
         openim_messages_mark_read_up_to (db, request->conversationid, self_id, mark->has_read_seq, error);
}

static void
on_marks_set (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__Conversation__MarkConversationMessageAsReadReq *request = openim_call_get_request (call);
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (ids, g_strdup (request->conversationid));
  openim_sync_conversations_changed (openim_call_get_resources (call)->sync, ids);
  openim_call_answer_after_events (call, response);
}

static void
on_server_marked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data == NULL)
    openim_call_take_error (call, error);
  else
    openim_call_run (call, OPENIM_STORE_WRITE, set_marks, on_marks_set);
}

static void
on_marks_looked_at (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__Conversation__MarkConversationMessageAsReadReq *request = openim_call_get_request (call);
  OpenimResources *resources = openim_call_get_resources (call);
  Mark *mark = openim_call_get_state (call);
  JsonArray *seqs = NULL;

  if (!mark->needed) {
    openim_call_answer (call, response);
    return;
  }
  openim_pb_free (response);

  if (mark->is_single && mark->seqs->len > 0) {
    seqs = json_array_new ();
    for (guint i = 0; i < mark->seqs->len; i++)
      json_array_add_int_element (seqs, g_array_index (mark->seqs, gint64, i));
  }
  openim_api_call_async (resources->api, "/msg/mark_conversation_as_read",
                         openim_json_build ("conversationID", 's', request->conversationid, "userID", 's',
                                            resources->user_id, "hasReadSeq", 'i', mark->has_read_seq, "seqs",
                                            'a', seqs, NULL),
                         openim_call_get_cancellable (call), on_server_marked, call);
}

void
openim_conversation_mark_read (OpenimCall *call)
{
  const Openim__Sdk__Conversation__MarkConversationMessageAsReadReq *request = openim_call_get_request (call);

  if (*request->conversationid == '\0') {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is no conversation without an ID.");
    return;
  }

  openim_call_set_state (call, g_new0 (Mark, 1), mark_free);
  openim_call_run (call, OPENIM_STORE_READ, look_at_marks, on_marks_looked_at);
}
