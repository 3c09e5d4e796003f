/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files that go to the server, by themselves and in messages. */

#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <string.h>

#include "world.h"

#define PART (5 * 1024 * 1024)

#define PNG "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x05\0\0\0\x02\x80\x08\x06\0\0\0"

/* A folder with files in it. */
typedef struct {
  World *world;
  char *folder;
} Desk;

static Desk *
desk_new (void)
{
  Desk *desk = g_new0 (Desk, 1);

  desk->world = world_new (FALSE);
  desk->folder = g_dir_make_tmp ("openim-files-XXXXXX", NULL);
  return desk;
}

static void
desk_free (Desk *desk)
{
  world_free (desk->world);
  folder_remove (desk->folder);
  g_free (desk->folder);
  g_free (desk);
}

/* (transfer full) the path. */
static char *
desk_put (Desk *desk, const char *name, const void *content, gsize length)
{
  char *path = g_build_filename (desk->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, content, (gssize) length, &error);
  g_assert_no_error (error);
  return path;
}

/* A file of which no two blocks are alike. (transfer full) the path. */
static char *
desk_fill (Desk *desk, const char *name, gsize length)
{
  g_autofree guint32 *content = g_malloc (length + 4);

  for (gsize i = 0; i <= length / 4; i++)
    content[i] = (guint32) i * 2654435761u;
  return desk_put (desk, name, content, length);
}

/* What is at an address, by way of the redirect. */
static void
assert_stored (const char *url, const char *path, const char *type)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = soup_session_send_and_read (session, message, NULL, &error);
  g_autofree char *content = NULL;
  gsize length;

  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, 200);
  g_file_get_contents (path, &content, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), content, length);
  if (type != NULL)
    g_assert_cmpstr (
        soup_message_headers_get_content_type (soup_message_get_response_headers (message), NULL), ==, type);
}

/* ---- UploadFile */

static char *
upload (Visitor *visitor, const char *path, const char *name)
{
  Openim__Sdk__Third__UploadFileReq request = OPENIM__SDK__THIRD__UPLOAD_FILE_REQ__INIT;
  Openim__Sdk__Third__UploadFileResp *response;
  char *url;

  request.filepath = (char *) path;
  request.name = (char *) name;
  request.contenttype = (char *) "application/x-test";
  response = visitor_call (visitor, FUNCTION (UploadFile), &request);
  url = g_strdup (response->url);
  openim_pb_free (response);
  return url;
}

static int
upload_refused (Visitor *visitor, const char *path, const char *name)
{
  Openim__Sdk__Third__UploadFileReq request = OPENIM__SDK__THIRD__UPLOAD_FILE_REQ__INIT;

  request.filepath = (char *) path;
  request.name = (char *) name;
  return visitor_refused (visitor, FUNCTION (UploadFile), &request);
}

static void
test_upload (void)
{
  static const gsize sizes[] = { 1, PART - 1, PART, PART + 1, 2 * PART + 3 };
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *path = desk_fill (desk, "some.bin", sizes[i]);
    g_autofree char *url = upload (ann, path, "");

    g_assert_true (g_str_has_suffix (url, "/object/ann/some.bin"));
    g_assert_true (g_str_has_prefix (url, desk->world->server->api));
    assert_stored (url, path, "application/x-test");
    /* Bob has it too, under a name of his. */
    g_autofree char *copy = upload (desk->world->bob, path, "mine.bin");

    g_assert_true (g_str_has_suffix (copy, "/object/bob/mine.bin"));
    assert_stored (copy, path, NULL);
  }

  desk_free (desk);
  proves_functions (FUNCTION (UploadFile), 0);
}

static void
test_upload_progress (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = desk_fill (desk, "some.bin", 3 * PART);
  Openim__Sdk__Third__UploadFileReq request = OPENIM__SDK__THIRD__UPLOAD_FILE_REQ__INIT;
  Openim__Sdk__Third__UploadFileResp *response;
  guint64 handle;
  guint count;
  int last = -1;

  request.filepath = path;
  handle = visitor_ask (ann, FUNCTION (UploadFile), &request);
  while (last < 100) {
    Openim__Event__EventOnUploadFileProgressData *data =
        visitor_hear (ann, EVENT (UploadFileProgress), NULL, NULL);

    g_assert_cmpint (data->progress, >, last);
    g_assert_cmpint (data->progress, <=, 100);
    g_assert_cmpuint (visitor_heard_handle (ann), ==, handle);
    last = data->progress;
    openim_pb_free (data);
  }
  g_assert_cmpint (visitor_answer (ann, handle, FUNCTION (UploadFile), (gpointer *) &response), ==, 0);
  openim_pb_free (response);
  g_assert_cmpuint (visitor_place (ann, EVENT (UploadFileProgress)), <,
                    visitor_place (ann, FUNCTION (UploadFile)));
  count = visitor_count (ann, EVENT (UploadFileProgress));
  g_assert_cmpuint (count, >, 10);
  g_assert_cmpuint (count, <=, 101);

  /* The second time there is nothing to send. */
  g_free (upload (ann, path, "again"));
  g_assert_cmpuint (visitor_count (ann, EVENT (UploadFileProgress)), ==, count + 1);

  desk_free (desk);
  proves_events (EVENT (UploadFileProgress), 0);
}

