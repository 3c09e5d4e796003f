/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/uploads.h"

#include "base/clock.h"
#include "store/db.h"

OpenimHalfUpload *
openim_half_upload_new (const char *hash)
{
  OpenimHalfUpload *self = g_new0 (OpenimHalfUpload, 1);

  self->hash = g_strdup (hash);
  return self;
}

void
openim_half_upload_free (OpenimHalfUpload *self)
{
  if (self == NULL)
    return;
  g_free (self->hash);
  g_free (self->upload_id);
  g_clear_pointer (&self->parts, g_bytes_unref);
  g_free (self);
}

gboolean
openim_uploads_get (OpenimDb *db, OpenimHalfUpload *half, gboolean *found, GError **error)
{
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error, "SELECT partSize, uploadID, expires, parts FROM uploads WHERE hash = ?1", "s", half->hash);

  if (statement == NULL || !openim_statement_next (statement, found, error))
    return FALSE;
  if (!*found)
    return TRUE;
  half->part_size = sqlite3_column_int64 (statement, 0);
  half->upload_id = g_strdup (openim_statement_text (statement, 1));
  half->expires = sqlite3_column_int64 (statement, 2);
  half->parts = g_bytes_new (sqlite3_column_blob (statement, 3), (gsize) sqlite3_column_bytes (statement, 3));
  return TRUE;
}

gboolean
openim_uploads_set (OpenimDb *db, const OpenimHalfUpload *half, GError **error)
{
  gsize length;
  gconstpointer parts = g_bytes_get_data (half->parts, &length);

  return openim_db_run (db, error, "DELETE FROM uploads WHERE expires < ?1", "i", openim_clock_now ()) &&
         openim_db_run (db, error,
                        "INSERT OR REPLACE INTO uploads (hash, partSize, uploadID, expires, parts) "
                        "VALUES (?1, ?2, ?3, ?4, ?5)",
                        "sisib", half->hash, half->part_size, half->upload_id, half->expires, parts, length);
}

gboolean
openim_uploads_remove (OpenimDb *db, const char *hash, GError **error)
{
  return openim_db_run (db, error, "DELETE FROM uploads WHERE hash = ?1", "s", hash);
}
