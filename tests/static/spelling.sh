#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Slips of the pen. usage: spelling.sh SOURCE_ROOT
set -eu
cd "$1"
command -v codespell >/dev/null || { echo 'codespell is not installed'; exit 77; }
codespell --config .codespellrc README.md CONTRIBUTING.md CHANGELOG.md SECURITY.md debian docs flatpak library metainfo plugin tests
