/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/* What people do with single messages, by their numbers. */

#define TEXT 101
#define MERGER 107
#define CARD 108
#define LOCATION 109
#define CUSTOM 110
#define QUOTE 114
#define FACE 115
#define STYLED 117
#define AT_TEXT 106
#define REVOKED 2101

/* alice has a window with bob, who is her friend, and one of the group "Team", with bob and carol. */
typedef struct {
  Scene scene;
  Person *bob;
  Person *carol;
} Talk;

static void
talk_open (Talk *talk, Stage *stage)
{
  Scene *scene = &talk->scene;

  scene_open (scene, stage);
  scene_alice (scene);
  talk->bob = person_new (scene->server, "bob", "Bob");
  talk->carol = person_new (scene->server, "carol", "Carol");
  person_connect (talk->bob);
  person_connect (talk->carol);
  person_befriend (talk->bob, "alice");
  person_found (talk->bob, "team", "Team", "alice", "carol", NULL);
  scene_group_is_read (scene, "sg_team");
  scene_login_until (scene, "alice", "alice: connected", "alice: buddy bob online *",
                     "(!bitlbee) alice: room+ \"Team\" *", NULL);
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_do (scene->host, "join", "alice", "team", NULL);
  host_wait_answer (scene->host, "*carol*", 0, "members", "alice", "team", NULL);
  host_forget (scene->host);
}

static void
talk_close (Talk *talk)
{
  host_quit (talk->scene.host);
  person_free (talk->bob);
  person_free (talk->carol);
  scene_close (&talk->scene);
}

static void
settle (Talk *talk)
{
  person_type (talk->bob, "alice", TRUE);
  scene_wait_for (&talk->scene, "alice: typing bob TYPING");
  person_type (talk->bob, "alice", FALSE);
  scene_wait_for (&talk->scene, "alice: typing bob STOPPED");
}

/* alice says something that arrives, and knows it: what comes later on her connection has come. */
static void
say (Talk *talk, const char *where, const char *text)
{
  g_autofree char *pattern = g_strdup_printf ("*%s*", text);

  host_do (talk->scene.host, "say", "alice", where, text, NULL);
  if (!scene_is (&talk->scene, "bitlbee"))
    scene_wait_for (&talk->scene, "alice: * SEND \"*\": *");
  person_hear (talk->bob, "alice", TEXT, pattern);
  settle (talk);
}

static void
bob_says (Talk *talk, const char *text)
{
  g_autofree char *line = g_strdup_printf ("alice: im bob RECV {bob|Bob}: \"%s\"", text);

  person_say (talk->bob, "alice", text);
  scene_expect (&talk->scene, line, NULL);
}

#define BOB_SEES(talk, type, pattern) person_hear ((talk)->bob, "alice", type, pattern)

static void
run_numbers (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;
  g_autofree char *token = NULL;

  talk_open (&talk, stage);
  scene_type (scene, "bob", "/list");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Nothing has been shown here yet.\"", NULL);
  bob_says (&talk, "one");
  say (&talk, "bob", "two");
  bob_says (&talk, "three");
  scene_type (scene, "bob", "/list");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"1  20*-* *:* Bob: one\"",
                "alice: im bob *SYSTEM*: \"2  20*-* *:* Alice: two\"",
                "alice: im bob *SYSTEM*: \"3  20*-* *:* Bob: three\"", NULL);
  scene_type (scene, "bob", "/list 2");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"2  * Alice: two\"",
                "alice: im bob *SYSTEM*: \"3  * Bob: three\"", NULL);
  scene_type (scene, "bob", "/list some");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"“some” is not a number of messages.\"", NULL);

  /* Each conversation counts for itself, and what bob said while alice was away comes after the rest. */
  person_say_in (talk.carol, "team", "hello");
  scene_expect (scene, "alice: chat team RECV {carol|Carol}: \"hello\"", NULL);
  scene_type (scene, "team", "/list");
  scene_expect (scene, "alice: chat team *SYSTEM*: \"1  * Carol: hello\"", NULL);
  host_quit (scene->host);
  host_forget (scene->host);
  person_say (talk.bob, "alice", "four");
  host_start (scene->host);
  token = server_token (scene->server, "alice", PLATFORM_LINUX);
  scene_account (scene->host, scene->server, "alice", NULL, token);
  scene_login_until (scene, "alice", "alice: im bob *\"four\"", NULL);
  scene_type (scene, "bob", "/list 4");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"1  * Bob: one\"",
                "alice: im bob *SYSTEM*: \"2  * Alice: two\"", "alice: im bob *SYSTEM*: \"3  * Bob: three\"",
                "alice: im bob *SYSTEM*: \"4  * Bob: four\"", NULL);
  host_expect_nothing (scene->host);
  story_proves_function (2010);
  talk_close (&talk);
}

