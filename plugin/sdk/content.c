/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sdk/content.h"

#include <string.h>

#include "base/gate.h"

/* The number that IMMessage leaves free. */
#define RAW_FIELD 14

/* A quote inside a quote inside a quote: JSON text in JSON text, each of which passes the gate by itself. */
#define NESTING 4

static const OpenimContentRow rows[] = {
#define CONTENT(number, place, member, sendable, text) { number, OPENIM_CONTENT_##place, member, sendable },
#include "sdk/content-types.def"
#undef CONTENT
};

/* Clients write these names; the interface's own spelling is read too. */
static const OpenimJsonName names[] = {
  { "sourceUrl", "sourceURL" },         { "videoUrl", "videoURL" },       { "snapshotUrl", "snapshotURL" },
  { "senderFaceUrl", "senderFaceURL" }, { "uploadProgress", "progress" }, { NULL, NULL },
};

/* Places on the sender's disk are nobody's business. */
static const char *const local_keys[] = { "sourcePath", "soundPath", "videoPath", "snapshotPath",
                                          "filePath" };

static void read_content (OpenimMessage *message, const char *content, gsize length, int depth);

const OpenimContentRow *
openim_content_find (int type)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    if (rows[i].type == type)
      return &rows[i];
  }
  return NULL;
}

gboolean
openim_content_fits (const OpenimMessage *message)
{
  const OpenimContentRow *row = openim_content_find (message->contenttype);

  if (row == NULL || row->member == NULL)
    return TRUE;
  return message->content_case ==
             openim_pb_field (&openim__sdk__shared__immessage__descriptor, row->member)->id &&
         message->textelem != NULL; /* any member: they are pointers in one place */
}

/* ---- content that has no member */

static void
set_raw (OpenimMessage *message, const char *content, gsize length)
{
  ProtobufCMessageUnknownField *field;
  guint8 prefix[10];
  gsize n = 0;

  if (length == 0 || message->base.n_unknown_fields > 0)
    return;

  for (gsize rest = length; n == 0 || rest > 0; rest >>= 7)
    prefix[n++] = (rest & 0x7f) | (rest > 0x7f ? 0x80 : 0);

  field = g_new0 (ProtobufCMessageUnknownField, 1);
  field->tag = RAW_FIELD;
  field->wire_type = PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
  field->len = n + length;
  field->data = g_malloc (field->len);
  memcpy (field->data, prefix, n);
  memcpy (field->data + n, content, length);
  message->base.n_unknown_fields = 1;
  message->base.unknown_fields = field;
}

