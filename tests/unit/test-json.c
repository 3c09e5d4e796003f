/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/gate.h"
#include "content.h"
#include "descriptors.h"
#include "message.pb-c.h"
#include "user.pb-c.h"

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = openim_json_parse (text, strlen (text), OPENIM_GATE_BODY_MAX, &error);

  g_assert_no_error (error);
  return object;
}

/* Struct → JSON text → struct gives the same, for each message of the interface. */
static void
round_trip (gboolean skip_zero)
{
  for (gsize i = 0; openim_test_messages[i] != NULL; i++) {
    const ProtobufCMessageDescriptor *descriptor = openim_test_messages[i];
    g_autoptr (GRand) rand = g_rand_new_with_seed ((guint32) i);

    for (guint round = 0; round < 5; round++) {
      gpointer message = openim_test_content (descriptor, rand, 4);
      g_autoptr (JsonObject) object = openim_json_from_message (message, NULL, skip_zero);
      g_autofree char *text = openim_json_print (object);
      g_autoptr (JsonObject) parsed = parse (text);
      gpointer back = openim_json_read (parsed, NULL, descriptor);

      if (!openim_pb_equal (message, back))
        g_test_message ("%s: %s", descriptor->name, text);
      g_assert_true (openim_pb_equal (message, back));

      /* Reading into a message with other content frees that and leaves nothing of it where there is a key.
       */
      gpointer other = openim_test_content (descriptor, rand, 3);
      g_autoptr (JsonObject) full = openim_json_from_message (other, NULL, FALSE);
      openim_json_to_message (full, NULL, back);
      openim_json_to_message (full, NULL, back);
      openim_pb_free (other);
      openim_pb_free (message);
      openim_pb_free (back);
    }
  }
}

static void
test_round_trip (void)
{
  round_trip (FALSE);
}

static void
test_round_trip_sparse (void)
{
  round_trip (TRUE);
}

/* Any value of any type for any field: no crash, no warning. */
static void
test_wrong_types (void)
{
  static const char *const values[] = { "null",
                                        "true",
                                        "-1",
                                        "1e300",
                                        "18446744073709551615",
                                        "\"text\"",
                                        "\"AAAA\"",
                                        "[]",
                                        "[[]]",
                                        "{}",
                                        "[1]",
                                        "{\"a\":[]}",
                                        "[null,1,\"a\",{},[],true]",
                                        "{\"a\":null,\"b\":1,\"c\":{}}" };

  for (gsize i = 0; openim_test_messages[i] != NULL; i++) {
    const ProtobufCMessageDescriptor *descriptor = openim_test_messages[i];
    for (gsize j = 0; j < G_N_ELEMENTS (values); j++) {
      g_autoptr (GString) text = g_string_new ("{\"nobody knows this\":1");
      for (unsigned k = 0; k < descriptor->n_fields; k++)
        g_string_append_printf (text, ",\"%s\":%s", descriptor->fields[k].name, values[j]);
      g_string_append_c (text, '}');

      g_autoptr (JsonObject) object = parse (text->str);
      gpointer message = openim_json_read (object, NULL, descriptor);
      gpointer copy = openim_pb_copy (message);
      g_assert_true (openim_pb_equal (message, copy));
      openim_pb_free (message);
      openim_pb_free (copy);
    }
  }
}

