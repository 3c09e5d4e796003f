/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What real people and a real server have put into messages: all of it is read and has a text. */

#include <string.h>

#include "msg.pb-c.h"

#include "base/gate.h"
#include "sdk/content.h"
#include "sdk/convert.h"
#include "sdk/sdk.h"

/* ---- recordings */

static void
check_message (const OpenimMsgData *data, GHashTable *types)
{
  g_autoptr (OpenimMessage) message = openim_convert_data (data, "somebody");
  g_autofree char *text = openim_message_get_text (message, "somebody");
  g_autofree char *raw = openim_content_get_raw (message);
  const OpenimContentRow *row = openim_content_find (data->contenttype);
  g_autofree char *content = g_strndup ((const char *) data->content.data, data->content.len);

  g_assert_cmpstr (text, !=, "");
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_hash_table_add (types, GINT_TO_POINTER (data->contenttype));
  if (data->content.len == 0 || *content == 'p') /* deleted; "plain words, no JSON" */
    return;

  g_test_message ("%d: %.70s", data->contenttype, text);
  if (row != NULL && row->member != NULL) {
    g_assert_cmpint (message->content_case, !=, OPENIM__SDK__SHARED__IMMESSAGE__CONTENT__NOT_SET);
    g_assert_null (raw);
    g_assert_null (strstr (text, "unknown kind"));
  } else {
    g_assert_cmpint (message->content_case, ==, OPENIM__SDK__SHARED__IMMESSAGE__CONTENT__NOT_SET);
    g_assert_cmpstr (raw, ==, content);
  }
}

/* Both kinds of answers have maps of lists in the same places. */
static void
check_lists (Openim__Sdkws__PushMessages *messages, GHashTable *types)
{
  for (size_t i = 0; i < messages->n_msgs; i++) {
    for (size_t j = 0; messages->msgs[i]->value != NULL && j < messages->msgs[i]->value->n_msgs; j++)
      check_message (messages->msgs[i]->value->msgs[j], types);
  }
  for (size_t i = 0; i < messages->n_notificationmsgs; i++) {
    for (size_t j = 0;
         messages->notificationmsgs[i]->value != NULL && j < messages->notificationmsgs[i]->value->n_msgs;
         j++)
      check_message (messages->notificationmsgs[i]->value->msgs[j], types);
  }
}

static void
check_frame (JsonObject *frame, GHashTable *types)
{
  gint64 id = openim_json_int (frame, "reqIdentifier");
  const char *data = openim_json_string (frame, "data");
  g_autofree guint8 *bytes = NULL;
  g_autoptr (GError) error = NULL;
  Openim__Sdkws__PushMessages *messages;
  gsize length;

  /* Pushes and pulls: the fields have the same numbers. */
  if ((id != 2001 && id != 1002 && id != 1005) || *data == '\0')
    return;
  bytes = g_base64_decode (data, &length);
  messages = openim_pb_unpack (&openim__sdkws__push_messages__descriptor, bytes, length, &error);
  g_assert_no_error (error);
  check_lists (messages, types);
  openim_pb_free (messages);
}

static void
check_recording (const char *path, GHashTable *types)
{
  g_autofree char *content = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  g_file_get_contents (path, &content, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (content, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_autoptr (JsonObject) line = NULL;
    g_autoptr (JsonObject) frame = NULL;
    const char *body;

    if (*lines[i] == '\0')
      continue;
    line = openim_json_parse (lines[i], strlen (lines[i]), OPENIM_GATE_BODY_MAX, &error);
    g_assert_no_error (error);
    if (!g_str_equal (openim_json_string (line, "kind"), "frame"))
      continue;
    body = openim_json_string (line, "body");
    frame = openim_json_parse (body, strlen (body), OPENIM_GATE_BODY_MAX, &error);
    g_assert_no_error (error);
    check_frame (frame, types);
  }
}

static void
test_recordings (void)
{
  const char *folder = g_getenv ("OPENIM_RECORDINGS");
  g_autoptr (GHashTable) types = g_hash_table_new (NULL, NULL);
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;

  g_assert_nonnull (folder);
  dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_str_has_suffix (name, ".jsonl"))
      check_recording (path, types);
  }

  /* So that this does not pass because nothing was looked at. */
  g_assert_cmpuint (g_hash_table_size (types), >, 40);
}

/* ---- one by one */

