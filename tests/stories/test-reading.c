/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene.h"

/* Who has read what: marks that go out, receipts that come in, and what has been read elsewhere. */

#define TEXT 101
#define READ 2200

typedef struct {
  Scene scene;
  Person *bob;
} Pair;

static void
pair_open (Pair *pair, Stage *stage, const char *mode)
{
  Scene *scene = &pair->scene;

  scene_open (scene, stage);
  scene_alice (scene);
  pair->bob = person_new (scene->server, "bob", "Bob");
  person_connect (pair->bob);
  person_befriend (pair->bob, "alice");
  if (mode != NULL)
    host_account_option (scene->host, "alice", "read-marks", mode);
  scene_login_until (scene, "alice", "alice: connected", "alice: buddy bob online *", NULL);
}

static void
pair_close (Pair *pair)
{
  host_quit (pair->scene.host);
  host_forget (pair->scene.host);
  person_free (pair->bob);
  scene_close (&pair->scene);
}

static void
say (Pair *pair, const char *text)
{
  g_autofree char *line = g_strdup_printf ("alice: im bob RECV {bob|Bob}: \"%s\"", text);

  person_say (pair->bob, "alice", text);
  scene_wait_for (&pair->scene, line);
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static gboolean
set_true (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* How far alice has read, as the server knows it. */
static gint64
get_mark (Pair *pair)
{
  g_autoptr (JsonNode) data = person_call (pair->bob, "/msg/get_conversations_has_read_and_max_seq",
                                           "{'userID':'alice','conversationIDs':['si_alice_bob']}");
  JsonObject *seqs = json_object_get_object_member (json_node_get_object (data), "seqs");

  return json_object_has_member (seqs, "si_alice_bob")
             ? json_object_get_int_member (json_object_get_object_member (seqs, "si_alice_bob"), "hasReadSeq")
             : 0;
}

/* No mark comes although there is time for it; the batch takes half a second. */
static void
expect_unmarked (Pair *pair, gint64 mark)
{
  gboolean over = FALSE;

  g_timeout_add (story_scaled (900), set_true, &over);
  story_wait (is_true, &over, 0);
  g_assert_cmpint (get_mark (pair), ==, mark);
}

static void
run_at_once (Stage *stage)
{
  Pair pair = { 0 };

  pair_open (&pair, stage, "at-once");
  say (&pair, "one");
  person_hear (pair.bob, "alice", READ, "*si_alice_bob*");
  pair_close (&pair);
}

/* Many lines, one mark. */
static void
run_batch (Stage *stage)
{
  Pair pair = { 0 };
  gint64 mark = 0;

  pair_open (&pair, stage, "at-once");
  for (guint i = 0; i < 10; i++)
    person_say (pair.bob, "alice", "quickly");
  person_say (pair.bob, "alice", "said");
  scene_wait_for (&pair.scene, "alice: im bob RECV {bob|Bob}: \"said\"");
  person_hear (pair.bob, "alice", READ, "*si_alice_bob*");
  mark = get_mark (&pair);
  expect_unmarked (&pair, mark);
  pair_close (&pair);
}

static void
run_focus (Stage *stage)
{
  Pair pair = { 0 };
  gint64 mark = 0;

  pair_open (&pair, stage, "focus");
  mark = get_mark (&pair);
  say (&pair, "one");
  expect_unmarked (&pair, mark);
  host_focus (pair.scene.host, "alice", "bob", TRUE);
  person_hear (pair.bob, "alice", READ, "*si_alice_bob*");
  /* While she looks, all is read. */
  say (&pair, "two");
  person_hear (pair.bob, "alice", READ, "*si_alice_bob*");
  host_focus (pair.scene.host, "alice", "bob", FALSE);
  mark = get_mark (&pair);
  say (&pair, "three");
  expect_unmarked (&pair, mark);
  /* Who closes the window has looked at it. */
  host_do (pair.scene.host, "close", "alice", "bob", NULL);
  person_hear (pair.bob, "alice", READ, "*si_alice_bob*");
  story_keeps_promise ("read-when-read");
  pair_close (&pair);
}

static void
run_answer (Stage *stage)
{
  Pair pair = { 0 };
  gint64 mark = 0;

  pair_open (&pair, stage, "answer");
  mark = get_mark (&pair);
  say (&pair, "one");
  if (!scene_is (&pair.scene, "bitlbee"))
    host_focus (pair.scene.host, "alice", "bob", TRUE);
  expect_unmarked (&pair, mark);
  host_do (pair.scene.host, "say", "alice", "bob", "yes", NULL);
  person_hear (pair.bob, "alice", READ, "*si_alice_bob*");
  story_keeps_promise ("read-when-read");
  pair_close (&pair);
}

static void
run_never (Stage *stage)
{
  Pair pair = { 0 };
  gint64 mark = 0;

  pair_open (&pair, stage, "never");
  mark = get_mark (&pair);
  say (&pair, "one");
  if (!scene_is (&pair.scene, "bitlbee"))
    host_focus (pair.scene.host, "alice", "bob", TRUE);
  host_do (pair.scene.host, "close", "alice", "bob", NULL);
  expect_unmarked (&pair, mark);
  pair_close (&pair);
}

/* What she has read on her telephone is not unread here any more. */
static void
run_elsewhere (Stage *stage)
{
  static const char *const changed[] = { "openim-conversation-changed", NULL };
  Pair pair = { 0 };
  Person *phone = NULL;

  pair_open (&pair, stage, "focus");
  say (&pair, "one");
  host_watch_signals (pair.scene.host, OPENIM, changed);
  phone = person_device (pair.scene.server, "alice", PLATFORM_ANDROID);
  person_read (phone, "si_alice_bob", 2);
  host_wait_for (pair.scene.host, "alice: signal openim-conversation-changed *", 0);
  host_wait_answer (pair.scene.host, "0", 0, "unseen", "alice", "bob", NULL);
  person_free (phone);
  pair_close (&pair);
}

/* One quiet line when the last word is hers and stays so. */
static void
run_receipt_last (Stage *stage)
{
  Pair pair = { 0 };
  Scene *scene = &pair.scene;

  pair_open (&pair, stage, NULL);
  host_do (scene->host, "option", "alice", "string", "receipts", "last", NULL);
  say (&pair, "hello");
  host_do (scene->host, "say", "alice", "bob", "are you there?", NULL);
  host_do (scene->host, "say", "alice", "bob", "Bob?", NULL);
  person_hear (pair.bob, "alice", TEXT, "*Bob?*");
  host_forget (scene->host);
  person_read (pair.bob, "si_alice_bob", 4);
  host_wait_for (scene->host, "alice: im bob SYSTEM|NO_LOG *: \"Bob has read this.\"", 0);
  person_read (pair.bob, "si_alice_bob", 4);

  /* Who answers has read. */
  host_do (scene->host, "say", "alice", "bob", "and?", NULL);
  person_hear (pair.bob, "alice", TEXT, "*and?*");
  person_read (pair.bob, "si_alice_bob", 5);
  say (&pair, "I am");
  {
    gboolean over = FALSE;

    g_timeout_add (5000, set_true, &over);
    story_wait (is_true, &over, 0);
  }
  g_assert_cmpuint (host_count (scene->host, "*has read*"), ==, 0);
  story_keeps_promise ("read-by-others-shown");
  pair_close (&pair);
}

static void
run_receipt_always (Stage *stage)
{
  Pair pair = { 0 };
  Scene *scene = &pair.scene;

  pair_open (&pair, stage, NULL);
  host_do (scene->host, "option", "alice", "string", "receipts", "always", NULL);
  say (&pair, "hello");
  host_do (scene->host, "say", "alice", "bob", "are you there?", NULL);
  person_hear (pair.bob, "alice", TEXT, "*are you there?*");
  person_read (pair.bob, "si_alice_bob", 3);
  host_wait_for (scene->host, "alice: im bob SYSTEM|NO_LOG *: \"Bob has read what you wrote.\"", 0);
  pair_close (&pair);
}

/* IRC has no quiet place for it. */
static void
run_receipt_off (Stage *stage)
{
  static const char *const receipt[] = { "openim-recv-c2c-read-receipt", NULL };
  Pair pair = { 0 };
  Scene *scene = &pair.scene;
  gboolean over = FALSE;

  pair_open (&pair, stage, NULL);
  say (&pair, "hello");
  host_do (scene->host, "say", "alice", "bob", "are you there?", NULL);
  person_hear (pair.bob, "alice", TEXT, "*are you there?*");
  host_watch_signals (scene->host, OPENIM, receipt);
  person_read (pair.bob, "si_alice_bob", 3);
  host_wait_for (scene->host, "alice: signal openim-recv-c2c-read-receipt *", 0);
  g_timeout_add (5000, set_true, &over);
  story_wait (is_true, &over, 0);
  g_assert_cmpuint (host_count (scene->host, "*has read*"), ==, 0);
  pair_close (&pair);
}

static const Story stories[] = {
  { "at-once", run_at_once, STORY_ALL },
  { "batch", run_batch, STORY_ALL },
  { "focus", run_focus, STORY_PIDGIN | STORY_FINCH },
  { "answer", run_answer, STORY_ALL },
  { "never", run_never, STORY_ALL },
  { "elsewhere", run_elsewhere, STORY_PIDGIN | STORY_FINCH },
  { "receipt-last", run_receipt_last, STORY_ALL },
  { "receipt-always", run_receipt_always, STORY_ALL },
  { "receipt-off", run_receipt_off, STORY_BITLBEE },
  { NULL },
};

int
main (int argc, char **argv)
{
  return story_main (argc, argv, stories);
}
