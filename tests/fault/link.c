/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "link.h"

#include <string.h>
#include <sys/socket.h>

#include "frames.h"

#define READ_BYTES 16384
#define OVERTAKE_MS 200
#define HELD_BYTES (256 * 1024) /* a pipe that holds more does not read: the sender feels a slow reader */

typedef struct {
  GBytes *bytes; /* NULL: end of the stream, */
  gboolean cut;  /* or of the connection */
  gint64 due;    /* monotonic µs */
  gsize done;
} Piece;

typedef struct {
  Link *link;
  GSocket *from;
  GSocket *to;
  GQueue pieces;
  gsize held;
  gint64 last_due;
  guint64 passed; /* bytes written */
  guint64 *total;
  GSource *reading;
  GSource *writing;
  guint timer;
  guint reading_timer; /* until more is read */
  gboolean finished;   /* nothing more comes from the sender */
  gboolean ended;      /* … and the end has been passed on */
  gboolean down;       /* from the server: WebSocket messages are told apart */
  Frames frames;
  GBytes *moved;     /* a message that waits for the next one to overtake it, */
  guint moved_timer; /* or for that to take too long */
} Pipe;

struct _Link {
  GSocket *client;
  GSocket *server;
  LinkShared *shared;
  LinkDone done;
  gpointer data;
  Pipe up;
  Pipe down;
  gboolean swallowing;
  gboolean over;
};

static void pump (Pipe *way);
static void listen_for_input (Pipe *way);

static void
piece_free (gpointer data)
{
  Piece *piece = data;

  g_clear_pointer (&piece->bytes, g_bytes_unref);
  g_free (piece);
}

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
pipe_clear (Pipe *way)
{
  drop_source (&way->reading);
  drop_source (&way->writing);
  g_clear_handle_id (&way->timer, g_source_remove);
  g_clear_handle_id (&way->reading_timer, g_source_remove);
  g_clear_handle_id (&way->moved_timer, g_source_remove);
  g_queue_clear_full (&way->pieces, piece_free);
  frames_clear (&way->frames);
  g_clear_pointer (&way->moved, g_bytes_unref);
}

static gint64
rand_range (Link *link, gint64 limit)
{
  return limit > 0 ? (gint64) (g_rand_double (link->shared->rand) * (double) limit) : 0;
}

/* When bytes that came now may go: after the latency, not before those that came earlier, at the line's
 * speed. */
static gint64
due_of (Pipe *way, gsize length)
{
  const Rules *rules = way->link->shared->rules;
  gint64 wait = rules->latency * 1000;
  gint64 due = 0;

  if (rules->jitter > 0)
    wait += rand_range (way->link, rules->jitter * 2000) - rules->jitter * 1000;
  due = MAX (g_get_monotonic_time () + MAX (wait, 0), way->last_due);
  if (rules->rate > 0)
    due += (gint64) length * G_USEC_PER_SEC / rules->rate;
  way->last_due = due;
  return due;
}

static void
enqueue (Pipe *way, GBytes *bytes)
{
  Piece *piece = g_new0 (Piece, 1);

  piece->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  piece->due = due_of (way, bytes != NULL ? g_bytes_get_size (bytes) : 0);
  way->held += bytes != NULL ? g_bytes_get_size (bytes) : 0;
  g_queue_push_tail (&way->pieces, piece);
}

static gboolean
happens (Link *link, gint64 per_mille)
{
  return per_mille > 0 && rand_range (link, 1000) < per_mille;
}

/* Only the first @length bytes of @unit get through, then the connection is over. */
static void
enqueue_cut (Pipe *way, GBytes *unit, gsize length)
{
  g_autoptr (GBytes) first = g_bytes_new_from_bytes (unit, 0, length);

  if (length > 0)
    enqueue (way, first);
  enqueue (way, NULL);
  ((Piece *) g_queue_peek_tail (&way->pieces))->cut = TRUE;
  way->finished = TRUE;
  drop_source (&way->reading);
}

