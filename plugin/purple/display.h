/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages on their way into windows: one ordered queue for each conversation. Whatever one of them has to
 * wait for holds the later ones too, with a deadline. A message is shown once: by seq, our own by their ID.
 * A window that opens for a message first gets a page of what was said before (backlog.h). Long queues are
 * shown in slices of a few milliseconds. */

#include "purple/line.h"

G_BEGIN_DECLS

OpenimDisplay *openim_display_new (void);
void openim_display_free (OpenimDisplay *display);
void openim_display_connect_signals (PurplePlugin *plugin);

/* @past: it came while nobody was there; shown with its own time and marked as such. Copies. */
void openim_display_add (OpenimConnection *self, const OpenimMessage *message, gboolean past);

/* Holds a conversation until the matching release; holds add up. @ms: deadline, after which it goes on
 * without. */
void openim_display_hold (OpenimConnection *self, const char *conversation_id, guint ms);

typedef struct {
  OpenimMessage *const *messages; /* not taken, any order */
  gsize n;
  gint64 page_end;  /* up to this seq they are there for the context: a page, not news */
  const char *note; /* (nullable) plain text that stands before the news */
  gboolean opens;   /* the window opens for them if need be */
} OpenimReleased;

/* Puts messages where they belong among those that have been held, and lets go. */
void
openim_display_release (OpenimConnection *self, const char *conversation_id, const OpenimReleased *released);

/* It is being shown at this moment: what happens in its window is our own doing. */
gboolean openim_display_is_at_work (OpenimConnection *self, const char *conversation_id);

/* Whether a line of that conversation may disturb the person. */
gboolean
openim_display_may_disturb (OpenimConnection *self, const char *conversation_id, gboolean mentions_self);

/* A sync begins: everything is kept back, since what arrives now may have older messages before it, and
 * counts as past. It ends: what arrives from now on is new, but waits still, until resume. New connections
 * begin as in a sync. */
void openim_display_begin_sync (OpenimConnection *self);
void openim_display_end_sync (OpenimConnection *self);
gboolean openim_display_is_syncing (OpenimConnection *self);
void openim_display_pause (OpenimConnection *self); /* without a sync */
void openim_display_resume (OpenimConnection *self);

G_END_DECLS
