/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "http.h"

#include <string.h>

#include "base/gate.h"

typedef struct {
  Server *server;
  TokenCheck check;
  HttpExtra extra;
  GHashTable *routes; /* path → const Route * */
} Site;

static void
site_free (gpointer data)
{
  Site *site = data;

  g_hash_table_unref (site->routes);
  g_free (site);
}

char *
http_envelope (int code, const char *detail, GString *data)
{
  GString *out = g_string_new (NULL);
  const char *name = error_name (code);

  out_begin (out, NULL, '{');
  out_put (out, "errCode", 'i', (gint64) code, "errMsg", 's', name, "errDlt", 's', detail ? detail : name,
           NULL);
  if (data && data->len)
    out_raw (out, "data", data->str);
  out_end (out, '}');
  return g_string_free (out, FALSE);
}

/* A field of a row: "name:s!@". */
typedef struct {
  char name[64];
  char type;
  gboolean required;
  gboolean self;
} Field;

static gboolean
next_field (const char **row, Field *field)
{
  const char *colon;

  while (**row == ' ')
    (*row)++;
  if (!**row)
    return FALSE;
  colon = strchr (*row, ':');
  g_assert (colon && colon - *row < (int) sizeof field->name);
  memcpy (field->name, *row, colon - *row);
  field->name[colon - *row] = '\0';
  field->type = colon[1];
  *row = colon + 2;
  field->required = **row == '!';
  *row += field->required;
  field->self = **row == '@';
  *row += field->self;
  return TRUE;
}

/* The real server decodes keys whatever their case. */
static JsonNode *
lookup (JsonObject *body, const char *name)
{
  JsonNode *node = json_object_get_member (body, name);
  g_autoptr (GList) keys = NULL;

  if (node)
    return node;
  keys = json_object_get_members (body);
  for (GList *key = keys; key && !node; key = key->next)
    if (g_ascii_strcasecmp (key->data, name) == 0)
      node = json_object_get_member (body, key->data);
  return node;
}

static gboolean
value_is (JsonNode *node, char type)
{
  GType kind = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  switch (type) {
  case 's':
    return kind == G_TYPE_STRING;
  case 'i':
    return kind == G_TYPE_INT64 || openim_json_node_uint (node) > G_MAXINT64;
  case 'b':
    return kind == G_TYPE_BOOLEAN;
  default:
    return JSON_NODE_HOLDS_OBJECT (node);
  }
}

static gboolean
list_is (JsonNode *node, char type)
{
  JsonArray *list;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  list = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (list); i++) {
    JsonNode *element = json_array_get_element (list, i);

    if (!JSON_NODE_HOLDS_NULL (element) && !value_is (element, type))
      return FALSE;
  }
  return TRUE;
}

