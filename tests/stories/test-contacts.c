/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/* Becoming friends, and no longer being friends. */

/* alice is connected and has a window with bob, her friend; carol has a telephone and is a stranger. */
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
  person_befriend (circle->bob, "alice");
}

static void
circle_login (Circle *circle)
{
  scene_login_until (&circle->scene, "alice", "alice: connected", "alice: buddy+ bob *", NULL);
  host_do (circle->scene.host, "im", "alice", "bob", NULL);
  host_forget (circle->scene.host);
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
ask (Person *person, const char *text)
{
  g_autoptr (JsonNode) data =
      person_call (person, "/friend/add_friend",
                   "{'fromUserID':'%s','toUserID':'alice','reqMsg':'%s','ex':''}", person_id (person), text);
}

static void
answer (Person *person, const char *who, int result, const char *text)
{
  g_autoptr (JsonNode) data =
      person_call (person, "/friend/add_friend_response",
                   "{'fromUserID':'%s','toUserID':'%s','handleResult':%d,'handleMsg':'%s'}", who,
                   person_id (person), result, text);
}

/* A request becomes a dialog with its text; accepted, both are friends. */
static void
run_accept (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_login (&circle);
  ask (circle.carol, "It is me, Carol");
  scene_expect (scene, "alice: request 1 authorize carol \"Carol\" \"It is me, Carol\" on-list", NULL);
  story_proves_event (36);
  host_answer_request (scene->host, 1, "");
  scene_wait_for (scene, "alice: buddy+ carol *");
  story_proves_function (1103);
  story_proves_event (38);
  host_forget (scene->host);
  host_ignore (scene->host, "alice: im carol *");
  circle_close (&circle);
}

static void
run_reject (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autofree char *roster = NULL;

  circle_open (&circle, stage);
  person_connect (circle.carol);
  circle_login (&circle);
  ask (circle.carol, "");
  scene_expect (scene, "alice: request 1 authorize carol \"Carol\" \"\" on-list", NULL);
  host_do (scene->host, "cancel", "1", NULL);
  host_watch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-application-rejected", NULL });
  scene_wait_for (scene, "alice: signal openim-friend-application-rejected *");
  host_unwatch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-application-rejected", NULL });
  story_proves_event (39);
  roster = host_ask (scene->host, "roster", "alice", NULL);
  g_assert_null (g_strstr_len (roster, -1, "carol"));
  host_expect_nothing (scene->host);
  circle_close (&circle);
}

/* What came while nobody was there is asked at the next login, and once. */
static void
run_away (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  ask (circle.carol, "while you were away");
  host_login (scene->host, "alice");
  scene_wait_for (scene, "alice: request 1 authorize carol \"Carol\" \"while you were away\" on-list");
  story_proves_function (1102);
  host_wait_answer (scene->host, "connected", 0, "state", "alice", NULL);
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_wait_answer (scene->host, "*bob*", 0, "roster", "alice", NULL);
  host_forget (scene->host);
  scene_type (scene, "bob", "/requests");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"You are asked by Carol (carol): while you were away\"",
                NULL);
  /* With other words it is another request. */
  ask (circle.carol, "please");
  scene_expect (scene, "alice: request 1 closed",
                "alice: request 2 authorize carol \"Carol\" \"please\" on-list", NULL);
  host_expect_nothing (scene->host);
  circle_close (&circle);
}

/* Answered on the telephone: the dialog goes. */
static void
run_elsewhere (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  Person *phone = NULL;

  circle_open (&circle, stage);
  circle_login (&circle);
  phone = person_device (scene->server, "alice", PLATFORM_ANDROID);
  ask (circle.carol, "hello");
  scene_expect (scene, "alice: request 1 authorize *", NULL);
  answer (phone, "carol", 1, "");
  scene_wait_for (scene, "alice: request 1 closed");
  scene_wait_for (scene, "alice: buddy+ carol *");
  host_ignore (scene->host, "alice: im carol *");
  host_forget (scene->host);
  person_free (phone);
  circle_close (&circle);
}