static void
test_upload_refused (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *empty = desk_put (desk, "empty", "", 0);
  g_autofree char *path = desk_put (desk, "x", "x", 1);
  g_autofree char *missing = g_build_filename (desk->folder, "missing", NULL);
  g_autofree char *much = g_strnfill (1100, 'x');

  g_assert_cmpint (upload_refused (ann, "", ""), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (upload_refused (ann, empty, ""), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (upload_refused (ann, missing, ""), ==, OPENIM_ERROR_FILE_NOT_FOUND);
  g_assert_cmpint (upload_refused (ann, desk->folder, ""), ==, OPENIM_ERROR_FILE_NOT_FOUND);
  g_assert_cmpint (upload_refused (ann, path, much), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpuint (visitor_count (ann, EVENT (UploadFileProgress)), ==, 0);

  desk_free (desk);
}

/* ---- messages */

/* All answers with one message have it in the same place. (transfer full) */
static OpenimMessage *
make (Visitor *visitor, int function, gconstpointer request)
{
  Openim__Sdk__Message__CreateTextMessageResp *response = visitor_call (visitor, function, request);
  OpenimMessage *message = g_steal_pointer (&response->message);

  openim_pb_free (response);
  return message;
}

static OpenimMessage *
make_image (Visitor *visitor, const char *path)
{
  Openim__Sdk__Message__CreateImageMessageReq request = OPENIM__SDK__MESSAGE__CREATE_IMAGE_MESSAGE_REQ__INIT;

  request.imagesourcepath = (char *) path;
  return make (visitor, FUNCTION (CreateImageMessage), &request);
}

static OpenimMessage *
make_file (Visitor *visitor, const char *path, const char *name)
{
  Openim__Sdk__Message__CreateFileMessageReq request = OPENIM__SDK__MESSAGE__CREATE_FILE_MESSAGE_REQ__INIT;

  request.filesourcepath = (char *) path;
  request.filename = (char *) name;
  return make (visitor, FUNCTION (CreateFileMessage), &request);
}

static gboolean
is_message (gconstpointer data, gconstpointer client_msg_id)
{
  return g_str_equal (((const Openim__Event__EventOnRecvNewMessageData *) data)->message->clientmsgid,
                      client_msg_id);
}

/* (transfer full) @message as Bob gets it. */
static OpenimMessage *
arrives (Visitor *bob, const OpenimMessage *message)
{
  Openim__Event__EventOnRecvNewMessageData *received =
      visitor_hear (bob, EVENT (RecvNewMessage), is_message, message->clientmsgid);
  OpenimMessage *arrived = g_steal_pointer (&received->message);

  openim_pb_free (received);
  return arrived;
}

static gboolean
latest_is (gconstpointer data, gconstpointer status)
{
  const Openim__Event__EventOnConversationChangedData *list = data;

  for (size_t i = 0; i < list->n_conversationlist; i++) {
    const OpenimConversation *conversation = list->conversationlist[i];

    if (g_str_equal (conversation->conversationid, CHAT) && conversation->latestmsg != NULL &&
        (int) conversation->latestmsg->status == GPOINTER_TO_INT (status))
      return TRUE;
  }
  return FALSE;
}

static int
send_refused (Visitor *visitor, OpenimMessage *message)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  request.message = message;
  request.recvid = (char *) "bob";
  return visitor_refused (visitor, FUNCTION (SendMessage), &request);
}

static void
test_picture (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = desk_put (desk, "holiday.png", PNG, sizeof PNG - 1);
  g_autoptr (OpenimMessage) message = make_image (ann, path);
  const Openim__Sdk__Shared__PictureBaseInfo *picture = message->pictureelem->sourcepicture;
  g_autoptr (OpenimMessage) sent = NULL;
  g_autoptr (OpenimMessage) received = NULL;
  g_autofree char *name = NULL;
  g_autofree char *snapshot = NULL;
  Openim__Event__EventOnSendMsgProgressData *progress;

  g_assert_cmpint (message->contenttype, ==, OPENIM__SDK__COMMON__CONTENT_TYPE__Picture);
  g_assert_cmpint (message->status, ==, OPENIM_STATUS_SENDING);
  g_assert_cmpstr (message->sendernickname, ==, "Ann");
  g_assert_cmpstr (message->pictureelem->sourcepath, ==, path);
  g_assert_cmpstr (picture->type, ==, "image/png");
  g_assert_cmpint (picture->size, ==, sizeof PNG - 1);
  g_assert_cmpint (picture->width, ==, 1280);
  g_assert_cmpint (picture->height, ==, 640);
  g_assert_cmpstr (picture->url, ==, "");

  sent = visitor_send (ann, message, "bob", "", FALSE);
  g_assert_cmpint (sent->status, ==, OPENIM_STATUS_SENT);
  picture = sent->pictureelem->sourcepicture;
  name = g_strdup_printf ("/object/ann/msg_picture_%s.png", message->clientmsgid);
  g_assert_true (g_str_has_suffix (picture->url, name));
  assert_stored (picture->url, path, "image/png");

  /* Listed as on its way, then the progress, then as sent. */
  openim_pb_free (
      visitor_hear (ann, EVENT (NewConversation), latest_is, GINT_TO_POINTER (OPENIM_STATUS_SENDING)));
  progress = visitor_hear (ann, EVENT (SendMsgProgress), NULL, NULL);
  g_assert_cmpint (progress->progress, ==, 100);
  openim_pb_free (progress);
  openim_pb_free (
      visitor_hear (ann, EVENT (ConversationChanged), latest_is, GINT_TO_POINTER (OPENIM_STATUS_SENT)));
  g_assert_cmpuint (visitor_place (ann, EVENT (NewConversation)), <,
                    visitor_place (ann, EVENT (SendMsgProgress)));
  g_assert_cmpuint (visitor_place (ann, EVENT (SendMsgProgress)), <,
                    visitor_place (ann, FUNCTION (SendMessage)));

  received = arrives (desk->world->bob, message);
  g_assert_cmpstr (received->pictureelem->sourcepath, ==, "");
  g_assert_cmpstr (received->pictureelem->sourcepicture->url, ==, picture->url);
  g_assert_cmpstr (received->pictureelem->bigpicture->url, ==, picture->url);
  g_assert_cmpint (received->pictureelem->bigpicture->width, ==, 1280);
  snapshot = g_strconcat (picture->url, "?type=image&width=640&height=640", NULL);
  g_assert_cmpstr (received->pictureelem->snapshotpicture->url, ==, snapshot);
  g_assert_cmpint (received->pictureelem->snapshotpicture->width, ==, 640);
  g_assert_cmpint (received->pictureelem->snapshotpicture->height, ==, 320);

  desk_free (desk);
  proves_functions (FUNCTION (CreateImageMessage), FUNCTION (SendMessage), 0);
  proves_events (EVENT (SendMsgProgress), 0);
}

static void
test_sound (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = desk_fill (desk, "voice.amr", 1000);
  Openim__Sdk__Message__CreateSoundMessageReq request = OPENIM__SDK__MESSAGE__CREATE_SOUND_MESSAGE_REQ__INIT;
  g_autoptr (OpenimMessage) message = NULL;
  g_autoptr (OpenimMessage) received = NULL;
  g_autofree char *name = NULL;

  g_assert_cmpint (visitor_refused (ann, FUNCTION (CreateSoundMessage), &request), ==, OPENIM_ERROR_SDK_ARGS);
  request.soundpath = (char *) "/no/such/file";
  g_assert_cmpint (visitor_refused (ann, FUNCTION (CreateSoundMessage), &request), ==,
                   OPENIM_ERROR_FILE_NOT_FOUND);
  request.soundpath = path;
  request.duration = 7;
  message = make (ann, FUNCTION (CreateSoundMessage), &request);
  g_assert_cmpint (message->soundelem->datasize, ==, 1000);
  openim_pb_free (visitor_send (ann, message, "bob", "", FALSE));
  received = arrives (desk->world->bob, message);
  g_assert_cmpint (received->contenttype, ==, OPENIM__SDK__COMMON__CONTENT_TYPE__Sound);
  g_assert_cmpint (received->soundelem->duration, ==, 7);
  g_assert_cmpint (received->soundelem->datasize, ==, 1000);
  g_assert_cmpstr (received->soundelem->soundpath, ==, "");
  name = g_strdup_printf ("/object/ann/msg_voice_%s.amr", message->clientmsgid);
  g_assert_true (g_str_has_suffix (received->soundelem->sourceurl, name));
  assert_stored (received->soundelem->sourceurl, path, NULL);

  desk_free (desk);
  proves_functions (FUNCTION (CreateSoundMessage), 0);
}

static void
test_video (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = desk_fill (desk, "film.mp4", 3000);
  g_autofree char *still = desk_put (desk, "still.png", PNG, sizeof PNG - 1);
  Openim__Sdk__Message__CreateVideoMessageReq request = OPENIM__SDK__MESSAGE__CREATE_VIDEO_MESSAGE_REQ__INIT;
  g_autoptr (OpenimMessage) message = NULL;
  g_autoptr (OpenimMessage) received = NULL;
  g_autoptr (OpenimMessage) bare = NULL;
  g_autoptr (OpenimMessage) bare_received = NULL;
  g_autofree char *name = NULL;

  g_assert_cmpint (visitor_refused (ann, FUNCTION (CreateVideoMessage), &request), ==, OPENIM_ERROR_SDK_ARGS);
  request.videosourcepath = path;
  request.snapshotsourcepath = path; /* is no picture */
  g_assert_cmpint (visitor_refused (ann, FUNCTION (CreateVideoMessage), &request), ==,
                   OPENIM_ERROR_FILE_NOT_FOUND);
  request.snapshotsourcepath = still;
  request.videotype = (char *) "video/mp4";
  request.duration = 95;
  message = make (ann, FUNCTION (CreateVideoMessage), &request);
  g_assert_cmpint (message->videoelem->videosize, ==, 3000);
  openim_pb_free (visitor_send (ann, message, "bob", "", FALSE));
  received = arrives (desk->world->bob, message);
  g_assert_cmpint (received->contenttype, ==, OPENIM__SDK__COMMON__CONTENT_TYPE__Video);
  g_assert_cmpint (received->videoelem->duration, ==, 95);
  g_assert_cmpint (received->videoelem->snapshotwidth, ==, 1280);
  g_assert_cmpint (received->videoelem->snapshotheight, ==, 640);
  g_assert_cmpint (received->videoelem->snapshotsize, ==, sizeof PNG - 1);
  g_assert_cmpstr (received->videoelem->videopath, ==, "");
  g_assert_cmpstr (received->videoelem->snapshotpath, ==, "");
  name = g_strdup_printf ("/object/ann/msg_videoSnapshot_%s.png", message->clientmsgid);
  g_assert_true (g_str_has_suffix (received->videoelem->snapshoturl, name));
  assert_stored (received->videoelem->videourl, path, "video/mp4");
  assert_stored (received->videoelem->snapshoturl, still, "image/png");
  g_assert_cmpuint (visitor_count (ann, EVENT (SendMsgProgress)), ==, 1); /* not for the still */

  request.snapshotsourcepath = (char *) "";
  bare = make (ann, FUNCTION (CreateVideoMessage), &request);
  openim_pb_free (visitor_send (ann, bare, "bob", "", FALSE));
  bare_received = arrives (desk->world->bob, bare);
  g_assert_cmpstr (bare_received->videoelem->snapshoturl, ==, "");
  assert_stored (bare_received->videoelem->videourl, path, "video/mp4");

  desk_free (desk);
  proves_functions (FUNCTION (CreateVideoMessage), 0);
}

static void
test_file (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = desk_fill (desk, "plan.pdf", 2 * PART + 1);
  g_autoptr (OpenimMessage) message = make_file (ann, path, "Plan: 100%/new?.pdf");
  g_autoptr (OpenimMessage) plain = make_file (ann, path, "");
  g_autoptr (OpenimMessage) received = NULL;
  g_autofree char *name = NULL;

  g_assert_cmpstr (plain->fileelem->filename, ==, "plan.pdf");
  openim_pb_free (visitor_send (ann, message, "bob", "", FALSE));
  received = arrives (desk->world->bob, message);
  g_assert_cmpint (received->contenttype, ==, OPENIM__SDK__COMMON__CONTENT_TYPE__File);
  g_assert_cmpstr (received->fileelem->filename, ==, "Plan: 100%/new?.pdf");
  g_assert_cmpint (received->fileelem->filesize, ==, 2 * PART + 1);
  g_assert_cmpstr (received->fileelem->filepath, ==, "");
  name = g_strdup_printf ("/object/ann/msg_file_%s/Plan_ 100__new_.pdf", message->clientmsgid);
  g_assert_true (g_str_has_suffix (received->fileelem->sourceurl, name));
  assert_stored (received->fileelem->sourceurl, path, NULL);

  desk_free (desk);
  proves_functions (FUNCTION (CreateFileMessage), 0);
}

/* By address: nothing is uploaded. */
static void
test_records (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Shared__PictureBaseInfo picture = OPENIM__SDK__SHARED__PICTURE_BASE_INFO__INIT;
  Openim__Sdk__Shared__SoundBaseInfo sound = OPENIM__SDK__SHARED__SOUND_BASE_INFO__INIT;
  Openim__Sdk__Shared__VideoBaseInfo video = OPENIM__SDK__SHARED__VIDEO_BASE_INFO__INIT;
  Openim__Sdk__Shared__FileBaseInfo file = OPENIM__SDK__SHARED__FILE_BASE_INFO__INIT;
  Openim__Sdk__Message__CreateImageMessageReq image = OPENIM__SDK__MESSAGE__CREATE_IMAGE_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateSoundMessageReq voice = OPENIM__SDK__MESSAGE__CREATE_SOUND_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateVideoMessageReq film = OPENIM__SDK__MESSAGE__CREATE_VIDEO_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateFileMessageReq paper = OPENIM__SDK__MESSAGE__CREATE_FILE_MESSAGE_REQ__INIT;
  OpenimMessage *messages[4];

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (CreateImageMessage), &image), ==,
                   OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (CreateFileMessage), &paper), ==,
                   OPENIM_ERROR_SDK_ARGS);
  picture.url = (char *) "http://h/p.png";
  picture.width = 3;
  sound.sourceurl = (char *) "http://h/s.amr";
  sound.duration = 4;
  video.videourl = (char *) "http://h/v.mp4";
  video.snapshoturl = (char *) "http://h/v.png";
  file.sourceurl = (char *) "http://h/f.bin";
  file.filename = (char *) "f.bin";
  image.sourcepicture = image.bigpicture = image.snapshotpicture = &picture;
  voice.soundelem = &sound;
  film.videoelem = &video;
  paper.fileelem = &file;
  messages[0] = make (world->ann, FUNCTION (CreateImageMessage), &image);
  messages[1] = make (world->ann, FUNCTION (CreateSoundMessage), &voice);
  messages[2] = make (world->ann, FUNCTION (CreateVideoMessage), &film);
  messages[3] = make (world->ann, FUNCTION (CreateFileMessage), &paper);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
    openim_pb_free (visitor_send (world->ann, messages[i], "bob", "", FALSE));
    g_autoptr (OpenimMessage) received = arrives (world->bob, messages[i]);

    if (i == 0)
      g_assert_cmpstr (received->pictureelem->snapshotpicture->url, ==, "http://h/p.png");
    else if (i == 1)
      g_assert_cmpint (received->soundelem->duration, ==, 4);
    else if (i == 2)
      g_assert_cmpstr (received->videoelem->snapshoturl, ==, "http://h/v.png");
    else
      g_assert_cmpstr (received->fileelem->filename, ==, "f.bin");
    openim_pb_free (messages[i]);
  }
  g_assert_cmpuint (visitor_count (world->ann, EVENT (SendMsgProgress)), ==, 0);

  world_free (world);
}

