/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/group-info.h"

#include <glib/gi18n-lib.h>

#include "base/gate.h"
#include "group.pb-c.h"
#include "purple/blist.h"
#include "purple/members.h"

/* bitlbee reads before an empty value, so there are none. */
static void
add (PurpleNotifyUserInfo *info, const char *label, const char *value)
{
  if (*value != '\0')
    purple_notify_user_info_add_pair_plaintext (info, label, value);
}

static void
add_number (PurpleNotifyUserInfo *info, const char *label, gint64 number)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, number);

  add (info, label, text);
}

static void
add_day (PurpleNotifyUserInfo *info, const char *label, gint64 ms)
{
  g_autoptr (GDateTime) moment =
      openim_gate_time (ms) != 0 ? g_date_time_new_from_unix_local (ms / 1000) : NULL;
  g_autofree char *text = moment != NULL ? g_date_time_format (moment, "%x") : NULL;

  if (text != NULL)
    add (info, label, text);
}

static const char *
describe_way_in (const OpenimGroup *group)
{
  switch (group->needverification) {
  case 0:
    return _ ("Whoever is invited by a member, others when they are let in");
  case 1:
    return _ ("Whoever the owner or an administrator lets in");
  case 2:
    return _ ("Everybody");
  default:
    return "";
  }
}

/* The owner, or the administrators. */
static void
add_chiefs (OpenimConnection *self,
            PurpleNotifyUserInfo *info,
            const Openim__Sdk__Group__GetGroupMemberOwnerAndAdminResp *answer,
            gboolean owner)
{
  for (gsize i = 0; i < answer->n_members; i++) {
    const OpenimGroupMember *member = answer->members[i];
    g_autofree char *who = NULL;

    if ((member->rolelevel >= OPENIM_ROLE_OWNER) != owner)
      continue;
    who = g_strdup_printf ("%s (%s)", openim_members_get_name (self, member), member->userid);
    add (info, openim_members_get_role (member), who);
  }
}

static void
on_chiefs (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Group__GetGroupMemberOwnerAndAdminResp *answer = (gconstpointer) response;
  const OpenimGroup *group = openim_roster_get_group (self, data);
  PurpleNotifyUserInfo *info = NULL;

  if (group == NULL)
    return;
  info = purple_notify_user_info_new ();
  add (info, _ ("Name"), group->groupname);
  add (info, _ ("Group ID"), group->groupid);
  add_number (info, _ ("Members"), group->membercount);
  if (error == NULL) {
    add_chiefs (self, info, answer, TRUE);
    add_chiefs (self, info, answer, FALSE);
  }
  add (info, _ ("Announcement"), group->notification);
  add (info, _ ("Introduction"), group->introduction);
  add (info, _ ("Who can come in"), describe_way_in (group));
  add_day (info, _ ("Created"), group->createtime);
  purple_notify_userinfo (self->gc, group->groupid, info, NULL, NULL);
  purple_notify_user_info_destroy (info);
}

void
openim_group_info_show (OpenimConnection *self, const char *group_id)
{
  Openim__Sdk__Group__GetGroupMemberOwnerAndAdminReq request =
      OPENIM__SDK__GROUP__GET_GROUP_MEMBER_OWNER_AND_ADMIN_REQ__INIT;

  request.groupid = (char *) group_id;
  openim_connection_call (self, OPENIM_NUMBER (GetGroupMemberOwnerAndAdmin), &request, on_chiefs,
                          g_strdup (group_id), g_free);
}
