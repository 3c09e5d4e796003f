/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */

#include <string.h>

#include <gio/gio.h>

#include "frames.h"
#include "program.h"

/* Does the network get as bad as it is told to? Against a TCP server of the test's own that sends back what
 * it gets. */

typedef struct {
  Program *proxy;
  GSocketListener *listener;
  GThread *thread;
  GCancellable *stop;
  guint16 port; /* of the proxy */
} Bench;

/* One thread a connection; they end with it. */
static gpointer
echo (gpointer data)
{
  g_autoptr (GSocketConnection) connection = data;
  GIOStream *stream = G_IO_STREAM (connection);
  char buffer[4096];
  gssize length = 0;

  while ((length = g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, sizeof buffer, NULL,
                                        NULL)) > 0)
    if (!g_output_stream_write_all (g_io_stream_get_output_stream (stream), buffer, (gsize) length, NULL,
                                    NULL, NULL))
      break;
  return NULL;
}

static gpointer
serve (gpointer data)
{
  Bench *bench = data;
  GSocketConnection *connection = NULL;

  while ((connection = g_socket_listener_accept (bench->listener, NULL, bench->stop, NULL)) != NULL)
    g_thread_unref (g_thread_new ("echo", echo, connection));
  return NULL;
}

static void
bench_open (Bench *bench)
{
  g_autofree char *path = story_program ("tests/fault/openim-fault-proxy");
  g_autofree char *to = NULL;
  const char *words[] = { path, "--seed", "3", "--to", NULL, NULL };

  bench->listener = g_socket_listener_new ();
  bench->stop = g_cancellable_new ();
  to = g_strdup_printf ("echo=127.0.0.1:%u",
                        g_socket_listener_add_any_inet_port (bench->listener, NULL, NULL));
  bench->thread = g_thread_new ("serve", serve, bench);
  words[4] = to;
  bench->proxy = program_start (words);
  bench->port = (guint16) json_object_get_int_member (program_ready (bench->proxy), "echo");
}

static void
bench_close (Bench *bench)
{
  program_stop (bench->proxy);
  g_cancellable_cancel (bench->stop);
  g_thread_join (bench->thread);
  g_object_unref (bench->listener);
  g_object_unref (bench->stop);
}

static void
tell (Bench *bench, const char *line)
{
  g_autofree char *answer = program_say (bench->proxy, line);

  g_assert_cmpstr (answer, ==, "{\"ok\":true}");
}

static GSocketConnection *
dial (Bench *bench)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", bench->port);
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection =
      g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);

  if (connection != NULL)
    g_socket_set_timeout (g_socket_connection_get_socket (connection), 10);
  return connection;
}

/* Sends @length bytes and reads until all are back or the connection ends. @error: how it ended, if badly. */
static gsize
there_and_back (GSocketConnection *connection, gsize length, GError **error)
{
  g_autofree char *sent = g_malloc (length);
  g_autofree char *back = g_malloc0 (length);
  gsize read = 0;

  for (gsize i = 0; i < length; i++)
    sent[i] = (char) (i * 7 + i / 251);
  if (!g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), sent, length,
                                  NULL, NULL, error))
    return 0;
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), back, length, &read, NULL,
                           error);
  g_assert_cmpmem (back, read, sent, read);
  return read;
}

static void
run_plain (Stage *stage)
{
  Bench bench;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *stats = NULL;

  bench_open (&bench);
  connection = dial (&bench);
  g_assert_cmpint (there_and_back (connection, 1000000, NULL), ==, 1000000);
  stats = program_say (bench.proxy, "stats");
  g_assert_cmpstr (stats, ==, "{\"echo\":{\"connections\":1,\"open\":1,\"up\":1000000,\"down\":1000000}}");
  bench_close (&bench);
}

