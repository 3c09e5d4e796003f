/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* OpenIM's messages are plain text, libpurple's are HTML. Pure functions; any input is survived. */

#include <glib.h>

G_BEGIN_DECLS

/* The HTML that shows @text as it is: nothing in it acts as markup, lines stay lines. (transfer full) */
char *openim_markup_from_text (const char *text);

/* What a person meant who typed @html into an entry: tags gone, entities decoded once, line breaks kept,
 * links written out behind their words unless they are the same. Without white space at the end. (transfer
 * full) */
char *openim_markup_to_text (const char *html);

G_END_DECLS
