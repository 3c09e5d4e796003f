/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/host.h"

#include <purple.h>

gboolean
openim_host_is_bitlbee (void)
{
  return g_strcmp0 (purple_core_get_ui (), "BitlBee") == 0;
}

gboolean
openim_host_has_windows (void)
{
  return !openim_host_is_bitlbee () && g_strcmp0 (purple_core_get_ui (), "spectrum") != 0;
}

gboolean
openim_host_has_images (void)
{
  static const char *const hosts[] = { "gtk-gaim", "adium" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    if (g_strcmp0 (purple_core_get_ui (), hosts[i]) == 0)
      return TRUE;
  return FALSE;
}
