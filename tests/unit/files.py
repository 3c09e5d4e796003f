#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every source says its licence in the first line (or behind #!), and no file of the plugin is long.

usage: files.py SOURCE_ROOT; ends with 77 outside a git tree
"""

import pathlib
import subprocess
import sys

LONGEST = 700
# REUSE-IgnoreStart
LICENCE = 'SPDX-License-Identifier: GPL-3.0-or-later'
# REUSE-IgnoreEnd
SUFFIXES = ('.c', '.h', '.def', '.py', '.sh', '.proto', '.sql', '.build')

root = pathlib.Path(sys.argv[1])
listing = subprocess.run(['git', '-C', root, 'ls-files', '-z'], capture_output=True, check=False)
if listing.returncode != 0:
    print('no git tree')
    sys.exit(77)

problems = []
count = 0
for name in filter(None, listing.stdout.decode().split('\0')):
    path = root / name
    if not path.is_file() or path.is_symlink():
        continue
    data = path.read_bytes()
    script = data.startswith(b'#!')
    if not script and path.suffix not in SUFFIXES and path.name not in ('meson.build', 'meson_options.txt'):
        continue
    count += 1
    lines = data.decode().split('\n')
    if LICENCE not in lines[1 if script and len(lines) > 1 else 0]:
        problems.append(f'{name}: the first line names no licence')
    if name.startswith('plugin/') and len(lines) - 1 > LONGEST:
        problems.append(f'{name}: {len(lines) - 1} lines, {LONGEST} are allowed')

print('\n'.join(problems) or f'{count} files')
sys.exit(bool(problems) or count == 0)
