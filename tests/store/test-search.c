/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "store/db.h"
#include "store/deletions.h"
#include "store/search.h"
#include "world.h"

#define TEAM "sg_team"
#define TIME G_GINT64_CONSTANT (1795414137000)

static void
put (OpenimDb *db, const char *chat, gint64 seq, const char *sender, int type, const char *content)
{
  g_autofree char *id = g_strdup_printf ("%s-%" G_GINT64_FORMAT, chat, seq);
  g_autoptr (OpenimMsgData) data = world_message (id, sender, seq, TIME + seq * 1000);
  OpenimStoredKind kind;
  GError *error = NULL;

  data->contenttype = type;
  g_free (data->content.data);
  data->content.len = strlen (content);
  data->content.data = (guint8 *) g_strdup (content);
  openim_messages_put (db, chat, WORLD_SELF, data, &kind, &error);
  g_assert_no_error (error);
  g_assert_cmpint (kind, ==, OPENIM_STORED_NEW);
}

static void
put_text (OpenimDb *db, gint64 seq, const char *text)
{
  g_autofree char *content = g_strdup_printf ("{\"content\":\"%s\"}", text);

  put (db, WORLD_CHAT, seq, "bob", 101, content);
}

static void
index_all (OpenimDb *db)
{
  GError *error = NULL;
  gboolean more;

  /* The job's own transaction is open; the indexer wants to make one. */
  openim_db_commit (db, &error);
  g_assert_no_error (error);
  do {
    openim_search_index (db, &more, &error);
    g_assert_no_error (error);
  } while (more);
  openim_db_begin (db, FALSE, &error);
  g_assert_no_error (error);
}

static const int texts[] = { 101, 106, 105 };

/* Seqs of what is found, as "3 1"; @words separated by commas. */
static void
expect (OpenimDb *db, const char *words, gboolean all, const char *seqs)
{
  g_auto (GStrv) keywords = g_strsplit (words, ",", -1);
  OpenimSearch search = { WORLD_CHAT, (const char *const *) keywords, all, NULL, texts, 3, 0, G_MAXINT64 };
  g_autoptr (GString) found = g_string_new (NULL);
  GError *error = NULL;
  g_autoptr (GPtrArray) messages = openim_search_messages (db, &search, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < messages->len; i++) {
    const OpenimStoredMessage *message = messages->pdata[i];

    g_assert_cmpstr (message->conversation_id, ==, WORLD_CHAT);
    g_string_append_printf (found, "%s%" G_GINT64_FORMAT, i > 0 ? " " : "", message->data->seq);
  }
  g_assert_cmpstr (found->str, ==, seqs);
}

/* The same whether the index knows them or not. */
static void
check_words (OpenimDb *db)
{
  expect (db, "天气", FALSE, "3 1");
  expect (db, "气", FALSE, "3 1");
  expect (db, "好", FALSE, "1"); /* the last one of its text */
  expect (db, "气好", FALSE, "");
  expect (db, "今天天气很好", FALSE, "1");
  expect (db, "hello", FALSE, "4 2");
  expect (db, "ELL", FALSE, "4 2");
  expect (db, "o w", FALSE, "2");
  expect (db, "o  w", FALSE, "");
  expect (db, "d", FALSE, "11 2");
  expect (db, "STRASSE", FALSE, "5");
  expect (db, "straße", FALSE, "5");
  expect (db, "abc", FALSE, "6"); /* of full width */
  expect (db, "100%", FALSE, "7");
  expect (db, "%", FALSE, "7");
  expect (db, "\"*", FALSE, "8");
  expect (db, "🙂", FALSE, "9");
  expect (db, "hello,天气", FALSE, "4 3 2 1");
  expect (db, "hello,world", TRUE, "2");
  expect (db, "hello,天气", TRUE, "");
  expect (db, "content", FALSE, "");
  expect (db, "url,4711,png", FALSE, "");
  expect (db, "report", FALSE, "11");
  expect (db, "see", FALSE, "12");
  expect (db, "alice", FALSE, "12");
  expect (db, "nothing like it", FALSE, "");
  expect (db, " \u3000", FALSE, "");
}

static gboolean
find_words (OpenimDb *db, gpointer job, GError **error)
{
  put_text (db, 1, "今天天气很好");
  put_text (db, 2, "Hello world");
  put_text (db, 3, "天气");
  put_text (db, 4, "hello\\nhello");
  put_text (db, 5, "Straße");
  put_text (db, 6, "ＡＢＣ");
  put_text (db, 7, "100% sure");
  put_text (db, 8, "\\\"*\\\"");
  put_text (db, 9, "🙂");
  put (db, WORLD_CHAT, 10, "bob", 102,
       "{\"sourcePicture\":{\"url\":\"http://127.0.0.1/report.png\",\"width\":4711}}");
  put (db, WORLD_CHAT, 11, "bob", 105,
       "{\"fileName\":\"Report.pdf\",\"sourceUrl\":\"http://127.0.0.1/hello\"}");
  put (db, WORLD_CHAT, 12, "bob", 106, "{\"text\":\"@alice see\",\"atUserList\":[\"hello\"]}");

  check_words (db);
  index_all (db);
  check_words (db);
  return TRUE;
}