/* The same by commands, for hosts without dialogs. */
static void
run_commands (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  Person *dave = NULL;

  circle_open (&circle, stage);
  dave = person_new (scene->server, "dave", "Dave");
  circle_login (&circle);
  scene_type (scene, "bob", "/requests");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Nobody is waiting for your answer.\"", NULL);
  scene_type (scene, "bob", "/accept");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Whose request? *\"", NULL);
  scene_type (scene, "bob", "/accept nobody");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"That person has not asked you.\"", NULL);
  ask (circle.carol, "hi");
  scene_expect (scene, "alice: request 1 authorize carol *", NULL);
  ask (dave, "");
  scene_expect (scene, "alice: request 2 authorize dave *", NULL);
  scene_type (scene, "bob", "/requests");
  scene_expect_unordered (scene, "alice: im bob *SYSTEM*: \"You are asked by Carol (carol): hi\"",
                          "alice: im bob *SYSTEM*: \"You are asked by Dave (dave)\"", NULL);
  scene_type (scene, "bob", "/reject dave not now");
  scene_expect_unordered (scene, "alice: request 2 closed", "alice: im bob *SYSTEM*: \"Answered.\"", NULL);
  scene_type (scene, "bob", "/accept");
  scene_wait_for (scene, "alice: request 1 closed");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"Answered.\"");
  scene_wait_for (scene, "alice: buddy+ carol *");
  host_ignore (scene->host, "alice: im carol *");
  host_forget (scene->host);
  person_free (dave);
  circle_close (&circle);
}

/* Somebody put on the list is asked, and stays where he was put. */
static void
run_add (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autofree char *roster = NULL;

  circle_open (&circle, stage);
  circle_login (&circle);
  host_do (scene->host, "add", "alice", "carol", "", "Work", "Shall we?", NULL);
  scene_expect (scene, "alice: buddy+ carol *", NULL);
  scene_type (scene, "bob", "/requests");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"Nobody is waiting for your answer.\"");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"You have asked Carol (carol): Shall we?\"");
  story_proves_function (1101);
  host_forget (scene->host);
  answer (circle.carol, "alice", 1, "");
  scene_wait_for (scene, "alice: buddy= carol \"Carol\"*");
  roster = host_ask (scene->host, "roster", "alice", NULL);
  if (!scene_is (scene, "bitlbee"))
    g_assert_nonnull (g_strstr_len (roster, -1, "Work"));
  host_forget (scene->host);
  host_ignore (scene->host, "alice: im carol *");

  /* Nobody has that ID: it is said, and does not stay on the list. */
  host_do (scene->host, "add", "alice", "nobody", NULL);
  scene_wait_for (scene, "alice: buddy- nobody");
  scene_wait_for (scene, "-: notify error * \"Nobody has the ID “nobody”.\"*");
  host_forget (scene->host);
  scene_type (scene, "bob", "/add nobody");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Nobody has the ID “nobody”.\"", NULL);
  scene_type (scene, "bob", "/add bob hi");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Bob and you are friends already.\"", NULL);
  scene_type (scene, "bob", "/add");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"*add ID [text]: *\"", NULL);
  circle_close (&circle);
}

static void
run_refused (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_login (&circle);
  scene_type (scene, "bob", "/add carol \"It is me\"");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"carol has been asked.\"", NULL);
  answer (circle.carol, "alice", -1, "who are you?");
  scene_wait_for (scene, "-: notify *\"Carol has refused.\" \"who are you?\"*");
  host_expect_nothing (scene->host);
  circle_close (&circle);
}

