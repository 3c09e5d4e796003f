/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about conversations. */

#include "sdk/handlers.h"

#include "conversation.pb-c.h"

#include "base/clock.h"
#include "base/id.h"
#include "sdk/convert.h"
#include "sdk/lookup.h"
#include "sdk/sdk.h"
#include "store/deletions.h"

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

static gboolean
read_one (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__GetConversationReq *request = openim_call_get_request (call);
  Openim__Sdk__Conversation__GetConversationResp *result = response;
  g_autoptr (OpenimConversationRow) row = openim_lookup_conversation (db, request->conversationid, error);

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

  row = openim_lookup_conversation (db, one->conversation_id, error);
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

/* ---- SearchConversation */

static gboolean
search (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__SearchConversationReq *request = openim_call_get_request (call);
  Openim__Sdk__Conversation__SearchConversationResp *result = response;
  g_autoptr (GPtrArray) rows = openim_conversations_search (db, request->searchparam, error);

  if (rows == NULL)
    return FALSE;

  openim_convert_conversations (rows, openim_call_get_user_id (call), &result->n_conversationlist,
                                &result->conversationlist);
  return TRUE;
}

void
openim_conversation_search (OpenimCall *call)
{
  const Openim__Sdk__Conversation__SearchConversationReq *request = openim_call_get_request (call);

  if (*request->searchparam == '\0')
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is nothing to search for.");
  else
    openim_call_run (call, OPENIM_STORE_READ, search, NULL);
}

/* ---- hiding and drafts: known here only */

static gboolean
hide (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__HideConversationReq *request = openim_call_get_request (call);
  g_autoptr (OpenimConversationRow) row = openim_lookup_conversation (db, request->conversationid, error);

  return row != NULL && openim_conversations_hide (db, request->conversationid, error);
}

void
openim_conversation_hide (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_WRITE, hide, NULL);
}

static gboolean
hide_all (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  return openim_conversations_hide (db, NULL, error);
}

void
openim_conversation_hide_all (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_WRITE, hide_all, NULL);
}

static gboolean
set_draft (OpenimDb *db, OpenimCall *call, OpenimEffects *effects, gpointer response, GError **error)
{
  const Openim__Sdk__Conversation__SetConversationDraftReq *request = openim_call_get_request (call);
  g_autoptr (OpenimConversationRow) row = openim_lookup_conversation (db, request->conversationid, error);
  gboolean changed;

  if (row == NULL || !openim_conversations_set_draft (db, request->conversationid, request->drafttext,
                                                      openim_clock_now (), &changed, error))
    return FALSE;
  if (changed)
    openim_effects_touch (effects, request->conversationid, OPENIM_TOUCH_CHANGED);
  return TRUE;
}

void
openim_conversation_set_draft (OpenimCall *call)
{
  openim_call_change (call, set_draft, NULL);
}
