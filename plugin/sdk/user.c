/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about users: oneself, others, and who is online. */

#include "sdk/change.h"
#include "sdk/handlers.h"
#include "sdk/lookup.h"

#include "user.pb-c.h"

/* ---- GetSelfUserInfo */

static gboolean
read_self (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__User__GetSelfUserInfoResp *result = response;
  g_autoptr (GError) trouble = NULL;

  result->user = openim_rows_get (db, &openim_table_users, NULL, openim_call_get_user_id (call), &trouble);
  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }
  return TRUE;
}

static void
on_self_fetched (OpenimCall *call, GPtrArray *users, GError *error)
{
  if (error != NULL) {
    openim_call_take_error (call, error);
  } else if (users->len == 0) {
    openim_call_fail (call, OPENIM_ERROR_USER_NOT_FOUND, "The server does not know this user.");
  } else {
    Openim__Sdk__User__GetSelfUserInfoResp *response =
        openim_pb_new (&openim__sdk__user__get_self_user_info_resp__descriptor);

    response->user = openim_pb_copy (users->pdata[0]);
    openim_call_answer (call, response);
  }
}

static void
on_self_read (OpenimCall *call, gpointer response)
{
  Openim__Sdk__User__GetSelfUserInfoResp *result = response;
  const char *ids[] = { openim_call_get_user_id (call), NULL };

  if (result->user != NULL) {
    openim_call_answer (call, response);
    return;
  }

  openim_pb_free (response);
  openim_lookup_users (call, ids, on_self_fetched);
}

void
openim_user_get_self (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_self, on_self_read);
}

/* ---- SetSelfInfo: only what is given changes */

void
openim_user_set_self (OpenimCall *call)
{
  JsonObject *info = openim_json_from_message (openim_call_get_request (call), NULL, TRUE);

  json_object_set_string_member (info, "userID", openim_call_get_user_id (call));
  openim_change (call, "/user/update_user_info_ex", openim_json_build ("userInfo", 'o', info, NULL),
                 OPENIM_LIST_SELF, NULL);
}

/* ---- GetUsersInfo: the state is a table of what is known, user ID → OpenimUser */

static gboolean
read_users (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__User__GetUsersInfoReq *request = openim_call_get_request (call);
  GHashTable *known = openim_call_get_state (call);

  for (size_t i = 0; i < request->n_userids; i++) {
    g_autoptr (GError) trouble = NULL;
    OpenimUser *user = openim_rows_get (db, &openim_table_users, NULL, request->userids[i], &trouble);

    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
    if (user != NULL)
      g_hash_table_insert (known, g_strdup (user->userid), user);
  }
  return TRUE;
}

/* (transfer full) what is known, in the order of the request. */
static gpointer
known_users (OpenimCall *call)
{
  const Openim__Sdk__User__GetUsersInfoReq *request = openim_call_get_request (call);
  GHashTable *known = openim_call_get_state (call);
  Openim__Sdk__User__GetUsersInfoResp *response =
      openim_pb_new (&openim__sdk__user__get_users_info_resp__descriptor);

  for (size_t i = 0; i < request->n_userids; i++) {
    const OpenimUser *user = g_hash_table_lookup (known, request->userids[i]);

    if (user != NULL)
      openim_pb_append (&response->n_users, &response->users, openim_pb_copy (user));
  }
  return response;
}

static void
on_users_fetched (OpenimCall *call, GPtrArray *users, GError *error)
{
  GHashTable *known = openim_call_get_state (call);

  if (error != NULL) {
    openim_call_take_error (call, error);
    return;
  }

  for (guint i = 0; i < users->len; i++) {
    const OpenimUser *user = users->pdata[i];

    g_hash_table_insert (known, g_strdup (user->userid), openim_pb_copy (user));
  }
  openim_call_answer_after_events (call, known_users (call));
}