static void
test_not_a_picture (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *text = desk_put (desk, "text.png", "just text", 9);
  Openim__Sdk__Message__CreateImageMessageReq request = OPENIM__SDK__MESSAGE__CREATE_IMAGE_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateFileMessageReq file = OPENIM__SDK__MESSAGE__CREATE_FILE_MESSAGE_REQ__INIT;

  request.imagesourcepath = text;
  g_assert_cmpint (visitor_refused (ann, FUNCTION (CreateImageMessage), &request), ==,
                   OPENIM_ERROR_FILE_NOT_FOUND);
  request.imagesourcepath = (char *) "/no/such/file.png";
  g_assert_cmpint (visitor_refused (ann, FUNCTION (CreateImageMessage), &request), ==,
                   OPENIM_ERROR_FILE_NOT_FOUND);
  file.filesourcepath = (char *) "/dev/null";
  g_assert_cmpint (visitor_refused (ann, FUNCTION (CreateFileMessage), &file), ==,
                   OPENIM_ERROR_FILE_NOT_FOUND);

  desk_free (desk);
}

/* (transfer full) */
static OpenimMessage *
stored (Visitor *visitor)
{
  OpenimConversation *conversation = visitor_conversation (visitor, CHAT);
  OpenimMessage *latest = g_steal_pointer (&conversation->latestmsg);

  openim_pb_free (conversation);
  return latest;
}

