/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The gateway (WebSocket, port 10001): one connection that is made again whenever it is lost, requests with
 * deadlines, pushes. Envelopes are JSON in binary frames (sdkType=js, server 3.8.2 or newer) with a protobuf
 * body in base64; no gzip, no isMsgResp. Source: open-im-server 3.8, internal/msggateway. Main thread only.
 */

#include "base/pb.h"

G_BEGIN_DECLS

#define OPENIM_TYPE_GATEWAY (openim_gateway_get_type ())
G_DECLARE_FINAL_TYPE (OpenimGateway, openim_gateway, OPENIM, GATEWAY, GObject)

enum {
  OPENIM_GATEWAY_NEWEST_SEQS = 1001,
  OPENIM_GATEWAY_PULL_RANGES = 1002,
  OPENIM_GATEWAY_SEND = 1003,
  OPENIM_GATEWAY_PULL_SEQS = 1005,
  OPENIM_GATEWAY_READ_SEQS = 1006,
  OPENIM_GATEWAY_LAST_MESSAGES = 1007,
  OPENIM_GATEWAY_PUSH = 2001,
  OPENIM_GATEWAY_KICKED = 2002,
  OPENIM_GATEWAY_LOGOUT = 2003,
  OPENIM_GATEWAY_BACKGROUND = 2004,
  OPENIM_GATEWAY_ONLINE_STATUS = 2005,
};

/* What the owner hears; all on the main thread, none from inside a call of the owner's except
 * openim_gateway_stop. */
typedef struct {
  void (*connecting) (gpointer owner); /* before each attempt */
  void (*connected) (gpointer owner);  /* handshake done */
  void (*failed) (
      gpointer owner,
      const GError *error); /* an attempt failed or the connection was lost; it goes on by itself */
  void (*ended) (
      gpointer owner,
      const GError *error); /* token family or kick (code 1506): no further attempt; the last call ever */
  void (*push) (
      gpointer owner,
      guint id,
      GBytes *body); /* 2001 and 2005 (with empty msgIncr); body is protobuf bytes, not yet behind the gate */
} OpenimGatewayListener;

typedef struct {
  const char *url; /* ws(s)://host[:port][/path] */
  const char *user_id;
  const char *token;
  int platform;
  GProxyResolver *proxy; /* (nullable) */
} OpenimGatewayConfig;

/* NULL with OPENIM_ERROR_SDK_ARGS when the address is no ws(s):// address. The listener struct must be
 * static; @owner outlives the gateway. A request under way holds a reference: stop the gateway before the
 * owner drops its own. */
OpenimGateway *openim_gateway_new (const OpenimGatewayConfig *config,
                                   const OpenimGatewayListener *listener,
                                   gpointer owner,
                                   GError **error);

void openim_gateway_start (OpenimGateway *self);
/* Closes at once and for good: pending requests end with OPENIM_ERROR_LOGIN_OUT; the listener is not called
 * any more. Idempotent. */
void openim_gateway_stop (OpenimGateway *self);
/* Drops the present socket (if any) and connects anew without waiting: the network has changed. */
void openim_gateway_reconnect (OpenimGateway *self);
gboolean openim_gateway_is_connected (OpenimGateway *self);

/* Sends a request. Without a connection it waits for one, at most @timeout_ms in all (0: fail at once with
 * OPENIM_ERROR_NETWORK when not connected, else OPENIM_GATEWAY_TIMEOUT). Requests go out in the order of
 * these calls. No answer in time is OPENIM_ERROR_TIMEOUT; never sent in time is OPENIM_ERROR_NETWORK, and so
 * is a lost connection (only for requests already on the wire; waiting ones go on waiting). A frame over
 * 51200 bytes is refused with OPENIM_ERROR_SDK_ARGS before it is sent. At most 1000 requests wait. */
void openim_gateway_request_async (OpenimGateway *self,
                                   guint id,
                                   gconstpointer request /* ProtobufCMessage */,
                                   guint timeout_ms,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
/* (transfer full) The answer's protobuf message of @descriptor, passed through the gate. */
gpointer openim_gateway_request_finish (OpenimGateway *self,
                                        GAsyncResult *result,
                                        const ProtobufCMessageDescriptor *descriptor,
                                        GError **error);

#define OPENIM_GATEWAY_TIMEOUT 10000 /* ms */

guint openim_gateway_get_request_count (OpenimGateway *self);

G_END_DECLS
