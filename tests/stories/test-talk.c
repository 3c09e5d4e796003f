/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/* People on the list, and what they say to each other. */

#define TEXT 101
#define TYPING 113
#define READ 2200

/* alice knows bob, who is online; both and carol are in the group "Team". */
typedef struct {
  Scene scene;
  Person *bob;
  Person *carol;
} Circle;

static void
circle_open (Circle *circle, Stage *stage)
{
  scene_open (&circle->scene, stage);
  scene_alice (&circle->scene);
  circle->bob = person_new (circle->scene.server, "bob", "Bob");
  circle->carol = person_new (circle->scene.server, "carol", "Carol");
  person_connect (circle->bob);
  person_befriend (circle->bob, "alice");
  person_found (circle->bob, "team", "Team", "alice", "carol", NULL);
  scene_group_is_read (&circle->scene, "sg_team");
}

static void
circle_login (Circle *circle)
{
  scene_login_until (&circle->scene, "alice", "alice: connected", "alice: buddy bob online *",
                     "(!bitlbee) alice: room+ \"Team\" *", NULL);
}

static void
circle_close (Circle *circle)
{
  host_quit (circle->scene.host);
  person_free (circle->bob);
  person_free (circle->carol);
  scene_close (&circle->scene);
}

static void
run_list (Stage *stage)
{
  Circle circle = { 0 };
  Host *host = NULL;
  g_autofree char *roster = NULL;
  g_autoptr (JsonNode) data = NULL;

  circle_open (&circle, stage);
  host = circle.scene.host;
  person_befriend (circle.carol, "alice");
  data = server_call (circle.scene.server, "/friend/set_friend_remark",
                      "{'ownerUserID':'alice','friendUserID':'carol','remark':'My Carol'}");
  host_login (host, "alice");
  host_run_until (host, "alice: connected", 0);
  scene_expect_unordered (&circle.scene, "(!bitlbee) alice: buddy+ bob \"Bob\" in \"OpenIM\"",
                          "(bitlbee) alice: buddy+ bob \"Bob\"",
                          "(!bitlbee) alice: buddy+ carol \"My Carol\" in \"OpenIM\"",
                          "(bitlbee) alice: buddy+ My_Carol \"My Carol\"", "alice: buddy bob online *",
                          "(!bitlbee) alice: room+ \"Team\" in \"OpenIM\" *team*", NULL);
  story_proves_function (1010);
  story_proves_function (1106);
  story_proves_function (2101);
  circle_close (&circle);
}

static void
run_presence (Stage *stage)
{
  Circle circle = { 0 };
  Host *host = NULL;

  circle_open (&circle, stage);
  host = circle.scene.host;
  circle_login (&circle);
  person_disconnect (circle.bob);
  host_expect (host, "alice: buddy bob offline*", "alice: typing bob STOPPED", NULL);
  person_connect (circle.bob);
  host_expect (host, "alice: buddy bob online *", NULL);
  host_expect_nothing (host);
  story_proves_event (58);
  circle_close (&circle);
}

static void
run_im (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_login (&circle);
  person_say (circle.bob, "alice", "hi <b>there</b> & \"so\" on");
  scene_expect (
      scene, "(!bitlbee) alice: im bob opened \"Bob\"",
      "(pidgin) alice: im bob RECV \"Bob\": \"hi &lt;b&gt;there&lt;/b&gt; &amp; &quot;so&quot; on\"",
      "(!pidgin) alice: im bob RECV {bob|Bob}: \"hi <b>there</b> & \\\"so\\\" on\"", NULL);
  host_do (scene->host, "say", "alice", "bob", "1 < 2 & 3 > 2", NULL);
  scene_expect (scene, "(pidgin) alice: im bob SEND \"*\": \"1 &lt; 2 &amp; 3 &gt; 2\"",
                "(finch) alice: im bob SEND \"*\": \"1 < 2 & 3 > 2\"", NULL);
  person_hear (circle.bob, "alice", TEXT, "{*\"content\":\"1 < 2 & 3 > 2\"*}");
  host_expect_nothing (scene->host);
  story_proves_function (6);
  story_proves_function (2028);
  story_proves_event (29);
  circle_close (&circle);
}

static void
run_markup (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_login (&circle);
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_do (scene->host, "html", "alice", "bob",
           "<b>one</b><br>two &amp; <a href=\"http://example.org/\">three</a>", NULL);
  person_hear (circle.bob, "alice", TEXT, "{*\"content\":\"one\\ntwo & *three*\"*}");
  host_forget (scene->host);
  circle_close (&circle);
}

