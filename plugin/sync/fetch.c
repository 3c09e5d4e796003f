/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Requests 1005 (messages by seq), several conversations in one, a few under way at a time. Source:
 * open-im-server 3.8: the answer has an entry for each conversation asked for, with placeholders for seqs
 * that hold nothing, and without those outside of the user's bounds. */

#include "msg.pb-c.h"

#include "store/ranges.h"
#include "sync/internal.h"

#define UNDER_WAY 4

typedef struct {
  char *id;
  GArray *seqs; /* gint64 */
  gboolean descending;
  OpenimFetchFunc func;
  gpointer data;
} Want;

struct _OpenimFetch {
  OpenimSync *sync; /* (unowned) */
  GQueue queue;     /* Want */
  guint under_way;
  guint idle; /* wants of one turn of the main loop go together */
};

typedef struct {
  OpenimSync *sync;
  GPtrArray *wants;
} Request;

static void
want_end (OpenimSync *sync, Want *want, OpenimFetched *fetched, const GError *error)
{
  want->func (sync, want->data, fetched, error);
  g_free (want->id);
  g_array_unref (want->seqs);
  g_free (want);
}

OpenimFetch *
openim_fetch_new (OpenimSync *sync)
{
  OpenimFetch *self = g_new0 (OpenimFetch, 1);

  self->sync = sync;
  g_queue_init (&self->queue);
  return self;
}

static void
fail_all (OpenimFetch *self, const GError *error)
{
  g_autoptr (GPtrArray) wants = g_ptr_array_new ();
  Want *want;

  g_clear_handle_id (&self->idle, g_source_remove);
  while ((want = g_queue_pop_head (&self->queue)) != NULL)
    g_ptr_array_add (wants, want);
  for (guint i = 0; i < wants->len; i++)
    want_end (self->sync, g_ptr_array_index (wants, i), NULL, error);
}

void
openim_fetch_stop (OpenimFetch *self)
{
  g_autoptr (GError) error = openim_sync_error (self->sync, NULL);

  fail_all (self, error);
}

void
openim_fetch_disconnected (OpenimFetch *self)
{
  g_autoptr (GError) error = g_error_new_literal (OPENIM_ERROR, OPENIM_ERROR_NETWORK, "not connected");

  fail_all (self, error);
}

void
openim_fetch_free (OpenimFetch *self)
{
  g_free (self);
}

static gboolean
is_asked (const Want *want, gint64 seq)
{
  for (guint i = 0; i < want->seqs->len; i++)
    if (g_array_index (want->seqs, gint64, i) == seq)
      return TRUE;
  return FALSE;
}

static Openim__Sdkws__PullMsgs *
find_answer (Openim__Msg__GetSeqMessageResp *answer, const char *id)
{
  for (size_t i = 0; i < answer->n_msgs; i++)
    if (g_str_equal (answer->msgs[i]->key, id))
      return answer->msgs[i]->value;
  for (size_t i = 0; i < answer->n_notificationmsgs; i++)
    if (g_str_equal (answer->notificationmsgs[i]->key, id))
      return answer->notificationmsgs[i]->value;
  return NULL;
}

static void schedule (OpenimFetch *self);

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  OpenimSync *sync = request->sync;
  g_autoptr (GError) error = NULL;
  Openim__Msg__GetSeqMessageResp *answer = openim_gateway_request_finish (
      OPENIM_GATEWAY (source), result, &openim__msg__get_seq_message_resp__descriptor, &error);

  /* Even of seqs that hold nothing the server says so. */
  if (answer != NULL && answer->n_msgs == 0 && answer->n_notificationmsgs == 0) {
    g_clear_pointer (&answer, openim_pb_free);
    g_set_error_literal (&error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "an empty answer");
  }
  if (!sync->stopped)
    sync->fetch->under_way--;
  if (answer == NULL && !sync->stopped)
    openim_log (OPENIM_SYNC_LOG, OPENIM_LOG_WARNING, "messages cannot be fetched: %s", error->message);

  for (guint i = 0; i < request->wants->len; i++) {
    Want *want = g_ptr_array_index (request->wants, i);
    OpenimFetched fetched = { NULL };
    Openim__Sdkws__PullMsgs *pulled;

    if (answer == NULL) {
      want_end (sync, want, NULL, error);
      continue;
    }
    fetched.messages = g_ptr_array_new_with_free_func (openim_pb_free);
    pulled = find_answer (answer, want->id);
    if (pulled != NULL) {
      fetched.is_end = pulled->isend;
      fetched.end_seq = pulled->endseq;
      for (size_t k = 0; k < pulled->n_msgs; k++)
        if (is_asked (want, pulled->msgs[k]->seq)) {
          g_ptr_array_add (fetched.messages, pulled->msgs[k]);
          pulled->msgs[k] = NULL;
        }
    }
    want_end (sync, want, &fetched, NULL);
    g_clear_pointer (&fetched.messages, g_ptr_array_unref);
  }
  openim_pb_free (answer);

  if (!sync->stopped)
    schedule (sync->fetch);
  g_ptr_array_unref (request->wants);
  g_object_unref (request->sync);
  g_free (request);
}

