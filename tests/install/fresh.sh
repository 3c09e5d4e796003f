#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The packages on a fresh Debian: installed with apt, used in bitlbee and by a program, and removed. The tests of the package (debian/tests) run in it.
# usage: fresh.sh SOURCE_ROOT [FOLDER]: FOLDER has the packages already.
set -euo pipefail
root=$1
folder=$(mktemp -d)
here=$(dirname "$0")
# What is mounted must be gone before anything is removed.
finish () {
  if mountpoint -q "$folder/root/proc"; then umount "$folder/root/proc"; fi
  rm -rf --one-file-system "$folder"
}
trap finish EXIT

status=0
bash "$here/root.sh" "$folder/root" ca-certificates python3 || status=$?
[ "$status" -eq 0 ] || exit "$status"
packages=${2-$folder/packages}
[ $# -gt 1 ] || bash "$here/package.sh" "$root" "$packages" >"$folder/log" 2>&1 || { status=$?; tail "$folder/log"; exit "$status"; }
mkdir "$folder/root/packages"
cp "$packages"/*.deb "$folder/root/packages/"
rm -f "$folder"/root/packages/*-dbgsym_*.deb
mount -t proc proc "$folder/root/proc"

inside () {
  chroot "$folder/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    AUTOPKGTEST_TMP=/test "$@"
}

# As a person would, who has bitlbee: nothing else is asked for.
inside sh -c 'apt-get install -q -y --no-install-recommends bitlbee-libpurple ./packages/purple-openim_*.deb' >"$folder/log" 2>&1 || { tail "$folder/log"; exit 1; }
inside dpkg -s glib-networking | grep -q '^Status: .* installed'

# What debian/tests/control asks for, and each of its tests in turn.
inside sh -c 'apt-get install -q -y --no-install-recommends gcc libc6-dev libpurple-dev pkgconf ./packages/libopenim-sdk*_*.deb' >"$folder/log" 2>&1 || { tail "$folder/log"; exit 1; }
mkdir "$folder/root/source"
git -C "$root" archive HEAD | tar -C "$folder/root/source" -x
for test in load talk library; do
  if [ "$test" = talk ]; then
    inside sh -c 'cd /source && apt-get build-dep -q -y --no-install-recommends .' >"$folder/log" 2>&1 || { tail "$folder/log"; exit 1; }
  fi
  rm -rf "$folder/root/test"
  mkdir "$folder/root/test"
  inside sh -c "cd /source && debian/tests/$test" || { echo "debian/tests/$test has failed"; exit 1; }
done

inside apt-get purge -q -y purple-openim >/dev/null 2>&1
[ -z "$(find "$folder/root/usr" -name 'libopenim.so' -o -name 'openim.png')" ] || { echo 'something is left'; exit 1; }
