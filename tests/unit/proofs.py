#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads tests/proofs.list: each function and event of the tables has a row there, and the test that a row names says in its source that
it proves it, or keeps the promise. Whether it does is seen when it runs (tests/proofs).

usage: proofs.py SOURCE_ROOT
"""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
FOLDERS = {'door': 'door', 'story': 'stories'}
MACROS = {
    'function': ('functions.def', r'(?:FUNCTION|FUNCTION_WITH|INTERNAL_FUNCTION) \((\d+), (\w+),.*?(\w+)\)$'),
    'event': ('events.def', r'EVENT \((\d+), (\w+),.*(".*")\)$'),
}
problems = []


def source_of(test):
    folder, _, name = test.partition('-')
    folder = root / 'tests' / FOLDERS.get(folder, folder)
    return next((path for path in (folder / name, folder / f'{name}.py') if path.is_file()), folder / f'test-{name}.c')


def says(test, kind, number, name):
    """Whether the test's source has a line that claims it."""
    text = source_of(test).read_text(encoding='utf-8')
    words = [f'story_proves_{kind} ({number})', f'story_keeps_promise ("{name}")', f'proves: promise {name}']
    words += [f'EVENT ({name.removeprefix("EventOn")})'] if kind == 'event' else [f'FUNCTION ({name})', f'INTERNAL_FUNCTION__{name}']
    return any(word in text for word in words)


rows = {}
for line in (root / 'tests' / 'proofs.list').read_text(encoding='utf-8').splitlines():
    if not line or line.startswith('#'):
        continue
    kind, number, name, test = line.split(' ')
    if (kind, number) in rows:
        problems.append(f'{kind} {number} stands twice')
    rows[kind, number] = (name, test)

for kind, (table, pattern) in MACROS.items():
    for number, name, last in re.findall(f'^{pattern}', (root / 'plugin' / 'sdk' / table).read_text(encoding='utf-8'), re.M):
        known, test = rows.pop((kind, number), (name, '-'))
        if known != name:
            problems.append(f'{kind} {number} is {name}, not {known}')
        elif last == 'NULL':
            continue  # not built
        elif test == '-' and not (kind == 'event' and name.endswith('Progress')):
            problems.append(f'{kind} {number} {name}: no test proves it')
        elif test != '-' and not source_of(test).is_file():
            problems.append(f'{kind} {number} {name}: there is no test {test}')
        elif test != '-' and not says(test, kind, number, name):
            problems.append(f'{kind} {number} {name}: {test} does not claim it')

for (kind, number), (name, test) in rows.items():
    if kind != 'promise':
        problems.append(f'{kind} {number} {name}: not in the tables')
    elif test != '-' and not (source_of(test).is_file() and says(test, kind, number, name)):
        problems.append(f'{kind} {number} {name}: {test} does not claim it')
print('\n'.join(problems) if problems else 'each row has its test')
sys.exit(1 if problems else 0)