/* (transfer full) */
static OpenimMessage *
read_content (int type, const char *content)
{
  OpenimMessage *message = openim_pb_new (&openim__sdk__shared__immessage__descriptor);

  message->contenttype = type;
  openim_pb_set (&message->sendid, "ann");
  openim_pb_set (&message->sendernickname, "Ann");
  openim_content_read (message, content, strlen (content));
  return message;
}

static const struct {
  int type;
  const char *content;
} written[] = {
  { 101, "{\"content\":\"\"}" },
  { 101, "{\"content\":\"a \\\"word\\\"\"}" },
  { 102, "{\"sourcePicture\":{\"type\":\"image/png\",\"size\":1,\"width\":2,\"height\":0,\"url\":\"http://x/"
         "a.png\"}}" },
  { 103, "{\"uuid\":\"u\",\"sourceUrl\":\"http://x/a\",\"dataSize\":5,\"duration\":0}" },
  { 104, "{\"videoUrl\":\"http://x/"
         "v\",\"videoSize\":9999999999,\"duration\":61,\"snapshotSize\":0,\"snapshotUrl\":\"http://"
         "x/s\",\"snapshotWidth\":0,\"snapshotHeight\":0}" },
  { 105, "{\"sourceUrl\":\"http://x/f\",\"fileName\":\"f\",\"fileSize\":7}" },
  { 108, "{\"userID\":\"zoe\",\"nickname\":\"\",\"faceURL\":\"\",\"ex\":\"\"}" },
  { 109, "{\"longitude\":-74.5,\"latitude\":1.5}" },
  { 110, "{\"data\":\"d\"}" },
  { 113, "{\"msgTips\":\"yes\"}" },
  { 115, "{\"index\":0}" },
  { 117, "{\"text\":\"t\",\"messageEntityList\":[{\"type\":\"bold\",\"offset\":0,\"length\":1}]}" },
  { 1201,
    "{\"detail\":\"{\\\"fromToUserID\\\":{\\\"fromUserID\\\":\\\"a\\\",\\\"toUserID\\\":\\\"b\\\"}}\"}" },
};

/* What is written is what other clients write: keys, and which of them are left out. */
static void
test_written (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (written); i++) {
    g_autoptr (OpenimMessage) message = read_content (written[i].type, written[i].content);
    g_autoptr (GError) error = NULL;
    g_autofree char *content = openim_content_write (message, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (content, ==, written[i].content);
  }
}

/* Both spellings are read; a place on the sender's disk is not passed on. */
static void
test_spelling (void)
{
  g_autoptr (OpenimMessage) old =
      read_content (105, "{\"sourceURL\":\"http://x\",\"filePath\":\"/home/ann/f\"}");
  g_autoptr (OpenimMessage) new = read_content (105, "{\"sourceUrl\":\"http://x\"}");
  g_autofree char *content = openim_content_write (old, NULL);

  g_assert_cmpstr (old->fileelem->sourceurl, ==, "http://x");
  g_assert_cmpstr (new->fileelem->sourceurl, ==, "http://x");
  g_assert_cmpstr (content, ==, "{\"sourceUrl\":\"http://x\",\"fileSize\":0}");
}

/* A message inside a message has its body as a member, as text, or as a notice. */
static void
test_embedded (void)
{
  g_autoptr (OpenimMessage) member = read_content (
      114, "{\"text\":\"yes\",\"quoteMessage\":{\"contentType\":101,\"seq\":4,\"senderFaceUrl\":\"F\","
           "\"textElem\":{\"content\":\"said\"}}}");
  g_autoptr (OpenimMessage) text = read_content (
      114, "{\"text\":\"yes\",\"quoteMessage\":{\"contentType\":101,\"content\":\"{\\\"content\\\":"
           "\\\"said\\\"}\"}}");
  g_autoptr (OpenimMessage) withdrawn =
      read_content (114, "{\"text\":\"yes\",\"quoteMessage\":{\"contentType\":2101,\"content\":\"{}\"}}");
  g_autoptr (OpenimMessage) merged = read_content (
      107, "{\"title\":\"T\",\"multiMessage\":[{\"contentType\":1201,\"notificationElem\":{\"detail\":"
           "\"{\\\"fromToUserID\\\":{\\\"fromUserID\\\":\\\"a\\\"}}\"}},7,{\"contentType\":101,"
           "\"textElem\":null,\"content\":\"{\\\"content\\\":\\\"x\\\"}\"}]}");
  g_autoptr (OpenimMessage) broken =
      read_content (114, "{\"quoteMessage\":{\"contentType\":101,\"textElem\":5}}");
  g_autofree char *spoken = openim_message_get_text (broken, NULL);
  g_autofree char *withdrawn_text = openim_message_get_text (withdrawn, NULL);

  g_assert_cmpstr (member->quoteelem->quotemessage->textelem->content, ==, "said");
  g_assert_cmpstr (member->quoteelem->quotemessage->senderfaceurl, ==, "F");
  g_assert_cmpint (member->quoteelem->quotemessage->seq, ==, 4);
  g_assert_cmpstr (text->quoteelem->quotemessage->textelem->content, ==, "said");
  g_assert_cmpstr (withdrawn_text, ==, "> A message was withdrawn.\nyes");
  g_assert_cmpuint (merged->mergeelem->n_multimessage, ==, 3);
  g_assert_cmpstr (
      merged->mergeelem->multimessage[0]->friendapplicationapprovedtips->fromtouserid->fromuserid, ==, "a");
  g_assert_cmpstr (merged->mergeelem->multimessage[2]->textelem->content, ==, "x");
  g_assert_cmpint (broken->quoteelem->quotemessage->content_case, ==, 0);
  g_assert_cmpstr (spoken, !=, "");
}

