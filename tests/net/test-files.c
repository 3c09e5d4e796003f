/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Uploads to a server and a storage that do what a test says. */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/disk.h"
#include "net/files-private.h"
#include "net/sign.h"
#include "server.h"

#define PART 1000

/* What the server does. */
typedef struct {
  gboolean known;       /* it has the content */
  const char *link;     /* what it says instead of the right address */
  const char *storage;  /* the same for the storage */
  guint bad_part;       /* this part, from 1, */
  guint bad_times;      /* so many times, */
  guint bad_status;     /* gets this answer; 0: the connection ends; 1: there is none */
  gboolean expired;     /* the first signatures are worth nothing */
  gboolean no_signs;    /* nothing is signed after the first time */
  guint lost_completes; /* so many times saying that it is complete ends the connection */
  const char *complete; /* (nullable) the answer to that */
  gint64 part_size;     /* that it comes back with; 0: the right one */
} Plan;

/* What has come. */
typedef struct {
  GMutex lock;
  guint limits, begun, signs, puts, bad, completes;
  char *md5s[64];
  char *last_put;
  char *begin;
} Seen;

static Seen seen;

static void
seen_clear (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (seen.md5s); i++)
    g_clear_pointer (&seen.md5s[i], g_free);
  g_clear_pointer (&seen.last_put, g_free);
  g_clear_pointer (&seen.begin, g_free);
  seen.limits = seen.begun = seen.signs = seen.puts = seen.bad = seen.completes = 0;
}

static void
answer_data (TestPeer *peer, const char *data)
{
  g_autofree char *text =
      g_strdup_printf ("{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":%s}", data);

  test_peer_answer (peer, 200, text);
}

static char *
sign_of (TestPeer *peer, const Plan *plan, const gint64 *numbers, guint n, const char *generation)
{
  g_autofree char *own = test_server_url (test_peer_server (peer), "http", "/put?fixed=a%2Fb&uploadId=old");
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text,
                          "{\"url\":\"%s\",\"query\":[{\"key\":\"uploadId\",\"values\":[\"u/1 ä\"]}],"
                          "\"header\":[{\"key\":\"X-Common\",\"values\":[\"yes\"]},"
                          "{\"key\":\"Host\",\"values\":[\"elsewhere\"]}],\"parts\":[",
                          plan->storage != NULL ? plan->storage : own);
  for (guint i = 0; i < n; i++)
    g_string_append_printf (
        text,
        "%s{\"partNumber\":%d,\"url\":\"\",\"query\":[{\"key\":\"partNumber\","
        "\"values\":[\"%d\"]}],\"header\":[{\"key\":\"Authorization\",\"values\":[\"%s\"]}"
        "]}",
        i > 0 ? "," : "", (int) numbers[i], (int) numbers[i], generation);
  g_string_append (text, "]}");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
begin_upload (TestPeer *peer, const Plan *plan, const char *body)
{
  g_autoptr (JsonObject) request = openim_json_parse (body, strlen (body), 100000, NULL);
  gint64 max = openim_json_int (request, "maxParts");
  gint64 numbers[64];
  g_autofree char *sign = NULL;
  g_autofree char *data = NULL;

  g_free (seen.begin);
  seen.begin = g_strdup (body);
  seen.begun++;
  if (plan->known) {
    answer_data (peer, "{\"url\":\"http://h/object/ann/x\",\"upload\":null}");
    return;
  }
  for (int i = 0; i < max; i++)
    numbers[i] = i + 1;
  sign = sign_of (peer, plan, numbers, (guint) max, seen.begun == 1 ? "first" : "later");
  data = g_strdup_printf (
      "{\"url\":\"\",\"upload\":{\"uploadID\":\"u\",\"partSize\":%d,\"sign\":%s}}",
      plan->part_size != 0 ? (int) plan->part_size : (int) openim_json_int (request, "partSize"), sign);
  answer_data (peer, data);
}