static void
send_request (OpenimFetch *self, GPtrArray *wants)
{
  Openim__Msg__GetSeqMessageReq *message = openim_pb_new (&openim__msg__get_seq_message_req__descriptor);
  Request *request = g_new0 (Request, 1);

  openim_pb_set (&message->userid, self->sync->user_id);
  for (guint i = 0; i < wants->len; i++) {
    const Want *want = g_ptr_array_index (wants, i);
    Openim__Msg__ConversationSeqs *seqs = openim_pb_new (&openim__msg__conversation_seqs__descriptor);

    openim_pb_set (&seqs->conversationid, want->id);
    seqs->n_seqs = want->seqs->len;
    seqs->seqs = g_memdup2 (want->seqs->data, want->seqs->len * sizeof (gint64));
    openim_pb_append (&message->n_conversations, &message->conversations, seqs);
    if (want->descending)
      message->order = OPENIM__SDKWS__PULL_ORDER__PullOrderDesc;
  }

  request->sync = g_object_ref (self->sync);
  request->wants = wants;
  self->under_way++;
  openim_gateway_request_async (self->sync->gateway, OPENIM_GATEWAY_PULL_SEQS, message,
                                OPENIM_GATEWAY_TIMEOUT, self->sync->cancellable, on_answer, request);
  openim_pb_free (message);
}

/* Those of one direction share a request; no conversation twice in one. */
static gboolean
fits (GPtrArray *wants, guint n_seqs, const Want *want)
{
  if (wants->len == 0)
    return TRUE;
  if (n_seqs + want->seqs->len > OPENIM_SYNC_PACK ||
      ((Want *) g_ptr_array_index (wants, 0))->descending != want->descending)
    return FALSE;
  for (guint i = 0; i < wants->len; i++)
    if (g_str_equal (((Want *) g_ptr_array_index (wants, i))->id, want->id))
      return FALSE;
  return TRUE;
}

static gboolean
pump (gpointer user_data)
{
  OpenimFetch *self = user_data;

  self->idle = 0;
  while (self->under_way < UNDER_WAY && !g_queue_is_empty (&self->queue)) {
    GPtrArray *wants = g_ptr_array_new ();
    guint n_seqs = 0;

    while (!g_queue_is_empty (&self->queue) && fits (wants, n_seqs, g_queue_peek_head (&self->queue))) {
      Want *want = g_queue_pop_head (&self->queue);

      n_seqs += want->seqs->len;
      g_ptr_array_add (wants, want);
    }
    send_request (self, wants);
  }
  return G_SOURCE_REMOVE;
}

static void
schedule (OpenimFetch *self)
{
  if (self->idle == 0 && self->under_way < UNDER_WAY && !g_queue_is_empty (&self->queue))
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, pump, self, NULL);
}

void
openim_fetch_seqs (OpenimFetch *self,
                   const char *id,
                   const gint64 *seqs,
                   guint n_seqs,
                   gboolean descending,
                   gboolean urgent,
                   OpenimFetchFunc func,
                   gpointer data)
{
  Want *want = g_new0 (Want, 1);

  want->id = g_strdup (id);
  want->seqs = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n_seqs);
  g_array_append_vals (want->seqs, seqs, n_seqs);
  want->descending = descending;
  want->func = func;
  want->data = data;
  if (urgent)
    g_queue_push_head (&self->queue, want);
  else
    g_queue_push_tail (&self->queue, want);
  schedule (self);
}

void
openim_fetch_hurry (OpenimFetch *self, const char *id)
{
  for (GList *link = self->queue.head; link != NULL; link = link->next)
    if (g_str_equal (((Want *) link->data)->id, id)) {
      g_queue_unlink (&self->queue, link);
      g_queue_push_head_link (&self->queue, link);
      return;
    }
}
