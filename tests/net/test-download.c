/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Downloads from servers that do what a test says, right or wrong. */

#include <glib/gstdio.h>
#include <string.h>

#include "net/download-private.h"
#include "server.h"

#define SIZE 300000
#define LIMIT (1024 * 1024)

/* What the server does with each request. */
typedef enum {
  ALL,          /* sends everything */
  BREAKS,       /* … hangs up in the middle, the first three times; knows ranges */
  BREAKS_PLAIN, /* the same without an ETag */
  CHANGES,      /* … and has another file the next time */
  NO_RANGES,    /* … and always begins at the beginning */
  LIES,         /* claims 10 bytes, and there is no end */
  ENDLESS,      /* claims nothing, and there is no end */
  HUGE,         /* claims too much */
  SILENT,       /* says nothing after the head */
  GONE,
  FAILS,     /* 500 */
  REDIRECTS, /* to the second server's /there */
  LOOPS,
  TO_FILE,  /* redirects to another scheme */
  TO_OTHER, /* redirects to an address of this machine that is not home */
} Deed;

typedef struct {
  Deed deed;
  char *place; /* for REDIRECTS and TO_OTHER */
} Plan;

typedef struct {
  gboolean done;
  gint64 size;
  GError *error;
  gint64 got;
  gint64 total;
  guint progresses;
} Answer;

static char *folder;
static guint8 content[SIZE];

