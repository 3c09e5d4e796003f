/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/picture.h"

#include <string.h>

#define SIDE_MAX 1000000 /* what is longer is no picture */

static guint32
big (const guint8 *at, int bytes)
{
  guint32 value = 0;

  for (int i = 0; i < bytes; i++)
    value = value << 8 | at[i];
  return value;
}

static guint32
little (const guint8 *at, int bytes)
{
  guint32 value = 0;

  for (int i = bytes - 1; i >= 0; i--)
    value = value << 8 | at[i];
  return value;
}

static gboolean
set (OpenimPicture *picture, const char *type, guint32 width, guint32 height)
{
  if (width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX)
    return FALSE;
  picture->type = type;
  picture->width = (int) width;
  picture->height = (int) height;
  return TRUE;
}

static gboolean
read_png (const guint8 *head, gsize length, OpenimPicture *picture)
{
  return length >= 24 && memcmp (head, "\x89PNG\r\n\x1a\n", 8) == 0 && memcmp (head + 12, "IHDR", 4) == 0 &&
         set (picture, "image/png", big (head + 16, 4), big (head + 20, 4));
}

static gboolean
read_gif (const guint8 *head, gsize length, OpenimPicture *picture)
{
  return length >= 10 && (memcmp (head, "GIF87a", 6) == 0 || memcmp (head, "GIF89a", 6) == 0) &&
         set (picture, "image/gif", little (head + 6, 2), little (head + 8, 2));
}

/* The three forms of WebP: lossy, lossless, extended. */
static gboolean
read_webp (const guint8 *head, gsize length, OpenimPicture *picture)
{
  if (length < 30 || memcmp (head, "RIFF", 4) != 0 || memcmp (head + 8, "WEBP", 4) != 0)
    return FALSE;
  if (memcmp (head + 12, "VP8 ", 4) == 0)
    return memcmp (head + 23, "\x9d\x01\x2a", 3) == 0 &&
           set (picture, "image/webp", little (head + 26, 2) & 0x3fff, little (head + 28, 2) & 0x3fff);
  if (memcmp (head + 12, "VP8L", 4) == 0) {
    guint32 bits = little (head + 21, 4);

    return head[20] == 0x2f && set (picture, "image/webp", (bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1);
  }
  return memcmp (head + 12, "VP8X", 4) == 0 &&
         set (picture, "image/webp", little (head + 24, 3) + 1, little (head + 27, 3) + 1);
}

/* TRUE when the picture lies on its side: orientation 5 to 8 of the first directory of an Exif segment. */
static gboolean
is_turned (const guint8 *exif, gsize length)
{
  guint32 (*number) (const guint8 *, int);
  const guint8 *tiff = exif + 6;
  gsize size, directory, count;

  if (length < 14 || memcmp (exif, "Exif\0", 6) != 0)
    return FALSE;
  size = length - 6;
  if (memcmp (tiff, "II*\0", 4) == 0)
    number = little;
  else if (memcmp (tiff, "MM\0*", 4) == 0)
    number = big;
  else
    return FALSE;

  directory = number (tiff + 4, 4);
  if (directory > size || size - directory < 2)
    return FALSE;
  count = number (tiff + directory, 2);
  for (gsize i = 0; i < count; i++) {
    gsize at = directory + 2 + i * 12;

    if (at + 12 > size)
      return FALSE;
    if (number (tiff + at, 2) == 0x0112) {
      guint32 orientation = number (tiff + at + 8, 2);

      return orientation >= 5 && orientation <= 8;
    }
  }
  return FALSE;
}

/* Segment by segment to the first frame header. */
static gboolean
read_jpeg (const guint8 *head, gsize length, OpenimPicture *picture)
{
  gboolean turned = FALSE;
  gsize at = 2;

  if (length < 4 || memcmp (head, "\xff\xd8\xff", 3) != 0)
    return FALSE;
  while (at + 4 <= length && head[at] == 0xff) {
    guint8 marker = head[at + 1];
    gsize segment;

    if (marker == 0xff) { /* padding */
      at++;
      continue;
    }
    if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) { /* stand alone */
      at += 2;
      continue;
    }
    segment = big (head + at + 2, 2);
    if (segment < 2 || marker == 0xd8 || marker == 0xd9 || marker == 0xda)
      return FALSE;
    if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
      guint32 height, width;

      if (segment < 8 || at + 9 > length)
        return FALSE;
      height = big (head + at + 5, 2);
      width = big (head + at + 7, 2);
      return turned ? set (picture, "image/jpeg", height, width) : set (picture, "image/jpeg", width, height);
    }
    if (marker == 0xe1 && at + 2 + segment <= length)
      turned = turned || is_turned (head + at + 4, segment - 2);
    at += 2 + segment;
  }
  return FALSE;
}

gboolean
openim_picture_read (const guint8 *head, gsize length, OpenimPicture *picture)
{
  return read_png (head, length, picture) || read_jpeg (head, length, picture) ||
         read_gif (head, length, picture) || read_webp (head, length, picture);
}

static gboolean
is_whole_png (const guint8 *data, gsize length)
{
  gsize at = 8;

  while (length - at >= 12) {
    gsize chunk = big (data + at, 4);

    if (chunk > length - at - 12)
      return FALSE;
    if (memcmp (data + at + 4, "IEND", 4) == 0)
      return TRUE;
    at += chunk + 12;
  }
  return FALSE;
}

/* Cameras put things behind the end. */
static gboolean
is_whole_jpeg (const guint8 *data, gsize length)
{
  for (gsize at = length - 1; at > 2; at--)
    if (data[at] == 0xd9 && data[at - 1] == 0xff)
      return TRUE;
  return FALSE;
}

static gboolean
is_whole_gif (const guint8 *data, gsize length)
{
  while (length > 0 && data[length - 1] == 0)
    length--;
  return length > 0 && data[length - 1] == 0x3b;
}

gboolean
openim_picture_is_whole (const guint8 *data, gsize length)
{
  OpenimPicture picture;

  if (read_png (data, length, &picture))
    return is_whole_png (data, length);
  if (read_jpeg (data, length, &picture))
    return is_whole_jpeg (data, length);
  return read_gif (data, length, &picture) && is_whole_gif (data, length);
}
