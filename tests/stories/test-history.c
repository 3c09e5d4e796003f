/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

#include <string.h>

/* What was said before: in windows that open, after an absence, and when somebody looks for it. */

#define TEXT 101

/* alice knows bob; both and carol are in the group "Team". */
typedef struct {
  Scene scene;
  Person *bob;
  Person *carol;
} Past;

static void
past_open (Past *past, Stage *stage)
{
  scene_open (&past->scene, stage);
  scene_alice (&past->scene);
  past->bob = person_new (past->scene.server, "bob", "Bob");
  past->carol = person_new (past->scene.server, "carol", "Carol");
  person_connect (past->bob);
  person_befriend (past->bob, "alice");
  person_found (past->bob, "team", "Team", "alice", "carol", NULL);
  scene_group_is_read (&past->scene, "sg_team");
}

static void
past_login (Past *past)
{
  scene_login_until (&past->scene, "alice", "alice: connected", "alice: buddy bob online *",
                     "(!bitlbee) alice: room+ \"Team\" *", NULL);
}

static void
past_close (Past *past)
{
  host_quit (past->scene.host);
  host_forget (past->scene.host);
  person_free (past->bob);
  person_free (past->carol);
  scene_close (&past->scene);
}

static void
say_many (Person *person, const char *to, const char *words, guint first, guint last)
{
  for (guint i = first; i <= last; i++) {
    g_autofree char *text = g_strdup_printf ("%s %03u", words, i);

    person_say (person, to, text);
  }
}

static void
expect_many (Scene *scene, const char *flags, const char *words, guint first, guint last)
{
  for (guint i = first; i <= last; i++) {
    g_autofree char *line = g_strdup_printf ("alice: im bob %s {bob|Bob}: \"%s %03u\"", flags, words, i);

    scene_expect (scene, line, NULL);
  }
}

/* How often @text stands in the logs that libpurple has written. */
static guint
count_in_logs (const char *folder, const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name = NULL;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *content = NULL;

    n += count_in_logs (path, text);
    if (g_file_test (path, G_FILE_TEST_IS_REGULAR) && g_file_get_contents (path, &content, NULL, NULL))
      for (const char *p = content; (p = strstr (p, text)) != NULL; p++)
        n++;
  }
  return n;
}

/* A window that is opened has the last lines, once in the log and in their order. */
static void
run_page (Stage *stage)
{
  Past past = { 0 };
  Scene *scene = &past.scene;
  g_autofree char *logs = NULL;

  past_open (&past, stage);
  past_login (&past);
  host_do (scene->host, "option", "alice", "int", "history", "2", NULL);
  say_many (past.bob, "alice", "line", 1, 3);
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"line 003\"");
  host_do (scene->host, "close", "alice", "bob", NULL);
  host_forget (scene->host);

  host_do (scene->host, "im", "alice", "bob", NULL);
  scene_expect (scene, "(!bitlbee) alice: im bob opened \"Bob\"", NULL);
  expect_many (scene, "RECV|DELAYED", "line", 2, 3);
  say_many (past.bob, "alice", "line", 4, 4);
  expect_many (scene, "RECV", "line", 4, 4);
  host_do (scene->host, "close", "alice", "bob", NULL);
  scene_expect (scene, "(!bitlbee) alice: im bob closed", NULL);

  /* One that opens for a new line has them before it. */
  say_many (past.bob, "alice", "line", 5, 5);
  scene_expect (scene, "(!bitlbee) alice: im bob opened \"Bob\"", NULL);
  expect_many (scene, "RECV|DELAYED", "line", 3, 4);
  expect_many (scene, "RECV", "line", 5, 5);
  host_expect_nothing (scene->host);

  logs = g_build_filename (host_folder (scene->host), "logs", NULL);
  if (count_in_logs (logs, "line 001") > 0)
    for (guint i = 1; i <= 5; i++) {
      g_autofree char *text = g_strdup_printf ("line %03u", i);

      g_assert_cmpuint (count_in_logs (logs, text), ==, 1);
    }
  else
    g_assert_true (scene_is (scene, "bitlbee"));
  past_close (&past);
}

/* A person who writes first does not find old lines below his own. */
static void
run_page_too_late (Stage *stage)
{
  Past past = { 0 };
  Scene *scene = &past.scene;

  past_open (&past, stage);
  past_login (&past);
  say_many (past.bob, "alice", "line", 1, 2);
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"line 002\"");
  host_do (scene->host, "close", "alice", "bob", NULL);
  host_forget (scene->host);
  host_do (scene->host, "im", "alice", "bob", "I begin", NULL);
  person_hear (past.bob, "alice", TEXT, "*I begin*");
  scene_expect (scene, "(!bitlbee) alice: im bob opened \"Bob\"",
                "(!bitlbee) alice: im bob SEND \"*\": \"I begin\"", NULL);
  say_many (past.bob, "alice", "line", 3, 3);
  expect_many (scene, "RECV", "line", 3, 3);
  host_expect_nothing (scene->host);
  past_close (&past);
}