/* After the first byte of a letter that has several; 0: there is none. */
static gsize
inside_letter (Link *link, const guint8 *data, gsize length)
{
  gsize skipped = (gsize) rand_range (link, (gint64) length);

  for (gsize i = 0; i + 1 < length; i++) {
    gsize at = (i + skipped) % (length - 1);

    if (data[at] >= 0xc2 && data[at] <= 0xf4 && (data[at + 1] & 0xc0) == 0x80)
      return at + 1;
  }
  return 0;
}

/* Somewhere in the body of an HTTP answer; 0: there is none. */
static gsize
inside_body (Link *link, const guint8 *data, gsize length)
{
  const guint8 *end = memmem (data, length, "\r\n\r\n", 4);
  gsize head = end != NULL ? (gsize) (end - data) + 4 : length;

  return head + 1 < length ? head + 1 + (gsize) rand_range (link, (gint64) (length - head - 1)) : 0;
}

/* Where @unit breaks off; 0: it does not. */
static gsize
cut_inside (Pipe *way, GBytes *unit, gboolean is_message)
{
  const Rules *rules = way->link->shared->rules;
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (unit, &length);

  if (is_message && length > 1 && happens (way->link, rules->cut_frame))
    return 1 + (gsize) rand_range (way->link, (gint64) length - 1);
  if (length > 1 && happens (way->link, rules->cut_text))
    return inside_letter (way->link, data, length);
  if (way->frames.plain && happens (way->link, rules->cut_body))
    return inside_body (way->link, data, length);
  return 0;
}

static void
enqueue_moved (Pipe *way)
{
  g_clear_handle_id (&way->moved_timer, g_source_remove);
  if (way->moved == NULL)
    return;
  enqueue (way, way->moved);
  g_clear_pointer (&way->moved, g_bytes_unref);
}

static gboolean
on_not_overtaken (gpointer data)
{
  Pipe *way = data;

  way->moved_timer = 0;
  enqueue_moved (way);
  pump (way);
  return G_SOURCE_REMOVE;
}

static void
enqueue_messages (Pipe *way, const guint8 *data, gsize length)
{
  const Rules *rules = way->link->shared->rules;
  gboolean is_message = FALSE;
  GBytes *unit = NULL;

  frames_push (&way->frames, data, length);
  while (!way->finished && (unit = frames_pop (&way->frames, &is_message)) != NULL) {
    g_autoptr (GBytes) held = unit;
    gsize cut = cut_inside (way, unit, is_message);

    if (cut > 0) {
      enqueue_cut (way, unit, cut);
      return;
    }
    if (is_message && way->moved == NULL && happens (way->link, rules->reorder)) {
      way->moved = g_steal_pointer (&held);
      way->moved_timer = g_timeout_add (OVERTAKE_MS, on_not_overtaken, way);
      continue;
    }
    enqueue (way, unit);
    if (is_message && happens (way->link, rules->duplicate))
      enqueue (way, unit);
    enqueue_moved (way);
  }
}

