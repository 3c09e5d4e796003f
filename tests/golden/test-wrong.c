/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Answers of a real server with one value wrong: missing, null, of another type, huge, negative, no number,
 * deep, no UTF-8. Each field of each recorded answer, push and message body in turn. Whatever reads them must
 * come to an end, with an error that is one. */

#include <string.h>

#include "base/gate.h"
#include "msg.pb-c.h"
#include "net/frame.h"
#include "sdk/convert.h"
#include "store/db.h"
#include "sync/internal.h"
#include "sync/readers.h"

#define EACH 2 /* recordings of one kind; with -m thorough: */
#define EACH_THOROUGH 20

/* As they stand in the text; NULL: the value is left out. */
static const char *const wrong[] = {
  NULL,
  "null",
  "\"x\"",
  "\"\"",
  "-1",
  "0",
  "true",
  "1.5",
  "1e308",
  "9223372036854775808",
  "NaN",
  "[]",
  "{}",
  "[null,1,{}]",
  "\"\xff\xfe\"",
  "\"\\ud800\"",
  "\"\\u0000\"",
  "-9223372036854775808",
  "",
  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
  "]]]]]]]]]]]]]]",
};

static const OpenimRowReader readers[] = {
  openim_read_user,           openim_read_friend,       openim_read_black,
  openim_read_friend_request, openim_read_group,        openim_read_member,
  openim_read_group_request,  openim_read_conversation, openim_read_command,
};

static const struct {
  guint id; /* reqIdentifier */
  const ProtobufCMessageDescriptor *descriptor;
} answers[] = {
  { 1001, &openim__sdkws__get_max_seq_resp__descriptor },
  { 1003, &openim__msg__send_msg_resp__descriptor },
  { 1005, &openim__msg__get_seq_message_resp__descriptor },
  { 1006, &openim__msg__get_conversations_has_read_and_max_seq_resp__descriptor },
  { 2001, &openim__sdkws__push_messages__descriptor },
  { 2005, &openim__sdkws__sub_user_online_status_tips__descriptor },
};

typedef struct {
  GHashTable *seen; /* kind → how many of it */
  OpenimDb *db;
  guint cases;
  guint refused;
} Trial;

/* ---- a text with one value replaced */

typedef struct {
  GString *text;
  guint next;   /* number of the next value */
  guint target; /* which is replaced */
  const char *with;
} Copy;

static void copy_node (Copy *copy, JsonNode *node);

/* FALSE: it is to be left out. */
static gboolean
copy_value (Copy *copy, const char *name, JsonNode *node)
{
  gboolean replaced = copy->next++ == copy->target;

  if (replaced && copy->with == NULL)
    return FALSE;
  if (name != NULL) {
    g_autofree char *escaped = g_strescape (name, NULL);

    g_string_append_printf (copy->text, "\"%s\":", escaped);
  }
  if (replaced)
    g_string_append (copy->text, copy->with);
  else
    copy_node (copy, node);
  g_string_append_c (copy->text, ',');
  return TRUE;
}

static void
end_list (Copy *copy, char end)
{
  if (copy->text->str[copy->text->len - 1] == ',')
    g_string_truncate (copy->text, copy->text->len - 1);
  g_string_append_c (copy->text, end);
}

static void
copy_node (Copy *copy, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    g_autoptr (GList) names = json_object_get_members (object);

    g_string_append_c (copy->text, '{');
    for (GList *link = names; link != NULL; link = link->next)
      copy_value (copy, link->data, json_object_get_member (object, link->data));
    end_list (copy, '}');
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    g_string_append_c (copy->text, '[');
    for (guint i = 0; i < json_array_get_length (array); i++)
      copy_value (copy, NULL, json_array_get_element (array, i));
    end_list (copy, ']');
  } else {
    g_autofree char *value = json_to_string (node, FALSE);

    g_string_append (copy->text, value);
  }
}

typedef void (*TrialFunc) (Trial *trial, const char *text, gconstpointer data);

static void
try_each (Trial *trial, JsonObject *object, TrialFunc func, gconstpointer data)
{
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  guint values = 1;

  for (guint target = 0; target < values; target++)
    for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
      g_autoptr (GString) text = g_string_new (NULL);
      Copy copy = { text, 0, target, wrong[i] };

      copy_node (&copy, root);
      values = MAX (values, copy.next);
      func (trial, text->str, data);
      trial->cases++;
    }
}

