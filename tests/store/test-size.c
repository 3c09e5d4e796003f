/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "store/conversations.h"
#include "store/db.h"
#include "store/search.h"
#include "world.h"

#define CONVERSATIONS 200
#define SEED 7

/* An ID as official clients and the server make them. */
static void
set_random_id (char **field, GRand *rand)
{
  openim_pb_take (field, g_strdup_printf ("%08x%08x%08x%08x", g_rand_int (rand), g_rand_int (rand),
                                          g_rand_int (rand), g_rand_int (rand)));
}

/* A text of 40 characters with the fields that the real server sends. */
static OpenimMsgData *
make_message (GRand *rand, const char *sender, gint64 seq)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  gint64 time = G_GINT64_CONSTANT (1795414137000) + seq * 60000 + g_rand_int_range (rand, 0, 60000);
  OpenimMsgData *data = world_message ("", sender, seq, time);
  char text[41];

  for (int i = 0; i < 40; i++)
    text[i] = letters[g_rand_int_range (rand, 0, sizeof letters - 1)];
  text[40] = '\0';
  g_free (data->content.data);
  data->content.data = (guint8 *) g_strdup_printf ("{\"content\":\"%s\"}", text);
  data->content.len = strlen ((char *) data->content.data);
  openim_pb_take (&data->senderfaceurl,
                  g_strdup_printf ("http://127.0.0.1:10002/object/%s/face.png", sender));
  openim_pb_set (&data->attachedinfo, "null");
  set_random_id (&data->clientmsgid, rand);
  set_random_id (&data->servermsgid, rand);
  return data;
}

static gboolean
fill_conversation (OpenimDb *db, GRand *rand, int number, int messages, GError **error)
{
  g_autofree char *user = g_strdup_printf ("user%06d", number);
  g_autofree char *id = g_strdup_printf ("si_alice_%s", user);
  OpenimConversationChange change;
  OpenimStoredKind kind;

  if (!openim_conversations_ensure (db, id, OPENIM_SESSION_SINGLE, user, "", NULL, error) ||
      !openim_conversations_set_seqs (db, id, messages, 0, NULL, error))
    return FALSE;
  for (int seq = 1; seq <= messages; seq++) {
    g_autoptr (OpenimMsgData) data = make_message (rand, seq % 2 == 0 ? WORLD_SELF : user, seq);
    if (!openim_messages_put (db, id, WORLD_SELF, data, &kind, error))
      return FALSE;
  }
  return openim_conversations_refresh (db, id, &change, error);
}

static gboolean
fill (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);

  for (int i = 0; i < CONVERSATIONS; i++)
    if (!fill_conversation (db, rand, i, *(int *) job, error))
      return FALSE;
  return TRUE;
}

static gboolean
make_searchable (OpenimDb *db, gpointer job, GError **error)
{
  gboolean more = TRUE;

  /* The indexer makes transactions of its own. */
  if (!openim_db_commit (db, error))
    return FALSE;
  while (more)
    if (!openim_search_index (db, &more, error))
      return FALSE;
  return openim_db_begin (db, FALSE, error);
}

/* @messages a conversation take at most @limit bytes once the store is closed, and two and a half times as
 * much when they can be searched. Few texts of random letters are the worst case for that: what a million of
 * real ones take grows by a fifth. */
static void
check (int messages, goffset limit)
{
  g_autoptr (GError) error = NULL;
  char *folder = world_folder_new ();
  OpenimStore *store = world_open (folder, WORLD_SELF, &error);
  g_autofree char *path = g_strdup (openim_store_get_path (store));
  struct stat info;

  gint64 begin = g_get_monotonic_time ();
  world_run (store, OPENIM_STORE_WRITE, fill, &messages, &error);
  g_assert_no_error (error);
  g_test_message ("%d messages stored in %.3f s", CONVERSATIONS * messages,
                  (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
  world_close (store);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_test_message ("%d messages in %d conversations: %.3f MB", CONVERSATIONS * messages, CONVERSATIONS,
                  (double) info.st_size / 1e6);
  g_assert_cmpint (info.st_size, <=, limit);

  store = world_open (folder, WORLD_SELF, &error);
  begin = g_get_monotonic_time ();
  world_run (store, OPENIM_STORE_WRITE, make_searchable, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("made ready for searching in %.3f s",
                  (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
  world_close (store);
  g_assert_cmpint (stat (path, &info), ==, 0);
  g_test_message ("with that: %.3f MB", (double) info.st_size / 1e6);
  g_assert_cmpint (info.st_size, <=, 5 * limit / 2);
  world_folder_remove (folder);
}

static void
test_empty (void)
{
  check (0, 200000);
}

static void
test_few (void)
{
  check (10, 600000);
}

static void
test_many (void)
{
  check (50, 2000000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/size/empty", test_empty);
  g_test_add_func ("/store/size/few", test_few);
  g_test_add_func ("/store/size/many", test_many);
  return g_test_run ();
}
