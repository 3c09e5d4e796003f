/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <string.h>

/* Who people are: their names, and who is on the list. IDs are as a chat server makes them. */

#define BOB "1000000001"
#define CAROL "1000000002"
#define TWIN "1000000003"
#define WANG "1000000004"

/* alice is bob's friend; the others are strangers. The group "team" is carol's, and all are in it. */
typedef struct {
  Scene scene;
  Person *bob;
  Person *carol;
  Person *twin;
  Person *wang;
} Circle;

static void
circle_open (Circle *circle, Stage *stage)
{
  scene_open (&circle->scene, stage);
  scene_alice (&circle->scene);
  circle->bob = person_new (circle->scene.server, BOB, "Bob");
  circle->carol = person_new (circle->scene.server, CAROL, "Carol");
  circle->twin = person_new (circle->scene.server, TWIN, "Carol");
  circle->wang = person_new (circle->scene.server, WANG, "王小明");
  person_befriend (circle->bob, "alice");
  person_connect (circle->bob);
  person_connect (circle->carol);
  person_connect (circle->twin);
  person_connect (circle->wang);
  person_found (circle->carol, "team", "Team", "alice", BOB, TWIN, WANG, NULL);
  scene_group_is_read (&circle->scene, "sg_team");
}

static void
circle_login (Circle *circle)
{
  scene_login_until (&circle->scene, "alice", "alice: connected", "(!bitlbee) alice: buddy " BOB " online *",
                     "(bitlbee) alice: buddy Bob online *", NULL);
}

static void
circle_close (Circle *circle)
{
  host_quit (circle->scene.host);
  person_free (circle->bob);
  person_free (circle->carol);
  person_free (circle->twin);
  person_free (circle->wang);
  scene_close (&circle->scene);
}

/* A name everywhere, a number nowhere; and each is one and the same person. */
static void
run_names (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  gboolean irc = g_str_equal (stage->persona, "bitlbee");

  circle_open (&circle, stage);
  circle_login (&circle);
  person_say (circle.bob, "alice", "it is me");
  scene_wait_for (scene, irc ? "alice: im Bob RECV \"Bob\": \"it is me\""
                             : "alice: im " BOB " RECV \"Bob\": \"it is me\"");
  /* Strangers, from the first line on; two of the same name are two. */
  person_say (circle.carol, "alice", "hello");
  scene_wait_for (scene, irc ? "alice: im Carol RECV \"Carol\": \"hello\""
                             : "alice: im " CAROL " RECV \"Carol\": \"hello\"");
  person_say (circle.twin, "alice", "hello too");
  scene_wait_for (scene, irc ? "alice: im Carol_000000003 RECV \"Carol_000000003\": \"hello too\""
                             : "alice: im " TWIN " RECV \"Carol\": \"hello too\"");
  person_say (circle.wang, "alice", "你好");
  scene_wait_for (scene, irc ? "alice: im 王小明_0004 RECV \"王小明_0004\": \"你好\""
                             : "alice: im " WANG " RECV \"王小明\": \"你好\"");
  host_do (scene->host, "say", "alice", irc ? "Carol_000000003" : TWIN, "hi, twin", NULL);
  person_hear (circle.twin, "alice", 101, "*hi, twin*");
  host_do (scene->host, "say", "alice", irc ? "Bob" : BOB, "hi, Bob", NULL);
  person_hear (circle.bob, "alice", 101, "*hi, Bob*");

  /* In the group the same. */
  host_do (scene->host, "join", "alice", "team", NULL);
  host_wait_answer (scene->host,
                    irc ? "Bob (*~Carol (*Carol_000000003 (*alice (*王小明_0004 (*"
                        : BOB " (Bob)*~" CAROL " (Carol (" CAROL "))*" TWIN " (Carol (" TWIN "))*",
                    0, "members", "alice", "team", NULL);
  host_forget (scene->host);
  person_say_in (circle.twin, "team", "I am the other one");
  scene_wait_for (scene, irc ? "alice: chat team RECV \"Carol_000000003\": \"I am the other one\""
                             : "alice: chat team RECV \"Carol (" TWIN ")\": \"I am the other one\"");
  if (irc) {
    host_do (scene->host, "say", "alice", "team", "?whois carol_000000003", NULL);
    scene_wait_for (scene, "alice: userinfo Carol_000000003 *User ID: \"" TWIN "\"*");
    host_do (scene->host, "say", "alice", "team", "@Carol_000000003 and @Bob: lunch?", NULL);
    person_hear (circle.bob, "alice", 106, "*@" TWIN " and @" BOB "*");
  }
  host_forget (scene->host);
  /* The same nicks the next time, whoever comes first. */
  scene_logout (scene, "alice");
  circle_login (&circle);
  person_say (circle.twin, "alice", "still the twin");
  scene_wait_for (scene, irc ? "alice: im Carol_000000003 RECV \"Carol_000000003\": \"still the twin\""
                             : "alice: im " TWIN " RECV \"Carol*\": \"still the twin\"");
  host_forget (scene->host);
  story_keeps_promise ("names-not-numbers");
  circle_close (&circle);
}

/* One who is in no list and whose message names nobody: the line waits for the name. */
static void
run_nameless (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autoptr (JsonNode) data = NULL;

  circle_open (&circle, stage);
  circle_login (&circle);
  data = server_call (scene->server, "/msg/send_msg",
                      "{'sendID':'" CAROL "','recvID':'alice','senderNickname':'','senderPlatformID':5,"
                      "'content':{'content':'guess who'},'contentType':101,'sessionType':1}");
  scene_wait_for (scene, scene_is (scene, "bitlbee") ? "alice: im Carol RECV \"Carol\": \"guess who\""
                                                     : "alice: im " CAROL " RECV \"Carol\": \"guess who\"");
  host_forget (scene->host);
  circle_close (&circle);
}

static const Story stories[] = {
  { "names", run_names, STORY_ALL },
  { "nameless", run_nameless, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
