/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/images.h"

#include "base/log.h"
#include "base/picture.h"
#include "internal.pb-c.h"
#include "purple/account.h"
#include "purple/display.h"
#include "purple/host.h"
#include "sdk/file-info.h"

#define WAIT_MS 5000
#define PATIENCE_US (60 * G_USEC_PER_SEC) /* after one was too slow nothing is waited for so long */
#define LIMIT_MAX_KIB (32 * 1024)
#define SIDE_MAX 10000              /* pixels */
#define AREA_MAX (16 * 1024 * 1024) /* pixels: 64 MiB when decoded */

typedef struct {
  OpenimConnection *connection; /* owned while something is under way */
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
go_on_without (OpenimConnection *self, Image *image, const char *reason)
{
  openim_log (OPENIM_LOG, OPENIM_LOG_INFO, "a picture is not shown: %s", reason);
  if (image->second == NULL || !image->waiting) {
    settle (self, image);
    return;
  }
  g_free (image->url);
  image->url = g_steal_pointer (&image->second);
  fetch (self, image);
}

/* (nullable) Why the host's decoder shall not see it. */
static const char *
find_fault (GBytes *bytes)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  OpenimPicture picture;

  if (!openim_picture_read (data, length, &picture))
    return "it is none";
  if (picture.width > SIDE_MAX || picture.height > SIDE_MAX ||
      (gint64) picture.width * picture.height > AREA_MAX)
    return "it is too large";
  return openim_picture_is_whole (data, length) ? NULL
                                                : "it is damaged, or of a kind that not all hosts know";
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Image *image = user_data;
  g_autoptr (OpenimConnection) self = g_steal_pointer (&image->connection);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *data = NULL;
  gsize length = 0;
  const char *fault = NULL;

  if (g_file_load_contents_finish (G_FILE (source), result, &data, &length, NULL, &error)) {
    bytes = g_bytes_new_take (data, length);
    fault = find_fault (bytes);
  } else {
    fault = error->message;
  }
  if (openim_connection_is_open (self)) {
    if (fault == NULL) {
      image->picture = g_steal_pointer (&bytes);
      settle (self, image);
    } else {
      go_on_without (self, image, fault);
    }
  }
  image_unref (image);
}

static void
on_fetched (OpenimConnection *self, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Internal__DownloadFileResp *answer = (gconstpointer) response;
  Image *image = data;
  g_autoptr (GFile) file = NULL;

  if (error != NULL) {
    go_on_without (self, image, error->message);
    return;
  }
  file = g_file_new_for_path (answer->path);
  image->connection = openim_connection_ref (self);
  g_file_load_contents_async (file, NULL, on_read, image_ref (image));
}

static void
fetch (OpenimConnection *self, Image *image)
{
  Openim__Sdk__Internal__DownloadFileReq request = OPENIM__SDK__INTERNAL__DOWNLOAD_FILE_REQ__INIT;

  request.url = image->url;
  request.maxbytes = get_limit (self);
  openim_connection_call (self, OPENIM_INTERNAL_NUMBER (DownloadFile), &request, on_fetched,
                          image_ref (image), image_unref);
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
