/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "scripts.h"

static void
script_two_backwards (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  g_autoptr (GBytes) first = test_peer_read_frame (peer, NULL);
  g_autoptr (GBytes) second = test_peer_read_frame (peer, NULL);
  if (first == NULL || second == NULL)
    return;
  g_autofree char *wrong = ears_answer (first, "u_1001_99", 0);
  g_autofree char *other = ears_answer (first, NULL, 0);
  g_autofree char *answer_second = ears_answer (second, NULL, 0);
  g_autofree char *answer_first = ears_answer (first, NULL, 1302);
  char *id = strstr (other, "1001");
  memcpy (id, "1006", 4); /* the right msgIncr for another request */

  test_peer_frame (peer, TEST_TEXT, "{\"type\":\"pong\",\"body\":null}", -1);
  test_peer_frame (peer, TEST_BINARY, wrong, -1);
  test_peer_frame (peer, TEST_BINARY, other, -1);
  test_peer_frame (peer, TEST_BINARY, answer_second, -1);
  test_peer_frame (peer, TEST_BINARY, answer_second, -1);
  test_peer_frame (peer, TEST_BINARY, answer_first, -1);
  serve (peer);
}

static void
test_matching (void)
{
  g_autoptr (TestServer) server = test_server_new (script_two_backwards, NULL);
  g_autoptr (Ears) ears = ears_start (server, PATIENT);

  test_until (ears_heard (ears, "connected"));
  g_autoptr (EarsRequest) first = ears_request (ears, "first", PATIENT, NULL);
  g_autoptr (EarsRequest) second = ears_request (ears, "second", 0, NULL);
  g_assert_cmpuint (openim_gateway_get_request_count (ears->gateway), ==, 2);
  test_until (first->order != 0 && second->order != 0);
  g_assert_cmpint (second->order, ==, 1);
  g_assert_cmpstr (second->answer, ==, "second 42");
  g_assert_cmpint (first->code, ==, 1302);
  g_autoptr (EarsRequest) third = ears_request (ears, "third", PATIENT, NULL);
  test_until (third->order != 0);
  g_assert_cmpstr (third->answer, ==, "third 42");
  ears_assert (ears, "connecting, connected");
  g_assert_cmpuint (openim_gateway_get_request_count (ears->gateway), ==, 0);
}

static void
script_late (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  g_autoptr (GBytes) first = test_peer_read_frame (peer, NULL);
  g_autoptr (GBytes) second = test_peer_read_frame (peer, NULL);
  if (first == NULL || second == NULL)
    return;
  g_autofree char *answer_first = ears_answer (first, NULL, 0);
  g_autofree char *answer_second = ears_answer (second, NULL, 0);
  test_peer_frame (peer, TEST_BINARY, answer_first, -1);
  test_peer_frame (peer, TEST_BINARY, answer_second, -1);
  test_peer_until_closed (peer);
}

static void
test_late_answer (void)
{
  g_autoptr (TestServer) server = test_server_new (script_late, NULL);
  g_autoptr (Ears) ears = ears_start (server, PATIENT);

  test_until (ears_heard (ears, "connected"));
  g_autoptr (EarsRequest) first = ears_request (ears, "first", 50, NULL);
  test_until (first->order != 0);
  g_assert_cmpint (first->code, ==, OPENIM_ERROR_TIMEOUT);
  g_autoptr (EarsRequest) second = ears_request (ears, "second", PATIENT, NULL);
  test_until (second->order != 0);
  g_assert_cmpstr (second->answer, ==, "second 42");
  ears_assert (ears, "connecting, connected");
}

/* The first connection takes one request with it; the second answers in order. */
static void
script_take_one (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  if (number == 0) {
    g_autoptr (GBytes) frame = test_peer_read_frame (peer, NULL);
    return;
  }
  for (;;) {
    g_autoptr (GBytes) frame = test_peer_read_frame (peer, NULL);
    if (frame == NULL)
      return;
    g_autofree char *user = ears_user (frame);
    g_autofree char *answer = ears_answer (frame, NULL, 0);
    test_note (test_peer_server (peer), "%s", user);
    test_peer_frame (peer, TEST_BINARY, answer, -1);
  }
}

/* After "at once": whoever asks again when a request is lost must know by then that there is no connection.
 */
static void
assert_not_lost_yet (Ears *ears)
{
  g_assert_cmpint (ears->answers, ==, 1);
}

