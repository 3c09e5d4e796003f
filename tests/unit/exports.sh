#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The library shows openim_ names and nothing else, and those that its headers have. usage: exports.sh LIBRARY SOURCE_ROOT
set -eu
symbols=$(nm -D --defined-only "$1" | awk '$2 != "A" { sub (/@.*/, "", $NF); print $NF }' | sort)
foreign=$(echo "$symbols" | grep -v '^openim_' || true)
[ -z "$foreign" ] || { echo "$1 exports:"; echo "$foreign"; exit 1; }
for name in $(sed -n 's/.*\b\(openim_[a-z_]*\) (.*/\1/p' "$2"/plugin/sdk/sdk.h "$2"/plugin/sdk/account.h "$2"/plugin/base/pb.h \
    "$2"/plugin/base/error.h | grep -v openim_pb_append$ | sort -u); do
  echo "$symbols" | grep -qx "$name" || { echo "$1 lacks $name"; exit 1; }
done
# Of our own, nothing but what those headers name; the rest is the messages of the interface.
echo "$symbols" | grep -v '^openim__' | while read -r name; do
  grep -qw "$name" "$2"/plugin/sdk/sdk.h "$2"/plugin/sdk/account.h "$2"/plugin/base/pb.h "$2"/plugin/base/error.h ||
    [ "$name" = openim_sdk_get_type ] || [ "$name" = openim_account_get_type ] || { echo "$1 exports $name"; exit 1; }
done
echo "$symbols" | wc -l
