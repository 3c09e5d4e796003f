/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the first bytes of a picture say about it. Nothing is decoded: this is for sizes that go into messages
 * and for refusing pictures before a decoder sees them. Any thread. */

#include <glib.h>

G_BEGIN_DECLS

/* So much of a file is always enough: what stands before the size of a JPEG is that long at most. */
#define OPENIM_PICTURE_HEAD (1024 * 1024)

typedef struct {
  const char *type; /* MIME type: PNG, JPEG, GIF or WebP */
  int width;        /* pixels, 1 … 65535 or so; as it is shown, not as it lies in the file */
  int height;
} OpenimPicture;

/* FALSE when @head is not the beginning of a picture of these four kinds, or its size is not in there. */
gboolean openim_picture_read (const guint8 *head, gsize length, OpenimPicture *picture);

/* TRUE when a PNG, JPEG or GIF has its end too: a decoder would at least find what it looks for. */
gboolean openim_picture_is_whole (const guint8 *data, gsize length);

G_END_DECLS
