/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rows.h"

#include "base/pb.h"
#include "store/columns.h"

#define TABLE(noun, message, scope_column, key_column)                                                       \
  const OpenimTable openim_table_##noun = { #noun, &openim__sdk__shared__##message##__descriptor,            \
                                            scope_column, key_column }

TABLE (users, imuser, NULL, "userID");
TABLE (friends, imfriend, NULL, "friendUserID");
TABLE (blacks, imblack, NULL, "blockUserID");
TABLE (groups, imgroup, NULL, "groupID");
TABLE (members, imgroup_member, "groupID", "userID");
TABLE (friend_requests, imfriend_request, "fromUserID", "toUserID");
TABLE (group_requests, imgroup_request, "groupID", "userID");
TABLE (commands, command_info, "type", "uuid");

/* ---- the SQL of a table, made once a connection */

typedef struct {
  char *select; /* without WHERE */
  char *all, *all_of_scope, *get;
  char *put;
  char *delete_one, *clear, *clear_scope;
  char *count, *count_scope;
  GHashTable *queries; /* tail by address → SQL */
} TableSql;

static void
table_sql_free (TableSql *sql)
{
  g_free (sql->select);
  g_free (sql->all);
  g_free (sql->all_of_scope);
  g_free (sql->get);
  g_free (sql->put);
  g_free (sql->delete_one);
  g_free (sql->clear);
  g_free (sql->clear_scope);
  g_free (sql->count);
  g_free (sql->count_scope);
  g_hash_table_unref (sql->queries);
  g_free (sql);
}

static char *
join_columns (const ProtobufCMessageDescriptor *descriptor, gboolean as_parameters)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < descriptor->n_fields; i++) {
    if (i > 0)
      g_string_append (list, ", ");
    if (as_parameters)
      g_string_append_printf (list, "?%u", i + 1);
    else
      g_string_append (list, descriptor->fields[i].name);
  }
  return g_string_free (list, FALSE);
}

static TableSql *
table_sql_new (const OpenimTable *table)
{
  TableSql *sql = g_new0 (TableSql, 1);
  const char *name = table->name;
  g_autofree char *columns = join_columns (table->descriptor, FALSE);
  g_autofree char *parameters = join_columns (table->descriptor, TRUE);
  g_autofree char *of_scope = g_strdup_printf (" WHERE %s = ?1", table->scope != NULL ? table->scope : "1");
  g_autofree char *of_key = table->scope != NULL
                                ? g_strdup_printf (" WHERE %s = ?1 AND %s = ?2", table->scope, table->key)
                                : g_strdup_printf (" WHERE %s = ?1", table->key);

  sql->select = g_strdup_printf ("SELECT %s FROM %s ", columns, name);
  sql->all = g_strconcat (sql->select, NULL);
  sql->all_of_scope = g_strconcat (sql->select, of_scope, NULL);
  sql->get = g_strconcat (sql->select, of_key, NULL);
  sql->put = g_strdup_printf ("INSERT OR REPLACE INTO %s (%s) VALUES (%s)", name, columns, parameters);
  sql->delete_one = g_strdup_printf ("DELETE FROM %s%s", name, of_key);
  sql->clear = g_strdup_printf ("DELETE FROM %s", name);
  sql->clear_scope = g_strdup_printf ("DELETE FROM %s%s", name, of_scope);
  sql->count = g_strdup_printf ("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT ?1)", name);
  sql->count_scope = g_strdup_printf ("SELECT count(*) FROM (SELECT 1 FROM %s%s LIMIT ?2)", name, of_scope);
  sql->queries = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, g_free);
  return sql;
}

static TableSql *
sql_of (OpenimDb *db, const OpenimTable *table)
{
  g_assert (db->thread == g_thread_self ());

  if (db->tables == NULL)
    db->tables = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) table_sql_free);
  TableSql *sql = g_hash_table_lookup (db->tables, table);
  if (sql == NULL) {
    sql = table_sql_new (table);
    g_hash_table_insert (db->tables, (gpointer) table, sql);
  }
  return sql;
}

/* ---- changes */

void
openim_row_change_free (OpenimRowChange *change)
{
  openim_pb_free (change->row);
  openim_pb_free (change->old);
  g_free (change);
}

/* Takes @row and @old. */
static void
add_change (GPtrArray *changes, OpenimRowKind kind, const OpenimTable *table, gpointer row, gpointer old)
{
  OpenimRowChange *change = g_new0 (OpenimRowChange, 1);

  change->kind = kind;
  change->table = table;
  change->row = row;
  change->old = old;
  g_ptr_array_add (changes, change);
}

/* ---- reading */