static void
run_chat (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autofree char *members = NULL;

  circle_open (&circle, stage);
  circle_login (&circle);
  host_do (scene->host, "join", "alice", "team", NULL);
  scene_expect (scene, "alice: chat team opened \"Team\"", "alice: chat team joined", NULL);
  scene_expect_unordered (
      scene, "(!bitlbee) alice: chat team member+ alice \"Alice\" -",
      "(bitlbee) alice: chat team member+ alice", "(!bitlbee) alice: chat team member+ bob \"Bob\" FOUNDER",
      "(bitlbee) alice: chat team member+ bob", "(!bitlbee) alice: chat team member+ carol \"Carol\" -",
      "(bitlbee) alice: chat team member+ carol", NULL);
  host_wait_answer (scene->host, "*bob*", 0, "members", "alice", "team", NULL);
  members = host_ask (scene->host, "members", "alice", "team", NULL);
  g_assert_nonnull (g_strstr_len (members, -1, "~bob"));
  person_say_in (circle.bob, "team", "hello all");
  scene_expect (scene, "alice: chat team RECV {bob|Bob}: \"hello all\"", NULL);
  host_do (scene->host, "say", "alice", "team", "hello bob", NULL);
  scene_expect (scene, "(!bitlbee) alice: chat team SEND \"Alice\": \"hello bob\"", NULL);
  person_hear (circle.bob, "alice", TEXT, "{*\"content\":\"hello bob\"*}");
  host_expect_nothing (scene->host);
  story_proves_function (1017);
  circle_close (&circle);
}

/* A line in a group that is not open opens it. */
static void
run_chat_opens (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_login (&circle);
  person_connect (circle.carol);
  person_say_in (circle.carol, "team", "anybody here?");
  scene_wait_for (scene, "alice: chat team opened \"Team\"");
  scene_wait_for (scene, "alice: chat team joined");
  scene_wait_for (scene, "alice: chat team RECV {carol|Carol}: \"anybody here?\"");
  host_ignore (scene->host, "alice: chat team member+ *");
  circle_close (&circle);
}

static void
run_members (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  Person *dave = NULL;
  g_autoptr (JsonNode) a = NULL;
  g_autoptr (JsonNode) b = NULL;

  circle_open (&circle, stage);
  dave = person_new (scene->server, "dave", "Dave");
  circle_login (&circle);
  host_do (scene->host, "join", "alice", "team", NULL);
  host_wait_answer (scene->host, "*carol*", 0, "members", "alice", "team", NULL);
  host_forget (scene->host);

  a = person_call (circle.bob, "/group/set_group_member_info",
                   "{'members':[{'groupID':'team','userID':'carol','roleLevel':60}]}");
  host_wait_answer (scene->host, "alice (Alice)\n~bob (Bob)\n@carol (Carol)", 0, "members", "alice", "team",
                    NULL);
  scene_expect (scene, "(!bitlbee) alice: chat team member= carol \"Carol\" OP",
                "alice: chat team *SYSTEM \"*\": \"Carol is an administrator of the group now.\"", NULL);
  story_proves_event (53);
  person_try (circle.bob, "/group/invite_user_to_group",
              "{'groupID':'team','invitedUserIDs':['dave'],'reason':''}");
  scene_expect_unordered (scene, "(!bitlbee) alice: chat team member+ dave \"Dave\" -",
                          "(bitlbee) alice: chat team member+ dave",
                          "alice: chat team *SYSTEM \"*\": \"Bob added Dave to the group.\"", NULL);
  story_proves_event (47);
  b = person_call (circle.bob, "/group/kick_group",
                   "{'groupID':'team','kickedUserIDs':['dave'],'reason':''}");
  scene_expect_unordered (scene, "alice: chat team member- dave",
                          "alice: chat team *SYSTEM \"*\": \"Bob removed Dave from the group.\"", NULL);
  story_proves_event (48);
  host_wait_answer (scene->host, "alice (Alice)\n~bob (Bob)\n@carol (Carol)", 0, "members", "alice", "team",
                    NULL);
  host_expect_nothing (scene->host);
  person_free (dave);
  circle_close (&circle);
}

static void
run_typing (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_login (&circle);
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_forget (scene->host);
  person_type (circle.bob, "alice", TRUE);
  host_expect (scene->host, "alice: typing bob TYPING", NULL);
  person_type (circle.bob, "alice", FALSE);
  host_expect (scene->host, "alice: typing bob STOPPED", NULL);
  story_proves_event (28);
  host_do (scene->host, "typing", "alice", "bob", "on", NULL);
  person_hear (circle.bob, "alice", TYPING, "*yes*");
  host_do (scene->host, "typing", "alice", "bob", "off", NULL);
  person_hear (circle.bob, "alice", TYPING, "*no*");
  story_proves_function (2014);
  host_expect_nothing (scene->host);
  circle_close (&circle);
}

