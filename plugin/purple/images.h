/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Pictures in messages, where the host shows them in its windows. What a message waits for is a file in the
 * cache, small enough, and nothing but a PNG, JPEG or GIF of a bearable size; decoding is the host's.
 * Whatever is not that, and whatever comes too late, stays the line of words with a link that it is anyway.
 */

#include "purple/line.h"

G_BEGIN_DECLS

OpenimImages *openim_images_new (void);
void openim_images_free (OpenimImages *images);

/* Before @message is shown: TRUE when its picture is on its way; the conversation is held until it is there,
 * or until there is no point in waiting any more. Ask again then. */
gboolean
openim_images_wait (OpenimConnection *self, const char *conversation_id, const OpenimMessage *message);

/* When @message is shown: the picture's number in libpurple's store, 0 when there is none. The caller has a
 * reference of it, which it gives back when the line is written. */
int openim_images_take (OpenimConnection *self, const OpenimMessage *message);

G_END_DECLS
