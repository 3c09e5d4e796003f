/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "bare.h"
#include "base/pb.h"
#include "figures.h"
#include "store/conversations.h"
#include "store/db.h"
#include "store/search.h"
#include "words.h"

#define DEADLINE 1800 /* s */
#define SERVER "http://127.0.0.1"
#define SELF "bench"
#define BATCH 1000
#define PAGE 20
#define POLL 2000 /* ms: who asks all the time keeps the store from being idle */

/* ---- the store, waiting */

typedef struct {
  gpointer result;
  gboolean done;
} Waiting;

static void
on_opened (GObject *source, GAsyncResult *result, gpointer data)
{
  Waiting *waiting = data;
  g_autoptr (GError) error = NULL;

  waiting->result = openim_store_open_finish (result, &error);
  if (waiting->result == NULL)
    bench_fail ("%s", error->message);
  waiting->done = TRUE;
}

static OpenimStore *
open_store (const Bench *bench)
{
  Waiting waiting = { NULL };

  openim_store_open_async (bench->dir, SERVER, SELF, NULL, on_opened, &waiting);
  bench_wait_flag (&waiting.done, DEADLINE, "opening the store");
  return waiting.result;
}

static void
on_run (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (openim_store_run_finish (OPENIM_STORE (source), result, &error) == NULL)
    bench_fail ("%s", error->message);
  *(gboolean *) data = TRUE;
}

static void
run (OpenimStore *store, OpenimStoreMode mode, OpenimStoreFunc func, gpointer job)
{
  gboolean done = FALSE;

  openim_store_run_async (store, mode, func, job, NULL, NULL, on_run, &done);
  bench_wait_flag (&done, DEADLINE, "a job of the store");
}

static void
on_closed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!openim_store_close_finish (OPENIM_STORE (source), result, &error))
    bench_fail ("%s", error->message);
  *(gboolean *) data = TRUE;
}

static void
close_store (OpenimStore *store)
{
  gboolean done = FALSE;

  openim_store_close_async (store, on_closed, &done);
  bench_wait_flag (&done, DEADLINE, "closing the store");
  g_object_unref (store);
}

/* ---- filling */

typedef struct {
  GRand *rand;
  int each;
  guint next, end;
  gboolean due; /* out: there is still something to index */
} Filling;

static OpenimMsgData *
message_new (GRand *rand, const char *sender, guint i, gint64 seq)
{
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autofree char *text = words_text (rand, i);

  openim_pb_set (&data->sendid, sender);
  openim_pb_set (&data->recvid, SELF);
  openim_pb_take (&data->clientmsgid, g_strdup_printf ("%08x%08x%08x%08x", g_rand_int (rand),
                                                       g_rand_int (rand), g_rand_int (rand), i));
  openim_pb_take (&data->servermsgid, g_strdup_printf ("%08x%08x%08x%08x", g_rand_int (rand),
                                                       g_rand_int (rand), g_rand_int (rand), i));
  openim_pb_take (&data->sendernickname, g_strdup_printf ("Person %s", sender));
  openim_pb_take (&data->senderfaceurl, g_strdup_printf ("http://127.0.0.1/object/%s/face.png", sender));
  openim_pb_set (&data->attachedinfo, "null");
  data->senderplatformid = 7;
  data->sessiontype = 1;
  data->msgfrom = 100;
  data->contenttype = 101;
  data->status = 2;
  data->seq = seq;
  data->sendtime = words_time (i);
  data->createtime = data->sendtime - i % 100;
  data->content.data = (guint8 *) g_strdup_printf ("{\"content\":\"%s\"}", text);
  data->content.len = strlen ((char *) data->content.data);
  return data;
}

