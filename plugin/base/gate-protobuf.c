/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/gate.h"

#include <string.h>

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_LENGTH = 2, WIRE_32 = 5 };

/* What unpacking may cost. Two bytes on the wire can become a struct of 300 bytes, so the length alone does
 * not bound it. */
#define MEMORY_MAX (256 * 1024 * 1024)
#define MEMORY_PER_FIELD 32

typedef struct {
  const ProtobufCMessageDescriptor *descriptor;
  const guint8 *end;
  guint64 seen; /* singular messages that were here already, by index of their field */
} Level;

typedef struct {
  const guint8 *at;
  gsize memory;
  guint depth;
  Level levels[OPENIM_GATE_DEPTH];
  const char *problem;
} Scan;

static gboolean
fail (Scan *scan, const char *problem)
{
  scan->problem = problem;
  return FALSE;
}

/* @max_bytes: what protobuf-c reads at most at this place. */
static gboolean
read_varint (const guint8 **at, const guint8 *end, guint max_bytes, guint64 *value)
{
  *value = 0;
  for (guint i = 0; i < max_bytes && *at < end; i++) {
    guint8 byte = *(*at)++;
    *value |= (guint64) (byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0)
      return TRUE;
  }
  return FALSE;
}

static int
wire_of (ProtobufCType type)
{
  switch (type) {
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_FLOAT:
    return WIRE_32;
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_DOUBLE:
    return WIRE_64;
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE:
    return WIRE_LENGTH;
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_SINT32:
  case PROTOBUF_C_TYPE_INT64:
  case PROTOBUF_C_TYPE_SINT64:
  case PROTOBUF_C_TYPE_UINT32:
  case PROTOBUF_C_TYPE_UINT64:
  case PROTOBUF_C_TYPE_BOOL:
  case PROTOBUF_C_TYPE_ENUM:
  default:
    return WIRE_VARINT;
  }
}

/* A NUL is allowed: protobuf has no objection, a person can put one into a name, and all that it does is to
 * end the string there. Refusing it would let that person spoil everybody's batch. */
static gboolean
is_utf8 (const guint8 *data, gsize length)
{
  const char *at = (const char *) data;
  const char *end = at + length;

  while (at < end && !g_utf8_validate (at, end - at, &at)) {
    if (*at != '\0')
      return FALSE;
    at++;
  }
  return TRUE;
}

static gboolean
check_packed (Scan *scan, const ProtobufCFieldDescriptor *field, const guint8 *end)
{
  const guint8 *at = scan->at;
  guint64 value;

  switch (wire_of (field->type)) {
  case WIRE_32:
    return (end - at) % 4 == 0 || fail (scan, "a list with half an element");
  case WIRE_64:
    return (end - at) % 8 == 0 || fail (scan, "a list with half an element");
  default:
    while (at < end)
      if (!read_varint (&at, end, 10, &value))
        return fail (scan, "a list with half an element");
    return TRUE;
  }
}

static gboolean
enter (Scan *scan, Level *parent, const ProtobufCFieldDescriptor *field, const guint8 *end)
{
  gsize index = (gsize) (field - parent->descriptor->fields);
  guint64 bit = index < 64 ? G_GUINT64_CONSTANT (1) << index : 0;

  /* Nobody writes a singular message twice, and merging many of them takes quadratic time. */
  if (field->label != PROTOBUF_C_LABEL_REPEATED) {
    if (parent->seen & bit)
      return fail (scan, "a message twice where one must be");
    parent->seen |= bit;
  }
  if (scan->depth == OPENIM_GATE_DEPTH)
    return fail (scan, "nested too deep");
  scan->levels[scan->depth++] = (Level){ .descriptor = field->descriptor, .end = end };
  scan->memory += scan->levels[scan->depth - 1].descriptor->sizeof_message;
  return TRUE;
}

/* At the content of a length-delimited field that ends at @end; leaves the position there, or at the start of
 * the message that it entered. */
static gboolean
scan_delimited (Scan *scan, Level *level, const ProtobufCFieldDescriptor *field, const guint8 *end)
{
  if (field == NULL || field->type == PROTOBUF_C_TYPE_BYTES) {
    scan->at = end;
    return TRUE;
  }
  if (field->type == PROTOBUF_C_TYPE_MESSAGE)
    return enter (scan, level, field, end);
  if (field->type == PROTOBUF_C_TYPE_STRING) {
    if (!is_utf8 (scan->at, (gsize) (end - scan->at)))
      return fail (scan, "a string that is not UTF-8");
  } else if (!check_packed (scan, field, end)) {
    return FALSE;
  }
  scan->at = end;
  return TRUE;
}

static gboolean
scan_field (Scan *scan, Level *level)
{
  guint64 tag, value;

  if (!read_varint (&scan->at, level->end, 5, &tag) || tag > G_MAXUINT32 || tag >> 3 == 0)
    return fail (scan, "a bad field number");

  int wire = tag & 7;
  const ProtobufCFieldDescriptor *field =
      protobuf_c_message_descriptor_get_field (level->descriptor, (unsigned) (tag >> 3));
  if (field != NULL && wire != wire_of (field->type) &&
      !(wire == WIRE_LENGTH && field->label == PROTOBUF_C_LABEL_REPEATED))
    return fail (scan, "a field of another type");
  scan->memory += MEMORY_PER_FIELD;
  if (scan->memory > MEMORY_MAX)
    return fail (scan, "too many fields");

  switch (wire) {
  case WIRE_VARINT:
    return read_varint (&scan->at, level->end, 10, &value) || fail (scan, "a number without an end");
  case WIRE_32:
  case WIRE_64:
    value = wire == WIRE_32 ? 4 : 8;
    if (value > (guint64) (level->end - scan->at))
      return fail (scan, "a number without an end");
    scan->at += value;
    return TRUE;
  case WIRE_LENGTH:
    if (!read_varint (&scan->at, level->end, 5, &value) || value > (guint64) (level->end - scan->at))
      return fail (scan, "a length beyond the end");
    return scan_delimited (scan, level, field, scan->at + value);
  default:
    return fail (scan, "an unknown wire type");
  }
}

gboolean
openim_gate_protobuf (const ProtobufCMessageDescriptor *descriptor,
                      const guint8 *data,
                      gsize length,
                      GError **error)
{
  Scan scan = { .at = data, .depth = 1 };

  if (length > OPENIM_GATE_FRAME_MAX) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "%s of %" G_GSIZE_FORMAT " bytes",
                 descriptor->name, length);
    return FALSE;
  }
  if (length == 0)
    return TRUE;

  scan.levels[0] = (Level){ .descriptor = descriptor, .end = data + length };
  while (scan.depth > 0) {
    Level *level = &scan.levels[scan.depth - 1];
    if (scan.at == level->end) {
      scan.depth--;
    } else if (!scan_field (&scan, level)) {
      g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "%s, byte %td: %s", descriptor->name,
                   scan.at - data, scan.problem);
      return FALSE;
    }
  }
  return TRUE;
}
