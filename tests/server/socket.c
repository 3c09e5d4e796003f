/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "socket.h"

#include <string.h>

#define QUEUE_MAX 256          /* frames that wait; as the real server */
#define QUEUE_PATIENCE 5000000 /* µs without progress before a full queue ends the line */
#define FLUSH_PATIENCE 5000    /* ms that a dropped line may take for its last words */
#define CLOSE 8
#define TOO_BIG 1009

struct _Socket {
  GIOStream *stream;
  const SocketEvents *events;
  gpointer owner;
  gsize message_max;
  GByteArray *input;
  GByteArray *message; /* fragments so far */
  SocketKind message_kind;
  GQueue output; /* GBytes */
  gsize written; /* of the first */
  gint64 progress;
  GSource *read_source;
  GSource *write_source;
  guint end_source;
  gboolean dropped;
  gboolean busy; /* in received(): freed only afterwards */
  gboolean freed;
};

static void
source_clear (GSource **source)
{
  if (*source) {
    g_source_destroy (*source);
    g_clear_pointer (source, g_source_unref);
  }
}

static void
destroy (Socket *socket)
{
  source_clear (&socket->read_source);
  source_clear (&socket->write_source);
  g_clear_handle_id (&socket->end_source, g_source_remove);
  g_queue_clear_full (&socket->output, (GDestroyNotify) g_bytes_unref);
  g_byte_array_unref (socket->input);
  g_byte_array_unref (socket->message);
  g_io_stream_close (socket->stream, NULL, NULL);
  g_object_unref (socket->stream);
  g_free (socket);
}

void
socket_free (Socket *socket)
{
  if (socket->busy)
    socket->freed = socket->dropped = TRUE;
  else
    destroy (socket);
}

static gboolean
end (gpointer data)
{
  Socket *socket = data;

  socket->end_source = 0;
  source_clear (&socket->read_source);
  source_clear (&socket->write_source);
  socket->events->ended (socket->owner);
  return G_SOURCE_REMOVE;
}

static void
end_after (Socket *socket, guint ms)
{
  g_clear_handle_id (&socket->end_source, g_source_remove);
  socket->end_source =
      ms ? g_timeout_add (ms, end, socket) : g_idle_add_full (G_PRIORITY_DEFAULT, end, socket, NULL);
}

void
socket_drop (Socket *socket, gboolean flush)
{
  if (socket->dropped)
    return;
  socket->dropped = TRUE;
  source_clear (&socket->read_source);
  if (!flush) {
    source_clear (&socket->write_source);
    g_io_stream_close (socket->stream, NULL, NULL);
  }
  end_after (socket, flush && !g_queue_is_empty (&socket->output) ? FLUSH_PATIENCE : 0);
}

static gboolean write_some (GObject *stream, gpointer data);

static void
pump (Socket *socket)
{
  GPollableOutputStream *stream = G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (socket->stream));

  while (!g_queue_is_empty (&socket->output)) {
    g_autoptr (GError) error = NULL;
    gsize length;
    const guint8 *data = g_bytes_get_data (g_queue_peek_head (&socket->output), &length);
    gssize n = g_pollable_output_stream_write_nonblocking (stream, data + socket->written,
                                                           length - socket->written, NULL, &error);

    if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      if (!socket->write_source) {
        socket->write_source = g_pollable_output_stream_create_source (stream, NULL);
        g_source_set_callback (socket->write_source, G_SOURCE_FUNC (write_some), socket, NULL);
        g_source_attach (socket->write_source, NULL);
      }
      return;
    }
    if (n < 0) {
      g_queue_clear_full (&socket->output, (GDestroyNotify) g_bytes_unref);
      socket_drop (socket, FALSE);
      return;
    }
    socket->progress = g_get_monotonic_time ();
    socket->written += n;
    if (socket->written == length) {
      socket->written = 0;
      g_bytes_unref (g_queue_pop_head (&socket->output));
    }
  }
  source_clear (&socket->write_source);
  if (socket->dropped)
    end_after (socket, 0);
}

static gboolean
write_some (GObject *stream, gpointer data)
{
  pump (data);
  return G_SOURCE_CONTINUE;
}

GBytes *
socket_frame (SocketKind kind, const void *data, gsize length)
{
  guint8 *frame = g_malloc (length + 10);
  gsize head = 2;

  frame[0] = 0x80 | kind;
  if (length < 126) {
    frame[1] = length;
  } else if (length < 65536) {
    guint16 size = GUINT16_TO_BE (length);

    frame[1] = 126;
    memcpy (frame + 2, &size, 2);
    head = 4;
  } else {
    guint64 size = GUINT64_TO_BE (length);

    frame[1] = 127;
    memcpy (frame + 2, &size, 8);
    head = 10;
  }
  if (length)
    memcpy (frame + head, data, length);
  return g_bytes_new_take (frame, head + length);
}

void
socket_send (Socket *socket, GBytes *frame)
{
  if (socket->dropped)
    return;
  if (g_queue_is_empty (&socket->output))
    socket->progress = g_get_monotonic_time ();
  g_queue_push_tail (&socket->output, g_bytes_ref (frame));
  if (!socket->write_source)
    pump (socket);
  else if (socket->output.length > QUEUE_MAX && g_get_monotonic_time () - socket->progress > QUEUE_PATIENCE)
    socket_drop (socket, FALSE);
}