static void
run_quote (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  bob_says (&talk, "are you coming?");
  scene_type (scene, "bob", "/quote 1 yes & soon");
  scene_expect (
      scene, "(pidgin) alice: im bob SEND|REMOTE_SEND \"*\": \"&gt; Bob: are you coming?<br>yes &amp; soon\"",
      "(!pidgin) alice: im bob SEND|REMOTE_SEND \"*\": \"> Bob: are you coming?\\nyes & soon\"", NULL);
  BOB_SEES (&talk, QUOTE, "*\"text\":\"yes & soon\"*are you coming?*");
  scene_type (scene, "bob", "/styledquote 1 *no* way");
  scene_wait_for (scene, "alice: im bob SEND|REMOTE_SEND \"*\": \"*Bob: are you coming?*no way\"");
  BOB_SEES (&talk, QUOTE, "*\"text\":\"no way\"*are you coming?*\"type\":\"bold\"*");
  story_proves_function (2034);
  scene_type (scene, "bob", "/reply 7 what");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"There is no message 7 here. ?list shows the numbers.\"",
                NULL);
  scene_type (scene, "bob", "/reply x what");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"“x” is not the number of a message.\"", NULL);
  scene_type (scene, "bob", "/quote 1");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"?quote NUMBER TEXT: Answers a message.\"", NULL);

  person_say_in (talk.carol, "team", "who is there?");
  scene_expect (scene, "alice: chat team RECV {carol|Carol}: \"who is there?\"", NULL);
  scene_type (scene, "team", "/quote 1 me");
  scene_wait_for (scene, "alice: chat team *SEND* \"*\": \"*Carol: who is there?*me\"");
  BOB_SEES (&talk, QUOTE, "*\"text\":\"me\"*who is there?*");
  scene_type (scene, "team", "/quote 1 me and @bob too");
  scene_wait_for (scene, "alice: chat team *SEND* \"*\": \"*Carol: who is there?*me and @Bob *\"");
  BOB_SEES (&talk, AT_TEXT, "*@bob *who is there?*");
  host_expect_nothing (scene->host);
  story_proves_function (2030);
  story_proves_function (2033);
  talk_close (&talk);
}

static void
run_revoke (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  scene_type (scene, "bob", "/revoke");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Nothing has been shown here yet.\"", NULL);
  bob_says (&talk, "hello");
  scene_type (scene, "bob", "/revoke");
  scene_expect (
      scene, "alice: im bob *SYSTEM*: \"You have not said anything here of late that could be withdrawn.\"",
      NULL);
  say (&talk, "bob", "a slip");
  scene_type (scene, "bob", "/revoke");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Withdrawing 2  * Alice: a slip\"",
                "alice: im bob *SYSTEM*: \"You withdrew message 2, “a slip”.\"", NULL);
  BOB_SEES (&talk, REVOKED, "*");
  scene_type (scene, "bob", "/revoke 2");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"That message has been withdrawn already.\"", NULL);
  scene_type (scene, "bob", "/revoke 1");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Withdrawing 1  * Bob: hello\"",
                "alice: im bob *ERROR*: \"*\"", NULL);
  host_expect_nothing (scene->host);
  story_proves_function (2013);
  story_proves_event (31);
  talk_close (&talk);
}

