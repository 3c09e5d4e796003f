/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db.h"
#include "store/file.h"
#include "store/messages.h"
#include "store/schema.h"
#include "store/settings.h"
#include "world.h"

static OpenimStore *
open_store (const char *folder)
{
  g_autoptr (GError) error = NULL;
  OpenimStore *store = world_open (folder, WORLD_SELF, &error);

  g_assert_no_error (error);
  return store;
}

/* Opening fails with a sentence that has @words in it. */
static void
assert_refused (const char *folder, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (world_open (folder, WORLD_SELF, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
  if (strstr (error->message, words) == NULL)
    g_error ("'%s' lacks '%s'", error->message, words);
}

static gboolean
set_value (OpenimDb *db, gpointer job, GError **error)
{
  return openim_settings_set (db, job, "set", error);
}

static gboolean
has_value (OpenimDb *db, gpointer job, GError **error)
{
  g_autofree char *value = openim_settings_get (db, job, error);

  g_assert_cmpstr (value, ==, "set");
  return TRUE;
}

static gboolean
lacks_value (OpenimDb *db, gpointer job, GError **error)
{
  g_assert_null (openim_settings_get (db, job, error));
  return TRUE;
}

static void
run (OpenimStore *store, OpenimStoreMode mode, OpenimStoreFunc func, const char *name)
{
  g_autoptr (GError) error = NULL;

  world_run (store, mode, func, (gpointer) name, &error);
  g_assert_no_error (error);
}

/* ---- opening */

static void
test_open (void)
{
  char *folder = world_folder_new ();
  g_autofree char *below = g_build_filename (folder, "made", "here", NULL);
  OpenimStore *store = open_store (below);
  g_autofree char *path = g_strdup (openim_store_get_path (store));
  struct stat info;

  g_assert_false (openim_store_was_corrupt (store));
  run (store, OPENIM_STORE_WRITE, set_value, "k");
  static const char *const endings[] = { "", "-wal", ".lock" };
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *file = g_strconcat (path, endings[i], NULL);
    g_assert_cmpint (stat (file, &info), ==, 0);
    g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  }
  g_assert_cmpint (stat (below, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0700);
  world_close (store);

  g_autofree char *journal = g_strconcat (path, "-wal", NULL);
  g_assert_false (g_file_test (journal, G_FILE_TEST_EXISTS));
  store = open_store (below);
  run (store, OPENIM_STORE_READ, has_value, "k");
  world_close (store);
  world_folder_remove (folder);
}

static void
test_names (void)
{
  static const struct {
    const char *server, *user;
  } pairs[] = {
    { "http://host:10002", "a" },      { "http://host:10002", "b" },    { "http://host:10003", "a" },
    { "http://host/a", "b" },          { "http://host", "a-b" },        { "http://host-a", "b" },
    { "http://host", "../../b" },      { "http://host", "B" },          { "http://host", "b%2Db" },
    { "http://host", "b-b" },          { "http://host", "世界" },       { "http://host", "a/b" },
    { "http://very-long.host", NULL }, { "http://very-long.host", "" },
  };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *endless = g_strnfill (256, 'x');
  char *folder = world_folder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++) {
    const char *user = pairs[i].user != NULL ? pairs[i].user : endless;
    char *path = openim_store_file_path (folder, pairs[i].server, user);
    g_autofree char *dir = g_path_get_dirname (path);
    g_autofree char *base = g_path_get_basename (path);
    g_assert_cmpstr (dir, ==, folder);
    g_assert_cmpuint (strlen (base), <, 230);
    g_assert_true (g_hash_table_add (seen, path));
  }
  world_folder_remove (folder);
}

static gboolean
check_mark (OpenimDb *db, gpointer job, GError **error)
{
  g_assert_cmpuint (openim_settings_last_mark (db), ==, *(guint64 *) job);
  return TRUE;
}

static void
assert_mark (const char *folder, guint64 mark)
{
  OpenimStore *store = open_store (folder);

  run (store, OPENIM_STORE_READ, check_mark, (const char *) &mark);
  world_close (store);
}

/* A mark stays until there is another one: also when the process is killed, which leaves the lock file as it
 * is, and when those that come after it mark nothing. */
static void
test_mark (void)
{
  char *folder = world_folder_new ();
  OpenimStore *store = open_store (folder);
  g_autofree char *lock = g_strconcat (openim_store_get_path (store), ".lock", NULL);
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  run (store, OPENIM_STORE_READ, check_mark, (const char *) &(guint64){ 0 });
  openim_store_set_mark (store, 1);
  openim_store_set_mark (store, G_GUINT64_CONSTANT (0xfedcba9876543210));
  g_assert_true (g_file_get_contents (lock, &content, &length, &error));
  world_close (store);
  assert_mark (folder, G_GUINT64_CONSTANT (0xfedcba9876543210));
  g_assert_true (g_file_set_contents (lock, content, (gssize) length, &error));
  assert_mark (folder, G_GUINT64_CONSTANT (0xfedcba9876543210));
  assert_mark (folder, G_GUINT64_CONSTANT (0xfedcba9876543210));
  world_folder_remove (folder);
}

static void
test_lock (void)
{
  char *folder = world_folder_new ();
  OpenimStore *store = open_store (folder);
  g_autofree char *own = g_strdup_printf ("process %d.", (int) getpid ());

  assert_refused (folder, own); /* the same process */

  pid_t child = fork ();
  if (child == 0) {
    /* Threads do not survive a fork, so the child runs a new program: this one, with an order. */
    execl ("/proc/self/exe", "test-store", "--open", folder, NULL);
    _exit (99);
  }
  int status;
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 1);
  run (store, OPENIM_STORE_WRITE, set_value, "still works");
  world_close (store);
  store = open_store (folder);
  world_close (store);
  world_folder_remove (folder);
}

