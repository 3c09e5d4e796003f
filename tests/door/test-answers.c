/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Answers and pushes that are wrong: each kind of request of the gateway with each thing that can be wrong
 * about its answer. In the end everybody has what the server has, once and in order. */

#include <string.h>

#include "meddler.h"

#define PUSH 2001
#define PATIENCE                                                                                             \
  60000 /* ms: an answer that never comes is missed after ten seconds, and a sync may ask three times */

static const struct {
  gint64 id; /* reqIdentifier */
  const char *name;
} kinds[] = {
  { 1001, "newest" }, { 1003, "send" }, { 1005, "pull" }, { 1006, "marks" }, { PUSH, "push" },
};

static const char *const meddles[N_MEDDLES] = {
  "twice", "late", "astray", "never", "refuse", "garbage", "empty", "broken",
};

typedef struct {
  Visitor *visitor;
  const char *expected;
  char *texts; /* as they are now */
} History;

static gboolean
has_history (gpointer data)
{
  History *history = data;

  g_free (history->texts);
  history->texts = visitor_history (history->visitor, CHAT);
  return g_str_equal (history->texts, history->expected);
}

static guint
count_heard (Visitor *visitor, const char *text)
{
  guint n = 0;

  for (guint total = visitor_count (visitor, EVENT (RecvNewMessage)); total > 0; total--) {
    Openim__Event__EventOnRecvNewMessageData *data =
        visitor_hear (visitor, EVENT (RecvNewMessage), NULL, NULL);

    n += message_says (data, text);
    openim_pb_free (data);
  }
  return n;
}

static void
test_answer (gconstpointer data)
{
  guint number = GPOINTER_TO_UINT (data);
  gint64 id = kinds[number / N_MEDDLES].id;
  Server *server = server_start (NULL, FALSE);
  Meddler *meddler = meddler_new (server);
  Person *ann = person_new (server, "ann", "Ann"), *bob = person_new (server, "bob", "Bob");
  Visitor *visitor = visitor_new (NULL);
  History history = { visitor, "one|two|three|four", NULL };
  g_autofree char *token = server_token (server, "ann", PLATFORM_LINUX);
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  Openim__Sdk__Message__SendMessageReq send = OPENIM__SDK__MESSAGE__SEND_MESSAGE_REQ__INIT;
  g_autoptr (OpenimMessage) message = NULL;
  guint64 question;
  guint heard;

  person_connect (bob);
  person_say (bob, "ann", "one");
  if (id != 1003 && id != PUSH)
    meddler_order (meddler, id, number % N_MEDDLES);
  login.userid = (char *) "ann";
  login.token = token;
  visitor_init (visitor, server->api, meddler_ws (meddler));
  visitor_do (visitor, FUNCTION (Login), &login);
  visitor_heard (visitor, EVENT (ConnectSuccess));
  if (!story_wait ((StoryCondition) (gpointer) meddler_is_done, meddler, PATIENCE))
    story_fail ("nothing of that kind is asked");
  history.expected = "one";
  if (!story_wait (has_history, &history, PATIENCE))
    story_fail ("history is %s", history.texts);

  if (id == PUSH)
    meddler_order (meddler, id, number % N_MEDDLES);
  person_say (bob, "ann", "two");
  if (id == PUSH && !story_wait ((StoryCondition) (gpointer) meddler_is_done, meddler, PATIENCE))
    story_fail ("nothing is pushed");
  if (id != PUSH) {
    history.expected = "one|two";
    if (!story_wait (has_history, &history, PATIENCE))
      story_fail ("history is %s", history.texts);
  }
  if (id == 1003)
    meddler_order (meddler, id, number % N_MEDDLES);
  message = visitor_make_text (visitor, "three");
  send.message = message;
  send.recvid = (char *) "bob";
  question = visitor_ask (visitor, FUNCTION (SendMessage), &send);
  person_hear (bob, "ann", 101, "*three*");
  person_say (bob, "ann", "four");
  visitor_answer (visitor, question, FUNCTION (SendMessage), NULL);

  history.expected = "one|two|three|four";
  if (!story_wait (has_history, &history, PATIENCE))
    story_fail ("history is %s", history.texts);
  heard = count_heard (visitor, "four");
  g_assert_cmpuint (heard, ==, 1);

  g_free (history.texts);
  visitor_leave (visitor);
  meddler_free (meddler);
  person_free (ann);
  person_free (bob);
  server_stop (server);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds) * N_MEDDLES; i++) {
    g_autofree char *path =
        g_strdup_printf ("/door/answers/%s/%s", kinds[i / N_MEDDLES].name, meddles[i % N_MEDDLES]);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_answer);
  }
  return g_test_run ();
}
