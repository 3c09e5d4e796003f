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

/* --- what is typed --- */

/* As each host's people type it. */
static void
type (Circle *circle, const char *command)
{
  g_autofree char *line = g_strconcat (scene_is (&circle->scene, "bitlbee") ? "?" : "/", command, NULL);

  host_do (circle->scene.host, "say", "alice", "team", line, NULL);
}

static void
expect_said (Circle *circle, const char *text)
{
  g_autofree char *line = g_strdup_printf ("alice: chat team *SYSTEM*: \"%s\"", text);

  scene_wait_for (&circle->scene, line);
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
  host_login (scene->host, "alice");
  number = request_number (scene_wait_for (
      scene, "alice: request * action \"*\" \"Dave (dave) asks to join *Team*\" \"while you were away\" "
             "\"*Accept\" \"*Reject\""));
  apply (erin, "hello");
  second = request_number (scene_wait_for (
      scene, "alice: request * action \"*\" \"Erin (erin) asks to join *Team*\" \"hello\" *"));
  host_do (scene->host, "join", "alice", "team", NULL);
  host_wait_answer (scene->host, "*carol*", 0, "members", "alice", "team", NULL);
  host_forget (scene->host);

  type (&circle, "applications");
  expect_said (&circle, "*Dave (dave) asks to join *");
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

/* --- commands --- */

/* alice owns the group by now. */
static void
run_commands (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  static const char *const changed[] = { "openim-group-info-changed", NULL };

  circle_open (&circle, stage);
  circle_enter (&circle);
  host_ignore (scene->host, "alice: chat team member= *");
  type (&circle, "owner");
  expect_said (&circle, "Owner: Bob (bob)");
  type (&circle, "kick carol");
  expect_said (&circle, "That was not possible. You are not allowed to do this.");
  act (circle.bob, "/group/transfer_group",
       "{'groupID':'team','oldOwnerUserID':'bob','newOwnerUserID':'alice'}");
  expect_notice (&circle, "You are the owner of the group now.");
  host_wait_answer (scene->host, "~alice*", 0, "members", "alice", "team", NULL);

  type (&circle, "topic Lunch at noon");
  scene_wait_for (scene, "alice: chat team topic \"Lunch at noon\"");
  expect_notice (&circle, "You changed the announcement: Lunch at noon");
  type (&circle, "topic");
  expect_said (&circle, "Announcement: Lunch at noon");
  host_watch_signals (scene->host, OPENIM, changed);
  type (&circle, "name The Team");
  scene_wait_for (scene, "alice: signal openim-group-info-changed *The Team*");
  host_unwatch_signals (scene->host, OPENIM, changed);
  if (!scene_is (scene, "bitlbee")) {
    scene_wait_for (scene, "alice: chat team title \"The Team\"");
    scene_wait_for (scene, "alice: room= \"The Team\"*");
  }
  expect_notice (&circle, "You renamed the group to “The Team”.");
  type (&circle, "name");
  expect_said (&circle, "This is “The Team”, ID team.");

  type (&circle, "admin Carol");
  expect_notice (&circle, "Carol is an administrator of the group now.");
  type (&circle, "admin");
  expect_said (&circle, "Owner and administrators: *Carol (carol)*");
  type (&circle, "noadmin carol");
  expect_notice (&circle, "Carol is no administrator of the group any more.");
  type (&circle, "mute bob 2h");
  expect_notice (&circle, "You muted Bob for 2 hours.");
  type (&circle, "mute bob soon");
  expect_said (&circle, "“soon” is not a time. *");
  type (&circle, "unmute BOB");
  expect_notice (&circle, "You allowed Bob to write again.");
  type (&circle, "mute");
  expect_notice (&circle, "You muted the group: *");
  type (&circle, "unmute");
  expect_notice (&circle, "You allowed everyone to write again.");
  type (&circle, "mute nobody 1m");
  expect_said (&circle, "“nobody” is not a member, *");

  type (&circle, "invite dave");
  expect_notice (&circle, "You added Dave to the group.");
  scene_wait_for (scene, "alice: chat team member+ dave*");
  type (&circle, "members da");
  expect_said (&circle, "1 member:*Dave (dave)");
  type (&circle, "whois dave");
  scene_wait_for (scene, "alice: userinfo dave *Dave*");
  type (&circle, "groupnick Boss");
  host_wait_answer (scene->host, "~alice (Boss)*", 0, "members", "alice", "team", NULL);
  type (&circle, "kick dave too loud");
  expect_notice (&circle, "You removed Dave from the group.");
  scene_wait_for (scene, "alice: chat team member- dave");

  type (&circle, "quit");
  expect_said (&circle, "The group is yours: *");
  type (&circle, "dismiss");
  expect_said (&circle, "This dissolves the group for all its members. *");
  type (&circle, "dismiss The Team");
  expect_notice (&circle, "You dissolved the group.");
  if (!scene_is (scene, "bitlbee"))
    scene_wait_for (scene, "alice: room- \"The Team\"*");
  scene_wait_for (scene, "alice: chat team left");
  host_expect_nothing (scene->host);
  story_proves_function (1003);
  story_proves_function (1004);
  story_proves_function (1005);
  story_proves_function (1006);
  story_proves_function (1007);
  story_proves_function (1009);
  circle_close (&circle);
}

/* A group of one's own; leaving one for good. */
static void
run_create (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_enter (&circle);
  host_ignore (scene->host, "alice: chat * member*");
  host_ignore (scene->host, "alice: room+ *");
  type (&circle, "create \"Our own\" bob, dave");
  scene_wait_for (scene, "alice: chat * opened \"Our own\"");
  scene_wait_for (scene, "alice: chat * joined");
  scene_wait_for (scene, "alice: chat * *SYSTEM*: \"You created the group.\"");
  type (&circle, "create Other nobody");
  host_wait_for (scene->host, "*notify error * \"Other\" *", 0);
  type (&circle, "quit");
  expect_notice (&circle, "You left the group.");
  if (!scene_is (scene, "bitlbee"))
    scene_wait_for (scene, "alice: room- \"Team\"*");
  scene_wait_for (scene, "alice: chat team left");
  host_expect_nothing (scene->host);
  story_proves_function (1000);
  story_proves_function (1002);
  circle_close (&circle);
}

/* --- lists and menus --- */

static void
run_rooms (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  person_found (circle.carol, "choir", "Choir", "alice", NULL);
  act (circle.carol, "/group/set_group_info",
       "{'groupInfoForSet':{'groupID':'choir','notification':'We sing'}}");
  scene_login_until (scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
  host_ignore (scene->host, "alice: room+ *");
  host_ignore (scene->host, "alice: chat choir *");
  host_do (scene->host, "rooms", "alice", NULL);
  host_wait_for (scene->host, "alice: rooms columns [Group ID] [Members] [Owner] [Announcement]", 0);
  host_wait_for (scene->host, "alice: rooms room \"Choir\" \"choir\" 2 \"*arol\" \"We sing\"", 0);
  host_wait_for (scene->host, "alice: rooms room \"Team\" \"team\" 3 \"Bob\" \"\"", 0);
  host_wait_for (scene->host, "alice: rooms end", 0);
  host_do (scene->host, "join", "alice", "name=Team", "group=team", "owner=Bob", "topic=", NULL);
  scene_wait_for (scene, "alice: chat team joined");
  host_wait_answer (scene->host, "*carol*", 0, "members", "alice", "team", NULL);
  host_forget (scene->host);
  circle_close (&circle);
}

static void
press (Circle *circle, const char *item)
{
  host_do (circle->scene.host, "room-menu", "alice", "Team", item, NULL);
}

/* Answers the dialog that comes. */
static void
answer (Circle *circle, const char *pattern, const char *text)
{
  g_autofree char *number = request_number (scene_wait_for (&circle->scene, pattern));

  host_answer_request (circle->scene.host, (guint) g_ascii_strtoull (number, NULL, 10), text);
}

static void
run_menu (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;
  g_autofree char *number = NULL;

  circle_open (&circle, stage);
  act (circle.bob, "/group/set_group_member_info",
       "{'members':[{'groupID':'team','userID':'alice','roleLevel':60}]}");
  circle_enter (&circle);
  host_ignore (scene->host, "-: request * closed");
  host_ignore (scene->host, "alice: chat team member= *");
  press (&circle, "Group _Information");
  scene_wait_for (scene, "alice: userinfo team [Name: \"Team\"] [Group ID: \"team\"] [Members: \"3\"] "
                         "*[Owner: \"Bob (bob)\"]*");
  story_proves_function (1014);
  press (&circle, "_Announcement…");
  answer (&circle, "alice: request * input \"Announcement\" \"Team\" * multiline", "Lunch");
  scene_wait_for (scene, "alice: chat team topic \"Lunch\"");
  expect_notice (&circle, "You changed the announcement: Lunch");
  press (&circle, "In_vite People…");
  answer (&circle, "alice: request * input \"Invite people\" *", "dave");
  expect_notice (&circle, "You added Dave to the group.");
  scene_wait_for (scene, "alice: chat team member+ dave*");
  press (&circle, "_Mute Everybody");
  expect_notice (&circle, "You muted the group: *");
  host_wait_answer (scene->host, "*Let _Everybody Write*", 0, "room-menu", "alice", "Team", NULL);
  press (&circle, "Let _Everybody Write");
  expect_notice (&circle, "You allowed everyone to write again.");
  /* A question that is open when the connection goes. */
  press (&circle, "_Rename Group…");
  scene_wait_for (scene, "alice: request * input \"Rename the group\" *");
  press (&circle, "_Leave Group…");
  number = request_number (scene_wait_for (scene, "alice: request * action * \"Leave *Team* for good?\" *"));
  host_do (scene->host, "cancel", number, NULL);
  press (&circle, "_Leave Group…");
  answer (&circle, "alice: request * action * \"Leave *Team* for good?\" *", "_Leave");
  expect_notice (&circle, "You left the group.");
  scene_wait_for (scene, "alice: room- \"Team\"*");
  scene_wait_for (scene, "alice: chat team left");
  host_do (scene->host, "account-menu", "alice", "Create a group…", NULL);
  answer (&circle, "alice: request * input \"Create a group\" *", "Alone");
  scene_wait_for (scene, "alice: room+ \"Alone\"*");
  scene_wait_for (scene, "alice: chat * opened \"Alone\"");
  scene_wait_for (scene, "alice: chat * joined");
  scene_wait_for (scene, "alice: chat * SYSTEM \"\": \"You created the group.\"");
  scene_wait_for (scene, "alice: chat * member+ alice \"Alice\" FOUNDER");
  host_expect_nothing (scene->host);
  circle_close (&circle);
}

/* Who may not write hears why, in the window, with the text. */
static void
run_silenced (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  circle_enter (&circle);
  host_ignore (scene->host, "alice: chat team member= *");
  act (circle.bob, "/group/mute_group", "{'groupID':'team'}");
  expect_notice (&circle, "Bob muted the group: *");
  host_do (scene->host, "say", "alice", "team", "but I have something to say", NULL);
  scene_wait_for (scene,
                  "alice: chat team *ERROR* *: \"Not sent: “but I have something to say”. This group is "
                  "muted: only its owner and administrators can write. Type ?resend to send it again.\"");
  act (circle.bob, "/group/cancel_mute_group", "{'groupID':'team'}");
  expect_notice (&circle, "Bob allowed everyone to write again.");
  act (circle.bob, "/group/mute_group_member", "{'groupID':'team','userID':'alice','mutedSeconds':3600}");
  expect_notice (&circle, "Bob muted you for 1 hour.");
  host_do (scene->host, "say", "alice", "team", "me?", NULL);
  scene_wait_for (scene, "alice: chat team *ERROR* *: \"Not sent: “me?”. You are muted in this group. "
                         "Type ?resend to send it again.\"");
  act (circle.bob, "/group/cancel_mute_group_member", "{'groupID':'team','userID':'alice'}");
  expect_notice (&circle, "Bob allowed you to write again.");
  scene_type (scene, "team", "/resend");
  scene_wait_for (scene, "alice: chat team *SYSTEM* *: \"Sent: “me?”.\"");
  host_forget (scene->host);
  circle_close (&circle);
}

/* To one member alone, who hears it in a window of two. */
static void
run_whisper (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  person_connect (circle.carol);
  circle_enter (&circle);
  host_do (scene->host, "whisper", "alice", "team", "carol", "<b>psst</b> &amp; quiet", NULL);
  person_hear (circle.carol, "alice", TEXT, "*psst & quiet*");
  scene_expect_unordered (scene, "alice: im carol opened *", "alice: im carol SEND \"*\": \"*psst*quiet*\"",
                          NULL);
  person_say (circle.bob, "alice", "the end");
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"the end\"");
  g_assert_cmpuint (host_count (scene->host, "*chat team*psst*"), ==, 0);
  host_forget (scene->host);
  circle_close (&circle);
}

/* More than a screen full of dialogs. */
static void
run_many_applications (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  act (circle.bob, "/group/set_group_member_info",
       "{'members':[{'groupID':'team','userID':'alice','roleLevel':60}]}");
  for (guint i = 0; i < 7; i++) {
    g_autofree char *id = g_strdup_printf ("guest%u", i);
    Person *guest = person_new (scene->server, id, id);

    apply (guest, "hello");
    person_free (guest);
  }
  host_login (scene->host, "alice");
  host_wait_for (scene->host, "*notify info * \"2 more people ask to join groups of yours.\" *", 0);
  g_assert_cmpuint (host_count (scene->host, "alice: request * action *"), ==, 5);
  host_do (scene->host, "join", "alice", "team", NULL);
  host_wait_answer (scene->host, "*carol*", 0, "members", "alice", "team", NULL);
  host_forget (scene->host);
  host_ignore (scene->host, "-: request * closed");
  for (guint i = 0; i < 7; i++) {
    g_autofree char *refusal = g_strdup_printf ("refuse guest%u not now", i);

    type (&circle, i == 3 ? "admit guest3 welcome" : refusal);
  }
  expect_notice (&circle, "guest3 joined the group.");
  scene_wait_for (scene, "alice: chat team member+ guest3*");
  type (&circle, "applications");
  expect_said (&circle, "Nobody is waiting to be let in.");
  type (&circle, "admit guest5");
  expect_said (&circle, "Nobody with the ID “guest5” is waiting to be let in.");
  host_expect_nothing (scene->host);
  circle_close (&circle);
}

/* Dialogs are open and answers on their way when the connection goes; each goes with it, and comes again. */
static void
run_gone (Stage *stage)
{
  Circle circle = { 0 };
  Scene *scene = &circle.scene;

  circle_open (&circle, stage);
  person_found (circle.bob, "closed", "Closed", "carol", NULL);
  act (circle.bob, "/group/set_group_member_info",
       "{'members':[{'groupID':'team','userID':'alice','roleLevel':60}]}");
  apply (circle.dave, "let me in");
  host_login (scene->host, "alice");
  scene_wait_for (scene, "alice: request * action * \"Dave (dave) asks to join *Team*\" *");
  host_do (scene->host, "join", "alice", "team", NULL);
  host_wait_answer (scene->host, "*carol*", 0, "members", "alice", "team", NULL);
  if (!scene_is (scene, "bitlbee")) {
    press (&circle, "_Rename Group…");
    press (&circle, "_Leave Group…");
    press (&circle, "Group _Information");
  }
  type (&circle, "topic never told");
  type (&circle, "admit dave");
  type (&circle, "create Nowhere bob");
  host_do (scene->host, "invite", "alice", "team", "nobody", "", NULL);
  host_do (scene->host, "join", "alice", "closed", NULL);
  host_logout (scene->host, "alice");
  host_run_until (scene->host, "alice: disconnected", 0);
  apply (circle.dave, "let me in");
  scene_login_until (scene, "alice", "alice: connected", NULL);
  host_forget (scene->host);
  circle_close (&circle);
}

static const Story stories[] = {
  { "gone", run_gone, STORY_ALL },
  { "many-applications", run_many_applications, STORY_ALL },
  { "silenced", run_silenced, STORY_ALL },
  { "whisper", run_whisper, STORY_PIDGIN | STORY_FINCH },
  { "rooms", run_rooms, STORY_ALL },
  { "menu", run_menu, STORY_PIDGIN | STORY_FINCH },
  { "commands", run_commands, STORY_ALL },
  { "create", run_create, STORY_ALL },
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
