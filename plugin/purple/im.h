/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Talking with one person. */

#include "purple/connection.h"

G_BEGIN_DECLS

void openim_im_watch (OpenimConnection *self);
void openim_im_connect_signals (PurplePlugin *plugin);

/* A line of the window with @who, which opens if need be. @quiet: it is written and no more; nothing sounds,
 * blinks or answers by itself. */
void openim_im_show (OpenimConnection *self,
                     const char *who,
                     const char *html,
                     PurpleMessageFlags flags,
                     time_t when,
                     gboolean quiet);

/* Members of the prpl. */
int openim_im_send (PurpleConnection *gc, const char *who, const char *html, PurpleMessageFlags flags);
unsigned int openim_im_send_typing (PurpleConnection *gc, const char *who, PurpleTypingState state);
void openim_im_closed (PurpleConnection *gc, const char *who);

G_END_DECLS
