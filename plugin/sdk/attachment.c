/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/attachment.h"

#include <string.h>

#include "base/disk.h"

#define SNAPSHOT_SIDE 640 /* pixels */
#define SUFFIX_MAX 12

#define IS(message, CASE) ((message)->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_##CASE)

char *
openim_attachment_name (OpenimCall *call, const char *name)
{
  g_autofree char *own = g_strconcat (openim_call_get_user_id (call), "/", NULL);

  return g_str_has_prefix (name, own) ? g_strdup (name) : g_strconcat (own, name, NULL);
}

/* ---- one file */

typedef struct _Attachment Attachment;

struct _Attachment {
  OpenimCall *call;
  OpenimFunction event;
  int told; /* percent */
  void (*next) (Attachment *self, char *url, GError *error);
  OpenimAttachmentFunc func;

  OpenimMessage *message; /* (nullable) that it belongs to, not owned */
  OpenimAttachmentsFunc done;
};

static Attachment *
attachment_new (OpenimCall *call, OpenimFunction event)
{
  Attachment *self = g_new0 (Attachment, 1);

  self->call = call;
  self->event = event;
  return self;
}

/* All these events have one field. */
static void
on_progress (gpointer owner, gint64 sent, gint64 total)
{
  Attachment *self = owner;
  int percent = (int) ((double) sent / (double) total * 100);
  const ProtobufCMessageDescriptor *descriptor;
  gpointer data;

  openim_call_tell (self->call, sent, total);
  if (self->event == 0 || percent == self->told)
    return;
  self->told = percent;
  descriptor = openim_event_find (self->event)->data;
  data = openim_pb_new (descriptor);
  G_STRUCT_MEMBER (gint32, data, openim_pb_field (descriptor, "progress")->offset) = percent;
  openim_call_emit (self->call, self->event, data);
}

static void
on_uploaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attachment *self = user_data;
  GError *error = NULL;
  char *url = openim_files_upload_finish (OPENIM_FILES (source), result, &error);

  self->next (self, url, error);
}

/* @next: takes @self. */
static void
upload_one (Attachment *self,
            const OpenimUpload *upload,
            void (*next) (Attachment *self, char *url, GError *error))
{
  self->next = next;
  self->told = -1;
  openim_files_upload_async (openim_call_get_resources (self->call)->files, upload, on_progress, self,
                             openim_call_get_cancellable (self->call), on_uploaded, self);
}

static void
on_alone (Attachment *self, char *url, GError *error)
{
  self->func (self->call, url, error);
  g_free (self);
}

void
openim_attachment_upload (OpenimCall *call,
                          const OpenimUpload *upload,
                          OpenimFunction event,
                          OpenimAttachmentFunc func)
{
  Attachment *self = attachment_new (call, event);

  self->func = func;
  upload_one (self, upload, on_alone);
}

/* ---- the files of a message */

gboolean
openim_attachments_missing (const OpenimMessage *message)
{
  if (IS (message, PICTURE_ELEM))
    return message->pictureelem->sourcepicture == NULL || *message->pictureelem->sourcepicture->url == '\0';
  if (IS (message, SOUND_ELEM))
    return *message->soundelem->sourceurl == '\0';
  if (IS (message, VIDEO_ELEM))
    return *message->videoelem->videourl == '\0';
  return IS (message, FILE_ELEM) && *message->fileelem->sourceurl == '\0';
}

static const char *
path_of (const OpenimMessage *message)
{
  if (IS (message, PICTURE_ELEM))
    return message->pictureelem->sourcepath;
  if (IS (message, SOUND_ELEM))
    return message->soundelem->soundpath;
  return IS (message, VIDEO_ELEM) ? message->videoelem->videopath : message->fileelem->filepath;
}

gboolean
openim_attachments_available (const OpenimMessage *message)
{
  /* What counts as sent may be somebody else's, who could name any file of this disk. */
  return message->status != OPENIM__SDK__COMMON__MSG_STATUS__SendSuccess && *path_of (message) != '\0';
}

/* "USER/msg_picture_ID.png" */
static void
upload_media (Attachment *self,
              const char *path,
              const char *kind,
              const char *type,
              const char *cause,
              void (*next) (Attachment *self, char *url, GError *error))
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *clean = openim_disk_clean_name (base);
  const char *suffix = strrchr (clean, '.');
  g_autofree char *own = g_strdup_printf ("msg_%s_%s%s", kind, self->message->clientmsgid,
                                          suffix != NULL && strlen (suffix) <= SUFFIX_MAX ? suffix : "");
  g_autofree char *name = openim_attachment_name (self->call, own);
  OpenimUpload upload = { path, name, type, cause };

  upload_one (self, &upload, next);
}