static void
test_getters (void)
{
  g_autoptr (JsonObject) object =
      parse ("{\"s\":\"x\",\"i\":-5,\"d\":2.75,\"t\":true,\"n\":null,\"o\":{\"k\":1},\"a\":[\"x\",1,\"y\"],"
             "\"big\":18446744073709551615,\"min\":-9223372036854775808,\"huge\":1e300,\"beyond\":"
             "18446744073709551616}");

  g_assert_cmpstr (openim_json_string (object, "s"), ==, "x");
  g_assert_cmpint (openim_json_int (object, "i"), ==, -5);
  g_assert_cmpint (openim_json_int (object, "d"), ==, 2);
  g_assert_true (openim_json_double (object, "d") > 2.7 && openim_json_double (object, "d") < 2.8);
  g_assert_true (openim_json_double (object, "i") < -4.9);
  g_assert_true (openim_json_bool (object, "t"));
  g_assert_cmpint (openim_json_int (openim_json_object (object, "o"), "k"), ==, 1);
  g_assert_cmpuint (json_array_get_length (openim_json_array (object, "a")), ==, 3);
  g_auto (GStrv) strings = openim_json_strv (object, "a");
  g_assert_cmpuint (g_strv_length (strings), ==, 3);
  g_assert_cmpstr (strings[1], ==, "");

  g_assert_cmpuint (openim_json_uint (object, "big"), ==, G_MAXUINT64);
  g_assert_cmpint (openim_json_int (object, "big"), ==, 0);
  g_assert_cmpstr (openim_json_string (object, "big"), ==, "");
  g_assert_true (openim_json_double (object, "big") > 1e19);
  g_assert_cmpint (openim_json_int (object, "min"), ==, G_MININT64);
  g_assert_cmpuint (openim_json_uint (object, "min"), ==, 0);
  g_assert_cmpuint (openim_json_uint (object, "i"), ==, 0);
  g_assert_cmpint (openim_json_int (object, "huge"), ==, 0);
  g_assert_cmpuint (openim_json_uint (object, "huge"), ==, 0);
  g_assert_cmpuint (openim_json_uint (object, "beyond"), ==, 0);

  static const char *const keys[] = { "s", "t", "n", "o", "a", "missing" };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_assert_cmpint (openim_json_int (object, keys[i]), ==, 0);
    g_assert_cmpuint (openim_json_uint (object, keys[i]), ==, 0);
    g_assert_false (openim_json_double (object, keys[i]) > 0);
    g_assert_cmpstr (openim_json_string (object, keys[i]), ==, i == 0 ? "x" : "");
    g_assert_cmpint (openim_json_bool (object, keys[i]), ==, i == 1);
    g_assert_cmpint (openim_json_object (object, keys[i]) != NULL, ==, i == 3);
    g_assert_cmpint (openim_json_array (object, keys[i]) != NULL, ==, i == 4);
  }

  g_auto (GStrv) none = openim_json_strv (NULL, "a");
  g_assert_nonnull (none);
  g_assert_null (none[0]);
  g_assert_cmpstr (openim_json_string (NULL, "s"), ==, "");
  g_assert_cmpint (openim_json_int (NULL, "i"), ==, 0);
  g_assert_null (openim_json_object (NULL, "o"));
}

static void
test_parse_bad (void)
{
  static const char *const texts[] = { "",    "[]",     "null",
                                       "1",   "\"x\"",  "{",
                                       "{}x", "<html>", "404 page not found" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (openim_json_parse (texts[i], strlen (texts[i]), 1000, &error));
    g_assert_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL);
    g_assert_null (openim_json_parse (texts[i], strlen (texts[i]), 1000, NULL));
  }
}

static void
test_print (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"a\":[],\"b\":{},\"c\":null,\"d\":true,\"e\":false,\"f\":\"\",\"g\":-1,\"h\":[1,[2,{\"i\":3}]]}",
    "{\"big\":18446744073709551615,\"list\":[9223372036854775808,9223372036854775807]}",
    "{\"\\\"\\\\\":\"\\u0001\\b\\f\\n\\r\\t\\u001f\\u007f/€😀\"}",
    "{\"x\":0.5,\"y\":-1.25e-07,\"z\":-0.0,\"w\":100.0,\"v\":0.1}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (JsonObject) object = parse (texts[i]);
    g_autofree char *printed = openim_json_print (object);
    g_assert_cmpstr (printed, ==, texts[i]);
  }

  /* JSON has no infinity. */
  g_autoptr (JsonObject) odd = openim_json_build ("d", 'd', HUGE_VAL, NULL);
  g_autofree char *printed = openim_json_print (odd);
  g_assert_cmpstr (printed, ==, "{\"d\":0}");
}

