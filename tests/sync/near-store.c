/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "near-store.h"

#include "store/db.h"

struct _OpenimStore {
  GObject parent_instance;
  GRand *rand;  /* (unowned) */
  GQueue reads; /* GTask */
  GQueue writes;
  guint turn;
};
G_DEFINE_FINAL_TYPE (OpenimStore, openim_store, G_TYPE_OBJECT)

typedef struct {
  OpenimStoreMode mode;
  OpenimStoreFunc func;
  gpointer job;
} Job;

/* Opening it, which makes the tables, costs more than a whole history. */
static OpenimDb *kept;

static void
openim_store_finalize (GObject *object)
{
  OpenimStore *self = OPENIM_STORE (object);

  g_assert_true (near_store_is_idle (self));
  G_OBJECT_CLASS (openim_store_parent_class)->finalize (object);
}

static void
openim_store_class_init (OpenimStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = openim_store_finalize;
}

static void
openim_store_init (OpenimStore *self)
{
  g_queue_init (&self->reads);
  g_queue_init (&self->writes);
}

static void
execute (const char *sql)
{
  g_assert_cmpint (sqlite3_exec (kept->sqlite, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

static void
empty_tables (void)
{
  g_autoptr (GString) sql = g_string_new ("PRAGMA defer_foreign_keys = ON;");
  sqlite3_stmt *tables = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (kept->sqlite,
                                       "SELECT name FROM sqlite_schema WHERE type = 'table' "
                                       "AND (name NOT LIKE 'search%' OR name = 'search_todo')",
                                       -1, &tables, NULL),
                   ==, SQLITE_OK);
  while (sqlite3_step (tables) == SQLITE_ROW)
    g_string_append_printf (sql, "DELETE FROM \"%s\";", (const char *) sqlite3_column_text (tables, 0));
  sqlite3_finalize (tables);
  g_string_append (sql, "INSERT INTO search (search) VALUES ('delete-all');");

  execute ("BEGIN");
  execute (sql->str);
  execute ("COMMIT");
  /* What is remembered of rows goes with them. */
  g_assert_true (openim_db_begin (kept, FALSE, NULL));
  openim_db_rollback (kept);
  kept->unindexed = -1;
  kept->last_mark = 0;
}

void
openim_store_set_mark (OpenimStore *self, guint64 mark)
{
  kept->last_mark = mark;
}

OpenimStore *
near_store_new (GRand *rand)
{
  OpenimStore *self = g_object_new (OPENIM_TYPE_STORE, NULL);
  g_autoptr (GError) error = NULL;
  gboolean damaged;

  self->rand = rand;
  if (kept == NULL) {
    kept = openim_db_open (":memory:", FALSE, &damaged, &error);
    g_assert_no_error (error);
  } else {
    empty_tables ();
  }
  return self;
}

gboolean
near_store_is_idle (OpenimStore *store)
{
  return g_queue_is_empty (&store->reads) && g_queue_is_empty (&store->writes);
}

void
near_store_forget (void)
{
  g_clear_pointer (&kept, openim_db_close);
}

static void
run (GTask *task)
{
  const Job *job = g_task_get_task_data (task);
  gboolean write = job->mode != OPENIM_STORE_READ;
  g_autoptr (GError) error = NULL;
  gboolean good = !g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &error);

  kept->reading = !write;
  if (good && write)
    good = openim_db_begin (kept, FALSE, &error);
  if (good) {
    good = job->func (kept, job->job, &error);
    if (write && good)
      good = openim_db_commit (kept, &error);
    else if (write)
      openim_db_rollback (kept);
  }
  kept->reading = FALSE;
  if (good)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  g_object_unref (task);
}

/* Reads mostly overtake writes. */
static gboolean
on_turn (gpointer user_data)
{
  OpenimStore *self = user_data;
  gboolean write = g_queue_is_empty (&self->reads) ||
                   (!g_queue_is_empty (&self->writes) && g_rand_int_range (self->rand, 0, 4) == 0);

  run (g_queue_pop_head (write ? &self->writes : &self->reads));
  if (!near_store_is_idle (self))
    return G_SOURCE_CONTINUE;
  self->turn = 0;
  return G_SOURCE_REMOVE;
}

void
openim_store_run_async (OpenimStore *self,
                        OpenimStoreMode mode,
                        OpenimStoreFunc func,
                        gpointer job,
                        GDestroyNotify free_job,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Job *data = g_new0 (Job, 1);

  g_assert_null (free_job);
  *data = (Job){ mode, func, job };
  g_task_set_task_data (task, data, g_free);
  g_task_set_check_cancellable (task, FALSE);
  g_queue_push_tail (mode == OPENIM_STORE_READ ? &self->reads : &self->writes, task);
  if (self->turn == 0)
    self->turn = g_idle_add_full (G_PRIORITY_DEFAULT, on_turn, self, NULL);
}

gpointer
openim_store_run_finish (OpenimStore *self, GAsyncResult *result, GError **error)
{
  const Job *job = g_task_get_task_data (G_TASK (result));

  return g_task_propagate_boolean (G_TASK (result), error) ? job->job : NULL;
}
