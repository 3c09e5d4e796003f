/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "scene.h"

/* What alice says is sent or said not to be; what she has said stands there once, wherever she has said it.
 */

#define TEXT 101

/* Between alice and the server lies a bad network. */
typedef struct {
  Scene scene;
  Fault *fault;
  Person *bob;
} Wire;

static void
wire_account (Wire *wire)
{
  g_autofree char *token = server_token (wire->scene.server, "alice", PLATFORM_LINUX);

  scene_account_through (wire->scene.host, wire->fault, "alice", token);
}

static void
wire_open (Wire *wire, Stage *stage)
{
  Scene *scene = &wire->scene;
  g_autofree char *plugin = scene_plugin ();
  Person *alice = NULL;

  /* Not scene_open(): whether something is confirmed is what these stories are about. */
  scene->stage = stage;
  scene->server = server_start (NULL, FALSE);
  scene->host = host_new (stage, "alice", plugin);
  wire->fault = fault_start (scene->server, 1);
  alice = person_new (scene->server, "alice", "Alice");
  wire_account (wire);
  wire->bob = person_new (scene->server, "bob", "Bob");
  person_connect (wire->bob);
  person_befriend (wire->bob, "alice");
  person_found (wire->bob, "team", "Team", "alice", NULL);
  person_free (alice);
  scene_group_is_read (scene, "sg_team");
}

static void
wire_login (Wire *wire)
{
  Scene *scene = &wire->scene;

  scene_login_until (scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
  host_do (scene->host, "join", "alice", "team", NULL);
  host_wait_answer (scene->host, "*bob*", 0, "members", "alice", "team", NULL);
  host_do (scene->host, "im", "alice", "bob", NULL);
  host_forget (scene->host);
}

static void
wire_close (Wire *wire)
{
  host_quit (wire->scene.host);
  host_forget (wire->scene.host);
  person_free (wire->bob);
  fault_stop (wire->fault);
  scene_close (&wire->scene);
}

/* alice's connection has done what has been asked of it so far. */
static void
settle (Wire *wire)
{
  person_type (wire->bob, "alice", TRUE);
  scene_wait_for (&wire->scene, "alice: typing bob TYPING");
  person_type (wire->bob, "alice", FALSE);
  scene_wait_for (&wire->scene, "alice: typing bob STOPPED");
}

static void
say (Wire *wire, const char *where, const char *text)
{
  g_autofree char *im = g_strdup_printf ("(!bitlbee) alice: im bob SEND \"*\": \"%s\"", text);
  g_autofree char *chat = g_strdup_printf ("(!bitlbee) alice: chat team SEND \"Alice\": \"%s\"", text);

  host_do (wire->scene.host, "say", "alice", where, text, NULL);
  scene_expect (&wire->scene, g_str_equal (where, "bob") ? im : chat, NULL);
}

/* The last line there is in the outbox: it will not be lost any more. */
static void
wait_until_kept (Wire *wire, const char *where)
{
  gboolean kept = FALSE;

  while (!kept) {
    g_autofree char *pattern = g_strdup_printf ("alice: * %s *SYSTEM*: \"*\"", where);

    scene_type (&wire->scene, where, "/list 1");
    kept = strstr (scene_wait_for (&wire->scene, pattern)->text, "(being sent)") != NULL;
  }
}

static void
run_refused (Stage *stage)
{
  Wire wire = { 0 };
  Scene *scene = &wire.scene;
  g_autoptr (JsonNode) a = NULL;
  g_autoptr (JsonNode) b = NULL;

  wire_open (&wire, stage);
  wire_login (&wire);
  a = server_call (scene->server, "/friend/add_black", "{'ownerUserID':'bob','blackUserID':'alice','ex':''}");
  say (&wire, "bob", "first");
  scene_expect (scene, "alice: im bob *ERROR*: \"Not sent: “first”. ?* Type ?resend to send it again.\"",
                NULL);
  say (&wire, "bob", "second");
  scene_expect (scene, "alice: im bob *ERROR*: \"Not sent: “second”. *\"", NULL);
  scene_type (scene, "bob", "/list");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"1  * Alice: first (not sent)\"",
                "alice: im bob *SYSTEM*: \"2  * Alice: second (not sent)\"", NULL);
  b = server_call (scene->server, "/friend/remove_black", "{'ownerUserID':'bob','blackUserID':'alice'}");
  scene_type (scene, "bob", "/resend 2");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Sent: “second”.\"", NULL);
  person_hear (wire.bob, "alice", TEXT, "*second*");
  scene_type (scene, "bob", "/resend 2");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"That message has been sent.\"", NULL);
  scene_type (scene, "bob", "/revoke 1");
  scene_expect (
      scene, "alice: im bob *SYSTEM*: \"That has not been sent itself: 1  * Alice: first (not sent)\"", NULL);

  /* It can still be sent after a restart. */
  host_quit (scene->host);
  host_forget (scene->host);
  host_start (scene->host);
  wire_account (&wire);
  wire_login (&wire);
  scene_type (scene, "bob", "/resend");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"Sent: “first”.\"");
  person_hear (wire.bob, "alice", TEXT, "*first*");
  host_forget (scene->host);
  story_keeps_promise ("sent-or-failed");
  wire_close (&wire);
}

