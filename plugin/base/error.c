/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <glib/gi18n-lib.h>

/* A webhook of the server's operator has refused. */
#define CALLBACK_ERROR 80000

GQuark
openim_error_quark (void)
{
  return g_quark_from_static_string ("openim-error-quark");
}

typedef struct {
  int code;
  const char *sentence;
} Sentence;

/* Codes of the IM server, of the chat server (20001 and up) and of this side (10000–10401), in the order of
 * their numbers. A code that is not here speaks for itself by the text that came with it. */
static const Sentence sentences[] = {
  { OPENIM_ERROR_SERVER_INTERNAL, N_ ("The server has an internal problem. Try again later.") },
  { OPENIM_ERROR_NO_PERMISSION, N_ ("You are not allowed to do this.") },
  { 1003, N_ ("This exists already.") },
  { OPENIM_ERROR_NOT_FOUND, N_ ("The server does not know what was asked for. Check the ID.") },
  { 1101, N_ ("There is no user with this ID.") },
  { 1102, N_ ("This user is registered already.") },
  { 1201, N_ ("There is no group with this ID.") },
  { 1202, N_ ("A group with this ID exists already.") },
  { 1203, N_ ("You are not a member of this group.") },
  { 1204, N_ ("This group has been dissolved.") },
  { 1205, N_ ("The server does not support groups of this kind.") },
  { 1206, N_ ("Somebody has answered this group request already.") },
  { 1301, N_ ("You cannot add yourself as a friend.") },
  { 1302, N_ ("This person has blocked you.") },
  { 1303, N_ ("This person takes messages from friends only. Ask to be added as a friend first.") },
  { 1304, N_ ("You are friends already.") },
  { 1305, N_ ("This friend request has been answered already.") },
  { 1401, N_ ("This conversation does not use read receipts.") },
  { 1402, N_ ("You are muted in this group.") },
  { 1403, N_ ("This group is muted: only its owner and administrators can write.") },
  { 1404, N_ ("This message has been withdrawn already.") },
  { OPENIM_ERROR_TOKEN_EXPIRED, N_ ("The login has expired. Log in again or enter a new token.") },
  { OPENIM_ERROR_TOKEN_INVALID,
    N_ ("The server does not accept the token. Log in again or enter a new token.") },
  { 1503, N_ ("The token is damaged. Copy the whole token into the account’s settings.") },
  { 1504, N_ ("The token is not valid yet. Check the clocks of this computer and of the server.") },
  { 1505, N_ ("The token is not of this server. Check the addresses and the token.") },
  { OPENIM_ERROR_TOKEN_KICKED,
    N_ ("This account has logged in on another device of the same kind, or was logged out by the server.") },
  { OPENIM_ERROR_TOKEN_NOT_EXIST, N_ ("The server has forgotten this login. Log in again.") },
  { 1601, N_ ("The server has too many connections. Try again later.") },
  { 1602, N_ ("The server does not accept the connection’s parameters. It may be too old.") },
  { 1701, N_ ("The server does not keep this file any longer.") },
  { OPENIM_ERROR_TIMEOUT, N_ ("The server did not answer in time. Check the network and try again.") },
  { OPENIM_ERROR_DEADLINE, N_ ("This took too long and was given up.") },
  { 10004, N_ ("The data is still being loaded. Try again in a moment.") },
  { OPENIM_ERROR_FUNC_NOT_FOUND, N_ ("This function is not supported.") },
  { OPENIM_ERROR_NOT_INIT, N_ ("The account has not been set up yet.") },
  { OPENIM_ERROR_NOT_LOGIN, N_ ("You are not logged in.") },
  { OPENIM_ERROR_USER_NOT_FOUND, N_ ("There is no user with this ID.") },
  { OPENIM_ERROR_LOGIN_OUT, N_ ("This was given up because the account is logging out.") },
  { OPENIM_ERROR_LOGIN_REPEAT, N_ ("The account is logged in already.") },
  { OPENIM_ERROR_FILE_NOT_FOUND, N_ ("The file cannot be found.") },
  { OPENIM_ERROR_MSG_REPEAT, N_ ("This message has been sent already.") },
  { OPENIM_ERROR_CONTENT_TYPE, N_ ("Messages of this kind are not supported.") },
  { OPENIM_ERROR_NO_SEQ, N_ ("The server has not confirmed this message yet. Try again in a moment.") },
  { 10301, N_ ("This option does not exist.") },
  { OPENIM_ERROR_NOT_SUPPORT_TYPE, N_ ("This is not possible in a conversation of this kind.") },
  { 10303, N_ ("Nothing is unread.") },
  { OPENIM_ERROR_GROUP_NOT_FOUND, N_ ("There is no group with this ID.") },
  { 10401, N_ ("Groups of this kind are not supported.") },
  { 20001, N_ ("The password is wrong.") },
  { 20002, N_ ("There is no account with this name. Check the name and the address of the chat server.") },
  { 20003, N_ ("This phone number is registered already.") },
  { 20004, N_ ("This account is registered already.") },
  { 20005, N_ ("Codes were requested too often. Wait a few minutes.") },
  { 20006, N_ ("The code is wrong.") },
  { 20007, N_ ("The code has expired. Ask for a new one.") },
  { 20008, N_ ("The code was entered wrongly too often. Ask for a new one.") },
  { 20009, N_ ("The code has been used already. Ask for a new one.") },
  { 20010, N_ ("The invitation code has been used already.") },
  { 20011, N_ ("There is no such invitation code.") },
  { 20012, N_ ("The server has blocked this account or this computer’s address.") },
  { 20013, N_ ("This person does not take friend requests.") },
  { 20014, N_ ("This e-mail address is registered already.") },
  { 20101, N_ ("The chat server has forgotten this login. Log in again.") },
  { 90002, N_ ("The server has a problem with its database. Try again later.") },
  { 90004, N_ ("The server has a problem with its network. Try again later.") },
  { 90007, N_ ("The server has a problem with its data.") },
};

