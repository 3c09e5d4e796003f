#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-format decides how C looks. usage: style.sh SOURCE_ROOT; ends with 77 where it or git is missing.
set -eu
cd "$1"
command -v clang-format >/dev/null || { echo 'no clang-format'; exit 77; }
git rev-parse --git-dir >/dev/null 2>&1 || { echo 'no git tree'; exit 77; }
git ls-files -z '*.[ch]' | xargs -0 clang-format --dry-run -Werror
