/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/* What others send, in whatever kind of message, is a line that a person can read; what becomes of it later
 * is another. */

#define PICTURE 102
#define VOICE 103
#define FILE_ 105
#define MERGER 107
#define CARD 108
#define LOCATION 109
#define CUSTOM 110
#define QUOTE 114
#define FACE 115

typedef struct {
  Scene scene;
  Person *bob;
} Talk;

static void
talk_open_with (Talk *talk, Stage *stage, const char *const *options)
{
  Scene *scene = &talk->scene;

  scene_open_with (scene, stage, options);
  scene_alice (scene);
  talk->bob = person_new (scene->server, "bob", "Bob");
  person_connect (talk->bob);
  person_befriend (talk->bob, "alice");
  scene_login_until (scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_forget (scene->host);
}

static void
talk_open (Talk *talk, Stage *stage)
{
  static const char *const none[] = { NULL };

  talk_open_with (talk, stage, none);
}

static void
talk_close (Talk *talk)
{
  host_quit (talk->scene.host);
  person_free (talk->bob);
  scene_close (&talk->scene);
}

/* Pidgin gets HTML, in which "> " and line breaks look otherwise. */
static void
shows (Talk *talk, const char *line)
{
  g_autofree char *plain = g_strdup_printf ("(!pidgin) alice: im bob RECV {bob|Bob}: \"%s\"", line);
  g_auto (GStrv) parts = g_strsplit_set (line, ">\n", -1);
  g_autofree char *loose = g_strjoinv ("*", parts);
  g_autofree char *html = g_strdup_printf ("(pidgin) alice: im bob RECV \"Bob\": \"%s\"", loose);
  g_auto (GStrv) lines = g_strsplit (plain, "\n", -1);
  g_autofree char *escaped = g_strjoinv ("\\n", lines);

  scene_expect (&talk->scene, escaped, html, NULL);
}

static void
run_quotes (Stage *stage)
{
  Talk talk = { 0 };

  talk_open (&talk, stage);
  person_send (
      talk.bob, "alice", NULL, QUOTE,
      "{\"text\":\"nice\",\"quoteMessage\":{\"contentType\":102,\"senderNickname\":\"Carol\",\"seq\":1,"
      "\"pictureElem\":{}}}");
  shows (&talk, "> Carol: [picture]\nnice");
  person_send (
      talk.bob, "alice", NULL, QUOTE,
      "{\"text\":\"read it\",\"quoteMessage\":{\"contentType\":105,\"senderNickname\":\"Carol\",\"seq\":1,"
      "\"fileElem\":{\"fileName\":\"plan.pdf\"}}}");
  shows (&talk, "> Carol: [file] plan.pdf\nread it");
  person_send (
      talk.bob, "alice", NULL, QUOTE,
      "{\"text\":\"what was it?\",\"quoteMessage\":{\"contentType\":2101,\"seq\":1,\"content\":\"{}\"}}");
  shows (&talk, "> A message was withdrawn.\nwhat was it?");
  host_expect_nothing (talk.scene.host);
  talk_close (&talk);
}

static void
run_kinds (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  person_send (
      talk.bob, "alice", NULL, MERGER,
      "{\"title\":\"Of lunch\",\"abstractList\":[\"Carol: soup?\"],\"multiMessage\":[{\"contentType\":101,"
      "\"senderNickname\":\"Carol\",\"textElem\":{\"content\":\"soup?\"}},{\"contentType\":103,"
      "\"senderNickname\":\"Dave\",\"soundElem\":{\"duration\":3}}]}");
  shows (&talk, "[chat record] Of lunch\n> Carol: soup?\n> Dave: [voice message] 0:03");
  person_send (talk.bob, "alice", NULL, CARD,
               "{\"userID\":\"zoe\",\"nickname\":\"Zoe\",\"faceURL\":\"\",\"ex\":\"\"}");
  shows (&talk, "[contact card] Zoe (zoe)\n?add zoe asks for friendship.");
  person_send (talk.bob, "alice", NULL, CARD,
               "{\"userID\":\"bob\",\"nickname\":\"Bob\",\"faceURL\":\"\",\"ex\":\"\"}");
  shows (&talk, "[contact card] Bob (bob)");
  person_send (talk.bob, "alice", NULL, LOCATION,
               "{\"description\":\"here\",\"longitude\":13.405,\"latitude\":52.52}");
  scene_expect (
      scene,
      "alice: im bob RECV {bob|Bob}: \"?location? here *https://www.openstreetmap.org/?mlat=52.520000*\"",
      NULL);
  person_send (talk.bob, "alice", NULL, FACE, "{\"index\":7,\"data\":\"\"}");
  shows (&talk, "[sticker 7]");
  person_send (talk.bob, "alice", NULL, CUSTOM, "{\"data\":\"{\\\"customType\\\":204,\\\"data\\\":{}}\"}");
  shows (&talk, "[call ended]");
  person_send (talk.bob, "alice", NULL, CUSTOM, "{\"data\":\"x=1\",\"description\":\"a poll\"}");
  shows (&talk, "a poll");
  person_send (talk.bob, "alice", NULL, CUSTOM, "{\"data\":\"x=1\"}");
  shows (&talk, "[message from another program] x=1");
  person_send (talk.bob, "alice", NULL, 999, "{\"a\":1}");
  shows (&talk, "[message of an unknown kind: 999]");
  host_expect_nothing (scene->host);
  talk_close (&talk);
}

/* bob takes back what alice has seen, and what she has not. */
static void
run_withdrawn (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;
  g_autoptr (JsonNode) a = NULL;
  g_autoptr (JsonNode) b = NULL;

  talk_open (&talk, stage);
  person_say (talk.bob, "alice", "a word too much");
  shows (&talk, "a word too much");
  a = person_call (talk.bob, "/msg/revoke_msg", "{'conversationID':'si_alice_bob','seq':2,'userID':'bob'}");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Bob withdrew message 1, “a word too much”.\"", NULL);
  scene_type (scene, "bob", "/list");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"1  * Bob withdrew a message.\"", NULL);

  /* In a window that is closed nothing is withdrawn; it does not open for that. */
  person_say (talk.bob, "alice", "another one");
  shows (&talk, "another one");
  host_do (scene->host, "close", "alice", "bob", NULL);
  if (!scene_is (scene, "bitlbee"))
    scene_wait_for (scene, "alice: im bob closed");
  host_forget (scene->host);
  b = person_call (talk.bob, "/msg/revoke_msg", "{'conversationID':'si_alice_bob','seq':3,'userID':'bob'}");
  person_type (talk.bob, "alice", TRUE);
  scene_wait_for (scene, "alice: typing bob TYPING");
  host_ignore (scene->host, "alice: typing *");
  host_expect_nothing (scene->host);
  talk_close (&talk);
}

