/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db.h"

#include <gio/gio.h>
#include <sqlite3.h>
#include <stdarg.h>

#define VERSION 2       /* of schema.sql */
#define COMMIT_AFTER 20 /* ms: many writes share one transaction */

struct _Db {
  sqlite3 *sqlite;
  GHashTable *idle; /* SQL text → GPtrArray of statements not in use */
  gboolean writing; /* a transaction is open */
  guint commit_source;
};

struct _DbRows {
  Db *db;
  sqlite3_stmt *statement;
};

static void
fail (Db *db, const char *doing, const char *sql)
{
  g_printerr ("openim-test-server: %s: %s: %s\n", doing, sqlite3_errmsg (db->sqlite), sql);
  exit (1);
}

static void
statements_free (gpointer data)
{
  GPtrArray *statements = data;

  for (guint i = 0; i < statements->len; i++)
    sqlite3_finalize (g_ptr_array_index (statements, i));
  g_ptr_array_unref (statements);
}

static void
execute (Db *db, const char *sql)
{
  if (sqlite3_exec (db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
    fail (db, "database", sql);
}

Db *
db_open (const char *path, gboolean *fresh, GError **error)
{
  Db *db = g_new0 (Db, 1);
  gint64 version;

  db->idle = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, statements_free);
  if (sqlite3_open_v2 (path ? path : ":memory:", &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                       NULL) != SQLITE_OK) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", path, sqlite3_errmsg (db->sqlite));
    db_close (db);
    return NULL;
  }
  execute (db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536; "
               "PRAGMA temp_store = MEMORY");
  version = db_int (db, 0, "PRAGMA user_version", "");
  *fresh = version == 0;
  if (version != 0 && version != VERSION) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s is of another version of this server", path);
    db_close (db);
    return NULL;
  }
  if (*fresh) {
    g_autoptr (GBytes) schema =
        g_resources_lookup_data ("/openim/server/schema.sql", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);

    execute (db, "BEGIN");
    execute (db, g_bytes_get_data (schema, NULL));
    execute (db, "COMMIT");
  }
  return db;
}

static void
commit (Db *db)
{
  if (db->writing)
    execute (db, "COMMIT");
  db->writing = FALSE;
}

static gboolean
commit_later (gpointer data)
{
  Db *db = data;

  db->commit_source = 0;
  commit (db);
  return G_SOURCE_REMOVE;
}

void
db_close (Db *db)
{
  if (!db)
    return;
  commit (db);
  g_clear_handle_id (&db->commit_source, g_source_remove);
  g_hash_table_unref (db->idle);
  sqlite3_close (db->sqlite);
  g_free (db);
}

static DbRows *
query (Db *db, const char *sql, const char *types, va_list values)
{
  GPtrArray *idle = g_hash_table_lookup (db->idle, sql);
  DbRows *rows = g_new (DbRows, 1);

  rows->db = db;
  if (idle && idle->len > 0)
    rows->statement = g_ptr_array_steal_index_fast (idle, idle->len - 1);
  else if (sqlite3_prepare_v3 (db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &rows->statement, NULL) !=
           SQLITE_OK)
    fail (db, "statement", sql);
  for (int i = 0; types[i]; i++) {
    int n = i + 1;

    if (types[i] == 's') {
      sqlite3_bind_text (rows->statement, n, va_arg (values, const char *), -1, SQLITE_TRANSIENT);
    } else if (types[i] == 'i') {
      sqlite3_bind_int64 (rows->statement, n, va_arg (values, gint64));
    } else {
      GBytes *bytes = va_arg (values, GBytes *);

      sqlite3_bind_blob64 (rows->statement, n, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                           SQLITE_TRANSIENT);
    }
  }
  if (!sqlite3_stmt_readonly (rows->statement) && !db->writing) {
    execute (db, "BEGIN");
    db->writing = TRUE;
    if (!db->commit_source)
      db->commit_source = g_timeout_add (COMMIT_AFTER, commit_later, db);
  }
  return rows;
}

void
db_rows_free (DbRows *rows)
{
  const char *sql;
  GPtrArray *idle;

  if (!rows)
    return;
  sql = sqlite3_sql (rows->statement);
  idle = g_hash_table_lookup (rows->db->idle, sql);
  sqlite3_reset (rows->statement);
  sqlite3_clear_bindings (rows->statement);
  if (!idle) {
    idle = g_ptr_array_new ();
    /* the key is the first statement's own copy of its text; statements live as long as the table */
    g_hash_table_insert (rows->db->idle, (char *) sql, idle);
  }
  g_ptr_array_add (idle, rows->statement);
  g_free (rows);
}

gboolean
db_next (DbRows *rows)
{
  int result = sqlite3_step (rows->statement);

  if (result != SQLITE_ROW && result != SQLITE_DONE)
    fail (rows->db, "query", sqlite3_sql (rows->statement));
  return result == SQLITE_ROW;
}

DbRows *
db_query (Db *db, const char *sql, const char *types, ...)
{
  va_list values;
  DbRows *rows;

  va_start (values, types);
  rows = query (db, sql, types, values);
  va_end (values);
  return rows;
}

int
db_run (Db *db, const char *sql, const char *types, ...)
{
  g_autoptr (DbRows) rows = NULL;
  va_list values;
  int result;

  va_start (values, types);
  rows = query (db, sql, types, values);
  va_end (values);
  result = sqlite3_step (rows->statement);
  if ((result & 0xff) == SQLITE_CONSTRAINT)
    return -1;
  if (result != SQLITE_DONE && result != SQLITE_ROW)
    fail (db, "write", sql);
  return sqlite3_changes (db->sqlite);
}

gint64
db_int (Db *db, gint64 otherwise, const char *sql, const char *types, ...)
{
  g_autoptr (DbRows) rows = NULL;
  va_list values;

  va_start (values, types);
  rows = query (db, sql, types, values);
  va_end (values);
  return db_next (rows) ? db_integer (rows, 0) : otherwise;
}

char *
db_string (Db *db, const char *sql, const char *types, ...)
{
  g_autoptr (DbRows) rows = NULL;
  va_list values;

  va_start (values, types);
  rows = query (db, sql, types, values);
  va_end (values);
  return db_next (rows) ? g_strdup (db_text (rows, 0)) : NULL;
}

gboolean
db_has (Db *db, const char *sql, const char *types, ...)
{
  g_autoptr (DbRows) rows = NULL;
  va_list values;

  va_start (values, types);
  rows = query (db, sql, types, values);
  va_end (values);
  return db_next (rows);
}

const char *
db_text (DbRows *rows, int column)
{
  const char *text = (const char *) sqlite3_column_text (rows->statement, column);

  return text ? text : "";
}

gint64
db_integer (DbRows *rows, int column)
{
  return sqlite3_column_int64 (rows->statement, column);
}

const guint8 *
db_blob (DbRows *rows, int column, gsize *length)
{
  *length = sqlite3_column_bytes (rows->statement, column);
  return sqlite3_column_blob (rows->statement, column);
}

gboolean
db_null (DbRows *rows, int column)
{
  return sqlite3_column_type (rows->statement, column) == SQLITE_NULL;
}