static void
test_no_folder (void)
{
  assert_refused ("/dev/null/folder", "cannot be written");
}

/* Root may write everywhere, so it becomes somebody else for a while. */
static void
test_read_only (void)
{
  char *folder = world_folder_new ();

  g_assert_cmpint (g_chmod (folder, 0555), ==, 0);
  gboolean root = geteuid () == 0;
  if (root)
    g_assert_cmpint (seteuid (65534), ==, 0);
  assert_refused (folder, "cannot be written");
  if (root)
    g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_cmpint (g_chmod (folder, 0700), ==, 0);
  world_folder_remove (folder);
}

/* ---- files that are not as they should be */

static char *
make_store (const char *folder)
{
  OpenimStore *store = open_store (folder);
  char *path = g_strdup (openim_store_get_path (store));

  run (store, OPENIM_STORE_WRITE, set_value, "k");
  world_close (store);
  return path;
}

static void
execute (const char *path, const char *sql)
{
  sqlite3 *sqlite;

  g_assert_cmpint (sqlite3_open (path, &sqlite), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (sqlite, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (sqlite), ==, SQLITE_OK);
}

static void
test_newer (void)
{
  char *folder = world_folder_new ();
  g_autofree char *path = make_store (folder);
  g_auto (GStrv) steps = openim_schema_steps ();
  g_autofree char *back = g_strdup_printf ("PRAGMA user_version = %u", g_strv_length (steps));

  execute (path, "PRAGMA user_version = 9999");
  assert_refused (folder, "newer version");
  execute (path, back);
  OpenimStore *store = open_store (folder);
  run (store, OPENIM_STORE_READ, has_value, "k");
  world_close (store);
  world_folder_remove (folder);
}

static guint
count_aside (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint count = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    count += strstr (name, ".corrupt-") != NULL;
  return count;
}

static void
assert_begun_anew (const char *folder)
{
  OpenimStore *store = open_store (folder);

  g_assert_true (openim_store_was_corrupt (store));
  g_assert_cmpuint (count_aside (folder), ==, 1);
  run (store, OPENIM_STORE_READ, lacks_value, "k");
  run (store, OPENIM_STORE_WRITE, set_value, "k");
  world_close (store);
  store = open_store (folder);
  g_assert_false (openim_store_was_corrupt (store));
  run (store, OPENIM_STORE_READ, has_value, "k");
  world_close (store);
}

static void
test_garbage (void)
{
  char *folder = world_folder_new ();
  g_autofree char *path = make_store (folder);
  g_autofree char *garbage = g_strnfill (20000, 'x');

  g_assert_true (g_file_set_contents (path, garbage, -1, NULL));
  assert_begun_anew (folder);
  world_folder_remove (folder);
}

static void
test_truncated (void)
{
  char *folder = world_folder_new ();
  g_autofree char *path = make_store (folder);

  g_assert_cmpint (truncate (path, 5000), ==, 0);
  assert_begun_anew (folder);
  world_folder_remove (folder);
}

static void
test_foreign (void)
{
  char *folder = world_folder_new ();
  g_autofree char *path = make_store (folder);

  g_unlink (path);
  execute (path, "CREATE TABLE messages (a); INSERT INTO messages VALUES (1)");
  assert_begun_anew (folder);
  world_folder_remove (folder);
}

/* A page in the middle is only looked at after an end that was not clean. */
static void
test_bad_page (void)
{
  char *folder = world_folder_new ();
  g_autofree char *path = make_store (folder);
  g_autofree char *lock = g_strconcat (path, ".lock", NULL);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  memset (contents + 4096 * 3, 0x5a, 4096);
  g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
  g_assert_true (g_file_set_contents (lock, "1\n", -1, NULL));
  assert_begun_anew (folder);
  world_folder_remove (folder);
}

/* ---- migrations */

static gboolean
migrate (sqlite3 *sqlite, const char *second, GError **error)
{
  const char *const steps[] = { "CREATE TABLE one (a)", second, NULL };

  return openim_schema_migrate (sqlite, steps, error);
}

static void
test_migration (void)
{
  sqlite3 *sqlite;
  g_autoptr (GError) error = NULL;
  gint64 value;

  g_assert_cmpint (sqlite3_open (":memory:", &sqlite), ==, SQLITE_OK);
  g_assert_false (migrate (sqlite, "CREATE TABLE two (a); DROP TABLE one; DROP TABLE nowhere", &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
  g_clear_error (&error);

  /* The first step is there, of the second nothing. */
  g_assert_true (openim_db_pragma (sqlite, "PRAGMA user_version", &value, &error));
  g_assert_cmpint (value, ==, 1);
  g_assert_true (openim_db_pragma (sqlite, "SELECT count(*) FROM one", &value, &error));
  g_assert_true (
      openim_db_pragma (sqlite, "SELECT count(*) FROM sqlite_schema WHERE name = 'two'", &value, &error));
  g_assert_cmpint (value, ==, 0);

  g_assert_true (migrate (sqlite, "CREATE TABLE two (a)", &error));
  g_assert_true (migrate (sqlite, "CREATE TABLE two (a)", &error));
  g_assert_true (openim_db_pragma (sqlite, "PRAGMA user_version", &value, &error));
  g_assert_cmpint (value, ==, 2);
  g_assert_cmpint (sqlite3_close (sqlite), ==, SQLITE_OK);
}

/* ---- jobs */

typedef struct {
  GString *ran;  /* store thread */
  GString *told; /* main thread */
  int left;
  GMutex gate;
} Log;

typedef struct {
  Log *log;
  char letter;
  gboolean fails;
} Step;

static gboolean
run_step (OpenimDb *db, gpointer job, GError **error)
{
  Step *step = job;
  char name[2] = { step->letter, '\0' };

  g_mutex_lock (&step->log->gate);
  g_mutex_unlock (&step->log->gate);
  g_string_append_c (step->log->ran, step->letter);
  if (g_ascii_isupper (step->letter) && !openim_settings_set (db, name, "set", error))
    return FALSE;
  if (step->fails)
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_ARGS, "no");
  return !step->fails;
}

static void
on_step (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Log *log = user_data;
  g_autoptr (GError) error = NULL;
  Step *step = openim_store_run_finish (OPENIM_STORE (source), result, &error);

  if (step != NULL)
    g_string_append_c (log->told, step->letter);
  else {
    g_string_append_c (log->told, g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_ARGS)        ? '!'
                                  : g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_LOGIN_OUT) ? '/'
                                  : g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)     ? '-'
                                                                                                  : '?');
  }
  g_free (step);
  log->left--;
}