static void
sign_parts (TestPeer *peer, const Plan *plan, const char *body)
{
  g_autoptr (JsonObject) request = openim_json_parse (body, strlen (body), 100000, NULL);
  JsonArray *list = openim_json_array (request, "partNumbers");
  guint n = plan->no_signs ? 0 : json_array_get_length (list);
  gint64 numbers[64];
  g_autofree char *sign = NULL;

  seen.signs++;
  for (guint i = 0; i < n; i++)
    numbers[i] = json_array_get_int_element (list, i);
  sign = sign_of (peer, plan, numbers, n, "later");
  answer_data (peer, sign);
}

/* FALSE: the connection ends. */
static gboolean
put_part (TestPeer *peer, const Plan *plan, const char *request)
{
  g_autofree char *target = test_target (request);
  g_autofree char *authorization = test_header (request, "Authorization");
  const char *at = strstr (target, "partNumber=");
  guint number = at != NULL ? (guint) g_ascii_strtoull (at + 11, NULL, 10) : 0;

  seen.puts++;
  g_free (seen.last_put);
  seen.last_put = g_strdup (request);
  g_assert_cmpuint (number, >, 0);
  if (plan->expired && g_str_equal (authorization, "first")) {
    test_peer_answer (peer, 403, "");
    return TRUE;
  }
  if (number == plan->bad_part && seen.bad < plan->bad_times) {
    seen.bad++;
    if (plan->bad_status == 0)
      return FALSE;
    if (plan->bad_status > 1)
      test_peer_answer (peer, plan->bad_status, "");
    return TRUE;
  }
  g_free (seen.md5s[number - 1]);
  seen.md5s[number - 1] = g_compute_checksum_for_string (G_CHECKSUM_MD5, test_body (request), -1);
  test_peer_answer (peer, 200, "");
  return TRUE;
}

static gboolean
complete (TestPeer *peer, const Plan *plan, const char *body)
{
  g_autoptr (JsonObject) request = openim_json_parse (body, strlen (body), 100000, NULL);
  g_auto (GStrv) parts = openim_json_strv (request, "parts");
  g_autofree char *data = NULL;

  if (seen.completes++ < plan->lost_completes)
    return FALSE;
  if (plan->complete != NULL) {
    test_peer_answer (peer, 200, plan->complete);
    return TRUE;
  }
  for (guint i = 0; parts[i] != NULL; i++)
    g_assert_cmpstr (parts[i], ==, seen.md5s[i]);
  g_assert_cmpuint (g_strv_length (parts), >, 0);
  data = g_strdup_printf ("{\"url\":\"%s\"}", plan->link != NULL ? plan->link : "https://h/object/ann/x");
  answer_data (peer, data);
  return TRUE;
}

static gboolean
serve_one (TestPeer *peer, const Plan *plan, const char *request)
{
  g_autofree char *target = test_target (request);
  g_autofree char *token = test_header (request, "token");
  g_autofree char *base = test_header (request, "X-Request-Api");
  const char *body = test_body (request);
  gboolean go_on = TRUE;

  g_mutex_lock (&seen.lock);
  g_assert_cmpstr (token, ==, g_str_has_prefix (target, "/put") ? "" : "secret");
  g_assert_true (g_str_has_prefix (target, "/put") == (*base == '\0'));
  if (g_str_has_prefix (target, "/put")) {
    go_on = put_part (peer, plan, request);
  } else if (g_str_equal (target, "/object/part_limit")) {
    seen.limits++;
    answer_data (peer, "{\"minPartSize\":1000,\"maxPartSize\":2000,\"maxNumSize\":50}");
  } else if (g_str_equal (target, "/object/initiate_multipart_upload")) {
    begin_upload (peer, plan, body);
  } else if (g_str_equal (target, "/object/auth_sign")) {
    sign_parts (peer, plan, body);
  } else {
    g_assert_cmpstr (target, ==, "/object/complete_multipart_upload");
    go_on = complete (peer, plan, body);
  }
  g_mutex_unlock (&seen.lock);
  return go_on;
}

static void
script_storage (TestPeer *peer, guint number, gconstpointer plan)
{
  for (;;) {
    g_autofree char *request = test_peer_read_request (peer);

    if (request == NULL || !serve_one (peer, plan, request))
      return;
  }
}

