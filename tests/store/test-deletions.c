/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"
#include "store/deletions.h"
#include "store/file.h"
#include "store/outbox.h"
#include "store/ranges.h"
#include "store/schema.h"
#include "store/search.h"
#include "world.h"

#define TIME G_GINT64_CONSTANT (1795414137000)

static OpenimStoredKind
put (OpenimDb *db, gint64 seq, const char *sender)
{
  g_autofree char *id = g_strdup_printf ("m%" G_GINT64_FORMAT, seq);
  g_autoptr (OpenimMsgData) data = world_message (id, sender, seq, TIME + seq * 1000);
  OpenimStoredKind kind;
  GError *error = NULL;

  openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, &error);
  g_assert_no_error (error);
  openim_conversations_set_seqs (db, WORLD_CHAT, seq, -1, NULL, &error);
  g_assert_no_error (error);
  return kind;
}

/* Five messages of bob, two of them read. */
static void
fill (OpenimDb *db)
{
  GError *error = NULL;

  openim_conversations_ensure (db, WORLD_CHAT, OPENIM_SESSION_SINGLE, "bob", "", NULL, &error);
  g_assert_no_error (error);
  for (int seq = 1; seq <= 5; seq++)
    put (db, seq, "bob");
  openim_conversations_set_seqs (db, WORLD_CHAT, -1, 2, NULL, &error);
  g_assert_no_error (error);
}

static OpenimConversationChange
refresh (OpenimDb *db)
{
  OpenimConversationChange change;
  GError *error = NULL;

  openim_conversations_refresh (db, WORLD_CHAT, &change, &error);
  g_assert_no_error (error);
  return change;
}

/* @latest: clientMsgID, or NULL for none. */
static void
expect (OpenimDb *db, int unread, const char *latest, guint listed)
{
  GError *error = NULL;
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, WORLD_CHAT, &error);
  g_autoptr (GPtrArray) list = openim_conversations_list (db, 0, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpint (row->info->unreadcount, ==, unread);
  g_assert_cmpstr (row->latest != NULL ? row->latest->data->clientmsgid : NULL, ==, latest);
  g_assert_cmpuint (list->len, ==, listed);
  g_assert_cmpint (openim_conversations_total_unread (db, &error), ==, listed > 0 ? unread : 0);
  g_assert_no_error (error);
}

static void delete (OpenimDb *db, const char *id)
{
  GError *error = NULL;

  openim_messages_delete (db, WORLD_CHAT, id, &error);
  g_assert_no_error (error);
  refresh (db);
}

static gboolean
delete_some (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (OpenimStoredMessage) gone = NULL;

  fill (db);
  refresh (db);
  expect (db, 3, "m5", 1);
  delete (db, "m1"); /* a read one */
  expect (db, 3, "m5", 1);
  delete (db, "m4");
  expect (db, 2, "m5", 1);
  delete (db, "m5");
  expect (db, 1, "m3", 1);

  /* It stays deleted when it comes again, also after somebody has marked it. */
  g_assert_cmpint (put (db, 5, "bob"), ==, OPENIM_STORED_DELETED);
  refresh (db);
  expect (db, 1, "m3", 1);
  g_assert_false (openim_messages_delete (db, WORLD_CHAT, "m5", &local));
  g_assert_error (local, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND);
  g_clear_error (&local);
  g_assert_false (openim_messages_delete (db, WORLD_CHAT, "never", &local));
  g_assert_error (local, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND);
  g_clear_error (&local);

  /* Nothing of it is left. */
  gone = openim_messages_get (db, WORLD_CHAT, "m5", error);
  g_assert_nonnull (gone);
  g_assert_cmpint (gone->data->status, ==, OPENIM_STATUS_DELETED);
  g_assert_cmpuint (gone->data->content.len, ==, 0);

  put (db, 6, "bob");
  refresh (db);
  expect (db, 2, "m6", 1);
  return openim_conversations_set_seqs (db, WORLD_CHAT, -1, 6, NULL, error);
}

static gboolean
clear_some (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimMsgData) own = world_message ("own", WORLD_SELF, 0, TIME + 5500);
  g_autoptr (GArray) missing = NULL;
  OpenimStoredKind kind;

  fill (db);
  put (db, 20, "bob"); /* 6 … 19 were never fetched */
  own->status = OPENIM_STATUS_SENDING;
  if (!openim_messages_put_local (db, WORLD_CHAT, own, error) ||
      !openim_outbox_add (db, WORLD_CHAT, own, error))
    return FALSE;
  refresh (db);

  /* Up to a time. */
  if (!openim_conversations_clear (db, WORLD_CHAT, TIME + 3000, error))
    return FALSE;
  refresh (db);
  expect (db, 17, "m20", 1);
  g_assert_cmpint (put (db, 2, "bob"), ==, OPENIM_STORED_DELETED);

  if (!openim_conversations_clear (db, WORLD_CHAT, G_MAXINT64, error))
    return FALSE;
  g_assert_cmpint (refresh (db), ==, OPENIM_CONVERSATION_CHANGED);
  expect (db, 0, NULL, 1);
  g_assert_cmpint (refresh (db), ==, OPENIM_CONVERSATION_SAME);
  g_assert_cmpint (put (db, 20, "bob"), ==, OPENIM_STORED_DELETED);
  missing = openim_ranges_missing (db, WORLD_CHAT, 1, 20, error);
  g_assert_cmpuint (missing->len, ==, 0);

  /* One that was on its way arrives and stays away. */
  if (!openim_messages_set_sent (db, WORLD_CHAT, "own", "server's", TIME + 5600, error))
    return FALSE;
  own->seq = 21;
  if (!openim_messages_put (db, WORLD_CHAT, WORLD_SELF, own, &kind, error))
    return FALSE;
  g_assert_cmpint (kind, ==, OPENIM_STORED_DELETED);
  refresh (db);
  expect (db, 0, NULL, 1);

  put (db, 22, "bob");
  g_assert_cmpint (refresh (db), ==, OPENIM_CONVERSATION_CHANGED);
  expect (db, 1, "m22", 1);

  if (!openim_conversations_clear_all (db, error))
    return FALSE;
  refresh (db);
  expect (db, 0, NULL, 1);
  return openim_conversations_clear (db, "si_alice_stranger", G_MAXINT64, error);
}

