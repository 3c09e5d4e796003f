/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/outbox.h"
#include "world.h"

#define MANY 1000

static gboolean
send_message (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimMsgData) data = world_message (job, WORLD_SELF, 0, 1000);

  return openim_messages_put_local (db, WORLD_CHAT, data, error) &&
         openim_outbox_add (db, WORLD_CHAT, data, error);
}

static char *
list (OpenimDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = openim_outbox_list (db, &error);
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++) {
    const OpenimOutboxEntry *entry = entries->pdata[i];
    g_assert_cmpstr (entry->message->conversation_id, ==, WORLD_CHAT);
    g_assert_cmpint (entry->created, >, 0);
    g_string_append_printf (text, "%s%s:%u%s", i > 0 ? " " : "", entry->message->data->clientmsgid,
                            entry->attempts, entry->acknowledged ? "!" : "");
  }
  return g_string_free (text, FALSE);
}

static void
assert_list (OpenimDb *db, const char *expected)
{
  g_autofree char *found = list (db);

  g_assert_cmpstr (found, ==, expected);
}

static gboolean
test_states (OpenimDb *db, gpointer job, GError **error)
{
  for (int i = 1; i <= 3; i++) {
    g_autofree char *id = g_strdup_printf ("m%d", i);
    g_assert_true (send_message (db, id, error));
  }
  assert_list (db, "m1:0 m2:0 m3:0");
  g_assert_true (openim_outbox_mark_attempt (db, WORLD_CHAT, "m2", error));
  g_assert_true (openim_outbox_mark_attempt (db, WORLD_CHAT, "m2", error));
  g_assert_true (openim_outbox_mark_acknowledged (db, WORLD_CHAT, "m3", error));
  assert_list (db, "m1:0 m2:2 m3:0!");
  g_assert_true (openim_outbox_remove (db, WORLD_CHAT, "m1", error));
  g_assert_true (openim_outbox_remove (db, WORLD_CHAT, "m1", error));
  g_assert_true (openim_outbox_remove (db, "si_alice_zoe", "m2", error));
  assert_list (db, "m2:2 m3:0!");

  g_autoptr (OpenimMsgData) again = world_message ("m2", WORLD_SELF, 0, 2000);
  g_assert_true (openim_outbox_add (db, WORLD_CHAT, again, error));
  assert_list (db, "m3:0! m2:0");

  /* Held, and let go. */
  g_assert_true (openim_outbox_hold (db, WORLD_CHAT, again, error));
  assert_list (db, "m3:0! m2:1000");
  g_assert_true (openim_outbox_add (db, WORLD_CHAT, again, error));
  assert_list (db, "m3:0! m2:0");
  return TRUE;
}

/* Here everything goes out that was given. */
static gboolean
test_complete (OpenimDb *db, gpointer job, GError **error)
{
  g_autoptr (OpenimMsgData) data = world_message ("m", WORLD_SELF, 0, 1000);
  Openim__Sdkws__MsgData__OptionsEntry *entry =
      openim_pb_new (&openim__sdkws__msg_data__options_entry__descriptor);

  openim_pb_set (&entry->key, "anything");
  openim_pb_append (&data->n_options, &data->options, entry);
  data->offlinepushinfo = openim_pb_new (&openim__sdkws__offline_push_info__descriptor);
  openim_pb_set (&data->offlinepushinfo->title, "title");
  g_assert_true (openim_outbox_add (db, WORLD_CHAT, data, error));
  g_autoptr (GPtrArray) entries = openim_outbox_list (db, error);
  g_assert_true (openim_pb_equal (((OpenimOutboxEntry *) entries->pdata[0])->message->data, data));
  return TRUE;
}

static gboolean
has_message (OpenimDb *db, gpointer job, GError **error)
{
  assert_list (db, "m1:0");
  g_autoptr (OpenimStoredMessage) message = openim_messages_get (db, WORLD_CHAT, "m1", error);
  g_assert_cmpint (message->data->status, ==, OPENIM_STATUS_SENDING);
  return TRUE;
}

static void
test_reopen (void)
{
  char *folder = world_folder_new ();
  g_autoptr (GError) error = NULL;
  OpenimStore *store = world_open (folder, WORLD_SELF, &error);

  g_assert_no_error (error);
  world_run (store, OPENIM_STORE_DURABLE, send_message, (gpointer) "m1", &error);
  g_assert_no_error (error);
  world_close (store);
  store = world_open (folder, WORLD_SELF, &error);
  g_assert_no_error (error);
  world_run (store, OPENIM_STORE_READ, has_message, NULL, &error);
  g_assert_no_error (error);
  world_close (store);
  world_folder_remove (folder);
}

/* The other half of test_kill: is killed in the moment when the callback says that the message is stored. */
static int
be_killed (const char *folder)
{
  OpenimStore *store = world_open (folder, WORLD_SELF, NULL);

  if (store != NULL && world_run (store, OPENIM_STORE_DURABLE, send_message, (gpointer) "m1", NULL))
    kill (getpid (), SIGKILL);
  return 1;
}

static void
test_kill (void)
{
  char *folder = world_folder_new ();
  g_autoptr (GError) error = NULL;
  int status;

  pid_t child = fork ();
  if (child == 0) {
    execl ("/proc/self/exe", "test-outbox", "--be-killed", folder, NULL);
    _exit (99);
  }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);

  OpenimStore *store = world_open (folder, WORLD_SELF, &error); /* the lock went with the process */
  g_assert_no_error (error);
  g_assert_false (openim_store_was_corrupt (store));
  world_run (store, OPENIM_STORE_READ, has_message, NULL, &error);
  g_assert_no_error (error);
  world_close (store);
  world_folder_remove (folder);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = openim_store_run_finish (OPENIM_STORE (source), result, &error);

  g_assert_no_error (error);
  *(int *) user_data += 1;
}

/* Many that wait are written together: the disk is asked a few times, not a thousand times. */
static void
test_many (void)
{
  char *folder = world_folder_new ();
  g_autoptr (GError) error = NULL;
  OpenimStore *store = world_open (folder, WORLD_SELF, &error);
  int sent = 0;

  g_assert_no_error (error);
  gint64 begin = g_get_monotonic_time ();
  for (int i = 0; i < MANY; i++)
    openim_store_run_async (store, OPENIM_STORE_DURABLE, send_message, g_strdup_printf ("m%d", i), g_free,
                            NULL, on_sent, &sent);
  while (sent < MANY)
    g_main_context_iteration (NULL, TRUE);
  double seconds = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  g_test_message ("%d durable sends in %.3f s", MANY, seconds);
  g_assert_cmpfloat (seconds, <, 10); /* a promise of speed is for the benchmark; this is no hang */
  world_close (store);
  world_folder_remove (folder);
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && strcmp (argv[1], "--be-killed") == 0)
    return be_killed (argv[2]);
  g_test_init (&argc, &argv, NULL);
  world_add_job_test ("/store/outbox/states", test_states);
  world_add_job_test ("/store/outbox/complete", test_complete);
  g_test_add_func ("/store/outbox/reopen", test_reopen);
  g_test_add_func ("/store/outbox/kill", test_kill);
  g_test_add_func ("/store/outbox/many", test_many);
  return g_test_run ();
}
