# SPDX-License-Identifier: GPL-3.0-or-later
"""The blocks of code on the pages of the guide, and what the mark before each says about running it.

A mark is a comment on the line before the block:

    <!-- run: sandbox -->            a shell runs it (shell.py)
    <!-- irc TARGET: EXPECTED -->    typed into an IRC program; a line that matches must come (irc.py)
    <!-- run: no, REASON -->         nobody runs it
"""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MARK = re.compile(r"^<!-- (run|irc)(?: ([^:]*?))?: (.*?) -->$")


def pages():
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "flatpak").glob("*.md"))]


def blocks(path):
    """(line number, mark or None, text) of each block; the mark is (kind, target, rest)."""
    found, lines, number = [], path.read_text(encoding="utf-8").split("\n"), 0
    while number < len(lines):
        start, body = number, []
        if lines[number].startswith("```"):
            number += 1
            while not lines[number].startswith("```"):
                body.append(lines[number])
                number += 1
            number += 1
        elif lines[number].startswith("    ") and (number == 0 or not lines[number - 1].strip() or MARK.match(lines[number - 1])):
            while number < len(lines) and (lines[number].startswith("    ") or not lines[number].strip() and
                                           number + 1 < len(lines) and lines[number + 1].startswith("    ")):
                body.append(lines[number][4:])
                number += 1
        else:
            number += 1
            continue
        before = lines[start - 1] if start else ""
        if not before.strip() and start > 1:
            before = lines[start - 2]
        mark = MARK.match(before)
        found.append((start + 1, mark and mark.groups(), "\n".join(body)))
    return found
