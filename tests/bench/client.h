/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Somebody who uses the SDK in this process. Main thread. */

#include "base/pb.h"
#include "bench.h"
#include "sdk/sdk.h"

G_BEGIN_DECLS

#define FUNCTION(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__##name
#define EVENT(name) OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOn##name

typedef struct _Client Client;

/* A message came. */
typedef void (*ClientHeard) (Client *client, const OpenimMessage *message);
/* A function has been answered. */
typedef void (*ClientAnswered) (gpointer data, const ProtobufCMessage *response);

struct _Client {
  OpenimSdk *sdk;
  gboolean synced;   /* SyncServerFinish */
  ClientHeard heard; /* (nullable) */
  gpointer data;     /* the work's own */
};

/* InitSDK and Login; returns when the first sync is over. */
Client *client_new (const Bench *bench);
/* Logout, and all that is still to be written. */
void client_free (Client *client);

/* @answered (nullable) is called from the main loop; an error ends the program. */
void client_ask (Client *client, int function, gconstpointer request, ClientAnswered answered, gpointer data);
/* The same; returns when it has been. */
void
client_call (Client *client, int function, gconstpointer request, ClientAnswered answered, gpointer data);

G_END_DECLS