static void
test_build (void)
{
  static const char *const ids[] = { "u1", "u2", NULL };
  JsonArray *rows = json_array_new ();
  json_array_add_int_element (rows, 7);
  g_autoptr (JsonObject) object =
      openim_json_build ("userID", 's', "u\"1", "none", 's', NULL, "version", 'u', G_MAXUINT64, "list", 'S',
                         ids, "empty", 'S', NULL, "flag", 'b', TRUE, "n", 'i', (gint64) -3, "x", 'd', 0.5,
                         "sub", 'o', openim_json_build ("a", 'b', FALSE, NULL), "rows", 'a', rows, "null",
                         'o', NULL, "null2", 'a', NULL, NULL);
  g_autofree char *text = openim_json_print (object);

  g_assert_cmpstr (
      text, ==,
      "{\"userID\":\"u\\\"1\",\"none\":\"\",\"version\":18446744073709551615,\"list\":[\"u1\",\"u2\"],"
      "\"empty\":[],"
      "\"flag\":true,\"n\":-3,\"x\":0.5,\"sub\":{\"a\":false},\"rows\":[7],\"null\":null,\"null2\":null}");
  g_autoptr (JsonObject) nothing = openim_json_build (NULL, NULL);
  g_assert_cmpuint (json_object_get_size (nothing), ==, 0);
}

static void
test_names (void)
{
  static const OpenimJsonName names[] = {
    { "sourceUrl", "sourceURL" }, { "sourceUri", "sourceURL" }, { "uploadProgress", "progress" }, { NULL }
  };
  static const struct {
    const char *text;
    const char *value;
  } rows[] = {
    { "{\"sourceUrl\":\"a\"}", "a" },
    { "{\"sourceUri\":\"b\"}", "b" },
    { "{\"sourceURL\":\"c\"}", "c" },
    { "{\"sourceURL\":\"c\",\"sourceUri\":\"b\",\"sourceUrl\":\"a\"}", "a" },
    { "{\"sourceUrl\":null,\"sourceURL\":\"c\"}", "c" },
    { "{}", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (JsonObject) object = parse (rows[i].text);
    Openim__Sdk__Shared__SoundElem *sound =
        openim_json_read (object, names, &openim__sdk__shared__sound_elem__descriptor);
    g_assert_cmpstr (sound->sourceurl, ==, rows[i].value);
    g_autoptr (JsonObject) written = openim_json_from_message (sound, names, FALSE);
    g_assert_cmpstr (openim_json_string (written, "sourceUrl"), ==, rows[i].value);
    g_assert_false (json_object_has_member (written, "sourceURL"));
    openim_pb_free (sound);
  }
}

static void
test_ranges (void)
{
  g_autoptr (JsonObject) object = parse ("{\"addSource\":2147483648,\"createTime\":1e18,\"isPinned\":1}");
  g_autoptr (OpenimFriend) friend =
      openim_json_read (object, NULL, &openim__sdk__shared__imfriend__descriptor);

  g_assert_cmpint (friend->addsource, ==, 0);
  g_assert_cmpint (friend->createtime, ==, G_GINT64_CONSTANT (1000000000000000000));
  g_assert_false (friend->ispinned);
}

static void
test_maps (void)
{
  g_autoptr (JsonObject) object = parse (
      "{\"sendID\":\"u1\",\"content\":\"eyJhIjoxfQ==\",\"options\":{\"history\":false,\"persistent\":true},"
      "\"atUserIDList\":null,\"offlinePushInfo\":null}");
  g_autoptr (OpenimMsgData) message = openim_json_read (object, NULL, &openim__sdkws__msg_data__descriptor);

  g_assert_cmpuint (message->n_options, ==, 2);
  g_assert_cmpstr (message->options[0]->key, ==, "history");
  g_assert_false (message->options[0]->value);
  g_assert_true (message->options[1]->value);
  g_assert_cmpmem (message->content.data, message->content.len, "{\"a\":1}", 7);
  g_assert_null (message->offlinepushinfo);

  g_autoptr (JsonObject) written = openim_json_from_message (message, NULL, TRUE);
  g_autofree char *text = openim_json_print (written);
  g_assert_cmpstr (
      text, ==,
      "{\"sendID\":\"u1\",\"content\":\"eyJhIjoxfQ==\",\"options\":{\"history\":false,\"persistent\":true}}");
}

static void
test_base64 (void)
{
  static const char *const bad[] = { "x", "abc", "ab=c", "====", "a===", "ab cd===", "{}{}", "ab-_" };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (JsonObject) object = openim_json_build ("content", 's', bad[i], NULL);
    g_autoptr (OpenimMsgData) message = openim_json_read (object, NULL, &openim__sdkws__msg_data__descriptor);
    g_assert_cmpuint (message->content.len, ==, 0);
  }
}

