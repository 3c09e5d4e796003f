/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a comparison of answers does not see: order, restarts, the ends of the program and of connections. */

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "base/pb.h"
#include "msg.pb-c.h"

#include "client.h"

#define MANY 60

static const char group_body[] =
    "{\"ownerUserID\":\"ann\",\"memberUserIDs\":[\"bob\",\"cat\"],"
    "\"groupInfo\":{\"groupID\":\"team\",\"groupName\":\"Team\",\"groupType\":2}}";

/* Three people who know each other. */
static Host *
start_with_people (const char *const *options)
{
  Host *host = host_start (options);

  host_register (host, "ann");
  host_register (host, "bob");
  host_register (host, "cat");
  return host;
}

static Line *
enter (Host *host, const char *user, int platform)
{
  g_autofree char *token = host_token (host, user, platform);

  return line_open (host, user, token, platform);
}

/* ---- order */

/* The next @n stored messages of @conversation come with the next seqs. */
static void
expect_in_order (Line *line, const char *conversation, guint n, gint64 *seq)
{
  while (n > 0) {
    gpointer push;
    char *where;
    OpenimMsgData *message = line_push (line, &where, &push);

    if (g_str_equal (where, conversation)) {
      g_assert_cmpint (message->seq, ==, *seq + 1);
      *seq = message->seq;
      n--;
    }
    openim_pb_free (push);
  }
}

