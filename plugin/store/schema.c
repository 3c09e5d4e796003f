/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/schema.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "store/db.h"
#include "store-schema.h"

GStrv
openim_schema_steps (void)
{
  g_autoptr (GStrvBuilder) steps = g_strv_builder_new ();

  for (int number = 1;; number++) {
    g_autofree char *path = g_strdup_printf ("/purple-openim/schema/%04d.sql", number);
    g_autoptr (GBytes) file =
        g_resource_lookup_data (openim_schema_get_resource (), path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    if (file == NULL)
      return g_strv_builder_end (steps);

    gsize length;
    const char *text = g_bytes_get_data (file, &length);
    g_autofree char *step = g_strndup (text, length);
    g_strv_builder_add (steps, step);
  }
}

static gboolean
execute (sqlite3 *sqlite, const char *sql, GError **error)
{
  if (sqlite3_exec (sqlite, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  openim_db_set_error (sqlite, error);
  return FALSE;
}

static gboolean
migrate_one (sqlite3 *sqlite, const char *step, int number, GError **error)
{
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version = %d", number);

  if (!execute (sqlite, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (execute (sqlite, step, error) && execute (sqlite, version, error) && execute (sqlite, "COMMIT", error))
    return TRUE;
  /* SQLite may have rolled back by itself; a second time only says so. */
  sqlite3_exec (sqlite, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

gboolean
openim_schema_migrate (sqlite3 *sqlite, const char *const *steps, GError **error)
{
  int newest = (int) g_strv_length ((GStrv) steps);
  gint64 version;

  if (!openim_db_pragma (sqlite, "PRAGMA user_version", &version, error))
    return FALSE;
  if (version > newest || version < 0) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                 _ ("The stored messages in %s were written by a newer version of this plugin. Install that "
                    "version, or move the file away to begin a new one."),
                 sqlite3_db_filename (sqlite, "main"));
    return FALSE;
  }
  for (int number = (int) version + 1; number <= newest; number++)
    if (!migrate_one (sqlite, steps[number - 1], number, error))
      return FALSE;
  return TRUE;
}
