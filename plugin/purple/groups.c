/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/groups.h"

#include <glib/gi18n-lib.h>

#include "base/error.h"
#include "group.pb-c.h"
#include "purple/blist.h"
#include "purple/chat.h"
#include "purple/join.h"
#include "purple/line.h"
#include "purple/markup.h"
#include "purple/members.h"
#include "purple/who.h"

void
openim_groups_tell (OpenimConnection *self, const char *group_id, const char *sentence)
{
  OpenimPeer peer = { OPENIM_SESSION_GROUP, group_id };
  PurpleConversation *conversation = openim_peer_find (self, &peer);
  const OpenimGroup *group = openim_roster_get_group (self, group_id);
  g_autofree char *html = openim_markup_from_text (sentence);

  if (conversation != NULL)
    openim_line_write (conversation, html, PURPLE_MESSAGE_SYSTEM, time (NULL));
  else
    purple_notify_info (self->gc, _ ("Group"),
                        group != NULL && *group->groupname != '\0' ? group->groupname : group_id, sentence);
}

/* --- calls --- */

static void
on_done (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  g_autofree char *reason = error != NULL ? openim_error_describe (error) : NULL;
  /* TRANSLATORS: of something that a person wanted to do in a group; a sentence that says why follows. */
  g_autofree char *sentence =
      error != NULL ? g_strdup_printf (_ ("That was not possible. %s"), reason) : NULL;

  if (error != NULL)
    openim_groups_tell (self, data, sentence);
}

static void
call (OpenimConnection *self, const char *group_id, OpenimFunction function, gconstpointer request)
{
  openim_connection_call (self, function, request, on_done, g_strdup (group_id), g_free);
}

static void
on_created (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Group__CreateGroupResp *answer = (gconstpointer) response;
  g_autofree char *reason = NULL;

  openim_join_end_new (self);
  if (error == NULL && answer->groupinfo != NULL) {
    openim_join_expect (self, answer->groupinfo->groupid);
    return;
  }
  reason = openim_error_describe (error);
  purple_notify_error (self->gc, _ ("Create a group"), data, reason);
}

void
openim_groups_create (OpenimConnection *self, const char *name, char **ids, gsize n)
{
  Openim__Sdk__Group__CreateGroupReq request = OPENIM__SDK__GROUP__CREATE_GROUP_REQ__INIT;
  OpenimGroup group = OPENIM__SDK__SHARED__IMGROUP__INIT;

  group.groupname = (char *) name;
  request.groupinfo = &group;
  request.memberuserids = ids;
  request.n_memberuserids = n;
  openim_join_begin_new (self);
  openim_connection_call (self, OPENIM_NUMBER (CreateGroup), &request, on_created, g_strdup (name), g_free);
}

void
openim_groups_set_name (OpenimConnection *self, const char *group_id, const char *name)
{
  Openim__Sdk__Group__SetGroupInfoReq request = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ__INIT;

  request.groupid = (char *) group_id;
  request._group_name_case = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ___GROUP_NAME_GROUP_NAME;
  request.groupname = (char *) name;
  call (self, group_id, OPENIM_NUMBER (SetGroupInfo), &request);
}

void
openim_groups_set_announcement (OpenimConnection *self, const char *group_id, const char *text)
{
  Openim__Sdk__Group__SetGroupInfoReq request = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ__INIT;

  request.groupid = (char *) group_id;
  request._notification_case = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ___NOTIFICATION_NOTIFICATION;
  request.notification = (char *) text;
  call (self, group_id, OPENIM_NUMBER (SetGroupInfo), &request);
}

void
openim_groups_invite (OpenimConnection *self, const char *group_id, char **ids, gsize n, const char *reason)
{
  Openim__Sdk__Group__InviteUserToGroupReq request = OPENIM__SDK__GROUP__INVITE_USER_TO_GROUP_REQ__INIT;

  request.groupid = (char *) group_id;
  request.userids = ids;
  request.n_userids = n;
  request.reason = (char *) reason;
  call (self, group_id, OPENIM_NUMBER (InviteUserToGroup), &request);
}

void
openim_groups_kick (OpenimConnection *self, const char *group_id, const char *user_id, const char *reason)
{
  Openim__Sdk__Group__KickGroupMemberReq request = OPENIM__SDK__GROUP__KICK_GROUP_MEMBER_REQ__INIT;
  char *ids[] = { (char *) user_id };

  request.groupid = (char *) group_id;
  request.kickeduserids = ids;
  request.n_kickeduserids = G_N_ELEMENTS (ids);
  request.reason = (char *) reason;
  call (self, group_id, OPENIM_NUMBER (KickGroupMember), &request);
}

