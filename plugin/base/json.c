/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/json.h"

#include <math.h>
#include <string.h>

#include "base/gate.h"

JsonObject *
openim_json_parse (const char *text, gsize length, gsize max_length, GError **error)
{
  g_autofree char *checked = openim_gate_json (text, length, max_length, error);
  if (checked == NULL)
    return NULL;

  g_autoptr (JsonParser) parser = json_parser_new (); /* not immutable: that hashes all that there is */
  g_autoptr (GError) trouble = NULL;
  if (!json_parser_load_from_data (parser, checked, -1, &trouble)) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "JSON: %s", trouble->message);
    return NULL;
  }

  JsonNode *root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "JSON that is no object");
    return NULL;
  }
  return json_node_dup_object (root);
}

/* Printing */

static void
print_string (GString *output, const char *string)
{
  static const char escapes[] = "\"\"\\\\\bb\ff\nn\rr\tt";

  g_string_append_c (output, '"');
  for (; *string != '\0'; string++) {
    guchar c = (guchar) *string;
    const char *escape = NULL;
    for (gsize i = 0; i + 1 < sizeof escapes && escape == NULL; i += 2)
      if ((guchar) escapes[i] == c)
        escape = &escapes[i + 1];
    if (escape != NULL)
      g_string_append_printf (output, "\\%c", *escape);
    else if (c < 0x20 || c == 0x7f)
      g_string_append_printf (output, "\\u%04x", c);
    else
      g_string_append_c (output, (char) c);
  }
  g_string_append_c (output, '"');
}

/* The digits of a marked integer; NULL for any other text. */
static const char *
marked_digits (const char *string)
{
  return g_str_has_prefix (string, OPENIM_GATE_MARK_UTF8) ? string + strlen (OPENIM_GATE_MARK_UTF8) : NULL;
}

static gboolean
read_marked (JsonNode *node, guint64 *value)
{
  if (json_node_get_value_type (node) != G_TYPE_STRING)
    return FALSE;
  const char *digits = marked_digits (json_node_get_string (node));
  return digits != NULL && g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64, value, NULL);
}

/* 15 digits where they give the same number back, else the 17 that always do. */
static void
print_double (GString *output, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.15g", value);
  double back = g_ascii_strtod (text, NULL);
  /* Bit for bit, since -0 equals 0. */
  /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison,cert-exp42-c,cert-flp37-c) */
  if (memcmp (&back, &value, sizeof value) != 0)
    g_ascii_dtostr (text, sizeof text, value);
  g_string_append (output, text);
  /* An integer to whoever reads it would lose the sign of -0. */
  if (strpbrk (text, ".e") == NULL)
    g_string_append (output, ".0");
}

static void
print_value (GString *output, JsonNode *node)
{
  GType type = json_node_get_value_type (node);
  guint64 large;

  if (read_marked (node, &large))
    g_string_append_printf (output, "%" G_GUINT64_FORMAT, large);
  else if (type == G_TYPE_STRING)
    print_string (output, json_node_get_string (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (output, json_node_get_boolean (node) ? "true" : "false");
  else if (type == G_TYPE_INT64)
    g_string_append_printf (output, "%" G_GINT64_FORMAT, json_node_get_int (node));
  else if (isfinite (json_node_get_double (node)))
    print_double (output, json_node_get_double (node));
  else
    g_string_append_c (output, '0');
}

static void print_node (GString *output, JsonNode *node);

static void
print_object (GString *output, JsonObject *object)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;
  const char *comma = "";

  g_string_append_c (output, '{');
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &key, &node)) {
    g_string_append (output, comma);
    print_string (output, key);
    g_string_append_c (output, ':');
    print_node (output, node);
    comma = ",";
  }
  g_string_append_c (output, '}');
}

static void
print_array (GString *output, JsonArray *array)
{
  guint length = json_array_get_length (array);

  g_string_append_c (output, '[');
  for (guint i = 0; i < length; i++) {
    if (i > 0)
      g_string_append_c (output, ',');
    print_node (output, json_array_get_element (array, i));
  }
  g_string_append_c (output, ']');
}

static void
print_node (GString *output, JsonNode *node)
{
  switch (json_node_get_node_type (node)) {
  case JSON_NODE_OBJECT:
    print_object (output, json_node_get_object (node));
    break;
  case JSON_NODE_ARRAY:
    print_array (output, json_node_get_array (node));
    break;
  case JSON_NODE_VALUE:
    print_value (output, node);
    break;
  case JSON_NODE_NULL:
  default:
    g_string_append (output, "null");
    break;
  }
}

char *
openim_json_print (JsonObject *object)
{
  GString *output = g_string_new (NULL);

  print_object (output, object);
  return g_string_free (output, FALSE);
}

/* Reading */

static GType
value_type (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
}

const char *
openim_json_node_string (JsonNode *node)
{
  if (value_type (node) != G_TYPE_STRING)
    return "";
  const char *string = json_node_get_string (node);
  return marked_digits (string) == NULL ? string : "";
}

