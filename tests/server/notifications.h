/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Notifications: messages that the server writes. The table says which are stored, which leave a line in the
 * chat, and what a phone would show. */

#include "messages.h"

typedef struct {
  int type;
  const char *from;
  const char *to;       /* a user, or the group */
  gboolean group;       /* to is a group */
  const char *detail;   /* JSON */
  const char *nickname; /* (nullable) of the sender */
  char **also;          /* (nullable) people told beside the group's members */
  gboolean no_line;     /* no copy in the chat, whatever the table says */
  void (*after) (Server *server, gpointer data);
  gpointer data;
} Notification;

void notify (Server *server, const Notification *notification);

/* Takes @detail. */
void notify_user (Server *server, int type, const char *from, const char *to, GString *detail);

/* The envelope of a notification's content: {"detail":"…"}. (transfer full) */
GString *notification_content (const char *detail);
char *notification_id (void); /* (transfer full) a clientMsgID */

enum {
  FRIEND_APPROVED = 1201,
  FRIEND_REJECTED,
  FRIEND_APPLICATION,
  FRIEND_DELETED = 1205,
  FRIEND_REMARK_SET,
  BLACK_ADDED,
  BLACK_DELETED,
  FRIEND_INFO_UPDATED,
  FRIENDS_INFO_UPDATE,
  CONVERSATION_CHANGED = 1300,
  USER_INFO_UPDATED = 1303,
  GROUP_CREATED = 1501,
  GROUP_INFO_SET,
  JOIN_APPLICATION,
  MEMBER_QUIT,
  APPLICATION_ACCEPTED,
  APPLICATION_REJECTED,
  OWNER_TRANSFERRED,
  MEMBER_KICKED,
  MEMBER_INVITED,
  MEMBER_ENTER,
  GROUP_DISMISSED_TIPS,
  MEMBER_MUTED,
  MEMBER_UNMUTED,
  GROUP_MUTED_TIPS,
  GROUP_UNMUTED,
  MEMBER_INFO_SET,
  MEMBER_TO_ADMIN,
  MEMBER_TO_ORDINARY,
  ANNOUNCEMENT_SET,
  NAME_SET,
  PRIVATE_CHAT = 1701,
  CONVERSATION_CLEARED = 1703,
  MESSAGE_REVOKED = 2101,
  MESSAGES_DELETED = 2102,
  HAS_READ = 2200,
};
