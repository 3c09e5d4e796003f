/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <math.h>
#include <string.h>

/* A field's place in its struct is reached by its offset. A oneof has the number of the member that is set
 * where a repeated field has its count. */

static gsize
element_size (const ProtobufCFieldDescriptor *field)
{
  switch (field->type) {
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_DOUBLE:
    return 8;
  case PROTOBUF_C_TYPE_BOOL:
    return sizeof (protobuf_c_boolean);
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_MESSAGE:
    return sizeof (gpointer);
  case PROTOBUF_C_TYPE_BYTES:
    return sizeof (ProtobufCBinaryData);
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_FLOAT:
  case PROTOBUF_C_TYPE_ENUM:
  default:
    return 4;
  }
}

static gboolean
is_oneof (const ProtobufCFieldDescriptor *field)
{
  return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

/* protobuf-c has no maps: map<string, V> name is a list of messages NameEntry of a key and a value. */
static gboolean
is_map (const ProtobufCFieldDescriptor *field)
{
  if (field->label != PROTOBUF_C_LABEL_REPEATED || field->type != PROTOBUF_C_TYPE_MESSAGE)
    return FALSE;

  const ProtobufCMessageDescriptor *entry = field->descriptor;
  return g_str_has_suffix (entry->name, "Entry") && entry->n_fields == 2 &&
         strcmp (entry->fields[0].name, "key") == 0 && entry->fields[0].type == PROTOBUF_C_TYPE_STRING &&
         strcmp (entry->fields[1].name, "value") == 0;
}

/* Reading */

static gint64
in_range (gint64 value, gint64 min, gint64 max)
{
  return value >= min && value <= max ? value : 0;
}

static ProtobufCBinaryData
read_base64 (const char *text)
{
  ProtobufCBinaryData bytes = { 0, NULL };
  gsize length = strlen (text);
  gsize digits = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  /* GLib skips what is no base64 and would make bytes of any text. */
  if (length == 0 || length % 4 != 0 || length - digits > 2 || strspn (text + digits, "=") != length - digits)
    return bytes;
  bytes.data = g_base64_decode (text, &bytes.len);
  return bytes;
}

/* Fills one element, which holds nothing that would have to be freed. */
static void
read_element (JsonNode *node,
              const OpenimJsonName *names,
              const ProtobufCFieldDescriptor *field,
              gpointer element)
{
  switch (field->type) {
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_ENUM:
    *(gint32 *) element = (gint32) in_range (openim_json_node_int (node), G_MININT32, G_MAXINT32);
    break;
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
    *(guint32 *) element = (guint32) in_range (openim_json_node_int (node), 0, G_MAXUINT32);
    break;
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_SFIXED64:
    *(gint64 *) element = openim_json_node_int (node);
    break;
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
    *(guint64 *) element = openim_json_node_uint (node);
    break;
  case PROTOBUF_C_TYPE_FLOAT:
    *(float *) element = (float) openim_json_node_double (node);
    if (!isfinite (*(float *) element))
      *(float *) element = 0;
    break;
  case PROTOBUF_C_TYPE_DOUBLE:
    *(double *) element = openim_json_node_double (node);
    break;
  case PROTOBUF_C_TYPE_BOOL:
    *(protobuf_c_boolean *) element = openim_json_node_bool (node);
    break;
  case PROTOBUF_C_TYPE_STRING:
    *(char **) element = g_strdup (openim_json_node_string (node));
    break;
  case PROTOBUF_C_TYPE_BYTES:
    *(ProtobufCBinaryData *) element = read_base64 (openim_json_node_string (node));
    break;
  case PROTOBUF_C_TYPE_MESSAGE:
  default:
    *(gpointer *) element = openim_json_read (
        JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL, names, field->descriptor);
    break;
  }
}

static void
free_element (const ProtobufCFieldDescriptor *field, gpointer element)
{
  switch (field->type) {
  case PROTOBUF_C_TYPE_STRING:
    openim_pb_set ((char **) element, NULL);
    break;
  case PROTOBUF_C_TYPE_BYTES:
    g_free (((ProtobufCBinaryData *) element)->data);
    break;
  case PROTOBUF_C_TYPE_MESSAGE:
    openim_pb_free (*(gpointer *) element);
    break;
  default:
    break;
  }
}

/* Makes @field as it is in a fresh message. */
static void
clear_field (ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
  gpointer place = G_STRUCT_MEMBER_P (message, field->offset);
  gsize size = element_size (field);

  if (field->label == PROTOBUF_C_LABEL_REPEATED) {
    gsize *n = &G_STRUCT_MEMBER (gsize, message, field->quantifier_offset);
    guint8 *array = *(guint8 **) place;
    for (gsize i = 0; i < *n; i++)
      free_element (field, array + i * size);
    g_free (array);
    *(gpointer *) place = NULL;
    *n = 0;
    return;
  }
  free_element (field, place);
  memset (place, 0, size);
  if (field->type == PROTOBUF_C_TYPE_STRING)
    *(const char **) place = protobuf_c_empty_string;
}

static void
read_list (JsonNode *node,
           const OpenimJsonName *names,
           const ProtobufCFieldDescriptor *field,
           ProtobufCMessage *message)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return;

  JsonArray *array = json_node_get_array (node);
  guint length = json_array_get_length (array);
  gsize size = element_size (field);
  guint8 *elements = length > 0 ? g_malloc0_n (length, size) : NULL;

  for (guint i = 0; i < length; i++)
    read_element (json_array_get_element (array, i), names, field, elements + i * size);
  G_STRUCT_MEMBER (gpointer, message, field->offset) = elements;
  G_STRUCT_MEMBER (gsize, message, field->quantifier_offset) = length;
}

