/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host.h"

#include <string.h>

/* Does the headless host show what the real ones show, and hide what they hide? Told with a protocol that
 * needs no network. */

#define PARROT "prpl-test-parrot"

static Host *
start (Stage *stage)
{
  g_autofree char *plugin = story_program ("tests/host/parrot.so");
  Host *host = host_new (stage, "host", plugin);

  host_account_new (host, "anna", PARROT, NULL);
  return host;
}

static gboolean
is (Stage *stage, const char *persona)
{
  return g_str_equal (stage->persona, persona);
}

static Host *
start_online (Stage *stage)
{
  Host *host = start (stage);

  host_login (host, "anna");
  host_run_until (host, "anna: buddy polly online online \"crackers\"", 0);
  return host;
}

/* Opens a window with polly and clears the record. */
static Host *
start_talking (Stage *stage)
{
  Host *host = start_online (stage);

  host_do (host, "im", "anna", "polly", NULL);
  host_forget (host);
  return host;
}

static void
run_login (Stage *stage)
{
  Host *host = start (stage);

  host_login (host, "anna");
  host_expect (host, "anna: progress 0/2 \"Waking\"", "anna: progress 1/2 \"Flying\"", "anna: connected",
               NULL);
  if (is (stage, "bitlbee"))
    host_expect (host, "anna: buddy+ polly \"Polly\"", "anna: buddy polly online online \"crackers\"", NULL);
  else
    host_expect (host, "anna: buddy+ polly \"Polly\" in \"Birds\"",
                 "anna: buddy polly online online \"crackers\"", NULL);
  host_logout (host, "anna");
  host_expect (host, "anna: disconnected", NULL);
  host_expect_nothing (host);
  host_free (host);
}

static void
run_refused (Stage *stage)
{
  Host *host = start (stage);
  g_autofree char *why = NULL;

  host_account_new (host, "wrong", PARROT, NULL);
  host_login (host, "wrong");
  host_expect (host, "wrong: progress 0/2 \"Waking\"",
               "wrong: error AUTHENTICATION_FAILED fatal \"Wrong password\"", "wrong: disconnected", NULL);
  why = host_refused (host, "account", "bea", "prpl-none", NULL);
  g_assert_cmpstr (why, ==, "there is no protocol prpl-none");
  host_free (host);
}

static void
run_im (Stage *stage)
{
  Host *host = start_talking (stage);

  host_send_im (host, "anna", "polly", "hi <there>");
  if (is (stage, "pidgin"))
    host_expect (host, "anna: im polly RECV \"Polly\": \"hi &lt;there&gt;\"",
                 "anna: im polly SEND \"anna\": \"hi &lt;there&gt;\"", NULL);
  else if (is (stage, "finch"))
    host_expect (host, "anna: im polly RECV \"Polly\": \"hi <there>\"",
                 "anna: im polly SEND \"anna\": \"hi <there>\"", NULL);
  else
    host_expect (host, "anna: im polly RECV \"polly\": \"hi <there>\"",
                 NULL); /* IRC shows one's own line by itself */
  host_do (host, "im", "anna", "polly", "!markup", NULL);
  if (is (stage, "pidgin"))
    host_expect (host, "anna: im polly RECV \"Polly\": \"<b>one</b> &lt;two&gt;\"", NULL);
  else
    host_expect (host, "anna: im polly RECV \"?olly\": \"one <two>\"", NULL);
  host_expect_nothing (host);
  host_free (host);
}

static void
run_flags (Stage *stage)
{
  Host *host = start_talking (stage);
  const HostLine *line = NULL;

  host_send_im (host, "anna", "polly", "!old");
  line = host_wait_for (host, "anna: im polly RECV|DELAYED \"?olly\": \"long ago\"", 0);
  g_assert_cmpint (line->mtime, ==, 1000000000);
  host_send_im (host, "anna", "polly", "!other-device");
  host_expect (host, "anna: im polly SEND|REMOTE_SEND \"anna\": \"from my telephone\"", NULL);
  host_send_im (host, "anna", "polly", "!typing");
  host_expect (host, "anna: typing polly TYPING", NULL);
  host_send_im (host, "anna", "polly", "!system");
  if (!is (stage, "bitlbee"))
    host_expect (host, "anna: im polly SYSTEM \"\": \"a notice\"", NULL);
  host_send_im (host, "anna", "polly", "!im-write");
  host_expect (host,
               is (stage, "bitlbee") ? "anna: im polly SYSTEM \"polly\": \"a notice\""
                                     : "anna: im polly SYSTEM \"\": \"a notice\"",
               NULL);
  host_expect_nothing (host);
  host_free (host);
}

