/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/attach.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "base/disk.h"
#include "base/error.h"
#include "base/picture.h"
#include "conversation.pb-c.h"
#include "message.pb-c.h"
#include "purple/account.h"
#include "purple/display.h"
#include "purple/host.h"
#include "purple/shown.h"

struct _OpenimAttachment {
  OpenimConnection *connection; /* owned while a thread is at work */
  int session;
  char *name;
  char *path;
  char *type; /* MIME, by content */
  OpenimAttachOptions options;

  guint64 call; /* under way; 0: none */
  char *message_id;
  gboolean all_sent;
  gboolean over; /* cancelled */
  gint refs;
};

static OpenimAttachment *
attachment_ref (OpenimAttachment *self)
{
  self->refs++;
  return self;
}

static void
attachment_unref (gpointer data)
{
  OpenimAttachment *self = data;

  if (--self->refs > 0)
    return;
  if (self->options.destroy != NULL)
    self->options.destroy (self->options.data);
  g_free (self->name);
  g_free (self->path);
  g_free (self->type);
  g_free (self->message_id);
  g_free (self);
}

static OpenimPeer
peer_of (const OpenimAttachment *self)
{
  return (OpenimPeer){ self->session, self->name };
}

static void
end (OpenimConnection *connection, OpenimAttachment *self, const GError *error, const OpenimMessage *message)
{
  self->call = 0;
  if (self->over)
    return;
  self->over = TRUE;
  self->options.done (connection, error, message, self->options.data);
}

/* --- sending --- */

static void
on_progress (OpenimConnection *connection, gint64 done, gint64 total, gpointer data)
{
  OpenimAttachment *self = data;

  self->all_sent = done >= total;
  if (!self->over && self->options.progress != NULL)
    self->options.progress (connection, done, total, self->options.data);
}

static void
on_sent (OpenimConnection *connection, const GError *error, const ProtobufCMessage *response, gpointer data)
{
  const Openim__Sdk__Message__SendMessageResp *answer = (gconstpointer) response;

  end (connection, data, error, error == NULL ? answer->message : NULL);
}

static void
send_message (OpenimConnection *connection, OpenimAttachment *self, const OpenimMessage *message)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  self->message_id = g_strdup (message->clientmsgid);
  if (self->options.is_on_screen)
    openim_shown_add_own (connection->shown, message->clientmsgid);
  request.message = (OpenimMessage *) message;
  if (self->session == OPENIM_SESSION_GROUP)
    request.groupid = self->name;
  else
    request.recvid = self->name;
  self->call = openim_connection_call_watched (connection, OPENIM_NUMBER (SendMessage), &request, on_progress,
                                               on_sent, attachment_ref (self), attachment_unref);
}

/* --- making the message --- */

static void
on_created (OpenimConnection *connection,
            OpenimAttachment *self,
            const GError *error,
            const OpenimMessage *message)
{
  self->call = 0;
  if (self->over)
    return;
  if (error != NULL)
    end (connection, self, error, NULL);
  else
    send_message (connection, self, message);
}

/* The four answers are alike but in type. */
#define ON_CREATED(kind, Type)                                                                               \
  static void on_##kind (OpenimConnection *connection, const GError *error,                                  \
                         const ProtobufCMessage *response, gpointer data)                                    \
  {                                                                                                          \
    const Openim__Sdk__Message__Create##Type##MessageResp *answer = (gconstpointer) response;                \
                                                                                                             \
    on_created (connection, data, error, error == NULL ? answer->message : NULL);                            \
  }

ON_CREATED (image, Image)
ON_CREATED (sound, Sound)
ON_CREATED (video, Video)
ON_CREATED (file, File)

static void
create (OpenimConnection *connection, OpenimAttachment *self)
{
  Openim__Sdk__Message__CreateImageMessageReq image = OPENIM__SDK__MESSAGE__CREATE_IMAGE_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateSoundMessageReq sound = OPENIM__SDK__MESSAGE__CREATE_SOUND_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateVideoMessageReq video = OPENIM__SDK__MESSAGE__CREATE_VIDEO_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateFileMessageReq file = OPENIM__SDK__MESSAGE__CREATE_FILE_MESSAGE_REQ__INIT;
  OpenimFunction function = OPENIM_NUMBER (CreateFileMessage);
  OpenimReplyFunc reply = on_file;
  gconstpointer request = &file;
  g_autofree char *base = g_path_get_basename (self->path);
  g_autofree char *shown = g_filename_display_name (base);

  image.imagesourcepath = sound.soundpath = video.videosourcepath = file.filesourcepath = self->path;
  video.videotype = self->type;
  file.filename = shown;
  if (g_str_has_prefix (self->type, "image/")) {
    function = OPENIM_NUMBER (CreateImageMessage);
    reply = on_image;
    request = &image;
  } else if (g_str_has_prefix (self->type, "audio/")) {
    function = OPENIM_NUMBER (CreateSoundMessage);
    reply = on_sound;
    request = &sound;
  } else if (g_str_has_prefix (self->type, "video/")) {
    function = OPENIM_NUMBER (CreateVideoMessage);
    reply = on_video;
    request = &video;
  }
  self->call =
      openim_connection_call (connection, function, request, reply, attachment_ref (self), attachment_unref);
}

