/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Messages of any descriptor with pseudo-random content. */

#include <glib.h>
#include <protobuf-c/protobuf-c.h>

/* (transfer full) Free it with openim_pb_free. At most @depth messages within each other; the same numbers
 * from @rand make the same message. Doubles are halves, so that text holds them exactly. */
gpointer openim_test_content (const ProtobufCMessageDescriptor *descriptor, GRand *rand, guint depth);