/* An administrator withdraws what others have said, and others withdraw what alice has. */
static void
run_revoke_group (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;
  g_autoptr (JsonNode) a = NULL;
  g_autoptr (JsonNode) b = NULL;

  talk_open (&talk, stage);
  person_say_in (talk.carol, "team", "rude words");
  scene_expect (scene, "alice: chat team RECV {carol|Carol}: \"rude words\"", NULL);
  scene_type (scene, "team", "/revoke 1");
  scene_expect (scene, "alice: chat team *SYSTEM*: \"Withdrawing 1  * Carol: rude words\"",
                "alice: chat team *ERROR*: \"*\"", NULL);
  a = person_call (talk.bob, "/group/set_group_member_info",
                   "{'members':[{'groupID':'team','userID':'alice','roleLevel':60}]}");
  scene_wait_for (scene, "alice: chat team *SYSTEM*: \"You are an administrator of the group now.\"");
  host_ignore (scene->host, "alice: chat team member= *");
  host_forget (scene->host);
  scene_type (scene, "team", "/revoke 1");
  scene_expect (
      scene, "alice: chat team *SYSTEM*: \"Withdrawing 1  * Carol: rude words\"",
      "alice: chat team *SYSTEM*: \"You withdrew message 1, “rude words”, which Carol had written.\"", NULL);
  say (&talk, "team", "a secret");
  b = person_call (talk.bob, "/msg/revoke_msg", "{'conversationID':'sg_team','seq':3,'userID':'bob'}");
  scene_expect (scene,
                "alice: chat team *SYSTEM*: \"Bob withdrew message 2, “a secret”, which you had written.\"",
                NULL);
  host_expect_nothing (scene->host);
  talk_close (&talk);
}

static void
run_delete (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  bob_says (&talk, "one");
  bob_says (&talk, "two");
  bob_says (&talk, "three");
  scene_type (scene, "bob", "/delete 2");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Message 2 has been deleted.\"", NULL);
  scene_type (scene, "bob", "/delete -local 3");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Message 3 has been deleted.\"", NULL);
  scene_type (scene, "bob", "/list");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"1  * Bob: one\"", NULL);
  scene_type (scene, "bob", "/delete 2");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"That message is not there any more.\"", NULL);
  scene_type (scene, "bob", "/delete -local");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"-local also needs the number of a message.\"", NULL);
  bob_says (&talk, "four");
  scene_type (scene, "bob", "/list 1");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"4  * Bob: four\"", NULL);
  host_expect_nothing (scene->host);
  story_proves_function (2017);
  story_proves_function (2018);
  story_proves_event (33);
  talk_close (&talk);
}

static void
run_forward (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  bob_says (&talk, "one");
  bob_says (&talk, "two");
  scene_type (scene, "bob", "/forward 1 Team");
  scene_expect_unordered (scene, "alice: chat team SEND|REMOTE_SEND \"*\": \"one\"",
                          "alice: im bob *SYSTEM*: \"Sent to Team.\"", NULL);
  BOB_SEES (&talk, TEXT, "*one*");
  scene_type (scene, "team", "/forward 1 bob");
  scene_expect_unordered (scene, "alice: im bob SEND|REMOTE_SEND \"*\": \"one\"",
                          "alice: chat team *SYSTEM*: \"Sent to Bob.\"", NULL);
  BOB_SEES (&talk, TEXT, "*one*");
  scene_type (scene, "bob", "/merge 1-2 team Two words");
  scene_expect_unordered (scene, "alice: chat team SEND|REMOTE_SEND \"*\": \"*Two words*Bob: one*Bob: two\"",
                          "alice: im bob *SYSTEM*: \"Sent to Team.\"", NULL);
  BOB_SEES (&talk, MERGER, "*\"title\":\"Two words\"*Bob: one*Bob: two*");
  scene_type (scene, "bob", "/merge 1,2 bob");
  scene_expect (scene, "alice: im bob SEND|REMOTE_SEND \"*\": \"*What Alice and Bob said*\"", NULL);
  BOB_SEES (&talk, MERGER, "*\"title\":\"What Alice and Bob said\"*");
  scene_type (scene, "bob", "/forward 1 nobody at all");
  scene_expect (
      scene, "alice: im bob *SYSTEM*: \"“nobody at all” is neither a friend nor a group of yours.\"", NULL);
  scene_type (scene, "bob", "/forward 2-1 team");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"“2-1” are not numbers of messages, such as 7 or 3-7.\"",
                NULL);
  host_expect_nothing (scene->host);
  story_proves_function (2040);
  story_proves_function (2042);
  talk_close (&talk);
}

