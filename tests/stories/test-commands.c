/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/* Commands as people type them: "/word" in Pidgin and Finch, "?word" or "/word" in bitlbee. */

#define TEXT 101

/* alice has a window with bob, who is her friend. */
typedef struct {
  Scene scene;
  Person *bob;
} Talk;

static void
talk_open (Talk *talk, Stage *stage)
{
  scene_open (&talk->scene, stage);
  scene_alice (&talk->scene);
  talk->bob = person_new (talk->scene.server, "bob", "Bob");
  person_connect (talk->bob);
  person_befriend (talk->bob, "alice");
  scene_login_until (&talk->scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
  host_do (talk->scene.host, "im", "alice", "bob", NULL);
  host_forget (talk->scene.host);
}

static void
talk_close (Talk *talk)
{
  host_quit (talk->scene.host);
  person_free (talk->bob);
  scene_close (&talk->scene);
}

static void
type (Talk *talk, const char *command)
{
  scene_type (&talk->scene, "bob", command);
}

static void
run_help (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  type (&talk, "/help resend");
  scene_expect (scene, "(!bitlbee) alice: im bob *SYSTEM*: \"/resend *\"",
                "(bitlbee) alice: im bob *SYSTEM*: \"?resend *\"", NULL);
  type (&talk, "/help nonsense");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"There is no command “nonsense”.\"", NULL);
  type (&talk, "/help");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"*help ?command?: *\"", NULL);
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"*resend *: *\"");
  host_forget (scene->host);
  type (&talk, "/resend 1 2");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"*resend *: *\"", NULL);
  host_expect_nothing (scene->host);
  talk_close (&talk);
}

/* What is typed reaches the protocol as it is; only known words are commands. */
static void
run_text_form (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  host_do (scene->host, "say", "alice", "bob", "/help help", NULL);
  host_do (scene->host, "say", "alice", "bob", "?help help", NULL);
  scene_expect (scene, "alice: im bob *SYSTEM*: \"?help *\"", "alice: im bob *SYSTEM*: \"?help *\"", NULL);
  host_do (scene->host, "say", "alice", "bob", "??help", NULL);
  person_hear (talk.bob, "alice", TEXT, "{*\"content\":\"?help\"*}");
  host_do (scene->host, "say", "alice", "bob", "//help me", NULL);
  person_hear (talk.bob, "alice", TEXT, "{*\"content\":\"/help me\"*}");
  host_do (scene->host, "say", "alice", "bob", "?? what", NULL);
  person_hear (talk.bob, "alice", TEXT, "{*\"content\":\"?? what\"*}");
  host_do (scene->host, "say", "alice", "bob", "/nonsense", NULL);
  person_hear (talk.bob, "alice", TEXT, "{*\"content\":\"/nonsense\"*}");
  host_expect_nothing (scene->host);
  talk_close (&talk);
}

static void
run_unknown (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;

  talk_open (&talk, stage);
  type (&talk, "/nonsense");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Unknown command.\"", NULL);
  host_expect_nothing (scene->host);
  talk_close (&talk);
}

static void
run_resend (Stage *stage)
{
  Talk talk = { 0 };
  Scene *scene = &talk.scene;
  g_autoptr (JsonNode) a = NULL;
  g_autoptr (JsonNode) b = NULL;

  talk_open (&talk, stage);
  type (&talk, "/resend");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Everything that you wrote here has been sent.\"", NULL);

  a = server_call (scene->server, "/friend/add_black", "{'ownerUserID':'bob','blackUserID':'alice','ex':''}");
  host_do (scene->host, "say", "alice", "bob", "are you", NULL);
  scene_wait_for (scene, "alice: im bob *ERROR*: \"Not sent: “are you”. *\"");
  host_do (scene->host, "say", "alice", "bob", "there?", NULL);
  scene_wait_for (scene, "alice: im bob *ERROR*: \"Not sent: “there?”. *\"");
  host_forget (scene->host);
  type (&talk, "/resend");
  scene_expect (scene, "alice: im bob *ERROR*: \"Not sent: “are you”. *\"",
                "alice: im bob *ERROR*: \"Not sent: “there?”. *\"", NULL);

  b = server_call (scene->server, "/friend/remove_black", "{'ownerUserID':'bob','blackUserID':'alice'}");
  type (&talk, "/resend");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Sent: “are you”.\"",
                "alice: im bob *SYSTEM*: \"Sent: “there?”.\"", NULL);
  person_hear (talk.bob, "alice", TEXT, "{*\"content\":\"are you\"*}");
  person_hear (talk.bob, "alice", TEXT, "{*\"content\":\"there?\"*}");
  type (&talk, "/resend");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Everything that you wrote here has been sent.\"", NULL);
  host_expect_nothing (scene->host);
  talk_close (&talk);
}

static const Story stories[] = {
  { "help", run_help, STORY_ALL },
  { "text-form", run_text_form, STORY_BITLBEE },
  { "unknown", run_unknown, STORY_PIDGIN | STORY_FINCH },
  { "resend", run_resend, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
