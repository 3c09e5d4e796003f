/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Group chats as windows. A chat's name is the group ID; its title is the alias on the buddy list. Closing a
 * window never leaves the group. */

#include "purple/connection.h"

G_BEGIN_DECLS

/* A group whose window is open (joined, in libpurple's words). */
typedef struct {
  char *group_id;
  int id;              /* libpurple's number for the window, unique within the connection */
  guint serial;        /* tells a window from one of the same group that was open earlier */
  GHashTable *members; /* user ID → OpenimGroupMember */
  GHashTable *counted; /* user ID → the name under which that member is counted */
  GHashTable *names;   /* name → how many members are counted under it (guint as pointer) */
  GPtrArray *arrivals; /* IDs of members who have come and are not shown yet */
  OpenimTimer *arrivals_timer;
  gboolean farewell;   /* a notice has been shown that says why the person is not in the group any more */
  OpenimTimer *ending; /* the person is out of the group, and a notice may still say why */
} OpenimRoom;

OpenimRooms *openim_rooms_new (void);
void openim_rooms_free (OpenimRooms *rooms);
void openim_chat_connect_signals (PurplePlugin *plugin);
void openim_chat_watch (OpenimConnection *self);

/* (nullable) */
OpenimRoom *openim_rooms_get (OpenimConnection *self, const char *group_id);
OpenimRoom *openim_rooms_get_by_id (OpenimConnection *self, int id);
/* (element-type OpenimRoom) (transfer container) */
GPtrArray *openim_rooms_get_all (OpenimConnection *self);
/* (nullable) The window of the room. */
PurpleConvChat *openim_room_get_chat (OpenimConnection *self, OpenimRoom *room);

/* The window of the group, which opens if need be. NULL when the connection was closed from inside. */
PurpleConversation *openim_chat_open (OpenimConnection *self, const char *group_id);
/* A line of the group's window, which opens if need be. @quiet: it is written and no more. */
void openim_chat_show (OpenimConnection *self,
                       const char *group_id,
                       const char *sender,
                       const char *html,
                       PurpleMessageFlags flags,
                       time_t when,
                       gboolean quiet);

/* After the line of a message has been shown: the last one of a group ends it. libpurple drops what comes
 * later. */
void openim_chat_after (OpenimConnection *self, const OpenimMessage *message);

/* Members of the prpl. */
void openim_chat_leave (PurpleConnection *gc, int id);
void openim_chat_whisper (PurpleConnection *gc, int id, const char *who, const char *html);
int openim_chat_send (PurpleConnection *gc, int id, const char *html, PurpleMessageFlags flags);

G_END_DECLS
