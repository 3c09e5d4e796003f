/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What owner and administrators do with a group: set it, mute it, hand it on, as they and the others hear of
 * it. */

#include "groups.h"

enum {
  LINE_TRANSFERRED = 1507,
  LINE_MUTED = 1514,
  LINE_UNMUTED = 1515,
  LINE_ANNOUNCEMENT = 1519,
  LINE_NAME = 1520,
};

#define MUTED 3 /* has no name in GroupStatus */

/* ---- SetGroupInfo */

static gboolean
names_team (gconstpointer data, gconstpointer name)
{
  const Openim__Event__EventOnConversationChangedData *list = data;

  for (size_t i = 0; i < list->n_conversationlist; i++)
    if (g_str_equal (list->conversationlist[i]->groupid, "team") &&
        g_str_equal (list->conversationlist[i]->showname, name))
      return TRUE;
  return FALSE;
}

static gboolean
has_announcement (gconstpointer data, gconstpointer what)
{
  const Openim__Event__EventOnConversationChangedData *list = data;

  for (size_t i = 0; i < list->n_conversationlist; i++)
    if (g_str_equal (list->conversationlist[i]->groupid, "team") &&
        (int) list->conversationlist[i]->groupattype == 4)
      return TRUE;
  return FALSE;
}

static int
set_refused (Visitor *visitor, const char *group, const char *name)
{
  Openim__Sdk__Group__SetGroupInfoReq request = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ__INIT;

  request.groupid = (char *) group;
  request._group_name_case = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ___GROUP_NAME_GROUP_NAME;
  request.groupname = (char *) name;
  return visitor_refused (visitor, FUNCTION (SetGroupInfo), &request);
}

static void
check_settings (const OpenimGroup *group)
{
  g_assert_cmpstr (group->groupname, ==, "Team of teams");
  g_assert_cmpstr (group->notification, ==, "Monday at ten");
  g_assert_cmpstr (group->notificationuserid, ==, "ann");
  g_assert_cmpstr (group->introduction, ==, "");
  g_assert_cmpstr (group->faceurl, ==, "http://example.org/team.png");
  g_assert_cmpstr (group->ex, ==, "x");
  g_assert_cmpint (group->needverification, ==, 2);
  g_assert_cmpint (group->lookmemberinfo, ==, 0);
  g_assert_cmpint (group->applymemberfriend, ==, 1);
}

static void
test_settings (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  Openim__Sdk__Group__SetGroupInfoReq request = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ__INIT;
  OpenimGroup *group;

  trio_set_team (trio, "'introduction':'Old words'");
  group = hear_group (trio->ann, EVENT (GroupInfoChanged), "team");
  g_assert_cmpstr (group->introduction, ==, "Old words");
  openim_pb_free (group);
  openim_pb_free (hear_group (trio->bob, EVENT (GroupInfoChanged), "team"));

  request.groupid = (char *) "team";
#define SET(field, FIELD, case, value)                                                                       \
  request._##case##_case = OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ___##FIELD;                                 \
  request.field = value
  SET (groupname, GROUP_NAME_GROUP_NAME, group_name, (char *) "Team of teams");
  SET (notification, NOTIFICATION_NOTIFICATION, notification, (char *) "Monday at ten");
  SET (introduction, INTRODUCTION_INTRODUCTION, introduction, (char *) "");
  SET (faceurl, FACE_URL_FACE_URL, face_url, (char *) "http://example.org/team.png");
  SET (ex, EX_EX, ex, (char *) "x");
  SET (needverification, NEED_VERIFICATION_NEED_VERIFICATION, need_verification, 2);
  SET (applymemberfriend, APPLY_MEMBER_FRIEND_APPLY_MEMBER_FRIEND, apply_member_friend, 1);
#undef SET
  visitor_do (trio->ann, FUNCTION (SetGroupInfo), &request);
  assert_order (trio->ann, EVENT (GroupInfoChanged), FUNCTION (SetGroupInfo));
  group = hear_group (trio->ann, EVENT (GroupInfoChanged), "team");
  check_settings (group);
  openim_pb_free (group);
  openim_pb_free (visitor_hear (trio->ann, EVENT (ConversationChanged), names_team, "Team of teams"));

  group = hear_group (trio->bob, EVENT (GroupInfoChanged), "team");
  check_settings (group);
  openim_pb_free (group);
  openim_pb_free (visitor_hear (trio->bob, EVENT (ConversationChanged), names_team, "Team of teams"));
  openim_pb_free (visitor_hear (trio->bob, EVENT (ConversationChanged), has_announcement, NULL));
  hear_line (trio->bob, LINE_ANNOUNCEMENT);
  hear_line (trio->bob, LINE_NAME);
  hear_line (trio->ann, LINE_NAME);

  g_assert_cmpint (set_refused (trio->ann, "team", ""), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (set_refused (trio->bob, "team", "Bob's"), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (set_refused (trio->carl, "team", "Carl's"), ==, OPENIM_ERROR_NOT_FOUND);
  g_assert_cmpint (set_refused (trio->ann, "nowhere", "Nobody's"), ==, OPENIM_ERROR_NOT_FOUND);

  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->ann, EVENT (GroupInfoChanged)), ==, 2);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupInfoChanged)), ==, 2);

  trio_free (trio);
  proves_functions (FUNCTION (SetGroupInfo), 0);
  proves_events (EVENT (GroupInfoChanged), 0);
}

/* ---- ChangeGroupMute */