static void
run_read (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  static const char *const receipt[] = { "openim-recv-c2c-read-receipt", NULL };

  circle_open (&circle, stage);
  circle_login (&circle);
  person_say (circle.bob, "alice", "read this");
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"read this\"");
  /* IRC has no focus: there a line is read when it is answered. */
  if (!scene_is (scene, "bitlbee")) {
    host_focus (scene->host, "alice", "bob", TRUE);
    person_hear (circle.bob, "alice", READ, "*si_alice_bob*");
  }
  host_do (scene->host, "say", "alice", "bob", "have you?", NULL);
  if (scene_is (scene, "bitlbee"))
    person_hear (circle.bob, "alice", READ, "*si_alice_bob*");
  story_proves_function (2015);

  person_hear (circle.bob, "alice", TEXT, "*have you?*");
  host_watch_signals (scene->host, OPENIM, receipt);
  person_read (circle.bob, "si_alice_bob", 3);
  host_wait_for (scene->host, "alice: signal openim-recv-c2c-read-receipt *bob*", 0);
  story_proves_event (30);
  host_forget (scene->host);
  circle_close (&circle);
}

static void
run_other_device (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  Person *phone = NULL;

  circle_open (&circle, stage);
  circle_login (&circle);
  phone = person_device (scene->server, "alice", PLATFORM_ANDROID);
  person_connect (phone);
  person_say (phone, "bob", "from my telephone");
  scene_expect (scene, "(!bitlbee) alice: im bob opened \"Bob\"",
                "alice: im bob SEND|REMOTE_SEND {bob|Alice}: \"from my telephone\"", NULL);
  person_hear (circle.bob, "alice", TEXT, "*from my telephone*");
  host_expect_nothing (scene->host);
  person_free (phone);
  circle_close (&circle);
}

static void
run_stranger (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  Person *zoe = NULL;

  circle_open (&circle, stage);
  zoe = person_new (scene->server, "zoe", "Zoe");
  circle_login (&circle);
  person_connect (zoe);
  person_say (zoe, "alice", "you do not know me");
  if (!scene_is (scene, "bitlbee"))
    scene_wait_for (scene, "alice: im zoe opened \"zoe\"");
  scene_wait_for (scene, "alice: im zoe RECV \"?oe\": \"you do not know me\"");
  if (!scene_is (scene, "bitlbee"))
    scene_wait_for (scene, "alice: im zoe title \"Zoe\"");
  host_do (scene->host, "say", "alice", "zoe", "who are you?", NULL);
  person_hear (zoe, "alice", TEXT, "*who are you?*");
  scene_expect (scene, "(!bitlbee) alice: im zoe SEND \"*\": \"who are you?\"", NULL);
  host_expect_nothing (scene->host);
  person_free (zoe);
  circle_close (&circle);
}

/* A burst comes in order. */
static void
run_burst (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_login (&circle);
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_forget (scene->host);
  for (guint i = 0; i < 50; i++) {
    g_autofree char *text = g_strdup_printf ("line %02u", i);

    person_say (circle.bob, "alice", text);
  }
  for (guint i = 0; i < 50; i++) {
    g_autofree char *line = g_strdup_printf ("alice: im bob RECV {bob|Bob}: \"line %02u\"", i);

    scene_expect (scene, line, NULL);
  }
  for (guint i = 0; i < 50; i++) {
    g_autofree char *text = g_strdup_printf ("answer %02u", i);

    host_do (scene->host, "say", "alice", "bob", text, NULL);
  }
  for (guint i = 0; i < 50; i++) {
    g_autofree char *text = g_strdup_printf ("*answer %02u*", i);

    person_hear (circle.bob, "alice", TEXT, text);
  }
  host_forget (scene->host);
  circle_close (&circle);
}

static const Story stories[] = {
  { "list", run_list, STORY_ALL },
  { "presence", run_presence, STORY_ALL },
  { "im", run_im, STORY_ALL },
  { "markup", run_markup, STORY_PIDGIN | STORY_FINCH },
  { "chat", run_chat, STORY_ALL },
  { "chat-opens", run_chat_opens, STORY_ALL },
  { "members", run_members, STORY_ALL },
  { "typing", run_typing, STORY_ALL },
  { "read", run_read, STORY_ALL },
  { "other-device", run_other_device, STORY_ALL },
  { "stranger", run_stranger, STORY_ALL },
  { "burst", run_burst, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
