/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server.h"

#include <string.h>

static const struct {
  int code;
  const char *name;
} names[] = {
  { OK, "" },
  { INTERNAL, "ServerInternalError" },
  { ARGS, "ArgsError" },
  { NO_PERMISSION, "NoPermissionError" },
  { NOT_FOUND, "RecordNotFoundError" },
  { USER_NOT_FOUND, "UserIDNotFoundError" },
  { REGISTERED, "RegisteredAlreadyError" },
  { GROUP_EXISTS, "GroupIDExisted" },
  { NOT_IN_GROUP, "NotInGroupYetError" },
  { DISMISSED, "DismissedAlreadyError" },
  { GROUP_HANDLED, "GroupRequestHandled" },
  { YOURSELF, "CanNotAddYourselfError" },
  { BLOCKED, "BlockedByPeer" },
  { ALREADY_FRIENDS, "RelationshipAlreadyError" },
  { FRIEND_HANDLED, "FriendRequestHandled" },
  { MUTED, "MutedInGroup" },
  { GROUP_MUTED, "MutedGroup" },
  { REVOKED, "MsgAlreadyRevoke" },
  { TOKEN_EXPIRED, "TokenExpiredError" },
  { TOKEN_INVALID, "TokenInvalidError" },
  { TOKEN_MALFORMED, "TokenMalformedError" },
  { TOKEN_NOT_YET, "TokenNotValidYetError" },
  { TOKEN_UNKNOWN, "TokenUnknownError" },
  { TOKEN_KICKED, "TokenKickedError" },
  { TOKEN_NOT_EXIST, "TokenNotExistError" },
  { CONNECTION_ARGS, "ConnArgsErr" },
  { WRONG_PASSWORD, "PasswordError" },
  { ACCOUNT_NOT_FOUND, "AccountNotFound" },
  { ACCOUNT_EXISTS, "AccountAlreadyRegister" },
  { WRONG_CODE, "VerifyCodeNotMatch" },
  { CHAT_TOKEN_NOT_EXIST, "ErrTokenNotExist" },
  { DATA_ERROR, "DataError" },
};

const char *
error_name (int code)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].code == code)
      return names[i].name;
  g_assert_not_reached ();
}

gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

char *
base64url_encode (const void *data, gsize length)
{
  char *text = g_base64_encode (data, length);

  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  text[strcspn (text, "=")] = '\0';
  return text;
}

guint8 *
base64url_decode (const char *text, gsize *length)
{
  g_autofree char *padded = g_strconcat (text, "===", NULL);

  padded[(strlen (text) + 3) / 4 * 4] = '\0';
  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  return g_base64_decode (padded, length);
}
