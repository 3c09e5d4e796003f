/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Changes of who is in a group. Releases of open-im-server around 3.8.3-patch.16 make such a change, tell
 * everybody, and then answer 1001, because lifting or setting a bound of the chat fails. So after that answer
 * the list which shows the change is read again, and what it shows counts. Main thread. */

#include "sdk/call.h"

G_BEGIN_DECLS

/* Whether the store shows that it is done; asked before the request too, since what was so before cannot have
 * come of it. Store thread. */
typedef gboolean (*OpenimLapseCheck) (OpenimDb *db, OpenimCall *call, gboolean *done, GError **error);
/* Takes the call's reference. @error: (transfer full), NULL when it is done. */
typedef void (*OpenimLapseFunc) (OpenimCall *call, GError *error);

/* Posts @body (transfer full) to @path. @list of @entity (nullable) shows the change; it has been read again
 * when a 1001 turned out to be none, else not. */
void openim_lapse_call (OpenimCall *call,
                        const char *path,
                        JsonObject *body,
                        OpenimList list,
                        const char *entity,
                        OpenimLapseCheck check,
                        OpenimLapseFunc func);

G_END_DECLS
