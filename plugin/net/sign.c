/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/sign.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/error.h"

typedef struct {
  char *key;  /* as it is meant */
  char *text; /* as it stands in the address */
} Pair;

static void
pair_free (gpointer data)
{
  Pair *pair = data;

  g_free (pair->key);
  g_free (pair->text);
  g_free (pair);
}

static void
add_pair (GPtrArray *pairs, const char *key, char *text)
{
  Pair *pair = g_new (Pair, 1);

  pair->key = g_strdup (key);
  pair->text = text;
  g_ptr_array_add (pairs, pair);
}

/* What stands in the address already stays as it is written there. */
static void
add_written (GPtrArray *pairs, const char *query)
{
  g_auto (GStrv) texts = g_strsplit (query, "&", -1);

  for (char **text = texts; *text != NULL; text++) {
    g_autofree char *raw = g_strndup (*text, strcspn (*text, "="));
    g_autofree char *key = g_uri_unescape_string (raw, NULL);

    if (**text != '\0')
      add_pair (pairs, key != NULL ? key : raw, g_strdup (*text));
  }
}

static void
remove_key (GPtrArray *pairs, const char *key)
{
  for (guint i = pairs->len; i > 0; i--) {
    const Pair *pair = g_ptr_array_index (pairs, i - 1);

    if (g_str_equal (pair->key, key))
      g_ptr_array_remove_index (pairs, i - 1);
  }
}

/* Calls @func for each element of {key, values}, which takes the place of what has the same key. */
typedef void (*EntryFunc) (gpointer to, const char *key, const char *const *values);

static void
for_each_entry (JsonObject *object, const char *list, EntryFunc func, gpointer to)
{
  JsonArray *entries = openim_json_array (object, list);

  for (guint i = 0; entries != NULL && i < json_array_get_length (entries); i++) {
    JsonNode *node = json_array_get_element (entries, i);
    JsonObject *entry = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    const char *key = openim_json_string (entry, "key");
    g_auto (GStrv) values = openim_json_strv (entry, "values");

    if (*key != '\0')
      func (to, key, (const char *const *) values);
  }
}

static void
put_query (gpointer to, const char *key, const char *const *values)
{
  GPtrArray *pairs = to;
  g_autofree char *escaped_key = g_uri_escape_string (key, NULL, FALSE);

  remove_key (pairs, key);
  for (; *values != NULL; values++) {
    g_autofree char *escaped = g_uri_escape_string (*values, NULL, FALSE);

    add_pair (pairs, key, g_strconcat (escaped_key, "=", escaped, NULL));
  }
}

/* (transfer full) (nullable) */
static char *
build_query (const char *written, JsonObject *sign, JsonObject *part)
{
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (pair_free);
  g_autoptr (GString) query = g_string_new (NULL);

  add_written (pairs, written != NULL ? written : "");
  for_each_entry (sign, "query", put_query, pairs);
  for_each_entry (part, "query", put_query, pairs);
  for (guint i = 0; i < pairs->len; i++)
    g_string_append_printf (query, "%s%s", i > 0 ? "&" : "",
                            ((const Pair *) g_ptr_array_index (pairs, i))->text);
  return query->len > 0 ? g_string_free (g_steal_pointer (&query), FALSE) : NULL;
}

/* A name that can be a header's and does not say how the message is framed. */
static gboolean
is_header (const char *name)
{
  static const char *const framing[] = { "Host",       "Content-Length", "Transfer-Encoding",
                                         "Connection", "Expect",         "Upgrade" };

  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && strchr ("!#$%&'*+-.^_`|~", *at) == NULL)
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (framing); i++)
    if (g_ascii_strcasecmp (name, framing[i]) == 0)
      return FALSE;
  return TRUE;
}

static gboolean
is_value (const char *value)
{
  for (; *value != '\0'; value++)
    if (g_ascii_iscntrl (*value))
      return FALSE;
  return TRUE;
}

static void
put_header (gpointer to, const char *key, const char *const *values)
{
  SoupMessageHeaders *headers = to;

  if (!is_header (key))
    return;
  soup_message_headers_remove (headers, key);
  for (; *values != NULL; values++)
    if (is_value (*values))
      soup_message_headers_append (headers, key, *values);
}

SoupMessage *
openim_sign_put (JsonObject *sign, JsonObject *part, GError **error)
{
  const char *own = openim_json_string (part, "url");
  const char *text = *own != '\0' ? own : openim_json_string (sign, "url");
  /* The path stays as it is written: storages sign it so. */
  g_autoptr (GUri) uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autofree char *query = NULL;
  g_autoptr (GUri) address = NULL;
  SoupMessage *message;

  if ((!g_str_equal (scheme, "http") && !g_str_equal (scheme, "https")) || host == NULL || *host == '\0') {
    g_set_error_literal (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL,
                         _ ("The server does not say where its file storage is."));
    return NULL;
  }

  query = build_query (g_uri_get_query (uri), sign, part);
  address = g_uri_build (SOUP_HTTP_URI_FLAGS, scheme, NULL, host, g_uri_get_port (uri), g_uri_get_path (uri),
                         query, NULL);
  message = soup_message_new_from_uri (SOUP_METHOD_PUT, address);
  for_each_entry (sign, "header", put_header, soup_message_get_request_headers (message));
  for_each_entry (part, "header", put_header, soup_message_get_request_headers (message));
  return message;
}
