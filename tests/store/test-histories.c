/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Random histories of one conversation against a model of a few lines: nothing is lost, doubled or out of
 * order, and what is deleted stays so. */

#include "store/messages.h"
#include "store/ranges.h"
#include "world.h"

#define SEED 20240602
#define HISTORIES 10000
#define STEPS 24
#define SEQS 10 /* 1 … 9 */

/* A message as the model knows it, by the number of its clientMsgID; seq 0: none yet. */
typedef struct {
  gboolean there;
  gint64 seq;
  gboolean hidden;
} Entry;

typedef struct {
  OpenimDb *db;
  GRand *rand;
  char *chat;
  int id_of_seq[SEQS]; /* what the server has: a few IDs are used twice */
  gboolean own[SEQS];  /* by ID */
  Entry entries[SEQS];
  gboolean taken[SEQS], taken_hidden[SEQS]; /* by seq */
} Model;

static OpenimMsgData *
make (Model *model, int id, gint64 seq)
{
  g_autofree char *name = g_strdup_printf ("m%d", id);

  return world_message (name, model->own[id] ? WORLD_SELF : "bob", seq, 1000 * (seq > 0 ? seq : SEQS + id));
}

/* What must become of a message that the server sends. */
static OpenimStoredKind
expect_put (Model *model, int seq, gboolean deleted)
{
  int id = model->id_of_seq[seq];
  Entry *entry = &model->entries[id];
  gboolean waits = entry->there && entry->seq == 0;

  if (model->taken[seq] && model->taken_hidden[seq])
    return OPENIM_STORED_DELETED;
  if (model->taken[seq]) {
    model->taken_hidden[seq] = deleted;
    entry->hidden |= deleted;
    return deleted ? OPENIM_STORED_UPDATED : OPENIM_STORED_KNOWN;
  }
  model->taken[seq] = TRUE;
  if (waits && (model->own[id] || deleted)) {
    gboolean was_hidden = entry->hidden;
    entry->seq = seq;
    entry->hidden |= deleted;
    model->taken_hidden[seq] = entry->hidden;
    return was_hidden ? OPENIM_STORED_DELETED : deleted ? OPENIM_STORED_UPDATED : OPENIM_STORED_ECHO;
  }
  model->taken_hidden[seq] = deleted || entry->there;
  if (entry->there)
    return deleted ? OPENIM_STORED_DELETED : OPENIM_STORED_DUPLICATE;
  *entry = (Entry){ TRUE, seq, deleted };
  return deleted ? OPENIM_STORED_DELETED : OPENIM_STORED_NEW;
}

static void
step_put (Model *model)
{
  g_autoptr (GError) error = NULL;
  int seq = g_rand_int_range (model->rand, 1, SEQS);
  gboolean deleted = g_rand_int_range (model->rand, 0, 5) == 0;
  g_autoptr (OpenimMsgData) data = make (model, model->id_of_seq[seq], seq);
  OpenimStoredKind expected = expect_put (model, seq, deleted);
  OpenimStoredKind kind;

  if (deleted)
    data->status = OPENIM_STATUS_DELETED;
  openim_messages_put (model->db, model->chat, WORLD_SELF, data, &kind, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kind, ==, expected);
}

static void
step_send (Model *model)
{
  g_autoptr (GError) error = NULL;
  int id = g_rand_int_range (model->rand, 1, SEQS);
  g_autoptr (OpenimMsgData) data = NULL;

  if (!model->own[id])
    return;
  data = make (model, id, 0);
  if (openim_messages_put_local (model->db, model->chat, data, &error)) {
    g_assert_false (model->entries[id].there);
    model->entries[id] = (Entry){ TRUE, 0, FALSE };
  } else {
    g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_MSG_REPEAT);
    g_assert_true (model->entries[id].there);
  }
}

static void
step_delete (Model *model)
{
  g_autoptr (GError) error = NULL;
  int id = g_rand_int_range (model->rand, 1, SEQS);
  g_autofree char *name = g_strdup_printf ("m%d", id);
  Entry *entry = &model->entries[id];

  if (!openim_messages_set_status (model->db, model->chat, name, OPENIM_STATUS_DELETED, &error)) {
    g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_NOT_FOUND);
    g_assert_false (entry->there);
    return;
  }
  g_assert_true (entry->there);
  entry->hidden = TRUE;
  model->taken_hidden[entry->seq] = TRUE;
}

/* Shown are those of the model, in the order of time and seq. */
static void
check (Model *model)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) page = openim_messages_page (model->db, model->chat, NULL, 100, FALSE, &error);
  gint64 max_seq = 0, last = 0;
  guint shown = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < page->len; i++) {
    const OpenimMsgData *data = ((OpenimStoredMessage *) page->pdata[i])->data;
    const Entry *entry = &model->entries[data->clientmsgid[1] - '0'];
    g_assert_true (entry->there && !entry->hidden);
    g_assert_cmpint (data->seq, ==, entry->seq);
    g_assert_cmpint (data->sendtime, >, last);
    last = data->sendtime;
  }
  for (int i = 1; i < SEQS; i++) {
    shown += model->entries[i].there && !model->entries[i].hidden;
    if (model->taken[i])
      max_seq = i;
    g_autoptr (GArray) missing = openim_ranges_missing (model->db, model->chat, i, i, &error);
    g_assert_cmpuint (missing->len, ==, model->taken[i] ? 0 : 1);
  }
  g_assert_cmpuint (page->len, ==, shown);
  g_assert_cmpint (openim_messages_max_seq (model->db, model->chat, &error), ==, max_seq);
}

static void
run_history (OpenimDb *db, GRand *rand, int number)
{
  g_autofree char *chat = g_strdup_printf ("si_alice_bob%d", number);
  Model model = { db, rand, chat };

  for (int i = 1; i < SEQS; i++) {
    model.id_of_seq[i] = g_rand_int_range (rand, 0, 5) > 0 ? i : g_rand_int_range (rand, 1, SEQS);
    model.own[i] = g_rand_boolean (rand);
  }
  for (int step = 0; step < STEPS; step++) {
    int act = g_rand_int_range (rand, 0, 8);
    if (act < 5)
      step_put (&model);
    else if (act < 7)
      step_send (&model);
    else
      step_delete (&model);
  }
  check (&model);
}

static gboolean
test_histories (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);

  for (int i = 0; i < HISTORIES; i++)
    run_history (db, rand, i);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_add_job_test ("/store/histories", test_histories);
  return g_test_run ();
}
