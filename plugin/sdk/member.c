/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions about the members of groups. */

#include "sdk/handlers.h"

#include "group.pb-c.h"

#include "sdk/lookup.h"

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
 * IDs, and rows that it lacks are fetched and stored. */

typedef struct {
  gint64 offset, count;
  gboolean asked;     /* the server has been asked for what is missing */
  GPtrArray *missing; /* user IDs of the page without a row (element-type utf8) */
} Page;

static void
page_free (gpointer data)
{
  Page *page = data;

  g_ptr_array_unref (page->missing);
  g_free (page);
}

/* The rows of @ids that are stored go to @rows, the other IDs to @missing. */
static gboolean
read_rows (OpenimDb *db,
           const char *group_id,
           char *const *ids,
           gint64 n_ids,
           GPtrArray *rows,
           GPtrArray *missing,
           GError **error)
{
  for (gint64 i = 0; i < n_ids; i++) {
    g_autoptr (GError) trouble = NULL;
    OpenimGroupMember *member = openim_rows_get (db, &openim_table_members, group_id, ids[i], &trouble);

    if (trouble != NULL) {
      g_propagate_error (error, g_steal_pointer (&trouble));
      return FALSE;
    }
    if (member != NULL)
      g_ptr_array_add (rows, member);
    else
      g_ptr_array_add (missing, g_strdup (ids[i]));
  }
  return TRUE;
}

static gboolean
read_page (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetGroupMembersReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__GetGroupMembersResp *result = response;
  Page *page = openim_call_get_state (call);
  GPtrArray *rows;

  if (request->filter == OPENIM__SDK__GROUP__GROUP_FILTER__All) {
    /* Once the server has been asked it is known that there are not enough; counting takes its time. */
    gint64 stored =
        page->asked ? -1 : openim_rows_count (db, &openim_table_members, request->groupid, G_MAXINT64, error);
    g_auto (GStrv) ids = NULL;
    gint64 length;

    if (stored < 0 && !page->asked)
      return FALSE;
    ids = openim_versions_get_some_ids (db, "members", request->groupid, page->offset, page->count, &length,
                                        error);
    if (ids == NULL)
      return FALSE;
    if (length > stored) {
      g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (openim_pb_free);

      g_ptr_array_set_size (page->missing, 0);
      if (!read_rows (db, request->groupid, ids, g_strv_length (ids), found, page->missing, error))
        return FALSE;
      openim_pb_steal_array (&result->n_members, (gpointer **) &result->members, g_steal_pointer (&found));
      return TRUE;
    }
  }

  rows = openim_members_list (db, request->groupid, roles_of_filter[request->filter], page->offset,
                              page->count, error);
  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_members, (gpointer **) &result->members, rows);
  return TRUE;
}

static void on_page (OpenimCall *call, gpointer response);

static void
on_page_fetched (OpenimCall *call, GPtrArray *rows, GError *error)
{
  if (error != NULL)
    openim_call_take_error (call, error);
  else
    openim_call_run (call, OPENIM_STORE_READ, read_page, on_page);
}

static void
on_page (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__Group__GetGroupMembersReq *request = openim_call_get_request (call);
  Page *page = openim_call_get_state (call);

  if (page->missing->len == 0 || page->asked) {
    openim_call_answer (call, response);
    return;
  }

  openim_pb_free (response);
  page->asked = TRUE;
  g_ptr_array_add (page->missing, NULL);
  openim_lookup_members (call, request->groupid, (const char *const *) page->missing->pdata, on_page_fetched);
}

static void
start_page (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_page, on_page);
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
  openim_lookup_member_list (call, request->groupid, start_page);
}

/* ---- GetSpecifiedGroupMembersInfo */

typedef struct {
  gboolean asked;
  GPtrArray *missing; /* (nullable) user IDs without a row (element-type utf8) */
} Some;

static void
some_free (gpointer data)
{
  Some *some = data;

  g_clear_pointer (&some->missing, g_ptr_array_unref);
  g_free (some);
}

static gboolean
read_some (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetSpecifiedGroupMembersInfoReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__GetSpecifiedGroupMembersInfoResp *result = response;
  Some *some = openim_call_get_state (call);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (openim_pb_free);
  g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimGroup) group =
      openim_rows_get (db, &openim_table_groups, NULL, request->groupid, &trouble);

  if (trouble != NULL) {
    g_propagate_error (error, g_steal_pointer (&trouble));
    return FALSE;
  }
  if (group == NULL)
    return TRUE;
  if (!read_rows (db, request->groupid, request->userids, request->n_userids, rows, missing, error))
    return FALSE;
  openim_pb_steal_array (&result->n_members, (gpointer **) &result->members, g_steal_pointer (&rows));
  /* Whom the server does not know is nobody. */
  if (!some->asked)
    some->missing = g_steal_pointer (&missing);
  return TRUE;
}

