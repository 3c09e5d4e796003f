/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The way into the gateway: the query, who may come in, and how the others are told. */

#include "gateway.h"

struct _Hello {
  char *user;
  char *token;
  int platform;
  gboolean gzip;
  gboolean answer; /* isMsgResp */
  gboolean parsed;
  Result refusal;
};

/* A handler of the gateway's SoupServer; @data is the Server. */
void handshake_handle (
    SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data);
