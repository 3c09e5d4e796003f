/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Making, entering, leaving and dissolving groups. */

#include "sdk/handlers.h"

#include "group.pb-c.h"

#include "sdk/change.h"
#include "sdk/lapse.h"

/* The only type of group that there is. */
#define WORKING_GROUP 2

/* How a group was found: 1 by an administrator, 2 invited, 3 by searching, 4 by its code. */
#define FOUND_BY_SEARCHING 3

static gboolean
is_joined (OpenimDb *db, const char *group_id, gboolean *joined, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  g_autoptr (OpenimGroup) group = openim_rows_get (db, &openim_table_groups, NULL, group_id, &trouble);

  *joined = group != NULL;
  if (trouble != NULL)
    g_propagate_error (error, g_steal_pointer (&trouble));
  return trouble == NULL;
}

/* ---- CreateGroup: the state is the response */

static void
on_created_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  OpenimSync *sync = OPENIM_SYNC (source);

  /* The group is there, whether it is in the list already or not. */
  if (!openim_sync_list_finish (sync, result, NULL) && !openim_call_is_over (call))
    openim_sync_list_async (sync, OPENIM_LIST_GROUPS, NULL, NULL, NULL, NULL);
  openim_call_answer_after_events (call, openim_pb_copy (openim_call_get_state (call)));
}

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);
  Openim__Sdk__Group__CreateGroupResp *response;

  if (data == NULL) {
    openim_call_take_error (call, error);
    return;
  }
  response = openim_pb_new (&openim__sdk__group__create_group_resp__descriptor);
  response->groupinfo = openim_json_read (openim_json_object (data, "groupInfo"), NULL,
                                          &openim__sdk__shared__imgroup__descriptor);
  openim_call_set_state (call, response, openim_pb_free);
  openim_sync_list_async (openim_call_get_resources (call)->sync, OPENIM_LIST_GROUPS, NULL,
                          openim_call_get_cancellable (call), on_created_listed, call);
}

void
openim_group_create (OpenimCall *call)
{
  const Openim__Sdk__Group__CreateGroupReq *request = openim_call_get_request (call);
  const OpenimGroup *info = request->groupinfo;

  if (info == NULL) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "CreateGroup needs groupInfo.");
    return;
  }
  openim_api_call_async (
      openim_call_get_resources (call)->api, "/group/create_group",
      openim_json_build (
          "ownerUserID", 's', openim_call_get_user_id (call), "memberUserIDs", 'a',
          openim_json_strings (request->memberuserids, request->n_memberuserids), "adminUserIDs", 'a',
          openim_json_strings (request->adminuserids, request->n_adminuserids), "groupInfo", 'o',
          openim_json_build ("groupID", 's', info->groupid, "groupName", 's', info->groupname, "notification",
                             's', info->notification, "introduction", 's', info->introduction, "faceURL", 's',
                             info->faceurl, "ex", 's', info->ex, "creatorUserID", 's',
                             openim_call_get_user_id (call), "groupType", 'i', (gint64) WORKING_GROUP,
                             "needVerification", 'i', (gint64) info->needverification, "lookMemberInfo", 'i',
                             (gint64) info->lookmemberinfo, "applyMemberFriend", 'i',
                             (gint64) info->applymemberfriend, NULL),
          NULL),
      openim_call_get_cancellable (call), on_created, call);
}

/* ---- JoinGroup */

static gboolean
has_joined (OpenimDb *db, OpenimCall *call, gboolean *done, GError **error)
{
  const Openim__Sdk__Group__JoinGroupReq *request = openim_call_get_request (call);

  return is_joined (db, request->groupid, done, error);
}

static void
on_joined_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  /* The notification of it asks for the same list. */
  openim_sync_list_finish (OPENIM_SYNC (source), result, NULL);
  openim_change_settle (user_data, OPENIM_LIST_GROUP_REQUESTS, NULL);
}

/* In, or with an application: the server does not say which. */
static void
on_joined (OpenimCall *call, GError *error)
{
  if (error != NULL)
    openim_call_take_error (call, error);
  else
    openim_sync_list_async (openim_call_get_resources (call)->sync, OPENIM_LIST_GROUPS, NULL,
                            openim_call_get_cancellable (call), on_joined_listed, call);
}

void
openim_group_join (OpenimCall *call)
{
  const Openim__Sdk__Group__JoinGroupReq *request = openim_call_get_request (call);
  gint64 source = request->joinsource != 0 ? request->joinsource : FOUND_BY_SEARCHING;

  /* The server calls who comes in the inviter. */
  openim_lapse_call (call, "/group/join_group",
                     openim_json_build ("groupID", 's', request->groupid, "reqMessage", 's',
                                        request->reqmessage, "joinSource", 'i', source, "inviterUserID", 's',
                                        openim_call_get_user_id (call), "ex", 's', request->ex, NULL),
                     OPENIM_LIST_GROUPS, NULL, has_joined, on_joined);
}

/* ---- QuitGroup */

static gboolean
has_quit (OpenimDb *db, OpenimCall *call, gboolean *done, GError **error)
{
  const Openim__Sdk__Group__QuitGroupReq *request = openim_call_get_request (call);

  if (!is_joined (db, request->groupid, done, error))
    return FALSE;
  *done = !*done;
  return TRUE;
}

static void
on_quit (OpenimCall *call, GError *error)
{
  if (error != NULL)
    openim_call_take_error (call, error);
  else
    openim_change_settle (call, OPENIM_LIST_GROUPS, NULL);
}

void
openim_group_quit (OpenimCall *call)
{
  const Openim__Sdk__Group__QuitGroupReq *request = openim_call_get_request (call);

  openim_lapse_call (call, "/group/quit_group",
                     openim_json_build ("groupID", 's', request->groupid, "userID", 's',
                                        openim_call_get_user_id (call), NULL),
                     OPENIM_LIST_GROUPS, NULL, has_quit, on_quit);
}

/* ---- DismissGroup */

/* The server removes the members only while it tells them; with it gone, GroupDismissed has been told too. */
void
openim_group_dismiss (OpenimCall *call)
{
  const Openim__Sdk__Group__DismissGroupReq *request = openim_call_get_request (call);

  openim_change (call, "/group/dismiss_group",
                 openim_json_build ("groupID", 's', request->groupid, "deleteMember", 'b', FALSE, NULL),
                 OPENIM_LIST_GROUPS, NULL);
}
