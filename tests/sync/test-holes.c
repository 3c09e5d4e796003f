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
  gint64 newest;    /* of TALK, as told at the beginning of a sync; 0: it is not told of */
  gint64 read;
  gboolean anew; /* it has other messages, with the same seqs */
  gint64 from;   /* seqs before that one are not for ann */
} Server;

static gpointer
tell_newest (const Server *server)
{
  Openim__Sdkws__GetMaxSeqResp *answer = openim_pb_new (&openim__sdkws__get_max_seq_resp__descriptor);
  Openim__Sdkws__GetMaxSeqResp__MaxSeqsEntry *entry;

  if (server->newest == 0)
    return answer;
  entry = openim_pb_new (&openim__sdkws__get_max_seq_resp__max_seqs_entry__descriptor);
  openim_pb_set (&entry->key, TALK);
  entry->value = server->newest;
  openim_pb_append (&answer->n_maxseqs, &answer->maxseqs, entry);
  return answer;
}

static gpointer
tell_marks (const Server *server)
{
  Openim__Msg__GetConversationsHasReadAndMaxSeqResp *answer =
      openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor);
  Openim__Msg__GetConversationsHasReadAndMaxSeqResp__SeqsEntry *entry;

  if (server->newest == 0)
    return answer;
  entry = openim_pb_new (&openim__msg__get_conversations_has_read_and_max_seq_resp__seqs_entry__descriptor);
  openim_pb_set (&entry->key, TALK);
  entry->value = openim_pb_new (&openim__msg__seqs__descriptor);
  entry->value->maxseq = server->newest;
  entry->value->hasreadseq = server->read;
  openim_pb_append (&answer->n_seqs, &answer->seqs, entry);
  return answer;
}

