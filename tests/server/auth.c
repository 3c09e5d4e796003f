/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth.h"

#include <string.h>

#include "gateway.h"

static char *
signature (const char *secret, const char *text)
{
  guint8 digest[32];
  gsize length = sizeof digest;
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guint8 *) secret, strlen (secret));

  g_hmac_update (hmac, (const guint8 *) text, strlen (text));
  g_hmac_get_digest (hmac, digest, &length);
  return base64url_encode (digest, length);
}

static char *
sign (const char *secret, GString *claims)
{
  static const char head[] = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
  g_autofree char *first = base64url_encode ((const guint8 *) head, sizeof head - 1);
  g_autofree char *second = base64url_encode ((const guint8 *) claims->str, claims->len);
  g_autofree char *text = g_strconcat (first, ".", second, NULL);
  g_autofree char *third = signature (secret, text);

  return g_strconcat (text, ".", third, NULL);
}

static char *
make (const char *secret, const char *user, const char *kind, int number, int lifetime)
{
  GString *claims = g_string_new (NULL);
  gint64 now = now_ms () / 1000;
  char *token;

  out_begin (claims, NULL, '{');
  out_put (claims, "UserID", 's', user, kind, 'i', (gint64) number, "exp", 'i', now + lifetime, "iat", 'i',
           now, NULL);
  out_end (claims, '}');
  token = sign (secret, claims);
  g_string_free (claims, TRUE);
  return token;
}

/* Well formed, signed by us and of this time? */
static Result
open_token (const char *secret, const char *token, JsonObject **claims)
{
  g_auto (GStrv) parts = g_strsplit (token, ".", -1);
  gint64 now = now_ms () / 1000;
  gsize length = 0;

  *claims = NULL;
  if (g_strv_length (parts) == 3) {
    g_autofree char *head = (char *) base64url_decode (parts[0], &length);
    g_autoptr (JsonObject) object = openim_json_parse (head, length, 4096, NULL);
    g_autofree char *body = (char *) base64url_decode (parts[1], &length);

    if (object)
      *claims = openim_json_parse (body, length, 4096, NULL);
  }
  if (!*claims)
    return result (TOKEN_MALFORMED, "jwt parse error");
  g_autofree char *text = g_strconcat (parts[0], ".", parts[1], NULL);
  g_autofree char *proper = signature (secret, text);

  if (!g_str_equal (proper, parts[2]))
    return result (TOKEN_UNKNOWN, "signature is invalid");
  if (openim_json_int (*claims, "exp") <= now)
    return result (TOKEN_EXPIRED, "jwt parse error");
  if (openim_json_int (*claims, "nbf") > now || openim_json_int (*claims, "iat") > now)
    return result (TOKEN_NOT_YET, "jwt parse error");
  return RESULT_OK;
}

/* As the real server words it, token and all. */
static Result
jwt_error (Server *server, Result failure, const char *token)
{
  g_free (server->detail);
  server->detail =
      g_strdup_printf ("%d %s jwt parse error, token=%s", failure.code, error_name (failure.code), token);
  return result (failure.code, server->detail);
}

Result
auth_check (Server *server, const char *token, char **user, int *platform)
{
  g_autoptr (JsonObject) claims = NULL;
  Result answer = open_token (SERVER_SECRET, token, &claims);
  gint64 kicked;

  if (answer.code)
    return jwt_error (server, answer, token);
  kicked = db_int (server->db, -1, "SELECT kicked FROM tokens WHERE token = ?", "s", token);
  if (kicked)
    return kicked < 0 ? result (TOKEN_NOT_EXIST, NULL) : result (TOKEN_KICKED, NULL);
  *user = g_strdup (openim_json_string (claims, "UserID"));
  *platform = openim_json_int (claims, "PlatformID");
  return RESULT_OK;
}

void
auth_kick (Server *server, const char *user, int platform, const char *keep)
{
  db_run (server->db, "UPDATE tokens SET kicked = 1 WHERE user = ? AND platform = ? AND token <> ?", "sis",
          user, (gint64) platform, keep ? keep : "");
}

