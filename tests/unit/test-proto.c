/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The generated descriptors against two tables: interface.txt (the wall's numbers and events) and
 * messages.txt (every message and enumeration). A line that begins with two spaces belongs to the last one
 * that does not. */

#include <glib.h>
#include <string.h>

#include "base/pb.h"
#include "descriptors.h"
#include "event.pb-c.h"

typedef struct {
  GPtrArray *messages; /* of Table */
  GPtrArray *enums;
} Tables;

typedef struct {
  char *name;
  GPtrArray *rows; /* of GStrv */
} Table;

static Table *
table_new (const char *name)
{
  Table *table = g_new (Table, 1);

  table->name = g_strdup (name);
  table->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return table;
}

static void
table_free (gpointer data)
{
  Table *table = data;

  g_free (table->name);
  g_ptr_array_unref (table->rows);
  g_free (table);
}

static Tables *
tables_read (const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, file, NULL);
  g_autofree char *text = NULL;
  Tables *tables = g_new (Tables, 1);
  Table *table = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  tables->messages = g_ptr_array_new_with_free_func (table_free);
  tables->enums = g_ptr_array_new_with_free_func (table_free);

  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    if (*lines[i] == '\0' || *lines[i] == '#')
      continue;
    if (g_str_has_prefix (lines[i], "  ")) {
      g_assert_nonnull (table);
      g_ptr_array_add (table->rows, g_strsplit (lines[i] + 2, " ", -1));
      continue;
    }
    g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
    g_assert_cmpuint (g_strv_length (words), ==, 2);
    table = table_new (words[1]);
    g_assert_true (g_str_equal (words[0], "message") || g_str_equal (words[0], "enum"));
    g_ptr_array_add (*words[0] == 'm' ? tables->messages : tables->enums, table);
  }
  return tables;
}

static void
tables_free (Tables *tables)
{
  g_ptr_array_unref (tables->messages);
  g_ptr_array_unref (tables->enums);
  g_free (tables);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tables, tables_free)

static const Table *
find_table (GPtrArray *tables, const char *name)
{
  for (guint i = 0; i < tables->len; i++) {
    const Table *table = g_ptr_array_index (tables, i);
    if (strcmp (table->name, name) == 0)
      return table;
  }
  return NULL;
}

static const ProtobufCMessageDescriptor *
find_message (const char *name)
{
  for (gsize i = 0; openim_test_messages[i] != NULL; i++)
    if (strcmp (openim_test_messages[i]->name, name) == 0)
      return openim_test_messages[i];
  g_test_message ("no message %s", name);
  return NULL;
}

static const ProtobufCEnumDescriptor *
find_enum (const char *name)
{
  for (gsize i = 0; openim_test_enums[i] != NULL; i++)
    if (strcmp (openim_test_enums[i]->name, name) == 0)
      return openim_test_enums[i];
  g_test_message ("no enum %s", name);
  return NULL;
}

static gboolean
is_map_entry (const ProtobufCMessageDescriptor *descriptor)
{
  return g_str_has_suffix (descriptor->name, "Entry") && descriptor->n_fields == 2 &&
         strcmp (descriptor->fields[0].name, "key") == 0;
}

/* (transfer full) The type as the tables write it. */
static char *
type_of (const ProtobufCFieldDescriptor *field)
{
  static const char *const scalars[] = {
    [PROTOBUF_C_TYPE_INT32] = "int32",       [PROTOBUF_C_TYPE_SINT32] = "sint32",
    [PROTOBUF_C_TYPE_SFIXED32] = "sfixed32", [PROTOBUF_C_TYPE_INT64] = "int64",
    [PROTOBUF_C_TYPE_SINT64] = "sint64",     [PROTOBUF_C_TYPE_SFIXED64] = "sfixed64",
    [PROTOBUF_C_TYPE_UINT32] = "uint32",     [PROTOBUF_C_TYPE_FIXED32] = "fixed32",
    [PROTOBUF_C_TYPE_UINT64] = "uint64",     [PROTOBUF_C_TYPE_FIXED64] = "fixed64",
    [PROTOBUF_C_TYPE_FLOAT] = "float",       [PROTOBUF_C_TYPE_DOUBLE] = "double",
    [PROTOBUF_C_TYPE_BOOL] = "bool",         [PROTOBUF_C_TYPE_STRING] = "string",
    [PROTOBUF_C_TYPE_BYTES] = "bytes",
  };

  if (field->type == PROTOBUF_C_TYPE_ENUM)
    return g_strdup (((const ProtobufCEnumDescriptor *) field->descriptor)->name);
  if (field->type != PROTOBUF_C_TYPE_MESSAGE)
    return g_strdup (scalars[field->type]);
  const ProtobufCMessageDescriptor *message = field->descriptor;
  if (!is_map_entry (message))
    return g_strdup (message->name);
  g_autofree char *key = type_of (&message->fields[0]);
  g_autofree char *value = type_of (&message->fields[1]);
  return g_strdup_printf ("map<%s,%s>", key, value);
}

