/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "base/disk.h"
#include "base/picture.h"

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"
#define EXIF_TURNED                                                                                          \
  "\xff\xe1\0\x22"                                                                                           \
  "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
#define FRAME "\xff\xc2\0\x11\x08\0\x14\0\x1e\x03"

#define ROW(bytes, ...)                                                                                      \
  {                                                                                                          \
    bytes, sizeof (bytes) - 1, __VA_ARGS__                                                                   \
  }

typedef struct {
  const char *bytes;
  gsize length;
  const char *type; /* NULL: none */
  int width;
  int height;
} Row;

static const Row rows[] = {
  ROW (PNG "\0\0\0\x1e\0\0\0\x14\x08\x06", "image/png", 30, 20),
  ROW (PNG "\0\0\0\0\0\0\0\x14\x08\x06", NULL, 0, 0),
  ROW (PNG "\xff\xff\xff\xff\0\0\0\x14\x08\x06", NULL, 0, 0),
  ROW (PNG "\0\0\x75\x30\0\0\x75\x30\x08\x06", "image/png", 30000, 30000),
  ROW ("GIF89a\x1e\0\x14\0\0\0\0", "image/gif", 30, 20),
  ROW ("GIF90a\x1e\0\x14\0\0\0\0", NULL, 0, 0),
  ROW ("RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x1e\0\x14\0", "image/webp", 30, 20),
  ROW ("RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x1d\xc0\x04\0\0\0\0\0\0", "image/webp", 30, 20),
  ROW ("RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0\x1d\0\0\x13\0\0", "image/webp", 30, 20),
  ROW ("RIFF\0\0\0\0WAVEVP8X\0\0\0\0\0\0\0\0\x1d\0\0\x13\0\0", NULL, 0, 0),
  ROW ("\xff\xd8\xff\xe0\0\x04xx" FRAME, "image/jpeg", 30, 20),
  ROW ("\xff\xd8\xff\xff\xe0\0\x04xx\xff\xc4\0\x04xx" FRAME, "image/jpeg", 30, 20),
  ROW ("\xff\xd8" EXIF_TURNED FRAME, "image/jpeg", 20, 30),
  ROW ("\xff\xd8\xff\xe0\xff\xffxx" FRAME, NULL, 0, 0), /* a segment that is longer than the file */
  ROW ("\xff\xd8\xff\xe0\0\0xx" FRAME, NULL, 0, 0),
  ROW ("\xff\xd8\xff\xda\0\x04xx" FRAME, NULL, 0, 0),
  ROW ("\xff\xd8\xff\xe0\0\x04xxjunk" FRAME, NULL, 0, 0),
  ROW ("hello", NULL, 0, 0),
  ROW ("", NULL, 0, 0),
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const Row *row = &rows[i];
    OpenimPicture picture = { 0 };
    gboolean is = openim_picture_read ((const guint8 *) row->bytes, row->length, &picture);

    g_test_message ("row %u", i);
    g_assert_true (is == (row->type != NULL));
    if (!is)
      continue;
    g_assert_cmpstr (picture.type, ==, row->type);
    g_assert_cmpint (picture.width, ==, row->width);
    g_assert_cmpint (picture.height, ==, row->height);
  }
}

/* Cut anywhere, in a block that ends there, and with any byte changed: the address sanitizer looks. */
static void
test_broken (void)
{
  OpenimPicture picture;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    for (gsize length = 0; length <= rows[i].length; length++) {
      g_autofree guint8 *copy = g_memdup2 (rows[i].bytes, length);

      openim_picture_read (copy, length, &picture);
      for (gsize at = 0; at < length; at++) {
        guint8 before = copy[at];

        copy[at] = (guint8) g_test_rand_int ();
        openim_picture_read (copy, length, &picture);
        copy[at] = 0xff;
        openim_picture_read (copy, length, &picture);
        copy[at] = before;
      }
    }
  }
}

static void
test_type (void)
{
  g_autofree char *picture = openim_disk_guess_type ("x.txt", (const guint8 *) rows[0].bytes, rows[0].length);
  g_autofree char *unknown = openim_disk_guess_type ("x", (const guint8 *) "\x01\x02\0\x03", 4);

  g_assert_cmpstr (picture, ==, "image/png");
  g_assert_nonnull (strchr (unknown, '/'));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/rows", test_rows);
  g_test_add_func ("/picture/broken", test_broken);
  g_test_add_func ("/picture/type", test_type);
  return g_test_run ();
}