/* --- what it is --- */

/* A picture of another kind than those that all OpenIM programs know is a file like any other. */
static void
look_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  OpenimAttachment *self = data;
  g_autofree guint8 *head = g_malloc (OPENIM_PICTURE_HEAD);
  g_autofree char *name = g_path_get_basename (self->path);
  OpenimPicture picture;
  GError *error = NULL;
  gint64 size = 0;
  int fd = openim_disk_open (self->path, &size, &error);
  gssize length = fd >= 0 ? openim_disk_read (fd, head, OPENIM_PICTURE_HEAD, 0, &error) : -1;

  if (fd >= 0)
    close (fd);
  if (length < 0) {
    g_task_return_error (task, error);
    return;
  }
  self->type = openim_disk_guess_type (name, head, (gsize) length);
  if (g_str_has_prefix (self->type, "image/") && !openim_picture_read (head, (gsize) length, &picture)) {
    g_free (self->type);
    self->type = g_strdup ("application/octet-stream");
  }
  g_task_return_boolean (task, TRUE);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  OpenimAttachment *self = user_data;
  g_autoptr (OpenimConnection) connection = g_steal_pointer (&self->connection);
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (openim_connection_is_open (connection) && !self->over) {
    if (error != NULL)
      end (connection, self, error, NULL);
    else
      create (connection, self);
  }
  attachment_unref (self);
}

OpenimAttachment *
openim_attach (OpenimConnection *connection,
               const OpenimPeer *peer,
               const char *path,
               const OpenimAttachOptions *options)
{
  OpenimAttachment *self = g_new0 (OpenimAttachment, 1);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_looked, self);

  self->refs = 1;
  self->connection = openim_connection_ref (connection);
  self->session = peer->session;
  self->name = g_strdup (peer->name);
  self->path = g_strdup (path);
  self->options = *options;
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, look_in_thread);
  return self;
}

/* --- giving up --- */

void
openim_attach_cancel (OpenimConnection *connection, OpenimAttachment *self)
{
  Openim__Sdk__Conversation__DeleteMessageFromLocalStorageReq request =
      OPENIM__SDK__CONVERSATION__DELETE_MESSAGE_FROM_LOCAL_STORAGE_REQ__INIT;
  OpenimPeer peer = peer_of (self);
  g_autofree char *conversation_id = NULL;

  if (self->over)
    return;
  self->over = TRUE;
  if (self->call != 0)
    openim_sdk_cancel (connection->sdk, self->call);
  /* Once all bytes are there it may have been sent. */
  if (self->message_id == NULL || self->all_sent)
    return;
  conversation_id = openim_peer_conversation_id (connection, &peer);
  request.conversationid = conversation_id;
  request.clientmsgid = self->message_id;
  openim_connection_call (connection, OPENIM_NUMBER (DeleteMessageFromLocalStorage), &request, NULL, NULL,
                          NULL);
}

/* --- the command --- */

char *
openim_attach_find (OpenimConnection *self, const char *typed, GError **error)
{
  g_autofree char *path = NULL;

  if (!openim_option_get_bool (self->account, OPENIM_OPTION_SEND_FILES)) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                         _ ("Sending files from this computer is switched off. The account’s option "
                            "“send-files” switches it on."));
    return NULL;
  }
  if (g_str_has_prefix (typed, "~/"))
    path = g_build_filename (g_get_home_dir (), typed + 2, NULL);
  else
    path = g_filename_from_utf8 (typed, -1, NULL, NULL, NULL);
  if (path == NULL || !g_path_is_absolute (path)) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                         _ ("Name the file with its whole path, from “/” on."));
    return NULL;
  }
  if (!openim_host_has_windows () && !openim_disk_is_public (path)) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                 _ ("“%s” is not a file that everybody on this computer may read."), typed);
    return NULL;
  }
  return g_steal_pointer (&path);
}

static void
on_command_sent (OpenimConnection *self, const GError *error, const OpenimMessage *message, gpointer data)
{
  if (error != NULL)
    openim_command_say_error (self, data, error);
  else
    openim_display_add (self, message, FALSE);
}

void
openim_attach_run (OpenimConnection *self, OpenimCommandLine *command)
{
  OpenimAttachOptions options = { .done = on_command_sent, .destroy = openim_command_unref };
  g_autoptr (GError) error = NULL;
  g_autofree char *path = openim_attach_find (self, command->args[0], &error);

  if (path == NULL) {
    openim_command_say_error (self, command, error);
    return;
  }
  options.data = openim_command_ref (command);
  openim_attach (self, &command->peer, path, &options);
}
