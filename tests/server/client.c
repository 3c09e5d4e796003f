/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client.h"

#include <string.h>

#include "base/pb.h"

#define DEADLINE 20 /* s: far more than anything takes, less than the test's own */

typedef struct {
  gboolean passed;
  guint source;
} Deadline;

static gboolean
deadline_passed (gpointer data)
{
  Deadline *deadline = data;

  deadline->passed = TRUE;
  deadline->source = 0;
  return G_SOURCE_REMOVE;
}

#define WAIT_FOR(condition)                                                                                  \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    Deadline deadline = { 0 };                                                                               \
    deadline.source = g_timeout_add_seconds (DEADLINE, deadline_passed, &deadline);                          \
    while (!(condition) && !deadline.passed)                                                                 \
      g_main_context_iteration (NULL, TRUE);                                                                 \
    g_clear_handle_id (&deadline.source, g_source_remove);                                                   \
    if (!(condition))                                                                                        \
      g_error ("waited in vain for " #condition);                                                            \
  }                                                                                                          \
  G_STMT_END

/* ---- the program */

Host *
host_start (const char *const *options)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (JsonObject) ready = NULL;
  g_autoptr (JsonObject) login = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  Host *host = g_new0 (Host, 1);
  gsize length;

  g_ptr_array_add (words, (char *) g_getenv ("OPENIM_TEST_SERVER"));
  g_assert_nonnull (words->pdata[0]);
  for (const char *const *port =
           (const char *const[]){ "--api-port=0", "--ws-port=0", "--chat-port=0", NULL };
       *port; port++)
    g_ptr_array_add (words, (char *) *port);
  for (; options && *options; options++)
    g_ptr_array_add (words, (char *) *options);
  g_ptr_array_add (words, NULL);
  host->process = g_subprocess_newv ((const char *const *) words->pdata,
                                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (host->process));
  line = g_data_input_stream_read_line (output, &length, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  ready = openim_json_parse (line, length, 4096, &error);
  g_assert_no_error (error);
  host->api = g_strdup (openim_json_string (ready, "api"));
  host->ws = g_strdup (openim_json_string (ready, "ws"));
  host->chat = g_strdup (openim_json_string (ready, "chat"));
  host->session = soup_session_new ();
  login = host_call (host, host->api, "/auth/get_admin_token", NULL,
                     "{\"secret\":\"openIM123\",\"userID\":\"imAdmin\"}");
  host->admin = g_strdup (openim_json_string (openim_json_object (login, "data"), "token"));
  return host;
}

int
host_stop (Host *host, int signal)
{
  g_autoptr (GError) error = NULL;
  int status;

  if (signal)
    g_subprocess_send_signal (host->process, signal);
  else
    g_output_stream_close (g_subprocess_get_stdin_pipe (host->process), NULL, NULL);
  g_subprocess_wait (host->process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (host->process));
  status = g_subprocess_get_exit_status (host->process);
  g_object_unref (host->process);
  g_object_unref (host->session);
  g_free (host->api);
  g_free (host->ws);
  g_free (host->chat);
  g_free (host->admin);
  g_free (host);
  return status;
}

/* ---- calls */

JsonObject *
host_call (Host *host, const char *base, const char *path, const char *token, const char *body)
{
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_POST, url);
  g_autoptr (GBytes) request = g_bytes_new (body, strlen (body));
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *envelope;

  soup_message_headers_append (soup_message_get_request_headers (message), "operationID", "test");
  if (token)
    soup_message_headers_append (soup_message_get_request_headers (message), "token", token);
  soup_message_set_request_body_from_bytes (message, "application/json", request);
  answer = soup_session_send_and_read (host->session, message, NULL, &error);
  g_assert_no_error (error);
  envelope =
      openim_json_parse (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), G_MAXINT32, &error);
  g_assert_no_error (error);
  return envelope;
}

void
host_must (Host *host, const char *path, const char *token, const char *body)
{
  g_autoptr (JsonObject) envelope = host_call (host, host->api, path, token, body);

  g_assert_cmpint (openim_json_int (envelope, "errCode"), ==, 0);
}

void
host_register (Host *host, const char *user)
{
  g_autofree char *body =
      g_strdup_printf ("{\"users\":[{\"userID\":\"%s\",\"nickname\":\"N %s\"}]}", user, user);

  host_must (host, "/user/user_register", host->admin, body);
}

char *
host_token (Host *host, const char *user, int platform)
{
  g_autofree char *body = g_strdup_printf ("{\"userID\":\"%s\",\"platformID\":%d}", user, platform);
  g_autoptr (JsonObject) envelope = host_call (host, host->api, "/auth/get_user_token", host->admin, body);

  g_assert_cmpint (openim_json_int (envelope, "errCode"), ==, 0);
  return g_strdup (openim_json_string (openim_json_object (envelope, "data"), "token"));
}

/* ---- lines to the gateway */

static void
on_message (SoupWebsocketConnection *socket, int kind, GBytes *bytes, gpointer data)
{
  Line *line = data;
  g_autoptr (GError) error = NULL;
  JsonObject *frame =
      openim_json_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), G_MAXINT32, &error);

  g_assert_no_error (error);
  g_queue_push_tail (&line->frames, frame);
}

static void
on_closed (SoupWebsocketConnection *socket, gpointer data)
{
  ((Line *) data)->closed = TRUE;
}

