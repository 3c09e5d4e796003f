/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A message's way: checks, ID and clock, seq, store, pushes. */

#include "gateway.h"

enum { SESSION_SINGLE = 1, SESSION_GROUP = 3, SESSION_NOTICE = 4 };
enum { TYPE_TYPING = 113, TYPE_NOTICE = 1400, TYPE_BUSINESS = 2001, TYPE_REVOKED = 2101 };

#define AT_ALL "AtAllTag"

/* All that a sender's message passes. @message gets its server ID and time; both stay empty when the receiver
 * receives nothing. @sender is the connection's user. */
Result message_send (Server *server, MsgData *message, const char *sender);

/* Without checks. @also: people told beside the members of the group (nullable). @copy: NULL, or what a copy
 * among the chat's messages has for options. */
typedef struct {
  char **also;
  gboolean copy;
  gboolean copy_offline_push;
  void (*after) (Server *server, gpointer data); /* (nullable) once a push */
  gpointer data;
} Delivery;
void message_deliver (Server *server, MsgData *message, const Delivery *delivery);

gboolean message_option (const MsgData *message, const char *key);           /* absent means true */
void message_set_option (MsgData *message, const char *key, gboolean value); /* @message on the heap */
char *message_conversation (const MsgData *message); /* (transfer full) the chat, also for a notification */

Result message_request (Request *request); /* 1003 */
