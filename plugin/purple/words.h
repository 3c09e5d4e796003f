/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What people write into commands and dialogs. Pure functions. */

#include <glib.h>

G_BEGIN_DECLS

/* IDs with spaces, commas or semicolons between them; NULL-terminated, @n of them. @text: (nullable).
 * (transfer full) */
char **openim_words_split_ids (const char *text, guint *n);

/* "90s", "10m", "2h", "1d", or minutes as "15", in s; 0: not a time. */
guint openim_words_read_time (const char *text);

G_END_DECLS
