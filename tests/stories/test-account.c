/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <string.h>

#include <glib/gstdio.h>

/* What people do with their account at the chat server. */

#define PASSWORD "correct horse"
#define ANOTHER "battery staple"

/* alice has logged in by password; bob is her friend and online. */
typedef struct {
  Scene scene;
  char *id; /* alice's */
  Person *bob;
} Home;

static void
home_open (Home *home, Stage *stage)
{
  scene_open (&home->scene, stage);
  home->id = server_register (home->scene.server, "alice", "Alice", PASSWORD, "+49 15112345678", NULL);
  scene_account (home->scene.host, home->scene.server, "alice", PASSWORD, NULL);
  home->bob = person_new (home->scene.server, "bob", "Bob");
  person_connect (home->bob);
  person_befriend (home->bob, home->id);
  scene_login_until (&home->scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
  host_do (home->scene.host, "im", "alice", "bob", NULL);
  host_forget (home->scene.host);
}

static void
home_close (Home *home)
{
  host_quit (home->scene.host);
  person_free (home->bob);
  g_free (home->id);
  scene_close (&home->scene);
}

/* The server ends all logins of a person whose password is another one; alice does not notice. */
static void
expect_still_there (Home *home)
{
  Scene *scene = &home->scene;

  scene_wait_for (scene, "alice: signal openim-sync-server-finish *");
  person_say (home->bob, home->id, "still there?");
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"still there?\"");
  host_wait_answer (scene->host, "connected", 0, "state", "alice", NULL);
  g_assert_false (host_has (scene->host, "alice: error *"));
  g_assert_false (host_has (scene->host, "alice: disconnected"));
  /* Who is online is asked anew. */
  person_disconnect (home->bob);
  scene_wait_for (scene, "alice: buddy bob offline*");
  person_connect (home->bob);
  scene_wait_for (scene, "alice: buddy bob online *");
  host_forget (scene->host);
}

static void
run_password (Stage *stage)
{
  Home home = { 0 };
  Scene *scene = &home.scene;
  static const char *const synced[] = { "openim-sync-server-finish", NULL };

  home_open (&home, stage);
  host_do (scene->host, "change-password", "alice", "wrong", ANOTHER, NULL);
  scene_expect (scene, "-: notify error \"Change of password\" \"That is not your current password.\" *",
                NULL);
  host_expect_nothing (scene->host);

  host_watch_signals (scene->host, OPENIM, synced);
  host_do (scene->host, "change-password", "alice", PASSWORD, ANOTHER, NULL);
  scene_wait_for (scene, "-: notify info \"Change of password\" \"The password has been changed. *\" *");
  expect_still_there (&home);

  scene_type (scene, "bob", "/password \"" ANOTHER "\" \"" PASSWORD "\"");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"The password has been changed. *\"");
  expect_still_there (&home);
  host_unwatch_signals (scene->host, OPENIM, synced);
  host_forget (scene->host);
  home_close (&home);
}

static void
run_password_of_token (Stage *stage)
{
  Scene scene = { 0 };

  scene_open (&scene, stage);
  scene_alice (&scene);
  scene_login (&scene);
  host_do (scene.host, "change-password", "alice", "one", "two", NULL);
  scene_expect (&scene, "-: notify error \"Change of password\" \"You have logged in by token, *\" *", NULL);
  host_expect_nothing (scene.host);
  host_quit (scene.host);
  scene_close (&scene);
}

