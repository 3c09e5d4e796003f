#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A fresh Debian in a folder, with some packages, from where apt has this one's. usage: root.sh FOLDER PACKAGE…
# Ends with 77 where that cannot be.
set -euo pipefail
folder=$1
shift
[ "$(id -u)" -eq 0 ] || { echo 'only root can make a root'; exit 77; }
command -v debootstrap >/dev/null || { echo 'debootstrap is not installed'; exit 77; }
# shellcheck source=/dev/null
suite=$(. /etc/os-release && [ "$ID" = debian ] && echo "$VERSION_CODENAME") || { echo 'this is no Debian'; exit 77; }
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" 'Created-By: Packages' | head -n 1)
[ -n "$mirror" ] || { echo 'apt knows no source of packages'; exit 77; }
words=$(printf ',%s' "$@")
debootstrap --variant=minbase --include="${words#,}" "$suite" "$folder" "$mirror" >"$folder.log" 2>&1 || {
  tail -n 3 "$folder.log"
  # No network is nobody's fault.
  grep -q 'Retrieving Packages' "$folder.log" && exit 1
  echo 'the source of packages cannot be reached'
  exit 77
}
