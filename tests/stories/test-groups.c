/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <string.h>

/* What happens in a group, and what a person does with one. */

#define TEXT 101
#define JOIN_REQUEST 1503
#define APPLICATION_ACCEPTED 1505

/* alice knows bob and carol; the group "Team" is bob's, and both others are in it. dave is not. */
typedef struct {
  Scene scene;
  Person *bob;
  Person *carol;
  Person *dave;
} Circle;

static void
circle_open (Circle *circle, Stage *stage)
{
  scene_open (&circle->scene, stage);
  scene_alice (&circle->scene);
  circle->bob = person_new (circle->scene.server, "bob", "Bob");
  circle->carol = person_new (circle->scene.server, "carol", "Carol");
  circle->dave = person_new (circle->scene.server, "dave", "Dave");
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

/* With the group's window open and its members in it. */
static void
circle_enter (Circle *circle)
{
  circle_login (circle);
  host_do (circle->scene.host, "join", "alice", "team", NULL);
  host_wait_answer (circle->scene.host, "*carol*", 0, "members", "alice", "team", NULL);
  host_forget (circle->scene.host);
}

static void
circle_close (Circle *circle)
{
  host_quit (circle->scene.host);
  person_free (circle->bob);
  person_free (circle->carol);
  person_free (circle->dave);
  scene_close (&circle->scene);
}

static void
act (Person *person, const char *path, const char *body)
{
  g_autoptr (JsonNode) data = person_call (person, path, "%s", body);
}

/* The one line, and no other, that the group gets to read. */
static void
expect_notice (Circle *circle, const char *text)
{
  g_autofree char *line = g_strdup_printf ("alice: chat team *SYSTEM \"*\": \"%s\"", text);

  scene_wait_for (&circle->scene, line);
  g_assert_false (host_has (circle->scene.host, line));
}

static void
run_notices (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_enter (&circle);
  host_ignore (scene->host, "alice: chat team member= *");
  person_try (circle.bob, "/group/invite_user_to_group",
              "{'groupID':'team','invitedUserIDs':['dave'],'reason':''}");
  expect_notice (&circle, "Bob added Dave to the group.");
  host_wait_for (scene->host, "alice: chat team member+ dave*", 0);
  act (circle.bob, "/group/set_group_member_info",
       "{'members':[{'groupID':'team','userID':'dave','roleLevel':60}]}");
  expect_notice (&circle, "Dave is an administrator of the group now.");
  act (circle.bob, "/group/set_group_member_info",
       "{'members':[{'groupID':'team','userID':'dave','roleLevel':20}]}");
  expect_notice (&circle, "Dave is no administrator of the group any more.");
  act (circle.dave, "/group/quit_group", "{'groupID':'team','userID':'dave'}");
  expect_notice (&circle, "Dave left the group.");
  host_wait_for (scene->host, "alice: chat team member- dave", 0);
  act (circle.bob, "/group/mute_group_member", "{'groupID':'team','userID':'carol','mutedSeconds':3600}");
  expect_notice (&circle, "Bob muted Carol for 1 hour.");
  act (circle.bob, "/group/cancel_mute_group_member", "{'groupID':'team','userID':'carol'}");
  expect_notice (&circle, "Bob allowed Carol to write again.");
  act (circle.bob, "/group/mute_group", "{'groupID':'team'}");
  expect_notice (&circle, "Bob muted the group: *");
  act (circle.bob, "/group/cancel_mute_group", "{'groupID':'team'}");
  expect_notice (&circle, "Bob allowed everyone to write again.");
  act (circle.bob, "/group/transfer_group",
       "{'groupID':'team','oldOwnerUserID':'bob','newOwnerUserID':'carol'}");
  expect_notice (&circle, "Carol is the owner of the group now.");
  host_wait_answer (scene->host, "alice (Alice)\nbob (Bob)\n~carol (Carol)", 0, "members", "alice", "team",
                    NULL);
  act (circle.carol, "/group/kick_group", "{'groupID':'team','kickedUserIDs':['bob'],'reason':''}");
  expect_notice (&circle, "Carol removed Bob from the group.");
  host_wait_answer (scene->host, "alice (Alice)\n~carol (Carol)", 0, "members", "alice", "team", NULL);
  host_wait_for (scene->host, "alice: chat team member- bob", 0);
  host_expect_nothing (scene->host);
  circle_close (&circle);
}

/* The announcement is the topic; the name is that of the chat on the list and of the window. */
static void
run_topic (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_enter (&circle);
  host_ignore (scene->host, "alice: chat team member= *");
  act (circle.bob, "/group/set_group_info",
       "{'groupInfoForSet':{'groupID':'team','notification':'Lunch at <noon>'}}");
  scene_expect_unordered (
      scene, "alice: chat team topic \"Lunch at <noon>\"",
      "(pidgin) alice: chat team *SYSTEM \"*\": \"Bob changed the announcement: Lunch at &lt;noon&gt;\"",
      "(!pidgin) alice: chat team *SYSTEM \"*\": \"Bob changed the announcement: Lunch at <noon>\"", NULL);
  act (circle.bob, "/group/set_group_info", "{'groupInfoForSet':{'groupID':'team','groupName':'The Team'}}");
  scene_expect_unordered (scene, "(!bitlbee) alice: chat team title \"The Team\"",
                          "(!bitlbee) alice: room= \"The Team\"*",
                          "alice: chat team *SYSTEM \"*\": \"Bob renamed the group to *The Team*\"", NULL);
  /* One's own, refused and done. */
  host_do (scene->host, "topic", "alice", "team", "Dinner", NULL);
  expect_notice (&circle, "That was not possible. *");
  act (circle.bob, "/group/set_group_member_info",
       "{'members':[{'groupID':'team','userID':'alice','roleLevel':60}]}");
  expect_notice (&circle, "You are an administrator of the group now.");
  host_do (scene->host, "topic", "alice", "team", "Dinner", NULL);
  scene_wait_for (scene, "alice: chat team topic \"Dinner\"");
  expect_notice (&circle, "You changed the announcement: Dinner");
  host_expect_nothing (scene->host);
  story_proves_function (1008);
  circle_close (&circle);
}

/* --- the way in --- */

/* "alice: request 3 action …" → "3". (transfer full) */
static char *
request_number (const HostLine *line)
{
  g_auto (GStrv) words = g_strsplit (line->text, " ", 4);

  g_assert_cmpuint (g_strv_length (words), >=, 4);
  return g_strdup (words[2]);
}

static void
run_invite (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  Person *erin = NULL;

  circle_open (&circle, stage);
  circle_enter (&circle);
  host_do (scene->host, "invite", "alice", "team", "dave", "come in", NULL);
  expect_notice (&circle, "You added Dave to the group.");
  scene_wait_for (scene, "alice: chat team member+ dave*");
  host_do (scene->host, "invite", "alice", "team", "nobody", "", NULL);
  expect_notice (&circle, "That was not possible. *");
  host_expect_nothing (scene->host);
  story_proves_function (1022);

  /* Where the owner wants to decide about everybody, he is asked. */
  act (circle.bob, "/group/set_group_info", "{'groupInfoForSet':{'groupID':'team','needVerification':1}}");
  erin = person_new (scene->server, "erin", "Erin");
  host_do (scene->host, "invite", "alice", "team", "erin", "", NULL);
  expect_notice (&circle, "The owner or an administrator has to let Erin in.");
  person_try (circle.bob, "/group/group_application_response",
              "{'groupID':'team','fromUserID':'erin','handledMsg':'','handleResult':1}");
  scene_wait_for (scene, "alice: chat team member+ erin*");
  scene_wait_for (scene, "alice: chat team *SYSTEM \"*\": \"* added Erin to the group.\"");
  host_expect_nothing (scene->host);
  person_free (erin);
  circle_close (&circle);
}

/* Into a group that anybody may enter, one that wants an approval, and none. */
static void
run_join (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  person_found (circle.bob, "open", "Open", "carol", NULL);
  act (circle.bob, "/group/set_group_info", "{'groupInfoForSet':{'groupID':'open','needVerification':2}}");
  person_found (circle.bob, "closed", "Closed", "carol", NULL);
  circle_login (&circle);

  host_do (scene->host, "join", "alice", "open", NULL);
  scene_wait_for (scene, "alice: chat open opened \"Open\"");
  scene_wait_for (scene, "alice: chat open joined");
  scene_wait_for (scene, "alice: chat open *SYSTEM \"*\": \"Bob created the group.\"");
  scene_wait_for (scene, "alice: chat open *SYSTEM \"*\": \"You joined the group.\"");
  host_wait_answer (scene->host, "*bob*", 0, "members", "alice", "open", NULL);
  host_ignore (scene->host, "*member+*");
  host_ignore (scene->host, "alice: room+ *");
  host_forget (scene->host);

  host_do (scene->host, "join", "alice", "group=closed", "text=please", NULL);
  host_wait_for (scene->host, "*notify info * \"You have applied to join *Closed*\" *", 0);
  person_hear (circle.bob, "alice", JOIN_REQUEST, "*please*");
  act (circle.bob, "/group/group_application_response",
       "{'groupID':'closed','fromUserID':'alice','handledMsg':'not now','handleResult':-1}");
  host_wait_for (scene->host, "*notify info * \"You have not been let into *Closed*\" \"not now\"", 0);
  host_do (scene->host, "join", "alice", "group=closed", "text=pretty please", NULL);
  host_wait_for (scene->host, "*notify info * \"You have applied to join *Closed*\" *", 0);
  person_hear (circle.bob, "alice", JOIN_REQUEST, "*pretty please*");
  person_try (circle.bob, "/group/group_application_response",
              "{'groupID':'closed','fromUserID':'alice','handledMsg':'','handleResult':1}");
  host_wait_for (scene->host, "*notify info * \"You have been let into *Closed*\" *", 0);
  scene_wait_for (scene, "alice: chat closed opened \"Closed\"");
  scene_wait_for (scene, "alice: chat closed joined");
  scene_wait_for (scene, "alice: chat closed *SYSTEM \"*\": \"Bob created the group.\"");
  scene_wait_for (scene, "alice: chat closed *SYSTEM \"*\": \"You joined the group.\"");
  host_expect_nothing (scene->host);

  host_do (scene->host, "join", "alice", "nowhere", NULL);
  host_wait_for (scene->host, "*notify error * \"There is no group with the ID *nowhere*\" *", 0);
  host_forget (scene->host);
  story_proves_function (1001);
  story_proves_function (1012);
  story_proves_event (54);
  story_proves_event (55);
  circle_close (&circle);
}

static void
apply (Person *person, const char *text)
{
  person_try (person, "/group/join_group",
              "{'groupID':'team','reqMessage':'%s','joinSource':3,'inviterUserID':'%s'}", text,
              person_id (person));
}

/* Those who apply to a group of one's own: a dialog each, gone when another answers. */
static void
run_applications (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  Person *erin = NULL;
  g_autofree char *number = NULL;
  g_autofree char *second = NULL;
  g_autofree char *line = NULL;

  circle_open (&circle, stage);
  erin = person_new (scene->server, "erin", "Erin");
  person_connect (circle.dave);
  person_connect (erin);
  act (circle.bob, "/group/set_group_member_info",
       "{'members':[{'groupID':'team','userID':'alice','roleLevel':60}]}");
  apply (circle.dave, "while you were away");
  circle_login (&circle);
  number = request_number (scene_wait_for (
      scene, "alice: request * action \"*\" \"Dave (dave) asks to join *Team*\" \"while you were away\" "
             "\"*Accept\" \"*Reject\""));
  apply (erin, "hello");
  second = request_number (scene_wait_for (
      scene, "alice: request * action \"*\" \"Erin (erin) asks to join *Team*\" \"hello\" *"));
  host_do (scene->host, "join", "alice", "team", NULL);
  host_wait_answer (scene->host, "*carol*", 0, "members", "alice", "team", NULL);
  host_forget (scene->host);

  host_answer_request (scene->host, (guint) g_ascii_strtoull (number, NULL, 10), "_Accept");
  expect_notice (&circle, "Dave joined the group.");
  scene_wait_for (scene, "alice: chat team member+ dave*");
  person_hear (circle.dave, "alice", APPLICATION_ACCEPTED, "*team*");
  act (circle.bob, "/group/group_application_response",
       "{'groupID':'team','fromUserID':'erin','handledMsg':'','handleResult':-1}");
  line = g_strdup_printf ("-: request %s closed", second);
  host_wait_for (scene->host, line, 0);
  /* None of them is asked about again. */
  scene_logout (scene, "alice");
  scene_login (scene);
  person_say (circle.bob, "alice", "the end");
  host_run_until (scene->host, "*the end*", 0);
  g_assert_false (host_has (scene->host, "*asks to join*"));
  host_forget (scene->host);
  story_proves_function (1018);
  story_proves_function (1023);
  story_proves_event (49);
  person_free (erin);
  circle_close (&circle);
}

static const Story stories[] = {
  { "invite", run_invite, STORY_ALL },
  { "join", run_join, STORY_ALL },
  { "applications", run_applications, STORY_ALL },
  { "notices", run_notices, STORY_ALL },
  { "topic", run_topic, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