/* In the chat server's directory, by a part of the name; the text is no pattern. */
static void
run_find (Stage *stage)
{
  Home home = { 0 };
  Scene *scene = &home.scene;
  g_autofree char *carol = NULL;
  g_autofree char *line = NULL;
  g_autofree char *found = NULL;

  home_open (&home, stage);
  carol = server_register (scene->server, "carol", "Carol (the second)", PASSWORD, "+49 15112345679", NULL);
  line = g_strdup_printf ("alice: im bob *SYSTEM*: \"Carol (the second) (%s)\"", carol);
  scene_type (scene, "bob", "/find (the sec");
  scene_expect (scene, line, NULL);
  scene_type (scene, "bob", "/find C.*l");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Nobody has been found.\"", NULL);
  scene_type (scene, "bob", "/find");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"*find TEXT: *\"", NULL);
  if (!scene_is (scene, "bitlbee")) {
    found = g_strdup_printf ("alice: found*%s*Carol (the second)*", carol);
    host_do (scene->host, "account-menu", "alice", "Search for people…", NULL);
    scene_expect (scene, "alice: request 1 input \"People\" *", NULL);
    host_do (scene->host, "answer", "1", "carol", NULL);
    scene_wait_for (scene, "alice: search-results \"People\" *");
    scene_wait_for (scene, found);
    host_do (scene->host, "account-menu", "alice", "Search for people…", NULL);
    scene_wait_for (scene, "alice: request 2 input *");
    host_do (scene->host, "answer", "2", "nobody at all", NULL);
    scene_wait_for (scene, "-: notify info \"People\" \"Nobody has been found.\" *");
    host_forget (scene->host);
  }
  host_expect_nothing (scene->host);
  home_close (&home);
}

/* Without a chat server, by ID. */
static void
run_find_by_id (Stage *stage)
{
  Scene scene = { 0 };
  Person *bob = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  bob = person_new (scene.server, "bob", "Bob");
  scene_login (&scene);
  host_do (scene.host, "im", "alice", "bob", NULL);
  host_forget (scene.host);
  scene_type (&scene, "bob", "/find bob");
  scene_expect (&scene, "alice: im bob *SYSTEM*: \"Bob (bob)\"", NULL);
  scene_type (&scene, "bob", "/find robert");
  scene_expect (&scene, "alice: im bob *SYSTEM*: \"Nobody has been found.\"", NULL);
  host_expect_nothing (scene.host);
  host_quit (scene.host);
  person_free (bob);
  scene_close (&scene);
}

/* bitlbee registers nobody. */
static void
run_register (Stage *stage)
{
  Scene scene = { 0 };
  static const char mail[] = "alice@example.org";

  scene_open (&scene, stage);
  scene_account (scene.host, scene.server, mail, NULL, NULL);
  host_do (scene.host, "register", mail, NULL);
  scene_expect (
      &scene, "alice@example.org: request 1 fields * \"A code has been sent to alice@example.org.\" *", NULL);
  host_do (scene.host, "cancel", "1", NULL);
  scene_wait_for (&scene, "alice@example.org: not registered");
  scene_wait_for (&scene, "alice@example.org: disconnected");
  host_forget (scene.host);

  host_do (scene.host, "register", mail, NULL);
  scene_wait_for (&scene, "alice@example.org: request 2 fields *");
  host_do (scene.host, "answer", "2", "code=123", "nickname=Alice", "password=" PASSWORD, NULL);
  scene_wait_for (&scene, "alice@example.org: not registered");
  scene_wait_for (&scene, "alice@example.org: error *");
  scene_wait_for (&scene, "alice@example.org: disconnected");
  host_forget (scene.host);

  host_do (scene.host, "register", mail, NULL);
  scene_wait_for (&scene, "alice@example.org: request 3 fields *");
  host_do (scene.host, "answer", "3", "code=666666", "nickname=Alice", "password=" PASSWORD, NULL);
  scene_wait_for (&scene, "-: notify info \"New account\" \"The account has been created.\" *");
  scene_wait_for (&scene, "alice@example.org: registered");
  scene_wait_for (&scene, "alice@example.org: disconnected");
  host_forget (scene.host);

  /* The password is known. */
  host_login (scene.host, mail);
  scene_wait_for (&scene, "alice@example.org: connected");
  host_forget (scene.host);
  host_quit (scene.host);
  scene_close (&scene);
}