static gpointer
read_row (OpenimStatement *statement, const ProtobufCMessageDescriptor *descriptor)
{
  gpointer row = openim_pb_new (descriptor);

  for (guint i = 0; i < descriptor->n_fields; i++)
    openim_columns_read (statement, (int) i, row, &descriptor->fields[i]);
  return row;
}

/* @statement may be NULL: the error is set already. */
static GPtrArray *
read_rows (OpenimStatement *statement, const OpenimTable *table, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (openim_pb_free);
  gboolean row;

  if (statement == NULL)
    return NULL;
  for (;;) {
    if (!openim_statement_next (statement, &row, error))
      return NULL;
    if (!row)
      return g_steal_pointer (&rows);
    g_ptr_array_add (rows, read_row (statement, table->descriptor));
  }
}

static OpenimStatement *
query_key (OpenimDb *db,
           const OpenimTable *table,
           const char *sql,
           const char *scope,
           const char *key,
           GError **error)
{
  if (table->scope != NULL)
    return openim_db_query (db, error, sql, "ss", scope, key);
  return openim_db_query (db, error, sql, "s", key);
}

/* FALSE on error; *@row NULL when there is none. */
static gboolean
get_row (
    OpenimDb *db, const OpenimTable *table, const char *scope, const char *key, gpointer *row, GError **error)
{
  gboolean there;
  g_autoptr (OpenimStatement) statement = query_key (db, table, sql_of (db, table)->get, scope, key, error);

  *row = NULL;
  if (statement == NULL || !openim_statement_next (statement, &there, error))
    return FALSE;
  if (there)
    *row = read_row (statement, table->descriptor);
  return TRUE;
}

gpointer
openim_rows_get (OpenimDb *db, const OpenimTable *table, const char *scope, const char *key, GError **error)
{
  gpointer row;

  return get_row (db, table, scope, key, &row, error) ? row : NULL;
}

GPtrArray *
openim_rows_get_many (
    OpenimDb *db, const OpenimTable *table, const char *scope, const char *const *keys, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (openim_pb_free);

  for (; *keys != NULL; keys++) {
    gpointer row;
    if (!get_row (db, table, scope, *keys, &row, error))
      return NULL;
    if (row != NULL)
      g_ptr_array_add (rows, row);
  }
  return g_steal_pointer (&rows);
}

GPtrArray *
openim_rows_all (OpenimDb *db, const OpenimTable *table, const char *scope, GError **error)
{
  const TableSql *sql = sql_of (db, table);
  g_autoptr (OpenimStatement) statement = scope != NULL
                                              ? openim_db_query (db, error, sql->all_of_scope, "s", scope)
                                              : openim_db_query (db, error, sql->all, "");

  return read_rows (statement, table, error);
}

gint64
openim_rows_count (OpenimDb *db, const OpenimTable *table, const char *scope, gint64 limit, GError **error)
{
  const TableSql *sql = sql_of (db, table);
  gint64 count = 0;
  gboolean done = scope != NULL ? openim_db_get_int (db, &count, error, sql->count_scope, "si", scope, limit)
                                : openim_db_get_int (db, &count, error, sql->count, "i", limit);

  return done ? count : -1;
}

GPtrArray *
openim_rows_query (
    OpenimDb *db, const OpenimTable *table, GError **error, const char *tail, const char *types, ...)
{
  TableSql *sql = sql_of (db, table);
  char *text = g_hash_table_lookup (sql->queries, tail);
  va_list values;

  if (text == NULL) {
    text = g_strconcat (sql->select, tail, NULL);
    g_hash_table_insert (sql->queries, (gpointer) tail, text);
  }
  va_start (values, types);
  g_autoptr (OpenimStatement) statement = openim_db_query_valist (db, error, text, types, values);
  va_end (values);
  return read_rows (statement, table, error);
}

/* ---- writing */

/* The value of a key column as text; a number in @buffer. */
static const char *
key_text (gconstpointer row, const OpenimTable *table, const char *column, char buffer[16])
{
  const ProtobufCFieldDescriptor *field = openim_pb_field (table->descriptor, column);
  gconstpointer member = (const guint8 *) row + field->offset;

  if (field->type == PROTOBUF_C_TYPE_STRING)
    return *(const char *const *) member;
  g_snprintf (buffer, 16, "%d", *(const gint32 *) member);
  return buffer;
}

static gboolean
write_row (OpenimDb *db, const OpenimTable *table, gconstpointer row, GError **error)
{
  gboolean there;
  g_autoptr (OpenimStatement) statement = openim_db_query (db, error, sql_of (db, table)->put, "");

  if (statement == NULL)
    return FALSE;
  for (guint i = 0; i < table->descriptor->n_fields; i++)
    if (!openim_columns_bind (db, statement, (int) i + 1, row, &table->descriptor->fields[i], error))
      return FALSE;
  return openim_statement_next (statement, &there, error);
}

