/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about friends. */

#include "base/log.h"
#include "sdk/change.h"
#include "sdk/handlers.h"
#include "sync/readers.h"

#include "relation.pb-c.h"

static gboolean
read_all (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Relation__GetFriendsReq *request = openim_call_get_request (call);
  Openim__Sdk__Relation__GetFriendsResp *result = response;
  GPtrArray *rows = openim_friends_list (db, request->filterblack, 0, 0, error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_friends, (gpointer **) &result->friends, rows);
  return TRUE;
}

void
openim_friend_get_all (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_all, NULL);
}

static gboolean
read_page (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Relation__GetFriendsPageReq *request = openim_call_get_request (call);
  Openim__Sdk__Relation__GetFriendsPageResp *result = response;
  const gint64 *page = openim_call_get_state (call);
  GPtrArray *rows = openim_friends_list (db, request->filterblack, page[0], page[1], error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_friends, (gpointer **) &result->friends, rows);
  return TRUE;
}

void
openim_friend_get_page (OpenimCall *call)
{
  const Openim__Sdk__Relation__GetFriendsPageReq *request = openim_call_get_request (call);
  gint64 page[2];

  if (!openim_call_get_page (call, request->pagination, &page[0], &page[1]))
    return;

  openim_call_set_state (call, g_memdup2 (page, sizeof page), g_free);
  openim_call_run (call, OPENIM_STORE_READ, read_page, NULL);
}

/* ---- GetSpecifiedFriends */

typedef struct {
  GHashTable *known;  /* user ID → OpenimFriend */
  GHashTable *blacks; /* user IDs that are to be left out */
} Specified;

static void
specified_free (gpointer data)
{
  Specified *specified = data;

  g_hash_table_unref (specified->known);
  g_hash_table_unref (specified->blacks);
  g_free (specified);
}

static gboolean
read_specified (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Relation__GetSpecifiedFriendsReq *request = openim_call_get_request (call);
  Specified *specified = openim_call_get_state (call);

  for (size_t i = 0; i < request->n_frienduserids; i++) {
    const char *id = request->frienduserids[i];
    g_autoptr (GError) trouble = NULL;
    OpenimFriend *person = openim_rows_get (db, &openim_table_friends, NULL, id, &trouble);
    g_autoptr (OpenimBlack) black = NULL;

    if (person != NULL)
      g_hash_table_replace (specified->known, g_strdup (id), person);
    if (trouble == NULL && request->filterblack)
      black = openim_rows_get (db, &openim_table_blacks, NULL, id, &trouble);
    if (black != NULL)
      g_hash_table_add (specified->blacks, g_strdup (id));
    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
  }
  return TRUE;
}

static void
answer_specified (OpenimCall *call)
{
  const Openim__Sdk__Relation__GetSpecifiedFriendsReq *request = openim_call_get_request (call);
  Specified *specified = openim_call_get_state (call);
  Openim__Sdk__Relation__GetSpecifiedFriendsResp *response =
      openim_pb_new (&openim__sdk__relation__get_specified_friends_resp__descriptor);

  for (size_t i = 0; i < request->n_frienduserids; i++) {
    const char *id = request->frienduserids[i];
    const OpenimFriend *person = g_hash_table_lookup (specified->known, id);

    if (person != NULL && !g_hash_table_contains (specified->blacks, id))
      openim_pb_append (&response->n_friends, &response->friends, openim_pb_copy (person));
  }
  openim_call_answer (call, response);
}

static void
on_friends_updated (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!openim_sync_list_finish (OPENIM_SYNC (source), result, &error))
    openim_log ("openim-sdk", OPENIM_LOG_WARNING, "friends: %s", error->message);
  answer_specified (user_data);
}

static void
on_friends_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  Specified *specified = openim_call_get_state (call);
  guint known = g_hash_table_size (specified->known);
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);
  JsonArray *array;

  if (data == NULL) {
    openim_call_take_error (call, error);
    return;
  }

  array = openim_json_array (data, "friendsInfo");
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (node)) {
      OpenimFriend *person = openim_read_friend (json_node_get_object (node), NULL);

      g_hash_table_replace (specified->known, g_strdup (person->frienduserid), person);
    }
  }

  /* Who is a friend there and not here is news, and told as such. */
  if (g_hash_table_size (specified->known) > known)
    openim_sync_list_async (openim_call_get_resources (call)->sync, OPENIM_LIST_FRIENDS, NULL,
                            openim_call_get_cancellable (call), on_friends_updated, call);
  else
    answer_specified (call);
}

static void
on_specified_read (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__Relation__GetSpecifiedFriendsReq *request = openim_call_get_request (call);
  Specified *specified = openim_call_get_state (call);
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  openim_pb_free (response);
  for (size_t i = 0; i < request->n_frienduserids; i++) {
    char *id = request->frienduserids[i];

    if (!g_hash_table_contains (specified->known, id) && g_hash_table_add (seen, id))
      g_ptr_array_add (missing, id);
  }
  if (missing->len == 0) {
    answer_specified (call);
    return;
  }

  g_ptr_array_add (missing, NULL);
  openim_api_call_async (openim_call_get_resources (call)->api, "/friend/get_designated_friends",
                         openim_json_build ("ownerUserID", 's', openim_call_get_user_id (call),
                                            "friendUserIDs", 'S', missing->pdata, NULL),
                         openim_call_get_cancellable (call), on_friends_fetched, call);
}

