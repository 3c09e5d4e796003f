/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Files in an object store that nobody here has written, by signed addresses, as in real deployments. */

#include "desk.h"

/* Ann comes in by way of one who signs for that store. */
static void
test_store (gconstpointer engine)
{
  static const gsize sizes[] = { 1, PART - 1, PART, PART + 1, 3 * PART + 7, 22 * PART + 1 };
  const char *python = g_getenv ("OPENIM_S3_PYTHON");
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "s3.py", NULL);
  Server *server = server_start (NULL, FALSE);
  const char *const words[] = {
    python != NULL ? python : "python3", script, "--api", server->api, "--engine", engine, NULL
  };
  Program *store = program_start (words);
  JsonObject *ready = program_ready (store);
  Server through = { .ws = server->ws };
  Desk desk = { .folder = g_dir_make_tmp ("openim-files-XXXXXX", NULL) };
  g_autofree char *token = NULL;
  Visitor *ann;

  if (json_object_has_member (ready, "missing")) {
    g_test_skip (json_object_get_string_member (ready, "missing"));
    goto over;
  }
  g_test_message ("the store is %s", json_object_get_string_member (ready, "store"));
  through.api = json_object_get_string_member (ready, "api");
  person_free (person_new (server, "ann", "Ann"));
  token = server_token (server, "ann", PLATFORM_LINUX);
  ann = visitor_new (NULL);
  visitor_enter (ann, &through, "ann", token);
  visitor_heard (ann, EVENT (SyncServerFinish));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *path = desk_fill (&desk, "some ä.bin", sizes[i]);
    g_autofree char *url = desk_upload (ann, path, "");
    g_autofree char *again = desk_upload (ann, path, "again.bin");

    assert_stored (url, path, "application/x-test");
    assert_stored (again, path, "application/x-test");
  }
  visitor_leave (ann);

over:
  program_stop (store);
  server_stop (server);
  folder_remove (desk.folder);
  g_free (desk.folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/door/s3/minio", "minio", test_store);
  g_test_add_data_func ("/door/s3/aws", "aws", test_store);
  return g_test_run ();
}