static void
test_optional (void)
{
  const ProtobufCMessageDescriptor *descriptor = &openim__sdk__user__set_self_info_req__descriptor;
  g_autoptr (JsonObject) object = parse ("{\"nickname\":\"\",\"globalRecvMsgOpt\":0,\"ex\":null}");
  Openim__Sdk__User__SetSelfInfoReq *request = openim_json_read (object, NULL, descriptor);

  g_assert_cmpint (request->_nickname_case, ==, OPENIM__SDK__USER__SET_SELF_INFO_REQ___NICKNAME_NICKNAME);
  g_assert_cmpint (request->_global_recv_msg_opt_case, !=, 0);
  g_assert_cmpint (request->_ex_case, ==, 0);
  g_assert_cmpint (request->_face_url_case, ==, 0);
  g_autoptr (JsonObject) written = openim_json_from_message (request, NULL, TRUE);
  g_autofree char *text = openim_json_print (written);
  g_assert_cmpstr (text, ==, "{\"nickname\":\"\",\"globalRecvMsgOpt\":0}");
  openim_pb_free (request);
}

/* A later member of a oneof replaces an earlier one; a value that is none does not. */
static void
test_oneof (void)
{
  g_autoptr (JsonObject) text = parse ("{\"textElem\":{\"content\":\"hi\"}}");
  g_autoptr (JsonObject) card = parse ("{\"cardElem\":{\"userID\":\"u1\"}}");
  g_autoptr (JsonObject) wrong = parse ("{\"textElem\":5}");
  g_autoptr (OpenimMessage) message =
      openim_json_read (text, NULL, &openim__sdk__shared__immessage__descriptor);

  g_assert_cmpint (message->content_case, ==, OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_TEXT_ELEM);
  g_assert_cmpstr (message->textelem->content, ==, "hi");
  openim_json_to_message (card, NULL, (ProtobufCMessage *) message);
  g_assert_cmpint (message->content_case, ==, OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_CARD_ELEM);
  g_assert_cmpstr (message->cardelem->userid, ==, "u1");
  openim_json_to_message (wrong, NULL, (ProtobufCMessage *) message);
  g_assert_cmpint (message->content_case, ==, OPENIM__SDK__SHARED__IMMESSAGE__CONTENT__NOT_SET);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/round-trip", test_round_trip);
  g_test_add_func ("/json/round-trip/sparse", test_round_trip_sparse);
  g_test_add_func ("/json/wrong-types", test_wrong_types);
  g_test_add_func ("/json/getters", test_getters);
  g_test_add_func ("/json/parse/bad", test_parse_bad);
  g_test_add_func ("/json/print", test_print);
  g_test_add_func ("/json/build", test_build);
  g_test_add_func ("/json/names", test_names);
  g_test_add_func ("/json/ranges", test_ranges);
  g_test_add_func ("/json/maps", test_maps);
  g_test_add_func ("/json/base64", test_base64);
  g_test_add_func ("/json/optional", test_optional);
  g_test_add_func ("/json/oneof", test_oneof);
  return g_test_run ();
}
