/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Uploads to a server and a storage that do what a test says. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "net/sign.h"
#include "base/json.h"
#include "storage.h"

/* ---- tests */

static void
test_sizes (void)
{
  static const gint64 sizes[] = { 1, PART - 1, PART, PART + 1, 2 * PART, 7 * PART + 3 };
  const Plan plan = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    succeeds (&plan, sizes[i]);
    g_assert_cmpuint (seen.puts, ==, (guint) ((sizes[i] + PART - 1) / PART));
    g_assert_cmpuint (seen.signs, ==, 0);
    g_assert_cmpuint (seen.limits, ==, 1);
  }
  /* More parts than are signed at once; and more than there may be of the smallest size. */
  succeeds (&plan, 45 * PART);
  g_assert_cmpuint (seen.puts, ==, 45);
  g_assert_cmpuint (seen.signs, ==, 2);
  succeeds (&plan, 60 * PART);
  g_assert_cmpuint (seen.puts, ==, 50);
  fails (&plan, 101 * PART, OPENIM_ERROR_SDK_ARGS);
  g_assert_cmpuint (seen.begun, ==, 0);
}

static void
test_request (void)
{
  const Plan plan = { 0 };
  Case it;

  run_case (&it, &plan, 27);
  g_autoptr (JsonObject) begin = openim_json_parse (seen.begin, strlen (seen.begin), 10000, NULL);
  g_autofree char *md5 = g_compute_checksum_for_string (G_CHECKSUM_MD5, test_body (seen.last_put), -1);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, md5, -1);
  g_autofree char *target = test_target (seen.last_put);
  g_autofree char *length = test_header (seen.last_put, "Content-Length");
  g_autofree char *common = test_header (seen.last_put, "X-Common");
  g_autofree char *type = test_header (seen.last_put, "Content-Type");
  g_autofree char *host = test_header (seen.last_put, "Host");
  g_autofree char *framing = test_header (seen.last_put, "Transfer-Encoding");

  g_assert_cmpstr (openim_json_string (begin, "hash"), ==, hash);
  g_assert_cmpstr (openim_json_string (begin, "name"), ==, "ann/x y.txt");
  g_assert_cmpstr (openim_json_string (begin, "cause"), ==, "msg-file");
  g_assert_cmpstr (openim_json_string (begin, "contentType"), ==, "text/plain");
  g_assert_cmpint (openim_json_int (begin, "maxParts"), ==, 1);
  g_assert_cmpstr (target, ==, "/put?fixed=a%2Fb&uploadId=u%2F1%20%C3%A4&partNumber=1");
  g_assert_cmpstr (length, ==, "27");
  g_assert_cmpstr (common, ==, "yes");
  g_assert_cmpstr (type, ==, "");
  g_assert_cmpstr (framing, ==, "");
  g_assert_cmpstr (host, !=, "elsewhere");
  g_assert_cmpuint (strlen (test_body (seen.last_put)), ==, 27);
  case_clear (&it);
}

static void
test_known (void)
{
  const Plan plan = { .known = TRUE };

  succeeds (&plan, 3 * PART);
  g_assert_cmpuint (seen.puts, ==, 0);
  g_assert_cmpuint (seen.completes, ==, 0);
}

/* The limits are asked for once. */
static void
test_again (void)
{
  const Plan plan = { 0 };
  Case it;

  run_case (&it, &plan, 10);
  g_clear_pointer (&it.url, g_free);
  g_clear_pointer (&it.message, g_free);
  case_begin (&it);
  test_until (it.done > 0);
  g_assert_nonnull (it.url);
  g_assert_cmpuint (seen.limits, ==, 1);
  g_assert_cmpuint (seen.begun, ==, 2);
  case_clear (&it);
}

static void
test_lost_part (void)
{
  for (guint part = 1; part <= 3; part++) {
    const Plan cut = { .bad_part = part, .bad_times = 2 };
    const Plan busy = { .bad_part = part, .bad_times = 2, .bad_status = 503 };
    const Plan silent = { .bad_part = part, .bad_times = 1, .bad_status = 1 };

    succeeds (&cut, 2 * PART + 500);
    g_assert_cmpuint (seen.puts, ==, 5);
    succeeds (&busy, 2 * PART + 500);
    g_assert_cmpuint (seen.puts, ==, 5);
    succeeds (&silent, 2 * PART + 500);
    g_assert_cmpuint (seen.puts, ==, 4);
  }
  /* The only one, which has to be begun again. */
  const Plan single = { .bad_part = 1, .bad_times = 2, .bad_status = 500 };

  succeeds (&single, PART);
  g_assert_cmpuint (seen.begun, ==, 3);
  g_assert_cmpuint (seen.signs, ==, 0);
}