static guint
count_members (const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *oneof)
{
  guint n = 0;

  for (unsigned i = 0; i < message->n_fields; i++)
    n += (message->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
         message->fields[i].quantifier_offset == oneof->quantifier_offset;
  return n;
}

/* A oneof with one member is how protobuf-c spells "optional". */
static const char *
label_of (const ProtobufCMessageDescriptor *message, const ProtobufCFieldDescriptor *field)
{
  if (field->label == PROTOBUF_C_LABEL_REPEATED)
    return field->type == PROTOBUF_C_TYPE_MESSAGE && is_map_entry (field->descriptor) ? "-" : "repeated";
  if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
    return count_members (message, field) == 1 ? "optional" : "oneof";
  return "-";
}

static void
compare_field (const ProtobufCMessageDescriptor *message,
               const char *name,
               const char *type,
               const char *label)
{
  const ProtobufCFieldDescriptor *field = openim_pb_field (message, name);

  g_test_message ("%s.%s", message->name, name);
  g_assert_nonnull (field);
  g_autofree char *real_type = type_of (field);
  g_assert_cmpstr (real_type, ==, type);
  g_autofree char *plain_label = g_strndup (label, strcspn (label, ":"));
  g_assert_cmpstr (label_of (message, field), ==, plain_label);
}

static void
compare_enum (const Table *table)
{
  const ProtobufCEnumDescriptor *descriptor = find_enum (table->name);

  g_assert_nonnull (descriptor);
  g_assert_cmpuint (descriptor->n_value_names, ==, table->rows->len);
  for (guint i = 0; i < table->rows->len; i++) {
    GStrv row = g_ptr_array_index (table->rows, i);
    g_test_message ("%s.%s", table->name, row[0]);
    g_assert_cmpuint (g_strv_length (row), ==, 2);
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value_by_name (descriptor, row[0]);
    g_assert_nonnull (value);
    g_assert_cmpint (value->value, ==, g_ascii_strtoll (row[1], NULL, 10));
  }
}

static void
test_interface (void)
{
  g_autoptr (Tables) tables = tables_read ("interface.txt");
  const Table *numbers = find_table (tables->enums, "openim.event.FuncRequestEventName");

  g_assert_nonnull (numbers);
  g_assert_cmpuint (numbers->rows->len, ==, 161);
  compare_enum (numbers);

  g_assert_cmpuint (tables->messages->len, ==, 51);
  for (guint i = 0; i < tables->messages->len; i++) {
    const Table *table = g_ptr_array_index (tables->messages, i);
    const ProtobufCMessageDescriptor *descriptor = find_message (table->name);
    g_assert_nonnull (descriptor);
    g_assert_cmpuint (descriptor->n_fields, ==, table->rows->len);
    for (guint j = 0; j < table->rows->len; j++) {
      GStrv row = g_ptr_array_index (table->rows, j);
      g_assert_cmpuint (g_strv_length (row), ==, 3);
      compare_field (descriptor, row[0], row[1], row[2]);
      /* The document lists fields in the order of their numbers. */
      g_assert_cmpstr (descriptor->fields[j].name, ==, row[0]);
    }
  }
}

static void
test_messages (void)
{
  g_autoptr (Tables) tables = tables_read ("messages.txt");

  g_assert_cmpuint (tables->messages->len, >, 317);
  for (guint i = 0; i < tables->messages->len; i++) {
    const Table *table = g_ptr_array_index (tables->messages, i);
    const ProtobufCMessageDescriptor *descriptor = find_message (table->name);
    g_assert_nonnull (descriptor);
    g_test_message ("%s", table->name);
    g_assert_cmpuint (descriptor->n_fields, ==, table->rows->len);
    for (guint j = 0; j < table->rows->len; j++) {
      GStrv row = g_ptr_array_index (table->rows, j);
      g_assert_cmpuint (g_strv_length (row), ==, 4);
      compare_field (descriptor, row[0], row[2], row[3]);
      g_assert_cmpuint (openim_pb_field (descriptor, row[0])->id, ==, g_ascii_strtoull (row[1], NULL, 10));
    }
  }
}

static void
test_enums (void)
{
  g_autoptr (Tables) tables = tables_read ("messages.txt");

  g_assert_cmpuint (tables->enums->len, >=, 19);
  for (guint i = 0; i < tables->enums->len; i++)
    compare_enum (g_ptr_array_index (tables->enums, i));
}

/* Nothing in proto/ that the tables do not know. */
static void
test_nothing_else (void)
{
  g_autoptr (Tables) tables = tables_read ("messages.txt");

  for (gsize i = 0; openim_test_messages[i] != NULL; i++) {
    const ProtobufCMessageDescriptor *descriptor = openim_test_messages[i];
    if (is_map_entry (descriptor) || g_str_has_prefix (descriptor->name, "google."))
      continue;
    g_test_message ("%s", descriptor->name);
    g_assert_nonnull (find_table (tables->messages, descriptor->name));
  }
  for (gsize i = 0; openim_test_enums[i] != NULL; i++) {
    g_test_message ("%s", openim_test_enums[i]->name);
    g_assert_nonnull (find_table (tables->enums, openim_test_enums[i]->name));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proto/interface", test_interface);
  g_test_add_func ("/proto/messages", test_messages);
  g_test_add_func ("/proto/enums", test_enums);
  g_test_add_func ("/proto/nothing-else", test_nothing_else);
  return g_test_run ();
}