void
openim_friend_get_many (OpenimCall *call)
{
  const Openim__Sdk__Relation__GetSpecifiedFriendsReq *request = openim_call_get_request (call);
  Specified *specified;

  if (request->n_frienduserids == 0) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "GetSpecifiedFriends needs user IDs.");
    return;
  }

  specified = g_new (Specified, 1);
  specified->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free);
  specified->blacks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  openim_call_set_state (call, specified, specified_free);
  openim_call_run (call, OPENIM_STORE_READ, read_specified, on_specified_read);
}

/* ---- CheckFriend and SearchFriends */

/* A friend whom one has blocked does not count as one. */
static gboolean
check (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Relation__CheckFriendReq *request = openim_call_get_request (call);
  Openim__Sdk__Relation__CheckFriendResp *result = response;

  for (size_t i = 0; i < request->n_frienduserids; i++) {
    const char *id = request->frienduserids[i];
    Openim__Sdk__Relation__CheckFriendInfo *info;
    g_autoptr (GError) trouble = NULL;
    g_autoptr (OpenimFriend) person = openim_rows_get (db, &openim_table_friends, NULL, id, &trouble);
    g_autoptr (OpenimBlack) black = NULL;

    if (trouble == NULL)
      black = openim_rows_get (db, &openim_table_blacks, NULL, id, &trouble);
    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }

    info = openim_pb_new (&openim__sdk__relation__check_friend_info__descriptor);
    openim_pb_set (&info->userid, id);
    info->result = person != NULL && black == NULL ? OPENIM__SDK__RELATION__CHECK_FRIEND_RESULT__IsFriend
                                                   : OPENIM__SDK__RELATION__CHECK_FRIEND_RESULT__NotFriend;
    openim_pb_append (&result->n_result, &result->result, info);
  }
  return TRUE;
}

void
openim_friend_check (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, check, NULL);
}

static gboolean
search (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Relation__SearchFriendsReq *request = openim_call_get_request (call);
  Openim__Sdk__Relation__SearchFriendsResp *result = response;
  g_autoptr (GPtrArray) rows = openim_friends_search (db, request->keyword, request->searchuserid,
                                                      request->searchnickname, request->searchremark, error);

  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++) {
    const OpenimFriend *person = rows->pdata[i];
    Openim__Sdk__Relation__SearchFriendsInfo *info;
    g_autoptr (GError) trouble = NULL;
    g_autoptr (OpenimBlack) black =
        openim_rows_get (db, &openim_table_blacks, NULL, person->frienduserid, &trouble);

    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
    info = openim_pb_new (&openim__sdk__relation__search_friends_info__descriptor);
    info->friend_ = openim_pb_copy (person);
    info->relationship = black != NULL ? OPENIM__SDK__RELATION__RELATIONSHIP__Black
                                       : OPENIM__SDK__RELATION__RELATIONSHIP__Friend;
    openim_pb_append (&result->n_friends, &result->friends, info);
  }
  return TRUE;
}

void
openim_friend_search (OpenimCall *call)
{
  const Openim__Sdk__Relation__SearchFriendsReq *request = openim_call_get_request (call);

  if (!request->searchuserid && !request->searchnickname && !request->searchremark)
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is no field to search.");
  else
    openim_call_run (call, OPENIM_STORE_READ, search, NULL);
}

/* ---- changes */

void
openim_friend_delete (OpenimCall *call)
{
  const Openim__Sdk__Relation__DeleteFriendReq *request = openim_call_get_request (call);

  openim_change (call, "/friend/delete_friend",
                 openim_json_build ("ownerUserID", 's', openim_call_get_user_id (call), "friendUserID", 's',
                                    request->userid, NULL),
                 OPENIM_LIST_FRIENDS, NULL);
}

/* Only what is given changes; an empty remark takes it away. */
void
openim_friend_update (OpenimCall *call)
{
  static const OpenimJsonName names[] = {
    { "isPinned", "pinned" },
    { "remark", "Remark" },
    { NULL },
  };
  const Openim__Sdk__Relation__UpdatesFriendsReq *request = openim_call_get_request (call);
  const char *ids[] = { request->userid, NULL };
  JsonObject *body = openim_json_from_message (request, names, TRUE);
  g_autoptr (JsonObject) who = openim_json_build ("friendUserIDs", 'S', ids, NULL);

  json_object_remove_member (body, "userID");
  json_object_set_string_member (body, "ownerUserID", openim_call_get_user_id (call));
  json_object_set_member (body, "friendUserIDs", json_object_dup_member (who, "friendUserIDs"));
  openim_change (call, "/friend/update_friends", body, OPENIM_LIST_FRIENDS, NULL);
}
