/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* ann's sync floor with a store of its own and no network: a test answers the requests itself. */

#include "fake-net.h"
#include "sync/sync.h"

typedef struct {
  FakeNet net;
  GRand *rand;
  char *dir;
  OpenimApi *api;
  OpenimGateway *gateway;
  OpenimStore *store;
  OpenimSync *sync;
  GString *heard;  /* names of events, and what is worth knowing of them */
  GString *called; /* paths */
  gpointer state;  /* the test's own */
} Stage;

/* @fill (nullable) fills the store before anybody logs in; @gateway answers, lists are empty. Connected,
 * without a sync. */
void stage_set_up (Stage *stage, OpenimStoreFunc fill, FakeGatewayFunc gateway, gpointer state);
void stage_tear_down (Stage *stage);
/* What is heard begins anew. */
void stage_forget (Stage *stage);
/* A job of the test's in the store; waits. */
void stage_run (Stage *stage, OpenimStoreFunc func, gpointer job);
/* Until nothing is under way: a chain of store jobs without a request between them is shorter than eight. */
void stage_settle (Stage *stage);
/* Pushes one message. @data: (transfer full). */
void stage_push (Stage *stage, const char *id, gboolean notification, OpenimMsgData *data);
OpenimMsgData *
stage_message (const char *sender, const char *peer, const char *group, const char *client_id, gint64 seq);

/* Fails the test if @part has not been heard. */
void stage_assert_heard (Stage *stage, const char *part);
/* In this order. */
void stage_assert_order (Stage *stage, const char *first, const char *second);