static void
on_users_read (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__User__GetUsersInfoReq *request = openim_call_get_request (call);
  GHashTable *known = openim_call_get_state (call);
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  openim_pb_free (response);
  for (size_t i = 0; i < request->n_userids; i++) {
    if (!g_hash_table_contains (known, request->userids[i]) && g_hash_table_add (seen, request->userids[i]))
      g_ptr_array_add (missing, request->userids[i]);
  }
  if (missing->len == 0) {
    openim_call_answer (call, known_users (call));
    return;
  }

  g_ptr_array_add (missing, NULL);
  openim_lookup_users (call, (const char *const *) missing->pdata, on_users_fetched);
}

void
openim_user_get_many (OpenimCall *call)
{
  const Openim__Sdk__User__GetUsersInfoReq *request = openim_call_get_request (call);

  if (request->n_userids == 0) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "GetUsersInfo needs user IDs.");
    return;
  }

  openim_call_set_state (call, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free),
                         (GDestroyNotify) g_hash_table_unref);
  openim_call_run (call, OPENIM_STORE_READ, read_users, on_users_read);
}

/* ---- who is online */

/* (transfer full) NULL-terminated. */
static GStrv
copy_ids (char *const *ids, size_t n)
{
  GStrv copy = g_new0 (char *, n + 1);

  for (size_t i = 0; i < n; i++)
    copy[i] = g_strdup (ids[i]);
  return copy;
}

static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  const Openim__Sdk__Internal__SubscribeUsersOnlineStatusReq *request = openim_call_get_request (call);
  Openim__Sdk__Internal__SubscribeUsersOnlineStatusResp *response;
  g_autoptr (GHashTable) states = NULL;
  GError *error = NULL;

  states = openim_sync_subscribe_finish (OPENIM_SYNC (source), result, &error);
  if (states == NULL) {
    openim_call_take_error (call, error);
    return;
  }

  response = openim_pb_new (&openim__sdk__internal__subscribe_users_online_status_resp__descriptor);
  for (size_t i = 0; i < request->n_userids; i++) {
    const GArray *platforms = g_hash_table_lookup (states, request->userids[i]);
    Openim__Sdk__Internal__UserOnlinePlatform *status =
        openim_pb_new (&openim__sdk__internal__user_online_platform__descriptor);

    openim_pb_set (&status->userid, request->userids[i]);
    if (platforms != NULL && platforms->len > 0) {
      status->platforms = g_new (Openim__Sdk__Common__Platform, platforms->len);
      for (guint j = 0; j < platforms->len; j++)
        status->platforms[status->n_platforms++] = g_array_index (platforms, int, j);
    }
    openim_pb_append (&response->n_status, &response->status, status);
  }
  openim_call_answer (call, response);
}

void
openim_user_subscribe (OpenimCall *call)
{
  const Openim__Sdk__Internal__SubscribeUsersOnlineStatusReq *request = openim_call_get_request (call);
  g_auto (GStrv) ids = copy_ids (request->userids, request->n_userids);

  if (request->n_userids == 0)
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is nobody to watch.");
  else
    openim_sync_subscribe_async (openim_call_get_resources (call)->sync, (const char *const *) ids,
                                 openim_call_get_cancellable (call), on_subscribed, call);
}

static void
on_unsubscribed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;

  if (openim_sync_unsubscribe_finish (OPENIM_SYNC (source), result, &error))
    openim_call_answer (call, NULL);
  else
    openim_call_take_error (call, error);
}

void
openim_user_unsubscribe (OpenimCall *call)
{
  const Openim__Sdk__Internal__UnsubscribeUsersOnlineStatusReq *request = openim_call_get_request (call);
  g_auto (GStrv) ids = copy_ids (request->userids, request->n_userids);

  if (request->n_userids == 0)
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is nobody to watch.");
  else
    openim_sync_unsubscribe_async (openim_call_get_resources (call)->sync, (const char *const *) ids,
                                   openim_call_get_cancellable (call), on_unsubscribed, call);
}
