#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every file says its licence, in the way of reuse.software. usage: licences.sh SOURCE_ROOT
set -eu
cd "$1"
command -v reuse >/dev/null || { echo 'reuse is not installed'; exit 77; }
git rev-parse --git-dir >/dev/null 2>&1 || { echo 'no git tree'; exit 77; }
# What is tracked, and nothing else that lies about.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git ls-files -z | xargs -0 cp --parents --target-directory="$folder" 2>/dev/null
reuse --root "$folder" lint
