/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/http.h"
#include "net/sign.h"
#include "net/upload-private.h"

#define LOG "openim-net"
#define PARALLEL 3       /* parts of one file on their way */
#define SIGNED_FOR 60000 /* ms that signatures of a file with several parts are used */
#define ANSWER_MAX 65536 /* bytes of a storage's answer */
#define CODE "<Code>"
#define CODE_MAX 40
#define LONGEST (24 * 60 * 60 * 1000) /* ms: signatures are good for so long */

/* ---- signatures */

static void
part_unsign (OpenimPart *part)
{
  g_clear_pointer (&part->sign, json_object_unref);
  g_clear_pointer (&part->own, json_object_unref);
}

static void
part_set_sent (OpenimPart *part, gint64 bytes)
{
  part->upload->sent += bytes - part->sent;
  part->sent = bytes;
}

static gboolean
is_signed (OpenimUploading *upload, const OpenimPart *part)
{
  return part->sign != NULL &&
         (upload->n_parts == 1 || openim_clock_monotonic () - part->signed_at < SIGNED_FOR);
}

gboolean
openim_upload_take_signatures (OpenimUploading *upload, JsonObject *sign)
{
  gboolean any = FALSE;
  JsonArray *list = openim_json_array (sign, "parts");
  gint64 now = openim_clock_monotonic ();

  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++) {
    JsonNode *node = json_array_get_element (list, i);
    JsonObject *own = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    gint64 number = openim_json_int (own, "partNumber");
    OpenimPart *part;

    if (number < 1 || number > upload->n_parts)
      continue;
    part = &upload->parts[number - 1];
    any = any || (part->state == OPENIM_PART_WAITING && !is_signed (upload, part));
    part_unsign (part);
    part->sign = json_object_ref (sign);
    part->own = json_object_ref (own);
    part->signed_at = now;
  }
  if (!any)
    openim_upload_fail (upload,
                        g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                                             _ ("The server does not sign what is sent to its storage.")));
  return any;
}

void
openim_upload_make_parts (OpenimUploading *upload, const char *id, gint64 expires)
{
  g_autofree OpenimPart *before = upload->parts;
  guint n_before = upload->n_parts;

  upload->n_parts = openim_source_count (upload->source);
  upload->parts = g_new0 (OpenimPart, upload->n_parts);
  for (guint i = 0; i < upload->n_parts; i++) {
    upload->parts[i].upload = upload;
    upload->parts[i].number = i + 1;
    if (i < n_before)
      upload->parts[i].tries = before[i].tries;
  }
  for (guint i = 0; i < n_before; i++)
    part_unsign (&before[i]);
  upload->sent = 0;
  upload->expires = expires;
  g_free (upload->id);
  upload->id = g_strdup (id);
}

void
openim_upload_stop_parts (OpenimUploading *upload)
{
  for (guint i = 0; i < upload->n_parts; i++) {
    OpenimPart *part = &upload->parts[i];

    if (part->state == OPENIM_PART_RESTING)
      g_clear_handle_id (&part->timer, g_source_remove);
    if (part->state == OPENIM_PART_GOING)
      g_cancellable_cancel (part->cancellable);
  }
}

void
openim_upload_drop_parts (OpenimUploading *upload)
{
  for (guint i = 0; i < upload->n_parts; i++) {
    OpenimPart *part = &upload->parts[i];

    g_clear_handle_id (&part->timer, g_source_remove);
    g_clear_object (&part->cancellable);
    g_clear_object (&part->message);
    part_unsign (part);
  }
  g_clear_pointer (&upload->parts, g_free);
  upload->n_parts = 0;
}

static void
on_signed (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimUploading *upload = data;
  g_autoptr (JsonObject) answer = openim_upload_answer (upload, source, result);

  if (answer != NULL && openim_upload_take_signatures (upload, answer))
    openim_upload_pump (upload);
}

/* For those that come next. A single part cannot be signed again: its upload is begun again instead. */
static void
ask_signatures (OpenimUploading *upload)
{
  JsonArray *numbers;

  if (upload->asking || upload->timer != 0)
    return;
  if (upload->n_parts == 1) {
    openim_upload_initiate (upload);
    return;
  }

  numbers = json_array_new ();
  for (guint i = 0; i < upload->n_parts && json_array_get_length (numbers) < OPENIM_UPLOAD_SIGNED_AT_ONCE;
       i++) {
    const OpenimPart *part = &upload->parts[i];

    if (part->state == OPENIM_PART_WAITING && !is_signed (upload, part))
      json_array_add_int_element (numbers, part->number);
  }
  openim_upload_ask (upload, "/object/auth_sign",
                     openim_json_build ("uploadID", 's', upload->id, "partNumbers", 'a', numbers, NULL),
                     openim_upload_pump, on_signed);
}

