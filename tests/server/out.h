/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* JSON as the server writes it: keys in the order of the message's fields, zero values always there, empty
 * lists null, '<', '>' and '&' escaped. Everything appends to a GString; commas come by themselves. */

#include <glib.h>
#include <protobuf-c/protobuf-c.h>

void out_begin (GString *out,
                const char *key,
                char bracket);             /* '{' or '['; NULL key inside a list and at the top */
void out_end (GString *out, char bracket); /* '}' or ']' */
void out_string (GString *out, const char *key, const char *value);
void out_raw (GString *out, const char *key, const char *json);

/* out_put (out, "userID", 's', id, "createTime", 'i', (gint64) t, "version", 'u', (guint64) v, "isPinned",
 * 'b', flag, "ids", 'S', strv, "seqs", 'n', NULL): 'n' writes null whatever the value. */
void out_put (GString *out, const char *key, ...) G_GNUC_NULL_TERMINATED;

/* A list that is null when nothing was added between the two calls. */
void out_list_begin (GString *out, const char *key);
void out_list_end (GString *out);

/* Any message of the gateway: bytes in base64, maps left out when empty. */
void out_message (GString *out, const char *key, const ProtobufCMessage *message);