/* Upper-case letters write, lower-case ones read, digits are durable. */
static void
add_step (OpenimStore *store, Log *log, char letter, gboolean fails, GCancellable *cancellable)
{
  Step *step = g_new (Step, 1);

  *step = (Step){ log, letter, fails };
  log->left++;
  openim_store_run_async (store,
                          g_ascii_isupper (letter)   ? OPENIM_STORE_WRITE
                          : g_ascii_isdigit (letter) ? OPENIM_STORE_DURABLE
                                                     : OPENIM_STORE_READ,
                          run_step, step, g_free, cancellable, on_step, log);
}

static void
log_init (Log *log)
{
  *log = (Log){ g_string_new (NULL), g_string_new (NULL), 0 };
  g_mutex_init (&log->gate);
}

static void
log_end (Log *log, const char *ran, const char *told)
{
  while (log->left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (log->ran->str, ==, ran);
  g_assert_cmpstr (log->told->str, ==, told);
  g_string_free (log->ran, TRUE);
  g_string_free (log->told, TRUE);
  g_mutex_clear (&log->gate);
}

static void
test_order (void)
{
  char *folder = world_folder_new ();
  OpenimStore *store = open_store (folder);
  Log log;

  log_init (&log);
  g_mutex_lock (&log.gate);
  add_step (store, &log, 'A', FALSE, NULL); /* runs, and waits at the gate */
  for (const char *letter = "B1aC2bDc3"; *letter != '\0'; letter++)
    add_step (store, &log, *letter, FALSE, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpstr (log.told->str, ==, "");
  g_mutex_unlock (&log.gate);
  /* Whether A was taken before the reads came is up to the threads; all else is not. */
  while (log.left > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (log.ran->str, ==, log.told->str);
  if (log.ran->str[0] == 'A')
    log_end (&log, "AabcB1C2D3", "AabcB1C2D3");
  else
    log_end (&log, "abcAB1C2D3", "abcAB1C2D3");
  world_close (store);
  world_folder_remove (folder);
}

/* Jobs that share a transaction fail alone. */
static void
test_fail_alone (void)
{
  char *folder = world_folder_new ();
  OpenimStore *store = open_store (folder);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  Log log;

  g_cancellable_cancel (cancelled);
  log_init (&log);
  g_mutex_lock (&log.gate);
  for (const char *letter = "ABCDEF"; *letter != '\0'; letter++)
    add_step (store, &log, *letter, strchr ("ACF", *letter) != NULL, NULL);
  add_step (store, &log, 'G', FALSE, cancelled);
  add_step (store, &log, 'H', FALSE, NULL);
  g_mutex_unlock (&log.gate);
  log_end (&log, "ABCDEFH", "!B!DE!-H");
  for (const char *letter = "ABCDEFGH"; *letter != '\0'; letter++) {
    char name[2] = { *letter, '\0' };
    run (store, OPENIM_STORE_READ, strchr ("ACFG", *letter) != NULL ? lacks_value : has_value, name);
  }
  world_close (store);
  world_folder_remove (folder);
}

static gboolean
forget_conversation (OpenimDb *db, gpointer job, GError **error)
{
  gint64 number;

  g_assert_true (openim_db_conversation (db, WORLD_CHAT, TRUE, &number, error));
  g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_ARGS, "no");
  return FALSE;
}

static gboolean
know_conversation (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimMsgData) data = world_message ("m", "bob", 1, 1);
  OpenimStoredKind kind;

  return openim_messages_put (db, WORLD_CHAT, WORLD_SELF, data, &kind, error);
}

/* Nothing that was rolled back is remembered. */
static void
test_rollback (void)
{
  char *folder = world_folder_new ();
  OpenimStore *store = open_store (folder);
  g_autoptr (GError) error = NULL;

  g_assert_false (world_run (store, OPENIM_STORE_WRITE, forget_conversation, NULL, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_ARGS);
  g_clear_error (&error);
  world_run (store, OPENIM_STORE_WRITE, know_conversation, NULL, &error);
  g_assert_no_error (error);
  world_close (store);
  world_folder_remove (folder);
}

static gboolean
fill_disk (OpenimDb *db, gpointer job, GError **error)
{
  g_autofree char *value = g_strnfill (1000000, 'x');
  gint64 pages;

  g_assert_true (openim_db_pragma (db->sqlite, "PRAGMA max_page_count = 100", &pages, error));
  return openim_settings_set (db, "big", value, error);
}

static void
test_disk_full (void)
{
  char *folder = world_folder_new ();
  OpenimStore *store = open_store (folder);
  g_autoptr (GError) error = NULL;

  run (store, OPENIM_STORE_WRITE, set_value, "k");
  g_assert_false (world_run (store, OPENIM_STORE_WRITE, fill_disk, NULL, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
  g_assert_nonnull (strstr (error->message, "disk is full"));
  run (store, OPENIM_STORE_READ, has_value, "k");
  run (store, OPENIM_STORE_READ, lacks_value, "big");
  world_close (store);
  world_folder_remove (folder);
}

/* ---- the end */

static void
on_closed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Log *log = user_data;
  g_autoptr (GError) error = NULL;

  g_string_append_c (log->told,
                     openim_store_close_finish (OPENIM_STORE (source), result, &error) ? '.' : '/');
  log->left--;
}

static void
test_close (void)
{
  char *folder = world_folder_new ();
  OpenimStore *store = open_store (folder);
  Log log;

  log_init (&log);
  g_mutex_lock (&log.gate);
  for (const char *letter = "ABC"; *letter != '\0'; letter++)
    add_step (store, &log, *letter, FALSE, NULL);
  log.left += 2;
  openim_store_close_async (store, on_closed, &log);
  add_step (store, &log, 'D', FALSE, NULL);
  openim_store_close_async (store, on_closed, &log);
  g_object_unref (store); /* nobody has to wait for it */
  g_mutex_unlock (&log.gate);
  log_end (&log, "ABC", "//ABC.");

  store = open_store (folder);
  run (store, OPENIM_STORE_READ, has_value, "C");
  run (store, OPENIM_STORE_READ, lacks_value, "D");
  world_close (store);
  world_folder_remove (folder);
}

/* A store that nobody closes ends by itself; jobs without a callback are freed. */
static void
test_dropped (void)
{
  char *folder = world_folder_new ();
  OpenimStore *store = open_store (folder);

  openim_store_run_async (store, OPENIM_STORE_WRITE, set_value, g_strdup ("k"), g_free, NULL, NULL, NULL);
  g_object_unref (store);
  store = open_store (folder); /* waits for the end of the other */
  run (store, OPENIM_STORE_READ, has_value, "k");
  world_close (store);
  world_folder_remove (folder);
}

/* Two accounts have nothing in common. */
static void
test_two (void)
{
  char *folder = world_folder_new ();
  g_autoptr (GError) error = NULL;
  OpenimStore *alice = open_store (folder);
  OpenimStore *bob = world_open (folder, "bob", &error);

  g_assert_no_error (error);
  run (alice, OPENIM_STORE_WRITE, set_value, "k");
  run (bob, OPENIM_STORE_READ, lacks_value, "k");
  world_close (alice);
  world_close (bob);
  world_folder_remove (folder);
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && strcmp (argv[1], "--open") == 0) {
    OpenimStore *store = world_open (argv[2], WORLD_SELF, NULL);
    return store != NULL ? 0 : 1;
  }
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/open", test_open);
  g_test_add_func ("/store/names", test_names);
  g_test_add_func ("/store/mark", test_mark);
  g_test_add_func ("/store/lock", test_lock);
  g_test_add_func ("/store/no-folder", test_no_folder);
  g_test_add_func ("/store/read-only", test_read_only);
  g_test_add_func ("/store/newer", test_newer);
  g_test_add_func ("/store/garbage", test_garbage);
  g_test_add_func ("/store/truncated", test_truncated);
  g_test_add_func ("/store/foreign", test_foreign);
  g_test_add_func ("/store/bad-page", test_bad_page);
  g_test_add_func ("/store/migration", test_migration);
  g_test_add_func ("/store/order", test_order);
  g_test_add_func ("/store/fail-alone", test_fail_alone);
  g_test_add_func ("/store/rollback", test_rollback);
  g_test_add_func ("/store/disk-full", test_disk_full);
  g_test_add_func ("/store/close", test_close);
  g_test_add_func ("/store/dropped", test_dropped);
  g_test_add_func ("/store/two", test_two);
  return g_test_run ();
}