static void
run_latency (Stage *stage)
{
  Bench bench;
  g_autoptr (GSocketConnection) connection = NULL;
  gint64 began = 0;

  bench_open (&bench);
  tell (&bench, "latency 100");
  connection = dial (&bench);
  began = g_get_monotonic_time ();
  g_assert_cmpint (there_and_back (connection, 10, NULL), ==, 10);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 200000);
  tell (&bench, "jitter 80");
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (there_and_back (connection, 300, NULL), ==, 300);
  tell (&bench, "clear");
  bench_close (&bench);
}

static void
run_rate (Stage *stage)
{
  Bench bench;
  g_autoptr (GSocketConnection) connection = NULL;
  gint64 began = 0;

  bench_open (&bench);
  tell (&bench, "echo rate 100000");
  connection = dial (&bench);
  began = g_get_monotonic_time ();
  g_assert_cmpint (there_and_back (connection, 50000, NULL), ==, 50000);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 450000);
  bench_close (&bench);
}

static void
run_cut (Stage *stage)
{
  Bench bench;
  g_autoptr (GSocketConnection) first = NULL;
  g_autoptr (GSocketConnection) second = NULL;
  g_autoptr (GSocketConnection) third = NULL;
  g_autoptr (GError) error = NULL;

  bench_open (&bench);
  tell (&bench, "cut 77");
  tell (&bench, "piece 10");
  first = dial (&bench);
  g_assert_cmpint (there_and_back (first, 1000, NULL), ==, 77);
  tell (&bench, "cut 0");
  second = dial (&bench);
  g_assert_cmpint (there_and_back (second, 1000, &error), ==, 1000);
  g_assert_no_error (error);
  tell (&bench, "abrupt 1");
  tell (&bench, "cut-up 500");
  third = dial (&bench);
  g_assert_cmpint (there_and_back (third, 100000, &error), <, 1000);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  bench_close (&bench);
}

static void
run_silence (Stage *stage)
{
  Bench bench;
  g_autoptr (GSocketConnection) old = NULL;
  g_autoptr (GSocketConnection) new = NULL;
  g_autoptr (GSocketConnection) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) other = NULL;

  bench_open (&bench);
  old = dial (&bench);
  g_assert_cmpint (there_and_back (old, 100, NULL), ==, 100);
  tell (&bench, "half-open 1");
  g_socket_set_timeout (g_socket_connection_get_socket (old), 1);
  g_assert_cmpint (there_and_back (old, 100, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  tell (&bench, "half-open 0");
  tell (&bench, "black-hole 1");
  new = dial (&bench);
  g_assert_nonnull (new);
  g_socket_set_timeout (g_socket_connection_get_socket (new), 1);
  g_assert_cmpint (there_and_back (new, 100, &other), ==, 0);
  g_assert_error (other, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  tell (&bench, "clear");
  after = dial (&bench);
  g_assert_cmpint (there_and_back (after, 100, NULL), ==, 100);
  bench_close (&bench);
}

static void
run_refuse (Stage *stage)
{
  Bench bench;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketConnection) open = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = NULL;

  bench_open (&bench);
  open = dial (&bench);
  g_assert_cmpint (there_and_back (open, 10, NULL), ==, 10);
  tell (&bench, "refuse 1");
  g_assert_null (dial (&bench));
  g_assert_cmpint (there_and_back (open, 10, NULL), ==, 10); /* only new ones are refused */
  tell (&bench, "refuse 0");
  connection = dial (&bench);
  g_assert_cmpint (there_and_back (connection, 10, NULL), ==, 10);
  tell (&bench, "reset");
  g_assert_cmpint (there_and_back (connection, 10, &error), ==, 0);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  answer = program_say (bench.proxy, "latency many");
  g_assert_cmpstr (answer, ==, "{\"ok\":false}");
  bench_close (&bench);
}

/* Sends @text and says how much of it comes back before the connection ends. */
static gsize
echo_of (GSocketConnection *connection, const char *text, gsize length)
{
  g_autofree char *back = g_malloc (length);
  gsize read = 0;

  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                                            length, NULL, NULL, NULL));
  g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), back, length, &read, NULL,
                           NULL);
  g_assert_cmpmem (back, read, text, read);
  return read;
}