/* The file goes away before it is sent; when it is back, what is stored can be sent again. */
static void
test_resend (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = desk_put (desk, "holiday.png", PNG, sizeof PNG - 1);
  g_autoptr (OpenimMessage) message = make_image (ann, path);
  g_autoptr (OpenimMessage) failed = NULL;
  g_autoptr (OpenimMessage) received = NULL;

  g_unlink (path);
  g_assert_cmpint (send_refused (ann, message), ==, OPENIM_ERROR_FILE_NOT_FOUND);
  openim_pb_free (
      visitor_hear (ann, EVENT (ConversationChanged), latest_is, GINT_TO_POINTER (OPENIM_STATUS_FAILED)));
  g_free (desk_put (desk, "holiday.png", PNG, sizeof PNG - 1));
  failed = stored (ann);
  g_assert_cmpint (failed->status, ==, OPENIM_STATUS_FAILED);
  g_assert_cmpstr (failed->pictureelem->sourcepath, ==, path);
  openim_pb_free (visitor_send (ann, failed, "bob", "", FALSE));
  received = arrives (desk->world->bob, message);
  assert_stored (received->pictureelem->sourcepicture->url, path, "image/png");
  g_assert_cmpint (send_refused (ann, message), ==, OPENIM_ERROR_MSG_REPEAT);

  desk_free (desk);
}

