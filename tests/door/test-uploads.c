/* SPDX-License-Identifier: GPL-3.0-or-later */

/* UploadFile. */

#include "desk.h"

static void
test_upload (void)
{
  static const gsize sizes[] = { 1, PART - 1, PART, PART + 1, 2 * PART + 3 };
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree char *path = desk_fill (desk, "some.bin", sizes[i]);
    g_autofree char *url = desk_upload (ann, path, "");

    g_assert_true (g_str_has_suffix (url, "/object/ann/some.bin"));
    g_assert_true (g_str_has_prefix (url, desk->world->server->api));
    assert_stored (url, path, "application/x-test");
    /* Bob has it too, under a name of his. */
    g_autofree char *copy = desk_upload (desk->world->bob, path, "mine.bin");

    g_assert_true (g_str_has_suffix (copy, "/object/bob/mine.bin"));
    assert_stored (copy, path, NULL);
  }

  desk_free (desk);
  proves_functions (FUNCTION (UploadFile), 0);
}

static void
test_progress (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *path = desk_fill (desk, "some.bin", 3 * PART);
  Openim__Sdk__Third__UploadFileReq request = OPENIM__SDK__THIRD__UPLOAD_FILE_REQ__INIT;
  Openim__Sdk__Third__UploadFileResp *response;
  guint64 handle;
  guint count;
  int last = -1;

  request.filepath = path;
  handle = visitor_ask (ann, FUNCTION (UploadFile), &request);
  while (last < 100) {
    Openim__Event__EventOnUploadFileProgressData *data =
        visitor_hear (ann, EVENT (UploadFileProgress), NULL, NULL);

    g_assert_cmpint (data->progress, >, last);
    g_assert_cmpint (data->progress, <=, 100);
    g_assert_cmpuint (visitor_heard_handle (ann), ==, handle);
    last = data->progress;
    openim_pb_free (data);
  }
  g_assert_cmpint (visitor_answer (ann, handle, FUNCTION (UploadFile), (gpointer *) &response), ==, 0);
  openim_pb_free (response);
  g_assert_cmpuint (visitor_place (ann, EVENT (UploadFileProgress)), <,
                    visitor_place (ann, FUNCTION (UploadFile)));
  count = visitor_count (ann, EVENT (UploadFileProgress));
  g_assert_cmpuint (count, >, 10);
  g_assert_cmpuint (count, <=, 101);

  /* The second time there is nothing to send. */
  g_free (desk_upload (ann, path, "again"));
  g_assert_cmpuint (visitor_count (ann, EVENT (UploadFileProgress)), ==, count + 1);

  desk_free (desk);
  proves_events (EVENT (UploadFileProgress), 0);
}

static void
test_refused (void)
{
  Desk *desk = desk_new ();
  Visitor *ann = desk->world->ann;
  g_autofree char *empty = desk_put (desk, "empty", "", 0);
  g_autofree char *path = desk_put (desk, "x", "x", 1);
  g_autofree char *missing = g_build_filename (desk->folder, "missing", NULL);
  g_autofree char *much = g_strnfill (1100, 'x');

  g_assert_cmpint (desk_upload_refused (ann, "", ""), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (desk_upload_refused (ann, empty, ""), ==, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpint (desk_upload_refused (ann, missing, ""), ==, OPENIM_ERROR_FILE_NOT_FOUND);
  g_assert_cmpint (desk_upload_refused (ann, desk->folder, ""), ==, OPENIM_ERROR_FILE_NOT_FOUND);
  g_assert_cmpint (desk_upload_refused (ann, path, much), ==, OPENIM_ERROR_ARGS);
  g_assert_cmpuint (visitor_count (ann, EVENT (UploadFileProgress)), ==, 0);

  desk_free (desk);
}

/* ---- a storage with habits */

/* What is signed is worth nothing a second later, and the last of so many parts come later. */
static void
test_expired (void)
{
  Desk *desk = desk_new_with ("--expire-urls", NULL);
  g_autofree char *path = desk_fill (desk, "many.bin", 23 * PART + 1);
  g_autofree char *url = desk_upload (desk->world->ann, path, "");

  assert_stored (url, path, NULL);

  desk_free (desk);
}

/* The storage does not want the second part: the error says so, and why. */
static void
test_refused_part (void)
{
  Desk *desk = desk_new_with ("--fail-part", "2");
  g_autofree char *path = desk_fill (desk, "two.bin", PART + 1);
  g_autofree char *small = desk_fill (desk, "one.bin", PART);

  g_assert_cmpint (desk_upload_refused (desk->world->ann, path, ""), ==, OPENIM_ERROR_INTERNAL);
  g_assert_cmpstr (visitor_error_text (desk->world->ann), ==,
                   "The file storage refuses part 2 of the file (HTTP 400, AccessDenied).");
  g_free (desk_upload (desk->world->ann, small, ""));

  desk_free (desk);
}

/* It takes its time, and the progress shows that. */
static void
test_slow (void)
{
  Desk *desk = desk_new_with ("--slow-parts", NULL);
  g_autofree char *path = desk_fill (desk, "some.bin", PART + PART / 2);
  gint64 begun = g_get_monotonic_time ();
  g_autofree char *url = desk_upload (desk->world->ann, path, "");

  g_assert_cmpint (g_get_monotonic_time () - begun, >, 2 * G_USEC_PER_SEC);
  g_assert_cmpuint (visitor_count (desk->world->ann, EVENT (UploadFileProgress)), >, 10);
  assert_stored (url, path, NULL);

  desk_free (desk);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/uploads/upload", test_upload);
  g_test_add_func ("/door/uploads/progress", test_progress);
  g_test_add_func ("/door/uploads/refused", test_refused);
  g_test_add_func ("/door/uploads/expired", test_expired);
  g_test_add_func ("/door/uploads/refused-part", test_refused_part);
  g_test_add_func ("/door/uploads/slow", test_slow);
  return g_test_run ();
}
