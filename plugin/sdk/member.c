/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about the members of groups. */

#include "sdk/handlers.h"

#include "group.pb-c.h"

#define OWNER 100
#define ADMINISTRATOR 60
#define ORDINARY 20

/* By GroupFilter; each list ends with 0. */
static const int *const roles_of_filter[] = {
  [OPENIM__SDK__GROUP__GROUP_FILTER__All] = NULL,
  [OPENIM__SDK__GROUP__GROUP_FILTER__Owner] = (const int[]){ OWNER, 0 },
  [OPENIM__SDK__GROUP__GROUP_FILTER__Admin] = (const int[]){ ADMINISTRATOR, 0 },
  [OPENIM__SDK__GROUP__GROUP_FILTER__OrdinaryUsers] = (const int[]){ ORDINARY, 0 },
  [OPENIM__SDK__GROUP__GROUP_FILTER__AdminAndOrdinaryUsers] = (const int[]){ ADMINISTRATOR, ORDINARY, 0 },
  [OPENIM__SDK__GROUP__GROUP_FILTER__OwnerAndAdmin] = (const int[]){ OWNER, ADMINISTRATOR, 0 },
};

/* ---- GetGroupMembers
 *
 * Of a large group only the first rows are stored, but all IDs are, in order: a page of everybody follows the
 * IDs, and rows that it lacks are fetched and stored. Of a group that one has joined a moment ago nothing may
 * be stored yet: then its list is fetched first. */

typedef struct {
  gint64 offset, count;
  gboolean unknown;   /* nobody is stored of a group that one is in */
  gboolean synced;    /* its list has been fetched */
  gboolean asked;     /* the server has been asked for what is missing */
  GPtrArray *missing; /* user IDs of the page without a row */
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_ptr_array_unref (page->missing);
  g_free (page);
}

static gboolean
read_by_ids (OpenimDb *db,
             Page *page,
             const char *group_id,
             const char *const *ids,
             Openim__Sdk__Group__GetGroupMembersResp *result,
             GError **error)
{
  gint64 length = g_strv_length ((GStrv) ids);

  g_ptr_array_set_size (page->missing, 0);
  for (gint64 i = page->offset; i < length && i - page->offset < page->count; i++) {
    g_autoptr (GError) trouble = NULL;
    OpenimGroupMember *member = openim_rows_get (db, &openim_table_members, group_id, ids[i], &trouble);

    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
    if (member != NULL)
      openim_pb_append (&result->n_members, &result->members, member);
    else
      g_ptr_array_add (page->missing, g_strdup (ids[i]));
  }
  return TRUE;
}

static gboolean
is_joined (OpenimDb *db, const char *group_id, gboolean *joined, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  gpointer group = openim_rows_get (db, &openim_table_groups, NULL, group_id, &trouble);

  *joined = group != NULL;
  openim_pb_free (group);
  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  return trouble == NULL;
}

static gboolean
read_page (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetGroupMembersReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__GetGroupMembersResp *result = response;
  Page *page = openim_call_get_state (call);
  gint64 stored = openim_rows_count (db, &openim_table_members, request->groupid, error);
  GPtrArray *rows;

  if (stored < 0)
    return FALSE;
  if (stored == 0 && !page->synced)
    return is_joined (db, request->groupid, &page->unknown, error);

  if (request->filter == OPENIM__SDK__GROUP__GROUP_FILTER__All) {
    g_auto (GStrv) ids = openim_versions_get_ids (db, "members", request->groupid, error);

    if (ids == NULL)
      return FALSE;
    if ((gint64) g_strv_length (ids) > stored)
      return read_by_ids (db, page, request->groupid, (const char *const *) ids, result, error);
  }

  rows = openim_members_list (db, request->groupid, roles_of_filter[request->filter], page->offset,
                              page->count, error);
  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_members, (gpointer **) &result->members, rows);
  return TRUE;
}

/* The state's @missing holds OpenimGroupMember here. */
static gboolean
store_members (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  Page *page = openim_call_get_state (call);

  for (guint i = 0; i < page->missing->len; i++) {
    if (!openim_rows_put (db, &openim_table_members, page->missing->pdata[i], NULL, error))
      return FALSE;
  }
  return TRUE;
}

static void on_page (OpenimCall *call, gpointer response);

static void
on_members_stored (OpenimCall *call, gpointer response)
{
  Page *page = openim_call_get_state (call);

  openim_pb_free (response);
  g_ptr_array_unref (page->missing);
  page->missing = g_ptr_array_new_with_free_func (g_free);
  openim_call_run (call, OPENIM_STORE_READ, read_page, on_page);
}

static void
on_members_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  const Openim__Sdk__Group__GetGroupMembersReq *request = openim_call_get_request (call);
  Page *page = openim_call_get_state (call);
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);
  JsonArray *array;

  if (data == NULL) {
    openim_call_take_error (call, error);
    return;
  }

  array = openim_json_array (data, "members");
  g_ptr_array_unref (page->missing);
  page->missing = g_ptr_array_new_with_free_func (openim_pb_free);
  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);
    OpenimGroupMember *member =
        openim_json_read (JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL, NULL,
                          &openim__sdk__shared__imgroup_member__descriptor);

    if (g_str_equal (member->groupid, request->groupid) && *member->userid != '\0')
      g_ptr_array_add (page->missing, member);
    else
      openim_pb_free (member);
  }
  openim_call_run (call, OPENIM_STORE_WRITE, store_members, on_members_stored);
}

