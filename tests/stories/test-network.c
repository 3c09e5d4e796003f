/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/* Coming and going: what came while away, a network that is lost and found, being sent away, two accounts. */

#define TEXT 101

static Person *
friend_new (Server *server, const char *id, const char *name)
{
  Person *person = person_new (server, id, name);

  person_connect (person);
  person_befriend (person, "alice");
  return person;
}

/* --- while away --- */

/* Once, in order, marked; and not again. */
static void
run_history (Stage *stage)
{
  Scene scene = { 0 };
  Person *bob = NULL;
  const HostLine *line = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  bob = friend_new (scene.server, "bob", "Bob");
  scene_login (&scene);
  scene_logout (&scene, "alice");
  for (guint i = 1; i <= 20; i++) {
    g_autofree char *text = g_strdup_printf ("while away %02u", i);

    person_say (bob, "alice", text);
  }
  host_login (scene.host, "alice");
  for (guint i = 1; i <= 20; i++) {
    g_autofree char *pattern =
        g_strdup_printf ("alice: im bob RECV|DELAYED {bob|Bob}: \"while away %02u\"", i);

    line = scene_wait_for (&scene, pattern);
    g_assert_cmpint (line->mtime, >, 1600000000);
    g_assert_false (host_has (scene.host, pattern));
  }
  g_assert_cmpuint (host_count (scene.host, "*while away*"), ==, 0);
  person_say (bob, "alice", "and now");
  scene_wait_for (&scene, "alice: im bob RECV {bob|Bob}: \"and now\"");
  scene_logout (&scene, "alice");
  scene_login (&scene);
  g_assert_cmpuint (host_count (scene.host, "*while away*"), ==, 0);
  person_say (bob, "alice", "the end");
  host_run_until (scene.host, "*the end*", 0);
  g_assert_cmpuint (host_count (scene.host, "*while away*"), ==, 0);
  host_forget (scene.host);
  person_free (bob);
  scene_close (&scene);
}

static void
run_history_of_group (Stage *stage)
{
  Scene scene = { 0 };
  Person *bob = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  bob = friend_new (scene.server, "bob", "Bob");
  person_found (bob, "team", "Team", "alice", NULL);
  scene_login (&scene);
  scene_logout (&scene, "alice");
  person_say_in (bob, "team", "one");
  person_say_in (bob, "team", "two");
  host_login (scene.host, "alice");
  host_run_until (scene.host, "alice: chat team joined", 0);
  scene_wait_for (&scene, "alice: chat team RECV|DELAYED {bob|Bob}: \"one\"");
  scene_wait_for (&scene, "alice: chat team RECV|DELAYED {bob|Bob}: \"two\"");
  host_do (scene.host, "close", "alice", "team", NULL);
  host_run_until (scene.host, "alice: chat team closed", 0);
  host_forget (scene.host);
  person_free (bob);
  scene_close (&scene);
}

/* After the program has been killed nothing is lost and nothing comes twice. */
static void
run_killed (Stage *stage)
{
  Scene scene = { 0 };
  Person *bob = NULL;
  g_autofree char *token = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  bob = friend_new (scene.server, "bob", "Bob");
  scene_login (&scene);
  person_say (bob, "alice", "before");
  scene_wait_for (&scene, "alice: im bob RECV {bob|Bob}: \"before\"");
  host_kill (scene.host);
  person_say (bob, "alice", "meanwhile");
  host_forget (scene.host);
  host_start (scene.host);
  token = server_token (scene.server, "alice", PLATFORM_LINUX);
  scene_account (scene.host, scene.server, "alice", NULL, token);
  scene_login (&scene);
  person_say (bob, "alice", "after");
  host_run_until (scene.host, "*: \"after\"", 0);
  host_forget (scene.host);
  person_free (bob);
  scene_close (&scene);
}

/* --- a network that comes and goes --- */

typedef struct {
  Scene scene;
  Fault *fault;
  Person *bob;
} Wire;

