/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "scripts.h"

typedef struct {
  const char *name;
  guint opcode;
  const char *data;
  gssize length;
} Garbage;

#define SQUARE8 "[[[[[[[["
static const Garbage garbages[] = {
  { "empty", TEST_BINARY, "", 0 },
  { "no-json", TEST_BINARY, "\x80\x01\x02", 3 },
  { "half", TEST_BINARY, "{\"reqIdentifier\":2001,", -1 },
  { "object", TEST_BINARY, "{}", -1 },
  { "array", TEST_BINARY, "[]", -1 },
  { "id", TEST_BINARY, "{\"reqIdentifier\":\"x\",\"msgIncr\":\"\",\"data\":\"\"}", -1 },
  { "big-id", TEST_BINARY, "{\"reqIdentifier\":99999999999,\"msgIncr\":\"\",\"data\":\"\"}", -1 },
  { "base64", TEST_BINARY, "{\"reqIdentifier\":2001,\"msgIncr\":\"\",\"data\":\"A-_=\"}", -1 },
  { "data", TEST_BINARY, "{\"reqIdentifier\":2001,\"msgIncr\":\"\",\"data\":{}}", -1 },
  { "deep", TEST_BINARY, "{\"data\":" SQUARE8 SQUARE8 SQUARE8 SQUARE8 SQUARE8 SQUARE8 SQUARE8 SQUARE8, -1 },
  { "not-utf8", TEST_BINARY, "{\"reqIdentifier\":2001,\"msgIncr\":\"\xff\",\"data\":\"\"}", -1 },
  { "not-utf8-text", TEST_TEXT, "\xff\xfe", 2 },
  { "opcode", 5, "x", 1 },
  { "close-code", TEST_CLOSE, "\x03", 1 },
  { "close", TEST_CLOSE, "\x03\xe8", 2 },
};

static void
script_garbage (TestPeer *peer, guint number, gconstpointer data)
{
  const Garbage *garbage = data;
  if (!test_peer_upgrade (peer))
    return;
  if (number == 0)
    test_peer_frame (peer, garbage->opcode, garbage->data, garbage->length);
  test_peer_until_closed (peer);
}

static void
test_garbage (gconstpointer data)
{
  g_autoptr (TestServer) server = test_server_new (script_garbage, data);
  g_autoptr (Ears) ears = ears_start (server, PATIENT);

  test_until (ears_count (ears, "connected") >= 2);
  ears_assert (ears, "connecting, connected, failed 10000, connecting, connected");
}

static void
script_masked (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  if (number == 0)
    test_peer_write (peer, "\x82\x82\x01\x01\x01\x01{}", 8);
  test_peer_until_closed (peer);
}

static void
test_masked (void)
{
  g_autoptr (TestServer) server = test_server_new (script_masked, NULL);
  g_autoptr (Ears) ears = ears_start (server, PATIENT);

  test_until (ears_count (ears, "connected") >= 2);
  ears_assert (ears, "connecting, connected, failed 10000, connecting, connected");
}

static void
script_too_big (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  if (number == 0) {
    g_autofree char *frame = big_push (15 * 1024 * 1024); /* 20 MB as base64 */
    test_peer_frame (peer, TEST_BINARY, frame, -1);
  }
  test_peer_until_closed (peer);
}

static void
test_too_big (void)
{
  g_autoptr (TestServer) server = test_server_new (script_too_big, NULL);
  g_autoptr (Ears) ears = ears_start (server, PATIENT);

  test_until (ears_count (ears, "connected") >= 2);
  ears_assert (ears, "connecting, connected, failed 10000, connecting, connected");
  g_assert_nonnull (strstr (ears->sentence, "lost")); /* and not: read, and found to be too big */
}

static void
script_big_and_small (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  g_autofree char *big = big_push (3000000);
  g_autofree char *medium = big_push (300000);
  test_peer_frame (peer, TEST_BINARY, FRAME_PUSH, -1);
  test_peer_frame (peer, TEST_BINARY, big, -1);
  test_peer_frame (peer, TEST_BINARY, FRAME_STATUS, -1);
  test_peer_frame (peer, TEST_BINARY, medium, -1);
  test_peer_frame (peer, TEST_BINARY, FRAME_OTHER, -1);
  test_peer_frame (peer, TEST_BINARY, FRAME_PUSH, -1);
  test_peer_frame (peer, TEST_BINARY, FRAME_KICK, -1);
  /* It hangs up while the frames are still being read. */
}

/* Big frames are read on another thread, yet nothing overtakes them, not even the end of the connection. */
static void
test_order (void)
{
  g_autoptr (TestServer) server = test_server_new (script_big_and_small, NULL);
  g_autoptr (Ears) ears = ears_start (server, PATIENT);

  test_until (ears_heard (ears, "ended 1506"));
  ears_assert (ears, "connecting, connected, push 2001 3 bytes, push 2001 3000000 bytes, push 2005 1 bytes, "
                     "push 2001 300000 bytes, push 2001 3 bytes, ended 1506");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (garbages); i++) {
    g_autofree char *name = g_strdup_printf ("/garbage/%s", garbages[i].name);
    g_test_add_data_func (name, &garbages[i], test_garbage);
  }
  g_test_add_func ("/garbage/masked", test_masked);
  g_test_add_func ("/garbage/20-megabytes", test_too_big);
  g_test_add_func ("/garbage/order", test_order);
  return g_test_run ();
}
