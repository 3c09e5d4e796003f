/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bare.h"

#include "words.h"

#define TRANSACTION 1000 /* rows */

static void
check (sqlite3 *db, int result)
{
  if (result != SQLITE_OK && result != SQLITE_DONE && result != SQLITE_ROW)
    bench_fail ("SQLite: %s", sqlite3_errmsg (db));
}

static void
execute (sqlite3 *db, const char *sql)
{
  check (db, sqlite3_exec (db, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *
prepare (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement;

  check (db, sqlite3_prepare_v3 (db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
  return statement;
}

sqlite3 *
rows_open (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "bare.db", NULL);
  sqlite3 *db;

  if (sqlite3_open (path, &db) != SQLITE_OK)
    bench_fail ("%s: %s", path, sqlite3_errmsg (db));
  execute (
      db,
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "CREATE TABLE IF NOT EXISTS messages (conversation INTEGER, slot INTEGER, sendTime INTEGER, "
      "clientMsgID BLOB, "
      "serverMsgID BLOB, origin INTEGER, delay INTEGER, contentType INTEGER, status INTEGER, isRead INTEGER, "
      "content TEXT, PRIMARY KEY (conversation, slot)) WITHOUT ROWID;"
      "CREATE UNIQUE INDEX IF NOT EXISTS messages_by_client ON messages (conversation, clientMsgID);"
      "CREATE INDEX IF NOT EXISTS messages_shown ON messages (conversation, sendTime);"
      "CREATE TABLE IF NOT EXISTS conversations (id INTEGER PRIMARY KEY, conversationID TEXT UNIQUE, userID "
      "TEXT, "
      "showName TEXT, faceURL TEXT, maxSeq INTEGER, hasReadSeq INTEGER, latest INTEGER);"
      "CREATE TABLE IF NOT EXISTS friends (friendUserID TEXT PRIMARY KEY, ownerUserID TEXT, createTime "
      "INTEGER, "
      "addSource INTEGER, operatorUserID TEXT, nickname TEXT, faceURL TEXT) WITHOUT ROWID;");
  return db;
}

void
rows_close (sqlite3 *db)
{
  sqlite3_close (db);
}

/* Runs @bind for each row, in transactions. */
static void
insert (sqlite3 *db,
        const char *sql,
        guint n,
        void (*bind) (sqlite3_stmt *statement, guint i, gpointer data),
        gpointer data)
{
  sqlite3_stmt *statement = prepare (db, sql);

  for (guint i = 0; i < n; i++) {
    if (i % TRANSACTION == 0)
      execute (db, "BEGIN");
    bind (statement, i, data);
    check (db, sqlite3_step (statement));
    sqlite3_reset (statement);
    if (i % TRANSACTION == TRANSACTION - 1 || i == n - 1)
      execute (db, "COMMIT");
  }
  sqlite3_finalize (statement);
}

typedef struct {
  GRand *rand;
  int each;
} Filling;

static void
bind_id (sqlite3_stmt *statement, int column, GRand *rand)
{
  guint32 id[4];

  for (int i = 0; i < 4; i++)
    id[i] = g_rand_int (rand);
  sqlite3_bind_blob (statement, column, id, sizeof id, SQLITE_TRANSIENT);
}

static void
bind_message (sqlite3_stmt *statement, guint i, gpointer data)
{
  Filling *filling = data;

  sqlite3_bind_int64 (statement, 1, i / filling->each);
  sqlite3_bind_int64 (statement, 2, i % filling->each + 1);
  sqlite3_bind_int64 (statement, 3, words_time (i));
  bind_id (statement, 4, filling->rand);
  bind_id (statement, 5, filling->rand);
  sqlite3_bind_int64 (statement, 6, i / filling->each);
  sqlite3_bind_int64 (statement, 7, i % 100);
  sqlite3_bind_int64 (statement, 8, 101);
  sqlite3_bind_int64 (statement, 9, 2);
  sqlite3_bind_int64 (statement, 10, 0);
  sqlite3_bind_text (statement, 11, words_text (filling->rand, i), -1, g_free);
}

void
rows_insert_messages (sqlite3 *db, int chats, int each)
{
  Filling filling = { g_rand_new_with_seed (WORDS_SEED), each };

  insert (db, "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (guint) chats * (guint) each,
          bind_message, &filling);
  g_rand_free (filling.rand);
}

static void
bind_conversation (sqlite3_stmt *statement, guint i, gpointer ignored)
{
  g_autofree char *id = g_strdup_printf ("si_bench_p%06u", i);
  g_autofree char *face = g_strdup_printf ("http://127.0.0.1/object/p%06u/face.png", i);

  sqlite3_bind_text (statement, 1, id, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 2, id + 9, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (statement, 3, face, -1, SQLITE_TRANSIENT);
}

void
rows_insert_conversations (sqlite3 *db, int n)
{
  insert (db,
          "INSERT INTO conversations (conversationID, userID, showName, faceURL, maxSeq, hasReadSeq, latest) "
          "VALUES "
          "(?1, ?2, ?2, ?3, 50, 0, 1795414137000)",
          n, bind_conversation, NULL);
}

void
rows_insert_friends (sqlite3 *db, int n)
{
  insert (db, "INSERT INTO friends VALUES (?2, 'bench', 1795414137, 1, 'imAdmin', ?1, ?3)", n,
          bind_conversation, NULL);
}

guint
rows_read_newest (sqlite3 *db, int chat, int count)
{
  sqlite3_stmt *statement =
      prepare (db, "SELECT * FROM messages WHERE conversation = ? ORDER BY sendTime DESC LIMIT ?");
  guint n = 0;

  sqlite3_bind_int64 (statement, 1, chat);
  sqlite3_bind_int64 (statement, 2, count);
  while (sqlite3_step (statement) == SQLITE_ROW)
    n += sqlite3_column_text (statement, 10) != NULL;
  sqlite3_finalize (statement);
  return n;
}

guint
rows_read_with (sqlite3 *db, const char *text)
{
  sqlite3_stmt *statement = prepare (db, "SELECT * FROM messages WHERE content LIKE '%' || ? || '%'");
  guint n = 0;

  sqlite3_bind_text (statement, 1, text, -1, SQLITE_TRANSIENT);
  while (sqlite3_step (statement) == SQLITE_ROW)
    n += sqlite3_column_text (statement, 10) != NULL;
  sqlite3_finalize (statement);
  return n;
}
