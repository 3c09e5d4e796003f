/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/lapse.h"

/* Goes beside the call's own state, which belongs to the handler. */
typedef struct {
  OpenimCall *call;
  const char *path; /* static */
  JsonObject *body; /* (nullable) once it has been sent */
  OpenimList list;
  char *entity;
  OpenimLapseCheck check;
  OpenimLapseFunc func;

  gboolean before; /* it was so before the request */
  gboolean done;
  GError *refusal; /* (nullable) 1001 */
} Lapse;

static void
lapse_free (Lapse *lapse)
{
  g_clear_pointer (&lapse->body, json_object_unref);
  g_clear_error (&lapse->refusal);
  g_free (lapse->entity);
  g_free (lapse);
}

static void
finish (Lapse *lapse, GError *error)
{
  lapse->func (lapse->call, error);
  lapse_free (lapse);
}

static void
stays (gpointer data)
{
}

static gboolean
look (OpenimDb *db, gpointer job, GError **error)
{
  Lapse *lapse = job;

  lapse->done = FALSE;
  return lapse->check (db, lapse->call, &lapse->done, error);
}

static void
look_async (Lapse *lapse, GAsyncReadyCallback callback)
{
  /* Not cancellable: the job borrows the call, and the callback holds it. */
  openim_store_run_async (openim_call_get_resources (lapse->call)->store, OPENIM_STORE_READ, look, lapse,
                          stays, NULL, callback, lapse);
}

static void
on_looked_again (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lapse *lapse = user_data;
  GError *error = NULL;

  if (openim_store_run_finish (OPENIM_STORE (source), result, &error) == NULL)
    finish (lapse, error);
  else
    finish (lapse, lapse->done ? NULL : g_steal_pointer (&lapse->refusal));
}

static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lapse *lapse = user_data;

  /* Nothing to look at: what the server has said stands. */
  if (openim_sync_list_finish (OPENIM_SYNC (source), result, NULL))
    look_async (lapse, on_looked_again);
  else
    finish (lapse, g_steal_pointer (&lapse->refusal));
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lapse *lapse = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (lapse->before || !g_error_matches (error, OPENIM_ERROR, OPENIM_ERROR_ARGS)) {
    finish (lapse, g_steal_pointer (&error));
    return;
  }
  lapse->refusal = g_steal_pointer (&error);
  openim_sync_list_async (openim_call_get_resources (lapse->call)->sync, lapse->list, lapse->entity,
                          openim_call_get_cancellable (lapse->call), on_list, lapse);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Lapse *lapse = user_data;
  GError *error = NULL;

  if (openim_store_run_finish (OPENIM_STORE (source), result, &error) == NULL) {
    finish (lapse, error);
    return;
  }
  lapse->before = lapse->done;
  openim_api_call_async (openim_call_get_resources (lapse->call)->api, lapse->path,
                         g_steal_pointer (&lapse->body), openim_call_get_cancellable (lapse->call), on_answer,
                         lapse);
}

void
openim_lapse_call (OpenimCall *call,
                   const char *path,
                   JsonObject *body,
                   OpenimList list,
                   const char *entity,
                   OpenimLapseCheck check,
                   OpenimLapseFunc func)
{
  Lapse *lapse = g_new0 (Lapse, 1);

  lapse->call = call;
  lapse->path = path;
  lapse->body = body;
  lapse->list = list;
  lapse->entity = g_strdup (entity);
  lapse->check = check;
  lapse->func = func;
  look_async (lapse, on_looked);
}
