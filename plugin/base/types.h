/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Short names for the messages of the interface that every floor speaks.
 * All of them are protobuf-c structs: make them with openim_pb_new(), free them with openim_pb_free(). */

#include <glib.h>

#include "common.pb-c.h"
#include "error.pb-c.h"
#include "event.pb-c.h"
#include "internal.pb-c.h"
#include "sdkws.pb-c.h"
#include "shared.pb-c.h"

G_BEGIN_DECLS

/* Function and event numbers; the internal functions 2229–2232 lie outside the enum and are cast. */
typedef Openim__Event__FuncRequestEventName OpenimFunction;

typedef Openim__Sdk__Shared__IMUser OpenimUser;
typedef Openim__Sdk__Shared__IMFriend OpenimFriend;
typedef Openim__Sdk__Shared__IMBlack OpenimBlack;
typedef Openim__Sdk__Shared__IMFriendRequest OpenimFriendRequest;
typedef Openim__Sdk__Shared__IMGroup OpenimGroup;
typedef Openim__Sdk__Shared__IMGroupMember OpenimGroupMember;
typedef Openim__Sdk__Shared__IMGroupRequest OpenimGroupRequest;
typedef Openim__Sdk__Shared__IMConversation OpenimConversation;
typedef Openim__Sdk__Shared__IMMessage OpenimMessage;
typedef Openim__Sdk__Shared__CommandInfo OpenimCommand;

/* A message as it travels and as it is stored: content is still the JSON text of its type.
 * Below the SDK floor this is the only form of a message; IMMessage exists above it. */
typedef Openim__Sdkws__MsgData OpenimMsgData;

/* Values that the server sends and the interface's enums lack. */
enum {
  OPENIM_CONTENT_TYPING = 113,
  OPENIM_CONTENT_OA_NOTIFICATION = 1400,
  OPENIM_CONTENT_REVOKED = 2101,
};

enum {
  OPENIM_SESSION_SINGLE = 1,
  OPENIM_SESSION_WRITE_GROUP = 2, /* of servers before 3.0; none are made any more */
  OPENIM_SESSION_GROUP = 3,
  OPENIM_SESSION_NOTIFICATION = 4,
};

/* Status of a message; 4 and more are never shown. */
enum {
  OPENIM_STATUS_SENDING = 1,
  OPENIM_STATUS_SENT = 2,
  OPENIM_STATUS_FAILED = 3,
  OPENIM_STATUS_DELETED = 4,
  OPENIM_STATUS_FILTERED = 5,
};

G_END_DECLS
