/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Addresses that other people wrote. Any thread. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full) (nullable) @text as an address that may be shown and followed: http or https, with a host,
 * without a password, at most 4096 bytes, and everything that is no character of an address percent-encoded
 * (OpenIM's servers leave blanks and non-ASCII letters in names). NULL for anything else. */
char *openim_link_clean (const char *text);

/* (transfer full) (nullable) What stands behind the last slash of its path, decoded: the name of a file, as
 * its sender says. */
char *openim_link_get_name (const char *link);

/* TRUE for addresses that belong to this machine or to a network of its own: what somebody outside names
 * there is none of the outside's business. */
gboolean openim_link_is_private (GInetAddress *address);

G_END_DECLS
