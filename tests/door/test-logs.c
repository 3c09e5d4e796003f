/* SPDX-License-Identifier: GPL-3.0-or-later */

/* UploadLogs. */

#include <libsoup/soup.h>
#include <string.h>

#include "desk.h"

/* Ann comes in anew, with a log. */
static Visitor *
enter_with_log (Desk *desk, const char *folder)
{
  Visitor *visitor = visitor_new (NULL);
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq init = OPENIM__INIT__INIT_SDKREQ__INIT;
  Openim__Init__LoginReq login = OPENIM__INIT__LOGIN_REQ__INIT;
  g_autofree char *token = server_token (desk->world->server, "bob", PLATFORM_ANDROID);
  g_autofree char *data = g_build_filename (desk->folder, "data", NULL);

  config.platform = OPENIM__SDK__COMMON__PLATFORM__Android;
  config.apiaddr = (char *) desk->world->server->api;
  config.wsaddr = (char *) desk->world->server->ws;
  config.datadir = data;
  config.loglevel = OPENIM__SDK__COMMON__LOG_LEVEL__LevelDebug;
  config.logfilepath = (char *) folder;
  init.config = &config;
  visitor_do (visitor, FUNCTION (InitSDK), &init);
  login.userid = (char *) "bob";
  login.token = token;
  visitor_do (visitor, FUNCTION (Login), &login);
  visitor_heard (visitor, EVENT (SyncServerFinish));
  return visitor;
}

/* (transfer full) What the archive at @url has under @name, unpacked; NULL: no such file. */
static char *
unzip (Desk *desk, const char *url, const char *name)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  g_autoptr (GBytes) bytes = soup_session_send_and_read (session, message, NULL, NULL);
  g_autofree char *path =
      desk_put (desk, "logs.zip", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  const char *script = "import sys, zipfile\n"
                       "with zipfile.ZipFile(sys.argv[1]) as z:\n"
                       "  assert z.testzip() is None\n"
                       "  sys.stdout.buffer.write(z.read(sys.argv[2]))\n";
  g_autoptr (GSubprocess) python =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, "python3",
                        "-c", script, path, name, NULL);
  char *text = NULL;

  g_assert_nonnull (python);
  g_assert_true (g_subprocess_communicate_utf8 (python, NULL, NULL, &text, NULL, NULL));
  if (!g_subprocess_get_successful (python))
    g_clear_pointer (&text, g_free);
  return text;
}

/* (transfer full) Where the newest log is that the server was told of. */
static char *
newest_log (Desk *desk, const char *remark)
{
  g_autoptr (JsonNode) data = server_call (
      desk->world->server, "/third/logs/search",
      "{'keyword':'bob','startTime':0,'endTime':0,'pagination':{'pageNumber':1,'showNumber':1}}");
  JsonObject *log = json_array_get_object_element (
      json_object_get_array_member (json_node_get_object (data), "logsInfos"), 0);

  g_assert_cmpstr (json_object_get_string_member (log, "ex"), ==, remark);
  g_assert_cmpstr (json_object_get_string_member (log, "platform"), ==, "Android");
  g_assert_cmpstr (json_object_get_string_member (log, "version"), ==, OPENIM_VERSION);
  return g_strdup (json_object_get_string_member (log, "url"));
}

static guint
count_lines (const char *text)
{
  guint count = 0;

  for (; *text != '\0'; text++)
    count += *text == '\n';
  return count;
}

static void
write_log (Visitor *visitor, const char *text)
{
  Openim__Sdk__Third__LogReq request = OPENIM__SDK__THIRD__LOG_REQ__INIT;

  request.loglevel = OPENIM__SDK__COMMON__LOG_LEVEL__LevelInfo;
  request.file = (char *) "a.c";
  request.msg = (char *) text;
  visitor_do (visitor, FUNCTION (Log), &request);
}

