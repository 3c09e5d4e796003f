/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a real open-im-server 3.8 has said, byte for byte (tokens masked, repetitions left out): each line of
 * a recording is an HTTP body or a frame of the gateway. All of it must pass the gates and be known to the
 * last field. */

#include <string.h>

#include "base/gate.h"
#include "base/json.h"
#include "base/pb.h"
#include "msg.pb-c.h"

static const struct {
  gint64 id; /* reqIdentifier */
  const ProtobufCMessageDescriptor *descriptor;
} answers[] = {
  { 1001, &openim__sdkws__get_max_seq_resp__descriptor },
  { 1002, &openim__sdkws__pull_message_by_seqs_resp__descriptor },
  { 1003, &openim__msg__send_msg_resp__descriptor },
  { 1005, &openim__msg__get_seq_message_resp__descriptor },
  { 1006, &openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor },
  { 1007, &openim__msg__get_last_message_resp__descriptor },
  { 2001, &openim__sdkws__push_messages__descriptor },
  { 2004, &openim__sdkws__set_app_background_status_resp__descriptor },
  { 2005, &openim__sdkws__sub_user_online_status_tips__descriptor },
};

static JsonObject *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonObject *object = openim_json_parse (text, strlen (text), OPENIM_GATE_BODY_MAX, &error);

  g_assert_no_error (error);
  return object;
}

/* The content of a message is a JSON object, whatever its type; only "plain words, no JSON" was sent to see
 * what the server makes of it: nothing. */
static void
check_content (const OpenimMsgData *message)
{
  g_autoptr (GError) error = NULL;

  /* Deleted messages have none. */
  if (message->content.len == 0) {
    g_assert_cmpint (message->status, >=, OPENIM_STATUS_DELETED);
    return;
  }
  if (message->content.data[0] == 'p')
    return;
  g_autoptr (JsonObject) object = openim_json_parse ((const char *) message->content.data,
                                                     message->content.len, OPENIM_GATE_BODY_MAX, &error);
  g_assert_no_error (error);
}

/* Walks @message and all that it holds: no field without a place, no content that cannot be read. */
static void
check_message (const ProtobufCMessage *message)
{
  const ProtobufCMessageDescriptor *descriptor = message->descriptor;

  g_assert_cmpuint (message->n_unknown_fields, ==, 0);
  if (descriptor == &openim__sdkws__msg_data__descriptor)
    check_content ((const OpenimMsgData *) message);

  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
      continue;
    gpointer place = G_STRUCT_MEMBER_P (message, field->offset);
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      gsize n = G_STRUCT_MEMBER (gsize, message, field->quantifier_offset);
      for (gsize j = 0; j < n; j++)
        check_message ((*(ProtobufCMessage ***) place)[j]);
    } else if (*(ProtobufCMessage **) place != NULL) {
      check_message (*(ProtobufCMessage **) place);
    }
  }
}

static void
check_data (gint64 id, const char *base64)
{
  const ProtobufCMessageDescriptor *descriptor = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  g_autofree guint8 *data = g_base64_decode (base64, &length);

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    if (answers[i].id == id)
      descriptor = answers[i].descriptor;
  g_assert_nonnull (descriptor);

  gpointer message = openim_pb_unpack (descriptor, data, length, &error);
  g_assert_no_error (error);
  check_message (message);

  /* And over JSON and back. */
  g_autoptr (JsonObject) object = openim_json_from_message (message, NULL, TRUE);
  g_autofree char *text = openim_json_print (object);
  g_autoptr (JsonObject) parsed = parse (text);
  gpointer again = openim_json_read (parsed, NULL, descriptor);
  g_assert_true (openim_pb_equal (message, again));
  openim_pb_free (again);
  openim_pb_free (message);
}

static void
check_line (const char *line)
{
  g_autoptr (JsonObject) record = parse (line);
  const char *kind = openim_json_string (record, "kind");
  const char *body = openim_json_string (record, "body");

  /* A route that the server lacks is the only thing that it answers in plain text. */
  if (strcmp (kind, "http") == 0 && openim_json_int (record, "status") == 404) {
    g_assert_cmpstr (body, ==, "404 page not found");
    return;
  }

  g_autoptr (JsonObject) envelope = parse (body);
  if (strcmp (kind, "text frame") == 0) {
    /* The answer to a ping that was sent as text. */
    g_assert_cmpstr (openim_json_string (envelope, "type"), ==, "pong");
    return;
  }
  g_assert_true (json_object_has_member (envelope, "errCode"));
  if (strcmp (kind, "frame") == 0)
    check_data (openim_json_int (envelope, "reqIdentifier"), openim_json_string (envelope, "data"));
  else
    g_assert_cmpstr (kind, ==, "http");
}

static void
test_recording (gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint count = 0;

  g_file_get_contents (user_data, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0') {
      check_line (lines[i]);
      count++;
    }
  g_assert_cmpuint (count, >, 0);
  g_test_message ("%u lines", count);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  g_test_init (&argc, &argv, NULL);
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "recordings", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_assert_no_error (error);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_strdup_printf ("/golden/%s", name);
    g_test_add_data_func_full (path, g_build_filename (folder, name, NULL), test_recording, g_free);
  }
  return g_test_run ();
}