/* A group's window, too; what was never shown here is in the log from then on. */
static void
run_page_of_group (Stage *stage)
{
  Past past = { 0 };
  Scene *scene = &past.scene;

  past_open (&past, stage);
  person_say_in (past.bob, "team", "before her time");
  scene_group_is_read (scene, "sg_team");
  {
    Person *phone = person_device (scene->server, "alice", PLATFORM_ANDROID);

    person_read (phone, "sg_team", 10);
    person_free (phone);
  }
  past_login (&past);
  host_do (scene->host, "option", "alice", "int", "history", "20", NULL);
  host_do (scene->host, "join", "alice", "team", NULL);
  scene_wait_for (scene, "alice: chat team RECV|DELAYED {bob|Bob}: \"before her time\"");
  host_do (scene->host, "close", "alice", "team", NULL);
  host_run_until (scene->host, "alice: chat team closed", 0);
  host_forget (scene->host);
  host_do (scene->host, "join", "alice", "team", NULL);
  scene_wait_for (scene, "alice: chat team RECV|DELAYED {bob|Bob}: \"before her time\"");
  past_close (&past);
}

/* After an absence the last fifty, and a line that says how many there were. */
static void
run_missed (Stage *stage)
{
  Past past = { 0 };
  Scene *scene = &past.scene;

  past_open (&past, stage);
  past_login (&past);
  scene_logout (scene, "alice");
  say_many (past.bob, "alice", "missed", 1, 60);
  host_forget (scene->host);
  host_login (scene->host, "alice");
  host_run_until (scene->host, "alice: connected", 0);
  host_ignore (scene->host, "alice: buddy bob*");
  scene_wait_for (
      scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"10 earlier messages came too; ?history shows them.\"");
  for (guint i = 11; i <= 60; i++) {
    g_autofree char *line = g_strdup_printf ("alice: im bob RECV|DELAYED {bob|Bob}: \"missed %03u\"", i);

    scene_wait_for (scene, line);
  }
  g_assert_cmpuint (host_count (scene->host, "*missed 0*"), ==, 0);
  host_forget (scene->host);

  /* And not again. */
  scene_logout (scene, "alice");
  scene_login (scene);
  say_many (past.bob, "alice", "now", 1, 1);
  host_run_until (scene->host, "*: \"now 001\"", 0);
  g_assert_cmpuint (host_count (scene->host, "*missed*"), ==, 0);
  story_keeps_promise ("no-history-flood");
  past_close (&past);
}

/* Someone who logs in for the first time with many unread conversations gets a few windows and one sentence.
 */
static void
run_first_login (Stage *stage)
{
  Past past = { 0 };
  Scene *scene = &past.scene;

  past_open (&past, stage);
  for (guint i = 0; i < 15; i++) {
    g_autofree char *id = g_strdup_printf ("user%02u", i);
    g_autofree char *name = g_strdup_printf ("User %02u", i);
    Person *person = person_new (scene->server, id, name);

    person_connect (person);
    person_say (person, "alice", "hello");
    person_free (person);
  }
  host_login (scene->host, "alice");
  scene_wait_for (scene, "*notify info \"Unread messages\" \"Unread messages wait in 5 more conversations.\" "
                         "\"User * (1), User * (1), User * (1), User * (1), User * (1)\"");
  host_wait_for (scene->host, "*hello*", 0);
  for (guint i = 1; i < 10; i++)
    host_wait_for (scene->host, "*hello*", 0);
  g_assert_cmpuint (host_count (scene->host, "*: \"hello\""), ==, 0);

  /* They are said to wait once only. */
  scene_logout (scene, "alice");
  scene_login (scene);
  person_say (past.bob, "alice", "now");
  host_run_until (scene->host, "*: \"now\"", 0);
  g_assert_cmpuint (host_count (scene->host, "*notify*"), ==, 0);
  past_close (&past);
}

