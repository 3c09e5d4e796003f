/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The command line, and what differs between the releases that the server can pass for. */

#include <glib.h>

typedef struct {
  const char *name;
  gboolean strict_query;  /* operationID and isBackground must be in the gateway's URL; "v" is known */
  gboolean success_frame; /* isMsgResp is answered with a first frame */
  gboolean refuse_frame;  /* with isMsgResp every refusal is a frame, not only a bad token */
  gboolean pong_counts;   /* a client's pong keeps the connection alive */
  gboolean kick_arrives;  /* push 2002 is written before the connection ends */
  gboolean twins;         /* a second socket with the same token is tolerated */
  gboolean last_message;  /* request 1007 exists */
  gboolean requests;      /* notifications of applications carry the application */
  gboolean join_fails;    /* whoever lets somebody into a group is told 1001 though all is done */
  gboolean sender_check;  /* a message must come from its sender */
  gboolean refusal_told;  /* a receiver who receives nothing: 1001 instead of an empty answer */
  gboolean copies_unread; /* chat copies of notifications count as unread */
  gboolean own_only;      /* conversation routes work for oneself only */
  gboolean quote_check;   /* quotes without seq are shown as revoked */
  gboolean later_routes;  /* what patch.16 does not have yet */
  gboolean notice_marks;  /* an announcement marks the members' conversations, whoever made it */
} Behave;

typedef struct {
  int api_port;
  int ws_port;
  int chat_port;
  char *data; /* (nullable) file of the store */
  gboolean demo;
  char **fill; /* (nullable) see fill.h */
  const Behave *behave;
  int token_lifetime;   /* s */
  char *alter;          /* (nullable) "OLD=NEW" in what is sent, as the callback of an operator can do it */
  gboolean slow_parts;  /* the storage takes 1 MB a second of each part */
  int fail_part;        /* the storage refuses this part of every upload; 0: none */
  gboolean expire_urls; /* what is signed is good for a second only */
} Options;

Options *options_parse (int *argc, char ***argv, GError **error);
void options_free (Options *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Options, options_free)
