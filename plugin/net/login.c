/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/login.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/gate.h"

#define PHONE_MIN 4
#define PHONE_MAX 15 /* digits of a whole number, ITU-T E.164 */
#define TOKEN_MAX (16 * 1024)
/* What the server checks in a login by account name, and then does not use. */
#define FILLER_AREA_CODE "+86"
#define FILLER_PHONE "1"

/* Country codes, ITU-T E.164: the first two digits tell how long the code is. Codes with one digit are 1 and
 * 7; those that begin as listed here have two; the other zones have three, but for those that are not
 * assigned. */
static const char two_digits[] =
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 "
    "60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
static const char not_assigned[] = "28 83 89 ";

static gsize
area_code_length (const char *digits)
{
  char zone[4] = { digits[0], digits[0] != '\0' ? digits[1] : '\0', ' ', '\0' };

  if (digits[0] == '1' || digits[0] == '7')
    return 1;
  if (digits[0] == '\0' || digits[0] == '0' || digits[1] == '\0' || strstr (not_assigned, zone) != NULL)
    return 0;
  return strstr (two_digits, zone) != NULL ? 2 : 3;
}

/* @text begins with '+'. */
static gboolean
parse_phone (const char *text, OpenimLoginName *name)
{
  gsize separator = strcspn (text, " -");
  g_autoptr (GString) digits = g_string_new (NULL);
  gsize code_length = 0;

  for (const char *c = text + 1; *c != '\0'; c++) {
    if (g_ascii_isdigit (*c))
      g_string_append_c (digits, *c);
    else if (strchr (" -./()", *c) == NULL)
      return FALSE;
    if ((gsize) (c - text) + 1 == separator && text[separator] != '\0')
      code_length = digits->len;
  }
  if (code_length == 0)
    code_length = area_code_length (digits->str);
  if (code_length == 0 || code_length > 4 || digits->len < code_length + PHONE_MIN || digits->len > PHONE_MAX)
    return FALSE;

  name->area_code = g_strdup_printf ("+%.*s", (int) code_length, digits->str);
  name->phone = g_strdup (digits->str + code_length);
  return TRUE;
}

static gboolean
is_email (const char *text)
{
  const char *at = strchr (text, '@');
  return at != text && at[1] != '\0' && strchr (at + 1, '@') == NULL && strpbrk (text, " \t") == NULL;
}

OpenimLoginName *
openim_login_name_parse (const char *text, GError **error)
{
  g_autofree char *clean = openim_gate_text (text != NULL ? text : "", -1, 0, TRUE);
  const char *trimmed = g_strstrip (clean);
  g_autoptr (OpenimLoginName) name = g_new0 (OpenimLoginName, 1);
  const char *trouble = NULL;

  if (strchr (trimmed, '@') != NULL) {
    if (!is_email (trimmed))
      trouble = _ ("“%s” is not an e-mail address.");
    name->email = g_strdup (trimmed);
  } else if (trimmed[0] == '+') {
    if (!parse_phone (trimmed, name))
      trouble = _ ("“%s” is not a phone number with a country code, such as “+49 15112345678”.");
  } else {
    if (trimmed[0] == '\0')
      trouble = _ ("“%s” is not an account name.");
    name->account = g_strdup (trimmed);
  }
  if (trouble != NULL) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, trouble, trimmed);
#pragma GCC diagnostic pop
    return NULL;
  }
  return g_steal_pointer (&name);
}

void
openim_login_name_free (OpenimLoginName *name)
{
  if (name == NULL)
    return;
  g_free (name->account);
  g_free (name->area_code);
  g_free (name->phone);
  g_free (name->email);
  g_free (name);
}

void
openim_login_tokens_free (OpenimLoginTokens *tokens)
{
  if (tokens == NULL)
    return;
  g_free (tokens->user_id);
  g_free (tokens->im_token);
  g_free (tokens->chat_token);
  g_free (tokens);
}

static char *
digest (const char *password)
{
  return password != NULL ? g_compute_checksum_for_string (G_CHECKSUM_MD5, password, -1) : g_strdup ("");
}

/* "" for what the name does not have. */
static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static gboolean
can_be_reached (const OpenimLoginName *name)
{
  return name->email != NULL || name->phone != NULL;
}