static void
answer_clear (Answer *answer)
{
  g_clear_error (&answer->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static void
head (TestPeer *peer, const char *status, const char *more)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %s\r\n%s\r\n", status, more);

  test_peer_write (peer, text, -1);
}

static void
send_range (TestPeer *peer, gsize from, gsize to, gboolean partial, const char *etag)
{
  g_autofree char *range =
      partial ? g_strdup_printf ("Content-Range: bytes %" G_GSIZE_FORMAT "-%d/%d\r\n", from, SIZE - 1, SIZE)
              : g_strdup ("");
  g_autofree char *more =
      g_strdup_printf ("Content-Length: %" G_GSIZE_FORMAT "\r\n%s%s%s%s", SIZE - from, range,
                       etag != NULL ? "ETag: " : "", etag != NULL ? etag : "", etag != NULL ? "\r\n" : "");

  head (peer, partial ? "206 Partial Content" : "200 OK", more);
  test_peer_write (peer, content + from, (gssize) (to - from));
}

/* FALSE: the connection ends. */
static gboolean
serve_broken (TestPeer *peer, const Plan *plan, guint number, const char *range, const char *if_range)
{
  gsize from = g_str_has_prefix (range, "bytes=") ? g_ascii_strtoull (range + 6, NULL, 10) : 0;
  const char *etag = plan->deed == BREAKS_PLAIN            ? NULL
                     : plan->deed == CHANGES && number > 0 ? "\"b\""
                                                           : "\"a\"";
  gboolean partial = from > 0 && plan->deed != NO_RANGES && g_strcmp0 (if_range, etag) == 0;
  gsize end = number < 3 ? MIN ((number + 1) * 70000, SIZE) : SIZE;

  if (!partial)
    from = 0;
  if (end <= from)
    end = SIZE;
  test_note (test_peer_server (peer), "%s%" G_GSIZE_FORMAT, partial ? "from " : "all ", from);
  send_range (peer, from, end, partial, etag);
  return end == SIZE;
}

static void
serve_endless (TestPeer *peer, const char *more)
{
  head (peer, "200 OK", more);
  while (test_peer_write (peer, content, SIZE))
    ;
}

static gboolean
serve_one (TestPeer *peer, const Plan *plan, guint number, const char *request)
{
  g_autofree char *target = test_target (request);
  g_autofree char *range = test_header (request, "Range");
  g_autofree char *if_range = test_header (request, "If-Range");
  g_autofree char *token = test_header (request, "token");
  g_autofree char *cookie = test_header (request, "Cookie");
  g_autofree char *encoding = test_header (request, "Accept-Encoding");
  g_autofree char *location = g_strdup_printf ("Location: %s\r\nContent-Length: 0\r\n", plan->place);

  g_assert_cmpstr (token, ==, "");
  g_assert_cmpstr (cookie, ==, "");
  g_assert_cmpstr (encoding, ==, "identity");
  switch (plan->deed) {
  case ALL:
    send_range (peer, 0, SIZE, FALSE, NULL);
    return TRUE;
  case BREAKS:
  case BREAKS_PLAIN:
  case CHANGES:
  case NO_RANGES:
    return serve_broken (peer, plan, number, range, if_range);
  case LIES:
    serve_endless (peer, "Content-Length: 10\r\n");
    return FALSE;
  case ENDLESS:
    serve_endless (peer, "");
    return FALSE;
  case HUGE:
    head (peer, "200 OK", "Content-Length: 9000000000\r\n");
    return FALSE;
  case SILENT:
    head (peer, "200 OK", "Content-Length: 100\r\n");
    test_peer_until_closed (peer);
    return FALSE;
  case GONE:
    test_peer_answer (peer, 404, "");
    return TRUE;
  case FAILS:
    test_note (test_peer_server (peer), "500");
    test_peer_answer (peer, 500, "");
    return TRUE;
  case REDIRECTS:
  case TO_OTHER:
    head (peer, "302 Found", location);
    return TRUE;
  case LOOPS:
    head (peer, "302 Found", "Location: /again\r\nContent-Length: 0\r\n");
    return TRUE;
  case TO_FILE:
    head (peer, "302 Found", "Location: file:///etc/passwd\r\nContent-Length: 0\r\n");
    return TRUE;
  default:
    g_assert_not_reached ();
  }
}

static void
script (TestPeer *peer, guint number, gconstpointer data)
{
  gboolean go_on = TRUE;

  while (go_on) {
    g_autofree char *request = test_peer_read_request (peer);

    if (request == NULL)
      return;
    go_on = serve_one (peer, data, number, request);
  }
}

static void
on_progress (gpointer owner, gint64 got, gint64 total)
{
  Answer *answer = owner;

  answer->got = got;
  answer->total = total;
  answer->progresses++;
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  answer->size = openim_downloads_fetch_finish (OPENIM_DOWNLOADS (source), result, &answer->error);
  g_assert_true ((answer->error != NULL) == (answer->size < 0));
  answer->done = TRUE;
}

static char *
place (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
fetch (OpenimDownloads *downloads, const char *url, Answer *answer)
{
  g_autofree char *path = place ("it");
  OpenimDownload download = { url, path, LIMIT };

  openim_downloads_fetch_async (downloads, &download, on_progress, answer, NULL, on_fetched, answer);
  g_assert_false (answer->done);
  test_until (answer->done);
}

/* Nothing is left but what was asked for. */
static void
check_folder (gboolean whole)
{
  g_autofree char *path = place ("it");
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint files = 0;

  if (whole) {
    g_autofree char *bytes = NULL;
    gsize length;

    g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
    g_assert_cmpmem (bytes, length, content, SIZE);
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_assert_cmpstr (name, ==, "it");
    files++;
  }
  g_assert_cmpuint (files, ==, whole);
  g_unlink (path);
}

static OpenimDownloads *
downloads_new (const char *home)
{
  OpenimDownloads *downloads = openim_downloads_new (home, NULL);

  openim_downloads_set_patience (downloads, 400, 5);
  return downloads;
}

static void
check (Deed deed, const char *error, const char *notes)
{
  Plan plan = { deed, NULL };
  g_autoptr (TestServer) server = test_server_new (script, &plan);
  g_autofree char *url = test_server_url (server, "http", "/object/u/file");
  g_autoptr (OpenimDownloads) downloads = downloads_new (url);
  g_auto (Answer) answer = { 0 };
  g_auto (GStrv) expected = g_strsplit (notes, ", ", -1);

  fetch (downloads, url, &answer);
  if (error != NULL) {
    g_assert_nonnull (answer.error);
    g_assert_true (g_pattern_match_simple (error, answer.error->message));
  } else {
    g_assert_no_error (answer.error);
    g_assert_cmpint (answer.size, ==, SIZE);
    g_assert_cmpint (answer.got, ==, SIZE);
    g_assert_cmpint (answer.total, ==, SIZE);
  }
  check_folder (error == NULL);
  for (guint i = 0; expected[i] != NULL && *expected[i] != '\0'; i++) {
    g_autofree char *note = test_next_note (server);

    g_assert_cmpstr (note, ==, expected[i]);
  }
}

static void
test_plain (void)
{
  check (ALL, NULL, "");
}

static void
test_resumed (void)
{
  check (BREAKS, NULL, "all 0, from 70000, from 140000, from 210000");
}

static void
test_begun_anew (void)
{
  check (BREAKS_PLAIN, NULL, "all 0, all 0, all 0, all 0");
  check (CHANGES, NULL, "all 0, all 0, from 140000, from 210000");
  check (NO_RANGES, NULL, "all 0, all 0, all 0, all 0");
}

static void
test_too_big (void)
{
  check (ENDLESS, "The file is bigger than it may be*", "");
  check (HUGE, "The file is bigger than it may be*", "");
}

/* Of a file that claims to have ten bytes there are ten. */
static void
test_claim (void)
{
  Plan plan = { LIES, NULL };
  g_autoptr (TestServer) server = test_server_new (script, &plan);
  g_autofree char *url = test_server_url (server, "http", "/x");
  g_autoptr (OpenimDownloads) downloads = downloads_new (url);
  g_auto (Answer) answer = { 0 };

  fetch (downloads, url, &answer);
  g_assert_no_error (answer.error);
  g_assert_cmpint (answer.size, ==, 10);
  g_autofree char *path = place ("it");
  g_unlink (path);
}

static void
test_refused (void)
{
  check (SILENT, "The server did not answer in time.", "");
  check (GONE, "The file is not on the server*", "");
  check (FAILS, "*500*", "500, 500, 500, 500, 500");
  check (LOOPS, "The address leads nowhere.", "");
  check (TO_FILE, "The address leads nowhere.", "");
}

static void
test_bad_addresses (void)
{
  static const char *const bad[] = { "",
                                     "file:///etc/passwd",
                                     "ftp://example.org/x",
                                     "javascript:alert(1)",
                                     "http://",
                                     "http://user:password@example.org/",
                                     "//example.org/x",
                                     "http:/x",
                                     "x" };
  g_autoptr (OpenimDownloads) downloads = downloads_new ("http://127.0.0.1:1");

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_auto (Answer) answer = { 0 };

    fetch (downloads, bad[i], &answer);
    g_assert_error (answer.error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS);
  }
  check_folder (FALSE);
}

/* Our own server may send us to its storage, wherever that is. */
static void
test_redirected (void)
{
  Plan there = { ALL, NULL }, plan = { REDIRECTS, NULL };
  g_autoptr (TestServer) storage = test_server_new (script, &there);
  g_autoptr (TestServer) server = test_server_new (script, &plan);
  g_autofree char *url = test_server_url (server, "http", "/object/u/a name");
  g_autoptr (OpenimDownloads) downloads = downloads_new (url);
  g_auto (Answer) answer = { 0 };

  plan.place = test_server_url (storage, "http", "/there");
  fetch (downloads, url, &answer);
  g_assert_no_error (answer.error);
  check_folder (TRUE);
  g_free (plan.place);
}

static void
test_private (void)
{
  Plan plan = { ALL, NULL };
  g_autoptr (TestServer) server = test_server_new (script, &plan);
  g_autofree char *url = test_server_url (server, "http", "/router/reboot");
  g_autofree char *rest = g_strdup (strstr (url, "127.0.0.1") + strlen ("127.0.0.1"));
  static const char *const hosts[] = { "127.0.0.1", "localhost", "127.1", "2130706433",
                                       "[::ffff:127.0.0.1]" };
  /* An address for documentation: no machine has it, and it is public. */
  g_autoptr (OpenimDownloads) downloads = downloads_new ("http://192.0.2.1:10002");

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++) {
    g_auto (Answer) answer = { 0 };
    g_autofree char *address = g_strconcat ("http://", hosts[i], rest, NULL);

    fetch (downloads, address, &answer);
    g_assert_nonnull (answer.error);
    /* The shorter forms are no names for GLib either. */
    g_assert_true (g_str_has_prefix (answer.error->message, "The address leads into a private network") ||
                   g_ascii_isdigit (*hosts[i]));
  }
  check_folder (FALSE);
}

