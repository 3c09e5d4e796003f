/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the gateway sends: a frame is read or refused, and a push in it is unpacked as the sync floor does. */

#include "fuzz.h"

#include "net/frame.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OpenimFrame) frame = openim_frame_parse ((const char *) data, size, &error);

  g_assert_true ((frame == NULL) == (error != NULL));
  if (frame == NULL)
    return 0;
  g_assert_nonnull (frame->body);
  g_assert_true (g_utf8_validate (frame->err_msg, -1, NULL));
  openim_pb_free (openim_pb_unpack (&openim__sdkws__push_messages__descriptor,
                                    g_bytes_get_data (frame->body, NULL), g_bytes_get_size (frame->body),
                                    NULL));
  return 0;
}
