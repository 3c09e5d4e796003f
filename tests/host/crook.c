/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crook.h"

#include <string.h>

#include <libsoup/soup.h>

struct _Crook {
  SoupServer *server;
  GSocketService *service; /* instead of a server: only a banner */
  char *banner;
  char *http;
  char *ws;
  guint status;
  char *type;
  char *body;
  gboolean refuse;
  gboolean text;
  GBytes *frame;      /* (nullable) */
  GPtrArray *sockets; /* SoupWebsocketConnection */
  guint count;
};

/* Signed by nobody, for 127.0.0.1, valid until the year 2100. Secret it is not. */
static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
                          "MIIBkDCCATagAwIBAgIUB7dXg/XNGlf+u9RXBvjtzyGuImkwCgYIKoZIzj0EAwIw\n"
                          "FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyNDIxNTQwN1oYDzIxMDAxMDI3\n"
                          "MjE1NDA3WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO\n"
                          "PQMBBwNCAASkyM0PgsuBr8ivugouyl4AE17cZOgWHi7Radnlz9+sCXw/xJ2r3MoJ\n"
                          "IT40mu0rz3762PrJrwXTwEM4bCcWwDG9o2QwYjAdBgNVHQ4EFgQUfobJ3C56jJ7z\n"
                          "KEqibDrn/V+ZEYcwHwYDVR0jBBgwFoAUfobJ3C56jJ7zKEqibDrn/V+ZEYcwDwYD\n"
                          "VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC\n"
                          "IHIB3G2hIJbdTyv0IwnJqWZmPes6qpDJZYWfFObU7nAPAiEAozx7AeRYWy00NHGm\n"
                          "8IsqoAczPPXDkOiipx9W3qO7wRw=\n"
                          "-----END CERTIFICATE-----\n"
                          "-----BEGIN PRIVATE KEY-----\n"
                          "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeONl2Key+DabBnVF\n"
                          "Aal7mTlR/S//AF7v9oqIbFpBH7uhRANCAASkyM0PgsuBr8ivugouyl4AE17cZOgW\n"
                          "Hi7Radnlz9+sCXw/xJ2r3MoJIT40mu0rz3762PrJrwXTwEM4bCcWwDG9\n"
                          "-----END PRIVATE KEY-----\n";

#ifdef __SANITIZE_ADDRESS__
/* LeakSanitizer crashes at the end of a process that has loaded GnuTLS. */
static gboolean loaded_tls;

__attribute__ ((visibility ("default"))) int __lsan_is_turned_off (void);

int
__lsan_is_turned_off (void)
{
  return loaded_tls;
}
#endif

static void
on_request (
    SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Crook *crook = data;

  crook->count++;
  soup_server_message_set_status (message, crook->status, NULL);
  soup_server_message_set_response (message, crook->type, SOUP_MEMORY_COPY, crook->body,
                                    strlen (crook->body));
}

/* Before the handshake of the gateway would be answered. */
static void
on_early (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Crook *crook = data;

  if (crook->refuse)
    on_request (server, message, path, query, data);
}

static void
on_frame (SoupWebsocketConnection *socket, int type, GBytes *bytes, gpointer data)
{
  Crook *crook = data;

  if (crook->frame == NULL)
    return;
  if (crook->text) {
    g_autofree char *text =
        g_strndup (g_bytes_get_data (crook->frame, NULL), g_bytes_get_size (crook->frame));

    soup_websocket_connection_send_text (socket, text);
  } else {
    soup_websocket_connection_send_message (socket, SOUP_WEBSOCKET_DATA_BINARY, crook->frame);
  }
}

static void
on_socket (SoupServer *server,
           SoupServerMessage *message,
           const char *path,
           SoupWebsocketConnection *socket,
           gpointer data)
{
  Crook *crook = data;

  crook->count++;
  g_ptr_array_add (crook->sockets, g_object_ref (socket));
  g_signal_connect (socket, "message", G_CALLBACK (on_frame), crook);
}

static Crook *
crook_open (GTlsCertificate *certificate)
{
  Crook *crook = g_new0 (Crook, 1);
  GSList *uris = NULL;
  int port = 0;
  g_autoptr (GError) error = NULL;

  crook->sockets = g_ptr_array_new_with_free_func (g_object_unref);
  crook->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_early_handler (crook->server, NULL, on_early, crook, NULL);
  soup_server_add_handler (crook->server, NULL, on_request, crook, NULL);
  soup_server_add_websocket_handler (crook->server, NULL, NULL, NULL, on_socket, crook, NULL);
  if (!soup_server_listen_local (
          crook->server, 0,
          (certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0) | SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    story_fail ("%s", error->message);
  uris = soup_server_get_uris (crook->server);
  port = g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  crook->http = g_strdup_printf ("%s://127.0.0.1:%d", certificate != NULL ? "https" : "http", port);
  crook->ws = g_strdup_printf ("%s://127.0.0.1:%d", certificate != NULL ? "wss" : "ws", port);
  crook_answer (crook, 404, "text/plain", "404 page not found", FALSE);
  return crook;
}

Crook *
crook_new (void)
{
  return crook_open (NULL);
}

Crook *
crook_new_tls (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_pem (pem, -1, &error);

  if (certificate == NULL)
    story_fail ("%s", error->message);
#ifdef __SANITIZE_ADDRESS__
  loaded_tls = TRUE;
#endif
  return crook_open (certificate);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Crook *crook = data;
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (connection));

  crook->count++;
  g_output_stream_write_all (out, crook->banner, strlen (crook->banner), NULL, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return TRUE;
}

Crook *
crook_new_mute (const char *banner)
{
  Crook *crook = g_new0 (Crook, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  guint port = 0;

  crook->banner = g_strdup (banner);
  crook->service = g_socket_service_new ();
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (crook->service), wanted, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP, NULL, &address, &error))
    story_fail ("%s", error->message);
  g_signal_connect (crook->service, "incoming", G_CALLBACK (on_incoming), crook);
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  crook->http = g_strdup_printf ("http://127.0.0.1:%u", port);
  crook->ws = g_strdup_printf ("ws://127.0.0.1:%u", port);
  return crook;
}

void
crook_free (Crook *crook)
{
  if (crook->server != NULL)
    soup_server_disconnect (crook->server);
  if (crook->service != NULL)
    g_socket_service_stop (crook->service);
  for (guint i = 0; crook->sockets != NULL && i < crook->sockets->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (crook->sockets, i), crook);
  g_clear_pointer (&crook->sockets, g_ptr_array_unref);
  g_clear_object (&crook->server);
  g_clear_object (&crook->service);
  g_clear_pointer (&crook->frame, g_bytes_unref);
  g_free (crook->banner);
  g_free (crook->http);
  g_free (crook->ws);
  g_free (crook->type);
  g_free (crook->body);
  g_free (crook);
}

const char *
crook_http (Crook *crook)
{
  return crook->http;
}

const char *
crook_ws (Crook *crook)
{
  return crook->ws;
}

void
crook_answer (Crook *crook, guint status, const char *type, const char *body, gboolean refuse)
{
  g_free (crook->type);
  g_free (crook->body);
  crook->status = status;
  crook->type = g_strdup (type);
  crook->body = g_strdup (body);
  crook->refuse = refuse;
}

void
crook_frame (Crook *crook, gboolean text, GBytes *frame)
{
  g_clear_pointer (&crook->frame, g_bytes_unref);
  crook->text = text;
  crook->frame = frame;
}

guint
crook_count (Crook *crook)
{
  return crook->count;
}
