/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/* Each event of the SDK is a purple signal. Here they are caused one after the other, by other people. */

#define NAME(event) "openim-" event

/* All fifty, as other people's plugins connect to them. */
static const char *const names[] = {
  NAME ("send-msg-progress"),
  NAME ("upload-file-progress"),
  NAME ("upload-logs-progress"),
  NAME ("connecting"),
  NAME ("connect-success"),
  NAME ("connect-failed"),
  NAME ("kicked-offline"),
  NAME ("user-token-expired"),
  NAME ("user-token-invalid"),
  NAME ("sync-server-start"),
  NAME ("sync-server-finish"),
  NAME ("sync-server-failed"),
  NAME ("sync-server-progress"),
  NAME ("new-conversation"),
  NAME ("conversation-changed"),
  NAME ("total-unread-message-count-changed"),
  NAME ("conversation-user-input-status-changed"),
  NAME ("recv-new-message"),
  NAME ("recv-c2c-read-receipt"),
  NAME ("new-recv-message-revoked"),
  NAME ("recv-offline-new-message"),
  NAME ("message-deleted"),
  NAME ("recv-online-only-message"),
  NAME ("message-edited"),
  NAME ("friend-application-added"),
  NAME ("friend-application-deleted"),
  NAME ("friend-application-accepted"),
  NAME ("friend-application-rejected"),
  NAME ("friend-added"),
  NAME ("friend-deleted"),
  NAME ("friend-info-changed"),
  NAME ("black-added"),
  NAME ("black-deleted"),
  NAME ("joined-group-added"),
  NAME ("joined-group-deleted"),
  NAME ("group-member-added"),
  NAME ("group-member-deleted"),
  NAME ("group-application-added"),
  NAME ("group-application-deleted"),
  NAME ("group-info-changed"),
  NAME ("group-dismissed"),
  NAME ("group-member-info-changed"),
  NAME ("group-application-accepted"),
  NAME ("group-application-rejected"),
  NAME ("recv-custom-business-message"),
  NAME ("self-info-updated"),
  NAME ("user-status-changed"),
  NAME ("user-command-add"),
  NAME ("user-command-delete"),
  NAME ("user-command-update"),
  NULL,
};

static void
expect (Scene *scene, int event, const char *name, const char *data)
{
  g_autofree char *pattern = g_strdup_printf ("alice: signal openim-%s *%s*", name, data);

  host_wait_for (scene->host, pattern, 0);
  story_proves_event (event);
}

static void
run_names (Stage *stage)
{
  Scene scene = { 0 };

  scene_open (&scene, stage);
  host_watch_signals (scene.host, OPENIM, names);
  scene_close (&scene);
}

/* A first login and a second one. */
static void
run_login (Stage *stage)
{
  Scene scene = { 0 };
  Person *bob = NULL;

  scene_open (&scene, stage);
  host_watch_signals (scene.host, OPENIM, names);
  scene_alice (&scene);
  bob = person_new (scene.server, "bob", "Bob");
  person_befriend (bob, "alice");
  host_login (scene.host, "alice");
  expect (&scene, 15, "connecting", "");
  expect (&scene, 16, "connect-success", "");
  expect (&scene, 21, "sync-server-start", "reinstalled=true");
  expect (&scene, 24, "sync-server-progress", "");
  expect (&scene, 22, "sync-server-finish", "reinstalled=true");
  host_logout (scene.host, "alice");
  host_run_until (scene.host, "alice: disconnected", 0);
  host_login (scene.host, "alice");
  expect (&scene, 21, "sync-server-start", "");
  expect (&scene, 22, "sync-server-finish", "");
  host_ignore (scene.host, "alice: signal *");
  host_forget (scene.host);
  person_free (bob);
  scene_close (&scene);
}

static void
run_people (Stage *stage)
{
  Scene scene = { 0 };
  Person *bob = NULL;
  g_autoptr (JsonNode) a = NULL;
  g_autoptr (JsonNode) b = NULL;
  g_autoptr (JsonNode) c = NULL;

  scene_open (&scene, stage);
  host_watch_signals (scene.host, OPENIM, names);
  scene_alice (&scene);
  bob = person_new (scene.server, "bob", "Bob");
  host_login (scene.host, "alice");
  host_run_until (scene.host, "alice: signal openim-sync-server-finish *", 0);
  host_forget (scene.host);

  person_befriend (bob, "alice");
  expect (&scene, 40, "friend-added", "bob");
  scene_wait_for (&scene, "alice: buddy+ bob \"Bob\"*");
  a = server_call (scene.server, "/friend/set_friend_remark",
                   "{'ownerUserID':'alice','friendUserID':'bob','remark':'Bobby'}");
  expect (&scene, 42, "friend-info-changed", "Bobby");
  person_connect (bob);
  expect (&scene, 58, "user-status-changed", "bob");
  person_say (bob, "alice", "hi");
  expect (&scene, 29, "recv-new-message", "hi");
  expect (&scene, 27, "total-unread-message-count-changed", "1");
  person_say (bob, "alice", "again");
  expect (&scene, 26, "conversation-changed", "again");
  b = server_call (scene.server, "/user/update_user_info_ex",
                   "{'userInfo':{'userID':'alice','nickname':'Alice B.'}}");
  expect (&scene, 57, "self-info-updated", "Alice B.");
  c = server_call (scene.server, "/friend/delete_friend", "{'ownerUserID':'alice','friendUserID':'bob'}");
  expect (&scene, 41, "friend-deleted", "bob");
  scene_wait_for (&scene, "alice: buddy- bob");
  host_ignore (scene.host, "alice: signal *");
  host_forget (scene.host);
  person_free (bob);
  scene_close (&scene);
}

