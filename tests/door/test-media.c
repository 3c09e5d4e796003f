/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages with pictures, sounds, films and files. */

#include <glib/gstdio.h>
#include <string.h>

#include "base/duration.h"
#include "desk.h"

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
  g_autoptr (OpenimMessage) message = visitor_make_image (ann, path);
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

  received = message_arrives (desk->world->bob, message);
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
  message = visitor_make (ann, FUNCTION (CreateSoundMessage), &request);
  g_assert_cmpint (message->soundelem->datasize, ==, 1000);
  openim_pb_free (visitor_send (ann, message, "bob", "", FALSE));
  received = message_arrives (desk->world->bob, message);
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

/* A sound of two seconds: 8000 bytes each. */
#define WAVE                                                                                                 \
  "RIFF\xa4\x3e\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0"                             \
  "data\x80\x3e\0\0"

/* Nobody says how long it is: the file does, where there is somebody who can read that. */
static void
test_duration (void)
{
  Desk *desk = desk_new ();
  g_autofree char *bytes = g_malloc0 (sizeof WAVE - 1 + 16000);
  g_autofree char *path = NULL;
  Openim__Sdk__Message__CreateSoundMessageReq sound = OPENIM__SDK__MESSAGE__CREATE_SOUND_MESSAGE_REQ__INIT;
  Openim__Sdk__Message__CreateVideoMessageReq video = OPENIM__SDK__MESSAGE__CREATE_VIDEO_MESSAGE_REQ__INIT;
  g_autoptr (OpenimMessage) heard = NULL;
  g_autoptr (OpenimMessage) seen = NULL;
  g_autoptr (OpenimMessage) told = NULL;
  gint64 seconds;

  memcpy (bytes, WAVE, sizeof WAVE - 1);
  path = desk_put (desk, "voice.wav", bytes, sizeof WAVE - 1 + 16000);
  seconds = openim_duration_read (path);
  g_assert_true (seconds == 2 || seconds == 0);
  sound.soundpath = video.videosourcepath = path;
  heard = visitor_make (desk->world->ann, FUNCTION (CreateSoundMessage), &sound);
  g_assert_cmpint (heard->soundelem->duration, ==, seconds);
  seen = visitor_make (desk->world->ann, FUNCTION (CreateVideoMessage), &video);
  g_assert_cmpint (seen->videoelem->duration, ==, seconds);
  sound.duration = 5;
  told = visitor_make (desk->world->ann, FUNCTION (CreateSoundMessage), &sound);
  g_assert_cmpint (told->soundelem->duration, ==, 5);

  desk_free (desk);
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
  message = visitor_make (ann, FUNCTION (CreateVideoMessage), &request);
  g_assert_cmpint (message->videoelem->videosize, ==, 3000);
  openim_pb_free (visitor_send (ann, message, "bob", "", FALSE));
  received = message_arrives (desk->world->bob, message);
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
  bare = visitor_make (ann, FUNCTION (CreateVideoMessage), &request);
  openim_pb_free (visitor_send (ann, bare, "bob", "", FALSE));
  bare_received = message_arrives (desk->world->bob, bare);
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
  g_autoptr (OpenimMessage) message = visitor_make_file (ann, path, "Plan: 100%/new?.pdf");
  g_autoptr (OpenimMessage) plain = visitor_make_file (ann, path, "");
  g_autoptr (OpenimMessage) received = NULL;
  g_autofree char *name = NULL;

  g_assert_cmpstr (plain->fileelem->filename, ==, "plan.pdf");
  openim_pb_free (visitor_send (ann, message, "bob", "", FALSE));
  received = message_arrives (desk->world->bob, message);
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
  messages[0] = visitor_make (world->ann, FUNCTION (CreateImageMessage), &image);
  messages[1] = visitor_make (world->ann, FUNCTION (CreateSoundMessage), &voice);
  messages[2] = visitor_make (world->ann, FUNCTION (CreateVideoMessage), &film);
  messages[3] = visitor_make (world->ann, FUNCTION (CreateFileMessage), &paper);
  for (guint i = 0; i < G_N_ELEMENTS (messages); i++) {
    openim_pb_free (visitor_send (world->ann, messages[i], "bob", "", FALSE));
    g_autoptr (OpenimMessage) received = message_arrives (world->bob, messages[i]);

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

/* The file goes away before it is sent; when it is back, what is stored can be sent again. */
static void
test_resend (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = desk_put (desk, "holiday.png", PNG, sizeof PNG - 1);
  g_autoptr (OpenimMessage) message = visitor_make_image (ann, path);
  g_autoptr (OpenimMessage) failed = NULL;
  g_autoptr (OpenimMessage) received = NULL;

  g_unlink (path);
  g_assert_cmpint (send_refused (ann, message), ==, OPENIM_ERROR_FILE_NOT_FOUND);
  openim_pb_free (
      visitor_hear (ann, EVENT (ConversationChanged), latest_is, GINT_TO_POINTER (OPENIM_STATUS_FAILED)));
  g_free (desk_put (desk, "holiday.png", PNG, sizeof PNG - 1));
  failed = latest_stored (ann);
  g_assert_cmpint (failed->status, ==, OPENIM_STATUS_FAILED);
  g_assert_cmpstr (failed->pictureelem->sourcepath, ==, path);
  openim_pb_free (visitor_send (ann, failed, "bob", "", FALSE));
  received = message_arrives (desk->world->bob, message);
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
  forward = visitor_make (world->ann, FUNCTION (CreateForwardMessage), &request);
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
  g_autoptr (OpenimMessage) message = visitor_make_file (ann, path, "");
  Openim__Event__EventOnRecvOnlineOnlyMessageData *received;

  openim_pb_free (visitor_send (ann, message, "bob", "", TRUE));
  received = visitor_hear (desk->world->bob, EVENT (RecvOnlineOnlyMessage), NULL, NULL);
  assert_stored (received->message->fileelem->sourceurl, path, NULL);
  openim_pb_free (received);
  g_assert_cmpuint (visitor_count (ann, EVENT (NewConversation)), ==, 0);

  desk_free (desk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/media/picture", test_picture);
  g_test_add_func ("/door/media/sound", test_sound);
  g_test_add_func ("/door/media/duration", test_duration);
  g_test_add_func ("/door/media/video", test_video);
  g_test_add_func ("/door/media/file", test_file);
  g_test_add_func ("/door/media/records", test_records);
  g_test_add_func ("/door/media/not-a-picture", test_not_a_picture);
  g_test_add_func ("/door/media/resend", test_resend);
  g_test_add_func ("/door/media/trap", test_trap);
  g_test_add_func ("/door/media/online-only", test_online_only);
  return g_test_run ();
}
