/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/error.h"

#include <string.h>

#include "error.pb-c.h"

static void
test_code (void)
{
  g_autoptr (GError) ours = g_error_new_literal (OPENIM_ERROR, 1302, "BlockedByPeer");
  g_autoptr (GError) timeout = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "x");
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
  g_autoptr (GError) refused = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED, "x");
  g_autoptr (GError) name = g_error_new_literal (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "x");
  g_autoptr (GError) tls = g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_MISC, "x");
  g_autoptr (GError) soup =
      g_error_new_literal (g_quark_from_static_string ("soup-session-error-quark"), 0, "x");
  g_autoptr (GError) other = g_error_new_literal (G_MARKUP_ERROR, 0, "x");

  g_assert_cmpint (openim_error_code (NULL), ==, 0);
  g_assert_cmpint (openim_error_code (ours), ==, 1302);
  g_assert_cmpint (openim_error_code (timeout), ==, 10001);
  g_assert_cmpint (openim_error_code (cancelled), ==, 10101);
  g_assert_cmpint (openim_error_code (refused), ==, 10000);
  g_assert_cmpint (openim_error_code (name), ==, 10000);
  g_assert_cmpint (openim_error_code (tls), ==, 10000);
  g_assert_cmpint (openim_error_code (soup), ==, 10000);
  g_assert_cmpint (openim_error_code (other), ==, 10005);
}

static void
test_token (void)
{
  g_assert_false (openim_error_is_token (NULL));
  for (int code = 1499; code < 1510; code++) {
    g_autoptr (GError) ours = g_error_new_literal (OPENIM_ERROR, code, "x");
    g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, code, "x");
    g_assert_cmpint (openim_error_is_token (ours), ==, code >= 1501 && code <= 1507);
    g_assert_false (openim_error_is_token (foreign));
  }
}

static void
assert_sentence (const char *text)
{
  g_assert_cmpuint (strlen (text), >, 5);
  g_assert_true (g_ascii_isupper (text[0]));
  g_assert_true (g_str_has_suffix (text, "."));
}

/* Every code of the interface is a sentence, but those whose own text is passed on. */
static void
test_describe_codes (void)
{
  const ProtobufCEnumDescriptor *codes = &openim__sdk__error__error_code__descriptor;

  for (unsigned i = 0; i < codes->n_values; i++) {
    g_autoptr (GError) error =
        g_error_new_literal (OPENIM_ERROR, codes->values[i].value, "What The Server Said.");
    g_autofree char *text = openim_error_describe (error);
    assert_sentence (text);
  }
  for (int code = 20001; code <= 20014; code++) {
    g_autoptr (GError) error = g_error_new_literal (OPENIM_ERROR, code, "Raw");
    g_autofree char *text = openim_error_describe (error);
    assert_sentence (text);
    g_assert_null (strstr (text, "Raw"));
  }
}

static void
test_describe (void)
{
  static const struct {
    GQuark (*domain) (void);
    int code;
    const char *message;
    const char *part;
  } rows[] = {
    { openim_error_quark, 20001, "PasswordError", "password is wrong" },
    { openim_error_quark, 20002, "AccountNotFound", "no account with this name" },
    { openim_error_quark, 1302, "BlockedByPeer", "blocked you" },
    { openim_error_quark, 1303, "NotPeersFriend", "friends only" },
    { openim_error_quark, 1402, "MutedInGroup", "muted in this group" },
    { openim_error_quark, 1403, "MutedGroup", "only its owner" },
    { openim_error_quark, 1501, "TokenExpired", "expired" },
    { openim_error_quark, 1506, "TokenKicked", "another device" },
    { openim_error_quark, 10001, "", "did not answer in time" },
    { openim_error_quark, 10000, "This sentence was made where the trouble was.", "This sentence was made" },
    { openim_error_quark, 10000, "", "cannot be reached" },
    { openim_error_quark, 1001, "ArgsError: seq is invalid", "not accept this: ArgsError: seq is invalid" },
    { openim_error_quark, 4711, "a webhook's own words", "a webhook's own words" },
    { openim_error_quark, 4711, "", "error 4711" },
    { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, "x", "address and port" },
    { g_io_error_quark, G_IO_ERROR_TIMED_OUT, "x", "in time" },
    { g_io_error_quark, G_IO_ERROR_FAILED, "odd trouble", "failed: odd trouble" },
    { g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND, "x", "no server of this name" },
    { g_resolver_error_quark, G_RESOLVER_ERROR_TEMPORARY_FAILURE, "x", "cannot be looked up" },
    { g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, "x", "certificate is not trusted" },
    { g_tls_error_quark, G_TLS_ERROR_NOT_TLS, "x", "does not speak TLS" },
    { g_markup_error_quark, 1, "as it came", "as it came" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = g_error_new_literal (rows[i].domain (), rows[i].code, rows[i].message);
    g_autofree char *text = openim_error_describe (error);
    g_assert_nonnull (strstr (text, rows[i].part));
  }
  g_autofree char *none = openim_error_describe (NULL);
  g_assert_cmpstr (none, ==, "");
}

static void
test_certificate (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint bit = 0; bit < 7; bit++) {
    char *text = openim_error_certificate (1 << bit);
    assert_sentence (text);
    g_assert_true (g_hash_table_add (seen, text));
  }
  g_autofree char *two = openim_error_certificate (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_UNKNOWN_CA);
  g_assert_nonnull (strstr (two, "expired"));
  g_assert_nonnull (strstr (two, "signed by nobody"));
  g_autofree char *none = openim_error_certificate (0);
  assert_sentence (none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/code", test_code);
  g_test_add_func ("/error/token", test_token);
  g_test_add_func ("/error/describe/codes", test_describe_codes);
  g_test_add_func ("/error/describe", test_describe);
  g_test_add_func ("/error/certificate", test_certificate);
  return g_test_run ();
}