static void
run_chat (Stage *stage)
{
  Host *host = start_online (stage);

  host_join_chat (host, "anna", "cage");
  if (is (stage, "bitlbee"))
    host_expect (host, "anna: chat cage opened \"cage\"", "anna: chat cage joined",
                 "anna: chat cage member+ polly", "anna: chat cage member+ anna", NULL);
  else
    host_expect (host, "anna: chat cage opened \"cage\"", "anna: chat cage joined",
                 "anna: chat cage member+ polly \"Polly\" FOUNDER", "anna: chat cage member+ anna \"anna\" -",
                 NULL);
  host_chat_send (host, "anna", "cage", "hello");
  if (is (stage, "bitlbee"))
    host_expect (host, "anna: chat cage RECV \"polly\": \"hello\"", NULL);
  else
    host_expect (host, "anna: chat cage SEND \"anna\": \"hello\"",
                 "anna: chat cage RECV \"Polly\": \"hello\"", NULL);
  host_chat_send (host, "anna", "cage", "!op");
  if (!is (stage, "bitlbee"))
    host_expect (host, "anna: chat cage member= polly \"Polly\" OP", NULL);
  host_do (host, "close", "anna", "cage", NULL);
  host_expect (host, "anna: chat cage left", "anna: chat cage closed", NULL);
  host_expect_nothing (host);
  host_free (host);
}

static void
run_rejoin (Stage *stage)
{
  Host *host = start_online (stage);

  host_join_chat (host, "anna", "cage");
  host_logout (host, "anna");
  host_run_until (host, "anna: disconnected", 0);
  host_login (host, "anna");
  host_wait_for (host, "anna: connected", 0);
  if (is (stage, "pidgin"))
    host_wait_for (host, "anna: chat cage joined", 0);
  host_run_until (host, "anna: buddy polly online*", 0);
  host_expect_nothing (host);
  host_free (host);
}

static void
run_requests (Stage *stage)
{
  Host *host = start_talking (stage);

  host_send_im (host, "anna", "polly", "!accept");
  host_expect (host, "anna: request 1 action \"Title\" \"Primary\" \"Secondary\" \"_Accept\" \"_Cancel\"",
               NULL);
  host_answer_request (host, 1, "Accept");
  host_expect (host, "anna: im polly RECV \"?olly\": \"first button\"", "-: request 1 closed", NULL);

  host_send_im (host, "anna", "polly", "!yes-no");
  host_expect (host, "anna: request 2 action *", NULL);
  host_answer_request (host, 2, "No");
  if (is (stage, "bitlbee"))
    host_expect (host, "anna: request 2 button \"_No\" does nothing here", "-: request 2 closed", NULL);
  else
    host_expect (host, "anna: im polly RECV \"Polly\": \"second button\"", "-: request 2 closed", NULL);

  host_send_im (host, "anna", "polly", "!input");
  host_expect (host, "anna: request 3 input \"Title\" \"Primary\" \"Secondary\" default \"default\"", NULL);
  host_answer_request (host, 3, "a word");
  host_expect (host, "anna: im polly RECV \"?olly\": \"a word\"", "-: request 3 closed", NULL);

  host_send_im (host, "anna", "polly", "!fields");
  if (is (stage, "bitlbee")) {
    host_expect (host, "anna: im polly RECV \"polly\": \"no fields here\"", NULL);
  } else {
    g_autofree char *why = NULL;

    host_expect (host,
                 is (stage, "pidgin") ? "anna: request 4 fields \"Title\" \"Primary\" \"\" [word string \"A "
                                        "word\"] [face image \"A face\"]"
                                      : "anna: request 4 fields * [face image-not-shown \"A face\"]",
                 NULL);
    why = host_refused (host, "answer", "4", NULL);
    g_assert_nonnull (strstr (why, "required"));
    host_answer_request (host, 4, "word=cracker");
    host_expect (host, "anna: im polly RECV \"Polly\": \"cracker\"", "-: request 4 closed", NULL);
  }
  host_send_im (host, "anna", "polly", "!note");
  host_expect (host, "-: notify error \"Title\" \"Primary\" \"Secondary\"", NULL);
  host_expect_nothing (host);
  host_free (host);
}

static void
run_signals (Stage *stage)
{
  static const char *const names[] = { "parrot-spoke", NULL };
  Host *host = start_talking (stage);
  g_autofree char *why = NULL;

  host_send_im (host, "anna", "polly", "!signal");
  host_expect_nothing (host);
  host_watch_signals (host, PARROT, names);
  host_send_im (host, "anna", "polly", "!signal");
  host_expect (host, "anna: signal parrot-spoke -", NULL);
  why = host_refused (host, "signals", PARROT, "parrot-flew", NULL);
  g_assert_nonnull (strstr (why, "no signal"));
  host_free (host);
}

static void
run_kick (Stage *stage)
{
  Host *host = start_talking (stage);

  host_send_im (host, "anna", "polly", "!kick");
  host_expect (host, "anna: error NAME_IN_USE fatal \"Another parrot\"", "anna: disconnected", NULL);
  host_wait_answer (host, "offline", 0, "state", "anna", NULL);
  host_free (host);
}

