/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages on their way into windows: one ordered queue for each conversation. Whatever one of them has to
 * wait for holds the later ones too, with a deadline. A message is shown once: by seq, our own by their ID.
 */

#include "purple/line.h"

G_BEGIN_DECLS

OpenimDisplay *openim_display_new (void);
void openim_display_free (OpenimDisplay *display);
void openim_display_connect_signals (PurplePlugin *plugin);

/* @past: it came while nobody was there; shown with its own time and marked as such. Copies. */
void openim_display_add (OpenimConnection *self, const OpenimMessage *message, gboolean past);

/* Holds a conversation until the matching release. @ms: deadline, after which it goes on without. */
void openim_display_hold (OpenimConnection *self, const char *conversation_id, guint ms);
/* Puts @messages (element-type OpenimMessage, not taken, oldest first) before everything that has been held,
 * and lets go. */
void openim_display_release (OpenimConnection *self, const char *conversation_id, GPtrArray *messages);

/* A sync begins: everything is kept back, since what arrives now may have older messages before it, and
 * counts as past. It ends: what arrives from now on is new, but waits still, until resume. New connections
 * begin as in a sync. */
void openim_display_begin_sync (OpenimConnection *self);
void openim_display_end_sync (OpenimConnection *self);
void openim_display_resume (OpenimConnection *self);

G_END_DECLS
