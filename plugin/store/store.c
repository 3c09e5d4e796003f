/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include <glib/gi18n-lib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/file.h"
#include "store/search.h"

/* Writes that wait share one transaction, as many as come in this time (ms). */
#define GROUP_TIME 20

/* Without anything to do for this time (ms) the store makes what it has got ready for searching. */
#define IDLE_TIME 100

/* What main thread and store thread share. */
typedef struct {
  gatomicrefcount references;
  char *path;
  GMutex lock;
  GCond wake;
  GQueue reads;  /* GTask */
  GQueue writes; /* GTask; the one that closes is the last */
  gboolean quit; /* nobody is left who could close */

  /* Store thread. */
  OpenimStoreFile file;
  gboolean searchable; /* nothing waits for the index */
} Worker;

/* Task data of every task in a queue. */
typedef struct {
  OpenimStoreMode mode;
  OpenimStoreFunc func; /* NULL: close */
  gpointer job;         /* of the opening: the store */
  GDestroyNotify free_job;
  GError *error; /* how it went, until it is told */
  GAsyncReadyCallback callback;
  gpointer user_data;
} Job;

struct _OpenimStore {
  GObject parent;
  Worker *worker;
  gboolean was_corrupt; /* written by the store thread before the opening is answered */
  gboolean closed;
};

G_DEFINE_TYPE (OpenimStore, openim_store, G_TYPE_OBJECT)

static Worker *
worker_new (char *path)
{
  Worker *worker = g_new0 (Worker, 1);

  g_atomic_ref_count_init (&worker->references);
  worker->path = path;
  g_mutex_init (&worker->lock);
  g_cond_init (&worker->wake);
  g_queue_init (&worker->reads);
  g_queue_init (&worker->writes);
  return worker;
}

static void
worker_unref (Worker *worker)
{
  if (!g_atomic_ref_count_dec (&worker->references))
    return;
  g_mutex_clear (&worker->lock);
  g_cond_clear (&worker->wake);
  g_free (worker->path);
  g_free (worker);
}

static void
job_free (Job *job)
{
  if (job->job != NULL && job->free_job != NULL)
    job->free_job (job->job);
  g_clear_error (&job->error);
  g_free (job);
}

/* ---- store thread */

/* From here on the task belongs to the main context, which may be done with it at once. */
static void
answer (GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (job->error != NULL)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
run_job (Worker *worker, GTask *task)
{
  Job *job = g_task_get_task_data (task);

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &job->error))
    return FALSE;
  if (job->func (worker->file.db, job->job, &job->error))
    return TRUE;
  if (job->error == NULL) {
    g_critical ("a job of the store failed without an error");
    g_set_error_literal (&job->error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "failed");
  }
  return FALSE;
}

static void
run_read (Worker *worker, GTask *task)
{
  OpenimDb *db = worker->file.db;

  db->reading = TRUE;
  if (!run_job (worker, task))
    openim_db_failed (db);
  db->reading = FALSE;
  answer (task);
}

/* The next write for the transaction that is open; NULL: it is time to commit. */
static GTask *
next_of_group (Worker *worker, gboolean durable, gint64 deadline)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->lock);
  GTask *task = g_queue_peek_head (&worker->writes);

  if (task == NULL || !g_queue_is_empty (&worker->reads) || openim_clock_monotonic () >= deadline)
    return NULL;

  const Job *job = g_task_get_task_data (task);
  if (job->func == NULL || (job->mode == OPENIM_STORE_DURABLE && !durable))
    return NULL;
  return g_queue_pop_head (&worker->writes);
}

/* What had gone well so far is lost as well. */
static void
fail_all (GPtrArray *group, const GError *error)
{
  for (guint i = 0; i < group->len; i++) {
    Job *job = g_task_get_task_data (group->pdata[i]);
    if (job->error == NULL)
      job->error = g_error_copy (error);
  }
}