void
socket_send_text (Socket *socket, char *text)
{
  g_autofree char *owned = text;
  g_autoptr (GBytes) frame = socket_frame (SOCKET_TEXT, owned, strlen (owned));

  socket_send (socket, frame);
}

static void
reply (Socket *socket, int kind, const void *data, gsize length)
{
  g_autoptr (GBytes) frame = socket_frame (kind, data, length);

  socket_send (socket, frame);
}

static void
deliver (Socket *socket, SocketKind kind, const guint8 *data, gsize length)
{
  if (kind == SOCKET_PING)
    reply (socket, SOCKET_PONG, data, length);
  if (!socket->dropped)
    socket->events->received (socket->owner, kind, data, length);
}

static void
too_big (Socket *socket)
{
  guint16 code = GUINT16_TO_BE (TOO_BIG);

  reply (socket, CLOSE, &code, sizeof code);
  socket_drop (socket, TRUE);
}

/* One frame off the input: how many bytes it took, 0 when it is not complete yet. */
static gsize
take_frame (Socket *socket, guint8 *data, gsize available)
{
  guint64 length;
  gsize head = 2;
  int kind;
  gboolean final;
  guint8 *mask;

  if (available < 2)
    return 0;
  final = data[0] & 0x80;
  kind = data[0] & 0x0f;
  length = data[1] & 0x7f;
  if (length == 126) {
    guint16 size;

    if (available < 4)
      return 0;
    memcpy (&size, data + 2, 2);
    length = GUINT16_FROM_BE (size);
    head = 4;
  } else if (length == 127) {
    if (available < 10)
      return 0;
    memcpy (&length, data + 2, 8);
    length = GUINT64_FROM_BE (length);
    head = 10;
  }
  if (!(data[1] & 0x80) || (data[0] & 0x70) || (kind >= CLOSE && (!final || length > 125))) {
    socket_drop (socket, FALSE); /* not masked, unknown extension, or a control frame that is none */
    return 0;
  }
  if (length > socket->message_max || socket->message->len + length > socket->message_max) {
    too_big (socket);
    return 0;
  }
  if (available < head + 4 + length)
    return 0;
  mask = data + head;
  data += head + 4;
  for (guint64 i = 0; i < length; i++)
    data[i] ^= mask[i % 4];
  switch (kind) {
  case CLOSE:
    reply (socket, CLOSE, data, MIN (length, 2));
    socket_drop (socket, TRUE);
    break;
  case SOCKET_PING:
  case SOCKET_PONG:
    deliver (socket, kind, data, length);
    break;
  case 0:
  case SOCKET_TEXT:
  case SOCKET_BINARY:
    if ((kind == 0) != (socket->message_kind != 0)) {
      socket_drop (socket, FALSE);
      break;
    }
    if (kind)
      socket->message_kind = kind;
    if (final && socket->message->len == 0) {
      kind = socket->message_kind;
      socket->message_kind = 0;
      deliver (socket, kind, data, length);
      break;
    }
    g_byte_array_append (socket->message, data, length);
    if (final) {
      kind = socket->message_kind;
      socket->message_kind = 0;
      deliver (socket, kind, socket->message->data, socket->message->len);
      g_byte_array_set_size (socket->message, 0);
    }
    break;
  default:
    socket_drop (socket, FALSE);
    break;
  }
  return head + 4 + length;
}

static gboolean
read_some (GObject *stream, gpointer data)
{
  Socket *socket = data;
  g_autoptr (GError) error = NULL;
  static const gsize step = 65536;
  gsize used = 0, taken, before = socket->input->len;
  gssize n;

  g_byte_array_set_size (socket->input, before + step);
  n = g_pollable_input_stream_read_nonblocking (G_POLLABLE_INPUT_STREAM (stream),
                                                socket->input->data + before, step, NULL, &error);
  g_byte_array_set_size (socket->input, before + MAX (n, 0));
  if (n < 0 && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (n <= 0) {
    socket_drop (socket, FALSE);
    return G_SOURCE_CONTINUE;
  }
  socket->busy = TRUE;
  do {
    taken = take_frame (socket, socket->input->data + used, socket->input->len - used);
    used += taken;
  } while (taken && !socket->dropped);
  socket->busy = FALSE;
  if (socket->freed) {
    destroy (socket);
    return G_SOURCE_CONTINUE;
  }
  g_byte_array_remove_range (socket->input, 0, used);
  return G_SOURCE_CONTINUE;
}

Socket *
socket_new (GIOStream *stream, gsize message_max, const SocketEvents *events, gpointer owner)
{
  Socket *socket = g_new0 (Socket, 1);

  socket->stream = g_object_ref (stream);
  socket->message_max = message_max;
  socket->events = events;
  socket->owner = owner;
  socket->input = g_byte_array_new ();
  socket->message = g_byte_array_new ();
  g_queue_init (&socket->output);
  socket->read_source = g_pollable_input_stream_create_source (
      G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream)), NULL);
  g_source_set_callback (socket->read_source, G_SOURCE_FUNC (read_some), socket, NULL);
  g_source_attach (socket->read_source, NULL);
  return socket;
}
