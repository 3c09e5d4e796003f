/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "sync/readers.h"

#include "base/gate.h"

#define DESCRIPTOR(name) &openim__sdk__shared__##name##__descriptor

/* Lists give seconds where other routes give milliseconds. */
static gint64
milliseconds (gint64 time)
{
  gint64 known = openim_gate_time (time);

  return openim_gate_time (known < G_GINT64_CONSTANT (100000000000) ? known * 1000 : known);
}

gpointer
openim_read_user (JsonObject *object, const char *self_id)
{
  return openim_json_read (object, NULL, DESCRIPTOR (imuser));
}

gpointer
openim_read_friend (JsonObject *object, const char *self_id)
{
  OpenimFriend *row = openim_json_read (object, NULL, DESCRIPTOR (imfriend));
  JsonObject *user = openim_json_object (object, "friendUser");

  openim_pb_set (&row->frienduserid, openim_json_string (user, "userID"));
  openim_pb_set (&row->nickname, openim_json_string (user, "nickname"));
  openim_pb_set (&row->faceurl, openim_json_string (user, "faceURL"));
  row->createtime = milliseconds (row->createtime);
  return row;
}

gpointer
openim_read_black (JsonObject *object, const char *self_id)
{
  OpenimBlack *row = openim_json_read (object, NULL, DESCRIPTOR (imblack));
  JsonObject *user = openim_json_object (object, "blackUserInfo");

  openim_pb_set (&row->blockuserid, openim_json_string (user, "userID"));
  openim_pb_set (&row->nickname, openim_json_string (user, "nickname"));
  openim_pb_set (&row->faceurl, openim_json_string (user, "faceURL"));
  row->createtime = milliseconds (row->createtime);
  return row;
}

gpointer
openim_read_friend_request (JsonObject *object, const char *self_id)
{
  return openim_json_read (object, NULL, DESCRIPTOR (imfriend_request));
}

gpointer
openim_read_group (JsonObject *object, const char *self_id)
{
  return openim_json_read (object, NULL, DESCRIPTOR (imgroup));
}

gpointer
openim_read_member (JsonObject *object, const char *self_id)
{
  return openim_json_read (object, NULL, DESCRIPTOR (imgroup_member));
}

void
openim_read_request_group (OpenimGroupRequest *request, JsonObject *group)
{
  openim_pb_set (&request->groupid, openim_json_string (group, "groupID"));
  openim_pb_set (&request->groupname, openim_json_string (group, "groupName"));
  openim_pb_set (&request->notification, openim_json_string (group, "notification"));
  openim_pb_set (&request->introduction, openim_json_string (group, "introduction"));
  openim_pb_set (&request->groupfaceurl, openim_json_string (group, "faceURL"));
  openim_pb_set (&request->creatoruserid, openim_json_string (group, "creatorUserID"));
  openim_pb_set (&request->owneruserid, openim_json_string (group, "ownerUserID"));
  request->createtime = openim_json_int (group, "createTime");
  request->status = (int32_t) openim_json_int (group, "status");
  request->grouptype = (int32_t) openim_json_int (group, "groupType");
  request->membercount = (int32_t) openim_json_int (group, "memberCount");
}

gpointer
openim_read_group_request (JsonObject *object, const char *self_id)
{
  static const OpenimJsonName names[] = {
    { "handleMsg", "handledMsg" },
    { "handleTime", "handledTime" },
    { NULL },
  };
  OpenimGroupRequest *row = openim_json_read (object, names, DESCRIPTOR (imgroup_request));
  JsonObject *user = openim_json_object (object, "userInfo");

  openim_pb_set (&row->userid, openim_json_string (user, "userID"));
  openim_pb_set (&row->nickname, openim_json_string (user, "nickname"));
  openim_pb_set (&row->userfaceurl, openim_json_string (user, "faceURL"));
  openim_read_request_group (row, openim_json_object (object, "groupInfo"));
  return row;
}

gpointer
openim_read_conversation (JsonObject *object, const char *self_id)
{
  return openim_json_read (object, NULL, DESCRIPTOR (imconversation));
}

gpointer
openim_read_command (JsonObject *object, const char *self_id)
{
  OpenimCommand *row = openim_json_read (object, NULL, DESCRIPTOR (command_info));

  openim_pb_set (&row->userid, self_id);
  row->createtime = milliseconds (row->createtime);
  return row;
}
