/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about groups. */

#include "sdk/handlers.h"

#include "group.pb-c.h"

#include "sdk/lookup.h"

/* ---- the groups one is in */

static gboolean
read_joined (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__Group__GetJoinedGroupsResp *result = response;
  GPtrArray *rows = openim_groups_list (db, 0, 0, error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_groups, (gpointer **) &result->groups, rows);
  return TRUE;
}

void
openim_group_get_joined (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_joined, NULL);
}

static gboolean
read_joined_page (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Openim__Sdk__Group__GetJoinedGroupsPageResp *result = response;
  const gint64 *page = openim_call_get_state (call);
  GPtrArray *rows = openim_groups_list (db, page[0], page[1], error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_groups, (gpointer **) &result->groups, rows);
  return TRUE;
}

void
openim_group_get_joined_page (OpenimCall *call)
{
  const Openim__Sdk__Group__GetJoinedGroupsPageReq *request = openim_call_get_request (call);
  gint64 page[2];

  if (!openim_call_get_page (call, request->pagination, &page[0], &page[1]))
    return;

  openim_call_set_state (call, g_memdup2 (page, sizeof page), g_free);
  openim_call_run (call, OPENIM_STORE_READ, read_joined_page, NULL);
}

static gboolean
read_is_joined (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__IsJoinGroupReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__IsJoinGroupResp *result = response;
  gboolean self = *request->userid == '\0' || g_str_equal (request->userid, openim_call_get_user_id (call));
  g_autoptr (GError) trouble = NULL;
  gpointer row =
      self ? openim_rows_get (db, &openim_table_groups, NULL, request->groupid, &trouble)
           : openim_rows_get (db, &openim_table_members, request->groupid, request->userid, &trouble);

  result->joined = row != NULL;
  openim_pb_free (row);
  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));

  return result->joined || error == NULL || *error == NULL;
}

void
openim_group_is_joined (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_is_joined, NULL);
}

static gboolean
search (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__SearchGroupsReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__SearchGroupsResp *result = response;
  GPtrArray *rows =
      openim_groups_search (db, request->keyword, request->searchgroupid, request->searchgroupname, error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_groups, (gpointer **) &result->groups, rows);
  return TRUE;
}

void
openim_group_search (OpenimCall *call)
{
  const Openim__Sdk__Group__SearchGroupsReq *request = openim_call_get_request (call);

  if (*request->keyword == '\0' || (!request->searchgroupid && !request->searchgroupname)) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "A search needs a keyword and a field to search.");
    return;
  }
  openim_call_run (call, OPENIM_STORE_READ, search, NULL);
}

/* ---- GetSpecifiedGroupsInfo: the state is a table of what is known, group ID → OpenimGroup */

static gboolean
read_groups (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetSpecifiedGroupsInfoReq *request = openim_call_get_request (call);
  GHashTable *known = openim_call_get_state (call);

  for (size_t i = 0; i < request->n_groupids; i++) {
    g_autoptr (GError) trouble = NULL;
    OpenimGroup *group = openim_rows_get (db, &openim_table_groups, NULL, request->groupids[i], &trouble);

    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
    if (group != NULL)
      g_hash_table_insert (known, g_strdup (group->groupid), group);
  }
  return TRUE;
}

static void
answer_groups (OpenimCall *call)
{
  const Openim__Sdk__Group__GetSpecifiedGroupsInfoReq *request = openim_call_get_request (call);
  GHashTable *known = openim_call_get_state (call);
  Openim__Sdk__Group__GetSpecifiedGroupsInfoResp *response =
      openim_pb_new (&openim__sdk__group__get_specified_groups_info_resp__descriptor);

  for (size_t i = 0; i < request->n_groupids; i++) {
    const OpenimGroup *group = g_hash_table_lookup (known, request->groupids[i]);

    if (group != NULL)
      openim_pb_append (&response->n_groups, &response->groups, openim_pb_copy (group));
  }
  openim_call_answer (call, response);
}

static void
on_groups_fetched (OpenimCall *call, GPtrArray *groups, GError *error)
{
  GHashTable *known = openim_call_get_state (call);

  if (error != NULL) {
    openim_call_take_error (call, error);
    return;
  }

  for (guint i = 0; i < groups->len; i++) {
    const OpenimGroup *group = groups->pdata[i];

    g_hash_table_insert (known, g_strdup (group->groupid), openim_pb_copy (group));
  }
  answer_groups (call);
}

static void
on_groups_read (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__Group__GetSpecifiedGroupsInfoReq *request = openim_call_get_request (call);
  GHashTable *known = openim_call_get_state (call);
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  openim_pb_free (response);
  for (size_t i = 0; i < request->n_groupids; i++) {
    if (!g_hash_table_contains (known, request->groupids[i]) && g_hash_table_add (seen, request->groupids[i]))
      g_ptr_array_add (missing, request->groupids[i]);
  }
  if (missing->len == 0) {
    answer_groups (call);
    return;
  }

  g_ptr_array_add (missing, NULL);
  openim_lookup_groups (call, (const char *const *) missing->pdata, on_groups_fetched);
}

void
openim_group_get_many (OpenimCall *call)
{
  const Openim__Sdk__Group__GetSpecifiedGroupsInfoReq *request = openim_call_get_request (call);

  if (request->n_groupids == 0) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "GetSpecifiedGroupsInfo needs group IDs.");
    return;
  }

  openim_call_set_state (call, g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free),
                         (GDestroyNotify) g_hash_table_unref);
  openim_call_run (call, OPENIM_STORE_READ, read_groups, on_groups_read);
}
