#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The stories of "test-host bad" must all fail: a frame that cannot fail proves nothing.
set -u
out=$("$1" bad 2>&1)
status=$?
printf '%s\n' "$out" | sed 's/^/# /'
if [ "$status" -ne 1 ] || printf '%s\n' "$out" | grep -q '^ok '; then
  echo 'a story that must fail has passed'
  exit 1
fi
for words in 'ended by signal' 'nobody expected: anna: typing polly TYPING' 'expected: anna: connected' 'did not come: anna: connected' \
             'not over in time' 'a warning of the plugin'; do
  printf '%s\n' "$out" | grep -qF "$words" || { echo "missing in the output: $words"; exit 1; }
done