/* Somebody sends a message that names a file of the receiver's disk. It does not get through, and what counts
 * as sent already is never taken from the disk. */
static void
test_trap (void)
{
  World *world = world_new (FALSE);
  Openim__Sdk__Message__CreateForwardMessageReq request =
      OPENIM__SDK__MESSAGE__CREATE_FORWARD_MESSAGE_REQ__INIT;
  Openim__Event__EventOnRecvNewMessageData *received;
  g_autoptr (OpenimMessage) forward = NULL;

  person_connect (world->bob_phone);
  person_send (world->bob_phone, "ann", NULL, 105, "{\"filePath\":\"/etc/passwd\",\"fileName\":\"x\"}");
  received = visitor_hear (world->ann, EVENT (RecvNewMessage), NULL, NULL);
  g_assert_cmpstr (received->message->fileelem->filename, ==, "x");
  g_assert_cmpstr (received->message->fileelem->filepath, ==, "");
  openim_pb_set (&received->message->fileelem->filepath, "/etc/passwd");
  request.message = received->message;
  forward = make (world->ann, FUNCTION (CreateForwardMessage), &request);
  openim_pb_free (received);
  g_assert_cmpint (send_refused (world->ann, forward), ==, OPENIM_ERROR_SDK_ARGS);

  world_free (world);
}

