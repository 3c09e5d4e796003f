/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A server on 127.0.0.1 that does, byte for byte, what a test tells it, right or wrong. Each connection runs
 * the test's script in a thread of its own with blocking calls; when the test ends the server, calls that
 * still wait return as if the other side had hung up. Scripts tell the test what they see by notes. */

#include <gio/gio.h>

typedef struct _TestServer TestServer;
typedef struct _TestPeer TestPeer;

/* @number counts the connections from 0. */
typedef void (*TestScript) (TestPeer *peer, guint number, gconstpointer data);

TestServer *test_server_new (TestScript script, gconstpointer data);
/* The same with a certificate that nobody has signed and that is for another name. */
TestServer *test_server_new_tls (TestScript script, gconstpointer data);
void test_server_free (TestServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestServer, test_server_free)

char *test_server_url (TestServer *self, const char *scheme, const char *path);
guint test_server_connections (TestServer *self); /* ever made */
guint test_server_most_at_once (TestServer *self);

/* The scripts' side. */
TestServer *test_peer_server (TestPeer *self);
char *test_peer_read_request (TestPeer *self); /* head and body; NULL at the end */
gboolean test_peer_write (TestPeer *self, const void *data, gssize length);
void test_peer_answer (TestPeer *self, guint status, const char *body); /* HTTP, the connection stays */
gboolean test_peer_upgrade (TestPeer *self); /* reads the request and accepts the WebSocket */
gboolean test_peer_accept (TestPeer *self, const char *request);
void test_peer_frame (TestPeer *self, guint opcode, const void *data, gssize length);
GBytes *test_peer_read_frame (TestPeer *self, guint *opcode); /* unmasked; NULL at the end */
void test_peer_until_closed (TestPeer *self);                 /* swallows whatever comes, answers nothing */

enum { TEST_TEXT = 1, TEST_BINARY = 2, TEST_CLOSE = 8, TEST_PING = 9, TEST_PONG = 10 };

/* In order; any thread. */
void test_note (TestServer *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
char *test_next_note (TestServer *self); /* main thread: runs the main loop until there is one */

/* Runs the main loop until @condition holds; after 20 s the test has failed. */
#define test_until(condition)                                                                                \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    gint64 test_end = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                                         \
    while (!(condition)) {                                                                                   \
      if (g_get_monotonic_time () > test_end)                                                                \
        g_error ("%s: waited in vain for %s", G_STRLOC, #condition);                                         \
      test_iterate ();                                                                                       \
    }                                                                                                        \
  }                                                                                                          \
  G_STMT_END

void test_iterate (void);     /* until something has happened, at most 100 ms */
void test_run_for (guint ms); /* runs the main loop so long: for what must not happen */

/* A part of a request, "" when it is not there. */
char *test_header (const char *request, const char *name);
char *test_target (const char *request);
const char *test_body (const char *request);