/* The byte is counted over all connections; after that all is well. */
static void
run_cut_once (Stage *stage)
{
  Bench bench;
  g_autoptr (GSocketConnection) first = NULL;
  g_autoptr (GSocketConnection) second = NULL;
  g_autoptr (GSocketConnection) third = NULL;
  g_autoptr (GSocketConnection) fourth = NULL;
  g_autoptr (GSocketConnection) fifth = NULL;

  bench_open (&bench);
  tell (&bench, "cut-once 150");
  first = dial (&bench);
  g_assert_cmpint (there_and_back (first, 100, NULL), ==, 100);
  second = dial (&bench);
  g_assert_cmpint (there_and_back (second, 100, NULL), ==, 50);
  g_assert_cmpint (there_and_back (first, 100, NULL), ==, 100);
  third = dial (&bench);
  g_assert_cmpint (there_and_back (third, 100, NULL), ==, 100);
  tell (&bench, "cut-once-up 420"); /* 400 have gone up */
  fourth = dial (&bench);
  g_assert_cmpint (there_and_back (fourth, 100, NULL), <=, 20);
  fifth = dial (&bench);
  g_assert_cmpint (there_and_back (fifth, 1000, NULL), ==, 1000);
  bench_close (&bench);
}

static void
run_cut_inside (Stage *stage)
{
  static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n"
                               "{\"name\":\"Zo\xc3\xab\",\"text\":\"\xe4\xbd\xa0\xe5\xa5\xbd\"}";
  const gsize head = (gsize) (strstr (answer, "\r\n\r\n") - answer) + 4;
  Bench bench;
  gboolean bodies[sizeof answer] = { FALSE };
  guint kinds = 0;

  bench_open (&bench);
  for (guint i = 0; i < 20; i++) {
    g_autoptr (GSocketConnection) letter = NULL;
    g_autoptr (GSocketConnection) body = NULL;
    gsize got;

    tell (&bench, "cut-text 1000");
    letter = dial (&bench);
    got = echo_of (letter, answer, sizeof answer - 1);
    g_assert_cmpuint (got, <, sizeof answer - 1);
    g_assert_cmpuint ((guint8) answer[got - 1], >=, 0xc2);
    g_assert_cmpuint ((guint8) answer[got] & 0xc0, ==, 0x80);
    tell (&bench, "clear");
    tell (&bench, "cut-body 1000");
    body = dial (&bench);
    got = echo_of (body, answer, sizeof answer - 1);
    g_assert_cmpuint (got, >, head);
    g_assert_cmpuint (got, <, sizeof answer - 1);
    kinds += !bodies[got];
    bodies[got] = TRUE;
    tell (&bench, "clear");
  }
  g_assert_cmpuint (kinds, >, 5);
  bench_close (&bench);
}

static void append_frame (GByteArray *out, guint8 first, const char *text, gsize length);

static void
run_cut_frame (Stage *stage)
{
  static const char hello[] = "HTTP/1.1 101 Switching Protocols\r\n\r\n";
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  Bench bench;
  gsize got;

  g_byte_array_append (stream, (const guint8 *) hello, sizeof hello - 1);
  append_frame (stream, 0x82, "a message", 9);
  append_frame (stream, 0x82, "another", 7);
  bench_open (&bench);
  tell (&bench, "cut-frame 1000");
  connection = dial (&bench);
  got = echo_of (connection, (const char *) stream->data, stream->len);
  g_assert_cmpuint (got, >, sizeof hello - 1);
  g_assert_cmpuint (got, <, sizeof hello - 1 + 11);
  bench_close (&bench);
}

static void
run_read_rate (Stage *stage)
{
  Bench bench;
  g_autoptr (GSocketConnection) connection = NULL;
  gint64 began = 0;

  bench_open (&bench);
  tell (&bench, "echo read-rate 100000");
  connection = dial (&bench);
  began = g_get_monotonic_time ();
  g_assert_cmpint (there_and_back (connection, 50000, NULL), ==, 50000);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 400000);
  bench_close (&bench);
}

