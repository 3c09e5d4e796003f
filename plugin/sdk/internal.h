/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What sdk.c, call.c, resources.c and session.c share. */

#include "sdk/call.h"
#include "sdk/logfile.h"

G_BEGIN_DECLS

typedef enum {
  OPENIM_SDK_DEFAULT = 1, /* as LoginStatus of the interface */
  OPENIM_SDK_LOGGING = 2,
  OPENIM_SDK_LOGGED = 3,
} OpenimSdkStatus;

struct _OpenimSdk {
  GObject parent_instance;

  OpenimConfig *config;   /* (nullable) before InitSDK */
  OpenimLogfile *logfile; /* (nullable) */
  GProxyResolver *proxy;
  OpenimSdkStatus status;
  OpenimResources *resources; /* (nullable) only when logged */
  guint ending;               /* logins that are still being closed; the next one waits for them */
  OpenimCall *login;          /* (nullable) the Login under way, not owned */
  gboolean closed;

  OpenimEventFunc event_func;
  gpointer event_data;

  GHashTable *calls; /* handle (guint64 *) → OpenimCall, until the answer has been handed out */
  guint64 last_handle;

  GQueue queue; /* of Delivery: answers and events in the order in which they were made */
  GSource *source;
};

/* @data: (transfer full) the event's message. */
void openim_sdk_emit (OpenimSdk *self, OpenimFunction event, gpointer data);
/* With the handle of the call that it belongs to. */
void openim_sdk_emit_for (OpenimSdk *self, guint64 handle, OpenimFunction event, gpointer data);

/* All calls that have no answer yet, but @but (nullable), get 10101. */
void openim_sdk_fail_calls (OpenimSdk *self, OpenimCall *but);

/* The login ends by itself: @event is its last event, no word to the server. */
void openim_sdk_drop_login (OpenimSdk *self, OpenimFunction event, gpointer data);

/* Goes on with a Login that has waited for the end of the one before (session.c). */
void openim_session_continue_login (OpenimSdk *self);

struct _OpenimCall {
  gint refs;
  OpenimSdk *sdk; /* (nullable) NULL when the answer has been handed out */
  guint64 handle;
  const OpenimFunctionRow *row; /* (nullable) unknown number */
  OpenimFunction function;
  ProtobufCMessage *request;
  OpenimResources *resources; /* (nullable) */
  GCancellable *cancellable;
  gint64 began; /* monotonic ms, for the log */
  gpointer state;
  GDestroyNotify destroy_state;

  gboolean answered; /* the answer is in the queue, or handed out */
  GError *error;
  gpointer response;
  OpenimAnswerFunc func;
  OpenimWatchFunc watch; /* (nullable) */
  gpointer func_data;
};

OpenimCall *openim_call_new (
    OpenimSdk *sdk, guint64 handle, OpenimFunction function, OpenimAnswerFunc func, gpointer func_data);
OpenimCall *openim_call_ref (OpenimCall *call);
void openim_call_unref (OpenimCall *call);

/* Makes the answer: @error (transfer full) or @response (transfer full). FALSE when there is one already. */
gboolean openim_call_settle (OpenimCall *call, GError *error, gpointer response);
/* Hands the answer out. */
void openim_call_deliver (OpenimCall *call);

/* Puts a call with its answer into the queue. */
void openim_sdk_queue_answer (OpenimSdk *self, OpenimCall *call);

G_END_DECLS
