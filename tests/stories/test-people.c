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

/* --- the list --- */

static gboolean
is_friend (Scene *scene, const char *user_id)
{
  g_autoptr (JsonNode) data =
      server_call (scene->server, "/friend/is_friend", "{'userID1':'alice','userID2':'%s'}", user_id);

  return json_object_get_boolean_member (json_node_get_object (data), "inUser1Friends");
}

static char *
roster (Scene *scene)
{
  return host_ask (scene->host, "roster", "alice", NULL);
}

static void
log_in_again (Circle *circle)
{
  host_forget (circle->scene.host);
  scene_logout (&circle->scene, "alice");
  scene_login (&circle->scene);
}

/* Only friends and groups of one's own; whoever is removed stays away, however that was done. */
static void
run_clean (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *last = NULL;
  g_autoptr (JsonNode) data = NULL;

  circle_open (&circle, stage);
  person_befriend (circle.wang, "alice");
  circle_login (&circle);
  before = roster (scene);
  g_assert_nonnull (strstr (before, "Bob"));
  g_assert_null (strstr (before, "Carol"));
  person_say (circle.carol, "alice", "hello");
  scene_wait_for (scene, "alice: im * RECV \"Carol\": \"hello\"");
  host_do (scene->host, "join", "alice", "team", NULL);
  scene_wait_for (scene, "alice: chat team joined");
  host_wait_answer (scene->host, "*Carol*", 0, "members", "alice", "team", NULL);
  after = roster (scene);
  g_assert_cmpstr (after, ==, before);

  /* Here, while connected. */
  host_do (scene->host, "remove", "alice", scene_is (scene, "bitlbee") ? "王小明_0004" : WANG, NULL);
  host_watch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-deleted", NULL });
  scene_wait_for (scene, "alice: signal openim-friend-deleted *");
  host_unwatch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-deleted", NULL });
  log_in_again (&circle);
  /* Elsewhere, while nobody was here. */
  host_forget (scene->host);
  scene_logout (scene, "alice");
  data = server_call (scene->server, "/friend/delete_friend",
                      "{'ownerUserID':'alice','friendUserID':'" BOB "'}");
  scene_login (scene);
  host_wait_answer (scene->host, "*Team*", 0, "roster", "alice", NULL);
  last = roster (scene);
  g_assert_null (strstr (last, "Bob"));
  g_assert_null (strstr (last, "王"));
  story_keeps_promise ("list-stays-clean");
  circle_close (&circle);
}

/* What is done to the list while the account is not connected is done at the next login. */
static void
run_offline (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autofree char *last = NULL;

  circle_open (&circle, stage);
  person_befriend (circle.wang, "alice");
  circle_login (&circle);
  host_wait_answer (scene->host, "*王*", 0, "roster", "alice", NULL);
  host_forget (scene->host);
  scene_logout (scene, "alice");
  host_do (scene->host, "remove", "alice", WANG, NULL);
  host_do (scene->host, "add", "alice", CAROL, NULL);
  host_forget (scene->host);
  host_watch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-deleted", NULL });
  host_login (scene->host, "alice");
  scene_wait_for (scene, "alice: signal openim-friend-deleted *" WANG "*");
  host_unwatch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-deleted", NULL });
  person_hear (circle.carol, "alice", 1203, "*");
  g_assert_false (is_friend (scene, WANG));
  g_assert_true (is_friend (scene, BOB));
  g_assert_false (host_has (scene->host, "alice: buddy+ " WANG " *"));
  /* The one who has been asked stays, also when she has not answered the next time. */
  log_in_again (&circle);
  last = roster (scene);
  g_assert_nonnull (strstr (last, CAROL));
  g_assert_null (strstr (last, WANG));
  circle_close (&circle);
}

/* Groups of the list are the person's own. */
static void
run_groups (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autofree char *moved = NULL;
  g_autoptr (JsonNode) data = NULL;

  circle_open (&circle, stage);
  circle_login (&circle);
  host_do (scene->host, "move", "alice", BOB, "Work", NULL);
  moved = roster (scene);
  g_assert_nonnull (strstr (moved, "Work"));
  log_in_again (&circle);
  host_forget (scene->host);
  /* A change that the server tells of moves nobody either. */
  data = server_call (scene->server, "/friend/set_friend_remark",
                      "{'ownerUserID':'alice','friendUserID':'" BOB "','remark':'Robert'}");
  host_wait_answer (scene->host, "*Robert*Work*", 0, "roster", "alice", NULL);
  host_forget (scene->host);
  log_in_again (&circle);
  host_wait_answer (scene->host, "*Robert*Work*", 0, "roster", "alice", NULL);
  g_assert_false (host_has (scene->host, "alice: buddy* " BOB " *OpenIM*"));
  host_forget (scene->host);
  story_keeps_promise ("groups-stay-put");
  circle_close (&circle);
}

/* --- those who ask --- */

