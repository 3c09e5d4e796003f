/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Bringing members in, putting them out, muting and changing them. */

#include "sdk/handlers.h"

#include "group.pb-c.h"

#include "sdk/change.h"
#include "sdk/lapse.h"

/* Of a longer request some releases do only so many, see lapse.h. */
#define INVITED_AT_ONCE 50

/* ---- InviteUserToGroup */

typedef struct {
  GPtrArray *ids; /* who is to be invited, not a member yet (element-type utf8) */
  guint next;     /* the first one of the request under way, or to come */
} Invitation;

static void
invitation_free (gpointer data)
{
  Invitation *invitation = data;

  g_ptr_array_unref (invitation->ids);
  g_free (invitation);
}

static guint
block_length (const Invitation *invitation)
{
  return MIN (invitation->ids->len - invitation->next, (guint) INVITED_AT_ONCE);
}

static gboolean
are_invited (OpenimDb *db, OpenimCall *call, gboolean *done, GError **error)
{
  const Openim__Sdk__Group__InviteUserToGroupReq *request = openim_call_get_request (call);
  Invitation *invitation = openim_call_get_state (call);
  g_autoptr (GPtrArray) members =
      openim_members_among (db, request->groupid, (char **) invitation->ids->pdata + invitation->next,
                            block_length (invitation), error);

  if (members == NULL)
    return FALSE;
  *done = members->len == block_length (invitation);
  return TRUE;
}

static void invite_block (OpenimCall *call);

static void
on_invited (OpenimCall *call, GError *error)
{
  const Openim__Sdk__Group__InviteUserToGroupReq *request = openim_call_get_request (call);
  Invitation *invitation = openim_call_get_state (call);

  if (error != NULL) {
    openim_call_take_error (call, error);
    return;
  }
  invitation->next += block_length (invitation);
  if (invitation->next < invitation->ids->len && !openim_call_is_over (call))
    invite_block (call);
  else
    openim_change_settle (call, OPENIM_LIST_MEMBERS, request->groupid);
}

static void
invite_block (OpenimCall *call)
{
  const Openim__Sdk__Group__InviteUserToGroupReq *request = openim_call_get_request (call);
  Invitation *invitation = openim_call_get_state (call);

  openim_lapse_call (
      call, "/group/invite_user_to_group",
      openim_json_build ("groupID", 's', request->groupid, "invitedUserIDs", 'a',
                         openim_json_strings ((char **) invitation->ids->pdata + invitation->next,
                                              block_length (invitation)),
                         "reason", 's', request->reason, NULL),
      OPENIM_LIST_MEMBERS, request->groupid, are_invited, on_invited);
}

/* The server fails as a whole for somebody who is a member already. */
static gboolean
leave_members_out (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  const Openim__Sdk__Group__InviteUserToGroupReq *request = openim_call_get_request (call);
  Invitation *invitation = openim_call_get_state (call);
  g_autoptr (GPtrArray) members =
      openim_members_among (db, request->groupid, request->userids, request->n_userids, error);

  if (members == NULL)
    return FALSE;
  for (size_t i = 0; i < request->n_userids; i++)
    if (!g_ptr_array_find_with_equal_func (members, request->userids[i], g_str_equal, NULL))
      g_ptr_array_add (invitation->ids, g_strdup (request->userids[i]));
  return TRUE;
}

static void
on_members_left_out (OpenimCall *call, gpointer response)
{
  Invitation *invitation = openim_call_get_state (call);

  if (invitation->ids->len == 0) {
    openim_call_answer (call, response);
    return;
  }
  openim_pb_free (response);
  invite_block (call);
}

void
openim_member_invite (OpenimCall *call)
{
  const Openim__Sdk__Group__InviteUserToGroupReq *request = openim_call_get_request (call);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  Invitation *invitation;

  /* With the server's code, which sees one block at a time. */
  for (size_t i = 0; i < request->n_userids; i++)
    g_hash_table_add (seen, request->userids[i]);
  if (request->n_userids == 0 || g_hash_table_size (seen) < request->n_userids) {
    openim_call_fail (call, OPENIM_ERROR_ARGS, "InviteUserToGroup needs user IDs, each once.");
    return;
  }

  invitation = g_new0 (Invitation, 1);
  invitation->ids = g_ptr_array_new_with_free_func (g_free);
  openim_call_set_state (call, invitation, invitation_free);
  openim_call_run (call, OPENIM_STORE_READ, leave_members_out, on_members_left_out);
}

/* ---- KickGroupMember */

static gboolean
are_kicked (OpenimDb *db, OpenimCall *call, gboolean *done, GError **error)
{
  const Openim__Sdk__Group__KickGroupMemberReq *request = openim_call_get_request (call);
  g_autoptr (GPtrArray) members =
      openim_members_among (db, request->groupid, request->kickeduserids, request->n_kickeduserids, error);

  if (members == NULL)
    return FALSE;
  *done = members->len == 0;
  return TRUE;
}

static void
on_kicked (OpenimCall *call, GError *error)
{
  const Openim__Sdk__Group__KickGroupMemberReq *request = openim_call_get_request (call);

  if (error != NULL)
    openim_call_take_error (call, error);
  else
    openim_change_settle (call, OPENIM_LIST_MEMBERS, request->groupid);
}

void
openim_member_kick (OpenimCall *call)
{
  const Openim__Sdk__Group__KickGroupMemberReq *request = openim_call_get_request (call);

  openim_lapse_call (
      call, "/group/kick_group",
      openim_json_build ("groupID", 's', request->groupid, "kickedUserIDs", 'a',
                         openim_json_strings (request->kickeduserids, request->n_kickeduserids), "reason",
                         's', request->reason, NULL),
      OPENIM_LIST_MEMBERS, request->groupid, are_kicked, on_kicked);
}

/* ---- what is set about a member */

/* The list follows with the notification. */
void
openim_member_mute (OpenimCall *call)
{
  const Openim__Sdk__Group__ChangeGroupMemberMuteReq *request = openim_call_get_request (call);
  JsonObject *body =
      openim_json_build ("groupID", 's', request->groupid, "userID", 's', request->userid, NULL);

  if (request->mutedseconds > 0)
    json_object_set_int_member (body, "mutedSeconds", request->mutedseconds);
  openim_change_tell (
      call, request->mutedseconds > 0 ? "/group/mute_group_member" : "/group/cancel_mute_group_member", body);
}

void
openim_member_set_info (OpenimCall *call)
{
  const Openim__Sdk__Group__SetGroupMemberInfoReq *request = openim_call_get_request (call);
  JsonArray *members = json_array_new ();

  /* Fields that are not there are not written. */
  json_array_add_object_element (members, openim_json_from_message (request, NULL, FALSE));
  openim_change (call, "/group/set_group_member_info", openim_json_build ("members", 'a', members, NULL),
                 OPENIM_LIST_MEMBERS, request->groupid);
}
