/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the menu of an account offers. */

#include <purple.h>

G_BEGIN_DECLS

/* The plugin's "actions". (element-type PurplePluginAction) (transfer full) */
GList *openim_account_menu_get (PurplePlugin *plugin, gpointer context);

G_END_DECLS
