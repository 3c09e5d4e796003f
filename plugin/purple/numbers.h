/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Short numbers by which a person speaks of messages: "/quote 7". Each message that is shown in a
 * conversation gets the next one when it is shown first, and keeps it for good, over restarts too. The newest
 * OPENIM_NUMBERS_KEPT of each conversation are kept. Beside it, which of one's own messages have not been
 * answered for: the next run must see what became of them. */

#include "purple/line.h"

G_BEGIN_DECLS

#define OPENIM_NUMBERS_KEPT 500
#define OPENIM_EXCERPT_LENGTH 80 /* characters */

typedef struct {
  char *conversation_id;
  char *client_msg_id;
  guint number;        /* from 1 */
  char *excerpt;       /* (nullable) what was shown; known of what this run has shown */
  gboolean unsure;     /* it is one's own, and nobody knows yet whether it has arrived */
  gboolean waited_for; /* … and it is this run that has sent it and will say */
} OpenimNumbered;

/* @server: as in openim_shown_open(). */
OpenimNumbers *openim_numbers_open (const char *directory, const char *server, const char *user_id);
void openim_numbers_free (OpenimNumbers *numbers);

/* It is being shown. Notices, which nobody has said, get no number. @text: plain, as it is shown. */
void openim_numbers_note (OpenimConnection *self,
                          const OpenimPeer *peer,
                          const OpenimMessage *message,
                          const char *text);

/* All (nullable), owned by the table and valid until something is noted. */
const OpenimNumbered *openim_numbers_get (OpenimNumbers *numbers, const char *conversation_id, guint number);
const OpenimNumbered *openim_numbers_find (OpenimNumbers *numbers, const char *client_msg_id);
/* The highest number that has been given there; 0: none. */
guint openim_numbers_get_last (OpenimNumbers *numbers, const char *conversation_id);

/* @client_msg_id: (nullable) */
void openim_numbers_set_unsure (OpenimNumbers *numbers, const char *client_msg_id, gboolean unsure);
/* (element-type OpenimNumbered) (transfer container), oldest first in each conversation */
GPtrArray *openim_numbers_get_unsure (OpenimNumbers *numbers);

/* One line of plain text, cut and without what it quotes. (transfer full) */
char *openim_excerpt (const char *text);

G_END_DECLS
