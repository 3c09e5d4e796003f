#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The tarball of a release, made from the last commit: it builds outside of a git tree and passes its tests of parts. usage: dist.sh BUILD
set -euo pipefail
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
meson dist -C "$build" --no-tests --allow-dirty --formats gztar >"$folder/log" 2>&1 || { tail "$folder/log"; exit 1; }
tarball=$(sed -n 's/^Created //p' "$folder/log")
tar -C "$folder" -xzf "$tarball"
cd "$folder"/purple-openim-*
meson setup "$folder/build" >/dev/null
ninja -C "$folder/build" >"$folder/log" 2>&1 || { tail -30 "$folder/log"; exit 1; }
meson test -C "$folder/build" --no-rebuild --num-processes 2 --suite unit --print-errorlogs