/* ---- parts */

static void
on_wrote (SoupMessage *message, guint bytes, gpointer data)
{
  OpenimPart *part = data;

  part->moved = openim_clock_monotonic ();
  part_set_sent (part,
                 MIN (part->sent + bytes, openim_source_get_length (part->upload->source, part->number - 1)));
  if (part->upload->arrived == 0)
    part->upload->arrived = part->moved;
  openim_upload_tell (part->upload);
}

static void
part_set_body (OpenimPart *part)
{
  OpenimSource *source = part->upload->source;
  g_autoptr (GInputStream) stream = openim_source_read (source, part->number - 1);

  part_set_sent (part, 0);
  soup_message_set_request_body (part->message, NULL, stream,
                                 (gssize) openim_source_get_length (source, part->number - 1));
}

/* A connection that was used before had ended, and libsoup takes another one; what it has read of the part is
 * gone. */
static void
on_restarted (SoupMessage *message, gpointer part)
{
  part_set_body (part);
}

static gboolean
on_watch (gpointer data)
{
  OpenimPart *part = data;

  if (openim_clock_monotonic () - part->moved < part->upload->files->stall)
    return G_SOURCE_CONTINUE;
  part->timer = 0;
  part->stalled = TRUE;
  g_cancellable_cancel (part->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
on_rested (gpointer data)
{
  OpenimPart *part = data;

  part->timer = 0;
  part->state = OPENIM_PART_WAITING;
  openim_upload_pump (part->upload);
  return G_SOURCE_REMOVE;
}

/* (transfer full) (nullable) The word that a storage has for what it does not like: <Code>WORD</Code>. */
static char *
refusal_code (GBytes *body)
{
  gsize length = 0;
  const char *bytes = body != NULL ? g_bytes_get_data (body, &length) : NULL;
  g_autofree char *text = g_strndup (bytes, length);
  const char *begin = text != NULL ? strstr (text, CODE) : NULL;
  gsize n = 0;

  if (begin == NULL)
    return NULL;
  begin += strlen (CODE);
  while (n < CODE_MAX && g_ascii_isalnum (begin[n]))
    n++;
  return n > 0 && begin[n] == '<' ? g_strndup (begin, n) : NULL;
}

/* Why a part is not there. (transfer full) */
static GError *
part_error (const OpenimPart *part, GBytes *body, GError *error)
{
  guint status = soup_message_get_status (part->message);
  g_autofree char *code = NULL;

  if (part->stalled) {
    g_clear_error (&error);
    return g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_TIMEOUT,
                                _ ("The file storage does not take the file."));
  }
  if (error != NULL)
    return error;
  code = refusal_code (body);
  if (code == NULL)
    return g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                        _ ("The file storage refuses part %u of the file (HTTP %u)."), part->number, status);
  return g_error_new (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                      /* TRANSLATORS: the last is a word of the storage, as "SignatureDoesNotMatch" */
                      _ ("The file storage refuses part %u of the file (HTTP %u, %s)."), part->number, status,
                      code);
}

/* A refusal may be one of the signature, which is made anew at once; trouble needs a pause.
 * @error: (transfer full) */
