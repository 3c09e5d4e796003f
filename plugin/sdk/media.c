/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Functions that make messages with a picture, a sound, a film or a file: of a file on this disk, which is
 * looked at away from the main thread, or of a record that says where it is. */

#include "sdk/handlers.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "message.pb-c.h"

#include "base/disk.h"
#include "base/duration.h"
#include "base/picture.h"
#include "sdk/compose.h"

/* What is in a file. */
typedef struct {
  char *path; /* NULL: none is looked at */
  gboolean must_be_picture;
  gboolean lasts; /* a sound or a film, of which nobody has said how long it is */
  gint64 size;
  char *type;
  OpenimPicture picture; /* type NULL: it is none */
  gint64 duration;       /* seconds; 0: not known */
} Look;

/* Takes what was found; @files are those of look_at. */
typedef void (*FillFunc) (OpenimMessage *message, const Look *files);

typedef struct {
  OpenimMessage *message;
  FillFunc fill;
  Look files[2];
} Looking;

static void
looking_free (gpointer data)
{
  Looking *self = data;

  for (guint i = 0; i < G_N_ELEMENTS (self->files); i++) {
    g_free (self->files[i].path);
    g_free (self->files[i].type);
  }
  openim_pb_free (self->message);
  g_free (self);
}

static gboolean
look (Look *file, GError **error)
{
  g_autofree guint8 *head = g_malloc (OPENIM_PICTURE_HEAD);
  g_autofree char *name = g_path_get_basename (file->path);
  int fd = openim_disk_open (file->path, &file->size, error);
  gssize length;

  if (fd < 0)
    return FALSE;
  length = openim_disk_read (fd, head, OPENIM_PICTURE_HEAD, 0, error);
  close (fd);
  if (length < 0)
    return FALSE;

  file->type = openim_disk_guess_type (name, head, (gsize) length);
  if (!openim_picture_read (head, (gsize) length, &file->picture) && file->must_be_picture) {
    g_autofree char *shown = g_filename_display_name (name);

    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_FILE_NOT_FOUND,
                 _ ("“%s” is not a PNG, JPEG, GIF or WebP picture."), shown);
    return FALSE;
  }
  if (file->lasts)
    file->duration = openim_duration_read (file->path);
  return TRUE;
}

static void
look_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Looking *self = data;
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (self->files); i++) {
    if (self->files[i].path != NULL && !look (&self->files[i], &error)) {
      g_task_return_error (task, error);
      return;
    }
  }
  g_task_return_boolean (task, TRUE);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimCall *call = user_data;
  Looking *self = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    openim_call_take_error (call, error);
    return;
  }
  self->fill (self->message, self->files);
  openim_compose_answer (call, g_steal_pointer (&self->message));
}

typedef enum { PICTURE, LASTS, OTHER } Kind;

/* @message: (transfer full). @second: (nullable) or empty; of a picture. */
static void
look_at (
    OpenimCall *call, OpenimMessage *message, const char *first, Kind kind, const char *second, FillFunc fill)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_looked, call);
  Looking *self = g_new0 (Looking, 1);

  self->message = message;
  self->fill = fill;
  self->files[0].path = g_canonicalize_filename (first, NULL);
  self->files[0].must_be_picture = kind == PICTURE;
  self->files[0].lasts = kind == LASTS;
  if (second != NULL && *second != '\0')
    self->files[1].path = g_canonicalize_filename (second, NULL);
  self->files[1].must_be_picture = TRUE;
  g_task_set_task_data (task, self, looking_free);
  g_task_run_in_thread (task, look_in_thread);
}

static void
fail_without_file (OpenimCall *call)
{
  openim_call_fail (call, OPENIM_ERROR_SDK_ARGS, "The message has neither a file nor a record of one.");
}

/* ---- pictures */

static void
fill_picture (OpenimMessage *message, const Look *files)
{
  Openim__Sdk__Shared__PictureElem *elem = message->pictureelem;
  Openim__Sdk__Shared__PictureBaseInfo *picture =
      openim_pb_new (&openim__sdk__shared__picture_base_info__descriptor);

  openim_pb_set (&elem->sourcepath, files[0].path);
  openim_pb_take (&picture->uuid, g_uuid_string_random ());
  openim_pb_set (&picture->type, files[0].type);
  picture->size = files[0].size;
  picture->width = files[0].picture.width;
  picture->height = files[0].picture.height;
  elem->sourcepicture = picture;
}

void
openim_media_create_image (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateImageMessageReq *request = openim_call_get_request (call);
  Openim__Sdk__Shared__PictureElem *elem;
  OpenimMessage *message;

  if (*request->imagesourcepath == '\0' &&
      (request->sourcepicture == NULL || *request->sourcepicture->url == '\0')) {
    fail_without_file (call);
    return;
  }

  message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Picture);
  OPENIM_NEW_BODY (message, pictureelem, PICTURE_ELEM, picture_elem);
  elem = message->pictureelem;
  if (*request->imagesourcepath != '\0') {
    look_at (call, message, request->imagesourcepath, PICTURE, NULL, fill_picture);
    return;
  }
  elem->sourcepicture = openim_pb_copy (request->sourcepicture);
  if (request->bigpicture != NULL)
    elem->bigpicture = openim_pb_copy (request->bigpicture);
  if (request->snapshotpicture != NULL)
    elem->snapshotpicture = openim_pb_copy (request->snapshotpicture);
  openim_compose_answer (call, message);
}

/* ---- sounds */

static void
fill_sound (OpenimMessage *message, const Look *files)
{
  Openim__Sdk__Shared__SoundElem *elem = message->soundelem;

  openim_pb_set (&elem->soundpath, files[0].path);
  openim_pb_take (&elem->uuid, g_uuid_string_random ());
  openim_pb_set (&elem->soundtype, files[0].type);
  elem->datasize = files[0].size;
  if (elem->duration <= 0)
    elem->duration = files[0].duration;
}