/* Runs @task and the writes behind it in one transaction; each of them can fail alone. */
static void
run_writes (Worker *worker, GTask *task)
{
  OpenimDb *db = worker->file.db;
  g_autoptr (GPtrArray) group = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  gboolean durable = ((Job *) g_task_get_task_data (task))->mode == OPENIM_STORE_DURABLE;
  gint64 deadline = openim_clock_monotonic () + GROUP_TIME;
  gboolean open = openim_db_begin (db, durable, &error);

  g_ptr_array_add (group, task);
  if (open && !run_job (worker, task)) {
    openim_db_rollback (db);
    open = FALSE;
  }
  while (open && error == NULL && (task = next_of_group (worker, durable, deadline)) != NULL) {
    g_ptr_array_add (group, task);
    if (!openim_db_mark (db, &error))
      break;
    if (run_job (worker, task))
      openim_db_release (db, &error);
    else if (!openim_db_rollback_to_mark (db)) {
      Job *job = g_task_get_task_data (task);
      error = g_error_copy (job->error);
      open = FALSE;
    }
  }
  if (open && error == NULL)
    openim_db_commit (db, &error);
  else if (open)
    openim_db_rollback (db);
  if (error != NULL)
    fail_all (group, error);
  for (guint i = 0; i < group->len; i++)
    answer (group->pdata[i]);
}

/* Reads first. FALSE: nothing has come for @idle ms (0: never mind). @task NULL: the store has no owner any
 * more. */
static gboolean
next_task (Worker *worker, gint64 idle, GTask **task)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&worker->lock);
  gint64 end = g_get_monotonic_time () + idle * 1000;

  while (g_queue_is_empty (&worker->reads) && g_queue_is_empty (&worker->writes) && !worker->quit)
    if (worker->searchable)
      g_cond_wait (&worker->wake, &worker->lock);
    else if (!g_cond_wait_until (&worker->wake, &worker->lock, end))
      return FALSE;
  *task = g_queue_pop_head (&worker->reads);
  if (*task == NULL)
    *task = g_queue_pop_head (&worker->writes);
  return TRUE;
}

/* What fails is tried again after the next write; until then searching reads those messages. */
static void
make_searchable (Worker *worker)
{
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;

  if (!openim_search_is_due (worker->file.db, &more, &error) ||
      (more && !openim_search_index (worker->file.db, &more, &error))) {
    more = FALSE;
    openim_db_failed (worker->file.db);
    openim_log ("openim-store", OPENIM_LOG_WARNING, "the index was not brought up to date: %s",
                error->message);
  }
  worker->searchable = !more;
}

static void
serve (Worker *worker)
{
  gint64 idle = IDLE_TIME;
  GTask *task;

  for (;;) {
    if (!next_task (worker, idle, &task)) {
      make_searchable (worker);
      idle = 0;
      continue;
    }
    idle = IDLE_TIME;
    if (task == NULL)
      break;
    const Job *job = g_task_get_task_data (task);
    if (job->func == NULL)
      break;
    if (job->mode == OPENIM_STORE_READ) {
      run_read (worker, task);
    } else {
      run_writes (worker, task);
      worker->searchable = !openim_search_may_be_due (worker->file.db);
    }
  }
  openim_store_file_close (&worker->file);
  if (task != NULL)
    answer (task);
}

static gpointer
store_thread (gpointer data)
{
  GTask *task = data; /* the opening */
  Job *job = g_task_get_task_data (task);
  OpenimStore *self = job->job;
  Worker *worker = self->worker;

  g_atomic_ref_count_inc (&worker->references);
  if (openim_store_file_open (&worker->file, worker->path, &job->error)) {
    self->was_corrupt = worker->file.was_corrupt;
    answer (task);
    serve (worker);
  } else {
    openim_store_file_close (&worker->file);
    answer (task);
  }
  worker_unref (worker);
  return NULL;
}

/* ---- main thread */

/* The last reference to a task, and with it job and store, is given up here and never on the store thread. */
static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = g_task_get_task_data (G_TASK (result));

  if (job->callback != NULL)
    job->callback (source, result, job->user_data);
  g_object_unref (result);
}

