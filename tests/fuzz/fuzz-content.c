/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Any content under any number of a content type: it has a plain text, and what is written again is read as
 * the same. The first line of the input is the number. */

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/pb.h"
#include "sdk/content.h"
#include "sdk/sdk.h"

static OpenimMessage *
read_message (int type, const char *content, gsize length)
{
  OpenimMessage *message = openim_pb_new (&openim__sdk__shared__immessage__descriptor);

  openim_pb_set (&message->sendid, "bob");
  openim_pb_set (&message->sendernickname, "Bob");
  message->contenttype = (Openim__Sdk__Common__ContentType) type;
  openim_content_read (message, content, length);
  return message;
}

static void
check_again (const OpenimMessage *message)
{
  g_autofree char *written = openim_content_write (message, NULL);

  if (written == NULL)
    return;
  g_assert_true (g_utf8_validate (written, -1, NULL));
  OpenimMessage *again = read_message ((int) message->contenttype, written, strlen (written));
  g_autofree char *rewritten = openim_content_write (again, NULL);
  g_assert_cmpstr (written, ==, rewritten);
  openim_pb_free (again);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const uint8_t *line_end = size > 0 ? memchr (data, '\n', MIN (size, 8)) : NULL;
  if (line_end == NULL)
    return 0;

  g_autofree char *number = g_strndup ((const char *) data, (gsize) (line_end - data));
  gsize length = size - (gsize) (line_end + 1 - data);
  OpenimMessage *message = read_message (atoi (number), (const char *) line_end + 1, length);
  g_autofree char *text = openim_message_get_text (message, "alice");

  g_assert_true (g_utf8_validate (text, -1, NULL) && *text != '\0');
  openim_message_mentions (message, "alice");
  check_again (message);
  openim_content_forget_paths (message);
  openim_pb_free (message);
  return 0;
}
