/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Messages as people read them. */

#include <string.h>

#include "sdk/content.h"
#include "sdk/sdk.h"

#define PERSON(id, name) "{\"userID\":\"" id "\",\"nickname\":\"" name "\"}"
#define ANN PERSON ("ann", "Ann")
#define BOB PERSON ("bob", "Bob")
#define ZOE PERSON ("zoe", "")

static const struct {
  int type;
  const char *content; /* of a notice: its detail */
  const char *text;    /* for bob */
} rows[] = {
  { 101, "{\"content\":\"hello\\nthere\"}", "hello\nthere" },
  { 101, "{\"content\":\"\"}", "[message without a text]" },
  { 101, "{\"content\":\"a\\u0007\\u202eb\"}", "a\342\200\256b" },
  { 102, "{\"sourcePicture\":{\"url\":\"http://x/p/photo.jpg?a=b\",\"size\":120000}}",
    "[picture] photo.jpg 120.0\302\240kB http://x/p/photo.jpg?a=b" },
  { 102, "{}", "[picture]" },
  { 103, "{\"sourceUrl\":\"http://x/v.m4a\",\"duration\":63}", "[voice message] v.m4a 1:03 http://x/v.m4a" },
  { 104, "{\"videoUrl\":\"http://x/v.mp4\",\"duration\":5,\"videoSize\":2000}",
    "[video] v.mp4 0:05 2.0\302\240kB http://x/v.mp4" },
  { 105, "{\"sourceUrl\":\"http://x/9f3a\",\"fileName\":\"plan.pdf\",\"fileSize\":2000}",
    "[file] plan.pdf 2.0\302\240kB http://x/9f3a" },
  { 106,
    "{\"text\":\"@bob and @bobby, @AtAllTag: "
    "@zoe\",\"atUsersInfo\":[{\"atUserID\":\"bob\",\"groupNickname\":\"Robert\"},"
    "{\"atUserID\":\"bobby\",\"groupNickname\":\"Bobby "
    "Brown\"},{\"atUserID\":\"zoe\",\"groupNickname\":\"\"}]}",
    "@Robert and @Bobby Brown, @everyone: @zoe" },
  { 106,
    "{\"text\":\"@x\",\"quoteMessage\":{\"contentType\":101,\"senderNickname\":\"Zoe\",\"textElem\":{"
    "\"content\":"
    "\"one\\ntwo\"}}}",
    "> Zoe: one\n> two\n@x" },
  { 107, "{\"title\":\"A and B\",\"abstractList\":[\"A: hi\",\"B: ho\"]}",
    "[chat record] A and B\n> A: hi\n> B: ho" },
  { 107, "{\"multiMessage\":[{\"contentType\":101,\"sendID\":\"zoe\",\"textElem\":{\"content\":\"hi\"}}]}",
    "[chat record]\n> zoe: hi" },
  { 107,
    "{\"abstractList\":[\"zoe: "
    "a\"],\"multiMessage\":[{\"contentType\":101,\"sendID\":\"zoe\",\"textElem\":{\"content\":\"a\"}},"
    "{\"contentType\":101,\"sendID\":\"ann\",\"textElem\":{\"content\":\"b\\nc\"}}]}",
    "[chat record]\n> zoe: a\n> ann: b c" },
  { 107,
    "{\"abstractList\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\","
    "\"14\",\"15\","
    "\"16\",\"17\",\"18\",\"19\",\"20\",\"21\",\"22\"]}",
    "[chat record]\n> 1\n> 2\n> 3\n> 4\n> 5\n> 6\n> 7\n> 8\n> 9\n> 10\n> 11\n> 12\n> 13\n> 14\n> 15\n> 16\n"
    "> 17\n> 18\n> 19\n> 20\n> … and 2 more" },
  { 108, "{\"userID\":\"zoe\",\"nickname\":\"Zoe\"}", "[contact card] Zoe (zoe)" },
  { 109, "{\"description\":\"here\",\"longitude\":-74.006,\"latitude\":40.7127}",
    "[location] here https://www.openstreetmap.org/?mlat=40.712700&mlon=-74.006000" },
  { 109, "{\"description\":\"{\\\"a\\\":1}\"}",
    "[location] https://www.openstreetmap.org/?mlat=0.000000&mlon=0.000000" },
  { 110, "{\"data\":\"d\",\"description\":\"a poll\"}", "a poll" },
  { 110, "{\"data\":\"d\"}", "[message from another program] d" },
  { 110, "{\"data\":\"{\\\"customType\\\":203,\\\"data\\\":{}}\"}", "[call cancelled]" },
  { 110, "{\"data\":\"{\\\"customType\\\":7}\"}", "[message from another program] {\"customType\":7}" },
  { 113, "{\"msgTips\":\"yes\"}", "Ann is typing." },
  { 114,
    "{\"text\":\"no\",\"quoteMessage\":{\"contentType\":114,\"senderNickname\":\"Zoe\",\"quoteElem\":{"
    "\"text\":\"yes\","
    "\"quoteMessage\":{\"contentType\":101,\"textElem\":{\"content\":\"well?\"}}}}}",
    "> Zoe: yes\nno" },
  { 115, "{\"index\":3}", "[sticker 3]" },
  { 116, "{\"content\":\"a\",\"packets\":[\"b\",\"c\"]}", "abc" },
  { 117, "{\"text\":\"bold\"}", "bold" },
  { 118, "{\"content\":\"# title\"}", "# title" },
  { 119, "{\"data\":\"d\",\"description\":\"x\"}", "x" },
  { 777, "{}", "[message of an unknown kind: 777]" },
  { 1201, "{}", "You are friends now and can write to each other." },
  { 1400, "{\"notificationName\":\"News\",\"text\":\"read this\",\"externalUrl\":\"http://x\"}",
    "News: read this http://x" },
  { 1501, "{\"opUser\":" ANN "}", "Ann created the group." },
  { 1501, "{\"opUser\":" BOB "}", "You created the group." },
  { 1501, "{}", "somebody created the group." },
  { 1504, "{\"quitUser\":" ZOE "}", "zoe left the group." },
  { 1504, "{\"quitUser\":" BOB "}", "You left the group." },
  { 1507, "{\"opUser\":" ANN ",\"newGroupOwner\":" BOB "}", "You are the owner of the group now." },
  { 1507, "{\"opUser\":" BOB ",\"newGroupOwner\":" ANN "}", "Ann is the owner of the group now." },
  { 1508, "{\"opUser\":" ANN ",\"kickedUserList\":[" BOB "," ZOE "]}",
    "Ann removed you, zoe from the group." },
  { 1508, "{\"opUser\":" BOB ",\"kickedUserList\":[" ZOE "]}", "You removed zoe from the group." },
  { 1509, "{\"opUser\":" ANN ",\"invitedUserList\":[" BOB "]}", "Ann added you to the group." },
  { 1509, "{\"opUser\":" ANN ",\"inviterUser\":" BOB ",\"invitedUserList\":[" ZOE "]}",
    "You added zoe to the group." },
  { 1510, "{\"entrantUser\":" ANN "}", "Ann joined the group." },
  { 1511, "{\"opUser\":" ANN "}", "Ann dissolved the group." },
  { 1512, "{\"opUser\":" ANN ",\"mutedUser\":" BOB ",\"mutedSeconds\":600}",
    "Ann muted you for 10 minutes." },
  { 1512, "{\"opUser\":" BOB ",\"mutedUser\":" ZOE ",\"mutedSeconds\":3600}", "You muted zoe for 1 hour." },
  { 1513, "{\"opUser\":" ANN ",\"mutedUser\":" BOB "}", "Ann allowed you to write again." },
  { 1514, "{\"opUser\":" ANN "}", "Ann muted the group: only owner and administrators can write." },
  { 1515, "{\"opUser\":" BOB "}", "You allowed everyone to write again." },
  { 1519, "{\"opUser\":" ANN ",\"group\":{\"notification\":\"read this\"}}",
    "Ann changed the announcement: read this" },
  { 1520, "{\"opUser\":" BOB ",\"group\":{\"groupName\":\"New\"}}", "You renamed the group to “New”." },
  { 1701, "{\"isPrivate\":true}", "From now on, messages vanish some time after they are read." },
  { 2001, "{\"key\":\"k\",\"data\":\"d\"}", "[notice from the service] d" },
  { 2101, "{\"revokerID\":\"ann\",\"revokerNickname\":\"Ann\",\"sourceMessageSendID\":\"ann\"}",
    "Ann withdrew a message." },
  { 2101,
    "{\"revokerID\":\"bob\",\"revokerNickname\":\"Bob\",\"sourceMessageSendID\":\"zoe\","
    "\"sourceMessageSenderNickname\":\"Zoe\"}",
    "You withdrew a message of Zoe." },
  { 2101, "{}", "A message was withdrawn." },
};

