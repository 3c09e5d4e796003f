/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Builders of event data. */

#include "sync/effects.h"

#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name
#define DATA(name) &openim__event__##name##_data__descriptor

/* Events that carry one row. */
static const struct {
  OpenimFunction event;
  const ProtobufCMessageDescriptor *descriptor;
} row_events[] = {
  { EVENT (EventOnSelfInfoUpdated), DATA (event_on_self_info_updated) },
  { EVENT (EventOnFriendAdded), DATA (event_on_friend_added) },
  { EVENT (EventOnFriendDeleted), DATA (event_on_friend_deleted) },
  { EVENT (EventOnFriendInfoChanged), DATA (event_on_friend_info_changed) },
  { EVENT (EventOnBlackAdded), DATA (event_on_black_added) },
  { EVENT (EventOnBlackDeleted), DATA (event_on_black_deleted) },
  { EVENT (EventOnFriendApplicationAdded), DATA (event_on_friend_application_added) },
  { EVENT (EventOnFriendApplicationDeleted), DATA (event_on_friend_application_deleted) },
  { EVENT (EventOnFriendApplicationAccepted), DATA (event_on_friend_application_accepted) },
  { EVENT (EventOnFriendApplicationRejected), DATA (event_on_friend_application_rejected) },
  { EVENT (EventOnJoinedGroupAdded), DATA (event_on_joined_group_added) },
  { EVENT (EventOnJoinedGroupDeleted), DATA (event_on_joined_group_deleted) },
  { EVENT (EventOnGroupInfoChanged), DATA (event_on_group_info_changed) },
  { EVENT (EventOnGroupDismissed), DATA (event_on_group_dismissed) },
  { EVENT (EventOnGroupMemberAdded), DATA (event_on_group_member_added) },
  { EVENT (EventOnGroupMemberDeleted), DATA (event_on_group_member_deleted) },
  { EVENT (EventOnGroupMemberInfoChanged), DATA (event_on_group_member_info_changed) },
  { EVENT (EventOnGroupApplicationAdded), DATA (event_on_group_application_added) },
  { EVENT (EventOnGroupApplicationDeleted), DATA (event_on_group_application_deleted) },
  { EVENT (EventOnGroupApplicationAccepted), DATA (event_on_group_application_accepted) },
  { EVENT (EventOnGroupApplicationRejected), DATA (event_on_group_application_rejected) },
  { EVENT (EventOnUserCommandAdd), DATA (event_on_user_command_add) },
  { EVENT (EventOnUserCommandDelete), DATA (event_on_user_command_delete) },
  { EVENT (EventOnUserCommandUpdate), DATA (event_on_user_command_update) },
  { EVENT (EventOnNewRecvMessageRevoked), DATA (event_on_new_recv_message_revoked) },
};

gpointer
openim_event_new (OpenimFunction event, gpointer row)
{
  for (guint i = 0; i < G_N_ELEMENTS (row_events); i++)
    if (row_events[i].event == event) {
      gpointer data = openim_pb_new (row_events[i].descriptor);

      G_STRUCT_MEMBER (gpointer, data, row_events[i].descriptor->fields[0].offset) = row;
      return data;
    }
  g_return_val_if_reached (NULL);
}

/* What a change of a table's row is called. Requests go by their result instead. */
static const struct {
  const OpenimTable *table;
  OpenimFunction events[3]; /* by OpenimRowKind: added, changed, deleted */
  OpenimFunction accepted, rejected;
} table_events[] = {
  { &openim_table_users, { 0, EVENT (EventOnSelfInfoUpdated), 0 } },
  { &openim_table_friends,
    { EVENT (EventOnFriendAdded), EVENT (EventOnFriendInfoChanged), EVENT (EventOnFriendDeleted) } },
  { &openim_table_blacks, { EVENT (EventOnBlackAdded), 0, EVENT (EventOnBlackDeleted) } },
  { &openim_table_groups,
    { EVENT (EventOnJoinedGroupAdded), EVENT (EventOnGroupInfoChanged), EVENT (EventOnJoinedGroupDeleted) } },
  { &openim_table_members,
    { EVENT (EventOnGroupMemberAdded), EVENT (EventOnGroupMemberInfoChanged),
      EVENT (EventOnGroupMemberDeleted) } },
  { &openim_table_friend_requests,
    { EVENT (EventOnFriendApplicationAdded), EVENT (EventOnFriendApplicationAdded),
      EVENT (EventOnFriendApplicationDeleted) },
    EVENT (EventOnFriendApplicationAccepted),
    EVENT (EventOnFriendApplicationRejected) },
  { &openim_table_group_requests,
    { EVENT (EventOnGroupApplicationAdded), EVENT (EventOnGroupApplicationAdded),
      EVENT (EventOnGroupApplicationDeleted) },
    EVENT (EventOnGroupApplicationAccepted),
    EVENT (EventOnGroupApplicationRejected) },
  { &openim_table_commands,
    { EVENT (EventOnUserCommandAdd), EVENT (EventOnUserCommandUpdate), EVENT (EventOnUserCommandDelete) } },
};

static int
handle_result (const OpenimRowChange *change)
{
  return change->table == &openim_table_friend_requests ? ((OpenimFriendRequest *) change->row)->handleresult
                                                        : ((OpenimGroupRequest *) change->row)->handleresult;
}

/* A changed row can be no news: requests carry names and numbers of others, friends how they became such, and
 * of commands only the value counts. */
