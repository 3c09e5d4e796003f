#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The module shows purple_init_plugin and nothing else. usage: symbols.sh MODULE
set -eu
symbols=$(nm -D --defined-only "$1" | awk '{ print $NF }' | sort)
[ "$symbols" = purple_init_plugin ] || { echo "$1 exports:"; echo "$symbols"; exit 1; }
