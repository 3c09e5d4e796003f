/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One error domain for everything: the code is the number that a caller of the SDK sees.
 * Codes below 10000 come from the server and pass through unchanged (also 20001–20101 from the chat server
 * and codes of webhooks); 10000–10401 are made here. The enum of the interface is openim.sdk.error.ErrorCode;
 * codes it lacks are plain numbers. */

#include <gio/gio.h>

G_BEGIN_DECLS
#pragma GCC visibility push(default) /* these are part of libopenim-sdk */

#define OPENIM_ERROR (openim_error_quark ())
GQuark openim_error_quark (void);

enum {
  OPENIM_ERROR_SERVER_INTERNAL = 500,
  OPENIM_ERROR_ARGS = 1001,
  OPENIM_ERROR_NO_PERMISSION = 1002,
  OPENIM_ERROR_NOT_FOUND = 1004,
  OPENIM_ERROR_YOURSELF = 1301,
  OPENIM_ERROR_TOKEN_EXPIRED = 1501,
  OPENIM_ERROR_TOKEN_INVALID = 1502,
  OPENIM_ERROR_TOKEN_KICKED = 1506,
  OPENIM_ERROR_TOKEN_NOT_EXIST = 1507,
  OPENIM_ERROR_NETWORK = 10000,
  OPENIM_ERROR_TIMEOUT = 10001,
  OPENIM_ERROR_SDK_ARGS = 10002,
  OPENIM_ERROR_DEADLINE = 10003,
  OPENIM_ERROR_UNKNOWN = 10005,
  OPENIM_ERROR_INTERNAL = 10006,
  OPENIM_ERROR_FUNC_NOT_FOUND = 10007,
  OPENIM_ERROR_NOT_INIT = 10008,
  OPENIM_ERROR_NOT_LOGIN = 10009,
  OPENIM_ERROR_USER_NOT_FOUND = 10100,
  OPENIM_ERROR_LOGIN_OUT = 10101,
  OPENIM_ERROR_LOGIN_REPEAT = 10102,
  OPENIM_ERROR_FILE_NOT_FOUND = 10200,
  OPENIM_ERROR_MSG_REPEAT = 10204,
  OPENIM_ERROR_CONTENT_TYPE = 10205,
  OPENIM_ERROR_NO_SEQ = 10206,
  OPENIM_ERROR_NOT_SUPPORT_TYPE = 10302,
  OPENIM_ERROR_GROUP_NOT_FOUND = 10400,
  OPENIM_ERROR_CERTIFICATE = 11000, /* and up: what is wrong with the server's, see below */
};

/* The number to answer for @error: its code in our domain; G_IO_ERROR_TIMED_OUT → 10001, CANCELLED → 10101,
 * other GIO, resolver, TLS and soup errors → 10000; anything else 10005. 0 for NULL. */
int openim_error_code (const GError *error);

/* 1501–1507: the token is of no use any more. */
gboolean openim_error_is_token (const GError *error);

/* A sentence for a person: what happened and, where that is known, what to do; translated. Knows the common
 * codes of IM server, chat server and SDK, TLS and name-resolution trouble; for others the server's own text.
 * (transfer full) */
char *openim_error_describe (const GError *error);

/* What is wrong with a server's certificate, all of @flags in one translated sentence. (transfer full) */
char *openim_error_certificate (GTlsCertificateFlags flags);
/* An error with that sentence; its code is OPENIM_ERROR_CERTIFICATE plus @flags, so that it can be told from
 * a network that does not work. (transfer full) */
GError *openim_error_new_certificate (GTlsCertificateFlags flags);
/* FALSE: @code is not of such an error. */
gboolean openim_error_get_certificate (int code, GTlsCertificateFlags *flags);

#pragma GCC visibility pop
G_END_DECLS
