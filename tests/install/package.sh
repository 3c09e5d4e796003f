#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the Debian packages from the last commit, as a package is built, and lets lintian look at them. usage: package.sh SOURCE_ROOT FOLDER
# The packages are left in FOLDER. Without a tool or a git tree it ends with 77.
set -euo pipefail
root=$1 folder=$2
for tool in dpkg-buildpackage dh lintian; do
  command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
git -C "$root" rev-parse --git-dir >/dev/null 2>&1 || { echo 'no git tree'; exit 77; }
version=$(sed -n "s/^  version: '\(.*\)',$/\1/p" "$root/meson.build")

rm -rf "$folder"
mkdir -p "$folder"
# What Debian calls upstream is the tree without debian/.
git -C "$root" archive --prefix="purple-openim-$version/" HEAD -- ':!debian' | gzip -n >"$folder/purple-openim_$version.orig.tar.gz"
git -C "$root" archive --prefix="purple-openim-$version/" HEAD | tar -C "$folder" -x
cd "$folder/purple-openim-$version"
dpkg-parsechangelog -S Version | grep -qx "$version-[0-9.]*" || { echo "debian/changelog is not of version $version"; exit 1; }
unset MAKEFLAGS
# What the tests of the package do, the suite of this tree does already.
DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-nocheck}" dpkg-buildpackage -us -uc -j2 >../build.log 2>&1 || { tail -50 ../build.log; exit 1; }
cd ..
# Nobody has asked Debian for it yet, so there is no bug that a first upload would close.
lintian --allow-root --info --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs ./*.changes
for package in ./*.deb; do dpkg-deb --contents "$package" | awk -v package="$package" '$1 !~ /^d/ { print package ": " $6, $7, $8 }'; done
