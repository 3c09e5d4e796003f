/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A live message with a hole before it: waits for what is fetched, but not for ever. */

#include "base/clock.h"
#include "msg.pb-c.h"
#include "stage.h"

#define TALK "si_ann_bob"
#define OTHER "si_ann_carl"

typedef struct {
  guint pulls;
  gboolean nothing; /* the server has nothing for the seqs */
  guint failures;   /* of the next pulls */
} Server;

static gpointer
answer_gateway (gpointer owner, guint id, const ProtobufCMessage *message, int *code)
{
  Server *server = ((Stage *) owner)->state;
  const Openim__Msg__GetSeqMessageReq *request = (gconstpointer) message;
  Openim__Msg__GetSeqMessageResp *answer;

  if (id == OPENIM_GATEWAY_NEWEST_SEQS)
    return openim_pb_new (&openim__sdkws__get_max_seq_resp__descriptor);
  if (id == OPENIM_GATEWAY_READ_SEQS)
    return openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor);
  g_assert_cmpuint (id, ==, OPENIM_GATEWAY_PULL_SEQS);
  server->pulls++;
  if (server->failures > 0) {
    server->failures--;
    return NULL;
  }
  answer = openim_pb_new (&openim__msg__get_seq_message_resp__descriptor);
  for (size_t i = 0; i < request->n_conversations && !server->nothing; i++) {
    Openim__Msg__GetSeqMessageResp__MsgsEntry *entry =
        openim_pb_new (&openim__msg__get_seq_message_resp__msgs_entry__descriptor);

    openim_pb_set (&entry->key, request->conversations[i]->conversationid);
    entry->value = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
    for (size_t k = 0; k < request->conversations[i]->n_seqs; k++) {
      gint64 seq = request->conversations[i]->seqs[k];
      g_autofree char *client_id = g_strdup_printf ("m%d", (int) seq);

      openim_pb_append (&entry->value->n_msgs, &entry->value->msgs,
                        stage_message ("bob", "ann", NULL, client_id, seq));
    }
    openim_pb_append (&answer->n_msgs, &answer->msgs, entry);
  }
  return answer;
}

static void
set_up (Stage *stage, gconstpointer data)
{
  stage_set_up (stage, NULL, answer_gateway, g_new0 (Server, 1));
  openim_sync_connected (stage->sync);
  stage_settle (stage);
  stage_forget (stage);
}

static void
tear_down (Stage *stage, gconstpointer data)
{
  g_free (stage->state);
  stage_tear_down (stage);
}

static void
push (Stage *stage, gint64 seq)
{
  g_autofree char *client_id = g_strdup_printf ("m%d", (int) seq);

  stage_push (stage, TALK, FALSE, stage_message ("bob", "ann", NULL, client_id, seq));
}

static void
test_hole (Stage *stage, gconstpointer data)
{
  push (stage, 1);
  push (stage, 5);
  push (stage, 6);
  push (stage, 8);
  stage_settle (stage);
  for (guint seq = 1; seq < 8; seq++) {
    g_autofree char *one = g_strdup_printf ("message 29 %u ", seq);
    g_autofree char *next = g_strdup_printf ("message 29 %u ", seq + 1);

    stage_assert_order (stage, one, next);
  }
  /* The hole, and the one that was seen behind it. */
  g_assert_cmpuint (((Server *) stage->state)->pulls, ==, 2);
  /* Once more, and late: nothing new. */
  stage_forget (stage);
  push (stage, 5);
  push (stage, 2);
  stage_settle (stage);
  g_assert_cmpstr (stage->heard->str, ==, "");
}

/* A far hole is history: only the part that is worth it is fetched. */
static void
test_far (Stage *stage, gconstpointer data)
{
  push (stage, 1000);
  stage_settle (stage);
  stage_assert_order (stage, "message 29 950 ", "message 29 1000 ");
  g_assert_null (strstr (stage->heard->str, "message 29 949 "));
}

static void
test_nothing (Stage *stage, gconstpointer data)
{
  ((Server *) stage->state)->nothing = TRUE;
  push (stage, 3);
  stage_settle (stage);
  stage_assert_heard (stage, "message 29 3 ");
  push (stage, 4);
  stage_settle (stage);
  g_assert_cmpuint (((Server *) stage->state)->pulls, ==, 1);
}

static void
test_failing (Stage *stage, gconstpointer data)
{
  ((Server *) stage->state)->failures = 1;
  push (stage, 2);
  stage_settle (stage);
  stage_assert_order (stage, "message 29 1 ", "message 29 2 ");
  ((Server *) stage->state)->failures = 2;
  push (stage, 4);
  stage_settle (stage);
  stage_assert_heard (stage, "message 29 4 ");
  g_assert_null (strstr (stage->heard->str, "message 29 3 "));
}

/* An answer that does not come holds up its own conversation only, and that one for some seconds. */
static void
test_stuck (Stage *stage, gconstpointer data)
{
  gint64 start = openim_clock_monotonic ();

  fake_net_hold (&stage->net, TRUE);
  push (stage, 3);
  stage_push (stage, OTHER, FALSE, stage_message ("carl", "ann", NULL, "c1", 1));
  while (strstr (stage->heard->str, "message 29 1 ") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (openim_clock_monotonic () - start, <, 5000);
  g_assert_null (strstr (stage->heard->str, "message 29 3 "));
  while (strstr (stage->heard->str, "message 29 3 ") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (openim_clock_monotonic () - start, <, 20000);
  /* What comes in the end is late, not lost. */
  stage_forget (stage);
  fake_net_hold (&stage->net, FALSE);
  stage_settle (stage);
  stage_assert_order (stage, "message 29 1 ", "message 29 2 ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sync/holes/" path, Stage, NULL, set_up, func, tear_down)
  ADD ("hole", test_hole);
  ADD ("far", test_far);
  ADD ("nothing", test_nothing);
  ADD ("failing", test_failing);
  ADD ("stuck", test_stuck);
  return g_test_run ();
}