static gpointer
answer_gateway (gpointer owner, guint id, const ProtobufCMessage *message, int *code)
{
  Server *server = ((Stage *) owner)->state;
  const Openim__Msg__GetSeqMessageReq *request = (gconstpointer) message;
  Openim__Msg__GetSeqMessageResp *answer;

  if (id == OPENIM_GATEWAY_NEWEST_SEQS)
    return tell_newest (server);
  if (id == OPENIM_GATEWAY_READ_SEQS)
    return tell_marks (server);
  g_assert_cmpuint (id, ==, OPENIM_GATEWAY_PULL_SEQS);
  server->pulls++;
  if (server->failures > 0) {
    server->failures--;
    return NULL;
  }
  answer = openim_pb_new (&openim__msg__get_seq_message_resp__descriptor);
  for (size_t i = 0; i < request->n_conversations; i++) {
    Openim__Msg__GetSeqMessageResp__MsgsEntry *entry =
        openim_pb_new (&openim__msg__get_seq_message_resp__msgs_entry__descriptor);

    openim_pb_set (&entry->key, request->conversations[i]->conversationid);
    entry->value = openim_pb_new (&openim__sdkws__pull_msgs__descriptor);
    for (size_t k = 0; k < request->conversations[i]->n_seqs && !server->nothing; k++) {
      gint64 seq = request->conversations[i]->seqs[k];
      g_autofree char *client_id = g_strdup_printf ("%s%d", server->anew ? "anew" : "m", (int) seq);

      if (seq >= server->from)
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
wait_for (Stage *stage, const char *part)
{
  while (strstr (stage->heard->str, part) == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* The connection is lost and there again; the sync goes on for so many turns of the main loop. */
static void
connect_again (Stage *stage, guint turns)
{
  fake_net_disconnect (&stage->net);
  openim_sync_disconnected (stage->sync);
  stage->net.connected = TRUE;
  openim_sync_connected (stage->sync);
  for (guint i = 0; i < turns; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
reconnect (Stage *stage)
{
  connect_again (stage, 0);
  stage_settle (stage);
}

/* A server that refuses is asked again, at once and then with pauses. */
static void
test_failing (Stage *stage, gconstpointer data)
{
  ((Server *) stage->state)->failures = 1;
  push (stage, 2);
  stage_settle (stage);
  stage_assert_order (stage, "message 29 1 ", "message 29 2 ");
  ((Server *) stage->state)->failures = 2;
  push (stage, 4);
  wait_for (stage, "message 29 4 ");
  stage_assert_order (stage, "message 29 3 ", "message 29 4 ");
}

/* When it goes on refusing, the messages that are there do not wait for ever; the others are told as soon as
 * they can be had, late and once. */
static void
test_refusing (Stage *stage, gconstpointer data)
{
  Server *server = stage->state;

  push (stage, 1);
  stage_settle (stage);
  server->failures = G_MAXUINT;
  push (stage, 4);
  wait_for (stage, "message 29 4 ");
  g_assert_null (strstr (stage->heard->str, "message 29 3 "));
  server->failures = 0;
  server->newest = 4;
  stage_forget (stage);
  reconnect (stage);
  stage_assert_order (stage, "message 29 2 ", "message 29 3 ");
  g_assert_null (strstr (stage->heard->str, "message 29 4 "));
  stage_forget (stage);
  reconnect (stage);
  g_assert_null (strstr (stage->heard->str, "message "));
}

/* An answer that does not come holds up its own conversation only, and that one for some seconds. */
static void
test_stuck (Stage *stage, gconstpointer data)
{
  gint64 start = openim_clock_monotonic ();

  fake_net_hold (&stage->net, TRUE);
  push (stage, 3);
  stage_push (stage, OTHER, FALSE, stage_message ("carl", "ann", NULL, "c1", 1));
  wait_for (stage, "message 29 1 ");
  g_assert_cmpint (openim_clock_monotonic () - start, <, 5000);
  g_assert_null (strstr (stage->heard->str, "message 29 3 "));
  wait_for (stage, "message 29 3 ");
  g_assert_cmpint (openim_clock_monotonic () - start, <, 20000);
  /* What comes in the end is late, not lost. */
  stage_forget (stage);
  fake_net_hold (&stage->net, FALSE);
  stage_settle (stage);
  stage_assert_order (stage, "message 29 1 ", "message 29 2 ");
}

/* ---- history while a sync runs */

static void
on_filled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  openim_sync_fill_finish (OPENIM_SYNC (source), result, NULL, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* What the sync is about to tell is told, whoever looks at it first. */
static void
test_history_in_sync (Stage *stage, gconstpointer data)
{
  Server *server = stage->state;

  push (stage, 1);
  stage_settle (stage);
  server->newest = 9;
  for (guint turns = 0; turns < 60; turns++) {
    gboolean filled = FALSE;

    stage_forget (stage);
    connect_again (stage, turns);
    openim_sync_fill_async (stage->sync, TALK, server->newest - 7, server->newest, TRUE, NULL, on_filled,
                            &filled);
    while (!filled)
      g_main_context_iteration (NULL, TRUE);
    stage_settle (stage);
    for (gint64 seq = server->newest - 7; seq < server->newest; seq++) {
      g_autofree char *one = g_strdup_printf ("message 29 %d ", (int) seq);
      g_autofree char *next = g_strdup_printf ("message 29 %d ", (int) seq + 1);

      stage_assert_order (stage, one, next);
    }
    server->newest += 8;
  }
}

static void
assert_ascending (Stage *stage)
{
  gint64 last = 0;

  for (const char *at = stage->heard->str; (at = strstr (at, "message 29 ")) != NULL; at++) {
    gint64 seq = g_ascii_strtoll (at + strlen ("message 29 "), NULL, 10);

    g_assert_cmpint (last, <, seq);
    last = seq;
  }
}

/* A live message of a conversation in which much was said meanwhile, before the answer of the sync or after
 * it, which knows less by then: nothing is told behind something later. */
static void
test_live_in_sync (Stage *stage, gconstpointer data)
{
  Server *server = stage->state;

  push (stage, 1);
  stage_settle (stage);
  for (guint turns = 0; turns < 60; turns++) {
    g_autofree char *last = NULL;

    server->newest += 200;
    stage_forget (stage);
    connect_again (stage, turns);
    server->newest += 11;
    push (stage, server->newest);
    stage_settle (stage);
    last = g_strdup_printf ("message 29 %d ", (int) server->newest);
    stage_assert_heard (stage, last);
    assert_ascending (stage);
  }
}

/* One that never gets on does not keep anybody from what is old. */
static void
test_history_in_stuck_sync (Stage *stage, gconstpointer data)
{
  gint64 start = openim_clock_monotonic ();
  gboolean filled = FALSE;

  fake_net_hold (&stage->net, TRUE);
  openim_sync_disconnected (stage->sync);
  openim_sync_connected (stage->sync);
  openim_sync_fill_async (stage->sync, TALK, 1, 0, TRUE, NULL, on_filled, &filled); /* an empty range */
  while (!filled)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (openim_clock_monotonic () - start, >=, 4000);
  g_assert_cmpint (openim_clock_monotonic () - start, <, 12000);
  fake_net_hold (&stage->net, FALSE);
  stage_settle (stage);
}

/* ---- seqs that go back */

static void
push_as (Stage *stage, gint64 seq, const char *client_id, gint64 time)
{
  OpenimMsgData *message = stage_message ("bob", "ann", NULL, client_id, seq);

  message->sendtime = time;
  stage_push (stage, TALK, FALSE, message);
}

static gboolean
count_unread (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, TALK, error);

  g_assert_nonnull (row);
  *(int *) job = row->info->unreadcount;
  return TRUE;
}

static void
assert_unread (Stage *stage, int expected)
{
  int unread = 0;

  stage_run (stage, count_unread, &unread);
  g_assert_cmpint (unread, ==, expected);
}

/* It tells so at the beginning of a sync: the messages that it has now are heard, those that are here stay.
 */
static void
test_back_in_sync (Stage *stage, gconstpointer data)
{
  Server *server = stage->state;

  for (gint64 seq = 1; seq <= 9; seq++)
    push (stage, seq);
  server->newest = 9;
  server->read = 9;
  stage_settle (stage);
  reconnect (stage);
  assert_unread (stage, 0);

  /* An old copy: 1 to 5 are the same. */
  server->newest = 5;
  server->read = 4;
  stage_forget (stage);
  reconnect (stage);
  g_assert_null (strstr (stage->heard->str, "message "));
  assert_unread (stage, 1);
  push_as (stage, 6, "new6", 2000000);
  push_as (stage, 7, "new7", 2000001);
  stage_settle (stage);
  stage_assert_order (stage, "message 29 6 ", "message 29 7 ");
  assert_unread (stage, 3);
}

/* A server that knows nothing any more. */
static void
test_back_to_nothing (Stage *stage, gconstpointer data)
{
  Server *server = stage->state;

  push (stage, 100);
  server->newest = 100;
  stage_settle (stage);
  server->newest = 0;
  reconnect (stage);
  assert_unread (stage, 0);
  stage_forget (stage);
  push_as (stage, 1, "new1", 2000000);
  push_as (stage, 2, "new2", 2000001);
  stage_settle (stage);
  stage_assert_order (stage, "message 29 1 ", "message 29 2 ");
  assert_unread (stage, 2);
}

/* No sync has noticed: the first message shows it, whether its seq was had or not. */
static void
test_back_live (Stage *stage, gconstpointer data)
{
  const gint64 seqs[] = { 98, 3 };

  for (guint i = 0; i < G_N_ELEMENTS (seqs); i++) {
    g_autofree char *id = g_strdup_printf ("anew%u", i);
    g_autofree char *before = g_strdup_printf ("message 29 %d ", (int) seqs[i] - 1);
    g_autofree char *it = g_strdup_printf ("message 29 %d ", (int) seqs[i]);

    push (stage, 100 + i);
    stage_settle (stage);
    stage_forget (stage);
    push_as (stage, seqs[i], id, 2000000 + i * 1000000);
    stage_settle (stage);
    stage_assert_heard (stage, it);
    if (i > 0)
      stage_assert_order (stage, before, it);
  }
}

static guint
count_heard (Stage *stage)
{
  guint n = 0;

  for (const char *at = stage->heard->str; (at = strstr (at, "message 29 ")) != NULL; at++)
    n++;
  return n;
}

/* Nothing goes back: when somebody looks, the new server has more than the old one had. */
static void
test_back_and_beyond (Stage *stage, gconstpointer data)
{
  Server *server = stage->state;
  const gint64 newest[] = { 6, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (newest); i++) {
    server->anew = i % 2 == 1;
    for (gint64 seq = 1; seq <= 3 && i == 0; seq++)
      push (stage, seq);
    stage_settle (stage);
    server->anew = !server->anew;
    server->newest = newest[i];
    stage_forget (stage);
    reconnect (stage);
    for (gint64 seq = MAX (server->newest - 49, 1); seq < server->newest; seq++) {
      g_autofree char *one = g_strdup_printf ("message 29 %d ", (int) seq);
      g_autofree char *next = g_strdup_printf ("message 29 %d ", (int) seq + 1);

      stage_assert_order (stage, one, next);
    }
    g_assert_cmpuint (count_heard (stage), ==, MIN (server->newest, 50));
    stage_forget (stage);
    reconnect (stage);
    g_assert_cmpuint (count_heard (stage), ==, 0);
  }
}

/* Who comes back to a group does not see what was written meanwhile, nor what is here already. */
static void
test_bounds (Stage *stage, gconstpointer data)
{
  Server *server = stage->state;

  for (gint64 seq = 1; seq <= 3; seq++)
    push (stage, seq);
  server->read = 3;
  server->newest = 3;
  stage_settle (stage);
  server->from = 6;
  server->newest = 8;
  server->read = 6;
  stage_forget (stage);
  reconnect (stage);
  stage_assert_order (stage, "message 29 6 ", "message 29 7 ");
  stage_assert_order (stage, "message 29 7 ", "message 29 8 ");
  g_assert_cmpuint (count_heard (stage), ==, 3);
  assert_unread (stage, 2);
}

/* A server that had lost something and finds it again: nothing is told twice. */
static void
test_back_and_forth (Stage *stage, gconstpointer data)
{
  Server *server = stage->state;

  for (gint64 seq = 1; seq <= 9; seq++)
    push (stage, seq);
  server->newest = 9;
  server->read = 2;
  stage_settle (stage);
  reconnect (stage);
  assert_unread (stage, 7);
  stage_forget (stage);
  server->newest = 5;
  reconnect (stage);
  assert_unread (stage, 3);
  server->newest = 10;
  reconnect (stage);
  stage_assert_heard (stage, "message 29 10 ");
  g_assert_cmpuint (count_heard (stage), ==, 1);
  assert_unread (stage, 8);
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
  ADD ("refusing", test_refusing);
  ADD ("stuck", test_stuck);
  ADD ("history-in-sync", test_history_in_sync);
  ADD ("live-in-sync", test_live_in_sync);
  ADD ("history-in-stuck-sync", test_history_in_stuck_sync);
  ADD ("back-in-sync", test_back_in_sync);
  ADD ("back-to-nothing", test_back_to_nothing);
  ADD ("back-live", test_back_live);
  ADD ("back-and-beyond", test_back_and_beyond);
  ADD ("back-and-forth", test_back_and_forth);
  ADD ("bounds", test_bounds);
  return g_test_run ();
}
