/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/settings.h"

#include <string.h>

#include "store/db.h"

char *
openim_settings_get (OpenimDb *db, const char *key, GError **error)
{
  gboolean row;
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error, "SELECT value FROM settings WHERE name = ?1", "s", key);

  if (statement == NULL || !openim_statement_next (statement, &row, error))
    return NULL;
  return row ? g_strdup (openim_statement_text (statement, 0)) : NULL;
}

gboolean
openim_settings_set (OpenimDb *db, const char *key, const char *value, GError **error)
{
  if (value == NULL)
    return openim_db_run (db, error, "DELETE FROM settings WHERE name = ?1", "s", key);
  return openim_db_run (db, error, "INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)", "ss", key,
                        value);
}

guint64
openim_settings_last_mark (OpenimDb *db)
{
  return db->last_mark;
}

/* ---- versions */

gboolean
openim_versions_get (
    OpenimDb *db, const char *list, const char *entity, OpenimVersion *version, GError **error)
{
  gboolean row;
  g_autoptr (OpenimStatement) statement =
      openim_db_query (db, error, "SELECT version, versionID FROM versions WHERE list = ?1 AND entity = ?2",
                       "ss", list, entity);

  *version = (OpenimVersion){ 0 };
  if (statement == NULL || !openim_statement_next (statement, &row, error))
    return FALSE;
  if (row) {
    version->version = (guint64) sqlite3_column_int64 (statement, 0);
    g_strlcpy (version->version_id, openim_statement_text (statement, 1), sizeof version->version_id);
  }
  return TRUE;
}

gboolean
openim_versions_set (
    OpenimDb *db, const char *list, const char *entity, const OpenimVersion *version, GError **error)
{
  return openim_db_run (
      db, error,
      "INSERT INTO versions (list, entity, version, versionID) VALUES (?1, ?2, ?3, ?4) "
      "ON CONFLICT DO UPDATE SET version = excluded.version, versionID = excluded.versionID",
      "ssis", list, entity, (gint64) version->version, version->version_id);
}

gboolean
openim_versions_clear (OpenimDb *db, const char *list, const char *entity, GError **error)
{
  return openim_db_run (db, error, "DELETE FROM versions WHERE list = ?1 AND entity = ?2", "ss", list,
                        entity);
}

gboolean
openim_versions_set_ids (
    OpenimDb *db, const char *list, const char *entity, const char *const *ids, GError **error)
{
  g_autofree char *lines = g_strjoinv ("\n", (GStrv) ids);

  return openim_db_run (db, error,
                        "INSERT INTO versions (list, entity, ids) VALUES (?1, ?2, ?3) "
                        "ON CONFLICT DO UPDATE SET ids = excluded.ids",
                        "sss", list, entity, lines);
}

GStrv
openim_versions_get_ids (OpenimDb *db, const char *list, const char *entity, GError **error)
{
  gboolean row;
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error, "SELECT ids FROM versions WHERE list = ?1 AND entity = ?2", "ss", list, entity);

  if (statement == NULL || !openim_statement_next (statement, &row, error))
    return NULL;
  return g_strsplit (row ? openim_statement_text (statement, 0) : "", "\n", -1);
}

GStrv
openim_versions_get_some_ids (OpenimDb *db,
                              const char *list,
                              const char *entity,
                              gint64 offset,
                              gint64 count,
                              gint64 *length,
                              GError **error)
{
  gboolean row;
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_autoptr (OpenimStatement) statement = openim_db_query (
      db, error, "SELECT ids FROM versions WHERE list = ?1 AND entity = ?2", "ss", list, entity);
  const char *line;

  if (statement == NULL || !openim_statement_next (statement, &row, error))
    return NULL;
  line = row ? openim_statement_text (statement, 0) : "";
  for (*length = 0; *line != '\0'; ++*length) {
    gsize n = strcspn (line, "\n");

    if (*length >= offset && *length - offset < count) {
      g_autofree char *id = g_strndup (line, n);

      g_strv_builder_add (ids, id);
    }
    line += line[n] != '\0' ? n + 1 : n;
  }
  return g_strv_builder_end (ids);
}
