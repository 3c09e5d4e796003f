/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who is online, and with what. OpenIM knows online and offline only, so that is all there is to choose and
 * to see. */

#include "purple/connection.h"

G_BEGIN_DECLS

#define OPENIM_STATUS_AVAILABLE "available"
#define OPENIM_STATUS_OFFLINE "offline"

OpenimPresence *openim_presence_new (void);
void openim_presence_free (OpenimPresence *presence);
void openim_presence_connect_signals (PurplePlugin *plugin);

/* Asks for the state of these people, now and whenever it changes. */
void openim_presence_follow (OpenimConnection *self, const char *user_id);
void
openim_presence_follow_friends (OpenimConnection *self); /* all on the buddy list that are not followed */
void openim_presence_forget (OpenimConnection *self, const char *user_id);

/* Members of the prpl. */
GList *openim_presence_get_types (PurpleAccount *account);
char *openim_presence_get_text (PurpleBuddy *buddy);
const char *openim_presence_get_emblem (PurpleBuddy *buddy);

G_END_DECLS
