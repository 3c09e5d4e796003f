/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about friends. */

#include "sdk/handlers.h"

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
