/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* SQLite with cached statements. Parameters are told by a string of types: 's' const char * (NULL binds
 * NULL), 'i' gint64, 'b' GBytes *. A mistake in SQL or a disk that fails ends the program: there is nothing a
 * test server could do about it. Writes open a transaction that is committed a few milliseconds later. */

#include <glib.h>

typedef struct _Db Db;
typedef struct _DbRows DbRows;

Db *db_open (const char *path, gboolean *fresh, GError **error); /* NULL path: in memory */
void db_close (Db *db);                                          /* commits */

/* Rows changed, or -1 when a row with that key exists already. */
int db_run (Db *db, const char *sql, const char *types, ...);
gint64 db_int (
    Db *db, gint64 otherwise, const char *sql, const char *types, ...); /* first column of the first row */
char *db_string (Db *db, const char *sql, const char *types, ...); /* (transfer full), NULL without a row */
gboolean db_has (Db *db, const char *sql, const char *types, ...); /* is there a row? */

DbRows *db_query (Db *db, const char *sql, const char *types, ...);
gboolean db_next (DbRows *rows);
const char *db_text (DbRows *rows, int column); /* never NULL; good until the next row */
gint64 db_integer (DbRows *rows, int column);
const guint8 *db_blob (DbRows *rows, int column, gsize *length);
gboolean db_null (DbRows *rows, int column);
void db_rows_free (DbRows *rows);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DbRows, db_rows_free)