static void
test_no_log (void)
{
  World *world = world_new (FALSE);
  Visitor *visitor = visitor_new (NULL);
  Openim__Init__IMConfig config = OPENIM__INIT__IMCONFIG__INIT;
  Openim__Init__InitSDKReq init = OPENIM__INIT__INIT_SDKREQ__INIT;

  g_assert_cmpint (visitor_refused (world->ann, FUNCTION (UploadLogs), NULL), ==,
                   OPENIM_ERROR_FILE_NOT_FOUND);

  config.platform = OPENIM__SDK__COMMON__PLATFORM__Linux;
  config.apiaddr = (char *) world->server->api;
  config.wsaddr = (char *) world->server->ws;
  config.datadir = (char *) "/nowhere";
  config.logfilepath = (char *) "/dev/null/logs";
  init.config = &config;
  g_assert_cmpint (visitor_refused (visitor, FUNCTION (InitSDK), &init), ==, OPENIM_ERROR_UNKNOWN);

  visitor_leave (visitor);
  world_free (world);
}

static void
test_logs (void)
{
  Desk *desk = desk_new ();
  g_autofree char *folder = g_build_filename (desk->folder, "logs", NULL);
  g_autofree char *data = g_build_filename (desk->folder, "data", NULL);
  Visitor *bob = enter_with_log (desk, folder);
  Openim__Sdk__Third__UploadLogsReq request = OPENIM__SDK__THIRD__UPLOAD_LOGS_REQ__INIT;
  Openim__Event__EventOnUploadLogsProgressData *progress;
  g_autofree char *other = g_build_filename (folder, "other.log", NULL);
  g_autofree char *log = g_build_filename (folder, "purple-openim.log", NULL);
  g_autofree char *older = g_build_filename (folder, "purple-openim.log.1", NULL);
  guint64 handle, second;
  gint64 told = 0;

  g_file_set_contents (other, "not ours", -1, NULL);
  g_file_set_contents (older, "one\ntwo\nthree\nfour\n", -1, NULL);
  write_log (bob, "the last word, token=abcdefgh");

  request.line = -1;
  g_assert_cmpint (visitor_refused (bob, FUNCTION (UploadLogs), &request), ==, OPENIM_ERROR_SDK_ARGS);
  request.line = 0;
  request.ex = (char *) "all of it";
  handle = visitor_ask (bob, FUNCTION (UploadLogs), &request);
  second = visitor_ask (bob, FUNCTION (UploadLogs), &request);
  g_assert_cmpint (visitor_answer (bob, second, FUNCTION (UploadLogs), NULL), ==, OPENIM_ERROR_MSG_REPEAT);
  do {
    progress = visitor_hear (bob, EVENT (UploadLogsProgress), NULL, NULL);
    g_assert_cmpint (progress->progress, >, told);
    g_assert_cmpint (progress->progress, <=, progress->total);
    g_assert_cmpuint (visitor_heard_handle (bob), ==, handle);
    told = progress->progress == progress->total ? -1 : progress->progress;
    openim_pb_free (progress);
  } while (told > 0);
  g_assert_cmpint (visitor_answer (bob, handle, FUNCTION (UploadLogs), NULL), ==, 0);
  g_assert_cmpuint (visitor_place (bob, EVENT (UploadLogsProgress)), <,
                    visitor_place (bob, FUNCTION (UploadLogs)));
  {
    g_autofree char *url = newest_log (desk, "all of it");
    g_autofree char *first = unzip (desk, url, "purple-openim.log.1");
    g_autofree char *newest = unzip (desk, url, "purple-openim.log");

    g_assert_cmpstr (first, ==, "one\ntwo\nthree\nfour\n");
    g_assert_nonnull (strstr (newest, "info openim-sdk: a.c:0: the last word, token=***\n"));
    g_assert_null (unzip (desk, url, "other.log"));
  }

  request.line = 2;
  request.ex = (char *) "the end of it";
  visitor_do (bob, FUNCTION (UploadLogs), &request);
  {
    g_autofree char *url = newest_log (desk, "the end of it");
    g_autofree char *first = unzip (desk, url, "purple-openim.log.1");
    g_autofree char *newest = unzip (desk, url, "purple-openim.log");

    g_assert_cmpstr (first, ==, "three\nfour\n");
    g_assert_cmpuint (count_lines (newest), ==, 2);
  }

  visitor_leave (bob);
  folder_remove (folder);
  folder_remove (data);
  desk_free (desk);
  proves_functions (FUNCTION (UploadLogs), FUNCTION (Log), 0);
  proves_events (EVENT (UploadLogsProgress), 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/door/logs/no-log", test_no_log);
  g_test_add_func ("/door/logs/logs", test_logs);
  return g_test_run ();
}
