/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server.h"

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
/* The leak search stumbles over the thread-local memory of libraries that are loaded later, as TLS is. */
__attribute__ ((visibility ("default"))) const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "intercept_tls_get_addr=0";
}
#endif

#define FRAME_MAX (64 * 1024 * 1024)

/* Signed by itself, for another name. */
static const char certificate_pem[] = "-----BEGIN PRIVATE KEY-----\n"
                                      "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBGcK9EEoMr7lzYlX\n"
                                      "X5/Shau+mqFwsE0+gTyJwDeHbv6hRANCAARlaLoImWuKdxH9ja5Z4rIMoVzFiFPe\n"
                                      "dAbGiKB8AbiCFKtjAhhFqHoOE+WYtjxvupbooI+3EezPW/kK8XiXDejv\n"
                                      "-----END PRIVATE KEY-----\n"
                                      "-----BEGIN CERTIFICATE-----\n"
                                      "MIIBvTCCAWKgAwIBAgIUEjIPC7hc3FQ3s3e6dRDYHnA7V60wCgYIKoZIzj0EAwIw\n"
                                      "ITEfMB0GA1UEAwwWc29tZXdoZXJlLmVsc2UuZXhhbXBsZTAgFw0yNjExMjQyMjA2\n"
                                      "MjNaGA8yMTI2MTAzMTIyMDYyM1owITEfMB0GA1UEAwwWc29tZXdoZXJlLmVsc2Uu\n"
                                      "ZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGVougiZa4p3Ef2Nrlni\n"
                                      "sgyhXMWIU950BsaIoHwBuIIUq2MCGEWoeg4T5Zi2PG+6luigj7cR7M9b+QrxeJcN\n"
                                      "6O+jdjB0MB0GA1UdDgQWBBS7x9mFOv6osxb6ZUNyyXySBVfAPTAfBgNVHSMEGDAW\n"
                                      "gBS7x9mFOv6osxb6ZUNyyXySBVfAPTAPBgNVHRMBAf8EBTADAQH/MCEGA1UdEQQa\n"
                                      "MBiCFnNvbWV3aGVyZS5lbHNlLmV4YW1wbGUwCgYIKoZIzj0EAwIDSQAwRgIhAMuZ\n"
                                      "b/G5a1MfeP3wJqBxcjmnY+AjJm1k5ckg4MunanAFAiEAv6ppdoZR4wbOiq8HFgKh\n"
                                      "m4o9pakfCimFNQuq1SV1ZFw=\n"
                                      "-----END CERTIFICATE-----\n";

struct _TestServer {
  GSocketService *service;
  guint16 port;
  TestScript script;
  gconstpointer data;
  GTlsCertificate *certificate;
  GCancellable *over;
  GAsyncQueue *notes;
  GPtrArray *threads;
  GMutex lock;
  guint connections;
  guint running;
  guint most;
};

struct _TestPeer {
  TestServer *server;
  guint number;
  GIOStream *stream;
  GDataInputStream *input;
  GOutputStream *output;
};

static gpointer
peer_run (gpointer data)
{
  TestPeer *self = data;
  TestServer *server = self->server;

  if (server->certificate != NULL) {
    GIOStream *tls = g_tls_server_connection_new (self->stream, server->certificate, NULL);
    g_object_unref (self->stream);
    self->stream = tls;
  }
  self->input = g_data_input_stream_new (g_io_stream_get_input_stream (self->stream));
  self->output = g_io_stream_get_output_stream (self->stream);
  server->script (self, self->number, server->data);
  g_object_unref (self->input);
  g_io_stream_close (self->stream, NULL, NULL);
  g_object_unref (self->stream);
  g_free (self);

  g_mutex_lock (&server->lock);
  server->running--;
  g_mutex_unlock (&server->lock);
  return NULL;
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  TestServer *self = data;
  TestPeer *peer = g_new0 (TestPeer, 1);

  peer->server = self;
  peer->stream = G_IO_STREAM (g_object_ref (connection));
  g_mutex_lock (&self->lock);
  peer->number = self->connections++;
  self->running++;
  self->most = MAX (self->most, self->running);
  g_mutex_unlock (&self->lock);
  g_ptr_array_add (self->threads, g_thread_new ("peer", peer_run, peer));
  return TRUE;
}

