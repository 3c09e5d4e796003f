/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Pictures of people and groups on the buddy list, where the host shows them: fetched one after the other
 * when everything else is done, and not again while their address stays the same (libpurple keeps the
 * pictures). And one's own, and that of a group, the other way. */

#include "purple/commands.h"

G_BEGIN_DECLS

/* What libpurple makes of a picture before it comes here: small enough for all, and large enough for what
 * OpenIM's own programs show. */
#define OPENIM_ICON_SPEC                                                                                     \
  {                                                                                                          \
    (char *) "png,jpeg,gif", 32, 32, 640, 640, 0, PURPLE_ICON_SCALE_SEND | PURPLE_ICON_SCALE_DISPLAY         \
  }

OpenimIcons *openim_icons_new (void);
void openim_icons_free (OpenimIcons *icons);
void openim_icons_connect_signals (PurplePlugin *plugin);

/* Member of the prpl. */
void openim_icons_set_own (PurpleConnection *gc, PurpleStoredImage *image);

/* The file becomes the picture of this group; if not, a line there says why. */
void openim_icons_set_group (OpenimConnection *self, const char *group_id, const char *path);

/* Commands. */
void openim_icons_run_picture (OpenimConnection *self, OpenimCommandLine *command);
void openim_icons_run_avatar (OpenimConnection *self, OpenimCommandLine *command);

G_END_DECLS