static void
run_groups (Stage *stage)
{
  Scene scene = { 0 };
  Person *bob = NULL;
  Person *carol = NULL;
  g_autoptr (JsonNode) a = NULL;
  g_autoptr (JsonNode) b = NULL;
  g_autoptr (JsonNode) c = NULL;
  g_autoptr (JsonNode) d = NULL;

  scene_open (&scene, stage);
  host_watch_signals (scene.host, OPENIM, names);
  scene_alice (&scene);
  bob = person_new (scene.server, "bob", "Bob");
  carol = person_new (scene.server, "carol", "Carol");
  host_login (scene.host, "alice");
  host_run_until (scene.host, "alice: signal openim-sync-server-finish *", 0);
  host_forget (scene.host);

  person_found (bob, "team", "Team", "alice", NULL);
  expect (&scene, 45, "joined-group-added", "team");
  /* The first list of members is silent; it must be there before it can change. */
  host_do (scene.host, "join", "alice", "team", NULL);
  host_wait_answer (scene.host, "*bob*", 0, "members", "alice", "team", NULL);
  person_try (bob, "/group/invite_user_to_group",
              "{'groupID':'team','invitedUserIDs':['carol'],'reason':''}");
  expect (&scene, 47, "group-member-added", "carol");
  a = person_call (bob, "/group/set_group_member_info",
                   "{'members':[{'groupID':'team','userID':'carol','roleLevel':60}]}");
  expect (&scene, 53, "group-member-info-changed", "carol");
  b = person_call (bob, "/group/set_group_info",
                   "{'groupInfoForSet':{'groupID':'team','groupName':'The Team'}}");
  expect (&scene, 51, "group-info-changed", "The Team");
  c = person_call (carol, "/group/quit_group", "{'groupID':'team','userID':'carol'}");
  expect (&scene, 48, "group-member-deleted", "carol");
  d = person_call (bob, "/group/dismiss_group", "{'groupID':'team','deleteMember':false}");
  expect (&scene, 52, "group-dismissed", "team");
  expect (&scene, 46, "joined-group-deleted", "team");
  host_wait_for (scene.host, "alice: chat team *SYSTEM*: \"Bob dissolved the group.\"", 0);
  host_wait_for (scene.host, "alice: chat team left", 0);
  host_ignore (scene.host, "alice: signal *");
  host_forget (scene.host);
  person_free (carol);
  person_free (bob);
  scene_close (&scene);
}

/* Somebody else's plugin hears a signal and calls a function. */
static void
run_listener (Stage *stage)
{
  Scene scene = { 0 };
  Person *bob = NULL;
  g_autofree char *token = NULL;
  g_autofree char *built = story_program ("tests/stories/listener.so");
  g_autofree char *installed = NULL;
  g_autoptr (GFile) from = g_file_new_for_path (built);
  g_autoptr (GFile) to = NULL;
  g_autoptr (GError) error = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  bob = person_new (scene.server, "bob", "Bob");
  host_quit (scene.host);
  installed = g_build_filename (host_folder (scene.host), "plugins", "listener.so", NULL);
  to = g_file_new_for_path (installed);
  g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  host_start (scene.host);
  host_do (scene.host, "load", installed, NULL);
  token = server_token (scene.server, "alice", PLATFORM_LINUX);
  scene_account (scene.host, scene.server, "alice", NULL, token);
  scene_login (&scene);
  person_befriend (bob, "alice");
  scene_wait_for (&scene, "-: notify info \"Listener\" \"Alice\" \"Bob\"");
  host_forget (scene.host);
  host_quit (scene.host);
  person_free (bob);
  scene_close (&scene);
}

static const Story stories[] = {
  { "listener", run_listener, STORY_ALL }, { "names", run_names, STORY_ALL },
  { "login", run_login, STORY_PIDGIN },    { "people", run_people, STORY_ALL },
  { "groups", run_groups, STORY_ALL },     { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