static gboolean
is_news (const OpenimRowChange *change)
{
  if (change->kind != OPENIM_ROW_CHANGED)
    return TRUE;
  if (change->table == &openim_table_friends) {
    const OpenimFriend *now = change->row;
    const OpenimFriend *old = change->old;

    return !g_str_equal (now->nickname, old->nickname) || !g_str_equal (now->faceurl, old->faceurl) ||
           !g_str_equal (now->remark, old->remark) || !g_str_equal (now->ex, old->ex) ||
           now->ispinned != old->ispinned;
  }
  if (change->table == &openim_table_friend_requests) {
    const OpenimFriendRequest *now = change->row;
    const OpenimFriendRequest *old = change->old;

    return now->handleresult != old->handleresult || now->handletime != old->handletime ||
           now->createtime != old->createtime;
  }
  if (change->table == &openim_table_group_requests) {
    const OpenimGroupRequest *now = change->row;
    const OpenimGroupRequest *old = change->old;

    return now->handleresult != old->handleresult || now->reqtime != old->reqtime;
  }
  if (change->table == &openim_table_commands)
    return !g_str_equal (((OpenimCommand *) change->row)->value, ((OpenimCommand *) change->old)->value);
  return TRUE;
}

static gboolean
is_dismissed (const OpenimGroup *group)
{
  return group != NULL && group->status == OPENIM__SDK__SHARED__GROUP_STATUS__Dismissed;
}

OpenimFunction
openim_event_of_change (const OpenimRowChange *change, const char *self_id, gpointer *row)
{
  OpenimFunction event = 0;

  if (!is_news (change))
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (table_events); i++)
    if (table_events[i].table == change->table) {
      event = table_events[i].events[change->kind];
      if (table_events[i].accepted != 0 && change->kind != OPENIM_ROW_DELETED && handle_result (change) != 0)
        event = handle_result (change) > 0 ? table_events[i].accepted : table_events[i].rejected;
      break;
    }

  if (change->table == &openim_table_users && g_strcmp0 (((OpenimUser *) change->row)->userid, self_id) != 0)
    event = 0;
  if (change->table == &openim_table_groups && change->kind == OPENIM_ROW_CHANGED &&
      is_dismissed (change->row) && !is_dismissed (change->old))
    event = EVENT (EventOnGroupDismissed);
  if (event == 0)
    return 0;

  *row = openim_pb_copy (change->row);
  if (event == EVENT (EventOnJoinedGroupDeleted))
    ((OpenimGroup *) *row)->membercount = 0;
  return event;
}

gpointer
openim_event_flag (OpenimFunction event, gboolean flag)
{
  /* The three messages are alike: one field, reinstalled. */
  const ProtobufCMessageDescriptor *descriptor =
      event == EVENT (EventOnSyncServerStart)    ? DATA (event_on_sync_server_start)
      : event == EVENT (EventOnSyncServerFinish) ? DATA (event_on_sync_server_finish)
                                                 : DATA (event_on_sync_server_failed);
  gpointer data = openim_pb_new (descriptor);

  G_STRUCT_MEMBER (protobuf_c_boolean, data, descriptor->fields[0].offset) = flag;
  return data;
}

gpointer
openim_event_progress (int percent)
{
  Openim__Event__EventOnSyncServerProgressData *data = openim_pb_new (DATA (event_on_sync_server_progress));

  data->progress = percent;
  return data;
}

gpointer
openim_event_total_unread (gint64 total)
{
  Openim__Event__EventOnTotalUnreadMessageCountChangedData *data =
      openim_pb_new (DATA (event_on_total_unread_message_count_changed));

  data->totalunreadcount = (int32_t) MIN (total, G_MAXINT32);
  return data;
}

static void
put_platforms (size_t *n, int32_t **array, GArray *platforms)
{
  *n = platforms->len;
  *array = g_new (int32_t, platforms->len);
  for (guint i = 0; i < platforms->len; i++)
    (*array)[i] = g_array_index (platforms, int, i);
}

gpointer
openim_event_typing (const char *conversation_id, const char *user_id, GArray *platforms)
{
  Openim__Event__EventOnConversationUserInputStatusChangedData *data =
      openim_pb_new (DATA (event_on_conversation_user_input_status_changed));

  openim_pb_set (&data->conversationid, conversation_id);
  openim_pb_set (&data->userid, user_id);
  put_platforms (&data->n_platformids, &data->platformids, platforms);
  return data;
}

gpointer
openim_event_status (const char *user_id, GArray *platforms)
{
  Openim__Event__EventOnUserStatusChangedData *data = openim_pb_new (DATA (event_on_user_status_changed));

  openim_pb_set (&data->userid, user_id);
  put_platforms (&data->n_platformids, &data->platformids, platforms);
  return data;
}

gpointer
openim_event_receipt (const char *reader, GPtrArray *ids, gint64 time)
{
  Openim__Event__EventOnRecvC2CReadReceiptData *data = openim_pb_new (DATA (event_on_recv_c2_cread_receipt));
  Openim__Event__MessageReceipt *receipt = openim_pb_new (&openim__event__message_receipt__descriptor);

  openim_pb_set (&receipt->userid, reader);
  for (guint i = 0; i < ids->len; i++)
    openim_pb_append_string (&receipt->n_msgidlist, &receipt->msgidlist, g_ptr_array_index (ids, i));
  receipt->readtime = time;
  receipt->sessiontype = OPENIM_SESSION_SINGLE;
  openim_pb_append (&data->n_msgreceiptlist, &data->msgreceiptlist, receipt);
  return data;
}