static void
read_map (JsonNode *node,
          const OpenimJsonName *names,
          const ProtobufCFieldDescriptor *field,
          ProtobufCMessage *message)
{
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return;

  JsonObject *object = json_node_get_object (node);
  guint length = json_object_get_size (object);
  ProtobufCMessage **entries = length > 0 ? g_new (ProtobufCMessage *, length) : NULL;
  JsonObjectIter iter;
  const char *key;
  JsonNode *value;
  gsize n = 0;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &value)) {
    const ProtobufCMessageDescriptor *descriptor = field->descriptor;
    ProtobufCMessage *entry = openim_pb_new (descriptor);
    openim_pb_set (&G_STRUCT_MEMBER (char *, entry, descriptor->fields[0].offset), key);
    read_element (value, names, &descriptor->fields[1],
                  G_STRUCT_MEMBER_P (entry, descriptor->fields[1].offset));
    entries[n++] = entry;
  }
  G_STRUCT_MEMBER (gpointer, message, field->offset) = entries;
  G_STRUCT_MEMBER (gsize, message, field->quantifier_offset) = n;
}

/* Frees whichever member of @field's oneof is set and leaves the place as for a member never set. */
static void
clear_oneof (ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
  guint32 *set = &G_STRUCT_MEMBER (guint32, message, field->quantifier_offset);

  if (*set != 0)
    clear_field (message, protobuf_c_message_descriptor_get_field (message->descriptor, *set));
  *set = 0;
}

/* The member for @field under any of its names, unless it is null. */
static JsonNode *
find_member (JsonObject *object, const OpenimJsonName *names, const ProtobufCFieldDescriptor *field)
{
  JsonNode *node;

  for (; names != NULL && names->json != NULL; names++)
    if (strcmp (names->field, field->name) == 0) {
      node = json_object_get_member (object, names->json);
      if (node != NULL && !JSON_NODE_HOLDS_NULL (node))
        return node;
    }
  node = json_object_get_member (object, field->name);
  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

void
openim_json_to_message (JsonObject *object, const OpenimJsonName *names, ProtobufCMessage *message)
{
  const ProtobufCMessageDescriptor *descriptor = message->descriptor;

  if (object == NULL)
    return;
  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
    JsonNode *node = find_member (object, names, field);
    if (node == NULL)
      continue;

    gboolean list = field->label == PROTOBUF_C_LABEL_REPEATED;
    if (is_oneof (field))
      clear_oneof (message, field);
    else
      clear_field (message, field);
    if (!list && field->type == PROTOBUF_C_TYPE_MESSAGE && !JSON_NODE_HOLDS_OBJECT (node))
      continue;

    if (is_oneof (field))
      G_STRUCT_MEMBER (guint32, message, field->quantifier_offset) = field->id;
    if (is_map (field))
      read_map (node, names, field, message);
    else if (list)
      read_list (node, names, field, message);
    else
      read_element (node, names, field, G_STRUCT_MEMBER_P (message, field->offset));
  }
}

gpointer
openim_json_read (JsonObject *object,
                  const OpenimJsonName *names,
                  const ProtobufCMessageDescriptor *descriptor)
{
  gpointer message = openim_pb_new (descriptor);

  openim_json_to_message (object, names, message);
  return message;
}

/* Writing */

