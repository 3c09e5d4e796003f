/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/internal.h"

#include "base/clock.h"
#include "base/log.h"

OpenimCall *
openim_call_new (
    OpenimSdk *sdk, guint64 handle, OpenimFunction function, OpenimAnswerFunc func, gpointer func_data)
{
  OpenimCall *call = g_new0 (OpenimCall, 1);

  call->refs = 1;
  call->sdk = sdk;
  call->handle = handle;
  call->function = function;
  call->row = openim_function_find (function);
  call->cancellable = g_cancellable_new ();
  call->func = func;
  call->func_data = func_data;
  call->began = openim_clock_monotonic ();
  if (sdk->resources != NULL)
    call->resources = openim_resources_ref (sdk->resources);

  return call;
}

OpenimCall *
openim_call_ref (OpenimCall *call)
{
  call->refs++;
  return call;
}

void
openim_call_unref (OpenimCall *call)
{
  if (--call->refs > 0)
    return;

  if (call->destroy_state != NULL)
    call->destroy_state (call->state);
  g_clear_pointer (&call->resources, openim_resources_unref);
  g_clear_object (&call->cancellable);
  g_clear_error (&call->error);
  openim_pb_free (call->response);
  openim_pb_free (call->request);
  g_free (call);
}

gconstpointer
openim_call_get_request (OpenimCall *call)
{
  return call->request;
}

OpenimSdk *
openim_call_get_sdk (OpenimCall *call)
{
  return call->sdk;
}

OpenimResources *
openim_call_get_resources (OpenimCall *call)
{
  return call->resources;
}

const char *
openim_call_get_user_id (OpenimCall *call)
{
  return call->resources->user_id;
}

GCancellable *
openim_call_get_cancellable (OpenimCall *call)
{
  return call->cancellable;
}

gboolean
openim_call_is_over (OpenimCall *call)
{
  return call->answered;
}

void
openim_call_emit (OpenimCall *call, OpenimFunction event, gpointer data)
{
  if (call->answered)
    openim_pb_free (data);
  else
    openim_sdk_emit_for (call->sdk, call->handle, event, data);
}

void
openim_call_tell (OpenimCall *call, gint64 done, gint64 total)
{
  if (!call->answered && call->watch != NULL)
    call->watch (call->sdk, call->handle, done, total, call->func_data);
}

void
openim_call_set_state (OpenimCall *call, gpointer state, GDestroyNotify destroy)
{
  if (call->destroy_state != NULL)
    call->destroy_state (call->state);
  call->state = state;
  call->destroy_state = destroy;
}

gpointer
openim_call_get_state (OpenimCall *call)
{
  return call->state;
}

gboolean
openim_call_settle (OpenimCall *call, GError *error, gpointer response)
{
  if (call->answered) {
    g_clear_error (&error);
    openim_pb_free (response);
    return FALSE;
  }

  call->answered = TRUE;
  call->error = error;
  call->response = response;
  if (error == NULL && response == NULL)
    call->response = openim_pb_new (call->row->response);

  return TRUE;
}

/* The code that the caller sees is the SDK's, whatever domain the error came from. */
static void
normalise_error (OpenimCall *call)
{
  GError *error;

  if (call->error->domain == OPENIM_ERROR)
    return;

  error = g_error_new_literal (OPENIM_ERROR, openim_error_code (call->error), call->error->message);
  g_error_free (call->error);
  call->error = error;
}

/* A call that was given up may still be at work: what it works with stays until its last reference goes. */
void
openim_call_deliver (OpenimCall *call)
{
  OpenimSdk *sdk = call->sdk;

  if (call->error != NULL)
    normalise_error (call);
  openim_log ("openim-sdk", OPENIM_LOG_DEBUG, "%s #%" G_GUINT64_FORMAT ": %d after %" G_GINT64_FORMAT " ms",
              call->row == NULL ? "unknown function" : call->row->name, call->handle,
              call->error == NULL ? 0 : call->error->code, openim_clock_monotonic () - call->began);

  call->sdk = NULL;
  if (call->func != NULL)
    call->func (sdk, call->handle, call->error, call->response, call->func_data);
}

static void
settle_and_leave (OpenimCall *call, GError *error, gpointer response)
{
  if (openim_call_settle (call, error, response))
    openim_sdk_queue_answer (call->sdk, call);
  openim_call_unref (call);
}

