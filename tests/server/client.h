/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A small client for the server's own tests: starts the program, calls it, and keeps lines to its gateway. It
 * waits for things with a deadline; what does not come fails the test. It knows nothing of the plugin but
 * base/. */

#include <libsoup/soup.h>

#include "base/json.h"

typedef struct {
  GSubprocess *process;
  SoupSession *session;
  char *api;
  char *ws;
  char *chat;
  char *admin; /* the administrator's token */
} Host;

Host *host_start (const char *const *options); /* beside the ports */
int host_stop (Host *host, int signal);        /* 0: end of its input. Its exit status; frees @host */

/* (transfer full) the envelope of a call; @body is JSON text. */
JsonObject *host_call (Host *host, const char *base, const char *path, const char *token, const char *body);
void host_must (Host *host, const char *path, const char *token, const char *body); /* code 0 */
void host_register (Host *host, const char *user);
char *host_token (Host *host, const char *user, int platform); /* (transfer full) */

typedef struct {
  SoupWebsocketConnection *socket;
  char *user;
  guint sent;
  GQueue frames; /* JsonObject */
  gboolean closed;
} Line;

Line *line_open (Host *host, const char *user, const char *token, int platform);
void line_close (Line *line);
void line_wait_closed (Line *line);
guint line_ask (Line *line, int identifier, gconstpointer message);               /* the request's number */
guint line_say (Line *line, const char *to, const char *group, const char *text); /* 1003 */
JsonObject *line_next (Line *line); /* (transfer full) next frame */
gpointer
line_answer (Line *line, guint number, const ProtobufCMessageDescriptor *descriptor); /* skips pushes */

/* (transfer full) The next frame 2005, answer or push. */
Openim__Sdkws__SubUserOnlineStatusTips *line_status (Line *line);

/* The single message of the next push 2001: where, and the message, owned by @push (free with
 * openim_pb_free). */
OpenimMsgData *line_push (Line *line, char **conversation, gpointer *push);
