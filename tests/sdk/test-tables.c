/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every name of the interface has a row, and every row a name. */

#include <string.h>

#include "sdk/content.h"
#include "sdk/sdk.h"
#include "sdk/table.h"

static gboolean
is_event (const char *name)
{
  return g_str_has_prefix (name, "EventOn");
}

/* Two functions have messages of another name. */
static char *
message_name (const char *function, const char *suffix)
{
  const char *stem = g_str_equal (function, "HandlerFriendRequest") ? "HandleFriendRequest"
                     : g_str_equal (function, "UpdateFriends")      ? "UpdatesFriends"
                                                                    : function;

  return g_strconcat (stem, suffix, NULL);
}

static void
test_functions (void)
{
  const ProtobufCEnumDescriptor *names = &openim__event__func_request_event_name__descriptor;
  guint n_functions = 0, n_rows;

  for (unsigned i = 0; i < names->n_values; i++) {
    const char *name = names->values[i].name;
    const OpenimFunctionRow *row = openim_function_find (names->values[i].value);
    g_autofree char *request = message_name (name, "Req");
    g_autofree char *response = message_name (name, "Resp");

    if (names->values[i].value == 0 || is_event (name)) {
      g_assert_null (row);
      continue;
    }
    g_test_message ("%s", name);
    g_assert_nonnull (row);
    g_assert_cmpstr (row->name, ==, name);
    if (g_str_has_prefix (name, "Js")) {
      g_assert_null (row->handler);
      continue;
    }
    n_functions++;
    g_assert_cmpstr (row->request->short_name, ==, request);
    g_assert_cmpstr (row->response->short_name, ==, response);
    g_assert_cmpstr (openim_function_get_name (names->values[i].value), ==, name);
    g_assert_true (openim_function_get_request (names->values[i].value) == row->request);
    g_assert_true (openim_function_get_response (names->values[i].value) == row->response);
  }
  g_assert_cmpuint (n_functions, ==, 103);

  openim_functions_get_rows (&n_rows);
  g_assert_cmpuint (n_rows, ==, 103 + 7 + 5);
  names = &openim__sdk__internal__internal_function__descriptor;
  for (unsigned i = 0; i < names->n_values; i++) {
    if (names->values[i].value != 0)
      g_assert_cmpstr (openim_function_get_name (names->values[i].value), ==, names->values[i].name);
  }

  g_assert_null (openim_function_get_name (4711));
  g_assert_null (openim_function_get_request (4711));
  g_assert_null (openim_function_get_response (4711));
}

/* EventOnRecvC2CReadReceipt → openim-recv-c2c-read-receipt: a word begins with a capital that a small letter
 * stands before, or that follows other capitals and stands before a small letter. */
static char *
signal_of (const char *event)
{
  const char *name = event + strlen ("EventOn");
  GString *signal = g_string_new ("openim");

  for (const char *c = name; *c != '\0'; c++) {
    gboolean after_small = c == name || g_ascii_islower (c[-1]);
    gboolean before_small = g_ascii_islower (c[1]);

    if (g_ascii_isupper (*c) && (after_small || before_small))
      g_string_append_c (signal, '-');
    g_string_append_c (signal, g_ascii_tolower (*c));
  }
  return g_string_free (signal, FALSE);
}

static void
test_events (void)
{
  const ProtobufCEnumDescriptor *names = &openim__event__func_request_event_name__descriptor;
  g_autoptr (GHashTable) all = g_hash_table_new (NULL, NULL);
  const OpenimFunction *numbers;
  guint n;

  numbers = openim_events_get_all (&n);
  g_assert_cmpuint (n, ==, 50);
  for (guint i = 0; i < n; i++)
    g_hash_table_add (all, GINT_TO_POINTER (numbers[i]));
  g_assert_cmpuint (g_hash_table_size (all), ==, 50);

  for (unsigned i = 0; i < names->n_values; i++) {
    int number = names->values[i].value;
    const char *name = names->values[i].name;
    g_autofree char *data = g_strconcat (name, "Data", NULL);
    g_autofree char *signal = NULL;

    if (!is_event (name)) {
      g_assert_null (openim_event_get_name (number));
      continue;
    }
    g_test_message ("%s", name);
    signal = signal_of (name);
    g_assert_true (g_hash_table_contains (all, GINT_TO_POINTER (number)));
    g_assert_cmpstr (openim_event_get_name (number), ==, name);
    g_assert_cmpstr (openim_event_get_descriptor (number)->short_name, ==, data);
    g_assert_cmpstr (openim_event_get_signal (number), ==, signal);
  }
  g_assert_null (openim_event_get_signal (4711));
  g_assert_null (openim_event_get_descriptor (4711));
}

/* Content types of the interface have rows, and rows name members that there are. */
static void
test_content_types (void)
{
  const ProtobufCEnumDescriptor *names = &openim__sdk__common__content_type__descriptor;
  g_autoptr (GHashTable) members = g_hash_table_new (g_str_hash, g_str_equal);
  const ProtobufCMessageDescriptor *message = &openim__sdk__shared__immessage__descriptor;

  for (unsigned i = 0; i < names->n_values; i++) {
    const OpenimContentRow *row = openim_content_find (names->values[i].value);

    if (names->values[i].value == 0)
      continue;
    g_test_message ("%s", names->values[i].name);
    g_assert_nonnull (row);
    g_assert_nonnull (row->member);
    g_assert_nonnull (openim_pb_field (message, row->member));
    g_hash_table_add (members, (gpointer) row->member);
  }

  /* And no member is out of reach. */
  for (unsigned i = 0; i < message->n_fields; i++) {
    if ((message->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0)
      g_assert_true (g_hash_table_contains (members, message->fields[i].name));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sdk/tables/functions", test_functions);
  g_test_add_func ("/sdk/tables/events", test_events);
  g_test_add_func ("/sdk/tables/content-types", test_content_types);

  return g_test_run ();
}