/* Nothing gets through for longer than anybody waits. */
static void
run_outage (Stage *stage)
{
  Wire wire = { 0 };
  Scene *scene = &wire.scene;

  wire_open (&wire, stage);
  wire_login (&wire);
  fault_set (wire.fault, "ws refuse 1");
  fault_set (wire.fault, "ws reset");
  say (&wire, "bob", "one");
  say (&wire, "team", "two");
  host_wait_for (scene->host, "alice: im bob *ERROR*: \"Not sent: “one”. *resend to send it again.\"", 30000);
  host_wait_for (scene->host, "alice: chat team *ERROR*: \"Not sent: “two”. *resend to send it again.\"",
                 30000);
  fault_set (wire.fault, "ws refuse 0");
  person_say (wire.bob, "alice", "back?");
  host_wait_for (scene->host, "alice: im bob RECV*: \"back?\"", 30000);
  host_expect_nothing (scene->host);
  scene_type (scene, "bob", "/resend");
  scene_expect (scene, "alice: im bob *SYSTEM*: \"Sent: “one”.\"", NULL);
  scene_type (scene, "team", "/resend");
  scene_expect (scene, "alice: chat team *SYSTEM*: \"Sent: “two”.\"", NULL);
  person_hear (wire.bob, "alice", TEXT, "*one*");
  person_hear (wire.bob, "alice", TEXT, "*two*");
  settle (&wire);
  host_expect_nothing (scene->host);
  wire_close (&wire);
}

/* alice leaves while something is on its way: she hears that, and the next time what became of it. */
static void
run_left (Stage *stage)
{
  Wire wire = { 0 };
  Scene *scene = &wire.scene;

  wire_open (&wire, stage);
  wire_login (&wire);
  fault_set (wire.fault, "ws refuse 1");
  fault_set (wire.fault, "ws reset");
  say (&wire, "bob", "one");
  say (&wire, "team", "two");
  wait_until_kept (&wire, "bob");
  wait_until_kept (&wire, "team");
  host_logout (scene->host, "alice");
  scene_wait_for (scene, "alice: im bob *ERROR*: \"Not confirmed: “one”. *\"");
  scene_wait_for (scene, "alice: chat team *ERROR*: \"Not confirmed: “two”. *\"");
  scene_wait_for (scene, "alice: disconnected");
  fault_set (wire.fault, "ws refuse 0");
  scene_login_until (scene, "alice", "alice: connected", "alice: im bob *SYSTEM*: \"Sent: “one”.\"", NULL);
  person_hear (wire.bob, "alice", TEXT, "*one*");
  person_hear (wire.bob, "alice", TEXT, "*two*");
  settle (&wire);
  g_assert_cmpuint (host_count (scene->host, "alice: im bob *SEND*: \"one\""), <=, 1); /* a page */
  host_forget (scene->host);
  wire_close (&wire);
}

/* … and also when the program was killed. */
static void
run_killed (Stage *stage)
{
  Wire wire = { 0 };
  Scene *scene = &wire.scene;

  wire_open (&wire, stage);
  wire_login (&wire);
  fault_set (wire.fault, "ws refuse 1");
  fault_set (wire.fault, "ws reset");
  say (&wire, "bob", "one");
  wait_until_kept (&wire, "bob");
  host_kill (scene->host);
  host_forget (scene->host);
  fault_set (wire.fault, "ws refuse 0");
  host_start (scene->host);
  wire_account (&wire);
  host_login (scene->host, "alice");
  person_hear (wire.bob, "alice", TEXT, "*one*");
  scene_wait_for (scene, "alice: connected");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"Sent: “one”.\"");
  settle (&wire);
  host_forget (scene->host);
  scene_type (scene, "bob", "/list");
  scene_wait_for (scene, "alice: im bob *SYSTEM*: \"1  * Alice: one\"");
  host_forget (scene->host);
  wire_close (&wire);
}

/* Own lines: once each, from here and from elsewhere, whatever the connection does. */
static void
run_own_lines (Stage *stage)
{
  Wire wire = { 0 };
  Scene *scene = &wire.scene;
  Person *phone = NULL;

  wire_open (&wire, stage);
  wire_login (&wire);
  phone = person_device (scene->server, "alice", PLATFORM_ANDROID);
  person_connect (phone);
  say (&wire, "bob", "from here");
  say (&wire, "team", "to all from here");
  person_hear (wire.bob, "alice", TEXT, "*from here*");
  person_hear (wire.bob, "alice", TEXT, "*to all from here*");
  person_say (phone, "bob", "from the telephone");
  scene_expect (scene, "alice: im bob SEND|REMOTE_SEND \"*\": \"from the telephone\"", NULL);
  person_say_in (phone, "team", "to all from the telephone");
  scene_expect (scene, "alice: chat team SEND|REMOTE_SEND {alice|Alice}: \"to all from the telephone\"",
                NULL);
  settle (&wire);

  /* The connection is lost and comes back: nothing is said again, and what was missed is said once. */
  fault_set (wire.fault, "ws refuse 1");
  fault_set (wire.fault, "ws reset");
  person_say (phone, "bob", "into the gap");
  say (&wire, "bob", "also into the gap");
  fault_set (wire.fault, "ws refuse 0");
  host_wait_for (scene->host, "alice: im bob SEND|REMOTE_SEND* \"*\": \"into the gap\"", 30000);
  person_hear (wire.bob, "alice", TEXT, "*also into the gap*");
  settle (&wire);
  host_expect_nothing (scene->host);
  story_keeps_promise ("own-lines-once");
  story_keeps_promise ("own-lines-from-elsewhere");
  person_free (phone);
  wire_close (&wire);
}

static const Story stories[] = {
  { "refused", run_refused, STORY_ALL },     { "outage", run_outage, STORY_ALL, 120000 },
  { "left", run_left, STORY_ALL },           { "killed", run_killed, STORY_ALL },
  { "own-lines", run_own_lines, STORY_ALL }, { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