static void
run_register_without_address (Stage *stage)
{
  Scene scene = { 0 };

  scene_open (&scene, stage);
  scene_account (scene.host, scene.server, "alice", PASSWORD, NULL);
  host_do (scene.host, "register", "alice", NULL);
  scene_expect (&scene, "alice: not registered", "alice: error INVALID_USERNAME fatal \"*e-mail*\"",
                "alice: disconnected", NULL);
  host_expect_nothing (scene.host);
  scene_close (&scene);
}

/* --- by a code --- */

#define MAIL "alice@example.org"

/* Nobody has to know where the answer goes: the progress says it, in a host without windows by name. */
static void
expect_question (Scene *scene, const char *number)
{
  g_autofree char *request = g_strdup_printf (
      MAIL ": request %s input \"Log in\" * \"A code has been sent to " MAIL ".\" *", number);

  scene_wait_for (scene, scene_is (scene, "bitlbee") ? MAIL ": progress * \"A code has been sent to " MAIL
                                                            ". Say it to *purple_request_0*option “code”*\""
                                                     : MAIL ": progress * \"A code has been sent to " MAIL
                                                            ". Enter it in the window that asks for it.\"");
  scene_wait_for (scene, request);
}

/* Files with a token, which nobody else may read. */
static guint
count_secret_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    GStatBuf status;

    if (!g_str_has_suffix (name, ".token"))
      continue;
    g_assert_cmpint (g_stat (path, &status), ==, 0);
    g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
    n++;
  }
  return n;
}

static void
run_code (Stage *stage)
{
  Scene scene = { 0 };
  g_autofree char *id = NULL;

  scene_open (&scene, stage);
  id = server_register (scene.server, "alice", "Alice", PASSWORD, NULL, MAIL);
  scene_account (scene.host, scene.server, MAIL, NULL, NULL);

  host_login (scene.host, MAIL);
  expect_question (&scene, "1");
  host_answer_request (scene.host, 1, "111111");
  scene_wait_for (&scene, MAIL ": error AUTHENTICATION_FAILED fatal \"*\"");
  scene_wait_for (&scene, MAIL ": disconnected");
  host_forget (scene.host);

  host_login (scene.host, MAIL);
  expect_question (&scene, "2");
  host_answer_request (scene.host, 2, " 666666 ");
  scene_wait_for (&scene, MAIL ": connected");
  host_forget (scene.host);
  host_quit (scene.host);
  scene_close (&scene);
}

/* A code is good for once, the login that it brought for longer: until the server ends it. */
static void
run_code_kept (Stage *stage)
{
  Scene scene = { 0 };
  g_autofree char *id = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (JsonNode) out = NULL;

  scene_open (&scene, stage);
  id = server_register (scene.server, "alice", "Alice", PASSWORD, NULL, MAIL);
  scene_account (scene.host, scene.server, MAIL, NULL, NULL);
  host_login (scene.host, MAIL);
  expect_question (&scene, "1");
  host_answer_request (scene.host, 1, "666666");
  scene_wait_for (&scene, MAIL ": connected");
  host_quit (scene.host);
  host_forget (scene.host);
  folder = g_build_filename (host_folder (scene.host), "openim", NULL);
  g_assert_cmpuint (count_secret_files (folder), ==, 1);

  host_start (scene.host);
  scene_account (scene.host, scene.server, MAIL, NULL, NULL);
  host_login (scene.host, MAIL);
  scene_wait_for (&scene, MAIL ": connected");
  g_assert_false (host_has (scene.host, MAIL ": request *"));
  host_quit (scene.host);
  host_forget (scene.host);

  out =
      server_call (scene.server, "/auth/force_logout", "{'platformID':%d,'userID':'%s'}", PLATFORM_LINUX, id);
  host_start (scene.host);
  scene_account (scene.host, scene.server, MAIL, NULL, NULL);
  host_login (scene.host, MAIL);
  expect_question (&scene, "1");
  g_assert_cmpuint (count_secret_files (folder), ==, 0);
  host_answer_request (scene.host, 1, "666666");
  scene_wait_for (&scene, MAIL ": connected");
  host_forget (scene.host);
  host_quit (scene.host);
  scene_close (&scene);
}