char *
openim_content_get_raw (const OpenimMessage *message)
{
  for (guint i = 0; i < message->base.n_unknown_fields; i++) {
    const ProtobufCMessageUnknownField *field = &message->base.unknown_fields[i];
    g_autofree char *text = NULL;
    gsize n = 0;

    if (field->tag != RAW_FIELD || field->wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
      continue;
    while (n < field->len && (field->data[n] & 0x80) != 0)
      n++;
    n++;
    if (n < field->len)
      text = openim_gate_text ((const char *) field->data + n, field->len - n, 0, FALSE);
    return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
  }

  return NULL;
}

static JsonObject *
parse (const char *text, gsize length)
{
  return openim_json_parse (text, length, OPENIM_GATE_FRAME_MAX, NULL);
}

JsonObject *
openim_content_get_raw_detail (const OpenimMessage *message)
{
  g_autofree char *raw = openim_content_get_raw (message);
  g_autoptr (JsonObject) content = raw == NULL ? NULL : parse (raw, strlen (raw));
  const char *detail = openim_json_string (content, "detail");

  return *detail == '\0' ? NULL : parse (detail, strlen (detail));
}

/* ---- reading */

static void
set_member (OpenimMessage *message, const char *member, JsonObject *object)
{
  const ProtobufCFieldDescriptor *field =
      openim_pb_field (&openim__sdk__shared__immessage__descriptor, member);

  message->content_case = field->id;
  G_STRUCT_MEMBER (gpointer, message, field->offset) = openim_json_read (object, names, field->descriptor);
}

/* A message inside another one has its body under the member's name, as notice, or as text. */
static void
read_embedded (OpenimMessage *message, JsonObject *object, int depth)
{
  const OpenimContentRow *row = openim_content_find (message->contenttype);
  const char *content = openim_json_string (object, "content");
  const char *detail = openim_json_string (openim_json_object (object, "notificationElem"), "detail");

  if (message->content_case != OPENIM__SDK__SHARED__IMMESSAGE__CONTENT__NOT_SET) {
    if (message->textelem == NULL) /* any member: null in place of an object */
      message->content_case = OPENIM__SDK__SHARED__IMMESSAGE__CONTENT__NOT_SET;
    else if (row == NULL || row->member == NULL || !openim_content_fits (message))
      return;
  }

  if (*content != '\0' && message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT__NOT_SET) {
    if (depth < NESTING)
      read_content (message, content, strlen (content), depth + 1);
  } else if (*detail != '\0' && row != NULL && row->place == OPENIM_CONTENT_DETAIL && row->member != NULL) {
    g_autoptr (JsonObject) tips = parse (detail, strlen (detail));

    if (tips != NULL)
      set_member (message, row->member, tips);
  }
}

static void read_nested (OpenimMessage *message, JsonObject *body, int depth);

static void
read_one_nested (OpenimMessage *message, JsonObject *object, int depth)
{
  const OpenimContentRow *row;

  if (message == NULL || object == NULL)
    return;

  read_embedded (message, object, depth);
  row = openim_content_find (message->contenttype);
  if (row != NULL && row->member != NULL)
    read_nested (message, openim_json_object (object, row->member), depth);
}

/* The generic reader has filled nested messages by field names; what their bodies need beyond that. */
static void
read_nested (OpenimMessage *message, JsonObject *body, int depth)
{
  if (body == NULL)
    return;

  if (message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_QUOTE_ELEM) {
    read_one_nested (message->quoteelem->quotemessage, openim_json_object (body, "quoteMessage"), depth);
  } else if (message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_AT_TEXT_ELEM) {
    read_one_nested (message->attextelem->quotemessage, openim_json_object (body, "quoteMessage"), depth);
  } else if (message->content_case == OPENIM__SDK__SHARED__IMMESSAGE__CONTENT_MERGE_ELEM) {
    JsonArray *array = openim_json_array (body, "multiMessage");

    for (size_t i = 0; i < message->mergeelem->n_multimessage; i++) {
      JsonNode *node = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (node))
        read_one_nested (message->mergeelem->multimessage[i], json_node_get_object (node), depth);
    }
  }
}

static void
read_content (OpenimMessage *message, const char *content, gsize length, int depth)
{
  const OpenimContentRow *row = openim_content_find (message->contenttype);
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonObject) detail = NULL;

  if (row != NULL && row->member != NULL) {
    object = parse (content, length);
    if (object != NULL && row->place == OPENIM_CONTENT_DETAIL) {
      const char *text = openim_json_string (object, "detail");

      detail = parse (text, strlen (text));
    }
  }

  if (row == NULL || row->member == NULL || object == NULL ||
      (row->place == OPENIM_CONTENT_DETAIL && detail == NULL)) {
    set_raw (message, content, length);
    return;
  }

  set_member (message, row->member, detail != NULL ? detail : object);
  read_nested (message, object, depth);
}

void
openim_content_read (OpenimMessage *message, const char *content, gsize length)
{
  read_content (message, content, length, 0);
}

void
openim_content_forget_paths (OpenimMessage *message)
{
  const ProtobufCMessageDescriptor *all = &openim__sdk__shared__immessage__descriptor;
  const ProtobufCFieldDescriptor *member =
      protobuf_c_message_descriptor_get_field (all, message->content_case);

  for (guint i = 0; member != NULL && message->textelem != NULL && i < G_N_ELEMENTS (local_keys); i++) {
    const ProtobufCFieldDescriptor *path =
        protobuf_c_message_descriptor_get_field_by_name (member->descriptor, local_keys[i]);

    if (path != NULL)
      openim_pb_set (G_STRUCT_MEMBER_P (message->textelem, path->offset), NULL);
  }
}

