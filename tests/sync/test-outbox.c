/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sending, when the server does not simply agree. */

#include "base/clock.h"
#include "msg.pb-c.h"
#include "stage.h"
#include "store/outbox.h"

#define TALK "si_ann_bob"
#define CLUB "sg_g"

/* What the server says to the next messages; afterwards it agrees. */
typedef struct {
  int codes[8]; /* 0: agrees; -1: empty answer */
  guint n;      /* messages so far */
} Script;

static gpointer
answer_gateway (gpointer owner, guint id, const ProtobufCMessage *request, int *code)
{
  Script *script = ((Stage *) owner)->state;
  const OpenimMsgData *data = (gconstpointer) request;
  Openim__Msg__SendMsgResp *answer;
  int what;

  if (id == OPENIM_GATEWAY_NEWEST_SEQS)
    return openim_pb_new (&openim__sdkws__get_max_seq_resp__descriptor);
  if (id == OPENIM_GATEWAY_READ_SEQS)
    return openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor);
  g_assert_cmpuint (id, ==, OPENIM_GATEWAY_SEND);
  what = script->n < G_N_ELEMENTS (script->codes) ? script->codes[script->n] : 0;
  script->n++;
  if (what > 0) {
    *code = what;
    return NULL;
  }
  answer = openim_pb_new (&openim__msg__send_msg_resp__descriptor);
  if (what == 0) {
    openim_pb_set (&answer->clientmsgid, data->clientmsgid);
    openim_pb_set (&answer->servermsgid, "s");
    answer->sendtime = 5000000 + script->n;
  }
  return answer;
}

static void
set_up (Stage *stage, gconstpointer data)
{
  stage_set_up (stage, NULL, answer_gateway, g_new0 (Script, 1));
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

typedef struct {
  int code;
  gboolean done;
  guint *counter; /* (nullable) of answers, */
  guint place;    /* and which of them this one is */
} Answer;

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimMsgData) data = openim_sync_send_finish (OPENIM_SYNC (source), result, &error);

  g_assert_false (answer->done);
  g_assert_true ((data == NULL) == (error != NULL));
  if (data != NULL)
    g_assert_cmpint (data->status, ==, OPENIM_STATUS_SENT);
  answer->code = error != NULL ? error->code : 0;
  answer->done = TRUE;
  if (answer->counter != NULL)
    answer->place = (*answer->counter)++;
}

static void
send (Stage *stage, const char *group, const char *client_id, Answer *answer)
{
  g_autoptr (OpenimMsgData) data = stage_message ("ann", group != NULL ? NULL : "bob", group, client_id, 0);
  OpenimOutgoing outgoing = { group != NULL ? CLUB : TALK, data, FALSE };

  openim_sync_send_async (stage->sync, &outgoing, NULL, on_sent, answer);
}

static int
wait_answer (const Answer *answer)
{
  gint64 start = openim_clock_monotonic ();

  while (!answer->done) {
    g_assert_cmpint (openim_clock_monotonic () - start, <, 30000);
    g_main_context_iteration (NULL, TRUE);
  }
  return answer->code;
}

static int
say (Stage *stage, const char *group, const char *client_id)
{
  Answer answer = { 0, FALSE };

  send (stage, group, client_id, &answer);
  return wait_answer (&answer);
}

static gboolean
count_outbox (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (GPtrArray) entries = openim_outbox_list (db, error);

  *(guint *) job = entries->len;
  return TRUE;
}

static guint
outbox_length (Stage *stage)
{
  guint n = 0;

  stage_run (stage, count_outbox, &n);
  return n;
}

static void
test_refused (Stage *stage, gconstpointer data)
{
  *(Script *) stage->state = (Script){ { 1302 }, 0 };
  g_assert_cmpint (say (stage, NULL, "a"), ==, 1302);
  stage_assert_order (stage, "conversation 25 unread 0 at 0 status 1",
                      "conversation 26 unread 0 at 0 status 3");
  g_assert_cmpuint (outbox_length (stage), ==, 0);
  /* A failed one can be sent again under its ID, one that is sent can not. */
  g_assert_cmpint (say (stage, NULL, "a"), ==, 0);
  g_assert_cmpint (say (stage, NULL, "a"), ==, OPENIM_ERROR_MSG_REPEAT);
  g_assert_cmpuint (((Script *) stage->state)->n, ==, 2);
}

/* Success in form only. */
static void
test_empty (Stage *stage, gconstpointer data)
{
  *(Script *) stage->state = (Script){ { -1 }, 0 };
  g_assert_cmpint (say (stage, NULL, "a"), ==, OPENIM_ERROR_ARGS);
  stage_assert_heard (stage, "conversation 26 unread 0 at 0 status 3");
}