char *
auth_issue (Server *server, const char *user, int platform)
{
  char *token = make (SERVER_SECRET, user, "PlatformID", platform, server->options->token_lifetime);

  /* administrators' tokens live side by side */
  if (!g_str_equal (user, SERVER_ADMIN))
    auth_kick (server, user, platform, token);
  /* two tokens of one second are the same token */
  db_run (server->db, "INSERT INTO tokens VALUES (?, ?, ?, 0) ON CONFLICT DO UPDATE SET kicked = 0", "ssi",
          token, user, (gint64) platform);
  return token;
}

char *
auth_issue_chat (Server *server, const char *user)
{
  char *token = make (SERVER_CHAT_SECRET, user, "UserType", 1, 7 * 24 * 3600);

  db_run (server->db, "INSERT OR IGNORE INTO chat_tokens VALUES (?, ?)", "ss", token, user);
  return token;
}

Result
auth_check_chat (Server *server, const char *token, char **user, int *platform)
{
  g_autoptr (JsonObject) claims = NULL;
  Result answer = open_token (SERVER_CHAT_SECRET, token, &claims);

  if (answer.code)
    return jwt_error (server, answer, token);
  *user = db_string (server->db, "SELECT user FROM chat_tokens WHERE token = ?", "s", token);
  return *user ? RESULT_OK : result (CHAT_TOKEN_NOT_EXIST, NULL);
}

static void
put_token (Call *call, const char *token)
{
  out_begin (call->data, NULL, '{');
  out_put (call->data, "token", 's', token, "expireTimeSeconds", 'i',
           (gint64) call->server->options->token_lifetime, NULL);
  out_end (call->data, '}');
}

static Result
get_admin_token (Call *call)
{
  g_autofree char *token = NULL;

  if (!g_str_equal (call_string (call, "secret"), SERVER_SECRET))
    return result (NO_PERMISSION, "secret invalid");
  if (!g_str_equal (call_string (call, "userID"), SERVER_ADMIN))
    return result (ARGS, "userID is no administrator");
  token = auth_issue (call->server, SERVER_ADMIN, 10);
  put_token (call, token);
  return RESULT_OK;
}

static Result
get_user_token (Call *call)
{
  const char *user = call_string (call, "userID");
  gint64 platform = call_int (call, "platformID"), level;
  g_autofree char *token = NULL;

  if (platform == 10)
    return result (NO_PERMISSION, "platformID must not be adminPlatformID");
  if (g_str_equal (user, SERVER_ADMIN))
    return result (NO_PERMISSION, "no token of an administrator");
  level = db_int (call->server->db, -1, "SELECT level FROM users WHERE id = ?", "s", user);
  if (level < 0)
    return result (NOT_FOUND, "record not found");
  if (level >= 3)
    return result (NO_PERMISSION, "no token of an application account");
  token = auth_issue (call->server, user, platform);
  put_token (call, token);
  return RESULT_OK;
}

static Result
parse_token (Call *call)
{
  g_autoptr (JsonObject) claims = NULL;
  g_autofree char *user = NULL;
  int platform = 0;
  Result answer = auth_check (call->server, call_string (call, "token"), &user, &platform);

  if (answer.code)
    return answer;
  open_token (SERVER_SECRET, call_string (call, "token"), &claims);
  out_begin (call->data, NULL, '{');
  out_put (call->data, "userID", 's', user, "platformID", 'i', (gint64) platform, "expireTimeSeconds", 'i',
           openim_json_int (claims, "exp"), NULL);
  out_end (call->data, '}');
  return RESULT_OK;
}

static Result
force_logout (Call *call)
{
  const char *user = call_string (call, "userID");
  gint64 platform = call_int (call, "platformID");

  if (platform < 1 || platform > 10)
    return result (ARGS, "platform invalid");
  auth_kick (call->server, user, platform, NULL);
  gateway_kick (call->server, user, platform);
  return RESULT_OK;
}

const Route auth_routes[] = {
  { "/auth/get_admin_token", get_admin_token, NEEDS_NOTHING, "secret:s userID:s!" },
  { "/auth/get_user_token", get_user_token, NEEDS_ADMIN, "platformID:i userID:s" },
  { "/auth/parse_token", parse_token, NEEDS_NOTHING, "token:s!" },
  { "/auth/force_logout", force_logout, NEEDS_ADMIN, "platformID:i userID:s!" },
  { NULL },
};
