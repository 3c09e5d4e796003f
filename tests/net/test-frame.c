/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "net/frame.h"

#define FRAME(members) "{\"reqIdentifier\":1001,\"msgIncr\":\"u_1\"," members "}"

static void
test_build (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("\n\x05u1001", 7);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) frame = openim_frame_build (1001, "u1001", "17", "u1001_1", body);
  g_autoptr (GBytes) bare = openim_frame_build (2004, "a\"b", "o", "i", empty);

  g_autofree char *whole = g_strndup (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
  g_assert_cmpstr (whole, ==,
                   "{\"reqIdentifier\":1001,\"token\":\"\",\"sendID\":\"u1001\",\"operationID\":\"17\","
                   "\"msgIncr\":\"u1001_1\",\"data\":\"CgV1MTAwMQ==\"}");
  g_autofree char *text = g_strndup (g_bytes_get_data (bare, NULL), g_bytes_get_size (bare));
  g_assert_cmpstr (text, ==,
                   "{\"reqIdentifier\":2004,\"token\":\"\",\"sendID\":\"a\\\"b\",\"operationID\":\"o\","
                   "\"msgIncr\":\"i\",\"data\":\"\"}");
}

static void
test_parse (void)
{
  static const struct {
    const char *text;
    int code;
    const char *body;
    gsize length;
  } good[] = {
    { FRAME ("\"operationID\":\"o\",\"errCode\":0,\"errMsg\":\"\",\"data\":\"AAEC/+8=\""), 0,
      "\0\1\2\xff\xef", 5 },
    { FRAME ("\"operationID\":\"o\",\"errCode\":500,\"errMsg\":\"x\",\"data\":null"), 500, "", 0 },
    { FRAME ("\"data\":\"\""), 0, "", 0 },
    { FRAME ("\"errMsg\":\"\""), 0, "", 0 },
    { FRAME ("\"data\":\"QQ==\",\"more\":[1,{}]"), 0, "A", 1 },
    { FRAME ("\"data\":\"QUI=\""), 0, "AB", 2 },
    { " " FRAME ("\"data\":\"QUJD\"") "\n", 0, "ABC", 3 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (OpenimFrame) frame = openim_frame_parse (good[i].text, strlen (good[i].text), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (frame->id, ==, 1001);
    g_assert_cmpstr (frame->msg_incr, ==, "u_1");
    g_assert_nonnull (frame->operation_id);
    g_assert_cmpint (frame->err_code, ==, good[i].code);
    g_assert_nonnull (frame->err_msg);
    g_assert_cmpmem (g_bytes_get_data (frame->body, NULL), g_bytes_get_size (frame->body), good[i].body,
                     good[i].length);
  }
}

static void
test_refuse (void)
{
  static const char *const bad[] = {
    "",
    "{}",
    "[]",
    "null",
    "{\"reqIdentifier\":0,\"msgIncr\":\"\"}",
    "{\"reqIdentifier\":-1,\"msgIncr\":\"\"}",
    "{\"reqIdentifier\":4294967297,\"msgIncr\":\"\"}",
    "{\"reqIdentifier\":\"1001\",\"msgIncr\":\"\"}",
    "{\"reqIdentifier\":1001,\"msgIncr\":7}",
    FRAME ("\"errCode\":-1"),
    FRAME ("\"errCode\":99999999999"),
    FRAME ("\"data\":7"),
    FRAME ("\"data\":[]"),
    FRAME ("\"data\":\"A\""),
    FRAME ("\"data\":\"AA\""),
    FRAME ("\"data\":\"AAA\""),
    FRAME ("\"data\":\"A===\""),
    FRAME ("\"data\":\"====\""),
    FRAME ("\"data\":\"AA=A\""),
    FRAME ("\"data\":\"AA==AAAA\""),
    FRAME ("\"data\":\"AA-_\""),
    FRAME ("\"data\":\"AAAA\\n\""),
    FRAME ("\"data\":\"AAAA\"") "x",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (openim_frame_parse (bad[i], strlen (bad[i]), &error));
    g_assert_nonnull (error);
    g_assert_true (error->domain == OPENIM_ERROR);
  }
}

/* A frame with any one byte changed, or cut anywhere: read or refused. */
static void
test_every_byte (void)
{
  static const char text[] =
      FRAME ("\"operationID\":\"o\",\"errCode\":0,\"errMsg\":\"\",\"data\":\"AAEC/+8=\"");
  for (gsize at = 0; at < sizeof text - 1; at++) {
    for (int byte = 0; byte < 256; byte++) {
      g_autofree char *changed = g_strdup (text);
      g_autoptr (GError) error = NULL;
      changed[at] = (char) byte;
      g_autoptr (OpenimFrame) frame = openim_frame_parse (changed, sizeof text - 1, &error);
      g_assert_true ((frame == NULL) == (error != NULL));
    }
    g_autofree char *cut = g_memdup2 (text, at);
    g_assert_null (openim_frame_parse (cut != NULL ? cut : "", at, NULL));
  }
}

static void
test_round_trip (void)
{
  for (gsize length = 0; length < 100; length++) {
    g_autofree guint8 *data = g_malloc (length + 1);
    for (gsize i = 0; i < length; i++)
      data[i] = (guint8) g_test_rand_int_range (0, 256);
    g_autoptr (GBytes) body = g_bytes_new (data, length);
    g_autoptr (GBytes) built = openim_frame_build (1003, "ü\x01", "o", "i_7", body);
    g_autoptr (GError) error = NULL;
    g_autoptr (OpenimFrame) frame =
        openim_frame_parse (g_bytes_get_data (built, NULL), g_bytes_get_size (built), &error);
    g_assert_no_error (error);
    g_assert_cmpuint (frame->id, ==, 1003);
    g_assert_cmpstr (frame->msg_incr, ==, "i_7");
    g_assert_true (g_bytes_equal (frame->body, body));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/frame/build", test_build);
  g_test_add_func ("/frame/parse", test_parse);
  g_test_add_func ("/frame/refuse", test_refuse);
  g_test_add_func ("/frame/every-byte", test_every_byte);
  g_test_add_func ("/frame/round-trip", test_round_trip);
  return g_test_run ();
}
