/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/gate.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/pb.h"

static char *
pass (const char *text, gssize length, GError **error)
{
  return openim_gate_json (text, length < 0 ? strlen (text) : (gsize) length, OPENIM_GATE_BODY_MAX, error);
}

/* What passes is also read by json-glib. */
static void
assert_read (const char *text)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
}

static void
test_json_valid (void)
{
  static const struct {
    const char *text;
    const char *result; /* NULL: unchanged */
  } rows[] = {
    { "{}", NULL },
    { "[]", NULL },
    { " \t\r\n{ } \n", NULL },
    { "null", NULL },
    { "\"\"", NULL },
    { "-0", NULL },
    { "[true,false,null]", NULL },
    { "{\"a\":{\"b\":[1,2,{\"c\":\"d\"}]},\"e\":[]}", NULL },
    { "{\"a\":1,\"a\":2}", NULL },
    { "{\"\":0}", NULL },
    { "[0,-1,1.5,1e5,1E+5,1e-5,0.1e1,-0.0]", NULL },
    { "[9223372036854775807,-9223372036854775808]", NULL },
    { "[9223372036854775808]", "[\"" OPENIM_GATE_MARK_UTF8 "9223372036854775808\"]" },
    { "[18446744073709551615 ]", "[\"" OPENIM_GATE_MARK_UTF8 "18446744073709551615\" ]" },
    { "[18446744073709551616]", "[18446744073709551616.0]" },
    { "[-9223372036854775809]", "[-9223372036854775809.0]" },
    { "[1e308,1e-400]", NULL },
    { "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\"]", NULL },
    { "[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\x7f\"]", NULL },
    { "[\"\\ud83d\\ude00\"]", NULL },
    { "[\"\\uD83D\\uDE00\"]", NULL },
    { "[\"\\u0000\"]", "[\"\xef\xbf\xbd\"]" },
    { "[\"a\\u0000b\\u0000\"]", "[\"a\xef\xbf\xbd"
                                "b\xef\xbf\xbd\"]" },
    { "{\"\\u0000\":1}", "{\"\xef\xbf\xbd\":1}" },
    { "[\"\\ud83d\"]", "[\"\xef\xbf\xbd\"]" },
    { "[\"\\ude00\"]", "[\"\xef\xbf\xbd\"]" },
    { "[\"\\ude00\\ud83d\"]", "[\"\xef\xbf\xbd\xef\xbf\xbd\"]" },
    { "[\"\\ud83dx\\ude00\"]", "[\"\xef\xbf\xbdx\xef\xbf\xbd\"]" },
    { "[\"\\ud83d\\ud83d\\ude00\"]", "[\"\xef\xbf\xbd\\ud83d\\ude00\"]" },
    { "[\"\\ud83d\\n\"]", "[\"\xef\xbf\xbd\\n\"]" },
    { "[\"\\ufdd0"
      "1\",\"" OPENIM_GATE_MARK_UTF8 "1\"]",
      "[\"\xef\xbf\xbd"
      "1\",\"\xef\xbf\xbd"
      "1\"]" },
    { "[\"\\\\u0000\"]", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *result = pass (rows[i].text, -1, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (result, ==, rows[i].result != NULL ? rows[i].result : rows[i].text);
    assert_read (result);
  }
}

static void
assert_refused (const char *text, gssize length)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *result = pass (text, length, &error);

  if (result != NULL)
    g_test_message ("passed: %.100s", text);
  g_assert_null (result);
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
}

static void
test_json_invalid (void)
{
  static const char *const texts[] = {
    "",
    " ",
    "{",
    "[",
    "}",
    "]",
    "[1",
    "[1,",
    "[1,]",
    "[,1]",
    "[1 2]",
    "[1}",
    "{1}",
    "{]",
    "[}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\" 1}",
    "{\"a\":1,}",
    "{,}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{null:1}",
    "[] []",
    "{}x",
    "{}{",
    "nul",
    "nulL",
    "True",
    "truefalse",
    "undefined",
    "NaN",
    "Infinity",
    "-Infinity",
    "-",
    "+1",
    "01",
    "-01",
    "1.",
    ".5",
    "1.e5",
    "1e",
    "1e+",
    "1E-",
    "0x10",
    "1_000",
    "1 000",
    "--1",
    "- 1",
    "1e400",
    "-1e400",
    "[1e999999999]",
    "\"",
    "\"abc",
    "\"\\\"",
    "\"\\",
    "\"\\x41\"",
    "\"\\a\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\u\"",
    "\"\\ud83d\\u\"",
    "\"\\U0041\"",
    "\"\n\"",
    "\"\t\"",
    "\"\x01\"",
    "\"\x1f\"",
    "'a'",
    "[1]//",
    "[1]/**/",
    "/**/[1]",
    "#\n[1]",
    "\xef\xbb\xbf{}",
    "[\xc2\xa0]",
    "[\v1]",
    "[\f1]",
    "a",
    "{\"a\":1}}",
    "[\"a\",\n1:2]",
    "[::]",
    "{:1}",
    "{\"a\"::1}",
    /* not UTF-8 */
    "[\"\xff\"]",
    "[\"\xc3\"]",
    "[\"\xc0\x80\"]",
    "[\"\xed\xa0\x80\"]",
    "[\"\xf4\x90\x80\x80\"]",
    "[\"\xe2\x82\"]",
    "\xff",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_refused (texts[i], -1);
  assert_refused ("[1]\0", 4);
  assert_refused ("[\"a\0b\"]", 7);
}

/* Each valid text cut at each place is refused, and never read beyond its end. */
static void
test_json_cut (void)
{
  static const char text[] = "{\"a\":[1.5e3,\"\\ud83d\\ude00 \xe2\x82\xac\",{\"b\":null}],\"c\":true}";

  for (gsize length = 0; length < sizeof text - 1; length++) {
    g_autofree char *part = g_memdup2 (text, MAX (length, 1));
    assert_refused (part, (gssize) length);
  }
}

static char *
nest (const char *open, const char *inner, const char *close, guint depth)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < depth; i++)
    g_string_append (text, open);
  g_string_append (text, inner);
  for (guint i = 0; i < depth; i++)
    g_string_append (text, close);
  return g_string_free (text, FALSE);
}

