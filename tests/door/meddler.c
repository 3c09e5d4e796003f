/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "meddler.h"

#include <libsoup/soup.h>
#include <string.h>

#include "base/json.h"

#define LATE 1500 /* ms */

struct _Meddler {
  SoupServer *server;
  SoupSession *session;
  GPtrArray *lines; /* Line */
  char *ws;         /* of the real one */
  char *own;
  gint64 id; /* 0: nothing is ordered */
  Meddle how;
};

typedef struct {
  Meddler *meddler;
  SoupWebsocketConnection *door;
  SoupWebsocketConnection *gateway; /* NULL until it is there */
  GPtrArray *early;                 /* GBytes: what the door said before that */
  GCancellable *cancellable;
  guint late;
  char *later;
} Line;

static void
line_free (gpointer data)
{
  Line *line = data;

  g_cancellable_cancel (line->cancellable);
  g_clear_handle_id (&line->late, g_source_remove);
  g_signal_handlers_disconnect_by_data (line->door, line);
  if (line->gateway != NULL)
    g_signal_handlers_disconnect_by_data (line->gateway, line);
  g_clear_object (&line->gateway);
  g_object_unref (line->door);
  g_object_unref (line->cancellable);
  g_ptr_array_unref (line->early);
  g_free (line->later);
  g_free (line);
}

static void
say (Line *line, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  if (soup_websocket_connection_get_state (line->door) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_message (line->door, SOUP_WEBSOCKET_DATA_BINARY, bytes);
}

static gboolean
on_late (gpointer data)
{
  Line *line = data;

  line->late = 0;
  say (line, line->later);
  return G_SOURCE_REMOVE;
}

static void
meddle (Line *line, Meddle how, JsonObject *frame, const char *text)
{
  g_autofree char *changed = NULL;

  switch (how) {
  case MEDDLE_TWICE:
    say (line, text);
    say (line, text);
    return;
  case MEDDLE_LATE:
    line->later = g_strdup (text);
    line->late = g_timeout_add (LATE, on_late, line);
    return;
  case MEDDLE_ASTRAY:
    json_object_set_string_member (frame, "msgIncr", "nobody_1");
    break;
  case MEDDLE_NEVER:
    return;
  case MEDDLE_REFUSE:
    json_object_set_int_member (frame, "errCode", 500);
    json_object_set_string_member (frame, "errMsg", "ServerInternalError");
    json_object_set_string_member (frame, "data", "");
    break;
  case MEDDLE_GARBAGE:
    json_object_set_string_member (frame, "data", "/////////w==");
    break;
  case MEDDLE_EMPTY:
    json_object_set_string_member (frame, "data", "");
    break;
  case MEDDLE_BROKEN:
  case N_MEDDLES:
  default:
    say (line, "{\"reqIdentifier\":");
    return;
  }
  changed = openim_json_print (frame);
  say (line, changed);
}

static void
on_gateway_says (SoupWebsocketConnection *gateway, int type, GBytes *message, gpointer data)
{
  Line *line = data;
  Meddler *meddler = line->meddler;
  gsize length;
  const char *bytes = g_bytes_get_data (message, &length);
  g_autofree char *text = g_strndup (bytes, length);
  g_autoptr (JsonObject) frame = openim_json_parse (text, length, 1 << 24, NULL);

  if (frame != NULL && meddler->id != 0 && openim_json_int (frame, "reqIdentifier") == meddler->id) {
    meddler->id = 0;
    meddle (line, meddler->how, frame, text);
  } else if (soup_websocket_connection_get_state (line->door) == SOUP_WEBSOCKET_STATE_OPEN) {
    soup_websocket_connection_send_message (line->door, type, message);
  }
}

static void
on_closed (SoupWebsocketConnection *connection, gpointer data)
{
  g_ptr_array_remove (((Line *) data)->meddler->lines, data);
}

static void
on_door_says (SoupWebsocketConnection *door, int type, GBytes *message, gpointer data)
{
  Line *line = data;

  if (line->gateway == NULL)
    g_ptr_array_add (line->early, g_bytes_ref (message));
  else if (soup_websocket_connection_get_state (line->gateway) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_send_message (line->gateway, type, message);
}

static void
on_gateway (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *gateway =
      soup_session_websocket_connect_finish (SOUP_SESSION (source), result, &error);
  Line *line = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (gateway == NULL)
    story_fail ("the gateway: %s", error->message);
  line->gateway = gateway;
  soup_websocket_connection_set_max_incoming_payload_size (gateway, 0);
  g_signal_connect (gateway, "message", G_CALLBACK (on_gateway_says), line);
  g_signal_connect (gateway, "closed", G_CALLBACK (on_closed), line);
  for (guint i = 0; i < line->early->len; i++)
    soup_websocket_connection_send_message (gateway, SOUP_WEBSOCKET_DATA_BINARY, line->early->pdata[i]);
  g_ptr_array_set_size (line->early, 0);
}

static void
on_door (SoupServer *server,
         SoupServerMessage *message,
         const char *path,
         SoupWebsocketConnection *door,
         gpointer data)
{
  Meddler *meddler = data;
  Line *line = g_new0 (Line, 1);
  g_autofree char *address =
      g_strdup_printf ("%s/?%s", meddler->ws, g_uri_get_query (soup_server_message_get_uri (message)));
  g_autoptr (SoupMessage) request = soup_message_new (SOUP_METHOD_GET, address);

  line->meddler = meddler;
  line->door = g_object_ref (door);
  line->early = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  line->cancellable = g_cancellable_new ();
  g_ptr_array_add (meddler->lines, line);
  g_signal_connect (door, "message", G_CALLBACK (on_door_says), line);
  g_signal_connect (door, "closed", G_CALLBACK (on_closed), line);
  soup_session_websocket_connect_async (meddler->session, request, NULL, NULL, G_PRIORITY_DEFAULT,
                                        line->cancellable, on_gateway, line);
}

Meddler *
meddler_new (Server *server)
{
  Meddler *meddler = g_new0 (Meddler, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  meddler->ws = g_strdup (server->ws);
  meddler->session = soup_session_new ();
  meddler->lines = g_ptr_array_new_with_free_func (line_free);
  meddler->server = soup_server_new (NULL, NULL);
  soup_server_add_websocket_handler (meddler->server, NULL, NULL, NULL, on_door, meddler, NULL);
  if (!soup_server_listen_local (meddler->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    story_fail ("nowhere to listen: %s", error->message);
  uris = soup_server_get_uris (meddler->server);
  meddler->own = g_strdup_printf ("ws://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return meddler;
}

void
meddler_free (Meddler *meddler)
{
  g_ptr_array_unref (meddler->lines);
  soup_server_disconnect (meddler->server);
  g_object_unref (meddler->server);
  g_object_unref (meddler->session);
  g_free (meddler->ws);
  g_free (meddler->own);
  g_free (meddler);
}

const char *
meddler_ws (Meddler *meddler)
{
  return meddler->own;
}

void
meddler_order (Meddler *meddler, gint64 id, Meddle how)
{
  meddler->id = id;
  meddler->how = how;
}

gboolean
meddler_is_done (Meddler *meddler)
{
  return meddler->id == 0;
}
