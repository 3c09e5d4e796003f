/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scripts.h"

static const Refusal full = { 200, "{\"errCode\":1601,\"errMsg\":\"ConnOverMaxNumLimit\",\"errDlt\":\"\"}" };
static const Refusal kicked = { 200, "{\"errCode\":1506,\"errMsg\":\"TokenKickedError\",\"errDlt\":\"\"}" };

/* Each moment at which the owner may stop, drop its last reference, or ask for a new connection. */
typedef struct {
  const char *cue;
  TestScript script;
  gconstpointer data;
} Moment;

static void
script_lose_at_request (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  g_autoptr (GBytes) frame = test_peer_read_frame (peer, NULL);
}

static void
script_push_at_request (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  g_autoptr (GBytes) frame = test_peer_read_frame (peer, NULL);
  g_autofree char *big = big_push (200000);
  test_peer_frame (peer, TEST_BINARY, FRAME_PUSH, -1);
  test_peer_frame (peer, TEST_BINARY, big, -1);
  test_peer_frame (peer, TEST_BINARY, FRAME_PUSH, -1);
  test_peer_until_closed (peer);
}

static const Moment moments[] = {
  { "connecting", script_mute, NULL },
  { "connected", script_mute, NULL },
  { "failed", script_refuse, &full },
  { "failed", script_lose_at_request, NULL },
  { "ended", script_refuse, &kicked },
  { "ended", script_kick, NULL },
  { "ended", script_gob, NULL },
  { "push", script_push_at_request, NULL },
  { "push 2001 200000", script_push_at_request, NULL },
  { "answer", script_serve, NULL },
  { "answer", script_lose_at_request, NULL },
  { "answer", script_kick, NULL },
};

static void
act_stop (Ears *ears)
{
  openim_gateway_stop (ears->gateway);
  openim_gateway_stop (ears->gateway);
}

static void
act_stop_and_drop (Ears *ears)
{
  openim_gateway_stop (ears->gateway);
  g_clear_object (&ears->gateway);
}

static void
act_reconnect (Ears *ears)
{
  openim_gateway_reconnect (ears->gateway);
}

static void
run_moment (const Moment *moment, EarsAct act)
{
  g_autoptr (TestServer) server = test_server_new (moment->script, moment->data);
  g_autoptr (Ears) ears = ears_start (server, PATIENT);
  g_autoptr (EarsRequest) first = ears_request (ears, "a", PATIENT, NULL);
  g_autoptr (EarsRequest) second = ears_request (ears, "b", PATIENT, NULL);
  gpointer gone = ears->gateway;

  g_object_add_weak_pointer (G_OBJECT (gone), &gone);
  ears->cue = moment->cue;
  ears->act = act;
  test_until (ears->cue == NULL);
  if (act == act_reconnect) {
    if (g_str_has_prefix (moment->cue, "ended") || ears_heard (ears, "ended 1506"))
      test_run_for (50);
    else
      test_until (ears_count (ears, "connecting") >= 2);
    openim_gateway_stop (ears->gateway);
  }
  guint heard = ears->heard->len;
  test_until (first->order != 0 && second->order != 0);
  if (act == act_stop_and_drop)
    test_until (gone == NULL);
  test_run_for (50);
  g_assert_cmpuint (ears->heard->len, ==, heard);
  if (gone != NULL)
    g_object_remove_weak_pointer (G_OBJECT (gone), &gone);
}

static void
test_moments (void)
{
  static const EarsAct acts[] = { act_stop, act_stop_and_drop, act_reconnect };
  for (gsize i = 0; i < G_N_ELEMENTS (moments); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (acts); j++)
      run_moment (&moments[i], acts[j]);
}

static void
script_push (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  test_peer_frame (peer, TEST_BINARY, FRAME_PUSH, -1);
  test_peer_frame (peer, TEST_BINARY, FRAME_PUSH, -1);
  test_peer_until_closed (peer);
}

static void
script_push_and_kick (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  test_peer_frame (peer, TEST_BINARY, FRAME_KICK, -1);
  test_peer_frame (peer, TEST_BINARY, FRAME_PUSH, -1);
  test_peer_until_closed (peer);
}

static void
act_drop (Ears *ears)
{
  g_clear_object (&ears->gateway);
}

/* Without a request under way the last reference ends it all. */
static void
test_drop (void)
{
  static const Moment drops[] = {
    { "connecting", script_mute, NULL }, { "connected", script_mute, NULL },
    { "failed", script_refuse, &full },  { "ended", script_push_and_kick, NULL },
    { "push", script_push, NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (drops); i++) {
    g_autoptr (TestServer) server = test_server_new (drops[i].script, drops[i].data);
    g_autoptr (Ears) ears = ears_start (server, PATIENT);
    gpointer gone = ears->gateway;

    g_object_add_weak_pointer (G_OBJECT (gone), &gone);
    ears->cue = drops[i].cue;
    ears->act = act_drop;
    test_until (ears->cue == NULL && gone == NULL);
    guint heard = ears->heard->len;
    test_run_for (50);
    g_assert_cmpuint (ears->heard->len, ==, heard);
  }
}

/* Stopped from outside, after so many turns of the main loop: in the middle of whatever goes on then. */
static void
test_stop_anywhere (void)
{
  for (guint turns = 0; turns < 40; turns++) {
    g_autoptr (TestServer) server =
        test_server_new (turns % 2 ? script_serve : script_refuse, turns % 2 ? NULL : &full);
    g_autoptr (Ears) ears = ears_start (server, PATIENT);
    g_autoptr (EarsRequest) request = ears_request (ears, "u", PATIENT, NULL);
    for (guint i = 0; i < turns; i++)
      g_main_context_iteration (NULL, FALSE);
    openim_gateway_stop (ears->gateway);
    test_until (request->order != 0);
    g_autoptr (EarsRequest) after = ears_request (ears, "u", PATIENT, NULL);
    test_until (after->order != 0);
    g_assert_cmpint (after->code, ==, OPENIM_ERROR_LOGIN_OUT);
  }
  OpenimGatewayConfig config = { "ws://127.0.0.1:1", "u", "t", 7, NULL };
  static const OpenimGatewayListener none;
  g_autoptr (OpenimGateway) never_started = openim_gateway_new (&config, &none, NULL, NULL);
  openim_gateway_stop (never_started);
  openim_gateway_start (never_started);
  test_run_for (50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stop/moments", test_moments);
  g_test_add_func ("/stop/drop", test_drop);
  g_test_add_func ("/stop/stop-anywhere", test_stop_anywhere);
  return g_test_run ();
}