static void
on_called (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  JsonObject *answer = openim_api_call_finish (OPENIM_API (source), result, &error);

  if (answer != NULL)
    g_task_return_pointer (task, answer, (GDestroyNotify) json_object_unref);
  else
    g_task_return_error (task, error);
}

/* @body: (transfer full); NULL: the name cannot be used for this. */
static void
call (OpenimApi *chat,
      const char *path,
      JsonObject *body,
      GCancellable *cancellable,
      GAsyncReadyCallback callback,
      gpointer user_data)
{
  GTask *task = g_task_new (chat, NULL, callback, user_data);

  g_task_set_source_tag (task, call);
  if (body != NULL) {
    openim_api_call_async (chat, path, body, cancellable, on_called, task);
    return;
  }
  g_task_return_new_error (task, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, "%s",
                           _ ("This needs a phone number or an e-mail address, not an account name."));
  g_object_unref (task);
}

static JsonObject *
finish (OpenimApi *chat, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, chat), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static OpenimLoginTokens *
finish_tokens (OpenimApi *chat, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonObject) answer = finish (chat, result, error);
  if (answer == NULL)
    return NULL;

  const char *user_id = openim_json_string (answer, "userID");
  const char *im_token = openim_json_string (answer, "imToken");
  if (!openim_gate_id (user_id) || *im_token == '\0') {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                         _ ("The chat server has accepted the login, but its answer cannot be used."));
    return NULL;
  }
  OpenimLoginTokens *tokens = g_new0 (OpenimLoginTokens, 1);
  tokens->user_id = g_strdup (user_id);
  tokens->im_token = g_strdup (im_token);
  tokens->chat_token = g_strdup (openim_json_string (answer, "chatToken"));
  return tokens;
}

static gboolean
finish_empty (OpenimApi *chat, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonObject) answer = finish (chat, result, error);
  return answer != NULL;
}

void
openim_login_async (OpenimApi *chat,
                    const OpenimLoginName *name,
                    const char *password,
                    const char *code,
                    int platform,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autofree char *hash = digest (password);
  gboolean filler = !can_be_reached (name);
  JsonObject *body =
      openim_json_build ("account", 's', or_empty (name->account), "areaCode", 's',
                         filler ? FILLER_AREA_CODE : or_empty (name->area_code), "phoneNumber", 's',
                         filler ? FILLER_PHONE : or_empty (name->phone), "email", 's', or_empty (name->email),
                         "password", 's', hash, "verifyCode", 's', or_empty (code), "platform", 'i',
                         (gint64) platform, "deviceID", 's', "", NULL);
  call (chat, "/account/login", body, cancellable, callback, user_data);
}

OpenimLoginTokens *
openim_login_finish (OpenimApi *chat, GAsyncResult *result, GError **error)
{
  return finish_tokens (chat, result, error);
}

void
openim_login_send_code_async (OpenimApi *chat,
                              const OpenimLoginName *name,
                              OpenimCodePurpose purpose,
                              int platform,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  JsonObject *body = NULL;
  if (can_be_reached (name))
    body = openim_json_build ("usedFor", 'i', (gint64) purpose, "areaCode", 's', or_empty (name->area_code),
                              "phoneNumber", 's', or_empty (name->phone), "email", 's',
                              or_empty (name->email), "platform", 'i', (gint64) platform, "deviceID", 's', "",
                              "invitationCode", 's', "", NULL);
  call (chat, "/account/code/send", body, cancellable, callback, user_data);
}

gboolean
openim_login_send_code_finish (OpenimApi *chat, GAsyncResult *result, GError **error)
{
  return finish_empty (chat, result, error);
}

void
openim_login_register_async (OpenimApi *chat,
                             const OpenimLoginName *name,
                             const char *nickname,
                             const char *password,
                             const char *code,
                             int platform,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  JsonObject *body = NULL;
  if (can_be_reached (name)) {
    g_autofree char *hash = digest (password);
    JsonObject *user = openim_json_build (
        "nickname", 's', nickname, "account", 's', or_empty (name->account), "areaCode", 's',
        or_empty (name->area_code), "phoneNumber", 's', or_empty (name->phone), "email", 's',
        or_empty (name->email), "password", 's', hash, "faceURL", 's', "", "birth", 'i', (gint64) 0, NULL);
    body = openim_json_build ("verifyCode", 's', or_empty (code), "platform", 'i', (gint64) platform,
                              "autoLogin", 'b', TRUE, "deviceID", 's', "", "invitationCode", 's', "", "user",
                              'o', user, NULL);
  }
  call (chat, "/account/register", body, cancellable, callback, user_data);
}