static void
test_waiting (void)
{
  g_autoptr (TestServer) server = test_server_new (script_take_one, NULL);
  g_autoptr (Ears) ears = ears_start (server, PATIENT);

  ears->cue = "failed 10000";
  ears->act = assert_not_lost_yet;

  g_autoptr (EarsRequest) at_once = ears_request (ears, "at once", 0, NULL);
  test_until (at_once->order != 0);
  g_assert_cmpint (at_once->code, ==, OPENIM_ERROR_NETWORK);
  test_until (ears_heard (ears, "connected"));
  g_autoptr (EarsRequest) lost = ears_request (ears, "lost", PATIENT, NULL);
  test_until (lost->order != 0);
  g_assert_cmpint (lost->code, ==, OPENIM_ERROR_NETWORK);

  g_autoptr (EarsRequest) a = ears_request (ears, "a", PATIENT, NULL);
  g_autoptr (EarsRequest) b = ears_request (ears, "b", PATIENT, NULL);
  g_autoptr (EarsRequest) c = ears_request (ears, "c", PATIENT, NULL);
  test_until (a->order != 0 && b->order != 0 && c->order != 0);
  g_assert_cmpint (a->order, <, b->order);
  g_assert_cmpint (b->order, <, c->order);
  static const char *const order[] = { "a", "b", "c" };
  for (gsize i = 0; i < G_N_ELEMENTS (order); i++) {
    g_autofree char *note = test_next_note (server);
    g_assert_cmpstr (note, ==, order[i]);
  }
}

static void
test_never_sent (void)
{
  g_autoptr (TestServer) server = test_server_new (script_silent, NULL);
  g_autoptr (Ears) ears = ears_start (server, PATIENT);
  g_autoptr (EarsRequest) request = ears_request (ears, "u", 50, NULL);

  test_until (request->order != 0);
  g_assert_cmpint (request->code, ==, OPENIM_ERROR_NETWORK);
}

static void
test_limits (void)
{
  g_autoptr (TestServer) server = test_server_new (script_serve, NULL);
  g_autofree char *url = test_server_url (server, "ws", "");
  g_autoptr (Ears) ears = ears_new (url, PATIENT);
  g_autofree char *long_id = g_strnfill (40000, 'x');

  g_autoptr (EarsRequest) too_long = ears_request (ears, long_id, PATIENT, NULL);
  test_until (too_long->order != 0);
  g_assert_cmpint (too_long->code, ==, OPENIM_ERROR_SDK_ARGS);

  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func ((GDestroyNotify) ears_request_free);
  for (int i = 0; i < 1000; i++)
    g_ptr_array_add (requests, ears_request (ears, "u", PATIENT, NULL));
  g_autoptr (EarsRequest) too_many = ears_request (ears, "u", PATIENT, NULL);
  test_until (too_many->order != 0);
  g_assert_cmpint (too_many->code, ==, OPENIM_ERROR_SDK_ARGS);

  openim_gateway_start (ears->gateway);
  test_until (openim_gateway_get_request_count (ears->gateway) == 0);
  for (guint i = 0; i < requests->len; i++) {
    EarsRequest *request = g_ptr_array_index (requests, i);
    g_assert_cmpint (request->code, ==, 0);
    g_assert_cmpint (request->order, ==, (int) i + 3);
  }
}

static void
test_cancel (void)
{
  g_autoptr (TestServer) server = test_server_new (script_mute, NULL);
  g_autofree char *url = test_server_url (server, "ws", "");
  g_autoptr (Ears) ears = ears_new (url, PATIENT);
  g_autoptr (GCancellable) before = g_cancellable_new ();
  g_autoptr (GCancellable) waiting = g_cancellable_new ();
  g_autoptr (GCancellable) on_wire = g_cancellable_new ();

  g_cancellable_cancel (before);
  g_autoptr (EarsRequest) first = ears_request (ears, "a", PATIENT, before);
  g_autoptr (EarsRequest) second = ears_request (ears, "b", PATIENT, waiting);
  g_cancellable_cancel (waiting);
  g_assert_cmpint (second->order, ==, 0);
  test_until (first->order != 0 && second->order != 0);
  openim_gateway_start (ears->gateway);
  test_until (ears_heard (ears, "connected"));
  g_autoptr (EarsRequest) third = ears_request (ears, "c", PATIENT, on_wire);
  g_cancellable_cancel (on_wire);
  test_until (third->order != 0);
  /* Cancelled is what the caller wanted; its number is that of a logout. */
  g_assert_cmpint (first->code, ==, OPENIM_ERROR_LOGIN_OUT);
  g_assert_cmpint (second->code, ==, OPENIM_ERROR_LOGIN_OUT);
  g_assert_cmpint (third->code, ==, OPENIM_ERROR_LOGIN_OUT);
  g_assert_cmpuint (openim_gateway_get_request_count (ears->gateway), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/requests/matching", test_matching);
  g_test_add_func ("/requests/late-answer", test_late_answer);
  g_test_add_func ("/requests/waiting", test_waiting);
  g_test_add_func ("/requests/never-sent", test_never_sent);
  g_test_add_func ("/requests/limits", test_limits);
  g_test_add_func ("/requests/cancel", test_cancel);
  return g_test_run ();
}