static void
reset (GSocket *sock)
{
  struct linger now = { 1, 0 };

  if (sock != NULL)
    setsockopt (g_socket_get_fd (sock), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void
link_end (Link *link, gboolean abrupt)
{
  if (link->over)
    return;
  link->over = TRUE;
  pipe_clear (&link->up);
  pipe_clear (&link->down);
  if (abrupt) {
    reset (link->client);
    reset (link->server);
  }
  g_socket_close (link->client, NULL);
  if (link->server != NULL)
    g_socket_close (link->server, NULL);
  link->done (link, link->data);
}

void
link_swallow (Link *link)
{
  link->swallowing = TRUE;
  g_queue_clear_full (&link->up.pieces, piece_free);
  g_queue_clear_full (&link->down.pieces, piece_free);
  link->up.held = link->down.held = 0;
}

static gboolean
on_timer (gpointer data)
{
  Pipe *way = data;

  way->timer = 0;
  pump (way);
  return G_SOURCE_REMOVE;
}

static gboolean
on_writable (GSocket *sock, GIOCondition condition, gpointer data)
{
  Pipe *way = data;

  drop_source (&way->writing);
  pump (way);
  return G_SOURCE_REMOVE;
}

static void
wait_for_room (Pipe *way)
{
  if (way->writing != NULL)
    return;
  way->writing = g_socket_create_source (way->to, G_IO_OUT, NULL);
  g_source_set_callback (way->writing, G_SOURCE_FUNC (on_writable), way, NULL);
  g_source_attach (way->writing, NULL);
}

/* So many bytes may still go by before the connection is cut; -1: all. */
static gint64
left_of (const Pipe *way)
{
  const Rules *rules = way->link->shared->rules;
  gint64 cut = way->down ? rules->cut : rules->cut_up;
  gint64 once = way->down ? rules->cut_once : rules->cut_once_up;
  gint64 left = -1;

  if (cut > 0)
    left = MAX (cut - (gint64) way->passed, 0);
  if (once > 0 && (left < 0 || once - (gint64) *way->total < left))
    left = MAX (once - (gint64) *way->total, 0);
  return left;
}

static void
cut_now (Pipe *way)
{
  Rules *rules = way->link->shared->rules;
  gint64 *once = way->down ? &rules->cut_once : &rules->cut_once_up;

  if (*once > 0 && (gint64) *way->total >= *once)
    *once = 0;
  link_end (way->link, rules->abrupt != 0);
}

/* TRUE: the connection has been cut, @way is gone. */
static gboolean
write_piece (Pipe *way, Piece *piece, gboolean *blocked)
{
  const Rules *rules = way->link->shared->rules;
  gsize length = 0;
  const char *data = g_bytes_get_data (piece->bytes, &length);
  gint64 left = left_of (way);
  g_autoptr (GError) error = NULL;
  gsize wanted = length - piece->done;
  gssize written = 0;

  if (rules->piece > 0)
    wanted = MIN (wanted, (gsize) rules->piece);
  if (left >= 0)
    wanted = MIN (wanted, (gsize) left);
  if (wanted > 0)
    written = g_socket_send (way->to, data + piece->done, wanted, NULL, &error);
  if (written < 0) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK)) {
      *blocked = TRUE;
      return FALSE;
    }
    link_end (way->link, TRUE);
    return TRUE;
  }
  piece->done += (gsize) written;
  way->held -= (gsize) written;
  way->passed += (guint64) written;
  *way->total += (guint64) written;
  if (left >= 0 && written == left) {
    cut_now (way);
    return TRUE;
  }
  return FALSE;
}

static void
pump (Pipe *way)
{
  Piece *piece = NULL;
  gboolean blocked = FALSE;

  while ((piece = g_queue_peek_head (&way->pieces)) != NULL && !blocked) {
    gint64 wait = piece->due - g_get_monotonic_time ();

    if (wait > 0) {
      if (way->timer == 0)
        way->timer = g_timeout_add ((guint) (wait / 1000) + 1, on_timer, way);
      break;
    }
    if (piece->cut) {
      link_end (way->link, way->link->shared->rules->abrupt != 0);
      return;
    }
    if (piece->bytes == NULL) {
      way->ended = TRUE;
      g_socket_shutdown (way->to, FALSE, TRUE, NULL);
      g_queue_pop_head (&way->pieces);
      piece_free (piece);
      if (way->link->up.ended && way->link->down.ended) {
        link_end (way->link, FALSE);
        return;
      }
      continue;
    }
    if (write_piece (way, piece, &blocked))
      return;
    if (piece->done == g_bytes_get_size (piece->bytes)) {
      g_queue_pop_head (&way->pieces);
      piece_free (piece);
    }
  }
  if (blocked)
    wait_for_room (way);
  if (way->reading == NULL && way->reading_timer == 0 && !way->finished && way->held < HELD_BYTES)
    listen_for_input (way);
}

