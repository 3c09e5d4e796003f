/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Writes a zip archive of files, deflated, in small blocks. For at most a few hundred files of less than
 * OPENIM_ZIP_FILE_MAX bytes: there is no zip64 here. Any thread, one at a time. Source: PKWARE's APPNOTE
 * 6.3.3, sections 4.3 and 4.4. */

#include <gio/gio.h>

G_BEGIN_DECLS

#define OPENIM_ZIP_FILE_MAX (G_GINT64_CONSTANT (1) << 30)

typedef struct _OpenimZip OpenimZip;

/* @out: seekable, and at its beginning; it stays the caller's to close. */
OpenimZip *openim_zip_new (GOutputStream *out);
void openim_zip_free (OpenimZip *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimZip, openim_zip_free)

/* Adds what @in has up to its end as @name. FALSE also when that is too much. After an error the archive is
 * of no use. */
gboolean openim_zip_add (
    OpenimZip *self, const char *name, GInputStream *in, GCancellable *cancellable, GError **error);
/* Writes the list of files, after which nothing can be added. */
gboolean openim_zip_finish (OpenimZip *self, GCancellable *cancellable, GError **error);

G_END_DECLS
