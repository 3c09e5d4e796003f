/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What all rooms of the server share. One thread, one main loop, one store. */

#include <libsoup/soup.h>

#include "sdkws.pb-c.h"

#include "blobs.h"
#include "db.h"
#include "options.h"
#include "out.h"

#define SERVER_SECRET "openIM123"
#define SERVER_CHAT_SECRET "openIM123chat"
#define SERVER_ADMIN "imAdmin"
#define SERVER_CODE "666666" /* the verification code that always fits */

typedef Openim__Sdkws__MsgData MsgData;
typedef struct _Gateway Gateway;
typedef struct _Presence Presence;

typedef struct _Server {
  const Options *options;
  const Behave *behave; /* of options */
  Db *db;
  Blobs *blobs;
  SoupServer *api;
  SoupServer *ws;
  SoupServer *chat;
  Gateway *gateway;
  Presence *presence;    /* (nullable) made when first needed */
  const char *operation; /* ID of the operation under way: pushes that it causes carry it */
  char *detail;          /* (nullable) the newest errDlt that is no literal */
  const char *resident;  /* (nullable) a user who lives in the server and is always online */
  void (*heard) (struct _Server *server,
                 const MsgData *message); /* (nullable) somebody inside listens to what is sent */
} Server;

/* Error codes that more than one room answers. */
enum {
  OK = 0,
  INTERNAL = 500,
  ARGS = 1001,
  NO_PERMISSION = 1002,
  NOT_FOUND = 1004,
  USER_NOT_FOUND = 1101,
  REGISTERED = 1102,
  GROUP_EXISTS = 1202,
  NOT_IN_GROUP = 1203,
  DISMISSED = 1204,
  GROUP_HANDLED = 1206,
  YOURSELF = 1301,
  BLOCKED = 1302,
  ALREADY_FRIENDS = 1304,
  FRIEND_HANDLED = 1305,
  MUTED = 1402,
  GROUP_MUTED = 1403,
  REVOKED = 1404,
  TOKEN_EXPIRED = 1501,
  TOKEN_INVALID = 1502,
  TOKEN_MALFORMED = 1503,
  TOKEN_NOT_YET = 1504,
  TOKEN_UNKNOWN = 1505,
  TOKEN_KICKED = 1506,
  TOKEN_NOT_EXIST = 1507,
  CONNECTION_ARGS = 1602,
  WRONG_PASSWORD = 20001,
  ACCOUNT_NOT_FOUND = 20002,
  ACCOUNT_EXISTS = 20004,
  WRONG_CODE = 20006,
  CHAT_TOKEN_NOT_EXIST = 20101,
  DATA_ERROR = 90007,
};

const char *error_name (int code); /* as in errMsg; "" for 0 */

gint64 now_ms (void);

/* URL-safe base64 without padding. Decoding takes anything: what comes out is for a parser to judge. */
char *base64url_encode (const void *data, gsize length);    /* (transfer full) */
guint8 *base64url_decode (const char *text, gsize *length); /* (transfer full) */

/* What a handler answers that is no plain success: a code and what errDlt says. */
typedef struct {
  int code;
  const char *detail; /* (nullable), a literal or server->detail */
} Result;

#define RESULT_OK ((Result){ OK, NULL })
static inline Result
result (int code, const char *detail)
{
  return (Result){ code, detail };
}