/* A smaller one, which the server makes when it is asked for. */
static Openim__Sdk__Shared__PictureBaseInfo *
snapshot_of (const Openim__Sdk__Shared__PictureBaseInfo *picture)
{
  Openim__Sdk__Shared__PictureBaseInfo *snapshot = openim_pb_copy (picture);
  int longer = MAX (picture->width, picture->height);

  openim_pb_take (&snapshot->url, g_strdup_printf ("%s?type=image&width=%d&height=%d", picture->url,
                                                   SNAPSHOT_SIDE, SNAPSHOT_SIDE));
  snapshot->size = 0;
  if (longer > SNAPSHOT_SIDE) {
    snapshot->width = MAX ((int) ((gint64) picture->width * SNAPSHOT_SIDE / longer), 1);
    snapshot->height = MAX ((int) ((gint64) picture->height * SNAPSHOT_SIDE / longer), 1);
  }
  return snapshot;
}

static void
set_picture (Openim__Sdk__Shared__PictureElem *elem, const char *url)
{
  if (elem->sourcepicture == NULL)
    elem->sourcepicture = openim_pb_new (&openim__sdk__shared__picture_base_info__descriptor);
  openim_pb_set (&elem->sourcepicture->url, url);
  openim_pb_free (elem->bigpicture);
  elem->bigpicture = openim_pb_copy (elem->sourcepicture);
  openim_pb_free (elem->snapshotpicture);
  elem->snapshotpicture = snapshot_of (elem->sourcepicture);
}

static void
on_main_file (Attachment *self, char *url, GError *error)
{
  OpenimMessage *message = self->message;

  if (url != NULL && IS (message, PICTURE_ELEM))
    set_picture (message->pictureelem, url);
  else if (url != NULL && IS (message, SOUND_ELEM))
    openim_pb_set (&message->soundelem->sourceurl, url);
  else if (url != NULL && IS (message, VIDEO_ELEM))
    openim_pb_set (&message->videoelem->videourl, url);
  else if (url != NULL)
    openim_pb_set (&message->fileelem->sourceurl, url);
  g_free (url);
  self->done (self->call, error);
  g_free (self);
}

static void
upload_file (Attachment *self)
{
  const Openim__Sdk__Shared__FileElem *elem = self->message->fileelem;
  g_autofree char *base = g_path_get_basename (elem->filepath);
  g_autofree char *clean = openim_disk_clean_name (*elem->filename != '\0' ? elem->filename : base);
  g_autofree char *own = g_strdup_printf ("msg_file_%s/%s", self->message->clientmsgid, clean);
  g_autofree char *name = openim_attachment_name (self->call, own);
  OpenimUpload upload = { elem->filepath, name, elem->filetype, "msg-file" };

  upload_one (self, &upload, on_main_file);
}

static void
upload_main_file (Attachment *self)
{
  const OpenimMessage *message = self->message;

  self->event = OPENIM__EVENT__FUNC_REQUEST_EVENT_NAME__EventOnSendMsgProgress;
  if (IS (message, PICTURE_ELEM)) {
    const Openim__Sdk__Shared__PictureBaseInfo *picture = message->pictureelem->sourcepicture;

    upload_media (self, message->pictureelem->sourcepath, "picture", picture != NULL ? picture->type : NULL,
                  "msg-picture", on_main_file);
  } else if (IS (message, SOUND_ELEM)) {
    upload_media (self, message->soundelem->soundpath, "voice", message->soundelem->soundtype, "msg-voice",
                  on_main_file);
  } else if (IS (message, VIDEO_ELEM)) {
    upload_media (self, message->videoelem->videopath, "video", message->videoelem->videotype, "msg-video",
                  on_main_file);
  } else {
    upload_file (self);
  }
}

static void
on_snapshot (Attachment *self, char *url, GError *error)
{
  if (url == NULL) {
    on_main_file (self, NULL, error);
    return;
  }
  openim_pb_take (&self->message->videoelem->snapshoturl, url);
  upload_main_file (self);
}

void
openim_attachments_upload (OpenimCall *call, OpenimMessage *message, OpenimAttachmentsFunc done)
{
  Attachment *self = attachment_new (call, 0);
  const Openim__Sdk__Shared__VideoElem *video = IS (message, VIDEO_ELEM) ? message->videoelem : NULL;

  self->message = message;
  self->done = done;
  /* First, and without a word, so that the progress of the film is the end of it. */
  if (video != NULL && *video->snapshotpath != '\0' && *video->snapshoturl == '\0')
    upload_media (self, video->snapshotpath, "videoSnapshot", video->snapshottype, "msg-video-snapshot",
                  on_snapshot);
  else
    upload_main_file (self);
}