static void
test_order_of_pushes (void)
{
  Host *host = start_with_people (NULL);
  Line *ann = enter (host, "ann", 7), *phone = enter (host, "ann", 2), *bob = enter (host, "bob", 7);
  g_autofree char *token = host_token (host, "ann", 5);
  gint64 chat[3] = { 0 }, team[3] = { 0 };

  host_must (host, "/group/create_group", token, group_body);
  for (guint i = 0; i < MANY; i++) {
    line_say (ann, "bob", NULL, "to bob");
    line_say (bob, NULL, "team", "to all");
    line_say (bob, "ann", NULL, "to ann");
    line_say (ann, NULL, "team", "to all");
  }
  /* lines of a group's creation count too */
  expect_in_order (ann, "sg_team", 1 + 2 * MANY, &team[0]);
  expect_in_order (phone, "si_ann_bob", 2 * MANY, &chat[1]);
  expect_in_order (bob, "sg_team", 1 + 2 * MANY, &team[2]);
  line_close (ann);
  line_close (phone);
  line_close (bob);
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

/* The answer to a message comes before the message itself, and answers come in the order of the requests. */
static void
test_answer_before_push (void)
{
  Host *host = start_with_people (NULL);
  Line *ann = enter (host, "ann", 7);
  guint answered = 0, pushed = 0;

  for (guint i = 0; i < MANY; i++)
    line_say (ann, "bob", NULL, "hello");
  while (pushed < MANY) {
    g_autoptr (JsonObject) frame = line_next (ann);

    if (*openim_json_string (frame, "msgIncr")) {
      g_autofree char *expected = g_strdup_printf ("%u", ++answered);

      g_assert_cmpstr (openim_json_string (frame, "msgIncr"), ==, expected);
    } else {
      g_assert_cmpuint (++pushed, <=, answered);
    }
  }
  line_close (ann);
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

/* A notification's line in the chat comes before the notification, and both carry the same ID. */
static void
test_line_before_notification (void)
{
  Host *host = start_with_people (NULL);
  Line *bob = enter (host, "bob", 7);
  g_autofree char *token = host_token (host, "ann", 7);
  g_autofree char *id = NULL;
  gpointer push;
  char *where;
  OpenimMsgData *message;

  host_must (host, "/group/create_group", token, group_body);
  message = line_push (bob, &where, &push);
  g_assert_cmpstr (where, ==, "sg_team");
  g_assert_cmpint (message->contenttype, ==, 1501);
  g_assert_cmpint (message->seq, ==, 1);
  id = g_strdup (message->clientmsgid);
  openim_pb_free (push);
  message = line_push (bob, &where, &push);
  g_assert_cmpstr (where, ==, "n_team");
  g_assert_cmpint (message->seq, ==, 0);
  g_assert_cmpstr (message->clientmsgid, ==, id);
  openim_pb_free (push);
  line_close (bob);
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

/* ---- restart */

static char *
friends_version (Host *host, const char *token)
{
  g_autoptr (JsonObject) envelope = host_call (host, host->api, "/friend/get_incremental_friends", token,
                                               "{\"userID\":\"ann\",\"version\":0,\"versionID\":\"\"}");
  JsonObject *data = openim_json_object (envelope, "data");

  return g_strdup_printf ("%s %" G_GUINT64_FORMAT, openim_json_string (data, "versionID"),
                          openim_json_uint (data, "version"));
}

static void
expect_messages (Host *host, const char *token, guint n)
{
  OpenimMsgData *message;
  Openim__Sdkws__SeqRange range = OPENIM__SDKWS__SEQ_RANGE__INIT, *list[] = { &range };
  Openim__Sdkws__PullMessageBySeqsReq asked = OPENIM__SDKWS__PULL_MESSAGE_BY_SEQS_REQ__INIT;
  Openim__Sdkws__PullMessageBySeqsResp *answer;
  Line *ann = line_open (host, "ann", token, 7);

  range.conversationid = (char *) "si_ann_cat";
  range.begin = 1;
  range.end = 1000;
  range.num = 1000;
  asked.userid = (char *) "ann";
  asked.n_seqranges = 1;
  asked.seqranges = list;
  answer =
      line_answer (ann, line_ask (ann, 1002, &asked), &openim__sdkws__pull_message_by_seqs_resp__descriptor);
  g_assert_cmpuint (answer->n_msgs, ==, 1);
  g_assert_cmpuint (answer->msgs[0]->value->n_msgs, ==, n);
  message = answer->msgs[0]->value->msgs[n - 1];
  g_assert_cmpint (message->seq, ==, n);
  g_assert_cmpmem (message->content.data, message->content.len, "{\"content\":\"kept\"}", 18);
  openim_pb_free (answer);
  line_close (ann);
}

static void
expect_no_user (Host *host, const char *user)
{
  g_autofree char *body = g_strdup_printf ("{\"userIDs\":[\"%s\"]}", user);
  g_autoptr (JsonObject) envelope = host_call (host, host->api, "/user/get_users_info", host->admin, body);

  g_assert_null (openim_json_array (openim_json_object (envelope, "data"), "usersInfo"));
}

static void
test_restart (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("openim-server-XXXXXX", &error);
  g_autofree char *data = g_build_filename (folder, "data", NULL);
  g_autofree char *option = g_strconcat ("--data=", data, NULL);
  const char *options[] = { option, NULL };
  const char *later[] = { option, "--demo", NULL };
  Host *host = start_with_people (options);
  g_autofree char *token = host_token (host, "ann", 7);
  g_autofree char *before = NULL;
  Line *ann = line_open (host, "ann", token, 7);

  for (guint i = 0; i < 3; i++)
    openim_pb_free (
        line_answer (ann, line_say (ann, "cat", NULL, "kept"), &openim__msg__send_msg_resp__descriptor));
  host_must (host, "/friend/import_friend", host->admin,
             "{\"ownerUserID\":\"ann\",\"friendUserIDs\":[\"bob\"]}");
  before = friends_version (host, token);
  line_close (ann);
  g_assert_cmpint (host_stop (host, SIGTERM), ==, 0);
  for (guint round = 0; round < 2; round++) {
    g_autofree char *after = NULL;

    /* the people of the demo only come to a new store */
    host = host_start (later);
    expect_no_user (host, "alice");
    after = friends_version (host, token);
    g_assert_cmpstr (after, ==, before);
    expect_messages (host, token, 3);
    g_assert_cmpint (host_stop (host, 0), ==, 0);
  }
  for (const char *const *end = (const char *const[]){ "", "-wal", "-shm", NULL }; *end; end++) {
    g_autofree char *file = g_strconcat (data, *end, NULL);

    g_remove (file);
  }
  g_rmdir (folder);
}

/* ---- ends */

static void
test_end_of_input (void)
{
  Host *host = start_with_people (NULL);
  Line *ann = enter (host, "ann", 7);

  g_assert_cmpint (host_stop (host, 0), ==, 0);
  line_wait_closed (ann);
  line_close (ann);
}

static void
test_interrupt (void)
{
  g_assert_cmpint (host_stop (host_start (NULL), SIGINT), ==, 0);
}

static void
test_kick (gconstpointer data)
{
  gboolean arrives = GPOINTER_TO_INT (data);
  const char *options[] = { arrives ? "--behave=main" : "--behave=3.8.3-patch.16", NULL };
  Host *host = start_with_people (options);
  Line *ann = enter (host, "ann", 7);
  gboolean seen = FALSE;

  host_must (host, "/auth/force_logout", host->admin, "{\"userID\":\"ann\",\"platformID\":7}");
  line_wait_closed (ann);
  while (!g_queue_is_empty (&ann->frames)) {
    g_autoptr (JsonObject) frame = line_next (ann);

    seen = seen || openim_json_int (frame, "reqIdentifier") == 2002;
  }
  g_assert_cmpint (seen, ==, arrives);
  line_close (ann);
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

static void
test_token_expires (void)
{
  const char *options[] = { "--token-lifetime=1", NULL };
  Host *host = host_start (options);
  gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC, code = 0;

  while (code != 1501 && g_get_monotonic_time () < deadline) {
    g_autoptr (JsonObject) envelope =
        host_call (host, host->api, "/user/get_users_info", host->admin, "{\"userIDs\":[\"imAdmin\"]}");

    code = openim_json_int (envelope, "errCode");
    g_assert_true (code == 0 || code == 1501);
  }
  g_assert_cmpint (code, ==, 1501);
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

/* ---- handshakes and presence */

static char *
ask_plainly (Host *host, const char *token, guint *status)
{
  g_autofree char *url =
      g_strdup_printf ("http%s/?sendID=ann&token=%s&platformID=7&operationID=c&isBackground=false&sdkType=js",
                       host->ws + strlen ("ws"), token);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;

  answer = soup_session_send_and_read (host->session, message, NULL, &error);
  g_assert_no_error (error);
  *status = soup_message_get_status (message);
  return g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
}

/* What a client without upgrade headers is told: the reason of a refusal, or that it would have been let in.
 */
static void
test_asked_plainly (void)
{
  Host *host = start_with_people (NULL);
  g_autofree char *token = host_token (host, "ann", 7);
  g_autofree char *refusal = NULL;
  g_autofree char *accepted = NULL;
  guint status;

  refusal = ask_plainly (host, "no.good.token", &status);
  g_assert_cmpuint (status, ==, SOUP_STATUS_OK);
  g_assert_true (g_str_has_prefix (refusal, "{\"errCode\":1503,"));
  accepted = ask_plainly (host, token, &status);
  g_assert_cmpuint (status, ==, SOUP_STATUS_BAD_REQUEST);
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

static void
expect_platforms (Line *line, const char *user, guint n, gint32 first)
{
  Openim__Sdkws__SubUserOnlineStatusTips *tips = line_status (line);

  g_assert_cmpuint (tips->n_subscribers, ==, 1);
  g_assert_cmpstr (tips->subscribers[0]->userid, ==, user);
  g_assert_cmpuint (tips->subscribers[0]->n_onlineplatformids, ==, n);
  if (n)
    g_assert_cmpint (tips->subscribers[0]->onlineplatformids[0], ==, first);
  openim_pb_free (tips);
}

static void
test_presence (void)
{
  Host *host = start_with_people (NULL);
  Line *ann = enter (host, "ann", 7), *bob, *again;
  g_autofree char *token = host_token (host, "bob", 2);
  char *users[] = { (char *) "bob" };
  Openim__Sdkws__SubUserOnlineStatus wish = OPENIM__SDKWS__SUB_USER_ONLINE_STATUS__INIT;

  wish.n_subscribeuserid = 1;
  wish.subscribeuserid = users;
  line_ask (ann, 2005, &wish);
  expect_platforms (ann, "bob", 0, 0);
  bob = line_open (host, "bob", token, 2);
  expect_platforms (ann, "bob", 1, 2);
  /* a second connection of the same device is no news, nor is the end of the first */
  again = line_open (host, "bob", token, 2);
  line_close (bob);
  line_close (again);
  expect_platforms (ann, "bob", 0, 0);
  line_close (ann);
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

/* ---- files */

static GBytes *
send_raw (
    Host *host, const char *method, const char *url, JsonArray *headers, const char *body, guint *status)
{
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GError) error = NULL;
  GBytes *answer;

  for (guint i = 0; headers && i < json_array_get_length (headers); i++) {
    JsonObject *pair = json_array_get_object_element (headers, i);
    JsonArray *values = openim_json_array (pair, "values");

    soup_message_headers_append (soup_message_get_request_headers (message), openim_json_string (pair, "key"),
                                 json_array_get_string_element (values, 0));
  }
  if (body) {
    g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

    soup_message_set_request_body_from_bytes (message, NULL, bytes);
  }
  answer = soup_session_send_and_read (host->session, message, NULL, &error);
  g_assert_no_error (error);
  *status = soup_message_get_status (message);
  return answer;
}

static void
test_file (void)
{
  static const char content[] = "what is in the file";
  Host *host = start_with_people (NULL);
  g_autofree char *token = host_token (host, "ann", 7);
  g_autofree char *md5 = g_compute_checksum_for_string (G_CHECKSUM_MD5, content, -1);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_MD5, md5, -1);
  g_autofree char *wish =
      g_strdup_printf ("{\"hash\":\"%s\",\"size\":%zu,\"partSize\":5242880,\"maxParts\":1,"
                       "\"name\":\"ann/a file.txt\",\"contentType\":\"text/plain\"}",
                       hash, strlen (content));
  g_autoptr (JsonObject) begun = NULL;
  g_autoptr (JsonObject) done = NULL;
  g_autoptr (GBytes) put = NULL;
  g_autoptr (GBytes) forged = NULL;
  g_autoptr (GBytes) got = NULL;
  g_autofree char *url = NULL;
  g_autofree char *end = NULL;
  JsonObject *upload, *sign, *part;
  const char *signed_url;
  guint status;

  begun = host_call (host, host->api, "/object/initiate_multipart_upload", token, wish);
  upload = openim_json_object (openim_json_object (begun, "data"), "upload");
  sign = openim_json_object (upload, "sign");
  part = json_array_get_object_element (openim_json_array (sign, "parts"), 0);
  signed_url = openim_json_string (part, "url");
  url = g_strndup (signed_url, strlen (signed_url) - 1);
  forged = send_raw (host, SOUP_METHOD_PUT, url, NULL, content, &status);
  g_assert_cmpuint (status, ==, SOUP_STATUS_FORBIDDEN);
  put = send_raw (host, SOUP_METHOD_PUT, signed_url, openim_json_array (part, "header"), content, &status);
  g_assert_cmpuint (status, ==, SOUP_STATUS_OK);
  end = g_strdup_printf ("{\"uploadID\":\"%s\",\"parts\":[\"%s\"],\"name\":\"ann/a file.txt\","
                         "\"contentType\":\"text/plain\"}",
                         openim_json_string (upload, "uploadID"), md5);
  done = host_call (host, host->api, "/object/complete_multipart_upload", token, end);
  got = send_raw (host, SOUP_METHOD_GET, openim_json_string (openim_json_object (done, "data"), "url"), NULL,
                  NULL, &status); /* through the redirection */
  g_assert_cmpuint (status, ==, SOUP_STATUS_OK);
  g_assert_cmpmem (g_bytes_get_data (got, NULL), g_bytes_get_size (got), content, strlen (content));
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

/* ---- the people of the demo */

static char *
log_in (Host *host, const char *name)
{
  g_autofree char *md5 = g_compute_checksum_for_string (G_CHECKSUM_MD5, name, -1);
  g_autofree char *body = g_strdup_printf ("{\"account\":\"%s\",\"password\":\"%s\",\"platform\":7,"
                                           "\"areaCode\":\"+1\",\"phoneNumber\":\"1\"}",
                                           name, md5);
  g_autoptr (JsonObject) envelope = host_call (host, host->chat, "/account/login", NULL, body);
  JsonObject *data = openim_json_object (envelope, "data");

  g_assert_cmpstr (openim_json_string (data, "userID"), ==, name);
  return g_strdup (openim_json_string (data, "imToken"));
}

static void
expect_from_echo (Line *line, const char *conversation, const char *content)
{
  for (;;) {
    gpointer push;
    char *where;
    OpenimMsgData *message = line_push (line, &where, &push);
    gboolean from_echo = g_str_equal (message->sendid, "echo");

    if (from_echo) {
      g_assert_cmpstr (where, ==, conversation);
      g_assert_cmpmem (message->content.data, message->content.len, content, strlen (content));
    }
    openim_pb_free (push);
    if (from_echo)
      return;
  }
}

static void
test_demo (void)
{
  const char *options[] = { "--demo", NULL };
  Host *host = host_start (options);
  g_autofree char *token = log_in (host, "alice");
  g_autoptr (JsonObject) friends = NULL;
  g_autoptr (JsonObject) status = NULL;
  JsonArray *list;
  Line *alice = line_open (host, "alice", token, 7);

  friends = host_call (host, host->api, "/friend/get_friend_id", token, "{\"userID\":\"alice\"}");
  g_assert_cmpuint (
      json_array_get_length (openim_json_array (openim_json_object (friends, "data"), "friendIDs")), ==, 3);
  status = host_call (host, host->api, "/user/get_users_status", token, "{\"userIDs\":[\"echo\"]}");
  list = openim_json_array (openim_json_object (status, "data"), "statusList");
  g_assert_cmpint (openim_json_int (json_array_get_object_element (list, 0), "status"), ==, 1);
  line_say (alice, "echo", NULL, "marmalade");
  expect_from_echo (alice, "si_alice_echo", "{\"content\":\"echo: marmalade\"}");
  line_say (alice, NULL, "demo", "not for echo");
  line_say (alice, NULL, "demo", "@echo jam");
  expect_from_echo (alice, "sg_demo", "{\"content\":\"echo: @echo jam\"}");
  line_close (alice);
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

/* ---- what is no request */

static void
test_garbage (void)
{
  static const char *const bodies[] = {
    "", "{", "[]", "null", "{\"userIDs\":5}", "{\"userIDs\":[1]}", "\xff", "{\"userIDs\":[\"\xff\"]}", "{} {}"
  };
  Host *host = start_with_people (NULL);
  Line *ann = enter (host, "ann", 7);
  GString *deep = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autoptr (JsonObject) envelope =
        host_call (host, host->api, "/user/get_users_info", host->admin, bodies[i]);

    g_assert_cmpint (openim_json_int (envelope, "errCode"), ==, 1001);
  }
  for (guint i = 0; i < 20000; i++)
    g_string_append_c (deep, '[');
  soup_websocket_connection_send_binary (ann->socket, deep->str, deep->len);
  line_wait_closed (ann);
  line_close (ann);
  g_string_free (deep, TRUE);
  g_assert_cmpint (host_stop (host, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/order/pushes", test_order_of_pushes);
  g_test_add_func ("/server/order/answer-before-push", test_answer_before_push);
  g_test_add_func ("/server/order/line-before-notification", test_line_before_notification);
  g_test_add_func ("/server/restart", test_restart);
  g_test_add_func ("/server/end/input", test_end_of_input);
  g_test_add_func ("/server/end/interrupt", test_interrupt);
  g_test_add_data_func ("/server/kick/seen", GINT_TO_POINTER (TRUE), test_kick);
  g_test_add_data_func ("/server/kick/not-seen", GINT_TO_POINTER (FALSE), test_kick);
  g_test_add_func ("/server/token-expires", test_token_expires);
  g_test_add_func ("/server/asked-plainly", test_asked_plainly);
  g_test_add_func ("/server/presence", test_presence);
  g_test_add_func ("/server/file", test_file);
  g_test_add_func ("/server/demo", test_demo);
  g_test_add_func ("/server/garbage", test_garbage);
  return g_test_run ();
}