static void
run_again (Stage *stage)
{
  Host *host = start_online (stage);
  g_autofree char *roster = NULL;

  host_quit (host);
  host_run_until (host, "anna: disconnected", 0);
  host_start (host);
  host_do (host, "account", "anna", PARROT, NULL);
  if (!is (stage, "bitlbee")) {
    roster = host_ask (host, "roster", "anna", NULL);
    g_assert_cmpstr (roster, ==, "buddy polly \"Polly\" in \"Birds\" offline");
  }
  host_login (host, "anna");
  host_run_until (host, "anna: buddy polly online*", 0);
  host_kill (host);
  host_start (host);
  host_account_new (host, is (stage, "bitlbee") ? "anna" : "cora", PARROT, NULL);
  host_free (host);
}

static void
run_two (Stage *stage)
{
  Host *host = start_online (stage);

  host_account_new (host, "bea", PARROT, NULL);
  host_login (host, "bea");
  host_run_until (host, "bea: buddy polly online*", 0);
  host_send_im (host, "bea", "polly", "!old");
  host_wait_for (host, "bea: im polly RECV|DELAYED \"?olly\": \"long ago\"", 0);
  host_logout (host, "anna");
  host_run_until (host, "anna: disconnected", 0);
  host_wait_answer (host, "connected", 0, "state", "bea", NULL);
  host_free (host);
}

static void
run_measure (Stage *stage)
{
  Host *host = start (stage);
  g_autofree char *before = host_ask (host, "measure", "files", NULL);
  g_autofree char *after = NULL;
  g_autofree char *turn = NULL;

  host_login (host, "anna");
  host_run_until (host, "anna: buddy polly online*", 0);
  host_logout (host, "anna");
  host_run_until (host, "anna: disconnected", 0);
  after = host_ask (host, "measure", "files", NULL);
  turn = host_ask (host, "measure", "turn", NULL);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpint (g_ascii_strtoll (turn, NULL, 10), >, 0);
  host_free (host);
}

/* The test of the test: what must fail does. Run by test-host-fails, each story alone. */
static void
run_crash (Stage *stage)
{
  Host *host = start_talking (stage);

  host_send_im (host, "anna", "polly", "!crash");
}

static void
run_warn (Stage *stage)
{
  Host *host = start_talking (stage);

  host_send_im (host, "anna", "polly", "!warn");
}

static void
run_extra (Stage *stage)
{
  Host *host = start_talking (stage);

  host_send_im (host, "anna", "polly", "!typing");
  host_free (host);
}

static void
run_order (Stage *stage)
{
  Host *host = start (stage);

  host_login (host, "anna");
  host_expect (host, "anna: connected", "anna: progress 0/2 \"Waking\"", NULL);
}

static void
run_missing (Stage *stage)
{
  Host *host = start (stage);

  host_wait_for (host, "anna: connected", 200);
}

#ifdef __SANITIZE_ADDRESS__
static void
run_leak (Stage *stage)
{
  Host *host = start_talking (stage);

  host_send_im (host, "anna", "polly", "!leak");
  host_free (host);
}
#endif

static void
run_hang (Stage *stage)
{
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
}

static const Story good[] = {
  { "login", run_login, STORY_ALL },
  { "refused", run_refused, STORY_ALL },
  { "im", run_im, STORY_ALL },
  { "flags", run_flags, STORY_ALL },
  { "chat", run_chat, STORY_ALL },
  { "rejoin", run_rejoin, STORY_ALL },
  { "requests", run_requests, STORY_ALL },
  { "signals", run_signals, STORY_ALL },
  { "kick", run_kick, STORY_ALL },
  { "again", run_again, STORY_ALL },
  { "two", run_two, STORY_ALL },
  { "measure", run_measure, STORY_PIDGIN },
  { NULL },
};

static const Story bad[] = {
  { "crash", run_crash, STORY_PIDGIN },     { "warn", run_warn, STORY_PIDGIN },
  { "extra", run_extra, STORY_PIDGIN },     { "order", run_order, STORY_PIDGIN },
  { "missing", run_missing, STORY_PIDGIN },
#ifdef __SANITIZE_ADDRESS__
  { "leak", run_leak, STORY_PIDGIN },
#endif
  { "hang", run_hang, STORY_PIDGIN, 300 },  { NULL },
};

int
main (int argc, char **argv)
{
  gboolean run_bad = argc > 1 && g_str_equal (argv[1], "bad");

  /* A child knows which table its story is in by the name alone. */
  if (argc == 4)
    for (const Story *story = bad; story->name != NULL; story++)
      run_bad |= g_str_equal (argv[2], story->name);
  if (run_bad && argc == 2)
    argc = 1;
  return story_main (argc, argv, run_bad ? bad : good);
}
