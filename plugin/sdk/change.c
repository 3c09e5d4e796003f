/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/change.h"

#include "base/log.h"

typedef struct {
  OpenimCall *call;
  OpenimList list;
  char *entity; /* (nullable) */
} Change;

static Change *
change_new (OpenimCall *call, OpenimList list, const char *entity)
{
  Change *change = g_new (Change, 1);

  change->call = call;
  change->list = list;
  change->entity = g_strdup (entity);
  return change;
}

static void
change_free (Change *change)
{
  g_free (change->entity);
  g_free (change);
}

static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimSync *sync = OPENIM_SYNC (source);
  Change *change = user_data;
  g_autoptr (GError) error = NULL;

  if (!openim_sync_list_finish (sync, result, &error) && !openim_call_is_over (change->call)) {
    openim_log ("openim-sdk", OPENIM_LOG_WARNING, "changed, but not read again: %s", error->message);
    openim_sync_list_async (sync, change->list, change->entity, NULL, NULL, NULL);
  }
  openim_call_answer (change->call, NULL);
  change_free (change);
}

static void
read_again (Change *change)
{
  openim_sync_list_async (openim_call_get_resources (change->call)->sync, change->list, change->entity,
                          openim_call_get_cancellable (change->call), on_list, change);
}

void
openim_change_settle (OpenimCall *call, OpenimList list, const char *entity)
{
  read_again (change_new (call, list, entity));
}

static void
on_posted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Change *change = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data != NULL) {
    read_again (change);
    return;
  }
  openim_call_take_error (change->call, error);
  change_free (change);
}

void
openim_change (OpenimCall *call, const char *path, JsonObject *body, OpenimList list, const char *entity)
{
  openim_api_call_async (openim_call_get_resources (call)->api, path, body,
                         openim_call_get_cancellable (call), on_posted, change_new (call, list, entity));
}

/* A step that needs a function and has only a pointer to give. */
typedef struct {
  OpenimCall *call;
  OpenimCallChange change;
  OpenimCallJob read;
} Step;

static OpenimCall *
step_free (Step *step)
{
  OpenimCall *call = step->call;

  g_free (step);
  return call;
}

static void
on_changed_there (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  OpenimCallChange change = step->change;
  OpenimCall *call = step_free (step);
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data == NULL)
    openim_call_take_error (call, error);
  else
    openim_call_change (call, change, NULL);
}

void
openim_change_here (OpenimCall *call, const char *path, JsonObject *body, OpenimCallChange change)
{
  Step *step = g_new0 (Step, 1);

  step->call = call;
  step->change = change;
  openim_api_call_async (openim_call_get_resources (call)->api, path, body,
                         openim_call_get_cancellable (call), on_changed_there, step);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  OpenimCallJob read = step->read;
  OpenimCall *call = step_free (step);
  g_autoptr (GError) error = NULL;

  if (openim_sync_list_finish (OPENIM_SYNC (source), result, &error) ||
      openim_error_code (error) == OPENIM_ERROR_NETWORK || openim_error_code (error) == OPENIM_ERROR_TIMEOUT)
    openim_call_run (call, OPENIM_STORE_READ, read, NULL);
  else
    openim_call_take_error (call, g_steal_pointer (&error));
}

void
openim_change_read (OpenimCall *call, OpenimList list, OpenimCallJob read)
{
  Step *step = g_new0 (Step, 1);

  step->call = call;
  step->read = read;
  openim_sync_list_async (openim_call_get_resources (call)->sync, list, NULL,
                          openim_call_get_cancellable (call), on_listed, step);
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  GError *error = NULL;
  g_autoptr (JsonObject) data = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (data == NULL)
    openim_call_take_error (call, error);
  else
    openim_call_answer (call, NULL);
}

void
openim_change_tell (OpenimCall *call, const char *path, JsonObject *body)
{
  openim_api_call_async (openim_call_get_resources (call)->api, path, body,
                         openim_call_get_cancellable (call), on_told, call);
}