/* ---- what reads them */

static void
read_all (JsonNode *node)
{
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++)
      read_all (json_array_get_element (array, i));
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    g_autoptr (GList) names = json_object_get_members (object);

    for (guint i = 0; i < G_N_ELEMENTS (readers); i++)
      openim_pb_free (readers[i](object, "self"));
    for (GList *link = names; link != NULL; link = link->next) {
      g_auto (GStrv) texts = openim_json_strv (object, link->data);

      openim_json_int (object, link->data);
      openim_json_uint (object, link->data);
      openim_json_bool (object, link->data);
      g_assert_true (g_utf8_validate (openim_json_string (object, link->data), -1, NULL));
      read_all (json_object_get_member (object, link->data));
    }
  }
}

static void
try_body (Trial *trial, const char *text, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = openim_json_parse (text, strlen (text), OPENIM_GATE_BODY_MAX, &error);
  g_autoptr (JsonNode) root = NULL;

  g_assert_true ((object == NULL) == (error != NULL));
  trial->refused += object == NULL;
  if (object == NULL)
    return;
  root = json_node_init_object (json_node_alloc (), object);
  read_all (root);
}

static void
try_frame (Trial *trial, const char *text, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimFrame) frame = openim_frame_parse (text, strlen (text), &error);

  g_assert_true ((frame == NULL) == (error != NULL));
  trial->refused += frame == NULL;
  for (guint i = 0; frame != NULL && i < G_N_ELEMENTS (answers); i++)
    if (answers[i].id == frame->id) {
      g_autoptr (GError) trouble = NULL;
      gpointer message = openim_pb_unpack (answers[i].descriptor, g_bytes_get_data (frame->body, NULL),
                                           g_bytes_get_size (frame->body), &trouble);

      g_assert_true ((message == NULL) == (trouble != NULL));
      openim_pb_free (message);
    }
}

static void
set_content (OpenimMsgData *data, const char *text)
{
  g_free (data->content.data);
  data->content.data = (guint8 *) g_strdup (text);
  data->content.len = strlen (text);
}

static void
try_content (Trial *trial, const char *text, gconstpointer message)
{
  g_autoptr (OpenimStoredMessage) stored = openim_stored_message_new ("si_a_b", openim_pb_copy (message));

  set_content (stored->data, text);
  openim_pb_free (openim_convert_message (stored, "self"));
}

/* Into the store, and out again. */
static void
try_detail (Trial *trial, const char *text, gconstpointer message)
{
  g_autoptr (OpenimMsgData) data = openim_pb_copy (message);
  g_autoptr (JsonObject) body = openim_json_build ("detail", 's', "", NULL);
  g_autoptr (GString) content = g_string_new ("{\"detail\":\"");
  g_autofree char *escaped = g_strescape (text, NULL);
  g_autoptr (GError) error = NULL;
  OpenimEffects *effects = openim_effects_new ("self", 7, FALSE);

  g_string_append_printf (content, "%s\"}", escaped);
  g_assert_true (openim_db_begin (trial->db, FALSE, NULL));
  set_content (data, content->str);
  g_assert_true (openim_notification_apply (trial->db, message, effects, &error));
  if (openim_notification_apply (trial->db, data, effects, &error))
    openim_effects_settle (effects, trial->db, &error);
  if (error != NULL)
    trial->refused++;
  openim_db_rollback (trial->db);
  openim_effects_free (effects);
}

/* ---- where they come from */

static gboolean
is_new (Trial *trial, char *kind /* (transfer full) */)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (trial->seen, kind)) + 1;

  g_hash_table_insert (trial->seen, kind, GUINT_TO_POINTER (n));
  return n <= (g_test_thorough () ? EACH_THOROUGH : EACH);
}

