#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds as packagers do, without the tests, for /usr and for a folder of one's own, and the library without the plugin.
# usage: prefix.sh SOURCE_ROOT
set -euo pipefail
root=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

here () {
  [ -s "$1" ] || { echo "${1#"$folder"} is not there"; exit 1; }
}

meson setup "$folder/usr" "$root" --prefix=/usr -Dtests=false -Dlibrary=true >"$folder/setup"
grep -q 'libpurple looks for the plugin there' "$folder/setup"
DESTDIR=$folder/root ninja -C "$folder/usr" install >/dev/null
here "$folder/root$(pkg-config --variable=plugindir purple)/libopenim.so"
here "$folder/root/usr/include/purple-openim/shared.pb-c.h"
DESTDIR=$folder/root ninja -C "$folder/usr" uninstall >/dev/null
[ ! -d "$folder/root" ] || [ -z "$(find "$folder/root" -type f)" ]

meson setup "$folder/own" "$root" --prefix="$folder/prefix" --libdir=lib -Dtests=false -Dlibrary=true \
  -Dplugindir="$folder/prefix/purple" -Dicondir="$folder/prefix/icons" >"$folder/setup"
grep -q 'libpurple does NOT look there' "$folder/setup"
ninja -C "$folder/own" install >/dev/null
here "$folder/prefix/purple/libopenim.so"
here "$folder/prefix/icons/48/openim.png"

# A program that is built with what has been installed.
export PKG_CONFIG_PATH=$folder/prefix/lib/pkgconfig
# shellcheck disable=SC2046
cc "$root/library/examples/talk.c" $(pkg-config --cflags --libs openim-sdk) -o "$folder/talk"
status=0
LD_LIBRARY_PATH=$folder/prefix/lib "$folder/talk" || status=$?
[ "$status" -eq 2 ] || { echo 'the program does not start'; exit 1; }