/* A storm breaks connections; when it is over all is well. */
static void
run_storm (Stage *stage)
{
  Bench bench;
  guint broken = 0;

  bench_open (&bench);
  tell (&bench, "storm 5");
  for (guint i = 0; broken < 5; i++) {
    g_autoptr (GSocketConnection) connection = dial (&bench);

    if (connection != NULL)
      g_socket_set_timeout (g_socket_connection_get_socket (connection), 1);
    broken += connection == NULL || there_and_back (connection, 20000, NULL) < 20000;
  }
  tell (&bench, "storm 0");
  for (guint i = 0; i < 5; i++) {
    g_autoptr (GSocketConnection) connection = dial (&bench);

    g_assert_cmpint (there_and_back (connection, 20000, NULL), ==, 20000);
  }
  bench_close (&bench);
}

/* --- WebSocket messages are told apart --- */

static void
append_frame (GByteArray *out, guint8 first, const char *text, gsize length)
{
  guint8 head[10] = { first };
  gsize size = 2;

  if (length < 126) {
    head[1] = (guint8) length;
  } else {
    head[1] = 126;
    head[2] = (guint8) (length >> 8);
    head[3] = (guint8) length;
    size = 4;
  }
  g_byte_array_append (out, head, (guint) size);
  g_byte_array_append (out, (const guint8 *) text, (guint) length);
}

static void
run_frames (Stage *stage)
{
  static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
  g_autofree char *big = g_strnfill (40000, 'x');
  g_autoptr (GByteArray) stream = g_byte_array_new ();
  static const struct {
    gsize length;
    gboolean message;
  } units[] = { { sizeof answer - 1, FALSE }, { 7, TRUE }, { 2, FALSE }, { 40004, TRUE }, { 5 + 4, TRUE } };

  g_byte_array_append (stream, (const guint8 *) answer, sizeof answer - 1);
  append_frame (stream, 0x82, "hello", 5);
  append_frame (stream, 0x89, "", 0);
  append_frame (stream, 0x82, big, 40000);
  append_frame (stream, 0x02, "abc", 3); /* a message in two frames */
  append_frame (stream, 0x80, "de", 2);

  /* However the stream is cut, the units are the same. */
  for (gsize step = 1; step < 50000; step = step * 3 + 1) {
    Frames frames;
    guint found = 0;

    frames_init (&frames);
    for (gsize at = 0; at < stream->len; at += step) {
      GBytes *unit = NULL;
      gboolean message = FALSE;

      frames_push (&frames, stream->data + at, MIN (step, stream->len - at));
      while ((unit = frames_pop (&frames, &message)) != NULL) {
        g_assert_cmpuint (found, <, G_N_ELEMENTS (units));
        g_assert_cmpuint (g_bytes_get_size (unit), ==, units[found].length);
        g_assert_cmpint (message, ==, units[found].message);
        found++;
        g_bytes_unref (unit);
      }
    }
    g_assert_cmpuint (found, ==, G_N_ELEMENTS (units));
    frames_clear (&frames);
  }
}

static const Story stories[] = {
  { "cut-once", run_cut_once, STORY_PIDGIN },
  { "cut-inside", run_cut_inside, STORY_PIDGIN },
  { "cut-frame", run_cut_frame, STORY_PIDGIN },
  { "read-rate", run_read_rate, STORY_PIDGIN },
  { "storm", run_storm, STORY_PIDGIN },
  { "plain", run_plain, STORY_PIDGIN },
  { "latency", run_latency, STORY_PIDGIN },
  { "rate", run_rate, STORY_PIDGIN },
  { "cut", run_cut, STORY_PIDGIN },
  { "silence", run_silence, STORY_PIDGIN },
  { "refuse", run_refuse, STORY_PIDGIN },
  { "frames", run_frames, STORY_PIDGIN },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