/* Who is removed is no friend any more, and does not come back. */
static void
run_remove (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  person_befriend (circle.carol, "alice");
  circle_login (&circle);
  host_watch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-deleted", NULL });
  host_do (scene->host, "remove", "alice", "carol", NULL);
  scene_wait_for (scene, "alice: buddy- carol");
  scene_wait_for (scene, "alice: signal openim-friend-deleted *carol*");
  host_unwatch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-deleted", NULL });
  story_proves_function (1105);
  host_expect_nothing (scene->host);
  scene_logout (scene, "alice");
  host_forget (scene->host);
  host_login (scene->host, "alice");
  scene_wait_for (scene, "alice: connected");
  host_wait_answer (scene->host, "*bob*", 0, "roster", "alice", NULL);
  g_assert_false (host_has (scene->host, "alice: buddy+ carol *"));
  host_forget (scene->host);
  circle_close (&circle);
}

/* What a friend is called here is known to all of one's programs, in both directions. */
static void
run_remark (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autoptr (JsonNode) data = NULL;

  circle_open (&circle, stage);
  circle_login (&circle);
  host_watch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-info-changed", NULL });
  host_do (scene->host, "alias", "alice", "bob", "Bobby", NULL);
  scene_wait_for (scene, "alice: signal openim-friend-info-changed *Bobby*");
  story_proves_function (1112);
  host_forget (scene->host);
  data = server_call (scene->server, "/friend/set_friend_remark",
                      "{'ownerUserID':'alice','friendUserID':'bob','remark':'Robert'}");
  scene_wait_for (scene, "alice: signal openim-friend-info-changed *Robert*");
  host_wait_answer (scene->host, "*Robert*", 0, "roster", "alice", NULL);
  host_forget (scene->host);
  host_do (scene->host, "alias", "alice", "bob", "", NULL);
  scene_wait_for (scene, "alice: signal openim-friend-info-changed *");
  host_wait_answer (scene->host, "*\"Bob\"*", 0, "roster", "alice", NULL);
  host_unwatch_signals (scene->host, OPENIM, (const char *[]){ "openim-friend-info-changed", NULL });
  host_forget (scene->host);
  host_ignore (scene->host, "alice: buddy= bob *");
  host_ignore (scene->host, "alice: im bob title*");
  scene_type (scene, "bob", "/pinfriend");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"It is off. ?pinfriend on switches it on.\"");
  scene_type (scene, "bob", "/pinfriend on");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"It is on. ?pinfriend off switches it off.\"");
  if (!scene_is (scene, "bitlbee")) {
    host_wait_answer (scene->host, "*Un_pin Friend*", 0, "buddy-menu", "alice", "bob", NULL);
    host_do (scene->host, "buddy-menu", "alice", "bob", "Un_pin Friend", NULL);
    host_wait_answer (scene->host, "*_Pin Friend*", 0, "buddy-menu", "alice", "bob", NULL);
  }
  scene_type (scene, "bob", "/remark My Bob");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"You call bob “My Bob”.\"");
  host_wait_answer (scene->host, "*My Bob*", 0, "roster", "alice", NULL);
  scene_type (scene, "bob", "/remark");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"You have no name of your own for Bob any more.\"");
  host_forget (scene->host);
  circle_close (&circle);
}

