# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What Debian 12 and later must have installed; sourced by tests/run and tests/demo. One list, in three parts.

# To build the plugin and the programs of the tests.
openim_packages_build=(
  build-essential meson ninja-build pkg-config gettext
  libpurple-dev libglib2.0-dev libjson-glib-dev libsoup-3.0-dev libprotobuf-c-dev protobuf-c-compiler libprotobuf-dev libsqlite3-dev
)

# To run it inside the real hosts.
openim_packages_hosts=(
  bitlbee-libpurple finch pidgin tmux xvfb xdotool imagemagick python3 glib-networking telepathy-haze dbus libglib2.0-bin
)

# To run the rest of the suite.
openim_packages_tests=(
  clang-format git gstreamer1.0-plugins-good protobuf-compiler python3-protobuf qt6-base-dev
  appstream codespell debhelper lintian reuse shellcheck
)

# openim_packages_install PACKAGE… — asks apt only for what is missing; as root, or with sudo.
openim_packages_install () {
  local package missing=() as_root=()
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ "${#missing[@]}" -eq 0 ] && return 0
  echo "Installing: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
    command -v sudo >/dev/null || { echo "Please install these packages as root: ${missing[*]}" >&2; return 1; }
  fi
  "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" || return 1
  # With the package comes a service that nobody has asked for. One that was there before is not touched.
  if [ -d /run/systemd/system ] && [[ " ${missing[*]} " == *' bitlbee-libpurple '* ]]; then
    "${as_root[@]}" systemctl disable --now bitlbee
  fi
}
