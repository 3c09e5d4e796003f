/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/pb.h"

#include <string.h>

#include "base/gate.h"

static void *
allocate (void *data, size_t size)
{
  return g_malloc (size);
}

static void
release (void *data, void *memory)
{
  g_free (memory);
}

/* Never written to; protobuf-c only wants it without const. */
static ProtobufCAllocator allocator = { allocate, release, NULL };

static gboolean
is_unset (const char *string)
{
  return string == NULL || string == protobuf_c_empty_string;
}

gpointer
openim_pb_new (const ProtobufCMessageDescriptor *descriptor)
{
  gpointer message = g_malloc0 (descriptor->sizeof_message);

  protobuf_c_message_init (descriptor, message);
  return message;
}

void
openim_pb_free (gpointer message)
{
  protobuf_c_message_free_unpacked (message, &allocator);
}

static guint8 *
pack (gconstpointer message, gsize *length)
{
  *length = protobuf_c_message_get_packed_size (message);
  guint8 *data = g_malloc (MAX (*length, 1));
  protobuf_c_message_pack (message, data);
  return data;
}

gpointer
openim_pb_copy (gconstpointer message)
{
  if (message == NULL)
    return NULL;

  gsize length;
  g_autofree guint8 *data = pack (message, &length);
  return protobuf_c_message_unpack (((const ProtobufCMessage *) message)->descriptor, &allocator, length,
                                    data);
}

gboolean
openim_pb_equal (gconstpointer a, gconstpointer b)
{
  if (a == NULL || b == NULL)
    return a == b;
  if (((const ProtobufCMessage *) a)->descriptor != ((const ProtobufCMessage *) b)->descriptor)
    return FALSE;

  gsize a_length, b_length;
  g_autofree guint8 *a_data = pack (a, &a_length);
  g_autofree guint8 *b_data = pack (b, &b_length);
  return a_length == b_length && memcmp (a_data, b_data, a_length) == 0;
}

gpointer
openim_pb_unpack (const ProtobufCMessageDescriptor *descriptor,
                  const guint8 *data,
                  gsize length,
                  GError **error)
{
  if (!openim_gate_protobuf (descriptor, data, length, error))
    return NULL;

  gpointer message = protobuf_c_message_unpack (descriptor, &allocator, length, data);
  if (message == NULL)
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "%s: not decodable", descriptor->name);
  return message;
}

GBytes *
openim_pb_pack (gconstpointer message)
{
  gsize length;
  guint8 *data = pack (message, &length);

  return g_bytes_new_take (data, length);
}

void
openim_pb_set (char **field, const char *value)
{
  openim_pb_take (field, value != NULL ? g_strdup (value) : NULL);
}

void
openim_pb_take (char **field, char *value)
{
  if (!is_unset (*field))
    g_free (*field);
  *field = value != NULL ? value : (char *) protobuf_c_empty_string;
}

void
openim_pb_append_pointer (size_t *n, gpointer **array, gpointer message)
{
  *array = g_renew (gpointer, *array, *n + 1);
  (*array)[(*n)++] = message;
}

void
openim_pb_append_string (size_t *n, char ***array, const char *value)
{
  openim_pb_append_pointer (n, (gpointer **) array, g_strdup (value != NULL ? value : ""));
}

const ProtobufCFieldDescriptor *
openim_pb_field (const ProtobufCMessageDescriptor *descriptor, const char *name)
{
  return protobuf_c_message_descriptor_get_field_by_name (descriptor, name);
}

void
openim_pb_steal_array (size_t *n, gpointer **field, GPtrArray *array)
{
  gsize length;
  g_autofree gpointer *messages = g_ptr_array_steal (array, &length);

  if (length > 0) {
    *field = g_renew (gpointer, *field, *n + length);
    memcpy (*field + *n, messages, length * sizeof (gpointer));
    *n += length;
  }
  g_ptr_array_unref (array);
}
