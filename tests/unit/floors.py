#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the #include lines of the tree: a floor sees itself and the floors below it, nothing else.

usage: floors.py SOURCE_ROOT
"""

import pathlib
import re
import sys

BELOW = {
    'base': set(),
    'net': {'base'},
    'store': {'base'},
    'sync': {'net', 'store', 'base'},
    'sdk': {'sync', 'net', 'store', 'base'},
    'purple': {'sdk', 'sync', 'net', 'store', 'base'},
}
# Libraries that one floor alone may name.
OWNERS = {
    r'purple\.h|libpurple/.*': 'purple',
    r'libsoup/.*': 'net',
    r'sqlite3\.h': 'store',
}
# What the face must not see, not even through another header.
HIDDEN_FROM_PURPLE = r'json-glib/.*|libsoup/.*|sqlite3\.h'
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)

root = pathlib.Path(sys.argv[1])
plugin = root / 'plugin'
problems = []


def includes(path):
    return INCLUDE.findall(path.read_text(encoding='utf-8'))


def resolve(path, name):
    """The project's file behind an #include "name", or None for generated and foreign ones."""
    for folder in (plugin, path.parent):
        if (folder / name).is_file():
            return (folder / name).resolve()
    return None


def reached(path):
    """All system headers that a file sees, with the way to them."""
    queue, seen, found = [(path.resolve(), '')], set(), {}
    while queue:
        at, way = queue.pop()
        if at in seen:
            continue
        seen.add(at)
        for kind, name in includes(at):
            below = resolve(at, name) if kind == '"' else None
            if below is not None:
                queue.append((below, f'{way} through {name}'))
            else:
                found.setdefault(name, way)
    return found


def sources(folder):
    return sorted(path for path in folder.rglob('*') if path.suffix in ('.c', '.h', '.def'))


count = 0
for floor, below in BELOW.items():
    for path in sources(plugin / floor):
        count += 1
        where = path.relative_to(root)
        for _, name in includes(path):
            other = name.partition('/')[0]
            if '/' in name and other in BELOW and other != floor and other not in below:
                problems.append(f'{where}: {floor} must not include {name}')
            for library, owner in OWNERS.items():
                if re.fullmatch(library, name) and floor != owner:
                    problems.append(f'{where}: only {owner} may include {name}')
        if floor == 'purple':
            for name, way in reached(path).items():
                if re.fullmatch(HIDDEN_FROM_PURPLE, name):
                    problems.append(f'{where}: sees {name}{way}')

# The local server shares nothing with the plugin but the lowest floor: one misreading must not hide another.
for path in sources(root / 'tests' / 'server'):
    for _, name in includes(path):
        if '/' in name and name.partition('/')[0] in BELOW.keys() - {'base'}:
            problems.append(f'{path.relative_to(root)}: the server must not include {name}')

print('\n'.join(problems) or f'{count} files of {len(BELOW)} floors')
sys.exit(bool(problems) or count == 0)
