/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "groups.h"

Trio *
trio_new (Server *server, gboolean with_team)
{
  Trio *trio = g_new0 (Trio, 1);

  trio->world = server != NULL ? world_new_at (server, with_team) : world_new (with_team);
  trio->ann = trio->world->ann;
  trio->bob = trio->world->bob;
  trio->carl_phone = person_new (trio->world->server, "carl", "Carl");
  trio->carl = visitor_new (NULL);
  visitor_login (trio->carl, trio->world->server, "carl");
  return trio;
}

void
trio_free (Trio *trio)
{
  visitor_leave (trio->carl);
  person_free (trio->carl_phone);
  world_free (trio->world);
  g_free (trio);
}

void
trio_set_team (Trio *trio, const char *settings)
{
  g_autofree char *body = g_strdup_printf ("{'groupID':'team',%s}", settings);

  person_does (trio->world->ann_phone, "/group/set_group_info_ex", body);
}

/* What is pushed comes in the order in which it was said. */
static void
say_and_hear (Person *from, Visitor *visitor, const char *user)
{
  static guint number;
  g_autofree char *text = g_strdup_printf ("are you there? (%u)", ++number);

  person_connect (from);
  person_say (from, user, text);
  openim_pb_free (visitor_hear (visitor, EVENT (RecvNewMessage), message_says, text));
  person_disconnect (from);
}

void
trio_settle (Trio *trio)
{
  say_and_hear (trio->world->bob_phone, trio->ann, "ann");
  say_and_hear (trio->world->ann_phone, trio->bob, "bob");
  say_and_hear (trio->world->ann_phone, trio->carl, "carl");
}

/* ---- events; the data of each kind are alike */

gboolean
is_group (gconstpointer data, gconstpointer group)
{
  return g_str_equal (((const Openim__Event__EventOnJoinedGroupAddedData *) data)->group->groupid, group);
}

gboolean
is_member (gconstpointer data, gconstpointer user)
{
  return g_str_equal (((const Openim__Event__EventOnGroupMemberAddedData *) data)->member->userid, user);
}

gboolean
is_request (gconstpointer data, gconstpointer user)
{
  return g_str_equal (((const Openim__Event__EventOnGroupApplicationAddedData *) data)->request->userid,
                      user);
}

gboolean
is_line (gconstpointer data, gconstpointer content_type)
{
  const OpenimMessage *message = ((const Openim__Event__EventOnRecvNewMessageData *) data)->message;

  return (int) message->contenttype == GPOINTER_TO_INT (content_type) &&
         (int) message->sessiontype == OPENIM_SESSION_GROUP;
}

OpenimGroup *
hear_group (Visitor *visitor, int event, const char *group)
{
  Openim__Event__EventOnJoinedGroupAddedData *data = visitor_hear (visitor, event, is_group, group);
  OpenimGroup *row = g_steal_pointer (&data->group);

  openim_pb_free (data);
  return row;
}

OpenimGroupMember *
hear_member (Visitor *visitor, int event, const char *user)
{
  Openim__Event__EventOnGroupMemberAddedData *data = visitor_hear (visitor, event, is_member, user);
  OpenimGroupMember *row = g_steal_pointer (&data->member);

  openim_pb_free (data);
  return row;
}

OpenimGroupRequest *
hear_request (Visitor *visitor, int event, const char *user)
{
  Openim__Event__EventOnGroupApplicationAddedData *data = visitor_hear (visitor, event, is_request, user);
  OpenimGroupRequest *row = g_steal_pointer (&data->request);

  openim_pb_free (data);
  return row;
}

void
hear_line (Visitor *visitor, int content_type)
{
  openim_pb_free (visitor_hear (visitor, EVENT (RecvNewMessage), is_line, GINT_TO_POINTER (content_type)));
}

void
hear_team_of (Visitor *visitor, int count)
{
  OpenimGroup *group = hear_group (visitor, EVENT (GroupInfoChanged), "team");

  g_assert_cmpint (group->membercount, ==, count);
  openim_pb_free (group);
}

/* ---- functions */

void
invite (Visitor *visitor, const char *group, const char *user)
{
  Openim__Sdk__Group__InviteUserToGroupReq request = OPENIM__SDK__GROUP__INVITE_USER_TO_GROUP_REQ__INIT;

  request.groupid = (char *) group;
  request.userids = (char **) &user;
  request.n_userids = 1;
  visitor_do (visitor, FUNCTION (InviteUserToGroup), &request);
}

void
join (Visitor *visitor, const char *group, const char *text)
{
  Openim__Sdk__Group__JoinGroupReq request = OPENIM__SDK__GROUP__JOIN_GROUP_REQ__INIT;

  request.groupid = (char *) group;
  request.reqmessage = (char *) text;
  request.ex = (char *) "{\"from\":\"a poster\"}";
  visitor_do (visitor, FUNCTION (JoinGroup), &request);
}

void
handle (Visitor *visitor, const char *group, const char *user, int status, const char *text)
{
  Openim__Sdk__Group__HandlerGroupRequestReq request = OPENIM__SDK__GROUP__HANDLER_GROUP_REQUEST_REQ__INIT;

  request.groupid = (char *) group;
  request.fromuserid = (char *) user;
  request.status = status;
  request.handledmsg = (char *) text;
  visitor_do (visitor, FUNCTION (HandlerGroupRequest), &request);
}

char *
members_of (Visitor *visitor, const char *group, int number, int count)
{
  Openim__Sdk__Group__GetGroupMembersReq request = OPENIM__SDK__GROUP__GET_GROUP_MEMBERS_REQ__INIT;
  Openim__Sdk__Common__RequestPagination pagination = OPENIM__SDK__COMMON__REQUEST_PAGINATION__INIT;
  Openim__Sdk__Group__GetGroupMembersResp *response;
  GString *ids = g_string_new (NULL);

  request.groupid = (char *) group;
  request.filter = OPENIM__SDK__GROUP__GROUP_FILTER__All;
  request.pagination = &pagination;
  pagination.pagenumber = number;
  pagination.shownumber = count;
  response = visitor_call (visitor, FUNCTION (GetGroupMembers), &request);
  for (size_t i = 0; i < response->n_members; i++)
    g_string_append_printf (ids, "%s%s", i > 0 ? " " : "", response->members[i]->userid);
  openim_pb_free (response);
  return g_string_free (ids, FALSE);
}

void
assert_members (Visitor *visitor, const char *group, const char *expected)
{
  g_autofree char *ids = members_of (visitor, group, 1, 100);

  g_assert_cmpstr (ids, ==, expected);
}
