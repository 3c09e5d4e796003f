/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What passes the JSON gate is read by json-glib without a complaint, and printing it changes nothing more.
 */

#include "fuzz.h"

#include <string.h>

#include "base/gate.h"
#include "base/json.h"

static void
check_print (const char *text, size_t size)
{
  g_autoptr (JsonObject) object = openim_json_parse (text, size, size, NULL);
  if (object == NULL)
    return;

  g_autofree char *printed = openim_json_print (object);
  g_autoptr (JsonObject) again = openim_json_parse (printed, strlen (printed), G_MAXSIZE, NULL);
  g_assert_nonnull (again);
  g_autofree char *reprinted = openim_json_print (again);
  g_assert_cmpstr (printed, ==, reprinted);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = openim_gate_json ((const char *) data, size, size, NULL);
  if (text == NULL)
    return 0;

  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  check_print ((const char *) data, size);
  return 0;
}
