/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files that are half sent, by the hash of their content: what has arrived need not be sent again. Store
 * thread only. */

#include "store/store.h"

G_BEGIN_DECLS

typedef struct {
  char *hash;
  gint64 part_size; /* bytes */
  char *upload_id;  /* the server's */
  gint64 expires;   /* ms since 1970 */
  GBytes *parts;    /* a bit for each: it is there; the first is the lowest bit of the first byte */
} OpenimHalfUpload;

OpenimHalfUpload *openim_half_upload_new (const char *hash);
void openim_half_upload_free (OpenimHalfUpload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimHalfUpload, openim_half_upload_free)

/* @found: fills in what is known of @half->hash. */
gboolean openim_uploads_get (OpenimDb *db, OpenimHalfUpload *half, gboolean *found, GError **error);
/* Instead of what was known of the same content. What the server has forgotten goes too. */
gboolean openim_uploads_set (OpenimDb *db, const OpenimHalfUpload *half, GError **error);
gboolean openim_uploads_remove (OpenimDb *db, const char *hash, GError **error);

G_END_DECLS
