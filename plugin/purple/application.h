/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* People who ask to come into a group: to groups that one administers, as a dialog each, which goes when
 * somebody else has answered; and what became of one's own. */

#include "purple/connection.h"

G_BEGIN_DECLS

OpenimApplications *openim_applications_new (void);
void openim_applications_free (OpenimApplications *applications);
void openim_applications_connect_signals (PurplePlugin *plugin);

/* Those that came while nobody was here, and all that nobody has answered yet. */
void openim_applications_catch_up (OpenimConnection *self);

/* An item of the account's menu: the dialogs once more. */
void openim_applications_ask_again (OpenimConnection *self);

/* Answers the application of @user_id; FALSE: there is none. @text: (nullable) for the one who asked. */
gboolean openim_application_answer (
    OpenimConnection *self, const char *group_id, const char *user_id, gboolean accept, const char *text);

/* What waits for an answer in the group, a line each; NULL: nothing. (transfer full) (nullable) */
char *openim_applications_list (OpenimConnection *self, const char *group_id);

G_END_DECLS
