/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What passes the protobuf gate unpacks, and packing it gives a form that stays. The first byte chooses the
 * message. */

#include "fuzz.h"

#include "base/gate.h"
#include "base/pb.h"

static const ProtobufCMessageDescriptor *const descriptors[] = {
  &openim__sdkws__push_messages__descriptor,
  &openim__sdkws__msg_data__descriptor,
  &openim__sdkws__sub_user_online_status_tips__descriptor,
  &openim__sdk__shared__immessage__descriptor,
};

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;

  const ProtobufCMessageDescriptor *descriptor = descriptors[data[0] % G_N_ELEMENTS (descriptors)];
  gboolean passed = openim_gate_protobuf (descriptor, data + 1, size - 1, NULL);
  gpointer message = openim_pb_unpack (descriptor, data + 1, size - 1, NULL);
  g_assert_true ((message != NULL) == passed);
  if (message == NULL)
    return 0;

  g_autoptr (GBytes) packed = openim_pb_pack (message);
  gpointer again =
      openim_pb_unpack (descriptor, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), NULL);
  g_assert_true (openim_pb_equal (message, again));
  openim_pb_free (message);
  openim_pb_free (again);
  return 0;
}
