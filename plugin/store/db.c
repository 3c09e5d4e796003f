/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/log.h"
#include "store/origins.h"
#include "store/schema.h"

#define LOG "openim-store"
#define BUSY_TIMEOUT 5000    /* ms */
#define KNOWN_MAX 1024       /* conversations */
#define JOURNAL_MAX 67108864 /* bytes that the WAL keeps after a checkpoint */

static gboolean
is_damage (int code)
{
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

void
openim_db_set_error (sqlite3 *sqlite, GError **error)
{
  int code = sqlite3_extended_errcode (sqlite);
  const char *name = sqlite3_db_filename (sqlite, "main");
  const char *path = name != NULL ? name : "";

  openim_log (LOG, OPENIM_LOG_ERROR, "SQLite says %d: %s", code, sqlite3_errmsg (sqlite));
  switch (code & 0xff) {
  case SQLITE_FULL:
    g_set_error (
        error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
        _ ("The disk is full, messages cannot be stored in %s. Free some space, then connect again."), path);
    break;
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN:
  case SQLITE_PERM:
    g_set_error (
        error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
        _ ("Messages cannot be stored: %s cannot be written. Change the permissions of the file and its "
           "folder, then connect again."),
        path);
    break;
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    g_set_error (
        error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
        _ ("The stored messages in %s are damaged. Connect again: the file will be moved aside and its "
           "contents fetched from the server."),
        path);
    break;
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                 _ ("Another program keeps %s locked. Close it, then connect again."), path);
    break;
  case SQLITE_IOERR:
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                 _ ("Reading or writing %s failed. Check the disk, then connect again."), path);
    break;
  default:
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("Storing messages failed: %s"),
                 sqlite3_errmsg (sqlite));
    break;
  }
}

gboolean
openim_db_pragma (sqlite3 *sqlite, const char *sql, gint64 *value, GError **error)
{
  sqlite3_stmt *statement = NULL;
  gboolean done = FALSE;

  *value = 0;
  if (sqlite3_prepare_v2 (sqlite, sql, -1, &statement, NULL) == SQLITE_OK) {
    int code = sqlite3_step (statement);
    done = code == SQLITE_ROW || code == SQLITE_DONE;
    if (code == SQLITE_ROW)
      *value = sqlite3_column_int64 (statement, 0);
  }
  if (!done)
    openim_db_set_error (sqlite, error);
  sqlite3_finalize (statement);
  return done;
}

/* ---- opening */

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

