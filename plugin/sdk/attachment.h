/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Files that go to the server on behalf of a call: by themselves, or because a message has them. Main
 * thread. */

#include "sdk/call.h"

G_BEGIN_DECLS

/* (transfer full) Where a file called @name has its place on the server: "USER/name". */
char *openim_attachment_name (OpenimCall *call, const char *name);

/* @url: (transfer full). Exactly one of it and @error (transfer full) is non-NULL. */
typedef void (*OpenimAttachmentFunc) (OpenimCall *call, char *url, GError *error);

/* Uploads one file; ends early, with an error, when the call is given up. @event: one of the progress events
 * with a percentage, told when that changes; 0 for none. Takes the call's reference. */
void openim_attachment_upload (OpenimCall *call,
                               const OpenimUpload *upload,
                               OpenimFunction event,
                               OpenimAttachmentFunc func);

/* FALSE for a message that has everything: no file, or the file's address. */
gboolean openim_attachments_missing (const OpenimMessage *message);
/* TRUE when the file that is missing is on this disk, and the own user has chosen it. */
gboolean openim_attachments_available (const OpenimMessage *message);

/* Uploads what @message has, and puts the addresses into it; SendMsgProgress tells. @error: (transfer full)
 * (nullable). @message must live as long as the call. Takes the call's reference. */
typedef void (*OpenimAttachmentsFunc) (OpenimCall *call, GError *error);
void openim_attachments_upload (OpenimCall *call, OpenimMessage *message, OpenimAttachmentsFunc done);

G_END_DECLS