/* The option holds the code, or asks for one though there is a password. */
static void
run_code_option (Stage *stage)
{
  Scene scene = { 0 };
  g_autofree char *id = NULL;

  scene_open (&scene, stage);
  id = server_register (scene.server, "alice", "Alice", PASSWORD, NULL, MAIL);
  scene_account (scene.host, scene.server, MAIL, PASSWORD, NULL);
  host_account_option (scene.host, MAIL, "code", "ask");
  host_login (scene.host, MAIL);
  expect_question (&scene, "1");
  scene_logout (&scene, MAIL);
  host_forget (scene.host);
  host_account_option (scene.host, MAIL, "code", "666666");
  host_login (scene.host, MAIL);
  scene_wait_for (&scene, MAIL ": connected");
  g_assert_false (host_has (scene.host, MAIL ": request *"));
  story_keeps_promise ("login-questions-seen");
  host_forget (scene.host);
  host_quit (scene.host);
  scene_close (&scene);
}

/* --- what can be shown to anybody --- */

/* The log of a whole evening, and what /debug says, have nothing in them that is nobody's business. */
static void
run_secrets (Stage *stage)
{
  Home home = { 0 };
  Scene *scene = &home.scene;
  static const char *const secrets[] = { PASSWORD, ANOTHER, "eyJ", "the tea is poisoned",
                                         "bring the antidote" };
  const HostLine *line = NULL;
  g_autofree char *log = NULL;
  g_autofree char *path = NULL;
  g_auto (GStrv) lines = NULL;

  home_open (&home, stage);
  scene_logout (scene, "alice");
  host_quit (scene->host);
  path = host_keep_log (scene->host);
  host_start (scene->host);
  scene_account (scene->host, scene->server, "alice", PASSWORD, NULL);
  scene_login_until (scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_forget (scene->host);
  person_say (home.bob, home.id, "the tea is poisoned");
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"the tea is poisoned\"");
  host_send_im (scene->host, "alice", "bob", "bring the antidote");
  person_hear (home.bob, home.id, 101, "*antidote*");
  host_do (scene->host, "change-password", "alice", PASSWORD, ANOTHER, NULL);
  scene_wait_for (scene, "-: notify info \"Change of password\" *");
  host_forget (scene->host);
  host_wait_answer (scene->host, "connected", 0, "state", "alice", NULL);
  scene_type (scene, "bob", "/debug");
  line = scene_wait_for (
      scene, "alice: im bob *SYSTEM*: \"purple-openim: *api: http://127.0.0.1:*friends: 1*state: *\"");
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
    g_assert_null (strstr (line->text, secrets[i]));
  host_forget (scene->host);
  host_quit (scene->host);
  g_assert_true (g_file_get_contents (path, &log, NULL, NULL));
  g_assert_nonnull (strstr (log, "openim"));
  lines = g_strsplit (log, "\n", -1);
  for (guint n = 0; lines[n] != NULL; n++)
    for (guint i = 0; i < G_N_ELEMENTS (secrets); i++)
      /* The host says itself what its persona does not show. */
      if (strstr (lines[n], secrets[i]) != NULL && !g_str_has_prefix (lines[n], "hidden: "))
        story_fail ("“%s” is in the log", secrets[i]);
  story_keeps_promise ("secrets-stay-out-of-logs");
  home_close (&home);
}

static const Story stories[] = {
  { "password", run_password, STORY_ALL },
  { "password-of-token", run_password_of_token, STORY_ALL },
  { "secrets", run_secrets, STORY_ALL },
  { "code", run_code, STORY_ALL },
  { "code-kept", run_code_kept, STORY_ALL },
  { "code-option", run_code_option, STORY_ALL },
  { "register", run_register, STORY_PIDGIN | STORY_FINCH },
  { "register-without-address", run_register_without_address, STORY_PIDGIN | STORY_FINCH },
  { "find", run_find, STORY_ALL },
  { "find-by-id", run_find_by_id, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