/* The time is that at which it was said, whenever it comes. */
static void
run_times (Stage *stage)
{
  static const gint64 moments[] = { 86400123, 1600000000123, 1700000000999 }; /* ms */
  Past past = { 0 };
  Scene *scene = &past.scene;
  const HostLine *line = NULL;
  gint64 before = 0;

  past_open (&past, stage);
  past_login (&past);
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++) {
    g_autofree char *text = g_strdup_printf ("moment %u", i);
    g_autofree char *pattern = g_strdup_printf ("alice: im bob RECV {bob|Bob}: \"moment %u\"", i);
    g_autoptr (JsonNode) data = server_call (
        scene->server, "/msg/send_msg",
        "{'sendID':'bob','recvID':'alice','senderNickname':'Bob','senderPlatformID':2,"
        "'content':{'content':'%s'},'contentType':101,'sessionType':1,'sendTime':%" G_GINT64_FORMAT "}",
        text, moments[i]);

    line = scene_wait_for (scene, pattern);
    g_assert_cmpint (line->mtime, ==, moments[i] / 1000);
  }
  before = g_get_real_time () / G_USEC_PER_SEC;
  person_say (past.bob, "alice", "just now");
  line = scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"just now\"");
  g_assert_cmpint (line->mtime, >=, before - 1);
  g_assert_cmpint (line->mtime, <=, g_get_real_time () / G_USEC_PER_SEC + 1);
  host_do (scene->host, "close", "alice", "bob", NULL);
  host_do (scene->host, "option", "alice", "int", "history", "20", NULL);
  host_forget (scene->host);
  host_do (scene->host, "im", "alice", "bob", NULL);
  line = scene_wait_for (scene, "alice: im bob RECV|DELAYED {bob|Bob}: \"moment 1\"");
  g_assert_cmpint (line->mtime, ==, moments[1] / 1000);
  story_keeps_promise ("right-times");
  past_close (&past);
}

static void
run_commands (Stage *stage)
{
  Past past = { 0 };
  Scene *scene = &past.scene;

  past_open (&past, stage);
  past_login (&past);
  say_many (past.bob, "alice", "line", 1, 10);
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"line 010\"");
  host_forget (scene->host);
  scene_type (scene, "bob", "/history 3");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"From 20* to 20*:\"", NULL);
  expect_many (scene, "RECV|DELAYED", "line", 8, 10);
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"?more shows what was said before that.\"",
                NULL);
  scene_type (scene, "bob", "/more 4");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"From *\"", NULL);
  expect_many (scene, "RECV|DELAYED", "line", 4, 7);
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"?more shows what was said before that.\"",
                NULL);
  scene_type (scene, "bob", "/more 100");
  scene_wait_for (scene, "alice: im bob RECV|DELAYED {bob|Bob}: \"line 001\"");
  scene_wait_for (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"This is where the conversation begins.\"");
  host_forget (scene->host);
  scene_type (scene, "bob", "/history x");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"“x” is not a number of messages.\"", NULL);
  host_expect_nothing (scene->host);
  past_close (&past);
}

static void
run_search (Stage *stage)
{
  Past past = { 0 };
  Scene *scene = &past.scene;

  past_open (&past, stage);
  past_login (&past);
  say_many (past.bob, "alice", "line", 1, 3);
  person_say (past.bob, "alice", "the blue whale");
  say_many (past.bob, "alice", "line", 5, 7);
  person_pause ();
  person_say_in (past.bob, "team", "a whale in the group, 鲸鱼");
  scene_wait_for (scene, "alice: chat team RECV {bob|Bob}: \"a whale in the group, 鲸鱼\"");
  scene_wait_for (scene, "alice: im bob RECV {bob|Bob}: \"line 007\"");
  host_wait_answer (scene->host, "*carol*", 0, "members", "alice", "team", NULL);
  host_forget (scene->host);
  scene_type (scene, "bob", "/search WHALE");
  scene_expect (
      scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"1. 20*, Team, Bob: a whale in the group, 鲸鱼\"",
      "alice: im bob SYSTEM|NO_LOG {bob|}: \"2. 20*, Bob, Bob: the blue whale\"",
      "alice: im bob SYSTEM|NO_LOG {bob|}: \"?around and a number shows what was said before and after.\"",
      NULL);
  scene_type (scene, "bob", "/around 2 2");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"In “Bob”:\"",
                "alice: im bob SYSTEM|NO_LOG {bob|}: \"* Bob: line 002\"",
                "alice: im bob SYSTEM|NO_LOG {bob|}: \"* Bob: line 003\"",
                "alice: im bob SYSTEM|NO_LOG {bob|}: \"→ * Bob: the blue whale\"",
                "alice: im bob SYSTEM|NO_LOG {bob|}: \"* Bob: line 005\"",
                "alice: im bob SYSTEM|NO_LOG {bob|}: \"* Bob: line 006\"", NULL);
  scene_type (scene, "bob", "/around 9");
  scene_expect (
      scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"The last search has found nothing with the number “9”.\"",
      NULL);
  scene_type (scene, "bob", "/search 鲸鱼");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"1. *, Team, Bob: a whale in the group, 鲸鱼\"",
                "alice: im bob SYSTEM|NO_LOG {bob|}: \"?around *\"", NULL);
  scene_type (scene, "bob", "/search nothing of the kind");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"Nothing has been found.\"", NULL);
  scene_type (scene, "bob", "/conversations");
  scene_expect_unordered (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"Bob (bob): * unread\"",
                          "alice: im bob SYSTEM|NO_LOG {bob|}: \"Team (team): 1 unread\"", NULL);
  scene_type (scene, "bob", "/conversations tea");
  scene_expect (scene, "alice: im bob SYSTEM|NO_LOG {bob|}: \"Team (team): 1 unread\"", NULL);
  host_expect_nothing (scene->host);
  story_proves_function (2025);
  story_proves_function (2027);
  story_proves_function (2012);
  past_close (&past);
}