/* Blocked here is blocked there, and the other way round. */
static void
run_block (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  Person *phone = NULL;
  g_autoptr (JsonNode) a = NULL;
  g_autoptr (JsonNode) b = NULL;
  g_autoptr (JsonNode) c = NULL;

  circle_open (&circle, stage);
  a = server_call (scene->server, "/friend/add_black",
                   "{'ownerUserID':'alice','blackUserID':'carol','ex':''}");
  host_login (scene->host, "alice");
  scene_wait_for (scene, "alice: privacy deny+ carol");
  story_proves_function (1111);
  host_wait_answer (scene->host, "*bob*", 0, "roster", "alice", NULL);
  host_do (scene->host, "im", "alice", "bob", NULL);
  scene_type (scene, "bob", "/blocked");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"Blocked: Carol (carol)\"");
  host_forget (scene->host);

  phone = person_device (scene->server, "alice", PLATFORM_ANDROID);
  b = person_call (phone, "/friend/remove_black", "{'ownerUserID':'alice','blackUserID':'carol'}");
  host_expect (scene->host, "alice: privacy deny- carol", NULL);
  story_proves_event (44);
  c = person_call (phone, "/friend/add_black", "{'ownerUserID':'alice','blackUserID':'carol','ex':''}");
  host_expect (scene->host, "alice: privacy deny+ carol", NULL);
  story_proves_event (43);

  host_watch_signals (scene->host, OPENIM,
                      (const char *[]){ "openim-black-added", "openim-black-deleted", NULL });
  host_do (scene->host, "unblock", "alice", "carol", NULL);
  host_expect (scene->host, "alice: privacy deny- carol", "alice: signal openim-black-deleted *carol*", NULL);
  story_proves_function (1110);
  host_do (scene->host, "block", "alice", "bob", NULL);
  host_expect (scene->host, "alice: privacy deny+ bob", "alice: signal openim-black-added *bob*", NULL);
  story_proves_function (1109);
  host_unwatch_signals (scene->host, OPENIM,
                        (const char *[]){ "openim-black-added", "openim-black-deleted", NULL });
  host_do (scene->host, "block", "alice", "nobody", NULL);
  host_expect (scene->host, "alice: privacy deny+ nobody", "alice: privacy deny- nobody",
               "-: notify error \"Blocked people\" \"nobody\" \"*\"", NULL);

  scene_type (scene, "bob", "/unblock");
  scene_expect (scene, "alice: privacy deny- bob", "alice: im bob *SYSTEM*: \"Bob is not blocked.\"", NULL);
  scene_type (scene, "bob", "/block carol");
  scene_expect (scene, "alice: privacy deny+ carol", "alice: im bob *SYSTEM*: \"Carol is blocked.\"", NULL);
  scene_type (scene, "bob", "/unblock carol");
  scene_expect (scene, "alice: privacy deny- carol", "alice: im bob *SYSTEM*: \"Carol is not blocked.\"",
                NULL);
  scene_type (scene, "bob", "/blocked");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Nobody is blocked.\"", NULL);
  host_expect_nothing (scene->host);
  person_free (phone);
  circle_close (&circle);
}

/* Profiles of friends and strangers, without empty fields. */
static void
run_info (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_login (&circle);
  host_do (scene->host, "info", "alice", "bob", NULL);
  scene_expect (scene, "alice: userinfo bob *User ID: \"bob\"*Nickname: \"Bob\"*Friends since: *", NULL);
  story_proves_function (2106);
  host_do (scene->host, "info", "alice", "carol", NULL);
  scene_expect (scene, "alice: userinfo carol *User ID: \"carol\"*Nickname: \"Carol\"*", NULL);
  host_do (scene->host, "info", "alice", "nobody", NULL);
  scene_expect (scene, "alice: userinfo nobody *User ID: \"nobody\"*", NULL);
  host_do (scene->host, "block", "alice", "bob", NULL);
  scene_expect (scene, "alice: privacy deny+ bob", NULL);
  host_do (scene->host, "info", "alice", "bob", NULL);
  scene_expect (scene, "alice: userinfo bob *Blocked: \"Yes\"*", NULL);
  host_expect_nothing (scene->host);
  circle_close (&circle);
}

/* One's own name, for everybody. */
static void
run_nick (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autoptr (JsonNode) data = NULL;

  circle_open (&circle, stage);
  circle_login (&circle);
  scene_type (scene, "bob", "/nick");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Your name is “Alice”.\"", NULL);
  scene_type (scene, "bob", "/nick Alice B.");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Your name is “Alice B.”.\"", NULL);
  story_proves_function (2102);
  host_do (scene->host, "public-alias", "alice", "Alicia", NULL);
  scene_expect (scene, "alice: public alias set to \"Alicia\"", NULL);
  host_do (scene->host, "public-alias", "alice", " ", NULL);
  scene_expect (scene, "alice: public alias not set: \"A name cannot be empty.\"", NULL);
  data = server_call (scene->server, "/user/get_users_info", "{'userIDs':['alice']}");
  g_assert_cmpstr (json_object_get_string_member (
                       json_array_get_object_element (
                           json_object_get_array_member (json_node_get_object (data), "usersInfo"), 0),
                       "nickname"),
                   ==, "Alicia");
  host_expect_nothing (scene->host);
  circle_close (&circle);
}

