/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Random histories against a small model: pushes that come late, twice or never, seqs without a message and
 * seqs of which the server does not speak, clientMsgIDs that come again, lost connections, restarts, a server
 * that is set up anew, history that is read in between, answers out of order. At the end every message has
 * been told once and in order, all is stored, and the unread counts are the model's. OPENIM_TEST_SEED runs a
 * single seed, OPENIM_TEST_HISTORIES so many. */

#include <glib.h>

#include "model.h"
#include "store/messages.h"

#define STEPS 90
/* Messages of one conversation that wait to be told: more are history. */
#define AWAY 40
#define AWHILE (10 * 60 * 1000) /* ms that setting up a server takes */
#define HISTORIES 10000
#define HISTORIES_SANITIZED 1500

#if defined __SANITIZE_ADDRESS__
#define HISTORIES_NOW HISTORIES_SANITIZED
#else
#define HISTORIES_NOW HISTORIES
#endif

static gboolean
may_write (const Talk *talk)
{
  return talk->messages->len - MAX (talk->told, talk->silent) < AWAY;
}

/* What a server that is set up anew has when somebody comes back is less than it had. */
static void
set_up_anew (Model *model)
{
  model_disconnect (model);
  model_settle (model);
  for (guint i = 0; i < CONVERSATIONS; i++) {
    Talk *talk = &model->talks[i];
    guint before = talk->messages->len;

    talk_forget (talk, model->time);
    model->time += AWHILE;
    for (guint n = before > 0 ? model_dice (model, MIN (before, AWAY)) : 0; n > 0; n--)
      model_write (model, talk, FALSE, PLAIN);
  }
  model_connect (model);
  /* What is pushed before the first sync may be told before what that finds. */
  if (model_chance (model, 50))
    model_settle (model);
  else
    model->unordered = TRUE;
}

static void
step (Model *model)
{
  Talk *talk = &model->talks[model_dice (model, CONVERSATIONS)];
  guint act = model_dice (model, 100);

  if (act < 46) {
    if (may_write (talk))
      model_write (model, talk, model_chance (model, 10), PLAIN);
  } else if (act < 50) {
    if (may_write (talk))
      model_write (model, talk, FALSE, EMPTY);
  } else if (act < 52) {
    if (may_write (talk))
      model_write (model, talk, FALSE, UNTOLD);
  } else if (act < 54) {
    if (may_write (talk))
      model_write (model, talk, FALSE, REPEATED);
  } else if (act < 60) {
    model_mark_read (model, talk);
  } else if (act < 69) {
    model_deliver_late (model);
  } else if (act < 73) {
    if (model->net.connected)
      model_disconnect (model);
    else
      model_connect (model);
  } else if (act < 75) {
    model_restart (model);
  } else if (act < 79) {
    if (model->net.connected)
      model_send (model, talk);
  } else if (act < 82) {
    model_look_back (model, talk);
  } else {
    for (guint turns = model_dice (model, 30); turns > 0 && g_main_context_iteration (NULL, FALSE); turns--)
      ;
  }
}

/* ---- at the end */

static guint
count_messages (Model *model)
{
  guint n = 0;

  for (guint i = 0; i < CONVERSATIONS; i++)
    n += model->talks[i].messages->len;
  return n;
}

typedef struct {
  Model *model;
  gint64 total;
} Check;

static void
check_message (OpenimDb *db, const Talk *talk, gint64 seq)
{
  const OpenimMsgData *data = talk->messages->pdata[seq - 1];
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimStoredMessage) stored = openim_messages_get_by_seq (db, talk->id, seq, &error);

  g_assert_no_error (error);
  switch (talk_content (talk, seq)) {
  case PLAIN:
    g_assert_nonnull (stored);
    g_assert_cmpstr (stored->data->clientmsgid, ==, data->clientmsgid);
    g_assert_cmpint (stored->data->status, ==, OPENIM_STATUS_SENT);
    break;
  case EMPTY:
    g_assert_nonnull (stored);
    g_assert_cmpint (stored->data->status, ==, OPENIM_STATUS_DELETED);
    break;
  case REPEATED:
    g_assert_nonnull (stored);
    g_assert_cmpint (stored->data->status, ==, OPENIM_STATUS_FILTERED);
    break;
  case UNTOLD:
  default:
    /* Nothing, or what had the seq before the server was set up anew. */
    g_assert_true (stored == NULL || stored->data->sendtime < data->sendtime - AWHILE / 2);
    break;
  }
}

static gboolean
check_store (OpenimDb *db, gpointer job, GError **error)
{
  Check *check = job;

  for (guint i = 0; i < CONVERSATIONS; i++) {
    const Talk *talk = &check->model->talks[i];
    g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, talk->id, error);

    if (talk->messages->len == 0)
      continue;
    g_assert_nonnull (row);
    g_assert_cmpint (row->max_seq, ==, talk->messages->len);
    g_assert_cmpint (row->info->unreadcount, ==, talk_unread (talk));
    check->total += row->info->latestmsgsendtime != 0 ? row->info->unreadcount : 0;
    for (gint64 seq = talk->silent + 1; seq <= talk->messages->len; seq++)
      check_message (db, talk, seq);
  }
  return TRUE;
}

/* A last look at the server finds what no push has told; messages that waited for a connection go out. */
static void
catch_up (Model *model)
{
  model->reliable = TRUE;
  for (guint before = G_MAXUINT; before != count_messages (model);) {
    before = count_messages (model);
    if (model->net.connected)
      model_disconnect (model);
    model_settle (model);
    model_connect (model);
    model_settle (model);
  }
}

static void
run_history (guint32 seed)
{
  Model model;
  Check check = { &model, 0 };
  guint anew;

  model_begin (&model, seed);
  anew = model_dice (&model, STEPS * 4); /* mostly never */
  for (guint i = 0; i < STEPS; i++) {
    if (i == anew)
      set_up_anew (&model);
    step (&model);
  }
  model_settle (&model);
  catch_up (&model);

  for (guint i = 0; i < CONVERSATIONS; i++)
    talk_check_heard (&model.talks[i]);
  model_run (&model, check_store, &check);
  g_assert_cmpuint (model.syncing, ==, 0);
  g_assert_cmpint (model.total, ==, check.total);
  model_end (&model);
}

static void
test_histories (void)
{
  const char *one = g_getenv ("OPENIM_TEST_SEED");
  const char *many = g_getenv ("OPENIM_TEST_HISTORIES");
  guint32 n = many != NULL ? (guint32) g_ascii_strtoull (many, NULL, 10) : HISTORIES_NOW;
  guint32 first = one != NULL ? (guint32) g_ascii_strtoull (one, NULL, 10) : 1;

  if (one != NULL && many == NULL)
    n = 1;
  for (guint32 seed = first; seed < first + n; seed++) {
    g_test_message ("seed %u", seed); /* the last one is that of a failure */
    run_history (seed);
  }
  near_store_forget ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync/model/histories", test_histories);
  return g_test_run ();
}
