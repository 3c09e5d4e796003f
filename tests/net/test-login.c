/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "net/login.h"
#include "server.h"

#define MD5_OF_PASSW0RD "47b7bfb65fa83ac9a71dcb0f6296bb6e" /* of "Passw0rd!" */
#define TOKENS                                                                                               \
  "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":{\"imToken\":\"im\",\"chatToken\":\"chat\","      \
  "\"userID\":\"3418459493\"}}"

static void
test_names (void)
{
  static const struct {
    const char *text, *account, *area_code, *phone, *email;
  } good[] = {
    { "alice", "alice", NULL, NULL, NULL },
    { "  alice ", "alice", NULL, NULL, NULL },
    { "1234567", "1234567", NULL, NULL, NULL },
    { "爱丽丝", "爱丽丝", NULL, NULL, NULL },
    { "a@b.example", NULL, NULL, NULL, "a@b.example" },
    { "+49 15112345678", NULL, "+49", "15112345678", NULL },
    { "+49-151-1234 5678", NULL, "+49", "15112345678", NULL },
    { "+4915112345678", NULL, "+49", "15112345678", NULL },
    { "+8613800138000", NULL, "+86", "13800138000", NULL },
    { "+85291234567", NULL, "+852", "91234567", NULL },
    { "+15551234567", NULL, "+1", "5551234567", NULL },
    { "+79161234567", NULL, "+7", "9161234567", NULL },
    { "+35315551234", NULL, "+353", "15551234", NULL },
    { "+1 (555) 123-4567", NULL, "+1", "5551234567", NULL },
    { "+1684 5551234", NULL, "+1684", "5551234", NULL },
    { "+ 49 15112345678", NULL, "+49", "15112345678", NULL },
    { "+972.50.1234567", NULL, "+972", "501234567", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (OpenimLoginName) name = openim_login_name_parse (good[i].text, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (name->account, ==, good[i].account);
    g_assert_cmpstr (name->area_code, ==, good[i].area_code);
    g_assert_cmpstr (name->phone, ==, good[i].phone);
    g_assert_cmpstr (name->email, ==, good[i].email);
  }
  static const char *const bad[] = { "",
                                     "  ",
                                     "@",
                                     "a@",
                                     "@b",
                                     "a@b@c",
                                     "a b@c",
                                     "+",
                                     "+49",
                                     "+49 ",
                                     "+49 12",
                                     "+49abc1234567",
                                     "+0123456",
                                     "+2851234567",
                                     "+49 1234567890123456",

                                     "+12345 1234567",
                                     "++4915112345678",
                                     "+49;15112345678" };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (OpenimLoginName) name = openim_login_name_parse (bad[i], &error);
    if (name != NULL)
      g_test_message ("taken: %s", bad[i]);
    g_assert_null (name);
    g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS);
    g_assert_true (g_utf8_validate (error->message, -1, NULL));
  }
  g_assert_null (openim_login_name_parse (NULL, NULL));
}

static void
script_answer (TestPeer *peer, guint number, gconstpointer data)
{
  for (;;) {
    g_autofree char *request = test_peer_read_request (peer);
    if (request == NULL)
      return;
    test_note (test_peer_server (peer), "%s", request);
    test_peer_answer (peer, 200, data);
  }
}

typedef struct {
  TestServer *server;
  OpenimApi *chat;
  GAsyncResult *result;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = test_server_new (script_answer, data);
  g_autofree char *url = test_server_url (fixture->server, "http", "");
  fixture->chat = openim_api_new (url, NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->result);
  g_object_unref (fixture->chat);
  test_server_free (fixture->server);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;
  g_assert_null (fixture->result);
  fixture->result = g_object_ref (result);
}

/* The body that the server saw, once the call has ended. */
static JsonObject *
seen (Fixture *fixture, const char *path, char **token)
{
  test_until (fixture->result != NULL);
  g_autofree char *request = test_next_note (fixture->server);
  g_autofree char *target = test_target (request);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (target, ==, path);
  if (token != NULL)
    *token = test_header (request, "token");
  JsonObject *body = openim_json_parse (test_body (request), strlen (test_body (request)), 10000, &error);
  g_assert_no_error (error);
  return body;
}

static void
assert_strings (JsonObject *object, ...)
{
  va_list pairs;
  const char *key;

  va_start (pairs, object);
  while ((key = va_arg (pairs, const char *)) != NULL) {
    g_assert_true (json_object_has_member (object, key));
    g_assert_cmpstr (openim_json_string (object, key), ==, va_arg (pairs, const char *));
  }
  va_end (pairs);
}

static void
test_login (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *name, *account, *area_code, *phone, *email;
  } rows[] = { { "alice", "alice", "+86", "1", "" },
               { "+49 15112345678", "", "+49", "15112345678", "" },
               { "a@b.example", "", "", "", "a@b.example" } };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (OpenimLoginName) name = openim_login_name_parse (rows[i].name, NULL);
    g_clear_object (&fixture->result);
    openim_login_async (fixture->chat, name, "Passw0rd!", NULL, 7, NULL, on_done, fixture);
    g_autoptr (JsonObject) body = seen (fixture, "/account/login", NULL);
    assert_strings (body, "account", rows[i].account, "areaCode", rows[i].area_code, "phoneNumber",
                    rows[i].phone, "email", rows[i].email, "password", MD5_OF_PASSW0RD, "verifyCode", "",
                    "deviceID", "", NULL);
    g_assert_cmpint (openim_json_int (body, "platform"), ==, 7);
    g_autoptr (GError) error = NULL;
    g_autoptr (OpenimLoginTokens) tokens = openim_login_finish (fixture->chat, fixture->result, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (tokens->user_id, ==, "3418459493");
    g_assert_cmpstr (tokens->im_token, ==, "im");
    g_assert_cmpstr (tokens->chat_token, ==, "chat");
  }
}