static void on_some (OpenimCall *call, gpointer response);

static void
on_some_fetched (OpenimCall *call, GPtrArray *rows, GError *error)
{
  if (error != NULL)
    openim_call_take_error (call, error);
  else
    openim_call_run (call, OPENIM_STORE_READ, read_some, on_some);
}

static void
on_some (OpenimCall *call, gpointer response)
{
  const Openim__Sdk__Group__GetSpecifiedGroupMembersInfoReq *request = openim_call_get_request (call);
  Some *some = openim_call_get_state (call);

  if (some->asked || some->missing == NULL || some->missing->len == 0) {
    openim_call_answer (call, response);
    return;
  }

  openim_pb_free (response);
  some->asked = TRUE;
  g_ptr_array_add (some->missing, NULL);
  openim_lookup_members (call, request->groupid, (const char *const *) some->missing->pdata, on_some_fetched);
}

void
openim_member_get_many (OpenimCall *call)
{
  openim_call_set_state (call, g_new0 (Some, 1), some_free);
  openim_call_run (call, OPENIM_STORE_READ, read_some, on_some);
}

/* ---- SearchGroupMembers: the state is offset and count */

static gboolean
search (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__SearchGroupMembersReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__SearchGroupMembersResp *result = response;
  const gint64 *page = openim_call_get_state (call);
  GPtrArray *rows = openim_members_search (db, request->groupid, request->keyword, request->searchuserid,
                                           request->searchmembernickname, page[0], page[1], error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_members, (gpointer **) &result->members, rows);
  return TRUE;
}

static void
start_search (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, search, NULL);
}

void
openim_member_search (OpenimCall *call)
{
  const Openim__Sdk__Group__SearchGroupMembersReq *request = openim_call_get_request (call);
  gint64 page[2];

  if (*request->keyword == '\0' || (!request->searchuserid && !request->searchmembernickname)) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "A search needs a keyword and a field to search.");
    return;
  }
  if (!openim_call_get_page (call, request->pagination, &page[0], &page[1]))
    return;

  openim_call_set_state (call, g_memdup2 (page, sizeof page), g_free);
  openim_lookup_member_list (call, request->groupid, start_search);
}

/* ---- GetGroupMemberOwnerAndAdmin */

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

static void
start_chiefs (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_chiefs, NULL);
}

void
openim_member_get_chiefs (OpenimCall *call)
{
  const Openim__Sdk__Group__GetGroupMemberOwnerAndAdminReq *request = openim_call_get_request (call);

  openim_lookup_member_list (call, request->groupid, start_chiefs);
}

/* ---- GetGroupMembersByJoinTimeFilter: the state is offset and count */

static gboolean
read_by_join_time (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetGroupMembersByJoinTimeFilterReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__GetGroupMembersByJoinTimeFilterResp *result = response;
  const gint64 *page = openim_call_get_state (call);
  GPtrArray *rows = openim_members_by_join_time (db, request->groupid, request->jointimebegin,
                                                 request->jointimeend, page[0], page[1], error);

  if (rows == NULL)
    return FALSE;
  openim_pb_steal_array (&result->n_members, (gpointer **) &result->members, rows);
  return TRUE;
}

static void
start_by_join_time (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, read_by_join_time, NULL);
}

void
openim_member_get_by_join_time (OpenimCall *call)
{
  const Openim__Sdk__Group__GetGroupMembersByJoinTimeFilterReq *request = openim_call_get_request (call);
  gint64 page[2];

  if (!openim_call_get_page (call, request->pagination, &page[0], &page[1]))
    return;

  openim_call_set_state (call, g_memdup2 (page, sizeof page), g_free);
  openim_lookup_member_list (call, request->groupid, start_by_join_time);
}

/* ---- GetUsersInGroup */

static gboolean
filter (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__GetUsersInGroupReq *request = openim_call_get_request (call);
  Openim__Sdk__Group__GetUsersInGroupResp *result = response;
  g_autoptr (GPtrArray) members =
      openim_members_among (db, request->groupid, request->userids, request->n_userids, error);

  if (members == NULL)
    return FALSE;
  for (guint i = 0; i < members->len; i++)
    openim_pb_append_string (&result->n_userids, &result->userids, members->pdata[i]);
  return TRUE;
}

static void
start_filter (OpenimCall *call)
{
  openim_call_run (call, OPENIM_STORE_READ, filter, NULL);
}

void
openim_member_filter (OpenimCall *call)
{
  const Openim__Sdk__Group__GetUsersInGroupReq *request = openim_call_get_request (call);

  openim_lookup_member_list (call, request->groupid, start_filter);
}
