/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/requests.h"

#include <glib/gi18n-lib.h>

#include "base/id.h"
#include "base/log.h"
#include "net/http.h"

#define LOG "openim-net"

struct _OpenimRequests {
  GObject *source;
  char *user_id;
  guint64 last;
  GQueue waiting;
  GQueue sent;
  GHashTable *by_incr; /* those in @sent; borrowed keys and values */
};

typedef struct {
  OpenimRequests *table;
  GTask *task;
  guint id;
  char *incr;
  GBytes *frame; /* until it is sent */
  GList link;    /* in waiting as long as there is a frame, then in sent */
  guint timer;
  GSource *cancel;
} Request;

OpenimRequests *
openim_requests_new (GObject *source, const char *user_id)
{
  OpenimRequests *self = g_new0 (OpenimRequests, 1);

  self->source = source;
  self->user_id = g_strdup (user_id);
  g_queue_init (&self->waiting);
  g_queue_init (&self->sent);
  self->by_incr = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

/* Each request's task holds the source, so nothing can be left when the source goes. */
void
openim_requests_free (OpenimRequests *self)
{
  g_assert (openim_requests_count (self) == 0);
  g_hash_table_unref (self->by_incr);
  g_free (self->user_id);
  g_free (self);
}

guint
openim_requests_count (OpenimRequests *self)
{
  return self->waiting.length + self->sent.length;
}

/* Takes the request out of the table; what the caller does with the task comes last, for it may run anything.
 */
static GTask *
request_remove (Request *request)
{
  OpenimRequests *self = request->table;
  GTask *task = request->task;

  if (request->frame != NULL) {
    g_queue_unlink (&self->waiting, &request->link);
  } else {
    g_queue_unlink (&self->sent, &request->link);
    g_hash_table_remove (self->by_incr, request->incr);
  }
  g_clear_handle_id (&request->timer, g_source_remove);
  if (request->cancel != NULL) {
    g_source_destroy (request->cancel);
    g_source_unref (request->cancel);
  }
  g_clear_pointer (&request->frame, g_bytes_unref);
  g_free (request->incr);
  g_free (request);
  return task;
}

static void
request_fail (Request *request, GError *error)
{
  g_autoptr (GTask) task = request_remove (request);
  g_task_return_error (task, error);
}

static gboolean
on_deadline (gpointer data)
{
  Request *request = data;
  gboolean sent = request->frame == NULL;

  request->timer = 0;
  if (sent)
    openim_log (LOG, OPENIM_LOG_INFO, "request %u: no answer in time", request->id);
  request_fail (request, sent ? g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_TIMEOUT,
                                                     _ ("The server did not answer in time."))
                              : g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK,
                                                     _ ("There is no connection to the server.")));
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  request_fail (data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _ ("Cancelled.")));
  return G_SOURCE_REMOVE;
}

void
openim_requests_add (OpenimRequests *self, GTask *task, guint id, GBytes *body, guint timeout_ms)
{
  g_autofree char *operation = openim_id_operation ();
  g_autofree char *incr = g_strdup_printf ("%s_%" G_GUINT64_FORMAT, self->user_id, ++self->last);
  g_autoptr (GBytes) frame = openim_frame_build (id, self->user_id, operation, incr, body);
  const char *refusal = NULL;

  if (g_bytes_get_size (frame) > OPENIM_REQUESTS_FRAME_MAX)
    refusal = _ ("This is too long for one message.");
  else if (openim_requests_count (self) >= OPENIM_REQUESTS_MAX)
    refusal = _ ("Too much is waiting to be sent already.");
  if (refusal != NULL) {
    g_task_return_new_error (task, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, "%s", refusal);
    g_object_unref (task);
    return;
  }

  Request *request = g_new0 (Request, 1);
  request->table = self;
  request->task = task;
  request->id = id;
  request->incr = g_steal_pointer (&incr);
  request->frame = g_steal_pointer (&frame);
  request->link.data = request;
  request->timer = g_timeout_add (timeout_ms, on_deadline, request);
  GCancellable *cancellable = g_task_get_cancellable (task);
  if (cancellable != NULL) {
    request->cancel = g_cancellable_source_new (cancellable);
    g_source_set_callback (request->cancel, G_SOURCE_FUNC (on_cancelled), request, NULL);
    g_source_attach (request->cancel, NULL);
  }
  g_queue_push_tail_link (&self->waiting, &request->link);
  openim_log (LOG, OPENIM_LOG_DEBUG, "request %u: operation %s", id, operation);
}

void
openim_requests_flush (OpenimRequests *self, OpenimRequestsSend send, gpointer link)
{
  while (!g_queue_is_empty (&self->waiting)) {
    Request *request = g_queue_peek_head (&self->waiting);
    g_autoptr (GBytes) frame = g_steal_pointer (&request->frame);

    g_queue_unlink (&self->waiting, &request->link);
    g_queue_push_tail_link (&self->sent, &request->link);
    g_hash_table_insert (self->by_incr, request->incr, request);
    send (link, frame);
  }
}

gboolean
openim_requests_answer (OpenimRequests *self, const OpenimFrame *frame)
{
  Request *request = g_hash_table_lookup (self->by_incr, frame->msg_incr);
  if (request == NULL || request->id != frame->id)
    return FALSE;

  g_autoptr (GTask) task = request_remove (request);
  if (frame->err_code != 0)
    g_task_return_error (task, openim_http_envelope_error (frame->err_code, frame->err_msg, ""));
  else
    g_task_return_pointer (task, g_bytes_ref (frame->body), (GDestroyNotify) g_bytes_unref);
  return TRUE;
}

/* Whatever the callbacks do meanwhile, only those that are there now are failed. */
static void
fail_queue (GQueue *queue, const GError *error)
{
  for (guint left = queue->length; left > 0 && !g_queue_is_empty (queue); left--)
    request_fail (g_queue_peek_head (queue), g_error_copy (error));
}

void
openim_requests_fail_sent (OpenimRequests *self, const GError *error)
{
  fail_queue (&self->sent, error);
}

void
openim_requests_fail_all (OpenimRequests *self, const GError *error)
{
  fail_queue (&self->sent, error);
  fail_queue (&self->waiting, error);
}