/* Asked about once; the menu and a command know those who wait. */
static void
run_once (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autoptr (JsonNode) data = NULL;

  circle_open (&circle, stage);
  data = person_call (circle.carol, "/friend/add_friend",
                      "{'fromUserID':'" CAROL "','toUserID':'alice','reqMsg':'hello','ex':''}");
  host_login (scene->host, "alice");
  scene_wait_for (scene, "alice: request 1 authorize * \"Carol\" \"hello\" on-list");
  host_wait_answer (scene->host, "*Bob*", 0, "roster", "alice", NULL);
  log_in_again (&circle);
  person_say (circle.bob, "alice", "the end");
  scene_wait_for (scene, "alice: im * RECV \"Bob\": \"the end\"");
  g_assert_false (host_has (scene->host, "alice: request *"));
  if (scene_is (scene, "bitlbee"))
    scene_wait_for (scene, "alice: notice \"1 person is still waiting for your answer; *\"");
  scene_type (scene, scene_is (scene, "bitlbee") ? "Bob" : BOB, "/requests");
  scene_wait_for (scene, "alice: im *SYSTEM*: \"You are asked by Carol (" CAROL "): hello\"");
  if (!scene_is (scene, "bitlbee")) {
    host_do (scene->host, "account-menu", "alice", "Friend requests…", NULL);
    scene_wait_for (scene, "alice: request * authorize * \"Carol\" \"hello\" on-list");
  }
  host_forget (scene->host);
  circle_close (&circle);
}

/* --- groups as channels --- */

/* Whatever a person joins a group by, that is what the window is called: bitlbee waits for it. */
static void
run_channels (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  person_found (circle.carol, "2000000001", "Our choir", "alice", NULL);
  person_found (circle.carol, "2000000002", "Twice", "alice", NULL);
  person_found (circle.carol, "2000000003", "Twice", "alice", NULL);
  scene_group_is_read (scene, "sg_2000000001");
  scene_group_is_read (scene, "sg_2000000002");
  scene_group_is_read (scene, "sg_2000000003");
  circle_login (&circle);
  host_do (scene->host, "rooms", "alice", NULL);
  host_wait_for (scene->host, "alice: rooms room \"Our choir\" \"2000000001\" 2 \"Carol\" *", 0);
  host_forget (scene->host);
  /* A line opens it under its name. */
  person_say_in (circle.carol, "2000000001", "la");
  scene_wait_for (scene, "alice: chat \"Our choir\" RECV \"Carol\": \"la\"");
  host_do (scene->host, "say", "alice", "Our choir", "si", NULL);
  person_hear (circle.carol, "alice", 101, "*si*");
  host_forget (scene->host);
  host_do (scene->host, "join", "alice", "2000000001", NULL);
  scene_wait_for (scene, "alice: chat 2000000001 joined");
  host_forget (scene->host);
  host_do (scene->host, "join", "alice", "Our choir", NULL);
  scene_wait_for (scene, "alice: chat \"Our choir\" joined");
  person_say_in (circle.carol, "2000000001", "do");
  scene_wait_for (scene, "alice: chat \"Our choir\" RECV \"Carol\": \"do\"");
  host_wait_answer (scene->host, "*Carol*", 0, "members", "alice", "Our choir", NULL);
  host_forget (scene->host);
  /* What is ambiguous needs the ID. */
  person_say_in (circle.carol, "2000000003", "which?");
  scene_wait_for (scene, "alice: chat 2000000003 RECV \"Carol\": \"which?\"");
  host_forget (scene->host);
  story_keeps_promise ("channels-by-name");
  circle_close (&circle);
}

/* What a server sends of groups that one is not in is not shown. */
static void
run_strange_group (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autoptr (JsonNode) data = NULL;

  circle_open (&circle, stage);
  circle_login (&circle);
  host_do (scene->host, "join", "alice", "team", NULL);
  scene_wait_for (scene, "alice: chat team joined");
  data = server_call (scene->server, "/group/kick_group",
                      "{'groupID':'team','kickedUserIDs':['alice'],'reason':''}");
  scene_wait_for (scene, "alice: chat team left");
  host_do (scene->host, "close", "alice", "team", NULL);
  host_forget (scene->host);
  person_say_in (circle.carol, "team", "without her");
  person_say (circle.bob, "alice", "the end");
  scene_wait_for (scene, "alice: im * RECV \"Bob\": \"the end\"");
  g_assert_false (host_has (scene->host, "alice: chat *"));
  g_assert_false (host_has (scene->host, "alice: room+ *"));
  log_in_again (&circle);
  g_assert_false (host_has (scene->host, "alice: chat *"));
  host_forget (scene->host);
  story_keeps_promise ("only-own-groups");
  circle_close (&circle);
}

static const Story stories[] = {
  { "names", run_names, STORY_ALL },
  { "nameless", run_nameless, STORY_ALL },
  { "clean", run_clean, STORY_ALL },
  { "offline", run_offline, STORY_PIDGIN | STORY_FINCH },
  { "groups", run_groups, STORY_PIDGIN | STORY_FINCH },
  { "once", run_once, STORY_ALL },
  { "channels", run_channels, STORY_BITLBEE },
  { "strange-group", run_strange_group, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
