/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What must not stand in a log: tokens, and what people write. Everything is logged here that can be. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

/* Standard error of this program and those it starts goes to a file. */
typedef struct {
  char *path;
  int before;
} Log;

static void
log_begin (Log *log)
{
  int file = g_file_open_tmp ("openim-log-XXXXXX", &log->path, NULL);

  g_assert_cmpint (file, >=, 0);
  log->before = dup (STDERR_FILENO);
  g_assert_cmpint (dup2 (file, STDERR_FILENO), ==, STDERR_FILENO);
  close (file);
}

/* (transfer full) all that was logged. */
static char *
log_end (Log *log)
{
  char *text = NULL;

  g_assert_cmpint (dup2 (log->before, STDERR_FILENO), ==, STDERR_FILENO);
  close (log->before);
  g_assert_true (g_file_get_contents (log->path, &text, NULL, NULL));
  g_unlink (log->path);
  g_free (log->path);
  return text;
}

static void
assert_lacks (const char *text, const char *secret)
{
  const char *place = strstr (text, secret);

  if (place != NULL) {
    const char *line = place;

    while (line > text && line[-1] != '\n')
      line--;
    story_fail ("the log has it: %.*s", (int) strcspn (line, "\n"), line);
  }
}

/* Said, heard, read again, searched for, refused, not sent in time, and lost with a connection. */
static void
talk (Visitor *ann, Visitor *bob)
{
  Openim__Sdk__Conversation__SetConversationDraftReq draft =
      OPENIM__SDK__CONVERSATION__SET_CONVERSATION_DRAFT_REQ__INIT;
  Openim__Sdk__Message__SendMessageReq request = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;
  g_autoptr (OpenimMessage) message = visitor_make_text (ann, "Wortlaut eins");
  g_autoptr (OpenimMessage) lost = visitor_make_text (ann, "Wortlaut zwei");
  g_autofree char *history = NULL;
  guint64 handle;

  openim_pb_free (visitor_send (ann, message, "bob", "", FALSE));
  openim_pb_free (visitor_hear (bob, EVENT (RecvNewMessage), message_says, "Wortlaut eins"));
  history = visitor_history (bob, CHAT);
  g_assert_cmpstr (history, ==, "Wortlaut eins");

  request.message = message;
  request.recvid = (char *) "bob";
  g_assert_cmpint (visitor_refused (ann, FUNCTION (SendMessage), &request), ==, OPENIM_ERROR_MSG_REPEAT);
  g_assert_cmpint (visitor_refused_bytes (ann, FUNCTION (SendMessage), "\x0a\x7fWortlaut", 10), ==,
                   OPENIM_ERROR_SDK_ARGS);
  draft.conversationid = (char *) CHAT;
  draft.drafttext = (char *) "Wortlaut drei";
  visitor_do (ann, FUNCTION (SetConversationDraft), &draft);

  request.message = lost;
  handle = visitor_ask (ann, FUNCTION (SendMessage), &request);
  visitor_do (ann, FUNCTION (NetworkStatusChanged), NULL);
  g_assert_cmpint (visitor_answer (ann, handle, FUNCTION (SendMessage), NULL), ==, 0);
  openim_pb_free (visitor_hear (bob, EVENT (RecvNewMessage), message_says, "Wortlaut zwei"));
}

static void
test_log (void)
{
  Server *server = server_start (NULL, FALSE);
  Person *ann_phone = person_new (server, "ann", "Ann"), *bob_phone = person_new (server, "bob", "Bob");
  g_autofree char *ann_token = server_token (server, "ann", PLATFORM_LINUX);
  g_autofree char *bob_token = server_token (server, "bob", PLATFORM_LINUX);
  g_autofree char *text = NULL;
  Visitor *ann, *bob;
  Log log;

  log_begin (&log);
  ann = visitor_new (NULL);
  bob = visitor_new (NULL);
  visitor_enter (ann, server, "ann", ann_token);
  visitor_enter (bob, server, "bob", bob_token);
  visitor_heard (ann, EVENT (SyncServerFinish));
  visitor_heard (bob, EVENT (SyncServerFinish));
  talk (ann, bob);
  visitor_do (ann, FUNCTION (Logout), NULL);
  visitor_enter (ann, server, "ann", "a.worthless.token");
  visitor_heard (ann, EVENT (UserTokenInvalid));
  visitor_leave (ann);
  visitor_leave (bob);
  text = log_end (&log);

  /* There is a log. */
  g_assert_nonnull (strstr (text, "SendMessage"));
  g_assert_nonnull (strstr (text, "/user/get_users_info"));
  assert_lacks (text, ann_token);
  assert_lacks (text, bob_token);
  assert_lacks (text, strrchr (ann_token, '.'));
  assert_lacks (text, "worthless");
  assert_lacks (text, "Wortlaut");

  person_free (ann_phone);
  person_free (bob_phone);
  server_stop (server);
}

int
main (int argc, char **argv)
{
  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/secrets/log", test_log);

  return g_test_run ();
}
