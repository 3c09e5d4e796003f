/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "purple/reason.h"

#include "base/error.h"

/* Whatever is not here may be different the next time: libpurple tries again by itself after
 * NETWORK_ERROR. The chat server's numbers are named in chat's own error list. */
static const struct {
  int code;
  PurpleConnectionError reason;
} reasons[] = {
  { OPENIM_ERROR_SDK_ARGS, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS },
  { OPENIM_ERROR_ARGS, PURPLE_CONNECTION_ERROR_INVALID_SETTINGS },
  { OPENIM_ERROR_TOKEN_EXPIRED, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED },
  { OPENIM_ERROR_TOKEN_INVALID, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED },
  { 1503, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED },
  { 1504, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED },
  { 1505, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED },
  { OPENIM_ERROR_TOKEN_KICKED, PURPLE_CONNECTION_ERROR_NAME_IN_USE },
  { OPENIM_ERROR_TOKEN_NOT_EXIST, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED },
  { OPENIM_ERROR_LOGIN_REPEAT, PURPLE_CONNECTION_ERROR_NAME_IN_USE },
  { 20001, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED }, /* wrong password */
  { 20002, PURPLE_CONNECTION_ERROR_INVALID_USERNAME },      /* nobody has that name */
  { 20012, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED }, /* account or address blocked */
};

static const struct {
  int code;
  PurpleConnectionError reason;
} tls_reasons[] = {
  { G_TLS_ERROR_BAD_CERTIFICATE, PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED },
  { G_TLS_ERROR_CERTIFICATE_REQUIRED, PURPLE_CONNECTION_ERROR_CERT_NOT_PROVIDED },
  { G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD, PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR },
};

PurpleConnectionError
openim_reason_from_error (const GError *error)
{
  int code = openim_error_code (error);

  if (error->domain == G_TLS_ERROR) {
    for (guint i = 0; i < G_N_ELEMENTS (tls_reasons); i++)
      if (tls_reasons[i].code == error->code)
        return tls_reasons[i].reason;
    return PURPLE_CONNECTION_ERROR_ENCRYPTION_ERROR;
  }
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].code == code)
      return reasons[i].reason;
  return PURPLE_CONNECTION_ERROR_NETWORK_ERROR;
}