OpenimLoginTokens *
openim_login_register_finish (OpenimApi *chat, GAsyncResult *result, GError **error)
{
  return finish_tokens (chat, result, error);
}

void
openim_login_change_password_async (OpenimApi *chat,
                                    const OpenimLoginTokens *tokens,
                                    const char *current,
                                    const char *wanted,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  g_autofree char *current_hash = digest (current);
  g_autofree char *wanted_hash = digest (wanted);

  openim_api_set_token (chat, tokens->chat_token);
  call (chat, "/account/password/change",
        openim_json_build ("userID", 's', tokens->user_id, "currentPassword", 's', current_hash,
                           "newPassword", 's', wanted_hash, NULL),
        cancellable, callback, user_data);
}

gboolean
openim_login_change_password_finish (OpenimApi *chat, GAsyncResult *result, GError **error)
{
  return finish_empty (chat, result, error);
}

/* The server takes the keyword for a pattern. */
void
openim_login_search_async (OpenimApi *chat,
                           const OpenimLoginTokens *tokens,
                           const char *keyword,
                           guint count,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autofree char *pattern = g_regex_escape_string (keyword, -1);

  openim_api_set_token (chat, tokens->chat_token);
  call (chat, "/user/search/public",
        openim_json_build (
            "keyword", 's', pattern, "pagination", 'o',
            openim_json_build ("pageNumber", 'i', (gint64) 1, "showNumber", 'i', (gint64) count, NULL), NULL),
        cancellable, callback, user_data);
}

GPtrArray *
openim_login_search_finish (OpenimApi *chat, GAsyncResult *result, GError **error)
{
  g_autoptr (JsonObject) answer = finish (chat, result, error);
  JsonArray *rows = openim_json_array (answer, "users");
  GPtrArray *users = NULL;

  if (answer == NULL)
    return NULL;
  users = g_ptr_array_new_with_free_func (openim_pb_free);
  for (guint i = 0; rows != NULL && i < json_array_get_length (rows); i++) {
    JsonNode *row = json_array_get_element (rows, i);

    if (JSON_NODE_HOLDS_OBJECT (row))
      g_ptr_array_add (users, openim_json_read (json_node_get_object (row), NULL,
                                                &openim__sdk__shared__imuser__descriptor));
  }
  return users;
}

/* Base64 with the alphabet for addresses, without padding; NULL for anything else. */
static guchar *
decode_part (const char *part, gsize *length)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (const char *c = part; *c != '\0'; c++) {
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '_')
      return NULL;
    g_string_append_c (text, *c == '-' ? '+' : *c == '_' ? '/' : *c);
  }
  if (text->len == 0 || text->len % 4 == 1)
    return NULL;
  while (text->len % 4 != 0)
    g_string_append_c (text, '=');
  return g_base64_decode (text->str, length);
}

gboolean
openim_login_read_token (const char *text, char **user_id, int *platform, gint64 *expires_s)
{
  if (text == NULL || strlen (text) > TOKEN_MAX)
    return FALSE;
  g_auto (GStrv) parts = g_strsplit (text, ".", 4);
  if (g_strv_length (parts) != 3)
    return FALSE;

  g_autoptr (JsonObject) object = NULL;
  for (int i = 0; i < 3; i++) {
    gsize length = 0;
    g_autofree guchar *data = decode_part (parts[i], &length);
    if (data == NULL)
      return FALSE;
    if (i == 1)
      object = openim_json_parse ((const char *) data, length, TOKEN_MAX, NULL);
  }
  const char *id = openim_json_string (object, "UserID");
  if (!openim_gate_id (id))
    return FALSE;

  gint64 number = openim_json_int (object, "PlatformID");
  if (user_id != NULL)
    *user_id = g_strdup (id);
  if (platform != NULL)
    *platform = number > 0 && number <= G_MAXINT ? (int) number : 0;
  if (expires_s != NULL)
    *expires_s = openim_json_int (object, "exp");
  return TRUE;
}