/* (transfer full) */
static OpenimMessage *
make (int type, const char *content)
{
  OpenimMessage *message = openim_pb_new (&openim__sdk__shared__immessage__descriptor);
  g_autoptr (JsonObject) envelope = openim_json_build ("detail", 's', content, NULL);
  g_autofree char *notice = openim_json_print (envelope);
  const char *text = type >= 1000 ? notice : content;

  message->contenttype = type;
  openim_pb_set (&message->sendid, "ann");
  openim_pb_set (&message->sendernickname, "Ann");
  openim_content_read (message, text, strlen (text));
  return message;
}

static void
test_texts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (OpenimMessage) message = make (rows[i].type, rows[i].content);
    g_autofree char *text = openim_message_get_text (message, "bob");
    g_autofree char *nobodys = openim_message_get_text (message, NULL);

    g_assert_cmpstr (text, ==, rows[i].text);
    g_assert_cmpstr (nobodys, !=, "");
  }
}

/* A body that is not there must not be looked into. */
static void
test_without_body (void)
{
  for (int type = 0; type < 2300; type++) {
    g_autoptr (OpenimMessage) message = openim_pb_new (&openim__sdk__shared__immessage__descriptor);
    g_autofree char *text = NULL;

    message->contenttype = type;
    text = openim_message_get_text (message, "bob");
    g_assert_cmpstr (text, !=, "");
  }
}

