/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scripts.h"

void
serve (TestPeer *peer)
{
  for (;;) {
    guint opcode;
    g_autoptr (GBytes) frame = test_peer_read_frame (peer, &opcode);
    if (frame == NULL)
      return;
    if (opcode != TEST_BINARY)
      continue;
    g_autofree char *answer = ears_answer (frame, NULL, 0);
    test_peer_frame (peer, TEST_BINARY, answer, -1);
  }
}

void
script_serve (TestPeer *peer, guint number, gconstpointer data)
{
  if (test_peer_upgrade (peer))
    serve (peer);
}

void
script_mute (TestPeer *peer, guint number, gconstpointer data)
{
  if (test_peer_upgrade (peer))
    test_peer_until_closed (peer);
}

void
script_silent (TestPeer *peer, guint number, gconstpointer data)
{
  test_peer_until_closed (peer);
}

void
script_refuse (TestPeer *peer, guint number, gconstpointer data)
{
  const Refusal *refusal = data;
  for (;;) {
    g_autofree char *request = test_peer_read_request (peer);
    if (request == NULL)
      return;
    g_autofree char *upgrade = test_header (request, "Upgrade");
    test_note (test_peer_server (peer), "%s", *upgrade != '\0' ? "upgrade" : "question");
    test_peer_answer (peer, refusal->status, refusal->body);
  }
}

void
script_kick (TestPeer *peer, guint number, gconstpointer data)
{
  if (!test_peer_upgrade (peer))
    return;
  g_autoptr (GBytes) frame = test_peer_read_frame (peer, NULL);
  test_peer_frame (peer, TEST_BINARY, FRAME_KICK, -1);
}

void
script_gob (TestPeer *peer, guint number, gconstpointer data)
{
  static const char gob[] =
      "\x6f\xff\x81\x03\x01\x01\x04Resp\x01\xff\x82\x00\x01\x06\x01\x0dReqIdentifier\x01\x04";
  if (!test_peer_upgrade (peer))
    return;
  test_peer_frame (peer, TEST_BINARY, gob, sizeof gob - 1);
  test_peer_until_closed (peer);
}

char *
big_push (gsize bytes)
{
  g_autofree guchar *body = g_malloc0 (bytes);
  g_autofree char *data = g_base64_encode (body, bytes);
  return g_strdup_printf ("{\"reqIdentifier\":2001,\"msgIncr\":\"\",\"data\":\"%s\"}", data);
}
