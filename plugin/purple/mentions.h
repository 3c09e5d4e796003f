/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Members of a group who are spoken to: "@name", "@\"two words\"", "@all" from those who may, and "name: " at
 * the beginning, as programs complete it. A name is a member's ID, what is shown of him, or his name in the
 * group. */

#include "purple/members.h"

G_BEGIN_DECLS

OpenimMentions *openim_mentions_new (void);
void openim_mentions_free (OpenimMentions *mentions);
/* Asks the SDK for what means everybody. */
void openim_mentions_start (OpenimConnection *self);

/* @text with each of them turned into "@ID ", as it travels; @mentioned gets the members (element-type
 * OpenimGroupMember, borrowed), at most ten, each once; everybody is one of them. (transfer full) */
char *openim_mentions_find (OpenimConnection *self, OpenimRoom *room, const char *text, GPtrArray *mentioned);

G_END_DECLS
