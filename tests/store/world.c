/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "world.h"

#include <glib/gstdio.h>
#include <string.h>

#define DEADLINE 30 /* s */

/* ---- folders */

char *
world_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("openim-store-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
world_folder_remove (char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
      world_folder_remove (g_steal_pointer (&path));
    else
      g_unlink (path);
  }
  g_clear_pointer (&dir, g_dir_close);
  g_rmdir (folder);
  g_free (folder);
}

/* ---- waiting */

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("nothing came in %d s", DEADLINE);
  return G_SOURCE_REMOVE;
}

void
world_wait (const int *flag)
{
  guint deadline = g_timeout_add_seconds (DEADLINE, on_deadline, NULL);

  while (*flag == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

typedef struct {
  GAsyncResult *result;
  int done;
} Wait;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  g_assert_cmpint (wait->done, ==, 0);
  wait->result = g_object_ref (result);
  wait->done = 1;
}

OpenimStore *
world_open (const char *folder, const char *user_id, GError **error)
{
  Wait wait = { 0 };

  openim_store_open_async (folder, WORLD_SERVER, user_id, NULL, on_done, &wait);
  g_assert_cmpint (wait.done, ==, 0);
  world_wait (&wait.done);
  g_autoptr (GAsyncResult) result = wait.result;
  return openim_store_open_finish (result, error);
}

gboolean
world_run (OpenimStore *store, OpenimStoreMode mode, OpenimStoreFunc func, gpointer job, GError **error)
{
  Wait wait = { 0 };
  static int nothing;

  if (job == NULL)
    job = &nothing;
  openim_store_run_async (store, mode, func, job, NULL, NULL, on_done, &wait);
  g_assert_cmpint (wait.done, ==, 0);
  world_wait (&wait.done);
  g_autoptr (GAsyncResult) result = wait.result;
  return openim_store_run_finish (store, result, error) == job;
}

void
world_close (OpenimStore *store)
{
  Wait wait = { 0 };
  g_autoptr (GError) error = NULL;

  openim_store_close_async (store, on_done, &wait);
  world_wait (&wait.done);
  g_autoptr (GAsyncResult) result = wait.result;
  openim_store_close_finish (store, result, &error);
  g_assert_no_error (error);
  g_object_unref (store);
}

/* ---- tests that are one job */

static void
run_job_test (gconstpointer user_data)
{
  OpenimStoreFunc body = *(const OpenimStoreFunc *) user_data;
  g_autoptr (GError) error = NULL;
  char *folder = world_folder_new ();
  OpenimStore *store = world_open (folder, WORLD_SELF, &error);

  g_assert_no_error (error);
  world_run (store, OPENIM_STORE_WRITE, body, NULL, &error);
  g_assert_no_error (error);
  world_close (store);
  world_folder_remove (folder);
}

void
world_add_job_test (const char *path, OpenimStoreFunc body)
{
  OpenimStoreFunc *data = g_new (OpenimStoreFunc, 1);

  *data = body;
  g_test_add_data_func_full (path, data, run_job_test, g_free);
}

/* ---- messages */

OpenimMsgData *
world_message (const char *client_msg_id, const char *sender, gint64 seq, gint64 send_time)
{
  OpenimMsgData *data = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  g_autofree char *content = g_strdup_printf ("{\"content\":\"text of %s\"}", client_msg_id);

  openim_pb_set (&data->sendid, sender);
  openim_pb_set (&data->recvid, g_str_equal (sender, WORLD_SELF) ? "bob" : WORLD_SELF);
  openim_pb_set (&data->clientmsgid, client_msg_id);
  openim_pb_set (&data->sendernickname, sender);
  data->senderplatformid = 7;
  data->sessiontype = OPENIM_SESSION_SINGLE;
  data->msgfrom = 100;
  data->contenttype = 101;
  data->content.len = strlen (content);
  data->content.data = (guint8 *) g_steal_pointer (&content);
  data->seq = seq;
  data->sendtime = send_time;
  data->createtime = send_time - 3;
  data->status = OPENIM_STATUS_SENDING;
  return data;
}
