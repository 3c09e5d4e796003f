/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the messages of a large store say, and when. */

#include <glib.h>

G_BEGIN_DECLS

#define WORDS_SEED 7

/* 40 characters, English and Chinese in turns; some characters are frequent and most are rare, as they are.
 * (transfer full) */
char *words_text (GRand *rand, guint i);
/* Two Chinese characters. (transfer full) */
char *words_word (GRand *rand);
gint64 words_time (guint i); /* ms since 1970 */

G_END_DECLS