static void
test_login_by_code (Fixture *fixture, gconstpointer data)
{
  g_autoptr (OpenimLoginName) name = openim_login_name_parse ("a@b.example", NULL);
  openim_login_async (fixture->chat, name, NULL, "666666", 7, NULL, on_done, fixture);
  g_autoptr (JsonObject) body = seen (fixture, "/account/login", NULL);
  assert_strings (body, "password", "", "verifyCode", "666666", NULL);
  g_autoptr (OpenimLoginTokens) tokens = openim_login_finish (fixture->chat, fixture->result, NULL);
  g_assert_nonnull (tokens);
}

static void
test_login_fails (Fixture *fixture, gconstpointer data)
{
  int code = strstr (data, "20001") != NULL ? 20001 : OPENIM_ERROR_INTERNAL;
  g_autoptr (OpenimLoginName) name = openim_login_name_parse ("alice", NULL);
  g_autoptr (GError) error = NULL;

  openim_login_async (fixture->chat, name, "x", NULL, 7, NULL, on_done, fixture);
  test_until (fixture->result != NULL);
  g_assert_null (openim_login_finish (fixture->chat, fixture->result, &error));
  g_assert_error (error, OPENIM_ERROR, code);
}

static void
test_send_code (Fixture *fixture, gconstpointer data)
{
  g_autoptr (OpenimLoginName) phone = openim_login_name_parse ("+49 15112345678", NULL);
  g_autoptr (OpenimLoginName) account = openim_login_name_parse ("alice", NULL);
  g_autoptr (GError) error = NULL;

  openim_login_send_code_async (fixture->chat, phone, OPENIM_CODE_LOGIN, 7, NULL, on_done, fixture);
  g_autoptr (JsonObject) body = seen (fixture, "/account/code/send", NULL);
  assert_strings (body, "areaCode", "+49", "phoneNumber", "15112345678", NULL);
  g_assert_cmpint (openim_json_int (body, "usedFor"), ==, 3);
  g_assert_true (openim_login_send_code_finish (fixture->chat, fixture->result, &error));
  g_assert_no_error (error);

  g_clear_object (&fixture->result);
  openim_login_send_code_async (fixture->chat, account, OPENIM_CODE_LOGIN, 7, NULL, on_done, fixture);
  g_assert_null (fixture->result);
  test_until (fixture->result != NULL);
  g_assert_false (openim_login_send_code_finish (fixture->chat, fixture->result, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS);
}

static void
test_register (Fixture *fixture, gconstpointer data)
{
  g_autoptr (OpenimLoginName) name = openim_login_name_parse ("+49 15112345678", NULL);
  openim_login_register_async (fixture->chat, name, "Alice", "Passw0rd!", "666666", 7, NULL, on_done,
                               fixture);
  g_autoptr (JsonObject) body = seen (fixture, "/account/register", NULL);
  g_assert_true (openim_json_bool (body, "autoLogin"));
  g_assert_cmpint (openim_json_int (body, "platform"), ==, 7);
  assert_strings (body, "verifyCode", "666666", NULL);
  assert_strings (openim_json_object (body, "user"), "nickname", "Alice", "areaCode", "+49", "phoneNumber",
                  "15112345678", "password", MD5_OF_PASSW0RD, NULL);
  g_autoptr (OpenimLoginTokens) tokens = openim_login_register_finish (fixture->chat, fixture->result, NULL);
  g_assert_cmpstr (tokens->user_id, ==, "3418459493");
}

static void
test_change_password (Fixture *fixture, gconstpointer data)
{
  OpenimLoginTokens tokens = { (char *) "u1", (char *) "im", (char *) "chat" };
  g_autofree char *token = NULL;

  openim_login_change_password_async (fixture->chat, &tokens, "Passw0rd!", "new", NULL, on_done, fixture);
  g_autoptr (JsonObject) body = seen (fixture, "/account/password/change", &token);
  assert_strings (body, "userID", "u1", "currentPassword", MD5_OF_PASSW0RD, "newPassword",
                  "22af645d1859cb5ca6da0c484f1f37ea", NULL);
  g_assert_cmpstr (token, ==, "chat");
  g_assert_true (openim_login_change_password_finish (fixture->chat, fixture->result, NULL));
}

static char *
make_token (const char *payload)
{
  g_autofree char *data = g_base64_encode ((const guchar *) payload, strlen (payload));
  for (char *c = data; *c != '\0'; c++)
    *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
  data[strcspn (data, "=")] = '\0';
  return g_strconcat ("eyJhbGciOiJIUzI1NiJ9.", data, ".c2ln_-", NULL);
}

static void
test_tokens (void)
{
  g_autofree char *good = make_token ("{\"UserID\":\"ü?~1\",\"PlatformID\":7,\"exp\":1803190564,\"iat\":1}");
  g_autofree char *chat = make_token ("{\"UserID\":\"u1\",\"UserType\":1}");
  g_autofree char *odd = make_token ("{\"UserID\":\"u1\",\"PlatformID\":99999999999,\"exp\":\"x\"}");
  g_autofree char *user_id = NULL;
  int platform = 0;
  gint64 expires = 0;

  g_assert_true (openim_login_read_token (good, &user_id, &platform, &expires));
  g_assert_cmpstr (user_id, ==, "ü?~1");
  g_assert_cmpint (platform, ==, 7);
  g_assert_cmpint (expires, ==, 1803190564);
  g_assert_true (openim_login_read_token (good, NULL, NULL, NULL));
  g_assert_true (openim_login_read_token (chat, NULL, &platform, NULL));
  g_assert_cmpint (platform, ==, 0);
  g_assert_true (openim_login_read_token (odd, NULL, &platform, &expires));
  g_assert_cmpint (platform, ==, 0);
  g_assert_cmpint (expires, ==, 0);

  g_autofree char *no_user = make_token ("{\"PlatformID\":7}");
  g_autofree char *no_object = make_token ("[1]");
  g_autofree char *no_json = make_token ("hello there");
  g_autofree char *blank = make_token ("{\"UserID\":\"a b\"}");
  g_autofree char *longer = g_strconcat (good, ".x", NULL);
  g_autofree char *spaced = g_strconcat (good, " ", NULL);
  g_autofree char *huge = g_strnfill (100000, 'a');
  const char *const bad[] = { "",      ".",     "..",      "a.b.c", "hunter2", "www.example.org",
                              no_user, no_json, no_object, blank,   longer,    spaced,
                              huge,    NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (openim_login_read_token (bad[i], NULL, NULL, NULL));
}

int
main (int argc, char **argv)
{
  static const char empty[] = "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\"}";
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/login/names", test_names);
#define ADD(name, answer, test) g_test_add (name, Fixture, answer, set_up, test, tear_down)
  ADD ("/login/password", TOKENS, test_login);
  ADD ("/login/code", TOKENS, test_login_by_code);
  ADD ("/login/wrong-password", "{\"errCode\":20001,\"errMsg\":\"PasswordError\",\"errDlt\":\"\"}",
       test_login_fails);
  ADD ("/login/no-tokens", empty, test_login_fails);
  ADD ("/login/odd-user",
       "{\"errCode\":0,\"data\":{\"imToken\":\"im\",\"chatToken\":\"chat\",\"userID\":\"a b\"}}",
       test_login_fails);
  ADD ("/login/send-code", empty, test_send_code);
  ADD ("/login/register", TOKENS, test_register);
  ADD ("/login/change-password", empty, test_change_password);
  g_test_add_func ("/login/tokens", test_tokens);
  return g_test_run ();
}