static void
on_connected (GObject *session, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  Line *line = data;

  line->socket = soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &error);
  g_assert_no_error (error);
}

Line *
line_open (Host *host, const char *user, const char *token, int platform)
{
  g_autofree char *url =
      g_strdup_printf ("%s/?sendID=%s&token=%s&platformID=%d&operationID=c&isBackground=false&sdkType=js",
                       host->ws, user, token, platform);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  Line *line = g_new0 (Line, 1);

  line->user = g_strdup (user);
  g_queue_init (&line->frames);
  soup_session_websocket_connect_async (host->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                        on_connected, line);
  WAIT_FOR (line->socket);
  soup_websocket_connection_set_max_incoming_payload_size (line->socket, 0);
  g_signal_connect (line->socket, "message", G_CALLBACK (on_message), line);
  g_signal_connect (line->socket, "closed", G_CALLBACK (on_closed), line);
  return line;
}

void
line_close (Line *line)
{
  g_signal_handlers_disconnect_by_data (line->socket, line);
  if (!line->closed)
    soup_websocket_connection_close (line->socket, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  g_object_unref (line->socket);
  g_queue_clear_full (&line->frames, (GDestroyNotify) json_object_unref);
  g_free (line->user);
  g_free (line);
}

void
line_wait_closed (Line *line)
{
  WAIT_FOR (line->closed);
}

guint
line_ask (Line *line, int identifier, gconstpointer message)
{
  g_autoptr (GBytes) packed = openim_pb_pack (message);
  g_autofree char *data = g_base64_encode (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed));
  g_autofree char *incr = g_strdup_printf ("%u", ++line->sent);
  g_autoptr (JsonObject) envelope =
      openim_json_build ("reqIdentifier", 'i', (gint64) identifier, "sendID", 's', line->user, "operationID",
                         's', "ask", "msgIncr", 's', incr, "data", 's', data, NULL);
  g_autofree char *text = openim_json_print (envelope);

  soup_websocket_connection_send_binary (line->socket, text, strlen (text));
  return line->sent;
}

guint
line_say (Line *line, const char *to, const char *group, const char *text)
{
  OpenimMsgData message = OPENIM__SDKWS__MSG_DATA__INIT;
  g_autoptr (JsonObject) body = openim_json_build ("content", 's', text, NULL);
  g_autofree char *content = openim_json_print (body);
  g_autofree char *id = g_strdup_printf ("%s%u", line->user, line->sent);

  message.sendid = line->user;
  message.recvid = (char *) (to ? to : "");
  message.groupid = (char *) (group ? group : "");
  message.clientmsgid = id;
  message.sessiontype = group ? OPENIM_SESSION_GROUP : OPENIM_SESSION_SINGLE;
  message.contenttype = 101;
  message.msgfrom = 100;
  message.status = OPENIM_STATUS_SENDING;
  message.content.data = (guint8 *) content;
  message.content.len = strlen (content);
  return line_ask (line, 1003, &message);
}

JsonObject *
line_next (Line *line)
{
  WAIT_FOR (!g_queue_is_empty (&line->frames));
  return g_queue_pop_head (&line->frames);
}

static gpointer
decode (JsonObject *frame, const ProtobufCMessageDescriptor *descriptor)
{
  gsize length;
  g_autofree guchar *bytes = g_base64_decode (openim_json_string (frame, "data"), &length);
  g_autoptr (GError) error = NULL;
  gpointer message = openim_pb_unpack (descriptor, bytes, length, &error);

  g_assert_no_error (error);
  return message;
}

gpointer
line_answer (Line *line, guint number, const ProtobufCMessageDescriptor *descriptor)
{
  g_autofree char *incr = g_strdup_printf ("%u", number);

  for (;;) {
    g_autoptr (JsonObject) frame = line_next (line);

    if (!g_str_equal (openim_json_string (frame, "msgIncr"), incr))
      continue;
    g_assert_cmpint (openim_json_int (frame, "errCode"), ==, 0);
    return decode (frame, descriptor);
  }
}

OpenimMsgData *
line_push (Line *line, char **conversation, gpointer *push)
{
  g_autoptr (JsonObject) frame = line_next (line);
  Openim__Sdkws__PushMessages *messages;
  Openim__Sdkws__PullMsgs *list;

  while (openim_json_int (frame, "reqIdentifier") != 2001) {
    json_object_unref (frame);
    frame = line_next (line);
  }
  messages = decode (frame, &openim__sdkws__push_messages__descriptor);
  *push = messages;
  g_assert_cmpuint (messages->n_msgs + messages->n_notificationmsgs, ==, 1);
  *conversation = messages->n_msgs ? messages->msgs[0]->key : messages->notificationmsgs[0]->key;
  list = messages->n_msgs ? messages->msgs[0]->value : messages->notificationmsgs[0]->value;
  g_assert_cmpuint (list->n_msgs, ==, 1);
  return list->msgs[0];
}

Openim__Sdkws__SubUserOnlineStatusTips *
line_status (Line *line)
{
  g_autoptr (JsonObject) frame = line_next (line);

  g_assert_cmpint (openim_json_int (frame, "reqIdentifier"), ==, 2005);
  g_assert_cmpint (openim_json_int (frame, "errCode"), ==, 0);
  return decode (frame, &openim__sdkws__sub_user_online_status_tips__descriptor);
}
