/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The content of messages: rows of content-types.def, JSON to members of IMMessage and back. Any thread. */

#include "base/json.h"

G_BEGIN_DECLS

typedef enum { OPENIM_CONTENT_BODY, OPENIM_CONTENT_DETAIL } OpenimContentPlace;

typedef struct {
  int type;
  OpenimContentPlace place;
  const char *member; /* (nullable) */
  gboolean sendable;
} OpenimContentRow;

const OpenimContentRow *openim_content_find (int type); /* (nullable) */

/* Whether the body of @message is the member that its type has: what is inside another message, or comes from
 * a caller, may say one thing and hold another. TRUE for types that have none. */
gboolean openim_content_fits (const OpenimMessage *message);

/* Fills the body of @message, whose contentType is set. Content that cannot be read, or has no member, is
 * kept as it is: openim_content_get_raw. */
void openim_content_read (OpenimMessage *message, const char *content, gsize length);

/* Takes out what a content says about the sender's disk: to a reader it would be a place on his own. */
void openim_content_forget_paths (OpenimMessage *message);

/* (transfer full) The content as JSON text. NULL with OPENIM_ERROR_CONTENT_TYPE when there is no body. */
char *openim_content_write (const OpenimMessage *message, GError **error);
/* The same with the places of files on this disk, which never leave it: for a message whose file is not sent
 * yet. */
char *openim_content_write_local (const OpenimMessage *message, GError **error);

/* (transfer full) (nullable) The content as it came, of a message whose body could not be put into a member.
 * It travels as the unknown field 14 of IMMessage, a number that the interface leaves free. */
char *openim_content_get_raw (const OpenimMessage *message);

/* (transfer full) (nullable) The JSON object under "detail" of a raw notice. */
JsonObject *openim_content_get_raw_detail (const OpenimMessage *message);

/* attachedInfo: JSON text; "null" and nothing give NULL. (transfer full) */
Openim__Sdk__Shared__AttachedInfoElem *openim_attached_info_read (const char *text);
char *openim_attached_info_write (const Openim__Sdk__Shared__AttachedInfoElem *info); /* (transfer full) */

G_END_DECLS
