/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the program is like that runs us. */

#include <glib.h>

G_BEGIN_DECLS

/* Whether conversations have windows, which can be looked at and in which libpurple's commands work. bitlbee
 * and spectrum turn everything into text for another program. */
gboolean openim_host_has_windows (void);

/* Whether windows show pictures in their lines, and the list those of people. */
gboolean openim_host_has_images (void);

/* bitlbee shows neither what purple_conversation_write() writes nor what a window has. */
gboolean openim_host_is_bitlbee (void);

G_END_DECLS
