/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The gateway: handshakes, connections, requests and pushes.
 *
 * Order: the answer of a request is written before the pushes that the request causes, and pushes reach every
 * connection in the order in which they were made. */

#include "http.h"

typedef struct _Session Session; /* one connection */
typedef struct _Hello Hello;     /* handshake.h */

Gateway *gateway_new (Server *server, int port, GError **error); /* listens; sets server->ws */
void gateway_free (Gateway *gateway);

/* A connection whose handshake is done. */
void gateway_enter (Server *server, GIOStream *stream, const Hello *hello);

/* Kicks the connections of a user on a platform. */
void gateway_kick (Server *server, const char *user, int platform);

/* A push on its way to several people: packed once. It leaves when the request under way is answered. */
typedef struct _Push Push;
Push *push_new (Server *server, int identifier, const char *operation, const guint8 *data, gsize length);
void push_to_user (Push *push, const char *user);
void push_to_session (Push *push, Session *session);
void push_free (Push *push);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Push, push_free)

/* Who is connected. */
gboolean gateway_is_online (Server *server, const char *user);
GPtrArray *
gateway_online_users (Server *server); /* (transfer container) const char *, good until the loop runs */
GPtrArray *gateway_sessions (Server *server, const char *user); /* (nullable) (transfer none) of Session * */
int session_platform (Session *session);
const char *session_token (Session *session);
const char *session_id (Session *session);
gboolean session_background (Session *session);
void session_set_background (Session *session, gboolean background);
GHashTable *session_subscriptions (Session *session); /* user IDs, owned */
void session_end (Session *session);                  /* once the answer is out */

/* One request. The handler leaves @answer NULL for an answer without data. */
typedef struct {
  Server *server;
  Session *session;
  const char *user;
  gpointer message; /* protobuf, of the row's descriptor */
  GByteArray *answer;
} Request;

typedef struct {
  int identifier;
  Result (*handler) (Request *request);
  const ProtobufCMessageDescriptor *descriptor;
  gboolean strict; /* refused without operationID or msgIncr */
  gboolean newer;  /* 1007: not in every release */
} RequestRow;

extern const RequestRow request_rows[]; /* requests.c; ends with a NULL handler */

void request_answer (Request *request, gconstpointer message);
