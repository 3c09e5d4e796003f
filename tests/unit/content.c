/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "content.h"

#include <string.h>

#include "base/pb.h"

static guint64
random_bits (GRand *rand)
{
  /* Half of the numbers small, the others anywhere. */
  if (g_rand_boolean (rand))
    return g_rand_int (rand) % 100;
  guint64 high = g_rand_int (rand);
  return high << 32 | g_rand_int (rand);
}

static char *
random_string (GRand *rand)
{
  static const char *const pieces[] = { "a", "Z",  "0",    "_",    " ", "\"", "\\",
                                        "/", "\n", "\x1f", "\x7f", "é", "€",  "😀" };
  guint length = (guint) g_rand_int_range (rand, 0, 12);
  g_autoptr (GString) string = g_string_new (NULL);

  for (guint i = 0; i < length; i++)
    g_string_append (string, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);
  return g_strdup (string->str);
}

/* Fills @element and returns its size. */
static gsize
fill_element (const ProtobufCFieldDescriptor *field, GRand *rand, guint depth, gpointer element)
{
  guint64 bits = random_bits (rand);

  switch (field->type) {
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
    *(guint64 *) element = bits;
    return 8;
  case PROTOBUF_C_TYPE_DOUBLE:
    *(double *) element = (double) (gint32) bits / 2;
    return 8;
  case PROTOBUF_C_TYPE_FLOAT:
    *(float *) element = (float) (gint16) bits / 2;
    return 4;
  case PROTOBUF_C_TYPE_BOOL:
    *(protobuf_c_boolean *) element = bits & 1;
    return sizeof (protobuf_c_boolean);
  case PROTOBUF_C_TYPE_STRING:
    *(char **) element = random_string (rand);
    return sizeof (char *);
  case PROTOBUF_C_TYPE_BYTES: {
    ProtobufCBinaryData *bytes = element;
    bytes->len = bits % 20;
    bytes->data = bytes->len > 0 ? g_memdup2 ("\0\1\2\xff\xfe\x80 abcdefghijklm", bytes->len) : NULL;
    return sizeof *bytes;
  }
  case PROTOBUF_C_TYPE_MESSAGE:
    *(gpointer *) element = openim_test_content (field->descriptor, rand, depth - 1);
    return sizeof (gpointer);
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_ENUM:
  default:
    *(guint32 *) element = (guint32) bits;
    return 4;
  }
}

static gboolean
is_map_entry (const ProtobufCMessageDescriptor *descriptor)
{
  return descriptor->n_fields == 2 && strcmp (descriptor->fields[0].name, "key") == 0;
}

/* A key that no other entry has: entry @i of a map. */
static void
make_key_unique (const ProtobufCFieldDescriptor *field, gpointer entry, guint i)
{
  const ProtobufCMessageDescriptor *descriptor = field->descriptor;

  if (!is_map_entry (descriptor))
    return;
  char **key = &G_STRUCT_MEMBER (char *, entry, descriptor->fields[0].offset);
  openim_pb_take (key, g_strdup_printf ("%s%u", *key, i));
}

static void
fill_list (gpointer message, const ProtobufCFieldDescriptor *field, GRand *rand, guint depth)
{
  guint n = (guint) g_rand_int_range (rand, 0, 4);
  guint8 *elements = g_malloc0 (n * sizeof (ProtobufCBinaryData) + 1);
  gsize used = 0;

  for (guint i = 0; i < n; i++) {
    gpointer element = elements + used;
    used += fill_element (field, rand, depth, element);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
      make_key_unique (field, *(gpointer *) element, i);
  }
  G_STRUCT_MEMBER (gpointer, message, field->offset) = elements;
  G_STRUCT_MEMBER (gsize, message, field->quantifier_offset) = n;
}

gpointer
openim_test_content (const ProtobufCMessageDescriptor *descriptor, GRand *rand, guint depth)
{
  gpointer message = openim_pb_new (descriptor);

  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];

    /* The value of a map is always there, as in JSON. */
    if (!is_map_entry (descriptor) &&
        (g_rand_int (rand) % 4 == 0 || (field->type == PROTOBUF_C_TYPE_MESSAGE && depth <= 1)))
      continue;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
      fill_list (message, field, rand, depth);
      continue;
    }
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
      guint32 *set = &G_STRUCT_MEMBER (guint32, message, field->quantifier_offset);
      if (*set != 0)
        continue;
      *set = field->id;
    }
    fill_element (field, rand, depth, G_STRUCT_MEMBER_P (message, field->offset));
  }
  return message;
}