static guint
count (OpenimDb *db, const OpenimSearch *search)
{
  GError *error = NULL;
  g_autoptr (GPtrArray) messages = openim_search_messages (db, search, &error);

  g_assert_no_error (error);
  return messages->len;
}

static void
check_conditions (OpenimDb *db)
{
  const char *const words[] = { "word", NULL };
  const char *const bob[] = { "bob", "nobody", NULL };
  const int pictures[] = { 102 };
  const int cards[] = { 108, 114 };
  OpenimSearch search = { NULL, words, FALSE, NULL, texts, 3, 0, G_MAXINT64 };
  g_autoptr (GPtrArray) messages = NULL;
  GError *error = NULL;

  g_assert_cmpuint (count (db, &search), ==, 11);
  search.senders = bob;
  g_assert_cmpuint (count (db, &search), ==, 5);
  search.senders = NULL;
  search.begin = TIME + 3000;
  search.end = TIME + 6000;
  g_assert_cmpuint (count (db, &search), ==, 4);
  search.begin = 0;
  search.end = G_MAXINT64;
  search.conversation_id = TEAM;
  g_assert_cmpuint (count (db, &search), ==, 1);
  search.conversation_id = "si_alice_stranger";
  g_assert_cmpuint (count (db, &search), ==, 0);

  search.conversation_id = WORLD_CHAT;
  search.offset = 2;
  search.count = 3;
  messages = openim_search_messages (db, &search, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (messages->len, ==, 3);
  g_assert_cmpint (((OpenimStoredMessage *) messages->pdata[0])->data->seq, ==, 8);
  g_assert_cmpint (((OpenimStoredMessage *) messages->pdata[2])->data->seq, ==, 6);
  search.offset = 9;
  g_assert_cmpuint (count (db, &search), ==, 1);
  search.offset = 10;
  g_assert_cmpuint (count (db, &search), ==, 0);
  search.offset = search.count = 0;

  search.types = cards;
  search.n_types = 2;
  g_assert_cmpuint (count (db, &search), ==, 2);
  search.types = pictures;
  search.n_types = 1;
  g_assert_cmpuint (count (db, &search), ==, 0);
  search.keywords = NULL;
  g_assert_cmpuint (count (db, &search), ==, 1);
  search.conversation_id = NULL;
  g_assert_cmpuint (count (db, &search), ==, 2);
  search.types = texts;
  g_assert_cmpuint (count (db, &search), ==, 11);
}

static gboolean
find_conditions (OpenimDb *db, gpointer job, GError **error)
{
  for (int i = 1; i <= 10; i++)
    put (db, WORLD_CHAT, i, i % 2 == 0 ? WORLD_SELF : "bob", 101, "{\"content\":\"a word\"}");
  put (db, TEAM, 1, "carl", 101, "{\"content\":\"a Word\"}");
  put (db, TEAM, 2, "carl", 102, "{\"sourcePicture\":{\"url\":\"word\"}}");
  put (db, WORLD_CHAT, 20, "bob", 102, "{\"sourcePicture\":{\"url\":\"word\"}}");
  put (db, WORLD_CHAT, 21, "bob", 108, "{\"userID\":\"x\",\"nickname\":\"Wordsworth\"}");
  put (db, WORLD_CHAT, 22, "bob", 114,
       "{\"text\":\"my word\",\"quoteMessage\":{\"textElem\":{\"content\":\"other\"}}}");

  check_conditions (db);
  index_all (db);
  check_conditions (db);
  return TRUE;
}

/* What is gone is not found, and leaves nothing in the index. */
static void
check_gone (OpenimDb *db, gboolean indexed)
{
  g_autoptr (OpenimMsgData) own = world_message ("own", WORLD_SELF, 0, TIME + 5000);
  OpenimStoredKind kind;
  GError *error = NULL;

  put_text (db, 1, "first word");
  put_text (db, 2, "second word");
  put_text (db, 3, "third word");
  openim_messages_put_local (db, WORLD_CHAT, own, &error);
  g_assert_no_error (error);
  if (indexed)
    index_all (db);

  openim_messages_delete (db, WORLD_CHAT, WORLD_CHAT "-1", &error);
  g_assert_no_error (error);
  expect (db, "word", FALSE, "3 2");
  openim_messages_set_content (db, WORLD_CHAT, WORLD_CHAT "-2", OPENIM_CONTENT_REVOKED, "{\"detail\":\"{}\"}",
                               &error);
  g_assert_no_error (error);
  expect (db, "word", FALSE, "3");
  openim_messages_set_content (db, WORLD_CHAT, WORLD_CHAT "-3", 101, "{\"content\":\"another\"}", &error);
  g_assert_no_error (error);
  expect (db, "word", FALSE, "");
  expect (db, "another", FALSE, "3");

  /* The echo moves a message to its seq. */
  expect (db, "text of own", FALSE, "0");
  own->seq = 4;
  openim_messages_put (db, WORLD_CHAT, WORLD_SELF, own, &kind, &error);
  g_assert_no_error (error);
  expect (db, "text of own", FALSE, "4");
  if (indexed)
    index_all (db);
  expect (db, "text of own", FALSE, "4");

  openim_conversations_clear (db, WORLD_CHAT, G_MAXINT64, &error);
  g_assert_no_error (error);
  expect (db, "another", FALSE, "");
  expect (db, "own", FALSE, "");
}

static void
expect_number (OpenimDb *db, const char *sql, gint64 expected)
{
  GError *error = NULL;
  gint64 number = -1;

  openim_db_get_int (db, &number, &error, sql, "");
  g_assert_no_error (error);
  g_assert_cmpint (number, ==, expected);
}

static gboolean
forget_indexed (OpenimDb *db, gpointer job, GError **error)
{
  check_gone (db, TRUE);
  expect_number (db, "SELECT count(*) FROM search_todo", 0);
  expect_number (db, "SELECT count(*) FROM search WHERE search MATCH '\"wo\" OR \"an\" OR \"ow\"'", 0);
  return TRUE;
}

static gboolean
forget_waiting (OpenimDb *db, gpointer job, GError **error)
{
  check_gone (db, FALSE);
  expect_number (db, "SELECT count(*) FROM search_todo", 0);
  return TRUE;
}

static gboolean
forget_all (OpenimDb *db, gpointer job, GError **error)
{
  OpenimSearch search = { NULL, (const char *const[]){ "word", NULL }, FALSE, NULL, texts, 3, 0, G_MAXINT64 };

  if (!openim_conversations_ensure (db, WORLD_CHAT, OPENIM_SESSION_SINGLE, "bob", "", NULL, error) ||
      !openim_conversations_ensure (db, TEAM, OPENIM_SESSION_GROUP, "", "team", NULL, error))
    return FALSE;
  put_text (db, 1, "first word");
  put (db, TEAM, 1, "carl", 101, "{\"content\":\"a word\"}");
  index_all (db);
  put_text (db, 2, "second word");
  g_assert_cmpuint (count (db, &search), ==, 3);
  if (!openim_conversations_clear_all (db, error))
    return FALSE;
  g_assert_cmpuint (count (db, &search), ==, 0);
  put_text (db, 3, "third word");
  index_all (db);
  g_assert_cmpuint (count (db, &search), ==, 1);
  return openim_messages_delete (db, WORLD_CHAT, WORLD_CHAT "-3", error);
}

/* ---- the store does it by itself */

typedef struct {
  int next;
  gint64 waiting;
} Some;

static gboolean
put_some (OpenimDb *db, gpointer job, GError **error)
{
  int end = ((Some *) job)->next + OPENIM_SEARCH_UNINDEXED / 2 + 1;

  for (; ((Some *) job)->next < end; ((Some *) job)->next++)
    put_text (db, ((Some *) job)->next, "word");
  return TRUE;
}

static gboolean
count_waiting (OpenimDb *db, gpointer job, GError **error)
{
  return openim_db_get_int (db, &((Some *) job)->waiting, error, "SELECT count(*) FROM search_todo", "");
}

static gboolean
set_flag (gpointer flag)
{
  *(int *) flag = 1;
  return G_SOURCE_REMOVE;
}

/* Who asks all the time keeps the store from being idle. */
static void
wait_a_little (void)
{
  int over = 0;

  g_timeout_add (300, set_flag, &over);
  world_wait (&over);
}

static void
test_idle (void)
{
  char *folder = world_folder_new ();
  g_autoptr (GError) error = NULL;
  OpenimStore *store = world_open (folder, WORLD_SELF, &error);
  gint64 deadline = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  Some some = { 1 };

  g_assert_no_error (error);
  world_run (store, OPENIM_STORE_WRITE, put_some, &some, &error);
  g_assert_no_error (error);
  wait_a_little ();
  world_run (store, OPENIM_STORE_READ, count_waiting, &some, &error);
  g_assert_no_error (error);
  g_assert_cmpint (some.waiting, ==, some.next - 1); /* too few */

  world_run (store, OPENIM_STORE_WRITE, put_some, &some, &error);
  g_assert_no_error (error);
  do {
    wait_a_little ();
    world_run (store, OPENIM_STORE_READ, count_waiting, &some, &error);
    g_assert_no_error (error);
    g_assert_cmpint (g_get_monotonic_time (), <, deadline);
  } while (some.waiting > 0);
  world_close (store);
  world_folder_remove (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  world_add_job_test ("/store/search/words", find_words);
  world_add_job_test ("/store/search/conditions", find_conditions);
  world_add_job_test ("/store/search/forget-indexed", forget_indexed);
  world_add_job_test ("/store/search/forget-waiting", forget_waiting);
  world_add_job_test ("/store/search/forget-all", forget_all);
  g_test_add_func ("/store/search/idle", test_idle);
  return g_test_run ();
}
