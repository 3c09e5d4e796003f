/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Pictures as bytes: those of others, which a decoder may see, and those of this host, which become files. */

#include "purple/connection.h"

G_BEGIN_DECLS

typedef struct {
  gint64 bytes;
  gint64 area; /* pixels */
} OpenimPictureLimit;

/* @picture: a whole PNG, JPEG or GIF within @limit; NULL when it is not to be had, or nothing that a decoder
 * should see. Neither taken. */
typedef void (*OpenimPictureFunc) (OpenimConnection *self, GBytes *picture, gpointer data);
/* From the cache, or from @url. @func runs once, never from inside, but not when the connection has been
 * closed by then; @destroy (nullable) frees @data in any case. */
void openim_picture_fetch (OpenimConnection *self,
                           const char *url,
                           const OpenimPictureLimit *limit,
                           OpenimPictureFunc func,
                           gpointer data,
                           GDestroyNotify destroy);

/* @path: where the picture lies now; NULL with @error. */
typedef void (*OpenimPictureSaved) (OpenimConnection *self,
                                    const char *path,
                                    const GError *error,
                                    gpointer data);
/* Puts a picture of libpurple's store, which is copied at once, where files are that can be had again: one
 * that could not be sent is still there for the next try. Calls back like openim_picture_fetch. */
void openim_picture_save (OpenimConnection *self,
                          PurpleStoredImage *image,
                          OpenimPictureSaved func,
                          gpointer data,
                          GDestroyNotify destroy);

G_END_DECLS