/* A member is refused for some seconds by a failure that the server remembers. */
static void
test_member (Stage *stage, gconstpointer data)
{
  *(Script *) stage->state = (Script){ { 1002, 1002 }, 0 };
  g_assert_cmpint (say (stage, "g", "a"), ==, 0);
  g_assert_cmpuint (((Script *) stage->state)->n, ==, 3);
  *(Script *) stage->state = (Script){ { 1002 }, 0 };
  g_assert_cmpint (say (stage, NULL, "b"), ==, 1002);
}

static void
echo (Stage *stage, const char *client_id, gint64 seq)
{
  stage_push (stage, TALK, FALSE, stage_message ("ann", "bob", NULL, client_id, seq));
}

static void
test_no_answer (Stage *stage, gconstpointer data)
{
  Answer answer = { 0, FALSE };

  /* The echo says it all. */
  *(Script *) stage->state = (Script){ { OPENIM_ERROR_TIMEOUT, OPENIM_ERROR_TIMEOUT }, 0 };
  fake_net_hold (&stage->net, TRUE);
  send (stage, NULL, "a", &answer);
  while (stage->net.pending->len == 0)
    g_main_context_iteration (NULL, TRUE);
  echo (stage, "a", 1);
  while (strstr (stage->heard->str, "status 2") == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (answer.done);
  fake_net_hold (&stage->net, FALSE);
  g_assert_cmpint (wait_answer (&answer), ==, 0);

  /* None came: failed, until it does. */
  stage_forget (stage);
  g_assert_cmpint (say (stage, NULL, "b"), ==, OPENIM_ERROR_TIMEOUT);
  stage_assert_heard (stage, "status 3");
  stage_forget (stage);
  echo (stage, "b", 2);
  stage_settle (stage);
  stage_assert_heard (stage, "conversation 26 unread 0 at 0 status 2");
  g_assert_null (strstr (stage->heard->str, "message"));
  g_assert_cmpuint (outbox_length (stage), ==, 0);
}

/* Nobody waits longer than ten seconds for a connection, however many wait. */
static void
test_offline (Stage *stage, gconstpointer data)
{
  Answer answers[5] = { { 0, FALSE } };
  gint64 start = openim_clock_monotonic ();

  openim_sync_disconnected (stage->sync);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *id = g_strdup_printf ("m%u", i);

    send (stage, NULL, id, &answers[i]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    g_assert_cmpint (wait_answer (&answers[i]), ==, OPENIM_ERROR_NETWORK);
  g_assert_cmpint (openim_clock_monotonic () - start, >=, 9900);
  g_assert_cmpint (openim_clock_monotonic () - start, <, 15000);
  g_assert_cmpuint (((Script *) stage->state)->n, ==, 0);

  /* One that waits when the connection comes goes out. */
  Answer late = { 0, FALSE };
  send (stage, NULL, "late", &late);
  stage_settle (stage);
  g_assert_false (late.done);
  openim_sync_connected (stage->sync);
  g_assert_cmpint (wait_answer (&late), ==, 0);
}

/* One after the other, and no more than fifty that the server has not given back. */
static void
test_order (Stage *stage, gconstpointer data)
{
  Answer answers[60] = { { 0, FALSE } };
  guint counter = 0;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *id = g_strdup_printf ("m%02u", i);

    answers[i].counter = &counter;
    send (stage, NULL, id, &answers[i]);
  }
  for (guint i = 0; i < 50; i++) {
    g_assert_cmpint (wait_answer (&answers[i]), ==, 0);
    g_assert_cmpuint (answers[i].place, ==, i);
  }
  stage_settle (stage);
  g_assert_cmpuint (counter, ==, 50);
  g_assert_cmpuint (((Script *) stage->state)->n, ==, 50);
  g_assert_cmpuint (outbox_length (stage), ==, 60);
  for (guint i = 0; i < 50; i++) {
    g_autofree char *id = g_strdup_printf ("m%02u", i);

    echo (stage, id, i + 1);
  }
  for (guint i = 50; i < G_N_ELEMENTS (answers); i++)
    g_assert_cmpint (wait_answer (&answers[i]), ==, 0);
  stage_settle (stage);
  g_assert_cmpuint (outbox_length (stage), ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/sync/outbox/" path, Stage, NULL, set_up, func, tear_down)
  ADD ("refused", test_refused);
  ADD ("empty", test_empty);
  ADD ("member", test_member);
  ADD ("no-answer", test_no_answer);
  ADD ("offline", test_offline);
  ADD ("order", test_order);
  return g_test_run ();
}
