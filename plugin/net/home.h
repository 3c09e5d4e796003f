/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where our own server is, and with that, where an address that somebody else wrote may lead: into private
 * networks only where our own server is in one. Main thread. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _OpenimHome OpenimHome;

/* @address: of our own server */
OpenimHome *openim_home_new (const char *address);
void openim_home_free (OpenimHome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimHome, openim_home_free)

/* Looks its name up. There is no error: a home that cannot be found is nowhere. @self must live until
 * @callback. */
void openim_home_find_async (OpenimHome *self, GAsyncReadyCallback callback, gpointer user_data);
void openim_home_find_finish (OpenimHome *self, GAsyncResult *result);

gboolean openim_home_is (const OpenimHome *self, const char *host);
/* FALSE: @address is in a private network, and not home. */
gboolean openim_home_may_meet (const OpenimHome *self, GInetAddress *address);

G_END_DECLS