static void
wire_open (Wire *wire, Stage *stage)
{
  Person *alice = NULL;
  g_autofree char *token = NULL;

  scene_open (&wire->scene, stage);
  wire->fault = fault_start (wire->scene.server, 1);
  alice = person_new (wire->scene.server, "alice", "Alice");
  token = server_token (wire->scene.server, "alice", PLATFORM_LINUX);
  scene_account_through (wire->scene.host, wire->fault, "alice", token);
  wire->bob = friend_new (wire->scene.server, "bob", "Bob");
  person_found (wire->bob, "team", "Team", "alice", NULL);
  person_free (alice);
  scene_group_is_read (&wire->scene, "sg_team");
  scene_login_until (&wire->scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
  host_do (wire->scene.host, "join", "alice", "team", NULL);
  host_wait_answer (wire->scene.host, "*bob*", 0, "members", "alice", "team", NULL);
  host_do (wire->scene.host, "im", "alice", "bob", NULL);
  host_forget (wire->scene.host);
}

static void
wire_close (Wire *wire)
{
  host_quit (wire->scene.host);
  person_free (wire->bob);
  fault_stop (wire->fault);
  scene_close (&wire->scene);
}

static void
run_blip (Stage *stage)
{
  Wire wire = { 0 };
  Scene *scene = &wire.scene;
  gint64 before = 0;

  wire_open (&wire, stage);
  before = fault_count (wire.fault, "ws", "connections");
  fault_set (wire.fault, "ws refuse 1");
  fault_set (wire.fault, "ws reset");
  person_say (wire.bob, "alice", "are you there?");
  person_say_in (wire.bob, "team", "all of you?");
  fault_set (wire.fault, "ws refuse 0");
  scene_expect_unordered (scene, "alice: im bob RECV* {bob|Bob}: \"are you there?\"",
                          "alice: chat team RECV* {bob|Bob}: \"all of you?\"", NULL);
  g_assert_cmpint (fault_count (wire.fault, "ws", "connections"), >, before);
  host_do (scene->host, "say", "alice", "bob", "I am", NULL);
  host_do (scene->host, "say", "alice", "team", "all of us", NULL);
  person_hear (wire.bob, "alice", TEXT, "*I am*");
  person_hear (wire.bob, "alice", TEXT, "*all of us*");
  scene_expect (scene, "(!bitlbee) alice: im bob SEND \"*\": \"I am\"",
                "(!bitlbee) alice: chat team SEND \"Alice\": \"all of us\"", NULL);
  host_expect_nothing (scene->host);
  story_keeps_promise ("hears-after-reconnect");
  wire_close (&wire);
}

/* What is said into the gap arrives afterwards. */
static void
run_said_into_the_gap (Stage *stage)
{
  Wire wire = { 0 };
  Scene *scene = &wire.scene;

  wire_open (&wire, stage);
  fault_set (wire.fault, "ws refuse 1");
  fault_set (wire.fault, "ws reset");
  host_do (scene->host, "say", "alice", "bob", "into the gap", NULL);
  fault_set (wire.fault, "ws refuse 0");
  person_hear (wire.bob, "alice", TEXT, "*into the gap*");
  scene_expect (scene, "(!bitlbee) alice: im bob SEND \"*\": \"into the gap\"", NULL);
  host_expect_nothing (scene->host);
  wire_close (&wire);
}

typedef struct {
  Fault *fault;
  gint64 before;
} Reconnect;

static gboolean
has_tried_again (gpointer data)
{
  Reconnect *reconnect = data;

  return fault_count (reconnect->fault, "ws", "connections") > reconnect->before;
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Nobody says that the network is gone: bytes vanish. The plugin must find out by itself. */
static void
run_half_open (Stage *stage)
{
  Wire wire = { 0 };
  Scene *scene = &wire.scene;
  Reconnect reconnect = { 0 };
  guint tick = g_timeout_add (200, on_tick, NULL); /* the proxy tells only when it is asked */

  wire_open (&wire, stage);
  reconnect.fault = wire.fault;
  reconnect.before = fault_count (wire.fault, "ws", "connections");
  fault_set (wire.fault, "ws half-open 1");
  person_say (wire.bob, "alice", "into the void");
  if (!story_wait (has_tried_again, &reconnect, 90000))
    story_fail ("the dead connection is not noticed");
  fault_set (wire.fault, "ws half-open 0");
  g_source_remove (tick);
  host_wait_for (scene->host, "alice: im bob RECV*into the void*", 90000);
  host_expect_nothing (scene->host);
  wire_close (&wire);
}

/* When it never comes back, libpurple hears of it in the end. */
static void
run_given_up (Stage *stage)
{
  Wire wire = { 0 };
  Scene *scene = &wire.scene;

  wire_open (&wire, stage);
  host_do (scene->host, "option", "alice", "int", "patience", "2", NULL);
  fault_set (wire.fault, "refuse 1");
  fault_set (wire.fault, "reset");
  host_run_until (scene->host, "alice: error NETWORK_ERROR \"?*\"", 0);
  host_run_until (scene->host, "alice: disconnected", 0);
  host_forget (scene->host);
  wire_close (&wire);
}

/* --- sent away --- */

static gboolean
is_later (gpointer data)
{
  return g_get_real_time () / G_USEC_PER_SEC > *(gint64 *) data;
}

/* Two tokens of one second are the same token. */
static void
wait_for_another_second (void)
{
  gint64 second = g_get_real_time () / G_USEC_PER_SEC;
  guint tick = g_timeout_add (20, on_tick, NULL);

  story_wait (is_later, &second, 0);
  g_source_remove (tick);
}

static void
run_kick (Stage *stage)
{
  Scene scene = { 0 };
  Person *elsewhere = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  scene_login (&scene);
  host_forget (scene.host);
  wait_for_another_second ();
  elsewhere = person_device (scene.server, "alice", PLATFORM_LINUX);
  person_connect (elsewhere);
  host_expect (scene.host, "alice: error NAME_IN_USE fatal \"?*\"", "alice: disconnected", NULL);
  host_wait_answer (scene.host, "offline", 0, "state", "alice", NULL);
  g_assert_false (person_is_kicked (elsewhere));
  host_expect_nothing (scene.host);
  story_proves_event (18);
  person_free (elsewhere);
  scene_close (&scene);
}

/* The token that the account has is no good any more; it is said and not tried again. */
static void
run_dead_token (Stage *stage)
{
  Scene scene = { 0 };
  g_autoptr (JsonNode) data = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  scene_login (&scene);
  scene_logout (&scene, "alice");
  data =
      server_call (scene.server, "/auth/force_logout", "{'platformID':%d,'userID':'alice'}", PLATFORM_LINUX);
  host_login (scene.host, "alice");
  host_run_until (scene.host, "alice: error * fatal \"?*\"", 0);
  host_expect (scene.host, "alice: disconnected", NULL);
  host_wait_answer (scene.host, "offline", 0, "state", "alice", NULL);
  host_expect_nothing (scene.host);
  scene_close (&scene);
}

/* --- at any moment --- */

static void
run_logout_at_any_moment (Stage *stage)
{
  static const char *const moments[] = {
    NULL, /* at once */
    "alice: progress 1/3 *",
    "alice: progress 2/3 *",
    "alice: connected",
    "alice: buddy+ bob *",
    "alice: signal openim-sync-server-start *",
    "alice: signal openim-sync-server-finish *",
  };
  static const char *const watched[] = { "openim-sync-server-start", "openim-sync-server-finish", NULL };
  Scene scene = { 0 };
  Person *bob = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  bob = friend_new (scene.server, "bob", "Bob");
  host_watch_signals (scene.host, OPENIM, watched);
  host_login (scene.host, "alice");
  host_run_until (scene.host, "alice: signal openim-sync-server-finish*", 0);
  scene_logout (&scene, "alice");
  before = host_ask (scene.host, "measure", "sources", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++) {
    /* The buddy list is kept, so bob comes only once. */
    if (moments[i] != NULL && g_str_has_prefix (moments[i], "alice: buddy+"))
      continue;
    host_login (scene.host, "alice");
    if (moments[i] != NULL)
      host_run_until (scene.host, moments[i], 0);
    host_logout (scene.host, "alice");
    host_run_until (scene.host, "alice: disconnected", 0);
    host_expect_nothing (scene.host);
  }
  after = host_ask (scene.host, "measure", "sources", NULL);
  g_assert_cmpstr (before, ==, after);
  person_free (bob);
  scene_close (&scene);
}

static void
run_quit_at_any_moment (Stage *stage)
{
  static const char *const moments[] = { NULL, "alice: progress 1/3 *", "alice: progress 2/3 *",
                                         "alice: connected" };
  Scene scene = { 0 };
  Person *bob = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  bob = friend_new (scene.server, "bob", "Bob");
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++) {
    g_autofree char *token = NULL;

    if (i > 0) {
      host_start (scene.host);
      token = server_token (scene.server, "alice", PLATFORM_LINUX);
      scene_account (scene.host, scene.server, "alice", NULL, token);
    }
    host_login (scene.host, "alice");
    if (moments[i] != NULL)
      host_run_until (scene.host, moments[i], 0);
    host_quit (scene.host);
    host_run_until (scene.host, "alice: disconnected", 0);
    host_forget (scene.host);
  }
  person_free (bob);
  scene_close (&scene);
}

/* … also while a server does not answer. */
static void
run_quit_in_silence (Stage *stage)
{
  Wire wire = { 0 };

  wire_open (&wire, stage);
  fault_set (wire.fault, "half-open 1");
  host_do (wire.scene.host, "say", "alice", "bob", "hello?", NULL);
  host_quit (wire.scene.host);
  host_run_until (wire.scene.host, "alice: disconnected", 0);
  host_forget (wire.scene.host);
  wire_close (&wire);
}

/* --- two accounts --- */

static void
run_two_accounts (Stage *stage)
{
  Scene scene = { 0 };
  Server *second = NULL;
  Person *bob = NULL;
  Person *robert = NULL;
  Person *alice = NULL;
  g_autofree char *token = NULL;

  scene_open (&scene, stage);
  scene_alice (&scene);
  bob = friend_new (scene.server, "bob", "Bob");
  second = server_start (NULL, FALSE);
  alice = person_new (second, "alice", "Alice the second");
  token = server_token (second, "alice", PLATFORM_LINUX);
  robert = friend_new (second, "bob", "Robert");
  scene_account (scene.host, second, "alice@second", NULL, token);

  scene_login (&scene);
  scene_login_until (&scene, "alice@second", "alice@second: connected", NULL);
  host_forget (scene.host);
  person_say (bob, "alice", "from the first");
  scene_wait_for (&scene, "alice: im bob RECV {bob|Bob}: \"from the first\"");
  person_say (robert, "alice", "from the second");
  scene_wait_for (&scene, "alice@second: im * RECV \"Robert\": \"from the second\"");
  host_do (scene.host, "say", "alice", "bob", "to the first", NULL);
  host_do (scene.host, "say", "alice@second", scene_is (&scene, "bitlbee") ? "Robert" : "bob",
           "to the second", NULL);
  person_hear (bob, "alice", TEXT, "*to the first*");
  person_hear (robert, "alice", TEXT, "*to the second*");
  host_forget (scene.host);
  scene_logout (&scene, "alice");
  person_say (robert, "alice", "still there?");
  scene_wait_for (&scene, "alice@second: im * RECV \"Robert\": \"still there?\"");
  host_quit (scene.host);
  host_forget (scene.host);
  person_free (robert);
  person_free (bob);
  person_free (alice);
  server_stop (second);
  scene_close (&scene);
}

static const Story stories[] = {
  { "history", run_history, STORY_ALL },
  { "history-of-group", run_history_of_group, STORY_ALL },
  { "killed", run_killed, STORY_PIDGIN },
  { "blip", run_blip, STORY_ALL },
  { "said-into-the-gap", run_said_into_the_gap, STORY_ALL },
  { "half-open", run_half_open, STORY_PIDGIN, 180000 },
  { "given-up", run_given_up, STORY_ALL },
  { "kick", run_kick, STORY_ALL },
  { "dead-token", run_dead_token, STORY_ALL },
  { "logout-at-any-moment", run_logout_at_any_moment, STORY_ALL },
  { "quit-at-any-moment", run_quit_at_any_moment, STORY_ALL },
  { "quit-in-silence", run_quit_in_silence, STORY_ALL },
  { "two-accounts", run_two_accounts, STORY_ALL },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