static void
test_json_depth (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *lists = nest ("[", "1", "]", OPENIM_GATE_DEPTH);
  g_autofree char *objects = nest ("{\"a\":", "1", "}", OPENIM_GATE_DEPTH);
  g_autofree char *deep_lists = nest ("[", "1", "]", OPENIM_GATE_DEPTH + 1);
  g_autofree char *deep_objects = nest ("{\"a\":", "1", "}", OPENIM_GATE_DEPTH + 1);
  g_autofree char *list_result = pass (lists, -1, &error);
  g_assert_no_error (error);
  g_autofree char *object_result = pass (objects, -1, &error);
  g_assert_no_error (error);

  assert_read (list_result);
  assert_read (object_result);
  assert_refused (deep_lists, -1);
  assert_refused (deep_objects, -1);

  /* The bombs: a megabyte of either, with and without an end. */
  g_autofree char *bomb = g_strnfill (1 << 20, '[');
  g_autofree char *object_bomb = nest ("{\"a\":", "1", "}", 1 << 17);
  assert_refused (bomb, -1);
  assert_refused (object_bomb, -1);
}

static void
test_json_limits (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *exact = openim_gate_json ("[12]", 4, 4, &error);
  g_assert_no_error (error);
  g_assert_null (openim_gate_json ("[12]", 4, 3, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);

  g_autofree char *long_number = g_strnfill (1 << 20, '7');
  assert_refused (long_number, -1);

  g_autofree char *many = g_malloc (2 * OPENIM_GATE_VALUES_MAX + 2);
  for (gsize i = 0; i < OPENIM_GATE_VALUES_MAX; i++)
    memcpy (many + 2 * i, ",0", 2);
  many[0] = '[';
  many[2 * OPENIM_GATE_VALUES_MAX] = ']';
  assert_refused (many, 2 * OPENIM_GATE_VALUES_MAX + 1);
}

/* A text as long as a body may be, repaired everywhere, takes linear time. */
static void
test_json_linear (void)
{
  enum { ESCAPES = 500000 };
  GString *text = g_string_new ("[\"");
  for (guint i = 0; i < ESCAPES; i++)
    g_string_append (text, "\\ud83d");
  g_string_append (text, "\"]");

  gint64 start = g_get_monotonic_time ();
  g_autofree char *result = pass (text->str, -1, NULL);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (strlen (result), ==, 4 + 3 * ESCAPES);
  g_string_free (text, TRUE);
}

/* Protobuf, by hand: field 1 of MsgData is a string, 6 an int32, 12 bytes, 19 a map, 20 a message, 21 a list
 * of strings. */

#define WIRE(text) (const guint8 *) (text), sizeof (text) - 1

static gboolean
pass_message (const guint8 *data, gsize length, GError **error)
{
  /* In memory of its own, so that a read beyond the end is seen by tools that watch. */
  g_autofree guint8 *copy = g_memdup2 (data, MAX (length, 1));
  gboolean passed = openim_gate_protobuf (&openim__sdkws__msg_data__descriptor, copy, length, error);
  gpointer unpacked = openim_pb_unpack (&openim__sdkws__msg_data__descriptor, copy, length, NULL);

  g_assert_cmpint (unpacked != NULL, ==, passed);
  openim_pb_free (unpacked);
  return passed;
}

static void
test_protobuf_valid (void)
{
  static const struct {
    const guint8 *data;
    gsize length;
  } rows[] = {
    { WIRE ("") },
    { WIRE ("\x0a\x00") },
    { WIRE ("\x0a\x02u1") },
    { WIRE ("\x0a\x02\xc3\xa9") },
    { WIRE ("\x0a\x03"
            "a\0b") },
    { WIRE ("\x0a\x01"
            "a\x0a\x01"
            "b") },
    { WIRE ("\x30\x05") },
    { WIRE ("\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") },
    { WIRE ("\x62\x02\xff\xfe") },
    { WIRE ("\x9a\x01\x05\x0a\x01"
            "k\x10\x01") },
    { WIRE ("\x9a\x01\x00\x9a\x01\x00") },
    { WIRE ("\xa2\x01\x00") },
    { WIRE ("\xa2\x01\x03\x0a\x01t") },
    { WIRE ("\xaa\x01\x00\xaa\x01\x01"
            "a") },
    /* unknown fields of every wire type */
    { WIRE (
        "\xf8\x07\x01\xf9\x07\x01\x02\x03\x04\x05\x06\x07\x08\xfa\x07\x02\xff\xff\xfd\x07\x01\x02\x03\x04") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    pass_message (rows[i].data, rows[i].length, &error);
    g_assert_no_error (error);
  }
}

static void
test_protobuf_invalid (void)
{
  static const struct {
    const guint8 *data;
    gsize length;
  } rows[] = {
    { WIRE ("\x0a") },                                                 /* no length */
    { WIRE ("\x0a\x01") },                                             /* no content */
    { WIRE ("\x0a\xff\xff\xff\xff\x0f") },                             /* a length of 4 GiB */
    { WIRE ("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") },         /* a negative one */
    { WIRE ("\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01") }, /* one without end */
    { WIRE ("\x00\x00") },                                             /* field 0 */
    { WIRE ("\x80") },                                                 /* half a tag */
    { WIRE ("\xff\xff\xff\xff\xff\x01") },                             /* too large a tag */
    { WIRE ("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01") },
    { WIRE ("\x0b\x0c") }, /* a group */
    { WIRE ("\x0c") },
    { WIRE ("\x0e") }, /* wire types that do not exist */
    { WIRE ("\x0f") },
    { WIRE ("\x08\x01") },     /* a number where a string must be */
    { WIRE ("\x32\x01\x01") }, /* a string where a number must be */
    { WIRE ("\x35\x01\x02\x03\x04") },
    { WIRE ("\x31\x01\x02\x03\x04\x05\x06\x07\x08") },
    { WIRE ("\x30") }, /* half a number */
    { WIRE ("\x30\x80") },
    { WIRE ("\x30\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01") }, /* eleven bytes */
    { WIRE ("\x0a\x01\xff") },                                     /* not UTF-8 */
    { WIRE ("\x0a\x03"
            "a\0\xff") },
    { WIRE ("\x0a\x03\xed\xa0\x80") },
    { WIRE ("\xaa\x01\x01\x80") },
    { WIRE ("\x9a\x01\x03\x0a\x02k") },    /* an entry that ends too early */
    { WIRE ("\xa2\x01\x00\xa2\x01\x00") }, /* a message twice */
    { WIRE ("\xf9\x07\x01\x02") },         /* an unknown field cut short */
    { WIRE ("\xfd\x07\x01\x02") },
    { WIRE ("\xfb\x07\xfc\x07") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    if (pass_message (rows[i].data, rows[i].length, &error))
      g_test_message ("row %zu passed", i);
    g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
  }
}

static void
test_protobuf_packed (void)
{
  const ProtobufCMessageDescriptor *elem = &openim__sdkws__sub_user_online_status_elem__descriptor;
  g_autoptr (GError) error = NULL;

  g_assert_true (openim_gate_protobuf (elem, WIRE ("\x12\x03\x01\xac\x02"), &error));
  g_assert_true (openim_gate_protobuf (elem, WIRE ("\x10\x01\x10\xac\x02"), &error));
  g_assert_no_error (error);
  g_assert_false (openim_gate_protobuf (elem, WIRE ("\x12\x02\x01\xac"), NULL));
  g_assert_false (openim_gate_protobuf (elem, WIRE ("\x15\x01\x02\x03\x04"), NULL));
}

/* An IMMessage in a QuoteElem in an IMMessage …: @depth levels (an odd number, so that it ends with an
 * IMMessage too). */
static GByteArray *
nest_quotes (guint depth)
{
  GByteArray *data = g_byte_array_new ();

  for (guint i = 1; i < depth; i++) {
    guint64 numbers[] = { i % 2 == 1 ? 2 << 3 | 2 : 34 << 3 | 2, data->len };
    guint8 head[10];
    guint n = 0;
    for (gsize j = 0; j < G_N_ELEMENTS (numbers); j++) {
      for (; numbers[j] > 0x7f; numbers[j] >>= 7)
        head[n++] = (guint8) (numbers[j] | 0x80);
      head[n++] = (guint8) numbers[j];
    }
    g_byte_array_prepend (data, head, n);
  }
  return data;
}

static void
test_protobuf_depth (void)
{
  const ProtobufCMessageDescriptor *message = &openim__sdk__shared__immessage__descriptor;
  const ProtobufCFieldDescriptor *quote = openim_pb_field (message, "quoteElem");
  g_autoptr (GByteArray) good = nest_quotes (OPENIM_GATE_DEPTH - 1);
  g_autoptr (GByteArray) deep = nest_quotes (OPENIM_GATE_DEPTH + 1);
  g_autoptr (GByteArray) bomb = nest_quotes (20001);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (quote->id, ==, 34);
  g_assert_cmpuint (openim_pb_field (quote->descriptor, "quoteMessage")->id, ==, 2);
  openim_gate_protobuf (message, good->data, good->len, &error);
  g_assert_no_error (error);
  g_assert_false (openim_gate_protobuf (message, deep->data, deep->len, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
  g_assert_false (openim_gate_protobuf (message, bomb->data, bomb->len, NULL));
}

static void
test_protobuf_cost (void)
{
  const ProtobufCMessageDescriptor *pulled = &openim__sdkws__pull_msgs__descriptor;
  gsize length = OPENIM_GATE_FRAME_MAX;
  g_autofree guint8 *data = g_malloc0 (length + 1);
  g_autoptr (GError) error = NULL;

  /* Eight million empty messages would be gigabytes. */
  for (gsize i = 0; i < length; i += 2)
    data[i] = 0x0a;
  g_assert_false (openim_gate_protobuf (pulled, data, length, &error));
  g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
  g_assert_true (openim_gate_protobuf (pulled, data, 200000, NULL));
  g_assert_false (openim_gate_protobuf (pulled, data, length + 1, NULL));
}

static void
test_text (void)
{
  static const struct {
    const char *text;
    gssize length;
    gsize max;
    gboolean one_line;
    const char *result;
  } rows[] = {
    { "", -1, 0, FALSE, "" },
    { "plain", -1, 0, FALSE, "plain" },
    { "plain", 3, 0, FALSE, "pla" },
    { "a\tb\nc\r\nd", -1, 0, FALSE, "a\tb\nc\nd" },
    { "a\tb\nc\r\nd\xe2\x80\xa8"
      "e",
      -1, 0, TRUE, "a b c d e" },
    { "a\0b", 3, 0, FALSE, "ab" },
    { "\x01\x1b[31mred\x7f\xc2\x9b"
      "1m",
      -1, 0, FALSE, "[31mred1m" },
    { "\xff"
      "a\xc3",
      -1, 0, FALSE,
      "\xef\xbf\xbd"
      "a\xef\xbf\xbd" },
    { "\xed\xa0\x80", -1, 0, FALSE, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
    { "a\xe2\x80\xae"
      "b\xe2\x81\xa6"
      "c",
      -1, 0, TRUE, "abc" },
    { "a\xe2\x80\xae"
      "b",
      -1, 0, FALSE,
      "a\xe2\x80\xae"
      "b" },
    { "\xe2\x82\xac\xe2\x82\xac", -1, 5, FALSE, "\xe2\x82\xac" },
    { "\xe2\x82\xac\xe2\x82\xac", -1, 6, FALSE, "\xe2\x82\xac\xe2\x82\xac" },
    { "\xe2\x82\xac"
      "a",
      -1, 2, FALSE, "" },
    { "\xf0\x9f\x98\x80", -1, 3, FALSE, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *result = openim_gate_text (rows[i].text, rows[i].length, rows[i].max, rows[i].one_line);
    g_assert_cmpstr (result, ==, rows[i].result);
  }
}

static void
test_id (void)
{
  static const char *const good[] = { "u",  "alice", "si_a_b", "a@b.c", "+4915112345", "\xc3\xa9\xe4\xb8\xad",
                                      "1/2" };
  static const char *const bad[] = { "",
                                     " ",
                                     "a b",
                                     "a\n",
                                     "\t",
                                     "a\xc2\xa0"
                                     "b",
                                     "\xff",
                                     "a\x01",
                                     "\xe2\x80\xae"
                                     "a",
                                     "\xe2\x80\x8b" };
  g_autofree char *longest = g_strnfill (256, 'a');
  g_autofree char *longer = g_strnfill (257, 'a');

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (openim_gate_id (good[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (openim_gate_id (bad[i]));
  g_assert_false (openim_gate_id (NULL));
  g_assert_true (openim_gate_id (longest));
  g_assert_false (openim_gate_id (longer));
}

static void
test_time (void)
{
  static const gint64 bad[] = { 0, -1, G_MININT64, G_MAXINT64, G_GINT64_CONSTANT (1) << 62, 253402300800000 };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpint (openim_gate_time (bad[i]), ==, 0);
  g_assert_cmpint (openim_gate_time (1), ==, 1);
  g_assert_cmpint (openim_gate_time (1760000000123), ==, 1760000000123);
  /* The last that passes is a date everywhere on earth. */
  gint64 last = 253402214399999;
  g_assert_cmpint (openim_gate_time (last), ==, last);
  g_autoptr (GTimeZone) zone = g_time_zone_new_offset (14 * 3600);
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (last / 1000);
  g_autoptr (GDateTime) local = g_date_time_to_timezone (utc, zone);
  g_assert_nonnull (local);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gate/json/valid", test_json_valid);
  g_test_add_func ("/gate/json/invalid", test_json_invalid);
  g_test_add_func ("/gate/json/cut", test_json_cut);
  g_test_add_func ("/gate/json/depth", test_json_depth);
  g_test_add_func ("/gate/json/limits", test_json_limits);
  g_test_add_func ("/gate/json/linear", test_json_linear);
  g_test_add_func ("/gate/protobuf/valid", test_protobuf_valid);
  g_test_add_func ("/gate/protobuf/invalid", test_protobuf_invalid);
  g_test_add_func ("/gate/protobuf/packed", test_protobuf_packed);
  g_test_add_func ("/gate/protobuf/depth", test_protobuf_depth);
  g_test_add_func ("/gate/protobuf/cost", test_protobuf_cost);
  g_test_add_func ("/gate/text", test_text);
  g_test_add_func ("/gate/id", test_id);
  g_test_add_func ("/gate/time", test_time);
  return g_test_run ();
}
