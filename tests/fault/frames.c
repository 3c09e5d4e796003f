/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */

#include "frames.h"

#include <string.h>

#define HEAD_MAX (64 * 1024) /* bytes; a longer answer to the handshake is none */

void
frames_init (Frames *frames)
{
  frames->pending = g_byte_array_new ();
  frames->upgraded = FALSE;
  frames->plain = FALSE;
}

void
frames_clear (Frames *frames)
{
  g_clear_pointer (&frames->pending, g_byte_array_unref);
}

void
frames_push (Frames *frames, const guint8 *data, gsize length)
{
  g_byte_array_append (frames->pending, data, (guint) length);
}

static GBytes *
take (Frames *frames, gsize length)
{
  GBytes *unit = g_bytes_new (frames->pending->data, length);

  g_byte_array_remove_range (frames->pending, 0, (guint) length);
  return unit;
}

/* Length of the frame at @at with its head, 0 when not all of it is there. */
static gsize
frame_length (const guint8 *at, gsize available)
{
  guint64 payload = 0;
  gsize head = 2;

  if (available < 2)
    return 0;
  payload = at[1] & 0x7f;
  if (payload == 126) {
    if (available < 4)
      return 0;
    payload = (guint64) at[2] << 8 | at[3];
    head = 4;
  } else if (payload == 127) {
    if (available < 10)
      return 0;
    payload = 0;
    for (guint i = 2; i < 10; i++)
      payload = payload << 8 | at[i];
    head = 10;
  }
  if ((at[1] & 0x80) != 0)
    head += 4;
  return payload <= available - MIN (head, available) && available >= head ? head + (gsize) payload : 0;
}

GBytes *
frames_pop (Frames *frames, gboolean *is_message)
{
  const guint8 *data = frames->pending->data;
  gsize available = frames->pending->len;
  gsize length = 0;

  *is_message = FALSE;
  if (data == NULL || available == 0)
    return NULL;
  if (!frames->upgraded && !frames->plain) {
    const guint8 *end = memmem (data, available, "\r\n\r\n", 4);

    if (end == NULL && available < HEAD_MAX && memcmp (data, "HTTP/", MIN (available, 5)) == 0)
      return NULL;
    if (end != NULL && available > 12 && memcmp (data + 8, " 101", 4) == 0) {
      frames->upgraded = TRUE;
      return take (frames, (gsize) (end - data) + 4);
    }
    frames->plain = TRUE;
  }
  if (frames->plain)
    return take (frames, available);

  if ((data[0] & 0x08) != 0) { /* close, ping, pong */
    length = frame_length (data, available);
    return length > 0 ? take (frames, length) : NULL;
  }
  for (gsize at = 0; at < available;) {
    gsize frame = frame_length (data + at, available - at);

    if (frame == 0)
      return NULL;
    at += frame;
    if ((data[at - frame] & 0x80) != 0 && (data[at - frame] & 0x08) == 0) {
      *is_message = TRUE;
      return take (frames, at);
    }
  }
  return NULL;
}