/* The same machine by another name is no other machine. */
static void
test_home_by_name (void)
{
  Plan plan = { ALL, NULL };
  g_autoptr (TestServer) server = test_server_new (script, &plan);
  g_autofree char *url = test_server_url (server, "http", "/x");
  g_autoptr (OpenimDownloads) downloads = downloads_new ("http://localhost:10002");
  g_auto (Answer) answer = { 0 };

  fetch (downloads, url, &answer);
  g_assert_no_error (answer.error);
  check_folder (TRUE);
}

static void
test_bounded (void)
{
  Plan plan = { SILENT, NULL };
  g_autoptr (TestServer) server = test_server_new (script, &plan);
  g_autofree char *url = test_server_url (server, "http", "/x");
  g_autoptr (OpenimDownloads) downloads = openim_downloads_new (url, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answer answers[12] = { 0 };
  guint done = 0;

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_autofree char *name = g_strdup_printf ("file-%u", i);
    g_autofree char *path = place (name);
    OpenimDownload download = { url, path, i % 2 == 0 ? G_MAXINT64 : LIMIT };

    openim_downloads_fetch_async (downloads, &download, NULL, NULL, cancellable, on_fetched, &answers[i]);
  }
  test_until (test_server_connections (server) >= 4);
  test_run_for (100);
  g_assert_cmpuint (test_server_connections (server), ==, 4);
  g_cancellable_cancel (cancellable);
  test_until (({
    done = 0;
    for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
      done += answers[i].done;
    done == G_N_ELEMENTS (answers);
  }));
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++) {
    g_assert_error (answers[i].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    answer_clear (&answers[i]);
  }
  check_folder (FALSE);
}

