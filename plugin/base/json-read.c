/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The reader behind the gate. Whatever reaches it is one well-formed document of at most OPENIM_GATE_DEPTH
 * levels, so it needs neither a scanner with all of json-glib's dialects, nor checks, nor copies: strings are
 * made plain where they stand. */

#include <string.h>

#include "base/gate.h"
#include "base/json-private.h"

static JsonNode *read_value (char **at);

static char *
skip_space (char *at)
{
  while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')
    at++;
  return at;
}

/* The character of \uXXXX, which may need two of them. */
static gunichar
read_unicode (const char **at)
{
  guint unit[2] = { 0 };

  for (guint i = 0; i < 2; i++) {
    for (guint k = 0; k < 4; k++)
      unit[i] = unit[i] * 16 + (guint) g_ascii_xdigit_value (*(*at)++);
    if (i == 0 && (unit[0] < 0xd800 || unit[0] > 0xdbff))
      return unit[0];
    if (i == 0)
      *at += strlen ("\\u");
  }
  return 0x10000 + ((unit[0] & 0x3ff) << 10) + (unit[1] & 0x3ff);
}

/* @at: behind the opening quote, then behind the closing one. What an escape stands for is never longer. */
static char *
read_string (char **at)
{
  static const char plain[] = "b\bf\fn\nr\rt\t";
  char *string = *at;
  const char *from;
  char *to;

  from = to = string + strcspn (string, "\"\\");
  while (*from != '"') {
    if (*from != '\\') {
      *to++ = *from++;
      continue;
    }
    from++;
    if (*from == 'u') {
      from++;
      to += g_unichar_to_utf8 (read_unicode (&from), to);
      continue;
    }
    const char *escape = strchr (plain, *from);
    *to++ = escape != NULL ? escape[1] : *from;
    from++;
  }
  *at += from + 1 - string;
  *to = '\0';
  return string;
}

static JsonNode *
read_number (char **at)
{
  JsonNode *node = json_node_alloc ();
  gsize length = strspn (*at, "+-.0123456789Ee");
  const char *number = *at;

  *at += length;
  return strcspn (number, ".Ee") < length ? json_node_init_double (node, g_ascii_strtod (number, NULL))
                                          : json_node_init_int (node, g_ascii_strtoll (number, NULL, 10));
}

static JsonNode *
read_array (char **at)
{
  JsonNode *node = json_node_alloc ();
  JsonArray *array = json_array_new ();

  for (*at = skip_space (*at); **at != ']'; *at = skip_space (*at)) {
    json_array_add_element (array, read_value (at));
    *at = skip_space (*at);
    if (**at == ',')
      ++*at;
  }
  ++*at;
  json_node_init_array (node, array);
  json_array_unref (array);
  return node;
}

static JsonNode *
read_object (char **at)
{
  JsonNode *node = json_node_alloc ();
  JsonObject *object = json_object_new ();

  for (*at = skip_space (*at); **at != '}'; *at = skip_space (*at)) {
    ++*at;
    const char *key = read_string (at);
    *at = skip_space (*at) + 1; /* the colon */
    json_object_set_member (object, key, read_value (at));
    *at = skip_space (*at);
    if (**at == ',')
      ++*at;
  }
  ++*at;
  json_node_init_object (node, object);
  json_object_unref (object);
  return node;
}

static JsonNode *
read_value (char **at)
{
  *at = skip_space (*at);
  switch (**at) {
  case '{':
    ++*at;
    return read_object (at);
  case '[':
    ++*at;
    return read_array (at);
  case '"':
    ++*at;
    return json_node_init_string (json_node_alloc (), read_string (at));
  case 't':
    *at += strlen ("true");
    return json_node_init_boolean (json_node_alloc (), TRUE);
  case 'f':
    *at += strlen ("false");
    return json_node_init_boolean (json_node_alloc (), FALSE);
  case 'n':
    *at += strlen ("null");
    return json_node_init_null (json_node_alloc ());
  default:
    return read_number (at);
  }
}

JsonNode *
openim_json_read_checked (char *text)
{
  return read_value (&text);
}
