/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Styled text as people type it: *bold*, _italic_, ~struck~, `code`, and addresses. A pure function. */

#include "base/types.h"

G_BEGIN_DECLS

/* What is said, without the marks; @entities gets where the styles are (element-type MessageEntity, its own),
 * offset and length in characters. Marks count only around whole words. (transfer full) */
char *openim_styles_read (const char *text, GPtrArray *entities);

G_END_DECLS