static void
mute (Visitor *visitor, gboolean on)
{
  Openim__Sdk__Group__ChangeGroupMuteReq request = OPENIM__SDK__GROUP__CHANGE_GROUP_MUTE_REQ__INIT;

  request.groupid = (char *) "team";
  request.mute = on;
  visitor_do (visitor, FUNCTION (ChangeGroupMute), &request);
}

static void
hear_status (Visitor *visitor, int status)
{
  OpenimGroup *group = hear_group (visitor, EVENT (GroupInfoChanged), "team");

  g_assert_cmpint (group->status, ==, status);
  openim_pb_free (group);
}

static int
mute_refused (Visitor *visitor, const char *group, gboolean on)
{
  Openim__Sdk__Group__ChangeGroupMuteReq request = OPENIM__SDK__GROUP__CHANGE_GROUP_MUTE_REQ__INIT;

  request.groupid = (char *) group;
  request.mute = on;
  return visitor_refused (visitor, FUNCTION (ChangeGroupMute), &request);
}

static void
test_mute (void)
{
  Trio *trio = trio_new (NULL, TRUE);

  mute (trio->ann, TRUE);
  assert_order (trio->ann, EVENT (GroupInfoChanged), FUNCTION (ChangeGroupMute));
  hear_status (trio->ann, MUTED);
  hear_line (trio->ann, LINE_MUTED);
  hear_status (trio->bob, MUTED);
  hear_line (trio->bob, LINE_MUTED);
  mute (trio->ann, TRUE); /* no error, no event */
  hear_line (trio->bob, LINE_MUTED);

  mute (trio->ann, FALSE);
  hear_status (trio->ann, OPENIM__SDK__SHARED__GROUP_STATUS__Default);
  hear_status (trio->bob, OPENIM__SDK__SHARED__GROUP_STATUS__Default);
  hear_line (trio->bob, LINE_UNMUTED);

  for (int on = 0; on < 2; on++) {
    g_assert_cmpint (mute_refused (trio->bob, "team", on), ==, OPENIM_ERROR_NO_PERMISSION);
    g_assert_cmpint (mute_refused (trio->carl, "team", on), ==, OPENIM_ERROR_NOT_FOUND);
    g_assert_cmpint (mute_refused (trio->ann, "nowhere", on), ==, OPENIM_ERROR_NOT_FOUND);
  }
  trio_settle (trio);
  g_assert_cmpuint (visitor_count (trio->bob, EVENT (GroupInfoChanged)), ==, 2);

  trio_free (trio);
  proves_functions (FUNCTION (ChangeGroupMute), 0);
}

/* ---- TransferGroupOwner */

static int
transfer_refused (Visitor *visitor, const char *group, const char *user)
{
  Openim__Sdk__Group__TransferGroupOwnerReq request = OPENIM__SDK__GROUP__TRANSFER_GROUP_OWNER_REQ__INIT;

  request.groupid = (char *) group;
  request.owneruserid = (char *) user;
  return visitor_refused (visitor, FUNCTION (TransferGroupOwner), &request);
}

static void
hear_new_owner (Visitor *visitor)
{
  OpenimGroupMember *old = hear_member (visitor, EVENT (GroupMemberInfoChanged), "ann"),
                    *new = hear_member (visitor, EVENT (GroupMemberInfoChanged), "bob");
  OpenimGroup *group = hear_group (visitor, EVENT (GroupInfoChanged), "team");

  g_assert_cmpint (old->rolelevel, ==, 20);
  g_assert_cmpint (new->rolelevel, ==, 100);
  g_assert_cmpstr (group->owneruserid, ==, "bob");
  openim_pb_free (old);
  openim_pb_free (new);
  openim_pb_free (group);
  assert_order (visitor, EVENT (GroupMemberInfoChanged), EVENT (GroupInfoChanged));
  g_assert_cmpuint (visitor_count (visitor, EVENT (GroupMemberInfoChanged)), ==, 2);
}

static void
test_transfer (void)
{
  Trio *trio = trio_new (NULL, TRUE);
  Openim__Sdk__Group__TransferGroupOwnerReq request = OPENIM__SDK__GROUP__TRANSFER_GROUP_OWNER_REQ__INIT;

  g_assert_cmpint (transfer_refused (trio->bob, "team", "ann"), ==, OPENIM_ERROR_NO_PERMISSION);
  g_assert_cmpint (transfer_refused (trio->ann, "team", "ann"), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpint (transfer_refused (trio->ann, "team", "carl"), ==, OPENIM_ERROR_ARGS);

  request.groupid = (char *) "team";
  request.owneruserid = (char *) "bob";
  visitor_do (trio->ann, FUNCTION (TransferGroupOwner), &request);
  assert_order (trio->ann, EVENT (GroupInfoChanged), FUNCTION (TransferGroupOwner));
  hear_new_owner (trio->ann);
  hear_line (trio->ann, LINE_TRANSFERRED);
  hear_new_owner (trio->bob);
  hear_line (trio->bob, LINE_TRANSFERRED);
  assert_members (trio->ann, "team", "bob ann");

  trio_free (trio);
  proves_functions (FUNCTION (TransferGroupOwner), 0);
  proves_events (EVENT (GroupMemberInfoChanged), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/group-admin/settings", test_settings);
  g_test_add_func ("/door/group-admin/mute", test_mute);
  g_test_add_func ("/door/group-admin/transfer", test_transfer);

  return g_test_run ();
}
