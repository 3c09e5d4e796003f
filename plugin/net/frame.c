/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/frame.h"

#include <string.h>

#include "base/gate.h"
#include "base/json.h"

/* Standard alphabet with padding, nothing else; g_base64_decode would skip whatever it does not know. */
static GBytes *
decode (const char *text)
{
  gsize length = strlen (text);
  gsize letters = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  gsize padding = length - letters;

  if (length % 4 != 0 || padding > 2 || strspn (text + letters, "=") != padding)
    return NULL;
  guchar *data = g_base64_decode (text, &length);
  return g_bytes_new_take (data, length);
}

static gboolean
is_string_or_null (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);
  return node == NULL || JSON_NODE_HOLDS_NULL (node) ||
         (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING);
}

OpenimFrame *
openim_frame_parse (const char *data, gsize length, GError **error)
{
  g_autoptr (JsonObject) object = openim_json_parse (data, length, OPENIM_GATE_FRAME_MAX, error);
  if (object == NULL)
    return NULL;

  gint64 id = openim_json_int (object, "reqIdentifier");
  gint64 code = openim_json_int (object, "errCode");
  if (id < 1 || id > G_MAXINT || code < 0 || code > G_MAXINT || !is_string_or_null (object, "msgIncr") ||
      !is_string_or_null (object, "data")) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "The frame lacks what every frame has");
    return NULL;
  }
  g_autoptr (GBytes) body = decode (openim_json_string (object, "data"));
  if (body == NULL) {
    g_set_error (error, OPENIM_ERROR, OPENIM_ERROR_INTERNAL, "The frame's body is no base64");
    return NULL;
  }

  OpenimFrame *frame = g_new0 (OpenimFrame, 1);
  frame->id = (guint) id;
  frame->msg_incr = g_strdup (openim_json_string (object, "msgIncr"));
  frame->operation_id = g_strdup (openim_json_string (object, "operationID"));
  frame->err_code = (int) code;
  frame->err_msg = g_strdup (openim_json_string (object, "errMsg"));
  frame->body = g_steal_pointer (&body);
  return frame;
}

void
openim_frame_free (OpenimFrame *frame)
{
  if (frame == NULL)
    return;
  g_free (frame->msg_incr);
  g_free (frame->operation_id);
  g_free (frame->err_msg);
  g_bytes_unref (frame->body);
  g_free (frame);
}

GBytes *
openim_frame_build (
    guint id, const char *user_id, const char *operation_id, const char *msg_incr, GBytes *body)
{
  gsize length;
  const guchar *bytes = g_bytes_get_data (body, &length);
  g_autofree char *data = g_base64_encode (length > 0 ? bytes : (const guchar *) "", length);
  g_autoptr (JsonObject) object =
      openim_json_build ("reqIdentifier", 'i', (gint64) id, "token", 's', "", "sendID", 's', user_id,
                         "operationID", 's', operation_id, "msgIncr", 's', msg_incr, "data", 's', data, NULL);
  char *text = openim_json_print (object);
  return g_bytes_new_take (text, strlen (text));
}
