/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/uploads.h"

#include "base/log.h"
#include "store/uploads.h"

#define LOG "openim-sdk"

/* ---- what is known */

typedef struct {
  OpenimHalfUpload *half;
  gboolean found;
} Finding;

/* The job is gone when its answer is an error; this is not. */
typedef struct {
  OpenimUploadFound func;
  gpointer user_data;
} Asked;

static void
finding_free (gpointer data)
{
  Finding *finding = data;

  openim_half_upload_free (finding->half);
  g_free (finding);
}

static gboolean
look (OpenimDb *db, gpointer job, GError **error)
{
  Finding *finding = job;

  return openim_uploads_get (db, finding->half, &finding->found, error);
}

/* Not to know is no error: it is sent from the beginning. */
static OpenimUploadState *
state_of (const Finding *finding)
{
  OpenimUploadState *state;

  if (finding == NULL || !finding->found)
    return NULL;
  state = g_new (OpenimUploadState, 1);
  state->hash = g_strdup (finding->half->hash);
  state->part_size = finding->half->part_size;
  state->id = g_strdup (finding->half->upload_id);
  state->expires = finding->half->expires;
  state->parts = g_bytes_ref (finding->half->parts);
  return state;
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (GError) error = NULL;
  Finding *finding = openim_store_run_finish (OPENIM_STORE (source), result, &error);

  if (finding == NULL)
    openim_log (LOG, OPENIM_LOG_WARNING, "half uploads: %s", error->message);
  asked->func (state_of (finding), asked->user_data);
  g_clear_pointer (&finding, finding_free);
}

static void
find (gpointer owner, const char *hash, OpenimUploadFound func, gpointer user_data)
{
  Finding *job = g_new0 (Finding, 1);
  Asked *asked = g_new (Asked, 1);

  job->half = openim_half_upload_new (hash);
  asked->func = func;
  asked->user_data = user_data;
  openim_store_run_async (owner, OPENIM_STORE_READ, look, job, finding_free, NULL, on_looked, asked);
}

/* ---- what is new */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  OpenimHalfUpload *half = openim_store_run_finish (OPENIM_STORE (source), result, &error);

  if (half == NULL)
    openim_log (LOG, OPENIM_LOG_WARNING, "half uploads: %s", error->message);
  openim_half_upload_free (half);
}

static void
half_free (gpointer half)
{
  openim_half_upload_free (half);
}

static gboolean
set (OpenimDb *db, gpointer half, GError **error)
{
  return openim_uploads_set (db, half, error);
}

static void
keep (gpointer owner, const OpenimUploadState *state)
{
  OpenimHalfUpload *half = openim_half_upload_new (state->hash);

  half->part_size = state->part_size;
  half->upload_id = g_strdup (state->id);
  half->expires = state->expires;
  half->parts = g_bytes_ref (state->parts);
  openim_store_run_async (owner, OPENIM_STORE_WRITE, set, half, half_free, NULL, on_written, NULL);
}

static gboolean
remove_it (OpenimDb *db, gpointer half, GError **error)
{
  return openim_uploads_remove (db, ((const OpenimHalfUpload *) half)->hash, error);
}

static void
forget (gpointer owner, const char *hash)
{
  openim_store_run_async (owner, OPENIM_STORE_WRITE, remove_it, openim_half_upload_new (hash), half_free,
                          NULL, on_written, NULL);
}

const OpenimUploadMemory openim_uploads_memory = { find, keep, forget };
