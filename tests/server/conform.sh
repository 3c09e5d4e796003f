#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Does the server answer as a real one? A checker decides, when one is given: OPENIM_CONFORM is its program,
# OPENIM_CONFORM_PYTHON the Python that runs it. usage: conform.sh SERVER NAME…
set -eu
if [ -z "${OPENIM_CONFORM:-}" ] || [ -z "${OPENIM_CONFORM_PYTHON:-}" ]; then
  echo 'no checker given'
  exit 77
fi
server=$1
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkfifo "$dir/input" "$dir/output"
"$server" --api-port 0 --ws-port 0 --chat-port 0 <"$dir/input" >"$dir/output" &
# it ends when this end of its input is closed, whatever becomes of this script
exec 3>"$dir/input"
read -r ready <"$dir/output"
address() {
  printf '%s' "$ready" | sed "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/"
}
status=0
"$OPENIM_CONFORM_PYTHON" "$OPENIM_CONFORM" check --api "$(address api)" --ws "$(address ws)" --chat "$(address chat)" \
  --quiet 0.2 --patience 3 "$@" || status=$?
exec 3>&-
wait || status=$?
exit "$status"
