#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every text that a person sees can be translated, and is in each language of po/LINGUAS.

po/POTFILES names each source that has such texts and no file that is gone. Each catalog passes msgfmt --check, and
merged with the texts as they are now it has none without a translation and none marked fuzzy.

usage: translations.py SOURCE_ROOT; ends with 77 where gettext's programs are missing
"""

import ast
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PROGRAMS = ('xgettext', 'msgmerge', 'msgfmt', 'msgattrib')
# As meson's "glib" preset has them, which makes the catalog of po/.
EXTRACT = ['xgettext', '--from-code=UTF-8', '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2',
           '--keyword=ngettext:1,2', '--keyword=g_dcgettext:2', '--keyword=g_dngettext:2,3',
           '--keyword=g_dpgettext2:2c,3', '--flag=N_:1:pass-c-format', '--flag=C_:2:pass-c-format',
           '--flag=NC_:2:pass-c-format', '--flag=g_dngettext:2:pass-c-format', '--flag=g_strdup_printf:1:c-format',
           '--flag=g_string_printf:2:c-format', '--flag=g_string_append_printf:2:c-format',
           '--flag=g_error_new:3:c-format', '--flag=g_set_error:4:c-format']
SOURCES = ('.c', '.h', '.def')

root = pathlib.Path(sys.argv[1])
missing = [program for program in PROGRAMS if shutil.which(program) is None]
if missing:
    print('not installed:', ', '.join(missing))
    sys.exit(77)

problems = []


def run(*command):
    """What a program of gettext's prints; when it fails, what it says of that is a problem."""
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, encoding='utf-8', check=False,
                          env={**os.environ, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': ''})
    if done.returncode != 0:
        problems.append(done.stderr.strip())
    return done.stdout


def names(path):
    lines = (line.strip() for line in path.read_text(encoding='utf-8').splitlines())
    return [line for line in lines if line and not line.startswith('#')]


def texts(catalog):
    """The texts of a catalog, without its header."""
    blocks = re.findall(r'^msgid ((?:".*"\n)+)', catalog, re.M)
    return list(filter(None, (''.join(map(ast.literal_eval, block.splitlines())) for block in blocks)))


def extract(files):
    return run(*EXTRACT, '-o', '-', *files)


listed = names(root / 'po' / 'POTFILES')
gone = [name for name in listed if not (root / name).is_file()]
problems += [f'po/POTFILES: there is no {name}' for name in gone]
problems += [f'po/POTFILES: {name} is there twice' for name in sorted(set(listed)) if listed.count(name) > 1]

sources = sorted(str(path.relative_to(root)) for folder in ('plugin', 'library') for path in (root / folder).rglob('*')
                 if path.suffix in SOURCES)
places = ' '.join(re.findall(r'^#: (.*)$', extract(sources), re.M))
talking = set(re.findall(r'(\S+):\d+', places))
problems += [f'po/POTFILES: {name} has texts and is not there' for name in sorted(talking - set(listed))]

# gi18n-lib.h makes _() ask for this program's texts, but leaves ngettext() with those of the host.
problems += [f'{name}: ngettext() asks the host, g_dngettext (GETTEXT_PACKAGE, …) the plugin' for name in sources
             if re.search(r'(?<!\w)ngettext \(', (root / name).read_text(encoding='utf-8'))]

pot = extract([name for name in listed if name not in gone])
languages = names(root / 'po' / 'LINGUAS')
with tempfile.TemporaryDirectory() as folder:
    template = pathlib.Path(folder, 'now.pot')
    merged = pathlib.Path(folder, 'merged.po')
    template.write_text(pot, encoding='utf-8')
    for language in languages:
        name = f'po/{language}.po'
        if not (root / name).is_file():
            problems.append(f'po/LINGUAS: there is no {name}')
            continue
        before = len(problems)
        run('msgfmt', '--check', '-o', os.devnull, name)
        run('msgmerge', '--quiet', '--no-fuzzy-matching', '-o', merged, name, template)
        if len(problems) > before:
            continue
        for kind, words in (('--untranslated', 'has no translation'), ('--only-fuzzy', 'has a fuzzy translation')):
            rest = run('msgattrib', '--no-obsolete', kind, merged)
            problems += [f'{name}: “{text}” {words}' for text in texts(rest)]

count = len(texts(pot))
print('\n'.join(problems) or f'{count} texts of {len(talking)} sources in {len(languages)} languages')
sys.exit(bool(problems) or count == 0)
