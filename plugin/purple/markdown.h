/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages in Markdown, which other programs send: emphasis, code, links, headings, lists and quotes of it as
 * HTML; everything else, HTML above all, is text. Links lead to http and https only, and what they lead to
 * can be seen. A pure function; any input is survived, in linear time. */

#include <glib.h>

G_BEGIN_DECLS

char *openim_markdown_to_html (const char *text); /* (transfer full) */

G_END_DECLS