/* ---- writing */

static gboolean
is_empty (JsonNode *node)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_length (json_node_get_array (node)) == 0;

  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING &&
         *json_node_get_string (node) == '\0';
}

/* Other clients leave out empty texts, lists and objects, but write numbers and switches. */
static void
prune (JsonObject *object, gboolean keep_texts, gboolean keep_paths)
{
  g_autoptr (GList) keys = json_object_get_members (object);

  for (GList *iter = keys; iter != NULL; iter = iter->next) {
    JsonNode *node = json_object_get_member (object, iter->data);

    if (JSON_NODE_HOLDS_OBJECT (node)) {
      prune (json_node_get_object (node), FALSE, FALSE);
    } else if (JSON_NODE_HOLDS_ARRAY (node) && !is_empty (node)) {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++) {
        if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)))
          prune (json_array_get_object_element (array, i), FALSE, FALSE);
      }
    } else if (is_empty (node) && !(keep_texts && JSON_NODE_HOLDS_VALUE (node))) {
      json_object_remove_member (object, iter->data);
    }
  }

  for (guint i = 0; i < G_N_ELEMENTS (local_keys) && !keep_paths; i++) {
    if (json_object_has_member (object, local_keys[i]))
      json_object_remove_member (object, local_keys[i]);
  }
}

static char *
write_content (const OpenimMessage *message, gboolean keep_paths, GError **error)
{
  const OpenimContentRow *row = openim_content_find (message->contenttype);
  const ProtobufCFieldDescriptor *field;
  g_autoptr (JsonObject) object = NULL;
  g_autoptr (JsonObject) envelope = NULL;
  g_autofree char *text = NULL;

  if (row == NULL || row->member == NULL) {
    char *raw = openim_content_get_raw (message);

    if (raw == NULL)
      g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_CONTENT_TYPE, "Messages of type %d cannot be written.",
                   message->contenttype);
    return raw;
  }

  field = openim_pb_field (&openim__sdk__shared__immessage__descriptor, row->member);
  if (!openim_content_fits (message)) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_SDK_ARGS, "A message of type %d without %s.",
                 message->contenttype, row->member);
    return NULL;
  }

  object = openim_json_from_message (G_STRUCT_MEMBER (gpointer, message, field->offset), names, FALSE);
  prune (object,
         row->type == OPENIM__SDK__COMMON__CONTENT_TYPE__Text ||
             row->type == OPENIM__SDK__COMMON__CONTENT_TYPE__Card,
         keep_paths);
  text = openim_json_print (object);
  if (row->place == OPENIM_CONTENT_BODY)
    return g_steal_pointer (&text);

  envelope = openim_json_build ("detail", 's', text, NULL);
  return openim_json_print (envelope);
}

char *
openim_content_write (const OpenimMessage *message, GError **error)
{
  return write_content (message, FALSE, error);
}

char *
openim_content_write_local (const OpenimMessage *message, GError **error)
{
  return write_content (message, TRUE, error);
}

/* ---- attachedInfo */

Openim__Sdk__Shared__AttachedInfoElem *
openim_attached_info_read (const char *text)
{
  g_autoptr (JsonObject) object = NULL;

  if (text == NULL || *text != '{')
    return NULL;

  object = parse (text, strlen (text));
  return object == NULL
             ? NULL
             : openim_json_read (object, names, &openim__sdk__shared__attached_info_elem__descriptor);
}

char *
openim_attached_info_write (const Openim__Sdk__Shared__AttachedInfoElem *info)
{
  g_autoptr (JsonObject) object = openim_json_from_message (info, names, FALSE);

  prune (object, FALSE, FALSE);
  return openim_json_print (object);
}