static void
test_refused_part (void)
{
  const Plan forbidden = { .bad_part = 2, .bad_times = 100, .bad_status = 403 };
  const Plan teapot = { .bad_part = 2, .bad_times = 100, .bad_status = 418 };
  const Plan moved = { .bad_part = 2, .bad_times = 100, .bad_status = 307 };
  const Plan broken = { .bad_part = 1, .bad_times = 100, .bad_status = 500 };
  const Plan cut = { .bad_part = 1, .bad_times = 100 };
  const Plan silent = { .bad_part = 1, .bad_times = 100, .bad_status = 1 };

  fails (&forbidden, 3 * PART, OPENIM_ERROR_INTERNAL);
  g_assert_cmpuint (seen.bad, ==, 5);
  fails (&teapot, 3 * PART, OPENIM_ERROR_INTERNAL);
  g_assert_cmpuint (seen.bad, ==, 1);
  fails (&moved, 3 * PART, OPENIM_ERROR_INTERNAL);
  g_assert_cmpuint (seen.bad, ==, 1);
  fails (&broken, PART, OPENIM_ERROR_INTERNAL);
  fails (&cut, PART, OPENIM_ERROR_NETWORK);
  fails (&silent, PART, OPENIM_ERROR_TIMEOUT);
  g_assert_cmpuint (seen.completes, ==, 0);
}

static void
test_expired (void)
{
  const Plan plan = { .expired = TRUE };
  const Plan unsigned_ = { .expired = TRUE, .no_signs = TRUE };

  succeeds (&plan, 5 * PART);
  g_assert_cmpuint (seen.signs, >=, 1);
  succeeds (&plan, PART);
  g_assert_cmpuint (seen.begun, ==, 2);
  fails (&unsigned_, 5 * PART, OPENIM_ERROR_INTERNAL);
}

static void
test_complete (void)
{
  const Plan lost = { .lost_completes = 2 };
  const Plan always = { .lost_completes = 100 };
  const Plan refused = { .complete = "{\"errCode\":500,\"errMsg\":\"hash mismatch\",\"errDlt\":\"\"}" };
  const Plan script = { .link = "javascript:alert(1)" };
  const Plan nothing = { .link = "" };

  succeeds (&lost, 3 * PART);
  g_assert_cmpuint (seen.completes, ==, 3);
  fails (&always, PART, OPENIM_ERROR_NETWORK);
  g_assert_cmpuint (seen.completes, >=, 5);
  fails (&refused, PART, 500);
  fails (&script, PART, OPENIM_ERROR_INTERNAL);
  fails (&nothing, PART, OPENIM_ERROR_INTERNAL);
}

static void
test_hostile (void)
{
  const Plan file = { .storage = "file:///etc/passwd" };
  const Plan none = { .storage = "" };
  const Plan parts = { .part_size = 77 };

  fails (&file, PART, OPENIM_ERROR_INTERNAL);
  fails (&none, PART, OPENIM_ERROR_INTERNAL);
  fails (&parts, 3 * PART, OPENIM_ERROR_INTERNAL);
  g_assert_cmpuint (seen.limits, ==, 3);
}

static void
test_headers (void)
{
  static const char text[] =
      "{\"url\":\"https://s:9000/a%2Fb?x=1&y=2\",\"query\":[{\"key\":\"x\",\"values\":[\"3\",\"4\"]}],"
      "\"header\":[{\"key\":\"A\",\"values\":[\"1\"]},{\"key\":\"B\",\"values\":[\"2\"]},"
      "{\"key\":\"bad name\",\"values\":[\"1\"]},{\"key\":\"C\",\"values\":[\"x\\r\\nEvil: 1\"]},"
      "{\"key\":\"content-length\",\"values\":[\"0\"]},null,{\"key\":\"\"}]}";
  static const char part[] = "{\"url\":\"\",\"query\":[{\"key\":\"y\",\"values\":[\"5\"]}],"
                             "\"header\":[{\"key\":\"a\",\"values\":[\"9\"]}]}";
  static const char elsewhere[] = "{\"url\":\"http://other/c\"}";
  g_autoptr (JsonObject) sign = openim_json_parse (text, strlen (text), 10000, NULL);
  g_autoptr (JsonObject) own = openim_json_parse (part, strlen (part), 10000, NULL);
  g_autoptr (JsonObject) other = openim_json_parse (elsewhere, strlen (elsewhere), 10000, NULL);
  g_autoptr (SoupMessage) message = openim_sign_put (sign, own, NULL);
  g_autoptr (SoupMessage) second = openim_sign_put (sign, other, NULL);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autofree char *address = g_uri_to_string (soup_message_get_uri (message));
  g_autofree char *address2 = g_uri_to_string (soup_message_get_uri (second));

  g_assert_cmpstr (address, ==, "https://s:9000/a%2Fb?x=3&x=4&y=5");
  g_assert_cmpstr (address2, ==, "http://other/c?x=3&x=4");
  g_assert_cmpstr (soup_message_headers_get_list (headers, "A"), ==, "9");
  g_assert_cmpstr (soup_message_headers_get_one (headers, "B"), ==, "2");
  g_assert_null (soup_message_headers_get_one (headers, "C"));
  g_assert_null (soup_message_headers_get_one (headers, "Evil"));
  g_assert_null (soup_message_headers_get_one (headers, "Content-Length"));
}

