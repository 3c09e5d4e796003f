/* SPDX-License-Identifier: GPL-3.0-or-later */

/* This floor against the local server, which shares nothing with it but base: what one of them has understood
 * wrongly shows here. */

#include <string.h>

#include "msg.pb-c.h"
#include "net/login.h"
#include "scripts.h"

typedef struct {
  GSubprocess *process;
  JsonObject *addresses; /* api, ws, chat */
  OpenimApi *chat;
  GAsyncResult *result;
} World;

static void
set_up (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  world->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                                     g_getenv ("OPENIM_TEST_SERVER"), "--api-port", "0", "--ws-port", "0",
                                     "--chat-port", "0", "--demo", NULL);
  g_assert_no_error (error);
  g_autoptr (GDataInputStream) output =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (world->process));
  gsize length;
  g_autofree char *line = g_data_input_stream_read_line (output, &length, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  world->addresses = openim_json_parse (line, length, 10000, &error);
  g_assert_no_error (error);
  world->chat = openim_api_new (openim_json_string (world->addresses, "chat"), NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (World *world, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&world->result);
  g_object_unref (world->chat);
  json_object_unref (world->addresses);
  /* The end of its input is the end of it. */
  g_output_stream_close (g_subprocess_get_stdin_pipe (world->process), NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (world->process, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (world->process);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  World *world = data;
  g_set_object (&world->result, result);
}

static OpenimLoginTokens *
login (World *world, const char *text, const char *password, GError **error)
{
  g_autoptr (OpenimLoginName) name = openim_login_name_parse (text, NULL);

  g_clear_object (&world->result);
  openim_login_async (world->chat, name, password, NULL, 7, NULL, on_done, world);
  test_until (world->result != NULL);
  return openim_login_finish (world->chat, world->result, error);
}

static Ears *
connect_as (World *world, const OpenimLoginTokens *tokens)
{
  Ears *ears =
      ears_new_as (openim_json_string (world->addresses, "ws"), PATIENT, tokens->user_id, tokens->im_token);
  openim_gateway_start (ears->gateway);
  test_until (ears->heard->len >= 2);
  return ears;
}

static void
test_login (World *world, gconstpointer data)
{
  g_autoptr (OpenimLoginTokens) alice = login (world, "alice", "alice", NULL);
  g_autofree char *user_id = NULL;
  int platform = 0;
  gint64 expires = 0;

  g_assert_nonnull (alice);
  g_assert_cmpstr (alice->user_id, ==, "alice");
  g_assert_true (openim_login_read_token (alice->im_token, &user_id, &platform, &expires));
  g_assert_cmpstr (user_id, ==, "alice");
  g_assert_cmpint (platform, ==, 7);
  g_assert_cmpint (expires, >, g_get_real_time () / G_USEC_PER_SEC);

  g_autoptr (GError) wrong = NULL;
  g_autoptr (GError) unknown = NULL;
  g_assert_null (login (world, "alice", "Alice", &wrong));
  g_assert_error (wrong, OPENIM_ERROR, 20001);
  g_assert_null (login (world, "nobody", "x", &unknown));
  g_assert_error (unknown, OPENIM_ERROR, 20002);
}

static void
test_account (World *world, gconstpointer data)
{
  g_autoptr (OpenimLoginName) name = openim_login_name_parse ("+49 15112345678", NULL);
  g_autoptr (GError) error = NULL;

  openim_login_send_code_async (world->chat, name, OPENIM_CODE_REGISTER, 7, NULL, on_done, world);
  test_until (world->result != NULL);
  g_assert_true (openim_login_send_code_finish (world->chat, world->result, &error));
  g_clear_object (&world->result);
  openim_login_register_async (world->chat, name, "New", "first", "666666", 7, NULL, on_done, world);
  test_until (world->result != NULL);
  g_autoptr (OpenimLoginTokens) made = openim_login_register_finish (world->chat, world->result, &error);
  g_assert_no_error (error);
  g_clear_object (&world->result);
  openim_login_change_password_async (world->chat, made, "first", "second", NULL, on_done, world);
  test_until (world->result != NULL);
  g_assert_true (openim_login_change_password_finish (world->chat, world->result, &error));
  g_assert_no_error (error);
  g_assert_null (login (world, "+4915112345678", "first", &error));
  g_assert_error (error, OPENIM_ERROR, 20001);
  g_autoptr (OpenimLoginTokens) again = login (world, "+49-151-12345678", "second", NULL);
  g_assert_cmpstr (again->user_id, ==, made->user_id);
}

static void
on_sent (GObject *source, GAsyncResult *result, gpointer data)
{
  Openim__Msg__SendMsgResp **answer = data;
  g_autoptr (GError) error = NULL;
  *answer = openim_gateway_request_finish (OPENIM_GATEWAY (source), result,
                                           &openim__msg__send_msg_resp__descriptor, &error);
  g_assert_no_error (error);
}

static void
test_talk (World *world, gconstpointer data)
{
  static const char text[] = "{\"content\":\"hello\"}";
  g_autoptr (OpenimLoginTokens) alice = login (world, "alice", "alice", NULL);
  g_autoptr (OpenimLoginTokens) bob = login (world, "bob", "bob", NULL);
  g_autoptr (Ears) at_alice = connect_as (world, alice);
  g_autoptr (Ears) at_bob = connect_as (world, bob);
  ears_assert (at_alice, "connecting, connected");
  g_autoptr (EarsRequest) newest = ears_request (at_alice, "alice", 0, NULL);
  test_until (newest->order != 0);
  g_assert_cmpint (newest->code, ==, 0);

  g_autoptr (OpenimMsgData) message = openim_pb_new (&openim__sdkws__msg_data__descriptor);
  Openim__Msg__SendMsgResp *answer = NULL;
  openim_pb_set (&message->sendid, "alice");
  openim_pb_set (&message->recvid, "bob");
  openim_pb_set (&message->clientmsgid, "0123456789abcdef0123456789abcdef");
  message->sessiontype = OPENIM_SESSION_SINGLE;
  message->msgfrom = 100;
  message->contenttype = 101;
  message->senderplatformid = 7;
  message->status = 1;
  message->content.len = strlen (text);
  message->content.data = (uint8_t *) g_strdup (text);
  openim_gateway_request_async (at_alice->gateway, OPENIM_GATEWAY_SEND, message, PATIENT, NULL, on_sent,
                                &answer);
  test_until (answer != NULL);
  g_assert_cmpstr (answer->clientmsgid, ==, "0123456789abcdef0123456789abcdef");
  g_assert_cmpstr (answer->servermsgid, !=, "");
  openim_pb_free (answer);
  test_until (at_bob->heard->len >= 3 && at_alice->heard->len >= 3); /* the message, and its echo */
  g_assert_true (g_str_has_prefix (g_ptr_array_index (at_bob->heard, 2), "push 2001 "));
  g_assert_true (g_str_has_prefix (g_ptr_array_index (at_alice->heard, 2), "push 2001 "));
}

static void
test_refused (World *world, gconstpointer data)
{
  OpenimLoginTokens forged = { (char *) "alice", (char *) "not.a.token", (char *) "" };
  g_autoptr (OpenimLoginTokens) alice = login (world, "alice", "alice", NULL);
  OpenimLoginTokens other = { (char *) "bob", alice->im_token, (char *) "" };
  g_autoptr (Ears) at_forged = connect_as (world, &forged);
  g_autoptr (Ears) at_other = connect_as (world, &other);

  ears_assert (at_forged, "connecting, ended 1503");
  ears_assert (at_other, "connecting, ended 1502");
}

/* Logging in again elsewhere on the same platform: told by a push, or at the latest by the next handshake. */
static void
test_kicked (World *world, gconstpointer data)
{
  g_autoptr (OpenimLoginTokens) first = login (world, "alice", "alice", NULL);
  g_autoptr (Ears) at_first = connect_as (world, first);
  g_autoptr (OpenimLoginTokens) second = NULL;

  /* Tokens of the same second are the same token. */
  do {
    g_clear_pointer (&second, openim_login_tokens_free);
    test_run_for (100);
    second = login (world, "alice", "alice", NULL);
  } while (g_str_equal (second->im_token, first->im_token));
  g_autoptr (Ears) at_second = connect_as (world, second);
  test_until (ears_heard (at_first, "ended 1506"));
  ears_assert (at_second, "connecting, connected");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add (name, World, NULL, set_up, test, tear_down)
  ADD ("/whole/login", test_login);
  ADD ("/whole/account", test_account);
  ADD ("/whole/talk", test_talk);
  ADD ("/whole/refused", test_refused);
  ADD ("/whole/kicked", test_kicked);
  return g_test_run ();
}