/* Content that is no JSON, or of an unknown type, survives a journey through bytes and a copy. */
static void
test_raw (void)
{
  g_autoptr (OpenimMessage) unknown = read_content (777, "{\"anything\":[1,2.5,null,true]}");
  g_autoptr (OpenimMessage) broken = read_content (101, "plain words");
  g_autoptr (OpenimMessage) copy = openim_pb_copy (unknown);
  g_autofree char *raw = openim_content_get_raw (copy);
  g_autofree char *words = openim_content_get_raw (broken);
  g_autofree char *unknown_text = openim_message_get_text (unknown, NULL);
  g_autofree char *broken_text = openim_message_get_text (broken, NULL);
  g_autofree char *long_content = g_strdup_printf ("{\"a\":\"%0*d\"}", 70000, 1);
  g_autoptr (OpenimMessage) long_one = read_content (777, long_content);
  g_autofree char *long_raw = openim_content_get_raw (long_one);

  g_assert_cmpstr (raw, ==, "{\"anything\":[1,2.5,null,true]}");
  g_assert_cmpstr (words, ==, "plain words");
  g_assert_cmpstr (long_raw, ==, long_content);
  g_assert_cmpstr (unknown_text, ==, "[message of an unknown kind: 777]");
  g_assert_cmpstr (broken_text, ==, "[message without a text]");
}

static void
test_not_writable (void)
{
  g_autoptr (OpenimMessage) empty = openim_pb_new (&openim__sdk__shared__immessage__descriptor);
  g_autoptr (GError) error = NULL;

  g_assert_null (openim_content_write (empty, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_CONTENT_TYPE);
  g_clear_error (&error);
  empty->contenttype = OPENIM__SDK__COMMON__CONTENT_TYPE__Text;
  g_assert_null (openim_content_write (empty, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS);
}

static void
test_attached_info (void)
{
  g_autofree char *text = NULL;
  Openim__Sdk__Shared__AttachedInfoElem *info;

  g_assert_null (openim_attached_info_read (""));
  g_assert_null (openim_attached_info_read ("null"));
  g_assert_null (openim_attached_info_read ("{broken"));
  info = openim_attached_info_read (
      "{\"groupHasReadInfo\":{\"hasReadCount\":1,\"groupMemberCount\":3},\"isPrivateChat\":"
      "true,\"burnDuration\":30,\"uploadProgress\":{\"total\":9}}");
  g_assert_cmpint (info->grouphasreadinfo->groupmembercount, ==, 3);
  g_assert_true (info->isprivatechat);
  g_assert_cmpint (info->burnduration, ==, 30);
  g_assert_cmpint (info->progress->total, ==, 9);
  text = openim_attached_info_write (info);
  g_assert_nonnull (strstr (text, "\"uploadProgress\":{"));
  openim_pb_free (info);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdk/content/recordings", test_recordings);
  g_test_add_func ("/sdk/content/written", test_written);
  g_test_add_func ("/sdk/content/spelling", test_spelling);
  g_test_add_func ("/sdk/content/embedded", test_embedded);
  g_test_add_func ("/sdk/content/raw", test_raw);
  g_test_add_func ("/sdk/content/not-writable", test_not_writable);
  g_test_add_func ("/sdk/content/attached-info", test_attached_info);

  return g_test_run ();
}