static void
run_kinds (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  scene_type (scene, "bob", "/card carol");
  scene_expect (scene,
                "alice: im bob SEND|REMOTE_SEND \"*\": \"?contact card? Carol (carol)*?add carol asks "
                "for friendship.\"",
                NULL);
  BOB_SEES (&talk, CARD, "*\"userID\":\"carol\",\"nickname\":\"Carol\"*");
  scene_type (scene, "bob", "/card nobody");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Nobody has the ID “nobody”.\"", NULL);
  scene_type (scene, "bob", "/location 52.52 13.405 the square");
  scene_expect (
      scene, "alice: im bob SEND|REMOTE_SEND \"*\": \"*the square*mlat=52.520000&*mlon=13.405000*\"", NULL);
  BOB_SEES (&talk, LOCATION, "*the square*");
  scene_type (scene, "bob", "/location 91 0");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"“91 0” is not a place; *\"", NULL);
  scene_type (scene, "bob", "/face 3");
  scene_expect (scene, "alice: im bob SEND|REMOTE_SEND \"*\": \"?sticker 3?\"", NULL);
  BOB_SEES (&talk, FACE, "*\"index\":3*");
  scene_type (scene, "bob", "/custom {'a':1}");
  scene_wait_for (scene, "alice: im bob SEND|REMOTE_SEND \"*\": \"*\"");
  BOB_SEES (&talk, CUSTOM, "*\"data\":\"{'a':1}\"*");
  scene_type (scene, "bob", "/styled a *bold* word");
  scene_expect (scene, "alice: im bob SEND|REMOTE_SEND \"*\": \"a bold word\"", NULL);
  BOB_SEES (&talk, STYLED, "*\"text\":\"a bold word\"*\"type\":\"bold\",\"offset\":2,\"length\":4*");
  host_expect_nothing (scene->host);
  story_proves_function (2029);
  story_proves_function (2031);
  story_proves_function (2032);
  story_proves_function (2035);
  story_proves_function (2041);
  talk_close (&talk);
}

static void
run_keep (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  bob_says (&talk, "the code is 7");
  scene_type (scene, "bob", "/note 1 do not lose");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Noted. *\"", NULL);
  scene_type (scene, "bob", "/list");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"1  * Bob: the code is 7 — your note: do not lose\"", NULL);
  scene_type (scene, "bob", "/note 1");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"The note is gone; *\"", NULL);
  scene_type (scene, "bob", "/remember ask Bob");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Remembered here, for you alone: “ask Bob”.\"", NULL);
  scene_type (scene, "bob", "/list");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"1  * Bob: the code is 7\"",
                "alice: im bob *SYSTEM*: \"2  * Alice: ask Bob\"", NULL);
  scene_type (scene, "team", "/remember tell all");
  scene_expect (scene, "alice: chat team *SYSTEM*: \"Remembered here, for you alone: “tell all”.\"", NULL);

  scene_type (scene, "bob", "/favourites");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"You have kept no messages yet; *\"", NULL);
  scene_type (scene, "bob", "/favourite 1");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Kept. *\"", NULL);
  scene_type (scene, "team", "/favourites");
  scene_expect (scene, "alice: chat team *SYSTEM*: \"1  * Bob: the code is 7\"", NULL);
  scene_type (scene, "bob", "/favourites edit 1 the code was 7");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Changed. *\"", NULL);
  scene_type (scene, "bob", "/favourites");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"1  the code was 7\"", NULL);
  scene_type (scene, "bob", "/favourites delete 2");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"You have kept no message 2. *\"", NULL);
  scene_type (scene, "bob", "/favourites delete 1");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Changed. *\"", NULL);
  scene_type (scene, "bob", "/favourites");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"You have kept no messages yet; *\"", NULL);
  scene_type (scene, "bob", "/favourites what");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Use *\"", NULL);
  host_expect_nothing (scene->host);
  story_proves_function (2026);
  story_proves_function (2023);
  story_proves_function (2024);
  story_proves_function (2100);
  story_proves_function (2103);
  story_proves_function (2104);
  story_proves_function (2105);
  talk_close (&talk);
}

static void
run_draft (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  bob_says (&talk, "well?");
  scene_type (scene, "bob", "/draft I think");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Kept as a draft. *\"", NULL);
  host_do (scene->host, "close", "alice", "bob", NULL);
  host_forget (scene->host);
  host_do (scene->host, "im", "alice", "bob", NULL);
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"Your draft: “I think”. *\"");
  scene_type (scene, "bob", "/draft");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"There is no draft here any more.\"");
  story_proves_function (2006);
  host_forget (scene->host);
  talk_close (&talk);
}

static const Story stories[] = {
  { "numbers", run_numbers, STORY_ALL }, { "quote", run_quote, STORY_ALL },
  { "revoke", run_revoke, STORY_ALL },   { "revoke-group", run_revoke_group, STORY_ALL },
  { "delete", run_delete, STORY_ALL },   { "forward", run_forward, STORY_ALL },
  { "kinds", run_kinds, STORY_ALL },     { "keep", run_keep, STORY_ALL },
  { "draft", run_draft, STORY_ALL },     { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