static const Sentence io_sentences[] = {
  { G_IO_ERROR_CONNECTION_REFUSED,
    N_ ("Nothing answers at this address and port. Check them, or the server may be down.") },
  { G_IO_ERROR_HOST_UNREACHABLE, N_ ("The server cannot be reached from this network.") },
  { G_IO_ERROR_NETWORK_UNREACHABLE, N_ ("There is no network. Check the connection.") },
  { G_IO_ERROR_HOST_NOT_FOUND, N_ ("There is no server of this name. Check the address.") },
  { G_IO_ERROR_TIMED_OUT, N_ ("The server did not answer in time. Check the network and try again.") },
  { G_IO_ERROR_CONNECTION_CLOSED, N_ ("The server closed the connection.") },
  { G_IO_ERROR_PARTIAL_INPUT, N_ ("The server closed the connection.") },
  { G_IO_ERROR_NOT_CONNECTED, N_ ("There is no connection to the server.") },
  { G_IO_ERROR_CANCELLED, N_ ("This was given up.") },
  { G_IO_ERROR_NOT_FOUND, N_ ("The file cannot be found.") },
  { G_IO_ERROR_PERMISSION_DENIED, N_ ("The file may not be opened.") },
  { G_IO_ERROR_NO_SPACE, N_ ("The disk is full.") },
  { G_IO_ERROR_PROXY_FAILED, N_ ("The proxy cannot be reached. Check the proxy settings.") },
  { G_IO_ERROR_PROXY_AUTH_FAILED, N_ ("The proxy does not accept its user name and password.") },
  { G_IO_ERROR_PROXY_NEED_AUTH, N_ ("The proxy asks for a user name and a password.") },
  { G_IO_ERROR_PROXY_NOT_ALLOWED, N_ ("The proxy does not allow this connection.") },
};

static const Sentence resolver_sentences[] = {
  { G_RESOLVER_ERROR_NOT_FOUND, N_ ("There is no server of this name. Check the address.") },
  { G_RESOLVER_ERROR_TEMPORARY_FAILURE,
    N_ ("The server’s name cannot be looked up at present. Check the network.") },
  { G_RESOLVER_ERROR_INTERNAL, N_ ("The server’s name cannot be looked up. Check the address.") },
};

static const Sentence tls_sentences[] = {
  { G_TLS_ERROR_NOT_TLS,
    N_ ("The server does not speak TLS at this port. Check the port, or write http:// or "
        "ws:// if the server has no encryption.") },
  { G_TLS_ERROR_CERTIFICATE_REQUIRED, N_ ("The server asks for a certificate of yours.") },
  { G_TLS_ERROR_HANDSHAKE, N_ ("No secure connection could be agreed with the server.") },
  { G_TLS_ERROR_EOF, N_ ("The server closed the secure connection without a word.") },
  { G_TLS_ERROR_UNAVAILABLE, N_ ("TLS is not available here. Install glib-networking.") },
};

static const struct {
  GTlsCertificateFlags flag;
  const char *reason;
} certificate_reasons[] = {
  { G_TLS_CERTIFICATE_UNKNOWN_CA, N_ ("it is signed by nobody whom this computer trusts") },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, N_ ("it belongs to a server of another name") },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, N_ ("it is not valid yet") },
  { G_TLS_CERTIFICATE_EXPIRED, N_ ("it has expired") },
  { G_TLS_CERTIFICATE_REVOKED, N_ ("it has been revoked") },
  { G_TLS_CERTIFICATE_INSECURE, N_ ("its algorithm is too weak") },
  { G_TLS_CERTIFICATE_GENERIC_ERROR, N_ ("it cannot be checked") },
};

static const char *
find_sentence (const Sentence *rows, gsize n_rows, int code)
{
  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].code == code)
      return rows[i].sentence;
  return NULL;
}