static void
test_notices (void)
{
  static const int notices[] = { 1201, 1501, 1520, 1701, 2101, 9999 }, others[] = { 0, 101, 120, 777, 1400 };

  for (guint i = 0; i < G_N_ELEMENTS (notices); i++) {
    g_autoptr (OpenimMessage) message = make (notices[i], "{}");

    g_assert_true (openim_message_is_notice (message));
  }
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (OpenimMessage) message = make (others[i], "{}");

    g_assert_false (openim_message_is_notice (message));
  }
}

static void
test_mentions (void)
{
  g_autoptr (OpenimMessage) bob = make (106, "{\"text\":\"x\",\"atUserList\":[\"ann\",\"bob\"]}");
  g_autoptr (OpenimMessage) all = make (106, "{\"text\":\"x\",\"atUserList\":[\"AtAllTag\"]}");
  g_autoptr (OpenimMessage) nobody = make (106, "{\"text\":\"@bob\",\"isAtSelf\":true}");
  g_autoptr (OpenimMessage) text = make (101, "{\"content\":\"@bob\"}");

  g_assert_true (openim_message_mentions (bob, "bob"));
  g_assert_false (openim_message_mentions (bob, "zoe"));
  g_assert_true (openim_message_mentions (all, "zoe"));
  g_assert_false (openim_message_mentions (nobody, "bob"));
  g_assert_false (openim_message_mentions (text, "bob"));
}

/* A long quote is cut between characters. */
static void
test_long_quote (void)
{
  g_autoptr (GString) content =
      g_string_new ("{\"text\":\"t\",\"quoteMessage\":{\"contentType\":101,\"senderNickname\":\"Z\","
                    "\"textElem\":{\"content\":\"");
  g_autoptr (OpenimMessage) message = NULL;
  g_autofree char *text = NULL;

  for (int i = 0; i < 1000; i++)
    g_string_append (content, "世");
  g_string_append (content, "\"}}}");
  message = make (114, content->str);
  text = openim_message_get_text (message, "bob");
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_cmpuint (strlen (text), <, 420);
  g_assert_true (g_str_has_suffix (text, "…\nt"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdk/text/texts", test_texts);
  g_test_add_func ("/sdk/text/without-body", test_without_body);
  g_test_add_func ("/sdk/text/notices", test_notices);
  g_test_add_func ("/sdk/text/mentions", test_mentions);
  g_test_add_func ("/sdk/text/long-quote", test_long_quote);

  return g_test_run ();
}