/* alice deletes on her telephone, for all her devices. */
static void
run_deleted_elsewhere (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;
  Person *phone = NULL;
  g_autoptr (JsonNode) a = NULL;

  talk_open (&talk, stage);
  phone = person_device (scene->server, "alice", PLATFORM_ANDROID);
  person_say (talk.bob, "alice", "forget this");
  shows (&talk, "forget this");
  a = person_call (
      phone, "/msg/delete_msgs",
      "{'conversationID':'si_alice_bob','seqs':[2],'userID':'alice','deleteSyncOpt':{'IsSyncSelf':true}}");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Message 1 has been deleted.\"", NULL);
  host_expect_nothing (scene->host);
  person_free (phone);
  talk_close (&talk);
}

/* A server may change what is said in it. */
static void
run_altered (Stage *stage)
{
  static const char *const options[] = { "--alter", "damn=d***", NULL };
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open_with (&talk, stage, options);
  host_do (scene->host, "say", "alice", "bob", "damn it", NULL);
  scene_expect (scene, "(!bitlbee) alice: im bob SEND \"*\": \"damn it\"",
                "alice: im bob *SYSTEM*: \"The server has changed your message 1; others read: d*** it\"",
                NULL);
  host_expect_nothing (scene->host);
  story_proves_event (35);
  talk_close (&talk);
}

/* What the operators of the server announce comes from an account of theirs. */
static void
run_announcement (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;
  g_autoptr (JsonNode) a = NULL;
  g_autoptr (JsonNode) b = NULL;

  talk_open (&talk, stage);
  a = server_call (scene->server, "/user/add_notification_account",
                   "{'userID':'herald','nickName':'Herald','faceURL':'http://x/f','appMangerLevel':3}");
  b = server_call (
      scene->server, "/msg/send_msg",
      "{'sendID':'herald','recvID':'alice','groupID':'','senderNickname':'Herald','senderFaceURL':'',"
      "'senderPlatformID':10,'contentType':1400,'sessionType':4,'content':{'notificationName':'News',"
      "'notificationType':1,'mixType':0,'text':'read this','externalUrl':'http://example.org/'}}");
  scene_wait_for (scene, "alice: im herald *RECV* \"*\": \"News: read this *http://example.org/*\"");
  host_forget (scene->host);
  talk_close (&talk);
}

static const Story stories[] = {
  { "quotes", run_quotes, STORY_ALL },
  { "kinds", run_kinds, STORY_ALL },
  { "withdrawn", run_withdrawn, STORY_ALL },
  { "deleted-elsewhere", run_deleted_elsewhere, STORY_ALL },
  { "altered", run_altered, STORY_ALL },
  { "announcement", run_announcement, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
