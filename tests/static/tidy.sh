#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy over the plugin, as .clang-tidy says. usage: tidy.sh SOURCE_ROOT BUILD
set -eu
command -v run-clang-tidy >/dev/null || { echo 'clang-tidy is not installed'; exit 77; }
cd "$2"
# Warnings of the compiler are gcc's to give.
run-clang-tidy -quiet -j 2 -p . -extra-arg=-w "$1/plugin/.*\.c\$" >tidy.log 2>&1 || { grep -A 3 -E '(warning|error):' tidy.log; exit 1; }
