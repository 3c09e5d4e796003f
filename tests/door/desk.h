/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A folder with files in it, and what comes of those that go to the server. */

#include "world.h"

G_BEGIN_DECLS

#define PART (5 * 1024 * 1024) /* bytes: what the server wants in one piece */
#define PNG "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x05\0\0\0\x02\x80\x08\x06\0\0\0"

typedef struct {
  World *world;
  char *folder;
} Desk;

Desk *desk_new (void);
Desk *desk_new_with (const char *option, const char *value); /* at a server with one option more */
void desk_free (Desk *desk);

/* All (transfer full) the path. */
char *desk_put (Desk *desk, const char *name, const void *content, gsize length);
char *desk_fill (Desk *desk, const char *name, gsize length); /* no two blocks are alike */

/* What is at an address, by way of the redirect, is what is in the file. @type: (nullable). */
void assert_stored (const char *url, const char *path, const char *type);

/* UploadFile. (transfer full) the address; or the error. */
char *desk_upload (Visitor *visitor, const char *path, const char *name);
int desk_upload_refused (Visitor *visitor, const char *path, const char *name);

/* (transfer full) The message that a function has made. */
OpenimMessage *visitor_make (Visitor *visitor, int function, gconstpointer request);
OpenimMessage *visitor_make_image (Visitor *visitor, const char *path);
OpenimMessage *visitor_make_file (Visitor *visitor, const char *path, const char *name);
/* (transfer full) @message as Bob gets it. */
OpenimMessage *message_arrives (Visitor *bob, const OpenimMessage *message);

/* For visitor_hear: an event about a message with that ID; a conversation list in which the newest message of
 * CHAT has that status; an upload that has come to so many percent. */
gboolean is_message (gconstpointer data, gconstpointer client_msg_id);
gboolean latest_is (gconstpointer data, gconstpointer status);
gboolean has_begun (gconstpointer data, gconstpointer percent);
/* (transfer full) The newest message of CHAT, as it is stored. */
OpenimMessage *latest_stored (Visitor *visitor);

/* Ann, behind a bad network. */
typedef struct {
  Server *server;
  Fault *fault;
  Server through; /* the server as it is seen through the proxy */
  Visitor *ann;
  Person *bob;
  char *folder;
  char *directory; /* Ann's */
} Far;

Far *far_new (void);
void far_come_back (Far *self); /* Ann, whose door is closed, opens another one at the same place */
void far_free (Far *self);
guint64 far_send (Far *self, OpenimMessage *message); /* to Bob; the handle */

G_END_DECLS
