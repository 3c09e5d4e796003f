/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Accounts of the chat server: registering, logging in by each kind of name, passwords. */

#include "person.h"
#include "sdk/account.h"

#define LINUX_DESK 7

/* What an operation has come to. */
typedef struct {
  gboolean over;
  gboolean good;
  GError *error;
  gboolean (*finish) (OpenimAccount *account, GAsyncResult *result, GError **error);
} Outcome;

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_clear_error (&outcome->error);
  outcome->good = outcome->finish (OPENIM_ACCOUNT (source), result, &outcome->error);
  outcome->over = TRUE;
}

static gboolean
is_over (gpointer data)
{
  return ((Outcome *) data)->over;
}

/* The error's code, 0 for a success. */
static int
code_of (Outcome *outcome)
{
  int code;

  g_assert_true (story_wait (is_over, outcome, 0));
  g_assert_true (outcome->good == (outcome->error == NULL));
  code = openim_error_code (outcome->error);
  g_clear_error (&outcome->error);
  return code;
}

static OpenimAccount *
account_new (Server *server, const char *name)
{
  g_autoptr (GError) error = NULL;
  OpenimAccount *account = openim_account_new (server->chat, name, LINUX_DESK, NULL, &error);

  g_assert_no_error (error);
  return account;
}

static int
login (OpenimAccount *account, const char *password, const char *code)
{
  Outcome outcome = { .finish = openim_account_login_finish };

  openim_account_login_async (account, password, code, NULL, on_done, &outcome);
  return code_of (&outcome);
}

static void
check_login (Server *server, const char *name, const char *user_id)
{
  g_autoptr (OpenimAccount) account = account_new (server, name);
  g_autofree char *in_token = NULL;
  int platform = 0;

  g_assert_null (openim_account_get_token (account));
  g_assert_cmpint (login (account, "wrong", NULL), ==, 20001);
  g_assert_null (openim_account_get_token (account));
  g_assert_cmpint (login (account, "secret1", NULL), ==, 0);
  g_assert_cmpstr (openim_account_get_user_id (account), ==, user_id);
  g_assert_true (openim_account_read_token (openim_account_get_token (account), &in_token, &platform));
  g_assert_cmpstr (in_token, ==, user_id);
  g_assert_cmpint (platform, ==, LINUX_DESK);
}

static void
test_login (void)
{
  Server *server = server_start (NULL, FALSE);
  g_autofree char *user_id =
      server_register (server, "annie", "Ann", "secret1", "+49 15112345678", "ann@example.org");
  g_autoptr (OpenimAccount) nobody = account_new (server, "nobody");

  check_login (server, "annie", user_id);
  check_login (server, "+49 15112345678", user_id);
  check_login (server, "ann@example.org", user_id);
  g_assert_cmpint (login (nobody, "secret1", NULL), ==, 20002);

  server_stop (server);
}

static void
test_register (void)
{
  Server *server = server_start (NULL, FALSE);
  g_autoptr (OpenimAccount) account = account_new (server, "zoe@example.org");
  Outcome outcome = { .finish = openim_account_send_code_finish };

  openim_account_send_code_async (account, OPENIM_ACCOUNT_CODE_REGISTER, NULL, on_done, &outcome);
  g_assert_cmpint (code_of (&outcome), ==, 0);

  outcome = (Outcome){ .finish = openim_account_register_finish };
  openim_account_register_async (account, "Zoe", "secret1", "000000", NULL, on_done, &outcome);
  g_assert_cmpint (code_of (&outcome), ==, 20006);
  outcome = (Outcome){ .finish = openim_account_register_finish };
  openim_account_register_async (account, "Zoe", "secret1", "666666", NULL, on_done, &outcome);
  g_assert_cmpint (code_of (&outcome), ==, 0);
  g_assert_cmpstr (openim_account_get_user_id (account), !=, NULL);
  g_assert_true (openim_account_read_token (openim_account_get_token (account), NULL, NULL));

  /* By code, as long as it is the server's. */
  g_assert_cmpint (login (account, NULL, "666666"), ==, 0);

  server_stop (server);
}

static void
test_change_password (void)
{
  Server *server = server_start (NULL, FALSE);
  g_autofree char *user_id = server_register (server, "annie", "Ann", "secret1", NULL, "ann@example.org");
  g_autoptr (OpenimAccount) account = account_new (server, "annie");
  Outcome outcome = { .finish = openim_account_change_password_finish };

  openim_account_change_password_async (account, "secret1", "secret2", NULL, on_done, &outcome);
  g_assert_cmpint (code_of (&outcome), ==, OPENIM_ERROR_NOT_LOGIN);

  g_assert_cmpint (login (account, "secret1", NULL), ==, 0);
  outcome = (Outcome){ .finish = openim_account_change_password_finish };
  openim_account_change_password_async (account, "wrong", "secret2", NULL, on_done, &outcome);
  g_assert_cmpint (code_of (&outcome), ==, OPENIM_ERROR_NO_PERMISSION);
  outcome = (Outcome){ .finish = openim_account_change_password_finish };
  openim_account_change_password_async (account, "secret1", "secret2", NULL, on_done, &outcome);
  g_assert_cmpint (code_of (&outcome), ==, 0);
  g_assert_cmpint (login (account, "secret1", NULL), ==, 20001);
  g_assert_cmpint (login (account, "secret2", NULL), ==, 0);

  server_stop (server);
}

static void
test_names (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *user_id = NULL;

  g_assert_null (openim_account_new ("no address", "annie", LINUX_DESK, NULL, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS);
  g_clear_error (&error);
  g_assert_null (openim_account_new ("http://127.0.0.1:1", "", LINUX_DESK, NULL, &error));
  g_assert_nonnull (error);
  g_assert_false (openim_account_read_token ("my password", &user_id, NULL));
  g_assert_null (user_id);
}

/* Passwords are not in the log. */
static void
test_log (void)
{
  g_test_trap_subprocess ("/sdk/account/change-password", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*/account/login*");
  g_test_trap_assert_stdout_unmatched ("*secret1*");
  g_test_trap_assert_stdout_unmatched ("*secret2*");
  g_test_trap_assert_stderr_unmatched ("*secret*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_test_subprocess ())
    g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_test_add_func ("/sdk/account/login", test_login);
  g_test_add_func ("/sdk/account/register", test_register);
  g_test_add_func ("/sdk/account/change-password", test_change_password);
  g_test_add_func ("/sdk/account/names", test_names);
  g_test_add_func ("/sdk/account/log", test_log);

  return g_test_run ();
}
