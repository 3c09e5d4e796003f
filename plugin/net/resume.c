/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"
#include "base/log.h"
#include "net/upload-private.h"

#define LOG "openim-net"
#define LEFT (60 * 60 * 1000) /* ms: an upload that is forgotten sooner is not gone on with */

void
openim_upload_state_free (OpenimUploadState *state)
{
  if (state == NULL)
    return;
  g_free (state->hash);
  g_free (state->id);
  g_clear_pointer (&state->parts, g_bytes_unref);
  g_free (state);
}

static gsize
bytes_for (guint parts)
{
  return (parts + 7) / 8;
}

static gboolean
is_useful (OpenimUploading *upload, const OpenimUploadState *state)
{
  return state != NULL && state->part_size == upload->part_size && *state->id != '\0' &&
         state->expires > openim_clock_now () + LEFT &&
         g_bytes_get_size (state->parts) == bytes_for (openim_source_count (upload->source));
}

static void
go_on (OpenimUploading *upload, const OpenimUploadState *state)
{
  const guint8 *bits = g_bytes_get_data (state->parts, NULL);
  guint there = 0;

  openim_upload_make_parts (upload, state->id, state->expires);
  for (guint i = 0; i < upload->n_parts; i++) {
    if ((bits[i / 8] & 1 << i % 8) != 0) {
      openim_upload_mark_part (upload, i);
      there++;
    }
  }
  upload->resumed = upload->kept = TRUE;
  openim_log (LOG, OPENIM_LOG_INFO, "upload: %u of %u parts are there already", there, upload->n_parts);
  openim_upload_tell (upload);
  openim_upload_pump (upload);
}

static void
on_found (OpenimUploadState *found, gpointer data)
{
  g_autoptr (OpenimUploadState) state = found;
  OpenimUploading *upload = data;

  if (!openim_upload_step_done (upload, NULL))
    return;
  if (is_useful (upload, state))
    go_on (upload, state);
  else
    openim_upload_initiate (upload);
}

void
openim_upload_begin (OpenimUploading *upload)
{
  OpenimFiles *files = upload->files;
  g_autofree char *hash = openim_source_get_hash (upload->source);

  /* A single part is there or it is not; to go on with it means to send it. */
  if (files->memory == NULL || openim_source_count (upload->source) == 1) {
    openim_upload_initiate (upload);
    return;
  }
  upload->pending++;
  files->memory->find (files->memory_owner, hash, on_found, upload);
}

void
openim_upload_keep (OpenimUploading *upload)
{
  gsize length = bytes_for (upload->n_parts);
  guint8 *bits;
  OpenimUploadState state = { 0 };

  if (upload->files->memory == NULL || upload->n_parts == 1)
    return;
  bits = g_malloc0 (length);
  for (guint i = 0; i < upload->n_parts; i++)
    if (upload->parts[i].state == OPENIM_PART_DONE)
      bits[i / 8] |= (guint8) (1 << i % 8);
  state.hash = openim_source_get_hash (upload->source);
  state.part_size = upload->part_size;
  state.id = upload->id;
  state.expires = upload->expires;
  state.parts = g_bytes_new_take (bits, length);
  upload->files->memory->keep (upload->files->memory_owner, &state);
  upload->kept = TRUE;
  g_bytes_unref (state.parts);
  g_free (state.hash);
}

void
openim_upload_forget (OpenimUploading *upload)
{
  g_autofree char *hash = NULL;

  if (!upload->kept || upload->files->memory == NULL)
    return;
  upload->kept = FALSE;
  hash = openim_source_get_hash (upload->source);
  upload->files->memory->forget (upload->files->memory_owner, hash);
}