gint64
openim_json_node_int (JsonNode *node)
{
  GType type = value_type (node);

  if (type == G_TYPE_INT64)
    return json_node_get_int (node);
  if (type == G_TYPE_DOUBLE) {
    double value = json_node_get_double (node);
    return value >= -0x1p63 && value < 0x1p63 ? (gint64) value : 0;
  }
  return 0;
}

guint64
openim_json_node_uint (JsonNode *node)
{
  GType type = value_type (node);
  guint64 large;

  if (type == G_TYPE_STRING)
    return read_marked (node, &large) ? large : 0;
  if (type == G_TYPE_DOUBLE) {
    double value = json_node_get_double (node);
    return value >= 0 && value < 0x1p64 ? (guint64) value : 0;
  }
  return (guint64) MAX (openim_json_node_int (node), 0);
}

double
openim_json_node_double (JsonNode *node)
{
  GType type = value_type (node);
  guint64 large;

  if (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE)
    return json_node_get_double (node);
  return type == G_TYPE_STRING && read_marked (node, &large) ? (double) large : 0;
}

gboolean
openim_json_node_bool (JsonNode *node)
{
  return value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

JsonNode *
openim_json_node_new_uint (guint64 value)
{
  if (value <= G_MAXINT64)
    return json_node_init_int (json_node_alloc (), (gint64) value);

  g_autofree char *marked = g_strdup_printf (OPENIM_GATE_MARK_UTF8 "%" G_GUINT64_FORMAT, value);
  return json_node_init_string (json_node_alloc (), marked);
}

static JsonNode *
get_member (JsonObject *object, const char *key)
{
  return object != NULL ? json_object_get_member (object, key) : NULL;
}

const char *
openim_json_string (JsonObject *object, const char *key)
{
  return openim_json_node_string (get_member (object, key));
}

gint64
openim_json_int (JsonObject *object, const char *key)
{
  return openim_json_node_int (get_member (object, key));
}

guint64
openim_json_uint (JsonObject *object, const char *key)
{
  return openim_json_node_uint (get_member (object, key));
}

double
openim_json_double (JsonObject *object, const char *key)
{
  return openim_json_node_double (get_member (object, key));
}

gboolean
openim_json_bool (JsonObject *object, const char *key)
{
  return openim_json_node_bool (get_member (object, key));
}

JsonObject *
openim_json_object (JsonObject *object, const char *key)
{
  JsonNode *node = get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
openim_json_array (JsonObject *object, const char *key)
{
  JsonNode *node = get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

GStrv
openim_json_strv (JsonObject *object, const char *key)
{
  JsonArray *array = openim_json_array (object, key);
  guint length = array != NULL ? json_array_get_length (array) : 0;
  GStrv strings = g_new0 (char *, length + 1);

  for (guint i = 0; i < length; i++)
    strings[i] = g_strdup (openim_json_node_string (json_array_get_element (array, i)));
  return strings;
}

/* Building */

static JsonNode *
build_strv (const char *const *strings)
{
  JsonArray *array = json_array_new ();

  for (; strings != NULL && *strings != NULL; strings++)
    json_array_add_string_element (array, *strings);
  JsonNode *node = json_node_init_array (json_node_alloc (), array);
  json_array_unref (array);
  return node;
}

JsonObject *
openim_json_build (const char *key, ...)
{
  JsonObject *object = json_object_new ();
  va_list args;

  va_start (args, key);
  for (; key != NULL; key = va_arg (args, const char *)) {
    int type = va_arg (args, int);
    const char *string;
    gpointer container;

    switch (type) {
    case 's':
      string = va_arg (args, const char *);
      json_object_set_string_member (object, key, string != NULL ? string : "");
      break;
    case 'i':
      json_object_set_int_member (object, key, va_arg (args, gint64));
      break;
    case 'u':
      json_object_set_member (object, key, openim_json_node_new_uint (va_arg (args, guint64)));
      break;
    case 'd':
      json_object_set_double_member (object, key, va_arg (args, double));
      break;
    case 'b':
      json_object_set_boolean_member (object, key, va_arg (args, gboolean));
      break;
    case 'S':
      json_object_set_member (object, key, build_strv (va_arg (args, const char *const *)));
      break;
    case 'o':
      container = va_arg (args, gpointer);
      if (container != NULL)
        json_object_set_object_member (object, key, container);
      else
        json_object_set_null_member (object, key);
      break;
    case 'a':
      container = va_arg (args, gpointer);
      if (container != NULL)
        json_object_set_array_member (object, key, container);
      else
        json_object_set_null_member (object, key);
      break;
    default:
      g_error ("openim_json_build: type '%c' of %s", type, key);
    }
  }
  va_end (args);
  return object;
}

JsonArray *
openim_json_strings (char *const *strings, size_t n)
{
  JsonArray *array = json_array_new ();

  for (size_t i = 0; i < n; i++)
    json_array_add_string_element (array, strings[i]);
  return array;
}
