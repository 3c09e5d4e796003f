#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The same source makes the same module, wherever and whenever it is built. usage: repeat.sh SOURCE_ROOT
set -euo pipefail
root=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export CCACHE_DISABLE=1
for place in one another/and/deeper; do
  mkdir -p "$folder/$place"
  (cd "$root" && git ls-files -z | tar -c --null --files-from=- 2>/dev/null) | tar -C "$folder/$place" -x
  # As packages are built: the folder's name is no part of what comes out.
  CFLAGS="-g -O2 -ffile-prefix-map=$folder/$place=." meson setup "$folder/$place/build" "$folder/$place" --buildtype=plain -Dtests=false -Dlibrary=true >/dev/null
  LC_ALL=C.UTF-8 TZ=Asia/Tokyo ninja -C "$folder/$place/build" plugin/purple/libopenim.so library/libopenim-sdk.so.0.1.0 >/dev/null
done
for file in plugin/purple/libopenim.so library/libopenim-sdk.so.0.1.0; do
  cmp "$folder/one/build/$file" "$folder/another/and/deeper/build/$file"
  sha256sum "$folder/one/build/$file"
done