static void
part_fail (OpenimPart *part, GError *error)
{
  OpenimUploading *upload = part->upload;
  guint status = openim_upload_is_network (error) ? 0 : soup_message_get_status (part->message);
  gboolean unsigned_ = status == SOUP_STATUS_BAD_REQUEST || status == SOUP_STATUS_UNAUTHORIZED ||
                       status == SOUP_STATUS_FORBIDDEN || status == SOUP_STATUS_NOT_FOUND;
  gboolean trouble = openim_upload_is_network (error) || status == SOUP_STATUS_REQUEST_TIMEOUT ||
                     status == 429 || status >= SOUP_STATUS_INTERNAL_SERVER_ERROR;

  part->stalled = FALSE;
  part->tries++;
  part_unsign (part);
  g_clear_object (&part->cancellable);
  g_clear_object (&part->message);
  if (openim_source_has_changed (upload->source)) {
    g_error_free (error);
    error = g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                                 _ ("The file was changed while it was sent."));
  } else if ((unsigned_ || trouble) && openim_upload_tries_again (upload, part->tries, error)) {
    openim_log (LOG, OPENIM_LOG_INFO, "upload: part %u again: %s", part->number, error->message);
    g_error_free (error);
    part->state = trouble ? OPENIM_PART_RESTING : OPENIM_PART_WAITING;
    if (trouble)
      part->timer = g_timeout_add (openim_upload_pause_before (upload, part->tries), on_rested, part);
    openim_upload_pump (upload);
    return;
  }
  part->state = OPENIM_PART_WAITING;
  openim_upload_fail (upload, error);
}

void
openim_upload_mark_part (OpenimUploading *upload, guint index)
{
  OpenimPart *part = &upload->parts[index];

  part->state = OPENIM_PART_DONE;
  part_set_sent (part, openim_source_get_length (upload->source, index));
  part_unsign (part);
  g_clear_object (&part->cancellable);
  g_clear_object (&part->message);
}

static void
on_put (GObject *source, GAsyncResult *result, gpointer data)
{
  OpenimPart *part = data;
  OpenimUploading *upload = part->upload;
  GError *error = NULL;
  g_autoptr (GBytes) body = openim_http_fetch_finish (SOUP_SESSION (source), result, &error);
  guint status = soup_message_get_status (part->message);
  gboolean arrived = body != NULL && SOUP_STATUS_IS_SUCCESSFUL (status);

  g_clear_handle_id (&part->timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (part->message, part);
  part->state = OPENIM_PART_WAITING;
  if (!arrived)
    part_set_sent (part, 0);
  if (body != NULL && status == SOUP_STATUS_NOT_FOUND && upload->resumed && upload->error == NULL)
    openim_upload_begin_anew (upload);
  if (arrived && !upload->anew) {
    openim_upload_mark_part (upload, part->number - 1);
    upload->arrived = openim_clock_monotonic ();
    openim_upload_keep (upload); /* also for another time, when this one fails */
  }
  if (upload->error != NULL || upload->anew) {
    g_clear_error (&error);
    openim_upload_step_done (upload, NULL);
    return;
  }
  upload->pending--;
  if (!arrived) {
    part_fail (part, part_error (part, body, error));
    return;
  }
  openim_upload_tell (upload);
  openim_upload_pump (upload);
}

/* FALSE: the upload is over. */
static gboolean
part_start (OpenimPart *part)
{
  OpenimUploading *upload = part->upload;
  OpenimFiles *files = upload->files;
  GError *error = NULL;

  part->message = openim_sign_put (part->sign, part->own, &error);
  if (part->message == NULL) {
    openim_upload_fail (upload, error);
    return FALSE;
  }
  part_set_body (part);
  g_signal_connect (part->message, "wrote-body-data", G_CALLBACK (on_wrote), part);
  g_signal_connect (part->message, "restarted", G_CALLBACK (on_restarted), part);
  part->state = OPENIM_PART_GOING;
  part->cancellable = g_cancellable_new ();
  part->moved = openim_clock_monotonic ();
  part->timer = g_timeout_add (files->stall / 4 + 1, on_watch, part);
  upload->pending++;
  openim_http_fetch_async (files->session, part->message, ANSWER_MAX, LONGEST, part->cancellable, on_put,
                           part);
  return TRUE;
}

void
openim_upload_pump (OpenimUploading *upload)
{
  guint done = 0, going = 0;
  gboolean wanting = FALSE;

  for (guint i = 0; i < upload->n_parts; i++) {
    done += upload->parts[i].state == OPENIM_PART_DONE;
    going += upload->parts[i].state == OPENIM_PART_GOING;
  }
  if (done == upload->n_parts) {
    openim_upload_complete (upload);
    return;
  }
  for (guint i = 0; i < upload->n_parts && going < PARALLEL; i++) {
    OpenimPart *part = &upload->parts[i];

    if (part->state != OPENIM_PART_WAITING)
      continue;
    if (!is_signed (upload, part)) {
      wanting = TRUE;
      continue;
    }
    if (!part_start (part))
      return;
    going++;
  }
  if (wanting)
    ask_signatures (upload);
}