static void
test_online_only (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = desk_put (desk, "a.txt", "now", 3);
  g_autoptr (OpenimMessage) message = make_file (ann, path, "");
  Openim__Event__EventOnRecvOnlineOnlyMessageData *received;

  openim_pb_free (visitor_send (ann, message, "bob", "", TRUE));
  received = visitor_hear (desk->world->bob, EVENT (RecvOnlineOnlyMessage), NULL, NULL);
  assert_stored (received->message->fileelem->sourceurl, path, NULL);
  openim_pb_free (received);
  g_assert_cmpuint (visitor_count (ann, EVENT (NewConversation)), ==, 0);

  desk_free (desk);
}

/* ---- UploadLogs */

/* Ann comes in anew, with a log. */
static Visitor *
enter_with_log (Desk *desk, const char *folder)
{
  Visitor *visitor = visitor_new (NULL);
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq init = OPENIM__INIT__INIT_SDKREQ__INIT;
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  g_autofree char *token = server_token (desk->world->server, "bob", PLATFORM_ANDROID);
  g_autofree char *data = g_build_filename (desk->folder, "data", NULL);

  config.platform = OPENIM__SDK__COMMON__PLATFORM__Android;
  config.apiaddr = (char *) desk->world->server->api;
  config.wsaddr = (char *) desk->world->server->ws;
  config.datadir = data;
  config.loglevel = OPENIM__SDK__COMMON__LOG_LEVEL__LevelDebug;
  config.logfilepath = (char *) folder;
  init.config = &config;
  visitor_do (visitor, FUNCTION (InitSDK), &init);
  login.userid = (char *) "bob";
  login.token = token;
  visitor_do (visitor, FUNCTION (Login), &login);
  visitor_heard (visitor, EVENT (SyncServerFinish));
  return visitor;
}

/* (transfer full) What the archive at @url has under @name, unpacked; NULL: no such file. */
static char *
unzip (Desk *desk, const char *url, const char *name)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  g_autoptr (GBytes) bytes = soup_session_send_and_read (session, message, NULL, NULL);
  g_autofree char *path =
      desk_put (desk, "logs.zip", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  const char *script = "import sys, zipfile\n"
                       "with zipfile.ZipFile(sys.argv[1]) as z:\n"
                       "  assert z.testzip() is None\n"
                       "  sys.stdout.buffer.write(z.read(sys.argv[2]))\n";
  g_autoptr (GSubprocess) python =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, "python3",
                        "-c", script, path, name, NULL);
  char *text = NULL;

  g_assert_nonnull (python);
  g_assert_true (g_subprocess_communicate_utf8 (python, NULL, NULL, &text, NULL, NULL));
  if (!g_subprocess_get_successful (python))
    g_clear_pointer (&text, g_free);
  return text;
}

/* (transfer full) Where the newest log is that the server was told of. */
static char *
newest_log (Desk *desk, const char *remark)
{
  g_autoptr (JsonNode) data = server_call (
      desk->world->server, "/third/logs/search",
      "{'keyword':'bob','startTime':0,'endTime':0,'pagination':{'pageNumber':1,'showNumber':1}}");
  JsonObject *log = json_array_get_object_element (
      json_object_get_array_member (json_node_get_object (data), "logsInfos"), 0);

  g_assert_cmpstr (json_object_get_string_member (log, "ex"), ==, remark);
  g_assert_cmpstr (json_object_get_string_member (log, "platform"), ==, "Android");
  g_assert_cmpstr (json_object_get_string_member (log, "version"), ==, OPENIM_VERSION);
  return g_strdup (json_object_get_string_member (log, "url"));
}

static guint
count_lines (const char *text)
{
  guint count = 0;

  for (; *text != '\0'; text++)
    count += *text == '\n';
  return count;
}

static void
write_log (Visitor *visitor, const char *text)
{
  Openim__Sdk__Third__LogReq request = OPENIM__SDK__THIRD__LOG_REQ__INIT;

  request.loglevel = OPENIM__SDK__COMMON__LOG_LEVEL__LevelInfo;
  request.file = (char *) "a.c";
  request.msg = (char *) text;
  visitor_do (visitor, FUNCTION (Log), &request);
}