void
openim_groups_give (OpenimConnection *self, const char *group_id, const char *user_id)
{
  Openim__Sdk__Group__TransferGroupOwnerReq request = OPENIM__SDK__GROUP__TRANSFER_GROUP_OWNER_REQ__INIT;

  request.groupid = (char *) group_id;
  request.owneruserid = (char *) user_id;
  call (self, group_id, OPENIM_NUMBER (TransferGroupOwner), &request);
}

void
openim_groups_set_admin (OpenimConnection *self, const char *group_id, const char *user_id, gboolean admin)
{
  Openim__Sdk__Group__SetGroupMemberInfoReq request = OPENIM__SDK__GROUP__SET_GROUP_MEMBER_INFO_REQ__INIT;

  request.groupid = (char *) group_id;
  request.userid = (char *) user_id;
  request._role_level_case = OPENIM__SDK__GROUP__SET_GROUP_MEMBER_INFO_REQ___ROLE_LEVEL_ROLE_LEVEL;
  request.rolelevel = admin ? OPENIM_ROLE_ADMIN : OPENIM_ROLE_MEMBER;
  call (self, group_id, OPENIM_NUMBER (SetGroupMemberInfo), &request);
}

void
openim_groups_mute (OpenimConnection *self, const char *group_id, gboolean mute)
{
  Openim__Sdk__Group__ChangeGroupMuteReq request = OPENIM__SDK__GROUP__CHANGE_GROUP_MUTE_REQ__INIT;

  request.groupid = (char *) group_id;
  request.mute = mute;
  call (self, group_id, OPENIM_NUMBER (ChangeGroupMute), &request);
}

void
openim_groups_mute_member (OpenimConnection *self, const char *group_id, const char *user_id, guint seconds)
{
  Openim__Sdk__Group__ChangeGroupMemberMuteReq request =
      OPENIM__SDK__GROUP__CHANGE_GROUP_MEMBER_MUTE_REQ__INIT;

  request.groupid = (char *) group_id;
  request.userid = (char *) user_id;
  request.mutedseconds = seconds;
  call (self, group_id, OPENIM_NUMBER (ChangeGroupMemberMute), &request);
}

void
openim_groups_set_nickname (OpenimConnection *self,
                            const char *group_id,
                            const char *user_id,
                            const char *nickname)
{
  Openim__Sdk__Group__SetGroupMemberInfoReq request = OPENIM__SDK__GROUP__SET_GROUP_MEMBER_INFO_REQ__INIT;

  request.groupid = (char *) group_id;
  request.userid = (char *) user_id;
  request._nickname_case = OPENIM__SDK__GROUP__SET_GROUP_MEMBER_INFO_REQ___NICKNAME_NICKNAME;
  request.nickname = (char *) nickname;
  call (self, group_id, OPENIM_NUMBER (SetGroupMemberInfo), &request);
}

void
openim_groups_quit (OpenimConnection *self, const char *group_id)
{
  Openim__Sdk__Group__QuitGroupReq request = OPENIM__SDK__GROUP__QUIT_GROUP_REQ__INIT;
  const OpenimGroup *group = openim_roster_get_group (self, group_id);

  if (group != NULL && g_strcmp0 (group->owneruserid, self->self_id) == 0) {
    openim_groups_tell (self, group_id,
                        _ ("The group is yours: make somebody else its owner first, or dissolve it."));
    return;
  }
  request.groupid = (char *) group_id;
  call (self, group_id, OPENIM_NUMBER (QuitGroup), &request);
}

void
openim_groups_dismiss (OpenimConnection *self, const char *group_id)
{
  Openim__Sdk__Group__DismissGroupReq request = OPENIM__SDK__GROUP__DISMISS_GROUP_REQ__INIT;

  request.groupid = (char *) group_id;
  call (self, group_id, OPENIM_NUMBER (DismissGroup), &request);
}

/* --- members of the prpl --- */

void
openim_groups_set_topic (PurpleConnection *gc, int id, const char *topic)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimRoom *room = self != NULL ? openim_rooms_get_by_id (self, id) : NULL;

  if (room != NULL)
    openim_groups_set_announcement (self, room->group_id, topic != NULL ? topic : "");
}

void
openim_groups_invite_one (PurpleConnection *gc, int id, const char *reason, const char *who)
{
  OpenimConnection *self = openim_connection_get (gc);
  OpenimRoom *room = self != NULL ? openim_rooms_get_by_id (self, id) : NULL;
  char *ids[] = { (char *) (self != NULL ? openim_who_id (self, who) : who) };

  if (room != NULL)
    openim_groups_invite (self, room->group_id, ids, G_N_ELEMENTS (ids), reason != NULL ? reason : "");
}
