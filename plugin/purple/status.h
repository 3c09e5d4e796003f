/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who is online, and with what. OpenIM shows others online and offline only. Away is for oneself: the server
 * is told that nobody sits here, as of a telephone in a pocket, and muted conversations are not shown until
 * the person is back. */

#include "purple/connection.h"

G_BEGIN_DECLS

#define OPENIM_STATUS_ID_AVAILABLE "available"
#define OPENIM_STATUS_ID_AWAY "away"
#define OPENIM_STATUS_ID_OFFLINE "offline"

OpenimStatuses *openim_status_new (void);
void openim_status_free (OpenimStatuses *statuses);
void openim_status_connect_signals (PurplePlugin *plugin);

/* Asks for the state of these people, now and whenever it changes. */
void openim_status_follow (OpenimConnection *self, const char *user_id);
void openim_status_follow_friends (OpenimConnection *self); /* all on the buddy list that are not followed */
void openim_status_forget (OpenimConnection *self, const char *user_id);
void openim_status_forget_all (OpenimConnection *self); /* the SDK has done so */

/* Once connected: what the person has chosen before. */
void openim_status_begin (OpenimConnection *self);

/* Members of the prpl. */
GList *openim_status_get_types (PurpleAccount *account);
void openim_status_set (PurpleAccount *account, PurpleStatus *status);
char *openim_status_get_text (PurpleBuddy *buddy);
const char *openim_status_get_emblem (PurpleBuddy *buddy);

G_END_DECLS
