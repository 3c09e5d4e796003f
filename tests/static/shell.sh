#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The shell scripts, as shellcheck reads them. usage: shell.sh SOURCE_ROOT
set -eu
cd "$1"
command -v shellcheck >/dev/null || { echo 'shellcheck is not installed'; exit 77; }
git rev-parse --git-dir >/dev/null 2>&1 || { echo 'no git tree'; exit 77; }
git ls-files | while read -r name; do
  if [ -f "$name" ] && head -n 1 "$name" | grep -qE '^#!/bin/(ba)?sh'; then echo "$name"; fi
done | xargs shellcheck -x -S warning
