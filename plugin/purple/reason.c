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
  { 20006, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED }, /* wrong code, or one that is old or used */
  { 20007, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED },
  { 20008, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED },
  { 20009, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED },
  { 20012, PURPLE_CONNECTION_ERROR_AUTHENTICATION_FAILED }, /* account or address blocked */
};

/* The most telling first. */
static const struct {
  GTlsCertificateFlags flag;
  PurpleConnectionError reason;
} certificate_reasons[] = {
  { G_TLS_CERTIFICATE_UNKNOWN_CA, PURPLE_CONNECTION_ERROR_CERT_UNTRUSTED },
  { G_TLS_CERTIFICATE_EXPIRED, PURPLE_CONNECTION_ERROR_CERT_EXPIRED },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, PURPLE_CONNECTION_ERROR_CERT_NOT_ACTIVATED },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, PURPLE_CONNECTION_ERROR_CERT_HOSTNAME_MISMATCH },
};

PurpleConnectionError
openim_reason_from_error (const GError *error)
{
  int code = openim_error_code (error);
  GTlsCertificateFlags flags = 0;

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (reasons[i].code == code)
      return reasons[i].reason;
  if (!openim_error_get_certificate (code, &flags))
    return PURPLE_CONNECTION_ERROR_NETWORK_ERROR;
  for (guint i = 0; i < G_N_ELEMENTS (certificate_reasons); i++)
    if ((flags & certificate_reasons[i].flag) != 0)
      return certificate_reasons[i].reason;
  return PURPLE_CONNECTION_ERROR_CERT_OTHER_ERROR;
}
