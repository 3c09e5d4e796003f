/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every frame that a real open-im-server 3.8 has sent is read as it was meant. */

#include <string.h>

#include "base/json.h"
#include "net/frame.h"

/* Our reader against the plain one. */
static void
check_frame (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = openim_json_parse (text, strlen (text), strlen (text), &error);
  g_assert_no_error (error);
  g_autoptr (OpenimFrame) frame = openim_frame_parse (text, strlen (text), &error);
  g_assert_no_error (error);

  g_assert_cmpuint (frame->id, ==, openim_json_int (object, "reqIdentifier"));
  g_assert_cmpint (frame->err_code, ==, openim_json_int (object, "errCode"));
  g_assert_cmpstr (frame->err_msg, ==, openim_json_string (object, "errMsg"));
  g_assert_cmpstr (frame->msg_incr, ==, openim_json_string (object, "msgIncr"));
  g_assert_cmpstr (frame->operation_id, ==, openim_json_string (object, "operationID"));
  g_autofree char *data =
      g_base64_encode (g_bytes_get_data (frame->body, NULL), g_bytes_get_size (frame->body));
  g_assert_cmpstr (data, ==, openim_json_string (object, "data"));
  if (frame->id >= 2001 && *frame->msg_incr == '\0')
    g_assert_cmpint (frame->err_code, ==, 0);
}

static void
test_recordings (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "recordings", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  guint frames = 0;

  g_assert_no_error (error);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *text = NULL;
    if (!g_str_has_suffix (name, ".jsonl"))
      continue;
    g_assert_true (g_file_get_contents (path, &text, NULL, &error));
    g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
      if (*lines[i] == '\0')
        continue;
      g_autoptr (JsonObject) record =
          openim_json_parse (lines[i], strlen (lines[i]), strlen (lines[i]), &error);
      g_assert_no_error (error);
      if (!g_str_equal (openim_json_string (record, "kind"), "frame"))
        continue;
      check_frame (openim_json_string (record, "body"));
      frames++;
    }
  }
  g_test_message ("%u frames", frames);
  g_assert_cmpuint (frames, >, 300);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/golden/frames", test_recordings);
  return g_test_run ();
}
