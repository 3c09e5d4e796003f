/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A message that was on the wire when the connection broke off, in a conversation in which much is said. */

#include "base/clock.h"
#include "msg.pb-c.h"
#include "stage.h"

#define TALK "si_ann_bob"

/* The server takes the first message and its answer is lost; then others say so much that it has that
 * number. */
typedef struct {
  gint64 max; /* newest seq */
  gint64 at;  /* where the message is; 0: it never came */
  guint sent; /* how often it was */
} Server;

static gpointer
tell_newest (const Server *server)
{
  Openim__Sdkws__GetMaxSeqResp *answer = openim_pb_new (&openim__sdkws__get_max_seq_resp__descriptor);
  Openim__Sdkws__GetMaxSeqResp__MaxSeqsEntry *entry =
      openim_pb_new (&openim__sdkws__get_max_seq_resp__max_seqs_entry__descriptor);

  openim_pb_set (&entry->key, TALK);
  entry->value = server->max;
  openim_pb_append (&answer->n_maxseqs, &answer->maxseqs, entry);
  return answer;
}

static gpointer
tell_marks (const Server *server)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqResp *answer =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor);
  Openim__Msg__GetConversationsHasReadAndMaxSeqResp__SeqsEntry *entry =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__seqs_entry__descriptor);

  openim_pb_set (&entry->key, TALK);
  entry->value = openim_pb_new (&openim__msg__seqs__descriptor);
  entry->value->maxseq = server->max;
  entry->value->hasreadseq = server->max;
  openim_pb_append (&answer->n_seqs, &answer->seqs, entry);
  return answer;
}

static gpointer
tell_messages (const Server *server, const Openim__Msg__GetSeqMessageReq *request)
{
  Openim__Msg__GetSeqMessageResp *answer = openim_pb_new (&openim__msg__get_seq_message_resp__descriptor);

  for (size_t i = 0; i < request->n_conversations; i++) {
    Openim__Msg__GetSeqMessageResp__MsgsEntry *entry =
        openim_pb_new (&openim__msg__get_seq_message_resp__msgs_entry__descriptor);

    openim_pb_set (&entry->key, request->conversations[i]->conversationid);
    entry->value = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
    for (size_t k = 0; k < request->conversations[i]->n_seqs; k++) {
      gint64 seq = request->conversations[i]->seqs[k];
      g_autofree char *client_id = g_strdup_printf ("m%d", (int) seq);
      OpenimMsgData *data = seq == server->at ? stage_message ("ann", "bob", NULL, "a", seq)
                                              : stage_message ("bob", "ann", NULL, client_id, seq);

      data->sendtime = openim_clock_now ();
      openim_pb_append (&entry->value->n_msgs, &entry->value->msgs, data);
    }
    openim_pb_append (&answer->n_msgs, &answer->msgs, entry);
  }
  return answer;
}

static gpointer
answer_gateway (gpointer owner, guint id, const ProtobufCMessage *request, int *code)
{
  Server *server = ((Stage *) owner)->state;

  if (id == OPENIM_GATEWAY_NEWEST_SEQS)
    return tell_newest (server);
  if (id == OPENIM_GATEWAY_READ_SEQS)
    return tell_marks (server);
  if (id == OPENIM_GATEWAY_PULL_SEQS)
    return tell_messages (server, (gconstpointer) request);
  g_assert_cmpuint (id, ==, OPENIM_GATEWAY_SEND);
  *code = server->sent++ == 0 ? OPENIM_ERROR_NETWORK : 500;
  return NULL;
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimMsgData) data = openim_sync_send_finish (OPENIM_SYNC (source), result, &error);

  *(int *) code = data != NULL ? 0 : error->code;
}

/* What becomes of it; whatever that is, it must not go out twice. */
static int
fate (gint64 max, gint64 at, guint times)
{
  Stage stage = { 0 };
  Server server = { 0 };
  g_autoptr (OpenimMsgData) data = stage_message ("ann", "bob", NULL, "a", 0);
  OpenimOutgoing outgoing = { TALK, data, FALSE };
  gint64 start = openim_clock_monotonic ();
  int code = -1;

  stage_set_up (&stage, NULL, answer_gateway, &server);
  openim_sync_connected (stage.sync);
  stage_settle (&stage);
  server.max = max;
  server.at = at;
  openim_sync_send_async (stage.sync, &outgoing, NULL, on_sent, &code);
  while (server.sent == 0)
    g_main_context_iteration (NULL, TRUE);
  openim_sync_disconnected (stage.sync);
  openim_sync_connected (stage.sync);
  while (code == -1) {
    g_assert_cmpint (openim_clock_monotonic () - start, <, 60000);
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpuint (server.sent, ==, times);
  stage_tear_down (&stage);
  return code;
}

static void
test_there (void)
{
  g_assert_cmpint (fate (60, 1, 1), ==, 0);
  g_assert_cmpint (fate (3000, 1200, 1), ==, 0); /* behind 36 pages */
}

static void
test_not_there (void)
{
  g_assert_cmpint (fate (120, 0, 2), ==, 500); /* to the first one */
}

/* It may be there or not: nobody knows, so it is not sent again. */
static void
test_too_much (void)
{
  g_assert_cmpint (fate (12000, 1, 1), ==, OPENIM_ERROR_TIMEOUT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/doubt/there", test_there);
  g_test_add_func ("/sync/doubt/not-there", test_not_there);
  g_test_add_func ("/sync/doubt/too-much", test_too_much);
  return g_test_run ();
}