static void
on_synced (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  Page *page = openim_call_get_state (call);
  GError *error = NULL;

  if (!openim_sync_list_finish (OPENIM_SYNC (source), result, &error)) {
    openim_call_take_error (call, error);
    return;
  }
  page->synced = TRUE;
  page->unknown = FALSE;
  openim_call_run (call, OPENIM_STORE_READ, read_page, on_page);
}

static void
on_page (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__Group__GetGroupMembersReq *request = openim_call_get_request (call);
  Page *page = openim_call_get_state (call);

  if (page->unknown) {
    openim_pb_free (response);
    openim_sync_list_async (openim_call_get_resources (call)->sync, OPENIM_LIST_MEMBERS, request->groupid,
                            openim_call_get_cancellable (call), on_synced, call);
    return;
  }
  if (page->missing->len == 0 || page->asked) {
    openim_call_answer (call, response);
    return;
  }

  openim_pb_free (response);
  page->asked = TRUE;
  g_ptr_array_add (page->missing, NULL);
  openim_api_call_async (
      openim_call_get_resources (call)->api, "/group/get_group_members_info",
      openim_json_build ("groupID", 's', request->groupid, "userIDs", 'S', page->missing->pdata, NULL),
      openim_call_get_cancellable (call), on_members_fetched, call);
}

void
openim_member_get_page (OpenimCall *call)
{
  const Openim__Sdk__Group__GetGroupMembersReq *request = openim_call_get_request (call);
  Page *page;
  gint64 offset, count;

  if ((guint) request->filter >= G_N_ELEMENTS (roles_of_filter)) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "There is no such filter.");
    return;
  }
  if (!openim_call_get_page (call, request->pagination, &offset, &count))
    return;

  page = g_new0 (Page, 1);
  page->offset = offset;
  page->count = count;
  page->missing = g_ptr_array_new_with_free_func (g_free);
  openim_call_set_state (call, page, page_free);
  openim_call_run (call, OPENIM_STORE_READ, read_page, on_page);
}

/* ---- others */

static int
later_first (gconstpointer a, gconstpointer b)
{
  gint64 first = (*(OpenimGroupMember *const *) a)->jointime,
         second = (*(OpenimGroupMember *const *) b)->jointime;

  return first < second ? 1 : first == second ? 0 : -1;
}

static gboolean
read_chiefs (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetGroupMemberOwnerAndAdminReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__GetGroupMemberOwnerAndAdminResp *result = response;
  GPtrArray *rows = openim_members_list (
      db, request->groupid, roles_of_filter[OPENIM__SDK__GROUP__GROUP_FILTER__OwnerAndAdmin], 0, 0, error);

  if (rows == NULL)
    return FALSE;
  g_ptr_array_sort (rows, later_first);
  openim_pb_steal_array (&result->n_members, (gpointer **) &result->members, rows);
  return TRUE;
}

void
openim_member_get_chiefs (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_chiefs, NULL);
}

/* The store has them in the order in which they came; the answer begins with the last. */
static gboolean
read_by_join_time (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetGroupMembersByJoinTimeFilterReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__GetGroupMembersByJoinTimeFilterResp *result = response;
  const gint64 *page = openim_call_get_state (call);
  gint64 end = request->jointimeend > 0 ? request->jointimeend : G_MAXINT64;
  g_autoptr (GPtrArray) rows =
      openim_members_by_join_time (db, request->groupid, request->jointimebegin, end, 0, 0, error);

  if (rows == NULL)
    return FALSE;

  g_ptr_array_sort (rows, later_first);
  for (gint64 i = page[0]; i < rows->len && i - page[0] < page[1]; i++)
    openim_pb_append (&result->n_members, &result->members, g_steal_pointer (&rows->pdata[i]));
  return TRUE;
}

void
openim_member_get_by_join_time (OpenimCall *call)
{
  const Openim__Sdk__Group__GetGroupMembersByJoinTimeFilterReq *request = openim_call_get_request (call);
  gint64 page[2];

  if (!openim_call_get_page (call, request->pagination, &page[0], &page[1]))
    return;

  openim_call_set_state (call, g_memdup2 (page, sizeof page), g_free);
  openim_call_run (call, OPENIM_STORE_READ, read_by_join_time, NULL);
}

static gboolean
filter (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetUsersInGroupReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__GetUsersInGroupResp *result = response;
  g_auto (GStrv) ids = openim_versions_get_ids (db, "members", request->groupid, error);
  g_autoptr (GHashTable) members = g_hash_table_new (g_str_hash, g_str_equal);

  if (ids == NULL)
    return FALSE;
  for (guint i = 0; ids[i] != NULL; i++)
    g_hash_table_add (members, ids[i]);

  for (size_t i = 0; i < request->n_userids; i++) {
    const char *id = request->userids[i];
    gboolean is_member = g_hash_table_contains (members, id);

    if (!is_member) {
      g_autoptr (GError) trouble = NULL;
      g_autoptr (OpenimGroupMember) member =
          openim_rows_get (db, &openim_table_members, request->groupid, id, &trouble);

      if (trouble != NULL) {
        g_propagate_error (error, g_steal_pointer (&trouble));
        return FALSE;
      }
      is_member = member != NULL;
    }
    if (is_member)
      openim_pb_append_string (&result->n_userids, &result->userids, id);
  }
  return TRUE;
}

void
openim_member_filter (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, filter, NULL);
}
