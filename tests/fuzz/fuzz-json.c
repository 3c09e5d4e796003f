/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Any JSON object read as any message of the interface, written and read again, is the same message. The
 * first line of the input names the message; another text there chooses one as well. */

#include "fuzz.h"

#include <string.h>

#include "base/json.h"
#include "descriptors.h"

static void
check_message (JsonObject *object, const ProtobufCMessageDescriptor *descriptor, gboolean skip_zero)
{
  gpointer message = openim_json_read (object, NULL, descriptor);
  g_autoptr (JsonObject) written = openim_json_from_message (message, NULL, skip_zero);
  g_autofree char *text = openim_json_print (written);
  g_autoptr (JsonObject) parsed = openim_json_parse (text, strlen (text), G_MAXSIZE, NULL);
  g_assert_nonnull (parsed);

  gpointer again = openim_json_read (parsed, NULL, descriptor);
  g_assert_true (openim_pb_equal (message, again));
  openim_json_to_message (object, NULL, again);
  openim_pb_free (message);
  openim_pb_free (again);
}

static const ProtobufCMessageDescriptor *
choose (const char *name)
{
  guint n = 0;

  for (; openim_test_messages[n] != NULL; n++)
    if (strcmp (openim_test_messages[n]->name, name) == 0)
      return openim_test_messages[n];
  return openim_test_messages[g_str_hash (name) % n];
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *line_end = size > 0 ? memchr (data, '\n', size) : NULL;
  if (line_end == NULL)
    return 0;

  gsize length = (gsize) (line_end - data);
  const char *text = (const char *) line_end + 1;
  g_autofree char *name = g_strndup ((const char *) data, length);
  g_autoptr (JsonObject) object = openim_json_parse (text, size - length - 1, size, NULL);
  if (object == NULL)
    return 0;

  check_message (object, choose (name), FALSE);
  check_message (object, choose (name), TRUE);
  return 0;
}