void
openim_media_create_sound (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateSoundMessageReq *request = openim_call_get_request (call);
  const Openim__Sdk__Shared__SoundBaseInfo *record = request->soundelem;
  Openim__Sdk__Shared__SoundElem *elem;
  OpenimMessage *message;

  if (*request->soundpath == '\0' && (record == NULL || *record->sourceurl == '\0')) {
    fail_without_file (call);
    return;
  }

  message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Sound);
  OPENIM_NEW_BODY (message, soundelem, SOUND_ELEM, sound_elem);
  elem = message->soundelem;
  elem->duration = request->duration;
  if (*request->soundpath != '\0') {
    look_at (call, message, request->soundpath, request->duration > 0 ? OTHER : LASTS, NULL, fill_sound);
    return;
  }
  openim_pb_set (&elem->uuid, record->uuid);
  openim_pb_set (&elem->sourceurl, record->sourceurl);
  openim_pb_set (&elem->soundtype, record->soundtype);
  elem->datasize = record->datasize;
  elem->duration = record->duration;
  openim_compose_answer (call, message);
}

/* ---- films */

static void
fill_video (OpenimMessage *message, const Look *files)
{
  Openim__Sdk__Shared__VideoElem *elem = message->videoelem;

  openim_pb_set (&elem->videopath, files[0].path);
  openim_pb_take (&elem->videouuid, g_uuid_string_random ());
  if (*elem->videotype == '\0')
    openim_pb_set (&elem->videotype, files[0].type);
  elem->videosize = files[0].size;
  if (elem->duration <= 0)
    elem->duration = files[0].duration;
  if (files[1].path == NULL)
    return;
  openim_pb_set (&elem->snapshotpath, files[1].path);
  openim_pb_take (&elem->snapshotuuid, g_uuid_string_random ());
  openim_pb_set (&elem->snapshottype, files[1].type);
  elem->snapshotsize = files[1].size;
  elem->snapshotwidth = files[1].picture.width;
  elem->snapshotheight = files[1].picture.height;
}

static void
copy_video (Openim__Sdk__Shared__VideoElem *elem, const Openim__Sdk__Shared__VideoBaseInfo *record)
{
  openim_pb_set (&elem->videouuid, record->videouuid);
  openim_pb_set (&elem->videourl, record->videourl);
  openim_pb_set (&elem->videotype, record->videotype);
  elem->videosize = record->videosize;
  elem->duration = record->duration;
  openim_pb_set (&elem->snapshotuuid, record->snapshotuuid);
  openim_pb_set (&elem->snapshoturl, record->snapshoturl);
  openim_pb_set (&elem->snapshottype, record->snapshottype);
  elem->snapshotsize = record->snapshotsize;
  elem->snapshotwidth = record->snapshotwidth;
  elem->snapshotheight = record->snapshotheight;
}

void
openim_media_create_video (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateVideoMessageReq *request = openim_call_get_request (call);
  OpenimMessage *message;

  if (*request->videosourcepath == '\0' &&
      (request->videoelem == NULL || *request->videoelem->videourl == '\0')) {
    fail_without_file (call);
    return;
  }

  message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__Video);
  OPENIM_NEW_BODY (message, videoelem, VIDEO_ELEM, video_elem);
  if (*request->videosourcepath != '\0') {
    openim_pb_set (&message->videoelem->videotype, request->videotype);
    message->videoelem->duration = request->duration;
    look_at (call, message, request->videosourcepath, request->duration > 0 ? OTHER : LASTS,
             request->snapshotsourcepath, fill_video);
    return;
  }
  copy_video (message->videoelem, request->videoelem);
  openim_compose_answer (call, message);
}

/* ---- files */

static void
fill_file (OpenimMessage *message, const Look *files)
{
  Openim__Sdk__Shared__FileElem *elem = message->fileelem;

  openim_pb_set (&elem->filepath, files[0].path);
  openim_pb_take (&elem->uuid, g_uuid_string_random ());
  openim_pb_set (&elem->filetype, files[0].type);
  elem->filesize = files[0].size;
  if (*elem->filename == '\0') {
    g_autofree char *base = g_path_get_basename (files[0].path);

    openim_pb_take (&elem->filename, g_filename_display_name (base));
  }
}

void
openim_media_create_file (OpenimCall *call)
{
  const Openim__Sdk__Message__CreateFileMessageReq *request = openim_call_get_request (call);
  const Openim__Sdk__Shared__FileBaseInfo *record = request->fileelem;
  Openim__Sdk__Shared__FileElem *elem;
  OpenimMessage *message;

  if (*request->filesourcepath == '\0' && (record == NULL || *record->sourceurl == '\0')) {
    fail_without_file (call);
    return;
  }

  message = openim_compose_new (call, OPENIM__SDK__COMMON__CONTENT_TYPE__File);
  OPENIM_NEW_BODY (message, fileelem, FILE_ELEM, file_elem);
  elem = message->fileelem;
  openim_pb_set (&elem->filename, request->filename);
  if (*request->filesourcepath != '\0') {
    look_at (call, message, request->filesourcepath, OTHER, NULL, fill_file);
    return;
  }
  openim_pb_set (&elem->uuid, record->uuid);
  openim_pb_set (&elem->sourceurl, record->sourceurl);
  openim_pb_set (&elem->filetype, record->filetype);
  if (*record->filename != '\0')
    openim_pb_set (&elem->filename, record->filename);
  elem->filesize = record->filesize;
  openim_compose_answer (call, message);
}