static GTask *
task_new (gpointer source,
          GCancellable *cancellable,
          gpointer tag,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (source, cancellable, on_answered, NULL);
  Job *job = g_new0 (Job, 1);

  job->callback = callback;
  job->user_data = user_data;
  g_task_set_source_tag (task, tag);
  /* What was done is reported as done, also when somebody has given up meanwhile. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  return task;
}

/* FALSE: @self is closed, and @task has been answered. */
static gboolean
queue_task (OpenimStore *self, GTask *task)
{
  const Job *job = g_task_get_task_data (task);

  if (self->closed) {
    g_task_return_new_error (task, OPENIM_ERROR, OPENIM_ERROR_LOGIN_OUT, _ ("The account is logged out."));
    return FALSE;
  }
  g_mutex_lock (&self->worker->lock);
  g_queue_push_tail (job->mode == OPENIM_STORE_READ ? &self->worker->reads : &self->worker->writes, task);
  g_cond_signal (&self->worker->wake);
  g_mutex_unlock (&self->worker->lock);
  return TRUE;
}

void
openim_store_open_async (const char *dir,
                         const char *server,
                         const char *user_id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = task_new (NULL, cancellable, openim_store_open_async, callback, user_data);
  Job *job = g_task_get_task_data (task);
  OpenimStore *self = g_object_new (OPENIM_TYPE_STORE, NULL);
  g_autoptr (GError) error = NULL;

  self->worker = worker_new (openim_store_file_path (dir, server, user_id));
  job->job = self;
  job->free_job = g_object_unref;

  GThread *thread = g_thread_try_new ("openim-store", store_thread, task, &error);
  if (thread == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_thread_unref (thread);
}

OpenimStore *
openim_store_open_finish (GAsyncResult *result, GError **error)
{
  GTask *task = G_TASK (result);

  g_return_val_if_fail (g_async_result_is_tagged (result, openim_store_open_async), NULL);

  if (!g_task_propagate_boolean (task, error))
    return NULL;
  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), error))
    return NULL;
  return g_steal_pointer (&((Job *) g_task_get_task_data (task))->job);
}

gboolean
openim_store_was_corrupt (OpenimStore *self)
{
  return self->was_corrupt;
}

const char *
openim_store_get_path (OpenimStore *self)
{
  return self->worker->path;
}

void
openim_store_run_async (OpenimStore *self,
                        OpenimStoreMode mode,
                        OpenimStoreFunc func,
                        gpointer job_data,
                        GDestroyNotify free_job,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = task_new (self, cancellable, openim_store_run_async, callback, user_data);
  Job *job = g_task_get_task_data (task);

  job->mode = mode;
  job->func = func;
  job->job = job_data;
  job->free_job = free_job;
  queue_task (self, task);
}

gpointer
openim_store_run_finish (OpenimStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, openim_store_run_async), NULL);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  return g_steal_pointer (&((Job *) g_task_get_task_data (G_TASK (result)))->job);
}

void
openim_store_set_mark (OpenimStore *self, guint64 mark)
{
  if (!self->closed)
    openim_store_file_mark (self->worker->file.lock, mark);
}

void
openim_store_close_async (OpenimStore *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = task_new (self, NULL, openim_store_close_async, callback, user_data);
  Job *job = g_task_get_task_data (task);

  job->mode = OPENIM_STORE_WRITE;
  if (queue_task (self, task))
    self->closed = TRUE;
}

gboolean
openim_store_close_finish (OpenimStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, openim_store_close_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- object */

/* Tasks hold the store, so none is left. A store that nobody has closed is closed in the background. */
static void
openim_store_finalize (GObject *object)
{
  OpenimStore *self = OPENIM_STORE (object);

  g_mutex_lock (&self->worker->lock);
  self->worker->quit = TRUE;
  g_cond_signal (&self->worker->wake);
  g_mutex_unlock (&self->worker->lock);
  worker_unref (self->worker);
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
}
