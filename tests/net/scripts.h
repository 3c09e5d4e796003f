/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Servers that several tests meet. */

#include "ears.h"

#define PATIENT 20000 /* ms: longer than any test takes */

/* Frames without a request. */
#define FRAME_PUSH "{\"reqIdentifier\":2001,\"msgIncr\":\"\",\"errCode\":0,\"errMsg\":\"\",\"data\":\"AAAA\"}"
#define FRAME_STATUS                                                                                         \
  "{\"reqIdentifier\":2005,\"msgIncr\":\"\",\"errCode\":0,\"errMsg\":\"\",\"data\":\"AA==\"}"
#define FRAME_OTHER "{\"reqIdentifier\":3001,\"msgIncr\":\"\",\"errCode\":0,\"errMsg\":\"\",\"data\":null}"
#define FRAME_KICK "{\"reqIdentifier\":2002,\"msgIncr\":\"\",\"errCode\":0,\"errMsg\":\"\",\"data\":null}"

/* What script_refuse answers to every request, with an upgrade or without. */
typedef struct {
  guint status;
  const char *body;
} Refusal;

/* Answers every request. */
void script_serve (TestPeer *peer, guint number, gconstpointer data);
/* Accepts, and then says nothing at all. */
void script_mute (TestPeer *peer, guint number, gconstpointer data);
/* Does not even answer the handshake. */
void script_silent (TestPeer *peer, guint number, gconstpointer data);
void script_refuse (TestPeer *peer, guint number, gconstpointer refusal);
/* Kicks at the first request. */
void script_kick (TestPeer *peer, guint number, gconstpointer data);
/* Speaks Go's encoding. */
void script_gob (TestPeer *peer, guint number, gconstpointer data);

void serve (TestPeer *peer); /* what script_serve does after the handshake */
char *big_push (gsize bytes);
