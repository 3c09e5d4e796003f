/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What one says about oneself, beside the name (nickname.h): the profile's free text. Other programs may keep
 * data of their own there; that is neither shown nor overwritten without being asked. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* (nullable) @ex of a profile, when it is text for people. */
const char *openim_own_profile_read (const char *ex);

/* Changes one's own name and text at the server; (nullable): stays as it is. */
void openim_own_profile_send (OpenimConnection *self,
                              const char *nickname,
                              const char *about,
                              OpenimReplyFunc reply,
                              gpointer data,
                              GDestroyNotify destroy);

/* Member of the prpl. */
void openim_own_profile_set (PurpleConnection *gc, const char *info);

/* An item of the account's menu: name and text. */
void openim_own_profile_edit (OpenimConnection *self);

/* A command. */
void openim_own_profile_run (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