TestServer *
test_server_new (TestScript script, gconstpointer data)
{
  TestServer *self = g_new0 (TestServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) effective = NULL;
  g_autoptr (GError) error = NULL;

  self->script = script;
  self->data = data;
  self->over = g_cancellable_new ();
  self->notes = g_async_queue_new_full (g_free);
  g_mutex_init (&self->lock);
  self->threads = g_ptr_array_new ();
  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &effective, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  return self;
}

TestServer *
test_server_new_tls (TestScript script, gconstpointer data)
{
  TestServer *self = test_server_new (script, data);
  g_autoptr (GError) error = NULL;

  self->certificate = g_tls_certificate_new_from_pem (certificate_pem, -1, &error);
  g_assert_no_error (error);
  return self;
}

void
test_server_free (TestServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_cancellable_cancel (self->over);
  /* What the service has begun on the main loop ends there. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_object_unref (self->service);
  g_clear_object (&self->certificate);
  g_object_unref (self->over);
  g_ptr_array_unref (self->threads);
  g_async_queue_unref (self->notes);
  g_mutex_clear (&self->lock);
  g_free (self);
}

char *
test_server_url (TestServer *self, const char *scheme, const char *path)
{
  return g_strdup_printf ("%s://127.0.0.1:%u%s", scheme, self->port, path);
}

static guint
locked (TestServer *self, guint *number)
{
  g_mutex_lock (&self->lock);
  guint value = *number;
  g_mutex_unlock (&self->lock);
  return value;
}

guint
test_server_connections (TestServer *self)
{
  return locked (self, &self->connections);
}

guint
test_server_most_at_once (TestServer *self)
{
  return locked (self, &self->most);
}

TestServer *
test_peer_server (TestPeer *self)
{
  return self->server;
}

char *
test_peer_read_request (TestPeer *self)
{
  g_autoptr (GString) request = g_string_new (NULL);

  for (;;) {
    gsize length = 0;
    g_autofree char *line = g_data_input_stream_read_line (self->input, &length, self->server->over, NULL);
    if (line == NULL)
      return NULL;
    g_strchomp (line);
    g_string_append_printf (request, "%s\n", line);
    if (*line == '\0')
      break;
  }
  g_autofree char *header = test_header (request->str, "Content-Length");
  gsize length = (gsize) g_ascii_strtoull (header, NULL, 10);
  g_autofree char *body = g_malloc0 (length + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (self->input), body, length, NULL, self->server->over, NULL))
    return NULL;
  g_string_append (request, body);
  return g_string_free (g_steal_pointer (&request), FALSE);
}

gboolean
test_peer_write (TestPeer *self, const void *data, gssize length)
{
  gsize bytes = length >= 0 ? (gsize) length : strlen (data);
  return g_output_stream_write_all (self->output, data, bytes, NULL, self->server->over, NULL);
}

void
test_peer_answer (TestPeer *self, guint status, const char *body)
{
  g_autofree char *text = g_strdup_printf (
      "HTTP/1.1 %u Whatever\r\nContent-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT
      "\r\n\r\n%s",
      status, strlen (body), body);
  test_peer_write (self, text, -1);
}

gboolean
test_peer_accept (TestPeer *self, const char *request)
{
  g_autofree char *key = test_header (request, "Sec-WebSocket-Key");
  g_autofree char *text = g_strconcat (key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", NULL);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (sum, (const guchar *) text, -1);
  g_checksum_get_digest (sum, digest, &length);
  g_autofree char *accept = g_base64_encode (digest, length);
  g_autofree char *answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                             "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                                             accept);
  return test_peer_write (self, answer, -1);
}

gboolean
test_peer_upgrade (TestPeer *self)
{
  g_autofree char *request = test_peer_read_request (self);
  return request != NULL && test_peer_accept (self, request);
}

void
test_peer_frame (TestPeer *self, guint opcode, const void *data, gssize length)
{
  gsize bytes = length >= 0 ? (gsize) length : strlen (data);
  g_autoptr (GByteArray) head = g_byte_array_new ();
  guint8 first[2] = { (guint8) (0x80 | opcode), (guint8) (bytes < 126 ? bytes : bytes < 65536 ? 126 : 127) };

  g_byte_array_append (head, first, 2);
  for (int shift = first[1] == 127 ? 56 : first[1] == 126 ? 8 : -8; shift >= 0; shift -= 8) {
    guint8 byte = (guint8) ((guint64) bytes >> shift);
    g_byte_array_append (head, &byte, 1);
  }
  if (test_peer_write (self, head->data, head->len))
    test_peer_write (self, data, (gssize) bytes);
}

static gboolean
read_bytes (TestPeer *self, void *buffer, gsize length)
{
  gsize got = 0;
  return g_input_stream_read_all (G_INPUT_STREAM (self->input), buffer, length, &got, self->server->over,
                                  NULL) &&
         got == length;
}

GBytes *
test_peer_read_frame (TestPeer *self, guint *opcode)
{
  guint8 head[2], more[8], mask[4];

  if (!read_bytes (self, head, 2))
    return NULL;
  gsize length = head[1] & 0x7f;
  if (length >= 126) {
    gsize size = length == 126 ? 2 : 8;
    if (!read_bytes (self, more, size))
      return NULL;
    length = 0;
    for (gsize i = 0; i < size; i++)
      length = length << 8 | more[i];
  }
  g_assert_cmpuint (length, <=, FRAME_MAX);
  g_assert_true (head[1] & 0x80);
  g_autofree guint8 *data = g_malloc0 (length + 1);
  if (!read_bytes (self, mask, 4) || !read_bytes (self, data, length))
    return NULL;
  for (gsize i = 0; i < length; i++)
    data[i] ^= mask[i % 4];
  if (opcode != NULL)
    *opcode = head[0] & 0x0f;
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

void
test_peer_until_closed (TestPeer *self)
{
  char buffer[4096];
  while (g_input_stream_read (G_INPUT_STREAM (self->input), buffer, sizeof buffer, self->server->over, NULL) >
         0)
    ;
}

void
test_note (TestServer *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_async_queue_push (self->notes, g_strdup_vprintf (format, arguments));
  va_end (arguments);
  g_main_context_wakeup (NULL);
}

char *
test_next_note (TestServer *self)
{
  char *note = NULL;
  test_until ((note = g_async_queue_try_pop (self->notes)) != NULL);
  return note;
}

static gboolean
on_time (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

void
test_iterate (void)
{
  gboolean late = FALSE;
  guint timer = g_timeout_add (100, on_time, &late);

  g_main_context_iteration (NULL, TRUE);
  if (!late)
    g_source_remove (timer);
}

void
test_run_for (guint ms)
{
  gboolean late = FALSE;

  g_timeout_add (ms, on_time, &late);
  while (!late)
    g_main_context_iteration (NULL, TRUE);
}

char *
test_header (const char *request, const char *name)
{
  g_auto (GStrv) lines = g_strsplit (request, "\n", -1);
  gsize length = strlen (name);

  for (gsize i = 1; lines[i] != NULL && *lines[i] != '\0'; i++)
    if (g_ascii_strncasecmp (lines[i], name, length) == 0 && lines[i][length] == ':')
      return g_strstrip (g_strdup (lines[i] + length + 1));
  return g_strdup ("");
}

char *
test_target (const char *request)
{
  g_auto (GStrv) words = g_strsplit (request, " ", 3);
  return g_strdup (words[0] != NULL && words[1] != NULL ? words[1] : "");
}

const char *
test_body (const char *request)
{
  const char *end = strstr (request, "\n\n");
  return end != NULL ? end + 2 : "";
}