/* Before anything has happened, and while a part is on its way. */
static void
test_cancel (void)
{
  for (guint part = 0; part <= 7; part++) {
    const Plan plan = { .bad_part = part, .bad_times = 1, .bad_status = 1 };
    Case it;

    case_init (&it, &plan, 7 * PART);
    openim_files_set_patience (it.files, 20000, 10, 300);
    case_begin (&it);
    test_until (part == 0 || g_atomic_int_get ((int *) &seen.bad) > 0);
    g_cancellable_cancel (it.cancellable);
    it.told = G_MAXINT64; /* nothing is told any more */
    test_until (it.done > 0);
    g_assert_cmpint (it.code, ==, -1);
    test_run_for (20);
    g_assert_cmpint (it.done, ==, 1);
    case_clear (&it);
  }

  /* Before it begins; and while it only waits for a pause to be over. */
  const Plan plan = { .bad_part = 1, .bad_times = 100, .bad_status = 500 };
  Case early, resting;

  case_init (&early, &plan, PART);
  g_cancellable_cancel (early.cancellable);
  case_begin (&early);
  g_assert_cmpint (early.done, ==, 0);
  test_until (early.done > 0);
  g_assert_cmpint (early.code, ==, -1);
  case_clear (&early);

  case_init (&resting, &plan, PART);
  openim_files_set_patience (resting.files, 20000, 100000, 0);
  case_begin (&resting);
  test_until (g_atomic_int_get ((int *) &seen.bad) > 0);
  test_run_for (50);
  g_cancellable_cancel (resting.cancellable);
  test_until (resting.done > 0);
  g_assert_cmpint (resting.code, ==, -1);
  case_clear (&resting);
}

static void
test_no_file (void)
{
  const Plan plan = { 0 };
  static const struct {
    const char *path;
    int code;
  } rows[] = { { "", OPENIM_ERROR_SDK_ARGS },
               { "/no/such/file", OPENIM_ERROR_FILE_NOT_FOUND },
               { "/dev", OPENIM_ERROR_FILE_NOT_FOUND },
               { "/dev/zero", OPENIM_ERROR_FILE_NOT_FOUND } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Case it;

    case_init (&it, &plan, 1);
    g_unlink (it.path);
    g_free (it.path);
    it.path = g_strdup (rows[i].path);
    case_begin (&it);
    test_until (it.done > 0);
    g_assert_cmpint (it.code, ==, rows[i].code);
    g_assert_cmpuint (seen.limits, ==, 0);
    case_clear (&it);
  }
  fails (&plan, 0, OPENIM_ERROR_SDK_ARGS);
}

/* Somebody writes to the file while it is sent. */
static void
test_changed (void)
{
  const Plan shorter = { .bad_part = 1, .bad_times = 1, .bad_status = 500 };
  Case it;
  int fd;

  case_init (&it, &shorter, 3 * PART);
  openim_files_set_patience (it.files, 5000, 500, 300);
  case_begin (&it);
  test_until (g_atomic_int_get ((int *) &seen.bad) > 0);
  fd = g_open (it.path, O_WRONLY, 0);
  g_assert_cmpint (ftruncate (fd, 10), ==, 0);
  close (fd);
  test_until (it.done > 0);
  g_assert_cmpint (it.code, ==, OPENIM_ERROR_INTERNAL);
  g_assert_cmpuint (seen.completes, ==, 0);
  case_clear (&it);
}

static void
test_clean_name (void)
{
  static const char *const rows[][2] = {
    { "a b.txt", "a b.txt" },        { "../../etc/passwd", "_.._.._etc_passwd" },
    { "100%?#.png", "100___.png" },  { "", "file" },
    { ".png", "file.png" },          { "ä\xff.txt", "ä\xef\xbf\xbd.txt" },
    { "a\xe2\x80\xae.exe", "a.exe" }
  };
  g_autofree char *much = g_strnfill (400, 'x');
  g_autofree char *long_name = g_strconcat (much, ".tar", NULL);
  g_autofree char *cut = openim_disk_clean_name (long_name);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *clean = openim_disk_clean_name (rows[i][0]);
    g_assert_cmpstr (clean, ==, rows[i][1]);
  }
  g_assert_cmpuint (strlen (cut), <=, 200);
  g_assert_true (g_str_has_suffix (cut, "x.tar"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/files/sizes", test_sizes);
  g_test_add_func ("/files/request", test_request);
  g_test_add_func ("/files/known", test_known);
  g_test_add_func ("/files/again", test_again);
  g_test_add_func ("/files/lost-part", test_lost_part);
  g_test_add_func ("/files/refused-part", test_refused_part);
  g_test_add_func ("/files/expired", test_expired);
  g_test_add_func ("/files/complete", test_complete);
  g_test_add_func ("/files/hostile", test_hostile);
  g_test_add_func ("/files/headers", test_headers);
  g_test_add_func ("/files/cancel", test_cancel);
  g_test_add_func ("/files/no-file", test_no_file);
  g_test_add_func ("/files/changed", test_changed);
  g_test_add_func ("/files/clean-name", test_clean_name);
  return g_test_run ();
}