static gboolean
on_reading_again (gpointer data)
{
  Pipe *way = data;

  way->reading_timer = 0;
  if (way->reading == NULL && !way->finished && way->held < HELD_BYTES)
    listen_for_input (way);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (GSocket *sock, GIOCondition condition, gpointer data)
{
  Pipe *way = data;
  guint8 buffer[READ_BYTES];
  g_autoptr (GError) error = NULL;
  gint64 rate = way->link->shared->rules->read_rate;
  gsize wanted = rate > 0 ? (gsize) CLAMP (rate / 50, 1, (gint64) sizeof buffer) : sizeof buffer;
  gssize length = g_socket_receive (sock, (char *) buffer, wanted, NULL, &error);

  if (length < 0) {
    if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
      return G_SOURCE_CONTINUE;
    if (way->link->swallowing && way == &way->link->down) {
      way->finished = TRUE;
      drop_source (&way->reading);
      return G_SOURCE_REMOVE; /* the server has given up; the client must find out by itself */
    }
    link_end (way->link, TRUE);
    return G_SOURCE_REMOVE;
  }
  if (length == 0) {
    way->finished = TRUE;
    drop_source (&way->reading);
    if (way->link->swallowing) {
      if (way == &way->link->up)
        link_end (way->link, FALSE);
      return G_SOURCE_REMOVE;
    }
    if (way->down && way->frames.pending->len > 0) {
      g_autoptr (GBytes) rest = g_bytes_new (way->frames.pending->data, way->frames.pending->len);

      enqueue (way, rest);
    }
    enqueue_moved (way);
    enqueue (way, NULL);
    pump (way);
    return G_SOURCE_REMOVE;
  }
  if (way->link->swallowing)
    return G_SOURCE_CONTINUE;
  if (way->down) {
    enqueue_messages (way, buffer, (gsize) length);
  } else {
    g_autoptr (GBytes) bytes = g_bytes_new (buffer, (gsize) length);

    enqueue (way, bytes);
  }
  if (rate > 0 && !way->finished)
    way->reading_timer = g_timeout_add ((guint) (length * 1000 / rate) + 1, on_reading_again, way);
  if (way->held >= HELD_BYTES || rate > 0)
    drop_source (&way->reading);
  pump (way);
  return G_SOURCE_CONTINUE;
}

static void
listen_for_input (Pipe *way)
{
  way->reading = g_socket_create_source (way->from, G_IO_IN, NULL);
  g_source_set_callback (way->reading, G_SOURCE_FUNC (on_readable), way, NULL);
  g_source_attach (way->reading, NULL);
}

static void
pipe_init (Pipe *way, Link *link, GSocket *from, GSocket *to, guint64 *total, gboolean down)
{
  way->link = link;
  way->from = from;
  way->to = to;
  way->total = total;
  way->down = down;
  g_queue_init (&way->pieces);
  frames_init (&way->frames);
  if (from != NULL)
    listen_for_input (way);
}

Link *
link_new (GSocket *client, GSocket *server, LinkShared *shared, LinkDone done, gpointer data)
{
  Link *link = g_new0 (Link, 1);

  link->client = g_object_ref (client);
  link->server = server != NULL ? g_object_ref (server) : NULL;
  link->shared = shared;
  link->done = done;
  link->data = data;
  link->swallowing = server == NULL;
  g_socket_set_blocking (client, FALSE);
  if (server != NULL)
    g_socket_set_blocking (server, FALSE);
  pipe_init (&link->up, link, client, server, &shared->up, FALSE);
  pipe_init (&link->down, link, server, client, &shared->down, TRUE);
  return link;
}

void
link_free (Link *link)
{
  g_clear_object (&link->client);
  g_clear_object (&link->server);
  g_free (link);
}
