/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What libpurple is to make of an error: whether it may try again, and which button it offers. */

#include <gio/gio.h>
#include <purple.h>

G_BEGIN_DECLS

PurpleConnectionError openim_reason_from_error (const GError *error);

G_END_DECLS