void
openim_call_answer (OpenimCall *call, gpointer response)
{
  settle_and_leave (call, NULL, response);
}

void
openim_call_fail (OpenimCall *call, int code, const char *format, ...)
{
  GError *error;
  va_list arguments;

  va_start (arguments, format);
  error = g_error_new_valist (OPENIM_ERROR, code, format, arguments);
  va_end (arguments);

  settle_and_leave (call, error, NULL);
}

void
openim_call_take_error (OpenimCall *call, GError *error)
{
  settle_and_leave (call, error, NULL);
}

typedef struct {
  OpenimCall *call; /* not owned: the callback's reference outlives the job */
  OpenimCallJob func;
  OpenimCallNext next;
  gpointer response;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  openim_pb_free (run->response);
  g_free (run);
}

static gboolean
run_job (OpenimDb *db, gpointer job, GError **error)
{
  Run *run = job;

  return run->func (db, run->call, run->response, error);
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  g_autoptr (GError) error = NULL;
  Run *run = openim_store_run_finish (OPENIM_STORE (source), result, &error);

  if (run == NULL) {
    openim_call_take_error (call, g_steal_pointer (&error));
    return;
  }

  if (run->next != NULL)
    run->next (call, g_steal_pointer (&run->response));
  else
    openim_call_answer (call, g_steal_pointer (&run->response));
  run_free (run);
}

void
openim_call_run (OpenimCall *call, OpenimStoreMode mode, OpenimCallJob job, OpenimCallNext next)
{
  Run *run = g_new0 (Run, 1);

  run->call = call;
  run->func = job;
  run->next = next;
  run->response = openim_pb_new (call->row->response);

  /* Not cancellable: the job borrows the call, and the callback holds it. */
  openim_store_run_async (call->resources->store, mode, run_job, run, run_free, NULL, on_run, call);
}

typedef struct {
  OpenimCall *call;
  OpenimCallChange func;
  OpenimCallNext next;
  gpointer response;
} Change;

static gboolean
run_change (OpenimDb *db, gpointer job, OpenimEffects *effects, GError **error)
{
  Change *change = job;

  return change->func (db, change->call, effects, change->response, error);
}

static void
on_changed (OpenimSync *sync, gpointer job, const GError *error)
{
  Change *change = job;
  OpenimCall *call = change->call;
  gpointer response = g_steal_pointer (&change->response);

  if (error != NULL) {
    openim_pb_free (response);
    openim_call_take_error (call, g_error_copy (error));
  } else if (change->next != NULL) {
    change->next (call, response);
  } else {
    openim_call_answer (call, response);
  }
}

void
openim_call_change (OpenimCall *call, OpenimCallChange func, OpenimCallNext next)
{
  Change *change = g_new0 (Change, 1);

  change->call = call;
  change->func = func;
  change->next = next;
  change->response = openim_pb_new (call->row->response);
  openim_sync_write (call->resources->sync, OPENIM_STORE_WRITE, run_change, change, g_free, on_changed);
}

static gboolean
do_nothing (OpenimDb *db, OpenimCall *call, gpointer response, GError **error)
{
  return TRUE;
}

static void
answer_state (OpenimCall *call, gpointer response)
{
  openim_pb_free (response);
  response = call->state;
  call->state = NULL;
  call->destroy_state = NULL;
  openim_call_answer (call, response);
}

/* Writes run after the reads and writes that were asked for before them. */
void
openim_call_answer_after_events (OpenimCall *call, gpointer response)
{
  openim_call_set_state (call, response, openim_pb_free);
  openim_call_run (call, OPENIM_STORE_WRITE, do_nothing, answer_state);
}

gboolean
openim_call_get_page (OpenimCall *call,
                      const Openim__Sdk__Common__RequestPagination *pagination,
                      gint64 *offset,
                      gint64 *count)
{
  if (pagination == NULL || pagination->pagenumber < 1 || pagination->shownumber < 1) {
    openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "Pages count from 1 and have at least one row.");
    return FALSE;
  }

  *offset = ((gint64) pagination->pagenumber - 1) * pagination->shownumber;
  *count = pagination->shownumber;
  return TRUE;
}
