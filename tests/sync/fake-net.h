/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A gateway and an API without sockets, in place of those of plugin/net: answers come from a model, in an
 * order that chance decides. */

#include "net/api.h"
#include "net/gateway.h"

/* The answer to a request, (transfer full) message; NULL: the error @code, which is OPENIM_ERROR_TIMEOUT
 * unless it is set. */
typedef gpointer (*FakeGatewayFunc) (gpointer owner, guint id, const ProtobufCMessage *request, int *code);
/* (transfer full) data of the answer. */
typedef JsonObject *(*FakeApiFunc) (gpointer owner, const char *path, JsonObject *body);

typedef struct {
  GRand *rand;
  GPtrArray *pending;
  guint tick;
  gboolean connected;
  gboolean held; /* nothing is answered */
  FakeGatewayFunc gateway;
  FakeApiFunc api;
  gpointer owner;
} FakeNet;

/* There is one at a time; the objects find it by themselves. */
void fake_net_begin (FakeNet *net, GRand *rand, FakeGatewayFunc gateway, FakeApiFunc api, gpointer owner);
void fake_net_end (FakeNet *net);
OpenimGateway *fake_net_gateway (FakeNet *net); /* (transfer full) */
OpenimApi *fake_net_api (FakeNet *net);         /* (transfer full) */
void fake_net_hold (FakeNet *net, gboolean held);
/* Requests on the gateway that are under way fail. */
void fake_net_disconnect (FakeNet *net);