static void
test_no_log (void)
{
  World *world = world_new (FALSE);
  Visitor *visitor = visitor_new (NULL);
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq init = OPENIM__INIT__INIT_SDKREQ__INIT;

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (UploadLogs), NULL), ==,
                   OPENIM_ERROR_FILE_NOT_FOUND);

  config.platform = OPENIM__SDK__COMMON__PLATFORM__Linux;
  config.apiaddr = (char *) world->server->api;
  config.wsaddr = (char *) world->server->ws;
  config.datadir = (char *) "/nowhere";
  config.logfilepath = (char *) "/dev/null/logs";
  init.config = &config;
  g_assert_cmpint (visitor_refused (visitor, FUNCTION (InitSDK), &init), ==, OPENIM_ERROR_UNKNOWN);

  visitor_leave (visitor);
  world_free (world);
}

static void
test_logs (void)
{
  Desk *desk = desk_new ();
  g_autofree char *folder = g_build_filename (desk->folder, "logs", NULL);
  g_autofree char *data = g_build_filename (desk->folder, "data", NULL);
  Visitor *bob = enter_with_log (desk, folder);
  Openim__Sdk__Third__UploadLogsReq request = OPENIM__SDK__THIRD__UPLOAD_LOGS_REQ__INIT;
  Openim__Event__EventOnUploadLogsProgressData *progress;
  g_autofree char *other = g_build_filename (folder, "other.log", NULL);
  g_autofree char *log = g_build_filename (folder, "purple-openim.log", NULL);
  g_autofree char *older = g_build_filename (folder, "purple-openim.log.1", NULL);
  guint64 handle, second;
  gint64 told = 0;

  g_file_set_contents (other, "not ours", -1, NULL);
  g_file_set_contents (older, "one\ntwo\nthree\nfour\n", -1, NULL);
  write_log (bob, "the last word, token=abcdefgh");

  request.line = -1;
  g_assert_cmpint (visitor_refused (bob, FUNCTION (UploadLogs), &request), ==, OPENIM_ERROR_SDK_ARGS);
  request.line = 0;
  request.ex = (char *) "all of it";
  handle = visitor_ask (bob, FUNCTION (UploadLogs), &request);
  second = visitor_ask (bob, FUNCTION (UploadLogs), &request);
  g_assert_cmpint (visitor_answer (bob, second, FUNCTION (UploadLogs), NULL), ==, OPENIM_ERROR_MSG_REPEAT);
  do {
    progress = visitor_hear (bob, EVENT (UploadLogsProgress), NULL, NULL);
    g_assert_cmpint (progress->progress, >, told);
    g_assert_cmpint (progress->progress, <=, progress->total);
    g_assert_cmpuint (visitor_heard_handle (bob), ==, handle);
    told = progress->progress == progress->total ? -1 : progress->progress;
    openim_pb_free (progress);
  } while (told > 0);
  g_assert_cmpint (visitor_answer (bob, handle, FUNCTION (UploadLogs), NULL), ==, 0);
  g_assert_cmpuint (visitor_place (bob, EVENT (UploadLogsProgress)), <,
                    visitor_place (bob, FUNCTION (UploadLogs)));
  {
    g_autofree char *url = newest_log (desk, "all of it");
    g_autofree char *first = unzip (desk, url, "purple-openim.log.1");
    g_autofree char *newest = unzip (desk, url, "purple-openim.log");

    g_assert_cmpstr (first, ==, "one\ntwo\nthree\nfour\n");
    g_assert_nonnull (strstr (newest, "info openim-sdk: a.c:0: the last word, token=***\n"));
    g_assert_null (unzip (desk, url, "other.log"));
  }

  request.line = 2;
  request.ex = (char *) "the end of it";
  visitor_do (bob, FUNCTION (UploadLogs), &request);
  {
    g_autofree char *url = newest_log (desk, "the end of it");
    g_autofree char *first = unzip (desk, url, "purple-openim.log.1");
    g_autofree char *newest = unzip (desk, url, "purple-openim.log");

    g_assert_cmpstr (first, ==, "three\nfour\n");
    g_assert_cmpuint (count_lines (newest), ==, 2);
  }

  visitor_leave (bob);
  folder_remove (folder);
  folder_remove (data);
  desk_free (desk);
  proves_functions (FUNCTION (UploadLogs), FUNCTION (Log), 0);
  proves_events (EVENT (UploadLogsProgress), 0);
}

/* ---- a bad network */

typedef struct {
  Server *server;
  Fault *fault;
  Server through; /* the server as it is seen through the proxy */
  Visitor *ann;
  Person *bob;
  char *folder;
  char *directory; /* Ann's */
} Far;