static gboolean
fill_batch (OpenimDb *db, gpointer job, GError **error)
{
  Filling *filling = job;
  guint end = MIN (filling->end, filling->next + BATCH);

  for (; filling->next < end; filling->next++) {
    g_autofree char *user = g_strdup_printf ("p%06u", filling->next / filling->each);
    g_autofree char *id = g_strdup_printf ("si_" SELF "_%s", user);
    gint64 seq = filling->next % filling->each + 1;
    g_autoptr (OpenimMsgData) data = message_new (filling->rand, user, filling->next, seq);
    OpenimConversationChange change;
    OpenimStoredKind kind;

    if (seq == 1 && (!openim_conversations_ensure (db, id, 1, user, "", NULL, error) ||
                     !openim_conversations_set_seqs (db, id, filling->each, 0, NULL, error)))
      return FALSE;
    if (!openim_messages_put (db, id, SELF, data, &kind, error))
      return FALSE;
    if (seq == filling->each && !openim_conversations_refresh (db, id, &change, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_due (OpenimDb *db, gpointer job, GError **error)
{
  return openim_search_is_due (db, &((Filling *) job)->due, error);
}

static void
fill (const Bench *bench)
{
  Filling filling = { g_rand_new_with_seed (WORDS_SEED), bench->each, 0,
                      (guint) bench->chats * (guint) bench->each, 1 };
  OpenimStore *store;

  figures_begin (!bench->still);
  store = open_store (bench);
  while (filling.next < filling.end)
    run (store, OPENIM_STORE_WRITE, fill_batch, &filling);
  figures_pause ();
  for (guint i = 0; filling.due; i++) {
    if (i > DEADLINE * 1000 / POLL)
      bench_fail ("the search index takes more than %d s", DEADLINE);
    bench_rest (POLL);
    run (store, OPENIM_STORE_READ, is_due, &filling);
  }
  bench_rest (bench->quiet * 1000);
  figures_print ();
  close_store (store);
  g_rand_free (filling.rand);
}

static void
bare_fill (const Bench *bench)
{
  sqlite3 *db;

  figures_begin (!bench->still);
  db = rows_open (bench->dir);
  rows_insert_messages (db, bench->chats, bench->each);
  rows_insert_conversations (db, bench->chats);
  figures_pause ();
  bench_rest (bench->quiet * 1000);
  figures_print ();
  rows_close (db);
}

/* ---- looking */

typedef struct {
  char *id;
  const char *words[2];
  guint count;
  guint found;
} Looking;

static gboolean
open_chat (OpenimDb *db, gpointer job, GError **error)
{
  Looking *looking = job;
  g_autoptr (OpenimConversationRow) row = openim_conversations_get (db, looking->id, error);
  g_autoptr (GPtrArray) page =
      row != NULL ? openim_messages_page (db, looking->id, NULL, PAGE, FALSE, error) : NULL;

  looking->found = page != NULL ? page->len : 0;
  return page != NULL;
}

static gboolean
search (OpenimDb *db, gpointer job, GError **error)
{
  static const int types[] = { 101, 106 };
  Looking *looking = job;
  const OpenimSearch wanted = { .keywords = looking->words,
                                .types = types,
                                .n_types = G_N_ELEMENTS (types),
                                .end = G_MAXINT64,
                                .count = looking->count };
  g_autoptr (GPtrArray) rows = openim_search_messages (db, &wanted, error);

  looking->found = rows != NULL ? rows->len : 0;
  return rows != NULL;
}

static void
look (OpenimStore *store, OpenimStoreFunc func, Looking *looking, GArray *times)
{
  gint64 begin = g_get_monotonic_time ();
  double took;

  run (store, OPENIM_STORE_READ, func, looking);
  took = (double) (g_get_monotonic_time () - begin) / 1000;
  g_array_append_val (times, took);
}

static void
look_around (const Bench *bench)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (WORDS_SEED);
  g_autoptr (GArray) chats = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) few = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  guint found = 0;
  OpenimStore *store;

  figures_begin (!bench->still);
  store = open_store (bench);
  for (int i = 0; i < bench->count; i++) {
    Looking looking = { g_strdup_printf ("si_" SELF "_p%06d", g_rand_int_range (rand, 0, bench->chats)) };

    look (store, open_chat, &looking, chats);
    if (looking.found != MIN (PAGE, (guint) bench->each))
      bench_fail ("a conversation shows %u messages", looking.found);
    g_free (looking.id);
  }
  for (int i = 0; i < bench->count; i++) {
    g_autofree char *word = words_word (rand);
    Looking looking = { .words = { word, NULL }, .count = PAGE };

    look (store, search, &looking, few);
    looking.count = 0;
    look (store, search, &looking, all);
    found += looking.found;
  }
  figures_pause ();
  figures_add_spread ("open", chats);
  figures_add_spread ("search", few);
  figures_add_spread ("search_all", all);
  figures_add ("found", (double) found / bench->count);
  figures_print ();
  close_store (store);
}

static void
bare_look_around (const Bench *bench)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (WORDS_SEED);
  g_autoptr (GArray) chats = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) words = g_array_new (FALSE, FALSE, sizeof (double));
  sqlite3 *db;

  figures_begin (!bench->still);
  db = rows_open (bench->dir);
  for (int i = 0; i < bench->count; i++) {
    gint64 begin = g_get_monotonic_time ();
    double took;

    rows_read_newest (db, g_rand_int_range (rand, 0, bench->chats), PAGE);
    took = (double) (g_get_monotonic_time () - begin) / 1000;
    g_array_append_val (chats, took);
  }
  for (int i = 0; i < MIN (bench->count, 5); i++) {
    g_autofree char *word = words_word (rand);
    gint64 begin = g_get_monotonic_time ();
    double took;

    rows_read_with (db, word);
    took = (double) (g_get_monotonic_time () - begin) / 1000;
    g_array_append_val (words, took);
  }
  figures_pause ();
  figures_add_spread ("open", chats);
  figures_add_spread ("search", words);
  figures_print ();
  rows_close (db);
}

const BenchRow bench_store_works[] = {
  { "fill", fill, "Stores --chats of --each messages, all of them indexed" },
  { "bare-fill", bare_fill, "The same rows by SQLite alone" },
  { "look", look_around, "Opens --count conversations of such a store, and searches as often" },
  { "bare-look", bare_look_around, "The same by SQLite alone, which has to read everything to search" },
  { NULL },
};
