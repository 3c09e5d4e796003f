/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Putting people on the buddy list, naming them there, taking them off it. Somebody who is put there is asked
 * to be a friend and stays where the person has put him; whoever cannot be asked is taken off again, with the
 * reason. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* Members of the prpl. */
void openim_contact_add (PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void
openim_contact_add_with_text (PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group, const char *text);
void openim_contact_remove (PurpleConnection *gc, PurpleBuddy *buddy, PurpleGroup *group);
void openim_contact_rename (PurpleConnection *gc, const char *who, const char *alias);

/* At the top of the list in programs that keep it in an order, on all devices. */
void openim_contact_pin (OpenimConnection *self, const char *user_id, gboolean on);

/* Commands. */
void openim_contact_ask (OpenimConnection *self, OpenimCommandLine *command);
void openim_contact_run_pin (OpenimConnection *self, OpenimCommandLine *command);
void openim_contact_remark (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
