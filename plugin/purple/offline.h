/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a person does to the buddy list while the account is not connected, and what the server does to it
 * meanwhile. libpurple tells a protocol of neither. Removed and added people are remembered in the account's
 * settings and are removed and asked at the next login; who is no friend any more and has not been asked to
 * be one goes from the list. */

#include "purple/connection.h"

G_BEGIN_DECLS

/* In the plugin's load and unload. */
void openim_offline_start (PurplePlugin *plugin);
void openim_offline_stop (PurplePlugin *plugin);

/* The friends are known as the server has them now. */
void openim_offline_settle (OpenimConnection *self);

/* Removed while nobody was connected, and not settled yet. */
gboolean openim_offline_is_removed (OpenimConnection *self, const char *user_id);

G_END_DECLS
