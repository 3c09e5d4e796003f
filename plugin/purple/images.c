/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/images.h"

#include "purple/account.h"
#include "purple/display.h"
#include "purple/host.h"
#include "purple/picture.h"
#include "sdk/file-info.h"

#define WAIT_MS 5000
#define PATIENCE_US (60 * G_USEC_PER_SEC) /* after one was too slow nothing is waited for so long */
#define LIMIT_MAX_KIB (32 * 1024)
#define AREA_MAX (16 * 1024 * 1024) /* pixels: 64 MiB when decoded */

typedef struct {
  char *conversation_id;
  char *message_id;
  char *url;
  char *second; /* (nullable) if that is not to be had */
  GBytes *picture;
  gboolean waiting; /* the conversation is held for it */
  gint refs;
} Image;

struct _OpenimImages {
  GHashTable *by_message; /* client message ID → Image */
  gint64 impatient_until; /* monotonic µs */
};

static Image *
image_ref (Image *image)
{
  image->refs++;
  return image;
}

static void
image_unref (gpointer data)
{
  Image *image = data;

  if (--image->refs > 0)
    return;
  g_free (image->conversation_id);
  g_free (image->message_id);
  g_free (image->url);
  g_free (image->second);
  g_clear_pointer (&image->picture, g_bytes_unref);
  g_free (image);
}

OpenimImages *
openim_images_new (void)
{
  OpenimImages *images = g_new0 (OpenimImages, 1);

  images->by_message = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, image_unref);
  return images;
}

void
openim_images_free (OpenimImages *images)
{
  if (images == NULL)
    return;
  g_hash_table_destroy (images->by_message);
  g_free (images);
}

static gint64
get_limit (OpenimConnection *self)
{
  return (gint64) openim_option_get_number (self->account, OPENIM_OPTION_PICTURES, LIMIT_MAX_KIB) * 1024;
}

/* --- the picture comes --- */

static void fetch (OpenimConnection *self, Image *image);

/* It is there, or will not come; nothing more happens to @image. */
static void
settle (OpenimConnection *self, Image *image)
{
  OpenimReleased nothing = { 0 };

  if (!image->waiting)
    return;
  image->waiting = FALSE;
  openim_display_release (self, image->conversation_id, &nothing);
}

/* The next address, if there is one. */
static void
go_on_without (OpenimConnection *self, Image *image)
{
  if (image->second == NULL || !image->waiting) {
    settle (self, image);
    return;
  }
  g_free (image->url);
  image->url = g_steal_pointer (&image->second);
  fetch (self, image);
}

static void
on_fetched (OpenimConnection *self, GBytes *picture, gpointer data)
{
  Image *image = data;

  if (picture == NULL) {
    go_on_without (self, image);
    return;
  }
  image->picture = g_bytes_ref (picture);
  settle (self, image);
}

static void
fetch (OpenimConnection *self, Image *image)
{
  OpenimPictureLimit limit = { get_limit (self), AREA_MAX };

  openim_picture_fetch (self, image->url, &limit, on_fetched, image_ref (image), image_unref);
}

/* --- what messages ask for --- */

/* The address of a small picture first, if there is one; then that of the whole. */
static Image *
image_new (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message)
{
  g_auto (OpenimFileInfo) info = { 0 };
  Image *image = NULL;

  if (!openim_file_info_read (message, &info) || info.kind != OPENIM_FILE_PICTURE ||
      (info.preview == NULL && info.size > get_limit (self)))
    return NULL;
  image = g_new0 (Image, 1);
  image->refs = 1;
  image->conversation_id = g_strdup (conversation_id);
  image->message_id = g_strdup (message->clientmsgid);
  if (info.preview != NULL) {
    image->url = g_steal_pointer (&info.preview);
    if (info.size <= get_limit (self))
      image->second = g_steal_pointer (&info.url);
  } else {
    image->url = g_steal_pointer (&info.url);
  }
  return image;
}

gboolean
openim_images_wait (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message)
{
  OpenimImages *images = self->images;
  Image *image = NULL;

  if (*message->clientmsgid == '\0' || !openim_host_has_images () || get_limit (self) == 0)
    return FALSE;
  image = g_hash_table_lookup (images->by_message, message->clientmsgid);
  if (image != NULL) {
    if (image->waiting) /* the deadline has come first */
      images->impatient_until = g_get_monotonic_time () + PATIENCE_US;
    image->waiting = FALSE;
    return FALSE;
  }
  if (g_get_monotonic_time () < images->impatient_until)
    return FALSE;
  image = image_new (self, conversation_id, message);
  if (image == NULL)
    return FALSE;
  g_hash_table_insert (images->by_message, image->message_id, image);
  image->waiting = TRUE;
  openim_display_hold (self, conversation_id, WAIT_MS);
  fetch (self, image);
  return TRUE;
}

int
openim_images_take (OpenimConnection *self, const OpenimMessage *message)
{
  Image *image = g_hash_table_lookup (self->images->by_message, message->clientmsgid);
  int id = 0;

  if (image == NULL)
    return 0;
  if (image->picture != NULL) {
    gsize length = 0;
    gconstpointer data = g_bytes_get_data (image->picture, &length);
    gpointer copy = g_memdup2 (data, length);

    id = purple_imgstore_add_with_id (copy, length, NULL);
    if (id == 0)
      g_free (copy);
  }
  g_hash_table_remove (self->images->by_message, message->clientmsgid);
  return id;
}