static void
try_message (Trial *trial, const OpenimMsgData *message)
{
  g_autoptr (JsonObject) body = openim_json_parse ((const char *) message->content.data, message->content.len,
                                                   OPENIM_GATE_BODY_MAX, NULL);
  g_autoptr (JsonObject) detail = NULL;
  const char *text;

  if (body == NULL || !is_new (trial, g_strdup_printf ("content %d", message->contenttype)))
    return;
  try_each (trial, body, try_content, message);
  text = openim_json_string (body, "detail");
  detail = openim_json_parse (text, strlen (text), OPENIM_GATE_BODY_MAX, NULL);
  if (detail != NULL)
    try_each (trial, detail, try_detail, message);
}

static void
find_messages (Trial *trial, const ProtobufCMessage *message)
{
  const ProtobufCMessageDescriptor *descriptor = message->descriptor;

  if (descriptor == &openim__sdkws__msg_data__descriptor)
    try_message (trial, (const OpenimMsgData *) message);
  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
    gpointer place = G_STRUCT_MEMBER_P (message, field->offset);

    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
      continue;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      for (gsize k = 0; k < G_STRUCT_MEMBER (gsize, message, field->quantifier_offset); k++)
        find_messages (trial, (*(ProtobufCMessage ***) place)[k]);
    } else if (*(ProtobufCMessage **) place != NULL) {
      find_messages (trial, *(ProtobufCMessage **) place);
    }
  }
}

/* Each byte in turn becomes another, and the end. */
static void
try_bytes (Trial *trial, const ProtobufCMessageDescriptor *descriptor, GBytes *body)
{
  gsize size;
  const guint8 *bytes = g_bytes_get_data (body, &size);

  for (gsize i = 0; i < MIN (size, 400); i++) {
    g_autofree guint8 *copy = g_memdup2 (bytes, size);
    g_autoptr (GError) error = NULL;
    gpointer message;

    copy[i] ^= (guint8) (1u << (i % 8));
    message = openim_pb_unpack (descriptor, copy, i % 2 == 0 ? size : i, &error);
    g_assert_true ((message == NULL) == (error != NULL));
    trial->refused += message == NULL;
    trial->cases++;
    openim_pb_free (message);
  }
}

static void
try_line (Trial *trial, const char *line)
{
  g_autoptr (JsonObject) record = openim_json_parse (line, strlen (line), OPENIM_GATE_BODY_MAX, NULL);
  const char *body = openim_json_string (record, "body");
  g_autoptr (JsonObject) envelope = openim_json_parse (body, strlen (body), OPENIM_GATE_BODY_MAX, NULL);
  g_autoptr (OpenimFrame) frame = NULL;

  if (envelope == NULL)
    return;
  if (g_str_equal (openim_json_string (record, "kind"), "http")) {
    if (is_new (trial, g_strdup (openim_json_string (record, "path"))))
      try_each (trial, envelope, try_body, NULL);
    return;
  }
  frame = openim_frame_parse (body, strlen (body), NULL);
  if (frame == NULL)
    return;
  if (is_new (trial, g_strdup_printf ("frame %u", frame->id)))
    try_each (trial, envelope, try_frame, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    if (answers[i].id == frame->id) {
      gpointer message = openim_pb_unpack (answers[i].descriptor, g_bytes_get_data (frame->body, NULL),
                                           g_bytes_get_size (frame->body), NULL);

      if (message == NULL)
        continue;
      find_messages (trial, message);
      openim_pb_free (message);
      if (is_new (trial, g_strdup_printf ("bytes %u", frame->id)))
        try_bytes (trial, answers[i].descriptor, frame->body);
    }
}

static void
test_wrong (void)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "recordings", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  Trial trial = { 0 };
  gboolean damaged;

  g_assert_no_error (error);
  trial.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  trial.db = openim_db_open (":memory:", FALSE, &damaged, &error);
  g_assert_no_error (error);
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *text = NULL;
    g_auto (GStrv) lines = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, &error));
    lines = g_strsplit (text, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++)
      if (*lines[i] != '\0')
        try_line (&trial, lines[i]);
  }
  g_test_message ("%u cases, %u of them refused", trial.cases, trial.refused);
  g_assert_cmpuint (trial.cases, >=, 10000);
  g_assert_cmpuint (trial.refused, >, 0);
  g_assert_cmpuint (trial.refused, <, trial.cases);
  openim_db_close (trial.db);
  g_hash_table_unref (trial.seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/golden/wrong", test_wrong);
  return g_test_run ();
}