/* libsoup is not known on this floor; its domains are told by their names. */
static gboolean
is_soup_domain (GQuark domain)
{
  const char *name = g_quark_to_string (domain);

  return name != NULL && (g_str_has_prefix (name, "soup-") || g_str_has_prefix (name, "web-socket-error"));
}

int
openim_error_code (const GError *error)
{
  if (error == NULL)
    return 0;
  if (error->domain == OPENIM_ERROR)
    return error->code;
  if (error->domain == G_IO_ERROR) {
    if (error->code == G_IO_ERROR_TIMED_OUT)
      return OPENIM_ERROR_TIMEOUT;
    if (error->code == G_IO_ERROR_CANCELLED)
      return OPENIM_ERROR_LOGIN_OUT;
    return OPENIM_ERROR_NETWORK;
  }
  if (error->domain == G_RESOLVER_ERROR || error->domain == G_TLS_ERROR || is_soup_domain (error->domain))
    return OPENIM_ERROR_NETWORK;
  return OPENIM_ERROR_UNKNOWN;
}

gboolean
openim_error_is_token (const GError *error)
{
  return error != NULL && error->domain == OPENIM_ERROR && error->code >= OPENIM_ERROR_TOKEN_EXPIRED &&
         error->code <= OPENIM_ERROR_TOKEN_NOT_EXIST;
}

char *
openim_error_certificate (GTlsCertificateFlags flags)
{
  g_autoptr (GString) reasons = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (certificate_reasons); i++)
    if (flags & certificate_reasons[i].flag)
      g_string_append_printf (reasons, "%s%s", reasons->len > 0 ? ", " : "",
                              _ (certificate_reasons[i].reason));
  if (reasons->len == 0)
    g_string_append (reasons, _ ("it cannot be checked"));
  return g_strdup_printf (_ ("The server’s certificate is not trusted: %s."), reasons->str);
}

GError *
openim_error_new_certificate (GTlsCertificateFlags flags)
{
  g_autofree char *sentence = openim_error_certificate (flags);

  return g_error_new_literal (
      OPENIM_ERROR, OPENIM_ERROR_CERTIFICATE + (int) (flags & G_TLS_CERTIFICATE_VALIDATE_ALL), sentence);
}

gboolean
openim_error_get_certificate (int code, GTlsCertificateFlags *flags)
{
  if (code < OPENIM_ERROR_CERTIFICATE || code > OPENIM_ERROR_CERTIFICATE + G_TLS_CERTIFICATE_VALIDATE_ALL)
    return FALSE;
  *flags = (GTlsCertificateFlags) (code - OPENIM_ERROR_CERTIFICATE);
  return TRUE;
}

static char *
describe_ours (const GError *error)
{
  const char *sentence = find_sentence (sentences, G_N_ELEMENTS (sentences), error->code);
  if (sentence != NULL)
    return g_strdup (_ (sentence));

  /* The others speak for themselves, some within a sentence. */
  GTlsCertificateFlags flags = 0;
  if (openim_error_get_certificate (error->code, &flags))
    return openim_error_certificate (flags);
  gboolean empty = error->message == NULL || *error->message == '\0';
  if (empty && error->code == OPENIM_ERROR_NETWORK)
    return g_strdup (_ ("The server cannot be reached. Check the network and the address."));
  if (empty)
    return g_strdup_printf (_ ("The server answered with error %d."), error->code);
  switch (error->code) {
  case OPENIM_ERROR_ARGS:
    return g_strdup_printf (_ ("The server does not accept this: %s"), error->message);
  case CALLBACK_ERROR:
    return g_strdup_printf (_ ("The server’s rules forbid this: %s"), error->message);
  default:
    return g_strdup (error->message);
  }
}

char *
openim_error_describe (const GError *error)
{
  const char *sentence = NULL;

  if (error == NULL)
    return g_strdup ("");
  if (error->domain == OPENIM_ERROR)
    return describe_ours (error);

  if (error->domain == G_IO_ERROR)
    sentence = find_sentence (io_sentences, G_N_ELEMENTS (io_sentences), error->code);
  else if (error->domain == G_RESOLVER_ERROR)
    sentence = find_sentence (resolver_sentences, G_N_ELEMENTS (resolver_sentences), error->code);
  else if (error->domain == G_TLS_ERROR && error->code == G_TLS_ERROR_BAD_CERTIFICATE)
    return openim_error_certificate (0);
  else if (error->domain == G_TLS_ERROR)
    sentence = find_sentence (tls_sentences, G_N_ELEMENTS (tls_sentences), error->code);

  if (sentence != NULL)
    return g_strdup (_ (sentence));
  if (openim_error_code (error) == OPENIM_ERROR_NETWORK)
    return g_strdup_printf (_ ("The connection to the server failed: %s"), error->message);
  return g_strdup (error->message);
}
