#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide agrees with the program: the pages made from tables are current, links lead somewhere, each block of code says who runs it,
commands exist, and sentences in “quotes” on the page of troubles are ones that the program says."""

import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from blocks import ROOT, blocks, pages

# What an IRC program understands by itself, and parts of paths.
IRC = {"msg", "join", "part", "topic", "kick", "invite", "query", "me"}
problems = []


def anchors(path):
    """The names that headings have as targets of links."""
    heads = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def check_links(path, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'<img [^>]*src="([^"]+)"', text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        if not there.exists():
            problems.append(f"{path.name}: {target} is not there")
        elif anchor and anchor not in anchors(there):
            problems.append(f"{path.name}: {target} has no such heading")


def check_commands(path, text, known):
    for name in re.findall(r"`[/?]([a-z]+)\b[^/`]*`", text):
        if name not in known | IRC:
            problems.append(f"{path.name}: there is no command /{name}")


def check_quotes(path, text):
    sources = "".join(source.read_text(encoding="utf-8") for source in sorted((ROOT / "plugin").rglob("*.c")))
    # Strings that go on in the next line.
    sources = re.sub(r'"\s*"', "", sources)
    for said in re.findall(r"“([^”]+)”", text):
        start = said[:-1] if said.endswith(":") else said
        if f'"{start}' not in sources:
            problems.append(f"{path.name}: the program does not say “{said}”")


known = set(re.findall(r'^OPENIM_COMMAND \("(\w+)"', (ROOT / "plugin/purple/commands.def").read_text(encoding="utf-8"), re.MULTILINE))
for page in pages():
    words = page.read_text(encoding="utf-8")
    check_links(page, words)
    check_commands(page, words, known)
    for line, mark, _ in blocks(page):
        if mark is None:
            problems.append(f"{page.name}:{line}: nobody says whether this block is run")
check_quotes(ROOT / "docs/troubleshooting.md", (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8"))
current = subprocess.run([sys.executable, ROOT / "docs/generate", "--check"], check=False).returncode
print("\n".join(problems) or f"{len(pages())} pages")
sys.exit(bool(problems) or current != 0)