static gboolean
hide_some (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimMsgData) own = world_message ("own", WORLD_SELF, 0, TIME);
  gboolean changed;

  fill (db);
  refresh (db);
  if (!openim_conversations_set_draft (db, WORLD_CHAT, "a draft", TIME, &changed, error))
    return FALSE;
  g_assert_true (changed);
  if (!openim_conversations_hide (db, WORLD_CHAT, error))
    return FALSE;
  expect (db, 0, NULL, 0);

  /* What changes in it does not bring it back, a new message does. */
  g_assert_cmpint (refresh (db), ==, OPENIM_CONVERSATION_SAME);
  delete (db, "m5");
  g_assert_cmpint (refresh (db), ==, OPENIM_CONVERSATION_SAME);
  expect (db, 0, NULL, 0);
  put (db, 6, "bob");
  g_assert_cmpint (refresh (db), ==, OPENIM_CONVERSATION_NEW);
  expect (db, 1, "m6", 1);

  /* So does an own one, whatever the clock says. */
  if (!openim_conversations_hide (db, NULL, error) || !openim_messages_put_local (db, WORLD_CHAT, own, error))
    return FALSE;
  g_assert_cmpint (refresh (db), ==, OPENIM_CONVERSATION_NEW);
  expect (db, 0, "m6", 1);
  return TRUE;
}

static gboolean
set_drafts (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimConversationRow) row = NULL;
  g_autoptr (GPtrArray) found = NULL;
  gboolean changed;

  fill (db);
  refresh (db);
  if (!openim_conversations_set_draft (db, WORLD_CHAT, "", TIME, &changed, error))
    return FALSE;
  g_assert_false (changed);
  if (!openim_conversations_set_draft (db, WORLD_CHAT, "draft", TIME + 9000, &changed, error))
    return FALSE;
  g_assert_true (changed);
  row = openim_conversations_get (db, WORLD_CHAT, error);
  g_assert_cmpstr (row->info->drafttext, ==, "draft");
  g_assert_cmpint (row->info->drafttexttime, ==, TIME + 9000);
  g_clear_pointer (&row, openim_conversation_row_free);

  if (!openim_conversations_set_draft (db, WORLD_CHAT, "", TIME + 9000, &changed, error))
    return FALSE;
  g_assert_true (changed);
  row = openim_conversations_get (db, WORLD_CHAT, error);
  g_assert_cmpint (row->info->drafttexttime, ==, 0);

  found = openim_conversations_search (db, "OB", error);
  g_assert_cmpuint (found->len, ==, 1);
  g_clear_pointer (&found, g_ptr_array_unref);
  found = openim_conversations_search (db, "bobby", error);
  g_assert_cmpuint (found->len, ==, 0);
  return TRUE;
}

/* ---- what an older version has left */

static gboolean
read_old (OpenimDb *db, gpointer job, GError **error)
{
  const int texts[] = { 101, 106 };
  OpenimSearch search = { NULL,      (const char *const[]){ "天气", "look", NULL }, FALSE, NULL, texts, 2, 0,
                          G_MAXINT64 };
  g_autoptr (OpenimStoredMessage) mention =
      openim_messages_get (db, WORLD_CHAT, "00000000000000000000000000000004", error);
  g_autoptr (GPtrArray) found = openim_search_messages (db, &search, error);
  g_autoptr (GPtrArray) outbox = openim_outbox_list (db, error);
  gint64 version = 0;

  g_assert_nonnull (mention);
  g_assert_cmpstr (mention->local_ex, ==, "shown");
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpuint (outbox->len, ==, 1);
  expect (db, 2, "00000000000000000000000000000006", 1);
  return openim_db_get_int (db, &version, error, "PRAGMA user_version", "") && version == *(int *) job;
}

static void
test_schema (gconstpointer name)
{
  char *folder = world_folder_new ();
  g_autofree char *path = openim_store_file_path (folder, WORLD_SERVER, WORLD_SELF);
  g_autofree char *dump = g_test_build_filename (G_TEST_DIST, name, NULL);
  g_autofree char *sql = NULL;
  g_auto (GStrv) steps = openim_schema_steps ();
  int newest = (int) g_strv_length (steps);
  g_autoptr (GError) error = NULL;
  OpenimStore *store;
  sqlite3 *sqlite;

  g_file_get_contents (dump, &sql, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sqlite3_open (path, &sqlite), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (sqlite, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (sqlite), ==, SQLITE_OK);

  store = world_open (folder, WORLD_SELF, &error);
  g_assert_no_error (error);
  g_assert_false (openim_store_was_corrupt (store));
  world_run (store, OPENIM_STORE_READ, read_old, &newest, &error);
  g_assert_no_error (error);
  world_close (store);
  world_folder_remove (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_add_job_test ("/store/deletions/delete", delete_some);
  world_add_job_test ("/store/deletions/clear", clear_some);
  world_add_job_test ("/store/deletions/hide", hide_some);
  world_add_job_test ("/store/deletions/drafts", set_drafts);
  g_test_add_data_func ("/store/deletions/schema-1", "schema-1.sql", test_schema);
  g_test_add_data_func ("/store/deletions/schema-2", "schema-2.sql", test_schema);
  return g_test_run ();
}
