/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "out.h"

#include <stdarg.h>
#include <string.h>

static void
escaped (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *c = text; *c; c++) {
    guchar u = *c;

    if (u == '"' || u == '\\')
      g_string_append_printf (out, "\\%c", u);
    else if (u == '\n')
      g_string_append (out, "\\n");
    else if (u == '\r')
      g_string_append (out, "\\r");
    else if (u == '\t')
      g_string_append (out, "\\t");
    else if (u < 0x20 || u == '<' || u == '>' || u == '&')
      g_string_append_printf (out, "\\u%04x", u);
    else if (u == 0xe2 && (guchar) c[1] == 0x80 && ((guchar) c[2] & 0xfe) == 0xa8) {
      g_string_append_printf (out, "\\u202%d", (guchar) c[2] - 0xa0);
      c += 2;
    } else
      g_string_append_c (out, u);
  }
  g_string_append_c (out, '"');
}

/* What stands last tells whether a comma is due. */
static void
next (GString *out, const char *key)
{
  char last = out->len ? out->str[out->len - 1] : '{';

  if (last != '{' && last != '[' && last != ':')
    g_string_append_c (out, ',');
  if (key) {
    escaped (out, key);
    g_string_append_c (out, ':');
  }
}

void
out_begin (GString *out, const char *key, char bracket)
{
  next (out, key);
  g_string_append_c (out, bracket);
}

void
out_end (GString *out, char bracket)
{
  g_string_append_c (out, bracket);
}

void
out_string (GString *out, const char *key, const char *value)
{
  next (out, key);
  escaped (out, value ? value : "");
}

void
out_raw (GString *out, const char *key, const char *json)
{
  next (out, key);
  g_string_append (out, json);
}

void
out_list_begin (GString *out, const char *key)
{
  out_begin (out, key, '[');
}

void
out_list_end (GString *out)
{
  if (out->str[out->len - 1] != '[') {
    g_string_append_c (out, ']');
    return;
  }
  g_string_truncate (out, out->len - 1);
  g_string_append (out, "null");
}

static void
integer (GString *out, const char *key, gint64 value)
{
  next (out, key);
  g_string_append_printf (out, "%" G_GINT64_FORMAT, value);
}

void
out_put (GString *out, const char *key, ...)
{
  va_list values;

  va_start (values, key);
  for (; key; key = va_arg (values, const char *)) {
    int type = va_arg (values, int);

    switch (type) {
    case 's':
      out_string (out, key, va_arg (values, const char *));
      break;
    case 'i':
      integer (out, key, va_arg (values, gint64));
      break;
    case 'u':
      next (out, key);
      g_string_append_printf (out, "%" G_GUINT64_FORMAT, va_arg (values, guint64));
      break;
    case 'b':
      out_raw (out, key, va_arg (values, gboolean) ? "true" : "false");
      break;
    case 'S': {
      const char *const *list = va_arg (values, const char *const *);

      out_list_begin (out, key);
      for (; list && *list; list++)
        out_string (out, NULL, *list);
      out_list_end (out);
      break;
    }
    case 'n':
      (void) va_arg (values, gpointer);
      out_raw (out, key, "null");
      break;
    default:
      g_assert_not_reached ();
    }
  }
  va_end (values);
}

static void
value (GString *out, const char *key, const ProtobufCFieldDescriptor *field, const void *at)
{
  switch (field->type) {
  case PROTOBUF_C_TYPE_STRING:
    out_string (out, key, *(char *const *) at);
    break;
  case PROTOBUF_C_TYPE_BYTES: {
    const ProtobufCBinaryData *data = at;
    g_autofree char *text = g_base64_encode (data->data, data->len);

    out_string (out, key, text);
    break;
  }
  case PROTOBUF_C_TYPE_BOOL:
    out_raw (out, key, *(const protobuf_c_boolean *) at ? "true" : "false");
    break;
  case PROTOBUF_C_TYPE_INT64:
    integer (out, key, *(const gint64 *) at);
    break;
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_ENUM:
    integer (out, key, *(const gint32 *) at);
    break;
  case PROTOBUF_C_TYPE_MESSAGE:
    if (*(ProtobufCMessage *const *) at)
      out_message (out, key, *(ProtobufCMessage *const *) at);
    else
      out_raw (out, key, "null");
    break;
  default:
    g_assert_not_reached ();
  }
}

static gsize
size_of (const ProtobufCFieldDescriptor *field)
{
  switch (field->type) {
  case PROTOBUF_C_TYPE_BOOL:
    return sizeof (protobuf_c_boolean);
  case PROTOBUF_C_TYPE_INT32:
  case PROTOBUF_C_TYPE_ENUM:
    return sizeof (gint32);
  case PROTOBUF_C_TYPE_BYTES:
    return sizeof (ProtobufCBinaryData);
  default:
    return 8;
  }
}

static gboolean
is_map (const ProtobufCFieldDescriptor *field)
{
  return field->type == PROTOBUF_C_TYPE_MESSAGE &&
         g_str_has_suffix (((const ProtobufCMessageDescriptor *) field->descriptor)->short_name, "Entry");
}

void
out_message (GString *out, const char *key, const ProtobufCMessage *message)
{
  out_begin (out, key, '{');
  for (guint i = 0; i < message->descriptor->n_fields; i++) {
    const ProtobufCFieldDescriptor *field = message->descriptor->fields + i;
    const char *at = (const char *) message + field->offset;
    gsize n;

    if (field->label != PROTOBUF_C_LABEL_REPEATED) {
      value (out, field->name, field, at);
      continue;
    }
    n = *(const size_t *) ((const char *) message + field->quantifier_offset);
    at = *(char *const *) at;
    if (is_map (field)) {
      if (n == 0)
        continue;
      out_begin (out, field->name, '{');
      for (gsize j = 0; j < n; j++) {
        const ProtobufCMessage *entry = ((ProtobufCMessage *const *) at)[j];
        const ProtobufCFieldDescriptor *pair = entry->descriptor->fields;

        value (out, *(char *const *) ((const char *) entry + pair[0].offset), pair + 1,
               (const char *) entry + pair[1].offset);
      }
      out_end (out, '}');
      continue;
    }
    out_list_begin (out, field->name);
    for (gsize j = 0; j < n; j++)
      value (out, NULL, field, at + j * size_of (field));
    out_list_end (out);
  }
  out_end (out, '}');
}
