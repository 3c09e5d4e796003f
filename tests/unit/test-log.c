/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <string.h>

#define JWT "eyJhbGciOiJIUzI1NiJ9.eyJVc2VySUQiOiJhbGljZSJ9.c2lnbmF0dXJl-_x"

static void
test_redact (void)
{
  static const struct {
    const char *line;
    const char *masked;
  } rows[] = {
    { "", "" },
    { "nothing secret here", "nothing secret here" },
    { "token expired", "token expired" },
    { "got " JWT ".", "got ***." },
    { "x=" JWT "&y=1", "x=***&y=1" },
    { "GET /?sendID=u1&token=abc.def&platformID=7", "GET /?sendID=u1&token=***&platformID=7" },
    { "Token: abc def", "Token: *** def" },
    { "{\"token\":\"abc\",\"userID\":\"u1\"}", "{\"token\":\"***\",\"userID\":\"u1\"}" },
    { "{\"chatToken\": \"a\\\"bc\", \"n\":1}", "{\"chatToken\": \"***\", \"n\":1}" },
    { "{\"data\":\"{\\\"imToken\\\":\\\"abc\\\",\\\"n\\\":1}\"}",
      "{\"data\":\"{\\\"imToken\\\":\\\"***\\\",\\\"n\\\":1}\"}" },
    { "password=hunter2, next", "password=***, next" },
    { "'secret': 'openIM123'", "'secret': '***'" },
    { "verifyCode:666666 PASSWD=x", "verifyCode:*** PASSWD=***" },
    { "ws://alice:geheim@host:10001/", "ws://***@host:10001/" },
    { "https://host/a@b", "https://host/a@b" },
    { "token=\"no end", "token=\"***" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *masked = openim_log_redact (rows[i].line);
    g_assert_cmpstr (masked, ==, rows[i].masked);
  }
}

static void
test_redact_odd (void)
{
  g_autofree char *bad = openim_log_redact ("token=\xff\xfe bad \xc3");
  g_assert_true (g_utf8_validate (bad, -1, NULL));
  g_assert_null (strstr (bad, "\xff"));

  /* A megabyte that nearly matches everywhere takes no time. */
  g_autofree char *nearly = g_strnfill (1 << 20, 'e');
  for (gsize i = 0; i + 4 < 1 << 20; i += 4)
    memcpy (nearly + i, "eyJ.", 4);
  gint64 start = g_get_monotonic_time ();
  g_autofree char *masked = openim_log_redact (nearly);
  g_assert_nonnull (masked);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
}

static void
test_id (void)
{
  g_autofree char *a = openim_log_id ("si_alice_bob");
  g_autofree char *again = openim_log_id ("si_alice_bob");
  g_autofree char *b = openim_log_id ("si_alice_carol");
  g_autofree char *user = openim_log_id ("alice");
  g_autofree char *none = openim_log_id ("");
  g_autofree char *null = openim_log_id (NULL);

  g_assert_true (g_regex_match_simple ("^si#[0-9a-f]{4}$", a, 0, 0));
  g_assert_true (g_regex_match_simple ("^#[0-9a-f]{4}$", user, 0, 0));
  g_assert_cmpstr (a, ==, again);
  g_assert_cmpstr (a, !=, b);
  g_assert_cmpstr (none, ==, "-");
  g_assert_cmpstr (null, ==, "-");
}

static void
keep_line (const char *domain, OpenimLogLevel level, const char *line, gpointer user_data)
{
  g_ptr_array_add (user_data, g_strdup_printf ("%s %d %s", domain, level, line));
}

static void
test_sinks (void)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) two = g_ptr_array_new_with_free_func (g_free);
  guint first = openim_log_add_sink (keep_line, one);
  guint second = openim_log_add_sink (keep_line, two);

  g_assert_cmpuint (first, !=, 0);
  g_assert_cmpuint (first, !=, second);
  /* No level of ours is one that ends a program under G_DEBUG=fatal-warnings. */
  openim_log ("openim-net", OPENIM_LOG_ERROR, "token=%s", "abc");
  openim_log_remove_sink (first);
  openim_log ("openim-net", OPENIM_LOG_WARNING, "%d", 5);
  openim_log_remove_sink (second);
  openim_log_remove_sink (second);
  openim_log ("openim-net", OPENIM_LOG_DEBUG, "nobody hears this");

  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpstr (one->pdata[0], ==, "openim-net 0 token=***");
  g_assert_cmpuint (two->len, ==, 2);
  g_assert_cmpstr (two->pdata[0], ==, "openim-net 0 token=***");
  g_assert_cmpstr (two->pdata[1], ==, "openim-net 1 5");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/log/redact", test_redact);
  g_test_add_func ("/log/redact/odd", test_redact_odd);
  g_test_add_func ("/log/id", test_id);
  g_test_add_func ("/log/sinks", test_sinks);
  return g_test_run ();
}
