/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* JSON behind the gate, read tolerantly: the server leaves out maps, writes null for empty lists and zero for
 * everything else, so absent, null and a value of another type all read as zero or empty.
 *
 * The server's JSON keys are the field names of the interface's messages, therefore one reader and one writer
 * work on descriptors instead of one function for each message. */

#include <json-glib/json-glib.h>

#include "base/pb.h"

G_BEGIN_DECLS

/* Parses behind openim_gate_json. The root is an object. (transfer full) */
JsonObject *openim_json_parse (const char *text, gsize length, gsize max_length, GError **error);
/* (transfer full) Compact. json-glib's own generator leaves U+001F bare and knows no guint64. */
char *openim_json_print (JsonObject *object);

const char *openim_json_string (JsonObject *object,
                                const char *key); /* never NULL; owned by @object; @object may be NULL */
gint64 openim_json_int (JsonObject *object, const char *key);
guint64 openim_json_uint (JsonObject *object, const char *key); /* full 64 bits: versions and hashes */
double openim_json_double (JsonObject *object, const char *key);
gboolean openim_json_bool (JsonObject *object, const char *key);
JsonObject *openim_json_object (JsonObject *object, const char *key); /* (nullable), owned by @object */
JsonArray *openim_json_array (JsonObject *object, const char *key);   /* (nullable), owned by @object */
GStrv openim_json_strv (JsonObject *object, const char *key);         /* (transfer full), never NULL */

/* The same for one node; @node may be NULL. Integers above G_MAXINT64 live in a node that only these
 * functions and openim_json_print know (see OPENIM_GATE_MARK): as a signed integer they are 0, as a string
 * "". */
const char *openim_json_node_string (JsonNode *node);
gint64 openim_json_node_int (JsonNode *node);
guint64 openim_json_node_uint (JsonNode *node);
double openim_json_node_double (JsonNode *node);
gboolean openim_json_node_bool (JsonNode *node);
JsonNode *openim_json_node_new_uint (guint64 value); /* (transfer full) */

/* Other names that a key may have on the wire; the table ends with { NULL }. */
typedef struct {
  const char *json;  /* as read, and as written if it is the first row for that field */
  const char *field; /* field name in the .proto file */
} OpenimJsonName;

/* Fills @message from @object by field names (nested messages, lists, maps, enums, bytes as base64 too); keys
 * without a field are skipped, fields without a key (or with null) stay as they are. Integers outside the
 * field's range read as 0, fractions are cut off; strings pass as they are (the gate has seen them). @names
 * (nullable) holds at every depth. Depth is bounded by the gate. */
void openim_json_to_message (JsonObject *object, const OpenimJsonName *names, ProtobufCMessage *message);

/* (transfer full) A fresh message of that descriptor, never NULL. */
gpointer openim_json_read (JsonObject *object,
                           const OpenimJsonName *names,
                           const ProtobufCMessageDescriptor *descriptor);

/* The reverse: every field, or only those that are not zero when @skip_zero. Of a oneof the member that is
 * set is written, zero or not, and no other. (transfer full) */
JsonObject *openim_json_from_message (gconstpointer message, const OpenimJsonName *names, gboolean skip_zero);

/* For building requests: openim_json_build ("userID", 's', id, "version", 'u', v, "list", 'S', strv, "flag",
 * 'b', TRUE, "n", 'i', (gint64) 3, "x", 'd', 0.5, "sub", 'o', object (full), "rows", 'a', array (full),
 * NULL). (transfer full) */
JsonObject *openim_json_build (const char *key, ...) G_GNUC_NULL_TERMINATED;
/* A repeated field for 'a'. (transfer full) */
JsonArray *openim_json_strings (char *const *strings, size_t n);

G_END_DECLS