/* @old: (transfer full) (nullable) what is there now. */
static gboolean
put_over (OpenimDb *db,
          const OpenimTable *table,
          gconstpointer row,
          gpointer old,
          GPtrArray *changes,
          GError **error)
{
  if (old != NULL && openim_pb_equal (row, old)) {
    openim_pb_free (old);
    return TRUE;
  }
  if (!write_row (db, table, row, error)) {
    openim_pb_free (old);
    return FALSE;
  }
  if (changes != NULL)
    add_change (changes, old != NULL ? OPENIM_ROW_CHANGED : OPENIM_ROW_ADDED, table, openim_pb_copy (row),
                old);
  else
    openim_pb_free (old);
  return TRUE;
}

gboolean
openim_rows_put (
    OpenimDb *db, const OpenimTable *table, gconstpointer row, GPtrArray *changes, GError **error)
{
  char scope_buffer[16], key_buffer[16];
  const char *scope = table->scope != NULL ? key_text (row, table, table->scope, scope_buffer) : NULL;
  gpointer old = NULL;

  if (changes != NULL &&
      !get_row (db, table, scope, key_text (row, table, table->key, key_buffer), &old, error))
    return FALSE;
  return put_over (db, table, row, old, changes, error);
}

/* @old: (transfer full) */
static gboolean
delete_row (OpenimDb *db, const OpenimTable *table, gpointer old, GPtrArray *changes, GError **error)
{
  char scope_buffer[16], key_buffer[16];
  const char *scope = table->scope != NULL ? key_text (old, table, table->scope, scope_buffer) : NULL;
  const char *key = key_text (old, table, table->key, key_buffer);
  gboolean there, done;

  {
    g_autoptr (OpenimStatement) statement =
        query_key (db, table, sql_of (db, table)->delete_one, scope, key, error);
    done = statement != NULL && openim_statement_next (statement, &there, error);
  }
  if (done && changes != NULL)
    add_change (changes, OPENIM_ROW_DELETED, table, old, NULL);
  else
    openim_pb_free (old);
  return done;
}

gboolean
openim_rows_delete (OpenimDb *db,
                    const OpenimTable *table,
                    const char *scope,
                    const char *key,
                    GPtrArray *changes,
                    GError **error)
{
  gpointer old;

  if (!get_row (db, table, scope, key, &old, error))
    return FALSE;
  return old == NULL || delete_row (db, table, old, changes, error);
}

/* No ID contains a line break; if one did, two rows of a broken list would count as one. */
static char *
full_key (gconstpointer row, const OpenimTable *table)
{
  char scope_buffer[16], key_buffer[16];
  const char *key = key_text (row, table, table->key, key_buffer);

  if (table->scope == NULL)
    return g_strdup (key);
  return g_strconcat (key_text (row, table, table->scope, scope_buffer), "\n", key, NULL);
}

static gboolean
delete_all (OpenimDb *db, const OpenimTable *table, GHashTable *left, GPtrArray *changes, GError **error)
{
  GHashTableIter iter;
  gpointer key, old;

  g_hash_table_iter_init (&iter, left);
  while (g_hash_table_iter_next (&iter, &key, &old)) {
    g_hash_table_iter_steal (&iter);
    g_free (key);
    if (!delete_row (db, table, old, changes, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
openim_rows_replace (OpenimDb *db,
                     const OpenimTable *table,
                     const char *scope,
                     GPtrArray *rows,
                     GPtrArray *changes,
                     GError **error)
{
  g_autoptr (GPtrArray) there = openim_rows_all (db, table, scope, error);
  g_autoptr (GHashTable) left = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, openim_pb_free);

  if (there == NULL)
    return FALSE;
  g_ptr_array_set_free_func (there, NULL);
  for (guint i = 0; i < there->len; i++)
    g_hash_table_insert (left, full_key (there->pdata[i], table), there->pdata[i]);

  for (guint i = 0; i < rows->len; i++) {
    g_autofree char *key = full_key (rows->pdata[i], table);
    gpointer stored_key, old;
    if (g_hash_table_steal_extended (left, key, &stored_key, &old)) {
      g_free (stored_key);
      if (!put_over (db, table, rows->pdata[i], old, changes, error))
        return FALSE;
    } else if (!openim_rows_put (db, table, rows->pdata[i], changes, error))
      return FALSE;
  }
  return delete_all (db, table, left, changes, error);
}

gboolean
openim_rows_clear (OpenimDb *db, const OpenimTable *table, const char *scope, GError **error)
{
  const TableSql *sql = sql_of (db, table);

  return scope != NULL ? openim_db_run (db, error, sql->clear_scope, "s", scope)
                       : openim_db_run (db, error, sql->clear, "");
}
