#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The extension for the Flatpak of Pidgin without any network but Debian's: a runtime is made from a fresh Debian, a stub of the app with the
# extension point from flatpak/app.patch, and the extension is built, installed beside it, and loaded by a libpurple in the sandbox.
# usage: flatpak.sh SOURCE_ROOT [DEBIAN]: DEBIAN is a fresh one with what it takes to build.
set -euo pipefail
root=$1
for tool in flatpak flatpak-builder eu-strip; do
  command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
folder=$(mktemp -d)
here=$(dirname "$0")
trap 'rm -rf --one-file-system "$folder"' EXIT
# Nothing of the person's own.
export HOME=$folder/home XDG_DATA_HOME=$folder/data XDG_CACHE_HOME=$folder/cache FLATPAK_USER_DIR=$folder/user FLATPAK_SYSTEM_DIR=$folder/system
mkdir -p "$HOME" "$folder/sdk" "$folder/app" "$folder/system"

for manifest in "$root"/flatpak/im.pidgin.*.json; do
  (cd "$folder" && flatpak-builder --show-manifest "$manifest" >/dev/null)
done

debian=${2-$folder/debian}
if [ $# -lt 2 ]; then
  status=0
  bash "$here/root.sh" "$debian" build-essential meson gettext pkgconf libpurple-dev libjson-glib-dev libsoup-3.0-dev libprotobuf-c-dev \
    protobuf-c-compiler libprotobuf-dev libsqlite3-dev glib-networking || status=$?
  [ "$status" -eq 0 ] || exit "$status"
fi
arch=$(flatpak --default-arch)
cp -a "$debian/usr" "$folder/sdk/files"
cp -a "$debian/etc" "$folder/sdk/files/etc"
# Nobody reads or looks at anything in it.
rm -rf "$folder"/sdk/files/share/{doc,icons,info,locale,man} "$folder"/sdk/files/lib/{systemd,udev}
cat >"$folder/sdk/metadata" <<META
[Runtime]
name=test.openim.Debian
runtime=test.openim.Debian/$arch/1
sdk=test.openim.Debian/$arch/1
META
flatpak build-export --runtime --files=files "$folder/repo" "$folder/sdk" 1 >/dev/null
rm -rf "$folder/sdk"
flatpak --user remote-add --no-gpg-verify local "$folder/repo"
flatpak --user install -y --noninteractive local "runtime/test.openim.Debian/$arch/1" >/dev/null

# The same manifests, for this runtime; protobuf comes with it.
python3 - "$root" "$folder" <<'PY'
import json
import pathlib
import re
import shutil
import sys

root, folder = map(pathlib.Path, sys.argv[1:])
patch = (root / "flatpak/app.patch").read_text()
added = "\n".join(line[1:] for line in patch.split("\n") if line.startswith("+") and not line.startswith("+++"))
app = json.loads("{" + added.rstrip().rstrip(",") + "}")
app.update({"id": "im.pidgin.Pidgin", "branch": "stable", "runtime": "test.openim.Debian", "runtime-version": "1", "sdk": "test.openim.Debian",
            "finish-args": ["--persist=.purple"],
            "modules": [{"name": "pidgin", "buildsystem": "simple", "build-commands": [
                "cc load.c -o /app/bin/load $(pkg-config --cflags --libs purple)",
                "install -D pidgin-with-plugins /app/bin/pidgin-with-plugins",
                "printf '#!/bin/sh\\nexec load \"$HOME/.purple\"\\n' >/app/bin/pidgin", "chmod +x /app/bin/pidgin", "mkdir -p /app/plugins"],
                "sources": [{"type": "file", "path": "load.c"}, {"type": "file", "path": "pidgin-with-plugins"}]}]})
app["modules"][0]["build-commands"].insert(0, "mkdir -p /app/bin")
(folder / "app/app.json").write_text(json.dumps(app))
shutil.copy(root / "tests/install/load.c", folder / "app")
shutil.copy(root / "flatpak/pidgin-with-plugins", folder / "app")

extension = json.loads((root / "flatpak/im.pidgin.Pidgin.Plugin.OpenIM.json").read_text())
extension["sdk"] = "test.openim.Debian//1"
module = extension["modules"][0]
del module["modules"]
module["sources"][0]["path"] = str(folder / "source")
(folder / "app/extension.json").write_text(json.dumps(extension))
PY
mkdir "$folder/source"
git -C "$root" archive HEAD | tar -C "$folder/source" -x

build () {
  (cd "$folder/app" && flatpak-builder --user --disable-download --disable-rofiles-fuse --force-clean --state-dir="$folder/state" \
    --repo="$folder/repo" "$folder/build-$1" "$1.json") >"$folder/log" 2>&1 || { tail -n 30 "$folder/log"; exit 1; }
}
build app
flatpak --user install -y --noninteractive local im.pidgin.Pidgin//stable >/dev/null
build extension
flatpak --user install -y --noninteractive local "runtime/im.pidgin.Pidgin.Plugin.OpenIM/$arch/stable" >/dev/null

flatpak --user run --command=ls im.pidgin.Pidgin -R /app/plugins | tee "$folder/seen"
grep -qx libopenim.so "$folder/seen"
flatpak --user run im.pidgin.Pidgin | tee "$folder/loaded"
grep -q '/.purple/plugins/libopenim.so$' "$folder/loaded"
