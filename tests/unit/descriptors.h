/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Every descriptor that protoc-c has made of proto/; written by descriptors.py. */

#include <protobuf-c/protobuf-c.h>

extern const ProtobufCMessageDescriptor *const openim_test_messages[]; /* NULL ends both */
extern const ProtobufCEnumDescriptor *const openim_test_enums[];
