#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang's analyzer over the plugin; generated code is not ours. usage: scan.sh SOURCE_ROOT
set -euo pipefail
command -v scan-build >/dev/null || { echo 'clang-tools is not installed'; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export CCACHE_DISABLE=1
CC=clang scan-build --exclude "$folder" meson setup "$folder/build" "$1" -Dtests=false >/dev/null 2>&1
# What goes by g_autofree it takes for a leak: it does not know of variables that clean up after themselves.
scan-build -disable-checker unix.Malloc --exclude "$folder/build/proto" -o "$folder/report" --status-bugs ninja -C "$folder/build" >"$folder/log" 2>&1 || {
  grep -A 4 'warning:' "$folder/log" || tail "$folder/log"
  exit 1
}