/* ---- an upload */

typedef struct {
  TestServer *server;
  OpenimApi *api;
  OpenimFiles *files;
  GCancellable *cancellable;
  char *path;
  gint64 size;

  int done;
  int code;
  char *message;
  char *url;
  gint64 told;
  guint tells;
} Case;

static void
on_progress (gpointer owner, gint64 sent, gint64 total)
{
  Case *it = owner;

  g_assert_cmpint (it->done, ==, 0);
  g_assert_cmpint (total, ==, it->size);
  g_assert_cmpint (sent, >, it->told);
  g_assert_cmpint (sent, <=, total);
  it->told = sent;
  it->tells++;
}

static void
on_uploaded (GObject *source, GAsyncResult *result, gpointer data)
{
  Case *it = data;
  g_autoptr (GError) error = NULL;

  it->url = openim_files_upload_finish (OPENIM_FILES (source), result, &error);
  g_assert_true ((it->url != NULL) == (error == NULL));
  it->code = openim_error_code (error);
  it->message = g_strdup (error != NULL ? error->message : "");
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    it->code = -1;
  it->done++;
}

static void
case_init (Case *it, const Plan *plan, gint64 size)
{
  g_autofree char *base = NULL;
  g_autofree char *content = g_malloc (size + 1);
  g_autoptr (GError) error = NULL;
  int fd;

  seen_clear ();
  memset (it, 0, sizeof *it);
  it->server = test_server_new (script_storage, plan);
  base = test_server_url (it->server, "http", "");
  it->api = openim_api_new (base, NULL, &error);
  g_assert_no_error (error);
  openim_api_set_token (it->api, "secret");
  it->files = openim_files_new (it->api, NULL);
  openim_files_set_patience (it->files, 500, 10);
  it->cancellable = g_cancellable_new ();
  it->size = size;
  for (gint64 i = 0; i < size; i++)
    content[i] = (char) ('a' + i % 23);
  fd = g_file_open_tmp ("openim-XXXXXX.txt", &it->path, &error);
  g_assert_no_error (error);
  close (fd);
  g_assert_true (g_file_set_contents (it->path, content, size, &error));
}

static void
case_begin (Case *it)
{
  OpenimUpload upload = { it->path, "ann/x y.txt", NULL, "msg-file" };

  it->done = 0;
  it->told = -1;
  openim_files_upload_async (it->files, &upload, on_progress, it, it->cancellable, on_uploaded, it);
}

static void
case_clear (Case *it)
{
  g_clear_object (&it->files);
  g_clear_object (&it->api);
  test_server_free (it->server);
  g_clear_object (&it->cancellable);
  g_unlink (it->path);
  g_free (it->path);
  g_free (it->message);
  g_free (it->url);
}

/* The whole of it; the code is in @it. */
static void
run_case (Case *it, const Plan *plan, gint64 size)
{
  case_init (it, plan, size);
  case_begin (it);
  test_until (it->done > 0);
  test_run_for (20);
  g_assert_cmpint (it->done, ==, 1);
}

static void
succeeds (const Plan *plan, gint64 size)
{
  Case it;

  run_case (&it, plan, size);
  g_assert_cmpstr (it.message, ==, "");
  g_assert_cmpstr (it.url, ==, plan->known ? "http://h/object/ann/x" : "https://h/object/ann/x");
  g_assert_cmpint (it.told, ==, size);
  case_clear (&it);
}

static void
fails (const Plan *plan, gint64 size, int code)
{
  Case it;

  run_case (&it, plan, size);
  g_assert_cmpint (it.code, ==, code);
  g_assert_cmpstr (it.message, !=, "");
  case_clear (&it);
}

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
  g_assert_cmpuint (seen.completes, ==, 5);
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
    openim_files_set_patience (it.files, 20000, 10);
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
  openim_files_set_patience (resting.files, 20000, 100000);
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
  openim_files_set_patience (it.files, 5000, 500);
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
