/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The way into a group that one is not in: its window opens as soon as one is. */

#include "purple/connection.h"

G_BEGIN_DECLS

#define OPENIM_JOIN_TEXT_KEY "text" /* component of a PurpleChat: what the application says */

OpenimJoins *openim_joins_new (void);
void openim_joins_free (OpenimJoins *joins);
void openim_join_connect_signals (PurplePlugin *plugin);

/* Opens the group @id, or the only joined one of that name. One that one is not in is applied for with @text,
 * or entered at once where the group wants no approval. @components: (nullable) what libpurple asked with. */
void openim_join (OpenimConnection *self, const char *id, const char *text, GHashTable *components);
/* The window of that group opens when we are in it, which may be now. */
void openim_join_expect (OpenimConnection *self, const char *group_id);
/* One is being made here, whose ID is not known yet; and it has been made, or not. */
void openim_join_begin_new (OpenimConnection *self);
void openim_join_end_new (OpenimConnection *self);
/* Its window may open for what is told of it. @own: we have made it. */
gboolean openim_join_is_expected (OpenimConnection *self, const char *group_id, gboolean own);

/* Members of the prpl. */
GList *openim_join_get_fields (PurpleConnection *gc);
GHashTable *openim_join_get_defaults (PurpleConnection *gc, const char *name);
char *openim_join_get_name (GHashTable *components);
void openim_join_chat (PurpleConnection *gc, GHashTable *components);

G_END_DECLS