static gboolean
configure (sqlite3 *sqlite, GError **error)
{
  /* Nobody else has the file open (see file.h), which saves a lock and an unlock for each transaction, and
   * the memory that processes would share. */
  static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE;"
                                 "PRAGMA journal_mode = WAL;"
                                 "PRAGMA synchronous = NORMAL;"
                                 "PRAGMA foreign_keys = ON;"
                                 "PRAGMA secure_delete = ON;"
                                 "PRAGMA trusted_schema = OFF;"
                                 "PRAGMA cell_size_check = ON;"
                                 "PRAGMA journal_size_limit = " G_STRINGIFY (JOURNAL_MAX);

  sqlite3_extended_result_codes (sqlite, 1);
  sqlite3_busy_timeout (sqlite, BUSY_TIMEOUT);
  /* The file may come from elsewhere: its own code is never run. */
  sqlite3_db_config (sqlite, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (sqlite, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
  sqlite3_db_config (sqlite, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
  if (sqlite3_exec (sqlite, settings, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  openim_db_set_error (sqlite, error);
  return FALSE;
}

static gboolean
set_damaged (sqlite3 *sqlite, gboolean *damaged, GError **error)
{
  *damaged = TRUE;
  g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("The stored messages in %s are damaged."),
               sqlite3_db_filename (sqlite, "main"));
  return FALSE;
}

/* A file with tables that are not ours cannot be used, whatever it is. */
static gboolean
check_owner (sqlite3 *sqlite, gboolean *damaged, GError **error)
{
  gint64 application, tables;

  if (!openim_db_pragma (sqlite, "PRAGMA application_id", &application, error) ||
      !openim_db_pragma (sqlite, "SELECT count(*) FROM sqlite_schema", &tables, error))
    return FALSE;
  return tables == 0 || application == OPENIM_SCHEMA_APPLICATION || set_damaged (sqlite, damaged, error);
}

static gboolean
check_pages (sqlite3 *sqlite, gboolean *damaged, GError **error)
{
  gint64 good;

  if (!openim_db_pragma (sqlite, "SELECT quick_check = 'ok' FROM pragma_quick_check(1)", &good, error))
    return FALSE;
  return good || set_damaged (sqlite, damaged, error);
}

OpenimDb *
openim_db_open (const char *path, gboolean check, gboolean *damaged, GError **error)
{
  g_auto (GStrv) steps = openim_schema_steps ();
  sqlite3 *sqlite = NULL;

  *damaged = FALSE;
  if (sqlite3_open_v2 (path, &sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                       NULL) != SQLITE_OK) {
    if (sqlite != NULL)
      openim_db_set_error (sqlite, error);
    else
      g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, _ ("There is not enough memory."));
    sqlite3_close (sqlite);
    return NULL;
  }
  if (!configure (sqlite, error) || (check && !check_pages (sqlite, damaged, error)) ||
      !check_owner (sqlite, damaged, error) ||
      !openim_schema_migrate (sqlite, (const char *const *) steps, error)) {
    *damaged |= is_damage (sqlite3_errcode (sqlite));
    sqlite3_close (sqlite);
    return NULL;
  }

  OpenimDb *db = g_new0 (OpenimDb, 1);
  db->sqlite = sqlite;
  db->thread = g_thread_self ();
  db->unindexed = -1;
  db->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, finalize);
  db->known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return db;
}

void
openim_db_close (OpenimDb *db)
{
  g_assert (db->thread == g_thread_self ());

  g_hash_table_unref (db->statements);
  g_clear_pointer (&db->tables, g_hash_table_unref);
  if (sqlite3_close (db->sqlite) != SQLITE_OK)
    g_critical ("a statement is left: %s", sqlite3_errmsg (db->sqlite));
  g_hash_table_unref (db->known);
  openim_origins_forget (db);
  g_free (db);
}

/* ---- statements */

static OpenimStatement *
prepare (OpenimDb *db, const char *sql, GError **error)
{
  sqlite3_stmt *statement;

  g_assert (db->thread == g_thread_self ());
  statement = g_hash_table_lookup (db->statements, sql);
  if (statement == NULL) {
    if (sqlite3_prepare_v3 (db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
      openim_db_set_error (db->sqlite, error);
      return NULL;
    }
    g_hash_table_insert (db->statements, (gpointer) sql, statement);
  }
  g_assert (!sqlite3_stmt_busy (statement));
  g_assert (!db->reading || sqlite3_stmt_readonly (statement));
  return statement;
}

/* What nearly every client uses as an ID takes half the room as bytes. */
static int
bind_id (sqlite3_stmt *statement, int index, const char *id)
{
  guint8 bytes[16];
  gsize length = strlen (id);

  if (length == 0)
    return sqlite3_bind_null (statement, index);
  if (length != 2 * sizeof bytes || strspn (id, "0123456789abcdef") != length)
    return sqlite3_bind_text (statement, index, id, -1, SQLITE_STATIC);
  for (guint i = 0; i < sizeof bytes; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (id[2 * i]) << 4 | g_ascii_xdigit_value (id[2 * i + 1]));
  return sqlite3_bind_blob (statement, index, bytes, sizeof bytes, SQLITE_TRANSIENT);
}

OpenimStatement *
openim_db_query_valist (OpenimDb *db, GError **error, const char *sql, const char *types, va_list values)
{
  sqlite3_stmt *statement = prepare (db, sql, error);
  int code = SQLITE_OK;

  for (int i = 1; statement != NULL && code == SQLITE_OK && *types != '\0'; i++) {
    switch (*types++) {
    case 'i':
      code = sqlite3_bind_int64 (statement, i, va_arg (values, gint64));
      break;
    case 's':
      code = sqlite3_bind_text (statement, i, va_arg (values, const char *), -1, SQLITE_STATIC);
      break;
    case 'd':
      code = bind_id (statement, i, va_arg (values, const char *));
      break;
    case 't': {
      const char *text = va_arg (values, const char *);
      code = sqlite3_bind_text64 (statement, i, text, va_arg (values, gsize), SQLITE_STATIC, SQLITE_UTF8);
      break;
    }
    case 'b': {
      gconstpointer data = va_arg (values, gconstpointer);
      code = sqlite3_bind_blob64 (statement, i, data, va_arg (values, gsize), SQLITE_STATIC);
      break;
    }
    default:
      g_assert_not_reached ();
    }
  }
  if (code != SQLITE_OK) {
    openim_db_set_error (db->sqlite, error);
    g_clear_pointer (&statement, openim_statement_done);
  }
  return statement;
}

OpenimStatement *
openim_db_query (OpenimDb *db, GError **error, const char *sql, const char *types, ...)
{
  va_list values;

  va_start (values, types);
  OpenimStatement *statement = openim_db_query_valist (db, error, sql, types, values);
  va_end (values);
  return statement;
}

gboolean
openim_statement_next (OpenimStatement *statement, gboolean *row, GError **error)
{
  int code = sqlite3_step (statement);

  *row = code == SQLITE_ROW;
  if (code == SQLITE_ROW || code == SQLITE_DONE)
    return TRUE;
  openim_db_set_error (sqlite3_db_handle (statement), error);
  return FALSE;
}

void
openim_statement_done (OpenimStatement *statement)
{
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
}

gboolean
openim_db_run (OpenimDb *db, GError **error, const char *sql, const char *types, ...)
{
  gboolean row;
  va_list values;

  va_start (values, types);
  g_autoptr (OpenimStatement) statement = openim_db_query_valist (db, error, sql, types, values);
  va_end (values);
  if (statement == NULL)
    return FALSE;
  do {
    if (!openim_statement_next (statement, &row, error))
      return FALSE;
  } while (row);
  return TRUE;
}

gboolean
openim_db_get_int (OpenimDb *db, gint64 *value, GError **error, const char *sql, const char *types, ...)
{
  gboolean row;
  va_list values;

  va_start (values, types);
  g_autoptr (OpenimStatement) statement = openim_db_query_valist (db, error, sql, types, values);
  va_end (values);
  if (statement == NULL || !openim_statement_next (statement, &row, error))
    return FALSE;
  if (row && sqlite3_column_type (statement, 0) != SQLITE_NULL)
    *value = sqlite3_column_int64 (statement, 0);
  return TRUE;
}

const char *
openim_statement_text (OpenimStatement *statement, int column)
{
  const char *text = (const char *) sqlite3_column_text (statement, column);

  return text != NULL ? text : "";
}

char *
openim_statement_id (OpenimStatement *statement, int column)
{
  static const char digits[] = "0123456789abcdef";

  if (sqlite3_column_type (statement, column) != SQLITE_BLOB)
    return g_strdup (openim_statement_text (statement, column));

  const guint8 *bytes = sqlite3_column_blob (statement, column);
  int length = sqlite3_column_bytes (statement, column);
  char *id = g_malloc (2 * (gsize) length + 1);
  for (int i = 0; i < length; i++) {
    id[2 * i] = digits[bytes[i] >> 4];
    id[2 * i + 1] = digits[bytes[i] & 15];
  }
  id[2 * length] = '\0';
  return id;
}

/* ---- transactions */

void
openim_db_failed (OpenimDb *db)
{
  db->damaged |= is_damage (sqlite3_errcode (db->sqlite));
}

/* After a rollback a number may have become free again. */
void
openim_db_forget (OpenimDb *db)
{
  g_hash_table_remove_all (db->known);
  openim_origins_forget (db);
}

gboolean
openim_db_begin (OpenimDb *db, gboolean durable, GError **error)
{
  if (durable != db->durable) {
    if (!openim_db_run (db, error, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", ""))
      return FALSE;
    db->durable = durable;
  }
  return openim_db_run (db, error, "BEGIN IMMEDIATE", "");
}

gboolean
openim_db_commit (OpenimDb *db, GError **error)
{
  if (openim_db_run (db, error, "COMMIT", ""))
    return TRUE;
  openim_db_rollback (db);
  return FALSE;
}

void
openim_db_rollback (OpenimDb *db)
{
  g_autoptr (GError) error = NULL;

  openim_db_failed (db);
  openim_db_forget (db);
  if (!sqlite3_get_autocommit (db->sqlite) && !openim_db_run (db, &error, "ROLLBACK", ""))
    openim_log (LOG, OPENIM_LOG_ERROR, "rolling back failed: %s", error->message);
}

gboolean
openim_db_mark (OpenimDb *db, GError **error)
{
  return openim_db_run (db, error, "SAVEPOINT job", "");
}

gboolean
openim_db_release (OpenimDb *db, GError **error)
{
  return openim_db_run (db, error, "RELEASE job", "");
}

gboolean
openim_db_rollback_to_mark (OpenimDb *db)
{
  g_autoptr (GError) error = NULL;

  openim_db_failed (db);
  openim_db_forget (db);
  if (sqlite3_get_autocommit (db->sqlite))
    return FALSE;
  if (openim_db_run (db, &error, "ROLLBACK TO job", "") && openim_db_release (db, &error))
    return TRUE;
  openim_db_rollback (db);
  return FALSE;
}

/* ---- conversations by number */

OpenimKnown *
openim_db_known (OpenimDb *db, const char *conversation_id)
{
  return g_hash_table_lookup (db->known, conversation_id);
}

static void
remember (OpenimDb *db, const char *conversation_id, gint64 number)
{
  OpenimKnown *known = g_new0 (OpenimKnown, 1);

  known->number = number;
  if (g_hash_table_size (db->known) >= KNOWN_MAX)
    g_hash_table_remove_all (db->known);
  g_hash_table_insert (db->known, g_strdup (conversation_id), known);
}

gboolean
openim_db_conversation (
    OpenimDb *db, const char *conversation_id, gboolean create, gint64 *number, GError **error)
{
  g_assert (db->thread == g_thread_self ());
  const OpenimKnown *known = openim_db_known (db, conversation_id);

  if (known != NULL) {
    *number = known->number;
    return TRUE;
  }
  *number = 0;
  if (!openim_db_get_int (db, number, error, "SELECT id FROM conversations WHERE conversationID = ?1", "s",
                          conversation_id))
    return FALSE;
  if (*number == 0 && create) {
    if (!openim_db_run (db, error, "INSERT INTO conversations (conversationID) VALUES (?1)", "s",
                        conversation_id))
      return FALSE;
    *number = sqlite3_last_insert_rowid (db->sqlite);
  }
  if (*number != 0)
    remember (db, conversation_id, *number);
  return TRUE;
}
