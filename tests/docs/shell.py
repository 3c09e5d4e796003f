#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the guide's blocks for a shell, page by page and in order, in a copy of the tree with a home of its own. Nothing is installed: sudo puts
what it installs into a folder, and apt only says whether it knows the packages. usage: shell.py [PAGE…]"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from blocks import ROOT, blocks, pages

SUDO = """#!/bin/sh
export DESTDIR="$SANDBOX/root"
exec "$@"
"""
APT = """#!/bin/sh
[ "$1" = install ] || exit 0
shift
for package in "$@"; do
  apt-cache show --no-all-versions "$package" >/dev/null 2>&1 || { echo "apt does not know $package"; exit 1; }
done
"""


def run(page, sandbox):
    source = sandbox / page.name.replace(".", "-")
    names = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    env = {"PATH": f"{sandbox}/bin:{os.environ['PATH']}", "HOME": str(sandbox / "home"), "SANDBOX": str(sandbox), "LC_ALL": "C.UTF-8"}
    count = 0
    for line, mark, text in blocks(page):
        if mark[0] != "run" or mark[2] != "sandbox":
            continue
        count += 1
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=source, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        print(f"{page.name}:{line}: {'ok' if done.returncode == 0 else 'FAILED'}")
        if done.returncode != 0:
            print(text, done.stdout[-3000:], sep="\n")
            return count, False
    return count, True


def main(chosen):
    if subprocess.run(["git", "-C", ROOT, "rev-parse"], capture_output=True).returncode != 0:
        print("no git tree")
        return 77
    sandbox = pathlib.Path(tempfile.mkdtemp(prefix="openim-docs-"))
    try:
        (sandbox / "bin").mkdir()
        (sandbox / "home").mkdir()
        for name, text in (("sudo", SUDO), ("apt", APT)):
            (sandbox / "bin" / name).write_text(text)
            (sandbox / "bin" / name).chmod(0o755)
        results = [run(page, sandbox) for page in pages() if not chosen or page.name in chosen]
    finally:
        shutil.rmtree(sandbox)
    return 0 if all(good for _, good in results) and sum(count for count, _ in results) > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
