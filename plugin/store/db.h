/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The connection: statements that are prepared once, values bound by a format, errors as sentences. Only the
 * files of this folder see it; everything asserts the thread that opened it. */

#include <sqlite3.h>

#include "store/ranges.h"

G_BEGIN_DECLS

typedef sqlite3_stmt OpenimStatement;

/* What is known of a conversation or channel without asking SQLite again. */
typedef struct {
  gint64 number;      /* its short number */
  gboolean has_kind;  /* it is more than a name */
  OpenimRange newest; /* the last of its ranges; end 0: not known */
  OpenimRange had;    /* seqs that are in its ranges; the same */
} OpenimKnown;

struct _OpenimDb {
  sqlite3 *sqlite;
  GThread *thread;
  GHashTable *statements; /* SQL text by address → sqlite3_stmt */
  GHashTable *tables;     /* of rows.c: OpenimTable → the SQL of that table */
  gboolean reading;       /* a READ job runs */
  gboolean durable;       /* synchronous is FULL */
  gboolean damaged;       /* SQLite has met a corrupt page */
  GHashTable *known;      /* conversationID → OpenimKnown: those asked for last */
  GHashTable *origins;    /* of origins.c: those found last; (nullable) */
  guint64 last_mark;      /* by those who had the store before, 0: none */
  gint64 unindexed;       /* of search.c: rows that are not in the index; -1 not counted */
};

/* Opens or creates, brings the schema up to date. @check: looks through the whole file first. @damaged: the
 * error means that the file is of no use and must make way for a new one. */
OpenimDb *openim_db_open (const char *path, gboolean check, gboolean *damaged, GError **error);
void openim_db_close (OpenimDb *db);

/* The last error of @sqlite as a sentence for a person, and as a log line. */
void openim_db_set_error (sqlite3 *sqlite, GError **error);
/* First column of the first row, for use before there is an OpenimDb. */
gboolean openim_db_pragma (sqlite3 *sqlite, const char *sql, gint64 *value, GError **error);

/* A job has failed: notes whether the file is to blame. */
void openim_db_failed (OpenimDb *db);

gboolean openim_db_begin (OpenimDb *db, gboolean durable, GError **error);
gboolean openim_db_commit (OpenimDb *db, GError **error); /* what fails is rolled back */
void openim_db_rollback (OpenimDb *db);
/* A part of a transaction that can fail alone. */
gboolean openim_db_mark (OpenimDb *db, GError **error);
gboolean openim_db_release (OpenimDb *db, GError **error);
/* FALSE: SQLite has rolled back the whole transaction. */
gboolean openim_db_rollback_to_mark (OpenimDb *db);

/* @sql must live as long as the connection (a literal, or owned by db->tables): its address names the
 * statement. Parameters by a format:
 *   i gint64    s const char * (nullable)    d const char *, an ID: 32 hex digits as 16 bytes, "" as NULL
 *   t, b const void * (nullable) and gsize: text, blob
 * What is bound must stay until the statement is done. (nullable) on error. */
OpenimStatement *openim_db_query (OpenimDb *db, GError **error, const char *sql, const char *types, ...);
OpenimStatement *
openim_db_query_valist (OpenimDb *db, GError **error, const char *sql, const char *types, va_list values);
/* @row: there is one to read; FALSE on error. */
gboolean openim_statement_next (OpenimStatement *statement, gboolean *row, GError **error);
void openim_statement_done (OpenimStatement *statement);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OpenimStatement, openim_statement_done)

/* Runs to the end. */
gboolean openim_db_run (OpenimDb *db, GError **error, const char *sql, const char *types, ...);
/* First column of the first row; @value is left alone when there is none or it is NULL. */
gboolean
openim_db_get_int (OpenimDb *db, gint64 *value, GError **error, const char *sql, const char *types, ...);

/* Never NULL, valid until the next step. */
const char *openim_statement_text (OpenimStatement *statement, int column);
/* An ID bound with 'd'. (transfer full) */
char *openim_statement_id (OpenimStatement *statement, int column);

/* The short number of a conversation or channel, 0 when it has none yet and @create is not set. */
gboolean openim_db_conversation (
    OpenimDb *db, const char *conversation_id, gboolean create, gint64 *number, GError **error);
/* (nullable), owned by @db until something is rolled back; there is one behind openim_db_conversation for
 * whatever has a number. Whoever changes what it says keeps it true. */
OpenimKnown *openim_db_known (OpenimDb *db, const char *conversation_id);
/* All of that may have changed. */
void openim_db_forget (OpenimDb *db);

G_END_DECLS
