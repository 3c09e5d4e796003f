/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The server's own WebSocket framing, fed byte by byte. */

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>

#include "socket.h"

#define MESSAGE_MAX 1000

typedef struct {
  Socket *socket;
  GSocket *peer;
  GString *heard; /* "kind:text " */
  gboolean ended;
} Pair;

static void
received (gpointer owner, SocketKind kind, const guint8 *data, gsize length)
{
  g_string_append_printf (((Pair *) owner)->heard, "%d:%.*s ", kind, (int) length, (const char *) data);
}

static void
ended (gpointer owner)
{
  ((Pair *) owner)->ended = TRUE;
}

static const SocketEvents events = { received, ended };

static void
pair_open (Pair *pair)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) own = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  own = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  pair->peer = g_socket_new_from_fd (fds[1], &error);
  g_assert_no_error (error);
  g_socket_set_timeout (pair->peer, 20);
  stream = g_socket_connection_factory_create_connection (own);
  pair->heard = g_string_new (NULL);
  pair->ended = FALSE;
  pair->socket = socket_new (G_IO_STREAM (stream), MESSAGE_MAX, &events, pair);
}

static void
pair_close (Pair *pair)
{
  socket_free (pair->socket);
  g_object_unref (pair->peer);
  g_string_free (pair->heard, TRUE);
}

/* A client's frame: masked. */
static void
frame (GByteArray *bytes, guint8 first, const char *text, gsize length)
{
  static const guint8 mask[] = { 1, 2, 3, 4 };
  guint8 head[4] = { first, 0x80 | (length < 126 ? length : 126), length >> 8, length & 0xff };

  g_byte_array_append (bytes, head, length < 126 ? 2 : 4);
  g_byte_array_append (bytes, mask, sizeof mask);
  for (gsize i = 0; i < length; i++) {
    guint8 masked = text[i] ^ mask[i % 4];

    g_byte_array_append (bytes, &masked, 1);
  }
}

static void
feed (Pair *pair, GByteArray *bytes, gsize step)
{
  g_autoptr (GError) error = NULL;

  for (gsize at = 0; at < bytes->len && !pair->ended; at += step) {
    g_socket_send (pair->peer, (const char *) bytes->data + at, MIN (step, bytes->len - at), NULL, &error);
    g_assert_no_error (error);
    while (g_main_context_iteration (NULL, FALSE))
      ;
  }
}

static void
expect (Pair *pair, const char *bytes, gsize length)
{
  char buffer[2000];
  gsize got = 0;
  g_autoptr (GError) error = NULL;

  while (got < length) {
    gssize n = g_socket_receive (pair->peer, buffer + got, length - got, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpint (n, >, 0);
    got += n;
  }
  g_assert_cmpmem (buffer, got, bytes, length);
}

static void
test_frames (void)
{
  static const gsize steps[] = { 1, 2, 7, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();
    g_autofree char *longer = g_strnfill (300, 'x');
    g_autofree char *wanted = g_strdup_printf ("1:hello 9:p 2:abc 10: 2: 2:%s ", longer);
    Pair pair;

    frame (bytes, 0x81, "hello", 5);
    frame (bytes, 0x02, "a", 1); /* three fragments, with a ping between */
    frame (bytes, 0x89, "p", 1);
    frame (bytes, 0x00, "b", 1);
    frame (bytes, 0x80, "c", 1);
    frame (bytes, 0x8a, "", 0);
    frame (bytes, 0x82, "", 0);
    frame (bytes, 0x82, longer, 300);
    pair_open (&pair);
    feed (&pair, bytes, steps[i]);
    g_assert_cmpstr (pair.heard->str, ==, wanted);
    g_assert_false (pair.ended);
    expect (&pair, "\x8a\x01p", 3);
    pair_close (&pair);
  }
}

static void
test_limit (void)
{
  g_autofree char *text = g_strnfill (MESSAGE_MAX + 1, 'x');
  g_autoptr (GByteArray) most = g_byte_array_new (), more = g_byte_array_new (), parts = g_byte_array_new ();
  GByteArray *tries[] = { more, parts };
  Pair pair;

  frame (most, 0x82, text, MESSAGE_MAX);
  frame (more, 0x82, text, MESSAGE_MAX + 1);
  frame (parts, 0x02, text, MESSAGE_MAX);
  frame (parts, 0x80, text, 1);
  pair_open (&pair);
  feed (&pair, most, 100000);
  g_assert_cmpuint (pair.heard->len, ==, MESSAGE_MAX + 3);
  pair_close (&pair);
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++) {
    pair_open (&pair);
    feed (&pair, tries[i], 100000);
    expect (&pair, "\x88\x02\x03\xf1", 4); /* 1009 */
    g_assert_cmpstr (pair.heard->str, ==, "");
    g_assert_true (pair.ended);
    pair_close (&pair);
  }
}

/* Not masked, reserved bits, an unknown kind, a fragment of nothing, a new message within another, a long
 * ping. */
static void
test_nonsense (void)
{
  g_autofree char *text = g_strnfill (200, 'x');
  g_autoptr (GByteArray) naked = g_byte_array_new ();
  g_autoptr (GByteArray) within = g_byte_array_new ();
  g_autoptr (GByteArray) ping = g_byte_array_new ();
  g_autoptr (GByteArray) reserved = g_byte_array_new ();
  g_autoptr (GByteArray) unknown = g_byte_array_new ();
  g_autoptr (GByteArray) nothing = g_byte_array_new ();
  GByteArray *tries[] = { naked, within, ping, reserved, unknown, nothing };

  g_byte_array_append (naked, (const guint8 *) "\x81\x01x", 3);
  frame (within, 0x02, "a", 1);
  frame (within, 0x82, "b", 1);
  frame (ping, 0x89, text, 200);
  frame (reserved, 0xc1, "x", 1);
  frame (unknown, 0x83, "x", 1);
  frame (nothing, 0x80, "x", 1);
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++) {
    Pair pair;

    pair_open (&pair);
    feed (&pair, tries[i], 100000);
    g_assert_true (pair.ended);
    g_assert_cmpstr (pair.heard->str, ==, "");
    pair_close (&pair);
  }
}

static void
test_close (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Pair pair;

  frame (bytes, 0x88, "\x03\xe8 bye", 6);
  frame (bytes, 0x81, "too late", 8);
  pair_open (&pair);
  feed (&pair, bytes, 100000);
  expect (&pair, "\x88\x02\x03\xe8", 4);
  g_assert_true (pair.ended);
  g_assert_cmpstr (pair.heard->str, ==, "");
  pair_close (&pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/socket/frames", test_frames);
  g_test_add_func ("/socket/limit", test_limit);
  g_test_add_func ("/socket/nonsense", test_nonsense);
  g_test_add_func ("/socket/close", test_close);
  return g_test_run ();
}