static gboolean
type_fits (JsonNode *node, char type)
{
  if (JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  switch (type) {
  case 'S':
    return list_is (node, 's');
  case 'I':
    return list_is (node, 'i');
  case 'a':
    return list_is (node, 'o');
  default:
    return value_is (node, type);
  }
}

static gboolean
is_empty (JsonNode *node)
{
  if (!node || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_length (json_node_get_array (node)) == 0;
  if (JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return !*json_node_get_string (node);
  return json_node_get_int (node) == 0;
}

/* Types of all fields first, as a decoder does; then what must be there; then who may ask. */
static Result
check_fields (Call *call, const Route *route)
{
  Field field;
  const char *row = route->fields;

  while (next_field (&row, &field)) {
    JsonNode *node = lookup (call->body, field.name);

    if (!node)
      continue;
    if (!type_fits (node, field.type))
      return result (ARGS, "a value is of the wrong type");
    if (!json_object_has_member (call->body, field.name))
      json_object_set_member (call->body, field.name, json_node_copy (node));
  }
  row = route->fields;
  while (next_field (&row, &field)) {
    JsonNode *node = json_object_get_member (call->body, field.name);

    if (field.required && is_empty (node))
      return result (ARGS, "a required value is empty");
    if (field.type == 'p' &&
        (is_empty (node) || openim_json_int (json_node_get_object (node), "pageNumber") < 1))
      return result (ARGS, "pagination is invalid");
  }
  row = route->fields;
  while (next_field (&row, &field))
    if (field.self && !call_may (call, call_string (call, field.name)))
      return result (NO_PERMISSION, "it is another user's");
  return RESULT_OK;
}

static Result
run (Site *site, const Route *route, SoupServerMessage *message, Call *call)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  const char *operation = soup_message_headers_get_one (headers, "operationID");
  const char *token = soup_message_headers_get_one (headers, "token");
  g_autoptr (GError) error = NULL;
  g_autofree char *user = NULL;
  int platform = 0;
  Result answer = RESULT_OK;

  if (!operation || !*operation)
    return result (ARGS, "header must have operationID");
  if (route->needs != NEEDS_NOTHING) {
    if (!token || !*token)
      return result (ARGS, "header must have token");
    answer = site->check (site->server, token, &user, &platform);
    if (answer.code)
      return answer;
  }
  call->user = user ? user : "";
  call->admin = g_str_equal (call->user, SERVER_ADMIN);
  call->bad_request = route->bad_request;
  call->body = openim_json_parse (body->data, body->length, OPENIM_GATE_BODY_MAX, &error);
  if (!call->body)
    return result (ARGS, "the body is not a JSON object");
  if (route->needs == NEEDS_ADMIN && !call->admin) {
    call->bad_request = FALSE;
    return result (NO_PERMISSION, "only an administrator may do that");
  }
  answer = check_fields (call, route);
  if (!answer.code) {
    call->bad_request = FALSE;
    site->server->operation = operation;
    answer = route->handler (call);
    site->server->operation = "";
  }
  return answer;
}

static void
handle (SoupServer *soup, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Site *site = data;
  const Route *route = g_hash_table_lookup (site->routes, path);
  Call call = { .server = site->server, .message = message };
  Result answer;
  char *text;

  if (site->extra && site->extra (site->server, message, path, query))
    return;
  if (!route || (route->later && !site->server->behave->later_routes) ||
      soup_server_message_get_method (message) != SOUP_METHOD_POST) {
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
    soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, "404 page not found", 18);
    return;
  }
  call.data = g_string_new (NULL);
  answer = run (site, route, message, &call);
  if (answer.code)
    g_string_truncate (call.data, 0);
  text = http_envelope (answer.code, answer.code ? answer.detail : "", call.data);
  soup_server_message_set_status (message, call.bad_request ? SOUP_STATUS_BAD_REQUEST : SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json; charset=utf-8", SOUP_MEMORY_TAKE, text,
                                    strlen (text));
  g_string_free (call.data, TRUE);
  g_clear_pointer (&call.body, json_object_unref);
}

SoupServer *
http_listen (
    Server *server, int port, TokenCheck check, HttpExtra extra, const Route *const *routes, GError **error)
{
  g_autoptr (SoupServer) soup = soup_server_new (NULL, NULL);
  Site *site;

  if (!soup_server_listen_local (soup, port, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return NULL;
  site = g_new0 (Site, 1);
  site->server = server;
  site->check = check;
  site->extra = extra;
  site->routes = g_hash_table_new (g_str_hash, g_str_equal);
  for (; *routes; routes++)
    for (const Route *route = *routes; route->path; route++)
      g_hash_table_insert (site->routes, (char *) route->path, (gpointer) route);
  soup_server_add_handler (soup, NULL, handle, site, site_free);
  return g_steal_pointer (&soup);
}

int
http_port (SoupServer *soup)
{
  GSList *uris = soup_server_get_uris (soup);
  int port = g_uri_get_port (uris->data);

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

gboolean
call_has (Call *call, const char *key)
{
  return json_object_has_member (call->body, key) && !json_object_get_null_member (call->body, key);
}

const char *
call_string (Call *call, const char *key)
{
  return openim_json_string (call->body, key);
}

gint64
call_int (Call *call, const char *key)
{
  return openim_json_int (call->body, key);
}

gboolean
call_bool (Call *call, const char *key)
{
  return openim_json_bool (call->body, key);
}

GStrv
call_list (Call *call, const char *key)
{
  return openim_json_strv (call->body, key);
}

gboolean
call_may (Call *call, const char *user)
{
  return call->admin || (*user && g_str_equal (call->user, user));
}

void
call_page (Call *call, gint64 *limit, gint64 *offset)
{
  JsonObject *page = openim_json_object (call->body, "pagination");

  *limit = MAX (openim_json_int (page, "showNumber"), 0);
  *offset = (openim_json_int (page, "pageNumber") - 1) * *limit;
}

gboolean
list_repeats (char **list)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (; *list; list++)
    if (!g_hash_table_add (seen, *list))
      return TRUE;
  return FALSE;
}

gboolean
list_contains (char **list, const char *text)
{
  return g_strv_contains ((const char *const *) list, text);
}
