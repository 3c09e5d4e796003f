#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what has been built into a folder and takes it away again; tries the recipe for one person. usage: install.sh BUILD LOAD
set -euo pipefail
build=$1 load=$2
folder=$(mktemp -d)
# What somebody has installed from this build before stays removable.
log=$build/meson-logs/install-log.txt
[ ! -f "$log" ] || cp "$log" "$folder/log"
finish () {
  if [ -f "$folder/log" ]; then cp "$folder/log" "$log"; else rm -f "$log"; fi
  rm -rf "$folder"
}
trap finish EXIT

# Everything where libpurple, Pidgin and gettext look.
meson install -C "$build" --no-rebuild --quiet --destdir "$folder/root" >/dev/null
plugins=$(pkg-config --variable=plugindir purple)
pictures=$(pkg-config --variable=datadir purple)/pixmaps/pidgin/protocols
for path in "$plugins/libopenim.so" "$pictures"/{16,22,24,32,48}/openim.png "$pictures/scalable/openim.svg"; do
  [ -s "$folder/root$path" ] || { echo "$path is not installed"; exit 1; }
done
find "$folder/root" -type f | sed "s|^$folder/root||"

# The recipe for one person, which libpurple itself finds.
mkdir "$folder/home"
install -D -m 644 "$folder/root$plugins/libopenim.so" "$folder/home/.purple/plugins/libopenim.so"
"$load" "$folder/home/.purple" | tee "$folder/found"
grep -qx "$folder/home/.purple/plugins/libopenim.so" "$folder/found"
rm "$folder/home/.purple/plugins/libopenim.so"
if [ ! -e "$plugins/libopenim.so" ] && "$load" "$folder/home/.purple"; then echo 'it is still found'; exit 1; fi

# Nothing is left of it.
(cd "$build" && meson --internal uninstall >/dev/null)
left=$([ ! -d "$folder/root" ] || find "$folder/root" -type f)
[ -z "$left" ] || { echo "left: $left"; exit 1; }
