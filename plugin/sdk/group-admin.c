/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What owner and administrators set about a group. The group travels with the list of its members. */

#include "sdk/handlers.h"

#include "group.pb-c.h"

#include "sdk/change.h"

void
openim_group_mute (OpenimCall *call)
{
  const Openim__Sdk__Group__ChangeGroupMuteReq *request = openim_call_get_request (call);

  openim_change (call, request->mute ? "/group/mute_group" : "/group/cancel_mute_group",
                 openim_json_build ("groupID", 's', request->groupid, NULL), OPENIM_LIST_MEMBERS,
                 request->groupid);
}

void
openim_group_set_info (OpenimCall *call)
{
  const Openim__Sdk__Group__SetGroupInfoReq *request = openim_call_get_request (call);

  /* The server says yes to it and changes nothing, the other fields neither. */
  if (request->_group_name_case == OPENIM__SDK__GROUP__SET_GROUP_INFO_REQ___GROUP_NAME_GROUP_NAME &&
      *request->groupname == '\0') {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "A group needs a name.");
    return;
  }
  /* Fields that are not there are not written. */
  openim_change (call, "/group/set_group_info_ex", openim_json_from_message (request, NULL, FALSE),
                 OPENIM_LIST_MEMBERS, request->groupid);
}

void
openim_group_transfer (OpenimCall *call)
{
  const Openim__Sdk__Group__TransferGroupOwnerReq *request = openim_call_get_request (call);

  openim_change (call, "/group/transfer_group",
                 openim_json_build ("groupID", 's', request->groupid, "oldOwnerUserID", 's',
                                    openim_call_get_user_id (call), "newOwnerUserID", 's',
                                    request->owneruserid, NULL),
                 OPENIM_LIST_MEMBERS, request->groupid);
}