static void
cancel_at (gpointer owner, gint64 got, gint64 total)
{
  g_cancellable_cancel (owner);
}

/* In the middle of the bytes. */
static void
test_cancelled (void)
{
  Plan plan = { ALL, NULL };
  g_autoptr (TestServer) server = test_server_new (script, &plan);
  g_autofree char *url = test_server_url (server, "http", "/x");
  g_autofree char *path = place ("it");
  g_autoptr (OpenimDownloads) downloads = downloads_new (url);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  OpenimDownload download = { url, path, LIMIT };
  g_auto (Answer) answer = { 0 };

  openim_downloads_fetch_async (downloads, &download, cancel_at, cancellable, cancellable, on_fetched,
                                &answer);
  test_until (answer.done);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  check_folder (FALSE);
}

static void
test_no_place (void)
{
  Plan plan = { ALL, NULL };
  g_autoptr (TestServer) server = test_server_new (script, &plan);
  g_autofree char *url = test_server_url (server, "http", "/x");
  g_autoptr (OpenimDownloads) downloads = downloads_new (url);
  OpenimDownload download = { url, "/nowhere/at/all", LIMIT };
  g_auto (Answer) answer = { 0 };

  openim_downloads_fetch_async (downloads, &download, NULL, NULL, NULL, on_fetched, &answer);
  test_until (answer.done);
  g_assert_true (g_str_has_prefix (answer.error->message, "The file cannot be saved"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < SIZE; i++)
    content[i] = (guint8) (i * 7 + i / 251);
  folder = g_dir_make_tmp ("openim-download-XXXXXX", NULL);
  g_test_add_func ("/net/download/plain", test_plain);
  g_test_add_func ("/net/download/resumed", test_resumed);
  g_test_add_func ("/net/download/begun-anew", test_begun_anew);
  g_test_add_func ("/net/download/too-big", test_too_big);
  g_test_add_func ("/net/download/claim", test_claim);
  g_test_add_func ("/net/download/refused", test_refused);
  g_test_add_func ("/net/download/bad-addresses", test_bad_addresses);
  g_test_add_func ("/net/download/redirected", test_redirected);
  g_test_add_func ("/net/download/private", test_private);
  g_test_add_func ("/net/download/home-by-name", test_home_by_name);
  g_test_add_func ("/net/download/bounded", test_bounded);
  g_test_add_func ("/net/download/cancelled", test_cancelled);
  g_test_add_func ("/net/download/no-place", test_no_place);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
