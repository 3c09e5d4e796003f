/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/host.h"

#include <purple.h>

/* A module may be looked at before there is a core, and before it has a user interface. */
static gboolean
is_host (const char *name)
{
  return purple_get_core () != NULL && g_strcmp0 (purple_core_get_ui (), name) == 0;
}

gboolean
openim_host_is_bitlbee (void)
{
  return is_host ("BitlBee");
}

gboolean
openim_host_has_windows (void)
{
  return !is_host ("BitlBee") && !is_host ("spectrum");
}

gboolean
openim_host_has_images (void)
{
  return is_host ("gtk-gaim") || is_host ("adium");
}