static JsonNode *
write_element (gconstpointer element,
               const OpenimJsonName *names,
               const ProtobufCFieldDescriptor *field,
               gboolean skip_zero)
{
  JsonNode *node = json_node_alloc ();

  switch (field->type) {
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_ENUM:
    return json_node_init_int (node, *(const gint32 *) element);
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_FIXED32:
    return json_node_init_int (node, *(const guint32 *) element);
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_SFIXED64:
    return json_node_init_int (node, *(const gint64 *) element);
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_FIXED64:
    json_node_free (node);
    return openim_json_node_new_uint (*(const guint64 *) element);
  case PROTOBUF_C_TYPE_FLOAT:
    return json_node_init_double (node, (double) *(const float *) element);
  case PROTOBUF_C_TYPE_DOUBLE:
    return json_node_init_double (node, *(const double *) element);
  case PROTOBUF_C_TYPE_BOOL:
    return json_node_init_boolean (node, *(const protobuf_c_boolean *) element != 0);
  case PROTOBUF_C_TYPE_STRING: {
    const char *string = *(const char *const *) element;
    return json_node_init_string (node, string != NULL ? string : "");
  }
  case PROTOBUF_C_TYPE_BYTES: {
    const ProtobufCBinaryData *bytes = element;
    g_autofree char *text = g_base64_encode (bytes->data, bytes->len);
    return json_node_init_string (node, text);
  }
  case PROTOBUF_C_TYPE_MESSAGE:
  default: {
    gconstpointer message = *(const gconstpointer *) element;
    if (message == NULL)
      return json_node_init_null (node);
    g_autoptr (JsonObject) object = openim_json_from_message (message, names, skip_zero);
    return json_node_init_object (node, object);
  }
  }
}

static JsonNode *
write_list (const ProtobufCMessage *message,
            const OpenimJsonName *names,
            const ProtobufCFieldDescriptor *field,
            gboolean skip_zero)
{
  gsize n = G_STRUCT_MEMBER (gsize, message, field->quantifier_offset);
  const guint8 *elements = G_STRUCT_MEMBER (const guint8 *, message, field->offset);
  gsize size = element_size (field);
  g_autoptr (JsonArray) array = json_array_sized_new ((guint) n);

  for (gsize i = 0; i < n; i++)
    json_array_add_element (array, write_element (elements + i * size, names, field, skip_zero));
  return json_node_init_array (json_node_alloc (), array);
}

static JsonNode *
write_map (const ProtobufCMessage *message,
           const OpenimJsonName *names,
           const ProtobufCFieldDescriptor *field,
           gboolean skip_zero)
{
  const ProtobufCFieldDescriptor *fields = ((const ProtobufCMessageDescriptor *) field->descriptor)->fields;
  gsize n = G_STRUCT_MEMBER (gsize, message, field->quantifier_offset);
  ProtobufCMessage *const *entries = G_STRUCT_MEMBER (ProtobufCMessage *const *, message, field->offset);
  g_autoptr (JsonObject) object = json_object_new ();

  for (gsize i = 0; i < n; i++) {
    const char *key = G_STRUCT_MEMBER (const char *, entries[i], fields[0].offset);
    gconstpointer value = G_STRUCT_MEMBER_P (entries[i], fields[1].offset);
    json_object_set_member (object, key, write_element (value, names, &fields[1], skip_zero));
  }
  return json_node_init_object (json_node_alloc (), object);
}

static gboolean
is_zero (const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
  if (field->label == PROTOBUF_C_LABEL_REPEATED)
    return G_STRUCT_MEMBER (gsize, message, field->quantifier_offset) == 0;
  if (field->type == PROTOBUF_C_TYPE_STRING) {
    const char *string = G_STRUCT_MEMBER (const char *, message, field->offset);
    return string == NULL || *string == '\0';
  }
  if (field->type == PROTOBUF_C_TYPE_BYTES)
    return G_STRUCT_MEMBER (ProtobufCBinaryData, message, field->offset).len == 0;

  static const guint8 zeros[8];
  return memcmp (G_STRUCT_MEMBER_P (message, field->offset), zeros, element_size (field)) == 0;
}

static const char *
name_of (const OpenimJsonName *names, const ProtobufCFieldDescriptor *field)
{
  for (; names != NULL && names->json != NULL; names++)
    if (strcmp (names->field, field->name) == 0)
      return names->json;
  return field->name;
}

JsonObject *
openim_json_from_message (gconstpointer message, const OpenimJsonName *names, gboolean skip_zero)
{
  const ProtobufCMessageDescriptor *descriptor = ((const ProtobufCMessage *) message)->descriptor;
  JsonObject *object = json_object_new ();

  for (unsigned i = 0; i < descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
    JsonNode *node;

    if (is_oneof (field) ? G_STRUCT_MEMBER (const guint32, message, field->quantifier_offset) != field->id
                         : skip_zero && is_zero (message, field))
      continue;
    if (is_map (field))
      node = write_map (message, names, field, skip_zero);
    else if (field->label == PROTOBUF_C_LABEL_REPEATED)
      node = write_list (message, names, field, skip_zero);
    else
      node = write_element (G_STRUCT_MEMBER_P (message, field->offset), names, field, skip_zero);
    json_object_set_member (object, name_of (names, field), node);
  }
  return object;
}