/* The same in the windows of those hosts that have them. */
static void
run_search_window (Stage *stage)
{
  Past past = { 0 };
  Scene *scene = &past.scene;

  past_open (&past, stage);
  past_login (&past);
  person_say (past.bob, "alice", "the blue whale");
  scene_wait_for (scene, "alice: im bob RECV \"Bob\": \"the blue whale\"");
  host_forget (scene->host);
  host_do (scene->host, "account-menu", "alice", "Search messages…", NULL);
  scene_wait_for (scene, "alice: request 1 input *");
  host_answer_request (scene->host, 1, "whale");
  scene_expect (
      scene, "-: request 1 closed",
      "alice: search-results \"Messages\" \"Messages that have been found\" \"When\" \"Conversation\" *",
      "alice: found \"20*\" \"Bob\" \"Bob\" \"the blue whale\" \"0\"", NULL);
  host_do (scene->host, "account-menu", "alice", "Search conversations…", NULL);
  scene_wait_for (scene, "alice: request 2 input *");
  host_answer_request (scene->host, 2, "bo");
  scene_expect (scene, "-: request 2 closed", "alice: search-results \"Conversations\" *",
                "alice: found \"Bob\" \"*\" \"the blue whale\" \"1\" \"bob\"", NULL);
  past_close (&past);
}

/* --- a bad network --- */

/* The connection goes again and again while somebody writes: all of it comes, once, in order. */
static void
run_nothing_missed (Stage *stage)
{
  Past past = { 0 };
  Scene *scene = &past.scene;
  Fault *fault = NULL;
  Person *alice = NULL;
  g_autofree char *token = NULL;

  scene_open (scene, stage);
  fault = fault_start (scene->server, 1);
  alice = person_new (scene->server, "alice", "Alice");
  token = server_token (scene->server, "alice", PLATFORM_LINUX);
  scene_account_through (scene->host, fault, "alice", token);
  past.bob = person_new (scene->server, "bob", "Bob");
  person_connect (past.bob);
  person_befriend (past.bob, "alice");
  scene_login_until (scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_forget (scene->host);
  host_ignore (scene->host, "alice: typing *");
  host_ignore (scene->host, "alice: buddy *");
  for (guint i = 0; i < 4; i++) {
    say_many (past.bob, "alice", "line", 10 * i + 1, 10 * i + 5);
    fault_set (fault, "ws reset");
    say_many (past.bob, "alice", "line", 10 * i + 6, 10 * i + 10);
  }
  for (guint i = 1; i <= 40; i++) {
    g_autofree char *pattern = g_strdup_printf ("alice: im bob RECV* {bob|Bob}: \"line %03u\"", i);

    scene_expect (scene, pattern, NULL);
  }
  host_expect_nothing (scene->host);
  story_keeps_promise ("nothing-missed");
  host_quit (scene->host);
  host_forget (scene->host);
  person_free (alice);
  person_free (past.bob);
  fault_stop (fault);
  scene_close (scene);
}

static const Story stories[] = {
  { "page", run_page, STORY_ALL },
  { "page-too-late", run_page_too_late, STORY_ALL },
  { "page-of-group", run_page_of_group, STORY_ALL },
  { "missed", run_missed, STORY_ALL },
  { "first-login", run_first_login, STORY_ALL },
  { "times", run_times, STORY_ALL },
  { "commands", run_commands, STORY_ALL },
  { "search", run_search, STORY_ALL },
  { "search-window", run_search_window, STORY_PIDGIN | STORY_FINCH },
  { "nothing-missed", run_nothing_missed, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
