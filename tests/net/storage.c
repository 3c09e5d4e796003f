/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "storage.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"

#define REFUSED "{\"errCode\":500,\"errMsg\":\"no such upload\",\"errDlt\":\"\"}"

Seen seen;

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
      "{\"url\":\"\",\"upload\":{\"uploadID\":\"u\",\"expireTime\":9999999999999,\"partSize\":%d,\"sign\":%s}"
      "}",
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
  if (plan->gone_signs && seen.begun == 0) {
    test_peer_answer (peer, 200, REFUSED);
    return;
  }
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
  if (plan->gone_parts && seen.begun == 0) {
    test_peer_answer (peer, 404, "<?xml version=\"1.0\"?><Error><Code>NoSuchUpload</Code></Error>");
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
  if (plan->complete != NULL || (plan->gone_whole && seen.begun == 0)) {
    test_peer_answer (peer, 200, plan->complete != NULL ? plan->complete : REFUSED);
    return TRUE;
  }
  for (guint i = 0; parts[i] != NULL; i++)
    if (seen.md5s[i] != NULL || !plan->earlier)
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

void
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
  openim_files_set_patience (it->files, 500, 10, 300);
  it->cancellable = g_cancellable_new ();
  it->size = size;
  for (gint64 i = 0; i < size; i++)
    content[i] = (char) ('a' + i % 23);
  fd = g_file_open_tmp ("openim-XXXXXX.txt", &it->path, &error);
  g_assert_no_error (error);
  close (fd);
  g_assert_true (g_file_set_contents (it->path, content, size, &error));
}

void
case_begin (Case *it)
{
  OpenimUpload upload = { it->path, "ann/x y.txt", NULL, "msg-file" };

  it->done = 0;
  it->told = -1;
  openim_files_upload_async (it->files, &upload, on_progress, it, it->cancellable, on_uploaded, it);
}

void
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

void
run_case (Case *it, const Plan *plan, gint64 size)
{
  case_init (it, plan, size);
  case_begin (it);
  test_until (it->done > 0);
  test_run_for (20);
  g_assert_cmpint (it->done, ==, 1);
}

void
succeeds (const Plan *plan, gint64 size)
{
  Case it;

  run_case (&it, plan, size);
  g_assert_cmpstr (it.message, ==, "");
  g_assert_cmpstr (it.url, ==, plan->known ? "http://h/object/ann/x" : "https://h/object/ann/x");
  g_assert_cmpint (it.told, ==, size);
  case_clear (&it);
}

void
fails (const Plan *plan, gint64 size, int code)
{
  Case it;

  run_case (&it, plan, size);
  g_assert_cmpint (it.code, ==, code);
  g_assert_cmpstr (it.message, !=, "");
  case_clear (&it);
}
