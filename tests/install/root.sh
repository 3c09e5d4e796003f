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
# The word in $() is apt's.
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" 'Created-By: Packages' | head -n 1)
[ -n "$mirror" ] || { echo 'apt knows no source of packages'; exit 77; }
log=$folder.log
debootstrap --variant=minbase "$suite" "$folder" "$mirror" >"$log" 2>&1 || {
  tail -n 3 "$log"
  # No network is nobody's fault.
  grep -q 'Retrieving Packages' "$log" && exit 1
  echo 'the source of packages cannot be reached'
  exit 77
}
# No service starts in it. What depends on much is configured in the right order by apt, not by debootstrap.
printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
chmod +x "$folder/usr/sbin/policy-rc.d"
chroot "$folder" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  apt-get install -q -y --no-install-recommends "$@" >"$log" 2>&1 || { tail "$log"; exit 1; }