/* What one says about oneself. */
static void
run_about (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_login (&circle);
  scene_type (scene, "bob", "/about");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Your profile says nothing about you.\"", NULL);
  scene_type (scene, "bob", "/about likes <tea>");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"About you: likes *tea*\"");
  host_forget (scene->host);
  host_do (scene->host, "info", "alice", "alice", NULL);
  scene_wait_for (scene, "alice: userinfo alice *About: \"likes *tea*\"*");
  if (!scene_is (scene, "bitlbee")) {
    host_do (scene->host, "account-menu", "alice", "My profile…", NULL);
    scene_wait_for (scene, "alice: request 1 fields \"My profile\" *");
    host_watch_signals (scene->host, OPENIM, (const char *[]){ "openim-self-info-updated", NULL });
    host_do (scene->host, "answer", "1", "nickname=Alice B.", "about=likes coffee", NULL);
    scene_wait_for (scene, "alice: signal openim-self-info-updated *Alice B.*");
    host_unwatch_signals (scene->host, OPENIM, (const char *[]){ "openim-self-info-updated", NULL });
    scene_type (scene, "bob", "/about");
    scene_wait_for (scene, "alice: im bob *SYSTEM*: \"About you: likes coffee\"");
  }
  host_forget (scene->host);
  circle_close (&circle);
}

/* The menu of a friend. */
static void
run_menu (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  person_connect (circle.bob);
  person_befriend (circle.carol, "alice");
  circle_login (&circle);
  host_wait_answer (scene->host, "*carol*", 0, "roster", "alice", NULL);
  host_forget (scene->host);
  if (scene_is (scene, "bitlbee")) {
    host_do (scene->host, "buddy-menu", "alice", "bob", "Initiate _Chat", NULL);
    scene_wait_for (scene, "alice: chat * joined");
    host_wait_for (scene->host, "alice: chat * \"You created the group.\"", 0);
  } else {
    host_do (scene->host, "buddy-menu", "alice", "carol", "Send Contact _Card…", NULL);
    scene_wait_for (scene, "alice: request 1 input \"Contact card\" \"Carol\" *");
    host_answer_request (scene->host, 1, "Bob");
    person_hear (circle.bob, "alice", 108, "*carol*");
    host_do (scene->host, "buddy-menu", "alice", "bob", "Create a _Group…", NULL);
    scene_wait_for (scene, "alice: request 2 input \"Create a group\" *");
    host_answer_request (scene->host, 2, "");
    scene_wait_for (scene, "alice: chat * opened \"Alice, Bob\"");
  }
  host_ignore (scene->host, "*");
  host_forget (scene->host);
  circle_close (&circle);
}

static const Story stories[] = {
  { "accept", run_accept, STORY_ALL },
  { "reject", run_reject, STORY_ALL },
  { "away", run_away, STORY_ALL },
  { "elsewhere", run_elsewhere, STORY_ALL },
  { "commands", run_commands, STORY_ALL },
  { "add", run_add, STORY_ALL },
  { "refused", run_refused, STORY_ALL },
  { "remove", run_remove, STORY_ALL },
  { "remark", run_remark, STORY_ALL },
  { "block", run_block, STORY_ALL },
  { "info", run_info, STORY_ALL },
  { "nick", run_nick, STORY_ALL },
  { "about", run_about, STORY_ALL },
  { "menu", run_menu, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