static Far *
far_new (void)
{
  Far *self = g_new0 (Far, 1);
  g_autofree char *token = NULL;

  self->server = server_start (NULL, FALSE);
  self->fault = fault_start (self->server, 7);
  self->through.api = self->fault->api;
  self->through.ws = self->fault->ws;
  person_free (person_new (self->server, "ann", "Ann"));
  self->bob = person_new (self->server, "bob", "Bob");
  self->folder = g_dir_make_tmp ("openim-files-XXXXXX", NULL);
  self->directory = g_dir_make_tmp ("openim-door-XXXXXX", NULL);
  self->ann = visitor_new (self->directory);
  token = server_token (self->server, "ann", PLATFORM_LINUX);
  visitor_enter (self->ann, &self->through, "ann", token);
  visitor_heard (self->ann, EVENT (SyncServerFinish));
  return self;
}

static void
far_free (Far *self)
{
  visitor_leave (self->ann);
  person_free (self->bob);
  fault_stop (self->fault);
  server_stop (self->server);
  folder_remove (self->folder);
  folder_remove (self->directory);
  g_free (self->folder);
  g_free (self->directory);
  g_free (self);
}

static gboolean
has_begun (gconstpointer data, gconstpointer what)
{
  return ((const Openim__Event__EventOnSendMsgProgressData *) data)->progress >= GPOINTER_TO_INT (what);
}

static guint64
send_far (Far *self, OpenimMessage *message)
{
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;

  request.message = message;
  request.recvid = (char *) "bob";
  return visitor_ask (self->ann, FUNCTION (SendMessage), &request);
}

/* The network is cut within a part: it is sent once more, with what else there is. */
static void
test_cut (void)
{
  Far *self = far_new ();
  Desk desk = { .folder = self->folder };
  g_autofree char *path = desk_fill (&desk, "big.bin", 2 * PART + 77);
  g_autoptr (OpenimMessage) message = make_file (self->ann, path, "");
  gpointer response;
  guint64 handle;

  fault_set (self->fault, "api rate 8000000");
  handle = send_far (self, message);
  openim_pb_free (visitor_hear (self->ann, EVENT (SendMsgProgress), has_begun, GINT_TO_POINTER (20)));
  fault_set (self->fault, "api reset");
  fault_set (self->fault, "api rate 0");
  g_assert_cmpint (visitor_answer (self->ann, handle, FUNCTION (SendMessage), &response), ==, 0);
  assert_stored (((Openim__Sdk__Message__SendMessageResp *) response)->message->fileelem->sourceurl, path,
                 NULL);
  openim_pb_free (response);
  openim_pb_free (visitor_hear (self->ann, EVENT (SendMsgProgress), has_begun, GINT_TO_POINTER (100)));

  far_free (self);
}

/* Logging out while a file is on its way: the message fails, at the latest when one is back. */
static void
test_logout (void)
{
  Far *self = far_new ();
  Desk desk = { .folder = self->folder };
  g_autofree char *path = desk_fill (&desk, "big.bin", 2 * PART);
  g_autoptr (OpenimMessage) message = make_file (self->ann, path, "");
  g_autofree char *token = NULL;
  g_autoptr (OpenimMessage) failed = NULL;
  guint64 handle;

  fault_set (self->fault, "api rate 1000000");
  handle = send_far (self, message);
  openim_pb_free (visitor_hear (self->ann, EVENT (SendMsgProgress), has_begun, GINT_TO_POINTER (1)));
  visitor_do (self->ann, FUNCTION (Logout), NULL);
  g_assert_cmpint (visitor_answer (self->ann, handle, FUNCTION (SendMessage), NULL), ==,
                   OPENIM_ERROR_LOGIN_OUT);
  fault_set (self->fault, "clear");
  token = server_token (self->server, "ann", PLATFORM_LINUX);
  visitor_enter (self->ann, &self->through, "ann", token);
  openim_pb_free (visitor_hear (self->ann, EVENT (ConversationChanged), latest_is,
                                GINT_TO_POINTER (OPENIM_STATUS_FAILED)));
  failed = stored (self->ann);
  g_assert_cmpstr (failed->clientmsgid, ==, message->clientmsgid);
  openim_pb_free (visitor_send (self->ann, failed, "bob", "", FALSE));

  far_free (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/files/upload", test_upload);
  g_test_add_func ("/door/files/upload-progress", test_upload_progress);
  g_test_add_func ("/door/files/upload-refused", test_upload_refused);
  g_test_add_func ("/door/files/picture", test_picture);
  g_test_add_func ("/door/files/sound", test_sound);
  g_test_add_func ("/door/files/video", test_video);
  g_test_add_func ("/door/files/file", test_file);
  g_test_add_func ("/door/files/records", test_records);
  g_test_add_func ("/door/files/not-a-picture", test_not_a_picture);
  g_test_add_func ("/door/files/resend", test_resend);
  g_test_add_func ("/door/files/trap", test_trap);
  g_test_add_func ("/door/files/online-only", test_online_only);
  g_test_add_func ("/door/files/no-log", test_no_log);
  g_test_add_func ("/door/files/logs", test_logs);
  g_test_add_func ("/door/files/cut", test_cut);
  g_test_add_func ("/door/files/logout", test_logout);
  return g_test_run ();
}
